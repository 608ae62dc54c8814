"""Sites: the list with search and filters, one site with its cameras, photos and history, new and edit."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from blueprints.found import asked_filter, found, save_operation
from blueprints.gate import PHOTO_FORM, READERS, RECORDERS, access
from blueprints.on_record import note_contact, note_read
from blueprints.recording import fill_in
from models import Site
from survey import album, disclosure, listing, places, scope
from survey.errors import Refusal
from survey.questions import in_sections

bp = Blueprint("sites", __name__, url_prefix="/sites")


@bp.get("")
@access(*READERS)
def index() -> Any:
    """The sites that I may see, searched and filtered, newest or nearest first."""
    user, wanted = current_user.account, asked_filter(request.args)
    page = listing.sites(user, wanted)
    note_read("sites", len(page.records))
    own = [p for p in places.provinces() if p.code in scope.provinces_of(user, [q.code for q in places.provinces()])]
    return render_template("sites/index.html", page=page, asked=wanted, conditions=listing.camera_conditions(user, page.records), provinces=own,
                           districts=places.districts(wanted.province or own[0].code) if wanted.province or len(own) == 1 else [])  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@access(*RECORDERS, takes=PHOTO_FORM)
def new() -> Any:
    """Record an installation point."""
    return fill_in("site", "sites/form.html", lambda i: url_for("sites.show", site_id=i, saved=1))


@bp.get("/<uuid:site_id>")
@access(*READERS)
def show(site_id: uuid.UUID) -> Any:
    """One site with its cameras, photos and history."""
    site = found(Site, site_id)
    return _show(site)


@bp.post("/<uuid:site_id>/contact")
@access("inspector", "analyst")
def reveal(site_id: uuid.UUID) -> Any:
    """A look at masked contact persons, with a reason that goes on record."""
    site = found(Site, site_id)
    try:
        disclosure.reveal(current_user.account, site, request.form.get("reason", ""), request.remote_addr)
    except Refusal as refusal:
        if refusal.code != "reason_short":
            raise
        return _show(site, refusal=refusal), 400
    return _show(site, revealed=True)


def _show(site: Site, revealed: bool = False, refusal: Refusal | None = None) -> Any:
    user = current_user.account
    cameras = listing.cameras_of(user, site)
    covers = {c.id: next((p for p in album.of_record(c) if p.upload_id), None) for c in cameras}
    return render_template("sites/show.html", site=site, cameras=cameras, covers=covers, sections=in_sections(Site, Site.SECTIONS),
                           photos=list(album.of_record(site)), history=list(scope.history(user, site)), revealed=revealed, refusal=refusal)  # fmt: skip


@bp.route("/<uuid:site_id>/edit", methods=["GET", "POST"])
@access(*RECORDERS, takes=PHOTO_FORM)
def edit(site_id: uuid.UUID) -> Any:
    """Change a site's answers; only what was changed is sent."""
    site = found(Site, site_id)
    if not scope.may(current_user.account, "edit", site):
        raise Refusal("not_allowed")
    if disclosure.has_contact(site):
        note_contact(site.id, site)
    return fill_in("site", "sites/form.html", lambda i: url_for("sites.show", site_id=i, saved=1), record=site)


@bp.post("/<uuid:site_id>/confirm")
@access(*RECORDERS)
def confirm(site_id: uuid.UUID) -> Any:
    """One tap on site: what the owner declared is there, with its cameras."""
    site = found(Site, site_id)
    if not scope.may(current_user.account, "confirm", site):
        raise Refusal("not_allowed")
    save_operation("site", site, "confirm", request.form.get("form_id"))
    return redirect(url_for("sites.show", site_id=site.id, saved=1), 303)


@bp.route("/<uuid:site_id>/withdraw", methods=["GET", "POST"])
@access(*RECORDERS)
def withdraw(site_id: uuid.UUID) -> Any:
    """Take a site out of the lists, after being asked once."""
    site = found(Site, site_id)
    if not scope.may(current_user.account, "withdraw", site):
        raise Refusal("not_allowed")
    if request.method == "GET":
        return render_template("sites/withdraw.html", site=site, cameras=listing.cameras_of(current_user.account, site), form_id=uuid.uuid4())
    save_operation("site", site, "withdraw", request.form.get("form_id"))
    return redirect(url_for("sites.index"), 303)
