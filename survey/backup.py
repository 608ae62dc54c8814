"""Copies of the database and their return. Photos lie in their own folder under their hashes and are never changed: copy it as it is."""

from __future__ import annotations

import datetime as dt
import sqlite3
import uuid
from pathlib import Path

from database import db, is_sqlite
from models import Meta, Token, utcnow, write
from survey import audit
from survey.errors import Refusal


def copy_to(target: Path) -> None:
    """Writes a whole and consistent copy of the SQLite database while others go on writing. Raises Refusal("not_sqlite"), FileExistsError."""
    if not is_sqlite():
        raise Refusal("not_sqlite")
    if target.exists():
        raise FileExistsError(target)
    db.execute_sql("VACUUM INTO ?", (str(target),))


def replace_by(source: Path, database: Path) -> None:
    """Puts a copy in the place of the database, which nobody may have open; what stood there stays beside it as `….replaced-<time>`.

    Raises Refusal("not_a_copy") when the file is no whole database of ours.
    """
    try:
        with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as copy:
            whole = copy.execute("PRAGMA integrity_check").fetchone() == ("ok",) and copy.execute("SELECT count(*) FROM meta").fetchone()
    except sqlite3.DatabaseError:
        whole = None
    if not whole:
        raise Refusal("not_a_copy")
    if database.exists():
        with sqlite3.connect(database) as old:  # what is still in its WAL goes into the file that is put aside
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.replace(database.with_name(f"{database.name}.replaced-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}"))
    for rest in ("-wal", "-shm"):
        database.with_name(database.name + rest).unlink(missing_ok=True)
    database.write_bytes(source.read_bytes())


def new_epoch() -> str:
    """Renames the database, so that phones notice that it is an older one and bring back what it does not know. Tokens of the open interface
    end: a copy does not know which were revoked since."""
    name = uuid.uuid4().hex
    with write():
        Token.update(revoked_at=utcnow()).where(Token.revoked_at.is_null()).execute()
        Meta.insert(key="epoch", value=name).on_conflict(conflict_target=[Meta.key], update={Meta.value: name}).execute()
        audit.record("database.restored", None, "epoch", name)
    return name
