"""`make bench-centre`: every page and map request of the centre over loopback at 367,000 and 1,000,000 cameras: p50, p95, size of the answer (and
compressed), memory of a worker, and what a status update costs with and without the kept totals. SQLite, or PostgreSQL with DATABASE_URL.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import gzip
import os
import random
import re
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from bench.records import Client, flask, served

TIMES = 30
MIXED = "/analysis/effectiveness?sector=private&since=1/1/2560"
PAGES = {
    "centre": (
        "/", "/progress", "/progress/10", "/progress/96", "/progress/slide", "/progress/summary", "/analysis", "/analysis?round=1", "/analysis/number",
        "/analysis/number?province=10", "/analysis/effectiveness", "/analysis/effectiveness?region=police:9", "/analysis/linkage", "/analysis/points",
        "/analysis/footage", "/analysis/problems", "/analysis/quality", "/analysis/compare", "/review?province=10", "/map",
        f"/sites?q={quote('ตลาด')}", f"/sites?q={quote('บางกะปิ')}", "/sites?before=600000", "/sites?by=camera.status&code=removed",
    ),
    "narathiwat": ("/", "/progress/96", "/analysis", "/analysis/number", "/review", f"/sites?q={quote('สุไหง')}"),
    "committee": ("/", "/progress", "/analysis"),
}  # fmt: skip
SLOW = (MIXED, "/analysis/number?sector=government", "/analysis/footage?year=2565", "/analysis?district=9601", "/analysis/number?district=1001")
WINDOWS = [("5,97,21,106", 5), ("5,97,21,106", 6), ("11.5,98,16,103", 8), ("13,99.9,14.3,101.2", 10), ("13.5,100.3,14,100.8", 12),
           ("13.7,100.45,13.8,100.6", 13), ("13.72,100.48,13.76,100.54", 15), ("13.73,100.50,13.74,100.515", 17)]  # fmt: skip
LINE = "  {:12} {:44} p50 {:7.1f} ms  p95 {:7.1f} ms  processor {:7.1f} ms  {:6.0f} kB  {:5.1f} kB gz"


def measure(client: Client, who: str, path: str, times: int) -> float:
    """Prints one line; returns the p95 in milliseconds."""
    taken, body, before = [], b"", processor(client)
    for _ in range(times):
        began = time.perf_counter()
        status, body = client.ask("GET", path)
        taken.append((time.perf_counter() - began) * 1000)
        if status != 200:
            print(f"  {who:12} {path} answered {status}", flush=True)
            return 0.0
    taken.sort()
    p95 = taken[min(len(taken) - 1, int(len(taken) * 0.95))]
    used = (processor(client) - before) / times
    print(LINE.format(who, path[:44], statistics.median(taken), p95, used, len(body) / 1000, len(gzip.compress(body, 6)) / 1000), flush=True)
    return p95


def processor(client: Client) -> float:
    """Milliseconds of processor time that the processes of this port have used: what a request costs where the machine is busy otherwise."""
    used = 0.0
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdecimal() and f"127.0.0.1:{client.connection.port}".encode() in (folder / "cmdline").read_bytes():
                used += sum(int(part) for part in (folder / "stat").read_text().rsplit(")", 1)[1].split()[11:13])
    return used * 1000 / os.sysconf("SC_CLK_TCK")


def memory(port: int) -> tuple[int, int]:
    """Of the largest process that serves this port, in MB: its own memory, and with what it maps of the database (shared with the page cache)."""
    found = [(0, 0)]
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdecimal() and f"127.0.0.1:{port}".encode() in (folder / "cmdline").read_bytes():
                status = (folder / "status").read_text()
                own, peak = (int(re.findall(rf"{name}:\s+(\d+)", status)[0]) // 1024 for name in ("RssAnon", "VmHWM"))
                found.append((own, peak))
    return max(found)


def pages(port: int, times: int) -> None:
    """Every page and map request."""
    for who, paths in PAGES.items():
        client = Client(port)
        client.log_in(who)
        for path in paths:
            measure(client, who, path, times)
        if who != "committee":
            for box, zoom in WINDOWS:
                measure(client, who, f"/map/data?box={box}&zoom={zoom}", times)
    client = Client(port)
    client.log_in("centre")
    for path in (*SLOW, "/map/data?box=5,97,21,106&zoom=6&sector=private"):
        measure(client, "centre mixed", path, 5)
    print("  memory of the worker: {} MB of its own, {} MB at most with mapped pages of the database".format(*memory(port)), flush=True)


@contextlib.contextmanager
def nothing(*_args: object, **_kwargs: object) -> Iterator[None]:
    yield


def updates(data: Path, rounds: int = 4, times: int = 250) -> None:
    """What a status update costs inside `receive()`, with and without the kept totals, by turns."""
    from app import create_app
    from config import Settings
    from database import db
    from models import Account, Camera, Site
    from survey import messages, sync, totals

    create_app(Settings(data=data))
    db.connect(reuse_if_open=True)
    account = Account.get(Account.username == "police.narathiwat")
    cameras = [c.id for c in Camera.select(Camera.id).join(Site).where(Site.province == "96").limit(400)]
    real, ratios = (totals.observed, totals.put), []

    def run() -> float:
        began = time.perf_counter()
        for _ in range(times):
            answers = {"camera_id": str(random.choice(cameras)), "status": random.choice(("working", "degraded", "not_working")), "problems": ["blurred"]}
            message = {"kind": "update", "record_id": str(uuid.uuid4()), "answers": answers, "owner": str(account.id), "schema": 1,
                       "captured_at": dt.datetime.now(dt.UTC).isoformat()}  # fmt: skip
            sync.receive(uuid.uuid4(), messages.seal(message), account)
        return (time.perf_counter() - began) / times * 1000

    run()
    for _ in range(rounds):
        totals.observed, totals.put = real
        kept = run()
        totals.observed, totals.put = nothing, lambda _change: None  # type: ignore[assignment]  # nothing is counted
        bare = run()
        ratios.append(kept / bare)
        print(f"  a status update: {kept:.2f} ms with the totals, {bare:.2f} ms without", flush=True)
    totals.observed, totals.put = real
    print(f"  ratio {statistics.median(ratios):.2f}", flush=True)
    db.close()


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--cameras", type=int, nargs="+", default=[367_000, 1_000_000])
    reader.add_argument("--times", type=int, default=TIMES, help="of each request")
    reader.add_argument("--keep", help="a folder for the data, used again when it is there")
    asked = reader.parse_args()
    postgres = os.environ.get("DATABASE_URL", "")
    for number in asked.cameras:
        with tempfile.TemporaryDirectory() as folder:
            data = Path(asked.keep or folder) / str(number)
            url = fresh_database(postgres, number) if postgres else ""
            if url:
                os.environ["DATABASE_URL"] = url
            print(f"{number:,} cameras on {'PostgreSQL' if postgres else 'SQLite'}", flush=True)
            if not (data / "demo_password").exists():
                flask(data, "migrate")
                flask(data, "demo", "--sites", str(round(number / 3.02)))
            with served("app:create_app()", {"SAMRUAT_DATA": str(data)}) as port:
                pages(port, asked.times)
            updates(data)
    return 0


def fresh_database(url: str, number: int) -> str:
    """A database of its own beside the one that the address names; it stays, for another look."""
    import psycopg

    base, _, _ = url.rpartition("/")
    name = f"samruat_bench_{number}"
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING \'UTF8\'')
    return f"{base}/{name}"


if __name__ == "__main__":
    raise SystemExit(main())
