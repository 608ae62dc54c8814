"""Receives a message or a photo once, however often it is sent. Every change passes `receive()`: phones, plain forms, imports.

The order is the promise: in one write transaction the mutation (unique id), the merge into the record, the expected photos, the
audit row and the answer; only then is the answer given. Checks: survey.messages; merging: survey.merge; photos: survey.album.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from database import insert, write_together
from models import GONE, PARENT, Account, Camera, Mutation, Record, Site, StatusUpdate, utcnow
from survey import album, audit, merge, messages, operations, places, scope, told, totals
from survey.answers import storable
from survey.errors import Message, Refusal
from survey.messages import Envelope
from survey.questions import asked
from survey.standing import camera_by_id, epoch, forget_matters, look, next_rev, parent_of, set_search_text

Answer = dict[str, Any]


def receive(mutation_id: uuid.UUID, payload: bytes, account: Account, *, strict: bool = False, network: str | None = None,
            carried_by: Account | None = None, declared: bool = False) -> tuple[Answer, bool]:  # fmt: skip
    """Stores a message from `account` and returns (answer, whether it is the first time).

    `payload`: the sealed bytes (JSON, at most 256 kB). `strict` is for forms: answers that break a rule raise Refusal("invalid")
    with a sentence for each field and nothing is stored; otherwise they are stored and flagged for review.
    `carried_by` is who brought in somebody else's unsent work as a file; the author stays the author. `declared` is for imports: a new
    record is what an owner says, until somebody confirms it on site.
    Raises Refusal: unreadable, too_large, same_id, not_yours, not_found, and in strict mode invalid.
    """
    message = messages.parse(payload)
    received_at = utcnow()
    envelope = messages.open_envelope(mutation_id, message, received_at)
    digest = hashlib.sha256(payload).hexdigest()
    if envelope.owner != str(account.id):
        raise Refusal("not_yours")
    if account.role not in scope.RECORDERS:
        raise Refusal("not_allowed")
    likely_new = envelope.base_rev is None and envelope.base_mutation is None
    cleaned = _cleaned(envelope, strict, likely_new)  # outside the lock; once more where that was wrong

    def store() -> tuple[Answer, bool]:
        state = look(envelope)
        if state.seen is not None:
            return _first_answer(mutation_id, digest, account), False
        checked = _cleaned(envelope, strict, not state.known) if likely_new is bool(state.known) else cleaned
        mutation = Mutation(id=mutation_id, rev=(state.rev or 0) + 1, kind=envelope.kind, op=envelope.op, record_id=envelope.record_id, owner=account.id,
                            device_id=envelope.device_id, carried_by=carried_by.id if carried_by else None, payload=payload.decode(),
                            payload_sha256=digest, flags=list(envelope.flags),
                            captured_at=envelope.captured_at, received_at=received_at)  # fmt: skip
        _apply(mutation, envelope, checked, account, strict, not state.known, declared)
        mutation.answer = {
            "ok": True, "mutation_id": str(mutation_id), "payload_sha256": digest, "record_id": str(envelope.record_id), "rev": mutation.rev,
            "receipt_no": messages.receipt_number(mutation_id), "epoch": state.epoch, "conflicts": sorted(mutation.conflicts),
            "photos_missing": _photos_missing(mutation, envelope, account, bool(state.known)),
        }  # fmt: skip
        insert(mutation)
        if mutation.conflicts:
            operations.list_conflicts(mutation)
        detail = {"mutation": str(mutation_id), "fields": sorted(mutation.changes), "sha256": digest}
        audit.record(f"{envelope.kind}.{envelope.op}", carried_by or account, envelope.kind, envelope.record_id,
                     detail | ({"author": str(account.id)} if carried_by else {}), network, mutation.province)  # fmt: skip
        if mutation.applied and state.waited_for:
            _apply_waiting(envelope.record_id)
        return mutation.answer, True

    return write_together(store)


def _photos_missing(mutation: Mutation, envelope: Envelope, account: Account, known: bool) -> list[str]:
    """The photos that are still to come: of the record, or of a message that waits or stays in the history, those that it names."""
    if not mutation.applied:
        return album.unsent([entry["sha256"] for entry in envelope.photos["add"]], account)
    return album.missing(envelope.kind, envelope.record_id) if envelope.has_photos or known else []


def _first_answer(mutation_id: uuid.UUID, digest: str, account: Account) -> Answer:
    """The first answer to a message that came before. Another content, or another person's, under the same id is refused."""
    seen = Mutation.get_by_id(mutation_id)
    if seen.owner_id != account.id:
        raise Refusal("not_yours")
    if seen.payload_sha256 != digest:
        raise Refusal("same_id")
    return dict(seen.answer)


def _cleaned(envelope: Envelope, strict: bool, new: bool) -> messages.Cleaned:
    """The checked answers. A form is refused with its errors; of a sealed message what breaks a rule goes to `extra`, flagged."""
    if envelope.op != "save":
        return messages.Cleaned({}, {}, {}, None, [])
    cleaned = messages.clean(envelope.kind, envelope.answers, new)
    if len(envelope.photos["add"]) > messages.MAX_PHOTOS:
        cleaned.errors["photos"] = Message("too_many_photos", limit=messages.MAX_PHOTOS)
    if strict and cleaned.errors:
        raise Refusal("invalid", cleaned.errors)
    for name, wrong in cleaned.errors.items():
        cleaned.flags.append(f"{wrong.code}:{name}")
        if name in envelope.answers and cleaned.values.get(name) is None:
            if not asked(envelope.model)[name].sensitive:  # a password in an address stays in the sealed message alone
                cleaned.unknown[name] = envelope.answers[name]
            cleaned.values.pop(name, None)
    return cleaned


def _apply(mutation: Mutation, envelope: Envelope, cleaned: messages.Cleaned, account: Account, strict: bool, new: bool,
           declared: bool = False) -> None:  # fmt: skip
    """Lets the message change its record, or leaves it in the history where it cannot (parent not here yet, record not visible)."""
    mutation.flags += cleaned.flags
    record = None if new else envelope.model.get_by_id(envelope.record_id)
    mutation.province = getattr(scope.place_of_record(record), "province", None) if record else None
    if envelope.op != "save":
        with totals.watched(envelope.kind, *filter(None, (envelope.record_id, envelope.into))):
            operations.BY_NAME[envelope.op](mutation, record, envelope, account, strict)
    elif record is None and (envelope.is_edit or envelope.kind in PARENT and envelope.parent_id is None):
        operations.leave(mutation, "waits_for_record", strict)
        mutation.parent_id = envelope.record_id
    elif record is None:
        _make(mutation, envelope, cleaned, account, strict, declared)
    else:
        with totals.watched(envelope.kind, record.id):
            _edit(mutation, record, envelope, cleaned, account, strict)
    told.note_named(mutation, account)


def _make(mutation: Mutation, envelope: Envelope, cleaned: messages.Cleaned, account: Account, strict: bool, declared: bool) -> None:
    """A new record; a camera or update whose parent is not here yet waits for it."""
    record = envelope.model(id=envelope.record_id, number=mutation.rev, recorder=account.id, unit=account.agency_id, captured_at=envelope.captured_at)
    if declared:
        record.review_state = "declared"
    if envelope.kind in PARENT:
        parent = operations.still_standing(parent_of(envelope), envelope)
        if parent is None:
            operations.leave(mutation, "waits_for_parent", strict)
            mutation.parent_id = envelope.parent_id
            return
        if parent.review_state in GONE:
            operations.leave(mutation, "parent_" + parent.review_state, strict)
            return
        if not scope.may(account, "edit" if envelope.kind == "camera" else "update", parent):
            operations.leave(mutation, "not_visible", strict)
            return
        setattr(record, PARENT[envelope.kind], parent)
    if isinstance(record, Camera):
        record.status_at = envelope.captured_at
    _save(record, mutation, envelope, cleaned, set(), account, strict, new=True)


def _edit(mutation: Mutation, record: Record, envelope: Envelope, cleaned: messages.Cleaned, account: Account, strict: bool) -> None:
    """Changes an existing record where nobody else changed the same field."""
    if record.review_state in GONE:
        operations.leave(mutation, "record_" + record.review_state, strict)
    elif not scope.may(account, "edit", record):
        operations.leave(mutation, "not_visible", strict)
    elif isinstance(record, StatusUpdate):
        operations.leave(mutation, "update_is_history", strict)
    else:
        rev = merge.base_of(record, envelope, epoch())
        touched = merge.changed_since(record, envelope, rev)
        _save(record, mutation, envelope, cleaned, touched, account, strict, new=False, base=rev)


def _save(record: Record, mutation: Mutation, envelope: Envelope, cleaned: messages.Cleaned, touched: set[str] | None, account: Account,
          strict: bool, new: bool, base: int | None = None) -> None:  # fmt: skip
    """Merges the answers into the record and stores it with its photos, search text and whatever follows from it."""
    values = dict(cleaned.values)
    if isinstance(record, Camera) and touched and not new and envelope.captured_at > record.status_at:
        touched = touched - {"status", "problems", "problems_other"}  # of two observations the later one stands
    province = values.get("province") or getattr(scope.place_of_record(record), "province", None) or next(iter(account.provinces or ()), None)
    merge.find_agencies(type(record), values, province)
    mutation.changes, mutation.conflicts = merge.merge(record, values, touched)
    if cleaned.not_known is not None:
        merge.merge_not_known(record, cleaned.not_known, base, mutation.changes)
    merge.follow(record, mutation.changes, cleaned.values)
    mutation.province = getattr(scope.place_of_record(record), "province", None)
    _check_area(record, mutation, account, strict, new)
    if cleaned.unknown:
        record.extra = {**record.extra, **storable(cleaned.unknown)}
    record.flags = sorted({*record.flags, *mutation.flags})
    record.on_behalf = record.on_behalf or envelope.on_behalf
    record.rev, record.updated_at = mutation.rev, mutation.received_at
    if not new:
        operations.after_edit(record, mutation)
    if isinstance(record, Camera) and "status" in mutation.changes:
        record.status_at = max(envelope.captured_at, record.status_at)
    if isinstance(record, Site):
        record.search_text = merge.site_text(record)
    if new:
        insert(record)
    else:
        record.save(only=record.dirty_fields)
    if envelope.has_photos:
        _expect_photos(record, mutation, envelope, account, strict)
    if new:
        totals.put(totals.of_new(record, envelope.has_photos))
    if isinstance(record, Site) and not new and operations.CHANGES_PACKAGES & set(mutation.changes):
        Camera.update(rev=mutation.rev).where(Camera.site == record.id).execute()
    if isinstance(record, StatusUpdate):
        mutation.changes |= _update_camera(record)
    if isinstance(record, Camera) and {"label", "asset_number"} & set(mutation.changes):
        site = record.site
        text = merge.with_camera(site.search_text, record) if new else merge.site_text(Site.get_by_id(site.id))
        set_search_text(site.id, text)
    elif isinstance(record, Camera):
        forget_matters(record.site_id)


def _check_area(record: Any, mutation: Mutation, account: Account, strict: bool, new: bool) -> None:
    """A record of another area, or a position far from its province: a form asks again, a phone's message is stored and flagged."""
    if "province" not in asked(type(record)) or not (new or {"province", "district", "subdistrict", "latitude", "longitude"} & set(mutation.changes)):
        return
    question = asked(type(record))["province"]
    if question.required and not record.province:
        if strict:
            raise Refusal("invalid", {"province": Message("choose", label=question.label)})
        mutation.flags.append("required:province")
    for name, upper in (("district", record.province), ("subdistrict", getattr(record, "district", None))):
        code = record.__data__.get(name)
        if code and upper and not code.startswith(upper):
            if strict:
                raise Refusal("invalid", {name: Message("area_mismatch")})
            mutation.flags.append(f"area_mismatch:{name}")
    far = "latitude" in asked(type(record)) and places.is_far_from(record.province, record.latitude, record.longitude)
    if far and strict:
        raise Refusal("invalid", {"latitude": Message("position_elsewhere")})
    if far:
        mutation.flags.append("position_elsewhere:latitude")
    if not scope.may_record_in(account, record.province):
        if strict:
            raise Refusal("invalid", {"province": Message("outside_area")})
        mutation.flags.append("outside_area")


def _expect_photos(record: Record, mutation: Mutation, envelope: Envelope, account: Account, strict: bool) -> None:
    """Notes the photos; more than ten of one record are asked again on a form and flagged in a sealed message."""
    if album.expect(record, envelope, account) > messages.MAX_PHOTOS and envelope.photos["add"]:
        if strict:
            raise Refusal("invalid", {"photos": Message("too_many_photos", limit=messages.MAX_PHOTOS)})
        mutation.flags.append("too_many_photos:photos")


def _update_camera(update: StatusUpdate) -> merge.Changes:
    """The camera's condition is that of its latest update; returns what that changed on the camera."""
    camera = camera_by_id(update.camera_id)[0]
    if update.captured_at < camera.status_at:
        return {}
    with totals.observed(camera, update.camera.site, update.captured_at):
        changes = merge.observe(camera, update)
        camera.save(only=camera.dirty_fields)
    return changes


def _apply_waiting(record_id: uuid.UUID) -> None:
    """Applies the messages that came before the record they belong to, in the order in which they came."""
    for waiting in list(Mutation.select().where(Mutation.parent_id == record_id, ~Mutation.applied).order_by(Mutation.rev)):
        account = Account.get_by_id(waiting.owner_id)
        envelope = messages.open_envelope(waiting.id, messages.parse(waiting.payload.encode()), waiting.received_at)
        waiting.applied, waiting.parent_id = True, None
        waiting.flags = [f for f in waiting.flags if not f.startswith("waits_for_")]
        waiting.rev = next_rev()
        new = not envelope.model.select().where(envelope.model.id == envelope.record_id).exists()
        _apply(waiting, envelope, _cleaned(envelope, strict=False, new=new), account, strict=False, new=new)
        waiting.save()
        if waiting.conflicts:
            operations.list_conflicts(waiting)
        if waiting.applied:
            _apply_waiting(waiting.record_id)


def sent_before(record_id: uuid.UUID, account: Account) -> dict[str, Any]:
    """All answers that this account has sent for a record so far, later ones over earlier ones, as they were sent."""
    sent: dict[str, Any] = {}
    own = Mutation.select(Mutation.payload).where(Mutation.record_id == record_id, Mutation.owner == account.id, Mutation.op == "save")
    for (payload,) in own.order_by(Mutation.rev).tuples():
        sent.update(messages.parse(payload.encode()).get("answers") or {})
    return sent


def compose(kind: str, record_id: uuid.UUID, answers: Mapping[str, Any], account: Account, *, captured_at: dt.datetime,
            base_rev: int | None = None, photos: Mapping[str, Any] | None = None, on_behalf: bool = False, op: str = "save") -> dict[str, Any]:  # fmt: skip
    """The message that a form sends on behalf of a browser without our scripts; the same shape as a phone's."""
    base = {"epoch": epoch(), "rev": base_rev} if base_rev is not None else None
    return {
        "kind": kind, "op": op, "record_id": str(record_id), "answers": dict(answers), "photos": dict(photos or {}), "base": base,
        "owner": str(account.id), "on_behalf": on_behalf, "schema": messages.SCHEMA, "captured_at": captured_at.isoformat() + "Z",
    }  # fmt: skip
