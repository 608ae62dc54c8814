"""The map: its page, what a window shows, the panel of one site, and who could have seen a place at a time."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask_login import current_user

from blueprints.found import asked_text, found
from blueprints.gate import READERS, access
from blueprints.on_record import note_read
from models import Site
from survey import choices, listing, mapped, places, scope, seeing
from survey.coordinates import read_position
from survey.errors import Refusal
from survey.reports import asked as asking

bp = Blueprint("map", __name__, url_prefix="/map")


def wanted() -> mapped.Wanted:
    """The filters of the address. Those who see no figures of areas filter what they may see themselves."""
    user = current_user.account
    asked = asking.read(user, request.args)
    if user.role not in scope.TOTALS_READERS:
        asked.areas = [asked.province] if asked.province else None
    layers = tuple(layer for layer in ("camera", "point") if request.args.get("layer", layer) in (layer, ""))
    return mapped.Wanted(asked, asked_text("status"), asked_text("state"), layers)


@bp.get("")
@access(*READERS)
def index() -> Any:
    """The map of everything that I may see, with its list and its question."""
    user = current_user.account
    own = [p for p in places.provinces() if p.code in scope.provinces_of(user, [q.code for q in places.provinces()])]
    return render_template("map/index.html", provinces=own, wanted=wanted(), sectors=choices.OWNER_SECTOR, query=request.args)


@bp.get("/data")
@access(*READERS)
def data() -> Any:
    """What a window shows: clusters, sites, points."""
    window = mapped.read_window(request.args)
    if window is None:
        raise Refusal("unreadable")
    body = mapped.shown(current_user.account, window, wanted())
    note_read("map", len(body["sites"]) + len(body["points"]))
    return jsonify(body)


@bp.get("/site/<uuid:site_id>")
@access(*READERS)
def panel(site_id: uuid.UUID) -> Any:
    """The panel of one site: conditions, contact as far as I may read it, the way to its page."""
    site = found(Site, site_id)
    return render_template("map/panel.html", site=site, cameras=listing.cameras_of(current_user.account, site))


@bp.route("/seen", methods=["GET", "POST"])
@access(*READERS)
def seen() -> Any:
    """Who could have seen this place at that time? With a case number and a reason, and on record."""
    typed = request.form if request.method == "POST" else request.args
    if request.method == "GET":
        return render_template("map/seen.html", typed=typed, refusal=None, found=None)
    try:
        position = read_position(typed.get("position", ""))
        moment = seeing.read_moment(typed.get("day", ""), typed.get("time", ""))
        answer = seeing.who(current_user.account, position.latitude, position.longitude, moment, typed.get("case", ""), typed.get("reason", ""),
                            request.remote_addr)  # fmt: skip
    except Refusal as refusal:
        if refusal.status != 400:
            raise
        return render_template("map/seen.html", typed=typed, refusal=refusal, found=None), 400
    return render_template("map/seen.html", typed=typed, refusal=None, found=answer[: seeing.MOST], moment=moment)
