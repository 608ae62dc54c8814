"""What views share: the record of the address or "not found", and what a list's address asks for."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from flask import request
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from models import Record, utcnow
from survey import disclosure, scope, sync
from survey.answers import without_control_characters
from survey.coordinates import read_position
from survey.errors import Refusal
from survey.exchange.fields import KINDS
from survey.listing import Filter
from survey.messages import seal

R = TypeVar("R", bound=Record)


def found(model: type[R], record_id: uuid.UUID) -> R:
    """The record, if the person may see it; out of scope is the same as not there."""
    record: R | None = scope.visible(current_user.account, model).where(model.id == record_id).first()
    if record is None:
        raise Refusal("not_found")
    return record


def asked_filter(args: MultiDict[str, str]) -> Filter:
    """The filter that a list's address asks for; nonsense asks nothing."""
    near = None
    if args.get("near"):
        try:
            position = read_position(args["near"])
            near = (position.latitude, position.longitude)
        except Refusal:
            near = None
    before = args.get("before", type=int)
    return Filter(text=asked_text("q"), province=asked_text("province"), district=asked_text("district"), status=asked_text("status"),
                  sector=asked_text("sector"), by=asked_text("by"), code=asked_text("code"), mine=args.get("mine") == "yes", near=near,
                  before=None if before is None else max(0, min(before, 2**31 - 1)))  # fmt: skip


def asked_list() -> str:
    """The list that an address's filter is of: camera, point or report."""
    return request.args["of"] if request.args.get("of") in KINDS else "camera"


def filter_parts(wanted: Filter) -> dict[str, Any]:
    """What a filter asks, for the log."""
    return disclosure.without_words({name: getattr(wanted, name) for name in ("text", "province", "district", "status", "sector", "mine", "by", "code")})


def asked_text(name: str) -> str:
    """A word of the address as it may be looked for: short, without control characters (PostgreSQL takes no NUL)."""
    return without_control_characters(request.args.get(name, ""))[:100].strip()


def save_operation(kind: str, record: Record, op: str, form_id: str | None) -> dict[str, Any]:
    """Sends an operation without answers (withdraw) the way a phone would."""
    try:
        mutation_id = uuid.UUID(form_id or "")
    except ValueError:
        raise Refusal("unreadable") from None
    message = sync.compose(kind, record.id, {}, current_user.account, captured_at=utcnow().replace(microsecond=0), base_rev=record.rev, op=op)
    return sync.receive(uuid.uuid5(mutation_id, op), seal(message), current_user.account, strict=True, network=request.remote_addr)[0]
