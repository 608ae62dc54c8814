"""The work package: the sites, cameras and proposed points of a surveyor's area as a phone keeps them, fetched by revision.

Records are as forms show them, so that the phone can fill in an edit; contact persons and sensitive answers are not in it.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from typing import Any

import peewee

from models import GONE, Account, Agency, Camera, Mutation, ProposedPoint, Record, Site
from survey import places, scope
from survey.agencies import as_id
from survey.forms import POSITION_PARTS, as_typed
from survey.questions import asked
from survey.standing import epoch

KINDS: dict[str, type[Record]] = {"sites": Site, "cameras": Camera, "points": ProposedPoint}
ROWS = 500  # of each kind in a page; a record is at most some 900 bytes
MOST_SITES = 20_000
MOST_AGENCIES = 3_000
MOST_BYTES = 500_000


def scope_of(user: Account) -> str:
    """Changes when the user's area, agency or role does: the package then starts again."""
    said = json.dumps([str(user.id), user.role, sorted(user.provinces or []), sorted(user.districts or []), str(user.agency_id)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def has_package(user: Account) -> bool:
    """Whether the user's area is one that a phone carries (not the whole country)."""
    return user.role in scope.RECORDERS and user.role not in scope.EVERYWHERE


def page(user: Account, since: int) -> dict[str, Any]:
    """One page: {epoch, scope, rev, next, sites, cameras, points, gone, agencies, areas}. `rev` is what the next page goes on from;
    `next` says whether there is one. A first page (`since` 0) starts at the newest MOST_SITES sites."""
    first = since <= 0
    newest_rev = _newest_rev()  # first: what is stored while this page is made belongs to the next one
    since = _start(user) if first else since
    found = {name: [r for r in _changed(user, model, since) if r.rev <= newest_rev] for name, model in KINDS.items()}
    full = [rows[-1].rev for rows in found.values() if len(rows) >= ROWS]
    until = min(full) if full else None
    while True:
        taken = {name: [r for r in rows if until is None or r.rev <= until] for name, rows in found.items()}
        body = _body(user, taken, first)
        if until is None or len(json.dumps(body, ensure_ascii=False).encode()) <= MOST_BYTES:
            break
        revs = sorted({r.rev for rows in taken.values() for r in rows})
        if len(revs) < 2:
            break
        until = revs[len(revs) // 2 - 1]
    newest = max([r.rev for rows in taken.values() for r in rows], default=since)
    last = until is None
    return {
        "epoch": epoch(), "scope": scope_of(user), "rev": max(newest, newest_rev) if last else until, "next": not last, **body,
        "gone": body["gone"] + (_moved_away(user, since, until) if not first else []), "agencies": _agencies(user) if last else None,
        "areas": _areas(user) if last else None,
    }  # fmt: skip


def _newest_rev() -> int:
    return Mutation.select(peewee.fn.MAX(Mutation.rev)).scalar() or 0


def _start(user: Account) -> int:
    """The revision after which the newest MOST_SITES sites begin; 0 when there are fewer."""
    query = scope.visible(user, Site).where(Site.review_state.not_in(GONE)).order_by(Site.rev.desc())
    return query.select(Site.rev).offset(MOST_SITES).limit(1).scalar() or 0


def _changed(user: Account, model: type[Record], since: int) -> list[Any]:
    """The records after a revision, oldest first: ROWS of them and all others of the last revision (a withdrawn site's cameras share one)."""
    query = scope.visible(user, model).where(model.rev > since)
    rows = list(query.order_by(model.rev).limit(ROWS))
    if len(rows) < ROWS:
        return rows
    have = {r.id for r in rows}
    return rows + [r for r in scope.visible(user, model).where(model.rev == rows[-1].rev) if r.id not in have]


def _body(user: Account, taken: dict[str, list[Any]], first: bool) -> dict[str, Any]:
    """The records of a page by kind, and the ids of those that are gone."""
    names = names_of_agencies(row for rows in taken.values() for row in rows)
    body: dict[str, Any] = {name: [_entry(user, r, names) for r in rows if r.review_state not in GONE] for name, rows in taken.items()}
    body["gone"] = [] if first else [str(r.id) for rows in taken.values() for r in rows if r.review_state in GONE]
    return body


def _entry(user: Account, record: Any, names: dict[str, str]) -> dict[str, Any]:
    """One record as the phone keeps it: answers as a form shows them, without personal and sensitive ones and without blanks."""
    model = type(record)
    answers = {}
    latitude, longitude, exact = scope.shown_position(user, record)
    for name, question in asked(model).items():
        if question.personal or question.sensitive or (not exact and name in POSITION_PARTS):
            continue
        typed = as_typed(question, _plain(record.__data__.get(name)), lambda ids: [names[i] for i in map(str, ids) if i in names])
        if typed not in ("", []):
            answers[name] = typed
    entry: dict[str, Any] = {"id": str(record.id), "rev": record.rev, "answers": answers, "at": record.updated_at.isoformat() + "Z"}
    if record.not_known:
        entry["not_known"] = record.not_known
    if record.review_state == "returned":
        entry |= {"returned": True, "note": record.review_note or ""}
    if latitude is not None and longitude is not None:
        entry |= {"lat": round(latitude, 6), "lon": round(longitude, 6)}
    if not exact:
        entry["coarse"] = True
    if model is Camera:
        entry |= {"site": str(record.site_id), "status_at": record.status_at.isoformat() + "Z"}
    if record.recorder_id == user.id:
        entry["mine"] = True
    return entry


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else value


def names_of_agencies(records: Iterable[Record]) -> dict[str, str]:
    """{id: name} of all agencies that these records speak of."""
    ids: set[str] = set()
    for record in records:
        for name, question in asked(type(record)).items():
            value = record.__data__.get(name)
            if value and question.kind == "agency":
                ids.add(str(value))
            elif value and question.kind == "agencies":
                ids |= set(value)
    wanted = [i for i in map(as_id, ids) if i is not None]
    return {str(i): name for i, name in Agency.select(Agency.id, Agency.name).where(Agency.id.in_(wanted)).tuples()} if wanted else {}


def _moved_away(user: Account, since: int, until: int | None) -> list[str]:
    """The ids of records that an edit moved out of the user's area: they were on the phone and are not visible any more."""
    changed = Mutation.select(Mutation.kind, Mutation.record_id, Mutation.changes).where(Mutation.rev > since, Mutation.kind.in_(("site", "point")))
    changed = changed if until is None else changed.where(Mutation.rev <= until)
    own = set(user.provinces or [])
    agency = str(user.agency_id)

    def had(changes: dict[str, list[Any]]) -> bool:
        before = {part: str((changes.get(part) or [None])[0]) for part in ("province", "district", "owner_agency")}
        return before["province"] in own or before["district"][:2] in own or before["owner_agency"] == agency

    moved = {(m.kind, m.record_id) for m in changed if had(m.changes)}
    found = []
    for kind, model in (("site", Site), ("point", ProposedPoint)):
        ids = [i for k, i in moved if k == kind]
        still = {r.id for r in scope.visible(user, model).where(model.id.in_(ids)).select(model.id)} if ids else set()
        found += [str(i) for i in ids if i not in still]
    return found


def _agencies(user: Account) -> list[str]:
    """Names to suggest while typing without a network: those of the user's provinces first."""
    near = peewee.Case(None, [(Agency.province.in_(user.provinces or [""]), 0)], 1)
    query = scope.visible(user, Agency).where(Agency.merged_into.is_null(), Agency.province.is_null() | Agency.province.in_(user.provinces or [""]))
    return [a.name for a in query.order_by(near, Agency.name).limit(MOST_AGENCIES)]


def _areas(user: Account) -> dict[str, list[str]]:
    """Districts and subdistricts of the user's provinces, {code: [Thai, English name]}: to choose from without a network."""
    below = [place for code in user.provinces or [] for district in places.districts(code) for place in (district, *places.subdistricts(district.code))]
    return {place.code: [place.name, place.name_en] for place in below}
