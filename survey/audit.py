"""Who changed, read or exported what: append-only rows, each with the hash of the one before.

Rows hold ids, field names and hashes; values of answers live in the mutations.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from database import Prepared, insert_rows
from models import Account, Audit, utcnow, write

FIRST = "0" * 64
_last = Prepared(lambda: Audit.select(Audit.number, Audit.hash).order_by(Audit.number.desc()).limit(1))


def record(action: str, account: Account | None, subject_kind: str | None = None, subject_id: object = None,
           detail: dict[str, Any] | None = None, network: str | None = None) -> None:  # fmt: skip
    """Adds a row to the log, in the transaction that is open or in one of its own."""
    with write():
        last = _last()
        number, previous = (last[0].number + 1, last[0].hash) if last else (1, FIRST)
        row = {
            "number": number, "at": utcnow(), "account": account.id if account else None, "action": action, "subject_kind": subject_kind,
            "subject_id": None if subject_id is None else str(subject_id), "detail": detail or {}, "network": network, "previous": previous,
        }  # fmt: skip
        insert_rows(Audit, [row | {"hash": row_hash(row)}])


def row_hash(row: dict[str, Any]) -> str:
    """SHA-256 over the row's contents and the hash before it."""
    return hashlib.sha256(json.dumps(row, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()
