"""A token in a real browser: made on the account page, shown once, used by another system, revoked; the pages are accessible."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Phone
from tests.conftest import ROOT

pytestmark = pytest.mark.browser
AXE = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'best-practice']}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' ')))"


def read(server: str, token: str) -> tuple[int, Any]:
    """What another system is answered."""
    request = urllib.request.Request(f"{server}/api/v1/sites?limit=1", headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def looks_right(page: Any) -> None:
    page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text())
    assert page.evaluate(AXE) == [] and page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_a_system_reads_until_its_token_is_revoked(phone: Callable[..., Phone], width: int, scheme: str) -> None:
    one = phone("narathiwat", color_scheme=scheme, viewport={"width": width, "height": 844}, bypass_csp=True, is_mobile=width < 1000)
    page, name = one.open("/account"), f"ระบบแผนที่ {width}"
    page.click("#tokens summary")
    page.fill("#name", name)
    page.select_option("#days", "30")
    page.click("#tokens button.main")
    page.wait_for_selector("#token")
    looks_right(page)
    token = page.input_value("#token")
    status, found = read(one.server, token)
    assert status == 200 and len(found["items"]) == 1 and found["items"][0]["answers"]["province"] == "96"
    page = one.open("/account")
    looks_right(page)
    assert token not in page.content()
    page.click(f"#tokens li:has-text('{name}') button")
    page.wait_for_url("**/account?saved=1")
    assert page.locator(f"text={name}").count() == 0 and read(one.server, token)[0] == 401
