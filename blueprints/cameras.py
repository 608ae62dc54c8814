"""Cameras: a new one at a site ("another camera here" carries over what the last one shared), edit, and the one-tap status update."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from blueprints.found import asked_filter, found, save_operation
from blueprints.gate import PHOTO_FORM, READERS, RECORDERS, access
from blueprints.on_record import note_read
from blueprints.recording import fill_in
from models import Camera, Site, StatusUpdate
from survey import album, forms, listing, scope
from survey.errors import Refusal
from survey.questions import in_sections

bp = Blueprint("cameras", __name__)


@bp.route("/sites/<uuid:site_id>/cameras/new", methods=["GET", "POST"])
@access(*RECORDERS, takes=PHOTO_FORM)
def new(site_id: uuid.UUID) -> Any:
    """Add a camera to a site; what it is likely to share with the site's last camera is filled in."""
    site = found(Site, site_id)
    if not scope.may(current_user.account, "edit", site):
        raise Refusal("not_allowed")
    others = listing.cameras_of(current_user.account, site)
    carried = forms.carried_over(others[-1]) if others else None

    def done(camera_id: uuid.UUID) -> str:
        if request.form.get("then") == "another":
            return url_for("cameras.new", site_id=site_id, saved=1)
        return url_for("sites.show", site_id=site_id, saved=1)

    return fill_in("camera", "cameras/form.html", done, parent=site, carried=carried, site=site, others=others, is_carried=bool(carried))


@bp.get("/cameras/<uuid:camera_id>")
@access(*READERS)
def show(camera_id: uuid.UUID) -> Any:
    """One camera with its answers, photos, status updates and history."""
    camera = found(Camera, camera_id)
    user = current_user.account
    updates = scope.visible(user, StatusUpdate).where(StatusUpdate.camera == camera.id).order_by(StatusUpdate.captured_at.desc()).limit(50)
    others = listing.cameras_of(user, camera.site)
    following = next((c for c in others if c.number > camera.number), None)
    return render_template("cameras/show.html", camera=camera, next_camera=following, site=camera.site, sections=in_sections(Camera, Camera.SECTIONS),
                           photos=list(album.of_record(camera)), updates=[(u, list(album.of_record(u))) for u in updates],
                           history=list(scope.history(user, camera)))  # fmt: skip


@bp.route("/cameras/<uuid:camera_id>/edit", methods=["GET", "POST"])
@access(*RECORDERS, takes=PHOTO_FORM)
def edit(camera_id: uuid.UUID) -> Any:
    """Change a camera's answers."""
    camera = found(Camera, camera_id)
    if not scope.may(current_user.account, "edit", camera):
        raise Refusal("not_allowed")
    return fill_in("camera", "cameras/form.html", lambda i: url_for("cameras.show", camera_id=i, saved=1), record=camera, site=camera.site,
                   others=[], is_carried=False)  # fmt: skip


@bp.route("/cameras/<uuid:camera_id>/status", methods=["GET", "POST"])
@access(*RECORDERS, takes=PHOTO_FORM)
def update(camera_id: uuid.UUID) -> Any:
    """Three big buttons: works, works in part, does not work."""
    camera = found(Camera, camera_id)
    if not scope.may(current_user.account, "update", camera):
        raise Refusal("not_allowed")
    return fill_in("update", "cameras/status.html", lambda _i: url_for("cameras.show", camera_id=camera_id, saved=1), parent=camera, camera=camera,
                   site=camera.site)  # fmt: skip


@bp.post("/cameras/<uuid:camera_id>/confirm")
@access(*RECORDERS)
def confirm(camera_id: uuid.UUID) -> Any:
    """One tap on site: the camera that the owner declared is there."""
    camera = found(Camera, camera_id)
    if not scope.may(current_user.account, "confirm", camera):
        raise Refusal("not_allowed")
    save_operation("camera", camera, "confirm", request.form.get("form_id"))
    return redirect(url_for("cameras.show", camera_id=camera.id, saved=1), 303)


@bp.get("/status")
@access(*RECORDERS)
def choose() -> Any:
    """Find the camera whose status is to be updated: search, or nearest first."""
    asked = asked_filter(request.args)
    cameras = listing.cameras(current_user.account, asked)
    note_read("cameras", len(cameras))
    return render_template("cameras/choose.html", cameras=cameras, asked=asked)


@bp.route("/cameras/<uuid:camera_id>/withdraw", methods=["GET", "POST"])
@access(*RECORDERS)
def withdraw(camera_id: uuid.UUID) -> Any:
    """Take a camera out of the lists, after being asked once."""
    camera = found(Camera, camera_id)
    if not scope.may(current_user.account, "withdraw", camera):
        raise Refusal("not_allowed")
    if request.method == "GET":
        return render_template("cameras/withdraw.html", camera=camera, form_id=uuid.uuid4())
    save_operation("camera", camera, "withdraw", request.form.get("form_id"))
    return redirect(url_for("sites.show", site_id=camera.site_id), 303)
