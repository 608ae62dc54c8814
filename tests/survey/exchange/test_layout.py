"""The row of headings is found below titles, columns are matched by their headings in four languages, and by what they hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models import Camera, ProblemReport, ProposedPoint, Site
from survey.exchange import layout
from survey.exchange.fields import fields_of
from survey.exchange.headings import best_match, match
from survey.exchange.layout import Plan
from survey.questions import asked
from tests.survey.exchange.made import HEADINGS, LIST

POSITIONS = [["6.425512", "101.825312"], ["6.431234", "101.822345"], ["6.428765", "101.829876"]]


def plan(*rows: list[str]) -> Plan:
    return layout.planned(Plan("", rows=len(rows), sample=[(n, row) for n, row in enumerate(rows, 1) if any(row)]))


@pytest.mark.parametrize("kind", ["camera", "point", "report"])
def test_our_own_headings_match_exactly(kind: str) -> None:
    """An export has the labels as its headings; each comes back as its field."""
    known = {n: f for n, f in fields_of(kind).items() if f.question and n != f"camera_{f.answer}"}
    found = match([f.label for f in known.values()], kind)
    assert {n: list(known)[c] for n, c in found.columns.items()} == {n: n for n in known}


@pytest.mark.parametrize("kind", ["camera", "point", "report"])
def test_names_of_the_database_match_exactly(kind: str) -> None:
    known = list(fields_of(kind))
    assert {n: known[c] for n, c in match(known, kind).columns.items()} == {n: n for n in known}


def test_every_item_of_the_guideline_can_be_a_column() -> None:
    fields = [(f.part, f.answer) for kind in ("camera", "point", "report") for f in fields_of(kind).values()]
    for part, model in (("site", Site), ("camera", Camera), ("point", ProposedPoint), ("report", ProblemReport)):
        assert [n for n, q in asked(model).items() if q.guideline and (part, n) not in fields] == []


@pytest.mark.parametrize(("headings", "fields"), [
    ("ที่|ชื่อจุดติดตั้งกล้อง CCTV|จำนวน (ตัว)|พิกัด ละติจูด|พิกัด ลองจิจูด|ปีที่ติดตั้ง (พ.ศ.)|หน่วยงานที่รับผิดชอบ|เบอร์โทรศัพท์ผู้ประสานงาน|หมายเหตุ",
     "serial install_point camera_count latitude longitude install_year owner_agency contact_phone remark"),  # as municipalities write
    ("No.|Location|Lat|Long|Camera Type|Status|Installation Date|Owner|Tel.", "serial install_point latitude longitude camera_type status install_year owner_agency contact_phone"),
    ("관리기관명|소재지도로명주소|소재지지번주소|설치목적구분|카메라대수|카메라화소수|촬영방면정보|보관일수|설치년월|관리기관전화번호|위도|경도|데이터기준일자",
     "owner_agency address place purpose camera_count resolution direction retention_days install_year contact_phone latitude longitude not_wanted"),  # the national standard
    ("연번|관리번호|설치동|설치장소|새주소|구분|화소", "serial label subdistrict install_point address purpose resolution"),
    ("流水號|縣市|攝影機編號|WGSX|WGSY", "serial province label longitude latitude"),
    ("編號|設置地點|管理單位|聯絡電話|鏡頭數量|設置年度|保存天數|經度|緯度|備註", "label install_point owner_agency contact_phone camera_count install_year retention_days longitude latitude remark"),
    ("编号|安装地点|地址|管理单位|联系电话|数量|安装日期|存储天数|经度|纬度", "label install_point address owner_agency contact_phone camera_count install_year retention_days longitude latitude"),
    ("설치위치|WGS84위도|WGS84경도|카메라대수", "install_point latitude longitude camera_count"),
    ("設置場所|緯度|経度", "install_point latitude longitude"), ("Camera_Name|the_geom", "label position"),
    ("ชื่อหน่วยงาน|ชื่อร้าน|บ้านเลขที่|หมู่ที่|ซอย|ถนน|พิกัดที่ติดตั้ง (X,Y)", "owner_agency install_point house_no moo soi road position"),
    ("ชื่อจุด|พิกัด GPS|ยี่ห้อ/รุ่น|ใช้งานได้|ชำรุด", "install_point position brand_and_model working_count broken_count"),
    ("จุดติดตั้ง|UTM E|UTM N|โซน", "install_point easting northing zone"),
    ("LATITUDE (องศา)|LONGITUDE (องศา)|ชื่อกล้อง\n(Camera)", "latitude longitude label"),
])  # fmt: skip
def test_headings_of_other_lists(headings: str, fields: str) -> None:
    titles = headings.split("|")
    found = {titles[c]: n for n, c in best_match(titles).columns.items()}
    assert [found.get(t) for t in titles] == fields.split()


@pytest.mark.parametrize(("headings", "kind"), [
    ("ตำแหน่งของกล้องที่จะติดตั้ง|เหตุผลในการติดตั้ง|จำนวนกล้อง|จำนวนงบประมาณ (บาท)", "point"),
    ("จุดที่ขอติดตั้ง|ละติจูด|ลองจิจูด|เหตุผลความจำเป็น|งบประมาณ (บาท)", "point"),
    ("หน่วยงาน|ปัญหาการใช้งานของ CCTV|ปัญหาของการจัดเก็บข้อมูล|ข้อเสนอแนะ", "report"),
    ("ชื่อจุดติดตั้ง|สถานะการใช้งาน|หมายเหตุ", "camera"),
])  # fmt: skip
def test_the_part_of_the_guideline_follows_from_the_headings(headings: str, kind: str) -> None:
    assert best_match(headings.split("|")).kind == kind


def test_headings_below_titles_are_found() -> None:
    found = plan(["บัญชีกล้องวงจรปิด เทศบาลเมืองตัวอย่าง"], ["ณ วันที่ 1 ตุลาคม 2561"], [], *LIST)
    assert (found.header, found.headings) == (4, HEADINGS)


def test_headings_of_two_rows_belong_together() -> None:
    found = plan(["ที่", "จุดติดตั้ง", "พิกัด", "", "จำนวนกล้อง", "", "หมายเหตุ"], ["", "", "X", "Y", "ใช้ได้", "ชำรุด", ""], ["1", "ตลาด", "101.825", "6.425", "3", "1", ""])
    assert found.header == 2 and found.headings[2:6] == ["พิกัด / X", "พิกัด / Y", "จำนวนกล้อง / ใช้ได้", "จำนวนกล้อง / ชำรุด"]
    assert {n: found.columns[n] for n in ("longitude", "latitude", "working_count", "broken_count")} == {"longitude": 2, "latitude": 3, "working_count": 4, "broken_count": 5}


def test_a_list_without_headings_is_known_by_its_positions() -> None:
    found = plan(*[["จุด", *at] for at in POSITIONS])
    assert found.header == 0 and found.columns == {"latitude": 1, "longitude": 2} and found.notes[0][0] == "position_by_contents"


@pytest.mark.parametrize(("headings", "rows", "meant"), [
    (["ชื่อจุด", "ละติจูด", "ลองจิจูด"], [["ตลาด", "101.825312", "6.425512"], ["แยก", "101.822345", "6.431234"]], {"latitude": 2, "longitude": 1}),
    (["ชื่อจุด", "เบอร์โทร", "ผู้ติดต่อ"], [["ตลาด", "นายตัวอย่าง หนึ่ง", "081-234-5678"], ["แยก", "นางตัวอย่าง สอง", "02-283-4737"]], {"contact_phone": 2, "contact_name": 1}),
    (["분류명", "번호", "위도", "경도"], [["30200CTV1", "047.자립지원센터 앞", "36.32", "127.42"], ["30200CTV2", "048.마음편한병원 앞", "36.33", "127.43"]], {"install_point": 1, "label": 0}),
])  # fmt: skip
def test_columns_whose_contents_are_exchanged_are_read_exchanged_and_said_so(headings: list[str], rows: list[list[str]], meant: dict[str, int]) -> None:
    found = plan(headings, *rows)
    assert {n: found.columns[n] for n in meant} == meant and [kind for kind, _ in found.notes] == ["columns_exchanged"]


def test_phones_under_a_heading_that_says_only_whose_are_the_contacts() -> None:
    found = plan(["ชื่อจุด", "เบอร์ผู้ดูแล"], ["ตลาด", "073-511-234"], ["แยก", "812345678"], ["ด่าน", "ไม่มี"])
    assert found.columns == {"install_point": 0, "contact_phone": 1}


def test_control_right_columns_stay_as_they_are() -> None:
    assert plan(*LIST).notes == [] and plan(*LIST).columns == {n: c for c, n in enumerate(
        ["serial", "install_point", "owner_agency", "latitude", "longitude", "camera_count", "install_year", "status"])}


def test_metres_under_x_and_y_are_utm() -> None:
    found = plan(["จุดติดตั้ง", "X", "Y"], ["ตลาด", "812532", "711115"], ["แยก", "812600", "711200"])
    assert found.columns == {"install_point": 0, "easting": 1, "northing": 2}


def test_both_numbers_in_one_cell_are_a_position() -> None:
    found = plan(["จุดติดตั้ง", "ละติจูด", "หมายเหตุ"], ["ตลาด", "6.4255, 101.8253", ""], ["แยก", "6.4312, 101.8223", ""])
    assert found.columns["position"] == 1


def test_sheets_that_are_no_lists_are_not_read() -> None:
    assert not plan(["คำชี้แจง"], ["1. กรอกทุกช่อง"]).read
    assert not plan(["อำเภอ", "จำนวนกล้อง"], ["เมือง", "120"], ["ตากใบ", "80"]).read  # totals of districts
    assert plan(*LIST).read


def test_the_same_headings_are_the_same_layout() -> None:
    assert layout.layout_key(["ละติจูด ", "ชื่อ\nจุด"]) == layout.layout_key(["ละติจูด", "ชื่อจุด"]) != layout.layout_key(["ละติจูด"])


def test_a_person_names_the_row_of_headings_and_the_columns(a_file: Callable[..., object]) -> None:
    found = layout.by_person(plan(["a", "b", "c"], *LIST), 2)
    assert found.header == 2 and found.columns["install_point"] == 1
    layout.choose(found, {"place": "ชื่อจุดติดตั้ง", "remark": "#8", "camera_count": ""})
    assert "install_point" not in found.columns and found.columns["place"] == 1 and found.columns["remark"] == 7 and "camera_count" not in found.columns
