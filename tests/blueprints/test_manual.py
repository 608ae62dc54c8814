"""The manual says what is there: its pictures are made by the script, its pages exist, its words are the app's own, in both languages alike."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from blueprints import manual
from tests.conftest import ROOT, Browser

CHAPTERS = [(lang, chapter) for lang in ("th", "en") for chapter in manual.CHAPTERS]
KB, MB = 1000, 1_000_000


def text_of(lang: str, chapter: str) -> str:
    return (ROOT / "docs" / "manual" / lang / f"{chapter}.md").read_text()


def named(text: str) -> list[str]:
    """The pictures that a text names, in their order."""
    return re.findall(r"!\[[^\]]+\]\(\.\./pictures/(?:th|en)/([a-z-]+)\.webp\)", text)


def made() -> Counter[str]:
    """The pictures that the script makes: its calls of shot("…")."""
    calls = [node for path in (ROOT / "scripts" / "manual").glob("*.py") for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return Counter(call.args[0].value for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "shot")


@pytest.fixture(scope="module")
def words() -> dict[str, str]:
    """The app's own words: Thai to English."""
    with (ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {message.id: str(message.string) for message in read_po(file, locale="en") if isinstance(message.id, str) and message.id}


def test_every_picture_is_made_once_by_the_script_and_named_in_both_languages() -> None:
    pictures = {lang: {name for chapter in manual.CHAPTERS for name in named(text_of(lang, chapter))} for lang in ("th", "en")}
    assert pictures["th"] == pictures["en"] == set(made()) and set(made().values()) == {1}
    for lang, chapter in CHAPTERS:
        assert f"../pictures/{'en' if lang == 'th' else 'th'}/" not in text_of(lang, chapter)


def test_pictures_are_there_and_small() -> None:
    files = sorted((ROOT / "docs" / "manual" / "pictures").rglob("*.webp"))
    assert {(path.parent.name, path.stem) for path in files} == {(lang, name) for lang in ("th", "en") for name in made()}, "run `make manual`"
    assert max(path.stat().st_size for path in files) < 90 * KB
    assert sum(path.stat().st_size for path in (ROOT / "docs" / "manual").rglob("*") if path.is_file()) < 5 * MB
    for path in files:
        with Image.open(path) as picture:
            assert picture.format == "WEBP" and picture.width in (600, 1240), path


@pytest.mark.parametrize("chapter", manual.CHAPTERS)
def test_both_languages_are_built_alike(chapter: str) -> None:
    shapes = []
    for lang in ("th", "en"):
        lines = text_of(lang, chapter).splitlines()
        found = [re.match(r"(#+ |\d+\. |- |   !\[.*/([a-z-]+)\.webp)", line) for line in lines]
        shapes.append([m[2] or m[1] for m in found if m])
    assert shapes[0] == shapes[1] and shapes[0][0] == "# " and shapes[0].count("## ") >= 3


@pytest.mark.parametrize("chapter", manual.CHAPTERS)
def test_what_is_quoted_stands_in_the_app(words: dict[str, str], chapter: str) -> None:
    parts = {lang: re.split(r"^## ", text_of(lang, chapter), flags=re.M) for lang in ("th", "en")}
    for thai, english in zip(parts["th"], parts["en"], strict=True):
        quoted = re.findall("“([^”]+)”", thai)
        assert [term for term in quoted if term not in words] == []
        assert Counter(words[term] for term in quoted) == Counter(re.findall("“([^”]+)”", english)), english.splitlines()[0]


def test_what_the_video_quotes_stands_in_the_app(words: dict[str, str]) -> None:
    from scripts.manual import film

    source = Path(film.__file__).read_text()
    said = re.findall(r'film\.say\("([^"]+)",\s+"([^"]+)"', source)
    assert len(said) > 15
    for thai, english in said:
        assert Counter(words[term] for term in re.findall("“([^”]+)”", thai)) == Counter(re.findall("“([^”]+)”", english)), thai


@pytest.mark.parametrize(("lang", "chapter"), CHAPTERS)
def test_links_lead_to_pages_that_exist(app: Flask, client: FlaskClient, lang: str, chapter: str) -> None:
    client.set_cookie("language", lang)
    page = client.get(f"/manual/{chapter}").text
    article = page[page.index('<article class="manual"') : page.index("</article>")]
    links = re.findall(r'<a href="([^"]+)"', article)
    for link in links:
        assert link.startswith("/") and client.get(link).status_code == 200, link
    for anchor in re.findall(r'href="#(part-\d+)"', page):
        assert f'id="{anchor}"' in article
    assert f"[{'คู่มือ' if lang == 'th' else 'the '}" not in article and "](" not in article


@pytest.mark.parametrize(("lang", "chapter"), CHAPTERS)
def test_pages_show_their_pictures(app: Flask, client: FlaskClient, lang: str, chapter: str) -> None:
    client.set_cookie("language", lang)
    page = client.get(f"/manual/{chapter}").text
    pictures = re.findall(r'<img class="screen[^>]+src="([^"]+)" alt="[^"]+" width="\d+" height="\d+" loading="lazy"', page)
    assert len(pictures) == len(named(text_of(lang, chapter))) and "no-screen" not in page
    with client.get(pictures[0]) as answer:
        assert answer.status_code == 200 and answer.content_type == "image/webp" and "immutable" in answer.headers["Cache-Control"]
    with client.get(re.sub(r"/[0-9a-f]{10}/", "/0000000000/", pictures[0])) as answer:
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-cache"


def test_a_picture_that_was_not_made_is_said_so(app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual, "picture_file", lambda lang, name: tmp_path / "none.webp")
    page = client.get("/manual/surveyor").text
    assert page.count("ยังไม่ได้จัดทำภาพนี้") == len(named(text_of("th", "surveyor"))) and "<img class=\"screen" not in page
    assert client.get("/manual/pictures/th/0/home.webp").status_code == 404


def test_without_the_video_the_pages_stand(app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual, "video", lambda: None)
    assert "<video" not in client.get("/").text and "ยังไม่ได้จัดทำ" in client.get("/manual").text
    assert client.get("/manual/video/0/video.mp4").status_code == 404


def test_the_video_comes_with_captions_and_in_ranges(app: Flask, client: FlaskClient) -> None:
    page = client.get("/").text
    address = re.search(r'<source src="([^"]+video\.mp4)"', page)[1]
    assert '<track kind="captions"' in page and re.search(r'srclang="th"[^>]* default', page)
    with client.get(address, headers={"Range": "bytes=0-99"}) as answer:
        assert answer.status_code == 206 and len(answer.data) == 100 and answer.data[4:8] == b"ftyp" and answer.content_type == "video/mp4"
    for name in ("th.vtt", "en.vtt", "poster.webp"):
        with client.get(address.replace("video.mp4", name)) as part:
            assert part.status_code == 200
    for name in ("made.json", "..%2f..%2fdecisions.md", "none"):
        assert client.get(address.replace("video.mp4", name)).status_code == 404
    captions = manual.FOLDER / "video"
    times = [re.findall(r"^[\d:.]+ --> [\d:.]+ size:92%$", (captions / f"{lang}.vtt").read_text(), re.M) for lang in ("th", "en")]
    assert times[0] == times[1] and len(times[0]) > 15
    with app.test_request_context("/"):
        video = manual.video()
    assert video and 120 <= video.seconds <= 180 and video.megabytes < 2.5 and len(video.captions) == len(times[0])
    assert all(text in page for _, text in video.captions)


@pytest.mark.parametrize("page", ["/shell/manual", "/shell/manual/surveyor", "/shell/manual/province?language=en", "/shell/welcome"])
def test_kept_pages_hold_no_user_and_no_token(browser: Callable[..., Browser], client: FlaskClient, page: str) -> None:
    office = browser("province_admin", "96")
    said = office.get(page)
    assert said.text == client.get(page).text and "Set-Cookie" not in said.headers
    assert office.account.name not in said.text and "csrf_token" not in said.text and 'name="user"' not in said.text


def test_the_workers_list_holds_nothing_of_the_manual(client: FlaskClient) -> None:
    worker = client.get("/service-worker.js").text
    listed = worker[worker.index("const KEEP") : worker.index("\n", worker.index("const KEEP"))]
    assert "/shell/help" in listed and "manual/" not in listed and "welcome" not in listed.replace("welcome.css", "") and ".webp" not in listed and ".mp4" not in listed


def test_text_never_becomes_markup(app: Flask) -> None:
    with app.test_request_context("/"):
        title, body, headings = manual.as_html('# T\n\n<script>alert(1)</script>\n\n## <b>x</b>\n\n1. [a](javascript:alert(1)) ![" onerror="x](../pictures/th/none.webp)\n', "th")
    assert title == "T" and "<script" not in body and "<b>" not in body and "href=\"javascript" not in body and 'onerror="x' not in body
    assert [ident for ident, _ in headings] == ["part-1"]
