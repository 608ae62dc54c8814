"""The home page of who is not logged in: what it shows, letters to download, whom to ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models import Account, Audit, Meta
from survey import help_lines
from survey.errors import Refusal
from tests.conftest import Browser

LINE = "สำนักงานจังหวัด (ตัวอย่าง) โทร. 0-0000-0000"


@pytest.fixture
def letters(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The operator's folder of letters, empty."""
    settings = app.config["SETTINGS"]
    before, settings.letters_dir = settings.letters_dir, str(tmp_path / "letters")
    (tmp_path / "letters").mkdir()
    yield tmp_path / "letters"
    settings.letters_dir = before


def test_who_is_not_logged_in_finds_the_ways_on(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    for link in ("/login", "/join", "/privacy", "/manual/surveyor", "/manual/agency", "/manual/province", "/manual/centre"):
        assert f'href="{link}"' in answer.text, link
    assert 'id="letters"' not in answer.text and "โปรดสอบถามผู้ดูแลระบบของจังหวัด" in answer.text  # nothing is shipped, nothing is invented
    assert "<nav class=\"bar\"" not in answer.text and 'name="user"' not in answer.text


def test_who_is_logged_in_sees_their_work_there(browser: Callable[..., Browser]) -> None:
    assert "ท่านทำอะไรในระบบนี้" not in browser("surveyor", "96").get("/").text


def test_the_installed_app_goes_on_to_the_log_in(client: FlaskClient) -> None:
    answer = client.get("/?from=app")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login")
    assert client.get("/", headers={"Accept": "application/json"}).status_code == 401


def test_the_page_is_light(client: FlaskClient) -> None:
    page = client.get("/").text
    assert len(page.encode()) < 40_000
    assert all('loading="lazy"' in image or ".svg" in image for image in re.findall(r"<img [^>]+>", page))
    assert 'preload="none"' in page or "<video" not in page


def test_settings_say_whom_to_ask_and_how_secret_it_is(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (("help_content", "ด้านเนื้อหา <โทร> 1"), ("help_technical", "ด้านเทคนิค 2"), ("classification", "ลับ")):
        monkeypatch.setattr(app.config["SETTINGS"], name, text)
    page = client.get("/").text
    assert "ด้านเนื้อหา &lt;โทร&gt; 1" in page and "ด้านเทคนิค 2" in page and page.count('class="classification">ลับ') == 2


def test_it_is_there_in_english(client: FlaskClient) -> None:
    client.set_cookie("language", "en")
    page = client.get("/").text
    assert '<html lang="en">' in page and "What you do here" in page and "Surveyors" in page


def test_letters_of_the_folder_can_be_downloaded(client: FlaskClient, letters: Path) -> None:
    (letters / "หนังสือ_สั่งการ <1>.pdf").write_bytes(b"%PDF-1.4")
    (letters / "แบบตอบรับ.docx").write_bytes(b"PK")
    page = client.get("/").text
    assert "หนังสือ สั่งการ &lt;1&gt;" in page and "แบบตอบรับ" in page and "DOCX" in page
    addresses = re.findall(r'href="(/letters/[^"]+)"', page)
    assert len(addresses) == 2
    with client.get(addresses[0]) as answer:
        assert answer.status_code == 200 and answer.content_type == "application/pdf" and answer.data == b"%PDF-1.4"
        assert answer.headers["Content-Disposition"].startswith("attachment") and "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["page.html", "program.exe", ".hidden.pdf", "link.pdf", "folder.pdf", "../secret_key", "..%2fsecret_key", "%2e%2e/secret_key", "none.pdf"])
def test_nothing_else_of_the_folder_or_beside_it_is_given_out(client: FlaskClient, letters: Path, name: str) -> None:
    (letters.parent / "secret_key").write_text("secret")
    for plain in ("page.html", "program.exe", ".hidden.pdf"):
        (letters / plain).write_text("secret")
    (letters / "link.pdf").symlink_to(letters.parent / "secret_key")
    (letters / "folder.pdf").mkdir()
    assert 'id="letters"' not in client.get("/").text
    answer = client.get(f"/letters/{name}")
    assert answer.status_code == 404 and "secret" not in answer.text.replace("secret_key", "")


def test_a_province_writes_whom_to_ask_and_everybody_reads_it(browser: Callable[..., Browser], client: FlaskClient) -> None:
    office = browser("province_admin", "96")
    assert office.fill("/help/contact", {"text": f"  {LINE} <b> "}).status_code == 303
    for page in (client.get("/").text, client.get("/help").text, browser("surveyor", "96").get("/help").text):
        assert f"{LINE} &lt;b&gt;" in page and "นราธิวาส" in page
    assert LINE not in client.get("/shell/help").text  # kept pages must not change with it
    row = Audit.select().where(Audit.action == "help.written").get()
    assert (row.province, row.subject_id, row.detail) == ("96", "96", {})
    office.fill("/help/contact", {"text": ""})
    assert help_lines.lines() == {} and LINE not in client.get("/").text


def test_a_province_writes_only_its_own_line(browser: Callable[..., Browser]) -> None:
    office = browser("province_admin", "96")
    page = office.get("/help/contact").text
    assert office.fill("/help/contact", {"text": "x", "province": "70"}, page=page).status_code == 404
    assert office.fill("/help/contact", {"text": "x", "province": "9601"}, page=page).status_code == 404
    assert office.get("/help/contact?province=70").status_code == 404
    assert browser("surveyor", "96").get("/help/contact").status_code == 403
    assert Meta.select().where(Meta.key.startswith("help.")).count() == 0
    centre = browser("centre_admin")
    assert centre.fill("/help/contact?province=70", {"text": "ราชบุรี"}).status_code == 303 and help_lines.lines() == {"70": "ราชบุรี"}


def test_the_domain_itself_lets_nobody_write_elsewhere(person: Callable[..., Account]) -> None:
    for account, province in ((person("province_admin", "96"), "70"), (person("surveyor", "96"), "96"), (person("analyst"), "96"), (person("centre_admin"), "9601")):
        with pytest.raises(Refusal):
            help_lines.put(account, province, "x")
    assert help_lines.lines() == {}


def test_a_line_that_is_too_long_is_shown_again(browser: Callable[..., Browser]) -> None:
    answer = browser("province_admin", "96").fill("/help/contact", {"text": "ก" * (help_lines.LIMIT + 1)})
    assert answer.status_code == 400 and "ก" * (help_lines.LIMIT + 1) in answer.text and "ยาวเกินไป" in answer.text
    assert help_lines.lines() == {}
