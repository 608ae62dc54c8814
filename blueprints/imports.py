"""An owner's list comes in: upload, sheets and columns, preview, applied with progress, undone; the history of imports."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from flask_login import current_user

from blueprints.gate import SMALL, access
from blueprints.shown import problem_text
from models import Import
from survey import places, scope
from survey.errors import Refusal
from survey.exchange import applying, choosing, preview, returned, runner, staging, told
from survey.exchange.fields import KINDS, fields_of
from survey.exchange.files import MAX_BYTES
from survey.exchange.layout import Plan
from survey.exchange.problems import Problem

bp = Blueprint("imports", __name__, url_prefix="/imports")
ROLES = staging.ROLES
MAX_LIST = MAX_BYTES + SMALL  # an owner's list with the form around it


def found(import_id: uuid.UUID) -> Import:
    """The import, if the person may see it; out of scope is the same as not there."""
    staged: Import | None = scope.visible(current_user.account, Import).where(Import.id == import_id).first()
    if staged is None:
        raise Refusal("not_found")
    return staged


def _index(refusal: Refusal | None = None) -> str:
    history = scope.visible(current_user.account, Import).order_by(Import.created_at.desc()).limit(50)
    counts = {staged.id: applying.counted(staged.id) for staged in history}
    return render_template("imports/index.html", history=history, counts=counts, refusal=refusal, limit=f"{MAX_BYTES // 1024 // 1024} MB")


@bp.get("")
@access(*ROLES)
def index() -> Any:
    """Upload a list, and what was brought in before."""
    return _index()


@bp.post("")
@access(*ROLES, takes=MAX_LIST)
def upload() -> Any:
    """Take a file: its rows are staged, nothing is recorded yet."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Refusal("import_empty")
        with tempfile.NamedTemporaryFile(prefix="import-") as held:
            file.save(held)
            held.flush()
            staged = staging.upload(Path(held.name), file.filename, current_user.account, request.form.get("encoding", ""), request.remote_addr)
    except Refusal as refusal:
        return _index(refusal), refusal.status
    return redirect(url_for("imports.columns", import_id=staged.id), 303)


@bp.route("/<uuid:import_id>/columns", methods=["GET", "POST"])
@access(*ROLES)
def columns(import_id: uuid.UUID) -> Any:
    """Which sheets are read, where their headings are, what each column is."""
    staged, account = found(import_id), current_user.account
    if staged.state not in staging.EDITABLE:
        raise Refusal("import_state")
    plans = staging.plans_of(staged)
    if request.method == "GET":
        return _columns(staged, plans)
    if request.form.get("then") == "look":
        return _columns(staged, choosing.look_again(plans, request.form))
    try:
        plans = choosing.take(plans, request.form)
        staging.keep_plans(staged, plans, choosing.options(plans, request.form, account), account)
    except Refusal as refusal:
        if refusal.code != "invalid":
            raise
        return _columns(staged, plans, refusal), 400
    runner.start(staged.id)
    return redirect(url_for("imports.show", import_id=staged.id), 303)


def _columns(staged: Import, plans: list[Plan], refusal: Refusal | None = None) -> str:
    account = current_user.account
    own = scope.provinces_of(account, [p.code for p in places.provinces()])
    said = {**staged.options, **({n: request.form.get(n, "") for n in ("owner", "province", "anywhere")} if request.form else {})}
    fields = {kind: list(fields_of(kind).values()) for kind in KINDS}
    return render_template("imports/columns.html", staged=staged, plans=plans, refusal=refusal, kinds=KINDS, fields=fields, said=said,
                           notes=[[Problem(kind, params=dict(params)) for kind, params in plan.notes] for plan in plans],
                           posted=request.form if refusal else {}, provinces=[p for p in places.provinces() if p.code in own])  # fmt: skip


@bp.get("/<uuid:import_id>")
@access(*ROLES)
def show(import_id: uuid.UUID) -> Any:
    """Where an import stands: progress while something works on it, the preview before it is applied, the result afterwards."""
    staged = found(import_id)
    runner.nudge(staged)
    plans, states = staging.plans_of(staged, samples=False), applying.counted(staged.id)
    which = request.args.get("show", "error" if states["error"] else "all")
    page = request.args.get("page", 0, type=int)
    rows, more = preview.shown_rows(staged, plans, which, page) if staged.state not in ("uploaded", "checking") else ([], False)
    return render_template("imports/show.html", staged=staged, states=states, tables=preview.sheet_of(plans, rows), which=which, page=page, more=more,
                           told=told, file_problems=[Problem.of_json(p) for p in staged.summary.get("file", [])],
                           may_undo=scope.may(current_user.account, "undo", staged))  # fmt: skip


@bp.get("/<uuid:import_id>/progress")
@access(*ROLES)
def progress(import_id: uuid.UUID) -> Any:
    """How far the work is, for the page's script."""
    staged = found(import_id)
    runner.nudge(staged)
    return jsonify(ok=True, state=staged.state, progress=staged.progress, total=staged.total)


@bp.get("/<uuid:import_id>/points")
@access(*ROLES)
def points(import_id: uuid.UUID) -> Any:
    """Where the rows lie, for the preview's map."""
    return jsonify(ok=True, **preview.points(found(import_id)))


@bp.get("/<uuid:import_id>/returned.xlsx")
@access(*ROLES)
def returned_rows(import_id: uuid.UUID) -> Any:
    """The rows that were not taken, with what is wrong, to be corrected and brought in again."""
    staged = found(import_id)
    file = returned.write_returned(staged, problem_text, gettext, current_app.config["SETTINGS"].classification)
    return send_file(file, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_attachment=True,
                     download_name=f"{Path(staged.filename).stem} - {gettext('แถวที่ต้องแก้ไข')}.xlsx")  # fmt: skip


@bp.post("/<uuid:import_id>/apply")
@access(*ROLES)
def apply(import_id: uuid.UUID) -> Any:
    """Take the good rows in."""
    staged = found(import_id)
    applying.begin(staged, current_user.account, request.remote_addr)
    runner.start(staged.id)
    return redirect(url_for("imports.show", import_id=import_id), 303)


@bp.route("/<uuid:import_id>/undo", methods=["GET", "POST"])
@access(*ROLES)
def undo(import_id: uuid.UUID) -> Any:
    """Take a whole import out again, after being asked once."""
    staged = found(import_id)
    if request.method == "GET":
        return render_template("imports/undo.html", staged=staged, states=applying.counted(staged.id))
    applying.begin_undo(staged, current_user.account, request.remote_addr)
    runner.start(staged.id)
    return redirect(url_for("imports.show", import_id=import_id), 303)


@bp.post("/<uuid:import_id>/discard")
@access(*ROLES)
def discard(import_id: uuid.UUID) -> Any:
    """Forget a list that was not taken in."""
    staging.discard(found(import_id), current_user.account, request.remote_addr)
    return redirect(url_for("imports.index"), 303)
