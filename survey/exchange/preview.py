"""What pages show of a staged list: its rows with what is wrong in each cell, points for a map, how far the work is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models import Import, ImportRow
from survey.exchange.layout import Plan
from survey.exchange.problems import CORRECTED, ERROR, Problem
from survey.exchange.staging import problems_of

PAGE = 50
MOST_POINTS = 800  # circles that a phone's map bears
SHOWN = ("all", "error", "skipped", "good", "applied", "kept", "undone")
STANDS_FOR = {"latitude": ("latitude", "position", "northing", "longitude", "easting"), "longitude": ("longitude", "position", "easting")}


@dataclass
class ShownRow:
    """One row: its cells each with their problems, and the problems that are of no cell."""

    row: ImportRow
    cells: list[tuple[str, list[Problem], str]]  # text, problems, the gravest of them
    others: list[Problem]

    @property
    def errors(self) -> list[Problem]:
        """What keeps the row out, of any cell: told beside its number where the screen is too narrow for the cells."""
        return [p for _, problems, _ in self.cells for p in problems if p.gravity == ERROR]


def shown_rows(staged: Import, plans: list[Plan], which: str, page: int) -> tuple[list[ShownRow], bool]:
    """A page of rows in one state ("all": every data row), and whether there are more."""
    query = ImportRow.select().where(ImportRow.source == staged.id)
    query = query.where(ImportRow.state != "raw") if which not in SHOWN[1:] else query.where(ImportRow.state == which)
    rows = list(query.order_by(ImportRow.sheet, ImportRow.number).offset(max(0, min(page, 100_000)) * PAGE).limit(PAGE + 1))
    return [_shown(row, plans[row.sheet]) for row in rows[:PAGE]], len(rows) > PAGE


def _shown(row: ImportRow, plan: Plan) -> ShownRow:
    by_column: dict[int, list[Problem]] = {}
    others: list[Problem] = []
    for problem in problems_of(row):
        names = STANDS_FOR.get(problem.field, (problem.field,))
        column = next((plan.columns[n] for n in names if n in plan.columns), None)
        (others if column is None else by_column.setdefault(column, [])).append(problem)
    cells = []
    for column in range(len(plan.headings)):
        found = by_column.get(column, [])
        cells.append((row.cells[column] if column < len(row.cells) else "", found, gravest(found)))
    return ShownRow(row, cells, others)


def gravest(problems: list[Problem]) -> str:
    """The gravest of some problems: error before skipped before warning before corrected; "" for none."""
    found = {p.gravity for p in problems}
    return next((g for g in ("error", "skipped", "warning", CORRECTED) if g in found), "")


def points(staged: Import) -> dict[str, Any]:
    """[latitude, longitude, state, row number] of at most MOST_POINTS rows with a position, evenly chosen, and of how many."""
    placed = ImportRow.select().where(ImportRow.source == staged.id, ImportRow.latitude.is_null(False), ImportRow.state != "raw")
    count = placed.count()
    every = 1 << max(0, (-(-count // MOST_POINTS) - 1).bit_length())  # a power of two
    query = placed.select(ImportRow.latitude, ImportRow.longitude, ImportRow.state, ImportRow.number).where(ImportRow.id.bin_and(every - 1) == 0)
    return {"of": count, "points": [list(row) for row in query.order_by(ImportRow.id).limit(MOST_POINTS).tuples()]}


def sheet_of(plans: list[Plan], rows: list[ShownRow]) -> list[tuple[Plan, list[ShownRow]]]:
    """The rows of a page by their sheets, so that each table has its own headings."""
    found: list[tuple[Plan, list[ShownRow]]] = []
    for shown in rows:
        plan = plans[shown.row.sheet]
        if not found or found[-1][0] is not plan:
            found.append((plan, []))
        found[-1][1].append(shown)
    return found
