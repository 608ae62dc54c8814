"""Opens a list whatever it is: decides by its bytes (never by its name) how it is read, checks its size first, and gives sheets of rows."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from survey.errors import Refusal
from survey.exchange import delimited, sheets, web_tables
from survey.exchange.sheets import Row, SheetStart

MAX_BYTES = 64 * 1024 * 1024
MOST_ROWS = 200_000
ZIP, OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
NOT_TABLES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"PK\x05\x06", b"{\\rtf")


@dataclass
class Book:
    """A list that can be read several times: `rows()` gives each sheet's start and then its rows."""

    path: Path
    format: str  # xlsx, xlsb, ods, xls, csv, html
    encoding: str = ""
    delimiter: str = ""
    names: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[SheetStart | Row]:
        """Sheets and rows as they stand in the file. Raises Refusal: import_file, import_locked, import_bomb, import_rows."""
        count = 0
        for part in self._parts():
            count += not isinstance(part, SheetStart)
            if count > MOST_ROWS:
                raise Refusal("import_rows", limit=f"{MOST_ROWS:,}")
            yield part

    def _parts(self) -> Iterator[SheetStart | Row]:
        if self.format in ("csv", "html"):
            yield SheetStart("")
            yield from delimited.read_delimited(self.path, self.encoding, self.delimiter) if self.format == "csv" else web_tables.read_web_tables(self.path)
        else:
            yield from sheets.read_workbook(self.path)


def open_book(path: Path, encoding: str = "") -> Book:
    """Looks at the beginning of a file. `encoding` overrules what is found for delimited text.

    Raises Refusal: import_empty, import_too_large, import_bomb, import_locked, import_file.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Refusal("import_too_large", limit=f"{MAX_BYTES // 1024 // 1024} MB")
    with path.open("rb") as file:
        beginning = file.read(delimited.SAMPLE)
    if not beginning.strip():
        raise Refusal("import_empty")
    if beginning.startswith(ZIP):
        return Book(path, sheets.check_packed(path))
    if beginning.startswith(OLE):
        return Book(path, "xls")
    if beginning.startswith(NOT_TABLES):
        raise Refusal("import_file")
    if web_tables.is_web_page(beginning):
        return Book(path, "html")
    if encoding and encoding not in delimited.ENCODINGS:
        raise Refusal("import_encoding")
    found = encoding or delimited.find_encoding(beginning)
    text = codecs.getincrementaldecoder(found)("replace").decode(beginning)
    return Book(path, "csv", found, delimited.find_delimiter(text[:200_000]))
