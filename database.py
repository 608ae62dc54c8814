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
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import apsw
import peewee
from playhouse.apsw_ext import APSWDatabase
from playhouse.pool import PooledPostgresqlDatabase

T = TypeVar("T")
db = peewee.DatabaseProxy()
_open: tuple[str, peewee.Database] | None = None
_write_lock = threading.RLock()
_joining = threading.Lock()
_waiting: list[_Job] = []  # for the transaction that comes next
_as_json = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps makes an encoder at each call
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
        return _as_json(value)
    raise TypeError(f"no SQLite value for {type(value)}")


def open_database(url: str) -> peewee.Database:
    """`sqlite:///path` or `postgresql://user:password@host/name`; binds `db` to it. Nothing is connected yet."""
    global _open
    database: peewee.Database
    if _open and _open[0] == url:  # a second application in this process shares the connections
        return _open[1]
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        database = BundledSQLite(str(path), timeout=30, pragmas={
            "journal_mode": "wal", "synchronous": "full", "foreign_keys": 1, "cache_size": -8_000,
            "temp_store": "memory", "wal_autocheckpoint": 4000,
        })  # fmt: skip
    elif url.startswith(("postgresql://", "postgres://")):
        database = PooledPostgresqlDatabase(None)
        database.init(url, max_connections=20, stale_timeout=300, timeout=10)
    else:
        raise ValueError("DATABASE_URL is sqlite:///path or postgresql://user:password@host/name")
    db.initialize(database)
    _open = (url, database)
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


@contextmanager
def savepoint() -> Iterator[None]:
    """A part of a write that may fail alone and is then taken back; only inside `write()`."""
    if not db.in_transaction():
        raise RuntimeError("savepoint() outside write()")
    with db.atomic():
        yield


class _Job:
    """Work that waits to be written, and what came of it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work, self.done = work, threading.Event()
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self) -> None:
        """Does the work in a savepoint of its own: what fails takes back itself and nobody else's."""
        db.execute_sql("SAVEPOINT waiting")  # not peewee's, whose random names SQLite has to parse each time
        try:
            self.result = self.work()
        except Exception as error:
            self.error = error
            db.execute_sql("ROLLBACK TO waiting")
        db.execute_sql("RELEASE waiting")


def write_together(work: Callable[[], T]) -> T:
    """Does `work` in a write transaction, shared with whoever else waits to write now: one BEGIN, one COMMIT, one wait for the disk
    for all of them. The first that waits leads: it does the work of all in its own thread, each in a savepoint. Returns or raises
    what `work` did, after the commit. `work` may not need anything of its thread. Without SQLite each has its own transaction."""
    if db.in_transaction() or not is_sqlite():
        with write():
            return work()
    job = _Job(work)
    with _joining:
        _waiting.append(job)
        leads = len(_waiting) == 1
    if leads:
        _write_all_that_wait()
    job.done.wait()
    if job.error is not None:
        raise job.error
    return cast(T, job.result)


def _write_all_that_wait() -> None:
    with _write_lock:  # until it is free, others join
        with _joining:
            jobs = _waiting.copy()
            _waiting.clear()
        try:
            with db.atomic("IMMEDIATE"):
                for job in jobs:
                    job.run()
        except BaseException as error:  # nothing of any of them is stored, and each is told so
            for job in jobs:
                job.error = job.error or error
        finally:
            for job in jobs:
                job.done.set()


class Slot(peewee.Node):
    """A place in a prepared query that each call fills: `Model.id == Slot(0, Model.id)`; the column converts the value."""

    def __init__(self, place: int, column: peewee.Field) -> None:
        self.place, self.column = place, column
        self.bound = _as_json if isinstance(column, peewee.JSONField) else column.db_value

    def __sql__(self, ctx: Any) -> Any:
        ctx.literal(ctx.state.param or "?")._values.append(self)
        return ctx


class Prepared:
    """A query that is turned into SQL once. peewee needs ten times as long for that as the database for a row by its key, and
    receiving a record takes a dozen of them. Called with the slots' values; gives the rows, or for an update nothing."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build
        self._compiled: dict[int, _Compiled] = {}  # by database: tests open several

    def __call__(self, *given: Any) -> list[Any]:
        compiled = self._compiled.get(id(db.obj))
        if compiled is None:
            compiled = self._compiled[id(db.obj)] = _Compiled(self._build())
        cursor = db.execute_sql(compiled.sql, [v.bound(given[v.place]) if isinstance(v, Slot) else v for v in compiled.values])
        if not compiled.gives_rows:
            return []
        if compiled.row_maker is None:
            wrapper = compiled.query._get_cursor_wrapper(cursor)
            wrapper.fill_cache()
            if wrapper.initialized:  # it has seen a row, and knows now what to make of the others
                compiled.row_maker = wrapper.process_row
            return list(wrapper.row_cache)
        return [compiled.row_maker(row) for row in cursor.fetchall()]


class _Compiled:
    """The SQL of one query for one database, and how its rows become records."""

    def __init__(self, query: Any) -> None:
        self.query = query
        self.sql, self.values = db.obj.get_sql_context().sql(query).query()
        self.gives_rows = isinstance(query, peewee.SelectBase)
        self.row_maker: Callable[[Any], Any] | None = None


_inserts: dict[tuple[int, str, tuple[str, ...]], tuple[str, list[tuple[type | None, Callable[[Any], Any]]]]] = {}
_AS_IT_IS: dict[type, type] = {peewee.CharField: str, peewee.TextField: str, peewee.IntegerField: int, peewee.FloatField: float}  # no conversion


def insert_rows(model: type[peewee.Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Inserts rows by one statement that is made once for the same columns; each row names the same fields."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    key = (id(db.obj), model._meta.table_name, tuple(first))
    if key not in _inserts:
        fields = [model._meta.fields[name] for name in first]
        columns, marks = ", ".join(f'"{f.column_name}"' for f in fields), ", ".join([db.param] * len(fields))
        statement = f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES ({marks})'  # noqa: S608  (names of our own columns)  # nosec
        _inserts[key] = statement, [(_AS_IT_IS.get(type(f)), _as_json if isinstance(f, peewee.JSONField) else f.db_value) for f in fields]
    statement, kinds = _inserts[key]
    with peewee.__exception_wrapper__:
        db.cursor().executemany(statement, [
            tuple(v if v is None or type(v) is kind else convert(v) for (kind, convert), v in zip(kinds, row.values(), strict=True))
            for row in (first, *rows)])  # fmt: skip


def insert(record: peewee.Model) -> None:
    """Inserts one row with all its columns, defaults included."""
    insert_rows(type(record), [{name: record.__data__.get(name) for name in record._meta.fields}])


def raw_rows(query: peewee.SelectBase) -> Iterable[tuple[Any, ...]]:
    """The rows of a query as the driver gives them, not converted column by column: on SQLite ids and JSON are texts, on PostgreSQL objects."""
    sql, values = query.sql()
    rows: Iterable[tuple[Any, ...]] = db.execute_sql(sql, values)
    return rows


def end_of_request() -> None:
    """SQLite keeps a thread's connection (opening costs more than a query); a pooled one goes back."""
    if not is_sqlite() and not db.is_closed():
        db.close()
