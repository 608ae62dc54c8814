"""The home page and the manual in a real Chromium: looks, accessibility, without scripts, without a network; and the walk that takes the pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.browser.conftest import Phone
from tests.browser.offline import controlled, ready
from tests.conftest import ROOT

pytestmark = pytest.mark.browser
MakePhone = Callable[..., Phone]
KEPT = """async () => { const cache = await caches.open('manual'); const kept = {};
  for (const request of await cache.keys()) { const path = new URL(request.url); kept[path.pathname + path.search] = path.pathname.startsWith('/shell/') ? await (await cache.match(request)).text() : ''; }
  return kept; }"""


def quiet(phone: Phone) -> None:
    """Forgets what a page without a network had to complain about."""
    phone.complaints[:] = [c for c in phone.complaints if "net::ERR" not in c and "Failed to" not in c]


def seen(page: Any) -> list[bool]:
    """Whether each picture of the chapter can be seen, after scrolling through it."""
    page.evaluate("async () => { for (let y = 0; y < document.body.scrollHeight; y += 300) { scrollTo(0, y); await new Promise((r) => setTimeout(r, 20)); } }")
    page.wait_for_function("() => [...document.querySelectorAll('img.screen')].every((i) => i.complete)")
    return list(page.evaluate("() => [...document.querySelectorAll('img.screen')].map((i) => i.naturalWidth > 0)"))


def test_a_chapter_that_was_opened_opens_without_a_network(phone: MakePhone) -> None:
    user = phone()
    controlled(user.page)
    page = user.open("/manual/surveyor")
    ready(page)
    page.wait_for_function("() => document.querySelector('[data-manual-state]').textContent")
    kept = page.evaluate(KEPT)
    pages = {path: text for path, text in kept.items() if path.startswith("/shell/")}
    assert set(pages) == {"/shell/manual", "/shell/manual/surveyor"} and len(kept) > 15
    for text in pages.values():  # of a person who is logged in nothing is kept
        assert "csrf_token" not in text and "สภ.เมืองนราธิวาส" not in text and 'name="user"' not in text
    user.context.set_offline(True)
    page = user.open("/manual/surveyor")
    ready(page)
    assert page.locator("html[data-shell='manual/surveyor']").count() == 1 and "ผู้สำรวจ" in page.inner_text("h1")
    assert all(seen(page)) and len(seen(page)) == len(kept) - 2
    page = user.open("/manual/centre")  # was never opened: the short help is there instead
    ready(page)
    assert page.locator("html[data-shell=help]").count() == 1
    user.context.set_offline(False)
    quiet(user)


def test_the_home_page_opens_without_a_network_for_who_is_not_logged_in(phone: MakePhone) -> None:
    user = phone(None)
    page = user.open("/")
    controlled(page)
    page.wait_for_function("() => document.querySelector('[data-manual-state]').textContent")
    assert set(page.evaluate(KEPT)) == {"/shell/welcome"}  # nothing else is fetched beside it
    user.context.set_offline(True)
    page = user.open("/")
    ready(page)
    assert page.locator("html[data-shell=welcome]").count() == 1 and page.locator("nav.bar, video").count() == 0
    page.click("details summary")
    assert page.locator(".captions li:visible").count() > 15  # the video's captions can be read
    user.context.set_offline(False)
    page.click("a[href='/?server=1']")
    page.wait_for_selector("video")
    user.log_in("police.narathiwat")
    user.context.set_offline(True)
    page = user.open("/")
    ready(page)
    assert page.locator("html[data-shell=home]").count() == 1  # whoever works here has their work there
    user.context.set_offline(False)
    quiet(user)


def test_the_whole_manual_is_kept_with_one_press(phone: MakePhone) -> None:
    user = phone("bank.narathiwat")
    controlled(user.page)
    page = user.open("/manual")
    ready(page)
    page.click("[data-keep-manual]")
    page.wait_for_selector("[data-keep-manual]", state="hidden")
    user.context.set_offline(True)
    for chapter in ("surveyor", "agency", "province", "centre"):
        page = user.open(f"/manual/{chapter}")
        ready(page)
        assert page.locator(f"html[data-shell='manual/{chapter}']").count() == 1 and all(seen(page)), chapter
    user.context.set_offline(False)
    quiet(user)


def test_the_installed_app_keeps_the_chapter_of_its_person(phone: MakePhone) -> None:
    user = phone("bank.narathiwat")
    user.context.add_init_script("window.matchMedia = ((real) => (query) => query.includes('standalone') ? { matches: true, addEventListener() {} } : real.call(window, query))(window.matchMedia)")
    controlled(user.page)
    page = user.open("/more")
    kept = page.evaluate(f"async () => {{ for (let n = 0; n < 150; n++) {{ const kept = await ({KEPT})(); if (kept['/shell/manual/agency']) return kept; await new Promise((r) => setTimeout(r, 100)); }} return {{}}; }}")
    assert {path for path in kept if path.startswith("/shell/")} == {"/shell/manual", "/shell/manual/agency"} and len(kept) > 4  # with its pictures


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_public_pages_are_accessible(phone: MakePhone, scheme: str, width: int) -> None:
    axe = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
    user = phone(None, color_scheme=scheme, viewport={"width": width, "height": 844}, bypass_csp=True, is_mobile=width < 1000, service_workers="block")
    for path in ("/", "/manual", "/manual/surveyor", "/manual/province", "/shell/manual/agency?language=en", "/help"):
        page = user.open(path)
        ready(page)
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'best-practice']}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' ')))")
        assert not found, (path, found)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than the screen"
        small = page.evaluate("() => [...document.querySelectorAll('main .button, main summary, main .contents a')].filter(e => e.offsetParent && e.getBoundingClientRect().height < 47.5).map(e => e.outerHTML.slice(0, 99))")
        assert not small, (path, small)
    user.complaints[:] = [c for c in user.complaints if "Service Worker" not in c and "service worker" not in c]


def test_a_provinces_page_for_its_line_is_accessible(phone: MakePhone) -> None:
    user = phone("narathiwat", bypass_csp=True)
    page = user.open("/help/contact")
    ready(page)
    page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text())
    assert page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'best-practice']}).then(r => r.violations.map(v => v.id))") == []


def test_the_home_page_and_the_manual_work_without_scripts(phone: MakePhone) -> None:
    user = phone(None, java_script_enabled=False)
    page = user.open("/")
    with page.expect_navigation():
        page.click("a[href='/manual/surveyor']")
    assert page.locator("img.screen").count() > 15 and not page.is_visible("[data-keep-manual]")
    page = user.open("/")
    with page.expect_navigation():
        page.click(".enter .button.main")
    assert page.url.endswith("/login")


def test_the_walk_of_the_pictures_still_finds_its_way(chromium: Any, tmp_path: Path) -> None:
    """Two of its walks, over a small demo: every button that they press is there. `make manual` walks all of them."""
    from scripts.manual import surveyor
    from scripts.manual.__main__ import take

    take(chromium, tmp_path, "th", [surveyor.stranger, surveyor.first_site], sites=20)
    made = {path.stem for path in (tmp_path / "th").glob("*.webp")}
    assert made == {"home", "join", "log-in", "my-work", "install", "drill", "site-position", "site-names", "site-photo", "site-saved", "camera-status", "not-known", "cameras-saved"}
    for path in (tmp_path / "th").glob("*.webp"):
        with Image.open(path) as picture:
            assert picture.size == (600, 1077) and len(picture.convert("L").getcolors() or range(999)) > 8, path  # something is on it
