"""Goes through a whole list: every row understood, rows that are no data passed over, duplicates and points far from the others found.

Two readings: the first only learns where the points of the file lie; the second gives the rows. Knows no tables of its own.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from survey.exchange.contents import number as plain_number
from survey.exchange.grouping import Grouping
from survey.exchange.headings import heading_key
from survey.exchange.layout import Plan, titles
from survey.exchange.outliers import Cloud, check_alone
from survey.exchange.problems import CORRECTED, ERROR, SKIPPED, WARNING, Problem
from survey.exchange.rows import Checked, Options, RowReader
from survey.exchange.sheets import Row, SheetStart

T = TypeVar("T")
Rows = Callable[[], Iterable[SheetStart | Row]]
_TOTAL = re.compile(r"^(รวม|รวมทั้งสิ้น|รวมทั้งหมด|ยอดรวม|รวมเป็น.*|รวมจำนวน.*|total|grand total|sum|합계|총계|소계|總計|合計|总计|合计|小計)[\s:]*$", re.I)


@dataclass
class Summary:
    """What a list came to. `rows` are those that hold data: taken + with errors + skipped; `passed_over` are the others, by kind."""

    rows: int = 0
    good: int = 0
    sites: int = 0
    cameras: int = 0
    points: int = 0
    reports: int = 0
    error_rows: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    columns: dict[str, str] = field(default_factory=dict)
    sheets: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, row: Checked) -> None:
        """Adds one row."""
        self.rows += 1
        state = row.state
        for problem in row.problems:
            (self.errors if problem.gravity == ERROR else self.warnings)[problem.kind] += 1
            if problem.gravity == SKIPPED and state == "skipped":
                self.skipped[problem.kind] += 1
        self.error_rows += state == "error"
        if state == "good":
            self.good += 1
            self.cameras += len(row.cameras)
            self.sites += row.kind == "camera" and row.new
            self.points += row.kind == "point"
            self.reports += row.kind == "report"

    def note(self, plans: list[Plan]) -> None:
        """Adds what was found about sheets and columns."""
        for plan in plans:
            self.sheets.append({"name": plan.name, "rows": plan.rows, "read": plan.read, "header": plan.header, "kind": plan.kind})
            if not plan.read:
                self.passed_over["sheet_not_read"] += 1
                continue
            for name, heading in titles(plan, plan.headings).items():
                if name not in ("serial", "not_wanted"):
                    self.columns.setdefault(name, heading)
            self.warnings.update(kind for kind, _ in plan.notes)
            self.warnings.update({"column_not_used": len(plan.unused), "merged_filled": plan.filled} if plan.unused or plan.filled else {})
        self.warnings += Counter()  # without zeros


def file_problems(plans: list[Plan]) -> list[Problem]:
    """What is said about the file as a whole: exchanged columns, columns that are not used, merged cells."""
    found = []
    for plan in (p for p in plans if p.read):
        found += [Problem(kind, params=dict(params)) for kind, params in plan.notes]
        found += [Problem("column_not_used", params={"heading": plan.headings[c].strip()}) for c in plan.unused]
        if plan.filled:
            found.append(Problem("merged_filled"))
    return found


def examine(rows: Rows, plans: list[Plan], options: Options, summary: Summary) -> Iterator[Checked]:
    """Every data row of the sheets that are read, understood and compared with each other and with what is there; counted in `summary`."""
    began = time.monotonic()
    readers = [RowReader(plan, index, options) for index, plan in enumerate(plans)]
    cloud = Cloud()
    for _, number, cells, reader in data_rows(rows, plans, readers, Counter()):
        cloud.add(reader, number, cells)
    grouping, seen = Grouping(options, cloud.is_repeated), _Seen()
    for index, number, cells, reader in data_rows(rows, plans, readers, summary.passed_over):
        row = reader.read(number, cells)
        same = seen.before(index, row, reader)
        if row.ids and grouping.is_there(row):
            pass
        elif same:
            row.problems.append(Problem("duplicate_row", params={"row": same}))
        else:
            cloud.check(row, anywhere=options.anywhere)
            check_alone(row, cloud)
        if row.state == "good":
            grouping.place(row, reader)
        summary.count(row)
        summary.seconds = round(time.monotonic() - began, 2)
        yield row


def data_rows(rows: Rows, plans: list[Plan], readers: list[RowReader], passed_over: Counter[str]) -> Iterator[tuple[int, int, list[str], RowReader]]:
    """(sheet, number, cells, reader) of each row that holds data; headings again, totals and lines between are counted by kind."""
    by_name = {plan.name: index for index, plan in enumerate(plans)}
    index: int | None = None
    for part in rows():
        if isinstance(part, SheetStart):
            index = by_name.get(part.name)
            continue
        if index is None or not plans[index].read:
            continue
        plan, (number, cells) = plans[index], part
        if number <= plan.header:
            passed_over["above_headings"] += 1
            continue
        why = _no_data(plan, cells)
        if why:
            passed_over[why] += 1
            continue
        yield index, number, cells, readers[index]


def _no_data(plan: Plan, cells: list[str]) -> str:
    """Why a row holds no data, or ""."""
    filled = [c.strip() for c in cells if c.strip()]
    if not filled:
        return "blank"
    if plan.headings and len(filled) >= 2:
        keys = [heading_key(c) for c in cells]
        tail = [heading_key(h.rpartition(" / ")[2]) for h in plan.headings]
        if sum(k != "" and k == t for k, t in zip(keys, tail, strict=False)) >= max(2, 0.8 * len(filled)):
            return "headings_again"
    if any(_TOTAL.match(c) for c in filled[:3]) and all(_TOTAL.match(c) or plain_number(c.replace(",", "")) is not None or len(c) < 12 for c in filled):
        return "total"
    taken = {c for n, c in plan.columns.items() if n != "serial"}
    if not any(c < len(cells) and cells[c].strip() for c in taken):
        return "no_known_column"
    if len(filled) == 1 and len(taken) >= 4 and not (set(POSITION_COLUMNS) & {n for n, c in plan.columns.items() if c < len(cells) and cells[c].strip()}):
        return "line_between"
    if plan.columns.get("serial", -1) >= 0 and all(re.fullmatch(r"[(\[]?\d{1,2}[)\]]?", c) for c in filled) and len(filled) >= 4:
        numbers = [int(re.sub(r"\D", "", c)) for c in filled]
        if numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] <= 1:
            return "column_numbers"
    return ""


POSITION_COLUMNS = ("latitude", "longitude", "position", "easting", "northing")


class _Seen:
    """The rows so far, by a hash of all cells but the running number."""

    def __init__(self) -> None:
        self.rows: dict[bytes, str] = {}

    def before(self, sheet: int, row: Checked, reader: RowReader) -> str:
        """The number of the first row that is the same in every cell, or ""."""
        serial = reader.columns.get("serial", -1)
        told = [str(sheet), *(c.strip() for i, c in enumerate(row.cells) if i != serial)]
        while told and not told[-1]:
            told.pop()
        key = hashlib.blake2b("\x1f".join(told).encode("utf-8", "replace"), digest_size=12).digest()
        first = self.rows.setdefault(key, str(row.number))
        return "" if first == str(row.number) else first


def pages(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of at most `size`."""
    rows = iter(rows)
    while page := list(itertools.islice(rows, size)):
        yield page


__all__ = ["CORRECTED", "WARNING", "Summary", "examine", "file_problems", "pages"]
