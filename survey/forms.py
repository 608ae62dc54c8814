"""WTForms made from the questions: one form class for each kind of record, the same checks as for a phone's message.

A form turns what was posted into a message's answers; `survey.sync.receive` decides. Knows no HTTP, only a multidict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import wtforms

from models import RECORDS, Agency, Record
from survey import agencies, answers, places
from survey.coordinates import format_position, read_position
from survey.errors import Message, Refusal
from survey.merge import canonical, values_of
from survey.questions import Question, asked, in_sections

POSITION_PARTS = ("latitude", "longitude", "position_accuracy_m", "position_source")


def as_typed(question: Question, value: Any, names: Callable[[list[str]], list[str]] = agencies.names) -> Any:
    """What a form shows for a stored answer: text, or a list of codes; years in the Buddhist era, agencies by name."""
    kind = question.kind
    if value is None:
        return [] if kind == "many" else ""
    if kind in ("year", "fiscal_year"):
        return answers.thai_year(value)
    if kind == "agency":
        return ", ".join(names([value])) if agencies.as_id(str(value)) else value
    if kind == "agencies":
        return ", ".join(names(value))
    if kind in ("number", "frequency"):
        return f"{value:.10g}" if not question.choices else str(value)
    return value if kind == "many" else str(value)


class QuestionField(wtforms.Field):
    """The control of one question. `raw` is what was posted (or the stored answer), `error` the sentence beside it."""

    def __init__(self, question: Question, **kwargs: Any) -> None:
        super().__init__(label=question.label, **kwargs)
        self.question = question
        self.raw: Any = None
        self.per = "month"
        self.error: Message | None = None

    def take(self, form: Any) -> None:
        """Takes what was posted under this name."""
        if self.question.kind == "many":
            self.raw = form.getlist(self.name)
        elif self.question.kind == "frequency":
            self.raw, self.per = form.get(self.name, ""), form.get(f"{self.name}_per", "month")
        else:
            self.raw = form.get(self.name, "")

    def put(self, value: Any) -> None:
        """Shows a stored answer: years in the Buddhist era, agencies by name."""
        self.raw = as_typed(self.question, value)

    @property
    def answer(self) -> Any:
        """What goes into the message: the raw text, a list, a number with its period; blank is None."""
        if self.question.kind == "frequency":
            return {"value": self.raw, "per": self.per} if str(self.raw).strip() else None
        if isinstance(self.raw, list):
            return self.raw or None
        return self.raw if str(self.raw).strip() else None

    @property
    def is_answered(self) -> bool:
        return self.answer is not None

    @property
    def options(self) -> list[tuple[str, str]]:
        """(code, Thai label) of what is offered; a stored choice that is no longer offered stays."""
        offered = self.question.offered
        return [(str(k), v) for k, v in self.question.choices.items() if not offered or k in offered or str(k) == str(self.raw)]


class SurveyForm(wtforms.Form):
    """The form of one kind of record; subclasses are made by `form_class`. WTForms' own English messages are never used."""

    kind: str
    not_known: list[str]
    not_known_elsewhere: list[str]  # of questions that are left out
    position: str
    on_behalf: bool

    @property
    def model(self) -> type[Record]:
        return RECORDS[self.kind]

    def fill(self, values: Mapping[str, Any], not_known: list[str] | None = None) -> SurveyForm:
        """Shows stored (or carried-over) answers."""
        for name, field in self._fields.items():
            field.put(values.get(name))
        self.not_known = list(not_known or [])
        latitude, longitude = values.get("latitude"), values.get("longitude")
        self.position = "" if latitude is None or longitude is None else format_position(latitude, longitude)
        self.on_behalf = False
        return self

    def take(self, form: Any) -> SurveyForm:
        """Takes what was posted; the readable position text decides over the hidden numbers."""
        for field in self._fields.values():
            field.take(form)
        self.not_known = [n for n in form.getlist("not_known") if n in self._fields]
        self.on_behalf = form.get("on_behalf") == "yes"
        self.position = form.get("position", "")
        self._read_position()
        return self

    def _read_position(self) -> None:
        """Typed or pasted text becomes numbers; numbers that the phone filled in stay when the text still shows them."""
        if "latitude" not in self._fields:
            return
        text = self.position.strip()
        parts = {name: self._fields[name] for name in POSITION_PARTS if name in self._fields}
        hidden = _pair(parts["latitude"].raw, parts["longitude"].raw)
        if hidden and (not text or text == format_position(*hidden)):
            self.position = format_position(*hidden)
            return
        for field in parts.values():
            field.raw = ""
        if not text:
            return
        try:
            found = read_position(text)
        except Refusal as refusal:
            parts["latitude"].error = refusal.message
            return
        parts["latitude"].raw, parts["longitude"].raw = repr(found.latitude), repr(found.longitude)
        if "position_source" in parts:
            parts["position_source"].raw = found.source

    def answers(self, base: Record | None = None, base_values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The message's answers: all that is filled in, or for an edit what differs from `base_values` (null clears)."""
        given = {name: field.answer for name, field in self._fields.items()}
        if base is None or base_values is None:
            found = {name: answer for name, answer in given.items() if answer is not None}
        else:
            found = {name: answer for name, answer in given.items() if not self._is_same(name, answer, base_values.get(name))}
        if base is None or sorted(self.not_known) != sorted(base.not_known):
            found["not_known"] = self.not_known
        return found

    def _is_same(self, name: str, answer: Any, base: Any) -> bool:
        question = asked(self.model)[name]
        if question.kind in ("agency", "agencies"):
            before = agencies.names([base] if isinstance(base, str) else base)
            value, _ = question.check(answer)
            return before == ([value] if isinstance(value, str) else value or [])
        value, wrong = question.check(answer)
        return wrong is None and value == base

    def leave_out(self, hidden: Callable[[Question], bool], not_known: list[str]) -> None:
        """Questions whose answers a person may not see are not asked of them; their answers, and that they are not known, stay as they are."""
        gone = [name for name in self._fields if hidden(asked(self.model)[name])]
        for name in gone:
            self._fields.pop(name)
        self.not_known_elsewhere = [name for name in not_known if name in gone]
        self.not_known = list(dict.fromkeys([*self.not_known, *self.not_known_elsewhere]))

    def early_errors(self) -> dict[str, Message]:
        """What could not even be put into a message (a position text that nobody can read)."""
        return {name: field.error for name, field in self._fields.items() if field.error}

    def show_errors(self, errors: Mapping[str, Message]) -> None:
        """Puts the sentences beside their fields."""
        for name, error in errors.items():
            if name in self._fields:
                self._fields[name].error = error

    def sections(self) -> list[tuple[str, str, list[QuestionField]]]:
        """(key, Thai title, fields) in the order of the form; required questions first within each."""
        found = []
        for key, title, questions in in_sections(self.model, self.model.SECTIONS):
            found.append((key, title, [self._fields[q.name] for q in questions if q.name in self._fields]))
        return found

    @property
    def visible_values(self) -> dict[str, Any]:
        """The answers as typed, for conditions between questions."""
        return {name: field.raw or None for name, field in self._fields.items()}


def _pair(latitude: Any, longitude: Any) -> tuple[float, float] | None:
    try:
        return float(latitude), float(longitude)
    except (TypeError, ValueError):
        return None


@cache
def form_class(kind: str) -> type[SurveyForm]:
    """The form of a kind of record, one field for each of its questions."""
    fields = {name: QuestionField(question) for name, question in asked(RECORDS[kind]).items()}
    blank = {"kind": kind, "not_known": [], "not_known_elsewhere": [], "position": "", "on_behalf": False}
    return type(f"{RECORDS[kind].__name__}Form", (SurveyForm,), {**blank, **fields})


def empty(kind: str, carried: Mapping[str, Any] | None = None) -> SurveyForm:
    """A blank form; nothing is chosen beforehand, except what "another one here" carries over."""
    return form_class(kind)().fill(carried or {})


def of_record(kind: str, record: Record) -> SurveyForm:
    """The form of a record as it stands."""
    return form_class(kind)().fill(values_of(record), record.not_known)


def carried_over(record: Record) -> dict[str, Any]:
    """What another camera here is likely to share with this one."""
    values = values_of(record)
    return {name: values[name] for name, question in asked(type(record)).items() if question.carry}


def of_agency(names: list[str], values: Mapping[str, Any]) -> SurveyForm:
    """The form of an agency of the register."""
    fields = {name: QuestionField(asked(Agency)[name]) for name in names}
    blank = {"kind": "", "not_known": [], "not_known_elsewhere": [], "position": "", "on_behalf": False}
    made: SurveyForm = type("AgencyForm", (SurveyForm,), {**blank, **fields})()
    return made.fill({name: canonical(value) for name, value in values.items()})


def area_options(form: SurveyForm) -> dict[str, list[places.Place]]:
    """The provinces, and the districts and subdistricts of those that are chosen."""
    chosen = {name: form._fields[name].raw for name in ("province", "district") if name in form._fields}
    return {
        "province": places.provinces(),
        "district": places.districts(chosen["province"]) if chosen.get("province") else [],
        "subdistrict": places.subdistricts(chosen["district"]) if chosen.get("district") else [],
    }


