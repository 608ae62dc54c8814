"""Downloads in a real browser: a bar counts along, what breaks is not kept, and without scripts it is a plain form."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Phone
from tests.serving import PASSWORD, Server

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [(390, 844), (1440, 900)], ids=["phone", "desktop"])
# Answers the next download with three rows, of which the last comes when the test says so (or not at all).
SLOWLY = """() => { const real = fetch; window.fetch = async (to, how) => {
  if (how?.method !== "POST") return real(to, how);
  window.asked = (window.asked ?? 0) + 1;
  const body = new ReadableStream({ start(out) {
    out.enqueue(new TextEncoder().encode("h\\r\\n1\\r\\n2\\r\\n"));
    window.goOn = () => { out.enqueue(new TextEncoder().encode("3\\r\\n")); out.close(); };
    window.breakOff = () => out.error(new TypeError("network error"));
    how.signal.addEventListener("abort", () => out.error(new DOMException("aborted", "AbortError")));
  } });
  return new Response(body, { headers: { "X-Rows": "3", "Content-Type": "text/csv", "Content-Disposition": "attachment; filename=a.csv; filename*=UTF-8''a-%E0%B8%A5.csv" } });
}; }"""


def opened(phone: Callable[..., Phone], size: tuple[int, int] = (1440, 900)) -> Any:
    return phone("narathiwat", viewport={"width": size[0], "height": size[1]}, is_mobile=size[0] < 500).open("/exports")


def told(page: Any) -> str:
    return " ".join(page.locator("[data-export-progress]").inner_text().split())


@SIZES
def test_a_list_is_downloaded_and_counted(phone: Callable[..., Phone], size: tuple[int, int], tmp_path: Path) -> None:
    page = opened(phone, size)
    rows = page.locator("button[value=csv-camera]").get_attribute("data-rows")
    with page.expect_download() as waiting:
        page.click("button[value=csv-camera]")
    waiting.value.save_as(tmp_path / "list.csv")
    assert waiting.value.suggested_filename.startswith("samruat-cameras-")
    data = (tmp_path / "list.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\r\n") == int(rows) + 1
    page.wait_for_selector("[data-title]:has-text('ดาวน์โหลดครบแล้ว')")
    assert f"{int(rows):,} จาก {int(rows):,} แถว" in told(page) and page.locator("[data-cancel]").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_workbook_and_photos_are_downloaded(phone: Callable[..., Phone], tmp_path: Path) -> None:
    page = opened(phone)
    for value, ending in (("xlsx", "xlsx"), ("photos-camera", "zip")):
        with page.expect_download() as waiting:
            page.click(f"button[value={value}]")
        waiting.value.save_as(tmp_path / ending)
        page.wait_for_selector("[data-title]:has-text('ดาวน์โหลดครบแล้ว')")
        with zipfile.ZipFile(tmp_path / ending) as archive:
            assert archive.testzip() is None and archive.namelist() and waiting.value.suggested_filename.endswith(f".{ending}")


def test_while_it_comes_the_page_says_how_far_it_is(phone: Callable[..., Phone]) -> None:
    page = opened(phone)
    page.evaluate(SLOWLY)
    page.click("button[value=csv-camera]")
    page.wait_for_selector("[data-title]:has-text('กำลังดาวน์โหลด')")
    assert "2 จาก 3 แถว" in told(page) and page.locator("[data-export-progress] progress").get_attribute("value") == "2"
    page.click("button[value=csv-point]")  # one at a time: this one does nothing
    assert page.evaluate("asked") == 1
    with page.expect_download() as waiting:
        page.evaluate("goOn()")
    assert waiting.value.suggested_filename == "a-ล.csv"
    page.wait_for_selector("[data-figures]:has-text('3 จาก 3 แถว')")


@pytest.mark.parametrize(("what", "said"), [("breakOff()", "ดาวน์โหลดไม่ครบ"), ("document.querySelector('[data-cancel]').click()", "ยกเลิกแล้ว")], ids=["broken", "cancelled"])
def test_half_a_file_is_not_kept(phone: Callable[..., Phone], what: str, said: str) -> None:
    page = opened(phone)
    kept: list[Any] = []
    page.on("download", lambda download: kept.append(download))
    page.evaluate(SLOWLY)
    page.click("button[value=csv-camera]")
    page.wait_for_selector("[data-title]:has-text('กำลังดาวน์โหลด')")
    page.evaluate(what)
    page.wait_for_selector(f"[data-title]:has-text('{said}')")
    assert kept == [] and page.locator("[data-cancel]").is_hidden()


def test_what_is_large_goes_the_browsers_own_way(phone: Callable[..., Phone]) -> None:
    page = opened(phone)
    page.eval_on_selector("button[value=csv-camera]", "(b) => { b.dataset.rows = 250001; window.fetch = () => { throw Error('in the page'); }; }")
    with page.expect_download() as waiting:
        page.click("button[value=csv-camera]")
    assert waiting.value.suggested_filename.startswith("samruat-cameras-") and "เบราว์เซอร์ดาวน์โหลด" in told(page)


def test_without_scripts_it_is_a_plain_form(phone: Callable[..., Phone]) -> None:
    page = phone("narathiwat", java_script_enabled=False).open("/exports")
    assert page.locator("[data-export-progress]").is_hidden()
    with page.expect_download() as waiting:
        page.click("button[value=geojson-camera]")
    assert waiting.value.suggested_filename.endswith(".geojson")


def test_the_password_is_asked_on_its_page_and_the_file_comes_after_it(own_server: Server, chromium: Any) -> None:
    admin = Phone(chromium, own_server.url, "narathiwat")
    page = admin.open("/exports")
    with sqlite3.connect(own_server.database) as beside:
        beside.execute("UPDATE session SET fresh_at = '2020-01-01 00:00:00'")
    beside.close()
    page.click("button[value=csv-camera]")
    page.wait_for_selector("input[type=password]")
    page.fill("input[type=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_selector("text=ยืนยันแล้ว")
    with page.expect_download() as waiting:
        page.click("main form button[type=submit]")
    assert waiting.value.suggested_filename.startswith("samruat-cameras-")
    admin.context.close()
