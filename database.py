"""The database behind models.py: SQLite through apsw by default, PostgreSQL by setting, and the one way to write.

peewee's own `atomic()` is a deferred transaction on SQLite; concurrent read-then-write transactions then fail, so all
writing goes through `write()`: a lock between threads and BEGIN IMMEDIATE, or an advisory lock on PostgreSQL.
"""

from __future__ import annotations

import datetime as dt
import decimal
import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import peewee
from playhouse.apsw_ext import APSWDatabase
from playhouse.pool import PooledPostgresqlDatabase

db = peewee.DatabaseProxy()
_write_lock = threading.RLock()
_WRITE_KEY = 20161201  # any fixed number: the advisory lock that all writers share


class BundledSQLite(APSWDatabase):
    """The SQLite inside the apsw wheel (newer than Debian's, which may corrupt a WAL shared by several connections)."""

    def _connect(self) -> apsw.Connection:
        connection = super()._connect()
        connection.convert_binding = _to_sqlite
        return connection


def _to_sqlite(_cursor: Any, _number: int, value: Any) -> Any:
    """What SQLite stores for Python values that it has no type for."""
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    if isinstance(value, (dt.date, decimal.Decimal, uuid.UUID)):
        return str(value)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    raise TypeError(f"no SQLite value for {type(value)}")


def open_database(url: str) -> peewee.Database:
    """`sqlite:///path` or `postgresql://user:password@host/name`; binds `db` to it. Nothing is connected yet."""
    database: peewee.Database
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        database = BundledSQLite(str(path), timeout=30, pragmas={
            "journal_mode": "wal", "synchronous": "full", "foreign_keys": 1, "cache_size": -64_000,
            "mmap_size": 256 * 1024 * 1024, "temp_store": "memory",
        })  # fmt: skip
    elif url.startswith(("postgresql://", "postgres://")):
        database = PooledPostgresqlDatabase(None)
        database.init(url, max_connections=20, stale_timeout=300, timeout=10)
    else:
        raise ValueError("DATABASE_URL is sqlite:///path or postgresql://user:password@host/name")
    db.initialize(database)
    return database


def is_sqlite() -> bool:
    """Whether the database is SQLite (search and the write lock differ)."""
    return isinstance(db.obj, peewee.SqliteDatabase)


@contextmanager
def write() -> Iterator[None]:
    """One write transaction at a time, durable when the block ends; nested calls join the outer one."""
    if db.in_transaction():
        yield
    elif is_sqlite():
        with _write_lock, db.atomic("IMMEDIATE"):
            yield
    else:
        with db.atomic():
            db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_WRITE_KEY,))
            yield


def end_of_request() -> None:
    """SQLite keeps a thread's connection (opening costs more than a query); a pooled one goes back."""
    if not is_sqlite() and not db.is_closed():
        db.close()
