"""The map: clusters from cells and from records agree, scope and coarse positions hold, never more than some hundreds of things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from models import Account
from survey import demo, mapped
from survey.reports import asked as asking
from tests.conftest import NARATHIWAT, RATCHABURI, make_camera, make_site, send

People = Callable[..., Account]
COUNTRY = mapped.Window(5, 97, 21, 106, 6)
CLOSE = mapped.Window(NARATHIWAT[0] - 0.01, NARATHIWAT[1] - 0.01, NARATHIWAT[0] + 0.01, NARATHIWAT[1] + 0.01, 16)


def shown(user: Account, window: mapped.Window, status: str = "", state: str = "", layers: tuple[str, ...] = ("camera", "point"), **args: str) -> dict[str, Any]:
    asked = asking.read(user, args)
    if user.role in ("surveyor", "agency"):
        asked.areas = None
    return mapped.shown(user, window, mapped.Wanted(asked, status, state, layers))


def numbers(found: dict[str, Any]) -> Counter[str]:
    total: Counter[str] = Counter()
    for _, _, counts, _ in found["clusters"]:
        total.update(counts)
    return total


def in_order(clusters: list[Any]) -> list[Any]:
    return sorted(clusters, key=lambda cluster: cluster[:2])


@pytest.mark.parametrize("zoom", range(5, 14))
def test_clusters_from_cells_and_from_records_agree_at_every_zoom(db: Flask, person: People, zoom: int) -> None:
    demo.make(60, seed=3)
    window = mapped.Window(5, 97, 21, 106, zoom)
    for user in (person("centre_admin"), person("province_admin", "96")):
        kept, queried = shown(user, window), shown(user, window, since="2000-01-01")
        assert in_order(kept["clusters"]) == in_order(queried["clusters"]) != []
        assert in_order(kept.get("point_clusters", [])) == in_order(queried.get("point_clusters", []))


@pytest.mark.parametrize(("status", "state"), [("working", ""), ("", "approved"), ("", "others"), ("not_working", "others")])
def test_conditions_and_states_filter_both_ways(db: Flask, person: People, status: str, state: str) -> None:
    demo.make(60, seed=3)
    kept, queried = (shown(person("centre_admin"), COUNTRY, status, state, **args) for args in ({}, {"since": "2000-01-01"}))
    assert numbers(kept) == numbers(queried) and numbers(kept)
    assert not status or set(numbers(kept)) == {status}


def small(person: People) -> Account:
    surveyor = person("surveyor", "96", "70")
    make_camera(surveyor, make_site(surveyor), bearing=90, view_angle=60, view_range_m=40)
    make_camera(surveyor, make_site(surveyor, latitude=RATCHABURI[0], longitude=RATCHABURI[1]))
    return surveyor


@pytest.mark.parametrize(("role", "areas", "number"), [("centre_admin", (), 2), ("province_admin", ("96",), 1), ("inspector", ("70",), 1), ("surveyor", ("10",), 0), ("agency", ("96",), 0)])
def test_everybody_sees_the_own_area(db: Flask, person: People, role: str, areas: tuple[str, ...], number: int) -> None:
    small(person)
    assert sum(numbers(shown(person(role, *areas), COUNTRY)).values()) == number


def test_close_up_sites_stand_alone_with_what_their_cameras_look_at(db: Flask, person: People) -> None:
    site, = shown(small(person), CLOSE)["sites"]
    assert (site["name"], site["exact"], site["approved"], site["conditions"]) == ("แยกตลาดสด", True, False, {"working": 1})
    assert [(c["bearing"], c["angle"], c["range"]) for c in site["cameras"]] == [(90, 60, 40)]
    assert shown(person("province_admin", "70"), CLOSE)["sites"] == []
    assert shown(person("centre_admin"), CLOSE, "removed")["sites"] == []


def test_a_restricted_place_stands_where_its_coarse_position_is(db: Flask, person: People) -> None:
    surveyor = person("surveyor", "96")
    make_camera(surveyor, make_site(surveyor, restricted="yes", latitude=6.4231, longitude=101.8212))
    site, = shown(person("analyst"), mapped.Window(6.40, 101.80, 6.44, 101.84, 16))["sites"]
    assert (site["at"], site["exact"], site["cameras"]) == ([6.42, 101.82], False, [])
    around = mapped.Window(6.4226, 101.8206, 6.4236, 101.8218, 18)
    assert shown(person("analyst"), around)["sites"] == []  # a small window does not tell where it is
    assert len(shown(person("province_admin", "96"), around)["sites"]) == 1


def test_a_camera_stands_in_the_cluster_of_its_site_with_a_filter_and_without(db: Flask, person: People) -> None:
    """Its own position may be across the edge of a cell; the kept cells and the query of the records agree."""
    surveyor = person("surveyor", "96")
    make_camera(surveyor, make_site(surveyor, latitude=5.99999, longitude=101.8253), latitude=6.00001, longitude=101.8253)
    kept, queried = (shown(person("centre_admin"), COUNTRY, **args)["clusters"] for args in ({}, {"since": "2000-01-01"}))
    assert kept == queried and len(kept) == 1


def test_points_are_shown_and_marked_while_they_wait(db: Flask, person: People) -> None:
    answers = {"location": "มืด", "latitude": NARATHIWAT[0], "longitude": NARATHIWAT[1], "project_status": "not_started", "reason": "-", "camera_count": 2}
    send(person("surveyor", "96"), "point", answers)
    centre = person("centre_admin")
    assert [(p["name"], p["approved"]) for p in shown(centre, CLOSE)["points"]] == [("มืด", False)]
    assert shown(centre, CLOSE, layers=("camera",))["points"] == [] and shown(centre, CLOSE, status="working")["points"] == []


def test_too_many_sites_become_clusters(db: Flask, person: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped, "MOST_SITES", 2)
    surveyor = person("surveyor", "96")
    for n in range(3):
        make_camera(surveyor, make_site(surveyor, latitude=NARATHIWAT[0] + n / 1000))
    found = shown(surveyor, CLOSE)
    assert found["sites"] == [] and sum(numbers(found).values()) == 3


@pytest.mark.parametrize("box", ["", "1,2,3", "a,b,c,d", "nan,1,2,3", "inf,1,2,3"])
def test_what_is_no_window_is_none(box: str) -> None:
    assert mapped.read_window({"box": box, "zoom": "6"}) is None
