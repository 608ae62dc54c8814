"""The centre's and the province's pages in a real Chromium at 390x844 and 1440x900: map, filters, review, print; axe without violations."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.browser.conftest import Phone
from tests.browser.test_survey import ready
from tests.conftest import ROOT
from tests.serving import serving

pytestmark = pytest.mark.browser
MakePhone = Callable[..., Phone]
SIZES = pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900)])
PAGES = ("/progress", "/progress/96", "/progress/slide", "/progress/summary?province=96", "/progress/96/letter", "/progress/96/owners", "/rounds", "/rounds/new",
         "/analysis", "/analysis/number", "/analysis/points?sector=private", "/analysis/footage", "/analysis/problems", "/analysis/compare", "/analysis?year=2440",
         "/review?province=96", "/map", "/map/seen", "/more")  # fmt: skip


def opened(phone: MakePhone, user: str, width: int, height: int, **options: Any) -> Phone:
    return phone(user, viewport={"width": width, "height": height}, is_mobile=width < 1000, has_touch=width < 1000, **options)


def map_loaded(page: Any, after: int = 0) -> int:
    """Waits until the map has drawn what the server said after the last move; returns how often it has."""
    page.wait_for_function(f"() => Number(document.querySelector('[data-mapped]').dataset.loaded) > {after}")
    return int(page.get_attribute("[data-mapped]", "data-loaded"))


@SIZES
def test_the_map_leads_from_the_country_to_a_site_by_its_list_alone(phone: MakePhone, tmp_path: Path, width: int, height: int) -> None:
    user = opened(phone, "narathiwat", width, height)
    page = user.open("/map")
    loaded = map_loaded(page)
    assert page.locator("svg.cluster").count() and page.locator("[data-map-list] li").count()
    for _ in range(8):
        if page.locator("[data-map-list] li .condition").count():  # a site has its conditions beside it
            break
        page.locator("[data-map-list] button").first.press("Enter")
        loaded = map_loaded(page, loaded)
    page.locator("[data-map-list] li:has(.condition) button").first.press("Enter")
    page.wait_for_selector("[data-map-panel]:not([hidden]) h2")
    assert page.evaluate("document.activeElement.matches('[data-map-panel]')") and "/sites/" in page.get_attribute("[data-map-panel] .button", "href")
    page.screenshot(path=tmp_path / "map.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    href = page.get_attribute("[data-seen-here]", "href")
    assert "position=" in href


@SIZES
def test_filters_of_the_map_and_the_analysis_stay_in_the_address(phone: MakePhone, width: int, height: int) -> None:
    user = opened(phone, "centre", width, height)
    page = user.open("/map?status=removed")
    map_loaded(page)
    assert "ใช้การได้ 0" in page.inner_text("[data-map-list] li >> nth=0")
    page = user.open("/analysis/effectiveness")
    ready(page)
    page.click("details.filter summary")
    page.select_option("select[name=sector]", "private")
    with page.expect_navigation():
        page.click("details.filter form .button.main")
    assert "sector=private" in page.url and "sector=private" in page.input_value("#link")
    with page.expect_navigation():
        page.click(".tabs a >> nth=3")
    assert "sector=private" in page.url and page.locator("figure.bars svg[role=img]").count()


@pytest.mark.parametrize(("province", "width", "height"), [("ratchaburi", 390, 844), ("narathiwat", 1440, 900)])
def test_the_province_returns_one_and_approves_another(phone: MakePhone, province: str, width: int, height: int) -> None:
    user = opened(phone, province, width, height)
    page = user.open("/review")
    ready(page)
    waiting = page.locator(".inbox li").count()
    assert waiting > 1
    with page.expect_navigation():
        page.click(".inbox li >> nth=0 >> a")
    name = page.inner_text("h1")
    page.fill("#note", "โปรดถ่ายภาพป้ายหมายเลข")
    with page.expect_navigation():
        page.click(".verdict-forms form >> nth=1 >> button")
    assert "ระบบรับแล้ว" in page.inner_text(".notice.good")
    with page.expect_navigation():
        page.click(".inbox li >> nth=0 >> a")
    with page.expect_navigation():
        page.click(".verdict-forms form >> nth=0 >> button")
    assert "ระบบรับแล้ว" in page.inner_text(".notice.good")
    surveyor = phone(f"police.{province}")
    page = surveyor.open("/")
    assert name in page.inner_text("#returned") and "โปรดถ่ายภาพป้ายหมายเลข" in page.inner_text("#returned")


def test_the_slide_fits_one_page_of_paper(phone: MakePhone, tmp_path: Path) -> None:
    user = opened(phone, "centre", 1440, 900)
    page = user.open("/progress/slide")
    ready(page)
    assert page.evaluate("document.documentElement.scrollHeight") <= 960
    printed = page.pdf(path=tmp_path / "slide.pdf", prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 1


@pytest.mark.parametrize("path", ["/progress/96/letter", "/progress/slide", "/sites"])
def test_every_printed_sheet_carries_the_classification(path: str, chromium: Any, tmp_path: Path) -> None:
    with serving(tmp_path / "served", sites=400, CLASSIFICATION="ลับที่สุด") as secret:
        user = Phone(chromium, secret.url, "centre", viewport={"width": 1440, "height": 900})
        page = user.open(path)
        ready(page)
        printed = page.pdf(path=tmp_path / "printed.pdf", prefer_css_page_size=True)
        sheets = [re.sub(r"[\x00-\x1f]", "", sheet.extract_text()) for sheet in PdfReader(io.BytesIO(printed)).pages]
        user.context.close()
    assert all(sheet.count("ลับ") >= 2 for sheet in sheets), [sheet[:80] for sheet in sheets]  # (the reader loses some tone marks)
    assert len(sheets) == 1 if path == "/progress/slide" else len(sheets) > 2


def test_the_summary_is_copied(phone: MakePhone) -> None:
    user = opened(phone, "narathiwat", 390, 844, permissions=["geolocation", "clipboard-read", "clipboard-write"])
    page = user.open("/progress/summary?province=96")
    ready(page)
    page.click("[data-copy]")
    page.wait_for_selector("#copied:not([hidden])")
    assert "นราธิวาส" in page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_pages_have_no_violations_and_are_no_wider_than_the_screen(phone: MakePhone, width: int, scheme: str) -> None:
    axe = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
    user = opened(phone, "centre", width, 900, color_scheme=scheme, bypass_csp=True)
    page = user.open("/review?province=96")
    one = page.get_attribute(".inbox li a >> nth=0", "href")
    for path in (*PAGES, one):
        page = user.open(path)
        ready(page)
        if path == "/map":
            map_loaded(page)
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'best-practice']}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' ')))")
        assert not found, (path, found)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than the screen"
