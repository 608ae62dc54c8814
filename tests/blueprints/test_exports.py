"""The page of exports as a browser sees it: the password again, the filter of the list, the file, the line in the log."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
import python_calamine

from config import Settings
from models import Account, Audit, Session, utcnow
from survey import album, disclosure
from survey.exchange import bundle, exported, staging, written
from tests.conftest import PASSWORD, Browser, hidden, make_camera, make_site, picture, send


@pytest.fixture
def admin(browser: Callable[..., Browser], person: Callable[..., Account]) -> Browser:
    officer = person("surveyor", "96")
    for n, status in enumerate(("working", "not_working")):
        make_camera(officer, make_site(officer, install_point=f"จุด {n}", latitude=6.42 + n / 100), status=status)
    return browser("province_admin", "96")


def download(browser: Browser, form: str, query: str = "") -> Any:
    return browser.client.post(f"/exports{query}", data={"format": form}, headers={"X-CSRFToken": browser.csrf()})


def test_a_list_goes_out_as_it_was_filtered_and_the_log_says_so(admin: Browser) -> None:
    address = "/exports?status=not_working&of=camera"
    assert "of=camera" in admin.get("/sites?status=not_working").text
    page = admin.get(address).text
    assert "ใช้การไม่ได้ (ชำรุด)" in page and "1 จุดติดตั้ง" in page
    answer = download(admin, "csv-camera", "?status=not_working&of=camera")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment; filename=samruat-cameras-")
    assert "จุด 1" in answer.text and "จุด 0" not in answer.text
    logged = Audit.select().where(Audit.action == "export").get()
    assert logged.detail == {"what": "csv-camera", "records": 1, "filter": {"status": "not_working"}} and logged.province == "96"
    assert "ส่งออก" in admin.get("/audit").text


def test_a_workbook_and_a_map_file_are_sent(admin: Browser) -> None:
    with download(admin, "xlsx") as answer:
        book = python_calamine.load_workbook(io.BytesIO(answer.data))
    assert book.sheet_names == ["1.1", "1.2", "1.3"] and len(book.get_sheet_by_name("1.1").to_python()) == 3
    answer = download(admin, "geojson-camera")
    assert answer.mimetype == "application/geo+json" and len(answer.json["features"]) == 2
    assert download(admin, "pdf").status_code == 400


def test_the_password_is_asked_again(admin: Browser) -> None:
    Session.update(fresh_at=utcnow() - dt.timedelta(hours=2)).execute()
    answer = admin.get("/exports")
    assert answer.status_code in (302, 303) and "confirm" in answer.location and not Audit.select().where(Audit.action == "export").exists()


def test_the_page_says_how_many_rows_and_photos_a_file_would_hold(admin: Browser, person: Callable[..., Account]) -> None:
    officer = person("surveyor", "96")
    site = make_site(officer, latitude=6.5)
    make_camera(officer, site)
    make_camera(officer, site)
    upload, _ = album.accept(picture(), officer)
    send(officer, "site", {}, site.id, base={"rev": site.rev}, photos={"add": [{"sha256": upload.sha256}]})
    page = admin.get("/exports").text
    assert "4 แถว (3 จุดติดตั้ง)" in page and 'value="csv-camera" data-rows="4"' in page and 'value="photos-camera" data-rows="1"' in page and "photos-point" not in page
    assert download(admin, "csv-camera").headers["X-Rows"] == "4" and download(admin, "geojson-camera").headers["X-Rows"] == "4"
    with download(admin, "xlsx") as answer:
        assert answer.headers["X-Rows"] == "4"


def test_photos_go_out_as_a_zip_and_the_log_counts_them(admin: Browser, person: Callable[..., Account], monkeypatch: pytest.MonkeyPatch) -> None:
    officer = person("surveyor", "96")
    site = make_site(officer, latitude=6.5, install_point="จุดที่มีภาพ")
    upload, _ = album.accept(picture((200, 9, 9)), officer)
    send(officer, "site", {}, site.id, base={"rev": site.rev}, photos={"add": [{"sha256": upload.sha256}]})
    answer = download(admin, "photos-camera", "?q=จุดที่มีภาพ&of=camera")
    assert answer.mimetype == "application/zip" and answer.headers["Content-Disposition"].startswith("attachment; filename=samruat-photos-cameras-")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert len(archive.namelist()) == 2 and "manifest.csv" in archive.namelist()
    logged = Audit.select().where(Audit.action == "export").get()
    assert logged.detail == {"what": "photos-camera", "records": 1, "filter": disclosure.without_words({"text": "จุดที่มีภาพ"})}
    monkeypatch.setattr(bundle, "MOST_PHOTOS", 0)
    refused = download(admin, "photos-camera")
    assert refused.status_code == 413 and "กรองให้น้อยลง" in refused.text and Audit.select().where(Audit.action == "export").count() == 1
    assert "กรองให้น้อยลง" in admin.get("/exports").text and 'value="photos-camera"' not in admin.get("/exports").text


def test_a_workbook_of_too_many_rows_is_refused_before_it_is_logged(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "MOST_ROWS", 1)
    assert "โปรดเลือกไฟล์ CSV" in admin.get("/exports").text
    assert download(admin, "xlsx").status_code == 413 and not Audit.select().where(Audit.action == "export").exists()
    token = admin.csrf()
    said = admin.client.post("/exports", data={"format": "xlsx"}, headers={"X-CSRFToken": token, "Accept": "application/json"})
    assert said.status_code == 413 and said.json["error"] == "export_large"


def test_a_file_is_read_while_it_is_sent(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the first chunk has been read when the first bytes are there, so that memory stays small and a bar can move."""
    monkeypatch.setattr(written, "PIECE", 10)
    monkeypatch.setattr(exported, "CHUNK", 1)
    read: list[int] = []
    stored = exported.Part.stored
    monkeypatch.setattr(exported.Part, "stored", lambda part, query, *more: read.append(1) or stored(part, query, *more))
    pieces = written.write_csv(admin.account, "camera", written.Filter(), str)
    next(pieces)
    before = len(read)
    assert len(list(pieces)) >= 1 and before < len(read)


def test_the_filter_is_still_there_after_the_password(admin: Browser) -> None:
    address = "/exports?status=not_working&of=camera"
    token = hidden(admin.get(address).text, "csrf_token")
    Session.update(fresh_at=utcnow() - dt.timedelta(hours=2)).execute()
    asked = admin.client.post(address, data={"csrf_token": token, "format": "csv-camera"})
    assert asked.status_code == 403 and not Audit.select().where(Audit.action == "export").exists()
    kept = {name: html.unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', asked.text)}
    page = admin.client.post("/confirm", data={**kept, "password": PASSWORD}).text
    action = html.unescape(re.search(r'method="post" action="(/exports[^"]*)"', page)[1])  # type: ignore[index]  # it is there
    assert action == address and 'name="format" value="csv-camera"' in page
    sent = admin.client.post(action, data={"csrf_token": hidden(page, "csrf_token"), "format": "csv-camera"})
    assert "จุด 1" in sent.text and "จุด 0" not in sent.text


OWNER = "เทศบาลเมืองนราธิวาส"


def test_an_agency_takes_out_its_own_list_and_nothing_of_others(browser: Callable[..., Browser], person: Callable[..., Account]) -> None:
    officer = person("surveyor", "96")
    mine, theirs = make_site(officer, install_point="ของเรา", contact_name="ผู้ติดต่อ หนึ่ง"), make_site(officer, install_point="ของธนาคาร", owner_agency="ธนาคารสอง", latitude=6.44)
    for site, colour in ((mine, (9, 200, 9)), (theirs, (9, 9, 200))):
        camera = make_camera(officer, site, stream_url="rtsp://stream.test/secret-1")
        upload, _ = album.accept(picture(colour), officer)
        send(officer, "camera", {}, camera.id, base={"rev": camera.rev}, photos={"add": [{"sha256": upload.sha256}]})
    agency = browser("agency", "96", agency=OWNER)
    assert "/exports" in agency.get("/more").text and "of=camera" in agency.get("/sites").text
    assert "ทุกรายการของหน่วยงานท่าน" in agency.get("/exports").text
    assert "ไม่มีรายการให้ส่งออก" in agency.get("/exports?q=ของธนาคาร&province=96&of=camera").text
    said = download(agency, "csv-camera").text
    assert "ของเรา" in said and "ผู้ติดต่อ หนึ่ง" in said and "ของธนาคาร" not in said and "secret-1" not in said
    assert "ของธนาคาร" not in download(agency, "csv-camera", "?q=ของธนาคาร&province=96&of=camera").text
    assert len(download(agency, "geojson-camera").json["features"]) == 1
    with zipfile.ZipFile(io.BytesIO(download(agency, "photos-camera").data)) as archive:
        assert len(archive.namelist()) == 2
    logged = Audit.select().where(Audit.action == "export").first()
    assert logged.account_id == agency.account.id and logged.detail["records"] == 1 and logged.province == "96"
    Session.update(fresh_at=utcnow() - dt.timedelta(hours=2)).execute()
    assert "confirm" in agency.get("/exports").location


@pytest.mark.parametrize("role", ["surveyor", "analyst", "inspector", "viewer"])
def test_nobody_else_takes_lists_out(browser: Callable[..., Browser], role: str) -> None:
    other = browser(role, *(["96"] if role in ("surveyor", "inspector") else []))
    assert other.get("/exports").status_code == 403 and "/exports" not in other.get("/more").text
    assert other.client.post("/exports", data={"format": "csv-camera"}, headers={"X-CSRFToken": other.csrf()}).status_code == 403


@pytest.fixture
def marked(settings: Settings) -> Iterator[str]:
    settings.classification = "ลับ"
    yield settings.classification
    settings.classification = ""


def test_every_file_carries_the_classification(admin: Browser, marked: str) -> None:
    name = quote(f"-{marked}.")
    delimited = download(admin, "csv-camera")
    rows = delimited.text.splitlines()
    assert rows[0].endswith(",ชั้นความลับ") and all(row.endswith(f",{marked}") for row in rows[1:]) and len(rows) == 3
    found = download(admin, "geojson-camera")
    assert found.json["classification"] == marked and len(found.json["features"]) == 2
    with download(admin, "xlsx") as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        assert all(marked in s.oddHeader.center.text and marked in s.oddFooter.center.text for s in book) and name in answer.headers["Content-Disposition"]
    photos = download(admin, "photos-camera")
    with zipfile.ZipFile(io.BytesIO(photos.data)) as archive:
        assert "ชั้นความลับ" in archive.read("manifest.csv").decode()
    for answer in (delimited, found, photos):
        assert name in answer.headers["Content-Disposition"] and "filename=samruat-" in answer.headers["Content-Disposition"]


def test_without_a_classification_nothing_is_marked(admin: Browser) -> None:
    assert "ชั้นความลับ" not in download(admin, "csv-camera").text and "classification" not in download(admin, "geojson-camera").json
    with download(admin, "xlsx") as answer:
        assert "filename*" not in answer.headers["Content-Disposition"]


def test_a_marked_list_that_comes_back_changes_nothing(admin: Browser, marked: str, tmp_path: Any) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(download(admin, "csv-camera").data)
    staged = staging.upload(path, "list.csv", admin.account)
    staging.keep_plans(staged, staging.plans_of(staged), {}, admin.account)
    staging.check(staged)
    summary = type(staged).get_by_id(staged.id).summary
    assert summary["skipped"] == {"already_there": 2} and summary["good"] == 0 and "column_not_used" not in summary["warnings"]


def test_rows_that_come_back_to_be_corrected_carry_it_too(admin: Browser, marked: str, tmp_path: Any) -> None:
    (tmp_path / "list.csv").write_text("ชื่อจุดติดตั้ง,ละติจูด,ลองจิจูด\nแยกตลาด,96.4255,101.8253\n")
    staged = staging.upload(tmp_path / "list.csv", "list.csv", admin.account)
    staging.keep_plans(staged, staging.plans_of(staged), {}, admin.account)
    staging.check(staged)
    with admin.get(f"/imports/{staged.id}/returned.xlsx") as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.worksheets and all(marked in s.oddHeader.center.text and marked in s.oddFooter.center.text for s in book)
