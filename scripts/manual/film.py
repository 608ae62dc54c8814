"""The demonstration video: a surveyor's day on a phone, filmed from the running app. Each scene says its caption; the times are the film's own.

Frames come from Chromium's screencast (at the phone's own pixels), ffmpeg (imageio-ffmpeg's) makes an MP4 that every phone plays.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from PIL import Image

from scripts.manual import server
from scripts.manual.walk import Walk, photo
from tests.serving import PASSWORD

SCREEN = {"width": 390, "height": 844}
SHARP = "--force-device-scale-factor=2"  # for Chromium: without it the screencast has the page's pixels, not the screen's
SCREEN_PIXELS = (624, 1350)  # of the video
SIZE = (624, 1536)  # with room for captions below the screen
BLUE = "0x0b3a6f"
FRAMES = 10  # a second
RATE = 31  # x264's constant quality
RING = """([x, y]) => { const ring = document.createElement('div');
  ring.style.cssText = 'position:fixed;z-index:99;width:48px;height:48px;border-radius:50%;border:5px solid #e8590c;pointer-events:none';
  ring.style.left = `${x - 24}px`; ring.style.top = `${y - 24}px`;
  document.body.append(ring); setTimeout(() => ring.remove(), 700); }"""


class Film:
    """What is filmed of a page, and what is said when."""

    def __init__(self, walk: Walk, folder: Path) -> None:
        self.walk, self.page, self.folder = walk, walk.page, folder
        self.frames: list[tuple[float, Path]] = []
        self.said: list[tuple[float, str, str]] = []
        self.until = 0.0
        self.session = walk.context.new_cdp_session(walk.page)
        self.session.on("Page.screencastFrame", self._frame)
        self.session.send("Page.startScreencast", {"format": "png", "maxWidth": 2 * SCREEN["width"], "maxHeight": 2 * SCREEN["height"]})
        self.began = time.monotonic()

    def _frame(self, event: Any) -> None:
        path = self.folder / f"{len(self.frames):05}.png"
        path.write_bytes(base64.b64decode(event["data"]))
        self.frames.append((time.monotonic() - self.began, path))
        self.session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    def say(self, thai: str, english: str, seconds: float = 6) -> None:
        """A caption, shown at least so long; the one before has had its time."""
        self.rest()
        self.said.append((time.monotonic() - self.began, thai, english))
        self.until = time.monotonic() + seconds

    def rest(self) -> None:
        """Waits until the caption at hand could be read."""
        self.page.wait_for_timeout(max(0, (self.until - time.monotonic()) * 1000))

    def tap(self, selector: str, leads: bool = False) -> None:
        """Shows where the finger goes, then presses."""
        self.bring(selector)
        box = self.page.locator(selector).first.bounding_box()
        self.page.evaluate(RING, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
        self.page.wait_for_timeout(450)
        if leads:
            self.walk.press(selector)
        else:
            self.page.click(selector)

    def bring(self, selector: str) -> None:
        """Scrolls something to the middle of the screen, as a thumb would."""
        self.page.eval_on_selector(selector, "(e) => e.scrollIntoView({ behavior: 'smooth', block: 'center' })")
        self.page.wait_for_timeout(500)

    def type(self, selector: str, words: str) -> None:
        self.bring(selector)
        self.page.focus(selector)
        for letter in words:
            self.page.keyboard.insert_text(letter)
            self.page.wait_for_timeout(70)

    def end(self) -> float:
        """Stops filming; the length in seconds."""
        self.rest()
        self.page.wait_for_timeout(1500)
        self.session.send("Page.stopScreencast")
        return time.monotonic() - self.began


def act(film: Film, pictures: Path) -> None:
    """The day."""
    walk, page = film.walk, film.page
    film.say("สำรวจ: บันทึกว่ากล้องวงจรปิดอยู่ที่ใด เป็นของใคร และใช้การได้หรือไม่ ด้วยโทรศัพท์",
             "Samruat: where cameras are, whose they are and whether they work, recorded with a phone")  # fmt: skip
    film.rest()
    film.say("เข้าสู่ระบบด้วยบัญชีที่จังหวัดออกให้ ครั้งแรกใช้รหัสในใบเชิญ", "Log in with the account from your province; the first time with the code on your slip")
    film.tap(".enter .button.main", leads=True)
    film.type("#username", "police.narathiwat")
    page.fill("#password", PASSWORD)
    page.wait_for_timeout(500)
    film.tap("main form button[type=submit]", leads=True)
    film.say("หน้านี้คืองานของท่าน ปุ่มใหญ่คือสิ่งที่ทำบ่อยที่สุด", "This is your work; the large buttons are what you do most often")
    film.rest()
    film.say("ยืนใต้เสาที่มีกล้อง แล้วกด “จุดติดตั้งใหม่”", "Stand under the pole with the cameras and press “New site”", 4)
    film.tap(".big.main", leads=True)
    film.say("กด “ใช้ตำแหน่งของฉัน” รอจนเป็นสีเขียว", "Press “Use my location” and wait until it is green")
    film.tap("[data-locate]")
    page.wait_for_selector("[data-accuracy].good")
    film.say("พิมพ์ชื่อจุด และหน่วยงานเจ้าของกล้อง", "Type the name of the site and the agency that owns the cameras")
    film.type("#q-install_point", "แยกหน้าตลาดสด")
    film.type("#q-owner_agency", "เทศบาลเมืองนราธิวาส")
    page.eval_on_selector("#q-owner_agency", "(e) => e.blur()")
    film.say("ถ่ายภาพเสาและบริเวณรอบ ๆ ภาพเก็บในเครื่องทันที", "Photograph the pole and its surroundings; the photo is kept on the phone at once")
    film.bring("[data-take]")
    page.set_input_files("[data-take]", photo(pictures, 7))
    page.wait_for_selector("[data-card][data-sha256]")
    film.bring("[data-card]")
    page.select_option("[data-card] select", "surroundings")
    film.say("ถ้าติดใบหน้าหรือป้ายทะเบียน กด “เบลอ” ได้", "A face or number plate in it? Press “Blur”")
    film.rest()
    film.say("กด “บันทึก” เท่านี้ได้หนึ่งจุด ข้อที่เหลือเติมภายหลังได้", "Press “Save”: that is one site; the rest can be filled in later")
    film.tap(".actions .button.main", leads=True)
    film.rest()
    film.say("ต่อไปเพิ่มกล้องของจุดนี้", "Now add the site's cameras", 4)
    film.tap("#cameras .button.main", leads=True)
    film.say("ใส่หมายเลขกล้อง แล้วเลือกว่าใช้การได้หรือไม่", "Enter the camera's number and choose whether it works")
    film.type("#q-label", "CAM-01")
    film.tap("label:has(input[name=status][value=working])")
    film.rest()
    film.say("ข้อที่ไม่มีใครรู้ ติ๊ก “ไม่ทราบ” แล้วไปต่อ", "What nobody knows gets a tick at “Not known”")
    film.tap("details:has(#q-camera_brand) summary")
    film.tap("label.not-known:has([value=camera_brand])")
    film.say("กด “บันทึก และเพิ่มอีกตัว” ชนิดและรุ่นยกมาให้ ไม่ต้องพิมพ์ซ้ำ", "Press “Save and add another”: kind and model are carried over")
    film.tap(".actions .button:not(.main)", leads=True)
    film.type("#q-label", "CAM-02")
    film.tap("label:has(input[name=status][value=degraded])")
    film.tap(".actions .button.main", leads=True)
    film.say("จุดนี้มีกล้องสองตัวแล้ว ใช้การได้หนึ่ง ใช้การได้บางส่วนหนึ่ง", "The site has two cameras now: one works, one works partly")
    film.bring("#cameras")
    page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
    film.rest()
    walk.open("/near")
    page.wait_for_function("() => /[0-9]/.test(document.querySelector('[data-package]').textContent)")
    film.say("กล้องที่มีอยู่แล้ว อัปเดตสถานะได้ในแตะเดียว กด “ใกล้ฉันก่อน”", "Known cameras need one tap: press “Nearest first”")
    film.tap("[data-find-near]")
    page.wait_for_function("() => document.querySelector('[data-sites] small').textContent")
    film.rest()
    film.say("เลือกกล้องที่อยู่ตรงหน้า แล้วแตะสภาพที่เห็น", "Choose the camera in front of you and tap its condition")
    film.tap("[data-sites] [data-link=status] >> nth=0", leads=True)
    page.wait_for_timeout(1500)
    film.tap(".verdict.not_working", leads=True)
    film.rest()
    walk.context.set_offline(True)
    film.say("ไม่มีสัญญาณก็ทำงานได้ครบ ลองปิดสัญญาณแล้วบันทึกจุดใหม่", "It all works without a network: it is off now, and a new site is recorded")
    walk.open("/sites/new")
    film.type("#q-position", "6.42721, 101.82711")
    page.press("#q-position", "Tab")
    film.type("#q-install_point", "สะพานข้ามคลอง")
    film.type("#q-owner_agency", "อบต.ตัวอย่าง")
    page.eval_on_selector("#q-owner_agency", "(e) => e.blur()")
    film.tap(".actions .button.main", leads=True)
    page.wait_for_selector("[data-kept]:not([hidden])")
    film.say("“เก็บในเครื่องนี้แล้ว” ปิดแอปหรือปิดเครื่องก็ไม่หาย ไม่ต้องทำซ้ำ", "“Kept on this phone”: closing the app or the phone loses nothing; do not do it twice")
    film.rest()
    film.say("ตัวเลขสีเหลืองด้านบนบอกจำนวนที่รอส่ง", "The yellow number at the top says how many items wait")
    film.bring("[data-owed]")
    film.rest()
    walk.context.set_offline(False)
    film.say("พอมีสัญญาณ ระบบส่งเอง หรือกด “ส่งเดี๋ยวนี้”", "With a network all is sent by itself, or press “Send now”")
    page.wait_for_timeout(3000)
    page.eval_on_selector("[data-send-now]", "(e) => { if (e.offsetParent) e.click(); }")  # where it has not gone by itself meanwhile
    page.wait_for_selector("[data-nothing]:not([hidden])", timeout=60_000)
    film.say("“ระบบรับแล้ว” พร้อมเลขที่รับ คือหลักฐานว่าถึงระบบ", "“Received” with its number is the proof that it arrived")
    film.bring("[data-received]")
    film.rest()
    walk.open("/drill")
    film.say("ก่อนออกพื้นที่จริง ซ้อมแปดขั้นใน “ซ้อมใช้งานกับเครื่องนี้”", "Before the first real day do the eight steps of “Drill on this phone”")
    film.bring("[data-drill]")
    film.rest()
    walk.open("/manual/surveyor")
    film.say("คู่มืออ่านได้จากเมนู และเก็บไว้ในเครื่องได้ ขอบคุณที่ช่วยกันสำรวจ", "The manual is in the menu and can be kept on the phone. Thank you for surveying.")
    film.bring("#part-4")
    film.rest()


def clock(seconds: float) -> str:
    return f"{int(seconds) // 60:02}:{seconds % 60:06.3f}"


def captions(said: list[tuple[float, str, str]], length: float, which: int) -> str:
    """WebVTT of what was said; `which`: 1 Thai, 2 English."""
    ends = [*(line[0] - 0.05 for line in said[1:]), length]
    cues = [f"{clock(line[0])} --> {clock(end)} size:92%\n{line[which]}\n" for line, end in zip(said, ends, strict=True)]
    return "WEBVTT\n\n" + "\n".join(cues)


def encode(frames: list[tuple[float, Path]], length: float, into: Path) -> None:
    """Frames with their times as an MP4 (H.264) that starts before it is loaded whole."""
    from imageio_ffmpeg import get_ffmpeg_exe

    ends = [*(at for at, _ in frames[1:]), length]
    lines = [f"file '{path}'\nduration {max(0.01, end - at):.3f}" for (at, path), end in zip(frames, ends, strict=True)]
    listed = frames[0][1].parent / "frames.txt"
    listed.write_text("\n".join([*lines, f"file '{frames[-1][1]}'"]))
    width, height = SCREEN_PIXELS
    picture = f"fps={FRAMES},scale={width}:{height}:flags=lanczos,pad={SIZE[0]}:{SIZE[1]}:0:0:{BLUE}"
    subprocess.run([get_ffmpeg_exe(), "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", listed, "-vf", picture, "-t", f"{length:.2f}", "-c:v", "libx264",
                    "-preset", "slow", "-crf", str(RATE), "-g", "100", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-an", into], check=True)  # fmt: skip


def poster(frame: bytes, into: Path) -> None:
    """The screen above the room for captions, as small as it is shown."""
    whole = Image.new("RGB", (390, round(390 * SIZE[1] / SIZE[0])), "#0b3a6f")
    with Image.open(io.BytesIO(frame)) as picture:
        whole.paste(picture.convert("RGB").resize((390, 844), Image.Resampling.LANCZOS))
    whole.save(into, "WEBP", quality=60, method=6)


def make(chromium: Any, folder: Path) -> None:
    """Films the day and writes video.mp4, th.vtt, en.vtt, poster.webp and made.json into `folder`. `chromium` was started with SHARP."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        served = server.start(Path(data) / "served", 400)
        try:
            with Walk(chromium, served, folder, "th", viewport=SCREEN) as walk:
                frames = Path(data) / "frames"
                frames.mkdir()
                walk.open("/")  # loaded before filming begins
                film = Film(walk, frames)
                act(film, Path(data))
                length = film.end()
                walk.open("/near")
                walk.press("[data-sites] [data-link=status] >> nth=0")
                poster(walk.page.screenshot(), folder / "poster.webp")
        finally:
            served.stop()
        encode(film.frames, length, folder / "video.mp4")
    for which, lang in enumerate(("th", "en"), 1):
        (folder / f"{lang}.vtt").write_text(captions(film.said, length, which))
    version = hashlib.sha256(b"".join((folder / name).read_bytes() for name in ("video.mp4", "th.vtt", "en.vtt", "poster.webp"))).hexdigest()[:10]
    (folder / "made.json").write_text(json.dumps({"seconds": round(length), "version": version}) + "\n")
    print(f"video: {length:.0f} s, {(folder / 'video.mp4').stat().st_size / 1e6:.2f} MB, {len(film.frames)} frames", flush=True)
