"""Writes exports: delimited text and GeoJSON piece by piece as they are sent, a workbook with the guideline's three tables."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from itertools import compress
from typing import IO, Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from models import Account
from survey.errors import Refusal
from survey.exchange.exported import POSITION, TITLES, Column, asked_of, columns_of, plain, rows_of, values_of
from survey.exchange.guarding import MOST_CELL, PLAIN_WORKBOOK, cleaned, guarded
from survey.exchange.wording import Value
from survey.listing import Filter
from survey.texts import N_

PIECE = 64 * 1024  # characters that are gathered before they are sent
MOST_ROWS = 50_000  # of a workbook, which is made whole before it is sent; more go out as delimited text
WIDTHS = {"longtext": 40, "text": 24, "agency": 30, "agencies": 30, "many": 30, "choice": 22}
CLASSIFICATION = N_("ชั้นความลับ")
FORMATS = {"latitude": "0.0000000", "longitude": "0.0000000", "money": "#,##0.00"}

_NOTHING = ("", "", "")
_quoted = json.JSONEncoder(ensure_ascii=False).encode

Translate = Callable[[str], str]


def write_csv(user: Account, kind: str, wanted: Filter, translate: Translate, classification: str = "") -> Iterator[bytes]:
    """UTF-8 with a byte order mark (by which Excel knows it), commas, CRLF (RFC 4180). A classification stands in each row: rows are copied elsewhere."""
    columns, rows = values_of(user, kind, wanted, _in_csv)
    held = io.StringIO()
    writer = csv.writer(held)
    held.write("\ufeff")
    mark = (guarded(classification),) if classification else ()
    writer.writerow([*(guarded(translate(c.heading)) for c in columns), *(guarded(translate(CLASSIFICATION)) for _ in mark)])
    for row in rows:
        writer.writerow(row + mark if mark else row)
        if held.tell() > PIECE:
            yield _taken(held)
    yield _taken(held)


def _in_csv(column: Column) -> Callable[[Value], Value]:
    """Every text is guarded, whatever its column; our own ids need not be."""
    if column.question is None:
        return plain(column)
    return lambda value: guarded(value) if isinstance(value, str) else value


def write_geojson(user: Account, kind: str, wanted: Filter, classification: str = "") -> Iterator[bytes]:
    """A FeatureCollection (RFC 7946); properties are the fields' names with their answers in words, without those that have none.

    A classification is a member of the collection ("foreign member", section 6.1).
    """
    columns = columns_of(kind)
    main, camera = (_Feature([c for c in columns if (c.part == "camera") == below]) for below in (False, True))
    held = io.StringIO()
    held.write('{"type":"FeatureCollection",')
    held.write(f'"classification":{_quoted(cleaned(classification))},' if classification else "")
    held.write('"features":[')
    last: Any = None
    between, site = "\n", _NOTHING
    for one, below in rows_of(user, kind, wanted, _in_geojson):
        if one is not last:
            last, site = one, main(one)
        own = camera(below) if below else _NOTHING
        at = own[0] or site[0]
        geometry = f'{{"type":"Point","coordinates":{at}}}' if at else "null"
        said = ",".join(filter(None, (site[1], own[1], site[2], own[2])))
        held.write(f'{between}{{"type":"Feature","geometry":{geometry},"properties":{{{said}}}}}')
        between = ",\n"
        if held.tell() > PIECE:
            yield _taken(held)
    held.write("\n]}\n")
    yield _taken(held)


def _in_geojson(column: Column) -> Callable[[Value], str]:
    """A cell as `"name":value`, a half of a position as its number, nothing as ""."""
    name = "" if _is_position(column) else f'"{column.name}":'

    def say(value: Value) -> str:
        return "" if value is None else name + (_quoted(cleaned(value)) if isinstance(value, str) else repr(value))

    return say


class _Feature:
    """Puts together the cells of one part of a feature: (coordinates, properties, id), each as JSON."""

    def __init__(self, columns: list[Column]) -> None:
        self._properties = [c.question is not None and not _is_position(c) for c in columns]
        self._at = [n for kind in ("longitude", "latitude") for n, c in enumerate(columns) if c.question and c.question.kind == kind]

    def __call__(self, cells: tuple[str, ...]) -> tuple[str, str, str]:
        at = [cells[n] for n in self._at if cells[n]]
        return f"[{','.join(at)}]" if len(at) == 2 else "", ",".join(filter(None, compress(cells, self._properties))), cells[-1]


def _is_position(column: Column) -> bool:
    return column.question is not None and column.question.kind in POSITION


def _taken(held: io.StringIO) -> bytes:
    piece = held.getvalue().encode()
    held.seek(0)
    held.truncate()
    return piece


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
                mark(_write_sheet(book, user, kind, asked_of(kind, origin, wanted), translate), classification)
    except Refusal:
        file.close()
        raise
    file.seek(0)
    return file


def mark(sheet: Worksheet, classification: str) -> None:
    """Puts the classification, if there is one, at the head and foot of each printed page."""
    if classification:
        said = f"&C&B{classification.replace('&', '&&')}"
        sheet.set_header(said)
        sheet.set_footer(said)


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
