"""Pages about the phone itself: what waits on it, known sites nearby, the training drill; and for the province, which phones hold work."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_login import current_user

from blueprints.gate import ANYONE, PUBLIC, RECORDERS, access
from survey import devices, handover
from survey.errors import Refusal

bp = Blueprint("waiting", __name__)
MAX_HANDOVER = 1024 * 1024 * 1024  # the unsent work of a phone in one file


@bp.get("/waiting")
@access(PUBLIC)
def index() -> Any:
    """What this phone still owes, received items and drafts; all of it is on the phone, so the page is the same for everybody."""
    return render_template("waiting/index.html")


@bp.get("/near")
@access(*RECORDERS)
def near() -> Any:
    """The known sites on this phone, nearest first."""
    return render_template("waiting/near.html")


@bp.get("/drill")
@access(*ANYONE)
def drill() -> Any:
    """Proves on this very phone that everything works, step by step."""
    return render_template("waiting/drill.html")


@bp.get("/phones")
@access("province_admin", "centre_admin")
def phones() -> Any:
    """Which phones of the area still hold unsent work, and which passed the drill."""
    known = devices.known(current_user.account)
    return render_template("waiting/phones.html", phones=sorted(known, key=lambda d: (not d.waiting, d.seen_at)), is_ready=devices.is_ready,
                           is_silent=devices.is_silent, steps=devices.DRILL)  # fmt: skip


@bp.route("/waiting/bring-in", methods=["GET", "POST"])
@access("province_admin", "centre_admin", takes=MAX_HANDOVER)
def bring_in() -> Any:
    """Takes in the file of unsent work that a phone exported."""
    if request.method == "GET":
        return render_template("waiting/bring_in.html", outcome=None, refusal=None)
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Refusal("handover_file")
        outcome = handover.bring_in(file.stream, current_user.account, request.remote_addr)
    except Refusal as refusal:
        return render_template("waiting/bring_in.html", outcome=None, refusal=refusal), refusal.status
    return render_template("waiting/bring_in.html", outcome=outcome, refusal=None)
