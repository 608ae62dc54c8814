"""Received once, lost never: what `receive()` promises, with the controls that show that these tests can fail."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from typing import Any

import peewee
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import database
import models
from models import Account, Agency, Audit, Camera, Mutation, Photo, ProposedPoint, Site, StatusUpdate
from survey import album, messages, scope, sync
from survey.answers import storable
from survey.errors import Refusal
from tests.conftest import NARATHIWAT, RATCHABURI, SITE, make_camera, make_site, picture, register, send

Person = Callable[..., Account]


@pytest.fixture
def surveyor(person: Person) -> Account:
    return person("surveyor", "96")


def refused(code: str) -> Any:
    return pytest.raises(Refusal, match=f"^{code}$")


# once

def test_the_same_message_twice_is_one_record_and_the_first_answer(surveyor: Account) -> None:
    mutation_id, record_id = uuid.uuid4(), uuid.uuid4()
    payload = messages.seal({"kind": "site", "record_id": str(record_id), "answers": SITE, "owner": str(surveyor.id), "captured_at": "2026-11-22T01:00:00Z"})
    first, new = sync.receive(mutation_id, payload, surveyor)
    second, again = sync.receive(mutation_id, payload, surveyor)
    assert (new, again) == (True, False)
    assert first == second
    assert (Site.select().count(), Mutation.select().count(), Audit.select().count()) == (1, 1, 1)
    assert first["receipt_no"] == messages.receipt_number(mutation_id) and len(first["receipt_no"]) == 12


def test_the_same_message_from_many_threads_at_once_is_stored_once(surveyor: Account) -> None:
    mutation_id = uuid.uuid4()
    payload = messages.seal({"kind": "site", "record_id": str(uuid.uuid4()), "answers": SITE, "owner": str(surveyor.id), "captured_at": "2026-11-22T01:00:00Z"})
    answers: list[Any] = []

    def work() -> None:
        database.db.connect(reuse_if_open=True)
        try:
            answers.append(sync.receive(mutation_id, payload, surveyor))
        except Exception as error:  # seen below
            answers.append(error)
        finally:
            database.db.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [new for _, new in answers].count(True) == 1
    assert Mutation.select().count() == 1 and Site.select().count() == 1


def test_control_without_the_look_at_earlier_messages_the_database_refuses_the_second(surveyor: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    payload = messages.seal({"kind": "report", "record_id": str(uuid.uuid4()), "answers": {}, "owner": str(surveyor.id), "base": {"rev": 1}})
    mutation_id = uuid.uuid4()
    sync.receive(mutation_id, payload, surveyor)
    look = sync.look

    def blind(envelope: Any) -> Any:
        state = look(envelope)
        state.seen = None
        return state

    monkeypatch.setattr(sync, "look", blind)
    with pytest.raises(peewee.IntegrityError):
        sync.receive(mutation_id, payload, surveyor)
    assert Mutation.select().count() == 1


def test_the_same_id_with_another_content_is_refused(surveyor: Account) -> None:
    mutation_id = uuid.uuid4()
    send(surveyor, "site", SITE, mutation_id=mutation_id)
    with refused("same_id"):
        send(surveyor, "site", SITE, mutation_id=mutation_id)
    assert Site.select().count() == 1


def test_another_person_cannot_send_or_read_somebodys_message(surveyor: Account, person: Person) -> None:
    other = person("surveyor", "96", name="other")
    mutation_id = uuid.uuid4()
    answer = send(surveyor, "site", SITE, mutation_id=mutation_id)
    message = Mutation.get().payload.encode()
    with refused("not_yours"):
        sync.receive(mutation_id, message, other)
    with refused("not_yours"):
        sync.receive(uuid.uuid4(), message, other)
    assert answer["ok"] and Mutation.select().count() == 1


def test_nothing_is_half_stored_when_something_fails_at_the_end(surveyor: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise OSError("disk")

    monkeypatch.setattr("survey.audit.record", broken)
    with pytest.raises(OSError, match="disk"):
        send(surveyor, "site", {**SITE, "owner_agency": "หน่วยงานใหม่"})
    assert (Site.select().count(), Mutation.select().count(), Agency.select().count()) == (0, 0, 0)


@pytest.mark.parametrize("message", [
    [], {"kind": "house"}, {"kind": "site"}, {"kind": "site", "record_id": "1"}, {"kind": "site", "record_id": str(uuid.uuid4()), "answers": []},
    {"kind": "site", "record_id": str(uuid.uuid4()), "op": "drop"}, {"kind": "site", "record_id": str(uuid.uuid4()), "photos": {"add": [{"sha256": "../x"}]}},
    {"kind": "site", "record_id": str(uuid.uuid4()), "photos": {"add": "x"}}, {"kind": "site", "record_id": str(uuid.uuid4()), "base_mutation": "x"},
])  # fmt: skip
def test_only_what_cannot_be_parsed_is_refused(surveyor: Account, message: Any) -> None:
    with refused("unreadable"):
        sync.receive(uuid.uuid4(), messages.seal(message), surveyor)


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_bytes_that_are_no_message(surveyor: Account, payload: bytes) -> None:
    with refused("unreadable"):
        sync.receive(uuid.uuid4(), payload, surveyor)


def test_a_message_of_more_than_256_kilobytes_is_too_large(surveyor: Account) -> None:
    with refused("too_large"):
        send(surveyor, "site", {**SITE, "details": "ก" * 300_000})


# sealed messages are stored and flagged, forms are refused

BROKEN = [
    ({"install_point": None}, "required:install_point"),
    ({"install_point": "ก" * 201}, "too_long:install_point"),
    ({"install_point": "a\x00b"}, "control_characters:install_point"),
    ({"retention_days": "สิบ"}, "not_a_number:retention_days"),
    ({"place_type": "castle"}, "unknown_choice:place_type"),
    ({"area_type": ["roadside", "moon"]}, "unknown_choice:area_type"),
    ({"contact_phone": "12345"}, "phone:contact_phone"),
    ({"installed_budget_year": "2999"}, "future_year:installed_budget_year"),
    ({"latitude": 48.85, "longitude": 2.35}, "position_outside:latitude"),
    ({"latitude": 101.8, "longitude": 6.4}, "out_of_range:latitude"),
    ({"latitude": None, "longitude": None}, "position_needed:latitude"),
    ({"district": "9999"}, "unknown_area:district"),
    ({"province": "96", "district": "7001"}, "area_mismatch:district"),
    ({"province": "aa"}, "unknown_area:province"),
]


@pytest.mark.parametrize(("answers", "flag"), BROKEN, ids=[flag for _, flag in BROKEN])
def test_a_sealed_message_that_breaks_a_rule_is_stored_and_flagged(surveyor: Account, answers: dict[str, Any], flag: str) -> None:
    given = {**SITE, **answers}
    send(surveyor, "site", given)
    site = Site.get()
    assert flag in site.flags
    name = flag.split(":")[1]
    if answers.get(name) is not None and getattr(site, name) is None:
        assert site.extra[name] == storable(answers[name])


@pytest.mark.parametrize(("answers", "flag"), BROKEN, ids=[flag for _, flag in BROKEN])
def test_a_form_that_breaks_a_rule_is_refused_and_nothing_is_stored(surveyor: Account, answers: dict[str, Any], flag: str) -> None:
    with refused("invalid") as refusal:
        send(surveyor, "site", {**SITE, **answers}, strict=True)
    code, name = flag.split(":")
    assert refusal.value.errors[name].code in (code, "choose")
    assert (Site.select().count(), Mutation.select().count(), Agency.select().count()) == (0, 0, 0)


def test_a_record_of_another_province_is_flagged_from_a_phone_and_refused_from_a_form(surveyor: Account) -> None:
    away = {**SITE, "latitude": RATCHABURI[0], "longitude": RATCHABURI[1]}
    with refused("invalid") as refusal:
        send(surveyor, "site", away, strict=True)
    assert refusal.value.errors["province"].code == "outside_area"
    send(surveyor, "site", away)
    assert "outside_area" in Site.get().flags and Site.get().province == "70"


def test_unknown_answers_are_kept(surveyor: Account) -> None:
    site = make_site(surveyor, colour="red", review_state="approved", recorder="x")
    assert site.extra == {"colour": "red", "review_state": "approved", "recorder": "x"}
    assert (site.review_state, site.recorder_id) == ("pending", surveyor.id)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(max_size=20), st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=20), lambda c: st.lists(c, max_size=3) | st.dictionaries(st.text(max_size=5), c, max_size=3)), max_size=6))
def test_no_answer_whatever_changes_owner_role_or_review_state(surveyor: Account, extra: dict[str, Any]) -> None:
    answer = send(surveyor, "site", {**extra, **SITE, "rev": 99, "number": 1, "recorder": str(uuid.uuid4()), "review_state": "approved", "unit": "x"})
    site = Site.get_by_id(uuid.UUID(answer["record_id"]))
    assert (site.recorder_id, site.review_state, site.rev, site.number) == (surveyor.id, "pending", answer["rev"], answer["rev"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["role", "username", "recorder", "unit", "province", "provinces", "agency", "review_state", "approved", "disabled_at", "chief",
                                        "declared", "carried_by", "rev", "number", "merged_into", "verdict"]),
                       st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["centre_admin", "approved", "70", "approve"]), max_size=8))  # fmt: skip
def test_no_part_of_a_message_whatever_changes_owner_role_province_or_review_state(surveyor: Account, parts: dict[str, Any]) -> None:
    answer = send(surveyor, "site", SITE, **parts)
    site, account = Site.get_by_id(uuid.UUID(answer["record_id"])), Account.get_by_id(surveyor.id)
    assert (site.recorder_id, site.review_state, site.province, site.unit_id, site.merged_into) == (surveyor.id, "pending", "96", None, None)
    assert (account.role, account.provinces, account.agency_id, account.chief, account.disabled_at) == ("surveyor", ["96"], None, False, None)


def test_roles_that_do_not_record_are_refused(person: Person) -> None:
    for role in ("analyst", "inspector", "viewer"):
        with refused("not_allowed"):
            send(person(role, "96"), "site", SITE)
    assert Site.select().count() == 0


# what follows from the answers

def test_the_area_follows_from_the_position_and_can_be_corrected(surveyor: Account) -> None:
    assert make_site(surveyor).province == "96"
    site = make_site(surveyor, province="96", district="9602", subdistrict="960201")
    assert (site.district, site.subdistrict) == ("9602", "960201")
    send(surveyor, "site", {"latitude": NARATHIWAT[0] + 0.0005}, site.id, base={"rev": site.rev})
    assert Site.get_by_id(site.id).district == "9602"  # a nudge of 50 m keeps the corrected district


def test_the_sector_follows_from_the_agencys_kind(surveyor: Account) -> None:
    bank = register("ธนาคารสาขา", kind="bank")
    assert make_site(surveyor, owner_agency=str(bank.id)).owner_sector == "private"
    assert make_site(surveyor, owner_agency="ธนาคาร สาขา").owner_agency_id == bank.id  # spaces do not make another agency
    assert make_site(surveyor, owner_agency=str(bank.id), owner_sector="community").owner_sector == "community"


def test_an_agency_that_is_not_in_the_register_waits_in_the_province(surveyor: Account) -> None:
    site = make_site(surveyor, owner_agency="ร้านใหม่เอี่ยม", user_agencies=["สภ.ก", "อบต.ข"])
    assert (site.owner_agency.confirmed, site.owner_agency.province) == (False, "96")
    assert [Agency.get_by_id(uuid.UUID(i)).name for i in site.user_agencies] == ["สภ.ก", "อบต.ข"]
    make_site(surveyor, owner_agency="ร้านใหม่เอี่ยม")
    assert Agency.select().where(Agency.name == "ร้านใหม่เอี่ยม").count() == 1


def test_answers_to_questions_that_are_not_asked_are_cleared(surveyor: Account) -> None:
    site = make_site(surveyor, network_linked="linked", network_type="other", network_type_other="ดาวเทียมเก่า", control_centre="ศูนย์ ก")
    assert site.network_type_other == "ดาวเทียมเก่า"
    send(surveyor, "site", {"network_linked": "not_linkable"}, site.id, base={"rev": site.rev})
    site = Site.get_by_id(site.id)
    assert (site.network_type, site.network_type_other, site.control_centre) == (None, None, None)
    last = Mutation.select().order_by(Mutation.rev.desc()).first()
    assert last.changes["control_centre"] == ["ศูนย์ ก", None]  # the history still knows


def test_completeness_counts_not_known_and_only_what_is_asked(surveyor: Account) -> None:
    bare = make_site(surveyor)
    told = make_site(surveyor, place="ตลาด", not_known=["contact_name", "retention_days", "install_point", "nonsense"])
    assert told.not_known == ["contact_name", "retention_days"]
    assert told.answered == bare.answered + 3
    assert make_site(surveyor, network_linked="linked").to_answer == bare.to_answer + 3


# edits and conflicts

def edit(account: Account, site: Site, rev: int | None, **answers: Any) -> dict[str, Any]:
    return send(account, "site", answers, site.id, base={"rev": rev} if rev else None)


def test_two_phones_change_different_fields(surveyor: Account, person: Person) -> None:
    site, other = make_site(surveyor, place="ก", details="ข"), person("surveyor", "96", name="other")
    edit(surveyor, site, site.rev, place="ก1")
    assert edit(other, site, site.rev, details="ข1")["conflicts"] == []
    site = Site.get_by_id(site.id)
    assert (site.place, site.details) == ("ก1", "ข1")


def test_two_phones_change_the_same_field_and_what_stands_stays(surveyor: Account, person: Person) -> None:
    site, other = make_site(surveyor, place="ก"), person("surveyor", "96", name="other")
    edit(surveyor, site, site.rev, place="ก1")
    assert edit(other, site, site.rev, place="ก2")["conflicts"] == ["place"]
    assert Site.get_by_id(site.id).place == "ก1"
    assert Mutation.select().order_by(Mutation.rev.desc()).first().conflicts == {"place": {"stands": "ก1", "offered": "ก2"}}
    assert edit(other, site, site.rev, place="ก1")["conflicts"] == []  # the same value is no conflict


def test_ones_own_edits_in_a_row_do_not_conflict(surveyor: Account) -> None:
    site, first = make_site(surveyor, place="ก"), uuid.uuid4()
    send(surveyor, "site", {"place": "ก1"}, site.id, mutation_id=first, base={"rev": site.rev})
    answer = send(surveyor, "site", {"place": "ก2"}, site.id, base_mutation=str(first))
    assert answer["conflicts"] == [] and Site.get_by_id(site.id).place == "ก2"


def test_an_edit_begun_before_ones_own_earlier_message_was_sent_does_not_conflict_with_it(surveyor: Account, person: Person) -> None:
    site = make_site(surveyor, place="ก")
    phone = {"base": {"rev": site.rev}, "device_id": "phone-1"}
    send(surveyor, "site", {"place": "ข"}, site.id, **phone)
    assert send(surveyor, "site", {"place": "ค"}, site.id, **phone)["conflicts"] == []  # the page still showed what stood before
    assert Site.get().place == "ค"
    assert send(surveyor, "site", {"place": "ง"}, site.id, **phone | {"device_id": "phone-2"})["conflicts"] == ["place"]  # another phone's is another's
    send(person("province_admin", "96"), "site", {"place": "จ"}, site.id, base={"rev": Site.get().rev})
    assert send(surveyor, "site", {"place": "ฉ"}, site.id, **phone)["conflicts"] == ["place"]


def test_two_people_tick_not_known_and_neither_undoes_the_other(surveyor: Account, person: Person) -> None:
    site = make_site(surveyor, not_known=["contact_name", "details"])
    send(surveyor, "site", {"not_known": ["contact_name", "details", "project"]}, site.id, base={"rev": site.rev})
    send(person("province_admin", "96"), "site", {"not_known": ["details", "address"]}, site.id, base={"rev": site.rev})
    assert Site.get().not_known == ["address", "project", "details"]  # in the order of the questions; contact_name was unticked


def test_with_an_unknown_base_every_difference_is_a_conflict(surveyor: Account) -> None:
    site = make_site(surveyor, place="ก")
    assert edit(surveyor, site, None, place="ข", details="ใหม่")["conflicts"] == ["place"]
    assert Site.get_by_id(site.id).details == "ใหม่"
    assert send(surveyor, "site", {"place": "ค"}, site.id, base={"rev": site.rev, "epoch": "another"})["conflicts"] == ["place"]


def test_an_edit_of_what_is_no_longer_visible_is_history_only(surveyor: Account, person: Person) -> None:
    site, stranger = make_site(surveyor, place="ก"), person("surveyor", "70")
    assert edit(stranger, site, site.rev, place="ข")["ok"]
    last = Mutation.select().order_by(Mutation.rev.desc()).first()
    assert (last.applied, last.flags, Site.get_by_id(site.id).place) == (False, ["not_visible"], "ก")


def test_withdrawn_records_take_late_edits_into_their_history(surveyor: Account) -> None:
    site = make_site(surveyor, place="ก")
    camera = make_camera(surveyor, site)
    send(surveyor, "site", {}, site.id, op="withdraw")
    assert (Site.get_by_id(site.id).review_state, Camera.get_by_id(camera.id).review_state) == ("withdrawn", "withdrawn")
    edit(surveyor, site, site.rev, place="ข")
    assert Site.get_by_id(site.id).place == "ก"
    assert Mutation.select().where(Mutation.record_id == site.id).count() == 3


def test_only_its_recorder_or_an_administrator_withdraws(surveyor: Account, person: Person) -> None:
    site = make_site(surveyor)
    send(person("surveyor", "96", name="other"), "site", {}, site.id, op="withdraw")
    assert Site.get_by_id(site.id).review_state == "pending"
    send(person("province_admin", "96"), "site", {}, site.id, op="withdraw")
    assert Site.get_by_id(site.id).review_state == "withdrawn"


# cameras and status updates

def test_a_child_that_comes_before_its_parent_waits_and_is_applied(surveyor: Account) -> None:
    site_id, camera_id = uuid.uuid4(), uuid.uuid4()
    send(surveyor, "update", {"camera_id": str(camera_id), "status": "degraded"})
    send(surveyor, "camera", {"site_id": str(site_id), "status": "working"}, camera_id)
    assert Camera.select().count() == 0 and Mutation.select().where(Mutation.applied).count() == 0
    send(surveyor, "site", SITE, site_id)
    assert Camera.get().site_id == site_id
    assert StatusUpdate.get().camera_id == camera_id
    assert Mutation.select().where(~Mutation.applied).count() == 0
    assert len({m.rev for m in Mutation.select()}) == 3


def test_the_latest_observation_is_the_cameras_condition(surveyor: Account) -> None:
    camera = make_camera(surveyor, make_site(surveyor))
    now = dt.datetime.now(dt.UTC)
    send(surveyor, "update", {"camera_id": str(camera.id), "status": "not_working"}, captured_at=(now + dt.timedelta(seconds=2)).isoformat())
    send(surveyor, "update", {"camera_id": str(camera.id), "status": "working"}, captured_at=(now - dt.timedelta(days=2)).isoformat())
    assert Camera.get().status == "not_working"
    assert StatusUpdate.select().count() == 2


def test_a_phone_whose_clock_is_wrong(surveyor: Account) -> None:
    ahead = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    send(surveyor, "site", SITE, captured_at=ahead.isoformat(), clock_offset_s=-86400)
    corrected = Site.get()
    assert abs((corrected.captured_at - models.utcnow()).total_seconds()) < 60 and corrected.flags == []
    send(surveyor, "site", SITE, captured_at="2569-11-22T10:00:00Z")
    clamped = Site.select().order_by(Site.number.desc()).first()
    assert clamped.captured_at <= models.utcnow() and "clock" in clamped.flags
    send(surveyor, "site", SITE, captured_at="yesterday")
    assert "no_time" in Site.select().order_by(Site.number.desc()).first().flags


def test_points_and_reports_are_received_alike(surveyor: Account) -> None:
    send(surveyor, "point", {"location": "สามแยก", "latitude": 6.43, "longitude": 101.82, "project_status": "not_started", "reason": "มืด", "camera_count": 3,
                             "budget_amount": "1250000.55"}, strict=True)  # fmt: skip
    point = ProposedPoint.get()
    assert (point.province, str(point.budget_amount), point.camera_count) == ("96", "1250000.55", 3)


def test_an_edit_of_a_camera_does_not_take_back_a_status_update(surveyor: Account, person: Person) -> None:
    camera, other = make_camera(surveyor, make_site(surveyor), problem_note=None), person("surveyor", "96", name="other")
    before = dt.datetime.now(dt.UTC) - dt.timedelta(hours=5)
    send(surveyor, "update", {"camera_id": str(camera.id), "status": "not_working", "problems": ["no_image"]})
    late = send(other, "camera", {"status": "working", "label": "C9"}, camera.id, base={"rev": camera.rev}, captured_at=before.isoformat())
    camera = Camera.get()
    assert (late["conflicts"], camera.status, camera.problems, camera.label) == (["status"], "not_working", ["no_image"], "C9")
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)).isoformat()
    send(other, "camera", {"status": "degraded"}, camera.id, base={"rev": 1}, captured_at=later)
    assert Camera.get().status == "degraded"  # a later observation stands


def test_an_update_clears_what_is_no_longer_asked_and_recounts(surveyor: Account) -> None:
    camera = make_camera(surveyor, make_site(surveyor), status="not_working", problems=["no_power"], problem_note="ไฟดับ")
    send(surveyor, "update", {"camera_id": str(camera.id), "status": "working"})
    after = Camera.get()
    assert (after.status, after.problems, after.problem_note) == ("working", None, None)
    assert after.to_answer == camera.to_answer - 2


def test_edits_wait_for_the_record_they_change(surveyor: Account) -> None:
    site_id, camera_id, made, first = uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    send(surveyor, "camera", {"site_id": str(site_id), "status": "working", "label": "W1"}, camera_id, mutation_id=first)
    send(surveyor, "camera", {"label": "W2"}, camera_id, base_mutation=str(first))
    send(surveyor, "site", {"place": "แก้แล้ว"}, site_id, base_mutation=str(made))
    assert (Camera.select().count(), Site.select().count()) == (0, 0)
    send(surveyor, "site", SITE, site_id, mutation_id=made)
    assert (Site.get().place, Camera.get().label) == ("แก้แล้ว", "W2")
    assert Mutation.select().where(~Mutation.applied).count() == 0


def test_an_id_of_another_kind_reaches_nothing(surveyor: Account, person: Person) -> None:
    """A point with the id of somebody's site must neither show nor change the site's photos and history."""
    upload, _ = album.accept(picture(), surveyor)
    add = {"add": [{"sha256": upload.sha256, "caption": "ของจริง"}]}
    site_id = uuid.UUID(send(surveyor, "site", SITE, photos=add)["record_id"])
    stranger = person("surveyor", "70")
    place = {"latitude": RATCHABURI[0], "longitude": RATCHABURI[1]}
    change = {"change": [{"sha256": upload.sha256, "caption": "HACKED", "blur": [[0, 0, 1, 1]]}], "remove": [upload.sha256]}
    send(stranger, "point", {"location": "ก", **place, "project_status": "not_started", "reason": "ข", "camera_count": 1}, site_id, photos=change)
    photo = Photo.get()
    assert (photo.caption, photo.removed, photo.blur) == ("ของจริง", False, [])
    point = ProposedPoint.get()
    assert not list(album.of_record(point)) and [m.owner_id for m in scope.history(stranger, point)] == [stranger.id]


def test_the_answer_to_an_edit_of_what_is_not_visible_tells_nothing(surveyor: Account, person: Person) -> None:
    answer = send(surveyor, "site", SITE, photos={"add": [{"sha256": "0" * 64}]})
    assert send(person("surveyor", "70"), "site", {}, uuid.UUID(answer["record_id"]), base={"rev": answer["rev"]})["photos_missing"] == []


def test_nothing_is_added_to_a_withdrawn_site(surveyor: Account) -> None:
    site = make_site(surveyor)
    send(surveyor, "site", {}, site.id, op="withdraw")
    send(surveyor, "camera", {"site_id": str(site.id), "status": "working"})
    assert Camera.select().count() == 0
    assert Mutation.select().order_by(Mutation.rev.desc()).first().flags == ["parent_withdrawn"]
    with refused("not_found"):
        send(surveyor, "camera", {"site_id": str(site.id), "status": "working"}, strict=True)


@pytest.mark.parametrize("payload", [
    '{"kind": "site"}'.encode("utf-16"), b'{"kind": "site", "record_id": "\xed\xa0\x80"}', b'{"kind": [], "record_id": "x"}',
    b'{"kind": "site", "answers": ' + b"[" * 600 + b"]" * 600 + b"}",
])  # fmt: skip
def test_messages_that_no_phone_of_ours_sends(surveyor: Account, payload: bytes) -> None:
    with refused("unreadable"):
        sync.receive(uuid.uuid4(), payload, surveyor)


@pytest.mark.parametrize("change", [
    {"base": {"rev": 10**30}}, {"base": {"rev": -5}}, {"base": {"rev": True}}, {"captured_at": "0001-01-01T00:00:00Z"}, {"captured_at": "9999-12-31T23:59:59Z"},
    {"clock_offset_s": 10**300}, {"clock_offset_s": float("nan")}, {"on_behalf": "yes"}, {"schema": "x"}, {"device_id": {"a": 1}},
    {"photos": {"add": [{"sha256": "0" * 64, "taken_at": "9999-12-31T23:59:59Z", "latitude": 10**400, "blur": [[0.5, 0.5, -0.2, -0.2], [2, 2, 1, 1], ["x"] * 4]}]}},
])  # fmt: skip
def test_odd_envelopes_are_stored_and_leave_nothing_odd(surveyor: Account, change: dict[str, Any]) -> None:
    site_id = make_site(surveyor).id if "base" in change else uuid.uuid4()
    assert send(surveyor, "site", SITE, site_id, **change)["ok"]
    for photo in Photo.select():
        assert (photo.blur, photo.taken_at, photo.latitude) == ([], None, None)


@pytest.mark.parametrize(("name", "value"), [("latitude", 10**400), ("retention_days", 10**400), ("requests_per_month", 10**400), ("user_agencies", {"a": [1]}),
                                             ("area_type", {"a": 1}), ("installed_budget_year", 10**30), ("contact_phone", [1])])  # fmt: skip
def test_odd_answers_are_stored_and_flagged(surveyor: Account, name: str, value: Any) -> None:
    site = make_site(surveyor, **{name: value})
    assert any(flag.endswith(":" + name) for flag in site.flags) and getattr(site, name) in (None, [])
    assert Agency.select().count() == 1


def test_a_password_in_an_address_stays_out_of_the_record(surveyor: Account) -> None:
    camera = make_camera(surveyor, make_site(surveyor), stream_url="rtsp://admin:geheim@10.0.0.1/x")
    assert camera.stream_url is None and camera.extra == {} and "url_password:stream_url" in camera.flags


def test_a_position_far_from_the_chosen_province(surveyor: Account) -> None:
    away = {**SITE, "province": "96", "latitude": RATCHABURI[0], "longitude": RATCHABURI[1]}
    with refused("invalid") as refusal:
        send(surveyor, "site", away, strict=True)
    assert refusal.value.errors["latitude"].code == "position_elsewhere"
    assert "position_elsewhere:latitude" in make_site(surveyor, **away).flags
    assert make_site(surveyor, province="96", latitude=6.56, longitude=101.62).flags == []  # just over the border of Pattani: outlines are coarse


# photos

def test_blur_is_taken_back_only_by_its_photographer_or_the_province(surveyor: Account, person: Person) -> None:
    register("ธนาคาร", kind="bank")
    upload, _ = album.accept(picture(), surveyor)
    site = Site.get_by_id(uuid.UUID(send(surveyor, "site", {**SITE, "owner_agency": "ธนาคาร"}, photos={"add": [{"sha256": upload.sha256, "blur": [[0, 0, 0.5, 0.5]]}]})["record_id"]))

    def blur(account: Account, areas: list[list[float]]) -> list[list[float]]:
        send(account, "site", {}, site.id, base={"rev": 1}, photos={"change": [{"sha256": upload.sha256, "blur": areas}]})
        return list(Photo.get().blur)

    assert blur(person("agency", "96", agency="ธนาคาร"), [[0.6, 0.6, 0.2, 0.2]]) == [[0, 0, 0.5, 0.5], [0.6, 0.6, 0.2, 0.2]]
    assert blur(person("agency", "96", agency="ธนาคาร"), []) == [[0, 0, 0.5, 0.5], [0.6, 0.6, 0.2, 0.2]]
    assert blur(surveyor, [[0, 0, 0.1, 0.1]]) == [[0, 0, 0.1, 0.1]]
    assert blur(person("province_admin", "96"), []) == []


def test_ten_photos_are_the_limit_of_a_record_not_of_a_message(surveyor: Account) -> None:
    ten = {"add": [{"sha256": f"{n:064x}"} for n in range(10)]}
    site = make_site_with(surveyor, ten)
    with refused("invalid"):
        send(surveyor, "site", {}, site.id, base={"rev": site.rev}, photos={"add": [{"sha256": "f" * 64}]}, strict=True)
    assert Photo.select().count() == 10


def test_record_first_photos_in_any_order(surveyor: Account) -> None:
    first, second = picture((1, 2, 3)), picture((4, 5, 6))
    hashes = [album.photos.digest(p) for p in (first, second)]
    album.accept(second, surveyor)
    answer = send(surveyor, "site", SITE, photos={"add": [{"sha256": h, "kind": "surroundings", "caption": "ก"} for h in hashes]})
    assert answer["photos_missing"] == [hashes[0]]
    album.accept(first, surveyor, hashes[0])
    assert album.missing("site", uuid.UUID(answer["record_id"])) == []


def test_somebody_elses_bytes_do_not_count(surveyor: Account, person: Person) -> None:
    data = picture()
    album.accept(data, person("surveyor", "70"))
    answer = send(surveyor, "site", SITE, photos={"add": [{"sha256": album.photos.digest(data)}]})
    assert answer["photos_missing"] == [album.photos.digest(data)]
    assert Photo.get().upload is None


def test_a_photo_is_changed_and_removed_but_never_forgotten(surveyor: Account) -> None:
    upload, _ = album.accept(picture(), surveyor)
    add = {"add": [{"sha256": upload.sha256, "kind": "nonsense", "caption": "ก\x00ข" * 100, "latitude": 6.4, "longitude": 999, "blur": [[0, 0, 1]]}]}
    site = Site.get_by_id(uuid.UUID(send(surveyor, "site", SITE, photos=add)["record_id"]))
    photo = Photo.get()
    assert (photo.kind, len(photo.caption), photo.latitude, photo.blur) == (None, 200, None, [])
    send(surveyor, "site", {}, site.id, base={"rev": site.rev}, photos={"change": [{"sha256": upload.sha256, "blur": [[0.1, 0.1, 0.2, 0.2]]}]})
    assert Photo.get().blur == [[0.1, 0.1, 0.2, 0.2]] and len(Photo.get().caption) == 200
    send(surveyor, "site", {}, site.id, base={"rev": site.rev}, photos={"remove": [upload.sha256]})
    assert Photo.get().removed and album.store().exists(album.original_key(upload.sha256))


def test_more_than_ten_photos_are_asked_again_on_a_form(surveyor: Account) -> None:
    add = {"add": [{"sha256": f"{n:064x}"} for n in range(11)]}
    with refused("invalid"):
        send(surveyor, "site", SITE, photos=add, strict=True)
    assert "too_many_photos:photos" in make_site_with(surveyor, add).flags


def make_site_with(account: Account, photos: dict[str, Any]) -> Site:
    return Site.get_by_id(uuid.UUID(send(account, "site", SITE, photos=photos)["record_id"]))
