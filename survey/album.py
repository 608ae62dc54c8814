"""The photos of records: expected when a message names them, present when their owner has sent the bytes, shown in safe copies.

The bytes lie in the store under their SHA-256; what the camera claims (EXIF) stays with the upload, what the phone claims with the photo.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from contextlib import ExitStack
from typing import Any

import peewee

from database import Prepared, Slot, insert, insert_rows, write_together
from models import KIND_OF, Account, Photo, Record, Upload, utcnow
from survey import audit, photos, scope, totals
from survey.errors import Refusal
from survey.messages import MAX_PHOTOS, Envelope, clean_photo
from survey.places import distance_m
from survey.storage import Store

MAX_BYTES = 8 * 1024 * 1024
FAR_M = 200  # phone and EXIF further apart than this are pointed out
SIZES = {"thumb": 320, "view": 1600}  # longest side in pixels of the copies that are shown

_store: Store | None = None
_known = Prepared(lambda: Upload.select().where((Upload.sha256 == Slot(0, Upload.sha256)) & (Upload.account == Slot(1, Upload.account))))
_arrived = Prepared(lambda: Photo.update({Photo.upload: Slot(0, Photo.upload)}).where(
    (Photo.sha256 == Slot(1, Photo.sha256)) & (Photo.owner == Slot(2, Photo.owner)) & Photo.upload.is_null()))  # fmt: skip
_of_record = Prepared(lambda: Photo.select().where((Photo.record_kind == Slot(0, Photo.record_kind)) & (Photo.record_id == Slot(1, Photo.record_id))))


def use_store(store: Store) -> None:
    """Says where the bytes lie."""
    global _store
    _store = store


def store() -> Store:
    """Where the bytes lie. Raises LookupError before the application has said so."""
    if _store is None:
        raise LookupError("no photo store")
    return _store


def original_key(sha256: str) -> str:
    """Where the bytes of a photo lie as they were sent."""
    return f"originals/{sha256[:2]}/{sha256}"


def accept(data: bytes, account: Account, sha256: str | None = None, network: str | None = None) -> tuple[Upload, bool]:
    """Keeps the bytes of a photo durably and notes who sent them; returns (upload, whether it is the first time).

    `sha256`, where the sender names it, must be that of the bytes. Raises Refusal: photo_too_large, photo_hash, photo_empty, photo_type,
    photo_damaged, storage_full. The file is safe before the database knows of it.
    """
    if len(data) > MAX_BYTES:
        raise Refusal("photo_too_large", limit="8 MB")
    digest = photos.digest(data)
    if sha256 is not None and digest != sha256:
        raise Refusal("photo_hash")
    known = _sent_by(account, digest)
    if known and store().exists(original_key(digest)):
        return known, False
    picture = photos.inspect(data)
    store().put(original_key(digest), data)

    def note() -> tuple[Upload, bool]:
        known = _sent_by(account, digest)
        if known is None:
            insert_rows(Upload, [{
                "sha256": digest, "account": account.id, "media_type": picture.media_type, "size": len(data), "width": picture.width, "height": picture.height,
                "decodable": picture.decodable, "flags": list(picture.flags), "exif": claims_as_json(picture.claims), "received_at": utcnow(),
            }])  # fmt: skip
        upload = known or _known(digest, account.id)[0]
        with ExitStack() as kept:
            for kind, record in _awaiting(digest, account.id):
                kept.enter_context(totals.watched(kind, record, alone=True))
            _arrived(upload.id, digest, account.id)
        audit.record("photo.received", account, "photo", digest, {"size": len(data)}, network, account.province)
        return upload, known is None

    return write_together(note)


def _awaiting(sha256: str, account: uuid.UUID) -> list[tuple[str, uuid.UUID]]:
    """The records (kind, id) that wait for these bytes of this account."""
    query = Photo.select(Photo.record_kind, Photo.record_id).where(Photo.sha256 == sha256, Photo.owner == account, Photo.upload.is_null())
    return list(query.tuples())


def _sent_by(account: Account, sha256: str) -> Upload | None:
    return next(iter(_known(sha256, account.id)), None)


def claims_as_json(claims: Any) -> dict[str, Any]:
    """What the EXIF says, without what it does not say; times as ISO 8601."""
    named = {name: getattr(claims, name) for name in claims.__dataclass_fields__}
    return {n: v.isoformat() if isinstance(v, dt.datetime) else v for n, v in named.items() if v is not None}


def expect(record: Record, envelope: Envelope, account: Account) -> int:
    """Adds, changes and removes the photos that a message names; returns how many the record has now.

    Bytes count only if this account has sent them. Who may not see the original may add to a blur but take nothing from it.
    """
    had = {p.sha256: p for p in _of_record(envelope.kind, record.id)}
    kept = sum(not p.removed for p in had.values())
    for entry in envelope.photos["add"]:
        sha256 = entry["sha256"]
        said = clean_photo(entry, envelope.kind)
        if sha256 in had:
            Photo.update(removed=False, **said).where(Photo.id == had[sha256].id).execute()
            continue
        upload = _sent_by(account, sha256)
        photo = Photo(record_kind=envelope.kind, record_id=record.id, sha256=sha256, owner=account.id, upload=upload, position_no=kept, **said)
        insert(photo)
        had[sha256], kept = photo, kept + 1
    for entry in envelope.photos["change"]:
        said = clean_photo(entry, envelope.kind)
        if entry["sha256"] in had and said:
            photo = had[entry["sha256"]]
            if "blur" in said and not scope.may(account, "unblur", photo):
                said["blur"] = [*photo.blur, *(area for area in said["blur"] if area not in photo.blur)]
            Photo.update(**said).where(Photo.id == had[entry["sha256"]].id).execute()
    gone = [had[e["sha256"]].id for e in envelope.photos["remove"] if e["sha256"] in had]
    if gone:
        Photo.update(removed=True).where(Photo.id.in_(gone)).execute()
    return sum(not p.removed for p in _of_record(envelope.kind, record.id)) if len(had) > MAX_PHOTOS else len(had)


def missing(kind: str, record_id: uuid.UUID) -> list[str]:
    """The hashes of a record's photos whose bytes are not here yet."""
    return [p.sha256 for p in _of_record(kind, record_id) if p.upload_id is None and not p.removed]


def unsent(hashes: list[str], account: Account) -> list[str]:
    """Those of the named photos whose bytes `account` has not sent yet."""
    return [sha256 for sha256 in hashes if _sent_by(account, sha256) is None]


def lost(hashes: list[str], account: Account) -> list[str]:
    """Those of the named photos that `account` has not sent, or whose bytes are not in the store any more."""
    return [sha256 for sha256 in hashes if _sent_by(account, sha256) is None or not store().exists(original_key(sha256))]


def of_record(record: Record) -> peewee.ModelSelect:
    """A record's photos in order, with their uploads (which may still be on the way)."""
    query = Photo.select(Photo, Upload).join(Upload, peewee.JOIN.LEFT_OUTER)
    query = query.where(Photo.record_kind == KIND_OF[type(record)], Photo.record_id == record.id, ~Photo.removed)
    return query.order_by(Photo.position_no, Photo.id)


def shown_copy(upload: Upload, size: str, blur: list[list[float]]) -> bytes:
    """A JPEG of the photo without EXIF, at most SIZES[size] pixels long, made at the first look and kept.

    Raises Refusal("photo_not_shown") or Refusal("photo_damaged") when there is nothing to show, and KeyError when the bytes are gone.
    """
    mark = photos.digest(repr(blur).encode())[:12] if blur else "plain"
    key = f"copies/{upload.sha256[:2]}/{upload.sha256}-{size}-{mark}"
    try:
        return store().get(key)
    except KeyError:
        pass
    if not upload.decodable:
        raise Refusal("photo_not_shown")
    rectangles = [(r[0], r[1], r[2], r[3]) for r in blur]
    copy = photos.shown_copy(store().get(original_key(upload.sha256)), SIZES[size], rectangles)
    store().put(key, copy)
    return copy


def original(upload: Upload) -> bytes:
    """The bytes as they were sent."""
    return store().get(original_key(upload.sha256))


def is_hash(text: str) -> bool:
    """Whether a text is a SHA-256 in lower-case hexadecimal."""
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None


def disagreements(photo: Photo, latitude: float | None, longitude: float | None) -> list[tuple[str, int]]:
    """(what, metres) where the positions of camera, phone and record are more than 200 m apart; what: exif_phone, exif_record, phone_record."""
    exif = photo.upload.exif if photo.upload_id else {}
    points = {"exif": (exif.get("latitude"), exif.get("longitude")), "phone": (photo.latitude, photo.longitude), "record": (latitude, longitude)}
    found = []
    for one, other in (("exif", "phone"), ("exif", "record"), ("phone", "record")):
        if None not in points[one] and None not in points[other]:
            apart = distance_m(*points[one], *points[other])
            if apart > FAR_M:
                found.append((f"{one}_{other}", round(apart)))
    return found
