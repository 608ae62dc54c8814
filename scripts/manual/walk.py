"""One person's browser in one language that walks through the app and takes pictures."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Any

from PIL import Image

from scripts.manual.server import MOMENT
from survey.demo_photos import drawn
from tests.serving import PASSWORD

PHONE = {"viewport": {"width": 390, "height": 700}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True,
         "user_agent": "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"}  # fmt: skip
DESK = {"viewport": {"width": 1100, "height": 720}, "device_scale_factor": 1.5}
WIDTH = {True: 600, False: 1240}  # pixels of a kept picture, of a phone and of a desktop
PLACE = {"latitude": 6.42551, "longitude": 101.82533, "accuracy": 5}
QUALITY = 58
SHIFT = """const shift = %d - Date.now(), Real = Date;
Date = class extends Real {
  constructor(...given) { if (given.length) super(...given); else super(Real.now() + shift); }
  static now() { return Real.now() + shift; }
};"""
MARK = "(e) => { e.dataset.marked = ''; e.style.outline = '5px solid #e8590c'; e.style.outlineOffset = '3px'; }"
UNMARK = "() => { for (const e of document.querySelectorAll('[data-marked]')) { e.style.outline = ''; e.style.outlineOffset = ''; } }"
TO_TOP = "(e) => window.scrollTo({ top: e.getBoundingClientRect().top + scrollY - 76, behavior: 'instant' })"
INTO_VIEW = """(e) => { window.scrollTo({ top: 0, behavior: 'instant' });
  if (e.getBoundingClientRect().bottom > innerHeight - 150) window.scrollTo({ top: e.getBoundingClientRect().top - 260, behavior: 'instant' }); }"""


class Walk:
    """A logged-in (or strange) person with a phone, or at a desk; `shot` keeps a picture in `folder`."""

    def __init__(self, chromium: Any, server: Any, folder: Path, lang: str, username: str | None = None, desk: bool = False, **options: Any) -> None:
        self.server, self.folder, self.lang, self.desk = server, folder, lang, desk
        self.files: Path = server.data  # where what is uploaded lies meanwhile
        self.context = chromium.new_context(**{**(DESK if desk else PHONE), "geolocation": PLACE, "permissions": ["geolocation"], "locale": lang,
                                               "timezone_id": "Asia/Bangkok", **options})  # fmt: skip
        self.context.set_default_timeout(20_000)
        self.context.add_cookies([{"name": "language", "value": lang, "url": server.url}])
        self.context.add_init_script(SHIFT % int(MOMENT.timestamp() * 1000))
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("dialog", lambda dialog: dialog.accept())
        if username:
            self.log_in(username)

    def log_in(self, username: str) -> None:
        """Logs in with a demo account."""
        self.open("/login")
        self.page.fill("#username", username)
        self.page.fill("#password", PASSWORD)
        self.press("main form button[type=submit]")

    def open(self, path: str) -> None:
        """Opens a page and waits until its scripts have started."""
        self.page.goto(self.server.url + path)
        self.ready()

    def ready(self) -> None:
        self.page.wait_for_selector("html[data-ready]")

    def press(self, selector: str) -> None:
        """Presses what leads to another page."""
        with self.page.expect_navigation():
            self.page.click(selector)
        self.ready()

    def have_files(self) -> None:
        """Waits until the app's files and the area's sites are on the phone."""
        self.page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
        self.open("/near")
        self.page.wait_for_function("() => /[0-9]/.test(document.querySelector('[data-package]').textContent)")

    def shot(self, name: str, mark: str | None = None, at: str | None = None) -> None:
        """Takes a picture of the screen: `at` is scrolled to its top, `mark` gets a frame around it."""
        self.ready()
        page = self.page
        page.evaluate("document.activeElement.blur(); document.fonts.ready")
        if at or mark:
            page.eval_on_selector(at or mark, TO_TOP if at else INTO_VIEW)
        if mark:
            page.eval_on_selector(mark, MARK)
        page.wait_for_function("() => [...document.images].every((i) => i.complete || i.loading === 'lazy')")
        page.wait_for_timeout(150)  # what a script still draws
        with Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))) as picture:
            width = WIDTH[not self.desk]
            small = picture.convert("RGB").resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
        page.evaluate(UNMARK)
        path = self.folder / self.lang / f"{name}.webp"
        path.parent.mkdir(parents=True, exist_ok=True)
        small.save(path, "WEBP", quality=QUALITY, method=6)

    def end(self) -> None:
        """Closes the browser; a page that failed is an error."""
        self.context.close()
        assert not self.wrong, self.wrong

    def __enter__(self) -> Walk:
        return self

    def __exit__(self, kind: Any, *_rest: Any) -> None:
        if kind is None:
            self.end()
        else:
            self.context.close()


def photo(folder: Path, seed: int = 7) -> Path:
    """A drawn photo of a pole with a camera, as a file to pick."""
    path = folder / f"photo-{seed}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(drawn(random.Random(seed)))
    return path
