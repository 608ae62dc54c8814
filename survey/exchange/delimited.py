"""Reads delimited text: finds the encoding (UTF-8, UTF-16, TIS-620/CP874, CP949, Big5, GB 18030, Windows-1252) and the delimiter.

Encodings are told apart by what is well-formed in them: Thai vowels and tone marks follow consonants, Korean syllables lie in one
block of the code, Chinese ones are frequent ones. Nothing here knows what the columns mean.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from survey.errors import Refusal
from survey.exchange.sheets import MOST_COLUMNS, Row

SAMPLE = 1024 * 1024  # bytes that are looked at
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-16", "cp874", "cp949", "big5", "gb18030", "cp1252")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_THAI_MARK = re.compile("[ัิ-ฺ็-๎ำ]")
_THAI_WELL_FORMED = re.compile("(?<=[ก-ฮัิ-ฺ็-๎])[ัิ-ฺ็-๎ำ]")

csv.field_size_limit(1024 * 1024)


def find_encoding(data: bytes) -> str:
    """The encoding of the beginning of a text. Raises Refusal("import_file") when it is no text at all."""
    for bom, name in BOMS:
        if data.startswith(bom):
            return name
    if b"\x00" in data[:4096]:
        raise Refusal("import_file")
    if _decoded(data, "utf-8") is not None:
        return "utf-8"
    korean, chinese = _pair_shares(data)
    if korean >= 0.85 and _damage(data, "cp949") < 0.001:
        return "cp949"
    if chinese >= 0.95 and _damage(data, "big5") < 0.005:
        return "big5"
    if _thai_share(data) >= 0.95:
        return "cp874"
    if _damage(data, "utf-8") < 0.01:  # a few broken letters in an otherwise good file
        return "utf-8"
    if sum(byte >= 0x80 for byte in data) > 0.2 * len(data) and _damage(data, "gb18030") < 0.001:
        return "gb18030"
    return "cp1252"


def _decoded(data: bytes, encoding: str) -> str | None:
    """The text of a sample, whose last letter may be cut; None when it is not in this encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return None


def _damage(data: bytes, encoding: str) -> float:
    """The share of letters that cannot be read in this encoding."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(data)
    return text.count("\ufffd") / max(1, sum(c > "\x7f" for c in text))


def _thai_share(data: bytes) -> float:
    """How many of the Thai vowels and tone marks above and below stand where they can; 0 when it is not Thai."""
    text = codecs.getincrementaldecoder("cp874")("replace").decode(data)
    high = [c for c in text if c > "\x7f"]
    thai = sum("ก" <= c <= "๛" for c in high)
    marks = len(_THAI_MARK.findall(text))
    if not high or thai / len(high) < 0.9 or text.count("\ufffd") > 0.005 * len(high) or (marks == 0 and len(high) > 40):
        return 0.0
    return len(_THAI_WELL_FORMED.findall(text)) / marks if marks else 1.0


def _pair_shares(data: bytes) -> tuple[float, float]:
    """Of the two-byte letters the share that is a usual Korean syllable (KS X 1001), and a frequent Chinese one (Big5, level 1)."""
    pairs = re.findall(rb"[\x81-\xfe][\x40-\x7e\xa1-\xfe\x81-\xa0]", data)
    korean = sum(0xB0 <= p[0] <= 0xC8 and p[1] >= 0xA1 for p in pairs)
    chinese = sum(0xA1 <= p[0] <= 0xC6 and (p[1] <= 0x7E or p[1] >= 0xA1) for p in pairs)
    return korean / max(1, len(pairs)), chinese / max(1, len(pairs))


def find_delimiter(text: str) -> str:
    """The delimiter that cuts most rows into the same number of cells, and into more of them."""
    told = re.match(r"sep=(.)\r?\n", text)  # Excel's own first line
    if told:
        return told[1]
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row)
        except csv.Error:
            continue
        width, rows = max(((w, n) for w, n in widths.items() if w > 1), key=lambda found: found[1] * math.log(found[0]), default=(1, 0))
        score = rows / max(1, sum(widths.values())) * math.log(width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def read_delimited(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    """The rows of a text file, blank ones left out; broken letters become "\\ufffd". Raises Refusal("import_file")."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        lines = (line.replace("\x00", "") for line in file)
        try:
            for number, row in enumerate(csv.reader(lines, delimiter=delimiter), 1):
                if number == 1 and len(row) <= 2 and row and row[0].startswith("sep="):
                    continue
                while row and not row[-1].strip():
                    row.pop()
                if row:
                    yield number, row[:MOST_COLUMNS]
        except csv.Error:
            raise Refusal("import_file") from None
