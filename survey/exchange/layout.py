"""Finds in each sheet of a list the row of headings (below titles, of one to three rows) and what its columns are.

One reading of the file: a plan for each sheet, with the first rows as a sample. The person corrects the plan; see staging.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from survey.exchange import contents
from survey.exchange.contents import Note
from survey.exchange.fields import fields_of
from survey.exchange.files import Book
from survey.exchange.headings import Match, best_match, heading_key, match
from survey.exchange.sheets import Row, SheetStart

LOOK_FOR_HEADINGS = 40  # rows
FIRST, EVERY, SAMPLE = 300, 20, 700  # rows that are looked at: the first ones, then every so many, at most so many
DEEPEST = 3  # rows of headings above each other
LOCATES = ("latitude", "longitude", "position", "easting", "install_point", "place", "address", "label", "location", "linking", "suggestions")
POSITIONS = ({"latitude", "longitude"}, {"position"}, {"easting", "northing"})


@dataclass
class Plan:
    """How one sheet is read. `header` is the number of the last row of headings (0: there is none), `columns` field -> index."""

    name: str
    headings: list[str] = field(default_factory=list)
    header: int = 0
    depth: int = 1
    kind: str = "camera"
    columns: dict[str, int] = field(default_factory=dict)
    read: bool = True
    rows: int = 0  # that hold anything, below the headings
    hidden: bool = False
    filled: int = 0
    notes: list[Note] = field(default_factory=list)
    sample: list[Row] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The name of this layout: the same headings have the same key."""
        return layout_key(self.headings)

    @property
    def by_column(self) -> dict[int, str]:
        """Index -> field."""
        return {column: name for name, column in self.columns.items()}

    @property
    def unused(self) -> list[int]:
        """Columns that have a heading and become nothing."""
        return [c for c, text in enumerate(self.headings) if text.strip() and c not in self.columns.values()]

    def sample_of(self, column: int) -> list[str]:
        """A few different values of a column, for whoever says what it is."""
        below = (cells[column].strip()[:80] for number, cells in self.sample if number > self.header and column < len(cells))
        return list(dict.fromkeys(text for text in below if text))[:3]

    def as_json(self) -> dict[str, Any]:
        """What is stored of it: all but the sample."""
        return {name: value for name, value in vars(self).items() if name != "sample"}


def layout_key(headings: Sequence[str]) -> str:
    """A hash of the headings as they are compared."""
    return hashlib.sha256("|".join(map(heading_key, headings)).encode()).hexdigest()[:40]


def look_at(book: Book) -> list[Plan]:
    """A plan for each sheet that holds anything. Raises what reading raises."""
    plans: list[Plan] = []
    for part in book.rows():
        if isinstance(part, SheetStart):
            plans.append(Plan(part.name, hidden=part.hidden, filled=part.filled))
        else:
            plans[-1].rows += 1
            seen = plans[-1].rows
            if (seen <= FIRST or seen % EVERY == 0) and len(plans[-1].sample) < SAMPLE:
                plans[-1].sample.append(part)
    return [planned(plan) for plan in plans if plan.rows]


def planned(plan: Plan) -> Plan:
    """Finds headings and columns in the sample of a sheet, and whether it is a list at all."""
    found = find_headings(plan.sample)
    if found:
        plan.header, plan.depth, plan.headings = found
    else:
        width = max(len(cells) for _, cells in plan.sample)
        plan.header, plan.depth, plan.headings = 0, 0, [""] * width
    return with_columns(plan, None)


def with_columns(plan: Plan, remembered: Mapping[str, int] | None, kind: str | None = None) -> Plan:
    """The plan with its columns matched anew, or as the person chose them for this layout before."""
    below = [cells for number, cells in plan.sample if number > plan.header]
    first = best_match(plan.headings) if kind is None else match(plan.headings, kind)
    found, plan.notes = contents.look(first, plan.headings, below)
    plan.kind, plan.columns = found.kind, dict(found.columns)
    if remembered is not None:
        known = fields_of(plan.kind)
        plan.columns = {n: c for n, c in remembered.items() if n in known and c < len(plan.headings)}
        plan.notes = []
    located = any(needed <= set(plan.columns) for needed in POSITIONS)
    plan.read = not plan.hidden and bool(below) and (located or bool(set(LOCATES) & set(plan.columns)))
    return plan


def find_headings(sample: Iterable[Row]) -> tuple[int, int, list[str]] | None:
    """(number of the last row of headings, how many rows they take, the headings), or None when no row looks like headings."""
    rows = list(sample)[:LOOK_FOR_HEADINGS]
    best: tuple[float, int, int, list[str]] | None = None
    for index in range(len(rows)):
        for depth in range(1, min(DEEPEST, index + 1) + 1):
            above = rows[index - depth + 1 : index + 1]
            if depth > 1 and (above[-1][0] - above[0][0] != depth - 1 or len(_filled(above[0][1])) < 2):
                continue
            headings = joined([cells for _, cells in above])
            score = _score(headings, above) - (0.6 if depth > 1 else 0) - 0.02 * index
            if score > 1.2 and (best is None or score > best[0]):
                best = (score, above[-1][0], depth, headings)
    return best[1:] if best else None


def joined(rows: Sequence[Sequence[str]]) -> list[str]:
    """One heading for each column of several rows of headings: a group's heading goes with each of the columns below it."""
    width = max(map(len, rows))
    parts: list[list[str]] = [[] for _ in range(width)]
    for level, cells in enumerate(rows):
        group = ""
        for column in range(width):
            text = cells[column].strip() if column < len(cells) else ""
            below = any(column < len(lower) and lower[column].strip() for lower in rows[level + 1 :])
            group = text or (group if below else "")
            if group and (not parts[column] or parts[column][-1] != group):
                parts[column].append(group)
    return [" / ".join(part) for part in parts]


def _filled(cells: Sequence[str]) -> list[str]:
    return [c for c in cells if c.strip()]


def _score(headings: Sequence[str], rows: Sequence[Row]) -> float:
    """How much the headings mean, less what no heading holds: numbers, addresses of streams, long sentences."""
    cells = [c for _, row in rows for c in _filled(row)]
    wrong = sum(contents.number(c) is not None or c.lower().startswith(("http", "rtsp")) or contents.is_phone(c) or len(c) > 120 for c in cells)
    return best_match(headings).score - 2.5 * wrong


def by_person(plan: Plan, header: int) -> Plan:
    """The plan when a person says which row the headings are in (0: none)."""
    at = next((i for i, (number, _) in enumerate(plan.sample) if number == header), None)
    if at is None:
        width = max(len(cells) for _, cells in plan.sample)
        plan.header, plan.depth, plan.headings = 0, 0, [""] * width
    else:
        plan.header, plan.depth, plan.headings = header, 1, joined([plan.sample[at][1]])
    return with_columns(plan, None)


def titles(match_of: Match | Plan, headings: Sequence[str]) -> dict[str, str]:
    """Field -> heading, as a summary says it."""
    return {name: headings[column].strip() or f"#{column + 1}" for name, column in match_of.columns.items()}


def choose(plan: Plan, chosen: Mapping[str, str]) -> None:
    """Gives fields the columns that a person names by their headings (or "#3"); an empty heading takes the field's column away."""
    known = fields_of(plan.kind)
    keys = {heading_key(text): column for column, text in reversed(list(enumerate(plan.headings))) if text.strip()}
    keys |= {f"#{column + 1}": column for column in range(len(plan.headings))}
    for name, heading in chosen.items():
        column = keys.get(heading_key(heading))
        if name not in known or (heading and column is None):
            continue
        plan.columns = {n: c for n, c in plan.columns.items() if n != name and c != column}
        if column is not None:
            plan.columns[name] = column
            plan.read = plan.read or not plan.hidden
