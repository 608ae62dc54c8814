"""Positions as people write them; the rows of tests/positions.json also hold for static/js/coordinates.js."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from survey.coordinates import format_position, google_maps_url, read_position, to_mgrs
from survey.errors import Refusal
from survey.places import distance_m

ROWS = json.loads((Path(__file__).parent.parent / "positions.json").read_text(encoding="utf-8"))
TOLERANCE = 2e-7  # degrees, two centimetres: the two grid libraries differ by less
POINTS = {"latitude": st.floats(-80, 84), "longitude": st.floats(-180, 180)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.get('error', 'read')}: {row['text']!r}")
def test_text_is_read_or_refused(row: dict[str, Any]) -> None:
    if "error" in row:
        with pytest.raises(Refusal) as caught:
            read_position(row["text"])
        assert caught.value.code == row["error"]
        assert caught.value.message.params.get("position") == row.get("position")
    else:
        position = read_position(row["text"])
        assert position[:2] == pytest.approx((row["latitude"], row["longitude"]), abs=TOLERANCE, rel=0)
        assert position.source == row["source"]


def test_rows_are_many_and_different() -> None:
    assert len({row["text"] for row in ROWS}) == len(ROWS) >= 70


@given(**POINTS)
def test_written_position_is_read_back(latitude: float, longitude: float) -> None:
    read = read_position(format_position(latitude, longitude))
    assert read[:2] == pytest.approx((latitude, longitude), abs=0.500001e-5, rel=0)


@given(**POINTS)
def test_link_is_read_back(latitude: float, longitude: float) -> None:
    read = read_position(google_maps_url(latitude, longitude))
    assert read[:2] == pytest.approx((latitude, longitude), abs=0.500001e-6, rel=0)
    assert read.source == "pasted"


@given(latitude=st.floats(5, 21), longitude=st.floats(97, 106))
def test_grid_reference_is_read_back_to_the_metre(latitude: float, longitude: float) -> None:
    read = read_position(to_mgrs(latitude, longitude))
    assert distance_m(latitude, longitude, read.latitude, read.longitude) < 1


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    _read_or_refused(text)


@given(st.text(alphabet="0123456789.,;:°'\"-+ NSEWlatonต.อน๖/@!?=%&gmapshttps"))
def test_any_mixture_of_signs_is_read_or_refused(text: str) -> None:
    _read_or_refused(text)


def _read_or_refused(text: str) -> None:
    try:
        position = read_position(text)
    except Refusal as refusal:
        assert refusal.code in ("position_unreadable", "position_short_link", "position_swapped")
    else:
        assert abs(position.latitude) <= 90 and abs(position.longitude) <= 180


def test_position_is_written_with_five_decimals() -> None:
    assert format_position(6.4255, 101.8253) == "6.42550, 101.82530"


def test_grid_reference_has_ten_digits_and_spaces() -> None:
    assert to_mgrs(6.4255, 101.8253) == "47N RH 12547 11103"


@pytest.mark.parametrize("point", [(85.0, 100.0), (-81.0, 100.0), (13.0, 181.0), (float("nan"), 100.0)])
def test_no_grid_reference_near_the_poles_or_off_the_earth(point: tuple[float, float]) -> None:
    with pytest.raises(ValueError):
        to_mgrs(*point)


def test_link_opens_a_pin() -> None:
    link = google_maps_url(6.4255, 101.8253)
    assert link == "https://www.google.com/maps/search/?api=1&query=6.425500%2C101.825300"


def test_very_long_text_is_refused_at_once() -> None:
    with pytest.raises(Refusal, match="position_unreadable"):
        read_position("6 " * 5000)
