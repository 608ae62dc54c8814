"""The page of official reports as a browser sees it: what is filled in, the file, the scope, the password again, the line in the log."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from models import Account, Audit, Session, utcnow
from tests.conftest import RATCHABURI, Browser, make_camera, make_site

NEEDED = {"office": "ศาลากลางจังหวัด", "name": "นายหนึ่ง สิ่งที่สอง"}


@pytest.fixture
def admin(browser: Callable[..., Browser], person: Callable[..., Account]) -> Browser:
    officer, other = person("surveyor", "96"), person("surveyor", "70")
    make_camera(officer, make_site(officer, install_point="จุดของนราธิวาส"))
    make_site(other, install_point="จุดของราชบุรี", latitude=RATCHABURI[0], longitude=RATCHABURI[1])
    return browser("province_admin", "96")


def read(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_a_province_gets_its_report_and_the_log_says_so(admin: Browser) -> None:
    page = admin.get("/official-report").text
    assert "ปลัดสำนักนายกรัฐมนตรี" in page and "ในพื้นที่จังหวัดนราธิวาส" in page
    answer = admin.fill("/official-report", NEEDED)
    assert answer.status_code == 200 and answer.content_type == "application/pdf" and ".pdf" in answer.headers["Content-Disposition"]
    text = read(answer.data)
    assert "จุดของนราธิวาส" in text and "จุดของราชบุรี" not in text and "(นายหนึ่งสิ่งที่สอง)" in text
    logged = Audit.select().where(Audit.action == "export").get()
    assert logged.province == "96" and logged.detail["records"] == 1 and logged.detail["what"] == "report-pdf" and logged.detail["filter"] == {}
    assert logged.detail["sha256"]["data.json"] in text


def test_another_province_is_out_of_scope(admin: Browser) -> None:
    text = read(admin.fill("/official-report?province=70", NEEDED).data)
    assert "จุดของราชบุรี" not in text and "จุดของนราธิวาส" not in text
    assert Audit.select().where(Audit.action == "export").get().detail["records"] == 0


def test_the_centre_reports_of_the_country(admin: Browser, browser: Callable[..., Browser]) -> None:
    text = read(browser("centre_admin").fill("/official-report", NEEDED).data)
    assert "จุดของราชบุรี" in text and "จุดของนราธิวาส" in text and "ทั่วประเทศ" in text


def test_the_workbook_goes_beside_it_when_that_is_asked(admin: Browser) -> None:
    answer = admin.fill("/official-report?status=working&of=camera", NEEDED | {"workbook": "yes"})
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert [name.rpartition(".")[2] for name in archive.namelist()] == ["pdf", "xlsx"]
        book, name = archive.read(archive.namelist()[1]), archive.namelist()[1]
    answer.close()
    logged = Audit.select().where(Audit.action == "export").get().detail
    assert logged["sha256"][name] == hashlib.sha256(book).hexdigest() and logged["filter"] == {"status": "working"}


def test_what_is_wrong_is_said_and_what_was_typed_stays(admin: Browser) -> None:
    answer = admin.fill("/official-report", NEEDED | {"subject": "", "email": "ไม่ใช่อีเมล", "closing": "ข้อความ <b>ที่พิมพ์ไว้</b>"})
    assert answer.status_code == 400 and "โปรดกรอก “เรื่อง”" in answer.text and "อีเมลไม่ถูกต้อง" in answer.text
    assert "ข้อความ &lt;b&gt;ที่พิมพ์ไว้&lt;/b&gt;" in answer.text and "ไม่ใช่อีเมล" in answer.text
    assert not Audit.select().where(Audit.action == "export").exists()


@pytest.mark.parametrize("role", ["viewer", "analyst", "inspector", "agency", "surveyor"])
def test_others_get_none(browser: Callable[..., Browser], role: str) -> None:
    assert browser(role, "96").get("/official-report").status_code == 403


def test_the_password_is_asked_again(admin: Browser) -> None:
    Session.update(fresh_at=utcnow() - dt.timedelta(hours=2)).execute()
    answer = admin.get("/official-report")
    assert answer.status_code in (302, 303) and "confirm" in answer.location
