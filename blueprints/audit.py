"""The log: who did what, for the province (its own) and the centre (all), with search."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext
from flask_login import current_user

from blueprints.found import asked_text
from blueprints.gate import ADMINISTRATORS, access
from blueprints.on_record import note_contact
from blueprints.shown import tr
from survey import audit_reading
from survey.audit_reading import ACTIONS, CHANGED, GROUPS, KINDS, OPERATIONS, PAGE, READ, Asked

bp = Blueprint("audit", __name__, url_prefix="/audit")


def _day(name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def action_text(action: str) -> str:
    """What a row says was done, in words."""
    kind, _, op = action.partition(".")
    if action in ACTIONS:
        return tr(ACTIONS[action])
    return f"{tr(OPERATIONS[op])} {tr(KINDS[kind])}" if kind in KINDS and op in OPERATIONS else gettext("อื่น ๆ") + f" ({action})"


@bp.get("")
@access(*ADMINISTRATORS)
def index() -> Any:
    """The log, newest first."""
    user, before = current_user.account, request.args.get("before", type=int)
    wanted = Asked(asked_text("q"), asked_text("group"), _day("since"), _day("until"), max(0, min(before, 2**31 - 1)) if before is not None else None)
    rows = audit_reading.rows(user, wanted)
    shown = [(row, audit_reading.changes(user, row)) for row in rows[:PAGE]]
    for row, changed in shown:
        if any(question.personal for question, *_ in changed or ()):
            note_contact(uuid.UUID(row.subject_id), row)
    return render_template("audit/index.html", rows=shown, more=rows[PAGE - 1].number if len(rows) > PAGE else None, wanted=wanted, groups=GROUPS,
                           changed_names=CHANGED, read_names=READ, action_text=action_text, people=audit_reading.people(user, rows))  # fmt: skip
