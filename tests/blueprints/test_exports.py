"""The page of exports as a browser sees it: the password again, the filter of the list, the file, the line in the log."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import python_calamine

from models import Account, Audit, Session, utcnow
from tests.conftest import Browser, hidden, make_camera, make_site


@pytest.fixture
def admin(browser: Callable[..., Browser], person: Callable[..., Account]) -> Browser:
    officer = person("surveyor", "96")
    for n, status in enumerate(("working", "not_working")):
        make_camera(officer, make_site(officer, install_point=f"จุด {n}", latitude=6.42 + n / 100), status=status)
    return browser("province_admin", "96")


def download(browser: Browser, form: str, query: str = "") -> Any:
    page = browser.get(f"/exports{query}").text
    return browser.client.post(f"/exports{query}", data={"csrf_token": hidden(page, "csrf_token"), "format": form})


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
