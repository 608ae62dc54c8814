"""`make manual`: starts the app on loopback with demo data of a fixed day, walks through it in Thai and English, and films it.

    python -m scripts.manual [--only pictures|video] [--languages th,en] [--into docs/manual]
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from scripts.manual import film, offices, server, surveyor
from scripts.manual.walk import Walk

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb", "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
             "--disable-sync"]  # fmt: skip
SITES = 400
WALKS: tuple[tuple[Callable[[Walk], None], bool], ...] = (  # in this order: later ones see what earlier ones did; True: at a desk
    (surveyor.stranger, False), (surveyor.first_site, False), (surveyor.one_tap, False), (surveyor.no_network, False), (offices.unknown_owner, False),
    (offices.people, True), (offices.follows, True), (offices.reviews, True), (offices.brings_in, True), (surveyor.after_review, False),
    (surveyor.declares, False), (offices.centre, True),
)  # fmt: skip


def take(chromium: Any, folder: Path, lang: str, walks: Iterable[Callable[[Walk], None]] | None = None, sites: int = SITES) -> None:
    """Takes the pictures of `walks` (or all) in a language, over a server of their own."""
    with tempfile.TemporaryDirectory() as data:
        served = server.start(Path(data), sites)
        try:
            for walk, desk in WALKS:
                if walks is None or walk in walks:
                    with Walk(chromium, served, folder, lang, desk=desk) as person:
                        walk(person)
                    print(f"{lang}: {walk.__name__}", flush=True)
        finally:
            served.stop()


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--only", choices=("pictures", "video"))
    reader.add_argument("--languages", default="th,en")
    reader.add_argument("--into", type=Path, default=ROOT / "docs" / "manual")
    asked = reader.parse_args()
    if not CHROMIUM:
        print("Chromium is needed: apt install chromium", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        if asked.only != "video":
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            for lang in asked.languages.split(","):
                take(chromium, asked.into / "pictures", lang)
            chromium.close()
        if asked.only != "pictures":
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, film.SHARP])
            film.make(chromium, asked.into / "video")
            chromium.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
