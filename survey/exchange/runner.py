"""Who works on which list: a thread of this process, which says so while it works; one that is interrupted is taken up again.

`resume_all()` is called when a server starts. Two that work on the same list do no harm (rows are taken once); claims only spare the work.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
import threading
import time
import traceback
import uuid

import database
from models import Import, utcnow, write
from survey import audit
from survey.errors import Refusal
from survey.exchange import applying, staging

STALE = dt.timedelta(seconds=10)  # who has not said anything for so long is gone
PAUSE_S = 0.02  # between two transactions, so that phones come in between
WAIT_S = 2.0

log = logging.getLogger(__name__)


def me() -> str:
    """This process, as other processes and hosts can tell it."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"[-80:]


def claim(import_id: uuid.UUID, worker: str) -> bool:
    """Takes the list for this worker, or says that it still works on it; False when another does."""
    with write():
        now = utcnow()
        free = Import.worker.is_null() | (Import.worker == worker) | (Import.beat < now - STALE) | Import.beat.is_null()
        return bool(Import.update(worker=worker, beat=now).where(Import.id == import_id, Import.state.in_(staging.WORKING), free).execute())


def run(import_id: uuid.UUID) -> None:
    """Does the step that the list is in, to its end; returns at once when there is nothing to do or another works on it."""
    worker = me()
    if not claim(import_id, worker):
        return
    staged = Import.get_by_id(import_id)
    try:
        if staged.state == "checking":
            staging.check(staged, lambda: claim(import_id, worker))
            return
        batch = applying.apply_batch if staged.state == "applying" else applying.undo_batch
        while batch(import_id):
            if not claim(import_id, worker):
                return
            time.sleep(PAUSE_S)
    except Refusal as refusal:
        _stop(staged, worker, refusal.code)


def _stop(staged: Import, worker: str, why: str) -> None:
    """Ends the step for a reason that the person is shown; not when another worker has taken the list over."""
    back = {"checking": "uploaded", "applying": "done", "undoing": "done"}[staged.state]
    with write():
        if Import.update(state=back, problem=why, worker=None).where(Import.id == staged.id, Import.worker == worker).execute():
            audit.record("import.stopped", None, "import", staged.id, {"why": why}, province=staged.province)


def start(import_id: uuid.UUID, patiently: bool = False) -> None:
    """Works on the list in a thread of its own; `patiently` also when another one still seems to."""
    threading.Thread(target=_in_thread, args=(import_id, patiently), name=f"import-{import_id}", daemon=True).start()


def _in_thread(import_id: uuid.UUID, patiently: bool) -> None:
    try:
        database.db.connect(reuse_if_open=True)
        until = time.monotonic() + STALE.total_seconds() + 2 * WAIT_S
        run(import_id)
        while patiently and time.monotonic() < until and Import.select().where(Import.id == import_id, Import.state.in_(staging.WORKING)).exists():
            time.sleep(WAIT_S)
            run(import_id)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]  # the message of a database may quote what was to be stored
        log.error("import %s was interrupted: %s at %s:%s", import_id, type(error).__name__, where.filename, where.lineno)
        staged = Import.get_or_none(Import.id == import_id)
        if staged is not None and staged.state == "checking":  # nothing is recorded yet: the person may choose the columns anew
            _stop(staged, me(), "import_failed")
    finally:
        if not database.db.is_closed():
            database.db.close()


def resume_all() -> list[uuid.UUID]:
    """Takes up what a killed process left unfinished; a list that still seems to be worked on is looked at again until it does not."""
    database.db.connect(reuse_if_open=True)
    try:
        left = [row.id for row in Import.select(Import.id).where(Import.state.in_(staging.WORKING))]
    finally:
        database.end_of_request()
    for import_id in left:
        start(import_id, patiently=True)
    return left


def nudge(staged: Import) -> None:
    """Takes a list up again whose worker has gone silent; called when somebody looks at it."""
    if staged.state in staging.WORKING and (staged.beat is None or staged.beat < utcnow() - STALE):
        start(staged.id)
