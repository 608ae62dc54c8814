"""Understands where a row lies: two columns, one cell with both, degrees-minutes-seconds, links, MGRS, or metres of a UTM zone.

Exchanged latitude and longitude are put right and said so; zeros, placeholders and what cannot be read are errors. WGS 84 degrees.
"""

from __future__ import annotations

import re

import mgrs

from survey import places
from survey.answers import western
from survey.coordinates import format_position, read_position
from survey.errors import Refusal
from survey.exchange.problems import ERROR, Problem, short
from survey.exchange.words import is_blank

Found = tuple[float | None, float | None, list[Problem]]
_grid = mgrs.MGRS()
_PLAIN = re.compile(r"[-+]?\d{1,3}(?:\.\d+)?")
PLACEHOLDERS = {*((float(n), float(n)) for n in (1, -1, 99, -99, 100, 999, -999, 9999)), (90.0, 180.0), (-90.0, -180.0)}
ROUGH = 3  # decimals: fewer are some hundred metres or more


def _tidy(text: str) -> str:
    """One number's text with a point for the decimal comma."""
    plain = western(text).strip().strip(",;").replace("−", "-").replace("\u00a0", " ").strip()
    return re.sub(r"^([-+]?\d{1,3}),(\d{3,})$", r"\1.\2", plain)


def from_two(latitude: str, longitude: str) -> Found:
    """The position of two cells."""
    lat, lon = _tidy(latitude), _tidy(longitude)
    if _nothing(lat) and _nothing(lon):
        zero = lat.startswith("0") and lon.startswith("0")
        return None, None, [Problem("position_zero" if zero else "position_missing", "latitude")]
    if _nothing(lat) or _nothing(lon):
        written = lat if _nothing(lon) else lon
        if not _PLAIN.fullmatch(written):
            return from_one(written)
        return None, None, [Problem("position_half", "latitude")]
    if _number(lat) and _number(lon):
        return _checked(float(lat), float(lon), f"{latitude.strip()}, {longitude.strip()}")
    return from_one(f"{lat}, {lon}", f"{latitude.strip()}, {longitude.strip()}")


def _number(text: str) -> bool:
    return bool(re.fullmatch(r"[-+]?\d{1,9}(?:\.\d+)?(?:e[-+]\d+)?", text, re.I))


def _nothing(text: str) -> bool:
    """Whether a cell says that there is no number: blank, a dash, a zero, #N/A."""
    return is_blank(text) or bool(re.fullmatch(r"[-+0.,\s;]*", text))


def from_one(text: str, shown: str = "") -> Found:
    """The position of one cell."""
    shown = short(shown or text.strip())
    if _nothing(western(text).strip()):
        return None, None, [Problem("position_zero" if re.search("0", western(text)) else "position_missing", "latitude")]
    point = re.search(r"(?:POINT\s*(?:Z\s*)?\(|\"?coordinates\"?\s*:\s*\[)\s*([-+]?\d+(?:\.\d+)?)[\s,]+([-+]?\d+(?:\.\d+)?)", text, re.I)
    if point:  # well-known text and GeoJSON begin with the longitude
        return _checked(float(point[2]), float(point[1]), shown)
    pair = re.fullmatch(r"\(?\s*([-+]?\d{1,3}(?:\.\d+)?)[\s,;/]+([-+]?\d{1,3}(?:\.\d+)?)\s*\)?", western(text).strip())
    if pair:
        return _checked(float(pair[1]), float(pair[2]), shown)
    try:
        found = read_position(text)
    except Refusal as refusal:
        if refusal.code == "position_swapped":
            swapped = [float(n) for n in str(refusal.message.params["position"]).split(",")]
            return _exchanged(swapped[0], swapped[1])
        if refusal.code == "position_short_link":
            return None, None, [Problem("position_short_link", "latitude", gravity=ERROR)]
        return None, None, [Problem("position_unreadable", "latitude", {"text": shown})]
    return _checked(found.latitude, found.longitude, shown)


def _checked(latitude: float, longitude: float, shown: str) -> Found:
    """Degrees that are possible, put right where they are exchanged."""
    if abs(latitude) < 0.01 and abs(longitude) < 0.01:
        return None, None, [Problem("position_zero", "latitude")]
    if (latitude, longitude) in PLACEHOLDERS or (latitude == longitude and abs(latitude) > 20.6):
        return None, None, [Problem("position_placeholder", "latitude", {"text": short(shown)})]
    if abs(latitude) > 90 and abs(longitude) <= 90 and abs(latitude) <= 180:
        return _exchanged(longitude, latitude)
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None, None, [Problem("position_unreadable", "latitude", {"text": short(shown)})]
    rough = all(len(n.partition(".")[2].rstrip("0")) < ROUGH for n in (repr(latitude), repr(longitude)))
    return latitude, longitude, [Problem("position_rough", "latitude")] if rough else []


def _exchanged(latitude: float, longitude: float) -> Found:
    return latitude, longitude, [Problem("position_swapped", "latitude", {"position": format_position(latitude, longitude)})]


def from_metres(easting: str, northing: str, zone: str, province: str | None) -> Found:
    """The position of metres of a UTM zone of the northern hemisphere (to the metre). Without a zone, the one that lies in the province."""
    east, north = (re.sub(r"(?<=\d),(?=\d{3})", "", western(text)).strip() for text in (easting, northing))
    if _nothing(east) and _nothing(north):
        return None, None, [Problem("position_zero" if "0" in east + north else "position_missing", "latitude")]
    shown = {"text": short(f"{easting.strip()}, {northing.strip()}")}
    try:
        east_m, north_m = float(east), float(north)
    except ValueError:
        return None, None, [Problem("position_unreadable", "latitude", shown)]
    if not (100_000 <= east_m <= 900_000 and 0 < north_m < 9_400_000):
        if 100_000 <= north_m <= 900_000 < east_m:
            east_m, north_m = north_m, east_m
        else:
            return _checked(north_m, east_m, shown["text"]) if abs(north_m) <= 180 and abs(east_m) <= 180 else (None, None, [
                Problem("position_unreadable", "latitude", shown)])  # fmt: skip
    told = re.search(r"4[78]", western(zone))
    try:
        fits = {z: _degrees(z, east_m, north_m) for z in ((int(told[0]),) if told else (47, 48))}
    except (mgrs.core.MGRSError, RuntimeWarning):
        return None, None, [Problem("position_unreadable", "latitude", shown)]
    if not told:
        fits = {z: at for z, at in fits.items() if places.place_of(*at).province and province in (None, places.place_of(*at).province)}
    if len(fits) != 1:
        return None, None, [Problem("utm_zone", "latitude")]
    ((number, (latitude, longitude)),) = fits.items()
    return latitude, longitude, [Problem("utm_converted", "latitude", {"zone": f"{number}N", "position": format_position(latitude, longitude)})]


def _degrees(zone: int, easting: float, northing: float) -> tuple[float, float]:
    latitude, longitude = _grid.toLatLon(_grid.UTMToMGRS(zone, "N", easting, northing))
    return round(latitude, 6), round(longitude, 6)
