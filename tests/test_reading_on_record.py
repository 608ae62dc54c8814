"""Whoever is shown a contact person, or reads in bulk, stands in the log: on every page that shows one, in lists, on the map, from the phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from blueprints import on_record
from models import Account, Audit, ContactNotice, Mutation, Site, utcnow
from survey import disclosure, told
from tests.conftest import NARATHIWAT, Browser, hidden, make_camera, make_site, send

Make = Callable[..., Browser]
People = Callable[..., Account]


@pytest.fixture(autouse=True)
def nothing_read_yet() -> Iterator[None]:
    disclosure._read.clear()
    yield
    disclosure._read.clear()


def noted(action: str) -> list[Audit]:
    return list(Audit.select().where(Audit.action == action).order_by(Audit.number))


def named(rows: list[Audit]) -> set[str]:
    """The sites that rows of the log name."""
    return {ident for row in rows for ident in row.detail.get("sites") or [row.subject_id]}


@pytest.fixture
def site(person: People) -> Site:
    return make_site(person("surveyor", "96"), contact_name="นาย ผู้ติดต่อ", contact_phone="0955872405", retention_days=30)


@pytest.mark.parametrize("path", ["/sites/{0}", "/sites/{0}/edit", "/review/site/{0}", "/privacy/contacts", "/map/site/{0}", "/audit?group=records"])
def test_a_page_that_shows_a_contact_person_is_noted_once_a_day(path: str, site: Site, browser: Make) -> None:
    boss = browser("province_admin", "96")
    for _ in range(2):
        text = boss.get(path.format(site.id)).text
        rows = noted(disclosure.SHOWN)
        assert ("ผู้ติดต่อ" in text.replace("ผู้ติดต่อที่ต้องแจ้ง", "") and "นาย ผู้ติดต่อ" in text) is bool(rows), "shown and not noted, or noted and not shown"
        assert len(rows) <= 1 and all(named(rows) == {str(site.id)} and row.province == "96" for row in rows)


def test_who_could_have_seen_it_shows_contacts_and_that_is_noted(browser: Make, person: People) -> None:
    owner = person("surveyor", "96")
    sites = [make_site(owner, install_point=f"จุด {n}", contact_name=f"นาย คนที่ {n}", retention_days=90, latitude=NARATHIWAT[0] + n * 1e-4) for n in range(2)]
    for each in sites:
        make_camera(owner, each, status="working")
    boss = browser("province_admin", "96")
    token = hidden(boss.get("/map/seen").text, "csrf_token")
    day = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=7) - dt.timedelta(days=1)).date()
    text = boss.client.post("/map/seen", data={"csrf_token": token, "position": f"{NARATHIWAT[0]}, {NARATHIWAT[1]}", "day": day.isoformat(), "time": "12:00",
                                               "case": "123/2569", "reason": "คดีลักทรัพย์"}).text  # fmt: skip
    assert "นาย คนที่ 0" in text and "นาย คนที่ 1" in text
    assert named(noted(disclosure.SHOWN)) == {str(each.id) for each in sites}
    lines = list(disclosure.report(utcnow() - dt.timedelta(hours=1), boss.account.username))
    assert {line["contact"] for line in lines if line["action"] == disclosure.SHOWN} == {"นาย คนที่ 0", "นาย คนที่ 1"}


def test_what_was_masked_is_not_noted_as_shown(site: Site, browser: Make) -> None:
    analyst = browser("analyst")
    assert "นาย ผู้ติดต่อ" not in analyst.get(f"/sites/{site.id}").text
    assert not noted(disclosure.SHOWN)


def test_control_a_page_that_did_not_tell_would_be_seen(site: Site, browser: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_record, "note_contact", lambda *_: None)
    assert "นาย ผู้ติดต่อ" in browser("province_admin", "96").get(f"/sites/{site.id}").text
    assert not noted(disclosure.SHOWN)


def test_two_pages_of_a_list_are_reading_in_bulk(browser: Make, person: People) -> None:
    owner = person("surveyor", "96")
    for n in range(60):
        make_site(owner, install_point=f"จุด {n}")
    boss = browser("province_admin", "96")
    boss.get("/sites?q=สมชาย+0955872405")
    first = boss.get("/sites").text
    assert not noted(disclosure.BULK)
    before = first.split("before=")[1].split('"')[0].split("&")[0]
    boss.get(f"/sites?before={before}")
    (row,) = noted(disclosure.BULK)
    assert row.account_id == boss.account.id and row.detail["records"] == 50 and row.detail["what"] == "sites" and row.province == "96"
    boss.get("/sites?province=96&q=0955872405")
    for _ in range(2):
        boss.get("/sites?province=96")
    _, second = noted(disclosure.BULK)
    assert second.detail["records"] == 100
    assert second.detail["filter"] == {"province": "96"} and "0955872405" not in str(second.detail)


def test_a_window_of_the_map_and_a_work_package_are_reading_in_bulk(browser: Make, person: People) -> None:
    owner = person("surveyor", "96")
    for n in range(disclosure.MANY):
        make_site(owner, install_point=f"จุด {n}", latitude=NARATHIWAT[0] + n * 1e-5)
    boss, phone = browser("province_admin", "96"), browser("surveyor", "96")
    window = f"box={NARATHIWAT[0] - 0.01},{NARATHIWAT[1] - 0.01},{NARATHIWAT[0] + 0.01},{NARATHIWAT[1] + 0.01}&zoom=18"
    assert len(boss.get(f"/map/data?{window}").json["sites"]) == disclosure.MANY
    assert [row.detail["what"] for row in noted(disclosure.BULK)] == ["map"]
    assert phone.get("/sync/package").status_code == 200
    assert [(row.detail["what"], row.account_id) for row in noted(disclosure.BULK)][1] == ("package", phone.account.id)


def test_reading_is_counted_for_an_hour(person: People, monkeypatch: pytest.MonkeyPatch) -> None:
    user = person("province_admin", "96")
    start = utcnow().replace(minute=10)
    for minutes, number in ((0, 30), (55, 30), (60, 19)):
        monkeypatch.setattr(disclosure, "utcnow", lambda at=start + dt.timedelta(minutes=minutes): at)
        disclosure.note_read(user, "sites", number, None)
    assert not noted(disclosure.BULK)
    disclosure.note_read(user, "sites", 1, None)
    assert noted(disclosure.BULK)[0].detail["records"] == 50


def test_each_person_who_is_named_is_to_be_told_within_30_days_of_being_named(browser: Make, person: People) -> None:
    police, boss = person("surveyor", "96"), person("province_admin", "96")
    site = make_site(police, contact_name="นาย คนแรก")
    told.note_told(boss, site, None)
    assert not told.due(boss)
    send(police, "site", {"contact_name": "นาย คนใหม่"}, record_id=site.id, base={"rev": site.rev})
    (one,) = told.due(boss)
    naming = Mutation.select().where(Mutation.record_id == site.id).order_by(Mutation.rev.desc()).first()
    assert one.site.contact_name == "นาย คนใหม่" and one.until == naming.received_at + dt.timedelta(days=30)
    assert not told.due(person("province_admin", "70"))


def test_police_who_name_a_person_at_an_agencys_site_owe_the_notice_and_the_agency_does_not(person: People) -> None:
    agency, boss = person("agency", "96", agency="ธนาคาร"), person("province_admin", "96")
    site = make_site(agency, owner_agency="ธนาคาร", contact_name="นาย บอกเอง")
    assert not told.due(boss)
    send(person("province_admin", "96"), "site", {"contact_phone": "0955872405"}, record_id=site.id, base={"rev": site.rev})
    assert [one.site.id for one in told.due(boss)] == [site.id]
    standing = Site.get_by_id(site.id)
    send(agency, "site", {"contact_name": "นาย บอกใหม่"}, record_id=site.id, base={"rev": standing.rev})
    assert not told.due(boss)


@pytest.mark.parametrize(("age", "late"), [(dt.timedelta(days=30, seconds=-5), False), (dt.timedelta(days=30, seconds=5), True)])
def test_the_thirty_days_are_exactly_thirty(age: dt.timedelta, late: bool, site: Site, person: People) -> None:
    ContactNotice.update(named_at=utcnow() - age).execute()
    assert [one.is_late for one in told.due(person("province_admin", "96"))] == [late]


def test_a_person_who_is_taken_out_is_not_to_be_told(site: Site, person: People) -> None:
    send(person("surveyor", "96"), "site", {"contact_name": None, "contact_phone": None}, record_id=site.id, base={"rev": site.rev})
    assert not told.due(person("province_admin", "96")) and not ContactNotice.select().exists()


def test_an_edit_of_something_else_names_nobody(site: Site, person: People) -> None:
    boss = person("province_admin", "96")
    told.note_told(boss, site, None)
    send(person("surveyor", "96"), "site", {"address": "ซอย 5"}, record_id=site.id, base={"rev": site.rev})
    assert not told.due(boss)
