"""The manual: chapters in docs/manual/<language>/<chapter>.md, their pictures and the demonstration video, both made by `make manual`.

The texts are plain Markdown; a picture that was not made yet is a line that says so. Pages and pictures are the same for everybody.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, send_file, url_for
from flask_babel import gettext
from markdown_it import MarkdownIt
from markupsafe import Markup
from PIL import Image

from blueprints.gate import PUBLIC, access
from blueprints.shown import language
from config import ROOT
from survey.errors import Refusal

bp = Blueprint("manual", __name__, url_prefix="/manual")
FOLDER = ROOT / "docs" / "manual"
CHAPTERS = ("surveyor", "agency", "province", "centre")
VIDEO = {"video.mp4": "video/mp4", "th.vtt": "text/vtt", "en.vtt": "text/vtt", "poster.webp": "image/webp"}
FOR_EVER = "public, max-age=31536000, immutable"  # the address holds what is in the file


@dataclass
class Video:
    """The demonstration video: how long it is, how large, and its captions [(seconds, text)] in the reader's language."""

    seconds: int
    megabytes: float
    captions: list[tuple[int, str]]
    version: str


def picture_file(lang: str, name: str) -> Path:
    """Where a picture of the manual lies."""
    return FOLDER / "pictures" / lang / f"{name}.webp"


@lru_cache(maxsize=400)
def _seen(path: Path, _changed: int) -> tuple[str, int, int]:
    with Image.open(path) as picture:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:10], *picture.size


def _picture(lang: str, name: str, alt: str) -> str:
    path = picture_file(lang, name)
    if not path.exists():
        return Markup('<span class="no-screen">{0} ({1})</span>').format(gettext("ยังไม่ได้จัดทำภาพนี้"), alt)
    version, width, height = _seen(path, path.stat().st_mtime_ns)
    return Markup('<img class="screen{0}" src="{1}" alt="{2}" width="{3}" height="{4}" loading="lazy" decoding="async">').format(
        " wide" if width > height else "", url_for("manual.picture", lang=lang, version=version, picture=name), alt, width // 2, height // 2
    )


def rendered(lang: str, chapter: str) -> tuple[str, Markup, list[tuple[str, str]]]:
    """(title, HTML without the title, [(id, heading)]) of a chapter. What looks like HTML in the text is shown as text."""
    return as_html((FOLDER / lang / f"{chapter}.md").read_text(), lang)


def as_html(text: str, lang: str) -> tuple[str, Markup, list[tuple[str, str]]]:
    """The same of any text of the manual."""
    reader = MarkdownIt("commonmark", {"html": False})
    reader.add_render_rule("image", lambda _self, tokens, n, _o, _e: _picture(lang, Path(str(tokens[n].attrs["src"])).stem, tokens[n].content))
    tokens, headings = reader.parse(text), []
    for n, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            headings.append((f"part-{len(headings) + 1}", tokens[n + 1].content))
            token.attrSet("id", headings[-1][0])
        for child in token.children or ():
            if child.type == "link_open":
                child.attrs["href"] = re.sub(r"^([a-z]+)\.md$", lambda m: url_for("manual.show", chapter=m[1]), str(child.attrs["href"]))
    body = reader.renderer.render(tokens[3:], reader.options, {})  # escapes what is text; HTML in it is off
    return tokens[1].content, Markup(body), headings  # noqa: S704  # nosec B704


def titles() -> dict[str, str]:
    """The chapters in the reader's language, by their name."""
    return {chapter: (FOLDER / language() / f"{chapter}.md").read_text().split("\n", 1)[0].removeprefix("# ") for chapter in CHAPTERS}


def video() -> Video | None:
    """The demonstration video, where it was made."""
    path = FOLDER / "video" / "video.mp4"
    if not path.exists():
        return None
    cues = re.findall(r"(\d+):(\d+)\.\d+ --> .*\n((?:.+\n?)+)", (FOLDER / "video" / f"{language()}.vtt").read_text())
    made = json.loads((FOLDER / "video" / "made.json").read_text())
    return Video(made["seconds"], path.stat().st_size / 1e6, [(int(m) * 60 + int(s), text.strip()) for m, s, text in cues], made["version"])


def page(chapter: str, **more: Any) -> str:
    """A chapter as a page; as a kept one it has neither user nor token."""
    title, body, headings = rendered(language(), chapter)
    return render_template("manual/show.html", chapter=chapter, title=title, body=body, headings=headings, chapters=titles(), **more)


@bp.get("")
@access(PUBLIC)
def index() -> Any:
    """The chapters and the video."""
    return render_template("manual/index.html", chapters=titles(), video=video())


@bp.get("/<any(surveyor, agency, province, centre):chapter>")
@access(PUBLIC)
def show(chapter: str) -> Any:
    """A chapter."""
    return page(chapter)


@bp.get("/pictures/<any(th, en):lang>/<version>/<picture>.webp")
@access(PUBLIC)
def picture(lang: str, version: str, picture: str) -> Response:
    """A screenshot; its address holds a part of its hash."""
    path = picture_file(lang, picture)
    if not re.fullmatch(r"[a-z0-9-]+", picture) or not path.exists():
        raise Refusal("not_found")
    answer = send_file(path, mimetype="image/webp")
    answer.headers["Cache-Control"] = FOR_EVER if version == _seen(path, path.stat().st_mtime_ns)[0] else "no-cache"
    return answer


@bp.get("/video/<version>/<part>")
@access(PUBLIC)
def video_part(version: str, part: str) -> Response:
    """The video, its captions, its poster. Phones ask for the video in ranges."""
    made = video()
    if part not in VIDEO or made is None:
        raise Refusal("not_found")
    answer = send_file(FOLDER / "video" / part, mimetype=VIDEO[part], conditional=True)
    answer.headers["Cache-Control"] = FOR_EVER if version == made.version else "no-cache"
    return answer

