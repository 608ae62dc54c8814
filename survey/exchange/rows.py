"""Understands one row of a list: the answers of a site and its cameras (or of a proposed point, a problem report) with what is wrong in each cell.

The same checks as the forms' (`survey.messages.clean`). What holds a row back are its position, its area and its owner; any other cell
that breaks a rule goes along as it is, and `receive()` keeps it flagged, as it does with what phones send.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models import Account
from survey import messages
from survey.exchange.cells import NOT_KNOWN, understand
from survey.exchange.counted import Answers, add_line, complete_site, notes, whose
from survey.exchange.fields import Field, fields_of
from survey.exchange.layout import Plan
from survey.exchange.problems import ERROR, SKIPPED, WARNING, Problem
from survey.exchange.whereabouts import place, place_without_position
from survey.exchange.words import tidy


@dataclass
class Options:
    """What the person says about the whole file. `province` is a code, `owner` a name; `anywhere` accepts points outside Thailand."""

    account: Account | None = None
    owner: str = ""
    province: str = ""
    anywhere: bool = False
    alone: bool = False  # there are no tables to compare with
    seed: uuid.UUID | None = None  # ids of records follow from it and the row, so that a check that is begun anew gives the same ones


@dataclass
class Checked:
    """A row that was understood: the answers of its records, and its problems. `number` is the row's in its sheet."""

    sheet: int
    number: int
    cells: list[str]
    kind: str
    answers: Answers = field(default_factory=dict)  # of the site, point or report
    cameras: list[Answers] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    latitude: float | None = None
    longitude: float | None = None
    ids: dict[str, str] = field(default_factory=dict)  # of records in this system that the row names
    record_id: str = ""  # of its site, point or report; see grouping.py
    new: bool = False  # whether this row makes it

    @property
    def state(self) -> str:
        """error, skipped or good."""
        grave = {p.gravity for p in self.problems}
        return "error" if ERROR in grave else "skipped" if SKIPPED in grave else "good"


class RowReader:
    """Reads the rows of one sheet by its plan."""

    def __init__(self, plan: Plan, sheet: int, options: Options) -> None:
        self.plan, self.sheet, self.options = plan, sheet, options
        known = fields_of(plan.kind)
        asked = [(known[n], c) for n, c in plan.columns.items()]
        self.asked = [(f, c) for f, c in asked if f.question and f.question.kind not in ("latitude", "longitude", "area")]
        self.columns = plan.columns
        self.known = known
        self.main = {"camera": "site", "point": "point", "report": "report"}[plan.kind]

    def cell(self, cells: Sequence[str], name: str) -> str:
        """The text under a field, "" when the sheet has none."""
        column = self.columns.get(name, -1)
        return cells[column] if 0 <= column < len(cells) else ""

    def read(self, number: int, cells: list[str]) -> Checked:
        """The row understood."""
        row = Checked(self.sheet, number, cells, self.plan.kind)
        camera: Answers = {}
        parts = {self.main: row.answers, "camera": camera}
        for asked, column in self.asked:
            if column < len(cells) and cells[column].strip():
                self._answer(row, parts[asked.part], asked, cells[column])
        if any(cell.strip() for cell in cells[len(self.plan.headings) :]):
            row.problems.append(Problem("cells_dropped"))
        row.ids = {n: tidy(self.cell(cells, n)) for n in ("site_id", "camera_id", "record_id") if self.cell(cells, n).strip()}
        if self.plan.kind != "report":
            place(self, row)
        else:
            place_without_position(self, row)
        if self.plan.kind == "camera":
            complete_site(self, row, camera)
        else:
            notes(self, row, row.answers, ("remark",))
            whose(self, row, "agency" if self.plan.kind == "report" else "")
        self._check(row)
        return row

    def _answer(self, row: Checked, answers: Answers, asked: Field, text: str) -> None:
        value, notes = understand(asked, text)
        row.problems += notes
        question = asked.question
        assert question is not None
        if value is NOT_KNOWN:
            answers.setdefault("not_known", []).append(asked.answer)
        elif value is not None:
            answers[asked.answer] = value
        for note in notes:
            if note.kind == "choice_other" and f"{asked.answer}_other" not in answers:
                answers[f"{asked.answer}_other"] = tidy(text)[:120]
            lost = note.gravity == WARNING and "text" in note.params and (value is None or question.kind == "many")
            if lost and not question.personal and not question.sensitive:
                add_line(answers, question.label, tidy(text))

    def _check(self, row: Checked) -> None:
        """The forms' own checks; what they say about a cell that has been spoken of already is not repeated."""
        records: list[tuple[str, Mapping[str, Any]]] = [(self.main, row.answers)]
        if row.cameras:
            records.append(("camera", row.cameras[0]))
        spoken = {p.field for p in row.problems if p.gravity in (ERROR, WARNING)}
        for kind, answers in records:
            for name, message in messages.clean(kind, answers, new=True).errors.items():
                own = f"camera_{name}" if kind == "camera" and f"camera_{name}" in self.known else name
                if message.code in ("position_outside", "position_swapped", "position_needed") or own in spoken:
                    continue
                if name == "longitude" and "latitude" in spoken:
                    continue
                if name in ("owner_agency", "province") and message.code in ("required", "choose"):
                    continue
                needed = message.code in ("required", "choose")
                row.problems.append(Problem(message.code, own, dict(message.params), ERROR if needed else WARNING))
