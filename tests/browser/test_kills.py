"""A browser that is killed while somebody types and while it sends: nothing typed is lost, no photo, no record, nothing twice."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import ARGUMENTS, CHROMIUM, Phone
from tests.browser.offline import DRAIN, QUEUE, STATE, assert_all_there, controlled, ready, send_everything
from tests.conftest import picture
from tests.serving import Server

pytestmark = pytest.mark.browser
TIMES = 200 if os.environ.get("SOAK") else 20 if os.environ.get("FULL") else 3


def opened(browsers: Any, profile: Path, server: Server, username: str | None = None) -> Phone:
    """A browser with a profile on the disk, so that it can be killed and started again."""
    context = browsers.launch_persistent_context(str(profile), executable_path=CHROMIUM, args=ARGUMENTS, viewport={"width": 390, "height": 844})
    return Phone(None, server.url, username, context=context)


def kill(phone: Phone, profile: Path) -> None:
    """SIGKILL for the browser of this profile with all its processes, as Android does."""
    found = subprocess.run(["pgrep", "-f", "--", f"--user-data-dir={profile}"], capture_output=True, text=True, check=False).stdout.split()
    assert found
    for pid in map(int, found):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    with contextlib.suppress(Exception):  # it is dead
        phone.context.close()


@pytest.mark.parametrize("times", [TIMES])
def test_a_browser_killed_while_typing_loses_at_most_the_last_two_seconds(own_server: Server, browsers: Any, tmp_path: Path, times: int) -> None:
    profile, dice = tmp_path / "profile", random.Random(times)
    phone = opened(browsers, profile, own_server, "police.narathiwat")
    controlled(phone.page)
    draft = typed = ""
    for n in range(times):
        page = phone.open(draft or "/sites/new")
        ready(page)
        if draft:
            kept = page.input_value("#q-install_point")
            assert kept.startswith(typed), (kept, typed)
            assert page.locator("[data-card][data-sha256]").count() == min(n, 9)
        if n < 9:  # ten photos are a record's limit
            page.set_input_files("[data-take]", made(tmp_path, n))
            page.wait_for_function("(n) => document.querySelectorAll('[data-card][data-sha256]').length > n", arg=n)
        typed = f"แยกที่ {n} "
        page.fill("#q-install_point", typed)
        page.wait_for_timeout(2_000)  # what was typed until here must survive
        page.type("#q-install_point", "กำลังพิมพ์อยู่", delay=20)
        time.sleep(dice.uniform(0, 0.3))
        kill(phone, profile)
        phone = opened(browsers, profile, own_server)
        page = phone.open("/waiting")
        page.wait_for_selector("[data-drafts] [data-go-on]")
        assert page.locator("[data-drafts] li").count() == 1
        draft = page.get_attribute("[data-drafts] [data-go-on]", "href") or ""
    phone.context.close()


def made(folder: Path, n: int) -> Path:
    path = folder / f"{n}.jpg"
    path.write_bytes(picture((n * 20 % 256, 90, 200), (800, 600)))
    return path


@pytest.mark.parametrize("times", [TIMES])
def test_a_browser_killed_while_sending_loses_nothing_and_sends_nothing_twice(own_server: Server, browsers: Any, tmp_path: Path, times: int) -> None:
    profile, dice = tmp_path / "profile", random.Random(times)
    phone = opened(browsers, profile, own_server, "police.narathiwat")
    controlled(phone.page)
    made_ids: list[str] = []
    for _ in range(times):
        phone.context.set_offline(True)
        made_ids += phone.page.evaluate(QUEUE, [6, [0, 1, 2], "ก่อนถูกปิด"])
        phone.context.set_offline(False)
        phone.page.evaluate(f"() => {{ ({DRAIN})(); }}")
        time.sleep(dice.uniform(0.02, 0.5))
        kill(phone, profile)
        phone = opened(browsers, profile, own_server)
        ready(phone.open("/more?server=1"))
        if "/login" in phone.page.url:  # Chromium writes cookies every 30 s; the person logs in again and it goes on
            phone.log_in("police.narathiwat")
        ready(phone.open("/waiting"))
    state = send_everything([phone.page], 60)
    assert {i["id"] for i in state} == set(made_ids)
    assert_all_there(own_server, state)
    phone.context.close()


@pytest.mark.parametrize("records", [20, pytest.param(200, marks=pytest.mark.full)])
def test_a_long_waiting_list_needs_little_memory_while_it_is_sent(own_server: Server, chromium: Any, records: int) -> None:
    phone = Phone(chromium, own_server.url, "police.narathiwat")
    controlled(phone.page)
    phone.context.set_offline(True)
    for _ in range(records // 20):
        phone.page.evaluate(QUEUE, [20, [3], "คิวยาว"])
    page = phone.open("/waiting")
    ready(page)
    tools = phone.context.new_cdp_session(page)
    tools.send("Performance.enable")
    phone.context.set_offline(False)
    most, until = 0.0, time.monotonic() + 60 + 4 * records
    while page.inner_text("[data-owed-count]") != "0" and time.monotonic() < until:  # the page sends by itself
        metrics = {m["name"]: m["value"] for m in tools.send("Performance.getMetrics")["metrics"]}
        most = max(most, metrics["JSHeapUsedSize"] / 1e6)
        page.wait_for_timeout(250)
    assert_all_there(own_server, page.evaluate(STATE))
    print(f"{records} records with {3 * records} photos: at most {most:.0f} MB of JavaScript heap while sending")
    assert most < 150
    phone.context.close()
