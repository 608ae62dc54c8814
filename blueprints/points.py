"""Proposed additional points (guideline 1.2): list, one, new and edit."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user

from blueprints.found import asked_filter, found
from blueprints.gate import PHOTO_FORM, READERS, RECORDERS, access
from blueprints.on_record import note_read
from blueprints.recording import fill_in
from models import ProposedPoint
from survey import album, listing, scope
from survey.errors import Refusal
from survey.questions import in_sections

bp = Blueprint("points", __name__, url_prefix="/points")


@bp.get("")
@access(*READERS)
def index() -> Any:
    """The proposed points that I may see."""
    asked = asked_filter(request.args)
    page = listing.points(current_user.account, asked)
    note_read("points", len(page.records))
    return render_template("points/index.html", page=page, asked=asked)


@bp.route("/new", methods=["GET", "POST"])
@access(*RECORDERS, takes=PHOTO_FORM)
def new() -> Any:
    """Propose a point where cameras are needed."""
    return fill_in("point", "points/form.html", lambda i: url_for("points.show", point_id=i, saved=1))


@bp.get("/<uuid:point_id>")
@access(*READERS)
def show(point_id: uuid.UUID) -> Any:
    """One proposed point with its photos and history."""
    point = found(ProposedPoint, point_id)
    return render_template("points/show.html", point=point, sections=in_sections(ProposedPoint, ProposedPoint.SECTIONS),
                           photos=list(album.of_record(point)), history=list(scope.history(current_user.account, point)))  # fmt: skip


@bp.route("/<uuid:point_id>/edit", methods=["GET", "POST"])
@access(*RECORDERS, takes=PHOTO_FORM)
def edit(point_id: uuid.UUID) -> Any:
    """Change a proposed point."""
    point = found(ProposedPoint, point_id)
    if not scope.may(current_user.account, "edit", point):
        raise Refusal("not_allowed")
    return fill_in("point", "points/form.html", lambda i: url_for("points.show", point_id=i, saved=1), record=point)
