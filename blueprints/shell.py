"""What phones keep for offline: the service worker, the manifest, and pages without user and token. The only answers that are kept."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request, url_for
from flask_babel import gettext

from assets import STATIC, asset, build_id
from blueprints import manual as manuals, welcome
from blueprints.gate import PUBLIC, access
from blueprints.shown import LANGUAGES
from config import ROOT
from survey import forms, suggestions
from survey.choices import PHOTO_KINDS
from survey.errors import Refusal

bp = Blueprint("shell", __name__)

FORMS = {  # page: (kind of record, template)
    "site": ("site", "sites/form.html"), "camera": ("camera", "cameras/form.html"), "status": ("update", "cameras/status.html"),
    "point": ("point", "points/form.html"), "report": ("report", "reports/form.html"),
}  # fmt: skip
PAGES = {"home": "shell/home.html", "waiting": "waiting/index.html", "near": "waiting/near.html", "record": "shell/record.html", "drill": "waiting/drill.html",
         "help": "home/help.html"}  # fmt: skip
NOT_KEPT = (".map", "images/", "leaflet.css")  # files of static/ that no page needs offline


@bp.get("/shell/<page>")
@access(PUBLIC)
def kept(page: str) -> Any:
    """A page as it is for everybody; static/js/shell.js fills in what the phone itself knows."""
    if page in PAGES:
        return render_template(PAGES[page], shell=page)
    if page not in FORMS:
        raise Refusal("not_found")
    kind, template = FORMS[page]
    form = forms.empty(kind)
    return render_template(
        template, shell=page, form=form, kind=kind, record=None, refusal=None, error_list=[], hidden={}, photos=[], photo_kinds=PHOTO_KINDS[kind],
        areas=forms.area_options(form), suggestions=suggestions.shipped(kind), site={}, camera={}, others=[], is_carried=False,
    )  # fmt: skip


@bp.get("/shell/manual", defaults={"chapter": ""})
@bp.get("/shell/manual/<any(surveyor, agency, province, centre):chapter>")
@access(PUBLIC)
def manual(chapter: str) -> Any:
    """The manual as it is for everybody; phones keep what was opened (static/js/manual.js), not the worker's list."""
    shell = f"manual/{chapter}"
    if chapter:
        return manuals.page(chapter, shell=shell)
    return render_template("manual/index.html", chapters=manuals.titles(), video=manuals.video(), shell=shell)


@bp.get("/shell/welcome")
@access(PUBLIC)
def home_page() -> Any:
    """The home page of who is not logged in, without what changes from day to day; kept likewise."""
    return welcome.page(kept=True)


@bp.get("/classification.css")
@access(PUBLIC)
def classification() -> Response:
    """Marks every printed sheet at its head and foot, whatever page it is of (CSS page margin boxes)."""
    mark = "".join(c if c.isprintable() and c not in "\"\\<" else f"\\{ord(c):x} " for c in current_app.config["SETTINGS"].classification)
    box = f'content: "{mark}"; color: #b00020; font: 700 16pt Sarabun, sans-serif;'
    return Response(f"@page {{ margin: 18mm 12mm; @top-center {{ {box} }} @bottom-center {{ {box} }} }}\n", content_type="text/css; charset=utf-8")


@bp.get("/service-worker.js")
@access(PUBLIC)
def worker() -> Response:
    """The service worker with the build of the app's files and the list of what it keeps; its bytes change with any of them."""
    source = (ROOT / "service-worker.js").read_text()
    addresses = [url_for("shell.kept", page=page, language=language if language != "th" else None) for page in (*FORMS, *PAGES) for language in LANGUAGES]
    keep = [*addresses, *(asset(path) for path in files())]
    listed = ", ".join(f'"{address}"' for address in keep)
    body = source.replace("/static/BUILD/", f"/static/{build_id()}/").replace("samruat-VERSION", f"samruat-{version()}").replace("/* KEEP */", listed)
    return Response(body, mimetype="text/javascript", headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"})


@cache
def files() -> tuple[str, ...]:
    """The app's own files that pages need, by their path under static/."""
    found = sorted(p.relative_to(STATIC).as_posix() for p in STATIC.rglob("*") if p.is_file())
    return tuple(path for path in found if not any(part in path for part in NOT_KEPT))


_versions: dict[int, str] = {}


def version() -> str:
    """Twelve hexadecimal digits that change with any kept page or file: pages of another version must not mix."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way
    if id(app) not in _versions:
        digest = hashlib.sha256(build_id().encode() + (ROOT / "service-worker.js").read_bytes())
        client = app.test_client(use_cookies=False)
        for page in (*FORMS, *PAGES):
            for language in LANGUAGES:
                digest.update(client.get(f"/shell/{page}?language={language}", base_url=request.host_url).data)
        _versions[id(app)] = digest.hexdigest()[:12]
    return _versions[id(app)]


@bp.get("/manifest.webmanifest")
@access(PUBLIC)
def manifest() -> Response:
    """What a phone needs to install the app: name, icons, shortcuts."""
    icons = [{"src": asset(f"vendor/icons/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"} for size in (192, 512)]
    icons.append({"src": asset("vendor/icons/maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"})
    shortcuts = [(gettext("จุดติดตั้งใหม่"), "/sites/new"), (gettext("อัปเดตสถานะกล้อง"), "/near"), (gettext("รายการรอส่ง"), "/waiting")]
    body = jsonify(
        id="/", name=gettext("สำรวจกล้องวงจรปิด"), short_name=gettext("สำรวจ"), lang=request.args.get("language", "th"), start_url="/?from=app", scope="/",
        display="standalone", orientation="portrait-primary", background_color="#0b3a6f", theme_color="#0b3a6f", icons=icons,
        categories=["government", "productivity"], description=gettext("บันทึกจุดติดตั้งและกล้องวงจรปิดที่มองเห็นพื้นที่สาธารณะ"),
        shortcuts=[{"name": name, "short_name": name, "url": path, "icons": icons[:1]} for name, path in shortcuts],
    )  # fmt: skip
    body.mimetype = "application/manifest+json"
    body.headers["Cache-Control"] = "no-cache"
    return body
