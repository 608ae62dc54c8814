"""Conflicts: two people changed the same answer. The province chooses with one tap; who was not stored sees what came of it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from blueprints.found import found
from blueprints.gate import RECORDERS, access
from blueprints.on_record import note_contact
from models import RECORDS, Conflict, utcnow
from survey import conflicts, scope, sync
from survey.errors import Refusal
from survey.messages import seal

bp = Blueprint("conflicts", __name__, url_prefix="/conflicts")


@bp.get("")
@access(*RECORDERS)
def index() -> Any:
    """The open conflicts of the area, or those of one's own messages."""
    user = current_user.account
    open_ones, settled = conflicts.listed(user, settled=False), conflicts.listed(user, settled=True)[:30]
    for one in open_ones + settled:
        if one.question.personal:
            note_contact(one.record.id, one.record)
    return render_template("conflicts/index.html", open_ones=open_ones, settled=settled)


@bp.post("/<uuid:conflict_id>")
@access("province_admin", "centre_admin")
def settle(conflict_id: uuid.UUID) -> Any:
    """Keeps what stands or takes what was offered."""
    user = current_user.account
    conflict = scope.visible(user, Conflict).where(Conflict.id == conflict_id).first()
    if conflict is None:
        raise Refusal("not_found")
    record = found(RECORDS[conflict.record_kind], conflict.record_id)
    choose = "offered" if request.form.get("choose") == "offered" else "stands"
    message = sync.compose(conflict.record_kind, record.id, {}, user, captured_at=utcnow(), base_rev=record.rev, op="settle")
    message |= {"conflict": str(conflict.id), "choose": choose}
    sync.receive(uuid.uuid4(), seal(message), user, strict=True, network=request.remote_addr)
    return redirect(url_for("conflicts.index", saved=1), 303)
