"""What a message may do besides saving answers: withdraw a record, merge one into another, settle a conflict, review. Parts of survey.sync.receive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models import GONE, RECORDS, Account, Camera, Conflict, Mutation, Photo, ProposedPoint, Record, Site, StatusUpdate
from survey import merge, scope
from survey.errors import Refusal
from survey.messages import Envelope
from survey.standing import parent_of, set_search_text

CHANGES_PACKAGES = {"province", "district", "owner_agency", "restricted"}  # of a site: whose phones carry its cameras, and how exactly
POSITION = ("latitude", "longitude", "position_accuracy_m", "position_source")  # one answer in four parts
MERGEABLE = (Site, Camera, ProposedPoint)


def leave(mutation: Mutation, flag: str, strict: bool) -> None:
    """History only. A form is told that there is no such record; a phone has its receipt and a person will look."""
    if strict:
        raise Refusal("not_found")
    mutation.applied = False
    mutation.flags.append(flag)


def withdraw(mutation: Mutation, record: Record | None, envelope: Envelope, account: Account, strict: bool) -> None:
    """Takes a record out of the lists and figures; it stays in the database with its history."""
    if record is None or not scope.may(account, "withdraw", record):
        leave(mutation, "not_visible", strict)
        return
    mutation.changes = {"review_state": [record.review_state, "withdrawn"]}
    gone = {"review_state": "withdrawn", "rev": mutation.rev, "updated_at": mutation.received_at}
    type(record).update(**gone).where(type(record).id == record.id).execute()
    if isinstance(record, Site):  # its cameras go with it
        Camera.update(**gone).where(Camera.site == record.id, Camera.review_state.not_in(GONE)).execute()


def confirm(mutation: Mutation, record: Record | None, envelope: Envelope, account: Account, strict: bool) -> None:
    """Somebody on site found what the owner had declared; a site's declared cameras are confirmed with it. Twice changes nothing."""
    if record is None or not scope.may(account, "confirm", record):
        leave(mutation, "not_visible", strict)
        return
    seen = {"review_state": "pending", "rev": mutation.rev, "updated_at": mutation.received_at}
    if record.review_state == "declared":
        mutation.changes = {"review_state": ["declared", "pending"]}
        type(record).update(**seen).where(type(record).id == record.id).execute()
    if isinstance(record, Site):
        Camera.update(**seen).where(Camera.site == record.id, Camera.review_state == "declared").execute()


def merge_into(mutation: Mutation, record: Record | None, envelope: Envelope, account: Account, strict: bool) -> None:
    """The record is the same thing as another one: what hangs on it moves there, and it stays with its history under "merged"."""
    model = envelope.model
    keeper = model.get_or_none(model.id == envelope.into)
    if record is None or keeper is None or record.id == keeper.id or model not in MERGEABLE or not (
            scope.may(account, "decide", record) and scope.may(account, "decide", keeper)):  # fmt: skip
        leave(mutation, "not_visible", strict)
        return
    if scope.place_of_record(record).province != scope.place_of_record(keeper).province:
        if strict:
            raise Refusal("merge_across_provinces")
        leave(mutation, "merge_across_provinces", strict)
        return
    mutation.changes = {"review_state": [record.review_state, "merged"], "merged_into": [None, str(keeper.id)]}
    now = {"rev": mutation.rev, "updated_at": mutation.received_at}
    model.update(review_state="merged", merged_into=keeper.id, **now).where(model.id == record.id).execute()
    if isinstance(record, Site):
        Camera.update(site=keeper.id, **now).where(Camera.site == record.id).execute()
        set_search_text(keeper.id, merge.site_text(Site.get_by_id(keeper.id)))
    if isinstance(record, Camera):
        StatusUpdate.update(camera=keeper.id).where(StatusUpdate.camera == record.id).execute()
        latest = StatusUpdate.select().where(StatusUpdate.camera == keeper.id).order_by(StatusUpdate.captured_at.desc()).first()
        if latest is not None and latest.captured_at > keeper.status_at:
            merge.observe(keeper, latest)
            keeper.save(only=keeper.dirty_fields)
    there = Photo.select(Photo.sha256).where(Photo.record_kind == envelope.kind, Photo.record_id == keeper.id)
    Photo.update(record_id=keeper.id).where(Photo.record_kind == envelope.kind, Photo.record_id == record.id, Photo.sha256.not_in(there)).execute()
    model.update(**now).where(model.id == keeper.id).execute()


def still_standing(parent: Any, envelope: Envelope) -> Any:
    """The parent of a new record, or the one that it was merged into; what was found at a site belongs to it under any number."""
    for _ in range(10):
        if parent is None or parent.review_state != "merged":
            return parent
        model = type(parent)
        envelope.parent_id = model.select(model.merged_into).where(model.id == parent.id).scalar()
        parent = parent_of(envelope)
    return parent


def settle(mutation: Mutation, record: Record | None, envelope: Envelope, account: Account, strict: bool) -> None:
    """Chooses between the two answers of a conflict; the record keeps what stands or takes what was offered."""
    conflict = Conflict.get_or_none(Conflict.id == envelope.conflict, Conflict.record_id == envelope.record_id)
    if record is None or conflict is None or record.review_state in GONE or not scope.may(account, "decide", record):
        leave(mutation, "not_visible", strict)
        return
    if conflict.settled_by_id is not None:
        mutation.flags.append("already_settled")
        return
    same = Conflict.select().where(Conflict.mutation == conflict.mutation_id, Conflict.settled_by.is_null(), Conflict.field.in_(POSITION))
    together = list(same) if conflict.field in POSITION else [conflict]  # half of a position is a place where nobody was
    if envelope.take_offered:
        offered = {c.field: c.offered for c in together}
        mutation.changes, _ = merge.merge(record, offered, set())
        merge.follow(record, mutation.changes, offered)
    record.rev, record.updated_at = mutation.rev, mutation.received_at
    if isinstance(record, Site) and CHANGES_PACKAGES & set(mutation.changes):
        Camera.update(rev=mutation.rev).where(Camera.site == record.id).execute()
    if isinstance(record, Site):
        record.search_text = merge.site_text(record)
    record.save(only=record.dirty_fields)
    Conflict.update(settled_by=mutation.id).where(Conflict.id.in_([c.id for c in together])).execute()


def review(mutation: Mutation, record: Record | None, envelope: Envelope, account: Account, strict: bool) -> None:
    """Approves the record as the reviewer saw it, or returns it with a note. Whoever saw another revision decides nothing."""
    if record is None or isinstance(record, StatusUpdate) or record.review_state in GONE or not scope.may(account, "decide", record):
        leave(mutation, "not_visible", strict)
        return
    wrong = "changed_meanwhile" if envelope.base_rev != record.rev else "note_needed" if envelope.verdict == "return" and not envelope.note else None
    if wrong:
        if strict:
            raise Refusal(wrong)
        leave(mutation, wrong, strict)
        return
    approved = envelope.verdict == "approve"
    after = {"review_state": "approved" if approved else "returned", "review_note": None if approved else envelope.note}
    mutation.changes = {name: [getattr(record, name), value] for name, value in after.items() if getattr(record, name) != value}
    for name, value in after.items():
        setattr(record, name, value)
    record.reviewed_at, record.rev, record.updated_at = mutation.received_at, mutation.rev, mutation.received_at
    if approved:
        record.flags = []  # what was noticed has been looked at; the history keeps it
    record.save(only=record.dirty_fields)


def after_edit(record: Record, mutation: Mutation) -> None:
    """A returned record that its surveyor changed waits for review again; an approved one stays counted and is flagged."""
    record.matters = None
    if not mutation.changes:
        return
    if record.review_state == "returned":
        mutation.changes["review_state"] = ["returned", "pending"]
        record.review_state, record.review_note = "pending", None
    elif record.review_state == "approved":
        record.flags = sorted({*record.flags, "changed"})


def list_conflicts(mutation: Mutation) -> None:
    """Enters the conflicts of a message that has just been stored in the list that the province works through."""
    record = RECORDS[mutation.kind].get_by_id(mutation.record_id)
    province = getattr(scope.place_of_record(record), "province", None)
    for field, met in mutation.conflicts.items():
        Conflict.create(mutation=mutation.id, record_kind=mutation.kind, record_id=mutation.record_id, province=province, field=field,
                        stands=met["stands"], offered=met["offered"])  # fmt: skip


Operation = Callable[[Mutation, Record | None, Envelope, Account, bool], None]
BY_NAME: dict[str, Operation] = {"withdraw": withdraw, "merge": merge_into, "settle": settle, "confirm": confirm, "review": review}
