"""Everyone sees only what role, area and agency allow; `visible` and `may` say the same."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from models import Account, Camera, Photo, ProblemReport, ProposedPoint, Site, StatusUpdate
from survey import album, scope
from survey.questions import asked
from tests.conftest import RATCHABURI, make_camera, make_site, picture, register, send

Person = Callable[..., Account]
MODELS = (Site, Camera, StatusUpdate, ProposedPoint, ProblemReport)


@pytest.fixture
def world(person: Person) -> dict[str, Any]:
    """Two provinces with records of every kind, one site owned by a bank, one recorded outside its recorder's area."""
    register("ธนาคารสาขานราธิวาส", kind="bank")
    made: dict[str, Any] = {}
    for province, position in (("96", (6.4255, 101.8253)), ("70", RATCHABURI)):
        account = person("surveyor", province)
        place = {"latitude": position[0], "longitude": position[1]}
        site = make_site(account, **place, contact_name="ด.ต. ตัวอย่าง", owner_agency="ธนาคารสาขานราธิวาส" if province == "96" else "เทศบาล")
        camera = make_camera(account, site, stream_url="rtsp://10.0.0.1/x")
        send(account, "update", {"camera_id": str(camera.id), "status": "degraded"})
        send(account, "point", {"location": "สามแยก", **place, "project_status": "not_started", "reason": "มืด", "camera_count": 1})
        send(account, "report", {"agency": "เทศบาล", "province": province, "usage": "เก่า"})
        upload, _ = album.accept(picture((int(province), 0, 0)), account)
        send(account, "camera", {}, camera.id, base={"rev": camera.rev}, photos={"add": [{"sha256": upload.sha256}]})
        made[province] = {"site": site, "camera": camera}
    made["away"] = make_site(person("surveyor", "96"), latitude=RATCHABURI[0], longitude=RATCHABURI[1])
    return made


WHO = [("centre_admin",), ("analyst",), ("inspector", "96"), ("viewer",), ("province_admin", "96"), ("province_admin", "70"), ("province_admin", "96", "70"),
       ("surveyor", "96"), ("surveyor", "70"), ("surveyor", "94"), ("agency", "96")]  # fmt: skip


@pytest.mark.parametrize("who", WHO, ids=["-".join(w) for w in WHO])
def test_visible_and_may_agree_on_every_record(world: dict[str, Any], person: Person, who: tuple[str, ...]) -> None:
    user = person(*who, agency="ธนาคารสาขานราธิวาส") if who[0] == "agency" else person(*who)
    for model in MODELS:
        seen = {r.id for r in scope.visible(user, model)}
        allowed = {r.id for r in model.select() if scope.may(user, "see", r)}
        assert seen == allowed, model


@pytest.mark.parametrize(("who", "expected"), [
    (("centre_admin",), {"96", "70", "away"}), (("analyst",), {"96", "70", "away"}), (("viewer",), set()), (("inspector", "96"), {"96"}),
    (("province_admin", "96"), {"96"}), (("province_admin", "70"), {"70", "away"}), (("surveyor", "96"), {"96", "away"}), (("surveyor", "70"), {"70", "away"}),
    (("surveyor", "94", "96"), {"96"}), (("surveyor", "94"), set()), (("agency", "96"), {"96"}),
])  # fmt: skip
def test_who_sees_which_site(world: dict[str, Any], person: Person, who: tuple[str, ...], expected: set[str]) -> None:
    user = person(*who, agency="ธนาคารสาขานราธิวาส") if who[0] == "agency" else person(*who, name=None)
    names = {world["96"]["site"].id: "96", world["70"]["site"].id: "70", world["away"].id: "away"}
    assert {names[s.id] for s in scope.visible(user, Site)} == expected


def test_another_agency_sees_nothing_of_this_one(world: dict[str, Any], person: Person) -> None:
    other = person("agency", "96", agency="ธนาคารอื่น")
    assert [list(scope.visible(other, model)) for model in MODELS] == [[]] * 5
    assert list(scope.visible(other, Photo)) == []


def test_districts_narrow_a_surveyors_area(person: Person) -> None:
    everywhere, narrow = person("surveyor", "96"), person("surveyor", "96", districts=("9602",), name="narrow")
    make_site(everywhere, province="96", district="9601")
    inside = make_site(everywhere, province="96", district="9602")
    assert [s.id for s in scope.visible(narrow, Site)] == [inside.id]
    assert [s.id for s in Site.select() if scope.may(narrow, "see", s)] == [inside.id]


def test_photos_follow_their_record(world: dict[str, Any], person: Person) -> None:
    for who, count in ((("centre_admin",), 2), (("province_admin", "96"), 1), (("surveyor", "70"), 1), (("surveyor", "94"), 0), (("viewer",), 0)):
        assert scope.visible(person(*who), Photo).count() == count


@pytest.mark.parametrize(("role", "see", "edit", "original"), [
    ("centre_admin", True, True, True), ("province_admin", True, True, True), ("surveyor", True, True, False), ("analyst", True, False, False),
    ("inspector", True, False, False), ("viewer", False, False, False),
])  # fmt: skip
def test_what_each_role_may_do_in_its_area(world: dict[str, Any], person: Person, role: str, see: bool, edit: bool, original: bool) -> None:
    user, site = person(role, "96"), world["96"]["site"]
    assert [scope.may(user, verb, site) for verb in ("see", "edit", "original")] == [see, edit, original]
    elsewhere = world["70"]["site"]
    assert scope.may(user, "edit", elsewhere) is (role == "centre_admin")


def test_a_disabled_account_may_nothing(world: dict[str, Any], person: Person) -> None:
    user = person("centre_admin")
    user.disabled_at = user.created_at
    assert not scope.may(user, "see", world["96"]["site"])


def test_contact_persons_and_streams_are_for_those_who_visit_or_administer(world: dict[str, Any], person: Person) -> None:
    site, camera = world["96"]["site"], world["96"]["camera"]
    contact, stream, place = asked(Site)["contact_name"], asked(Camera)["stream_url"], asked(Site)["place"]
    for role, allowed in (("centre_admin", True), ("province_admin", True), ("surveyor", True), ("analyst", False), ("inspector", False)):
        user = person(role, "96")
        assert (scope.may_read(user, contact, site), scope.may_read(user, stream, camera), scope.may_read(user, place, site)) == (allowed, allowed, True)


def test_restricted_places_are_coarse_outside_province_and_centre(person: Person) -> None:
    recorder = person("surveyor", "96")
    site = make_site(recorder, restricted="yes", latitude=6.42551, longitude=101.82534)
    for role, exact in (("centre_admin", True), ("province_admin", True), ("surveyor", False), ("analyst", False), ("inspector", False)):
        user = person(role, "96", name=f"other-{role}")
        latitude, longitude, is_exact = scope.shown_position(user, site)
        assert is_exact is exact
        assert ((latitude, longitude) == (6.42551, 101.82534)) is exact
        if not exact:
            assert abs(latitude - 6.42551) <= 0.005 and round(latitude * 100) == pytest.approx(latitude * 100)


def test_a_model_without_a_rule_is_an_error(person: Person) -> None:
    from models import LoginFailure

    with pytest.raises(LookupError):
        scope.visible(person("centre_admin"), LoginFailure)
    with pytest.raises(LookupError):
        scope.may(person("centre_admin"), "burn", make_site(person("surveyor", "96")))


def test_control_a_rule_that_lets_everybody_see_would_be_noticed(world: dict[str, Any], person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope, "_site_condition", lambda _user: None)
    user = person("surveyor", "94")
    assert {r.id for r in scope.visible(user, Site)} != {r.id for r in Site.select() if scope.may(user, "see", r)}


def test_ids_are_no_secret_but_no_key_either(world: dict[str, Any], person: Person) -> None:
    stranger = person("surveyor", "94")
    assert scope.visible(stranger, Site).where(Site.id == world["96"]["site"].id).first() is None
    assert scope.visible(stranger, Camera).where(Camera.id == uuid.uuid4()).first() is None
