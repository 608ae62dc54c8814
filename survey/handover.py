"""Brings in the unsent work of a phone that cannot send it itself: a ZIP that the phone's waiting list exported.

`manifest.json` {format, owner, items: [{id, sha256}]}, `messages/<mutation id>.json` the sealed bytes, `photos/<sha256>` the photos.
Author and importer are both recorded; bringing the same file in twice changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import uuid
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO, Any

from models import Account
from survey import album, messages, scope, sync
from survey.agencies import as_id
from survey.errors import Message, Refusal

FORMAT = "samruat-unsent-1"
MOST_FILES = 20_000
DAMAGED = (zipfile.BadZipFile, EOFError, zlib.error)  # one entry that is broken does not hold up the others
MOST_PHOTO = album.MAX_BYTES


@dataclass
class Outcome:
    """What became of a file: numbers, and what could not be taken with the reason."""

    author: Account
    received: int = 0
    known: int = 0
    photos: int = 0
    refused: list[tuple[str, Message]] = field(default_factory=list)


def bring_in(file: IO[bytes], importer: Account, network: str | None = None) -> Outcome:
    """Receives every message and photo of the file in the name of its author.

    Raises Refusal: handover_file (not such a file), handover_author (the author is none of the importer's people).
    What is wrong with single messages or photos is in the outcome; the others are received.
    """
    try:
        with zipfile.ZipFile(file) as bundle:
            manifest = json.loads(_read(bundle, "manifest.json", 16 * 1024 * 1024))
            if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or len(bundle.infolist()) > MOST_FILES:
                raise Refusal("handover_file")
            outcome = Outcome(_author(manifest.get("owner"), importer))
            _receive_messages(bundle, outcome, importer, network)
            _receive_photos(bundle, outcome, network)
            return outcome
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, NotImplementedError, RecursionError):
        raise Refusal("handover_file") from None


def _read(bundle: zipfile.ZipFile, name: str, most: int) -> bytes:
    """The contents of one entry, never more than `most` bytes, whatever its header says."""
    with bundle.open(name) as entry:
        data = entry.read(most + 1)
    if len(data) > most:
        raise Refusal("too_large", limit=f"{most // 1024} kB")
    return data


def _author(owner: Any, importer: Account) -> Account:
    """The account whose work it is, also when it is disabled by now. Raises Refusal("handover_author")."""
    account_id = as_id(str(owner))
    author: Account | None = Account.get_or_none(Account.id == account_id) if account_id else None
    if author is None or importer.role not in scope.ORIGINAL_READERS or author.role not in scope.RECORDERS:
        raise Refusal("handover_author")
    if author.id != importer.id and importer.role != "centre_admin" and not (author.provinces and set(author.provinces) <= set(importer.provinces or ())):
        raise Refusal("handover_author")
    author.disabled_at = None  # what was recorded before is received now; the row in the database is not touched
    return author


def _receive_messages(bundle: zipfile.ZipFile, outcome: Outcome, importer: Account, network: str | None) -> None:
    for name in [i.filename for i in bundle.infolist() if i.filename.startswith("messages/")]:
        try:
            mutation_id = uuid.UUID(name.removeprefix("messages/").removesuffix(".json"))
            payload = _read(bundle, name, messages.MAX_BYTES)
            _, first = sync.receive(mutation_id, payload, outcome.author, network=network, carried_by=importer)
        except (ValueError, *DAMAGED):
            outcome.refused.append((name, Message("unreadable")))
        except Refusal as refusal:
            outcome.refused.append((name, refusal.message))
        else:
            outcome.received += first
            outcome.known += not first


def _receive_photos(bundle: zipfile.ZipFile, outcome: Outcome, network: str | None) -> None:
    for name in [i.filename for i in bundle.infolist() if i.filename.startswith("photos/")]:
        try:
            data = _read(bundle, name, MOST_PHOTO)
            album.accept(data, outcome.author, hashlib.sha256(data).hexdigest(), network)
        except DAMAGED:
            outcome.refused.append((name, Message("photo_damaged")))
        except Refusal as refusal:
            outcome.refused.append((name, refusal.message))
        else:
            outcome.photos += 1
