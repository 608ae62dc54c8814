"""The app's own files under /static/<build>/: the build is a hash of their contents, so that they can be cached for ever."""

from __future__ import annotations

import hashlib
import shutil
from functools import cache
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from config import ROOT, Settings

STATIC = ROOT / "static"


@cache
def build_id() -> str:
    """Twelve hexadecimal digits that change with any file under static/."""
    digest = hashlib.sha256()
    for path in sorted(p for p in STATIC.rglob("*") if p.is_file()):
        digest.update(path.relative_to(STATIC).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def asset(path: str) -> str:
    """The address of one of the app's files."""
    return f"/static/{build_id()}/{path}"


def compressed_copy(data: Path) -> Path:
    """A copy of static/ with .br and .gz beside each file, made once for each build."""
    target = data / "static" / build_id()
    if not target.exists():
        making = target.with_suffix(".making")
        shutil.rmtree(making, ignore_errors=True)
        shutil.copytree(STATIC, making)
        compressor = Compressor(quiet=True)
        for path in list(making.rglob("*")):
            if path.is_file() and compressor.should_compress(path.name):
                list(compressor.compress(str(path)) or ())
        making.rename(target)
        for old in target.parent.iterdir():
            if old != target:
                shutil.rmtree(old, ignore_errors=True)
    return target


def serve(app: Flask, settings: Settings) -> None:
    """Lets WhiteNoise answer for /static/<build>/ before the application is asked."""
    root = compressed_copy(settings.data) if settings.compress else STATIC
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # Flask's documented way to wrap an application
        app.wsgi_app, root=str(root), prefix=f"static/{build_id()}/", max_age=31_536_000, allow_all_origins=False,
        immutable_file_test=lambda path, url: True,
    )  # fmt: skip
    app.jinja_env.globals["asset"] = asset
