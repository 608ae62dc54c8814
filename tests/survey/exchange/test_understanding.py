"""What people write into cells, and what the survey makes of it; every change is named."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from survey.exchange import positions
from survey.exchange.areas import area_code
from survey.exchange.cells import NOT_KNOWN, understand
from survey.exchange.fields import fields_of
from survey.exchange.measures import understand_count
from survey.exchange.problems import PROBLEMS
from survey.places import check_position

FIELDS = fields_of("camera") | fields_of("point")


def meant(name: str, text: str) -> tuple[Any, list[str]]:
    """The value that is stored, and the kinds of what was said about it."""
    value, notes = understand(FIELDS[name], text)
    question = FIELDS[name].question
    assert question
    if value is not None and value is not NOT_KNOWN:
        value, wrong = question.check(value)
        return value, [n.kind for n in notes] + ([wrong.code] if wrong else [])
    return value, [n.kind for n in notes]


@pytest.mark.parametrize(("text", "year", "kinds"), [
    ("2561", 2018, []), ("2018", 2018, []), ("๒๕๖๑", 2018, []), ("พ.ศ. 2561", 2018, []),
    ("61", 2018, ["year_two_digits"]), ("ม.ค. 61", 2018, ["year_of_date"]), ("มกราคม 2561", 2018, ["year_of_date"]), ("1 ม.ค. 2561", 2018, ["year_of_date"]),
    ("1/6/2561", 2018, ["year_of_date"]), ("01-06-61", 2018, ["year_of_date"]), ("2018-07", 2018, ["year_of_date"]), ("2018-07-15 00:00:00", 2018, ["year_of_date"]),
    ("2013.12", 2013, ["year_of_date"]), ("2018년 7월", 2018, ["year_of_date"]), ("2018年7月", 2018, ["year_of_date"]), ("民國107年", 2018, ["converted"]), ("Jan-18", 2018, ["year_of_date"]),
    ("1905-07", None, ["excel_year"]),  # a bare year in a date's format, without its day
    ("1905-07-12", 2020, ["excel_year_restored"]), ("1907-01-04", 2018, ["excel_year_restored"]),  # 2020, and 2561
    ("43101", 2018, ["year_of_date"]),  # a date that lost its format
    ("2599", None, ["future_year"]), ("2559-2561", None, ["year"]), ("ไม่แน่ชัด", None, ["year"]), ("-", None, []),
])  # fmt: skip
def test_years(text: str, year: int | None, kinds: list[str]) -> None:
    assert meant("install_year", text) == (year, kinds)


@pytest.mark.parametrize(("name", "text", "value", "kinds"), [
    ("retention_days", "30", 30, []), ("retention_days", "๓๐ วัน", 30, []), ("retention_days", "30일", 30, []), ("retention_days", "ประมาณ 30 วัน", 30, ["converted"]), ("retention_days", "1 เดือน", 30, ["converted"]),
    ("retention_days", "2 สัปดาห์", 14, ["converted"]), ("retention_days", "15-30 วัน", None, ["not_a_number"]),
    ("contact_phone", "812345678", "081-234-5678", ["leading_zero"]), ("contact_phone", "02-283-4737 ต่อ 12", "02-283-4737 ต่อ 12", []), ("contact_phone", "02-3423-6772", None, ["phone"]),
    ("contact_phone", "ไม่มี", None, ["placeholder"]), ("retention_days", "ไม่มี", None, ["placeholder"]), ("storage_method", "ไม่มี", ["none"], ["choice_understood"]),
    ("status", "ใช้งานได้", "working", ["choice_understood"]), ("status", "ใช้การได้", "working", []), ("status", "ชำรุด", "not_working", ["choice_understood"]),
    ("status", "정상", "working", ["choice_understood"]), ("status", "Offline", "not_working", ["choice_understood"]), ("status", "ลอย", None, ["unknown_choice", "unknown_choice"]),
    ("camera_type", "SC-PTZ Camera", "ptz", ["choice_understood"]), ("camera_type", "แบบใหม่", "other", ["choice_other"]), ("camera_type", "ไม่ทราบ", "unknown", []),
    ("camera_type", "กล้องวงจรปิดชนิดเครือข่าย แบบมุมมองคงที่สำหรับติดตั้งภายนอกอาคาร", "fixed", ["choice_understood"]),
    ("storage_method", "เครื่อง NVR 16 ช่อง", ["nvr"], ["choice_understood"]), ("status", "ไม่สามารถใช้งานได้ในขณะนี้", None, ["unknown_choice", "unknown_choice"]),
    ("mobile_view", "ได้", "yes", ["choice_understood"]), ("mobile_view", "✓", "yes", ["choice_understood"]), ("mobile_view", "ไม่ได้", "no", ["choice_understood"]),
    ("storage_method", "DVR/Cloud", ["dvr", "cloud"], []), ("area_type", "ริมถนน/ทางเท้า, ทางแยก/วงเวียน", ["roadside", "junction"], []),
    ("camera_brand", "ไม่ทราบ", NOT_KNOWN, []), ("camera_brand", "ไม่ระบุ", None, []), ("address", "0", None, ["placeholder"]),
    ("install_point", " แยก\tตลาด\nสด ", "แยก ตลาด สด", ["text_cleaned"]), ("details", "บรรทัด 1\nบรรทัด 2", "บรรทัด 1\nบรรทัด 2", []),
    ("budget_amount", "1.2 ล้านบาท", "1200000.00", ["converted"]), ("budget_amount", "250,000.-", "250000.00", []),
    ("requests_per_month", "5 ครั้ง/วัน", 150.0, []), ("requests_per_month", "10", 10.0, []), ("bearing", "45 องศา", 45.0, []),
    ("effectiveness_day", "ดี", 4, ["choice_understood"]), ("effectiveness_day", "4", 4, []),
    ("stream_url", "192.168.1.10", None, ["url"]), ("stream_url", "rtsp://admin:12345@10.0.0.5/1", None, ["url_password"]),
])  # fmt: skip
def test_cells(name: str, text: str, value: object, kinds: list[str]) -> None:
    assert meant(name, text) == (value, kinds)


@pytest.mark.parametrize(("two", "position", "kinds"), [
    (("6.425512", "101.825312"), (6.425512, 101.825312), []),
    (("๖.๔๒๕๕๑", "๑๐๑.๘๒๕๓๑"), (6.42551, 101.82531), []),
    (("6,425512", "101,825312"), (6.425512, 101.825312), []),  # decimal commas
    (("101.825312", "6.425512"), (6.425512, 101.825312), ["position_swapped"]),
    (("6°25'31.8\"N", "101°49'31.1\"E"), (6.4255, 101.825306), []),
    (("6 25 31.8", "101 49 31.1"), (6.4255, 101.825306), []),
    (("N6.425512", "E101.825312"), (6.425512, 101.825312), []),
    (("6.425512, 101.825312", ""), (6.425512, 101.825312), []),
    (("6.4", "101.8"), (6.4, 101.8), ["position_rough"]),
    (("0", "0"), None, ["position_zero"]), (("0.0", "0.000"), None, ["position_zero"]), (("", ""), None, ["position_missing"]), (("-", "ไม่มีข้อมูล"), None, ["position_missing"]),
    (("6.425512", ""), None, ["position_half"]), (("1", "1"), None, ["position_placeholder"]), (("999", "999"), None, ["position_placeholder"]),
    (("ตลาด", "แยก"), None, ["position_unreadable"]), (("6425512", "101825312"), None, ["position_unreadable"]),
])  # fmt: skip
def test_positions_of_two_cells(two: tuple[str, str], position: tuple[float, float] | None, kinds: list[str]) -> None:
    latitude, longitude, notes = positions.from_two(*two)
    assert [n.kind for n in notes] == kinds
    assert (position is None and latitude is None) or (latitude, longitude) == pytest.approx(position, abs=1e-5)


@pytest.mark.parametrize(("text", "position", "kinds"), [
    ("13.7563,100.5018", (13.7563, 100.5018), []), ("13.7563 100.5018", (13.7563, 100.5018), []), ("100.5018, 13.7563", (13.7563, 100.5018), ["position_swapped"]),
    ("https://www.google.com/maps?q=13.7563,100.5018", (13.7563, 100.5018), []), ("https://maps.app.goo.gl/abc", None, ["position_short_link"]),
    ("POINT (101.8253 6.4255)", (6.4255, 101.8253), []), ('{"type": "Point", "coordinates": [101.8253, 6.4255]}', (6.4255, 101.8253), []),
    ("47N RH 12532 11115", (6.4256, 101.8252), []), ("0,0", None, ["position_zero"]), ("หน้าตลาด", None, ["position_unreadable"]), ("", None, ["position_missing"]),
])  # fmt: skip
def test_positions_of_one_cell(text: str, position: tuple[float, float] | None, kinds: list[str]) -> None:
    latitude, longitude, notes = positions.from_one(text)
    assert [n.kind for n in notes] == kinds
    assert (position is None and latitude is None) or (latitude, longitude) == pytest.approx(position, abs=1e-3)


@pytest.mark.parametrize(("east", "north", "zone", "province", "kinds"), [
    ("812532", "711115", "47", None, ["utm_converted"]), ("812,532", "711,115", "47N", None, ["utm_converted"]), ("711115", "812532", "", None, ["utm_zone"]),
    ("812532", "711115", "", "96", ["utm_converted"]), ("1", "2", "", None, ["position_rough"]), ("", "", "", None, ["position_missing"]),
])  # fmt: skip
def test_metres_of_a_utm_zone(east: str, north: str, zone: str, province: str | None, kinds: list[str]) -> None:
    latitude, longitude, notes = positions.from_metres(east, north, zone, province)
    assert [n.kind for n in notes] == kinds
    if kinds == ["utm_converted"]:
        assert (latitude, longitude) == pytest.approx((6.4256, 101.8252), abs=1e-3)


@pytest.mark.parametrize(("text", "count"), [("4", 4), ("4 ตัว", 4), ("จำนวน ๔ กล้อง", 4), ("4.0", 4), ("4+1", None), ("สี่", None), ("1,250", 1250)])
def test_counts(text: str, count: int | None) -> None:
    assert understand_count(text) == count


@pytest.mark.parametrize(("text", "upper", "code"), [
    ("นราธิวาส", "", "96"), ("จ.นราธิวาส", "", "96"), ("จังหวัดนราธิวาส", "", "96"), ("Narathiwat", "", "96"), ("กทม.", "", "10"), ("กรุงเทพฯ", "", "10"), ("96", "", "96"), ("臺北市", "", None),
    ("เมือง", "96", "9601"), ("อ.เมืองนราธิวาส", "96", "9601"), ("อำเภอตากใบ", "96", "9602"), ("ไม่มีจริง", "96", None), ("บางนาค", "9601", "960101"),
])  # fmt: skip
def test_areas_by_name(text: str, upper: str, code: str | None) -> None:
    assert area_code(text, upper) == code


@settings(deadline=None, max_examples=300)
@given(latitude=st.floats(5.7, 20.3), longitude=st.floats(97.5, 105.5), digits=st.integers(4, 9), thai=st.booleans(), swap=st.booleans(), one=st.booleans())
def test_any_position_in_thailand_is_understood_however_it_is_written(latitude: float, longitude: float, digits: int, thai: bool, swap: bool, one: bool) -> None:
    texts = [f"{latitude:.{digits}f}", f"{longitude:.{digits}f}"][:: -1 if swap else 1]
    if thai:
        texts = [t.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")) for t in texts]
    found = positions.from_one(", ".join(texts)) if one else positions.from_two(*texts)
    assert found[:2] == pytest.approx((latitude, longitude), abs=10**-digits)
    assert ("position_swapped" in [p.kind for p in found[2]]) == swap


@settings(deadline=None, max_examples=400)
@given(text=st.text(max_size=60), name=st.sampled_from([n for n, f in FIELDS.items() if f.question]))
def test_no_text_whatever_breaks_the_understanding_of_a_cell(text: str, name: str) -> None:
    value, notes = understand(FIELDS[name], text)
    question = FIELDS[name].question
    assert question and all(n.kind in PROBLEMS and str(n) for n in notes)
    if value is not NOT_KNOWN:
        question.check(value)


@settings(deadline=None, max_examples=400)
@given(one=st.text(max_size=40), two=st.text(max_size=40))
def test_no_text_whatever_becomes_a_wrong_position(one: str, two: str) -> None:
    for latitude, longitude, notes in (positions.from_two(one, two), positions.from_one(one), positions.from_metres(one, two, "", None)):
        assert (latitude is None) == (longitude is None)
        if latitude is None or longitude is None:
            assert notes and all(str(n) for n in notes)
        else:
            assert abs(latitude) <= 90 and abs(longitude) <= 180 and not math.isnan(latitude + longitude)
            check_position(latitude, longitude)
