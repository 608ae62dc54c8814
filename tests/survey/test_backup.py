"""A copy of the database is whole, and its return is noticed by phones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from database import is_sqlite
from models import Account
from survey import backup, tokens
from survey.errors import Refusal
from survey.standing import epoch
from tests.conftest import make_site


def test_a_copy_goes_and_comes_back(app: Flask, person: object, tmp_path: Path) -> None:
    import sqlite3

    if not is_sqlite():
        with pytest.raises(Refusal, match="not_sqlite"):
            backup.copy_to(tmp_path / "copy")
        return
    site = make_site(person("surveyor", "96"))  # type: ignore[operator]
    backup.copy_to(tmp_path / "copy")
    with pytest.raises(FileExistsError):
        backup.copy_to(tmp_path / "copy")
    target = tmp_path / "live.db"
    with sqlite3.connect(target) as old:
        old.execute("CREATE TABLE x (y)")
    backup.replace_by(tmp_path / "copy", target)
    assert sqlite3.connect(target).execute("SELECT count(*) FROM site").fetchone() == (1,)
    backup.replace_by(tmp_path / "copy", target)  # a second time: what was there first is still there
    assert len(list(tmp_path.glob("live.db.replaced-*"))) == 2 and site.id


def test_what_is_no_copy_is_refused_and_nothing_is_replaced(app: Flask, tmp_path: Path) -> None:
    target = tmp_path / "live.db"
    target.write_bytes(b"as it was")
    (tmp_path / "text").write_text("no database")
    (tmp_path / "empty").write_bytes(b"")
    for name in ("text", "empty"):
        with pytest.raises(Refusal, match="not_a_copy"):
            backup.replace_by(tmp_path / name, target)
    assert target.read_bytes() == b"as it was"


def test_a_restored_database_has_another_name(app: Flask) -> None:
    before = epoch()
    assert backup.new_epoch() != before and epoch() != before


def test_a_restored_database_opens_to_no_token(app: Flask, person: Callable[..., Account]) -> None:
    boss = person("province_admin", "96")
    tokens.make(boss, "ระบบของจังหวัด", 365, None, False)
    backup.new_epoch()
    assert tokens.live(boss) == []
