"""Who could have seen it: the sector search against a plain geometric check on random cases, retention, scope and the record of the question."""

from __future__ import annotations

import datetime as dt
import math
import random
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from models import Account, Audit, utcnow
from survey import seeing
from survey.errors import Refusal
from tests.conftest import NARATHIWAT, make_camera, make_site, send

People = Callable[..., Account]
R = 6_371_008.8  # metres, the mean radius


def plain(at: tuple[float, float], place: tuple[float, float], facing: float, angle: float, range_m: float) -> tuple[bool, bool]:
    """(whether a sector covers a place, whether that is too close to call): vectors on the plane that touches the sphere, without any bearing."""
    north, east = math.radians(place[0] - at[0]) * R, math.radians(place[1] - at[1]) * R * math.cos(math.radians((at[0] + place[0]) / 2))
    metres = math.hypot(north, east)
    if metres < 1:
        return True, metres > 0.5
    cosine = (north * math.cos(math.radians(facing)) + east * math.sin(math.radians(facing))) / metres
    limit = math.cos(math.radians(min(angle, 360) / 2))
    near_edge = abs(metres - range_m) < 0.01 * range_m + 0.5 or abs(math.degrees(math.acos(max(-1.0, min(1.0, cosine)))) - angle / 2) < 0.2
    return metres <= range_m and (angle >= 360 or cosine >= limit), near_edge


def test_the_sector_search_agrees_with_plain_geometry_on_10000_random_cases() -> None:
    rng, compared, inside = random.Random(9), 0, 0
    for _ in range(10_000):
        at = (rng.uniform(5.6, 20.4), rng.uniform(97.4, 105.6))
        range_m, facing, angle = rng.choice((5, 30, 80, 300, 2000)), rng.choice((0.0, 359.0, 359.9, rng.uniform(0, 360))), rng.choice((20, 60, 90, 180, 270, 359, 360))
        far, turned = range_m * rng.uniform(0, 1.6), math.radians(rng.uniform(0, 360))
        place = (at[0] + math.degrees(far * math.cos(turned) / R), at[1] + math.degrees(far * math.sin(turned) / (R * math.cos(math.radians(at[0])))))
        expected, unsure = plain(at, place, facing, angle, range_m)
        if not unsure:
            compared += 1
            inside += expected
            assert seeing.covers(at, place, facing, angle, range_m, "fixed") is expected, (at, place, facing, angle, range_m)
    assert compared > 9_000 and 1_000 < inside < 8_000


AT = (6.4255, 101.8253)
NORTH, EAST, SOUTH = (AT[0] + 0.0002, AT[1]), (AT[0], AT[1] + 0.0002), (AT[0] - 0.0002, AT[1])  # some 22 m away


@pytest.mark.parametrize(("place", "facing", "angle", "range_m", "kind", "seen"), [
    (NORTH, 359, 10, 50, "fixed", True), (NORTH, 1, 10, 50, "fixed", True), (NORTH, 350, 10, 50, "fixed", False),  # across north
    (NORTH, 0, 90, 50, "fixed", True), (SOUTH, 0, 90, 50, "fixed", False), (EAST, 45, 91, 50, "fixed", True), (EAST, 45, 89, 50, "fixed", False),
    (SOUTH, 0, 90, 50, "ptz", True), (SOUTH, 0, 90, 50, "fisheye", True), (SOUTH, 0, 360, 50, "fixed", True),  # all round
    (NORTH, 0, 90, 0, "fixed", False), (AT, 180, 10, 0, "fixed", True),  # range 0 sees its own foot only
    (NORTH, 0, 90, 10, "ptz", False), (NORTH, None, 90, 50, "fixed", True),  # too far; direction not known
    (NORTH, 0, None, None, None, True), (SOUTH, 0, None, None, None, False),  # what nobody measured is believed to be 90° and 50 m
])  # fmt: skip
def test_edges_of_a_sector(place: Any, facing: Any, angle: Any, range_m: Any, kind: Any, seen: bool) -> None:
    assert seeing.covers(AT, place, facing, angle, range_m, kind) is seen


@pytest.mark.parametrize(("days", "age", "kept"), [(30, 10, True), (30, 31, False), (0, 0, False), (None, 1, None)])
def test_footage_is_there_within_the_retention(days: int | None, age: int, kept: bool | None) -> None:
    now = utcnow()
    assert seeing.is_kept(days, now - dt.timedelta(days=age), now) is kept


def ask(user: Account, at: tuple[float, float] = NARATHIWAT, case: str = "คดีที่ 1/2569", reason: str = "ลักทรัพย์", age: int = 1) -> list[seeing.Seeing]:
    return seeing.who(user, *at, utcnow() - dt.timedelta(days=age), case, reason)


def test_the_question_is_on_record_and_answered_in_scope(db: Flask, person: People) -> None:
    surveyor, office, elsewhere = person("surveyor", "96"), person("province_admin", "96"), person("province_admin", "70")
    site = make_site(surveyor, retention_days=30, contact_name="ตัวอย่าง")
    seen = make_camera(surveyor, site, camera_type="ptz")
    make_camera(surveyor, site, status="removed", camera_type="ptz")
    assert [s.camera.id for s in ask(office)] == [seen.id] and ask(office)[0].kept
    assert ask(elsewhere) == []
    asked = Audit.select().where(Audit.action == "footage.asked").order_by(Audit.number)
    assert [row.account_id for row in asked] == [office.id, office.id, elsewhere.id] and asked[0].detail["case"] == "คดีที่ 1/2569"


@pytest.mark.parametrize(("age", "status"), [(1, "removed"), (8, "not_working"), (15, "working"), (40, "working")])
def test_the_condition_is_that_of_the_time(age: int, status: str, db: Flask, person: People) -> None:
    surveyor, now = person("surveyor", "96"), dt.datetime.now(dt.UTC)

    def days(n: int) -> str:
        return (now - dt.timedelta(days=n)).isoformat()

    camera = send(surveyor, "camera", {"site_id": str(make_site(surveyor).id), "camera_type": "ptz", "status": "working"}, captured_at=days(20))
    send(surveyor, "update", {"camera_id": camera["record_id"], "status": "not_working", "problems": ["camera"]}, captured_at=days(10))
    send(surveyor, "camera", {"status": "removed"}, uuid.UUID(camera["record_id"]), base={"rev": camera["rev"]}, captured_at=days(3))
    found = ask(person("province_admin", "96"), age=age)
    assert [(one.condition.status, one.camera.status) for one in found] == ([] if status == "removed" else [(status, "removed")])
    if age == 40:  # nobody had looked yet: the first that was seen afterwards
        assert found[0].condition.at > utcnow() - dt.timedelta(days=21)


def test_what_is_kept_comes_first(db: Flask, person: People) -> None:
    surveyor = person("surveyor", "96")
    for days in (1, 60, None):
        make_camera(surveyor, make_site(surveyor, retention_days=days), camera_type="ptz")
    assert [s.kept for s in ask(surveyor, age=20)] == [True, None, False]


def test_a_far_looking_camera_is_found_from_afar(db: Flask, person: People) -> None:
    surveyor = person("surveyor", "96")
    make_camera(surveyor, make_site(surveyor, latitude=NARATHIWAT[0] - 0.05), bearing=0, view_angle=20, view_range_m=8000)
    assert [s.metres for s in ask(surveyor)] == [5560] and ask(surveyor)[0].assumed == []


def test_a_restricted_place_answers_from_its_coarse_position_for_others(db: Flask, person: People) -> None:
    make_camera(person("surveyor", "96"), make_site(person("surveyor", "96"), restricted="yes"), camera_type="ptz")
    assert len(ask(person("province_admin", "96"))) == 1
    assert ask(person("analyst")) == []


@pytest.mark.parametrize(("case", "reason", "at", "code"), [
    (" ", "เหตุ", NARATHIWAT, "case_needed"), ("1/2569", "", NARATHIWAT, "reason_needed"), ("1/2569", "เหตุ", (48.85, 2.35), "position_outside"),
])  # fmt: skip
def test_a_question_without_case_reason_or_place_is_refused(db: Flask, person: People, case: str, reason: str, at: Any, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        ask(person("province_admin", "96"), at, case, reason)
    assert not Audit.select().where(Audit.action == "footage.asked").exists()


@pytest.mark.parametrize(("day", "clock", "code"), [("1/1/2600", "10:00", "future_time"), ("1/1/2569", "25:00", "clock_time"), ("1/1/2569", "บ่าย", "clock_time"), ("", "10:00", "date")])
def test_a_time_that_cannot_be_is_refused(day: str, clock: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        seeing.read_moment(day, clock)


def test_times_are_bangkoks() -> None:
    assert seeing.read_moment("1/1/2569", "09.30") == dt.datetime(2026, 1, 1, 2, 30)
