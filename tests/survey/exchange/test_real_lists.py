"""Real inventories from public repositories, where the folder is there: all rows accounted for, columns matched, their messes reported."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from survey.exchange import told
from tests.conftest import SHARED
from tests.survey.exchange.conftest import Found

FOLDER = SHARED / "cctv"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the real lists are not on this machine")

LISTS = [
    ("th_pattaya_cctv.csv", "utf-8-sig", 400, 400, {"install_point": "name", "label": "id", "latitude": "lat", "longitude": "lng", "stream_url": "streamUrl"}, {}, {"url": 1}),
    ("kr_gangnam_2019_cp949.csv", "cp949", 1880, 1879,
     {"owner_agency": "관리기관명", "address": "소재지도로명주소", "place": "소재지지번주소", "camera_count": "카메라대수", "retention_days": "보관일수", "install_year": "설치년월",
      "contact_phone": "관리기관전화번호", "latitude": "위도", "longitude": "경도", "purpose": "설치목적구분", "resolution": "카메라화소수", "direction": "촬영방면정보"},
     {}, {"excel_year": 12, "duplicate_row": 1, "year_of_date": 1868, "phone": 1880}),
    ("kr_daejeon_2015_cp949.csv", "cp949", 5624, 3295, {"install_point": "번호", "label": "분류명", "address": "현재주소", "place": "예전주소", "latitude": "위도", "longitude": "경도"},
     {"position_zero": 2328, "position_transposed": 1}, {"columns_exchanged": 1, "text_cleaned": 10}),
    ("kr_busan_seogu_multisheet.xlsx", "", 2672, 19, {"install_point": "설치장소", "label": "관리번호", "address": "새주소", "latitude": "long", "longitude": "lat", "resolution": "화소"},
     {"position_missing": 2653}, {"columns_exchanged": 1}),
    ("tw_taipei_big5.csv", "big5", 416, 416, {"label": "攝影機編號", "latitude": "WGSY", "longitude": "WGSX", "province": "縣市"}, {}, {"unknown_place": 416, "name_made": 416}),
    ("au_ballarat.csv", "utf-8", 32, 31, {"install_point": "Site", "label": "Council_ID", "camera_type": "Type", "latitude": "lat", "longitude": "long"}, {"position_missing": 1},
     {"choice_understood": 32}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "encoding", "rows", "good", "columns", "errors", "warnings"), LISTS, ids=[row[0] for row in LISTS])
def test_real_list(name: str, encoding: str, rows: int, good: int, columns: dict[str, str], errors: dict[str, int], warnings: dict[str, int],
                   dry_run: Callable[..., Found]) -> None:  # fmt: skip
    found = dry_run(FOLDER / name, anywhere=True)
    s = found.summary
    assert found.book.encoding == encoding and (s.rows, s.good) == (rows, good)
    assert s.rows == s.good + s.error_rows + sum(s.skipped.values()) == len(found.rows)
    assert columns.items() <= s.columns.items() and dict(s.errors) == errors and warnings.items() <= s.warnings.items()
    assert all(told.lines(found.book, found.plans, s))


def test_counts_of_the_korean_list_become_its_cameras(dry_run: Callable[..., Found]) -> None:
    found = dry_run(FOLDER / "kr_gangnam_2019_cp949.csv", anywhere=True)
    assert found.summary.cameras == sum(int(row.cells[4]) for row in found.rows if row.state == "good") > 5000


def test_outside_thailand_is_said_of_foreign_lists_and_never_of_pattaya(dry_run: Callable[..., Found]) -> None:
    assert dry_run(FOLDER / "tw_taipei_big5.csv").summary.warnings["outside_thailand"] == 416
    assert "outside_thailand" not in dry_run(FOLDER / "th_pattaya_cctv.csv").summary.warnings
