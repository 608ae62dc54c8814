"""Where the numbers of a report come from: the kept totals where these can answer, queries over the records the user may see otherwise.

Both give {question: {code: {review state: number}}}; a test holds one against the other.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import peewee

from database import is_sqlite, raw_rows
from models import GONE, RECORDS, Account, Camera, Photo, ProblemReport, ProposedPoint, Site
from survey import clock, facts, readiness, scope, totals
from survey.reports.asked import Asked, with_children

Counts = dict[str, Counter[str]]


@dataclass
class Recipe:
    """How a query finds the codes of a question: columns to group by, what codes their values give, and what is added up."""

    columns: tuple[Any, ...]
    codes: Callable[..., Iterable[str]]
    weight: Any = None


def _plain(value: Any) -> Iterable[str]:
    return ("" if value is None else str(value)[:80],)


def _many(value: Any, blank: tuple[str, ...] = ("",)) -> Iterable[str]:
    listed = json.loads(value) if isinstance(value, str) else value
    return listed or blank


def _text(column: peewee.Field) -> Any:
    return column.cast("TEXT")  # PostgreSQL does not group by JSON


def _recipe(kind: str, question: str) -> Recipe:
    model: Any = RECORDS[kind]
    if kind == "camera" and question in (*facts.OF_SITE, "district", "owner_agency"):
        return Recipe((getattr(Site, question),), _plain)
    match question:
        case "problems":
            return Recipe((_text(Camera.problems),), lambda value: _many(value, ()))
        case "disclosure" | "reason_type":
            return Recipe((_text(getattr(model, question)),), _many)
        case "retention":
            return Recipe((Site.retention_days,), lambda days: (facts.band(days, facts.RETENTION),))
        case "access":
            return Recipe((Site.access_days,), lambda days: (facts.band(days, facts.ACCESS),))
        case "contact":
            def whom(name: bool, phone: bool) -> Iterable[str]:
                return ("both" if name and phone else "part" if name or phone else "none",)
            return Recipe((_has(Site.contact_name), _has(Site.contact_phone)), whom)
        case "position":
            bands = [(Site.position_accuracy_m <= upper, name) for upper, name in facts.ACCURACY]
            return Recipe((peewee.Case(None, [(Site.latitude.is_null(), "none"), *bands], "unknown"),), _plain)
        case "complete":
            return Recipe((peewee.Case(None, [(model.answered >= model.to_answer, "yes")], "no"),), _plain)
        case "photos":
            of_record = Photo.select(peewee.SQL("1")).where(Photo.record_kind == kind, Photo.record_id == model.id, ~Photo.removed)
            waiting = peewee.fn.EXISTS(of_record.where(Photo.upload.is_null()))
            return Recipe((peewee.Case(None, [(waiting, "waiting"), (peewee.fn.EXISTS(of_record), "here")], "none"),), _plain)
        case "readiness":
            columns = (Camera.status, _text(Camera.problems), Site.retention_days, Site.access_days, _text(Site.storage_method),
                       _has(Site.contact_name) + _has(Site.contact_phone), peewee.fn.SUBSTR(Camera.status_at.cast("TEXT"), 1, 7))  # fmt: skip
            return Recipe(columns, _marks)
        case "project_status#" | "priority#" | "budget_source#":
            return Recipe((getattr(ProposedPoint, question[:-1]),), _plain, ProposedPoint.camera_count)
        case "project_status$" | "priority$" | "budget_source$":
            return Recipe((getattr(ProposedPoint, question[:-1]),), _plain, ProposedPoint.budget_amount * 100)
        case _ if kind == "report":
            severity, text = getattr(ProblemReport, f"{question}_severity"), getattr(ProblemReport, question)
            return Recipe((severity, text.is_null(False)), lambda level, said: _plain(level) if said or level is not None else ())
        case _:
            return Recipe((getattr(model, question),), _plain)


def _has(column: peewee.Field) -> Any:
    return peewee.Case(None, [(column.is_null(), 0), (column == "", 0)], 1)


def _marks(status: str, problems: Any, retention: Any, access: Any, stored: Any, contact: Any, month: str) -> Iterable[str]:
    site = {"retention_days": retention, "access_days": access, "storage_method": list(_many(stored, ())), "contact_name": contact or None}
    site["contact_phone"] = None
    camera = {"status": status, "problems": list(_many(problems, ())), "status_at": readiness.month_of(month)}
    return (readiness.marks(camera, site),)


class Figures:
    """The figures of what is asked, for one user."""

    def __init__(self, user: Account, asked: Asked) -> None:
        self.user, self.asked = user, asked

    @property
    def is_kept(self) -> bool:
        """Whether the kept totals answer what is asked."""
        return self.asked.is_kept

    def by_question(self, kind: str, questions: Sequence[str]) -> dict[str, Counts]:
        """{question: {code: {state: number}}} of several questions of one kind of record."""
        if self.asked.is_nothing:
            return {question: {} for question in questions}
        if self.is_kept:
            return totals.by_question(kind, questions, self.asked.areas, self.asked.round)
        recipes = {question: _recipe(kind, question) for question in questions}
        return self._counted(kind, {q: r for q, r in recipes.items() if r.weight is None}) | {
            q: self._counted(kind, {q: r})[q] for q, r in recipes.items() if r.weight is not None}  # fmt: skip

    def by_area(self, kind: str, question: str, between: tuple[str, str] | None = None) -> dict[str, Counts]:
        """{province: {code: {state: number}}} of a question; `between` spares codes that the caller does not need."""
        if self.asked.is_nothing:
            return {}
        if self.is_kept:
            return totals.by_area(kind, question, self.asked.areas, self.asked.round, between)
        found: dict[str, Counts] = {}
        recipe = _recipe(kind, question)
        placed: Any = Site if kind == "camera" else RECORDS[kind]
        for area, state, *values, number in self._grouped(kind, recipe, placed.province):
            for code in recipe.codes(*values):
                found.setdefault(area or "", {}).setdefault(code, Counter())[state] += number
        return found

    def _counted(self, kind: str, recipes: dict[str, Recipe]) -> dict[str, Counts]:
        """Several questions by one look at the records: grouped by the columns of all of them, which are far fewer than the records."""
        found: dict[str, Counts] = {question: {} for question in recipes}
        if not recipes:
            return found
        columns = tuple(column for recipe in recipes.values() for column in recipe.columns)
        together = Recipe(columns, _plain, next(iter(recipes.values())).weight)
        for state, *values, number in self._grouped(kind, together):
            start = 0
            for question, recipe in recipes.items():
                for code in recipe.codes(*values[start : start + len(recipe.columns)]):
                    found[question].setdefault(code, Counter())[state] += number
                start += len(recipe.columns)
        return found

    def _grouped(self, kind: str, recipe: Recipe, *before: Any) -> Iterable[tuple[Any, ...]]:
        model: Any = RECORDS[kind]
        columns = [*before, model.review_state, *recipe.columns]
        if recipe.weight is None and is_sqlite():  # which would sort the rows to group them; counting them here takes a third of the time
            readers = [column.python_value if isinstance(column, peewee.Field) else None for column in columns]
            for key, count in Counter(raw_rows(self.records(kind).select(*columns))).items():
                yield (*(reader(value) if reader else value for reader, value in zip(readers, key, strict=True)), count)
            return
        named = [column.alias(f"c{n}") for n, column in enumerate(columns)]
        number = peewee.fn.COUNT(model.number) if recipe.weight is None else peewee.fn.SUM(recipe.weight)
        query = self.records(kind).select(*named, number).group_by(*[peewee.SQL(f"c{n}") for n in range(len(columns))])
        for *key, count in query.tuples():
            yield (*key, round(float(count or 0)))

    def records(self, kind: str) -> peewee.ModelSelect:
        """The records behind the figures. The committee has none of its own: figures are counted over all."""
        model: Any = RECORDS[kind]
        placed: Any = Site if kind == "camera" else model
        asked, query = self.asked, scope.counted(self.user, model).where(model.review_state.not_in(GONE))
        if asked.areas is not None:
            query = query.where(placed.province.in_(asked.areas or ["-"]))
        if asked.round is not None:
            query = query.where(*totals.in_round(asked.round, model.status_at if kind == "camera" else model.captured_at))
        if asked.since:
            query = query.where(model.captured_at >= clock.begins(asked.since))
        if asked.until:
            query = query.where(model.captured_at < clock.begins(asked.until) + dt.timedelta(days=1))
        return self._of_whom(query, model, placed)

    def _of_whom(self, query: peewee.ModelSelect, model: Any, placed: Any) -> peewee.ModelSelect:
        asked = self.asked
        owner = placed.owner_agency if placed is Site else placed.agency if placed is ProblemReport else None
        owners = [asked.agency] if asked.agency else with_children(asked.parent) if asked.parent else None
        nothing = peewee.SQL("1") == 0
        if owners is not None:
            query = query.where(nothing if owner is None else owner.in_(owners))
        if asked.unit:
            query = query.where(model.unit == asked.unit)
        for value, name in ((asked.sector, "owner_sector"), (asked.district, "district")):
            if value:
                query = query.where(getattr(placed, name) == value if hasattr(placed, name) else nothing)
        if asked.year:
            year = "installed_budget_year" if placed is Site else "budget_year"
            query = query.where(getattr(placed, year) == asked.year if hasattr(placed, year) else nothing)
        return query
