"""Finds the code of a province, district or subdistrict by the name that a list writes, in Thai or English, with or without its level."""

from __future__ import annotations

import re
from functools import cache

from survey import places
from survey.exchange.words import tidy

_LEVEL = re.compile(
    r"^(?:จังหวัด|จ\.|อำเภอ|อ\.|กิ่งอำเภอ|เขต|ตำบล|ต\.|แขวง|changwat|amphoe|amphur|tambon|khet|khwaeng)\s*"
    r"|\s*(?:province|district|subdistrict|sub-district)$", re.I)  # fmt: skip
_BANGKOK = frozenset({"กทม", "กทม.", "กรุงเทพ", "กรุงเทพฯ", "กรุงเทพมหานคร", "bangkok", "bkk", "krungthep"})


def _area_key(text: str) -> str:
    return re.sub(r"[\s.\-]+", "", _LEVEL.sub("", text.strip()).casefold())


@cache
def _area_names(upper: str) -> dict[str, str]:
    """Names (Thai and English) of the areas below `upper` ("" for provinces) -> code; อำเภอเมือง… also as เมือง."""
    below = places.provinces() if not upper else places.districts(upper) if len(upper) == 2 else places.subdistricts(upper)
    names: dict[str, str] = {}
    for place in below:
        for name in (place.name, place.name_en):
            names[_area_key(name)] = place.code
        if len(upper) == 2 and place.name.startswith("เมือง"):
            names.setdefault("เมือง", place.code)
            names.setdefault("mueang", place.code)
            names.setdefault("muang", place.code)
    return names


def area_code(text: str, upper: str) -> str | None:
    """The DOPA code of an area named in a cell, below `upper` ("" for provinces), or None."""
    plain = tidy(text)
    if plain.isascii() and plain.isdigit() and len(plain) == len(upper) + 2 and places.find(plain) and plain.startswith(upper):
        return plain
    if not upper and plain.casefold() in _BANGKOK:
        return places.BANGKOK
    return _area_names(upper).get(_area_key(plain))
