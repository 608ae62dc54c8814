"""WebKitGTK as the stand-in for an iPhone: no SyncManager, no push. Opens without a network, keeps a draft, sends at start and by the button."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.offline import MODULES, assert_all_there
from tests.conftest import need, picture
from tests.serving import PASSWORD, Server, serving

pytestmark = [pytest.mark.webkit, pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning")]  # selenium's own
MINI_BROWSER = next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), None)
DRIVER = shutil.which("WebKitWebDriver")


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """An X server without a screen; ended by its process id."""
    need("webkit", bool(MINI_BROWSER and DRIVER and shutil.which("Xvfb")), "WebKitGTK (webkit2gtk-driver, xvfb)")
    reader, writer = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(writer), "-screen", "0", "500x900x24", "-nolisten", "tcp"], pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as said:
        number = said.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that these tests may stop; one for all of them."""
    with serving(tmp_path_factory.mktemp("served"), sites=20) as served:
        yield served


@pytest.fixture
def safari(display: str, own_server: Server) -> Iterator[Any]:
    """A logged-in WebKit whose service worker is in charge."""
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.options import Options
    from selenium.webdriver.webkitgtk.service import Service

    options = Options()
    options.binary_location = str(MINI_BROWSER)
    options.add_argument("--automation")
    driver = webdriver.WebKitGTK(options=options, service=Service(DRIVER, env={**os.environ, "DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"}))
    driver.set_script_timeout(30)
    try:
        driver.get(own_server.url + "/login")
        wait(driver, "document.documentElement.dataset.ready")
        driver.find_element("id", "username").send_keys("police.narathiwat")
        driver.find_element("id", "password").send_keys(PASSWORD)
        driver.find_element("css selector", "main form button[type=submit]").click()
        wait(driver, "location.pathname === '/' && document.documentElement.dataset.ready")
        driver.execute_async_script("navigator.serviceWorker.ready.then(arguments[0])")
        driver.get(own_server.url + "/")  # WebKit does not always give the first page to the new worker; the next one it does
        wait(driver, "document.documentElement.dataset.ready && navigator.serviceWorker.controller?.state === 'activated'")
        yield driver
    finally:
        driver.quit()


def wait(driver: Any, condition: str, seconds: int = 30) -> Any:
    """Waits until the expression is true in the page."""
    from selenium.common.exceptions import TimeoutException, WebDriverException
    from selenium.webdriver.support.ui import WebDriverWait

    def look(d: Any) -> Any:
        try:
            return d.execute_script(f"return Boolean({condition})")
        except WebDriverException:
            return False  # between two pages

    try:
        return WebDriverWait(driver, seconds, 0.1).until(look)
    except TimeoutException:
        shown = driver.execute_script("return document.querySelector('main')?.innerText")
        raise AssertionError(f"{condition} did not come true at {driver.current_url}, which shows {shown}") from None


def state(driver: Any) -> list[dict[str, Any]]:
    return list(driver.execute_async_script("const done = arguments[0]; (async () => { " + MODULES + """
        const { items, mine } = await load('store.js'); const { isOwed } = await load('outbox.js'); const { db } = await mine();
        return (await items(db)).map((i) => ({ id: i.id, sha256: i.sha256, state: i.state, owed: isOwed(i), photos: i.photos, receipt: i.receipt, record: i.record_id })); })().then(done, (e) => done([String(e)]));"""))


def press(driver: Any, selector: str) -> None:
    driver.execute_script("const b = document.querySelector(arguments[0]); b.scrollIntoView({ block: 'center' }); b.click();", selector)


def record_a_site(driver: Any, server: Server, tmp_path: Path) -> None:
    """Opens the form without a network, leaves a draft, comes back to it, adds a photo and saves."""
    (tmp_path / "a.jpg").write_bytes(picture((9, random.randrange(256), random.randrange(256)), (800, 600)))  # the server has none like it
    driver.get(server.url + "/sites/new")
    wait(driver, "document.documentElement.dataset.ready")
    driver.find_element("id", "q-install_point").send_keys("แยกไอโฟน")
    wait(driver, "document.querySelector('[data-draft-state]').textContent")
    driver.execute_async_script("setTimeout(arguments[0], 700)")
    driver.get(server.url + "/waiting")
    wait(driver, "document.querySelector('[data-drafts] [data-go-on]')")
    press(driver, "[data-drafts] [data-go-on]")
    wait(driver, "location.search.includes('draft') && document.documentElement.dataset.ready")
    assert driver.find_element("id", "q-install_point").get_attribute("value") == "แยกไอโฟน"
    driver.execute_script("for (const [id, v] of [['q-owner_agency', 'เทศบาล'], ['q-position', '6.4255, 101.8253']]) { const c = document.getElementById(id); c.value = v; c.dispatchEvent(new Event('input', { bubbles: true })); c.dispatchEvent(new Event('change', { bubbles: true })); }")
    driver.find_element("css selector", "[data-pick]").send_keys(str(tmp_path / "a.jpg"))
    wait(driver, "document.querySelector('[data-card][data-sha256]')")
    press(driver, ".actions .button.main")
    wait(driver, "location.pathname === '/waiting' && document.querySelector('[data-owed-count]').textContent === '1'")
    assert driver.execute_script("return !('SyncManager' in window) && !document.querySelector('[data-no-background]').hidden")  # and it says so


@pytest.mark.parametrize("how", ["at start", "by the button"])
def test_an_iphone_keeps_and_sends(safari: Any, own_server: Server, tmp_path: Path, how: str) -> None:
    own_server.stop()
    record_a_site(safari, own_server, tmp_path)
    if how == "at start":
        own_server.start()
        safari.get(own_server.url + "/waiting")
    else:
        wait(safari, "document.documentElement.dataset.ready")
        own_server.start()
        press(safari, "[data-send-now]")
    wait(safari, "document.querySelector('[data-nothing]') && !document.querySelector('[data-nothing]').hidden")
    assert_all_there(own_server, state(safari))


def test_the_pages_of_the_work_open_without_a_network(safari: Any, own_server: Server) -> None:
    own_server.stop()
    check: Callable[[str], None] = lambda path: safari.get(own_server.url + path)  # noqa: E731
    for path in ("/", "/sites/new", "/points/new", "/reports/new", "/waiting", "/help", "/near"):
        check(path)
        wait(safari, "document.documentElement.dataset.ready && document.querySelector('h1').textContent.trim()")
    own_server.start()


WRITE_ON = "LOAD load('store.js').then(async ({ mine }) => { const { db } = await mine(); for (window.wrote = 0; ; window.wrote++) await db.put('meta', 1, 'written'); });".replace("LOAD", MODULES)


def test_a_page_that_is_left_while_it_writes_holds_up_nobody(safari: Any, own_server: Server) -> None:
    """WebKit puts a left page to sleep with its transaction open: without static/js/store.js's care the second or third visit waits for ever."""
    for n in range(12):
        safari.get(f"{own_server.url}/help?{n}")
        safari.execute_script(WRITE_ON)
        wait(safari, "window.wrote > 20")
