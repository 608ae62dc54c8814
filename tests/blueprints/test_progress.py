"""The pages of progress: what each role sees of them, and that the committee sees figures only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from models import Round
from survey import clock, rounds
from tests.conftest import Browser, make_camera, make_site, register
from tests.survey.test_rounds import SIGNED, TYPED

Browse = Callable[..., Browser]
PAGES = ("/progress", "/progress/96", "/progress/slide", "/progress/slide?province=96", "/progress/summary", "/progress/summary?province=96",
         "/progress/96/letter", "/progress/96/owners", "/rounds")  # fmt: skip


@pytest.fixture
def opened(person: Any) -> Round:
    today = clock.today()
    of = rounds.save(person("centre_admin"), {**TYPED, "starts_on": (today - dt.timedelta(days=3)).isoformat(), "deadline": (today + dt.timedelta(days=3)).isoformat()})
    surveyor = person("surveyor", "96")
    make_camera(surveyor, make_site(surveyor))
    register("ธนาคารตัวอย่าง", "bank", "96")
    return of


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_for_the_centre_and_the_province(browser: Browse, opened: Round, path: str) -> None:
    for role, areas in (("centre_admin", ()), ("province_admin", ("96",))):
        assert browser(role, *areas).client.get(path, follow_redirects=True).status_code == 200


def test_without_a_round_the_page_says_what_will_come(browser: Browse) -> None:
    assert "ยังไม่มีรอบการสำรวจ" in browser("centre_admin").get("/progress").text


def test_another_province_is_not_found(browser: Browse, opened: Round) -> None:
    ratchaburi = browser("province_admin", "70")
    for path in ("/progress/96", "/progress/slide?province=96", "/progress/summary?province=96", "/progress/96/letter", "/progress/96/owners", "/progress/xx"):
        assert ratchaburi.get(path).status_code == 404


def test_the_committee_sees_totals_only(browser: Browse, opened: Round) -> None:
    committee = browser("viewer")
    page = committee.get("/progress/96").text
    assert "ผู้ทดสอบ surveyor" not in page and "เทศบาลเมืองนราธิวาส" not in page
    for path in ("/progress/summary", "/progress/96/letter", "/progress/96/owners"):
        assert committee.get(path).status_code == 403


@pytest.mark.parametrize("role", ["surveyor", "agency"])
def test_figures_of_areas_are_not_for_those_who_record(browser: Browse, opened: Round, role: str) -> None:
    assert browser(role, "96").get("/progress").status_code == 403


def test_a_summary_names_late_agencies_but_no_person_and_no_position(browser: Browse, opened: Round) -> None:
    page = browser("province_admin", "96").get("/progress/summary?province=96").text
    text = page[page.index("<textarea") : page.index("</textarea>")]
    assert "เทศบาลเมืองนราธิวาส" in text and "ผู้ทดสอบ" not in text and "6.42" not in text


def test_expected_numbers_are_asked_again_with_a_sentence(browser: Browse, opened: Round) -> None:
    admin = browser("province_admin", "96")
    token = {"csrf_token": admin.csrf(), "round": opened.number}
    refused = admin.client.post("/progress/96/expected", data={**token, "number": "0"})
    assert refused.status_code == 400 and "น้อยกว่าที่สำรวจแล้ว" in refused.text
    assert "โปรดกรอกเป็นตัวเลข" in admin.client.post("/progress/96/expected", data={**token, "number": "มาก"}).text
    assert admin.client.post("/progress/96/expected", data={**token, "number": "๑๒๐"}).status_code == 303
    assert "120" in admin.get("/progress/96").text


def test_a_province_certifies_and_the_page_says_so(browser: Browse, opened: Round) -> None:
    admin = browser("province_admin", "96")
    form = {"csrf_token": admin.csrf(), "round": opened.number, "step": "certified"}
    assert "โปรดกรอก" in admin.client.post("/progress/96/step", data=form).text
    assert admin.client.post("/progress/96/step", data={**form, **SIGNED}).status_code == 303
    assert "นธ 0017/1" in admin.get("/progress/96").text
    again = admin.client.post("/progress/96/step", data={**form, **SIGNED})
    assert again.status_code == 400 and "สถานะปัจจุบัน" in again.text


def test_an_agency_declares_on_its_own_page(browser: Browse, opened: Round) -> None:
    bank = browser("agency", "96", agency="ธนาคารตัวอย่าง")
    assert "การรายงานของหน่วยงาน" in bank.get("/progress/mine").text
    form = {"csrf_token": bank.csrf(), "round": opened.number, "agency": str(bank.account.agency_id), "state": "complete"}
    assert bank.client.post("/progress/96/declare", data=form).status_code == 303
    assert bank.client.post("/progress/96/declare", data={**form, "agency": "x"}).status_code == 400


def test_a_round_is_opened_and_changed_by_the_centre(browser: Browse) -> None:
    centre = browser("centre_admin")
    token = {"csrf_token": centre.csrf()}
    refused = centre.client.post("/rounds/new", data={**token, **TYPED, "deadline": "1/1/2560"})
    assert refused.status_code == 400 and "วันสิ้นสุดอยู่ก่อนวันเริ่มต้น" in refused.text and "รอบที่ 1/2569" in refused.text
    assert centre.client.post("/rounds/new", data={**token, **TYPED}).status_code == 303
    assert "15/12/2569" in centre.get("/rounds/1").text
    assert browser("province_admin", "96").get("/rounds/new").status_code == 403
