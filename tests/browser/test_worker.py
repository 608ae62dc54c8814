"""The service worker by itself: no page of the app is open, the browser wakes it, and it sends what waits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import Phone, until
from tests.browser.offline import QUEUE, STATE, assert_all_there, controlled, ready
from tests.faults import FaultyProxy, faulty
from tests.serving import Server

pytestmark = pytest.mark.browser

# What the browser does when there is a network again, and what it learns of it: an event whose promises it waits for.
WAKE = """async () => {
  const promises = [], event = Object.assign(new Event('sync'), { tag: 'outbox', lastChance: false, waitUntil: (promise) => promises.push(promise) });
  self.dispatchEvent(event);
  const [{ status, reason }] = await Promise.allSettled(promises);
  return { status, reason: String(reason ?? ''), left: await self.registration.sync.getTags() };
}"""


def fallen_asleep(chromium: Any, proxy: FaultyProxy, records: int) -> tuple[Phone, Any]:
    """A phone that queued records without a network, and whose only page has been left; with its worker."""
    phone = Phone(chromium, proxy.url, "police.narathiwat", permissions=["geolocation", "background-sync"])
    controlled(phone.page)
    proxy.is_down = True
    phone.page.evaluate(QUEUE, [records, [2], "ไม่มีหน้าใดเปิด"])
    until(phone.page, "async () => (await (await navigator.serviceWorker.ready).sync.getTags()).includes('outbox')")
    phone.page.goto("about:blank")
    [worker] = phone.context.service_workers
    assert worker.evaluate("async () => (await clients.matchAll({ includeUncontrolled: true })).length") == 0
    return phone, worker


def test_the_worker_sends_with_no_page_open(own_server: Server, chromium: Any) -> None:
    with faulty(own_server.port) as proxy:
        phone, worker = fallen_asleep(chromium, proxy, 5)
        proxy.is_down = False
        assert worker.evaluate(WAKE)["status"] == "fulfilled"
        sent = {part: proxy.requests[part] for part in ("mutations", "photos")}
        page = phone.open("/waiting")
        ready(page)
        assert_all_there(own_server, page.evaluate(STATE))
        assert {part: proxy.requests[part] for part in sent} == sent  # the page that was opened to look had nothing left to send
        phone.context.close()


@pytest.mark.parametrize("fault", ["no network", "busy server"])
def test_the_worker_asks_to_be_called_again_while_something_is_left(own_server: Server, chromium: Any, fault: str) -> None:
    with faulty(own_server.port) as proxy:
        phone, worker = fallen_asleep(chromium, proxy, 2)
        if fault == "busy server":
            proxy.is_down, proxy.choose = False, lambda _m, path: "unavailable" if "/photos/" in path else None
        told = worker.evaluate(WAKE)
        assert told["status"] == "rejected" and "still work" in told["reason"] and "outbox" in told["left"]
        proxy.is_down, proxy.choose = False, lambda _m, _p: None
        assert worker.evaluate(WAKE)["status"] == "fulfilled"
        page = phone.open("/waiting")
        ready(page)
        assert_all_there(own_server, page.evaluate(STATE))
        phone.context.close()
