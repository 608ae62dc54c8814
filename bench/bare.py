"""What the application is compared with: the same camera record inserted by bare Flask and peewee, nothing around it.

No log-in, no checks, no history, no audit; the same SQLite (WAL, synchronous=FULL), lock and gunicorn settings.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

from flask import Flask, request
from peewee import BlobField, BooleanField, CharField, DateTimeField, FloatField, IntegerField, Model, TextField, UUIDField

from database import BundledSQLite, _write_lock
from models import Camera, utcnow

FOLDER = Path(os.environ["BARE_DATA"])
db = BundledSQLite(str(FOLDER / "bare.db"), timeout=30, pragmas={"journal_mode": "wal", "synchronous": "full"})
PLAIN = {"VARCHAR": CharField, "INTEGER": IntegerField, "FLOAT": FloatField, "BOOL": BooleanField, "DATETIME": DateTimeField, "UUID": UUIDField}


class BareCamera(Model):
    """The columns of a camera without keys and indexes to other tables."""

    id = UUIDField(primary_key=True)

    class Meta:
        database = db


for column in Camera._meta.sorted_fields:
    if column.name != "id":
        kind = PLAIN.get(column.field_type, TextField)
        BareCamera._meta.add_field(column.name, kind(null=True))


class BarePhoto(Model):
    """Where a photo's file lies."""

    name = CharField(primary_key=True)
    size = IntegerField()
    unused = BlobField(null=True)

    class Meta:
        database = db


def create_app() -> Flask:
    """The two routes."""
    app = Flask(__name__)
    db.create_tables([BareCamera, BarePhoto])
    known = set(BareCamera._meta.fields)

    @app.before_request
    def connect() -> None:
        db.connect(reuse_if_open=True)

    @app.put("/sync/mutations/<uuid:ident>")
    def camera(ident: uuid.UUID) -> Any:
        answers = {k: str(v) if isinstance(v, list) else v for k, v in request.get_json()["answers"].items() if k in known}
        with _write_lock, db.atomic("IMMEDIATE"):
            BareCamera.insert(id=uuid.uuid4(), captured_at=utcnow(), **answers).execute()
        return {"ok": True}, 201

    @app.put("/sync/photos/<name>")
    def photo(name: str) -> Any:
        data = request.get_data()
        with open(FOLDER / name, "wb") as file:  # as durable as the record beside it
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with _write_lock, db.atomic("IMMEDIATE"):
            BarePhoto.insert(name=name, size=len(data)).execute()
        return {"ok": True}, 201

    return app
