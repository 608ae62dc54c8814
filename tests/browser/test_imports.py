"""An owner's list in a real browser: the file is chosen, columns are shown, the preview has its map, progress leads to the result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Phone
from tests.browser.offline import DRAIN, controlled
from tests.serving import Server, as_hex
from tests.survey.exchange.made import HEADINGS, LIST, xlsx

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)], ids=["phone", "desktop"])
def test_a_list_comes_in_and_out_again(size: tuple[int, int], phone: Callable[..., Phone], tmp_path: Path) -> None:
    rows = [[n, f"จุด {size[0]}-{n}", "เทศบาล", f"6.{42000 + n * 7 + size[0]}", f"101.{82000 + n * 5}", "1", "2559", "ใช้การได้"] for n in range(60)]
    path = tmp_path / "รายการ.xlsx"
    path.write_bytes(xlsx([["บัญชีกล้อง"], HEADINGS, *rows, ["x", "ไม่ได้วัด", "เทศบาล", "0", "0", "1", "", ""]]))
    one = phone("narathiwat", viewport={"width": size[0], "height": size[1]}, is_mobile=size[0] < 500)
    page = one.open("/imports")
    page.set_input_files("#file", str(path))
    page.click("main form button.main")
    page.wait_for_url("**/columns")
    assert page.input_value("#s0-c3") == "latitude"
    page.click("button[value=check]")
    page.wait_for_selector(".preview td.is-error")
    page.wait_for_selector(".leaflet-container")
    page.wait_for_function("document.querySelector('[data-map-note]').textContent.length > 5")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("form[action$='/apply'] button")
    page.wait_for_selector("a[href$='/undo']:has-text('ทั้งไฟล์')", timeout=30_000)
    address = page.url
    page.goto(address.split("?")[0] + "?show=applied")
    page.click(".preview a >> nth=0")
    page.click("form[action$='/confirm'] button")
    page.wait_for_selector("text=ระบบรับแล้ว")
    assert page.locator("form[action$='/confirm']").count() == 0
    page.goto(address.split("?")[0] + "/undo")
    page.click("main form button.danger")
    page.wait_for_selector(".figures >> text=เลิกแล้ว", timeout=30_000)
    assert page.locator(".figures li", has_text="คงไว้").locator("b").text_content() == "1"


def test_what_was_declared_is_confirmed_without_a_network_and_sent_later(own_server: Server, chromium: Any, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(xlsx(LIST))
    own_server.flask("import", str(path), "--as", "narathiwat")
    site = as_hex(own_server.query("SELECT id FROM site WHERE install_point = 'แยกตลาดสด'")[0][0])
    surveyor = Phone(chromium, own_server.url, "police.narathiwat")
    page = surveyor.open(f"/sites/{site}")
    controlled(page)
    surveyor.context.set_offline(True)
    page.click("form[data-confirm=site] button")
    page.wait_for_url("**/waiting?kept=*")
    assert own_server.query("SELECT review_state FROM site WHERE install_point = 'แยกตลาดสด'") == [("declared",)]
    surveyor.context.set_offline(False)
    page.evaluate(DRAIN)
    page.wait_for_timeout(500)
    assert own_server.query("SELECT review_state FROM site WHERE install_point = 'แยกตลาดสด'") == [("pending",)]
    assert own_server.query("SELECT COUNT(*) FROM mutation WHERE op = 'confirm'") == [(1,)]
    surveyor.context.close()
