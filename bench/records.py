"""`make bench`: storing a camera record, with and without a 300 KB photo, beside a bare Flask + peewee insert; and the list and form
pages at 367,000 cameras. All in one run on one machine, because such machines are noisy: compare, do not trust single figures.

The load comes from wrk where it is installed (records) or from eight threads of this process (photos, or without wrk).
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import io
import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
LINE = "  {:34} {:7.0f} /s   p50 {:6.1f} ms   p95 {:6.1f} ms   p95/p50 {:4.1f}   errors {}"
CLIENTS, PASSWORD = 8, "bench-password-only"
ANSWERS = {
    "label": "CAM-01 ทิศเหนือ", "asset_number": "7440-001-0001/2559", "camera_brand": "Hikvision", "camera_model": "DS-2CD2T47", "install_year": "2559",
    "camera_system": "ip", "camera_type": "fixed", "connection": "wired", "mobile_view": "no", "faces_public": "outdoor", "bearing": 45, "view_angle": 90,
    "view_range_m": 40, "status": "degraded", "problems": ["blurred", "no_night_vision"], "problem_note": "ภาพมัวตั้งแต่ฤดูฝน", "effectiveness_day": "3",
    "effectiveness_night": "1", "maintenance": "contract", "details": "ติดตั้งบนเสาไฟฟ้า สูง 6 เมตร หันไปทางตลาด",
}  # fmt: skip


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def served(factory: str, environment: dict[str, str], config: str = "deploy/gunicorn.conf.py") -> Iterator[int]:
    """gunicorn with the shipped settings on a loopback port; ended by its process id."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", config, "--bind", f"127.0.0.1:{port}", "--log-level", "warning", factory]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), **environment})
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


class Client:
    """One kept-alive connection with the cookies and token of a log-in."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        self.connection.request(method, path, body, {**self.headers, **headers})
        answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.headers["Cookie"] = line.split(";")[0]
        return answer.status, answer.read()

    def log_in(self, username: str) -> str:
        """Logs in; returns the account's id."""
        page = self.ask("GET", "/login")[1].decode()
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        form = urlencode({"username": username, "password": PASSWORD, "csrf_token": token[1]}).encode()
        status, _ = self.ask("POST", "/login", form, **{"Content-Type": "application/x-www-form-urlencoded"})
        assert status == 303, status
        session = json.loads(self.ask("GET", "/sync/session")[1])
        self.headers["X-CSRFToken"] = session["csrf"]
        return str(session["uid"])


def message(kind: str, answers: dict[str, object], owner: str, photos: list[str] | None = None, record: str | None = None) -> dict[str, object]:
    return {"kind": kind, "op": "save", "record_id": record or str(uuid.uuid4()), "answers": answers, "owner": owner, "schema": 1,
            "photos": {"add": [{"sha256": p, "kind": "installation"} for p in photos or []]}, "captured_at": "2026-11-01T03:00:00Z"}  # fmt: skip


def report(name: str, stored: int, seconds: float, times: list[float], errors: int) -> float:
    """Prints one line; returns records a second."""
    times.sort()
    p50, p95 = statistics.median(times) * 1000, times[int(len(times) * 0.95)] * 1000
    print(LINE.format(name, stored / seconds, p50, p95, p95 / p50, errors), flush=True)
    return stored / seconds


def by_threads(port: int, headers: dict[str, str], work: Callable[[Client], bool], seconds: float) -> tuple[int, float, list[float], int]:
    """Eight clients that each call `work` again and again; (stored, seconds, times, errors)."""
    times: list[float] = []
    errors = [0]
    until = time.perf_counter() + seconds

    def run() -> None:
        client = Client(port)
        client.headers = dict(headers)
        while time.perf_counter() < until:
            began = time.perf_counter()
            if work(client):
                times.append(time.perf_counter() - began)
            else:
                errors[0] += 1

    began = time.perf_counter()
    threads = [threading.Thread(target=run) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times), time.perf_counter() - began, times, errors[0]


WRK = """
local template = [==[%s]==]
local hex = "0123456789abcdef"
local sites = {%s}
math.randomseed(os.time() + %d)
local function ident()
  return (("xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx"):gsub("x", function() local n = math.random(16) return hex:sub(n, n) end))
end
function request()
  local body = template:gsub("RECORD", ident()):gsub("PARENT", sites[math.random(#sites)])
  return wrk.format("PUT", "/sync/mutations/" .. ident(), nil, body)
end
function done(summary, latency, requests)
  io.write(string.format("RESULT %%d %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(95),
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


def by_wrk(name: str, port: int, headers: dict[str, str], body: str, sites: list[str], seconds: int) -> float:
    """Records stored a second with eight connections of wrk; prints one line."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(WRK % (body, ", ".join(f'"{s}"' for s in sites), random.randrange(10**6)))
        for key, value in {**headers, "Content-Type": "application/json"}.items():
            script.write(f'wrk.headers["{key}"] = "{value}"\n')
        script.flush()
        command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "-s", script.name, f"http://127.0.0.1:{port}"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    number, micros, p50, p95, wrong, broken = map(int, re.search(r"RESULT (.*)", said)[1].split())  # type: ignore[index]  # wrk ends with it
    rate = (number - wrong) / (micros / 1e6)
    print(LINE.format(name, rate, p50 / 1000, p95 / 1000, p95 / max(p50, 1), wrong + broken), flush=True)
    return rate


def records(name: str, port: int, headers: dict[str, str], body: dict[str, object], sites: list[str], seconds: int) -> float:
    text = json.dumps(body | {"record_id": "RECORD"}, ensure_ascii=False)
    if shutil.which("wrk"):
        return by_wrk(name, port, headers, text, sites, seconds)

    def work(client: Client) -> bool:
        filled = text.replace("RECORD", str(uuid.uuid4())).replace("PARENT", random.choice(sites))
        status, _ = client.ask("PUT", f"/sync/mutations/{uuid.uuid4()}", filled.encode(), **{"Content-Type": "application/json"})
        return status == 201

    return report(name, *by_threads(port, headers, work, seconds))


def photo_of_300_kb() -> tuple[bytes, bytes]:
    """A JPEG of about 300 KB in two parts, between which a comment segment with a number makes every photo another one."""
    held = io.BytesIO()
    noise = Image.frombytes("RGB", (800, 600), random.Random(1).randbytes(800 * 600 * 3))
    noise.resize((1280, 960)).save(held, "JPEG", quality=32)
    data = held.getvalue()
    return data[:2], data[2:]


def with_photos(name: str, port: int, headers: dict[str, str], body: dict[str, object], sites: list[str], seconds: int) -> float:
    head, tail = photo_of_300_kb()

    def work(client: Client) -> bool:
        mark = uuid.uuid4().bytes.hex().encode()
        data = head + b"\xff\xfe" + (len(mark) + 2).to_bytes(2, "big") + mark + tail
        sha256 = hashlib.sha256(data).hexdigest()
        said = body | {"record_id": str(uuid.uuid4()), "photos": {"add": [{"sha256": sha256, "kind": "installation"}]}}
        first, _ = client.ask("PUT", f"/sync/mutations/{uuid.uuid4()}", json.dumps(said, ensure_ascii=False).replace("PARENT", random.choice(sites)).encode(),
                              **{"Content-Type": "application/json"})  # fmt: skip
        second, _ = client.ask("PUT", f"/sync/photos/{sha256}", data, **{"Content-Type": "image/jpeg"})
        return (first, second) == (201, 201)

    return report(name, *by_threads(port, headers, work, seconds))


def some_sites(client: Client, owner: str) -> list[str]:
    """400 sites of the surveyor's province, so that a site gets as many cameras as sites have."""
    made = []
    for n in range(400):
        answers: dict[str, object] = {"install_point": f"จุดทดสอบ {n}", "owner_agency": "เทศบาล", "latitude": 6.4255 + n / 1e5, "longitude": 101.8253}
        body = message("site", answers, owner)
        status, _ = client.ask("PUT", f"/sync/mutations/{uuid.uuid4()}", json.dumps(body).encode(), **{"Content-Type": "application/json"})
        assert status == 201
        made.append(str(body["record_id"]))
    return made


def pages(port: int, username: str) -> None:
    """Milliseconds a page takes from one client, 30 times each."""
    client = Client(port)
    client.log_in(username)
    listed = client.ask("GET", "/sites")[1].decode()
    site = re.search(r"/sites/([0-9a-f-]{36})", listed)
    assert site
    for name, path in (("list", "/sites"), ("list, searched", "/sites?q=%E0%B8%95%E0%B8%A5%E0%B8%B2%E0%B8%94"),
                       ("list, not working", "/sites?status=not_working"),
                       ("list, nearest first", "/sites?near=13.75,100.5"), ("site form", "/sites/new"), ("camera form", f"/sites/{site[1]}/cameras/new"),
                       ("site", f"/sites/{site[1]}"), ("first page", "/")):  # fmt: skip
        times = []
        for _ in range(30):
            began = time.perf_counter()
            status, _ = client.ask("GET", path)
            times.append((time.perf_counter() - began) * 1000)
            assert status == 200, (path, status)
        print(f"  {username:18} {name:22} p50 {statistics.median(times):6.1f} ms   p95 {sorted(times)[28]:6.1f} ms", flush=True)


def flask(data: Path, *arguments: str) -> None:
    environment = {**os.environ, "SAMRUAT_DATA": str(data), "DEMO_PASSWORD": PASSWORD, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "flask", "--app", "app", *arguments], cwd=ROOT, env=environment, check=True)


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--seconds", type=int, default=5, help="of each measurement")
    reader.add_argument("--rounds", type=int, default=5, help="of bare insert and application in turns")
    reader.add_argument("--sites", type=int, default=122_500, help="about three cameras each, for the pages")
    asked = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, bare = Path(folder) / "app", Path(folder) / "bare"
        bare.mkdir()
        flask(data, "migrate")
        flask(data, "demo", "--sites", "200")
        rounds = f"{asked.rounds} rounds of {asked.seconds} s"
        print(f"Storing a camera record: {CLIENTS} clients, {rounds}, gunicorn as shipped, SQLite WAL synchronous=FULL", flush=True)
        with (
            served("bench.bare:create_app()", {"BARE_DATA": str(bare)}, "bench/gunicorn_bare.py") as bare_port,
            served("app:create_app()", {"SAMRUAT_DATA": str(data)}) as port,
        ):
            client = Client(port)
            owner = client.log_in("police.narathiwat")
            sites = some_sites(client, owner)
            body, bare_body = message("camera", {**ANSWERS, "site_id": "PARENT"}, owner), message("camera", {**ANSWERS, "site_id": "PARENT"}, "")
            for what, store in (("", records), (" and 300 KB photo", with_photos)):
                shares = []
                for _ in range(asked.rounds):  # in turns: whatever else this machine does meets both
                    bare_rate = store(f"bare insert{what}", bare_port, {}, bare_body, ["-"], asked.seconds)
                    shares.append(store(f"Samruat{what}", port, client.headers, body, sites, asked.seconds) / bare_rate)
                each = ", ".join(f"{share:.0%}" for share in shares)
                print(f"  Samruat{what} / bare: median {statistics.median(shares):.0%} of {each}\n", flush=True)
        large = Path(folder) / "large"
        flask(large, "migrate")
        flask(large, "demo", "--sites", str(asked.sites))
        print("Pages (one client, over loopback)")
        with served("app:create_app()", {"SAMRUAT_DATA": str(large)}) as port:
            for username in ("police.narathiwat", "narathiwat", "centre"):  # the centre sees all provinces: the heaviest reader
                pages(port, username)
    return 0


if __name__ == "__main__":
    sys.exit(main())
