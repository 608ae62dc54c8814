"""Where a row of a list lies: its position and area, and whether the person may record there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey import places, scope
from survey.exchange import positions
from survey.exchange.areas import area_code
from survey.exchange.problems import ERROR, Problem, short
from survey.exchange.words import is_blank, tidy

if TYPE_CHECKING:
    from survey.exchange.rows import Checked, RowReader


def place(reader: RowReader, row: Checked) -> None:
    """Position and area, and whether the row lies where its owner may record."""
    cells, options = row.cells, reader.options
    province = _area(reader, row, "province", "") or None
    if "northing" in reader.columns:
        east, north, zone = (reader.cell(cells, name) for name in ("easting", "northing", "zone"))
        found = positions.from_metres(east, north, zone, province or options.province or None)
    elif "position" in reader.columns:
        found = positions.from_one(reader.cell(cells, "position"))
    elif {"latitude", "longitude"} & set(reader.columns):
        found = positions.from_two(reader.cell(cells, "latitude"), reader.cell(cells, "longitude"))
    else:
        found = (None, None, [Problem("position_missing", "latitude")])
    row.latitude, row.longitude, notes = found
    row.problems += notes
    if row.latitude is None or row.longitude is None:
        _may_record(reader, row, province)
        return
    row.answers |= {"latitude": round(row.latitude, 7), "longitude": round(row.longitude, 7), "position_source": "import"}
    where = places.place_of(row.latitude, row.longitude)
    if where.province is None and places.check_position(row.latitude, row.longitude) and not options.anywhere:
        row.problems.append(Problem("outside_thailand", "latitude"))
    if province and not options.anywhere and places.is_far_from(province, row.latitude, row.longitude):
        row.problems.append(Problem("position_elsewhere", "latitude"))
    if province:
        row.answers["province"] = province
    elif where.province is None and options.province:
        row.answers["province"] = province = options.province
    district = _area(reader, row, "district", province or where.province or "")
    if district:
        row.answers["district"] = district
        subdistrict = _area(reader, row, "subdistrict", district)
        row.answers |= {"subdistrict": subdistrict} if subdistrict else {}
    _may_record(reader, row, province or where.province)


def place_without_position(reader: RowReader, row: Checked) -> None:
    """The province of a row without a position."""
    account = reader.options.account
    own = account.provinces[0] if account is not None and len(account.provinces or []) == 1 else ""
    province = _area(reader, row, "province", "") or reader.options.province or own
    if province:
        row.answers["province"] = province
    _may_record(reader, row, province or None)


def _area(reader: RowReader, row: Checked, name: str, upper: str) -> str:
    """The code of the area that a cell names; one that is not known leaves the area to the position."""
    text = reader.cell(row.cells, name)
    if is_blank(text) or (name != "province" and not upper):
        return ""
    code = area_code(text, upper)
    if code is None:
        row.problems.append(Problem("unknown_place", name, {"text": short(tidy(text))}))
        return ""
    return code


def _may_record(reader: RowReader, row: Checked, province: str | None) -> None:
    account, options = reader.options.account, reader.options
    if account is None:
        if options.province and province and province != options.province:
            row.problems.append(Problem("outside_area", "province"))
        return
    if province is None:
        if row.latitude is not None or reader.plan.kind == "report":
            row.problems.append(Problem("position_outside", "latitude", gravity=ERROR) if row.latitude is not None else Problem("outside_area", "province"))
    elif not scope.may_record_in(account, province):
        row.problems.append(Problem("outside_area", "province"))
