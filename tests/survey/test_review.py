"""Review: what the machine notices, approving what was seen and nothing else, returning with a note that reaches the phone, merging."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from models import Account, Audit, Camera, Mutation, Photo, ProposedPoint, Site
from survey import album, matters, overview, package, review, totals
from survey.errors import Refusal
from tests.conftest import NARATHIWAT, RATCHABURI, make_camera, make_site, picture, send

People = Callable[..., Account]


def item(record: Any) -> str:
    return f"{'site' if isinstance(record, Site) else 'camera'}:{record.id}:{record.rev}"


def with_photo(account: Account, site: Site, data: bytes, kind: str = "site", record: uuid.UUID | None = None, **said: Any) -> None:
    sha256 = album.photos.digest(data)
    send(account, kind, {}, record or site.id, base={"rev": 10**6}, photos={"add": [{"sha256": sha256, "kind": "surroundings", **said}]})
    album.accept(data, account)


def test_approved_records_become_official_and_keep_their_history(db: Flask, person: People) -> None:
    surveyor, office = person("surveyor", "96"), person("province_admin", "96")
    site = make_site(surveyor)
    camera = make_camera(surveyor, site)
    assert review.decide(office, [item(site), item(camera)], "approve") == 2
    assert {r.review_state for r in (Site.get_by_id(site.id), Camera.get_by_id(camera.id))} == {"approved"}
    assert totals.by_code("camera", "status") == {"working": Counter(approved=1)}
    assert Mutation.select().where(Mutation.op == "review", Mutation.applied).count() == 2
    assert Audit.select().where(Audit.action == "camera.review", Audit.account == office.id).count() == 1


def test_what_changed_meanwhile_is_not_approved(db: Flask, person: People) -> None:
    surveyor, office = person("surveyor", "96"), person("province_admin", "96")
    site, other = make_site(surveyor), make_site(surveyor, install_point="อีกจุด")
    seen = [item(site), item(other)]
    send(surveyor, "site", {"details": "เพิ่ม"}, site.id, base={"rev": site.rev})
    with pytest.raises(Refusal) as caught:
        review.decide(office, seen, "approve")
    assert caught.value.code == "some_changed" and "แยกตลาดสด" in str(caught.value.message)
    assert {s.review_state for s in Site.select()} == {"pending"}  # nothing half done
    with pytest.raises(Refusal, match="changed_meanwhile"):
        review.decide(office, seen[:1], "approve")


def test_a_sealed_review_of_an_old_revision_is_kept_in_the_history_only(db: Flask, person: People) -> None:
    surveyor, office = person("surveyor", "96"), person("province_admin", "96")
    site = make_site(surveyor)
    send(office, "site", {}, site.id, op="review", verdict="approve", base={"rev": site.rev + 50})
    assert Site.get_by_id(site.id).review_state == "pending"
    assert Mutation.get(Mutation.op == "review").flags == ["changed_meanwhile"]
    with pytest.raises(Refusal, match="unreadable"):
        send(office, "site", {}, site.id, op="review", verdict="perhaps", base={"rev": site.rev})


@pytest.mark.parametrize(("role", "areas"), [("province_admin", ("70",)), ("surveyor", ("96",)), ("agency", ("96",)), ("inspector", ("96",)), ("viewer", ())])
def test_only_the_province_and_the_centre_review(db: Flask, person: People, role: str, areas: tuple[str, ...]) -> None:
    site = make_site(person("surveyor", "96"))
    with pytest.raises(Refusal, match="not_found"):
        review.decide(person(role, *areas, name="somebody"), [item(site)], "approve")
    assert Site.get_by_id(site.id).review_state == "pending"


def test_a_returned_record_comes_back_with_its_note_and_waits_again_when_corrected(db: Flask, person: People) -> None:
    surveyor, office = person("surveyor", "96"), person("province_admin", "96")
    site = make_site(surveyor)
    with pytest.raises(Refusal, match="note_needed"):
        review.decide(office, [item(site)], "return", " ")
    review.decide(office, [item(site)], "return", "โปรดถ่ายภาพเพิ่ม")
    entry = package.page(surveyor, site.rev)["sites"][0]
    assert (entry["returned"], entry["note"]) == (True, "โปรดถ่ายภาพเพิ่ม")
    assert [s.review_note for s in overview.my_work(surveyor)["returned"]] == ["โปรดถ่ายภาพเพิ่ม"]
    send(surveyor, "site", {"details": "ถ่ายแล้ว"}, site.id, base={"rev": entry["rev"]})
    corrected = Site.get_by_id(site.id)
    assert (corrected.review_state, corrected.review_note) == ("pending", None)
    assert "returned" not in package.page(surveyor, entry["rev"])["sites"][0]


def test_an_edit_after_approval_stays_counted_and_is_flagged(db: Flask, person: People) -> None:
    surveyor, office = person("surveyor", "96"), person("province_admin", "96")
    site = make_site(surveyor)
    camera = make_camera(surveyor, site)
    review.decide(office, [item(site), item(camera)], "approve")
    send(surveyor, "camera", {"camera_brand": "Axis"}, camera.id, base={"rev": Camera.get_by_id(camera.id).rev})
    send(surveyor, "update", {"camera_id": str(camera.id), "status": "not_working"})
    now = Camera.get_by_id(camera.id)
    assert (now.review_state, now.flags) == ("approved", ["changed"])
    assert totals.by_code("camera", "status") == {"not_working": Counter(approved=1)}
    assert "changed" in matters.of_record(Site.get_by_id(site.id))
    review.decide(office, [item(now)], "approve")
    assert Camera.get_by_id(camera.id).flags == []


def test_merging_across_provinces_is_refused(db: Flask, person: People) -> None:
    centre, surveyor = person("centre_admin"), person("surveyor", "96", "70")
    here, there = make_site(surveyor), make_site(surveyor, latitude=RATCHABURI[0], longitude=RATCHABURI[1])
    with pytest.raises(Refusal, match="merge_across_provinces"):
        review.merge(centre, here, there.id)
    send(centre, "site", {}, here.id, op="merge", into=str(there.id))
    assert Site.get_by_id(here.id).review_state == "pending"
    beside = make_site(surveyor)
    review.merge(centre, beside, here.id)
    assert Site.get_by_id(beside.id).review_state == "merged"


SPOILED: list[tuple[str, dict[str, Any]]] = [
    ("accuracy", {"position_accuracy_m": 80}), ("flagged", {"retention_days": "นาน"}), ("required", {"install_point": ""}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "answers"), SPOILED)
def test_answers_are_noticed(db: Flask, person: People, code: str, answers: dict[str, Any]) -> None:
    surveyor = person("surveyor", "96")
    assert code not in matters.of_record(make_site(surveyor))
    assert code in matters.of_record(make_site(surveyor, **answers))


def test_a_clock_far_off_and_a_strange_area_are_noticed(db: Flask, person: People) -> None:
    surveyor = person("surveyor", "70")
    answer = send(surveyor, "site", {"install_point": "จุด", "owner_agency": "อบต.", "latitude": 6.4255, "longitude": 101.8253}, captured_at="2099-01-01T00:00:00Z")
    assert {"clock", "outside"} <= set(matters.of_record(Site.get_by_id(uuid.UUID(answer["record_id"]))))


def test_photos_are_noticed_missing_far_away_and_used_twice(db: Flask, person: People) -> None:
    surveyor = person("surveyor", "96")
    one, two = make_site(surveyor), make_site(surveyor, install_point="ไกล", latitude=6.5, longitude=101.3, owner_agency="อบต.")
    camera = make_camera(surveyor, one)
    assert {"no_photo", "camera_photo"} <= set(matters.of_record(one))
    with_photo(surveyor, one, picture(), latitude=NARATHIWAT[0] + 0.01, longitude=NARATHIWAT[1])
    with_photo(surveyor, one, picture((1, 2, 3)), "camera", camera.id)
    found = matters.of_record(one)
    assert "far" in found and "no_photo" not in found and "camera_photo" not in found and "photo_reused" not in found
    with_photo(surveyor, two, picture())
    assert "photo_reused" in matters.of_record(one) and "photo_reused" in matters.of_record(two)
    assert Photo.select().count() == 3


def test_a_restricted_place_is_not_asked_for_photos(db: Flask, person: People) -> None:
    assert "no_photo" not in matters.of_record(make_site(person("surveyor", "96"), restricted="yes"))


def test_an_impossible_pace_is_noticed(db: Flask, person: People) -> None:
    surveyor = person("surveyor", "96", "70")
    first = make_site(surveyor)
    assert "pace" not in matters.of_record(first)
    make_site(surveyor, latitude=RATCHABURI[0], longitude=RATCHABURI[1])
    assert "pace" in matters.of_record(first)


def test_duplicates_are_near_and_of_the_same_name_or_owner(db: Flask, person: People) -> None:
    surveyor = person("surveyor", "96")
    site = make_site(surveyor)
    make_site(surveyor, install_point="อีกเจ้าของ", owner_agency="อบต.", latitude=NARATHIWAT[0] + 0.0002)
    assert "duplicate" not in matters.of_record(site)
    same = make_site(surveyor, latitude=NARATHIWAT[0] + 0.0002)
    assert [d.id for d in matters.possible_duplicates(site)] == [same.id]


def test_the_inbox_shows_what_was_noticed_first_and_only_the_own_province(db: Flask, person: People) -> None:
    surveyor, office = person("surveyor", "96", "70"), person("province_admin", "96")
    clean = make_site(surveyor, restricted="yes")
    noticed = make_site(surveyor, install_point="ไม่มีภาพ", latitude=6.3, longitude=101.75, owner_agency="อบต.")
    Site.update(captured_at=dt.datetime(2026, 1, 1)).where(Site.id == noticed.id).execute()
    make_site(person("surveyor", "70"), latitude=RATCHABURI[0], longitude=RATCHABURI[1])
    page = review.inbox(office, "site", "")
    assert [w.record.id for w in page.waiting] == [noticed.id, clean.id] and (page.with_matters, page.clean, page.unseen) == (1, 1, 0)
    assert [w.record.id for w in review.inbox(office, "site", "96", "clean").waiting] == [clean.id]
    assert review.inbox(office, "site", "70").waiting == []
    assert review.count(office) == 2 and review.count(surveyor) == 0
    review.decide(office, [item(clean)], "approve")
    make_camera(surveyor, clean)
    again = review.inbox(office, "site", "96")
    assert [len(w.cameras) for w in again.waiting if w.record.id == clean.id] == [1]  # a new camera at an approved site waits as well


def test_what_was_looked_at_is_looked_at_again_when_it_changes(db: Flask, person: People) -> None:
    surveyor, office = person("surveyor", "96"), person("province_admin", "96")
    site = make_site(surveyor)
    review.inbox(office, "site", "96")
    assert Site.get_by_id(site.id).matters == "no_photo"
    send(surveyor, "site", {"restricted": "yes"}, site.id, base={"rev": site.rev})
    assert Site.get_by_id(site.id).matters is None
    review.inbox(office, "site", "96")
    assert Site.get_by_id(site.id).matters == ""


def test_points_and_reports_wait_too(db: Flask, person: People) -> None:
    surveyor, office = person("surveyor", "96"), person("province_admin", "96")
    point = send(surveyor, "point", {"location": "มืด", "latitude": 6.4255, "longitude": 101.8253, "project_status": "not_started", "reason": "มืด", "camera_count": 1})
    send(surveyor, "report", {"agency": "อบต.", "province": "96", "linking": "ไม่ได้"})
    assert [len(review.inbox(office, kind, "96").waiting) for kind in ("point", "report")] == [1, 1]
    review.decide(office, [review.inbox(office, "point", "96").waiting[0].items], "approve")
    assert ProposedPoint.get_by_id(uuid.UUID(point["record_id"])).review_state == "approved"
