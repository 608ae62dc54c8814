"""Checks receipts: which messages that a phone holds receipts for are not (or no longer) here, and which photos of theirs."""

from __future__ import annotations

import json
import uuid
from typing import Any

from models import Account, Mutation
from survey import album
from survey.agencies import as_id
from survey.errors import Refusal

MOST = 500  # receipts in one question


def check(account: Account, asked: Any) -> dict[str, list[str]]:
    """{missing: mutation ids, photos_missing: hashes} of the receipts [{mutation_id, payload_sha256}] that `account` holds.

    A message counts as here only with the same content and from the same account. Raises Refusal: unreadable, too_large.
    """
    if not isinstance(asked, list) or not all(isinstance(r, dict) for r in asked):
        raise Refusal("unreadable")
    if len(asked) > MOST:
        raise Refusal("too_large", limit=f"{MOST}")
    claimed: dict[uuid.UUID, str] = {}
    missing = []
    for receipt in asked:
        mutation_id = as_id(str(receipt.get("mutation_id")))
        if mutation_id is None:
            missing.append(str(receipt.get("mutation_id")))
        else:
            claimed[mutation_id] = str(receipt.get("payload_sha256"))
    found = {}
    for m in Mutation.select(Mutation.id, Mutation.payload_sha256, Mutation.payload).where(
        Mutation.id.in_(list(claimed) or [uuid.UUID(int=0)]), Mutation.owner == account.id
    ):
        found[m.id] = m
    missing += [str(i) for i, sha256 in claimed.items() if i not in found or found[i].payload_sha256 != sha256]
    named = {str(p["sha256"]) for m in found.values() for p in _photos(m.payload)}
    return {"missing": missing, "photos_missing": album.lost(sorted(named), account)}


def _photos(payload: str) -> list[dict[str, Any]]:
    """The photos that a stored message names: those of its record, also where it was merged away or never applied."""
    return [p for p in (json.loads(payload).get("photos") or {}).get("add") or [] if isinstance(p, dict) and album.is_hash(str(p.get("sha256")))]
