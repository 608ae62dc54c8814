"""Bad input gets a clear Thai sentence at the field; nothing typed is lost and nothing is half stored."""

from __future__ import annotations

import io
from collections.abc import Callable
from html import unescape

import pytest

from models import Agency, Camera, Mutation, Photo, Site, Upload
from survey import album
from survey.errors import CATALOGUE
from tests.conftest import Browser, make_camera, make_site, picture

GOOD = {"install_point": "แยกตลาดสด", "owner_agency": "เทศบาลเมืองนราธิวาส", "position": "6.4255, 101.8253", "details": "พิมพ์ไว้ยาวมาก"}


@pytest.fixture
def surveyor(browser: Callable[..., Browser]) -> Browser:
    return browser("surveyor", "96")


def nothing_stored() -> bool:
    return not any(table.select().exists() for table in (Site, Mutation, Agency))


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("install_point", "", "โปรดกรอก “ชื่อจุดติดตั้ง”"),
    ("install_point", "ก" * 201, "ยาวเกินไป (สูงสุด 200 ตัวอักษร ขณะนี้ 201)"),
    ("install_point", "a\x07b", "อักขระควบคุม"),
    ("owner_agency", "", "โปรดกรอก “หน่วยงานเจ้าของกล้อง”"),
    ("contact_phone", "12345", "หมายเลขโทรศัพท์ไม่ถูกต้อง"),
    ("retention_days", "สามสิบ", "โปรดกรอกเป็นตัวเลข"),
    ("retention_days", "-1", "ต้องอยู่ระหว่าง 0 ถึง 3,650"),
    ("installed_budget_year", "2999", "ยังมาไม่ถึง"),
    ("place_type", "castle", "ไม่มีตัวเลือกนี้"),
    ("province", "zz", "ไม่มีรหัสพื้นที่นี้"),
    ("province", "70", "อยู่ไกลจากจังหวัดที่เลือก"),
    ("district", "7001", "นอกพื้นที่|ไม่ได้อยู่ในจังหวัด"),
    ("position", "", "โปรดใส่พิกัด"),
    ("position", "somewhere", "อ่านพิกัดไม่ออก"),
    ("position", "https://maps.app.goo.gl/AbCdEf", "ลิงก์สั้นของ Google Maps"),
    ("position", "48.8584, 2.2945", "อยู่นอกประเทศไทย"),
    ("position", "101.8253, 6.4255", "สลับกัน"),
    ("position", "13.5283, 99.8134", "นอกพื้นที่ของบัญชีท่าน"),
    ("requests_per_month", "มาก", "โปรดกรอกเป็นตัวเลข"),
])  # fmt: skip
def test_a_site_form_says_what_is_wrong_and_keeps_what_was_typed(surveyor: Browser, field: str, value: str, sentence: str) -> None:
    answer = surveyor.fill("/sites/new", {**GOOD, field: value})
    shown = unescape(answer.text)
    assert answer.status_code == 400
    assert any(part in shown for part in sentence.split("|")), [s for _, s in CATALOGUE.values() if s in shown]
    for other in set(GOOD) - {field}:
        assert GOOD[other] in shown
    assert nothing_stored()


def test_all_errors_come_at_once(surveyor: Browser) -> None:
    answer = surveyor.fill("/sites/new", {"install_point": "", "owner_agency": "", "position": "x", "contact_phone": "1"})
    assert answer.text.count('class="error"') >= 4


def test_swapped_coordinates_are_offered_swapped(surveyor: Browser) -> None:
    page = surveyor.fill("/sites/new", {**GOOD, "position": "101.8253, 6.4255"}).text
    assert 'value="6.42550, 101.82530"' in page
    assert surveyor.fill("/sites/new", {"position": "6.42550, 101.82530"}, page=page).status_code == 303


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("status", "", "โปรดเลือก “สถานะการใช้งาน”"), ("status", "broken", "ไม่มีตัวเลือกนี้"), ("stream_url", "rtsp://admin:1234@10.0.0.1/x", "ชื่อผู้ใช้หรือรหัสผ่าน"),
    ("stream_url", "javascript:alert(1)", "ลิงก์ไม่ถูกต้อง"), ("bearing", "360", "ต้องอยู่ระหว่าง 0 ถึง 359"), ("install_year", "259", "โปรดกรอกปี พ.ศ."),
    ("effectiveness_day", "6", "ไม่มีตัวเลือกนี้"), ("problems", "ghosts", "ไม่มีตัวเลือกนี้"),
])  # fmt: skip
def test_a_camera_form_says_what_is_wrong(surveyor: Browser, field: str, value: str, sentence: str) -> None:
    site = make_site(surveyor.account)
    answer = surveyor.fill(f"/sites/{site.id}/cameras/new", {"label": "CAM-9", "status": "working", field: value})
    assert answer.status_code == 400 and sentence in unescape(answer.text) and 'value="CAM-9"' in answer.text
    assert Camera.select().count() == 0


SCRIPTS = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "javascript:alert(1)", "' onmouseover='alert(1)")


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_in_any_text_is_shown_as_text(surveyor: Browser, script: str) -> None:
    site = make_site(surveyor.account, install_point=script, place=script, details=script, contact_name=script, owner_agency=script, address=script)
    camera = make_camera(surveyor.account, site, label=script, details=script, camera_brand=script)
    for address in ("/", "/sites", f"/sites/{site.id}", f"/sites/{site.id}/edit", f"/cameras/{camera.id}", f"/cameras/{camera.id}/edit", f"/sites/{site.id}/cameras/new",
                    f"/cameras/{camera.id}/status", "/status", "/agencies", "/sites?q=" + script.replace("#", ""), "/reports/new"):  # fmt: skip
        page = surveyor.get(address).text
        assert "<script>alert" not in page and "<img src=x" not in page and "' onmouseover='" not in page, address
        assert "{{ 7*7 }}" in script or "49" not in script


@pytest.mark.parametrize(("data", "name", "sentence"), [
    (b"", "empty.jpg", "ไฟล์ภาพว่างเปล่า"), (b"hello", "text.jpg", "ไม่ใช่ภาพชนิดที่รับได้"), (b"%PDF-1.7", "scan.pdf", "ไม่ใช่ภาพชนิดที่รับได้"),
    (b"\xff\xd8\xff\xe0" + b"0" * 50, "broken.jpg", "เสียหาย|ไม่ใช่ภาพ"), (b"GIF89a" + b"0" * 50, "a.gif", "ไม่ใช่ภาพชนิดที่รับได้"),
    (b"<svg onload=alert(1)>", "a.jpg", "ไม่ใช่ภาพชนิดที่รับได้"),
])  # fmt: skip
def test_files_that_are_no_photos_are_refused_and_the_good_ones_kept(surveyor: Browser, data: bytes, name: str, sentence: str) -> None:
    good = picture((9, 9, 9))
    answer = surveyor.fill("/sites/new", GOOD, files=[(data, name), (good, "good.jpg")])
    assert answer.status_code == 400 and any(part in answer.text for part in sentence.split("|"))
    assert Site.select().count() == 0
    assert [u.sha256 for u in Upload.select()] == [album.photos.digest(good)]
    again = surveyor.fill("/sites/new", {}, page=answer.text)
    assert again.status_code == 303
    assert Photo.get().sha256 == album.photos.digest(good) and Photo.get().upload_id


def test_a_photo_that_is_too_large(surveyor: Browser) -> None:
    answer = surveyor.fill("/sites/new", GOOD, files=[(b"\xff\xd8" + b"0" * album.MAX_BYTES, "big.jpg")])
    assert answer.status_code == 400 and "ภาพใหญ่เกิน 8 MB" in answer.text
    direct = surveyor.put("/sync/photos/" + "0" * 64, b"0" * (album.MAX_BYTES + 1))
    assert (direct.status_code, direct.json["error"]) == (413, "photo_too_large")


def test_bytes_that_do_not_match_their_name(surveyor: Browser) -> None:
    answer = surveyor.put("/sync/photos/" + "0" * 64, picture())
    assert (answer.status_code, answer.json["error"]) == (422, "photo_hash")
    assert surveyor.put("/sync/photos/../etc", picture()).status_code in (404, 422)
    assert Upload.select().count() == 0


def test_a_form_that_is_far_too_large(surveyor: Browser) -> None:
    answer = surveyor.client.post("/sites/new", data={"csrf_token": surveyor.csrf(), "details": "ก" * 3_000_000})
    assert answer.status_code == 413


def test_a_hidden_field_that_was_tampered_with(surveyor: Browser) -> None:
    page = surveyor.get("/sites/new").text
    for change in ({"record_id": "x"}, {"form_id": "x"}, {"owner": "x"}):
        assert surveyor.fill("/sites/new", {**GOOD, **change}, page=page).status_code in (403, 422)
    assert nothing_stored()
    assert surveyor.fill("/sites/new", {**GOOD, "opened_at": "x", "base_rev": "x", "latitude": "x", "position_accuracy_m": "x"}, page=page).status_code in (303, 400)


def test_a_posted_camera_of_another_site_changes_nothing(surveyor: Browser, browser: Callable[..., Browser]) -> None:
    """A record id of somebody else's province in the hidden field is not found."""
    other = browser("surveyor", "70")
    theirs = make_site(other.account, latitude=13.5283, longitude=99.8134)
    answer = surveyor.fill("/sites/new", {**GOOD, "record_id": str(theirs.id)})
    assert answer.status_code == 404
    assert Site.get_by_id(theirs.id).install_point == "แยกตลาดสด" and Site.select().count() == 1


def test_queries_full_of_nonsense_show_a_list(surveyor: Browser) -> None:
    make_site(surveyor.account)
    for query in ("q=%00", "q=%25%5F", "q='\";--", "q=" + "ก" * 500, "near=x", "near=91,181", "before=x", "before=-1", "before=99999999999999999999", "status=x", "province=x",
                  "district[]=1", "q=\"AND", "q=*", "q=(", "q=NEAR", "province=%00", "status=%00", "sector=%00&district=%00", "q=abc\"def"):  # fmt: skip
        assert surveyor.get(f"/sites?{query}").status_code == 200, query
        assert surveyor.get(f"/points?{query}").status_code == 200, query
        assert surveyor.get(f"/agencies?{query}").status_code == 200, query


def test_a_name_that_no_database_takes(surveyor: Browser) -> None:
    for name in ("a\x00b", "ก" * 5000, "\ud800".encode("utf-8", "replace").decode(), "🙂"):
        data = {"username": name, "password": "x\x00y", "csrf_token": surveyor.csrf()}
        assert surveyor.client.post("/login", data=data).status_code in (400, 429)
    assert surveyor.get("/agencies/suggest?q=%00&kind=%00").status_code == 200
    assert surveyor.get("/places/at?q=%00", headers={"Accept": "application/json"}).status_code == 400
    assert surveyor.get("/sync/session?last=%00").json["known"] is False


def test_a_photo_that_never_arrived_is_not_passed_over(surveyor: Browser) -> None:
    """The script adds a card before its upload has succeeded; the form must not say "saved" without that photo."""
    card = {"photos-1000-sha256": "", "photos-1000-kind": "", "photos-1000-taken_at": "2026-11-22T01:00:00Z"}
    answer = surveyor.fill("/sites/new", {**GOOD, **card})
    assert answer.status_code == 400 and "ยังส่งไม่สำเร็จ" in answer.text
    assert surveyor.fill("/sites/new", {**GOOD, **card, "photos-1000-remove": "yes"}).status_code == 303


def test_odd_numbers_in_hidden_fields(surveyor: Browser) -> None:
    site = make_site(surveyor.account)
    odd = {"photos-²-sha256": "0" * 64, "photos-1-blur": "[" * 5000, "photos-1-sha256": "0" * 64, "base_rev": "²"}
    assert surveyor.fill(f"/sites/{site.id}/edit", odd).status_code in (303, 400)
    assert surveyor.fill(f"/sites/{site.id}/edit", {"base_rev": "9" * 40}).status_code == 303


def test_a_multipart_body_that_is_cut_off(surveyor: Browser) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="install_point"\r\n\r\nabc'
    answer = surveyor.client.post("/sites/new", input_stream=io.BytesIO(body), content_type="multipart/form-data; boundary=x", content_length=len(body))
    assert answer.status_code == 400
    assert nothing_stored()
