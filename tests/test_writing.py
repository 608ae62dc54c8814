"""Writing together: who waits at the same time shares one commit, a failure takes back itself alone, nobody is answered before the disk has it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import peewee
import pytest
from flask import Flask

import database
from database import BundledSQLite, write_together
from models import Meta

pytestmark = pytest.mark.skipif(os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="there each message has a transaction of its own")


def note(key: str) -> str:
    Meta.create(key=key, value="")
    return key


def fail_after_writing() -> None:
    note("half")
    raise LookupError("of its own")


def together(works: list[Callable[[], Any]]) -> list[threading.Thread]:
    """Threads that all wait, in this order, when it returns; each keeps what came of it in `outcome`. The caller holds the write lock."""
    threads = []
    for n, work in enumerate(works):
        thread: Any = threading.Thread(target=lambda work=work: _outcome(work))
        thread.outcome = None
        thread.start()
        threads.append(thread)
        until = time.monotonic() + 10
        while len(database._waiting) <= n and time.monotonic() < until:
            time.sleep(0.001)
    return threads


def _outcome(work: Callable[[], Any]) -> None:
    me: Any = threading.current_thread()
    database.db.connect(reuse_if_open=True)
    try:
        me.outcome = write_together(work)
    except Exception as error:
        me.outcome = error
    finally:
        database.db.close()


def outcomes(works: list[Callable[[], Any]]) -> list[Any]:
    """What came of works that waited at the same time."""
    with database._write_lock:
        threads = together(works)
    for thread in threads:
        thread.join(30)
    return [thread.outcome for thread in threads]  # type: ignore[attr-defined]  # put there by together()


def stored() -> list[str]:
    return [m.key for m in Meta.select().order_by(Meta.key)]


@pytest.fixture
def commits(db: Flask, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When each commit was done."""
    done: list[float] = []
    commit = BundledSQLite.commit

    def counted(self: BundledSQLite) -> Any:
        result = commit(self)
        done.append(time.monotonic())
        return result

    monkeypatch.setattr(BundledSQLite, "commit", counted)
    return done


def test_those_who_wait_share_one_commit_and_get_their_own_answers(commits: list[float]) -> None:
    assert outcomes([lambda k=k: note(k) for k in "abcd"]) == list("abcd")  # type: ignore[misc]
    assert stored() == list("abcd")
    assert len(commits) == 1


def test_what_fails_takes_back_itself_and_nobody_else(commits: list[float]) -> None:
    first, failed, last = outcomes([lambda: note("a"), fail_after_writing, lambda: note("b")])
    assert (first, last) == ("a", "b")
    assert isinstance(failed, LookupError)
    assert stored() == ["a", "b"]
    assert len(commits) == 1


def test_control_without_savepoints_half_of_what_failed_would_stay(db: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    execute = database.db.obj.execute_sql
    monkeypatch.setattr(database.db.obj, "execute_sql", lambda sql, *args: None if "waiting" in sql else execute(sql, *args))
    outcomes([lambda: note("a"), fail_after_writing])
    assert stored() == ["a", "half"]


def test_when_the_commit_fails_nothing_is_stored_and_each_is_told(db: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: BundledSQLite) -> None:
        raise peewee.OperationalError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(BundledSQLite, "commit", full)
        came = outcomes([lambda: note("a"), fail_after_writing, lambda: note("b")])
    assert [type(error) for error in came] == [peewee.OperationalError, LookupError, peewee.OperationalError]
    assert stored() == []
    assert outcomes([lambda: note("later")]) == ["later"]


def test_when_sqlite_gives_up_the_whole_transaction_nobody_is_told_that_it_is_stored(db: Flask) -> None:
    def give_up() -> None:
        database.db.connection().execute("ROLLBACK")  # what a full disk makes SQLite do by itself
        raise peewee.OperationalError("disk full")

    came = outcomes([lambda: note("a"), give_up, lambda: note("b")])
    assert [type(error) for error in came] == [peewee.OperationalError] * 3
    assert stored() == []
    assert outcomes([lambda: note("later")]) == ["later"]


def test_nobody_is_answered_before_the_commit_is_done(db: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    reached, go_on = threading.Event(), threading.Event()
    commit = BundledSQLite.commit

    def slow(self: BundledSQLite) -> Any:
        reached.set()
        assert go_on.wait(10)
        return commit(self)

    monkeypatch.setattr(BundledSQLite, "commit", slow)
    with database._write_lock:
        threads: list[Any] = together([lambda k=k: note(k) for k in "ab"])  # type: ignore[misc]
    assert reached.wait(10)
    time.sleep(0.1)
    assert [t.outcome for t in threads] == [None, None]
    assert stored() == []
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert [t.outcome for t in threads] == ["a", "b"]
