"""Places for the form's scripts: the area of a position, districts of a province, subdistricts of a district."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request

from blueprints.gate import READERS, access
from blueprints.shown import place_name
from survey import places
from survey.coordinates import format_position, read_position
from survey.errors import Refusal

bp = Blueprint("places", __name__, url_prefix="/places")


@bp.get("/at")
@access(*READERS)
def at() -> Any:
    """Province, district and subdistrict of a position (`?q=` in any notation), and what is wrong with it."""
    position = read_position(request.args.get("q", "")[:500])
    wrong = places.check_position(position.latitude, position.longitude)
    if wrong:
        raise Refusal("invalid", {"latitude": wrong})
    where = places.place_of(position.latitude, position.longitude)
    return jsonify(ok=True, latitude=position.latitude, longitude=position.longitude, position=format_position(position.latitude, position.longitude),
                   province=where.province, district=where.district, subdistrict=where.subdistrict)  # fmt: skip


@bp.get("/in/<code>")
@access(*READERS)
def inside(code: str) -> Any:
    """The districts of a province (two digits) or the subdistricts of a district (four digits)."""
    if places.find(code) is None or len(code) not in (2, 4):
        raise Refusal("not_found")
    found = places.districts(code) if len(code) == 2 else places.subdistricts(code)
    return jsonify(ok=True, places=[[place.code, place_name(place)] for place in found])
