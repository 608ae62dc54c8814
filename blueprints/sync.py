"""What the phone's scripts talk to: a fresh session, messages, photos, receipts, the work package. Answers are JSON; nothing here redirects."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from flask import Blueprint, jsonify, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from blueprints.gate import ANYONE, RECORDERS, SMALL, access
from models import Mutation, utcnow
from survey import album, devices, disclosure, messages, package, receipts, standing, sync
from survey.errors import Refusal

bp = Blueprint("sync", __name__, url_prefix="/sync")


@bp.get("/session")
@access(*ANYONE)
def session() -> Any:
    """Who I am, a fresh CSRF token, the server's time, and whether this database knows the newest receipt that I hold."""
    last, account = request.args.get("last", ""), current_user.account
    try:
        known = not last or Mutation.select().where(Mutation.id == uuid.UUID(last), Mutation.owner == account.id).exists()
    except ValueError:
        known = False
    return jsonify(uid=str(account.id), name=account.name, username=account.username, role=account.role, csrf=generate_csrf(),
                   server_time=utcnow().isoformat() + "Z", epoch=standing.epoch(), min_schema=1, known=known)  # fmt: skip


@bp.put("/mutations/<uuid:mutation_id>")
@access(*RECORDERS)
def mutation(mutation_id: uuid.UUID) -> Any:
    """Receives one sealed message: 201 the first time, 200 with the same answer ever after."""
    if (request.content_length or 0) > messages.MAX_BYTES:
        raise Refusal("too_large", limit="256 kB")
    answer, first = sync.receive(mutation_id, request.get_data(), current_user.account, network=request.remote_addr)
    return jsonify(answer), 201 if first else 200


@bp.put("/practice/<uuid:mutation_id>")
@access(*ANYONE)
def practice(mutation_id: uuid.UUID) -> Any:
    """The receipt of a practice message of the training drill; nothing is stored."""
    payload = request.get_data()
    if len(payload) > messages.MAX_BYTES:
        raise Refusal("too_large", limit="256 kB")
    return jsonify(ok=True, mutation_id=str(mutation_id), payload_sha256=hashlib.sha256(payload).hexdigest(),
                   receipt_no=messages.receipt_number(mutation_id)), 201  # fmt: skip


@bp.put("/photos/<sha256>")
@access(*RECORDERS, takes=album.MAX_BYTES + SMALL)
def photo(sha256: str) -> Any:
    """Receives the bytes of one photo, at most 8 MB, named by their SHA-256."""
    if not album.is_hash(sha256):
        raise Refusal("photo_hash")
    if (request.content_length or 0) > album.MAX_BYTES:
        raise Refusal("photo_too_large", limit="8 MB")
    upload, first = album.accept(request.get_data(), current_user.account, sha256, request.remote_addr)
    return jsonify(ok=True, sha256=upload.sha256, width=upload.width, height=upload.height, shown=upload.decodable, exif=upload.exif,
                   flags=upload.flags), 201 if first else 200  # fmt: skip


@bp.post("/receipts")
@access(*RECORDERS)
def check_receipts() -> Any:
    """Which of the phone's receipts are not here (any more): [{mutation_id, payload_sha256}] -> {missing, photos_missing}."""
    return jsonify(ok=True, **receipts.check(current_user.account, request.get_json(silent=True)))


@bp.get("/package")
@access(*RECORDERS)
def work_package() -> Any:
    """One page of the records of the user's area that changed after a revision."""
    user = current_user.account
    if not package.has_package(user):
        return jsonify(ok=True, none=True, epoch=standing.epoch(), scope=package.scope_of(user))
    same = request.args.get("epoch") == standing.epoch() and request.args.get("scope") == package.scope_of(user)
    since = request.args.get("since", 0, int) if same else 0
    page = package.page(user, min(max(since, 0), messages.NEWEST_REV))
    disclosure.note_read(user, "package", sum(len(page[kind]) for kind in package.KINDS), request.remote_addr, each=True)
    return jsonify(ok=True, since=since, **page)


@bp.post("/device")
@access(*RECORDERS)
def device() -> Any:
    """What the phone still holds, and how far it came in the training drill."""
    said = request.get_json(silent=True)
    if not isinstance(said, dict):
        raise Refusal("unreadable")
    devices.note(current_user.account, said, request.headers.get("User-Agent", ""))
    return jsonify(ok=True)
