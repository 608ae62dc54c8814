"""The pages of the map: the page, its data, the panel, and the question who could have seen a place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models import Audit
from tests.conftest import NARATHIWAT, Browser, make_camera, make_site

Browse = Callable[..., Browser]
DATA = "/map/data?box=6,101,7,102&zoom=10"


@pytest.mark.parametrize("role", ["centre_admin", "analyst", "inspector", "province_admin", "agency", "surveyor"])
def test_the_map_opens_for_everybody_who_reads_records(browser: Browse, person: Any, role: str) -> None:
    surveyor = person("surveyor", "96", name="recorder")
    site = make_site(surveyor)
    make_camera(surveyor, site)
    user = browser(role, "96")
    assert user.get("/map").status_code == 200 and user.get("/map?status=working&province=96&sector=private&agency=ไม่มี").status_code == 200
    found = user.get(DATA).json
    assert len(found["clusters"]) == (0 if role == "agency" else 1)
    assert user.get(f"/map/site/{site.id}").status_code == (404 if role == "agency" else 200)


def test_the_committee_has_no_map(browser: Browse) -> None:
    committee = browser("viewer")
    assert {committee.get(path).status_code for path in ("/map", DATA, "/map/seen")} == {403}


def test_a_window_that_is_none_is_refused(browser: Browse) -> None:
    assert browser("centre_admin").get("/map/data?box=x", headers={"Accept": "application/json"}).json["error"] == "unreadable"


def test_who_could_have_seen_it_is_asked_answered_and_on_record(browser: Browse, person: Any) -> None:
    surveyor = person("surveyor", "96")
    make_camera(surveyor, make_site(surveyor, retention_days=9, contact_phone="02-283-4737", access_steps="ยื่นหนังสือ"), camera_type="ptz")
    office = browser("province_admin", "96")
    form = {"csrf_token": office.csrf(), "position": f"{NARATHIWAT[0]}, {NARATHIWAT[1]}", "day": "1/1/2569", "time": "10:00", "case": "", "reason": "ลักทรัพย์"}
    refused = office.client.post("/map/seen", data=form)
    assert refused.status_code == 400 and "โปรดใส่เลขคดี" in refused.text and "ลักทรัพย์" in refused.text
    answer = office.client.post("/map/seen", data={**form, "case": "1/2569"}).text
    assert "แยกตลาดสด" in answer and "02-283-4737" in answer and "ยื่นหนังสือ" in answer and "พ้นระยะเวลาจัดเก็บแล้ว" in answer
    assert Audit.select().where(Audit.action == "footage.asked").count() == 1
    inspector = browser("inspector", "96")
    assert "02-283-4737" not in inspector.client.post("/map/seen", data={**form, "csrf_token": inspector.csrf(), "case": "1/2569"}).text
