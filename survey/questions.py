"""A survey question, declared once beside its column: `ask()` wraps a peewee column, `asked()` lists a model's questions.

The migration, form control, checks, page, export, API and the offline page all come from this one line.
Leaves the tables to models.py and agencies, areas and photos (which need the database) to those modules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import peewee

from survey import answers, clock
from survey.errors import Message, Refusal

C = TypeVar("C", bound=peewee.Field)


@dataclass
class Question:
    """One field of the survey: what it is called, what may be answered and when it is asked.

    `range` is (lowest, highest) for numbers, in the field's own unit; for texts `limit` is in characters.
    `show_if` is {other field: codes}: the question is asked when each of them has (one of) the codes.
    """

    label: str
    section: str
    kind: str
    required: bool = False
    limit: int = 0
    range: tuple[float | None, float | None] = (None, None)
    choices: Mapping[str, str] = field(default_factory=dict)
    offered: tuple[str, ...] = ()  # the choices of a new record, when fewer than all
    show_if: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    help: str = ""
    unit: str = ""
    headings: tuple[str, ...] = ()
    personal: bool = False
    sensitive: bool = False
    guideline: bool = False
    suggest: tuple[str, ...] | None = None
    carry: bool = False  # "another camera here" brings it along
    ahead: int = 0  # years after this one that are accepted
    whole: bool = False  # stored as a whole number
    name: str = ""

    @property
    def counts(self) -> bool:
        """Whether it is an item of the guideline that completeness counts; a position is one item."""
        return self.guideline and self.kind != "longitude"

    @property
    def may_be_unknown(self) -> bool:
        """Whether "ไม่ทราบ" is a tick beside the control (R16), because there is no such choice among the codes."""
        return (self.guideline and not self.required and self.kind not in ("latitude", "longitude", "area", "severity")
                and not {"unknown", "not_assessed", "0"} & set(self.choices))  # fmt: skip

    def check(self, raw: Any) -> tuple[Any, Message | None]:
        """The value to store for what was typed or sent, or None and what is wrong with it. Blank is None."""
        if raw is None or raw == "" or raw == [] or (isinstance(raw, str) and not raw.strip()):
            return None, None
        try:
            return self._read(raw), None
        except Refusal as refusal:
            return None, refusal.message

    def _read(self, raw: Any) -> Any:
        low, high = self.range
        match self.kind:
            case "choice" | "area":
                return self._code(raw)
            case "many":
                if not isinstance(raw, list) or len(raw) > 60:
                    raise Refusal("unknown_choice")
                return [c for c in self.choices if c in {self._code(r) for r in raw}] or None
            case "number":
                return answers.read_number(raw, low, high, whole=self.whole)
            case "frequency":
                return read_frequency(raw, low, high)
            case "money":
                return answers.read_money(raw)
            case "year" | "fiscal_year":
                return answers.read_year(raw, clock.today(), self.ahead, self.kind == "fiscal_year")
            case "phone":
                return answers.read_phones(raw)
            case "url":
                return answers.read_url(raw, self.limit)
            case "latitude" | "longitude":
                return round(float(answers.read_number(raw, low, high)), 7)
            case "agency":
                return answers.read_text(raw, 200)
            case "agencies":
                if not isinstance(raw, (str, list)):
                    raise Refusal("unknown_choice")
                names = raw if isinstance(raw, list) else str(raw).replace("\n", ",").split(",")
                return list(dict.fromkeys(n for n in (answers.read_text(r, 200) for r in names[:40]) if n)) or None
            case _:
                return answers.read_text(raw, self.limit, lines=self.kind == "longtext")

    def _code(self, raw: Any) -> Any:
        code = str(raw)
        if self.kind == "area":
            if not (code.isascii() and code.isdigit() and len(code) == self.limit):
                raise Refusal("unknown_area")
            return code
        if code not in self.choices:
            raise Refusal("unknown_choice")
        return int(code) if self.whole else code

    def is_asked(self, values: Mapping[str, Any]) -> bool:
        """Whether the question stands on the form for these answers of the same record."""
        for other, codes in self.show_if.items():
            given = values.get(other)
            if not set(map(str, given if isinstance(given, list) else [given])) & set(codes):
                return False
        return True


def read_frequency(raw: Any, low: float | None, high: float | None) -> float:
    """Requests a month, from a number or from {"value": 5, "per": "day" | "month" | "year"} (30 days, 12 months)."""
    per = "month"
    if isinstance(raw, dict):
        raw, per = raw.get("value"), str(raw.get("per") or "month")
    if per not in ("day", "month", "year"):
        raise Refusal("unknown_choice")
    number = answers.read_number(raw, low, high)
    return round(number * 30 if per == "day" else number / 12 if per == "year" else number, 2)


_KINDS: tuple[tuple[type[peewee.Field], str], ...] = (
    (peewee.ForeignKeyField, "agency"), (peewee.DecimalField, "money"), (peewee.TextField, "longtext"),
    (peewee.CharField, "text"), (peewee.IntegerField, "number"), (peewee.FloatField, "number"), (peewee.JSONField, "agencies"),
)  # fmt: skip


def ask(column: C, label: str, section: str, **declared: Any) -> C:
    """Declares the survey question of a column; keywords are the fields of `Question`. Returns the column."""
    kind = declared.pop("kind", None) or next(kind for cls, kind in _KINDS if isinstance(column, cls))
    if declared.get("choices") and kind in ("text", "number", "agencies"):
        kind = "many" if isinstance(column, peewee.JSONField) else "choice"
    limit = declared.pop("limit", 0) or getattr(column, "max_length", 0) or 1000
    column.question = Question(label, section, kind, limit=limit, whole=isinstance(column, peewee.IntegerField), **declared)
    return column


_asked: dict[type, dict[str, Question]] = {}


def asked(model: type[peewee.Model]) -> dict[str, Question]:
    """The questions of a model by name, in the order of their declaration."""
    if model not in _asked:
        found = {}
        for column in model._meta.sorted_fields:
            question: Question | None = getattr(column, "question", None)
            if question is not None:
                question.name = column.name
                found[column.name] = question
        _asked[model] = found
    return _asked[model]


def in_sections(model: type[peewee.Model], sections: Mapping[str, str]) -> Iterator[tuple[str, str, list[Question]]]:
    """(key, Thai title, questions) of a form's sections, in the order of `sections`."""
    for key, title in sections.items():
        questions = [q for q in asked(model).values() if q.section == key]
        if questions:
            yield key, title, questions
