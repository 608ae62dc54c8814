"""Codes and names of places, and which one a position lies in with the outlines of the set-up."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, strategies as st

from survey import places
from survey.errors import Message
from survey.places import PROVINCES_FILE, Place, Where

with_outlines = pytest.mark.skipif(
    not PROVINCES_FILE.exists(), reason="static/vendor/provinces.topojson is made at set-up"
)


@pytest.fixture(autouse=True)
def nothing_imported() -> Iterator[None]:
    places.use_data_dir(None)
    yield
    places.use_data_dir(None)


def test_country_has_its_places() -> None:
    districts = [d for p in places.provinces() for d in places.districts(p.code)]
    subdistricts = [s for d in districts for s in places.subdistricts(d.code)]
    assert (len(places.provinces()), len(districts), len(subdistricts)) == (77, 928, 7436)


def test_bangkok_is_first_and_the_others_are_in_thai_order() -> None:
    names = [p.name for p in places.provinces()]
    assert names[:4] == ["กรุงเทพมหานคร", "กระบี่", "กาญจนบุรี", "กาฬสินธุ์"]
    assert names[-2:] == ["อุทัยธานี", "อุบลราชธานี"]
    assert names.index("แพร่") < names.index("ภูเก็ต") < names.index("เลย") < names.index("สงขลา")


@pytest.mark.parametrize(
    "words",
    [
        ["กา", "เก", "ขา", "แข"],  # a leading vowel counts after its consonant
        ["ปา", "ป่า", "ป้า", "ป๊า", "ป๋า", "ปาก"],  # tone marks decide last
        ["เก็ง", "เก่ง", "เก้ง", "เกง1"],  # ็ too
        ["รัก", "ฤดู", "ลา", "ฦา", "วา"],  # ฤ and ฦ have their places among the consonants
        ["กะ", "กัน", "กา", "กำ", "กิน", "กุ", "เก", "แก", "โก", "ใก", "ไก"],  # vowels in their order
        ["apple", "Bangkok", "กระบี่"],  # Latin first, without case
    ],
)
def test_thai_words_sort_as_in_the_dictionary(words: list[str]) -> None:
    assert sorted(words[::-1], key=places.thai_key) == words


def test_both_spellings_of_sara_am_sort_alike() -> None:
    assert places.thai_key("ทํา") == places.thai_key("ทำ")


@given(st.text())
def test_any_text_has_a_sorting_key(text: str) -> None:
    places.thai_key(text)


@pytest.mark.parametrize(
    ("code", "thai", "english"),
    [
        ("96", "จังหวัดนราธิวาส", "Narathiwat Province"),
        ("10", "กรุงเทพมหานคร", "Bangkok"),  # never called a จังหวัด
        ("1002", "เขตดุสิต", "Dusit District"),
        ("100101", "แขวงพระบรมมหาราชวัง", "Phra Borom Maha Ratchawang Subdistrict"),
        ("9601", "อำเภอเมืองนราธิวาส", "Mueang Narathiwat District"),
        ("960101", "ตำบลบางนาค", "Bang Nak Subdistrict"),
        ("104701", "แขวงบางนา", "Bang Na Subdistrict"),  # abolished, an old record may hold it
        ("999999", "999999", "999999"),  # unknown: shown as it is
    ],
)
def test_full_names(code: str, thai: str, english: str) -> None:
    assert (places.full_name(code), places.full_name(code, "en")) == (thai, english)


def test_names_of_bangkok_districts_have_no_prefix() -> None:
    assert places.find("1002") == Place("1002", "ดุสิต", "Dusit")
    assert not any(d.name.startswith("เขต") for d in places.districts("10"))


def test_parents() -> None:
    assert places.parent("960101") == places.find("9601")
    assert places.parent("9601") == places.find("96")
    assert places.parent("96") is None
    assert places.parent("960199") is None


@pytest.mark.parametrize("code", ["", "9", "99", "9601", "960", "xx", "๙๖"])
def test_no_districts_of_what_is_not_a_province(code: str) -> None:
    assert places.districts(code) == []


@pytest.mark.parametrize("code", ["", "96", "9699", "960101"])
def test_no_subdistricts_of_what_is_not_a_district(code: str) -> None:
    assert places.subdistricts(code) == []


@pytest.mark.parametrize(
    ("code", "current"),
    [
        ("960101", "960101"),  # in use
        ("530306", "530407"),  # moved to another district
        ("104701", "1047"),  # divided in two: only the district is certain
        ("100599", None),  # abolished without a successor
        ("999999", None),
    ],
)
def test_code_that_covers_a_place_today(code: str, current: str | None) -> None:
    assert places.current_code(code) == current


def test_distance_along_the_equator_and_a_meridian() -> None:
    degree = 2 * math.pi * 6_371_008.8 / 360
    assert places.distance_m(0, 100, 0, 101) == pytest.approx(degree)
    assert places.distance_m(13, 100, 14, 100) == pytest.approx(degree)
    assert places.distance_m(13.7563, 100.5018, 18.7883, 98.9853) == pytest.approx(582_000, rel=0.01)


def test_distance_between_opposite_points_is_finite() -> None:
    assert places.distance_m(0, 0, 0, 180) == pytest.approx(math.pi * 6_371_008.8)


@with_outlines
@pytest.mark.parametrize(
    ("latitude", "longitude", "province"),
    [
        (13.7563, 100.5018, "10"),  # Bangkok
        (6.4255, 101.8253, "96"),  # Narathiwat
        (18.7883, 98.9853, "50"),  # Chiang Mai
        (18.3609, 103.6466, "38"),  # Bueng Kan, a province since 2011
        (12.9236, 100.8770, "20"),  # Pattaya
        (10.0920, 99.8400, "84"),  # Ko Tao, a nameless island in the source
        (8.6500, 97.6450, "82"),  # Similan, likewise
        (12.9000, 100.8300, "20"),  # in the sea some km from the coast: the nearest province
        (9.0, 101.5, None),  # in the Gulf
        (21.0, 105.8, None),  # Hanoi
        (float("nan"), 100.0, None),
        (100.5, 13.7, None),  # not a latitude
    ],
)
def test_province_of_a_position(latitude: float, longitude: float, province: str | None) -> None:
    assert places.place_of(latitude, longitude) == Where(province)


@with_outlines
@pytest.mark.parametrize(
    ("latitude", "longitude", "low", "high"),
    [
        (13.7, 100.5, 0, 0),
        (17.97, 102.63, 1_000, 8_000),  # Vientiane, over the river
        (5.35, 100.30, 60_000, 110_000),  # Penang
        (0.0, 0.0, 10_000_000, 12_000_000),
    ],
)
def test_metres_beyond_the_border(latitude: float, longitude: float, low: float, high: float) -> None:
    assert low <= places.beyond_border_m(latitude, longitude) <= high


@with_outlines
@pytest.mark.parametrize(
    ("latitude", "longitude", "message"),
    [
        (13.7, 100.5, None),
        (17.97, 102.63, None),  # within the margin
        (5.35, 100.30, Message("position_outside")),
        (0.0, 0.0, Message("position_outside")),
        (100.5, 13.7, Message("position_swapped", position="13.70000, 100.50000")),
        (101.7, 3.1, Message("position_outside")),  # Kuala Lumpur swapped
        (90.0, 100.0, Message("position_outside")),  # the pole, where all meridians are near
        (500.0, 600.0, Message("position_outside")),
        (float("nan"), 100.0, Message("position_outside")),
        (float("inf"), 100.0, Message("position_outside")),
    ],
)
def test_position_is_checked(latitude: float, longitude: float, message: Message | None) -> None:
    assert places.check_position(latitude, longitude) == message


@with_outlines
@given(st.floats(), st.floats())
def test_any_numbers_can_be_checked(latitude: float, longitude: float) -> None:
    places.check_position(latitude, longitude)
    places.place_of(latitude, longitude)


@with_outlines
def test_check_of_a_position_well_inside_is_cheap() -> None:
    points = [(13.7563, 100.5018), (18.7883, 98.9853), (6.5, 101.3), (15.2, 104.8), (16.4, 102.8)]
    places.check_position(*points[0])  # loads the outlines
    start = time.process_time()
    for point in points * 100:
        places.check_position(*point)
    assert (time.process_time() - start) / 500 < 0.001  # measured 0.04 ms; room for a busy machine
