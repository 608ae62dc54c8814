"""Takes the good rows of a list in, or out again: each through `receive()`, a limited number of records a transaction.

A message's id follows from the import and the row, so that a row is taken once, however often the step is begun anew after a kill.
"""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

import peewee

from database import Prepared, Slot, savepoint
from models import GONE, RECORDS, Account, Camera, Import, ImportRow, Mutation, Record, Site, StatusUpdate, utcnow, write
from survey import audit, messages, scope, sync
from survey.errors import Refusal
from survey.exchange.grouping import PART_OF, standing_near
from survey.exchange.problems import Problem
from survey.exchange.rows import Options
from survey.exchange.staging import move
from survey.search import fold

_F = (ImportRow.state, ImportRow.cells, ImportRow.problems, ImportRow.answers, ImportRow.cameras)
_outcome = Prepared(lambda: ImportRow.update({f: Slot(n, f) for n, f in enumerate(_F, 1)}).where(ImportRow.id == Slot(0, ImportRow.id)))
BATCH = 200  # records at most in one transaction


def apply_batch(import_id: uuid.UUID) -> bool:
    """Takes in the next good rows; False when there are none left, or the list is in another state. Raises Refusal("disabled")."""
    with write():
        staged = Import.get_by_id(import_id)
        if staged.state != "applying":
            return False
        account = _account(staged.account_id)
        rows = list(_in_state(import_id, "good").limit(BATCH))
        records = 0
        for row in rows:
            records += 1 + row.camera_count
            if records > BATCH and records > 1 + row.camera_count:
                break  # the next transaction takes it
            _take(staged, row, account)
            staged.progress += 1
        if not rows:
            _finish(staged, account)
        Import.update(progress=staged.progress, updated_at=utcnow()).where(Import.id == import_id).execute()
        return bool(rows)


def _in_state(import_id: uuid.UUID, state: str) -> peewee.ModelSelect:
    """The rows of a list that are in a state, in the order of the file, in which they were staged: by their ids, which the index of states holds. By
    sheet and number each batch would go through all rows that are done already, or sort all that are left."""
    return ImportRow.select().where(ImportRow.source == import_id, ImportRow.state == state).order_by(ImportRow.id)


def _account(account_id: uuid.UUID) -> Account:
    account: Account = Account.get_by_id(account_id)
    if account.disabled_at:
        raise Refusal("disabled")
    return account


def message_id(import_id: uuid.UUID, row: ImportRow, what: str) -> uuid.UUID:
    """The id of a row's message: always the same one."""
    return uuid.uuid5(import_id, f"{row.sheet}.{row.number}.{what}")


def camera_id(import_id: uuid.UUID, row: ImportRow, n: int) -> uuid.UUID:
    """The id of the n-th camera of a row."""
    return message_id(import_id, row, f"camera.{n}.record")


def _take(staged: Import, row: ImportRow, account: Account) -> None:
    """Sends a row's records; one that cannot be received is an error of the row and of nothing else."""
    there = _there_by_now(staged, row, account)
    if there is not None:
        _mark(row, "skipped", Problem("already_there", params={"number": there}))
        return
    try:
        with savepoint():
            kind = PART_OF[row.kind]
            if row.is_new:
                _send(staged, row, account, kind, row.record_id, row.answers, kind)
            for n, camera in enumerate(row.cameras):
                _send(staged, row, account, "camera", camera_id(staged.id, row, n), {**camera, "site_id": str(row.record_id)}, f"camera.{n}")
    except (Refusal, peewee.DataError, peewee.IntegrityError) as why:
        said = str(why.message if isinstance(why, Refusal) else Refusal("unreadable").message)
        _mark(row, "error", Problem("not_taken", params={"why": said}))
        return
    _mark(row, "applied")


def _there_by_now(staged: Import, row: ImportRow, account: Account) -> int | None:
    """The number of the site that somebody recorded since the list was checked (or that another import brought in)."""
    if row.kind == "report" or (not row.is_new and Site.select().where(Site.id == row.record_id).exists()):
        return None
    name = fold(str(row.answers.get("install_point" if row.kind == "camera" else "location")))
    for record, other, _ in standing_near(row.kind, Options(account), row.latitude, row.longitude):
        if other == name and record.id != row.record_id:
            return int(record.number)
    return None if row.is_new else 0


def _send(staged: Import, row: ImportRow, account: Account, kind: str, record_id: uuid.UUID, answers: dict[str, Any], what: str) -> None:
    message = sync.compose(kind, record_id, answers, account, captured_at=staged.created_at.replace(microsecond=0), on_behalf=account.role != "agency")
    sync.receive(message_id(staged.id, row, what), messages.seal(message), account, declared=True)


def _mark(row: ImportRow, state: str, problem: Problem | None = None) -> None:
    """Notes what became of a row. The values of one that was taken live in its mutations; those of an error stay to be given back."""
    _outcome(row.id, state, [] if state == "applied" else row.cells, [*row.problems, problem.as_json()] if problem else row.problems, {}, [])


def counted(import_id: uuid.UUID) -> Counter[str]:
    """How many rows of a list are in each state."""
    query = ImportRow.select(ImportRow.state, peewee.fn.COUNT(ImportRow.id)).where(ImportRow.source == import_id).group_by(ImportRow.state)
    return Counter(dict(query.tuples()))


def _finish(staged: Import, account: Account) -> None:
    states = counted(staged.id)
    Import.update(state="done", worker=None).where(Import.id == staged.id).execute()
    audit.record("import", account, "import", staged.id, {
        "rows": states["applied"], "errors": states["error"], "skipped": states["skipped"], "sha256": staged.sha256,
    }, province=staged.province)  # fmt: skip


# --- undoing ---


def undo_batch(import_id: uuid.UUID) -> bool:
    """Withdraws what the next rows made, unless somebody has seen or changed it since; False when there are none left."""
    with write():
        staged = Import.get_by_id(import_id)
        if staged.state != "undoing":
            return False
        account = _account(uuid.UUID(staged.options["undo_by"]))
        applied = _in_state(import_id, "applied").limit(BATCH // 2)
        rows = list(applied.where(ImportRow.is_new)) or list(applied)  # sites before the cameras that joined them
        for row in rows:
            kept = _withdraw_row(staged, row, account)
            ImportRow.update(state="kept" if kept else "undone").where(ImportRow.id == row.id).execute()
        staged.progress += len(rows)
        if not rows:
            states = counted(import_id)
            Import.update(state="undone", worker=None).where(Import.id == import_id).execute()
            audit.record("import.undo", account, "import", import_id, {"rows": states["undone"], "kept": states["kept"]}, province=staged.province)
        Import.update(progress=staged.progress, updated_at=utcnow()).where(Import.id == import_id).execute()
        return bool(rows)


def _withdraw_row(staged: Import, row: ImportRow, account: Account) -> bool:
    """Withdraws the records of a row; True when one of them stays because somebody else's work hangs on it."""
    kept = False
    kind = PART_OF[row.kind]
    model: Any = RECORDS[kind]
    record = model.get_or_none(model.id == row.record_id)
    if record is not None and record.review_state not in GONE and row.is_new:
        if _is_untouched(record):
            _withdraw(staged, row, account, kind, record.id, kind)
        else:
            kept = True
    for n in range(row.camera_count if row.kind == "camera" else 0):
        camera = Camera.get_or_none(Camera.id == camera_id(staged.id, row, n))
        if camera is None or camera.review_state in GONE:
            continue
        if _is_untouched(camera):
            _withdraw(staged, row, account, "camera", camera.id, f"camera.{n}")
        else:
            kept = True
    return kept


def _is_untouched(record: Record) -> bool:
    """Whether a record is as it was declared: nobody confirmed, changed, or added to it."""
    if record.review_state != "declared":
        return False
    below: list[Any] = []
    if isinstance(record, Site):
        below = list(Camera.select(Camera.id, Camera.review_state).where(Camera.site == record.id))
        if any(camera.review_state not in ("declared", *GONE) for camera in below):
            return False
    ids = [record.id, *(camera.id for camera in below)]
    cameras = [record.id] if isinstance(record, Camera) else [camera.id for camera in below]
    others = Mutation.select().where(Mutation.record_id.in_(ids), Mutation.op.in_(("save", "confirm", "merge", "settle"))).count() - len(ids)
    return others == 0 and not (cameras and StatusUpdate.select().where(StatusUpdate.camera.in_(cameras)).exists())


def _withdraw(staged: Import, row: ImportRow, account: Account, kind: str, record_id: uuid.UUID, what: str) -> None:
    message = sync.compose(kind, record_id, {}, account, captured_at=staged.updated_at.replace(microsecond=0), op="withdraw")
    sync.receive(message_id(staged.id, row, f"{what}.undo"), messages.seal(message), account)


def begin(staged: Import, account: Account, network: str | None = None) -> None:
    """Says that the good rows are to be taken in. Raises Refusal: not_allowed, import_owner (nobody is said to own them), import_state."""
    if not scope.may(account, "apply", staged):
        raise Refusal("not_allowed")
    owned = staged.options.get("owner") or account.role == "agency"
    if not owned and any(plan["read"] and plan["kind"] == "camera" and "owner_agency" not in plan["columns"] for plan in staged.plans):
        raise Refusal("import_owner")
    good = counted(staged.id)["good"]
    with write():
        move(staged.id, ("checked", "done"), "applying", progress=0, total=good, worker=None, problem=None)
        audit.record("import.begin", account, "import", staged.id, {"rows": good}, network, staged.province)


def begin_undo(staged: Import, account: Account, network: str | None = None) -> None:
    """Says that the whole import is to be taken out again, also while it is taken in. Raises Refusal: not_allowed, import_state."""
    if not scope.may(account, "undo", staged):
        raise Refusal("not_allowed")
    with write():
        applied = counted(staged.id)["applied"]
        said = {**staged.options, "undo_by": str(account.id)}
        move(staged.id, ("applying", "done"), "undoing", progress=0, total=applied, worker=None, problem=None, options=said)
        audit.record("import.undo.begin", account, "import", staged.id, {"rows": applied}, network, staged.province)
