"""Lists in the database: staged raw, then understood, a few hundred rows a transaction, so that phones are not kept waiting.

The steps are repeatable: whoever is interrupted begins the step again. Applying is in applying.py, who works on what in runner.py.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from database import Prepared, Slot, insert_rows
from models import Account, Import, ImportLayout, ImportRow, utcnow, write
from survey import audit
from survey.answers import storable
from survey.errors import Refusal
from survey.exchange import layout
from survey.exchange.examine import Summary, examine, file_problems, pages
from survey.exchange.files import open_book
from survey.exchange.layout import Plan
from survey.exchange.problems import Problem
from survey.exchange.rows import Checked, Options
from survey.exchange.sheets import Row, SheetStart

BATCH = 200
ROLES = ("centre_admin", "province_admin", "agency")
WORKING = ("checking", "applying", "undoing")
NOT_APPLIED = ("uploaded", "checking", "checked")
EDITABLE = ("uploaded", "checked")

_next_rows = Prepared(lambda: ImportRow.select(ImportRow.sheet, ImportRow.number, ImportRow.cells).where(
    (ImportRow.source == Slot(0, ImportRow.source)) & ((ImportRow.sheet > Slot(1, ImportRow.sheet))
    | ((ImportRow.sheet == Slot(1, ImportRow.sheet)) & (ImportRow.number > Slot(2, ImportRow.number))))
).order_by(ImportRow.sheet, ImportRow.number).limit(500))  # fmt: skip
_F = (ImportRow.state, ImportRow.kind, ImportRow.record_id, ImportRow.is_new, ImportRow.answers, ImportRow.cameras, ImportRow.camera_count,
      ImportRow.problems, ImportRow.latitude, ImportRow.longitude)  # fmt: skip
_store = Prepared(lambda: ImportRow.update({f: Slot(n, f) for n, f in enumerate(_F)}).where(
    ImportRow.source == Slot(10, ImportRow.source), ImportRow.sheet == Slot(11, ImportRow.sheet), ImportRow.number == Slot(12, ImportRow.number)))  # fmt: skip


def upload(path: Path, filename: str, account: Account, encoding: str = "", network: str | None = None) -> Import:
    """Stages a file for `account`: its rows as they are, and a plan for each sheet. Raises Refusal: not_allowed and what reading raises."""
    if account.role not in ROLES:
        raise Refusal("not_allowed")
    book = open_book(path, encoding)
    plans = [remembered(plan, account) for plan in layout.look_at(book)]
    if not plans:
        raise Refusal("import_empty")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    own = list(account.provinces or [])
    with write():
        staged: Import = Import.create(
            account=account.id, province=own[0] if len(own) == 1 and account.role != "centre_admin" else None, filename=storable(Path(filename).name)[:200],
            sha256=digest, size=path.stat().st_size, format=book.format, encoding=book.encoding, plans=[plan.as_json() for plan in plans],
        )  # fmt: skip
        audit.record("import.upload", account, "import", staged.id, {"sha256": digest, "bytes": staged.size}, network, staged.province)
    names = {plan.name: index for index, plan in enumerate(plans)}
    for page in pages(_numbered(book.rows(), names), BATCH):
        with write():
            insert_rows(ImportRow, [_raw(staged, *row) for row in page])
    return staged


def _numbered(parts: Iterable[SheetStart | Row], names: dict[str, int]) -> Iterator[tuple[int, int, list[str]]]:
    index: int | None = None
    for part in parts:
        if isinstance(part, SheetStart):
            index = names.get(part.name)
        elif index is not None:
            yield index, part[0], part[1]


def _raw(staged: Import, sheet: int, number: int, cells: list[str]) -> dict[str, Any]:
    return {"source": staged.id, "sheet": sheet, "number": number, "cells": storable(cells), "state": "raw", "kind": "camera", "record_id": None,
            "is_new": False, "answers": {}, "cameras": [], "camera_count": 0, "problems": [], "latitude": None, "longitude": None}  # fmt: skip


# --- plans and what was chosen for a layout ---


def plans_of(staged: Import, samples: bool = True) -> list[Plan]:
    """The plans of the sheets, with their first rows as samples where these are wanted."""
    found = []
    for index, stored in enumerate(staged.plans):
        rows = ImportRow.select(ImportRow.number, ImportRow.cells).where(ImportRow.source == staged.id, ImportRow.sheet == index)
        sample = list(rows.order_by(ImportRow.number).limit(layout.FIRST).tuples()) if samples else []
        found.append(Plan(**stored | {"notes": [(kind, params) for kind, params in stored["notes"]]}, sample=sample))
    return found


def remembered(plan: Plan, account: Account) -> Plan:
    """The plan as this person chose row of headings and columns of the same headings before."""
    chosen = {known.key: known for known in ImportLayout.select().where(ImportLayout.account == account.id)}
    if not chosen:
        return plan
    if plan.key not in chosen:
        by_row = {layout.layout_key(layout.joined([cells])): number for number, cells in plan.sample[: layout.LOOK_FOR_HEADINGS]}
        number = next((number for key, number in by_row.items() if key in chosen), None)
        if number is None:
            return plan
        plan = layout.by_person(plan, number)
    known = chosen[plan.key]
    return layout.with_columns(plan, known.columns, known.kind)


def keep_plans(staged: Import, plans: list[Plan], options: dict[str, Any], account: Account) -> None:
    """Stores how the list is read, and for the next list with these headings what its columns are. Raises Refusal("import_state")."""
    with write():
        _expect(staged.id, EDITABLE)
        Import.update(plans=[plan.as_json() for plan in plans], options=options, state="checking", worker=None, problem=None, updated_at=utcnow()).where(
            Import.id == staged.id).execute()  # fmt: skip
        for plan in plans:
            if plan.read and any(plan.headings):
                said = {"kind": plan.kind, "columns": plan.columns}
                if not ImportLayout.update(**said).where(ImportLayout.account == account.id, ImportLayout.key == plan.key).execute():
                    ImportLayout.create(account=account.id, key=plan.key, **said)


def _expect(import_id: uuid.UUID, states: tuple[str, ...]) -> Import:
    staged: Import | None = Import.get_or_none(Import.id == import_id)
    if staged is None or staged.state not in states:
        raise Refusal("import_state")
    return staged


def move(import_id: uuid.UUID, before: tuple[str, ...], after: str, **said: Any) -> Import:
    """Goes on to another state, if it is in one of those before. Raises Refusal("import_state")."""
    with write():
        staged = _expect(import_id, before)
        Import.update(state=after, updated_at=utcnow(), **said).where(Import.id == import_id).execute()
        staged.state = after
    return staged


# --- understanding ---


class _Elsewhere(Exception):  # noqa: N818  (no error: another worker has taken the list over)
    pass


class _Stored:
    """The rows of a staged list, read again and again a page at a time; remembers what was read since the last look."""

    def __init__(self, staged: Import, plans: list[Plan], beat: Callable[[], bool]) -> None:
        self.staged, self.plans, self.beat = staged, plans, beat
        self.readings = 0
        self.read: list[tuple[int, int]] = []

    def __call__(self) -> Iterator[SheetStart | Row]:
        self.readings += 1
        sheet, number = -1, 0
        while page := _next_rows(self.staged.id, sheet, number):
            if not self.beat():
                raise _Elsewhere
            for row in page:
                if row.sheet != sheet:
                    yield SheetStart(self.plans[row.sheet].name)
                sheet, number = row.sheet, row.number
                if self.readings == 2:
                    self.read.append((sheet, number))
                yield number, row.cells


def options_of(staged: Import) -> Options:
    """What was said about the whole list."""
    said = staged.options
    return Options(Account.get_by_id(staged.account_id), said.get("owner", ""), said.get("province", ""), bool(said.get("anywhere")), seed=staged.id)


def check(staged: Import, beat: Callable[[], bool] = lambda: True) -> None:
    """Understands every row and stores what came of it; `beat` is asked at each page whether to go on."""
    with suppress(_Elsewhere):
        _check(staged, beat)


def _check(staged: Import, beat: Callable[[], bool]) -> None:
    plans, options, summary = plans_of(staged, samples=False), options_of(staged), Summary()
    summary.note(plans)
    rows = _Stored(staged, plans, beat)
    total = ImportRow.select().where(ImportRow.source == staged.id).count()
    done = 0
    for page in pages(examine(rows, plans, options, summary), BATCH):
        with write():
            for row in page:
                store(staged.id, row)
            passed, rows.read = rows.read, []
            for sheet, number in set(passed) - {(row.sheet, row.number) for row in page}:
                _store("raw", "camera", None, False, {}, [], 0, [], None, None, staged.id, sheet, number)
            done += len(passed)
            Import.update(progress=done, total=total).where(Import.id == staged.id).execute()
    told = {**vars(summary), "file": [p.as_json() for p in file_problems(plans)]}
    move(staged.id, ("checking",), "checked", summary=told, progress=0, worker=None)


def store(source: uuid.UUID, row: Checked, state: str = "") -> None:
    """Stores what a row means and what is wrong with it. Inside a write."""
    state = state or row.state
    good = state == "good"
    record = uuid.UUID(row.record_id) if good and row.record_id else None
    _store(state, row.kind, record, row.new, storable(row.answers) if good else {}, storable(row.cameras) if good else [], len(row.cameras),
           [storable(p.as_json()) for p in row.problems], row.latitude, row.longitude, source, row.sheet, row.number)  # fmt: skip


def problems_of(row: ImportRow) -> list[Problem]:
    """What is wrong with a staged row."""
    return [Problem.of_json(stored) for stored in row.problems]


def discard(staged: Import, account: Account, network: str | None = None) -> None:
    """Forgets a list that was not applied. Raises Refusal("import_state")."""
    with write():
        _expect(staged.id, NOT_APPLIED)
        Import.delete().where(Import.id == staged.id).execute()  # its rows go with it
        audit.record("import.discard", account, "import", staged.id, {"sha256": staged.sha256}, network, staged.province)


def forget(before: dt.datetime) -> int:
    """Erases what lists said that nothing was done with since a time: rows that were not taken in, and what was said of the cells of others.

    Returns how many rows went. What was taken in is in the records, and can still be undone.
    """
    old = Import.select(Import.id).where(Import.updated_at < before, Import.state.not_in(WORKING))
    with write():
        ImportRow.update(problems=[]).where(ImportRow.source.in_(old)).execute()
        return int(ImportRow.delete().where(ImportRow.source.in_(old), ImportRow.state.not_in(("applied", "kept", "undone"))).execute())
