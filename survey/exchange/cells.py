"""Understands one cell by the question that it answers: gives what goes into the message, as a person would have typed it, and what was corrected.

What it cannot understand it passes on as it is; the question's own check then says what is wrong with it.
"""

from __future__ import annotations

import re
from typing import Any

from survey.exchange import measures, times
from survey.exchange.fields import Field
from survey.exchange.guarding import unguarded
from survey.exchange.problems import Problem, short
from survey.exchange.words import code_of, is_blank, is_unknown, tidy
from survey.questions import Question

Cell = tuple[Any, list[Problem]]
_UNSEEN = re.compile(r"[\t\n\r\x00-\x1f\x7f\u200b\ufeff]")
NO_WORDS = ("phone", "url", "number", "money", "year", "fiscal_year", "frequency", "agency", "agencies")  # where "there is none" is no answer
NOTHING = frozenset({"ไม่มี", "ยังไม่มี", "no", "x", "ไม่ได้", "미정", "沒有"})
NOT_KNOWN = object()  # the answer is that nobody knows


def understand(field: Field, text: str) -> Cell:
    """What a cell answers: None for nothing, NOT_KNOWN, or an answer to `field.question`; with what was corrected on the way."""
    question = field.question
    assert question is not None
    name, text = field.name, unguarded(text)
    if is_blank(text):
        return None, []
    if is_unknown(text) and (question.may_be_unknown or "unknown" not in question.choices):
        return (NOT_KNOWN if question.may_be_unknown else None), []
    if question.kind in NO_WORDS and text.strip().casefold() in NOTHING:
        return None, [Problem("placeholder", name, {"text": short(text.strip())})]
    lines = question.kind == "longtext"
    plain = tidy(text, lines)
    notes = [Problem("text_cleaned", name)] if _UNSEEN.search(text.replace("\n", " ").strip() if lines else text.strip()) else []
    if "\ufffd" in plain:
        notes.append(Problem("broken_letters", name))
    value, more = _by_kind(question, plain, name)
    return value, notes + more


def _by_kind(question: Question, text: str, name: str) -> Cell:
    match question.kind:
        case "year" | "fiscal_year":
            return times.understand_year(text, name)
        case "phone":
            return measures.understand_phone(text, name)
        case "money":
            return measures.understand_money(text, name)
        case "frequency":
            return measures.understand_frequency(text, name)
        case "choice":
            return _choice(question, text, name)
        case "many":
            return _many(question, text, name)
        case "number" if question.name.endswith("_days"):
            return measures.understand_days(text, name)
        case "number":
            return measures.understand_number(text, name)
        case "text" | "longtext" | "agency" if text == "0":
            return None, [Problem("placeholder", name, {"text": "0"})]
        case "agencies":
            return [part.strip() for part in re.split(r"[,;\n]|และ(?=\S{4})", text) if part.strip()], []
        case _:
            return text, []


def _choice(question: Question, text: str, name: str) -> Cell:
    found = code_of(question, text)
    if found:
        return found[0], _understood(question, text, name, *found)
    if "other" in question.choices:
        return "other", [Problem("choice_other", name, {"text": short(text)})]
    return text, [Problem("unknown_choice", name, {"text": short(text)})]  # kept for whoever looks at the record


def _understood(question: Question, text: str, name: str, code: str, own: bool) -> list[Problem]:
    return [] if own else [Problem("choice_understood", name, {"text": short(text), "label": question.choices[code]})]


def _many(question: Question, text: str, name: str) -> Cell:
    whole = code_of(question, text)
    words = [p.strip() for p in text.split(";") if p.strip()]  # as exports write them; a choice's own words may hold a comma
    known = whole or (words and all(code_of(question, part) for part in words))
    parts = ([text] if whole else words) if known else [p.strip() for p in re.split(r"[,;\n]|\s/\s|(?<=\S)และ", text) if p.strip()]
    parts = [p for part in parts for p in ([part] if code_of(question, part) else part.split("/")) if p.strip()]
    codes: list[str] = []
    notes: list[Problem] = []
    for part in parts:
        found = code_of(question, part)
        if found:
            codes.append(found[0])
            notes += _understood(question, part, name, *found)
        elif "other" in question.choices:
            codes.append("other")
            notes.append(Problem("choice_other", name, {"text": short(part)}))
        else:
            notes.append(Problem("unknown_choice", name, {"text": short(part)}))
    return codes or None, notes
