"""`flask import`: a summary for people, one JSON object for programs on the last line, and a clear sentence with a failure for what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from models import Audit, Site
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
