"""Search by parts of words, without ranks, dots and spaces."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models import Account, Site
from survey import listing
from survey.listing import Filter
from survey.search import fold
from tests.conftest import make_camera, make_site


@pytest.mark.parametrize(("one", "other"), [
    ("ร.ต.อ. สมมุติ ตัวอย่าง", "สมมุติตัวอย่าง"), ("ด.ต.สมมุติ", "สมมุติ"), ("พล.ต. สมมุติ", "สมมุติ"), ("พ.ต.ท. สมมุติ", "สมมุติ"),
    ("สถานีตำรวจภูธรเมืองนราธิวาส", "สภ. เมืองนราธิวาส"), ("สถานีตำรวจนครบาลปทุมวัน", "สน.ปทุมวัน"), ("CAM-๐๑", "cam 01"),
])  # fmt: skip
def test_these_are_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.fixture
def surveyor(person: Callable[..., Account]) -> Account:
    user = person("surveyor", "96")
    market = make_site(user, install_point="หน้าตลาดสดเทศบาล", owner_agency="สถานีตำรวจภูธรเมืองนราธิวาส")
    make_site(user, install_point="แยก 50%_พิเศษ", latitude=6.43, longitude=101.83)
    make_camera(user, market, label="CAM-๐๗", asset_number="7440-001")
    return user


@pytest.mark.parametrize(("asked", "found"), [
    ("ตลาดสด", 1), ("ด.ต. ตลาดสด", 1), ("ลาดส", 1), ("ตลาด เทศบาล", 1), ("เทศบาล ตลาด", 1), ("สภ.เมือง", 1), ("cam07", 1), ("7440", 1), ("นราธิวาส", 2), ("ต", 1), ("50%", 1), ("%", 1),
    ("_", 2), ("ไม่มี", 0), ("", 2), ("\"ตลาด", 1), ("ตลาด*", 0), ("OR", 0), ("'; DROP TABLE site; --", 0),
])  # fmt: skip
def test_what_is_found(surveyor: Account, asked: str, found: int) -> None:
    assert len(listing.sites(surveyor, Filter(text=asked)).records) == found


def test_the_index_follows_every_change(surveyor: Account) -> None:
    from tests.conftest import send

    site = Site.select().where(Site.install_point.startswith("หน้าตลาด")).get()
    send(surveyor, "site", {"install_point": "หน้าโรงเรียน"}, site.id, base={"rev": site.rev})
    assert not listing.sites(surveyor, Filter(text="ตลาดสด")).records
    assert len(listing.sites(surveyor, Filter(text="โรงเรียน")).records) == 1
    assert len(listing.sites(surveyor, Filter(text="cam07")).records) == 1


def test_filters_nearest_and_paging(surveyor: Account) -> None:
    near = listing.sites(surveyor, Filter(near=(6.4301, 101.8301)))
    assert [r.install_point for r in near.records] == ["แยก 50%_พิเศษ", "หน้าตลาดสดเทศบาล"]
    assert list(near.distances.values()) == sorted(near.distances.values()) and next(iter(near.distances.values())) < 20
    assert len(listing.sites(surveyor, Filter(status="working")).records) == 1
    assert not listing.sites(surveyor, Filter(status="not_working")).records
    for n in range(listing.PAGE):
        make_site(surveyor, install_point=f"จุด {n}")
    first = listing.sites(surveyor, Filter())
    second = listing.sites(surveyor, Filter(before=first.next_before))
    assert (len(first.records), len(second.records), second.next_before) == (listing.PAGE, 2, None)
    assert not {r.id for r in first.records} & {r.id for r in second.records}


def test_the_distance_to_a_restricted_place_is_that_of_its_coarse_position(surveyor: Account, person: Callable[..., Account]) -> None:
    make_site(surveyor, install_point="ค่าย", restricted="yes", latitude=6.4999, longitude=101.9012)
    at = Filter(text="ค่าย", near=(6.5, 101.9))
    exact = listing.sites(person("province_admin", "96"), at)
    coarse = listing.sites(person("inspector", "96"), at)
    assert next(iter(exact.distances.values())) > 100
    assert next(iter(coarse.distances.values())) < 1
