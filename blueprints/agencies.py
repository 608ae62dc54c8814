"""The register of agencies: suggestions while typing, the list, and what becomes of names that were typed in the field."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_login import current_user

from blueprints.found import asked_text
from blueprints.gate import ADMINISTRATORS, READERS, access
from models import Agency
from survey import agencies, forms, places, register, scope
from survey.errors import Message, Refusal
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
    query = scope.visible(current_user.account, Agency).where(Agency.merged_into.is_null())
    wanted = containing(Agency.search_text, text)
    query = query if wanted is None else query.where(wanted)
    return render_template("agencies/index.html", agencies=list(query.order_by(Agency.confirmed, Agency.name).limit(200)), text=text)


@bp.route("/new", methods=["GET", "POST"])
@access(*ADMINISTRATORS)
def new() -> Any:
    """A new agency of the register."""
    return _form(None)


@bp.route("/<uuid:agency_id>", methods=["GET", "POST"])
@access(*ADMINISTRATORS)
def show(agency_id: uuid.UUID) -> Any:
    """One agency: confirm or rename it and say more of it, or say which other one was meant."""
    return _form(_found(agency_id))


def _found(agency_id: uuid.UUID) -> Agency:
    agency: Agency | None = scope.visible(current_user.account, Agency).where(Agency.id == agency_id).first()
    if agency is None or not scope.may(current_user.account, "decide", agency):
        raise Refusal("not_found")
    return agency


def _form(agency: Agency | None) -> Any:
    """The form of an agency (GET), or what came of it (POST)."""
    user = current_user.account
    own = user.provinces[0] if len(user.provinces or []) == 1 else None
    form = forms.of_agency(register.QUESTIONS, agency.__data__ if agency else {"province": own})
    refusal = None
    if request.method == "POST":
        form.take(request.form)
        try:
            register.save(user, agency, {name: field.answer for name, field in form._fields.items()})
            return redirect(url_for("agencies.index", saved=1), 303)
        except Refusal as found:
            if found.code == "not_found":
                raise
            form.show_errors(found.errors)
            refusal = found
    return _page(agency, form, refusal)


def _page(agency: Agency | None, form: forms.SurveyForm, refusal: Refusal | None = None) -> Any:
    page = render_template("agencies/show.html", agency=agency, form=form, refusal=refusal, areas={"province": places.provinces()},
                           alike=register.alike(current_user.account, agency) if agency else [])  # fmt: skip
    return page, refusal.status if refusal else 200


@bp.post("/<uuid:agency_id>/merge")
@access(*ADMINISTRATORS)
def merge(agency_id: uuid.UUID) -> Any:
    """The agency is another one under a different name."""
    agency, user = _found(agency_id), current_user.account
    chosen = agencies.as_id(request.form.get("into", "")) or next((a.id for a in agencies.suggest(user, request.form.get("into_name", ""), limit=2)
                                                                   if a.name == request.form.get("into_name", "").strip()), None)  # fmt: skip
    into = Agency.get_or_none(Agency.id == chosen) if chosen else None
    try:
        if into is None:
            raise Refusal("invalid", {"into_name": Message("unknown_agency")})
        register.merge(user, agency, into)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _page(agency, forms.of_agency(register.QUESTIONS, agency.__data__), refusal)
    return redirect(url_for("agencies.index", saved=1), 303)
