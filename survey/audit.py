"""Who changed, read or exported what: append-only rows, each with the hash of the one before.

Rows hold ids, field names and hashes; values of answers live in the mutations. `meta.audit_head` holds the newest row's number and hash, so
that rows missing at the end are noticed too. Old rows expire (survey.retention): the row that says so names the last one that went.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from database import Prepared, Slot, insert_rows
from models import Account, Audit, Meta, utcnow, write

FIRST = "0" * 64
HEAD, EXPIRED = "audit_head", "audit.expired"
_head = Prepared(lambda: Meta.select(Meta.value).where(Meta.key == HEAD))
_set_head = Prepared(lambda: Meta.update({Meta.value: Slot(0, Meta.value)}).where(Meta.key == HEAD))
_as_text = json.JSONEncoder(sort_keys=True, default=str, ensure_ascii=False).encode


def record(action: str, account: Account | None, subject_kind: str | None = None, subject_id: object = None,
           detail: dict[str, Any] | None = None, network: str | None = None, province: str | None = None) -> None:  # fmt: skip
    """Adds a row to the log, in the transaction that is open or in one of its own. `province` is whose business it is."""
    with write():
        number, previous = _newest()
        row = {
            "number": number + 1, "at": utcnow(), "account": account.id if account else None, "action": action, "subject_kind": subject_kind,
            "subject_id": None if subject_id is None else str(subject_id), "detail": detail or {}, "province": province, "network": network,
            "previous": previous,
        }  # fmt: skip
        row["hash"] = row_hash(row)
        insert_rows(Audit, [row])
        _set_head(f"{row['number']} {row['hash']}")


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str]]:
    """What differs, as a row of the log holds it: name -> [from, to], as texts ("" for nothing)."""
    said = {name: [_said(before.get(name)), _said(value)] for name, value in after.items()}
    return {name: change for name, change in said.items() if change[0] != change[1]}


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    if isinstance(value, dict):
        return " ".join(map(_said, value.values()))
    return "" if value is None else str(value)


def _newest() -> tuple[int, str]:
    """Number and hash of the newest row, as the head says (not the table: a row missing at its end must stay missed)."""
    found = _head()
    if not found:  # the first row of this database, or the first since it keeps a head
        last = Audit.select(Audit.number, Audit.hash).order_by(Audit.number.desc()).first()
        number, hashed = (last.number, last.hash) if last else (0, FIRST)
        Meta.create(key=HEAD, value=f"{number} {hashed}")
        return number, hashed
    number, hashed = found[0].value.split(" ")
    return int(number), hashed


def row_hash(row: dict[str, Any]) -> str:
    """SHA-256 over the row's contents and the hash before it. (Rows of before there were provinces have none.)"""
    said = {name: value for name, value in row.items() if name != "hash" and (name != "province" or value is not None)}
    return hashlib.sha256(_as_text(said).encode()).hexdigest()


def contents(row: Audit) -> dict[str, Any]:
    """A stored row as it was hashed."""
    return {
        "number": row.number, "at": row.at, "account": row.account_id, "action": row.action, "subject_kind": row.subject_kind, "subject_id": row.subject_id,
        "detail": row.detail, "province": row.province, "network": row.network, "previous": row.previous,
    }  # fmt: skip


def verify() -> tuple[int, list[str]]:
    """Walks the whole chain: (rows seen, what is wrong with it, one sentence a break; none when it is whole)."""
    wrong: list[str] = []
    seen, number, previous = 0, 0, FIRST
    expired = Audit.select().where(Audit.action == EXPIRED).order_by(Audit.number.desc()).first()
    if expired is not None:
        number, previous = expired.detail["through"], expired.detail["hash"]
    for row in Audit.select().order_by(Audit.number).iterator():
        seen += 1
        if row.number != number + 1:
            wrong.append(f"rows {number + 1} to {row.number - 1} are missing")
        elif row.previous != previous:
            wrong.append(f"row {row.number} does not follow the one before it")
        if row_hash(contents(row)) != row.hash:
            wrong.append(f"row {row.number} was altered")
        number, previous = row.number, row.hash
    head = Meta.get_or_none(Meta.key == HEAD)
    if head is not None and head.value != f"{number} {previous}":
        wrong.append(f"the newest row is {number}, the log had come to {head.value.split(' ')[0]}")
    if head is None and seen:
        wrong.append("the log's head is missing")
    return seen, wrong


def expire(before: dt.datetime) -> int:
    """Removes rows older than a time, oldest first and without a gap; a row says how far. Returns how many went."""
    last = Audit.select().where(Audit.at < before).order_by(Audit.number.desc()).first()
    if last is None:
        return 0
    with write():
        gone = int(Audit.delete().where(Audit.number <= last.number).execute())
        record(EXPIRED, None, detail={"through": last.number, "hash": last.hash, "rows": gone})
    return gone
