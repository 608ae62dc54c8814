"""The first page: my work and big buttons; help; choice of language; health for monitoring."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, jsonify, redirect, render_template, request
from flask_login import current_user

from blueprints.auth import local_path
from blueprints.gate import ANYONE, PUBLIC, access
from blueprints.shown import LANGUAGES
from survey import devices, help_lines, notices, overview, scope

bp = Blueprint("home", __name__)


@bp.get("/")
@access(*ANYONE)
def index() -> Any:
    """What I did, what came back to me, and what to do next."""
    user = current_user.account
    return render_template("home/index.html", work=overview.my_work(user), totals=overview.totals(user), records=user.role in scope.RECORDERS,
                           notices=notices.of(user), sentences=notices.SENTENCES,
                           unsent_phones=devices.counts(user) if user.role in scope.ORIGINAL_READERS else None)  # fmt: skip


@bp.get("/help")
@access(PUBLIC)
def help() -> Any:
    """Whom to ask, and how to do the main things."""
    return render_template("home/help.html", help_lines=help_lines.lines())


@bp.get("/more")
@access(*ANYONE, before_second_factor=True)
def more() -> Any:
    """Everything that has no place in the bottom bar."""
    return render_template("home/more.html")


@bp.post("/language")
@access(PUBLIC)
def language() -> Any:
    """Changes between Thai and English."""
    response = redirect(local_path(request.form.get("next")), 303)
    chosen = request.form.get("language", "th")
    if chosen in LANGUAGES:
        response.set_cookie("language", chosen, max_age=31_536_000, samesite="Lax", httponly=True, secure=current_app.config["SETTINGS"].https)
    return response


@bp.get("/health")
@access(PUBLIC)
def health() -> Any:
    """Answers when the database answers."""
    from survey.standing import epoch

    return jsonify(ok=bool(epoch()))
