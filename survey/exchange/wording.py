"""Puts stored answers into the words of an export, many rows of a column at a time and each different answer once.

Takes values as the database's driver gives them (see `database.raw_rows`): ids and JSON are texts on SQLite, objects on PostgreSQL.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from database import raw_rows
from models import Agency
from survey import places
from survey.answers import BUDDHIST_ERA
from survey.choices import UNKNOWN
from survey.questions import Question

Value = str | int | float | None
UNKNOWN_WORD = UNKNOWN["unknown"]
MOST_KEPT = 2000  # words of one column that are remembered
LISTS = ("many", "agencies")
AS_IT_IS = ("latitude", "longitude", "number", "frequency")  # numbers: hardly two are the same, and none needs words


class Cells:
    """Turns the stored answers to one question into cells that `say` writes; remembers the words that it has met."""

    def __init__(self, question: Question, names: Names, say: Callable[[Value], Any]) -> None:
        self.question, self.names, self.say = question, names, say
        self._known: dict[Any, Any] = _Memo(self._cell)

    def __call__(self, stored: Sequence[Any]) -> list[Any]:
        kind = self.question.kind
        if kind in AS_IT_IS:
            return list(map(self.say, stored))
        if len(self._known) > MOST_KEPT:
            self._known.clear()
        if kind == "agency":
            self.names.learn(set(stored) - self._known.keys())
        return list(map(self._known.__getitem__, map(_as_text, stored) if kind in LISTS else stored))

    def is_open(self, stored: Any) -> bool:
        """Whether there is no answer; a list may be stored as JSON's null."""
        return stored is None or (stored == "null" and self.question.kind in LISTS)

    def _cell(self, stored: Any) -> Any:
        return self.say(None if self.is_open(stored) else self.in_words(stored))

    def in_words(self, stored: Any) -> Value:
        """The words of an answer: labels of choices, names of areas and agencies, years as พ.ศ."""
        question = self.question
        match question.kind:
            case "choice":
                return question.choices.get(str(stored), str(stored))
            case "many":
                return "; ".join(question.choices.get(code, code) for code in as_list(stored))
            case "year" | "fiscal_year":
                return int(stored) + BUDDHIST_ERA
            case "area":
                return place.name if (place := places.find(stored)) else str(stored)
            case "agency":
                return self.names[id_text(stored)]
            case "agencies":
                return "; ".join(filter(None, map(self.names.__getitem__, as_list(stored))))
            case "money":
                return f"{Decimal(str(stored)):.2f}"
            case _:
                return stored if isinstance(stored, (int, float)) else str(stored)


class _Memo(dict[Any, Any]):
    """What a function gave for each key."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self.make = make

    def __missing__(self, key: Any) -> Any:
        found = self[key] = self.make(key)
        return found


class Names(dict[str, str]):
    """Names of agencies by id, each looked up once; "" where there is none."""

    def learn(self, stored: Iterable[Any]) -> None:
        """Looks up many at once."""
        wanted = [i for i in stored if i is not None]
        if wanted:
            self.update((id_text(i), name) for i, name in raw_rows(Agency.select(Agency.id, Agency.name).where(Agency.id.in_(wanted))))

    def __missing__(self, agency_id: str) -> str:
        self[agency_id] = ""
        self.learn([agency_id])
        return self[agency_id]


def as_uuid(stored: Any) -> uuid.UUID:
    """The id of a record as it is stored."""
    return stored if isinstance(stored, uuid.UUID) else uuid.UUID(stored)


def id_text(stored: Any) -> str:
    """The same as a text with dashes."""
    if isinstance(stored, str) and len(stored) == 32:
        return f"{stored[:8]}-{stored[8:12]}-{stored[12:16]}-{stored[16:20]}-{stored[20:]}"
    return str(stored)


def as_list(stored: Any) -> list[Any]:
    """The list of a JSON column as it is stored."""
    return json.loads(stored) or [] if isinstance(stored, str) else stored or []


def _as_text(stored: Any) -> Any:
    """A key for a list: its JSON."""
    return stored if stored is None or isinstance(stored, str) else json.dumps(stored)
