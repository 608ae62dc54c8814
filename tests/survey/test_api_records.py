"""Records of the open interface by reader: also for roles that have no token today, scope decides about each field and each position."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from models import Account, Camera, Site
from survey.api import parameters, records
from survey.api.resources import resources
from survey.errors import Refusal
from survey.package import names_of_agencies
from tests.conftest import make_camera, make_site


def entry(user: Account, record: Any) -> dict[str, Any]:
    resource = next(r for r in resources().values() if r.model is type(record))
    return records.entry(user, resource, record, names_of_agencies([record]))


@pytest.fixture
def site(person: Callable[..., Account]) -> Site:
    """A restricted place with a contact person, whose position nobody knows."""
    return make_site(person("surveyor", "96"), restricted="yes", contact_name="นาย ก", contact_phone="02-283-4737", not_known=["patrol_area"])


def test_contact_persons_are_left_out_for_whom_pages_mask_them(person: Callable[..., Account], site: Site) -> None:
    assert entry(person("province_admin", "96"), site)["answers"]["contact_name"] == "นาย ก"
    for role in ("inspector", "analyst"):
        seen = entry(person(role, *(["96"] if role == "inspector" else [])), site)
        assert not {"contact_name", "contact_position", "contact_phone"} & set(seen["answers"]) and seen["answers"]["install_point"]


def test_who_may_not_read_an_answer_is_not_told_that_nobody_knows_it(person: Callable[..., Account]) -> None:
    site = make_site(person("surveyor", "96"), not_known=["contact_name", "patrol_area", "storage_process"])
    assert entry(person("province_admin", "96"), site)["not_known"] == ["contact_name", "patrol_area"]
    assert entry(person("analyst"), site)["not_known"] == ["patrol_area"]


def test_restricted_places_are_coarse_outside_province_and_centre(person: Callable[..., Account], site: Site) -> None:
    exact, rough = entry(person("centre_admin"), site), entry(person("analyst"), site)
    assert "coarse" not in exact and exact["answers"]["latitude"] == site.latitude
    assert rough["coarse"] is True and abs(rough["answers"]["latitude"] - site.latitude) > 0.0001 and round(rough["answers"]["latitude"], 2) == rough["answers"]["latitude"]
    camera = make_camera(person("surveyor", "96"), site, latitude=site.latitude, longitude=site.longitude)
    seen = entry(person("inspector", "96"), Camera.select(Camera, Site).join(Site).where(Camera.id == camera.id).get())
    assert seen["coarse"] is True and seen["answers"]["latitude"] == rough["answers"]["latitude"]


def test_pages_hold_what_the_reader_sees(person: Callable[..., Account], site: Site) -> None:
    resource = resources()["sites"]
    wanted = parameters.read(resource.parameters, [])
    assert [len(records.page(person(*who), resource, wanted).items) for who in (("centre_admin",), ("inspector", "96"), ("inspector", "70"), ("viewer",))] == [1, 1, 0, 0]


@pytest.mark.parametrize(("text", "value"), [
    ("2026-11-25T03:00:00Z", dt.datetime(2026, 11, 25, 3)), ("2026-11-25t10:00:00.5+07:00", dt.datetime(2026, 11, 25, 3, 0, 0, 500_000)),
    ("2016-12-31T23:59:60Z", dt.datetime(2016, 12, 31, 23, 59, 59, 999_999)), ("0001-01-01T00:00:00+01:00", dt.datetime.min), ("9999-12-31T23:59:59-01:00", dt.datetime.max),
])  # fmt: skip
def test_moments(text: str, value: dt.datetime) -> None:
    assert parameters.read_moment(text) == value


@pytest.mark.parametrize("text", ["", "2026-11-25", "2026-11-25 03:00:00Z", "2026-11-25T03:00Z", "2026-11-25T03:00:00", "2026-13-01T00:00:00Z", "2026-11-25T24:00:00Z", "๒๐๒๖-11-25T00:00:00Z"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError):
        parameters.read_moment(text)


def test_every_wrong_parameter_is_named_at_once() -> None:
    with pytest.raises(Refusal) as refused:
        parameters.read(resources()["sites"].parameters, [("limit", "x"), ("q", "1"), ("gone", "true"), ("gone", "true")])
    assert {name: message.code for name, message in refused.value.errors.items()} == {"limit": "parameter_form", "q": "unknown_parameter", "gone": "parameter_twice"}
