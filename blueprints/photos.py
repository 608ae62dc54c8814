"""Photos: shown copies and originals, only through scope, with a fixed content type; blurring what was taken."""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_login import current_user

from blueprints.gate import READERS, RECORDERS, access
from models import Photo, Upload
from survey import album, audit, scope
from survey.errors import Refusal
from survey.photos import digest

bp = Blueprint("photos", __name__, url_prefix="/photos")


def _found(photo_id: uuid.UUID) -> Photo:
    photo: Photo | None = scope.visible(current_user.account, Photo).where(Photo.id == photo_id).first()
    if photo is None:
        raise Refusal("not_found")
    return photo


def _picture(data: bytes, media_type: str, name: str, inline: bool = True) -> Response:
    response = Response(data, content_type=media_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = f"{'inline' if inline else 'attachment'}; filename={name}"
    response.headers["Cache-Control"] = "private, no-cache" if inline else "no-store"  # asked again each time, because a blur may have come
    if inline:
        response.set_etag(digest(data)[:32])
        response.make_conditional(request)
    return response


@bp.get("/<uuid:photo_id>/<any(thumb, view):size>.jpg")
@access(*READERS)
def copy(photo_id: uuid.UUID, size: str) -> Any:
    """A copy without EXIF, blurred where that was asked for."""
    photo = _found(photo_id)
    if photo.upload is None:
        raise Refusal("not_found")
    return _shown(photo.upload, size, photo.blur or [])


def _shown(upload: Upload, size: str, blur: list[list[float]]) -> Response:
    try:
        return _picture(album.shown_copy(upload, size, blur), "image/jpeg", f"{upload.sha256[:12]}-{size}.jpg")
    except KeyError:
        raise Refusal("not_found") from None


@bp.get("/<uuid:photo_id>/original")
@access(*READERS)
def original(photo_id: uuid.UUID) -> Any:
    """The photo as it was sent, for the centre and the province; each look is on record."""
    photo = _found(photo_id)
    if photo.upload is None or not scope.may(current_user.account, "original", photo):
        raise Refusal("not_found")
    province = getattr(scope.place_of_record(scope.record_of_photo(photo)), "province", None)
    audit.record("photo.original", current_user.account, "photo", photo.id, network=request.remote_addr, province=province)
    try:
        data = album.original(photo.upload)
    except KeyError:
        raise Refusal("not_found") from None
    return _picture(data, photo.upload.media_type, f"{photo.sha256[:12]}.{photo.upload.media_type.split('/')[-1]}", inline=False)


@bp.get("/sent/<sha256>/<any(thumb, view):size>.jpg")
@access(*RECORDERS)
def sent(sha256: str, size: str) -> Any:
    """A copy of what I myself uploaded, before its form is saved."""
    upload = scope.visible(current_user.account, Upload).where(Upload.sha256 == sha256).first()
    if upload is None:
        raise Refusal("not_found")
    return _shown(upload, size, [])


@bp.get("/<uuid:photo_id>")
@access(*READERS)
def show(photo_id: uuid.UUID) -> Any:
    """One photo, large, with what camera and phone claim about it."""
    photo = _found(photo_id)
    record = scope.record_of_photo(photo)
    latitude, longitude, exact = scope.shown_position(current_user.account, record)
    shows_phone = scope.may_see_phone_position(current_user.account, record) or photo.owner_id == current_user.account.id
    apart = album.disagreements(photo, latitude, longitude) if exact and shows_phone else []
    return render_template("photos/show.html", photo=photo, record=record, apart=apart, exact=exact, may_edit=scope.may(current_user.account, "edit", record),
                           shows_phone=shows_phone)  # fmt: skip


@bp.post("/<uuid:photo_id>/blur")
@access(*RECORDERS)
def blur(photo_id: uuid.UUID) -> Any:
    """Blurs the marked areas in every copy that is shown (faces, plates, screens); the original stays with the province."""
    from blueprints.recording import change_photo

    photo = _found(photo_id)
    record = scope.record_of_photo(photo)
    if not scope.may(current_user.account, "edit", record):
        raise Refusal("not_allowed")
    try:
        areas = json.loads(request.form.get("blur", "[]"))
    except (ValueError, RecursionError):
        raise Refusal("unreadable") from None
    change_photo(photo, record, {"blur": areas}, request.form.get("form_id"))
    return redirect(url_for("photos.show", photo_id=photo.id, saved=1), 303)
