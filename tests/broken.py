"""The application with one promise broken on purpose (BREAK=…), for the negative controls of tests that kill and retry."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask


def create_app() -> Flask:
    """BREAK: unique (a message's id no longer tells that it came before), photo (written under its final name), deferred (no write lock)."""
    {"unique": _without_unique_id, "photo": _under_the_final_name, "deferred": _deferred}[os.environ["BREAK"]]()
    from app import create_app as real

    return real()


def _without_unique_id() -> None:
    from survey import sync

    look = sync.look

    def forgetful(envelope: Any) -> Any:
        state = look(envelope)
        if state.seen is not None:
            state.seen = None
        return state

    insert = sync.insert

    def under_another_id(record: Any) -> None:
        from models import Mutation

        if isinstance(record, Mutation) and Mutation.get_or_none(Mutation.id == record.id):
            record.id = uuid.uuid4()
        insert(record)

    sync.look, sync.insert = forgetful, under_another_id  # type: ignore[assignment]


def _under_the_final_name() -> None:
    from survey.storage import DiskStore

    def put(self: DiskStore, key: str, data: bytes) -> None:
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            for at in range(0, len(data), 1000):
                file.write(data[at : at + 1000])
                file.flush()
                time.sleep(0.08)  # long enough that a kill meets one

    DiskStore.put = put  # type: ignore[method-assign]


def _deferred() -> None:
    import database

    @contextmanager
    def write() -> Iterator[None]:
        if database.db.in_transaction():
            yield
        else:
            with database.db.atomic():
                yield

    def write_together(work: Callable[[], Any]) -> Any:
        with write():
            return work()

    database.write = write
    for name in ("models", "survey.sync", "survey.album", "survey.audit", "survey.accounts", "survey.standing"):
        __import__(name)
        __import__("sys").modules[name].write = write  # type: ignore[attr-defined]
    for name in ("survey.sync", "survey.album"):
        __import__("sys").modules[name].write_together = write_together  # type: ignore[attr-defined]
