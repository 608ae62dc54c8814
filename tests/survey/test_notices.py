"""What waits for a person: each role is told of its own matters and of nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from models import Account, Round, Site
from survey import clock, notices, review, rounds
from tests.conftest import Browser, make_camera, make_site, register
from tests.survey.test_operations import conflicting
from tests.survey.test_review import item
from tests.survey.test_rounds import SIGNED, TYPED

People = Callable[..., Account]


def of(user: Account) -> dict[str, int]:
    return {notice.kind: notice.n for notice in notices.of(user)}


@pytest.fixture
def ending(person: People) -> Round:
    """A round that ends in three days."""
    today = clock.today()
    return rounds.save(person("centre_admin"), {**TYPED, "starts_on": (today - dt.timedelta(days=9)).isoformat(), "deadline": (today + dt.timedelta(days=3)).isoformat()})


def test_returned_records_and_conflicts_are_said_to_those_concerned(db: Flask, person: People) -> None:
    site, one, two, office = conflicting(person)
    assert of(office) == {"conflicts": 1, "review": 1} and of(two) == {"conflicts": 1} and of(person("province_admin", "70")) == {}
    review.decide(office, [item(Site.get_by_id(site.id))], "return", "โปรดแก้ไข")
    assert of(one) == {"returned": 1} and of(office) == {"conflicts": 1}


def test_late_agencies_are_said_to_the_province_and_the_centre(ending: Round, person: People) -> None:
    make_camera(person("surveyor", "96"), make_site(person("surveyor", "96")))
    assert of(person("province_admin", "96"))["silent"] == 1 and "silent" not in of(person("province_admin", "70"))
    Round.update(deadline=clock.today() - dt.timedelta(days=1)).execute()
    assert of(person("centre_admin"))["late"] == 1
    rounds.declare(person("centre_admin"), rounds.found(ending.number), "96", register("เทศบาลเมืองนราธิวาส").id, "complete")
    assert "late" not in of(person("centre_admin"))


def test_an_agency_is_reminded_until_it_declares(ending: Round, person: People) -> None:
    bank = person("agency", "96", agency="ธนาคารตัวอย่าง")
    assert [(n.kind, n.days) for n in notices.of(bank)] == [("declare", 4)]
    rounds.declare(bank, ending, "96", bank.agency_id, "none")
    assert of(bank) == {}


def test_steps_of_certification_are_said_to_whose_turn_it_is(ending: Round, person: People) -> None:
    inspector, centre = person("inspector", "96"), person("centre_admin")
    rounds.take_step(person("province_admin", "96"), ending, "96", "certified", SIGNED, {})
    assert of(inspector) == {"endorse": 1} and "receive" not in of(centre) and of(person("inspector", "70")) == {}
    rounds.take_step(inspector, ending, "96", "endorsed", SIGNED, {})
    assert of(inspector) == {} and of(centre)["receive"] == 1


def test_the_first_page_says_them(ending: Round, person: People, browser: Callable[..., Browser]) -> None:
    make_site(person("surveyor", "96"))
    page = browser("province_admin", "96").get("/").text
    assert "มี 1 รายการรอตรวจและรับรอง" in page and 'data-notice="review"' in page
    assert "data-notice" not in browser("surveyor", "96").get("/").text
    english: Any = browser("province_admin", "96")
    english.client.set_cookie("language", "en")
    assert english.get("/").status_code == 200
