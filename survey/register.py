"""Upkeep of the register: a name typed in the field is confirmed, renamed, or merged into the agency that was meant.

A merge changes the records that name the agency like any other edit, through survey.sync.receive, so that history, search and figures follow.
"""

from __future__ import annotations

import difflib
import uuid
from typing import Any

import peewee

from models import RECORDS, Account, Agency, ProblemReport, ProposedPoint, Record, Site, utcnow, write
from survey import agencies, audit, scope, sync
from survey.answers import read_text
from survey.errors import Message, Refusal
from survey.messages import seal
from survey.questions import asked
from survey.search import fold

KIND_OF_MODEL: dict[type[Record], str] = {Site: "site", ProposedPoint: "point", ProblemReport: "report"}


def _check(user: Account, agency: Agency) -> None:
    if not scope.may(user, "decide", agency) or agency.merged_into_id is not None:
        raise Refusal("not_found")


def confirm(user: Account, agency: Agency, name: str, kind: str | None, short_name: str = "") -> None:
    """The agency exists under this name; everybody is offered it from now on. Raises Refusal: not_found, invalid."""
    _check(user, agency)
    text, short = read_text(name, 200), read_text(short_name, 80)
    if not text:
        raise Refusal("invalid", {"name": Message("required", label="ชื่อหน่วยงาน")})
    if kind and kind not in asked(Agency)["kind"].choices:
        raise Refusal("invalid", {"kind": Message("unknown_choice")})
    twin = Agency.select().where(Agency.search_text == fold(text), Agency.id != agency.id, Agency.confirmed, Agency.merged_into.is_null()).first()
    if twin is not None and twin.province == agency.province:
        raise Refusal("invalid", {"name": Message("agency_exists")})
    with write():
        Agency.update(name=text, short_name=short, kind=kind or agency.kind, confirmed=True, search_text=fold(text)).where(Agency.id == agency.id).execute()
        audit.record("agency.confirmed", user, "agency", agency.id, province=agency.province)


def merge(user: Account, agency: Agency, into: Agency) -> int:
    """The agency is another one under a different name: its records, accounts and units go over. Returns how many records changed.

    Raises Refusal: not_found, invalid (into itself or into one that was merged).
    """
    _check(user, agency)
    if into.id == agency.id or into.merged_into_id is not None or scope.visible(user, Agency).where(Agency.id == into.id).first() is None:
        raise Refusal("invalid", {"into": Message("unknown_agency")})
    with write():  # from now on its name means the other one, also in messages that are on their way
        Agency.update(merged_into=into.id).where(Agency.id == agency.id).execute()
        audit.record("agency.merged", user, "agency", agency.id, {"into": str(into.id)}, province=agency.province)
        Account.update(agency=into.id).where(Account.agency == agency.id).execute()
        Agency.update(parent=into.id).where(Agency.parent == agency.id).execute()
        for model in RECORDS.values():
            model.update(unit=into.id).where(model.unit == agency.id).execute()
    return sum(_edit(user, record, changed) for record, changed in list(_naming(agency, into)))


def _naming(agency: Agency, into: Agency) -> list[tuple[Any, dict[str, Any]]]:
    """The records that name an agency, each with the answers that are to change."""
    old, new = str(agency.id), str(into.id)
    found: list[tuple[Any, dict[str, Any]]] = []
    for model in KIND_OF_MODEL:
        single = [name for name, q in asked(model).items() if q.kind == "agency"]
        many = [name for name, q in asked(model).items() if q.kind == "agencies"]
        named = [getattr(model, name) == agency.id for name in single] + [peewee.Cast(getattr(model, name), "TEXT").contains(old) for name in many]
        condition = named[0]
        for other in named[1:]:
            condition |= other
        for record in model.select().where(condition):
            changed: dict[str, Any] = {name: new for name in single if record.__data__.get(name) == agency.id}
            for name in many:
                ids = record.__data__.get(name) or []
                if old in ids:
                    changed[name] = list(dict.fromkeys(new if i == old else i for i in ids))
            found.append((record, changed))
    return found


def _edit(user: Account, record: Any, changed: dict[str, Any]) -> int:
    """Sends one edit as the user; a record outside their area keeps the merged agency, whose name leads to the other."""
    if not scope.may(user, "edit", record):
        return 0
    message = sync.compose(KIND_OF_MODEL[type(record)], record.id, changed, user, captured_at=utcnow(), base_rev=record.rev)
    sync.receive(uuid.uuid4(), seal(message), user)
    return 1


def waiting(user: Account) -> int:
    """How many names typed in the field wait to be confirmed by this user."""
    if user.role not in scope.ADMINISTRATORS:
        return 0
    return int(_waiting(user).count())


def _waiting(user: Account) -> peewee.ModelSelect:
    query = scope.visible(user, Agency).where(~Agency.confirmed, Agency.merged_into.is_null())
    return query if user.role == "centre_admin" else query.where(Agency.province.in_(user.provinces or [""]))


def alike(user: Account, agency: Agency) -> list[Agency]:
    """Confirmed agencies that a typed name may mean, the most alike first."""
    name = agency.name
    parts = [name, *name.split(), name[: len(name) * 3 // 4], name[: len(name) // 2], name[len(name) // 2 :]]
    found = {other.id: other for part in parts if len(part) > 2 for other in agencies.suggest(user, part[:40], limit=12)}
    others = [other for other in found.values() if other.id != agency.id and other.confirmed]
    return sorted(others, key=lambda other: -difflib.SequenceMatcher(None, fold(other.name), fold(name)).ratio())[:8]
