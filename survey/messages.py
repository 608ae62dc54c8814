"""What a phone (or a plain form) sends: one message for each press of "send", read and checked here before anything is written.

A message of a wrong shape cannot be parsed and is refused; answers that break a rule are the business of `clean()`, whose
caller decides: a form shows the errors, a sealed message is stored and flagged.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models import RECORDS, Record
from survey import answers as read
from survey.choices import PHOTO_KINDS
from survey.errors import Message, Refusal
from survey.places import check_position, find
from survey.questions import asked

SCHEMA = 1  # raised when a field is renamed, removed or changes its meaning
MAX_BYTES = 256 * 1024
MAX_PHOTOS = 10
DEEPEST = 12
NEWEST_REV = 2**31 - 1
OPERATIONS = ("save", "withdraw", "merge", "settle", "confirm", "review")
VERDICTS = ("approve", "return")
PARENT_KEY = {"camera": "site_id", "update": "camera_id"}


@dataclass
class Envelope:
    """A message of the right shape. `answers` and `photos` are as they were sent; times are naive UTC."""

    mutation_id: uuid.UUID
    kind: str
    op: str
    record_id: uuid.UUID
    parent_id: uuid.UUID | None
    answers: dict[str, Any]
    photos: dict[str, list[dict[str, Any]]]
    owner: str
    captured_at: dt.datetime
    base_rev: int | None = None
    base_epoch: str | None = None
    base_mutation: uuid.UUID | None = None
    on_behalf: bool = False
    is_edit: bool = False  # it names what it started from, so it is no new record
    device_id: str | None = None
    into: uuid.UUID | None = None  # of a merge: the record that stays
    conflict: uuid.UUID | None = None  # of a settlement, and whether what was offered is taken
    take_offered: bool = False
    verdict: str = ""  # of a review, and what the reviewer asks for
    note: str | None = None
    flags: list[str] = field(default_factory=list)

    @property
    def has_photos(self) -> bool:
        return any(self.photos.values())

    @property
    def model(self) -> type[Record]:
        return RECORDS[self.kind]


def seal(message: Mapping[str, Any]) -> bytes:
    """The bytes of a message that the server itself composes from a form; the same message gives the same bytes."""
    return json.dumps(message, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def parse(payload: bytes) -> dict[str, Any]:
    """The message in the bytes. Raises Refusal("too_large") or Refusal("unreadable")."""
    if len(payload) > MAX_BYTES:
        raise Refusal("too_large", limit="256 kB")
    try:
        message = json.loads(payload.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Refusal("unreadable") from None
    if not isinstance(message, dict) or _is_deeper_than(message, DEEPEST):
        raise Refusal("unreadable")
    return message


def _is_deeper_than(value: Any, levels: int) -> bool:
    """Whether lists and objects are nested deeper than any message of ours (what follows walks them recursively)."""
    layer = [value]
    for _ in range(levels):
        layer = [inner for v in layer if isinstance(v, (list, dict)) for inner in (v.values() if isinstance(v, dict) else v)]
        if not layer:
            return False
    return True


def open_envelope(mutation_id: uuid.UUID, message: Mapping[str, Any], received_at: dt.datetime) -> Envelope:
    """Reads the parts of a message that are not answers. Raises Refusal("unreadable") when the shape is wrong."""
    kind, op = message.get("kind"), message.get("op", "save")
    given, photos, base = ({} if message.get(part) is None else message[part] for part in ("answers", "photos", "base"))
    if not isinstance(kind, str) or kind not in RECORDS or op not in OPERATIONS or not all(isinstance(part, dict) for part in (given, photos, base)):
        raise Refusal("unreadable")
    parent = given.get(PARENT_KEY[kind]) if kind in PARENT_KEY else None
    captured, flags = _captured_at(message, received_at)
    rev = base.get("rev")
    known_rev = isinstance(rev, int) and not isinstance(rev, bool) and 0 <= rev <= NEWEST_REV
    return Envelope(
        mutation_id=mutation_id, kind=str(kind), op=str(op), record_id=_uuid(message.get("record_id")),
        parent_id=_uuid(parent) if parent else None, answers=dict(given),
        photos={part: _photo_list(photos.get(part)) for part in ("add", "change", "remove")},
        owner=str(message.get("owner")), captured_at=captured, base_rev=rev if known_rev else None,
        base_epoch=str(base["epoch"]) if base.get("epoch") else None,
        base_mutation=_uuid(message["base_mutation"]) if message.get("base_mutation") else None,
        on_behalf=message.get("on_behalf") is True, is_edit=bool(base) or bool(message.get("base_mutation")),
        into=_uuid(message.get("into")) if op == "merge" else None,
        conflict=_uuid(message.get("conflict")) if op == "settle" else None, take_offered=message.get("choose") == "offered",
        verdict=_verdict(message) if op == "review" else "", note=_note(message.get("note")) if op == "review" else None,
        device_id=read.without_control_characters(str(message["device_id"]))[:64] if message.get("device_id") else None, flags=flags,
    )  # fmt: skip


def _uuid(raw: Any) -> uuid.UUID:
    try:
        return uuid.UUID(str(raw))
    except ValueError:
        raise Refusal("unreadable") from None


def _verdict(message: Mapping[str, Any]) -> str:
    if message.get("verdict") not in VERDICTS:
        raise Refusal("unreadable")
    return str(message["verdict"])


def _note(raw: Any) -> str | None:
    return read.without_control_characters(str(raw)).strip()[:500] or None if isinstance(raw, str) else None


def _photo_list(raw: Any) -> list[dict[str, Any]]:
    """Entries about photos, each with a well-formed sha256; `remove` may also list bare hashes."""
    if not isinstance(raw or [], list):
        raise Refusal("unreadable")
    entries: list[Any] = [{"sha256": e} if isinstance(e, str) else e for e in raw or []]
    if not all(isinstance(e, dict) and re.fullmatch(r"[0-9a-f]{64}", str(e.get("sha256"))) for e in entries):
        raise Refusal("unreadable")
    return entries


def _captured_at(message: Mapping[str, Any], received_at: dt.datetime) -> tuple[dt.datetime, list[str]]:
    """The phone's time corrected by its clock's offset (seconds that the server is ahead), never after `received_at`."""
    time = read_time(message.get("captured_at"))
    if time is None or time.year < 2000:
        return received_at, ["no_time"]
    offset = message.get("clock_offset_s")
    if isinstance(offset, (int, float)) and abs(offset) < 40_000_000_000:
        try:
            time += dt.timedelta(seconds=float(offset))
        except OverflowError:
            return received_at, ["clock"]
    return (received_at, ["clock"]) if time > received_at + dt.timedelta(minutes=5) else (min(time, received_at), [])


def read_time(raw: Any) -> dt.datetime | None:
    """An ISO 8601 time as naive UTC, or None."""
    if not isinstance(raw, str):
        return None
    try:
        time = dt.datetime.fromisoformat(raw)
        return time.astimezone(dt.UTC).replace(tzinfo=None) if time.tzinfo else time
    except (ValueError, OverflowError):
        return None


def receipt_number(mutation_id: uuid.UUID) -> str:
    """What the person is shown: 12 base32 characters of SHA-256(mutation id)."""
    return base64.b32encode(hashlib.sha256(str(mutation_id).encode()).digest()[:10])[:12].decode()


@dataclass
class Cleaned:
    """Answers after the checks: values to store (None clears), sentences by field, and what no question knows."""

    values: dict[str, Any]
    errors: dict[str, Message]
    unknown: dict[str, Any]
    not_known: list[str] | None
    flags: list[str]  # for review, when the message is stored all the same


def clean(kind: str, given: Mapping[str, Any], new: bool) -> Cleaned:
    """Checks each answer by its question, and those rules that concern two of them (position, area, what is required)."""
    questions = asked(RECORDS[kind])
    values: dict[str, Any] = {}
    errors: dict[str, Message] = {}
    unknown = {k: v for k, v in given.items() if k not in questions and k not in ("not_known", PARENT_KEY.get(kind))}
    for name, question in questions.items():
        if name in given:
            values[name], wrong = question.check(given[name])
            if wrong:
                errors[name] = wrong
    located = values.get("latitude") is not None and values.get("longitude") is not None
    for name, question in questions.items():
        by_position = question.kind == "area" and located  # the area follows from the position; survey.sync asks if it does not
        if question.required and name not in errors and (new or name in given) and values.get(name) is None and not by_position:
            errors[name] = Message("choose" if question.choices or question.kind == "area" else "required", label=question.label)
    if "latitude" in errors and "longitude" in questions and values.get("latitude") is None:  # one sentence for one missing position
        if errors["latitude"].code == "required":
            errors["latitude"] = Message("position_needed")
        for name in ("longitude", "province"):
            if name in errors and errors[name].code in ("required", "choose"):
                del errors[name]
    errors |= {k: v for k, v in _position_errors(values).items() if k not in errors}
    errors |= {k: v for k, v in _area_errors(values).items() if k not in errors}
    names = given.get("not_known")
    not_known = [n for n in questions if n in names and questions[n].may_be_unknown] if isinstance(names, list) else None
    return Cleaned(values, errors, unknown, not_known, [])


def _position_errors(values: Mapping[str, Any]) -> dict[str, Message]:
    latitude, longitude = values.get("latitude"), values.get("longitude")
    if latitude is None and longitude is None:
        return {}
    if latitude is None or longitude is None:
        return {"latitude": Message("position_half")} if {"latitude", "longitude"} <= set(values) else {}
    wrong = check_position(latitude, longitude)
    return {"latitude": wrong} if wrong else {}


def _area_errors(values: Mapping[str, Any]) -> dict[str, Message]:
    """Unknown DOPA codes, and districts that are not of the province."""
    errors = {}
    for name, upper in (("province", None), ("district", "province"), ("subdistrict", "district")):
        code = values.get(name)
        if code is None:
            continue
        if find(code) is None:
            errors[name] = Message("unknown_area")
        elif upper and values.get(upper) and not code.startswith(values[upper]):
            errors[name] = Message("area_mismatch")
    return errors


def clean_photo(entry: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """What a message says of one photo, reduced to what can be stored; nothing wrong here ever loses the photo."""
    kinds = PHOTO_KINDS[kind]
    cleaned: dict[str, Any] = {}
    if "kind" in entry:
        cleaned["kind"] = entry["kind"] if entry["kind"] in kinds else None
    if "caption" in entry:
        caption = read.without_control_characters(str(entry["caption"] or ""))
        cleaned["caption"] = caption.strip()[:200] or None
    if "blur" in entry:
        cleaned["blur"] = _rectangles(entry["blur"])
    if (taken := read_time(entry.get("taken_at"))) is not None and 2000 <= taken.year <= 2100:
        cleaned["taken_at"] = taken
    for name, low, high in (("latitude", -90, 90), ("longitude", -180, 180), ("accuracy_m", 0, 1e7)):
        try:
            cleaned[name] = read.read_number(entry[name], low, high)
        except (KeyError, Refusal):
            continue
    if not {"latitude", "longitude"} <= set(cleaned):
        for name in ("latitude", "longitude", "accuracy_m"):
            cleaned.pop(name, None)
    return cleaned


def _rectangles(raw: Any) -> list[list[float]]:
    """Areas to blur: [x, y, width, height] as fractions of the upright picture, at most 50."""
    good = []
    for entry in raw[:50] if isinstance(raw, list) else []:
        if isinstance(entry, list) and len(entry) == 4 and all(isinstance(n, (int, float)) and -1 <= n <= 2 for n in entry):
            left, top = (min(1.0, max(0.0, float(n))) for n in entry[:2])
            right, bottom = (min(1.0, max(0.0, float(start) + float(size))) for start, size in zip(entry[:2], entry[2:], strict=True))
            if right - left > 0.001 and bottom - top > 0.001:
                good.append([round(n, 4) for n in (left, top, right - left, bottom - top)])
    return good
