"""Photos of records: kept as they came, shown without EXIF, blurred for good, warned about when positions disagree."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from models import Account, Photo, Upload
from survey import album
from survey.errors import Refusal
from tests.conftest import NARATHIWAT, SITE, Browser, make_site, picture, send

Person = Callable[..., Account]


def with_gps(latitude: float = 6.4255, longitude: float = 101.8253, make: str = "<b>Phone</b>") -> bytes:
    """A JPEG whose EXIF has a position, a maker and a direction."""
    exif = Image.Exif()
    exif[0x010F] = make

    def degrees(value: float) -> tuple[float, float, float]:
        whole = abs(value)
        return int(whole), int(whole * 60 % 60), round(whole * 3600 % 60, 4)

    gps = exif.get_ifd(0x8825)
    gps.update({1: "N" if latitude >= 0 else "S", 2: degrees(latitude), 3: "E" if longitude >= 0 else "W", 4: degrees(longitude), 16: "T", 17: 90.0})
    exif[0x8825] = dict(gps)
    return picture(exif=exif)


@pytest.fixture
def surveyor(person: Person) -> Account:
    return person("surveyor", "96")


def test_bytes_are_kept_as_they_came_and_claims_beside_them(surveyor: Account) -> None:
    data = with_gps()
    upload, first = album.accept(data, surveyor)
    again, second = album.accept(data, surveyor)
    assert (first, second, upload.id) == (True, False, again.id)
    assert album.original(upload) == data
    assert upload.exif["latitude"] == pytest.approx(6.4255, abs=1e-5) and upload.exif["make"] == "<b>Phone</b>" and upload.exif["direction"] == 90
    assert Upload.select().count() == 1


def test_shown_copies_carry_nothing_of_the_original(surveyor: Account) -> None:
    upload, _ = album.accept(with_gps() + b"TRAILER-SECRET", surveyor)
    for size in album.SIZES:
        copy = album.shown_copy(upload, size, [])
        assert b"Exif" not in copy and b"Phone" not in copy and b"SECRET" not in copy
        assert not Image.open(io.BytesIO(copy)).getexif()
    assert b"Phone" in album.original(upload)  # the control: it was there


def test_blur_is_in_the_picture_and_another_blur_is_another_copy(surveyor: Account) -> None:
    held = io.BytesIO()
    board = Image.new("RGB", (200, 200))
    board.putdata([(255, 255, 255) if (x // 4 + y // 4) % 2 else (0, 0, 0) for y in range(200) for x in range(200)])
    board.save(held, "PNG")
    upload, _ = album.accept(held.getvalue(), surveyor)

    def contrast(blur: list[list[float]]) -> int:
        shown = Image.open(io.BytesIO(album.shown_copy(upload, "thumb", blur))).convert("L").crop((20, 20, 80, 80))
        low, high = shown.getextrema()
        return high - low

    assert contrast([]) > 200
    assert contrast([[0.05, 0.05, 0.45, 0.45]]) < 60
    assert contrast([]) > 200


def test_a_removed_photo_that_comes_again_is_there_again(surveyor: Account) -> None:
    upload, _ = album.accept(picture(), surveyor)
    site = make_site(surveyor)
    for photos in ({"add": [{"sha256": upload.sha256}]}, {"remove": [upload.sha256]}, {"add": [{"sha256": upload.sha256, "caption": "อีกครั้ง"}]}):
        send(surveyor, "site", {}, site.id, base={"rev": site.rev}, photos=photos)
    assert (Photo.get().removed, Photo.get().caption, Photo.select().count()) == (False, "อีกครั้ง", 1)


def photo(exif: dict[str, float], phone: tuple[float, float] | None) -> Any:
    return SimpleNamespace(upload_id=1, upload=SimpleNamespace(exif=exif), latitude=phone and phone[0], longitude=phone and phone[1])


@pytest.mark.parametrize(("exif", "phone", "expected"), [
    ({"latitude": 6.4255, "longitude": 101.8253}, NARATHIWAT, []),
    ({"latitude": 6.4270, "longitude": 101.8253}, NARATHIWAT, []),  # 167 m
    ({"latitude": 6.4280, "longitude": 101.8253}, NARATHIWAT, ["exif_phone", "exif_record"]),  # 278 m
    ({}, NARATHIWAT, []),
    ({}, (6.5, 101.8253), ["phone_record"]),
    ({"latitude": 0.5, "longitude": 101.8}, None, ["exif_record"]),
    ({}, None, []),
])  # fmt: skip
def test_a_warning_when_positions_are_more_than_200_m_apart(exif: dict[str, float], phone: tuple[float, float] | None, expected: list[str]) -> None:
    assert [what for what, _ in album.disagreements(photo(exif, phone), *NARATHIWAT)] == expected


def test_a_picture_too_large_to_show_is_kept(surveyor: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    upload, _ = album.accept(picture(), surveyor)
    upload.decodable = False
    with pytest.raises(Refusal, match="^photo_not_shown$"):
        album.shown_copy(upload, "thumb", [])


def test_lost_bytes_are_not_found_and_can_be_sent_again(surveyor: Account) -> None:
    data = picture((1, 1, 1))
    upload, _ = album.accept(data, surveyor)
    album.store().delete(album.original_key(upload.sha256))
    with pytest.raises(KeyError):
        album.shown_copy(upload, "view", [])
    album.accept(data, surveyor)
    assert album.original(upload) == data


def test_photos_on_their_pages(browser: Callable[..., Browser], person: Person) -> None:
    surveyor = browser("surveyor", "96")
    upload, _ = album.accept(with_gps(6.5), surveyor.account)
    add = {"add": [{"sha256": upload.sha256, "latitude": NARATHIWAT[0], "longitude": NARATHIWAT[1], "caption": "<i>ภาพ</i>"}]}
    send(surveyor.account, "site", SITE, photos=add)
    shown = Photo.get()
    page = surveyor.get(f"/photos/{shown.id}").text
    assert "ห่างจากโทรศัพท์ขณะถ่าย" in page and "&lt;b&gt;Phone" in page and "&lt;i&gt;" in page
    assert surveyor.get(f"/photos/{shown.id}/original").status_code == 404
    admin = browser("province_admin", "96")
    original = admin.get(f"/photos/{shown.id}/original")
    assert original.data == album.original(upload) and original.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in original.headers["Content-Security-Policy"]
    token = surveyor.csrf()
    blurred = surveyor.client.post(f"/photos/{shown.id}/blur", data={"csrf_token": token, "form_id": str(uuid.uuid4()), "blur": "[[0.1,0.1,0.5,0.5]]"})
    assert blurred.status_code == 303 and Photo.get().blur == [[0.1, 0.1, 0.5, 0.5]]
    inspector = browser("inspector", "96")
    assert inspector.get(f"/photos/{shown.id}/view.jpg").status_code == 200
    assert inspector.client.post(f"/photos/{shown.id}/blur", data={"csrf_token": inspector.csrf()}).status_code == 403
    sent = f"/photos/sent/{upload.sha256}/thumb.jpg"
    assert surveyor.get(sent).status_code == 200 and browser("surveyor", "96", name="other").get(sent).status_code == 404
