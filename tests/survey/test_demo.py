"""Demo data is of the kind that `receive()` makes, spread over all provinces, the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from models import RECORDS, Account, Camera, Mutation, Photo, Site, StatusUpdate
from survey import album, demo, demo_accounts, listing, merge, places
from survey.listing import Filter
from survey.questions import asked
from tests.conftest import Browser


@pytest.fixture
def made(db: Flask) -> dict[str, object]:
    demo_accounts.make_accounts("demo-password-1")
    return demo.make(400, seed=7)


def test_it_is_believable(made: dict[str, object]) -> None:
    assert Site.select().count() == made["sites"] == 400
    assert 2.2 < Camera.select().count() / 400 < 3.8
    assert len({s.province for s in Site.select(Site.province)}) > 60
    for site in Site.select():
        assert places.place_of(site.latitude, site.longitude).province == site.province
        assert site.district[:2] == site.province and site.subdistrict[:4] == site.district
    assert len({c.status for c in Camera.select(Camera.status)}) >= 6
    assert Photo.select().where(Photo.upload.is_null(False)).count() == made["photos"] > 4
    assert len(album.shown_copy(Photo.get().upload, "thumb", [])) > 500


@pytest.mark.parametrize("kind", RECORDS)
def test_its_answers_pass_the_questions_own_checks(made: dict[str, object], kind: str) -> None:
    model = RECORDS[kind]
    for record in model.select().limit(200):
        values = merge.values_of(record)
        for name, question in asked(model).items():
            if question.kind in ("agency", "agencies") or values[name] is None:
                continue
            raw = values[name] + 543 if question.kind in ("year", "fiscal_year") else values[name]
            assert question.check(raw) == (values[name], None), name
            assert question.is_asked(values), name
        assert Mutation.select().where(Mutation.record_id == record.id).count() == 1


def test_completeness_and_search_text_are_what_receive_would_have_kept(made: dict[str, object]) -> None:
    for site in Site.select().limit(50):
        kept = (site.answered, site.to_answer)
        merge.follow(site, {}, {})
        assert (site.answered, site.to_answer) == kept
    surveyor = Account.get(Account.username == "police.narathiwat")
    assert listing.sites(surveyor, Filter(text="CAM-01")).records


def test_a_cameras_condition_is_that_of_its_update(made: dict[str, object]) -> None:
    for update in StatusUpdate.select():
        assert (update.camera.status, update.camera.status_at) == (update.status, update.captured_at)


def test_the_same_seed_makes_the_same_data(db: Flask) -> None:
    demo_accounts.make_accounts("demo-password-1")
    demo.make(30, seed=3)
    first = [(s.install_point, s.latitude) for s in Site.select().order_by(Site.number)]
    Mutation.delete().execute()
    for model in (StatusUpdate, Photo, Camera, Site, RECORDS["point"], RECORDS["report"]):
        model.delete().execute()
    demo.make(30, seed=3)
    assert [(s.install_point, s.latitude) for s in Site.select().order_by(Site.number)] == first


def test_the_demo_accounts_log_in(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    password, made = demo_accounts.make_accounts("")
    assert made and len(password) >= 15
    monkeypatch.setattr("tests.conftest.PASSWORD", password)
    for username, role, _ in demo_accounts.account_lines():
        browser = Browser(app, Account.get(Account.username == username))
        assert browser.account.role == role and browser.get("/").status_code == 200
    assert demo_accounts.make_accounts("")[1] is False


def test_commands(app: Flask, tmp_path: object, person: Callable[..., Account]) -> None:
    runner: FlaskCliRunner = app.test_cli_runner()
    added = runner.invoke(args=["user", "add", "new.person", "--name", "ใหม่", "--role", "surveyor", "--province", "นราธิวาส", "--password-stdin"], input="a-long-password-15\n")
    assert added.exit_code == 0, added.output
    assert Account.get(Account.username == "new.person").provinces == ["96"]
    short = runner.invoke(args=["user", "add", "other", "--name", "ใหม่", "--role", "surveyor", "--password-stdin"], input="short\n")
    assert short.exit_code == 1 and "15" in short.output
    assert "G" in runner.invoke(args=["fields"]).output
    assert "http://localhost:8000/" in runner.invoke(args=["address"]).output
    assert runner.invoke(args=["geo", "import", __file__]).exit_code == 1
    made = runner.invoke(args=["demo", "--sites", "5"])
    assert made.exit_code == 0, made.output
    assert runner.invoke(args=["demo", "--first-use"]).output == ""
