"""A real server (gunicorn as shipped) and a real Chromium; pages that complain on the console or break the CSP fail their test."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, need

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PASSWORD = "browser-tests-only"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
NARATHIWAT = {"latitude": 6.4255, "longitude": 101.8253, "accuracy": 12}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of gunicorn over a small demo, on loopback; ended by its process id."""
    data = tmp_path_factory.mktemp("served")
    environment = {**os.environ, "SAMRUAT_DATA": str(data), "DEMO_PASSWORD": PASSWORD, "PYTHONPATH": str(ROOT), "DATABASE_URL": ""}
    for arguments in (["migrate"], ["demo", "--sites", "60"]):
        subprocess.run([sys.executable, "-m", "flask", "--app", "app", *arguments], cwd=ROOT, env=environment, check=True, capture_output=True)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    with (data / "log").open("wb") as log:
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}", "app:create_app()"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    said = (data / "log").read_text()
    assert "Traceback" not in said, said


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    need("browser", Path(CHROMIUM).exists(), "Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Phone:
    """A logged-in page of a phone (or desktop), with what it complained about."""

    def __init__(self, chromium: Any, server: str, username: str | None, **options: Any) -> None:
        settings = {"viewport": {"width": 390, "height": 844}, "geolocation": NARATHIWAT, "permissions": ["geolocation"], "has_touch": True, "is_mobile": True}
        self.context = chromium.new_context(**{**settings, **options})
        self.context.set_default_timeout(15_000)
        self.page, self.server = self.context.new_page(), server
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.complaints.append(f"{e} {e.stack}"))
        self.page.on("dialog", lambda d: (self.complaints.append(f"dialog {d.message}"), d.dismiss()))
        if username:
            self.open("/login")
            self.page.fill("#username", username)
            self.page.fill("#password", PASSWORD)
            self.page.click("button[type=submit]")
            self.page.wait_for_url(f"{server}/")

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
    assert not [c for c in complaints if "status of 400" not in c], complaints  # a form that is asked again answers 400
