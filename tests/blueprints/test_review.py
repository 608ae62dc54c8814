"""The pages of review: the inbox, one record, and what happens when a button is pressed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models import Site
from tests.conftest import RATCHABURI, Browser, make_camera, make_site, send

Browse = Callable[..., Browser]


def test_the_province_approves_what_was_seen(browser: Browse, person: Any) -> None:
    surveyor = person("surveyor", "96")
    site = make_site(surveyor)
    make_camera(surveyor, site)
    office = browser("province_admin", "96")
    page = office.get("/review").text
    assert "แยกตลาดสด" in page and "ไม่มีภาพของจุด" in page
    one = office.get(f"/review/site/{site.id}").text
    items = one.split('name="items" value="')[1].split('"')[0]
    assert len(items.split()) == 2
    form = {"csrf_token": office.csrf(), "verdict": "approve", "items": items, "kind": "site", "province": "96"}
    assert office.client.post("/review/decide", data=form).status_code == 303
    assert "ไม่มีรายการรอตรวจ" in office.get("/review").text
    again = office.client.post("/review/decide", data=form)
    assert again.status_code == 409 and "ยังไม่ได้รับรองรายการใด" in again.text


def test_a_note_is_needed_and_reaches_the_surveyor(browser: Browse, person: Any) -> None:
    surveyor = person("surveyor", "96")
    site = make_site(surveyor)
    office, phone = browser("province_admin", "96"), browser("surveyor", "96")
    form = {"csrf_token": office.csrf(), "verdict": "return", "items": f"site:{site.id}:{site.rev}"}
    refused = office.client.post("/review/decide", data=form)
    assert refused.status_code == 400 and "โปรดเขียนว่าต้องแก้ไขอะไร" in refused.text
    assert office.client.post("/review/decide", data={**form, "note": "ถ่ายป้ายหมายเลข"}).status_code == 303
    assert "ถ่ายป้ายหมายเลข" in phone.get("/").text and "ถ่ายป้ายหมายเลข" in phone.get(f"/sites/{site.id}").text


def test_nothing_chosen_is_said(browser: Browse) -> None:
    office = browser("province_admin", "96")
    assert "ยังไม่ได้เลือกรายการ" in office.client.post("/review/decide", data={"csrf_token": office.csrf(), "verdict": "approve"}).text


def test_a_duplicate_is_merged_from_its_page_but_never_across_provinces(browser: Browse, person: Any) -> None:
    surveyor = person("surveyor", "96", "70")
    one, two, far = make_site(surveyor), make_site(surveyor), make_site(surveyor, latitude=RATCHABURI[0], longitude=RATCHABURI[1])
    centre = browser("centre_admin")
    page = centre.get(f"/review/site/{two.id}").text
    assert str(one.id) in page and str(far.id) not in page
    form = {"csrf_token": centre.csrf(), "into": str(one.id)}
    assert "รวมรายการข้ามจังหวัดไม่ได้" in centre.client.post(f"/review/site/{two.id}/merge", data={**form, "into": str(far.id)}).text
    assert centre.client.post(f"/review/site/{two.id}/merge", data=form).status_code == 303
    assert Site.get_by_id(two.id).review_state == "merged" and centre.get(f"/review/site/{two.id}").status_code == 200


def test_another_provinces_inbox_is_empty_and_its_records_are_not_found(browser: Browse, person: Any) -> None:
    site = make_site(person("surveyor", "96"))
    send(person("surveyor", "96"), "point", {"location": "มืด", "latitude": 6.4, "longitude": 101.8, "project_status": "not_started", "reason": "-", "camera_count": 1})
    ratchaburi = browser("province_admin", "70")
    assert "แยกตลาดสด" not in ratchaburi.get("/review?province=96").text and "มืด" not in ratchaburi.get("/review?province=96&kind=point").text
    assert ratchaburi.get(f"/review/site/{site.id}").status_code == 404
    assert browser("surveyor", "96").get("/review").status_code == 403 and browser("inspector", "96").get("/review").status_code == 403
