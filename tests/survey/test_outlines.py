"""Outlines: geometry, the stored file, and what `flask geo import` takes over."""

from __future__ import annotations

import csv
import json
import math
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from survey import outlines, places
from survey.errors import Refusal
from survey.outlines import Outlines, Shape
from survey.places import PROVINCES_FILE, Where

SHARED = Path(__file__).parents[3] / "shared" / "data"  # real files that are no part of the project
RTSD = SHARED / "geo" / "polygons" / "rtsd_tambon_2022_simplified.topojson"

pytestmark = pytest.mark.skipif(
    not PROVINCES_FILE.exists(), reason="static/vendor/provinces.topojson is made at set-up"
)
needs_shared = pytest.mark.skipif(not RTSD.exists(), reason="needs the real files in ../shared/data")


@pytest.fixture(autouse=True)
def nothing_imported() -> Iterator[None]:
    places.use_data_dir(None)
    yield
    places.use_data_dir(None)


def square(west: float, south: float, size: float) -> list[tuple[float, float]]:
    east, north = west + size, south + size
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def feature(ring: Any, **properties: Any) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def saved(folder: Path, *features: dict[str, Any]) -> Path:
    return written(folder, {"type": "FeatureCollection", "features": list(features)})


def written(folder: Path, content: Any) -> Path:
    path = folder / "areas.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


# --- geometry ---


def test_hole_and_second_polygon() -> None:
    shapes = [Shape("96", [square(101, 6, 1), square(101.4, 6.4, 0.2)]), Shape("95", [square(103, 6, 1)])]
    areas = Outlines(outlines.pack(shapes))
    assert areas.holding(6.1, 101.1) == "96"
    assert areas.holding(6.5, 101.5) is None  # in the hole
    assert areas.holding(6.5, 103.5) == "95"
    assert areas.holding(6.5, 102.5) is None


def test_neighbours_share_a_border_without_overlap_or_gap() -> None:
    areas = Outlines(outlines.pack([Shape("95", [square(100, 6, 1)]), Shape("96", [square(101, 6, 1)])]))
    assert areas.holding(6.5, 101.0) in ("95", "96")


def test_nearest_edge_in_metres() -> None:
    areas = Outlines(outlines.pack([Shape("95", [square(100, 6, 1)]), Shape("96", [square(103, 6, 1)])]))
    code, metres = areas.nearest(6.5, 101.01) or ("", 0)
    assert code == "95"
    assert metres == pytest.approx(places.distance_m(6.5, 101.01, 6.5, 101), rel=0.001)
    assert areas.nearest(6.5, 101.5, within_m=50_000) is None
    assert areas.nearest(6.5, 101.4, within_m=50_000) is not None


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_limit_changes_whether_but_not_what_is_nearest(latitude: float, longitude: float) -> None:
    areas = Outlines(outlines.pack([Shape("95", [square(100, 6, 1)]), Shape("96", [square(103, 6, 1)])]))
    nearest = areas.nearest(latitude, longitude)
    assert nearest
    limited = areas.nearest(latitude, longitude, 50_000)
    assert limited == (nearest if nearest[1] <= 50_000 else None)


def test_ring_that_is_not_closed_is_closed() -> None:
    assert Outlines(outlines.pack([Shape("96", [square(101, 6, 1)[:-1]])])).holding(6.5, 101.5) == "96"


@pytest.mark.parametrize("cut", [0, 5, 60, -4, -1])
def test_damaged_outline_file_is_noticed(cut: int) -> None:
    data = outlines.pack([Shape("96", [square(101, 6, 1)])])
    with pytest.raises((ValueError, TypeError)):
        Outlines(data[:cut])


# --- import ---


def test_subdistrict_outline_gives_all_three_codes_and_decides_the_province(tmp_path: Path) -> None:
    middle_of_yala = square(101.2, 6.4, 0.2)
    path = saved(tmp_path, feature(middle_of_yala, ADM3_PCODE="TH960101"))
    assert places.place_of(6.5, 101.3).province == "95"
    summary = places.import_outlines(path, tmp_path)
    assert summary == {"level": "subdistrict", "features": 1, "matched": 1, "unmatched": []}
    places.use_data_dir(tmp_path)
    assert places.place_of(6.5, 101.3) == Where("96", "9601", "960101")


@pytest.mark.parametrize(
    ("properties", "where"),
    [
        ({"id": "960101"}, Where("96", "9601", "960101")),
        ({"TAMBON_IDN": 960101.0}, Where("96", "9601", "960101")),  # a number by way of a spreadsheet
        ({"ADM2_PCODE": "TH9601", "ADM1_PCODE": "TH96"}, Where("96", "9601")),
        ({"pro_code": "96"}, Where("96")),
        ({"ADM3_PCODE": "TH104701"}, Where("10", "1047")),  # abolished and divided
        ({"ADM3_PCODE": "TH530306"}, Where("53", "5304", "530407")),  # abolished with one successor
        (
            {"ADM1_TH": "นราธิวาส", "ADM2_TH": "เมืองนราธิวาส", "ADM3_TH": "บางนาค"},
            Where("96", "9601", "960101"),
        ),
        (
            {"ADM1_TH": "จังหวัดนราธิวาส", "ADM2_TH": "อ.เมืองนราธิวาส", "ADM3_TH": "ต. บางนาค"},
            Where("96", "9601", "960101"),
        ),
        (
            {"ADM1_EN": "NARATHIWAT", "ADM2_EN": "Mueang Narathiwat", "ADM3_EN": "Bang Nak"},
            Where("96", "9601", "960101"),
        ),
        ({"ADM1_TH": "กรุงเทพมหานคร", "ADM2_TH": "เขตดุสิต"}, Where("10", "1002")),
        ({"ADM1_TH": "กรุงเทพฯ", "ADM1_EN": "Bangkok", "ADM2_EN": "Dusit"}, Where("10", "1002")),
    ],
)
def test_features_are_recognised(tmp_path: Path, properties: dict[str, Any], where: Where) -> None:
    places.import_outlines(saved(tmp_path, feature(square(101.2, 6.4, 0.2), **properties)), tmp_path)
    places.use_data_dir(tmp_path)
    assert places.place_of(6.5, 101.3) == where


@pytest.mark.parametrize(
    "properties",
    [
        {"ADM3_TH": "หนองบัว"},  # the name of 28 subdistricts
        {"ADM2_TH": "เฉลิมพระเกียรติ"},  # of districts in five provinces
        {"ADM1_TH": "นราธิวาส", "ADM2_TH": "เมืองนราธิวาส", "ADM3_TH": "ไม่มีชื่อนี้"},  # not taken for its district
        {"ADM3_PCODE": "TH969999", "ADM1_PCODE": "TH96"},
        {"postcode": "96000"},
        {},
    ],
)
def test_features_that_are_not_certain_are_left_out(tmp_path: Path, properties: dict[str, Any]) -> None:
    known = feature(square(101.2, 6.4, 0.2), id="960101")
    unknown = feature(square(101.0, 6.0, 0.2), **properties)
    summary = places.import_outlines(saved(tmp_path, known, unknown), tmp_path)
    assert (summary["features"], summary["matched"], len(summary["unmatched"])) == (2, 1, 1)


def test_left_out_features_are_named(tmp_path: Path) -> None:
    known = feature(square(101.2, 6.4, 0.2), id="960101")
    unknown = feature(square(101.0, 6.0, 0.2), ADM1_TH="ยะลา", ADM2_TH="เบตง", ADM3_TH="ที่ไหน")
    coded = feature(square(101.0, 6.0, 0.2), ADM3_PCODE="TH999999")
    summary = places.import_outlines(saved(tmp_path, known, unknown, coded), tmp_path)
    assert summary["unmatched"] == ["ยะลา เบตง ที่ไหน", "TH999999"]


def test_levels_in_one_file_and_in_a_second_file_add_up(tmp_path: Path) -> None:
    both = (feature(square(101.2, 6.4, 0.2), id="960101"), feature(square(101.2, 6.4, 0.4), id="9602"))
    assert places.import_outlines(saved(tmp_path, *both), tmp_path)["level"] == "subdistrict+district"
    places.import_outlines(saved(tmp_path, feature(square(101.2, 6.4, 0.6), id="94")), tmp_path)
    places.use_data_dir(tmp_path)
    assert places.place_of(6.5, 101.3) == Where("96", "9601", "960101")
    assert places.place_of(6.7, 101.5) == Where("96", "9602")
    assert places.place_of(6.9, 101.7) == Where("94")


def test_place_without_finer_outlines_keeps_its_province(tmp_path: Path) -> None:
    places.import_outlines(saved(tmp_path, feature(square(100.40, 13.70, 0.05), id="100201")), tmp_path)
    places.use_data_dir(tmp_path)
    assert places.place_of(13.95, 100.45).province == "12"  # next to it, but only its neighbour was imported
    assert places.place_of(18.7883, 98.9853) == Where("50")


def test_gap_between_simplified_outlines_is_closed_but_the_sea_has_no_district(tmp_path: Path) -> None:
    places.import_outlines(saved(tmp_path, feature(square(101.70, 6.40, 0.10), id="960101")), tmp_path)
    places.use_data_dir(tmp_path)
    assert places.place_of(6.45, 101.801) == Where("96", "9601", "960101")  # 110 m beside it
    assert places.place_of(6.45, 101.83) == Where("96")  # 3 km


def test_topojson_is_decoded(tmp_path: Path) -> None:
    # Two squares of 0.1 degrees with a common border: arc 0 is the border, upwards; arcs 1 and 2 go around.
    topology = {
        "type": "Topology",
        "transform": {"scale": [0.1, 0.1], "translate": [101.2, 6.4]},
        "arcs": [[[1, 0], [0, 1]], [[1, 1], [-1, 0], [0, -1], [1, 0]], [[1, 1], [1, 0], [0, -1], [-1, 0]]],
        "objects": {
            "tambon": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "properties": {"id": "960101"}, "arcs": [[0, 1]]},
                    {"type": "MultiPolygon", "id": "960102", "arcs": [[[~0, ~2]]]},
                    {"type": "Point", "id": "960103", "coordinates": [0, 0]},
                ],
            }
        },
    }
    summary = places.import_outlines(written(tmp_path, topology), tmp_path)
    assert (summary["matched"], summary["unmatched"]) == (2, ["960103"])
    places.use_data_dir(tmp_path)
    assert places.place_of(6.45, 101.25).subdistrict == "960101"
    assert places.place_of(6.45, 101.35).subdistrict == "960102"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not JSON",
        "[]",
        "null",
        '"FeatureCollection"',
        '{"type": "FeatureCollection"}',
        '{"type": "FeatureCollection", "features": [1]}',
        '{"type": "FeatureCollection", "features": []}',
        '{"type": "FeatureCollection", "features": [{"geometry": {"type": "Polygon", "coordinates": 5}}]}',
        '{"type": "FeatureCollection", "features": [{"properties": 5, "geometry": null}]}',
        '{"type": "Topology", "arcs": [], "objects": {"a": {"type": "Polygon", "id": "96", "arcs": [[7]]}}}',
        '{"type": "Topology", "arcs": 1, "objects": {}}',
        '{"type": "Topology", "transform": {}, "arcs": [], "objects": {}}',
        "[" * 100_000,
    ],
)
def test_damaged_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "areas.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Refusal, match="geo_file"):
        places.import_outlines(path, tmp_path)
    assert not (tmp_path / "geo").exists()


@pytest.mark.parametrize(
    "ring",
    [
        square(712_345, 567_890, 1000),  # metres of a UTM zone
        [(y, x) for x, y in square(101, 6, 1)],  # latitude first
        [(math.nan, math.nan)] * 4,
        [(101.0, 6.0), (101.0, 6.1)],  # no area
        [["101", "a"]] * 4,
        [],
    ],
)
def test_file_without_usable_outlines_is_refused(tmp_path: Path, ring: Any) -> None:
    with pytest.raises(Refusal, match="geo_file"):
        places.import_outlines(saved(tmp_path, feature(ring, id="960101")), tmp_path)


def test_missing_binary_and_folder_paths_are_refused(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00PK")
    for path in (tmp_path / "missing.json", tmp_path / "binary", tmp_path):
        with pytest.raises(Refusal, match="geo_file"):
            places.import_outlines(path, tmp_path)


def test_refused_file_leaves_the_earlier_import(tmp_path: Path) -> None:
    places.import_outlines(saved(tmp_path, feature(square(101.2, 6.4, 0.2), id="960101")), tmp_path)
    with pytest.raises(Refusal):
        places.import_outlines(written(tmp_path, {}), tmp_path)
    places.use_data_dir(tmp_path)
    assert places.place_of(6.5, 101.3).subdistrict == "960101"
    assert [file.name for file in (tmp_path / "geo").iterdir()] == ["subdistrict.outlines"]


def test_new_import_is_noticed_by_a_running_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "LOOK_AGAIN_S", 0)
    places.use_data_dir(tmp_path)
    assert places.place_of(6.5, 101.3) == Where("95")
    places.import_outlines(saved(tmp_path, feature(square(101.2, 6.4, 0.2), id="960101")), tmp_path)
    assert places.place_of(6.5, 101.3).subdistrict == "960101"
    places.import_outlines(saved(tmp_path, feature(square(101.2, 6.4, 0.2), id="960102")), tmp_path)
    assert places.place_of(6.5, 101.3).subdistrict == "960102"


def test_damaged_import_does_not_stop_the_survey(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    places.import_outlines(saved(tmp_path, feature(square(101.2, 6.4, 0.2), id="960101")), tmp_path)
    file = tmp_path / "geo" / "subdistrict.outlines"
    file.write_bytes(file.read_bytes()[:-10])
    places.use_data_dir(tmp_path)
    assert places.place_of(6.5, 101.3) == Where("95")
    assert "import them again" in caplog.text


def test_threads_may_ask_while_outlines_are_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_coarse", None)
    places.import_outlines(saved(tmp_path, feature(square(101.2, 6.4, 0.2), id="960101")), tmp_path)
    places.use_data_dir(tmp_path)
    answers: list[Where] = []
    threads = [threading.Thread(target=lambda: answers.append(places.place_of(6.5, 101.3))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [Where("96", "9601", "960101")] * 8


# --- real files ---


def centroids() -> list[tuple[str, float, float]]:
    path = SHARED / "geo" / "centroids" / "dhanabhon_sub_districts.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [(r["SUB_DISTRICT_CODE"], r["LATITUDE"], r["LONGITUDE"]) for r in csv.DictReader(file)]
    return [(code, float(lat), float(lon)) for code, lat, lon in rows if lat not in ("", "None")]


@needs_shared
def test_most_subdistricts_lie_in_their_province_out_of_the_box() -> None:
    points = centroids()
    right = sum(places.place_of(lat, lon).province == code[:2] for code, lat, lon in points)
    assert right / len(points) > 0.975  # measured 7,205 of 7,351; the rest lie along the coarse borders
    assert all(places.check_position(lat, lon) is None for _, lat, lon in points)


@needs_shared
def test_official_subdistricts_are_taken_over(tmp_path: Path) -> None:
    summary = places.import_outlines(RTSD, tmp_path)
    assert summary == {"level": "subdistrict", "features": 7425, "matched": 7425, "unmatched": []}
    places.use_data_dir(tmp_path)
    found = [(code, places.place_of(lat, lon)) for code, lat, lon in centroids()]
    assert sum(where.province == code[:2] for code, where in found) / len(found) > 0.998
    assert sum(where.district == code[:4] for code, where in found) / len(found) > 0.99
    assert sum(where.subdistrict == code for code, where in found) / len(found) > 0.975


@needs_shared
@pytest.mark.parametrize(
    ("file", "level", "features", "unmatched"),
    [
        ("thailand_province.geojson", "province", 77, 0),
        ("thailand_district.geojson", "district", 928, 0),
        ("thailand_sub_district.geojson", "subdistrict", 7419, 1),  # names only
        ("opengis_provinces_with_codes.geojson", "province", 77, 0),
    ],
)
def test_files_of_other_makers(tmp_path: Path, file: str, level: str, features: int, unmatched: int) -> None:
    summary = places.import_outlines(RTSD.parent / file, tmp_path)
    assert (summary["level"], summary["features"]) == (level, features)
    assert len(summary["unmatched"]) == unmatched


@needs_shared
def test_cameras_of_pattaya_are_in_chon_buri(tmp_path: Path) -> None:
    with (SHARED / "cctv" / "th_pattaya_cctv.csv").open(encoding="utf-8-sig", newline="") as file:
        points = [(float(row["lat"]), float(row["lng"])) for row in csv.DictReader(file)]
    assert {places.place_of(*point).province for point in points} == {"20"}
    places.import_outlines(RTSD, tmp_path)
    places.use_data_dir(tmp_path)
    assert {places.place_of(*point).district for point in points} <= {"2004", "2007"}  # บางละมุง, ศรีราชา
