"""A real server (gunicorn as shipped) and a real Chromium; pages that complain on the console or break the CSP fail their test."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import need
from tests.serving import PASSWORD, Server, serving

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
NARATHIWAT = {"latitude": 6.4255, "longitude": 101.8253, "accuracy": 12}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of gunicorn over a small demo, on loopback."""
    with serving(tmp_path_factory.mktemp("served")) as served:
        yield served.url


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, that it may kill and read."""
    with serving(tmp_path / "served", sites=20) as served:
        yield served


@pytest.fixture(scope="session")
def browsers() -> Iterator[Any]:
    """Playwright's own `chromium`, to start one with a profile on the disk."""
    need("browser", Path(CHROMIUM).exists(), "Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def chromium(browsers: Any) -> Iterator[Any]:
    browser = browsers.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


def until(page: Any, question: str, seconds: float = 20) -> None:
    """Waits until an async question of JavaScript is answered with yes (Playwright's own waiting takes a promise for a yes)."""
    last = time.monotonic() + seconds
    while not page.evaluate(question):
        assert time.monotonic() < last, f"never came true: {question}"
        page.wait_for_timeout(100)


class Phone:
    """A logged-in page of a phone (or desktop), with what it complained about."""

    def __init__(self, chromium: Any, server: str, username: str | None, context: Any = None, **options: Any) -> None:
        settings = {"viewport": {"width": 390, "height": 844}, "geolocation": NARATHIWAT, "permissions": ["geolocation"], "has_touch": True, "is_mobile": True}
        self.context = context or chromium.new_context(**{**settings, **options})
        self.context.set_default_timeout(15_000)
        self.page, self.server = self.context.new_page(), server
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") or "kept on" in m.text else None)
        self.page.on("pageerror", lambda e: self.complaints.append(f"{e} {e.stack}"))
        self.answer_dialogs = False  # what a page asks is declined, and a complaint, unless a test expects it
        self.page.on("dialog", lambda d: d.accept() if self.answer_dialogs else (self.complaints.append(f"dialog {d.message}"), d.dismiss()))
        if username:
            self.log_in(username)

    def log_in(self, username: str) -> None:
        """Opens the log-in page and goes on to the first page."""
        self.open("/login")
        self.fill_log_in(username)
        self.page.wait_for_url(f"{self.server}/")

    def fill_log_in(self, username: str) -> None:
        """Fills in the log-in page at hand."""
        self.page.fill("#username", username)
        self.page.fill("#password", PASSWORD)
        self.page.click("main form button[type=submit]")

    def open(self, path: str) -> Any:
        self.page.goto(self.server + path)
        return self.page


@pytest.fixture
def phone(chromium: Any, server: str) -> Iterator[Callable[..., Phone]]:
    """phone("police.narathiwat") is a logged-in phone; at the end nothing may have complained."""
    made: list[Phone] = []

    def make(username: str | None = "police.narathiwat", **options: Any) -> Phone:
        made.append(Phone(chromium, server, username, **options))
        return made[-1]

    yield make
    complaints = [c for p in made for c in p.complaints]
    for one in made:
        one.context.close()
    complaints = [c for c in complaints if "status of 400" not in c and "ERR_INTERNET_DISCONNECTED" not in c]  # a form asked again; a phone without a network
    assert not complaints, complaints
