"""A server that is killed again and again, phones that send twice and answers that get lost: nothing lost, twice, torn or missing."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.conftest import need, picture
from tests.serving import PASSWORD, Server, as_hex

pytestmark = pytest.mark.skipif(os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="kills the process over its own SQLite")
SWEEP_S = 3600


class Device:
    """A phone without a browser: two senders that share one outbox, each request tried until a real receipt is there."""

    def __init__(self, server: Server, username: str, number: int, count: int, cut: float) -> None:
        self.server, self.username, self.dice, self.cut = server, username, random.Random(number), cut
        self.items = [self._item(number, n) for n in range(count)]
        self.todo = list(range(count)) * 2  # both senders take every item: the same message arrives twice, at the same time
        self.lock = threading.Lock()
        self.errors: list[int] = []
        self.receipts: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        self.uid = ""
        self.stopped = False

    def _item(self, number: int, n: int) -> dict[str, object]:
        photo = picture((number * 7 % 256, n % 256, n // 256), (48, 48)) + os.urandom(20_000) if n % 2 else None
        return {"id": str(uuid.uuid4()), "record": str(uuid.uuid4()), "name": f"โทรศัพท์ {number} จุด {n}", "photo": photo}

    def log_in(self) -> None:
        while not self.stopped:
            try:
                status, cookies, page = self._ask("GET", "/login")
                token = re.search(r'name="csrf_token" value="([^"]+)"', page.decode())
                if status == 200 and token:
                    form = urlencode({"username": self.username, "password": PASSWORD, "csrf_token": token[1]}).encode()
                    status, _, _ = self._ask("POST", "/login", form, {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies})
                    if status == 303:
                        self.headers = {"Cookie": self._cookie}
                        status, _, said = self._ask("GET", "/sync/session")
                        session = json.loads(said)
                        self.headers = {"Cookie": self._cookie, "X-CSRFToken": session["csrf"]}  # the token's half in the cookie is new as well
                        self.uid = session["uid"]
                        return
            except (OSError, http.client.HTTPException, ValueError):
                pass
            time.sleep(0.1)

    _cookie = ""

    def _ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            connection.request(method, path, body, {**self.headers, **(headers or {})})
            if self.dice.random() < self.cut and path.startswith("/sync/") and method == "PUT":
                raise ConnectionResetError("the answer was cut off")
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                self._cookie = cookie.split(";")[0]
            return answer.status, self._cookie, answer.read()
        finally:
            connection.close()

    def run(self) -> None:
        """One sender: takes items until all are received with their photos."""
        while not self.stopped:
            with self.lock:
                if not self.todo:
                    return
                n = self.todo.pop(0)
            item = self.items[n]
            done = self._send(item)
            if not done:
                with self.lock:
                    self.todo.append(n)
                time.sleep(0.05)

    def _send(self, item: dict[str, object]) -> bool:
        photo = item["photo"]
        assert photo is None or isinstance(photo, bytes)
        sha256 = hashlib.sha256(photo).hexdigest() if photo else ""
        message = {"kind": "site", "op": "save", "record_id": item["record"], "owner": self.uid, "schema": 1, "captured_at": "2026-11-20T03:00:00Z",
                   "answers": {"install_point": item["name"], "owner_agency": "เทศบาล", "latitude": 6.4255, "longitude": 101.8253},
                   "photos": {"add": [{"sha256": sha256}] if photo else []}}  # fmt: skip
        payload = json.dumps(message, sort_keys=True).encode()
        try:
            status, _, said = self._ask("PUT", f"/sync/mutations/{item['id']}", payload, {"Content-Type": "application/json"})
            if status == 401:
                self.log_in()
                return False
            if status not in (200, 201):
                self.errors.append(status)
                return False
            receipt = json.loads(said)
            if receipt["mutation_id"] != item["id"] or receipt["payload_sha256"] != hashlib.sha256(payload).hexdigest():
                return False
            if photo:
                status, _, said = self._ask("PUT", f"/sync/photos/{sha256}", photo, {"Content-Type": "image/jpeg"})
                if status not in (200, 201) or json.loads(said)["sha256"] != sha256:
                    self.errors.append(status)
                    return False
            self.receipts[str(item["id"])] = receipt["payload_sha256"]
            return True
        except (OSError, http.client.HTTPException, ValueError):
            return False


def storm(server: Server, submissions: int, kills: int, devices: int = 6, cut: float = 0.05, pause: float = 1.2,
          moment: Callable[[], Any] | None = None) -> tuple[list[Device], list[str]]:  # fmt: skip
    """Lets devices send while the server is killed and started; returns the devices and the photos that were found torn after a kill.
    The kills come at random, or when `moment()` is seen to be true (at the latest after a minute)."""
    names = ["police.narathiwat", "army.circle", "narathiwat", "police.ratchaburi", "ratchaburi", "centre"]
    phones = [Device(server, names[n % len(names)], n, submissions // devices, cut) for n in range(devices)]
    dice, torn = random.Random(7), []
    for phone in phones:
        phone.log_in()
    threads = [threading.Thread(target=phone.run) for phone in phones for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(kills):
        time.sleep(dice.uniform(0.1, pause))
        latest = time.monotonic() + 60
        while moment and not moment() and time.monotonic() < latest:
            time.sleep(0.02)
        server.kill()
        torn += torn_photos(server)
        server.start()
    until = time.monotonic() + 60 + submissions / 5
    for thread in threads:
        thread.join(max(1.0, until - time.monotonic()))
    for phone in phones:
        phone.stopped = True
    return phones, torn


def torn_photos(server: Server) -> list[str]:
    """Files that lie under a name that is not the hash of their bytes."""
    return [f.name for f in (server.data / "photos" / "originals").rglob("*") if f.is_file() and hashlib.sha256(f.read_bytes()).hexdigest() != f.name]


def assert_nothing_lost(server: Server, phones: list[Device], torn: list[str]) -> None:
    """The promise, item by item, and the database's own checks."""
    assert torn == [], "a photo lay half written under its final name"
    stored = [(as_hex(i), h) for i, h in server.query("SELECT id, payload_sha256 FROM mutation")]
    hashes = [h for _, h in stored]
    records = [as_hex(i) for (i,) in server.query("SELECT id FROM site")]
    for phone in phones:
        assert len(phone.receipts) == len(phone.items), f"{len(phone.items) - len(phone.receipts)} never received"
        assert not [s for s in phone.errors if s == 500], f"answers that must not be: {phone.errors}"
        for item in phone.items:
            digest = phone.receipts[str(item["id"])]
            assert (item["id"], digest) in stored, "a receipt for what is not there"
            assert hashes.count(digest) == 1, "stored twice"
            assert records.count(str(item["record"])) == 1
            if isinstance(item["photo"], bytes):
                assert server.photo(hashlib.sha256(item["photo"]).hexdigest()).read_bytes() == item["photo"]
    assert server.query("SELECT count(*) FROM photo WHERE upload_id IS NULL AND removed = 0 AND sha256 NOT IN (SELECT sha256 FROM upload)") == [(0,)]
    connection = sqlite3.connect(server.database)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)] and connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
    old = [f for f in (server.data / "photos" / "incoming").glob("*") if time.time() - f.stat().st_mtime > SWEEP_S]
    assert old == []


def started(tmp_path: Path, **environment: str) -> Server:
    server = Server(tmp_path / "served", sites=5, **environment)
    server.start()
    return server


@pytest.mark.parametrize(("workers", "submissions", "kills"), [
    (1, 60, 6),
    (2, 60, 6),
    pytest.param(1, 500, 50, marks=pytest.mark.full),
    pytest.param(2, 500, 50, marks=pytest.mark.full),
    pytest.param(1, 10_000, 1_000, marks=[pytest.mark.full, pytest.mark.skipif(not os.environ.get("SOAK"), reason="make soak")]),
    pytest.param(2, 10_000, 1_000, marks=[pytest.mark.full, pytest.mark.skipif(not os.environ.get("SOAK"), reason="make soak")]),
])  # fmt: skip
def test_a_server_that_is_killed_loses_nothing(tmp_path: Path, workers: int, submissions: int, kills: int) -> None:
    server = started(tmp_path, WEB_CONCURRENCY=str(workers))
    try:
        phones, torn = storm(server, submissions, kills)
        assert_nothing_lost(server, phones, torn)
    finally:
        server.stop()


@pytest.mark.parametrize(("broken", "workers", "kills", "cut", "noticed"), [
    ("unique", 1, 0, 0.2, "stored twice"), ("photo", 1, 2, 0.0, "half written"), ("deferred", 2, 0, 0.0, "answers that must not be"),
])  # fmt: skip
def test_control_a_broken_promise_is_noticed(tmp_path: Path, broken: str, workers: int, kills: int, cut: float, noticed: str) -> None:
    server = Server(tmp_path / "served", sites=5, WEB_CONCURRENCY=str(workers), BREAK=broken)
    server.factory = "tests.broken:create_app()"
    server.start()
    try:
        half_written = (lambda: torn_photos(server)) if broken == "photo" else None  # a busy machine may be killed before anything is written
        phones, torn = storm(server, 48, kills, cut=cut, pause=0.8, moment=half_written)
        with pytest.raises(AssertionError, match=noticed):
            assert_nothing_lost(server, phones, torn)
    finally:
        server.stop()


def test_the_order_of_the_promise_is_seen_in_the_system_calls(tmp_path: Path) -> None:
    """photo: fsync -> rename -> fsync of the folder -> the database's commit -> the answer."""
    need("browser", shutil.which("strace") is not None, "strace")  # installed where the browser's packages are
    server = started(tmp_path, THREADS="1")
    try:
        phone = Device(server, "police.narathiwat", 1, 2, 0.0)
        phone.log_in()
        assert server.process
        worker = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=True).stdout.split()[0]
        trace = tmp_path / "trace"
        calls = "trace=fsync,fdatasync,rename,renameat,renameat2,openat,sendto,sendmsg,write,pwrite64"
        tracer = subprocess.Popen(["strace", "-f", "-y", "-s", "64", "-e", calls, "-o", str(trace), "-p", worker], stderr=subprocess.DEVNULL)
        time.sleep(1)
        photo = phone.items[1]["photo"]
        assert isinstance(photo, bytes)
        sha256 = hashlib.sha256(photo).hexdigest()
        assert phone._ask("PUT", f"/sync/photos/{sha256}", photo, {"Content-Type": "image/jpeg"})[0] == 201
        tracer.terminate()
        tracer.wait(10)
        lines = trace.read_text().splitlines()
    finally:
        server.stop()

    def first(pattern: str, after: int = -1) -> int:
        for n in range(after + 1, len(lines)):
            if re.search(pattern, lines[n]):
                return n
        raise AssertionError(f"no {pattern} after line {after}")

    synced = first(r"fsync\(\d+<[^>]*incoming/")
    renamed = first(r"rename\w*\(.*incoming/.*" + sha256, synced)
    folder = first(rf"fsync\(\d+<[^>]*originals/{sha256[:2]}>", renamed)
    commit = first(r"f(data)?sync\(\d+<[^>]*\.db-wal>", folder)
    first(r"(sendto|sendmsg|write)\(.*HTTP/1\.1 201", commit)
    assert not [n for n, line in enumerate(lines) if "HTTP/1.1 201" in line and n < commit]
