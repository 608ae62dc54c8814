"""Rounds, expectations, declarations and certification; progress comes from the totals and keeps the review states apart."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

import database
from models import Account, Audit, Camera, Certification, Round, Total, utcnow, write
from survey import clock, places, progress, recounting, regions, register as upkeep, rounds, totals
from survey.errors import Refusal
from tests.conftest import RATCHABURI, make_camera, make_site, register, send

Person = Callable[..., Account]
TYPED = {"name": "รอบที่ 1/2569", "starts_on": "1/11/2569", "deadline": "15/12/69", "counts": "camera", "steps": "7/12/2569 หน่วยงานรายงาน\n1/11/2569 เริ่ม"}


@pytest.fixture
def opened(person: Person) -> Round:
    """A round that began a fortnight ago and ends in a fortnight."""
    today = clock.today()
    return rounds.save(person("centre_admin"), {**TYPED, "starts_on": (today - dt.timedelta(days=14)).isoformat(), "deadline": (today + dt.timedelta(days=14)).isoformat()})


def surveyed(person: Person, number: int = 3, **answers: Any) -> list[Camera]:
    surveyor = person("surveyor", "96", "70")
    site = make_site(surveyor, **answers)
    return [make_camera(surveyor, site) for _ in range(number)]


def test_who_only_updates_conditions_stands_among_the_surveyors(opened: Round, person: Person) -> None:
    cameras, other = surveyed(person), person("surveyor", "96", name="only-updates")
    far = make_camera(person("surveyor", "70"), make_site(person("surveyor", "70"), latitude=RATCHABURI[0], longitude=RATCHABURI[1]))
    for camera in cameras[:2]:
        send(other, "update", {"camera_id": str(camera.id), "status": "working"})
    send(other, "update", {"camera_id": str(cameras[0].id), "status": "working"}, captured_at=(dt.datetime.now(dt.UTC) - dt.timedelta(days=30)).isoformat())
    send(person("surveyor", "70"), "update", {"camera_id": str(far.id), "status": "working"})
    assert [(line.surveyed, line.updates) for line in progress.surveyors(opened, "96")] == [(3, 0), (0, 2)]
    assert [(line.surveyed, line.updates) for line in progress.surveyors(opened, "70")] == [(1, 1)]


@pytest.mark.parametrize(("text", "day"), [
    ("15/12/2569", dt.date(2026, 12, 15)), ("๑๕/๑๒/๒๕๖๙", dt.date(2026, 12, 15)), ("15/12/69", dt.date(2026, 12, 15)), ("2026-12-15", dt.date(2026, 12, 15)),
    ("1.1.2569", dt.date(2026, 1, 1)), ("", None),
])  # fmt: skip
def test_dates_are_read_as_people_type_them(text: str, day: dt.date | None) -> None:
    assert rounds.read_date(text) == day


@pytest.mark.parametrize("text", ["31/2/2569", "พรุ่งนี้", "15/12", "0/0/0"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="date"):
        rounds.read_date(text)


def test_a_round_is_opened_with_its_steps_in_order(db: Flask, person: Person) -> None:
    opened = rounds.save(person("centre_admin"), TYPED)
    assert (opened.number, opened.deadline, [s["on"] for s in opened.steps]) == (1, dt.date(2026, 12, 15), ["2026-11-01", "2026-12-07"])


@pytest.mark.parametrize(("typed", "field", "code"), [
    ({"deadline": "31/10/2569"}, "deadline", "deadline_before_start"), ({"deadline": "เร็ว ๆ นี้"}, "deadline", "date"), ({"name": " "}, "name", "required"),
    ({"steps": "ประชุม"}, "steps", "steps"), ({"starts_on": ""}, "starts_on", "date"),
])  # fmt: skip
def test_a_round_that_cannot_be_is_asked_again(db: Flask, person: Person, typed: dict[str, str], field: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        rounds.save(person("centre_admin"), {**TYPED, **typed})
    assert caught.value.errors[field].code == code
    assert not Round.select().exists()


def test_only_the_centre_opens_rounds(db: Flask, person: Person) -> None:
    with pytest.raises(Refusal, match="not_allowed"):
        rounds.save(person("province_admin", "96"), TYPED)


def test_the_deadline_ends_with_its_last_second_in_bangkok() -> None:
    assert rounds.ends(dt.date(2026, 12, 15)) == dt.datetime(2026, 12, 15, 16, 59, 59)


def test_records_of_before_join_a_round_that_is_opened_over_them(db: Flask, person: Person) -> None:
    surveyed(person)
    opened = rounds.save(person("centre_admin"), {**TYPED, "starts_on": (clock.today() - dt.timedelta(days=1)).isoformat()})
    assert recounting.left() == ["96"] and recounting.work() == 1 and recounting.left() == []
    assert progress.of_province(opened, "96").surveyed == 3
    later = rounds.save(person("centre_admin"), {**TYPED, "starts_on": (clock.today() + dt.timedelta(days=1)).isoformat(), "deadline": "15/12/2580"}, opened.number)
    recounting.work()
    assert progress.of_province(later, "96").surveyed == 0


def test_counting_anew_goes_on_where_another_process_ended(db: Flask, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    surveyed(person)
    surveyed(person, latitude=RATCHABURI[0], longitude=RATCHABURI[1])
    opened = rounds.save(person("centre_admin"), {**TYPED, "starts_on": (clock.today() - dt.timedelta(days=1)).isoformat()})
    assert recounting.left() == ["70", "96"]
    real, seen = totals.recount, []

    def killed(area: str) -> int:
        seen.append(area)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return real(area)

    monkeypatch.setattr(totals, "recount", killed)
    with pytest.raises(KeyboardInterrupt):
        recounting.work()
    assert recounting.left() == ["96"] and progress.of_province(opened, "96").surveyed == 0
    monkeypatch.setattr(totals, "recount", real)
    recounting.resume()
    for thread in threading.enumerate():
        if thread.name == "recount":
            thread.join(20)
    database.db.connect(reuse_if_open=True)
    assert recounting.left() == [] and [progress.of_province(opened, code).surveyed for code in ("70", "96")] == [3, 3]


def test_points_and_reports_join_a_round_that_is_opened_over_them(db: Flask, person: Person) -> None:
    officer = person("surveyor", "70")
    place = {"latitude": RATCHABURI[0], "longitude": RATCHABURI[1]}
    send(officer, "point", {**place, "location": "ปากซอย", "province": "70", "project_status": "not_started", "camera_count": 2})
    send(officer, "report", {"agency": "อบต.ทดสอบ", "province": "70", "linking": "ช้า"})
    rounds.save(person("centre_admin"), {**TYPED, "starts_on": (clock.today() - dt.timedelta(days=1)).isoformat()})
    recounting.work()
    assert {t.round for t in Total.select().where(Total.area == "70", Total.number > 0)} == {1}


def test_approved_stands_beside_the_others(opened: Round, person: Person) -> None:
    camera = surveyed(person)[0]
    with write(), totals.watched("camera", camera.id):
        Camera.update(review_state="approved", reviewed_at=utcnow()).where(Camera.id == camera.id).execute()
    line = progress.of_province(opened, "96")
    assert (line.surveyed, line.approved, line.others) == (3, 1, 2)
    assert [(d.surveyed, d.approved) for d in progress.curve(opened, ["96"])][-1] == (3, 1)
    assert progress.curve(opened, ["70"])[-1].surveyed == 0


def test_a_province_administrator_sees_the_provinces_numbers_alone(opened: Round, person: Person) -> None:
    surveyed(person)
    surveyed(person, 5, latitude=RATCHABURI[0], longitude=RATCHABURI[1])
    for role, areas, number in (("province_admin", ("70",), 5), ("inspector", ("96",), 3), ("inspector", ("96", "70"), 8), ("centre_admin", (), 8), ("viewer", (), 8), ("surveyor", ("96",), 0)):
        found = progress.of_provinces(person(role, *areas), opened)
        assert found.whole.surveyed == number
        assert {line.code for line in found.lines} >= set(areas) if role != "surveyor" else not found.lines


def test_the_rate_needed_and_the_forecast(opened: Round, person: Person) -> None:
    surveyed(person, 7)
    centre = person("centre_admin")
    rounds.expect(centre, opened, "96", 22)
    line = progress.of_province(opened, "96")
    assert (line.left, line.rate_needed, line.rate_reached, line.percent) == (15, 1.0, 1.0, 31)
    assert line.forecast == clock.today() + dt.timedelta(days=15) > opened.deadline
    assert [p.code for p in progress.of_provinces(centre, opened).behind] == ["96"]


def test_nothing_reached_gives_no_forecast(opened: Round, person: Person) -> None:
    rounds.expect(person("centre_admin"), opened, "96", 22)
    line = progress.of_province(opened, "96")
    assert line.forecast is None and not line.is_started


def test_captured_in_time_and_received_later_is_counted_apart(opened: Round, person: Person) -> None:
    surveyor, today = person("surveyor", "96"), clock.today()
    Round.update(deadline=today - dt.timedelta(days=2)).execute()
    of = rounds.found(opened.number)
    in_time = (dt.datetime.now(dt.UTC) - dt.timedelta(days=4)).isoformat()
    site = send(surveyor, "site", {"install_point": "จุด", "owner_agency": "อบต.", "latitude": 6.4, "longitude": 101.8}, captured_at=in_time)["record_id"]
    send(surveyor, "camera", {"site_id": site, "status": "working"}, captured_at=in_time)
    send(surveyor, "camera", {"site_id": site, "status": "working"})
    assert progress.of_province(of, "96").late_received == 1


def test_expected_below_surveyed_is_asked_again(opened: Round, person: Person) -> None:
    surveyed(person)
    with pytest.raises(Refusal, match="expected_below_surveyed"):
        rounds.expect(person("province_admin", "96"), opened, "96", 2)
    with pytest.raises(Refusal, match="not_allowed"):
        rounds.expect(person("province_admin", "70"), opened, "96", 20)
    rounds.expect(person("province_admin", "96"), opened, "96", 3)
    rounds.expect(person("province_admin", "96"), opened, "96", 9)
    assert progress.of_province(opened, "96").expected == 9


def test_only_silence_is_late(opened: Round, person: Person) -> None:
    surveyed(person, owner_agency="อบต.พูด")
    surveyed(person, owner_agency="อบต.เงียบ")
    speaking, none = register("อบต.พูด"), register("ร้านไม่มีกล้อง", "shop", "96")
    admin = person("province_admin", "96")
    rounds.declare(admin, opened, "96", speaking.id, "in_progress")
    rounds.declare(admin, opened, "96", none.id, "none")
    lines = {line.name: line for line in progress.agencies(opened, "96")}
    assert [name for name, line in lines.items() if line.is_silent] == ["อบต.เงียบ"]
    assert lines["ร้านไม่มีกล้อง"].is_started
    assert progress.silent_agencies(["96"], opened) == 1 and progress.silent_agencies(["70"], opened) == 0
    upkeep.merge(person("centre_admin"), register("อบต.เงียบ"), speaking)
    assert progress.silent_agencies(["96"], opened) == 0  # it has nothing any more


def test_an_agency_declares_for_itself_alone(opened: Round, person: Person) -> None:
    bank, other = person("agency", "96", agency="ธนาคารทดสอบ"), register("อบต.")
    rounds.declare(bank, opened, "96", bank.agency_id, "complete")
    for agency, province in ((other.id, "96"), (bank.agency_id, "70")):
        with pytest.raises(Refusal, match="not_allowed"):
            rounds.declare(bank, opened, province, agency, "complete")
    with pytest.raises(Refusal, match="unknown_choice"):
        rounds.declare(bank, opened, "96", bank.agency_id, "soon")


SIGNED = {"name": "ผู้ลงนามตัวอย่าง", "position": "ผู้ว่าราชการจังหวัด", "letter_number": "นธ 0017/1", "letter_date": "1/12/2569"}


def test_certified_endorsed_received_and_reopened_are_on_record(opened: Round, person: Person) -> None:
    steps = (("certified", person("province_admin", "96")), ("endorsed", person("inspector", "96")), ("received", person("centre_admin")))
    for step, user in steps:
        rounds.take_step(user, opened, "96", step, SIGNED, {"surveyed": 3})
    with pytest.raises(Refusal, match="reason_needed"):
        rounds.take_step(person("centre_admin"), opened, "96", "reopened", {}, {})
    rounds.take_step(person("centre_admin"), opened, "96", "reopened", {"reason": "ข้อมูลไม่ครบ"}, {})
    assert [c.step for c in rounds.history(opened, "96")] == ["reopened", "received", "endorsed", "certified"]
    assert Audit.select().where(Audit.action.startswith("round."), Audit.subject_id == "96").count() == 4
    rounds.take_step(person("province_admin", "96"), opened, "96", "certified", SIGNED, {})


@pytest.mark.parametrize(("role", "areas", "step", "code"), [
    ("inspector", ("96",), "endorsed", "wrong_step"),  # nothing is certified yet
    ("province_admin", ("70",), "certified", "not_allowed"),  # another province
    ("province_admin", ("96",), "received", "not_allowed"), ("viewer", (), "certified", "not_allowed"), ("centre_admin", (), "certified", "not_allowed"),
])  # fmt: skip
def test_a_step_out_of_turn_or_by_others_is_refused(opened: Round, person: Person, role: str, areas: tuple[str, ...], step: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        rounds.take_step(person(role, *areas), opened, "96", step, SIGNED, {})
    assert not Certification.select().exists()


@pytest.mark.parametrize("kind", regions.KINDS)
def test_regions_hold_every_province_once(kind: str) -> None:
    codes = [code for numbers in regions.KINDS[kind][1].values() for code in numbers.split()]
    assert sorted(codes) == sorted(p.code for p in places.provinces())
    assert regions.region_of(kind, "96") in ("7", "9", "4") and regions.provinces_in(kind, "99") == []
