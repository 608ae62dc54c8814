"""What a paper says when its text is copied: the text of each Thai cluster (ที่, น้ำ), in every reader.

typst 0.15 draws ที่ with three glyphs, gives the first of them the text of all and says the right text beside it (ActualText), which half of the
readers ignore; a mark that stands a little higher is drawn apart and brings the text of its cluster once more. Here the glyphs of a cluster become
one glyph of the embedded font, a composite with the same offsets, which says the consonant; a blank without width says the marks. Nothing that is
seen changes. Written for what typst writes: what looks otherwise stays as it is.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, Stream

from survey.paper_font import SARA_AM, Font, Glyph

NUMBER = rb"-?[\d.]+"
HEX = rb"<[0-9A-Fa-f]*>"
TEXT = re.compile(  # what typst writes from BT to ET; it counts downwards, so its texts are turned over
    rb"/Span<</ActualText<(?P<said>[0-9A-Fa-f]+)>>>BDC|(?P<end>EMC)|0 Tr|/(?P<font>\w+) (?P<size>" + NUMBER + rb") Tf"
    rb"|1 0 0 -1 (?P<x>" + NUMBER + rb") (?P<y>" + NUMBER + rb") Tm|\[?(?P<shown>(?:" + HEX + rb"|[-\d.\s])+)\]?\s*T[Jj]")
BLOCK = re.compile(rb"BT(?:\s*(?:" + re.sub(rb"\?P<\w+>", b"?:", TEXT.pattern) + rb"))+\s*ET")
BETWEEN = re.compile(  # a text and the mark of it that stands apart
    rb"(?:\s|[qQ]|EMC|/\w+<<(?:[^<>]|" + HEX + rb")*>>BDC|(?:" + NUMBER + rb" ){6}cm|/\w+ cs|(?:" + NUMBER + rb" )+scn)*")
MATRIX = re.compile(rb"((?:" + NUMBER + rb" ){6})cm")
COLOUR = re.compile(rb"/\w+ cs (?:" + NUMBER + rb" )+scn")
PART = re.compile(HEX + rb"|" + NUMBER)
ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
BRACKET = re.compile(rb"\\.|[()]", re.S)
LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
ALIKE = ("font", "size", "colour")  # of a text that goes on


@dataclass(eq=False)
class Block:
    """What stands from BT to ET in a stream, and its glyphs. `is_next`: nothing else is drawn since the block before."""

    begin: int
    end: int
    font: Font
    name: bytes
    size: float
    colour: bytes
    is_next: bool
    start: tuple[bytes, bytes]
    glyphs: list[Glyph]


def put_together(pdf: bytes) -> bytes:
    """The same pages of a PDF by typst, with texts that every reader copies alike. Deterministic. About 3 s of processor time for 100 full pages."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts: dict[Any, Font | None] = {}
        for page in document.pages:
            _in_stream(document, page.obj, fonts)
        for font in filter(None, fonts.values()):
            font.write(document)
        out = io.BytesIO()
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def _in_stream(document: pikepdf.Pdf, holder: Any, fonts: dict[Any, Font | None]) -> None:
    """A page, or a form with the forms in it."""
    resources = holder.get("/Resources", Dictionary())
    for form in resources.get("/XObject", Dictionary()).values():
        if form.get("/Subtype") == Name.Form:
            _in_stream(document, form, fonts)
    named: dict[bytes, Font] = {}
    for name, held in resources.get("/Font", Dictionary()).items():
        if held.objgen not in fonts:
            fonts[held.objgen] = Font.of(held)
        if (font := fonts[held.objgen]) is not None:
            named[name[1:].encode()] = font
    source = holder if isinstance(holder, Stream) else holder.get("/Contents")
    if not named or not isinstance(source, Stream):
        return
    content = _in_digits(source.read_bytes())
    blocks = list(_blocks(content, named))
    parts, done = [], 0
    for block, clusters in _clusters(blocks):
        parts += [content[done : block.begin], _anew(block, clusters)]
        done = block.end
    source.write(b"".join([*parts, content[done:]]))


def _blocks(content: bytes, named: dict[bytes, Font]) -> Iterator[Block]:
    """The texts of a stream with their glyphs where they stand."""
    piece, done, matrix, colour = 0, 0, [0.0] * 6, b""
    for found in BLOCK.finditer(content):
        between = content[done : found.start()]
        for moved in MATRIX.finditer(between):
            matrix = [float(part) for part in moved[1].split()]
        colour = [colour, *COLOUR.findall(between)][-1]
        is_next, done = BETWEEN.fullmatch(between) is not None, found.end()
        font, name, size, start, glyphs, span, x, y = None, b"", 0.0, None, [], "", 0.0, 0.0
        for part in TEXT.finditer(content, found.start() + 2, found.end() - 2):
            if part["shown"]:
                if font is None:
                    break
                for shown in PART.findall(part["shown"]):
                    if shown[:1] != b"<":
                        x -= float(shown) / 1000 * size
                        continue
                    for at in range(1, len(shown) - 1, 4):
                        code = int(shown[at : at + 4], 16)
                        piece += not span
                        glyphs.append(Glyph(code, piece, span or font.as_made.get(code, ""), x, y))
                        x += font.width.get(code, 0) / 1000 * size
            elif part["font"]:
                if font is not None and (part["font"], float(part["size"])) != (name, size):
                    break
                font, name, size = named.get(part["font"]), part["font"], float(part["size"])
            elif part["x"]:
                start = start or (part["x"], part["y"])
                x, y = matrix[4] + float(part["x"]), matrix[5] - float(part["y"])
            elif part["end"]:
                span, piece = "", piece + 1
            elif part["said"]:
                raw = bytes.fromhex(part["said"].decode())
                span = raw[2:].decode("utf-16-be") if raw[:2] == b"\xfe\xff" else raw.decode("latin-1")
                piece += 1
        else:
            if font is not None and start is not None and matrix[:4] == [1, 0, 0, -1]:
                yield Block(found.start(), found.end(), font, name, size, colour, is_next, start, glyphs)


def _in_digits(content: bytes) -> bytes:
    """A stream whose strings are written as digits: brackets within brackets and escapes are gone (ISO 32000-1, 7.3.4)."""
    parts, depth, begin, done = [], 0, 0, 0
    for found in BRACKET.finditer(content):
        if found[0] == b"(":
            if depth == 0:
                parts.append(content[done : found.start()])
                begin = found.end()
            depth += 1
        elif found[0] == b")":
            depth -= 1
            if depth == 0:
                parts.append(b"<%s>" % ESCAPED.sub(_unescaped, content[begin : found.start()]).hex().encode())
                done = found.end()
    return b"".join([*parts, content[done:]])


def _unescaped(found: re.Match[bytes]) -> bytes:
    said = found[1]
    return bytes([int(said, 8) & 255]) if said.isdigit() else LETTERS.get(said, said)


def _clusters(blocks: list[Block]) -> list[tuple[Block, list[list[Glyph]]]]:
    """The clusters that each block shall show. A piece belongs to the one before if it says the same, that one has fewer glyphs than characters,
    and it is a mark (which takes no room); what typst wrote apart after such a mark goes on in the block that was interrupted."""
    shown: list[tuple[Block, list[list[Glyph]]]] = []
    begun: tuple[Block, list[list[Glyph]]] | None = None  # the block that the last cluster is shown in
    last, after_mark = [Glyph(0, 0, "", 0, 0)], False
    for block in blocks:
        own: list[list[Glyph]] = []
        shown.append((block, own))
        is_near = begun is not None and block.is_next and all(getattr(block, part) == getattr(begun[0], part) for part in ALIKE)
        if begun is None or not (is_near and after_mark and block.glyphs and abs(block.glyphs[0].y - begun[1][0][0].y) < 0.001):
            here = block, own
        else:
            here = begun
        after_mark = is_near
        for glyph in block.glyphs:
            is_mark = glyph.said.endswith(SARA_AM) or not block.font.width.get(glyph.code)
            is_more = glyph.said == last[0].said and len(last) < len(glyph.said) and is_mark and (is_near or begun is here)
            if glyph.piece == last[-1].piece or is_more:
                last.append(glyph)
            else:
                last, begun, after_mark = [glyph], here, False
                here[1].append(last)
    return shown


def _anew(block: Block, clusters: list[list[Glyph]]) -> bytes:
    """The instructions of a block: one text, moved on only where the font's widths do not lead (pdfium loses spaces that stand alone)."""
    if not clusters:
        return b""
    font, pen, held = block.font, clusters[0][0].x, ""
    parts = []
    for cluster in clusters:
        moved = round((pen - cluster[0].x) / block.size * 1000, 1)
        if moved:
            parts += [f"<{held}>" if held else "", f"{moved:g}"]
            held, pen = "", pen - moved / 1000 * block.size
        for code in font.codes_for(cluster, block.size):
            held += f"{code:04X}"
            pen += font.width.get(code, 0) / 1000 * block.size
    said = "".join([*parts, f"<{held}>"])
    return b"BT 0 Tr /%s %s Tf 1 0 0 -1 %s %s Tm [%s] TJ ET" % (block.name, f"{block.size:g}".encode(), *block.start, said.encode())
