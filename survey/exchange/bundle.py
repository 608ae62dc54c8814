"""The photos of an export as one ZIP, made while it is sent: the copies that pages show (without EXIF, blurred where that was asked for) and a manifest.

Which photos: those that the reader may see of the records that the list's filter asks for. One whose bytes are gone stands in the manifest and stops nothing.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import peewee

from models import GONE, KIND_OF, RECORDS, Account, Camera, Photo, Site, StatusUpdate, Upload
from survey import album, choices, clock, listing, places, scope
from survey.errors import Refusal
from survey.exchange.exported import MODELS, cameras_in
from survey.exchange.guarding import guarded
from survey.exchange.written import CLASSIFICATION, Translate
from survey.texts import N_

SIZE = "view"  # of the copies, see album.SIZES
MOST_PHOTOS = 5000
MOST_BYTES = 4_000_000_000  # of the photos as they were sent: every program opens a ZIP below 4 GiB
NAME = 40  # characters of a name in the ZIP at most
HERE, GONE_FROM_STORE, ON_ITS_WAY, NOT_SHOWN = N_("อยู่ในไฟล์นี้"), N_("ไม่พบไฟล์ภาพในที่เก็บ"), N_("รอภาพจากโทรศัพท์"), N_("เก็บไฟล์ไว้แล้ว แต่แสดงไม่ได้")
KINDS = {"site": N_("จุดติดตั้ง"), "camera": N_("กล้อง"), "update": N_("อัปเดตสถานะ"), "point": N_("จุดติดตั้งเพิ่มเติม")}
HEADINGS = (
    N_("ไฟล์"), N_("สถานะของภาพ"), N_("จังหวัด"), N_("หมายเลขจุด"), N_("ชื่อจุด"), N_("ภาพของ"), N_("ชื่อ/หมายเลขกล้อง"), N_("ชนิดของภาพ"), N_("คำบรรยายภาพ"),
    N_("เวลาถ่าย (ISO 8601)"), N_("ละติจูด"), N_("ลองจิจูด"), N_("รหัสรายการในระบบ"), N_("SHA-256 ของไฟล์"), N_("ขนาด (ไบต์)"),
)  # fmt: skip


@dataclass
class Size:
    """How many photos there are (counted to one more than are allowed), and the bytes of the photos as they were sent."""

    photos: int
    bytes: int

    @property
    def too_large(self) -> bool:
        return self.photos > MOST_PHOTOS or self.bytes > MOST_BYTES


def photos_of(user: Account, kind: str, wanted: listing.Filter) -> peewee.ModelSelect:
    """The photos of the records of an export: of sites with their cameras and status updates ("camera"), or of proposed points ("point")."""
    model = MODELS[kind]
    main = listing.matching(user, model, wanted)
    of_record = {KIND_OF[model]: main.select(model.id)}
    if kind == "camera":
        cameras = cameras_in(user, wanted).where(Camera.site.in_(main.select(Site.id)))
        updates = scope.visible(user, StatusUpdate).where(StatusUpdate.review_state.not_in(GONE), StatusUpdate.camera.in_(cameras.select(Camera.id)))
        of_record |= {"camera": cameras.select(Camera.id), "update": updates.select(StatusUpdate.id)}
    theirs = [(Photo.record_kind == name) & Photo.record_id.in_(ids) for name, ids in of_record.items()]
    found = theirs[0]
    for other in theirs[1:]:
        found = found | other
    return scope.visible(user, Photo).where(~Photo.removed, found)


def measure(user: Account, kind: str, wanted: listing.Filter) -> Size:
    """How large a ZIP would be. Of the whole country without a filter all photos are counted, also those of withdrawn records: that needs no look at
    a million records."""
    if wanted.is_empty and scope.totals_area(user) is None:
        kinds = [KIND_OF[MODELS[kind]], *(("camera", "update") if kind == "camera" else ())]
        number = scope.visible(user, Photo).where(~Photo.removed, Photo.record_kind.in_(kinds)).limit(MOST_PHOTOS + 1).count()
        if number > MOST_PHOTOS:
            return Size(number, 0)
    some = photos_of(user, kind, wanted).select(Upload.size).join(Upload, peewee.JOIN.LEFT_OUTER).limit(MOST_PHOTOS + 1)
    sizes = [size or 0 for (size,) in some.tuples()]
    return Size(len(sizes), sum(sizes))


def check(size: Size) -> None:
    """Raises Refusal("export_photos") for more than fits into one file."""
    if size.too_large:
        raise Refusal("export_photos", most=f"{MOST_PHOTOS:,}", size=f"{MOST_BYTES // 1_000_000_000} GB")


@dataclass
class Packed:
    """A photo with the records that say where it belongs."""

    photo: Photo
    record: Any
    place: Any  # the site, or the proposed point
    number: int  # among the photos of its record

    @property
    def kind(self) -> str:
        """What it shows, in Thai; "" where nobody said."""
        return str(choices.PHOTO_KINDS.get(self.photo.record_kind, {}).get(self.photo.kind, ""))


def packed(user: Account, kind: str, wanted: listing.Filter) -> list[Packed]:
    """The photos of a ZIP by province, site and record."""
    query = photos_of(user, kind, wanted).select(Photo, Upload).join(Upload, peewee.JOIN.LEFT_OUTER).order_by(Photo.position_no, Photo.id)
    by_record: dict[tuple[str, Any], list[Photo]] = {}
    for photo in query.limit(MOST_PHOTOS):
        by_record.setdefault((photo.record_kind, photo.record_id), []).append(photo)
    found = []
    for name in {name for name, _ in by_record}:
        model = RECORDS[name]
        for record in scope.visible(user, model).where(model.id.in_([ident for kind_, ident in by_record if kind_ == name])):
            place = scope.place_of_record(record)
            found += [Packed(photo, record, place, n) for n, photo in enumerate(by_record[name, record.id], 1)]
    return sorted(found, key=lambda p: (p.place.province or "", p.place.number, p.record.number, p.number))


def write_photos(user: Account, kind: str, wanted: listing.Filter, translate: Translate, classification: str = "") -> Iterator[bytes]:
    """The ZIP piece by piece, one photo in memory at a time; manifest.csv is its last file."""
    out = _Pieces()
    rows: list[list[Any]] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # JPEGs do not get smaller
        for one in packed(user, kind, wanted):
            data, state = _bytes_of(one.photo)
            name = name_of(one, translate) if data else ""
            if data:
                archive.writestr(_entry(name, one.photo.taken_at), data)
            rows.append([name, *_about(user, one, translate, state), hashlib.sha256(data).hexdigest() if data else "", len(data) if data else None])
            yield out.taken()
        archive.writestr(_entry("manifest.csv", None), _manifest(rows, translate, classification))
    yield out.taken()


class _Pieces(io.RawIOBase):
    """Where zipfile writes to: it can only go on, and what came is taken away."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        held, self._held = b"".join(self._held), []
        return held


def _bytes_of(photo: Photo) -> tuple[bytes, str]:
    """A photo's copy, or b"" and why there is none."""
    if photo.upload_id is None:
        return b"", ON_ITS_WAY
    try:
        return album.shown_copy(photo.upload, SIZE, photo.blur or []), HERE
    except KeyError:
        return b"", GONE_FROM_STORE
    except Refusal:
        return b"", NOT_SHOWN


def name_of(one: Packed, translate: Translate) -> str:
    """province/number and name of the site/number of the record, place of the photo, what it shows.jpg: each name once, and such as every system takes."""
    province = places.find(one.place.province) if one.place.province else None
    folder = f"{one.place.number} {_safe(_title(one.place))}".strip()
    said = (f"{one.record.number}-{one.number}", getattr(one.record, "label", None) or "", translate(one.kind) if one.kind else "")
    return f"{_safe(province.name) if province else '-'}/{folder}/{' '.join(filter(None, map(_safe, said)))}.jpg"


def _title(place: Any) -> str:
    return str((place.install_point if isinstance(place, Site) else place.location) or "")


def _safe(text: str) -> str:
    """Letters, digits and a few signs of a text; nothing that is a path, hidden, or reserved somewhere."""
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" or c in "-_()" else " " for c in unicodedata.normalize("NFC", text))
    return " ".join(kept.split())[:NAME].strip(" .")


def _entry(name: str, taken_at: dt.datetime | None) -> zipfile.ZipInfo:
    """A file of the ZIP; its time is Bangkok's, as unzipping programs show it."""
    local = taken_at + clock.BANGKOK if taken_at and 1980 <= taken_at.year < 2100 else dt.datetime(1980, 1, 1)
    entry = zipfile.ZipInfo(name, local.timetuple()[:6])
    entry.external_attr = 0o600 << 16
    return entry


def _about(user: Account, one: Packed, translate: Translate, state: str) -> list[Any]:
    """The cells between the file's name and its hash."""
    photo = one.photo
    latitude, longitude, _ = scope.shown_position(user, one.record if one.record.latitude is not None else one.place)
    province = places.find(one.place.province) if one.place.province else None
    camera = one.record.camera if isinstance(one.record, StatusUpdate) else one.record
    taken = f"{photo.taken_at + clock.BANGKOK:%Y-%m-%dT%H:%M:%S}+07:00" if photo.taken_at else ""
    return [
        translate(state), province.name if province else "", one.place.number, _title(one.place), translate(KINDS[photo.record_kind]),
        getattr(camera, "label", None), translate(one.kind) if one.kind else photo.kind, photo.caption, taken, latitude, longitude, str(one.record.id),
    ]  # fmt: skip


def _manifest(rows: list[list[Any]], translate: Translate, classification: str) -> bytes:
    held = io.StringIO()
    writer = csv.writer(held)
    marked = [classification] if classification else []
    writer.writerow([guarded(translate(h)) for h in (*HEADINGS, *([CLASSIFICATION] if classification else []))])
    writer.writerows([guarded(cell) if isinstance(cell, str) else cell for cell in (*row, *marked)] for row in rows)
    return ("\ufeff" + held.getvalue()).encode()
