"""Provinces, districts and subdistricts of Thailand: codes, names, and which of them a position lies in.

Codes and names come from the package geothai (Department of Provincial Administration). Outlines of the
provinces come with the set-up (static/vendor/provinces.topojson, coarse); finer ones are imported by the
operator, see `import_outlines`. Without them a position gives its province only.
"""

from __future__ import annotations

import logging
import math
import re
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geothai
from geothai.abolished import abolished_areas

from survey import outlines
from survey.errors import Message
from survey.geojson import read_features
from survey.outlines import (
    Outlines,
    Shape,
    distance_m as distance_m,  # asked for here by everybody else
)

BANGKOK = "10"
MARGIN_M = 50_000  # a position so far outside is still believed: coarse outlines, boats, far islands
NEAR_M = 10_000  # a position in no outline belongs to the nearest province within this distance
GAP_M = 250  # as far as neighbouring imported outlines may gape after their borders were simplified
LEVELS = ("subdistrict", "district", "province")  # finest first
PROVINCES_FILE = Path(__file__).parent.parent / "static" / "vendor" / "provinces.topojson"
LOOK_AGAIN_S = 5  # how soon a running server notices an import

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """A province (code of 2 digits), district (4) or subdistrict (6); its names lack จังหวัด, เขต and so on."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Where:
    """The codes of the places that hold a position, each None when it is not known."""

    province: str | None = None
    district: str | None = None
    subdistrict: str | None = None


# --- names ---


def thai_key(text: str) -> tuple[str, tuple[str, ...]]:
    """A key that sorts Thai words as the Royal Institute's dictionary does.

    A vowel written before its consonant (เ แ โ ใ ไ) counts after it; ็, tone marks and ์ decide only
    between words that are otherwise the same. Consonants and vowels already stand in dictionary order in
    Unicode. Latin ignores case.
    """
    text = text.replace("ํา", "ำ").casefold()
    text = re.sub("([เ-ไ])([ก-ฮ])", r"\2\1", text)
    return re.sub("[็-๎]", "", text), tuple(re.findall("[^็-๎]([็-๎]*)", text))


@cache
def _places() -> dict[str, Place]:
    """Every place in use today, by code."""
    found: dict[str, Place] = {}
    for province in geothai.provinces():
        found[province.code] = Place(province.code, province.name_th, province.name_en)
        for district in geothai.districts(province.code):
            name = district.name_th
            if province.code == BANGKOK:  # only there does the source write the level into the name
                name = name.removeprefix("เขต")
            found[district.code] = Place(district.code, name, district.name_en)
            for area in geothai.subdistricts(district.code):
                found[area.code] = Place(area.code, area.name_th, area.name_en)
    return found


@cache
def _children(code: str) -> tuple[Place, ...]:
    length = len(code) + 2
    places = [p for p in _places().values() if len(p.code) == length and p.code.startswith(code)]
    return tuple(sorted(places, key=lambda p: (p.code != BANGKOK, thai_key(p.name))))


def provinces() -> list[Place]:
    """The 77 provinces in Thai order, Bangkok first."""
    return list(_children(""))


def districts(province_code: str) -> list[Place]:
    """The districts of a province in Thai order; none if there is no such province."""
    return list(_children(province_code)) if len(province_code) == 2 and find(province_code) else []


def subdistricts(district_code: str) -> list[Place]:
    """The subdistricts of a district in Thai order; none if there is no such district."""
    return list(_children(district_code)) if len(district_code) == 4 and find(district_code) else []


def find(code: str) -> Place | None:
    """The place with this code, or None; abolished codes are not found, see `current_code`."""
    return _places().get(code)


def parent(code: str) -> Place | None:
    """The district of a subdistrict, the province of a district; None for a province or an unknown code."""
    return find(code[:-2]) if find(code) else None


@cache
def _abolished() -> dict[str, tuple[Place, tuple[str, ...]]]:
    return {
        a.code: (Place(a.code, a.name_th, a.name_en or a.name_th), a.successors) for a in abolished_areas()
    }


def current_code(code: str) -> str | None:
    """The code that covers today what `code` meant, or None if that is not known.

    A code in use is its own answer. An abolished subdistrict that was divided gives the district of its
    successors.
    """
    if code in _places():
        return code
    successors = [s for s in map(current_code, _abolished()[code][1]) if s] if code in _abolished() else []
    for length in (6, 4, 2):
        shared = {s[:length] for s in successors}
        if len(shared) == 1:
            return shared.pop()
    return None


def full_name(code: str, lang: str = "th") -> str:
    """The name with the word for its level: จังหวัดนราธิวาส, เขตดุสิต; with lang "en" Narathiwat Province.

    Bangkok is กรุงเทพมหานคร without such a word. An old record may hold an abolished code, which has its
    old name, or an unknown one, which is returned as it is: a page must not fail for it.
    """
    place = find(code) or (_abolished()[code][0] if code in _abolished() else None)
    if place is None:
        return code
    if code == BANGKOK:
        return place.name_en if lang == "en" else place.name
    level = len(code) // 2 - 1
    if lang == "en":
        return f"{place.name_en} {('Province', 'District', 'Subdistrict')[level]}"
    words = ("จังหวัด", "เขต", "แขวง") if code.startswith(BANGKOK) else ("จังหวัด", "อำเภอ", "ตำบล")
    return words[level] + place.name.removeprefix(words[level])


# --- positions ---

_lock = threading.Lock()
_data_dir: Path | None = None
_coarse: Outlines | None = None
_imported: dict[str, tuple[tuple[int, int], Outlines | None]] = {}  # level -> (inode, mtime), None if damaged
_look_again = 0.0


def use_data_dir(path: Path | str | None) -> None:
    """Tells in which data folder imported outlines lie, and forgets those that are loaded."""
    global _data_dir, _imported, _look_again
    with _lock:
        _data_dir, _imported, _look_again = Path(path) if path else None, {}, 0.0


def outline_file(data_dir: Path, level: str) -> Path:
    """Where the imported outlines of a level lie."""
    return data_dir / "geo" / f"{level}.outlines"


def _province_outlines() -> Outlines:
    """The outlines of the set-up, loaded at the first question."""
    global _coarse
    if _coarse is None:
        with _lock:
            if _coarse is None:
                if not PROVINCES_FILE.exists():
                    raise FileNotFoundError(f"{PROVINCES_FILE} is made at set-up; run the set-up again")
                areas = read_features(PROVINCES_FILE)
                shapes = (Shape(named["code"], polygon) for named, polygons in areas for polygon in polygons)
                _coarse = Outlines(outlines.pack(shapes))
    return _coarse


def bounds(province_code: str) -> tuple[float, float, float, float]:
    """(south, west, north, east) of a province's outline in degrees; LookupError if it has none."""
    return _province_outlines().box(province_code)


def province_rings(province_code: str = "") -> list[list[tuple[float, float]]]:
    """The rings of a province's outline, or of all of them, as (longitude, latitude) in degrees; none for an unknown code."""
    return list(_province_outlines().rings(province_code))


NEAR_DEGREES = 0.1  # about 11 km: what outlines of provinces may be off, and islands before a coast


def is_far_from(province_code: str | None, latitude: float | None, longitude: float | None) -> bool:
    """Whether a position lies outside the province and outside the box around it widened by NEAR_DEGREES."""
    if province_code is None or latitude is None or longitude is None or place_of(latitude, longitude).province == province_code:
        return False
    try:
        south, west, north, east = bounds(province_code)
    except LookupError:
        return False
    return not (south - NEAR_DEGREES <= latitude <= north + NEAR_DEGREES and west - NEAR_DEGREES <= longitude <= east + NEAR_DEGREES)


def _imported_outlines() -> list[Outlines]:
    """What was imported, finest first; looks for a new import every few seconds."""
    global _imported, _look_again
    if _data_dir is not None and time.monotonic() >= _look_again:
        with _lock:
            files = {level: outline_file(_data_dir, level) for level in LEVELS} if _data_dir else {}
            _imported = {level: _opened(level, path) for level, path in files.items() if path.exists()}
            _look_again = time.monotonic() + LOOK_AGAIN_S
    return [loaded for _, loaded in _imported.values() if loaded]


def _opened(level: str, path: Path) -> tuple[tuple[int, int], Outlines | None]:
    stat = path.stat()
    stamp = (stat.st_ino, stat.st_mtime_ns)
    if level in _imported and _imported[level][0] == stamp:
        return _imported[level]
    try:
        return stamp, outlines.open_outlines(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.error("outlines in %s cannot be used, import them again: %s", path, error)
        return stamp, None


def _on_earth(latitude: float, longitude: float) -> bool:
    return abs(latitude) <= 90 and abs(longitude) <= 180  # also false for NaN


def place_of(latitude: float, longitude: float) -> Where:
    """The places that hold a position in degrees WGS 84; without codes farther than NEAR_M from all outlines.

    Imported outlines decide as far as they reach, the coarse ones of the set-up elsewhere.
    """
    if not _on_earth(latitude, longitude):
        return Where()
    imported = _imported_outlines()
    for fine in imported:
        code = fine.holding(latitude, longitude)
        if code:
            return _where(code)
    coarse = _province_outlines()
    province = coarse.holding(latitude, longitude)
    candidates = []
    for fine in imported:
        # the coarse outline is overruled only where its province has finer ones: in a gap or at the coast
        if province is None or province in fine.provinces:
            near = fine.nearest(latitude, longitude, NEAR_M)
            candidates += [(near[1], near[0])] if near else []
    if candidates:
        metres, code = min(candidates, key=lambda candidate: (candidate[0] > GAP_M, candidate[0]))
        return _where(code if metres <= GAP_M else code[:2])
    if province is None:
        nearest = coarse.nearest(latitude, longitude, NEAR_M)
        province = nearest[0] if nearest else None
    return Where(province)


def _where(code: str) -> Where:
    return Where(code[:2], code[:4] if len(code) >= 4 else None, code if len(code) == 6 else None)


def _inside(latitude: float, longitude: float) -> bool:
    return any(o.holding(latitude, longitude) for o in (_province_outlines(), *_imported_outlines()))


def _believable(latitude: float, longitude: float) -> bool:
    if not _on_earth(latitude, longitude):
        return False
    near = _inside(latitude, longitude) or _province_outlines().nearest(latitude, longitude, MARGIN_M)
    return bool(near)


def beyond_border_m(latitude: float, longitude: float) -> float:
    """0 inside Thailand, else the metres to the nearest province outline, give or take a kilometre or two."""
    if not _on_earth(latitude, longitude):
        return math.inf
    if _inside(latitude, longitude):
        return 0.0
    nearest = _province_outlines().nearest(latitude, longitude)
    return nearest[1] if nearest else math.inf


def check_position(latitude: float, longitude: float) -> Message | None:
    """What is wrong: more than MARGIN_M outside Thailand, or the numbers exchanged; None if all is well."""
    if _believable(latitude, longitude):
        return None
    if _believable(longitude, latitude):
        return Message("position_swapped", position=f"{longitude:.5f}, {latitude:.5f}")
    return Message("position_outside")


def import_outlines(path: Path | str, data_dir: Path | str) -> dict[str, Any]:
    """Takes over finer outlines from a GeoJSON or TopoJSON file; see survey/outline_import.py."""
    from survey.outline_import import import_outlines as take_over  # needs the names of this module

    return take_over(Path(path), Path(data_dir))
