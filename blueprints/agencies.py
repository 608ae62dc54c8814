"""The register of agencies: suggestions while typing, and the list with those that wait to be confirmed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template
from flask_login import current_user

from blueprints.found import asked_text
from blueprints.gate import READERS, access
from models import Agency
from survey import agencies, scope
from survey.search import containing

bp = Blueprint("agencies", __name__, url_prefix="/agencies")


@bp.get("/suggest")
@access(*READERS)
def suggest() -> Any:
    """Names that contain what was typed, of one's own provinces first."""
    found = agencies.suggest(current_user.account, asked_text("q"), asked_text("kind") or None)
    return jsonify(ok=True, names=list(dict.fromkeys(a.name for a in found)))


@bp.get("")
@access(*READERS)
def index() -> Any:
    """The register; names typed in the field stand first until they are confirmed."""
    text = asked_text("q")
    query = scope.visible(current_user.account, Agency)
    wanted = containing(Agency.search_text, text)
    query = query if wanted is None else query.where(wanted)
    return render_template("agencies/index.html", agencies=list(query.order_by(Agency.confirmed, Agency.name).limit(200)), text=text)
