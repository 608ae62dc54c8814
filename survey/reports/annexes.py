"""What follows the letter of an official report: figures with charts, the map, and the guideline's tables 1.1, 1.2 and 1.3 as far as they go on paper.

Tables have the columns of the exports (`exported.columns_of`), several a printed column, in the guideline's order; figures are those of
`survey.reports.heads` over the records that the list's filter asks for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import peewee

from models import Account, Camera, Site
from survey import listing, places, scope
from survey.exchange import exported
from survey.exchange.exported import Column
from survey.exchange.fields import KINDS
from survey.exchange.wording import Value
from survey.reports import asked, heads
from survey.reports.heads import Answer
from survey.reports.source import Figures

MOST_PRINTED = 1000  # rows of one table; more are the workbook beside the report
PRINTED_COLUMNS = 9
BESIDE_GUIDELINE = ("label", "agency", "province", "district", "subdistrict")  # without which nobody knows which record it is
NUMBERED = (*exported.NUMBERS, "phone")  # kinds whose digits are those of the letter
Digits = Callable[[str], str]
Item = list[int]  # the columns of an export that stand together: a position is one item


@dataclass
class Annex:
    """One of the guideline's tables. `heads` and each row's cells are texts, a printed column each; a cell may span (how many, text)."""

    kind: str
    number: str
    title: str
    count: int
    unit: str
    heads: list[str]
    rows: list[list[Any]]

    @property
    def is_printed(self) -> bool:
        return self.count <= MOST_PRINTED


def annexes(user: Account, origin: str, wanted: listing.Filter, digits: Digits) -> list[Annex]:
    """The three tables of what a list's filter asks for; one of more than MOST_PRINTED rows has none."""
    found = []
    for kind, title in KINDS.items():
        own = exported.asked_of(kind, origin, wanted)
        count = exported.row_count(user, kind, own)
        columns = exported.columns_of(kind)
        printed = _printed(columns)
        number = exported.TITLES[kind]
        annex = Annex(kind, number, title, count, "แถว" if kind == "camera" else "รายการ", [_head(columns, items, digits) for _, items in printed], [])
        if annex.is_printed:
            annex.rows = list(_rows(user, kind, own, printed, digits))
        found.append(annex)
    return found


def _printed(columns: list[Column]) -> list[tuple[str, list[tuple[int, Item]]]]:
    """The printed columns: (part, [(number of the item, its columns)]), of about as many items each, none over two parts."""
    items: list[Item] = []
    for n, column in enumerate(columns):
        question = column.question
        if question is None or not (question.guideline or column.name in BESIDE_GUIDELINE):
            continue
        if question.kind == "longitude" and items and items[-1] == [n - 1]:
            items[-1].append(n)
        else:
            items.append([n])
    most = math.ceil(len(items) / PRINTED_COLUMNS)
    printed: list[tuple[str, list[tuple[int, Item]]]] = []
    number = 0
    for part, listed in groupby(items, key=lambda item: columns[item[0]].part):
        of_part = list(listed)
        each = math.ceil(len(of_part) / max(1, round(len(of_part) / most)))
        for start in range(0, len(of_part), each):
            chunk = of_part[start : start + each]
            printed.append((part, [(number + n, item) for n, item in enumerate(chunk, 1)]))
            number += len(chunk)
    return printed


def _head(columns: list[Column], items: list[tuple[int, Item]], digits: Digits) -> str:
    return "\n".join(f"({digits(str(number))}) " + ", ".join(digits(columns[n].heading) for n in item) for number, item in items)


def _rows(user: Account, kind: str, wanted: listing.Filter, printed: list[tuple[str, list[tuple[int, Item]]]], digits: Digits) -> Iterator[list[Any]]:
    """Rows of cells, the running number first. Further cameras of a site refer to its first row."""
    columns = exported.columns_of(kind)
    nothing = tuple(None for c in columns if c.part == "camera")
    site, first = None, 0
    for line, (main, camera) in enumerate(exported.rows_of(user, kind, wanted, exported.plain), 1):
        values = exported.joined(main, camera or nothing) if kind == "camera" else main
        cells: list[Any] = [_cell(columns, values, items, digits) for _, items in printed]
        if kind == "camera" and main is site:
            spanned = sum(1 for part, _ in printed if part == "site")
            cells[:spanned] = [[spanned, f"จุดติดตั้งเดียวกับลำดับที่ {digits(str(first))}"]]
        elif kind == "camera":
            site, first = main, line
        yield [digits(str(line)), *cells]


def _cell(columns: list[Column], values: Sequence[Value], items: list[tuple[int, Item]], digits: Digits) -> str:
    """"(7) นราธิวาส" a line for each answered item."""
    lines = []
    for number, item in items:
        said = [_shown(columns[n], values[n], digits) for n in item if values[n] is not None]
        if said:
            lines.append(f"({digits(str(number))}) {', '.join(said)}")
    return "\n".join(lines)


def _shown(column: Column, value: Value, digits: Digits) -> str:
    kind = column.question.kind if column.question else ""
    text = f"{float(value or 0):,.2f}" if kind == "money" else f"{value:.10g}" if isinstance(value, float) else str(value)
    return digits(text) if kind in NUMBERED else text


# --- figures ---


class OfList(Figures):
    """Figures of what a list's filter asks for; an area alone is answered by the kept totals."""

    def __init__(self, user: Account, origin: str, wanted: listing.Filter) -> None:
        super().__init__(user, asked.read(user, {"province": wanted.province} if wanted.province else {}))
        self.origin, self.wanted = origin, wanted

    @property
    def is_kept(self) -> bool:
        """Whether only an area is asked for."""
        return self.wanted == listing.Filter(province=self.wanted.province)

    def records(self, kind: str) -> peewee.ModelSelect:
        """The records that `exported.rows_of` writes."""
        own = "camera" if kind in ("site", "camera") else kind
        wanted = exported.asked_of(own, self.origin, self.wanted)
        query = super().records(kind)
        if kind == "camera":
            sites = listing.matching(self.user, Site, wanted).select(Site.id)
            return query.where(Camera.site.in_(sites), *([Camera.status == wanted.status] if wanted.status else []))
        model = exported.MODELS[own]
        return query.where(model.id.in_(listing.matching(self.user, model, wanted).select(model.id)))


@dataclass
class Summary:
    """The figures of a report: numbers in one line each, and questions as charts, grouped under the committee's heads."""

    totals: list[tuple[str, int, int, str]]  # what, approved, others, unit
    groups: list[tuple[str, list[Answer]]]


def summary(user: Account, origin: str, wanted: listing.Filter) -> Summary:
    """The figures behind the tables. Approved records stand apart from the others throughout."""
    figures = OfList(user, origin, wanted)
    whole = heads.overview(figures)
    total: Any = whole["total"]
    rows = [("จุดติดตั้ง", "site", "จุด"), ("กล้อง", "camera", "ตัว"), ("จุดติดตั้งเพิ่มเติม", "point", "จุด"), ("กล้องที่ต้องการเพิ่ม", "needed", "ตัว")]
    totals = [(name, _sum(figures, "site") if key == "site" else (total[key].official, total[key].others), unit) for name, key, unit in rows]
    baht = total["satang"].official // 100, total["satang"].others // 100
    reports = _sum(figures, "report")
    lines = [(name, *pair, unit) for name, pair, unit in [*totals, ("งบประมาณที่ต้องการ", baht, "บาท"), ("รายงานปัญหาอุปสรรค", reports, "ฉบับ")]]
    return Summary(lines, [
        ("จำนวน", [_by_area(figures, wanted), *_some(heads.number(figures), "owner_sector", "camera_system")]),
        ("ประสิทธิภาพ", _some(heads.effectiveness(figures), "usability", "status", "effectiveness_day", "effectiveness_night", "sufficiency")),
        ("การเชื่อมโยง", _some(heads.linkage(figures), "network_linked", "network_type")),
        ("จุดที่ต้องการเพิ่ม", _some(heads.points(figures), "project_status", "priority")),
        ("ปัญหาอุปสรรค", heads.problems(figures)),
    ])  # fmt: skip


def _some(answers: list[Answer], *keys: str) -> list[Answer]:
    return [answer for answer in answers if answer.key in keys]


def _sum(figures: Figures, kind: str) -> tuple[int, int]:
    states = sum(figures.by_question(kind, ("complete",))["complete"].values(), Counter[str]())
    return states["approved"], states.total() - states["approved"]


def _by_area(figures: OfList, wanted: listing.Filter) -> Answer:
    """Cameras by province, or by district where the report is of one province."""
    provinces = {wanted.province} if wanted.province else set(figures.asked.areas or [])
    if len(provinces) != 1:
        return heads.by_province(figures)
    counts = figures.by_question("camera", ("district",))["district"]
    rows = [heads.Row(code, place.name if (place := places.find(code)) else "ไม่ระบุ", states["approved"], states.total() - states["approved"])
            for code, states in counts.items()]  # fmt: skip
    return Answer("district", "อำเภอ/เขต", "camera", sorted(rows, key=lambda row: -row.all))


# --- map ---

SIDE = 1000  # of the drawing, in its own units
CELLS = {False: 0.25, True: 0.02}  # degrees in which sites are counted together: of the country, of a province (2.2 km)


def map_of(user: Account, origin: str, wanted: listing.Filter) -> dict[str, Any] | None:
    """The map as SVG without any text: outlines, and a circle for the sites of each cell; with its scale. None without positions.

    Cells are coarser than what is shown of restricted places (R43).
    """
    provinces = [wanted.province] if wanted.province else list(user.provinces or []) if user.role not in scope.EVERYWHERE else []
    step = CELLS[bool(provinces)]
    query = listing.matching(user, Site, exported.asked_of("camera", origin, wanted)).where(Site.latitude.is_null(False), Site.longitude.is_null(False))
    row, column = (peewee.fn.ROUND(field / step).alias(name) for field, name in ((Site.latitude, "row"), (Site.longitude, "col")))
    cells = [(float(x) * step, float(y) * step, n) for y, x, n in query.select(row, column, peewee.fn.COUNT(Site.id)).group_by(
        peewee.SQL("1"), peewee.SQL("2")).tuples()]  # fmt: skip
    rings = [ring for code in provinces or [""] for ring in places.province_rings(code)]
    if not cells or not rings:
        return None
    inside = [point for ring in rings for point in ring] + [(x, y) for x, y, _ in cells]
    edges = [(min(point[k] for point in inside), max(point[k] for point in inside)) for k in (0, 1)]
    narrow = math.cos(math.radians(sum(edges[1]) / 2))
    scale = SIDE / max((edges[0][1] - edges[0][0]) * narrow, edges[1][1] - edges[1][0])
    width, height = (edges[0][1] - edges[0][0]) * narrow * scale, (edges[1][1] - edges[1][0]) * scale

    def at(x: float, y: float) -> tuple[float, float]:
        return round((x - edges[0][0]) * narrow * scale, 1), round((edges[1][1] - y) * scale, 1)

    def outline(drawn: list[list[tuple[float, float]]]) -> str:
        return "".join(f'<path d="M{" ".join(f"{a},{b}" for a, b in (at(*point) for point in ring))}Z"/>' for ring in drawn)

    most = max(n for *_, n in cells)
    radius = 26 if len(cells) < 400 else 16
    circles = "".join(f'<circle cx="{a}" cy="{b}" r="{max(4, radius * math.sqrt(n / most)):.1f}"/>'
                      for x, y, n in sorted(cells, key=lambda cell: -cell[2]) for a, b in [at(x, y)])  # fmt: skip
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-30 -30 {width + 60:.0f} {height + 60:.0f}">'
           f'<g fill="none" stroke="#bbb" stroke-width="1">{outline(places.province_rings()) if provinces else ""}</g>'
           f'<g fill="#f4f4f4" stroke="#555" stroke-width="{2 if provinces else 1}">{outline(rings)}</g>'
           f'<g fill="#1f4e8c" fill-opacity="0.55" stroke="#fff" stroke-width="1">{circles}</g></svg>')  # fmt: skip
    kilometres = next(k for k in (200, 100, 50, 20, 10, 5, 2, 1) if k == 1 or k / 111.2 * scale < width / 3)
    return {"svg": svg, "bar": round(kilometres / 111.2 * scale / (width + 60), 4), "kilometres": kilometres, "most": most, "cells": len(cells),
            "shape": round((width + 60) / (height + 60), 4), "side_km": round(step * 111.2)}  # fmt: skip
