"""Reports: kept totals and queries give the same numbers, filters cut them, every figure is the user's own, official apart from the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask

from models import Account, Agency, Camera, Photo, Round, Site, utcnow
from survey import demo, listing, readiness, totals
from survey.reports import asked as asking, heads
from survey.reports.source import Figures
from tests.conftest import RATCHABURI, make_camera, make_site, register, send
from tests.survey.test_review import item

People = Callable[..., Account]
KEPT = {
    "camera": ("status", "problems", "effectiveness_day", "effectiveness_night", "camera_system", "install_year", "owner_sector", "place_type", "network_linked",
               "mobile_view", "maintenance", "complete", "readiness", "district", "owner_agency", "photos"),
    "site": ("owner_sector", "sufficiency", "network_linked", "control_centre", "network_type", "retention", "disclosure", "access", "contact", "position", "complete",
             "photos"),
    "point": ("project_status", "priority", "budget_source", "reason_type", "project_status#", "project_status$", "budget_source$"),
    "report": ("linking", "usage", "maintenance", "other"),
}  # fmt: skip


def figures(user: Account, **args: str) -> Figures:
    return Figures(user, asking.read(user, args))


def camera_count(found: Figures) -> int:
    return sum(sum(states.values()) for states in found.by_question("camera", ("status",))["status"].values())


@pytest.mark.parametrize("kind", KEPT)
def test_kept_totals_and_queries_give_the_same_numbers(db: Flask, person: People, kind: str) -> None:
    demo.make(80, seed=4)
    photo = Photo.select().first()
    for n, waits in enumerate((True, False, True)):  # beside the demo's own: records with a photo that is still to come
        Photo.create(record_kind="site", record_id=Site.select().offset(n).first().id, sha256=f"{n:064}", owner=photo.owner_id, upload=None if waits else photo.upload_id)
    Photo.create(record_kind="camera", record_id=Camera.select().first().id, sha256="f" * 64, owner=photo.owner_id, removed=True)
    totals.recount_all()
    for user in (person("centre_admin"), person("viewer"), person("province_admin", "96"), person("inspector", "96", "70")):
        kept, queried = figures(user), figures(user, since="2000-01-01")
        assert kept.asked.is_kept and not queried.asked.is_kept
        for question in KEPT[kind]:
            strip = lambda counts: {code: +states for code, states in counts.items() if +states}
            assert strip(kept.by_question(kind, (question,))[question]) == strip(queried.by_question(kind, (question,))[question]), question
        question = KEPT[kind][0]
        assert kept.by_area(kind, question) == queried.by_area(kind, question)


def test_a_round_is_the_same_from_totals_and_from_queries(db: Flask, person: People) -> None:
    demo.make(60, seed=5)
    Round.create(number=2, name="รอบที่ 2", starts_on=(utcnow() - dt.timedelta(days=10)).date(), deadline=utcnow().date(), opened_by=person("centre_admin"))
    totals.recount_all()
    numbers = []
    for number in ("0", "1", "2"):
        kept, queried = figures(person("centre_admin"), round=number), figures(person("centre_admin"), round=number, since="2000-01-01")
        assert camera_count(kept) == camera_count(queried)
        numbers.append(camera_count(kept))
    assert sum(numbers) == camera_count(figures(person("centre_admin"))) and numbers[1] and numbers[2]


def small(person: People) -> Account:
    surveyor = person("surveyor", "96", "70", agency="สภ.เมืองนราธิวาส")
    ministry = register("กระทรวงทดสอบ", "ministry")
    department = register("กรมทดสอบ", "ministry")
    Agency.update(parent=ministry.id).where(Agency.id == department.id).execute()
    here = make_site(surveyor, owner_agency="กรมทดสอบ", installed_budget_year="2560", retention_days=30, access_days=1, storage_method=["nvr"], contact_name="ตัวอย่าง")
    there = make_site(surveyor, latitude=RATCHABURI[0], longitude=RATCHABURI[1], owner_agency="ธนาคารทดสอบ", owner_sector="private")
    for status in ("working", "degraded", "not_working", "removed"):
        make_camera(surveyor, here, status=status)
    make_camera(surveyor, there, effectiveness_day="4", effectiveness_night="0")
    return person("centre_admin")


@pytest.mark.parametrize(("args", "number"), [
    ({}, 5), ({"province": "96"}, 4), ({"province": "10"}, 0), ({"region": "inspection:7"}, 4), ({"region": "police:7"}, 1), ({"region": "army:4"}, 4),
    ({"region": "army:99"}, 0), ({"region": "police:7", "province": "96"}, 0), ({"agency": "กรมทดสอบ"}, 4), ({"parent": "กระทรวงทดสอบ"}, 4),
    ({"unit": "สภ.เมืองนราธิวาส"}, 5), ({"sector": "private"}, 1), ({"year": "2560"}, 4), ({"year": "2017"}, 4), ({"year": "2561"}, 0),
    ({"sector": "private", "province": "96"}, 0), ({"since": "1/1/2569"}, 5), ({"until": "1/1/2569"}, 0), ({"round": "7"}, 0),
])  # fmt: skip
def test_filters_cut_the_figures(db: Flask, person: People, args: dict[str, str], number: int) -> None:
    assert camera_count(figures(small(person), **args)) == number


@pytest.mark.parametrize(("args", "name", "code"), [
    ({"agency": "ไม่มีหน่วยนี้"}, "agency", "unknown_agency"), ({"since": "เมื่อวาน"}, "since", "date"), ({"year": "ปีนี้"}, "year", "year"),
    ({"since": "2/1/2569", "until": "1/1/2569"}, "until", "deadline_before_start"),
])  # fmt: skip
def test_what_cannot_be_understood_is_said_and_counts_nothing(db: Flask, person: People, args: dict[str, str], name: str, code: str) -> None:
    found = figures(small(person), **args)
    assert found.asked.wrong[name].code == code and camera_count(found) == 0


def test_a_province_administrators_figures_are_the_provinces(db: Flask, person: People) -> None:
    small(person)
    for role, areas, number in (("province_admin", ("96",), 4), ("province_admin", ("70",), 1), ("inspector", ("96",), 4), ("viewer", (), 5), ("surveyor", ("96",), 0), ("agency", ("96",), 0)):
        user = person(role, *areas, name=f"{role}{areas}")
        for args in ({}, {"since": "2000-01-01"}, {"province": "96", "since": "2000-01-01"}):
            inside = camera_count(figures(user, **args))
            assert inside == (number if "province" not in args else 4 if number in (4, 5) else 0), (role, args)
    assert [row.area for row in heads.by_province(figures(person("province_admin", "70"))).rows] == ["70"]


def test_usable_unusable_and_apart_are_the_official_three(db: Flask, person: People) -> None:
    centre = small(person)
    found = heads.overview(figures(centre))
    assert [(row.code, row.all) for row in found["usability"]] == [("usable", 3), ("unusable", 1), ("apart", 1)]
    assert (found["day"], found["night"]) == (4.0, None)  # what could not be judged never counts
    assert found["total"]["camera"].official == 0


def test_official_figures_count_approved_records_only(db: Flask, person: People) -> None:
    from survey import review

    centre = small(person)
    review.decide(centre, [item(Camera.get(Camera.status == "working", Camera.effectiveness_day.is_null()))], "approve")
    row = next(row for row in heads.effectiveness(figures(centre))[1].rows if row.code == "working")
    assert (row.official, row.others) == (1, 1)


def test_footage_readiness_shows_its_parts_and_has_thresholds(db: Flask, person: People) -> None:
    centre = small(person)
    parts = {row.code: row.all for row in heads.footage(figures(centre))[0].rows}
    assert parts == {"ready": 2, "works": 3, "records": 4, "keeps": 4, "obtainable": 4, "contact": 4, "verified": 5}
    assert not readiness.parts_of("11111/2024-01", dt.date(2026, 1, 15))["verified"] and readiness.is_ready("11111/2025-01", dt.date(2026, 1, 15))


def test_points_are_counted_with_cameras_and_baht(db: Flask, person: People) -> None:
    answers = {"location": "มืด", "latitude": 6.4, "longitude": 101.8, "project_status": "not_started", "reason": "มืด", "reason_type": ["crime", "traffic"], "camera_count": 3,
               "budget_amount": "150000.50", "budget_source": "งบจังหวัด"}  # fmt: skip
    for _ in range(2):
        send(person("surveyor", "96"), "point", answers)
    status = heads.points(figures(person("centre_admin")))[0].rows[0]
    assert (status.all, status.extra) == (2, {"cameras": 6, "baht": 300001})


def test_problem_reports_are_counted_by_severity_and_shown_with_their_texts(db: Flask, person: People) -> None:
    send(person("surveyor", "96"), "report", {"agency": "อบต.", "province": "96", "linking": "คนละยี่ห้อ", "linking_severity": "3"})
    row = heads.problems(figures(person("centre_admin")))[0].rows[0]
    assert (row.code, row.all, row.extra["severity_3"]) == ("linking", 1, 1)
    assert [r.linking for r in heads.texts(figures(person("province_admin", "96")))] == ["คนละยี่ห้อ"]
    assert heads.texts(figures(person("province_admin", "70"))) == []


@pytest.mark.parametrize(("by", "code", "number"), [("camera.status", "removed", 1), ("site.owner_sector", "private", 1), ("camera.problems", "blurred", 0), ("camera.install_year", "x", 2), ("site.contact_phone", "02", 0)])
def test_the_list_behind_a_figure(db: Flask, person: People, by: str, code: str, number: int) -> None:
    assert len(listing.sites(small(person), listing.Filter(by=by, code=code)).records) == number


def test_provinces_are_compared(db: Flask, person: People) -> None:
    rows = {row.area: row.extra for row in heads.compared(figures(small(person)))}
    assert rows["96"]["usable"] == 50 and rows["70"]["usable"] == 100 and rows["70"]["day"] == 400


def test_children_of_an_organisation_end_even_in_a_circle(db: Flask) -> None:
    one, two = register("หนึ่ง"), register("สอง")
    Agency.update(parent=two.id).where(Agency.id == one.id).execute()
    Agency.update(parent=one.id).where(Agency.id == two.id).execute()
    assert set(asking.with_children(one.id)) == {one.id, two.id}
