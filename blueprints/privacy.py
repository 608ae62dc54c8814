"""Personal data: the notice for contact persons, and for the province whom it has still to be given."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from blueprints.found import found
from blueprints.gate import ADMINISTRATORS, PUBLIC, access
from blueprints.on_record import note_contact
from models import Site
from survey import told

bp = Blueprint("privacy", __name__, url_prefix="/privacy")


@bp.get("")
@access(PUBLIC)
def index() -> Any:
    """What is kept about contact persons, why, for how long, and what they may ask for."""
    return render_template("privacy/index.html")


@bp.get("/contacts")
@access(*ADMINISTRATORS)
def contacts() -> Any:
    """The contact persons whom somebody else named and who are to be told within 30 days."""
    due = told.due(current_user.account)
    for one in due:
        note_contact(one.site.id, one.site)
    return render_template("privacy/contacts.html", due=due)


@bp.post("/contacts/<uuid:site_id>")
@access(*ADMINISTRATORS)
def was_told(site_id: uuid.UUID) -> Any:
    """The contact person of this site was told."""
    told.note_told(current_user.account, found(Site, site_id), request.remote_addr)
    return redirect(url_for("privacy.contacts", saved=1), 303)
