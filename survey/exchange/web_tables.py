"""Reads the tables of a web page or an XML spreadsheet of 2003: many offices' systems write such a page and call the file .xls."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from survey.exchange.delimited import SAMPLE, find_encoding
from survey.exchange.sheets import MOST_COLUMNS, Row


class _Tables(HTMLParser):
    """Collects the rows of all tables, one below the other."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.cell: list[str] | None = None
        self.wide = 1

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        if tag in ("tr", "row"):
            self.rows.append([])
        elif tag in ("td", "th", "cell") and self.rows:
            self.cell = []
            place = told.get("ss:index") or ""  # XML Spreadsheet 2003 leaves blank cells out
            if place.isascii() and place.isdigit() and int(place) <= MOST_COLUMNS:
                self.rows[-1] += [""] * (int(place) - 1 - len(self.rows[-1]))
            span = told.get("colspan") or "1"
            self.wide = min(int(span), 50) if span.isascii() and span.isdigit() else 1
        elif tag == "br" and self.cell is not None:
            self.cell.append("\n")

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "cell") and self.cell is not None:
            self.rows[-1] += ["".join(self.cell).strip(), *[""] * (self.wide - 1)]
            self.cell = None


def is_web_page(beginning: bytes) -> bool:
    """Whether a file begins as a web page with tables does."""
    text = beginning[:4096].lower()
    return b"<html" in text or b"<table" in text


def read_web_tables(path: Path) -> Iterator[Row]:
    """The rows of the page's tables, blank ones left out. Raises Refusal("import_file")."""
    data = path.read_bytes()
    reader = _Tables()
    reader.feed(data.decode(find_encoding(data[:SAMPLE]), "replace"))
    for number, row in enumerate(reader.rows, 1):
        if any(cell.strip() for cell in row):
            yield number, row[:MOST_COLUMNS]
