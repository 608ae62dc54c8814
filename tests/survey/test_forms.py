"""Forms are made from the questions; the readable position text decides over the hidden numbers."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from survey import forms


def taken(**posted: object) -> forms.SurveyForm:
    return forms.form_class("site")().take(MultiDict(posted))


@pytest.mark.parametrize(("posted", "expected"), [
    # the phone's fix, still shown: its source and accuracy go along
    ({"position": "6.42550, 101.82530", "latitude": "6.425501", "longitude": "101.825302", "position_source": "device", "position_accuracy_m": "7"}, ("6.425501", "101.825302", "device", "7")),
    # typed over: the numbers are the text's, the accuracy is gone
    ({"position": "6.5, 101.9", "latitude": "6.425501", "longitude": "101.825302", "position_source": "device", "position_accuracy_m": "7"}, ("6.5", "101.9", "typed", None)),
    ({"position": "https://www.google.com/maps/@6.42,101.82,17z"}, ("6.42", "101.82", "pasted", None)),
    ({"position": "", "latitude": "6.425501", "longitude": "101.825302", "position_source": "map"}, ("6.425501", "101.825302", "map", None)),
    ({"position": ""}, (None, None, None, None)),
])  # fmt: skip
def test_the_position_text_decides(posted: dict[str, str], expected: tuple[str | None, ...]) -> None:
    answers = taken(**posted).answers()
    assert tuple(answers.get(n) for n in ("latitude", "longitude", "position_source", "position_accuracy_m")) == expected


def test_nothing_is_chosen_beforehand(db: Flask) -> None:
    for kind in ("site", "camera", "point", "report", "update"):
        assert {k: v for k, v in forms.empty(kind).answers().items() if k != "not_known"} == {}


def test_blank_is_none_and_a_frequency_has_its_period() -> None:
    answers = taken(place="  ", requests_per_month="5", requests_per_month_per="day", area_type=["roadside"]).answers()
    assert answers == {"requests_per_month": {"value": "5", "per": "day"}, "area_type": ["roadside"], "not_known": []}


def test_a_new_point_offers_only_the_guidelines_two_states() -> None:
    offered = [code for code, _ in forms.empty("point").project_status.options]
    assert offered == ["awaiting_budget", "not_started"]
    stored = forms.form_class("point")().fill({"project_status": "done"})
    assert [code for code, _ in stored.project_status.options] == ["awaiting_budget", "not_started", "done"]


def test_required_questions_stand_in_the_first_section() -> None:
    for kind in ("site", "camera", "point"):
        first = forms.empty(kind).sections()[0][2]
        everywhere = [f for _, _, fields in forms.empty(kind).sections() for f in fields]
        assert {f.name for f in everywhere if f.question.required} <= {f.name for f in first} | {"latitude", "longitude"}
