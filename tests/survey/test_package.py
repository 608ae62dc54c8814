"""The work package: what belongs to the area and nothing else, by revision, in pages, without contact persons."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from models import Account, Camera, ProposedPoint, Site
from survey import package, sync
from tests.conftest import NARATHIWAT, RATCHABURI, Browser, make_camera, make_site, send

People = Callable[..., Account]


def fetch(user: Account, since: int = 0) -> list[dict[str, Any]]:
    """All pages after a revision."""
    pages = [package.page(user, since)]
    while pages[-1]["next"]:
        assert len(pages) < 200
        pages.append(package.page(user, pages[-1]["rev"]))
    return pages


def ids(pages: list[dict[str, Any]], name: str) -> list[str]:
    return [r["id"] for page in pages for r in page[name]]


def test_it_holds_the_area_and_nothing_of_another(person: People) -> None:
    here, there = person("surveyor", "96"), person("surveyor", "70")
    own = make_site(here, contact_name="ร.ต.อ. ลับ", contact_phone="095-587-2405", storage_process="ล็อกห้อง", retention_days="30")
    camera = make_camera(here, own, stream_url="rtsp://10.0.0.1/x", camera_type="dummy", label="CAM-1", install_year="2559")
    point = send(here, "point", {"location": "สามแยก", "latitude": NARATHIWAT[0], "longitude": NARATHIWAT[1], "camera_count": 2})["record_id"]
    make_site(there, latitude=RATCHABURI[0], longitude=RATCHABURI[1])
    pages = fetch(here)
    assert ids(pages, "sites") == [str(own.id)] and ids(pages, "cameras") == [str(camera.id)] and ids(pages, "points") == [point]
    said = json.dumps(pages, ensure_ascii=False)
    for secret in ("ลับ", "095-587", "ล็อกห้อง", "rtsp", "dummy"):
        assert secret not in said
    site, stored = pages[0]["sites"][0], pages[0]["cameras"][0]
    assert site["answers"]["owner_agency"] == "เทศบาลเมืองนราธิวาส" and site["answers"]["retention_days"] == "30" and site["mine"]
    assert stored["answers"]["install_year"] == "2559" and stored["site"] == str(own.id) and stored["rev"] == camera.rev
    assert "เทศบาลเมืองนราธิวาส" in pages[-1]["agencies"]
    areas = pages[-1]["areas"]
    assert areas["9601"] == ["เมืองนราธิวาส", "Mueang Narathiwat"] and areas["960101"][0] == "บางนาค" and all(code.startswith("96") for code in areas)
    other = person("surveyor", "96", name="another")
    assert "mine" not in fetch(other)[0]["sites"][0]


def test_only_what_changed_comes_again(person: People) -> None:
    user = person("surveyor", "96")
    first, second = make_site(user), make_site(user, install_point="อีกจุด")
    rev = fetch(user)[-1]["rev"]
    assert ids(fetch(user, rev), "sites") == []
    send(user, "site", {"install_point": "ชื่อใหม่"}, second.id, base={"rev": second.rev})
    assert [s["answers"]["install_point"] for s in package.page(user, rev)["sites"]] == ["ชื่อใหม่"]
    rev = fetch(user)[-1]["rev"]
    camera = make_camera(user, first)
    assert ids(fetch(user, rev), "cameras") == [str(camera.id)]


def test_gone_and_moved_records_leave_the_phone(person: People) -> None:
    user, centre = person("surveyor", "96"), person("centre_admin")
    site, moved = make_site(user), make_site(centre, install_point="จะย้าย")
    camera = make_camera(user, site)
    rev = fetch(user)[-1]["rev"]
    send(user, "site", {}, site.id, op="withdraw")
    send(centre, "site", {"latitude": RATCHABURI[0], "longitude": RATCHABURI[1], "province": "70", "district": None, "subdistrict": None}, moved.id, base={"rev": moved.rev})
    assert Site.get_by_id(moved.id).province == "70"
    gone = {g for page in fetch(user, rev) for g in page["gone"]}
    assert gone == {str(site.id), str(camera.id), str(moved.id)}
    assert package.page(user, 0)["gone"] == []


def test_a_site_that_moves_in_brings_its_cameras(person: People) -> None:
    user, centre = person("surveyor", "96"), person("centre_admin")
    site = make_site(centre, latitude=RATCHABURI[0], longitude=RATCHABURI[1])
    camera = make_camera(centre, site)
    rev = fetch(user)[-1]["rev"]
    send(centre, "site", {"latitude": NARATHIWAT[0], "longitude": NARATHIWAT[1], "province": "96", "district": None, "subdistrict": None}, site.id, base={"rev": site.rev})
    pages = fetch(user, rev)
    assert ids(pages, "sites") == [str(site.id)] and ids(pages, "cameras") == [str(camera.id)]


def test_pages_neither_lose_nor_repeat(person: People, monkeypatch: pytest.MonkeyPatch) -> None:
    user = person("surveyor", "96")
    sites = [make_site(user, install_point=f"จุด {n}", details="ยาว " * 300) for n in range(12)]
    for site in sites[:5]:
        for _ in range(3):
            make_camera(user, site)
    send(user, "site", {}, sites[0].id, op="withdraw")  # the site and three cameras share one revision
    monkeypatch.setattr(package, "ROWS", 4)
    pages = fetch(user)
    assert len(pages) > 4
    assert sorted(ids(pages, "sites")) == sorted(str(s.id) for s in sites[1:])
    assert sorted(ids(pages, "cameras")) == sorted(str(c.id) for c in Camera.select().where(Camera.review_state == "pending"))
    monkeypatch.setattr(package, "ROWS", 500)
    monkeypatch.setattr(package, "MOST_BYTES", 6_000)
    monkeypatch.setattr(package, "ROWS", 10)
    small = fetch(user)
    assert sorted(ids(small, "sites")) == sorted(str(s.id) for s in sites[1:])
    assert max(len(json.dumps({k: p[k] for k in ("sites", "cameras", "points")}, ensure_ascii=False).encode()) for p in small[:-1]) < 10_000


def test_the_newest_sites_when_there_are_too_many(person: People, monkeypatch: pytest.MonkeyPatch) -> None:
    user = person("surveyor", "96")
    sites = [make_site(user, install_point=f"จุด {n}") for n in range(6)]
    monkeypatch.setattr(package, "MOST_SITES", 3)
    assert ids(fetch(user), "sites") == [str(s.id) for s in sites[3:]]


def test_a_restricted_place_is_coarse(person: People) -> None:
    owner, other = person("province_admin", "96"), person("surveyor", "96")
    make_site(owner, restricted="yes")
    entry = fetch(other)[0]["sites"][0]
    assert entry["coarse"] and abs(entry["lat"] - NARATHIWAT[0]) > 0.001 and "latitude" not in entry["answers"]


def test_another_area_or_epoch_starts_again(app: Flask, browser: Callable[..., Browser]) -> None:
    user = browser("surveyor", "96")
    make_site(user.account)
    first = user.get("/sync/package?since=0").json
    assert first["since"] == 0 and len(first["sites"]) == 1
    address = f"/sync/package?since={first['rev']}&epoch={first['epoch']}&scope={first['scope']}"
    again = user.get(address).json
    assert again["since"] == first["rev"] and again["sites"] == []
    Account.update(districts=["9601"]).where(Account.id == user.account.id).execute()
    moved = user.get(address).json
    assert moved["since"] == 0 and moved["scope"] != first["scope"]
    assert user.get(address.replace(first["epoch"], "x")).json["since"] == 0


def test_the_centre_has_no_package(browser: Callable[..., Browser]) -> None:
    assert browser("centre_admin").get("/sync/package").json["none"] is True


def test_points_are_edited_from_it(person: People) -> None:
    user = person("surveyor", "96")
    made = sync.uuid.UUID(send(user, "point", {"location": "สามแยก", "latitude": NARATHIWAT[0], "longitude": NARATHIWAT[1], "camera_count": 2, "priority": 1})["record_id"])
    entry = package.page(user, 0)["points"][0]
    send(user, "point", {"camera_count": "4"}, made, base={"epoch": package.epoch(), "rev": entry["rev"]})
    assert ProposedPoint.get_by_id(made).camera_count == 4 and entry["answers"]["priority"] == "1"
