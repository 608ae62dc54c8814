"""`flask import`: a summary for people, one JSON object for programs on the last line, and a clear sentence with a failure for what cannot be read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from models import Account, Audit, Camera, Import, Site
from tests.conftest import ROOT
from tests.serving import Server
from tests.survey.exchange.made import LIST, csv, xlsx


def run(app: Flask, tmp_path: Path, data: bytes, *arguments: str) -> tuple[int, str, dict[str, Any]]:
    """(exit code, all that was said, the object of the last line)."""
    path = tmp_path / "รายการกล้อง.xlsx"
    path.write_bytes(data)
    done = app.test_cli_runner().invoke(args=["import", str(path), *arguments])
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
    return done.exit_code, done.output, json.loads(last) if last.startswith("{") else {}


def test_a_dry_run_needs_no_account_and_stores_nothing(app: Flask, tmp_path: Path) -> None:
    code, said, told = run(app, tmp_path, xlsx(LIST), "--dry-run")
    assert code == 0 and "จุดติดตั้ง 3" in said
    assert {k: told[k] for k in ("rows", "sites", "cameras", "errors", "warnings")} == {"rows": 3, "sites": 3, "cameras": 4, "errors": {}, "warnings": {}}
    assert told["columns"]["latitude"] == "ละติจูด" and told["seconds"] >= 0
    assert not Site.select().exists() and not Audit.select().exists()


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"PK\x03\x04damaged", b"\x00\x01\x02" * 100, csv([["a", "b"], ["1", "2"]])])
def test_what_cannot_be_read_is_a_failure_with_a_thai_sentence(data: bytes, app: Flask, tmp_path: Path) -> None:
    code, said, told = run(app, tmp_path, data, "--dry-run")
    assert code != 0 and any("ก" <= c <= "๛" for c in said) and not told and "Traceback" not in said


def test_options_correct_what_was_not_found(app: Flask, tmp_path: Path) -> None:
    table = [["x"], ["aaa", "bbb", "ccc"], ["ตลาด", "6.4255", "101.8253"]]
    _, _, told = run(app, tmp_path, csv(table), "--dry-run", "--header-row", "2", "--column", "place=aaa", "--column", "latitude=#2", "--column", "longitude=ccc")
    assert told["columns"] == {"place": "aaa", "latitude": "bbb", "longitude": "ccc"} and told["good"] == 1


def test_one_sheet_of_several(app: Flask, tmp_path: Path) -> None:
    book = xlsx(LIST, LIST[:2], names=["ก", "ข"])
    assert run(app, tmp_path, book, "--dry-run", "--sheet", "ข")[2]["rows"] == 1
    assert run(app, tmp_path, book, "--dry-run", "--sheet", "2")[2]["rows"] == 1
    assert run(app, tmp_path, book, "--dry-run", "--sheet", "ค")[0] != 0


def test_the_province_of_the_list_makes_others_errors(app: Flask, tmp_path: Path) -> None:
    assert run(app, tmp_path, xlsx(LIST), "--dry-run", "--province", "ราชบุรี")[2]["errors"] == {"outside_area": 3}
    assert run(app, tmp_path, xlsx(LIST), "--dry-run", "--province", "ที่ไหน")[0] != 0


def test_an_unknown_account_is_a_failure(app: Flask, tmp_path: Path) -> None:
    assert run(app, tmp_path, xlsx(LIST), "--dry-run", "--as", "nobody")[0] != 0


def test_a_list_is_brought_in_as_an_account(app: Flask, tmp_path: Path, person: Callable[..., Account]) -> None:
    person("province_admin", "96", name="narathiwat")
    code, _, told = run(app, tmp_path, xlsx(LIST), "--as", "narathiwat")
    assert code == 0 and {k: told[k] for k in ("rows", "imported", "sites", "cameras", "dry_run")} == {"rows": 3, "imported": 3, "sites": 3, "cameras": 4, "dry_run": False}
    assert Site.select().count() == 3 and Camera.select().count() == 4 and str(Import.get().id) == told["import"]


def test_without_an_account_or_an_owner_nothing_comes_in(app: Flask, tmp_path: Path, person: Callable[..., Account]) -> None:
    person("province_admin", "96", name="narathiwat")
    assert run(app, tmp_path, xlsx(LIST))[0] != 0
    code, said, _ = run(app, tmp_path, csv([["ชื่อจุด", "พิกัด"], ["ตลาด", "6.4255,101.8253"]]), "--as", "narathiwat")
    assert code != 0 and "เจ้าของ" in said and not Import.select().exists() and not Site.select().exists()


@pytest.mark.skipif(os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="kills the process over its own SQLite")
def test_a_command_that_is_killed_is_taken_up_by_the_server_at_its_start(tmp_path: Path) -> None:
    server = Server(tmp_path / "served", sites=1)
    before = server.query("SELECT COUNT(*) FROM camera")[0][0]
    heading = ["ชื่อจุดติดตั้ง", "หน่วยงานเจ้าของกล้อง", "ละติจูด", "ลองจิจูด"]
    path = tmp_path / "list.csv"
    path.write_bytes(csv([heading, *([f"จุดที่ {n}", "เทศบาล", f"6.{42000 + 3 * n}", f"101.{80000 + 5 * n}"] for n in range(1500))]))
    command = [sys.executable, "-m", "flask", "--app", "app", "import", str(path), "--as", "narathiwat"]
    process = subprocess.Popen(command, cwd=ROOT, env=server.environment, stdout=subprocess.DEVNULL)
    count = lambda: server.query("SELECT COUNT(*) FROM camera")[0][0] - before  # noqa: E731
    until = time.monotonic() + 60
    while count() < 300 and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    assert 300 <= count() < 1500 and server.query("SELECT state FROM import") == [("applying",)]
    server.start()
    try:
        while server.query("SELECT state FROM import") != [("done",)] and time.monotonic() < until + 60:
            time.sleep(0.2)
        assert (count(), server.query("SELECT COUNT(DISTINCT install_point) FROM site WHERE install_point LIKE 'จุดที่ %'")) == (1500, [(1500,)])
    finally:
        server.stop()
    assert "Traceback" not in server.said()
