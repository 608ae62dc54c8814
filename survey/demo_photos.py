"""Small drawn pictures for the demo: a street with a pole and a camera, so that pages with photos can be tried."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw

from models import Account, Camera, Photo, Site, write
from survey import album, totals


def make(rng: random.Random, number: int) -> int:
    """Pictures for the newest sites of the demo provinces and their cameras."""
    made = 0
    for province in ("96", "70"):
        for site in Site.select().where(Site.province == province).order_by(Site.rev.desc()).limit(number // 2):
            camera = site.cameras.order_by(Camera.number).first()
            for kind, record, photo_kind in (("site", site, "surroundings"), ("camera", camera, "installation")):
                if record is None:
                    continue
                account = Account.get_by_id(site.recorder_id)
                upload, _ = album.accept(drawn(rng), account)
                with write(), totals.watched(kind, record.id, alone=True):
                    Photo.create(record_kind=kind, record_id=record.id, sha256=upload.sha256, owner=account.id, upload=upload, kind=photo_kind,
                                 latitude=site.latitude, longitude=site.longitude, accuracy_m=8, taken_at=record.captured_at)  # fmt: skip
                made += 1
    return made


def drawn(rng: random.Random) -> bytes:
    """A drawn street with a pole and a camera, 640 x 480, as a JPEG of some 15 kB."""
    sky, road = (rng.randint(150, 200), rng.randint(190, 220), 235), (110 + rng.randint(-15, 15),) * 3
    picture = Image.new("RGB", (640, 480), sky)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 330, 640, 480), fill=road)
    for x in range(0, 640, 90):
        shade = rng.randint(150, 220)
        draw.rectangle((x, rng.randint(180, 260), x + 84, 330), fill=(shade, shade - 20, shade - 45))
    pole = rng.randint(180, 440)
    draw.rectangle((pole, 60, pole + 14, 400), fill=(70, 74, 80))
    draw.rectangle((pole + 10, 92, pole + 96, 128), fill=(238, 240, 243), outline=(60, 60, 60), width=3)
    draw.ellipse((pole + 84, 96, pole + 112, 124), fill=(25, 28, 34))
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=82)
    return held.getvalue()
