"""The home page for who is not logged in: what this is, log in, manual, video, letters to download, whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, send_file, url_for
from flask_login import current_user

from blueprints import manual
from blueprints.gate import ADMINISTRATORS, PUBLIC, access
from survey import help_lines
from survey.errors import Refusal

bp = Blueprint("welcome", __name__)
KINDS = {
    ".pdf": "application/pdf", ".odt": "application/vnd.oasis.opendocument.text",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip


@dataclass
class Letter:
    """A file that the operator laid into LETTERS_DIR; its name is its title."""

    path: Path

    @property
    def title(self) -> str:
        return self.path.stem.replace("_", " ")

    @property
    def kind(self) -> str:
        return self.path.suffix[1:].upper()

    @property
    def kilobytes(self) -> int:
        return max(1, round(self.path.stat().st_size / 1000))


def letters() -> dict[str, Letter]:
    """The letters by their file's name. Hidden files, links and other kinds of files are no letters."""
    folder = Path(current_app.config["SETTINGS"].letters_dir)
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return {p.name: Letter(p) for p in found if p.suffix.lower() in KINDS and p.is_file() and not p.is_symlink() and not p.name.startswith(".")}


def is_asked() -> bool:
    """Whether a person's browser asks for the home page; the installed app belongs to somebody who works with it and goes on to the log-in."""
    return request.endpoint == "home.index" and request.method in ("GET", "HEAD") and request.args.get("from") != "app" and (
        request.accept_mimetypes.best != "application/json"
    )  # fmt: skip


def page(kept: bool = False) -> Any:
    """The home page; answered at "/" to who is not logged in (app.py). As a kept one it has no letters and no province's line."""
    fresh = {"letters": {}, "help_lines": {}} if kept else {"letters": letters(), "help_lines": help_lines.lines()}
    return render_template("welcome/index.html", video=manual.video(), chapters=manual.titles(), shell="welcome" if kept else "", **fresh)


@bp.get("/letters/<letter>")
@access(PUBLIC)
def letter(letter: str) -> Any:
    """One of the letters as a download; only what the list shows has an address."""
    found = letters().get(letter)
    if found is None:
        raise Refusal("not_found")
    answer = send_file(found.path, mimetype=KINDS[found.path.suffix.lower()], as_attachment=True, download_name=letter)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@bp.route("/help/contact", methods=["GET", "POST"])
@access(*ADMINISTRATORS)
def contact() -> Any:
    """The line that says whom to ask in a province."""
    user, refusal = current_user.account, None
    provinces = help_lines.provinces_to_write(user)
    province = request.values.get("province", provinces[0])
    if province not in provinces:
        raise Refusal("not_found")
    if request.method == "POST":
        try:
            help_lines.put(user, province, request.form.get("text", ""), request.remote_addr)
            return redirect(url_for("welcome.contact", province=province, saved=1), 303)
        except Refusal as refused:
            if refused.code != "invalid":
                raise
            refusal = refused
    lines = help_lines.lines()
    text = request.form.get("text", lines.get(province, ""))
    page = render_template("welcome/contact.html", refusal=refusal, text=text, province=province, provinces=provinces, limit=help_lines.LIMIT)
    return page, 400 if refusal else 200
