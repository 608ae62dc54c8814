"""Upkeep of the register: a name typed in the field is confirmed, renamed, or merged into the agency that was meant.

A merge changes the records that name the agency like any other edit, through survey.sync.receive, so that history, search and figures follow.
"""

from __future__ import annotations

import difflib
import uuid
from collections.abc import Mapping
from typing import Any

import peewee

from models import (
    GONE,
    RECORDS,
    Account,
    Agency,
    Declaration,
    Expectation,
    ProblemReport,
    ProposedPoint,
    Record,
    Site,
    utcnow,
    write,
)  # fmt: skip
from survey import agencies, audit, places, scope, sync
from survey.errors import Message, Refusal
from survey.messages import seal
from survey.questions import asked
from survey.search import fold

KIND_OF_MODEL: dict[type[Record], str] = {Site: "site", ProposedPoint: "point", ProblemReport: "report"}


def _check(user: Account, agency: Agency) -> None:
    if not scope.may(user, "decide", agency) or agency.merged_into_id is not None:
        raise Refusal("not_found")


def save(user: Account, agency: Agency | None, given: Mapping[str, Any]) -> Agency:
    """Enters a new agency, or confirms one under the name and with the answers given; everybody is offered it from now on.

    Sites of an owner whose kind was not known get their sector from it. Raises Refusal: not_found, invalid with the sentences by field.
    """
    if agency is not None:
        _check(user, agency)
    values, errors = _checked(user, agency, given)
    if errors:
        raise Refusal("invalid", errors)
    with write():
        if values.get("parent"):
            values["parent"] = agencies.resolve(values["parent"], values.get("province"))
        values["confirmed"] = True
        before = agency.kind if agency else None
        standing = {name: agency.__data__.get(name) for name in values} if agency else {}
        if agency is None:
            agency = Agency.create(**values, search_text=fold(values["name"]))
        else:
            Agency.update(**values, search_text=fold(values["name"])).where(Agency.id == agency.id).execute()
            agency = Agency.get_by_id(agency.id)
        audit.record("agency.confirmed", user, "agency", agency.id, {"changed": audit.changed(standing, values)}, province=agency.province)
    if agency.kind != before:
        _give_sector(user, agency)
    return agency


QUESTIONS = [name for name in asked(Agency) if name != "declaration"]  # that is said for each round (survey.rounds)


def _checked(user: Account, agency: Agency | None, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Message]]:
    """The answers to store and what is wrong with them, by field."""
    values: dict[str, Any] = {}
    errors: dict[str, Message] = {}
    for name in QUESTIONS:
        question = asked(Agency)[name]
        values[name], wrong = question.check(given.get(name))
        if wrong:
            errors[name] = wrong
        elif question.required and values[name] is None:
            errors[name] = Message("required", label=question.label)
    if not asked(Agency)["kind_other"].is_asked(values):
        values["kind_other"] = None
    if user.role != "centre_admin" and values["province"] not in (user.provinces or []):
        errors.setdefault("province", Message("outside_area"))
    elif values["province"] and places.find(values["province"]) is None:
        errors["province"] = Message("unknown_area")
    same = Agency.select().where(Agency.search_text == fold(values["name"] or ""), Agency.confirmed, Agency.merged_into.is_null(),
                                 Agency.province.is_null() if values["province"] is None else Agency.province == values["province"])  # fmt: skip
    if values["name"] and any(agency is None or other.id != agency.id for other in same):
        errors["name"] = Message("agency_exists")
    return values, errors


def _give_sector(user: Account, agency: Agency) -> None:
    sector = agencies.SECTOR_OF_KIND.get(agency.kind or "")
    open_ones = scope.visible(user, Site).where(Site.owner_agency == agency.id, Site.owner_sector.is_null(), Site.review_state.not_in(GONE))
    for site in list(open_ones) if sector else []:
        _edit(user, site, {"owner_sector": sector})


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
        for said in (Declaration, Expectation):
            _move_within_rounds(said, agency, into)
        for model in RECORDS.values():
            model.update(unit=into.id).where(model.unit == agency.id).execute()
    return sum(_edit(user, record, changed) for record, changed in list(_naming(agency, into)))


def _move_within_rounds(model: type[Declaration] | type[Expectation], agency: Agency, into: Agency) -> None:
    """What was said of the agency in a round goes over, where nothing is said of the other one there."""
    for said in list(model.select().where(model.agency == agency.id)):
        there = model.select().where(model.agency == into.id, model.round == said.round_id, model.province == said.province).exists()
        (model.delete() if there else model.update(agency=into.id)).where(model.id == said.id).execute()


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
