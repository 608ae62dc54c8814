"""What the phone's scripts talk to: a fresh session, messages, photos. Answers are JSON; nothing here redirects."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, jsonify, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from blueprints.gate import ANYONE, RECORDERS, access
from models import Mutation, utcnow
from survey import album, messages, standing, sync
from survey.errors import Refusal

bp = Blueprint("sync", __name__, url_prefix="/sync")


@bp.get("/session")
@access(*ANYONE)
def session() -> Any:
    """Who I am, a fresh CSRF token, the server's time, and whether this database knows the newest receipt that I hold."""
    last = request.args.get("last", "")
    try:
        known = not last or Mutation.select().where(Mutation.id == uuid.UUID(last), Mutation.owner == current_user.account.id).exists()
    except ValueError:
        known = False
    return jsonify(uid=str(current_user.account.id), csrf=generate_csrf(), server_time=utcnow().isoformat() + "Z", epoch=standing.epoch(),
                   min_schema=1, known=known)  # fmt: skip


@bp.put("/mutations/<uuid:mutation_id>")
@access(*RECORDERS)
def mutation(mutation_id: uuid.UUID) -> Any:
    """Receives one sealed message: 201 the first time, 200 with the same answer ever after."""
    if (request.content_length or 0) > messages.MAX_BYTES:
        raise Refusal("too_large", limit="256 kB")
    answer, first = sync.receive(mutation_id, request.get_data(), current_user.account, network=request.remote_addr)
    return jsonify(answer), 201 if first else 200


@bp.put("/photos/<sha256>")
@access(*RECORDERS)
def photo(sha256: str) -> Any:
    """Receives the bytes of one photo, at most 8 MB, named by their SHA-256."""
    if not album.is_hash(sha256):
        raise Refusal("photo_hash")
    if (request.content_length or 0) > album.MAX_BYTES:
        raise Refusal("photo_too_large", limit="8 MB")
    upload, first = album.accept(request.get_data(), current_user.account, sha256, request.remote_addr)
    return jsonify(ok=True, sha256=upload.sha256, width=upload.width, height=upload.height, shown=upload.decodable, exif=upload.exif,
                   flags=upload.flags), 201 if first else 200  # fmt: skip
