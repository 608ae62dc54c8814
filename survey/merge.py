"""How a message's answers become those of a record: changes, conflicts with others, and what follows from the answers.

Fields changed on both sides to different values keep the value that stands; the other is listed (DESIGN, "Conflicts").
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import peewee

from database import Prepared, Slot
from models import KIND_OF, Agency, Camera, Mutation, Record, Site, StatusUpdate
from survey import agencies, places
from survey.messages import Envelope
from survey.questions import asked
from survey.search import folded

Changes = dict[str, list[Any]]
Conflicts = dict[str, dict[str, Any]]
NOT_KNOWN = "not_known"
_names_of_cameras = Prepared(lambda: Camera.select(Camera.label, Camera.asset_number).where(Camera.site == Slot(0, Camera.site)).limit(100))
_agency = Prepared(lambda: Agency.select(Agency.name, Agency.short_name, Agency.kind).where(Agency.id == Slot(0, Agency.id)))
FROM_UPDATE = "camera."  # in the history of a status update: what it changed on its camera


_CANONICAL: dict[type, Callable[[Any], str]] = {uuid.UUID: str, Decimal: "{:.2f}".format, dt.datetime: dt.datetime.isoformat}


def canonical(value: Any) -> Any:
    """A stored value as messages and the history write it (JSON)."""
    write = _CANONICAL.get(type(value))
    return write(value) if write else value


def values_of(record: Record) -> dict[str, Any]:
    """The answers of a record by field name, in canonical form."""
    return {name: canonical(record.__data__.get(name)) for name in asked(type(record))}


def _later_changes(record: Record, rev: int, but: Envelope | None = None) -> list[Changes]:
    """What was changed on a record after revision `rev`, oldest first; a camera's status updates change it too ("camera.status").
    `but`: without what its sender sent earlier from the same phone."""
    own = (Mutation.kind == KIND_OF[type(record)]) & (Mutation.record_id == record.id)
    if isinstance(record, Camera):
        updates = StatusUpdate.select(StatusUpdate.id).where(StatusUpdate.camera == record.id)
        own |= (Mutation.kind == "update") & Mutation.record_id.in_(updates)
    later = Mutation.select(Mutation.kind, Mutation.changes).where(own, Mutation.rev > rev, Mutation.applied).order_by(Mutation.rev)
    if but is not None and but.device_id:
        same = (Mutation.owner == uuid.UUID(but.owner)) & (Mutation.device_id == but.device_id) & (Mutation.captured_at <= but.captured_at)
        later = later.where(Mutation.device_id.is_null() | ~same)
    found = []
    for mutation in later:
        of_camera = {name.removeprefix(FROM_UPDATE): change for name, change in mutation.changes.items() if name.startswith(FROM_UPDATE)}
        found.append(of_camera if isinstance(record, Camera) and mutation.kind == "update" else mutation.changes)
    return found


def values_at(record: Record, rev: int | None) -> dict[str, Any]:
    """The answers as they stood at revision `rev`: what an edit that started there was looking at."""
    values = values_of(record)
    if rev is not None:
        for changes in reversed(_later_changes(record, rev)):
            values.update({name: change[0] for name, change in changes.items() if name in values})
    return values


def base_of(record: Record, envelope: Envelope, epoch: str) -> int | None:
    """The revision that an edit started from; None when this database does not know it."""
    if envelope.base_mutation:
        base = Mutation.get_or_none(Mutation.id == envelope.base_mutation, Mutation.kind == envelope.kind, Mutation.record_id == record.id)
        return base.rev if base else None
    return envelope.base_rev if envelope.base_epoch in (None, epoch) else None


def changed_since(record: Record, envelope: Envelope, rev: int | None) -> set[str] | None:
    """Fields that others changed after the edit's base; None when the base is unknown, so that every difference counts.
    What the same person sent earlier from the same phone is no other's change: an edit may have begun before that was sent."""
    if rev is None:
        return None
    return {name for changes in _later_changes(record, rev, envelope) for name in changes}


def merge_not_known(record: Record, wanted: list[str], rev: int | None, changes: Changes) -> None:
    """Answers "not known": what the edit ticked and unticked since its base, so that two people's ticks do not undo each other."""
    standing, base = list(record.not_known), list(record.not_known)
    if rev is not None:
        for later in reversed(_later_changes(record, rev)):
            base = later[NOT_KNOWN][0] if NOT_KNOWN in later else base
    unticked = set(base) - set(wanted)
    record.not_known = [name for name in asked(type(record)) if (name in standing or name in wanted) and name not in unticked]
    if record.not_known != standing:
        changes[NOT_KNOWN] = [standing, record.not_known]


def observe(camera: Camera, update: StatusUpdate) -> Changes:
    """Gives a camera the condition of its latest update, with what follows from it; returns what changed on the camera."""
    changes: Changes = {}
    for name in ("status", "problems", "problems_other"):
        _set(camera, name, canonical(update.__data__.get(name)), changes)
    follow(camera, changes, {})
    if camera.review_state == "declared":  # whoever saw its condition has seen the camera
        changes["review_state"], camera.review_state = ["declared", "pending"], "pending"
    camera.status_at, camera.rev, camera.updated_at = update.captured_at, update.rev, update.updated_at
    return {FROM_UPDATE + name: change for name, change in changes.items()}


def merge(record: Record, values: Mapping[str, Any], touched: set[str] | None) -> tuple[Changes, Conflicts]:
    """Sets the answers on the record where nobody else changed them; returns what changed and what did not because of others."""
    changes: Changes = {}
    conflicts: Conflicts = {}
    for name, value in values.items():
        standing = canonical(record.__data__.get(name))
        if value == standing:
            continue
        if standing is not None and (touched is None or name in touched):
            conflicts[name] = {"stands": standing, "offered": value}
        else:
            _set(record, name, value, changes)
    return changes, conflicts


def _set(record: Record, name: str, value: Any, changes: Changes) -> None:
    """Sets one answer and notes it; a field changed twice keeps its first "from"."""
    before = canonical(record.__data__.get(name))
    if before == value:
        return
    changes[name] = [changes[name][0] if name in changes else before, value]
    column = type(record)._meta.fields[name]
    as_id = isinstance(column, peewee.ForeignKeyField) and value is not None
    record.__data__[name] = uuid.UUID(value) if as_id else Decimal(value) if isinstance(column, peewee.DecimalField) and value else value
    record._dirty.add(name)
    record.__rel__.pop(name, None)


def find_agencies(record_type: type[Record], values: dict[str, Any], province: str | None) -> None:
    """Replaces names of agencies by their ids, entering new ones in the register as unconfirmed."""
    for name, question in asked(record_type).items():
        value = values.get(name)
        kind = "police" if name == "police_station" else None
        if question.kind == "agency" and value:
            values[name] = str(agencies.resolve(value, province, kind))
        elif question.kind == "agencies" and value:
            values[name] = list(dict.fromkeys(str(agencies.resolve(v, province)) for v in value))


def follow(record: Record, changes: Changes, explicit: Mapping[str, Any]) -> None:
    """What follows from the answers: the area from the position, the sector from the owner, hidden questions cleared, how complete."""
    if "province" in asked(type(record)) and hasattr(record, "latitude"):
        _fill_area(record, changes, explicit)
    if isinstance(record, Site):
        _fill_sector(record, changes, explicit)
    questions = asked(type(record))
    values = values_of(record)
    while hidden := [n for n, q in questions.items() if values[n] is not None and q.show_if and not q.is_asked(values)]:
        for name in hidden:  # an answer that is cleared may hide another question
            _set(record, name, None, changes)
            values[name] = None
    wanted = [name for name, question in questions.items() if question.counts and question.is_asked(values)]
    record.not_known = [n for n in record.not_known if values.get(n) is None]
    record.to_answer = len(wanted)
    record.answered = sum(values[n] is not None or n in record.not_known for n in wanted)


AREAS = (("province", None), ("district", "province"), ("subdistrict", "district"))


def _fill_area(record: Any, changes: Changes, explicit: Mapping[str, Any]) -> None:
    """Province, district and subdistrict from a new position. What a person chose stands; so does the area of a pin that
    was only nudged. A part that no longer lies in the part above it is cleared."""
    if record.latitude is None or record.longitude is None or not {"latitude", "longitude"} & set(changes):
        return
    where = places.place_of(record.latitude, record.longitude)
    before = [changes[n][0] if n in changes else getattr(record, n) for n in ("latitude", "longitude")]
    if None not in before and places.place_of(*before) == where:
        return
    for name, upper in AREAS:
        if explicit.get(name):
            continue
        code, standing = getattr(where, name), getattr(record, name)
        above = (getattr(record, upper) or "") if upper else ""
        if code and code.startswith(above):
            _set(record, name, code, changes)
        elif standing and not standing.startswith(above):
            _set(record, name, None, changes)


def _fill_sector(site: Site, changes: Changes, explicit: Mapping[str, Any]) -> None:
    """The owner's sector is that of the agency's kind in the register."""
    if "owner_agency" in changes and site.owner_agency_id and not explicit.get("owner_sector"):
        sector = next((agencies.SECTOR_OF_KIND.get(agency.kind) for agency in _agency(site.owner_agency_id)), None)
        if sector:
            _set(site, "owner_sector", sector, changes)


def site_text(site: Site) -> str:
    """The folded text by which the list finds a site: its own names, its owner's, its area's and its cameras' names and numbers."""
    cameras = _names_of_cameras(site.id)
    owner = [name for agency in _agency(site.owner_agency_id) for name in (agency.name, agency.short_name)]
    area = [places.full_name(code) for code in (site.province, site.district, site.subdistrict) if code]
    return folded(site.install_point, site.place, site.address, *owner, *area, site.number, *(n for c in cameras for n in (c.label, c.asset_number)))


def with_camera(text: str, camera: Camera) -> str:
    """A site's search text with the names of one more camera."""
    return "|".join(part for part in (text, folded(camera.label, camera.asset_number)) if part)[:4000]
