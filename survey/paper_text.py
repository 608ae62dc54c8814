"""What a paper says when its text is copied: the text of each Thai cluster (ที่, น้ำ), in every reader.

typst 0.15 draws ที่ with three glyphs, gives the first of them the text of all and says the right text beside it (ActualText), which half of the
readers ignore; a mark that stands a little higher is drawn apart and brings the text of its cluster once more. Here the glyphs of a cluster become
one glyph of the embedded font, a composite with the same offsets, which says the consonant; a blank beside it says the marks. Nothing that is
seen changes. Written for what typst writes: what looks otherwise stays as it is.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pikepdf
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Operator, Stream, String

SARA_AM = "\u0e33"  # ำ is drawn with two glyphs, and its า is seen apart
BLANK = 10  # width of what says the marks, in thousandths of the size: without one, marks of two clusters change places
UPRIGHT = [1, 0, 0, -1]  # typst counts downwards
IN_TEXT = ("BT", "Tr", "Tf", "Tm", "Tj", "TJ", "BDC", "EMC", "ET")
BETWEEN = {"Q", "EMC", "BDC", "q", "cm", "cs", "scn"}  # a text and the mark of it that stands apart
PAIR = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>")
CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
Part = tuple[int, int, int]  # a glyph's code, and thousandths of the size to the right and upwards


@dataclass(eq=False)
class Glyph:
    """One glyph as it is drawn: `said` is what its piece (a span, or it alone) says; x and y in points, upwards."""

    code: int
    piece: int
    said: str
    x: float
    y: float


@dataclass(eq=False)
class Block:
    """What stands from BT to ET. `is_regular`: as typst writes it; `is_next`: nothing but places and colours since the block before."""

    begin: int
    is_regular: bool
    is_next: bool
    end: int = 0
    font: Font | None = None
    size: float = 0
    mode: Any = None
    named: Any = None
    start: Any = None
    glyphs: list[Glyph] = field(default_factory=list)


class Font:
    """An embedded TrueType font whose codes are its glyphs' numbers, and the glyphs that are added to it."""

    def __init__(self, held: Any) -> None:
        self.held, self.below = held, held.DescendantFonts[0]
        self.file = TTFont(io.BytesIO(self.below.FontDescriptor.FontFile2.read_bytes()), recalcTimestamp=False)
        self.scale = self.file["head"].unitsPerEm / 1000
        self.first_new = self.file["maxp"].numGlyphs
        pairs = PAIR.findall(held.ToUnicode.read_bytes().partition(b"endcodespacerange")[2])
        self.as_made = {int(code, 16): bytes.fromhex(said.decode()).decode("utf-16-be") for code, said in pairs}
        self.text: dict[int, str] = {}
        self.width = dict(_widths(self.below.get("/W", [])))
        self.added: dict[tuple[tuple[Part, ...], str, float], int] = {}

    @classmethod
    def of(cls, held: Any) -> Font | None:
        """The font of a resource; None for one of another kind."""
        below = held.DescendantFonts[0] if held.get("/Subtype") == Name.Type0 else held
        is_ours = below.get("/Subtype") == Name.CIDFontType2 and below.get("/CIDToGIDMap") == Name.Identity and "/ToUnicode" in held
        return cls(held) if is_ours and "/FontFile2" in below.FontDescriptor else None

    def codes_for(self, cluster: list[Glyph], size: float) -> list[int]:
        """The codes that draw a cluster and say its text."""
        first, said = cluster[0], cluster[0].said
        if len(cluster) > 1 and said.endswith(SARA_AM) and len(said) > 1:
            *before, last = cluster
            return [*self._drawn(before, said[:-1], size), *self._drawn([last], SARA_AM, size)]
        return self._drawn(cluster, said, size) if len(cluster) > 1 else [self._code(((first.code, 0, 0),), said, self.width.get(first.code, 0))]

    def _drawn(self, glyphs: list[Glyph], said: str, size: float) -> list[int]:
        first, width = glyphs[0], sum(self.width.get(g.code, 0) for g in glyphs)
        parts = tuple((g.code, round((g.x - first.x) / size * 1000), round((g.y - first.y) / size * 1000)) for g in glyphs)
        if len(said) == 1:
            return [self._code(parts, said, width)]
        return [self._code(parts, said[0], width - BLANK), self._code((), said[1:], BLANK)]

    def _code(self, parts: tuple[Part, ...], said: str, width: float) -> int:
        """The code of what draws `parts`, says `said` and is so wide: a glyph that is there, or a new one."""
        if len(parts) == 1 and width == self.width.get(parts[0][0], 0) and self.text.setdefault(parts[0][0], said) == said:
            return parts[0][0]
        key = (parts, said, width)
        if key not in self.added:
            code = self.added[key] = self.first_new + len(self.added)
            self.text[code], self.width[code] = said, width
        return self.added[key]

    def write(self, document: pikepdf.Pdf) -> None:
        """Puts glyphs, widths and texts into the document."""
        names, glyphs, outlines = self.file.getGlyphOrder(), self.file.getGlyphSet(), self.file["glyf"]
        order = [*names]
        for (parts, _, width), code in self.added.items():
            pen = TTGlyphPen(glyphs)
            for part, x, y in parts:
                pen.addComponent(names[part], (1, 0, 0, 1, round(x * self.scale), round(y * self.scale)))
            order.append(f"cluster{code}")
            outlines[order[-1]] = outline = pen.glyph()
            outline.recalcBounds(outlines)
            self.file["hmtx"][order[-1]] = (round(width * self.scale), getattr(outline, "xMin", 0))  # or it would be drawn beside its place
        self.file.setGlyphOrder(order)
        made = io.BytesIO()
        self.file.save(made)
        descriptor = self.below.FontDescriptor
        descriptor.FontFile2 = document.make_stream(made.getvalue(), Length1=len(made.getvalue()))
        if "/CIDSet" in descriptor:  # of the glyphs that were there; it may be left out
            del descriptor.CIDSet
        self.below.W = Array([part for code, width in sorted(self.width.items()) for part in (code, Array([_plain(width)]))])
        lines = [f"<{code:04X}> <{said.encode('utf-16-be').hex().upper()}>\n" for code, said in sorted((self.as_made | self.text).items()) if said]
        blocks = [lines[n : n + 100] for n in range(0, len(lines), 100)]
        self.held.ToUnicode = document.make_stream(CMAP.format("".join(f"{len(b)} beginbfchar\n{''.join(b)}endbfchar\n" for b in blocks)).encode())


def put_together(pdf: bytes) -> bytes:
    """The same pages of a PDF by typst, with texts that every reader copies alike. Deterministic. About 0.1 s a hundred pages and 1 MB each."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts: dict[Any, Font | None] = {}
        for page in document.pages:
            _in_stream(document, page.obj, fonts)
        for font in filter(None, fonts.values()):
            font.write(document)
        out = io.BytesIO()
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def _widths(listed: Any) -> Iterator[tuple[int, float]]:
    """(code, width) of /W: `c [w1 w2 …]` or `first last w` (ISO 32000-1, 9.7.4.3)."""
    parts = iter(listed)
    for first in parts:
        then = next(parts)
        if isinstance(then, Array):
            yield from ((int(first) + n, float(width)) for n, width in enumerate(then))
        else:
            width = float(next(parts))
            yield from ((code, width) for code in range(int(first), int(then) + 1))


def _plain(number: float) -> Any:
    return Decimal(str(round(number, 2)))


def _in_stream(document: pikepdf.Pdf, holder: Any, fonts: dict[Any, Font | None]) -> None:
    """A page, or a form with the forms in it."""
    resources = holder.get("/Resources", Dictionary())
    for form in resources.get("/XObject", Dictionary()).values():
        if form.get("/Subtype") == Name.Form:
            _in_stream(document, form, fonts)
    named: dict[str, Font | None] = {}
    for name, held in resources.get("/Font", Dictionary()).items():
        if held.objgen not in fonts:
            fonts[held.objgen] = Font.of(held)
        named[name] = fonts[held.objgen]
    instructions: list[Any] = list(pikepdf.parse_content_stream(holder)) if named else []
    blocks = list(_blocks(instructions, named))
    if not blocks:
        return
    shown = _clusters(blocks)
    for block in reversed(blocks):
        if block.is_regular:
            instructions[block.begin : block.end + 1] = _anew(block, shown[block])
    written = pikepdf.unparse_content_stream(instructions)
    if isinstance(holder, Stream):
        holder.write(written)
    else:
        holder.Contents = document.make_stream(written)


def _blocks(instructions: list[Any], named: dict[str, Font | None]) -> Iterator[Block]:
    """The texts of a stream with their glyphs where they stand."""
    block: Block | None = None
    matrix: list[float] = []
    since: set[str] = set()  # the operators since the last block
    piece, span, x, y = 0, "", 0.0, 0.0
    for number, (operands, operator) in enumerate(instructions):
        op = str(operator)
        if op == "cm":
            matrix = [float(part) for part in operands]
        elif op == "BT":
            block, since = Block(number, matrix[:4] == UPRIGHT, since <= BETWEEN), set()
        if block is None:
            since.add(op)
            continue
        block.is_regular &= op in IN_TEXT
        if op == "BDC":
            is_span = isinstance(operands[1], Dictionary) and "/ActualText" in operands[1]
            block.is_regular &= is_span
            span, piece = str(operands[1].ActualText) if is_span else "", piece + 1
        elif op == "EMC":
            span, piece = "", piece + 1
        elif op == "Tr":
            block.mode = operands
        elif op == "Tf":
            block.is_regular &= named.get(str(operands[0])) is not None and (block.named is None or list(block.named) == list(operands))
            block.named, block.font, block.size = operands, named.get(str(operands[0])), float(operands[1])
        elif op == "Tm":
            block.is_regular &= [float(part) for part in operands[:4]] == UPRIGHT
            block.start = block.start or operands
            x, y = float(operands[4]), float(operands[5])
            x, y = (matrix[4] + x, matrix[5] - y) if block.is_regular else (x, y)
        elif op in ("Tj", "TJ") and block.font:
            for part in operands[0] if isinstance(operands[0], Array) else [operands[0]]:
                raw = bytes(part) if isinstance(part, String) else b""
                x -= 0 if raw else float(part) / 1000 * block.size
                for code in (int.from_bytes(raw[n : n + 2], "big") for n in range(0, len(raw), 2)):
                    piece += not span
                    block.glyphs.append(Glyph(code, piece, span or block.font.as_made.get(code, ""), x, y))
                    x += block.font.width.get(code, 0) / 1000 * block.size
        elif op == "ET":
            block.end = number
            yield block
            block = None


def _clusters(blocks: list[Block]) -> dict[Block, list[list[Glyph]]]:
    """The clusters that begin in each block. A piece belongs to the one before if it says the same, that one has fewer glyphs than characters,
    and it is a mark (which takes no room)."""
    shown: dict[Block, list[list[Glyph]]] = {block: [] for block in blocks}
    begun, last = blocks[0], [Glyph(0, 0, "", 0, 0)]
    for block in blocks:
        is_near = block.is_next and block.is_regular and begun.is_regular and (block.font, block.size) == (begun.font, begun.size)
        for glyph in block.glyphs:
            is_mark = glyph.said.endswith(SARA_AM) or (block.font is not None and not block.font.width.get(glyph.code))
            is_more = glyph.said == last[0].said and len(last) < len(glyph.said) and is_mark and (block is begun or is_near)
            if glyph.piece == last[-1].piece or is_more:
                last.append(glyph)
            else:
                begun, last = block, [glyph]
                shown[block].append(last)
    return shown


def _anew(block: Block, clusters: list[list[Glyph]]) -> list[Any]:
    """The instructions of a block: one text, moved on only where the font's widths do not lead (pdfium loses spaces that stand alone)."""
    if not clusters or block.font is None:
        return []
    parts: list[Any] = [b""]
    pen = clusters[0][0].x
    for cluster in clusters:
        codes = block.font.codes_for(cluster, block.size)
        moved = round((pen - cluster[0].x) / block.size * 1000, 1)
        if moved:
            parts += [moved, b""]
            pen -= moved / 1000 * block.size
        parts[-1] += b"".join(code.to_bytes(2, "big") for code in codes)
        pen += sum(block.font.width.get(code, 0) for code in codes) / 1000 * block.size
    text = Array([String(part) if isinstance(part, bytes) else _plain(part) for part in parts if part != b""])
    return [([], Operator("BT")), (block.mode, Operator("Tr")), (block.named, Operator("Tf")), (block.start, Operator("Tm")), ([text], Operator("TJ")),
            ([], Operator("ET"))]  # fmt: skip
