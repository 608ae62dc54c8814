"""What a phone with a slow processor and one bar of signal experiences: first and second visit, start without a network, a photo kept.

Chromium with a processor 4 times slower, behind a proxy that is as slow as slow 4G (400 ms, 400 kB/s) or slow 3G (2 s, 50 kB/s): a new
connection costs a round trip, each request another, all share the bandwidth. (DevTools' own throttling also slows what comes from the
phone itself.) Beside a bare HTML form on the same connection. "Usable" is when a keystroke would be kept as a draft.
"""

from __future__ import annotations

import io
import os
import statistics
import sys
import tempfile
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.browser.conftest import ARGUMENTS, CHROMIUM  # noqa: E402  (the project's own path comes first)
from tests.faults import FaultyProxy, _Handler  # noqa: E402
from tests.serving import PASSWORD, serving  # noqa: E402

NETWORKS = {"slow 4G": (400, 400_000), "slow 3G": (2_000, 50_000)}  # round trip in ms, bytes a second down (a third of it up)
SLOWER = 4
TIMES = int(os.environ.get("TIMES", "3"))
LINE = "  {:<46} {:>8.2f} s   {:>6.1f} KB   {:>3} requests   blocking {:>4.0f} ms"
BLOCKING = """() => { window.blocked = 0; new PerformanceObserver((list) => {
    for (const e of list.getEntries()) window.blocked += Math.max(0, e.duration - 50); }).observe({ type: 'longtask', buffered: true }); }"""
SHUTTER = """() => {
    const list = document.querySelector('[data-cards]');
    window.kept = new Promise((done) => new MutationObserver(() => { if (list.lastElementChild?.dataset.sha256) done(performance.now() - window.shot); })
        .observe(list, { subtree: true, attributes: true, childList: true }));
    document.querySelector('[data-take]').addEventListener('change', () => { window.shot = performance.now(); }, { capture: true, once: true }); }"""
BARE = b"<!doctype html><meta charset=utf-8><title>form</title><form method=post>" + b"".join(
    b"<p><label>question %d <input name=q%d></label></p>" % (n, n) for n in range(45)
) + b"<button>save</button></form><script>document.documentElement.dataset.usable='yes'</script>"


class Bare(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(BARE)))
        self.end_headers()
        self.wfile.write(BARE)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


class SlowLine:
    """A proxy with the delay and the bandwidth of a bad network; counts what passes down it."""

    def __init__(self, target_port: int, network: str) -> None:
        latency, rate = NETWORKS[network]
        line, turn = self, threading.Lock()
        self.bytes = self.requests = 0

        class Handler(_Handler):
            owner = FaultyProxy.__new__(FaultyProxy)

            def setup(self) -> None:
                time.sleep(latency / 1000)
                super().setup()

            def _answer(self, status: int, headers: dict[str, str], said: bytes, length: int | None = None) -> None:
                time.sleep(latency / 1000)
                size = len(said) + 300
                line.bytes += size
                line.requests += 1
                for _ in range(0, size, 1500):  # packets of all connections take turns
                    with turn:
                        time.sleep(1500 / rate)
                super()._answer(status, headers, said, length)

        Handler.owner.__init__(target_port)  # type: ignore[misc]  # its counters and target, with our handler
        Handler.owner.listener.server_close()
        self.listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.listener.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.listener.server_address[1]}"
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.listener.shutdown()
        self.listener.server_close()


def slow(page: Any) -> None:
    """Gives a page a slow processor, and counts the time that it was blocked."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(f"({BLOCKING})()")


def visit(page: Any, address: str, line: SlowLine, name: str) -> float:
    """Seconds until the page is usable; prints its line."""
    line.bytes = line.requests = 0
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector("html[data-usable]", state="attached", timeout=120_000)
    seconds = time.perf_counter() - began
    blocked = page.evaluate("window.blocked ?? 0")
    print(LINE.format(name, seconds, line.bytes / 1000, line.requests, blocked), flush=True)
    return seconds


def logged_in(browser: Any, url: str) -> Any:
    """A phone that has logged in but has never seen a page of the app."""
    import re

    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', context.request.get(f"{url}/login").text())
    assert token
    answer = context.request.post(f"{url}/login", form={"username": "police.narathiwat", "password": PASSWORD, "csrf_token": token[1]}, max_redirects=0)
    assert answer.status == 303
    return context


def photo() -> Path:
    """A 12-megapixel JPEG as a cheap phone takes it."""
    path = Path(tempfile.mkdtemp()) / "photo.jpg"
    noise = Image.frombytes("RGB", (500, 375), os.urandom(500 * 375 * 3)).resize((4000, 3000))
    held = io.BytesIO()
    noise.save(held, "JPEG", quality=80)
    path.write_bytes(held.getvalue())
    return path


def main() -> int:
    from playwright.sync_api import sync_playwright

    bare = HTTPServer(("127.0.0.1", 0), Bare)
    threading.Thread(target=bare.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        site = server.query("SELECT s.id FROM site s JOIN camera c ON c.site_id = s.id WHERE s.province = '96' LIMIT 1")[0][0]
        path = f"/sites/{uuid.UUID(site)}/cameras/new"
        for network in NETWORKS:
            print(f"{network}, processor {SLOWER} times slower")
            line = SlowLine(bare.server_address[1], network)
            context = browser.new_context()
            page = context.new_page()
            slow(page)
            visit(page, line.url, line, "bare HTML form, first visit")
            context.close()
            line.close()
            latency, rate = NETWORKS[network]
            for name, url in (("bare HTML form", f"http://127.0.0.1:{bare.server_address[1]}"), ("camera form", server.url + path)):
                context = logged_in(browser, server.url)
                page = context.new_page()
                slow(page)
                page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", {"offline": False, "latency": latency, "downloadThroughput": rate,
                                                                                             "uploadThroughput": rate / 3})  # fmt: skip
                line.bytes = 0
                visit(page, url, line, f"{name}, first visit (DevTools' throttling)")
                context.close()
            line = SlowLine(server.port, network)
            context = logged_in(browser, line.url)
            page = context.new_page()
            slow(page)
            visit(page, line.url + path, line, "camera form, first visit")
            page.wait_for_function("() => navigator.serviceWorker.controller", timeout=300_000)
            page.goto(line.url + "/near")  # the work package
            page.wait_for_function("() => document.querySelector('[data-package]')?.textContent.match(/[0-9]+/)", timeout=300_000)
            for n in range(TIMES):
                visit(page, line.url + path, line, f"camera form, second visit ({n + 1})")
                page.wait_for_selector("html[data-ready]", timeout=180_000)
            context.set_offline(True)
            for n in range(TIMES):
                visit(page, line.url + path, line, f"camera form, start without a network ({n + 1})")
                page.wait_for_selector("html[data-ready]", timeout=180_000)
            times = []
            picture = photo()
            for _ in range(TIMES):
                page.evaluate(SHUTTER)
                page.set_input_files("[data-take]", picture)
                times.append(page.evaluate("window.kept"))
            print(f"  {'from the shutter to kept on this phone (12 MP)':<46} {statistics.median(times) / 1000:>8.2f} s", flush=True)
            context.close()
            line.close()
        browser.close()
    bare.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
