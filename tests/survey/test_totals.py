"""The kept totals and cells of the map equal a full count of the records, whatever happened to these; a missed change would be noticed."""

from __future__ import annotations

import datetime as dt
import math
import os
import random
import uuid
from collections import Counter
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings, strategies as st

import models
from models import GONE, Account, Camera, Cell, ProposedPoint, Round, Site, Total, utcnow
from survey import album, clock, demo, facts, register as upkeep, totals
from tests.conftest import NARATHIWAT, RATCHABURI, SITE, make_camera, make_site, picture, register, send

STATUSES = ("working", "degraded", "not_working", "removed")
PLACES = (NARATHIWAT, RATCHABURI, (6.54, 101.28), (13.75, 100.5))  # Narathiwat, Ratchaburi, Yala, Bangkok
FULL = bool(os.environ.get("FULL"))


def different() -> dict[Any, Any]:
    """What the kept numbers have too much (or too little) against a plain count."""
    found = {}
    for mine, theirs in zip(kept(), plain_count(), strict=True):
        found.update({key: (mine[key], theirs[key]) for key in mine.keys() | theirs.keys() if mine[key] != theirs[key]})
    return found


def plain_count() -> tuple[Counter[Any], Counter[Any]]:
    """The records counted without any of survey.facts: some questions of every kind, and the cells of a quarter degree."""
    found: Counter[Any] = Counter()
    cells: Counter[Any] = Counter()
    starts = sorted((dt.datetime.combine(r.starts_on, dt.time()) - dt.timedelta(hours=7), r.number) for r in Round.select())

    def round_at(moment: dt.datetime) -> int:
        return max([number for start, number in starts if start <= moment], default=0)

    for site in Site.select().where(Site.review_state.not_in(GONE)):
        found["site", "owner_sector", round_at(site.captured_at), site.province or "", site.owner_sector or "", site.review_state] += 1
        found["site", "recorder", round_at(site.captured_at), site.province or "", str(site.recorder_id), site.review_state] += 1
    for camera in Camera.select(Camera, Site).join(Site).where(Camera.review_state.not_in(GONE)):
        site, number = camera.site, round_at(camera.status_at)
        found["camera", "status", number, site.province or "", camera.status, camera.review_state] += 1
        found["camera", "owner_agency", number, site.province or "", str(site.owner_agency_id or ""), camera.review_state] += 1
        for problem in camera.problems or []:
            found["camera", "problems", number, site.province or "", problem, camera.review_state] += 1
        photos = [p.upload_id for p in models.Photo.select().where(models.Photo.record_id == camera.id, ~models.Photo.removed)]
        state = "none" if not photos else "here" if all(photos) else "waiting"
        found["camera", "photos", number, site.province or "", state, camera.review_state] += 1
        if site.latitude is not None:
            latitude, longitude = (round(v * 100) / 100 if site.restricted == "yes" else v for v in (site.latitude, site.longitude))
            cells[2, "camera", math.floor(latitude * 4), math.floor(longitude * 4), site.province or "", camera.status, camera.review_state] += 1
    for point in ProposedPoint.select().where(ProposedPoint.review_state.not_in(GONE)):
        found["point", "project_status$", round_at(point.captured_at), point.province or "", point.project_status or "", point.review_state] += round(float(point.budget_amount or 0) * 100)
    return +found, +cells


def kept() -> tuple[Counter[Any], Counter[Any]]:
    """The kept numbers of the same questions."""
    asked = {("site", "owner_sector"), ("site", "recorder"), ("camera", "status"), ("camera", "owner_agency"), ("camera", "problems"), ("camera", "photos"),
             ("point", "project_status$")}  # fmt: skip
    found = Counter({(t.kind, t.question, t.round, t.area, t.code, t.state): t.number for t in Total.select() if (t.kind, t.question) in asked and t.number})
    cells = Counter({(c.size, c.layer, c.y, c.x, c.province, c.code, c.state): c.number for c in Cell.select().where(Cell.size == 2, Cell.layer == "camera") if c.number})
    return found, cells


def everything_kept() -> totals.Tally:
    """All kept numbers."""
    return totals.Tally(Counter({(t.kind, t.question, t.round, t.area, t.code, t.state): t.number for t in Total.select() if t.number}),
                        Counter({(c.size, c.layer, c.y, c.x, c.province, c.code, c.state): c.number for c in Cell.select() if c.number}))  # fmt: skip


def everything_counted() -> totals.Tally:
    """All numbers as a recount would make them."""
    whole = totals.Tally()
    for area in totals.areas():
        whole.add(totals.full_count(area))
    return totals.Tally(+whole.totals, +whole.cells)


class Survey:
    """Somebody who does anything that can be done to records, at random."""

    def __init__(self, rng: random.Random, account: Account, helper: Account) -> None:
        self.rng, self.account, self.helper = rng, account, helper
        self.sites: list[uuid.UUID] = []
        self.cameras: list[uuid.UUID] = []
        self.points: list[uuid.UUID] = []
        self.photos: list[bytes] = []

    def step(self) -> None:
        deeds = (self.site, self.camera, self.camera, self.update, self.update, self.edit_site, self.move, self.edit_camera, self.point, self.photo,
                 self.withdraw, self.merge, self.review)  # fmt: skip
        self.rng.choice(deeds if self.sites and self.cameras and self.points else (self.site, self.camera, self.point))()

    def send(self, kind: str, answers: dict[str, Any], record: uuid.UUID | None = None, **parts: Any) -> uuid.UUID:
        at = dt.datetime.now(dt.UTC) - dt.timedelta(days=self.rng.randrange(40))
        answer = send(self.rng.choice((self.account, self.helper)), kind, answers, record, captured_at=at.isoformat(), **parts)
        return uuid.UUID(answer["record_id"])

    def site(self) -> None:
        latitude, longitude = self.rng.choice(PLACES)
        owner = self.rng.choice(("เทศบาลเมืองนราธิวาส", "อบต.ทดสอบ", "ธนาคารทดสอบ"))
        self.sites.append(self.send("site", {**SITE, "latitude": latitude + self.rng.random() / 50, "longitude": longitude, "owner_agency": owner,
                                             "owner_sector": self.rng.choice(("private", "security", None)), "disclosure": ["public", "police_only"]}))  # fmt: skip

    def camera(self) -> None:
        if not self.sites:
            self.site()
        status = self.rng.choice(STATUSES)
        data = picture((self.rng.randrange(256), self.rng.randrange(256), self.rng.randrange(256)))
        photos = {"add": [{"sha256": album.photos.digest(data), "kind": "installation"}]} if self.rng.random() < 0.3 else {}
        self.photos += [data] if photos else []
        self.cameras.append(self.send("camera", {"site_id": str(self.rng.choice(self.sites)), "status": status, "problems": ["blurred"]}, photos=photos))

    def update(self) -> None:
        self.send("update", {"camera_id": str(self.rng.choice(self.cameras)), "status": self.rng.choice(STATUSES), "problems": ["no_image", "no_power"]})

    def edit_site(self) -> None:
        answers = self.rng.choice(({"owner_sector": "community"}, {"restricted": "yes"}, {"restricted": None}, {"retention_days": 30, "contact_name": "ตัวอย่าง"}))
        self.send("site", answers, self.rng.choice(self.sites), base={"rev": 10**6})

    def move(self) -> None:
        latitude, longitude = self.rng.choice(PLACES)
        self.send("site", {"latitude": latitude, "longitude": longitude}, self.rng.choice(self.sites), base={"rev": 10**6})

    def edit_camera(self) -> None:
        self.send("camera", {"status": self.rng.choice(STATUSES), "camera_system": "ip"}, self.rng.choice(self.cameras), base={"rev": 10**6})

    def point(self) -> None:
        latitude, longitude = self.rng.choice(PLACES)
        answers = {"location": "จุดเสี่ยง", "latitude": latitude, "longitude": longitude, "project_status": "not_started", "reason": "มืด", "camera_count": 2,
                   "budget_amount": self.rng.choice(("150000.50", "9", None))}  # fmt: skip
        self.points.append(self.send("point", answers, self.rng.choice(self.points) if self.points and self.rng.random() < 0.3 else None))

    def photo(self) -> None:
        if self.photos:
            for account in (self.account, self.helper):
                album.accept(self.rng.choice(self.photos), account)

    def withdraw(self) -> None:
        kind, ids = self.rng.choice((("site", self.sites), ("camera", self.cameras), ("point", self.points)))
        if self.rng.random() < 0.3:
            self.send(kind, {}, self.rng.choice(ids), op="withdraw")

    def merge(self) -> None:
        kind, ids = self.rng.choice((("site", self.sites), ("camera", self.cameras), ("point", self.points)))
        if self.rng.random() < 0.4:
            self.send(kind, {}, self.rng.choice(ids), op="merge", into=str(self.rng.choice(ids)))

    def review(self) -> None:
        kind, ids = self.rng.choice((("site", self.sites), ("camera", self.cameras), ("point", self.points)))
        record, model = self.rng.choice(ids), models.RECORDS[kind]
        seen = model.get_or_none(model.id == record)
        self.send(kind, {}, record, op="review", verdict=self.rng.choice(("approve", "approve", "return")), note="โปรดแก้ไข", base={"rev": seen.rev if seen else 1})


def survey(person: Any, seed: int, steps: int) -> None:
    with models.write():
        for table in reversed(models.TABLES):
            if table is models.Agency:
                models.Agency.update(parent=None).execute()
            table.delete().execute()
    centre, helper = person("centre_admin"), person("centre_admin", name="helper")
    Round.create(number=1, name="รอบที่ 1", starts_on=(utcnow() - dt.timedelta(days=30)).date(), deadline=utcnow().date(), opened_by=centre)
    Round.create(number=2, name="รอบที่ 2", starts_on=(utcnow() - dt.timedelta(days=9)).date(), deadline=utcnow().date(), opened_by=centre)
    doing = Survey(random.Random(seed), centre, helper)
    for _ in range(steps):
        doing.step()


QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck), "derandomize": True}


@settings(max_examples=3, **QUIET)
@given(seed=st.integers(0, 10**6))
def test_totals_equal_a_full_count_after_anything(db: Flask, person: Any, seed: int) -> None:
    survey(person, seed, 120)
    assert not different()
    assert everything_kept() == everything_counted()


@pytest.mark.full
def test_totals_equal_a_full_count_after_5000_operations(db: Flask, person: Any) -> None:
    survey(person, 5, 5000)
    assert not different()
    assert everything_kept() == everything_counted()


@pytest.mark.parametrize("forgotten", ["_standing", "of_new", "put"])
def test_control_a_change_that_is_not_counted_is_noticed(db: Flask, person: Any, monkeypatch: pytest.MonkeyPatch, forgotten: str) -> None:
    monkeypatch.setattr(totals, forgotten, lambda *_args, **_kwargs: totals.Tally())
    survey(person, 7, 60)
    assert different()


def test_a_recount_repairs_what_is_wrong(db: Flask, person: Any) -> None:
    survey(person, 11, 60)
    Total.update(number=Total.number + 3).where(Total.question == "status").execute()
    Cell.delete().execute()
    assert different()
    totals.recount_all()
    assert not different()


def test_the_demo_keeps_the_same_totals_as_a_full_count(db: Flask) -> None:
    demo.make(60)
    assert not different()
    assert everything_kept() == everything_counted()


def test_totals_follow_a_merge_of_agencies(db: Flask, person: Any) -> None:
    typed = register("อบต.พิมพ์เอง", province="96")
    make_camera(person("surveyor", "96", agency="อบต.พิมพ์เอง"), make_site(person("surveyor", "96", agency="อบต.พิมพ์เอง"), owner_agency="อบต.พิมพ์เอง"))
    upkeep.merge(person("centre_admin"), typed, register("อบต.จริง", province="96"))
    assert everything_kept().totals == +everything_counted().totals


def test_a_database_from_before_is_noticed(db: Flask, person: Any) -> None:
    assert not totals.are_missing()
    make_site(person("surveyor", "96"))
    assert not totals.are_missing()
    Total.delete().execute()
    assert totals.are_missing()


def test_approved_records_are_never_mixed_with_others(db: Flask, person: Any) -> None:
    surveyor = person("surveyor", "96")
    site = make_site(surveyor)
    one, _other = make_camera(surveyor, site), make_camera(surveyor, site)
    with models.write(), totals.watched("camera", one.id):
        Camera.update(review_state="approved").where(Camera.id == one.id).execute()
    assert totals.by_code("camera", "status") == {"working": Counter(approved=1, pending=1)}
    assert totals.by_code("camera", "status", ["70"]) == {}
    assert totals.by_area("camera", "status") == {"96": {"working": Counter(approved=1, pending=1)}}


def test_a_camera_belongs_to_the_round_of_its_last_observation(db: Flask, person: Any) -> None:
    surveyor = person("surveyor", "96")
    camera = make_camera(surveyor, make_site(surveyor))
    Round.create(number=1, name="รอบที่ 1", starts_on=clock.today() + dt.timedelta(days=1), deadline=clock.today() + dt.timedelta(days=9), opened_by=surveyor)
    before = clock.today() - dt.timedelta(days=2)
    assert facts.round_of(totals.rounds(), camera.status_at) == 0
    Round.update(starts_on=before).where(Round.number == 1).execute()
    assert facts.round_of(totals.rounds(), camera.status_at) == 1
