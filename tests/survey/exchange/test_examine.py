"""A whole list: every row is accounted for, duplicates and strange points are found, counts become cameras, rows of one site come together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from models import Account, ProposedPoint, Site
from survey.errors import Refusal
from survey.exchange.problems import PROBLEMS
from tests.conftest import NARATHIWAT, make_site, register, send
from tests.survey.exchange.conftest import Found
from tests.survey.exchange.made import HEADINGS, LIST, csv, xlsx

Run = Callable[..., Found]
OWNER = "เทศบาลเมืองนราธิวาส"


def row(name: str = "แยกตลาดสด", latitude: object = "6.425512", longitude: object = "101.825312", count: object = "1", year: str = "2559", status: str = "ใช้การได้",
        number: object = "1", owner: str = OWNER) -> list[Any]:  # fmt: skip
    return [number, name, owner, latitude, longitude, count, year, status]


def accounted(found: Found) -> bool:
    s = found.summary
    return s.rows == len(found.rows) == s.good + s.error_rows + sum(s.skipped.values())


def test_a_good_list_has_no_problems(dry_run: Run) -> None:
    found = dry_run(xlsx(LIST))
    s = found.summary
    assert (s.rows, s.sites, s.cameras, s.errors, s.warnings) == (3, 3, 4, {}, {}) and accounted(found)
    assert s.columns == {"install_point": "ชื่อจุดติดตั้ง", "owner_agency": "หน่วยงานเจ้าของกล้อง", "latitude": "ละติจูด", "longitude": "ลองจิจูด", "camera_count": "จำนวนกล้อง",
                         "install_year": "ปีที่ติดตั้ง", "status": "สถานะการใช้งาน"}  # fmt: skip


def test_rows_that_hold_no_data_are_passed_over_by_kind(dry_run: Run) -> None:
    table = [["บัญชีกล้อง"], HEADINGS, ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"], row(), ["", "อำเภอตากใบ"], HEADINGS, row("ข", "6.43", "101.83"),
             ["", "รวมทั้งสิ้น", "", "", "", "2"]]  # fmt: skip
    found = dry_run(csv(table))
    assert found.summary.rows == 2 and accounted(found)
    assert found.summary.passed_over == {"above_headings": 2, "column_numbers": 1, "line_between": 1, "headings_again": 1, "total": 1}


def test_exact_duplicates_are_found_although_their_numbers_differ(dry_run: Run) -> None:
    found = dry_run(csv([HEADINGS, row(number=1), row("ข", "6.44", "101.84", number=2), row(number=3)]))
    assert found.summary.skipped == {"duplicate_row": 1} and found.kinds(4) == {"duplicate_row"} and accounted(found)


def test_a_count_becomes_that_many_cameras(dry_run: Run) -> None:
    found = dry_run(csv([HEADINGS, row(count="๔ ตัว")]))
    assert (found.summary.sites, found.summary.cameras) == (1, 4) and {c["status"] for c in found.rows[0].cameras} == {"working"}


def test_counts_of_working_and_broken_cameras_give_their_conditions(dry_run: Run) -> None:
    found = dry_run(csv([["ชื่อจุดติดตั้ง", "พิกัด", "จำนวนกล้อง", "ใช้ได้", "ชำรุด"], ["ตลาด", "6.4255,101.8253", "4", "2", "1"]]))
    assert [c["status"] for c in found.rows[0].cameras] == ["working", "working", "not_working", "not_verified"]


def test_a_count_that_cannot_be_is_an_error(dry_run: Run) -> None:
    found = dry_run(csv([HEADINGS, row(count="1250"), row("ข", count="สอง")]))
    assert found.summary.errors == {"count": 2} and accounted(found)


def test_rows_of_the_same_name_within_50_metres_are_cameras_of_one_site(dry_run: Run) -> None:
    near, far = str(NARATHIWAT[0] + 0.0003), str(NARATHIWAT[0] + 0.002)  # 33 m, 222 m
    table = [["ชื่อจุดติดตั้ง", "หมายเลขกล้อง", "ละติจูด", "ลองจิจูด"], *(["ตลาด", label, lat, str(NARATHIWAT[1])] for label, lat in (
        ("CAM-1", str(NARATHIWAT[0])), ("CAM-2", near), ("CAM-3", far)))]
    found = dry_run(csv(table))
    first, second, third = found.rows
    assert (found.summary.sites, found.summary.cameras) == (2, 3) and first.record_id == second.record_id != third.record_id
    assert second.cameras[0]["latitude"] == pytest.approx(float(near)) and "latitude" not in first.cameras[0]


def test_what_a_second_row_says_of_its_site_besides_is_kept_with_its_camera(dry_run: Run) -> None:
    table = [["ชื่อจุดติดตั้ง", "หมายเลขกล้อง", "สถานที่", "พิกัด"], ["ตลาด", "1", "หน้าตลาด", "6.4255, 101.8253"], ["ตลาด", "2", "หลังตลาด", "6.4255, 101.8253"]]
    assert "หลังตลาด" in dry_run(csv(table)).rows[1].cameras[0]["details"]


@pytest.mark.parametrize(("latitude", "longitude", "kind"), [
    ("0", "0", "position_zero"), ("", "", "position_missing"), ("6.4255", "", "position_half"), ("abc", "def", "position_unreadable"), ("1", "1", "position_placeholder"),
])  # fmt: skip
def test_rows_without_a_believable_position_are_errors(latitude: str, longitude: str, kind: str, dry_run: Run) -> None:
    found = dry_run(csv([HEADINGS, row(), row("ข", latitude, longitude)]))
    assert found.summary.errors == {kind: 1} and accounted(found)


def test_a_swapped_position_is_put_right_and_said_so(dry_run: Run) -> None:
    found = dry_run(csv([HEADINGS, row(), row("ข", "101.83", "6.4312"), row("ค", "6.44", "101.84555")]))
    assert found.summary.good == 3 and "position_swapped" in found.kinds(3) and found.rows[1].answers["latitude"] == 6.4312


def test_a_point_far_from_all_others_is_an_error_with_what_was_meant(dry_run: Run) -> None:
    table = [HEADINGS, *(row(f"จุด {n}", f"6.{42000 + n}", f"101.{82000 + n}") for n in range(30)), row("สลับ", "6.42511", "110.82511"), row("ไกล", "48.85661", "2.35221")]
    found = dry_run(csv(table))
    assert found.summary.errors == {"position_transposed": 1, "position_outlier": 1}
    assert "101.82511" in str(found.rows[-2].problems[-1]) and accounted(found)


def test_one_position_for_many_names_is_noticed(dry_run: Run) -> None:
    table = [HEADINGS, *(row(f"จุด {n}", f"6.{42000 + n}", f"101.{82000 + n}") for n in range(30)), *(row(f"ร้าน {n}") for n in range(12))]
    assert dry_run(csv(table)).summary.warnings["position_repeated"] == 12


def test_points_outside_thailand_are_a_warning_that_can_be_switched_off(dry_run: Run) -> None:
    seoul = csv([HEADINGS, row("강남", "37.512973", "127.027904")])
    assert dry_run(seoul).summary.warnings == {"outside_thailand": 1} and dry_run(seoul).summary.good == 1
    assert dry_run(seoul, anywhere=True).summary.warnings == {}


def test_a_cell_that_breaks_a_rule_does_not_hold_its_row_back(dry_run: Run) -> None:
    found = dry_run(csv([HEADINGS, row(year="2599")]))
    assert found.summary.good == 1 and found.summary.warnings == {"future_year": 1} and found.rows[0].cameras[0]["install_year"] == 2599


def test_a_list_without_names_takes_them_from_its_addresses(dry_run: Run) -> None:
    found = dry_run(csv([["ที่อยู่", "ละติจูด", "ลองจิจูด"], ["ถนนพิชิตบำรุง", "6.4255", "101.8253"]]))
    assert found.rows[0].answers["install_point"] == "ถนนพิชิตบำรุง" and "name_made" in found.kinds(2)


def test_remarks_and_purposes_become_lines_of_the_details_under_their_headings(dry_run: Run) -> None:
    found = dry_run(csv([["ชื่อจุด", "พิกัด", "วัตถุประสงค์", "ความละเอียด", "หมายเหตุ"], ["ตลาด", "6.4255,101.8253", "จราจร", "2 MP", "เสาไฟ"]]))
    assert found.rows[0].answers["details"] == "วัตถุประสงค์: จราจร\nหมายเหตุ: เสาไฟ" and found.rows[0].cameras[0]["details"] == "ความละเอียด: 2 MP"


def test_an_address_in_several_columns_comes_together(dry_run: Run) -> None:
    found = dry_run(csv([["ชื่อจุด", "พิกัด", "หมู่ที่", "ซอย", "ถนน"], ["ตลาด", "6.4255,101.8253", "4", "สุขใจ", "พิชิตบำรุง"]]))
    assert found.rows[0].answers["address"] == "หมู่ที่ 4 ซอยสุขใจ ถนนพิชิตบำรุง"


def test_a_system_under_the_heading_of_the_type_is_the_system(dry_run: Run) -> None:
    found = dry_run(csv([["ชื่อจุด", "พิกัด", "ประเภทกล้อง"], ["ตลาด", "6.4255,101.8253", "IP Camera"]]))
    assert found.rows[0].cameras[0]["camera_system"] == "ip" and "camera_type" not in found.rows[0].cameras[0] and "choice_understood" in found.kinds(2)


def test_columns_that_are_not_used_are_named(dry_run: Run) -> None:
    found = dry_run(csv([["ชื่อจุด", "พิกัด", "สีเสา"], ["ตลาด", "6.4255,101.8253", "เขียว"]]))
    assert found.summary.warnings["column_not_used"] == 1


def test_several_sheets_are_read_each_by_its_own_headings(dry_run: Run) -> None:
    other = [["Name", "Lat", "Lon"], ["Pier", "6.4312", "101.8312"]]
    found = dry_run(xlsx([["คำชี้แจง"], ["กรอกให้ครบ"]], LIST, other, names=["อ่านก่อน", "เมือง", "Port"]))
    assert [s["read"] for s in found.summary.sheets] == [False, True, True] and found.summary.rows == 4 and found.summary.sites == 4


def test_proposed_points_and_problem_reports_come_in_too(dry_run: Run) -> None:
    points = [["ตำแหน่งของกล้องที่จะติดตั้ง", "พิกัด", "สถานะของโครงการ", "เหตุผลในการติดตั้ง", "จำนวนกล้อง", "จำนวนงบประมาณ (บาท)", "ปีงบประมาณ"],
              ["หน้าด่าน", "6.4255,101.8253", "อยู่ระหว่างของบประมาณ", "จุดเสี่ยง", "4", "250,000", "2560"]]  # fmt: skip
    reports = [["หน่วยงาน", "จังหวัด", "ปัญหาการใช้งานของ CCTV", "ข้อเสนอแนะ"], [OWNER, "นราธิวาส", "ภาพมัว", "จัดงบบำรุงรักษา"]]
    found = dry_run(xlsx(points, reports, names=["1.2", "1.3"]))
    assert (found.summary.points, found.summary.reports, found.summary.error_rows) == (1, 1, 0)
    assert found.rows[0].answers["budget_amount"] == "250,000" and found.rows[1].answers["province"] == "96"


def test_a_point_without_its_reason_is_an_error(dry_run: Run) -> None:
    table = [["ตำแหน่งของกล้องที่จะติดตั้ง", "พิกัด", "เหตุผลในการติดตั้ง", "จำนวนกล้อง", "สถานะของโครงการ"], ["หน้าด่าน", "6.4255,101.8253", "", "4", "อยู่ระหว่างของบประมาณ"]]
    assert dry_run(csv(table)).summary.errors == {"required": 1}


def test_what_is_there_already_is_skipped(dry_run: Run, person: Callable[..., Account]) -> None:
    make_site(person("surveyor", "96"), install_point="แยก ตลาดสด", latitude=6.4256, longitude=101.8253)  # the same name, 12 m away
    found = dry_run(csv([HEADINGS, row(), row("อื่น", "6.4256", "101.8253")]))
    assert found.summary.skipped == {"already_there": 1} and "same_position" in found.kinds(3) and accounted(found)


def test_an_export_that_comes_back_changes_nothing(dry_run: Run, person: Callable[..., Account]) -> None:
    site = make_site(person("surveyor", "96"))
    point = ProposedPoint.get_by_id(send(person("surveyor", "96"), "point", {"location": "ด่าน", "latitude": 6.5, "longitude": 101.9, "project_status": "awaiting_budget",
                                                                           "reason": "เสี่ยง", "camera_count": 2})["record_id"])  # fmt: skip
    cameras = csv([["รหัสจุดติดตั้งในระบบ", "ชื่อจุดติดตั้ง", "ละติจูด", "ลองจิจูด"], [site.id, "ชื่อใหม่", "6.5", "101.9"]])
    points = csv([["record_id", "ตำแหน่งของกล้องที่จะติดตั้ง", "เหตุผลในการติดตั้ง", "จำนวนกล้อง", "พิกัด"], [point.id, "ด่าน", "เสี่ยง", "2", "6.5, 101.9"]])
    assert dry_run(cameras).summary.skipped == dry_run(points).summary.skipped == {"already_there": 1}


def test_rows_of_another_province_are_errors_of_the_importers_area(dry_run: Run, person: Callable[..., Account]) -> None:
    table = csv([HEADINGS, row(), row("ราชบุรี", "13.5283", "99.8134"), row("โซล", "37.512973", "127.027904")])
    found = dry_run(table, account=person("province_admin", "96"))
    assert found.summary.errors == {"outside_area": 1, "position_outside": 1} and found.summary.good == 1 and accounted(found)
    assert dry_run(table, account=person("centre_admin")).summary.good == 2
    assert dry_run(table, province="96").summary.errors == {"outside_area": 1}


def test_a_province_that_does_not_fit_the_position_is_an_error(dry_run: Run) -> None:
    found = dry_run(csv([["ชื่อจุด", "จังหวัด", "พิกัด"], ["ตลาด", "ราชบุรี", "6.4255,101.8253"]]))
    assert found.summary.errors == {"position_elsewhere": 1}


def test_an_agency_brings_in_only_its_own_list(dry_run: Run, person: Callable[..., Account]) -> None:
    bank = person("agency", "96", agency="ธนาคารตัวอย่าง")
    found = dry_run(csv([HEADINGS, row(owner="ธนาคารตัวอย่าง"), row("ข", "6.44", "101.84", owner=""), row("ค", "6.45", "101.85", owner="ธนาคารอื่น")]), account=bank)
    assert found.summary.errors == {"other_agency": 1} and {r.answers["owner_agency"] for r in found.rows[:2]} == {str(bank.agency_id)}


def test_the_owner_of_all_rows_fills_what_is_blank(dry_run: Run) -> None:
    table = [["ชื่อจุด", "พิกัด"], ["ตลาด", "6.4255,101.8253"]]
    assert dry_run(csv(table)).summary.warnings == {"owner_missing": 1}
    assert dry_run(csv(table), owner=OWNER).rows[0].answers["owner_agency"] == OWNER


def test_a_dry_run_changes_nothing(dry_run: Run) -> None:
    register(OWNER)
    dry_run(xlsx(LIST))
    assert not Site.select().exists()


WORDS = st.one_of(st.sampled_from([*HEADINGS, "พิกัด", "X", "Y", "Name", "위도", "経度", "จำนวน", "ใช้ได้", "ชำรุด", "หมายเหตุ", "UTM E", "UTM N", "", "0", "-", "รวม", "6.4255",
                                   "101.8253", "6.4, 101.8", "812532", "711115", "4 ตัว", "1905-07", "ม.ค. 61", "ไม่ทราบ", "081-234-5678", "http://a.b/c"]),
                  st.text(max_size=12), st.floats(allow_nan=True).map(str), st.integers().map(str))  # fmt: skip


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.lists(st.lists(WORDS, max_size=9), min_size=1, max_size=14), known=st.booleans(), anywhere=st.booleans())
def test_no_table_whatever_breaks_the_reading_and_every_row_is_accounted_for(table: list[list[str]], known: bool, anywhere: bool, dry_run: Run) -> None:
    try:
        found = dry_run(csv([*([HEADINGS] if known else []), *table], "utf-8-sig"), anywhere=anywhere)
    except Refusal:
        return
    assert accounted(found)
    assert sum(p.rows for p in found.plans if p.read) == found.summary.rows + sum(n for k, n in found.summary.passed_over.items() if k != "sheet_not_read")


def test_each_problem_has_a_sentence_and_fills_it_in(dry_run: Run) -> None:
    found = dry_run(csv([HEADINGS, row("ก\nข", "0", "0", "x", "ม.ค. 61", "เสีย"), row("", "1", "", "300", "1905-07", "ลอย"), row(), row()]))
    said = [str(p) for r in found.rows for p in r.problems]
    assert len(said) > 8 and not [s for s in said if "%(" in s] and all(text for _, text in PROBLEMS.values())
