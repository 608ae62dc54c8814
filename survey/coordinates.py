"""Reads a position out of whatever people type or paste, and writes positions for people.

Decimal degrees, degrees and minutes, degrees minutes seconds, Thai or English words, MGRS, links of Google
Maps. When a text could mean two things it is refused: a wrong pin is worse than a question. Whether the
position lies in Thailand is for places.py. static/js/coordinates.js is the same reader for the phone;
tests/positions.json holds for both.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple
from urllib.parse import unquote

import mgrs

from survey.angles import in_range, read_angles
from survey.errors import Refusal


class Position(NamedTuple):
    """Degrees WGS 84, and whether it was typed or taken from a link."""

    latitude: float
    longitude: float
    source: Literal["typed", "pasted"]


LONGEST = 2000  # characters; a long link of Google Maps has some hundreds
SPELLINGS = [  # what is written instead of the signs that the tokens below know; the order matters
    ("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]", ""),
    ("[\\t\u00a0\u2000-\u200a\u202f\u3000]", " "),
    ("[\\r\\n\u2028\u2029]+", " ; "),
    ("[\u2010-\u2015\u2212]", "-"),
    ("[、،]", ","),
    ("ฟิลิปดา|พิลิปดา|วินาที", '"'),
    ("ลิปดา|นาที", "'"),
    ("[º˚∘]|องศา|(?:degrees?|deg)(?![A-Za-z])", "°"),
    ("[″”“ʺ]", '"'),
    ("[’‘′´`ʹʼ]", "'"),
    ("' ?'", '"'),
    ("ละติจูด|เส้นรุ้ง", " ละติจูด "),
    ("ลองจิจูด|ลองติจูด|เส้นแวง", " ลองจิจูด "),
    ("ต\\. (?=[อต]\\.)", "ต."),
]
LINK = re.compile(
    "(?:https?://|www\\.|maps\\.google\\.|google\\.[a-z.]+/maps|maps\\.app\\.goo\\.gl|goo\\.gl/|geo:)[^ ]+",
    re.I | re.A,
)
SHORT_LINK = re.compile("(?:maps\\.app\\.goo\\.gl|goo\\.gl/maps)/", re.I | re.A)
DECIMAL = "(-?[0-9]{1,3}(?:\\.[0-9]+)?)"
PIN = re.compile(f"!3d{DECIMAL}!4d{DECIMAL}")
VIEW = re.compile(f"/@{DECIMAL},{DECIMAL}(?![0-9.])")
GEO = re.compile(f"^geo:{DECIMAL},{DECIMAL}(?![0-9.])", re.I | re.A)
QUERY_KEYS = ("q", "query", "destination", "daddr", "ll", "center", "viewpoint")
GRID_LIKE = "(?:^|[^A-Za-z0-9.])([0-9]{1,2}) *([C-HJ-NP-X]) *([A-HJ-NP-Z]) *([A-HJ-NP-V])"
GRID = re.compile(GRID_LIKE + " *(?:([0-9]{2,5}) +([0-9]{2,5})|([0-9]{4,10}))(?![A-Za-z0-9])", re.I | re.A)
GRID_START = re.compile(GRID_LIKE + "(?![A-Za-z])", re.I | re.A)
BANDS = "CDEFGHJKLMNPQRSTUVWX"
COLUMNS = ("STUVWXYZ", "ABCDEFGH", "JKLMNPQR")  # by zone modulo 3

_grid = mgrs.MGRS()


def read_position(text: str) -> Position:
    """The position that `text` names. Raises Refusal: position_unreadable, position_short_link,
    position_swapped."""
    if len(text) > LONGEST:
        raise Refusal("position_unreadable")
    text = _plain(text)
    links = LINK.findall(text)
    for link in links:
        pair = _read_link(link)
        if pair:
            return Position(*pair, "pasted")
    try:
        return Position(*_read_written(LINK.sub(" ", text)), "typed")
    except Refusal as refusal:
        if refusal.code == "position_unreadable" and any(SHORT_LINK.search(link) for link in links):
            raise Refusal("position_short_link") from None
        raise


def format_position(latitude: float, longitude: float) -> str:
    """Degrees with five decimals (about a metre): "6.42550, 101.82530"."""
    return f"{latitude:.5f}, {longitude:.5f}"


def to_mgrs(latitude: float, longitude: float) -> str:
    """The grid reference to the metre: "47N RH 12547 11103". Raises ValueError beyond 80° S or 84° N."""
    if not (-80 <= latitude <= 84 and abs(longitude) <= 180):
        raise ValueError("no grid reference there")
    grid = _grid.toMGRS(latitude, longitude)
    return f"{grid[:3]} {grid[3:5]} {grid[5:10]} {grid[10:]}"


def google_maps_url(latitude: float, longitude: float) -> str:
    """A link that opens Google Maps, or its app, with a pin (Maps URLs, api=1)."""
    return f"https://www.google.com/maps/search/?api=1&query={latitude:.6f}%2C{longitude:.6f}"


def _plain(text: str) -> str:
    """The text with ASCII digits and signs, one line, and without the quotes that may surround it all."""
    text = re.sub("[๐-๙]", lambda m: chr(ord(m[0]) - 0x0E50 + 0x30), text)
    text = re.sub("[！-～]", lambda m: chr(ord(m[0]) - 0xFF01 + 0x21), text)
    for pattern, sign in SPELLINGS:
        text = re.sub(pattern, sign, text)
    text = text.strip(" ;")
    if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
        text = text[1:-1]
    return text


def _read_written(text: str) -> tuple[float, float]:
    grid = GRID.search(text)
    if grid:
        zone, band, column, row, *digits = (part and part.upper() for part in grid.groups())
        return _read_grid(zone, band, column, row, [part for part in digits if part])
    if GRID_START.search(text):
        raise Refusal("position_unreadable")  # else 47N QF 12 would be read as 47° N 12°
    return read_angles(text)


def _read_link(link: str) -> tuple[float, float] | None:
    """The position in a link: the pin, else what was searched for, else the middle of the map, or None."""
    plain = _plain(unquote(link))
    path, _, query = plain.partition("?")
    pins = PIN.findall(plain)
    if pins:
        return _kept(*map(float, pins[-1]))
    fields = dict(part.split("=", 1) for part in reversed(re.split("[&#]", query)) if "=" in part)
    for key in QUERY_KEYS:
        found = _read_part(fields.get(key, "").removeprefix("loc:"))
        if found:
            return found
    folders = re.search("/(?:search|place|dir)/(.*)", path)
    for part in reversed(folders[1].split("/") if folders else []):
        found = _read_part(part) if not part.startswith(("@", "data=")) else None
        if found:
            return found
    for pattern in (VIEW, GEO):
        view = pattern.search(path)
        if view:
            return _kept(float(view[1]), float(view[2]))
    return None


def _read_part(part: str) -> tuple[float, float] | None:
    try:
        return _read_written(part.replace("+", " "))
    except Refusal:
        return None


def _kept(latitude: float, longitude: float) -> tuple[float, float] | None:
    return (latitude, longitude) if in_range(latitude, longitude) else None


def _read_grid(zone: str, band: str, column: str, row: str, digits: list[str]) -> tuple[float, float]:
    """The middle of the square of a grid reference.

    The libraries accept squares that do not exist, each other ones, so column and band are checked here
    (letters and bands: NGA.STND.0037_2.0.0_GRIDS, chapter 3).
    """
    if len(digits) == 1:
        half = len(digits[0]) // 2
        digits = [digits[0][:half], digits[0][half:]]
    easting, northing = digits
    number = int(zone)
    if len(easting) != len(northing) or not 1 <= number <= 60 or column not in COLUMNS[number % 3]:
        raise Refusal("position_unreadable")
    try:
        latitude, longitude = _grid.toLatLon(f"{number:02}{band}{column}{row}{easting}{northing}")
    except (mgrs.core.MGRSError, RuntimeWarning):  # it warns of a latitude outside the band
        raise Refusal("position_unreadable") from None
    south = -80 + 8 * BANDS.index(band)
    if not south - 0.01 <= latitude <= south + (12 if band == "X" else 8) + 0.01:
        raise Refusal("position_unreadable")
    return latitude, longitude
