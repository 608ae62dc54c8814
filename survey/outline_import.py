"""Takes over outlines of provinces, districts and subdistricts from the files that agencies hand out.

A feature is recognised by a DOPA code (OCHA's ADM3_PCODE "TH960101", TAMBON_IDN and the like, or its id),
otherwise by its names from the province downwards in Thai or English. A name alone says nothing: หนองบัว is
a subdistrict in 28 places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geothai.abolished import abolished_areas

from survey import outlines, places
from survey.errors import Refusal
from survey.geojson import Polygon, read_features
from survey.outlines import Shape

# Keys of known files, in lower case without underscores; OCHA and RTSD first.
CODE_KEYS = {
    "subdistrict": ("adm3pcode", "tambonidn", "tamboncode", "tambonid", "taid", "tamcode", "subdistrictcode",
                    "subdistrictid"),
    "district": ("adm2pcode", "amphoeidn", "amphoecode", "amphoeid", "amid", "ampcode", "districtcode",
                 "districtid", "dcode"),
    "province": ("adm1pcode", "provcode", "procode", "changwatcode", "changwatid", "chid", "provincecode",
                 "provinceid"),
}  # fmt: skip
NAME_KEYS = {
    "subdistrict": (("adm3th", "tamnamt", "tambont", "tbtn", "subdistrictth", "subdistrictthai"),
                    ("adm3en", "tamname", "tambone", "tben", "subdistricten", "subdistrictenglish")),
    "district": (("adm2th", "ampnamt", "amphoet", "aptn", "districtth", "districtthai", "dnameth"),
                 ("adm2en", "ampname", "amphoee", "apen", "districten", "districtenglish", "dnameen")),
    "province": (("adm1th", "provnamt", "changwatt", "pvtn", "proth", "provinceth", "provincethai"),
                 ("adm1en", "provname", "changwate", "pven", "proen", "provinceen", "provinceenglish")),
}  # fmt: skip
DIGITS = {"province": 2, "district": 4, "subdistrict": 6}
PREFIX = re.compile(r"^(?:จังหวัด|จ\.|กิ่งอำเภอ|อำเภอ|อ\.|เขต|ตำบล|ต\.|แขวง)")
AROUND = (4, 95, 22, 108)  # south, west, north, east: Thailand with room; exchanged axes are outside
OTHER_NAMES = {"กทม": "กรุงเทพมหานคร", "กรุงเทพ": "กรุงเทพมหานคร", "bangkokmetropolis": "bangkok"}


def import_outlines(path: Path, data_dir: Path) -> dict[str, Any]:
    """Puts the outlines in `path` under data_dir/geo, one file a level, in place of earlier ones.

    Returns {level, features, matched, unmatched}: the levels found (joined by "+"), how many features the
    file has, how many were taken over, and what each of the others is called. Raises Refusal("geo_file") if
    the file cannot be read or none of its areas is known; what was imported before then stays.
    """
    by_name = _codes_by_name()
    shapes: dict[str, list[Shape]] = {}
    unmatched: list[str] = []
    features = 0
    for named, polygons in read_features(path):
        features += 1
        properties = _plain_properties(named)
        level, code = _recognised(properties, by_name)
        usable = [polygon for polygon in polygons if _usable(polygon)]
        if level and code and usable:
            shapes.setdefault(level, []).extend(Shape(code, polygon) for polygon in usable)
        else:
            unmatched.append(_label(properties))
    if not shapes:
        raise Refusal("geo_file")
    for level, found in shapes.items():
        outlines.write(places.outline_file(data_dir, level), outlines.pack(found))
    levels = "+".join(level for level in places.LEVELS if level in shapes)
    matched = features - len(unmatched)
    return {"level": levels, "features": features, "matched": matched, "unmatched": unmatched}


def _plain_properties(named: dict[str, Any]) -> dict[str, str]:
    """Keys in lower case without underscores; codes that were made numbers (960101.0) are codes again."""
    given = {key.lower().replace("_", ""): value for key, value in named.items() if value is not None}
    return {key: str(value).strip().removesuffix(".0") for key, value in given.items()}


def _usable(polygon: Polygon) -> bool:
    south, west, north, east = AROUND
    outer = polygon[0] if polygon else []
    return len(outer) >= 4 and all(west < x < east and south < y < north for x, y in outer)


def _recognised(
    properties: dict[str, str], by_name: dict[tuple[str, ...], str | None]
) -> tuple[str | None, str | None]:
    """The level of a feature and the code in use today; the finest level that the feature speaks of."""
    for level in places.LEVELS:
        for key in CODE_KEYS[level]:
            code = properties.get(key, "").removeprefix("TH")
            if len(code) == DIGITS[level] and places.current_code(code):
                return level, places.current_code(code)
        for language in (0, 1):
            path = _path(properties, level, language)
            if path and by_name.get(path):
                return level, by_name[path]
        if any(_first(properties, keys) for keys in (CODE_KEYS[level], *NAME_KEYS[level])):
            return level, None  # a subdistrict that is not known must not pass for its district
    for key in ("code", "id"):
        code = properties.get(key, "").removeprefix("TH")
        if places.current_code(code):
            # the level is that of the code given: an abolished subdistrict may be known by its district only
            level = next(level for level in places.LEVELS if DIGITS[level] == len(code))
            return level, places.current_code(code)
    return None, None


def _first(properties: dict[str, str], keys: tuple[str, ...]) -> str:
    return next((properties[key] for key in keys if properties.get(key)), "")


def _path(properties: dict[str, str], level: str, language: int) -> tuple[str, ...]:
    """The plain names from the province down to `level`, or nothing if one is missing."""
    wanted = places.LEVELS[places.LEVELS.index(level) :][::-1]
    path = tuple(_plain(_first(properties, NAME_KEYS[step][language])) for step in wanted)
    return path if all(path) else ()


def _plain(name: str) -> str:
    name = PREFIX.sub("", name.strip().replace("ํา", "ำ").lower())
    name = re.sub(r"[\s.'’-]", "", name)
    return OTHER_NAMES.get(name, name)


def _label(properties: dict[str, str]) -> str:
    """What to call a feature in the list of those that were not taken over: its names, else its code."""
    for language in (0, 1):
        names = [_first(properties, NAME_KEYS[level][language]) for level in reversed(places.LEVELS)]
        if any(names):
            return " ".join(name for name in names if name)
    codes = (_first(properties, keys) for keys in (*CODE_KEYS.values(), ("id", "code")))
    return next(filter(None, codes), "?")


def _codes_by_name() -> dict[tuple[str, ...], str | None]:
    """Code by path of plain names, Thai and English; None where two places share a path."""
    by_name: dict[tuple[str, ...], str | None] = {}
    for code, names in _named_places():
        for path in names:
            by_name[path] = None if by_name.get(path, code) != code else code
    # An abolished place is found by its name within the places of today, unless one of today is called so.
    for area in abolished_areas():
        above, current = places.find(area.code[:-2]), places.current_code(area.code)
        if above and current:
            for path in _paths(area.code, area.name_th, area.name_en or ""):
                by_name.setdefault(path, current)
    return by_name


def _named_places() -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    for province in places.provinces():
        yield province.code, _paths(province.code, province.name, province.name_en)
        for district in places.districts(province.code):
            yield district.code, _paths(district.code, district.name, district.name_en)
            for area in places.subdistricts(district.code):
                yield area.code, _paths(area.code, area.name, area.name_en)


def _paths(code: str, name: str, name_en: str) -> list[tuple[str, ...]]:
    above = [place for place in map(places.find, (code[:2], code[:4])) if place and place.code != code]
    thai = tuple(_plain(place.name) for place in above) + (_plain(name),)
    english = tuple(_plain(place.name_en) for place in above) + (_plain(name_en),)
    return [path for path in (thai, english) if all(path)]
