"""A pasted or uploaded list of people, one a line: name, phone, unit, and where it says so district and province.

Everything is checked before anything is made: a table says row by row what is wrong, then all are made or none.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field

from models import Account
from survey import places, scope
from survey.answers import western, without_control_characters
from survey.delegation import Person, check, make_many
from survey.errors import Message, Refusal
from survey.search import fold

MOST = 1_000  # people of one list
COLUMNS = {
    "name": ("ชื่อ", "ชื่อสกุล", "ชื่อ-สกุล", "ยศชื่อสกุล", "ยศ-ชื่อ-สกุล", "ยศชื่อ-สกุล", "ชื่อนามสกุล", "ชื่อและนามสกุล", "ชื่อ-นามสกุล", "name", "fullname"),
    "phone": ("โทร", "โทรศัพท์", "เบอร์", "เบอร์โทร", "เบอร์โทรศัพท์", "หมายเลขโทรศัพท์", "มือถือ", "phone", "tel", "mobile"),
    "agency": ("หน่วย", "หน่วยงาน", "สังกัด", "หน่วยสำรวจ", "unit", "agency"),
    "district": ("อำเภอ", "เขต", "อำเภอ/เขต", "district"),
    "province": ("จังหวัด", "province"),
}
ORDER = ("name", "phone", "agency", "district", "province")  # without a heading


@dataclass
class Row:
    """One line of the list: its number as people count, what was understood, and what is wrong by field."""

    number: int
    person: Person
    district: str = ""
    province: str = ""
    errors: dict[str, Message] = field(default_factory=dict)


def decode(data: bytes) -> str:
    """The text of an uploaded list: UTF-8 with or without BOM, or the Thai code page of older spreadsheets. Raises Refusal("list_file")."""
    for encoding in ("utf-8-sig", "cp874"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refusal("list_file")


def read(text: str, by: Account, role: str, provinces: list[str]) -> list[Row]:
    """The rows of a list, each checked. `provinces` is where they work unless a row names its own.

    Raises Refusal: list_empty, list_long.
    """
    lines = [[without_control_characters(cell).strip() for cell in line] for line in _cells(text)]
    filled = [(number, line) for number, line in enumerate(lines, 1) if any(line)]
    order = _heading(filled[0][1]) if filled else None
    body = filled[1:] if order else filled
    if not body:
        raise Refusal("list_empty")
    if len(body) > MOST:
        raise Refusal("list_long", limit=MOST)
    rows = [_row(number, line, order or ORDER, role, provinces) for number, line in body]
    for row in rows:
        row.errors |= {name: wrong for name, wrong in check(row.person, by).items() if name not in row.errors}
    _note_twins(rows, by)
    return rows


def make(rows: list[Row], by: Account) -> list[Account]:
    """Makes all people of a list, or none where a row is wrong. Raises Refusal("invalid")."""
    if any(row.errors for row in rows):
        raise Refusal("invalid")
    return make_many([row.person for row in rows], by)


def _cells(text: str) -> list[list[str]]:
    """Tabs as a spreadsheet pastes them, or commas or semicolons."""
    head = text[:4000]
    delimiter = "\t" if "\t" in head else ";" if head.count(";") > head.count(",") else ","
    return list(csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")), delimiter=delimiter))


def _heading(cells: list[str]) -> tuple[str, ...] | None:
    """The fields of a heading line by their column ("" for one that is not used), or None when it is no heading."""
    folded = [cell.lower().replace(" ", "").replace("–", "-").replace(".", "") for cell in cells]
    fields = tuple(next((name for name, words in COLUMNS.items() if cell in words), "") for cell in folded)
    return fields if "name" in fields else None


def _row(number: int, cells: list[str], order: tuple[str, ...], role: str, provinces: list[str]) -> Row:
    given = {name: cell for name, cell in zip(order, cells, strict=False) if name}
    row = Row(number, Person(given.get("name", ""), role, list(provinces), agency=given.get("agency", ""), phone=western(given.get("phone", ""))),
              given.get("district", ""), given.get("province", ""))  # fmt: skip
    if row.province:
        found = next((p.code for p in places.provinces() if row.province.removeprefix("จังหวัด").strip() in (p.name, p.name_en, p.code)), None)
        row.person.provinces = [found] if found else []
        if not found:
            row.errors["province"] = Message("unknown_area")
    if row.district and len(row.person.provinces) == 1:
        name = row.district.removeprefix("อำเภอ").removeprefix("อ.").removeprefix("เขต").strip()
        code = next((d.code for d in places.districts(row.person.provinces[0]) if name in (d.name, d.name_en, d.code)), None)
        row.person.districts = [code] if code else []
        if not code:
            row.errors["district"] = Message("unknown_area")
    return row


def _note_twins(rows: list[Row], by: Account) -> None:
    """The same person twice in the list, or one who has an account here already: the same folded name in the same unit."""
    def key(name: str, unit: str) -> tuple[str, str]:
        return fold(name), fold(unit)

    counted = Counter(key(row.person.name, row.person.agency) for row in rows)
    there = {key(a.name, a.agency.name if a.agency_id else "") for a in scope.visible(by, Account) if not a.ended}
    for row in rows:
        own = key(row.person.name, row.person.agency)
        if counted[own] > 1:
            row.errors.setdefault("name", Message("twice_in_list"))
        elif own in there:
            row.errors.setdefault("name", Message("has_account"))
