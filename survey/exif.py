"""What the metadata of a photo claims: where it was taken, when, and with what. Nothing here ever raises.

Pillow reads first, exifread second, XMP last (exif_readers.py). All of it is what the file says about itself,
so every number is checked for its range and every text is cleaned. Where in a file the metadata lies is found
by containers.py.
"""

from __future__ import annotations

import contextlib
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from survey.exif_readers import Reading, by_exifread, by_pillow, by_xmp

BUDDHIST_FROM = 2400  # EXIF years are Gregorian; cameras set to the Thai calendar write the Buddhist year
BUDDHIST_OFFSET = 543
ALTITUDES = (-500.0, 20_000.0)  # metres: from below the Dead Sea to above the airliners
TEXT_LENGTH = 80

Value = TypeVar("Value")

_DATE = re.compile(r"\s*(\d{4})[:/.-](\d\d)[:/.-](\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?(?:\.\d*)?\s*(.*))?")
_OFFSET = re.compile(r"\s*([+-])(\d\d):?(\d\d)")


@dataclass(frozen=True)
class Claims:
    """What a photo says about itself; None where it says nothing usable.

    Latitude and longitude are degrees WGS 84, always both or neither; accuracy and altitude metres; direction
    degrees clockwise, 0 to under 360, from true ("T") or magnetic ("M") north or unsaid (None). `taken_at` is
    the camera's naive local time with `taken_offset_min` minutes east of UTC, `gps_at` naive UTC. `make` and
    `model` are untrusted text. `doubts` names what makes the position doubtful: "position_void" (GPSStatus V,
    the receiver had no valid fix), "position_no_hemisphere" (N/S or E/W is unsaid, and taken for N and E).
    """

    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    altitude_m: float | None = None
    direction: float | None = None
    direction_ref: str | None = None
    taken_at: datetime | None = None
    taken_offset_min: int | None = None
    gps_at: datetime | None = None
    make: str | None = None
    model: str | None = None
    doubts: tuple[str, ...] = ()


def read_exif(exif: bytes, xmp: bytes) -> tuple[Claims, int]:
    """The claims and the orientation (EXIF 2.32 tag 0x0112, 1 to 8; 1 if absent or out of range).

    `exif` is a TIFF block, with or without "Exif" and two zeros before it, `xmp` an XMP packet; either may be
    empty or damaged.
    """
    start = 6 if exif.startswith(b"Exif\0") else 0
    readings = [by_pillow(exif[start:])]
    if exif and not all((_position(readings[0]), _taken(readings[0])[0], _orientation(readings[0]))):
        readings.append(by_exifread(exif[start:]))
    orientation = _first(readings, _orientation) or 1  # never from XMP: browsers do not turn by it either
    readings.append(by_xmp(xmp))

    place = next((reading for reading in readings if _position(reading)), {})
    latitude, longitude = _position(place) or (None, None)
    taken_at, offset = max((_taken(reading) for reading in readings), key=lambda taken: taken[0] is not None)
    direction = _first(readings, _direction) or (None, None)
    claims = Claims(
        latitude=latitude,
        longitude=longitude,
        accuracy_m=_first(readings, _accuracy) if place else None,
        altitude_m=_first(readings, _altitude),
        direction=direction[0],
        direction_ref=direction[1],
        taken_at=taken_at,
        taken_offset_min=offset,
        gps_at=_first(readings, _gps_time),
        make=_first(readings, lambda reading: clean_text(reading.get("Make"))),
        model=_first(readings, lambda reading: clean_text(reading.get("Model"))),
        doubts=tuple(_doubts(place)),
    )
    return claims, orientation


def clean_text(value: Any) -> str | None:
    """A text of the file without control, format and unassigned characters, at most 80 long, or None."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if not isinstance(value, str):
        return None
    with contextlib.suppress(UnicodeError):  # Pillow reads every text as Latin-1, phones write UTF-8
        value = value.encode("latin-1").decode("utf-8")
    value = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in value.split("\0", 1)[0])
    return " ".join(value.split())[:TEXT_LENGTH].strip() or None


# ---- from a reading to checked values ----


def _first(readings: Iterable[Reading], parse: Callable[[Reading], Value | None]) -> Value | None:
    return next((value for value in map(parse, readings) if value is not None), None)


def _number(value: Any) -> float | None:
    """A finite float of a rational, a number, a text like "1763/10" or the only item of a list."""
    if isinstance(value, (tuple, list)):
        return _number(value[0]) if len(value) == 1 else None
    if isinstance(value, bytes):
        return float(value[0]) if len(value) == 1 else None
    try:
        if isinstance(value, str):
            above, _, below = value.strip("\0 ").partition("/")
            number = float(above) / float(below or 1)
        else:
            number = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError, AttributeError):
        return None
    return number if math.isfinite(number) else None


def _angle(value: Any, ref: Any, letters: str, limit: float) -> float | None:
    """Degrees, minutes, seconds as one signed number; None if void or beyond `limit`.

    Void minutes or seconds (0/0) after a fraction are how some cameras leave them out; after a whole number
    something is missing, and a position that may be a mile wrong is none. A blank hemisphere counts as the
    positive one, as in the common readers; another letter makes the whole void.
    """
    values = list(value) if isinstance(value, (tuple, list)) else [value]
    parts = [_number(part) for part in values[:3]]
    if not parts or parts[0] is None:
        return None
    for before, part in zip(parts, parts[1:], strict=False):
        if part is None and before is not None and before == int(before):
            return None
    numbers = [part or 0.0 for part in parts]
    side = (clean_text(ref) or letters[0])[0].upper()
    if side not in letters or any(part < 0 or part > 60 for part in numbers[1:]):
        return None
    degrees = sum(part / 60**power for power, part in enumerate(numbers))
    if numbers[0] < 0:  # not meant to be signed; believed only where the letter says the same
        if side != letters[1]:
            return None
        degrees = -numbers[0] + sum(part / 60**power for power, part in enumerate(numbers) if power)
    return None if degrees > limit else -degrees if side == letters[1] else degrees


def _position(reading: Reading) -> tuple[float, float] | None:
    latitude = _angle(reading.get("GPSLatitude"), reading.get("GPSLatitudeRef"), "NS", 90)
    longitude = _angle(reading.get("GPSLongitude"), reading.get("GPSLongitudeRef"), "EW", 180)
    if latitude is None or longitude is None or latitude == longitude == 0:
        return None  # 0,0 is what devices write that have no fix
    return latitude, longitude


def _doubts(place: Reading) -> Iterator[str]:
    if (clean_text(place.get("GPSStatus")) or "").upper().startswith("V"):
        yield "position_void"
    if place and not (clean_text(place.get("GPSLatitudeRef")) and clean_text(place.get("GPSLongitudeRef"))):
        yield "position_no_hemisphere"


def _within(value: float | None, low: float, high: float) -> float | None:
    return value if value is not None and low <= value <= high else None


def _accuracy(reading: Reading) -> float | None:
    return _within(_number(reading.get("GPSHPositioningError")), 0.001, 1_000_000)


def _altitude(reading: Reading) -> float | None:
    value = _number(reading.get("GPSAltitude"))
    below = _number(reading.get("GPSAltitudeRef")) in (1, 3)  # 3: below the ellipsoid, EXIF 3.0
    return _within(-value if value is not None and below and value > 0 else value, *ALTITUDES)


def _direction(reading: Reading) -> tuple[float, str | None] | None:
    value = _within(_number(reading.get("GPSImgDirection")), 0, 360)
    ref = (clean_text(reading.get("GPSImgDirectionRef")) or "")[:1].upper()
    return None if value is None else (value % 360, ref if ref in ("T", "M") else None)


def _orientation(reading: Reading) -> int | None:
    value = _within(_number(reading.get("Orientation")), 1, 8)
    return None if value is None else int(value)


def _date(value: Any) -> tuple[datetime, str] | None:
    """The date and time of an EXIF or ISO text, Buddhist years made Gregorian, and what follows them."""
    match = _DATE.match(clean_text(value) or "")
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if year >= BUDDHIST_FROM:
        year -= BUDDHIST_OFFSET  # before the date is made: 29 February 2567 exists only as 2024
    try:
        moment = datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    return (moment, match[7] or "") if year >= 1900 else None


def _offset(value: Any) -> int | None:
    text = clean_text(value) or ""
    if text.startswith("Z"):
        return 0
    match = _OFFSET.match(text)
    minutes = int(match[2]) * 60 + int(match[3]) if match else 1_000
    return None if match is None or minutes > 14 * 60 else -minutes if match[1] == "-" else minutes


def _taken(reading: Reading) -> tuple[datetime | None, int | None]:
    for name in ("Original", "Digitized"):
        date = _date(reading.get("DateTime" + name))
        if date:
            offsets = (date[1], reading.get("OffsetTime" + name), reading.get("OffsetTime"))
            return date[0], next((found for found in map(_offset, offsets) if found is not None), None)
    return None, None


def _gps_time(reading: Reading) -> datetime | None:
    date, clock = _date(reading.get("GPSDateStamp")), reading.get("GPSTimeStamp")
    if date is None and isinstance(clock, str):  # XMP has both in one text
        moment = _date(clock)
        return moment[0] - timedelta(minutes=_offset(moment[1]) or 0) if moment else None
    if date is None or not isinstance(clock, (tuple, list)) or len(clock) != 3:
        return None
    hours, minutes, seconds = (_within(_number(part), 0, 60) for part in clock)
    if hours is None or minutes is None or seconds is None or hours > 24:
        return None
    day = date[0].replace(hour=0, minute=0, second=0)
    return (day + timedelta(hours=hours, minutes=minutes, seconds=seconds)).replace(microsecond=0)
