"""Review: the province's inbox, one record with what was noticed, approve, return, merge."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from blueprints.found import asked_text, found
from blueprints.gate import access
from models import Camera, Record
from survey import album, conflicts, listing, matters, places, review, scope
from survey.agencies import as_id
from survey.errors import Refusal
from survey.questions import in_sections

bp = Blueprint("review", __name__, url_prefix="/review")
REVIEWERS = scope.ORIGINAL_READERS


@bp.get("")
@access(*REVIEWERS)
def index() -> Any:
    """What waits for review in my province, with what was noticed first."""
    return _inbox(None)


def _inbox(refusal: Refusal | None) -> Any:
    user = current_user.account
    own = [p for p in places.provinces() if p.code in scope.provinces_of(user, [q.code for q in places.provinces()])]
    kind = request.values.get("kind", "site")
    kind = kind if kind in review.KINDS else "site"
    province = asked_text("province") or request.form.get("province", "")
    province = province if any(p.code == province for p in own) else own[0].code if own else ""
    only, offset = request.values.get("only", ""), max(0, min(request.args.get("offset", 0, type=int), 1_000_000))
    page = review.inbox(user, kind, province, only, offset)
    shown = render_template("review/index.html", page=page, kind=kind, province=province, provinces=own, only=only, refusal=refusal, matters=matters.MATTERS,
                            conflict_count=conflicts.open_count(user))  # fmt: skip
    return (shown, refusal.status) if refusal else shown


@bp.post("/decide")
@access(*REVIEWERS)
def decide() -> Any:
    """Approves the chosen records, or those in which nothing was noticed; or returns one with a note. All or nothing."""
    items = [item for chosen in request.form.getlist("items") for item in chosen.split()]
    try:
        review.decide(current_user.account, items, request.form.get("verdict", ""), request.form.get("note", ""), request.remote_addr)
    except Refusal as refusal:
        if refusal.code not in ("nothing_chosen", "changed_meanwhile", "some_changed", "note_needed"):
            raise
        return _inbox(refusal)
    keep = {name: request.form.get(name) or None for name in ("kind", "province", "only")}
    return redirect(url_for("review.index", saved=1, **keep), 303)


@bp.get("/<any(site,point,report):kind>/<uuid:record_id>")
@access(*REVIEWERS)
def show(kind: str, record_id: uuid.UUID) -> Any:
    """One record to review: what was noticed, photos, cameras, possible duplicates."""
    return _show(kind, found(review.KINDS[kind], record_id), None)


def _show(kind: str, record: Any, refusal: Refusal | None) -> Any:
    model: type[Record] = review.KINDS[kind]
    cameras: list[Camera] = listing.cameras_of(current_user.account, record) if kind == "site" else []
    shown = render_template(
        "review/show.html", kind=kind, record=record, waiting=review.one(record), cameras=cameras, matters=matters.MATTERS, refusal=refusal,
        photos=list(album.of_record(record)), camera_photos={c.id: list(album.of_record(c)) for c in cameras}, sections=in_sections(model, model.SECTIONS),  # type: ignore[attr-defined]
        duplicates=matters.possible_duplicates(record) if kind != "report" else [],
    )  # fmt: skip
    return (shown, refusal.status) if refusal else shown


@bp.post("/<any(site,point):kind>/<uuid:record_id>/merge")
@access(*REVIEWERS)
def merge(kind: str, record_id: uuid.UUID) -> Any:
    """Merges a duplicate into the record that stays; its history is kept."""
    record, into = found(review.KINDS[kind], record_id), as_id(request.form.get("into", ""))
    if into is None:
        raise Refusal("not_found")
    try:
        review.merge(current_user.account, record, into, request.remote_addr)
    except Refusal as refusal:
        if refusal.code != "merge_across_provinces":
            raise
        return _show(kind, record, refusal)
    return redirect(url_for("review.show", kind=kind, record_id=into, saved=1), 303)
