"""Counting provinces anew after a round has moved: asked for in the transaction that moved it, done one province at a time afterwards.

What is still to be counted stands in `meta`, so that a process that ends in between leaves nothing uncounted: the next one goes on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable

import database
from models import Meta, write
from survey import totals

KEY = "recount"
log = logging.getLogger(__name__)


def left() -> list[str]:
    """The provinces (DOPA codes, "" for none) whose figures are still those of before."""
    found = Meta.get_or_none(Meta.key == KEY)
    return found.value.split(",") if found else []


def ask(areas: Iterable[str]) -> None:
    """Notes provinces to be counted anew; inside the write that makes it necessary."""
    _keep(sorted({*left(), *areas}))


def _keep(areas: list[str]) -> None:
    Meta.delete().where(Meta.key == KEY).execute()
    if areas:
        Meta.create(key=KEY, value=",".join(areas))


def work() -> int:
    """Counts one province after the other, each in a transaction of its own; returns how many it did."""
    done = 0
    while areas := left():
        with write():
            areas = left()  # another process may have been at it
            if areas:
                totals.recount(areas[0])
                _keep(areas[1:])
                done += 1
    return done


def start() -> None:
    """Works in a thread of its own, if there is anything to do."""
    if left():
        threading.Thread(target=_in_thread, name="recount", daemon=True).start()


def resume() -> None:
    """Goes on with what an earlier process left."""
    database.db.connect(reuse_if_open=True)
    try:
        start()
    finally:
        database.end_of_request()


def _in_thread() -> None:
    try:
        database.db.connect(reuse_if_open=True)
        work()
    except Exception:
        log.exception("counting anew was interrupted; it goes on at the next start, or with `flask recount`")
    finally:
        if not database.db.is_closed():
            database.db.close()
