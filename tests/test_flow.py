"""The survey from end to end without scripts: log in, make a site, add cameras with photos, see them in the list; others do or do not."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from models import Camera, Mutation, Photo, Site, StatusUpdate
from tests.conftest import Browser, picture


@pytest.fixture
def surveyor(browser: Callable[..., Browser]) -> Browser:
    return browser("surveyor", "96", agency="สภ.เมืองนราธิวาส")


def new_site(surveyor: Browser, **answers: str) -> Site:
    filled = {"install_point": "แยกตลาดสดนราธิวาส", "owner_agency": "เทศบาลเมืองนราธิวาส", "position": "6.4255, 101.8253"} | answers
    answer = surveyor.fill("/sites/new", filled)
    assert answer.status_code == 303, answer.text
    return Site.get_by_id(re.search(r"/sites/([0-9a-f-]{36})", answer.headers["Location"]).group(1))


def test_a_site_with_three_cameras_and_photos(surveyor: Browser, browser: Callable[..., Browser]) -> None:
    site = new_site(surveyor)
    assert (site.province, site.position_source, site.recorder_id) == ("96", "typed", surveyor.account.id)
    for n in range(3):
        added = surveyor.fill(f"/sites/{site.id}/cameras/new", {"label": f"CAM-{n}", "status": "working", "files_kind": "installation"},
                              files=[(picture((n, 90, 90)), f"p{n}.jpg")])  # fmt: skip
        assert added.status_code == 303, added.text
    assert [c.label for c in site.cameras.order_by(Camera.number)] == ["CAM-0", "CAM-1", "CAM-2"]
    assert Photo.select().where(Photo.record_kind == "camera", Photo.upload.is_null(False), Photo.kind == "installation").count() == 3
    for who in (surveyor, browser("province_admin", "96"), browser("centre_admin"), browser("inspector", "96")):
        assert "แยกตลาดสดนราธิวาส" in who.get("/sites").text
        page = who.get(f"/sites/{site.id}").text
        assert page.count("/thumb.jpg") == 3
        for photo in re.findall(r'/photos/[0-9a-f-]{36}/thumb.jpg', page):
            shown = who.get(photo)
            assert (shown.status_code, shown.headers["Content-Type"], shown.headers["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
    for stranger in (browser("province_admin", "70"), browser("surveyor", "70"), browser("agency", "96", agency="ธนาคาร")):
        assert "แยกตลาดสดนราธิวาส" not in stranger.get("/sites").text
        assert stranger.get(f"/sites/{site.id}").status_code == 404
        assert stranger.get(re.search(r'/photos/[0-9a-f-]{36}/thumb.jpg', page).group()).status_code == 404
    assert browser("viewer").get("/sites").status_code == 403


def test_another_camera_carries_over_what_the_last_one_shared(surveyor: Browser) -> None:
    site = new_site(surveyor)
    surveyor.fill(f"/sites/{site.id}/cameras/new", {"label": "A1", "status": "working", "camera_brand": "Hikvision", "install_year": "๕๙", "camera_system": "ip"})
    page = surveyor.get(f"/sites/{site.id}/cameras/new").text
    assert 'value="Hikvision"' in page and 'value="2559"' in page
    assert 'value="A1"' not in page
    assert not re.search(r'name="status" value="working" checked', page)


def test_pressing_send_twice_stores_once(surveyor: Browser) -> None:
    page = surveyor.get("/sites/new").text
    filled = {"install_point": "จุดเดียว", "owner_agency": "อบต.ก", "position": "6.4255, 101.8253"}
    first, second = (surveyor.fill("/sites/new", filled, page=page) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert (Site.select().count(), Mutation.select().count()) == (1, 1)


def test_going_back_and_correcting_the_same_form_edits_the_same_site(surveyor: Browser) -> None:
    page = surveyor.get("/sites/new").text
    filled = {"install_point": "ชื่อผิด", "owner_agency": "อบต.ก", "position": "6.4255, 101.8253"}
    surveyor.fill("/sites/new", filled, page=page)
    surveyor.fill("/sites/new", {**filled, "install_point": "ชื่อถูก"}, page=page)
    assert [s.install_point for s in Site.select()] == ["ชื่อถูก"]


def test_an_edit_sends_only_what_was_changed(surveyor: Browser) -> None:
    site = new_site(surveyor, details="เดิม", retention_days="30")
    assert surveyor.fill(f"/sites/{site.id}/edit", {"retention_days": "15"}).status_code == 303
    last = Mutation.select().order_by(Mutation.rev.desc()).first()
    assert last.changes == {"retention_days": [30, 15]}
    assert Site.get().details == "เดิม"


def test_one_tap_updates_the_status_and_keeps_the_history(surveyor: Browser) -> None:
    site = new_site(surveyor)
    surveyor.fill(f"/sites/{site.id}/cameras/new", {"label": "A1", "status": "working"})
    camera = Camera.get()
    answer = surveyor.fill(f"/cameras/{camera.id}/status", {"status": "not_working", "problems": "no_power", "note": "ไฟดับ"}, files=[(picture(), "x.jpg")])
    assert answer.status_code == 303, answer.text
    camera = Camera.get()
    assert (camera.status, camera.problems) == ("not_working", ["no_power"])
    assert StatusUpdate.get().note == "ไฟดับ"
    page = surveyor.get(f"/cameras/{camera.id}").text
    assert "ไฟดับ" in page and "ไม่มีไฟฟ้าเลี้ยง" in page


def test_a_proposed_point_and_a_problem_report(surveyor: Browser, browser: Callable[..., Browser]) -> None:
    point = surveyor.fill("/points/new", {"location": "สามแยกบ้านใหม่", "position": "6.4255 101.8253", "project_status": "not_started", "reason": "มืด",
                                          "camera_count": "๓", "budget_amount": "1,250,000", "budget_year": "2570"})  # fmt: skip
    assert point.status_code == 303, point.text
    shown = browser("province_admin", "96").get(point.headers["Location"]).text
    assert "1,250,000.00" in shown and "2570" in shown and "สามแยกบ้านใหม่" in shown
    report = surveyor.fill("/reports/new", {"agency": "เทศบาลเมืองนราธิวาส", "province": "96", "linking": "เชื่อมไม่ได้", "linking_severity": "3"})
    assert report.status_code == 303, report.text
    assert "เชื่อมไม่ได้" in browser("centre_admin").get(report.headers["Location"]).text
