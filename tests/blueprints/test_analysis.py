"""The pages of analysis open for those who see figures, say when nothing matches, and lead the committee to no list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from survey import demo
from survey.reports import heads
from tests.conftest import Browser

Browse = Callable[..., Browser]
PAGES = ["/analysis", *(f"/analysis/{page}" for page in heads.PAGES), "/analysis/compare"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_with_and_without_records_and_filters(app: Any, browser: Browse, path: str) -> None:
    centre = browser("centre_admin")
    assert centre.get(path).status_code == 200
    demo.make(20)
    for user in (centre, browser("viewer"), browser("province_admin", "96")):
        assert user.get(path).status_code == 200
    assert centre.get(f"{path}?sector=private&since=1/1/2569&region=army:4").status_code == 200


def test_filters_that_match_nothing_say_so(browser: Browse, app: Any) -> None:
    demo.make(20)
    centre = browser("centre_admin")
    assert "ไม่มีรายการที่ตรงกับตัวกรอง" in centre.get("/analysis?year=2440").text
    page = centre.get("/analysis?agency=ไม่มีหน่วยนี้").text
    assert "ไม่พบหน่วยงานนี้ในทะเบียน" in page and "จึงยังไม่แสดงตัวเลข" in page


def test_the_committee_gets_figures_without_lists_and_texts(browser: Browse, app: Any) -> None:
    demo.make(20)
    committee = browser("viewer")
    assert "/analysis/behind" not in committee.get("/analysis/number").text
    assert "ระบบต่างยี่ห้อ" not in committee.get("/analysis/problems").text
    assert committee.get("/analysis/behind/camera").status_code == 403


def test_a_figure_leads_to_the_list_behind_it(browser: Browse, app: Any) -> None:
    demo.make(20)
    centre = browser("centre_admin")
    answer = centre.get("/analysis/behind/camera?by=camera.status&code=removed&province=96")
    assert answer.headers["Location"] == "/sites?by=camera.status&code=removed&province=96"
    assert centre.get("/analysis/behind/point?by=project_status&code=not_started").headers["Location"] == "/points?status=not_started"
    assert centre.get("/analysis/behind/report").status_code == 302 and centre.get("/analysis/nothing").status_code == 404


def test_the_address_saves_the_filters(browser: Browse) -> None:
    page = browser("centre_admin").get("/analysis?sector=private&province=&since=1/12/2569").text
    assert 'value="http://localhost/analysis?sector=private&amp;since=1/12/2569"' in page
