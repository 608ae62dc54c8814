"""The province's inbox: what waits for review, with what a machine noticed first; approving and returning through `receive()` like any change."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import peewee

from models import KIND_OF, RECORDS, Account, Camera, ProblemReport, ProposedPoint, Record, Site, utcnow, write
from survey import matters, scope, sync, totals
from survey.errors import Refusal
from survey.messages import seal

WAITING = ("pending", "declared")
KINDS: dict[str, type[Record]] = {"site": Site, "point": ProposedPoint, "report": ProblemReport}
PAGE = 25
LOOK_AT_ONCE = 30  # records that are looked at while the inbox is opened


@dataclass
class Waiting:
    """One record of the inbox: its waiting cameras, the codes of what was noticed, and what is decided about as it was seen."""

    record: Any
    cameras: list[Camera]

    @property
    def codes(self) -> list[str]:
        return (self.record.matters or "").split()

    @property
    def items(self) -> str:
        """The revisions that the reviewer sees: "site:<id>:<rev> camera:<id>:<rev> …"."""
        seen = [self.record] if self.record.review_state in WAITING or "changed" in self.record.flags else []
        return " ".join(f"{KIND_OF[type(r)]}:{r.id}:{r.rev}" for r in (*seen, *self.cameras))


@dataclass
class Inbox:
    """A page of the inbox; `unseen` is how many records the machine has not looked at yet, `next_offset` where the next page begins."""

    waiting: list[Waiting]
    unseen: int
    with_matters: int
    clean: int
    next_offset: int | None


def _here(user: Account, kind: str, province: str) -> peewee.ModelSelect:
    query = scope.visible(user, KINDS[kind])
    return query.where(KINDS[kind].province == province) if province else query


def _new_below() -> Any:
    """Whether an approved site has cameras that wait."""
    return peewee.fn.EXISTS(Camera.select(peewee.SQL("1")).where(Camera.site == Site.id, Camera.review_state.in_(WAITING)))


def inbox(user: Account, kind: str, province: str, only: str = "", offset: int = 0) -> Inbox:
    """What waits for `user`'s review in a province and has been looked at: with matters first, oldest first. `only`: matters, clean or blank."""
    model, here = KINDS[kind], _here(user, kind, province)
    waiting = here.where(model.review_state.in_(WAITING))
    matters.look(waiting.where(model.matters.is_null()).limit(LOOK_AT_ONCE))
    noticed = peewee.Case(None, [(model.matters.is_null(), "unseen"), (model.matters == "", "clean")], "matters").alias("noticed")
    counts = dict(waiting.select(noticed, peewee.fn.COUNT(peewee.SQL("*"))).group_by(peewee.SQL("noticed")).tuples())
    chosen = waiting.where(model.matters.is_null(False))
    if model is Site:
        again = here.where(Site.review_state == "approved", _new_below())
        matters.look(again.where(Site.matters.is_null()).limit(LOOK_AT_ONCE))
        chosen = here.where(Site.review_state.in_((*WAITING, "approved")), Site.matters.is_null(False), (Site.review_state != "approved") | _new_below())
    if only == "matters":
        chosen = chosen.where(model.matters != "")
    elif only == "clean":
        chosen = chosen.where(model.matters == "")
    order = peewee.Case(None, [(model.matters == "", 1)], 0)
    records = list(chosen.order_by(order, model.rev).offset(offset).limit(PAGE + 1))
    cameras: dict[Any, list[Camera]] = {}
    if model is Site and records:
        state = peewee.fn.COALESCE(Camera.review_state, "")  # by the sites' index; the one of the state holds the whole country's
        below = Camera.select().where(Camera.site.in_([r.id for r in records]), state.in_(WAITING)).order_by(Camera.number)
        for camera in below:
            cameras.setdefault(camera.site_id, []).append(camera)
    listed = [Waiting(record, cameras.get(record.id, [])) for record in records[:PAGE]]
    return Inbox(listed, counts.get("unseen", 0), counts.get("matters", 0), counts.get("clean", 0), offset + PAGE if len(records) > PAGE else None)


def one(record: Any) -> Waiting:
    """A record as the inbox shows it."""
    matters.look([record])
    below = Camera.select().where(Camera.site == record.id, Camera.review_state.in_(WAITING)).order_by(Camera.number) if isinstance(record, Site) else []
    return Waiting(record, list(below))


def count(user: Account) -> int:
    """How many sites, points and reports wait for `user`'s review (sites that are approved and got a new camera aside), from the kept totals."""
    if user.role not in scope.ORIGINAL_READERS:
        return 0
    area = scope.totals_area(user)
    return sum(states[state] for kind in KINDS for states in totals.by_code(kind, "complete", area).values() for state in WAITING)


def decide(user: Account, items: Sequence[str], verdict: str, note: str = "", network: str | None = None) -> int:
    """Approves or returns records as they were seen ("kind:id:rev"), all of them or none; returns how many.

    Raises Refusal: nothing_chosen, unreadable, not_found, note_needed, changed_meanwhile (of one), some_changed (of several, with their names).
    """
    seen = [_read(item) for item in items]
    if not seen:
        raise Refusal("nothing_chosen")
    with write():  # all or nothing
        changed = []
        for kind, record_id, rev in seen:
            record: Any = RECORDS[kind].get_or_none(RECORDS[kind].id == record_id)
            if record is None or not scope.may(user, "decide", record):
                raise Refusal("not_found")
            if record.rev != rev:
                changed.append(_name(record))
        if changed:
            raise Refusal("changed_meanwhile") if len(seen) == 1 else Refusal("some_changed", names=", ".join(changed[:5]) + (" …" if len(changed) > 5 else ""))
        for kind, record_id, rev in seen:
            message = sync.compose(kind, record_id, {}, user, captured_at=utcnow(), base_rev=rev, op="review") | {"verdict": verdict, "note": note}
            sync.receive(uuid.uuid4(), seal(message), user, strict=True, network=network)
    return len(seen)


def _read(item: str) -> tuple[str, uuid.UUID, int]:
    kind, _, rest = item.partition(":")
    record_id, _, rev = rest.partition(":")
    try:
        if kind not in ("camera", *KINDS):
            raise ValueError
        return kind, uuid.UUID(record_id), int(rev)
    except ValueError:
        raise Refusal("unreadable") from None


def _name(record: Any) -> str:
    data = record.__data__
    return str(data.get("install_point") or data.get("label") or data.get("location") or record.number)


def merge(user: Account, record: Any, into: uuid.UUID, network: str | None = None) -> None:
    """Merges a record into another of the same kind and province. Raises Refusal: not_found, merge_across_provinces."""
    message = sync.compose(KIND_OF[type(record)], record.id, {}, user, captured_at=utcnow(), base_rev=record.rev, op="merge") | {"into": str(into)}
    sync.receive(uuid.uuid4(), seal(message), user, strict=True, network=network)
