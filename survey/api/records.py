"""Records as the interface gives them: paged by (revision, number), so that reading on from a page's cursor brings what was changed since.

Everything starts at scope.visible; positions are those of scope.shown_position, personal answers are there for whom scope.may_read allows.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import peewee

from models import GONE, Account, Camera, ProblemReport, Site
from survey import disclosure, scope
from survey.api.resources import Resource
from survey.errors import Refusal
from survey.package import names_of_agencies
from survey.questions import Question


@dataclass
class Page:
    """The records of a page as JSON, whether there are more, and the cursor of the last one (that of the question, when there is none)."""

    items: list[dict[str, Any]]
    more: bool
    cursor: str | None


def page(user: Account, resource: Resource, wanted: Mapping[str, Any]) -> Page:
    """The records that the user may see and the parameters ask for, in the order of their changes."""
    model, limit = resource.model, wanted["limit"]
    query = _selected(user, resource, wanted)
    if wanted["after"] is not None:
        rev, number = wanted["after"]
        query = query.where(model.rev >= rev, (model.rev > rev) | (model.number > number))
    records = list(query.order_by(model.rev, model.number).limit(limit + 1))
    shown = records[:limit]
    last = (shown[-1].rev, shown[-1].number) if shown else wanted["after"]
    names = names_of_agencies(shown)
    return Page([entry(user, resource, r, names) for r in shown], len(records) > limit, "{}-{}".format(*last) if last else None)


def _selected(user: Account, resource: Resource, wanted: Mapping[str, Any]) -> peewee.ModelSelect:
    query = scope.visible(user, resource.model)
    if not wanted["gone"]:
        query = query.where(resource.model.review_state.not_in(GONE))
    for name, (_, condition) in resource.filters.items():
        if wanted[name] is not None:
            query = query.where(condition(wanted[name]))
    return query


def one(user: Account, resource: Resource, ident: uuid.UUID, network: str | None) -> dict[str, Any]:
    """One record; a contact person in it is noted as on a page. Raises Refusal("not_found")."""
    record: Any = scope.visible(user, resource.model).where(resource.model.id == ident).first()
    if record is None:
        raise Refusal("not_found")
    found = entry(user, resource, record, names_of_agencies([record]))
    if isinstance(record, Site) and set(disclosure.personal()) & set(found["answers"]):
        disclosure.note_shown(user, {record.id: record.province}, network)
    return found


def entry(user: Account, resource: Resource, record: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """A record as JSON: what it is, when it was changed, its answers without blanks. One that is gone has no answers."""
    found: dict[str, Any] = {
        "id": str(record.id), "number": record.number, "review_state": record.review_state, "captured_at": _as_time(record.captured_at),
        "changed_at": _as_time(record.updated_at), "merged_into": str(record.merged_into) if record.merged_into else None,
    }  # fmt: skip
    if isinstance(record, Camera):
        found |= {"site_id": str(record.site_id), "status_at": _as_time(record.status_at)}
    if record.review_state in GONE:
        return found | {"answers": {}, "not_known": []}
    latitude, longitude, exact = (None, None, True) if isinstance(record, ProblemReport) else scope.shown_position(user, record)
    if not exact:
        found["coarse"] = True
    given = {**record.__data__, "latitude": latitude, "longitude": longitude}
    readable = {name: q for name, q in resource.questions.items() if not q.personal or scope.may_read(user, q, record)}
    found["answers"] = {name: as_json(q, given[name], names) for name, q in readable.items() if given.get(name) is not None}
    found["not_known"] = [name for name in record.not_known or () if name in readable]
    return found


def as_json(question: Question, value: Any, names: Mapping[str, str]) -> Any:
    """A stored answer: codes as codes, years of the common era, amounts of money exact as text, agencies with id and name."""
    match question.kind:
        case "agency":
            return {"id": str(value), "name": names.get(str(value), "")}
        case "agencies":
            return [{"id": str(ident), "name": names.get(str(ident), "")} for ident in value]
        case "money":
            return f"{Decimal(value):.2f}"
        case _:
            return value


def _as_time(time: dt.datetime) -> str:
    return time.isoformat(timespec="milliseconds") + "Z"


