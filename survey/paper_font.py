"""The font of a paper, to which glyphs are added: one for each cluster that is shown (see survey/paper_text.py, which finds them)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pikepdf
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from pikepdf import Array, Name

SARA_AM = "\u0e33"  # ำ is drawn with two glyphs, and its า is seen apart
PAIR = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>")
CMAP = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def /CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
{}endcmap CMapName currentdict /CMap defineresource pop end end
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


class Font:
    """An embedded TrueType font whose codes are its glyphs' numbers, and the glyphs that are added to it."""

    def __init__(self, held: Any) -> None:
        self.held, self.below = held, held.DescendantFonts[0]
        self.file = TTFont(io.BytesIO(self.below.FontDescriptor.FontFile2.read_bytes()), recalcTimestamp=False)
        self.scale = self.file["head"].unitsPerEm / 1000
        self.first_new = self.file["maxp"].numGlyphs
        pairs = PAIR.findall(held.ToUnicode.read_bytes().partition(b"endcodespacerange")[2])
        self.text = {int(code, 16): utf16(said) for code, said in pairs}
        self.as_made = dict(self.text)  # which what is not put together still says
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
        return [self._code(parts, said[0], width), self._code((), said[1:], 0)]

    def _code(self, parts: tuple[Part, ...], said: str, width: float) -> int:
        """The code of what draws `parts`, says `said` and is so wide: a glyph that is there, or a new one."""
        if len(parts) == 1 and width == self.width.get(parts[0][0], 0) and self.as_made.get(parts[0][0]) == said:
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
        lines = [f"<{code:04X}> <{said.encode('utf-16-be').hex().upper()}>\n" for code, said in sorted(self.text.items()) if said]
        blocks = [lines[n : n + 100] for n in range(0, len(lines), 100)]
        self.held.ToUnicode = document.make_stream(CMAP.format("".join(f"{len(b)} beginbfchar\n{''.join(b)}endbfchar\n" for b in blocks)).encode())


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


def utf16(digits: bytes) -> str:
    """The text of UTF-16BE in hexadecimal digits."""
    return bytes.fromhex(digits.decode()).decode("utf-16-be")
