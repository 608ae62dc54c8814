"""Survey rounds: the list, open one, change one. The centre's."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from blueprints.gate import ANYONE, access
from models import Round
from survey import clock, recounting, rounds
from survey.answers import BUDDHIST_ERA
from survey.errors import Refusal

bp = Blueprint("rounds", __name__, url_prefix="/rounds")


@bp.get("")
@access(*ANYONE)
def index() -> Any:
    """The rounds with their dated steps."""
    return render_template("rounds/index.html", rounds=rounds.every(), today=clock.today())


@bp.route("/new", methods=["GET", "POST"])
@access("centre_admin")
def new() -> Any:
    """Open a round."""
    return _form(None)


@bp.route("/<int:number>", methods=["GET", "POST"])
@access("centre_admin")
def edit(number: int) -> Any:
    """Change a round."""
    return _form(rounds.found(number))


def _form(of: Round | None) -> Any:
    if request.method == "GET":
        return render_template("rounds/form.html", of=of, typed=_typed(of), errors={})
    try:
        rounds.save(current_user.account, request.form, of.number if of else None)
    except Refusal as refusal:
        if refusal.code != "invalid":
            raise
        return render_template("rounds/form.html", of=of, typed=request.form, errors=refusal.errors), 400
    recounting.start()
    return redirect(url_for("rounds.index", saved=1), 303)


def _typed(of: Round | None) -> dict[str, str]:
    """A round as its form shows it."""
    if of is None:
        return {"counts": "camera"}
    steps = "\n".join(f"{_shown(dt.date.fromisoformat(step['on']))} {step['text']}" for step in of.steps)
    return {"name": of.name, "starts_on": _shown(of.starts_on), "deadline": _shown(of.deadline), "counts": of.counts, "steps": steps}


def _shown(day: dt.date) -> str:
    return f"{day.day}/{day.month}/{day.year + BUDDHIST_ERA}"
