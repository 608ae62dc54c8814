"""Writes exports: delimited text and GeoJSON piece by piece as they are sent, a workbook with the guideline's three tables."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from typing import IO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from models import Account
from survey.errors import Refusal
from survey.exchange.exported import TITLES, Column, Value, asked_of, values_of
from survey.exchange.guarding import MOST_CELL, PLAIN_WORKBOOK, cleaned, guarded
from survey.listing import Filter

PIECE = 64 * 1024  # characters that are gathered before they are sent
MOST_ROWS = 50_000  # of a workbook, which is made whole before it is sent; more go out as delimited text
WIDTHS = {"longtext": 40, "text": 24, "agency": 30, "agencies": 30, "many": 30, "choice": 22}
FORMATS = {"latitude": "0.0000000", "longitude": "0.0000000", "money": "#,##0.00"}

Translate = Callable[[str], str]


def write_csv(user: Account, kind: str, wanted: Filter, translate: Translate) -> Iterator[bytes]:
    """UTF-8 with a byte order mark (by which Excel knows it), commas, CRLF (RFC 4180)."""
    columns, rows = values_of(user, kind, wanted)
    held = io.StringIO()
    writer = csv.writer(held)
    held.write("\ufeff")
    writer.writerow([guarded(translate(c.heading)) for c in columns])
    for row in rows:
        writer.writerow([guarded(cell) if isinstance(cell, str) and not _is_amount(column, cell) else cell for column, cell in zip(columns, row, strict=True)])
        if held.tell() > PIECE:
            yield _taken(held)
    yield _taken(held)


def write_geojson(user: Account, kind: str, wanted: Filter) -> Iterator[bytes]:
    """A FeatureCollection (RFC 7946); properties are the fields' names with their answers in words, without those that have none."""
    columns, rows = values_of(user, kind, wanted)
    held = io.StringIO()
    held.write('{"type":"FeatureCollection","features":[')
    for number, row in enumerate(rows):
        found = {c.name: cleaned(v) if isinstance(v, str) else v for c, v in zip(columns, row, strict=True) if v is not None}
        at = [found.pop(name, None) for name in ("longitude", "latitude")]
        own = [found.pop(name, None) for name in ("camera_longitude", "camera_latitude")]
        at = own if None not in own else at
        geometry = {"type": "Point", "coordinates": at} if None not in at else None
        held.write(",\n" if number else "\n")
        held.write(json.dumps({"type": "Feature", "geometry": geometry, "properties": found}, ensure_ascii=False, separators=(",", ":")))
        if held.tell() > PIECE:
            yield _taken(held)
    held.write("\n]}\n")
    yield _taken(held)


def _taken(held: io.StringIO) -> bytes:
    piece = held.getvalue().encode()
    held.seek(0)
    held.truncate()
    return piece


def _is_amount(column: Column, cell: str) -> bool:
    return column.is_number and _number(cell) is not None


def _number(cell: Value) -> float | None:
    """The number of an amount that is kept exactly as text (money)."""
    try:
        return float(cell) if cell is not None else None
    except ValueError:
        return None


def write_workbook(user: Account, origin: str, wanted: Filter, translate: Translate, classification: str = "") -> IO[bytes]:
    """A workbook with a sheet for each table of the guideline, each printed page marked with its classification; the file is at its
    beginning. Raises Refusal("export_large")."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (whoever sends it closes it)
    try:
        with xlsxwriter.Workbook(file, PLAIN_WORKBOOK) as book:
            for kind in TITLES:
                sheet = _write_sheet(book, user, kind, asked_of(kind, origin, wanted), translate)
                if classification:
                    sheet.set_header(f"&C&B{classification.replace('&', '&&')}")
                    sheet.set_footer(f"&C&B{classification.replace('&', '&&')}")
    except Refusal:
        file.close()
        raise
    file.seek(0)
    return file


def _write_sheet(book: xlsxwriter.Workbook, user: Account, kind: str, wanted: Filter, translate: Translate) -> Worksheet:
    columns, rows = values_of(user, kind, wanted)
    sheet = book.add_worksheet(TITLES[kind])
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#e8eef7", "border": 1})
    forms = [book.add_format({"valign": "top", "num_format": FORMATS.get(c.question.kind, "General") if c.question and c.is_number else "@"}) for c in columns]
    sheet.freeze_panes(1, 1)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, WIDTHS.get(column.question.kind if column.question else "text", 14), forms[index])
        sheet.write_string(0, index, translate(column.heading), bold)
    line = 0
    for line, row in enumerate(rows, 1):
        if line > MOST_ROWS:
            raise Refusal("export_large", most=MOST_ROWS)
        for index, (column, cell) in enumerate(zip(columns, row, strict=True)):
            number = _number(cell) if column.is_number else None
            if number is not None:
                sheet.write_number(line, index, number, forms[index])
            elif cell is not None:
                sheet.write_string(line, index, cleaned(str(cell))[:MOST_CELL], forms[index])
    sheet.autofilter(0, 0, line, len(columns) - 1)
    return sheet
