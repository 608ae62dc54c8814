"""What a machine notices about a record before a person reviews it: each a code with its sentence. Looked for when the inbox is opened, not while
a phone sends; kept with the record until it changes. A matter is a hint, never a refusal.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from typing import Any

import peewee

from models import GONE, KIND_OF, Account, Camera, Photo, ProposedPoint, Record, Site, Upload, write
from survey import album
from survey.places import distance_m
from survey.questions import asked
from survey.search import fold
from survey.texts import N_

MATTERS = {
    "no_photo": N_("ไม่มีภาพของจุด"), "camera_photo": N_("มีกล้องที่ไม่มีภาพ"), "far": N_("พิกัดอยู่ไกลจากโทรศัพท์หรือภาพ"), "accuracy": N_("พิกัดคลาดเคลื่อนเกิน 50 เมตร"),
    "outside": N_("อยู่นอกพื้นที่ของผู้สำรวจ"), "duplicate": N_("อาจซ้ำกับรายการอื่น"), "photo_reused": N_("ใช้ภาพเดียวกับรายการอื่น"), "clock": N_("นาฬิกาโทรศัพท์ผิดมาก"),
    "pace": N_("เดินทางเร็วเกินเป็นไปได้"), "required": N_("ขาดคำตอบที่จำเป็น"), "changed": N_("แก้ไขหลังรับรอง"), "flagged": N_("ข้อมูลไม่ตรงกับแบบสำรวจ"),
}  # fmt: skip
POOR_M = 50  # accuracy worse than this is pointed out
SAME_OWNER_M, SAME_POLE_M = 50, 10  # how near another record is a possible duplicate: of the same owner or name, of anybody
NEAR_REVS = 1_000  # how far off in the series of revisions the sites of the same half hour are looked for
FASTEST_M_S = 42  # 150 km/h between two sites of one person
NEIGHBOURS = 0.001  # degrees of the box in which duplicates are looked for, some 110 m
_SAID = ("clock", "no_time", "required", "outside_area")  # flags that have a matter of their own


def look(records: Iterable[Record]) -> None:
    """Finds and keeps the matters of records (sites, points, reports) that nobody has looked at since they changed."""
    found = {record: " ".join(of_record(record)) for record in records if record.matters is None}
    if not found:
        return
    with write():
        for record, codes in found.items():
            record.matters = codes
            type(record).update(matters=codes).where(type(record).id == record.id, type(record).rev == record.rev).execute()


def of_record(record: Any) -> list[str]:
    """The codes of what is noticed about a site with its cameras, a proposed point or a report, in the order of MATTERS."""
    cameras = list(Camera.select().where(Camera.site == record.id, Camera.review_state.not_in(GONE))) if isinstance(record, Site) else []
    found = set(_of_answers([record, *cameras]))
    if "latitude" in asked(type(record)):
        found |= set(_of_position(record))
    if isinstance(record, Site):
        found |= set(_of_photos(record, cameras))
        if _is_too_fast(record):
            found.add("pace")
    if isinstance(record, (Site, ProposedPoint)) and possible_duplicates(record):
        found.add("duplicate")
    return [code for code in MATTERS if code in found]


def _of_answers(records: list[Any]) -> Iterable[str]:
    for record in records:
        flags = {flag.split(":")[0] for flag in record.flags}
        missing = any(q.required and record.__data__.get(name) is None for name, q in asked(type(record)).items())
        if missing or "required" in flags:
            yield "required"
        if flags & {"clock", "no_time"}:
            yield "clock"
        if "changed" in flags:
            yield "changed"
        if flags - {*_SAID, "changed"}:
            yield "flagged"


def _of_position(record: Any) -> Iterable[str]:
    if (record.position_accuracy_m or 0) > POOR_M:
        yield "accuracy"
    person: Account = record.recorder
    inside = record.province in (person.provinces or []) and (not person.districts or record.district in person.districts)
    if person.role != "centre_admin" and record.province and not inside:
        yield "outside"


def _photos(records: list[Any]) -> list[Photo]:
    kinds = [(Photo.record_kind == KIND_OF[type(r)]) & (Photo.record_id == r.id) for r in records]
    condition = kinds[0]
    for one in kinds[1:]:
        condition |= one
    return list(Photo.select(Photo, Upload).join(Upload, peewee.JOIN.LEFT_OUTER).where(condition, ~Photo.removed))


def _of_photos(site: Site, cameras: list[Camera]) -> Iterable[str]:
    photos = _photos([site, *cameras])
    having = {photo.record_id for photo in photos}
    if site.restricted != "yes":
        if site.id not in having:
            yield "no_photo"
        if any(camera.id not in having for camera in cameras):
            yield "camera_photo"
    if any(album.disagreements(photo, site.latitude, site.longitude) for photo in photos):
        yield "far"
    ids = [site.id, *(camera.id for camera in cameras)]
    hashes = [photo.sha256 for photo in photos]
    if hashes and Photo.select().where(Photo.sha256.in_(hashes), Photo.record_id.not_in(ids), ~Photo.removed).exists():
        yield "photo_reused"


def _is_too_fast(site: Site) -> bool:
    """Whether its recorder was at another site so shortly before or after that no car drives so fast."""
    if site.latitude is None or site.longitude is None:
        return False
    window = dt.timedelta(minutes=30)
    near_in_time = Site.select(Site.latitude, Site.longitude, Site.captured_at).where(
        Site.recorder == site.recorder_id, Site.id != site.id, Site.captured_at.between(site.captured_at - window, site.captured_at + window),
        Site.latitude.is_null(False), Site.rev.between(site.number - NEAR_REVS, site.number + NEAR_REVS)).limit(50)  # fmt: skip
    for latitude, longitude, at in near_in_time.tuples():
        apart = distance_m(site.latitude, site.longitude, latitude, longitude)
        if apart > 500 and apart / max(1.0, abs((at - site.captured_at).total_seconds())) > FASTEST_M_S:
            return True
    return False


def possible_duplicates(record: Any) -> list[Any]:
    """Other records of the same kind and province that may be the same thing, nearest first."""
    model = type(record)
    if record.latitude is None or record.longitude is None:
        return []
    wide = NEIGHBOURS / max(0.2, math.cos(math.radians(record.latitude)))
    high, across = (record.latitude - NEIGHBOURS, record.latitude + NEIGHBOURS), (record.longitude - wide, record.longitude + wide)
    name, owner = (Site.install_point, Site.owner_agency) if model is Site else (model.location, peewee.Value(None))
    near = model.select(model.id, model.latitude, model.longitude, name, owner).where(
        model.latitude.between(*high), model.longitude.between(*across),
        peewee.fn.COALESCE(model.province, "") == (record.province or ""),  # not by the index of the province: that has far more rows than the box
        model.id != record.id, model.review_state.not_in(GONE)).limit(200)  # fmt: skip
    found, mine, whose = {}, fold(_name(record)), record.owner_agency_id if model is Site else None
    for other, latitude, longitude, called, owned in near.tuples():  # few columns: in a dense place there are hundreds
        apart = distance_m(record.latitude, record.longitude, latitude, longitude)
        if apart <= SAME_POLE_M or (apart <= SAME_OWNER_M and (fold(called or "") == mine or (whose is not None and owned == whose))):
            found[other] = apart
    return sorted(model.select().where(model.id.in_(list(found))), key=lambda other: found[other.id]) if found else []


def _name(record: Any) -> str:
    return (record.install_point if isinstance(record, Site) else record.location) or ""
