"""What stands before a message is applied: the newest revision, the message itself if it came before, its record and parent.

Prepared queries, because every record that is received needs them; survey.sync decides what to do about what they find.
"""

from __future__ import annotations

import uuid
from typing import Any

import peewee

from database import Prepared, Slot
from models import RECORDS, Camera, Meta, Mutation, Record, Site, write
from survey.messages import Envelope


def _state(model: type[Record]) -> Prepared:
    """One look before a message is applied: the newest revision, this message if it came before, its record, and who waits for that."""
    newest, waiting = Mutation.alias(), Mutation.alias()
    mutation, record = Slot(0, Mutation.id), Slot(1, model.id)
    return Prepared(lambda: Meta.select(
        newest.select(peewee.fn.MAX(newest.rev)).alias("rev"),
        Mutation.select(Mutation.payload_sha256).where(Mutation.id == mutation).alias("seen"),
        model.select(peewee.fn.COUNT(model.id)).where(model.id == record).alias("known"),
        peewee.fn.EXISTS(waiting.select(waiting.id).where((waiting.parent_id == record) & ~waiting.applied)).alias("waited_for"),
        Meta.value.alias("epoch"),
    ).where(Meta.key == "epoch").objects())  # fmt: skip


_states = {kind: _state(model) for kind, model in RECORDS.items()}
_placed = (Site.id, Site.province, Site.district, Site.recorder, Site.unit, Site.owner_agency, Site.review_state, Site.search_text,  # what scope asks of a site
           Site.owner_sector, Site.place_type, Site.network_linked, Site.retention_days, Site.access_days, Site.storage_method, Site.contact_name,
           Site.contact_phone, Site.latitude, Site.longitude, Site.restricted)  # and what survey.facts counts of it  # fmt: skip
_parent = {
    "camera": Prepared(lambda: Site.select(*_placed).where(Site.id == Slot(0, Site.id))),
    "update": Prepared(lambda: Camera.select(Camera.id, Camera.recorder, Camera.unit, Camera.site, Camera.status_at, Camera.review_state, *_placed).join(Site)
                       .where(Camera.id == Slot(0, Camera.id))),
}  # fmt: skip
camera_by_id = Prepared(lambda: Camera.select().where(Camera.id == Slot(0, Camera.id)))
set_search_text = Prepared(lambda: Site.update({Site.search_text: Slot(1, Site.search_text), Site.matters: None}).where(Site.id == Slot(0, Site.id)))
forget_matters = Prepared(lambda: Site.update({Site.matters: None}).where(Site.id == Slot(0, Site.id)))  # something about its cameras changed


def parent_of(envelope: Envelope) -> Any:
    """The site of a camera or the camera of an update with what scope asks of it, or None when it is not here yet."""
    return next(iter(_parent[envelope.kind](envelope.parent_id)), None)


def epoch() -> str:
    """The random name of this database, made anew when it is restored from a copy."""
    found = Meta.get_or_none(Meta.key == "epoch")
    if found is None:
        with write():
            found, _ = Meta.get_or_create(key="epoch", defaults={"value": uuid.uuid4().hex})
    return str(found.value)


def is_demo() -> bool:
    """Whether this database was made by `flask demo`: some rules are relaxed there, and every page says so."""
    return Meta.select().where(Meta.key == "demo").exists()


def next_rev() -> int:
    """The next number of the server-wide series; only inside a write, so that nobody later reads an earlier number."""
    return (Mutation.select(peewee.fn.MAX(Mutation.rev)).scalar() or 0) + 1


def look(envelope: Envelope) -> Any:
    """What stands before the message is applied (see `_state`); makes the database's epoch at the very first message."""
    found = _states[envelope.kind](envelope.mutation_id, envelope.record_id)
    if not found:
        epoch()
        found = _states[envelope.kind](envelope.mutation_id, envelope.record_id)
    return found[0]
