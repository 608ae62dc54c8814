"""Photos are known by their bytes, looked at before they are decoded, and shown without what they carry."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image, ImageCms, ImageDraw

from bench.samples import leftovers
from survey import containers, photos
from survey.errors import Refusal
from survey.photos import digest, inspect, make_copy, shown_copy
from tests.conftest import processor_time

pillow_heif.register_heif_opener()  # for the tests alone, which write HEIC through Pillow
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "HEIF": "image/heic"}
SECRET = "surveyor Somchai"
PROJECT = Path(__file__).resolve().parents[2]


def exif(orientation: int = 1) -> bytes:
    made = Image.Exif()
    made.update({0x010F: SECRET, 0x0112: orientation})
    made.get_ifd(0x8825).update({1: "N", 2: (6.0, 32.0, 30.0), 3: "E", 4: (101.0, 16.0, 48.0)})
    return made.tobytes()


def scene(mode: str = "RGB", size: tuple[int, int] = (120, 80)) -> Image.Image:
    """A picture whose left upper corner is red, the rest a ramp of blue."""
    image = Image.linear_gradient("L").resize(size)
    image = Image.merge("RGB", (Image.new("L", size), Image.new("L", size), image))
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 4, size[1] // 4), "red")
    return image.convert(mode)


@cache
def photo(
    kind: str = "JPEG", orientation: int = 1, size: tuple[int, int] = (120, 80), **options: Any
) -> bytes:
    out = io.BytesIO()
    scene(size=size).save(out, kind, exif=exif(orientation), **options)
    return out.getvalue()


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(jpeg: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(jpeg), formats=("JPEG",))
    image.load()
    return image


def near(pixel: Any, wanted: tuple[int, ...], by: int = 40) -> bool:
    return all(abs(a - b) <= by for a, b in zip(pixel, wanted, strict=True))


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    parts = [struct.pack(">I4s", len(d), k) + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


# ---- looking ----


@pytest.mark.parametrize("kind", TYPES)
def test_type_size_and_claims_come_from_the_bytes(kind: str) -> None:
    picture = inspect(photo(kind))
    assert (picture.media_type, picture.width, picture.height) == (TYPES[kind], 120, 80)
    assert (picture.decodable, picture.flags) == (True, ())
    assert (picture.claims.latitude, picture.claims.make) == (pytest.approx(6.541667), SECRET)


def test_looking_decodes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(*_: Any) -> None:
        raise AssertionError("decoded")

    for name in ("_decode_by_pillow", "_decode_heic"):
        monkeypatch.setattr(photos, name, decode)
    for kind in TYPES:
        inspect(photo(kind))


def test_no_native_code_sees_a_heic_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: Any) -> None:
        raise AssertionError("read")

    data = photo("HEIF")
    monkeypatch.setattr(pillow_heif, "open_heif", read)
    assert inspect(data).width == opened(shown_copy(data, 120)).width == 120


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_size_and_copy_are_upright(kind: str, orientation: int) -> None:
    data = photo(kind, orientation)
    picture, copy = inspect(data), opened(shown_copy(data, 500))
    assert (picture.width, picture.height) == copy.size == ((80, 120) if orientation >= 5 else (120, 80))
    right, bottom = orientation in (2, 3, 7, 6), orientation in (3, 4, 7, 8)
    corner = (copy.width - 8 if right else 8, copy.height - 8 if bottom else 8)
    assert near(copy.getpixel(corner), (254, 0, 0), 60)


def test_heic_is_turned_by_its_container_and_not_again_by_exif() -> None:
    tag = struct.pack(">HHI", 0x0112, 3, 1)
    lying = photo("HEIF").replace(tag + b"\0\1", tag + b"\0\6")
    assert lying != photo("HEIF")
    assert (inspect(lying).width, inspect(lying).height) == (120, 80)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "photo_empty"),
        (b"version https://git-lfs.github.com/spec/v1", "photo_type"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "photo_type"),
        (saved(Image.new("RGB", (9, 9)), "GIF"), "photo_type"),
        (saved(Image.new("RGB", (9, 9)), "TIFF"), "photo_type"),
        (saved(Image.new("RGB", (9, 9)), "BMP"), "photo_type"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp41" + bytes(64), "photo_type"),  # a film
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(64), "photo_type"),
        (b"\xff\xd8\xff\xe0", "photo_damaged"),
        (b"\xff\xd8\xff\xd9", "photo_damaged"),
        (b"\x89PNG\r\n\x1a\n", "photo_damaged"),
        (b"RIFF\x04\0\0\0WEBP", "photo_damaged"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), "photo_damaged"),
    ],
)
def test_what_is_no_photo_is_refused(data: bytes, code: str) -> None:
    for use in (inspect, lambda data: shown_copy(data, 100)):
        with pytest.raises(Refusal) as refused:
            use(data)
        assert refused.value.code == code


def test_postscript_named_as_jpeg_never_reaches_its_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: Any, **__: Any) -> None:
        raise AssertionError("a program was started")

    monkeypatch.setattr(subprocess, "Popen", started)
    with pytest.raises(Refusal, match="photo_type"):
        make_copy(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n", 100)


def with_size(kind: str, width: int, height: int) -> bytes:
    """A small file whose header claims another size."""
    data = bytearray(photo(kind, lossless=True) if kind == "WEBP" else photo(kind))
    if kind == "JPEG":
        at = data.index(b"\xff\xc0")
        data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    elif kind == "PNG":
        data[16:24] = struct.pack(">II", width, height)
    elif kind == "WEBP":
        data[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    else:
        at = data.index(b"ispe")
        data[at + 8 : at + 16] = struct.pack(">II", width, height)
    return bytes(data)


@pytest.mark.parametrize(
    ("kind", "width", "height"),
    [("JPEG", 7100, 7100), ("JPEG", 65500, 65500), ("PNG", 4100, 4100), ("PNG", 200_000, 200_000),
     ("WEBP", 4100, 4100), ("WEBP", 16383, 16383), ("HEIF", 7100, 7100)],
)  # fmt: skip
def test_too_many_pixels_are_kept_with_their_claims_and_never_decoded(
    kind: str, width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decode(*_: Any) -> None:
        raise AssertionError("decoded")

    for name in ("_decode_by_pillow", "_decode_heic"):
        monkeypatch.setattr(photos, name, decode)
    data = with_size(kind, width, height)
    picture = inspect(data)
    assert (picture.width, picture.height, picture.decodable) == (width, height, False)
    assert picture.flags[0] == "too_many_pixels"
    assert picture.claims.latitude == pytest.approx(6.541667)
    with pytest.raises(Refusal, match="photo_not_shown"):
        make_copy(data, 100)
    with pytest.raises(Refusal, match="photo_not_shown"):  # what the child does with a HEIC
        photos._copy(containers.read_container(data, alone=True), 100, ())


def test_progressive_photo_of_endless_scans_is_not_decoded() -> None:
    data = photo(size=(2000, 1500), progressive=True)
    assert inspect(data).decodable
    last = data[data.rindex(b"\xff\xda") : -2]
    endless = data[:-2] + last * 2000 + b"\xff\xd9"
    assert (inspect(endless).decodable, inspect(endless).flags) == (False, ("too_much_work",))
    with pytest.raises(Refusal, match="photo_not_shown"):
        make_copy(endless, 100)


def test_jpeg_of_a_kind_that_nothing_decodes_is_kept_and_told_apart_from_a_large_one() -> None:
    data = photo().replace(b"\xff\xc0", b"\xff\xc3", 1)  # lossless
    twice = data.replace(b"\xff\xc3", b"\xff\xc3\0\x0b\x08\0\x01\0\x01\x01\0\x11\0\xff\xc3", 1)
    for lossless in (data, twice):
        assert (inspect(lossless).decodable, inspect(lossless).flags) == (False, ("unsupported",))
        with pytest.raises(Refusal, match="photo_damaged"):
            make_copy(lossless, 100)


def test_of_two_sizes_in_a_jpeg_the_larger_counts() -> None:
    data = photo()
    at = data.index(b"\xff\xc0")
    frame = bytearray(data[at : at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")])
    frame[5:9] = struct.pack(">HH", 60000, 60000)
    assert not inspect(data[:at] + bytes(frame) + data[at:]).decodable


def cut(kind: str) -> bytes:
    """A photo without its end, but with its metadata, which in WebP and our HEIC lies behind the picture."""
    data = photo(kind, size=(400, 300))
    if kind == "WEBP":
        return data[:4] + (len(data) + 92).to_bytes(4, "little") + data[8:]
    if kind == "HEIF":
        at = data.index(b"mdat") - 4
        return data[:at] + (int.from_bytes(data[at : at + 4], "big") + 92).to_bytes(4, "big") + data[at + 4 :]
    return data[: len(data) * 3 // 4]


@pytest.mark.parametrize("kind", TYPES)
def test_cut_file_is_damaged_and_keeps_its_position(kind: str) -> None:
    picture = inspect(cut(kind))
    assert (picture.flags, picture.decodable) == (("damaged",), True)
    assert picture.claims.latitude == pytest.approx(6.541667)


@pytest.mark.parametrize("kind", TYPES)
def test_copy_of_a_cut_file_shows_what_is_there(kind: str) -> None:
    copy = make_copy(cut(kind), 400)
    assert copy.damaged and not make_copy(photo(kind, size=(400, 300)), 400).damaged
    assert near(opened(copy.jpeg).getpixel((10, 10)), (254, 0, 0))


def test_wrong_pixels_inside_a_whole_file_are_found_at_the_copy() -> None:
    rows = zlib.compressobj(0)
    body = rows.compress(b"\0\xff\0\0" * 1000) + rows.flush(zlib.Z_FULL_FLUSH) + b"\xff" * 100
    header = struct.pack(">IIBBBBB", 33, 80, 8, 2, 0, 0, 0)
    data = png((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    assert inspect(data).flags == ()
    assert make_copy(data, 80).damaged


def test_cut_heic_without_the_end_of_its_metadata_is_still_a_photo() -> None:
    picture = inspect(photo("HEIF")[:-100])
    assert (picture.width, picture.height, picture.flags) == (120, 80, ("damaged",))


@pytest.mark.parametrize(("kind", "mark", "length"), [("JPEG", b"\xff\xda", 14), ("PNG", b"IDAT", 4)])
def test_nothing_to_show_is_refused_at_the_copy_only(kind: str, mark: bytes, length: int) -> None:
    data = photo(kind, size=(900, 600))
    data = data[: data.index(mark) + length]  # cut where the pixels begin
    assert inspect(data).flags == ("damaged",)
    with pytest.raises(Refusal, match="photo_damaged"):
        make_copy(data, 100)


def test_multi_picture_jpeg_counts_as_jpeg_and_shows_its_first() -> None:
    data = saved(scene(), "MPO", save_all=True, append_images=[Image.new("RGB", (120, 80), "lime")])
    assert inspect(data).media_type == "image/jpeg"
    assert near(opened(shown_copy(data, 120)).getpixel((5, 5)), (254, 0, 0))


def test_animation_is_flagged_and_shows_its_first() -> None:
    data = saved(scene(), "WEBP", save_all=True, append_images=[Image.new("RGB", (120, 80), "lime")])
    assert inspect(data).flags == ("animated",)
    assert near(opened(shown_copy(data, 120)).getpixel((5, 5)), (254, 0, 0))


# ---- metadata in unusual places ----

HEXED = b"\nexif\n%8d\n%s\n"


def chunks_with(*extra: tuple[bytes, bytes]) -> bytes:
    header = struct.pack(">IIBBBBB", 4, 2, 8, 2, 0, 0, 0)
    return png((b"IHDR", header), (b"IDAT", zlib.compress(bytes(26))), *extra, (b"IEND", b""))


@pytest.mark.parametrize(
    "chunk",
    [
        (b"eXIf", exif(6)[6:]),
        (b"eXIf", exif(6)),  # with a prefix that does not belong there
        (b"tEXt", b"Raw profile type exif\0" + HEXED % (len(exif(6)), exif(6).hex().encode())),
        (b"zTXt", b"Raw profile type APP1\0\0" + zlib.compress(HEXED % (0, exif(6).hex().encode()))),
    ],
)
def test_png_metadata_after_the_pixels_counts(chunk: tuple[bytes, bytes]) -> None:
    picture = inspect(chunks_with(chunk))
    assert picture.claims.latitude == pytest.approx(6.541667)
    assert (picture.width, picture.height) == (2, 4)


XMP = b'<x exif:GPSLatitude="6,32.5N" exif:GPSLongitude="101,16.8E"/>'


@pytest.mark.parametrize(
    "data",
    [
        photo()[:2] + b"\xff\xe1" + struct.pack(">H", 31 + len(XMP)) + b"http://ns.adobe.com/xap/1.0/\0" + XMP
        + saved(scene(), "JPEG")[2:],
        chunks_with((b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)),
        chunks_with((b"iTXt", b"XML:com.adobe.xmp\0\1\0en\0\0" + zlib.compress(XMP))),
        saved(scene(), "WEBP", xmp=XMP),
        saved(scene(), "HEIF", xmp=XMP),
    ],
)  # fmt: skip
def test_position_in_xmp_alone_is_found_in_every_type(data: bytes) -> None:
    assert inspect(data).claims.latitude == pytest.approx(6.541667)


def test_text_that_inflates_without_end_costs_neither_time_nor_photo() -> None:
    bomb = b"Raw profile type exif\0\0" + zlib.compress(bytes(30_000_000))
    data = chunks_with(*[(b"zTXt", bomb)] * 100, (b"iCCP", b"x\0\0" + zlib.compress(bytes(9_000_000))))
    assert inspect(data).decodable
    assert opened(shown_copy(data, 10)).size == (4, 2)


# ---- the copy ----


@pytest.mark.parametrize("kind", TYPES)
def test_copy_carries_nothing_but_the_picture(kind: str) -> None:
    options = {"comment": SECRET.encode()} if kind == "JPEG" else {}
    data = photo(kind, **options, icc_profile=profile("sRGB"))
    trailer = b"PK\x03\x04 a file behind the picture " * 20
    copy = shown_copy(data + (trailer if kind != "HEIF" else b""), 500)
    assert leftovers(data + trailer, copy) == []
    assert SECRET.encode() not in copy and b"ICC_PROFILE" not in copy and copy.endswith(b"\xff\xd9")


def test_leftovers_are_noticed_in_a_copy_made_carelessly() -> None:
    data = photo(comment=b"kept by a careless copy") + b"a trailer of many letters"
    careless = saved(opened(data), "JPEG", exif=opened(data).info["exif"]) + b"a trailer of many letters"
    told = " ".join(leftovers(data, careless))
    for expected in ("metadata", "FFE1", "FFFE", "goes on after its end", "pieces of the original"):
        assert expected in told


@pytest.mark.parametrize(
    ("image", "options", "corner"),
    [
        (scene(), {}, (254, 0, 0)),
        (scene("CMYK"), {"kind": "JPEG"}, (254, 0, 0)),
        (scene("L"), {"kind": "JPEG"}, (76, 76, 76)),
        (scene("P"), {"kind": "PNG"}, (254, 0, 0)),
        (scene("1"), {"kind": "PNG"}, None),
        (Image.new("LA", (120, 80), (0, 0)), {"kind": "PNG"}, (255, 255, 255)),  # transparent black is white
        (Image.new("RGBA", (120, 80), (0, 0, 0, 0)), {"kind": "PNG"}, (255, 255, 255)),
        (Image.new("RGBA", (120, 80), (0, 0, 0, 0)), {"kind": "WEBP", "lossless": True}, (255, 255, 255)),
        (Image.new("RGBA", (120, 80), (0, 0, 0, 128)), {"kind": "PNG"}, (127, 127, 127)),
        (Image.new("P", (120, 80), 0), {"kind": "PNG", "transparency": 0}, (255, 255, 255)),
        (Image.new("I;16", (120, 80), 32768), {"kind": "PNG"}, (128, 128, 128)),  # not clipped to white
    ],
)
def test_every_kind_of_colour_becomes_rgb(
    image: Image.Image, options: dict[str, Any], corner: tuple[int, int, int] | None
) -> None:
    options = {"kind": "PNG"} | options
    copy = opened(shown_copy(saved(image, **options), 120))
    assert (copy.mode, copy.size) == ("RGB", (120, 80))
    assert corner is None or near(copy.getpixel((5, 5)), corner, 8)


def test_sixteen_bits_with_a_transparent_grey_or_colour_are_shown() -> None:
    for colour, rows, transparent in ((0, 2, b"\x80\0"), (2, 6, b"\x80\0" * 3)):
        header = struct.pack(">IIBBBBB", 4, 2, 16, colour, 0, 0, 0)
        pixels = zlib.compress((b"\0" + b"\x80\0" * (rows // 2) * 4) * 2)
        data = png((b"IHDR", header), (b"tRNS", transparent), (b"IDAT", pixels), (b"IEND", b""))
        assert opened(shown_copy(data, 10)).size == (4, 2)


def profile(name: Any) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()


def test_colours_are_shown_as_their_profile_means_them() -> None:
    swapped = profile("sRGB").replace(b"rXYZ", b"----").replace(b"gXYZ", b"rXYZ").replace(b"----", b"gXYZ")
    for kind in ("PNG", "JPEG", "HEIF"):
        copy = opened(shown_copy(saved(scene(), kind, icc_profile=swapped), 120))
        assert near(copy.getpixel((5, 5)), (0, 254, 0))


def test_profile_of_no_use_is_ignored() -> None:
    plain = shown_copy(saved(scene(), "JPEG"), 120)
    assert shown_copy(saved(scene(), "JPEG", icc_profile=profile("LAB")), 120) == plain
    assert shown_copy(saved(scene(), "JPEG", icc_profile=b"no profile"), 120) == plain


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("longest", [50, 300, 5000])
def test_copy_is_at_most_as_large_as_asked_and_never_larger_than_the_photo(kind: str, longest: int) -> None:
    width, height = opened(shown_copy(photo(kind, size=(900, 600)), longest)).size
    assert max(width, height) == min(longest, 900)
    assert height == pytest.approx(width * 2 / 3, abs=1)


def test_very_narrow_picture_is_shown() -> None:
    assert opened(shown_copy(saved(Image.new("RGB", (5000, 1)), "JPEG"), 100)).size == (100, 1)


# ---- blurring ----


def plate(size: tuple[int, int] = (800, 600), text: str = "ยะลา 1234") -> Image.Image:
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for number, letter in enumerate(text.encode()):  # bars that differ with the text, as a plate would
        for bit in range(8):
            shade = "black" if letter >> bit & 1 else "white"
            draw.rectangle((200 + number * 8, 200 + bit * 8, 207 + number * 8, 207 + bit * 8), shade)
    return image


BARS = (0.25, 200 / 600, 0.25, 64 / 600)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF"])
def test_blur_leaves_a_few_colours_of_what_was_there(kind: str) -> None:
    options = {} if kind == "PNG" else {"quality": 95}
    copy = opened(shown_copy(saved(plate(), kind, **options), 800, [BARS]))
    bare = opened(shown_copy(saved(plate(), kind, **options), 800))
    assert len(edges(copy)) < photos.BLOCKS < 8 < len(edges(bare))


def edges(image: Image.Image) -> set[int]:
    """Where, from left to right, the grey changes in a row of the plate."""
    inside = image.crop((204, 200, 396, 264)).convert("L").tobytes()
    rows = [inside[start : start + 192] for start in range(0, len(inside), 192)]
    return {x for row in rows for x in range(191) if abs(row[x] - row[x + 1]) > 24}


def test_two_plates_with_the_same_average_cannot_be_told_apart() -> None:
    texts = ["ab" * 12, "ba" * 12]  # the same bars in another order
    one, two = (saved(plate(text=text), "PNG") for text in texts)
    assert shown_copy(one, 800) != shown_copy(two, 800)  # without blurring they can
    pixels = [opened(shown_copy(data, 800, [(0.2, 0.3, 0.4, 0.2)])).tobytes() for data in (one, two)]
    assert max(abs(a - b) for a, b in zip(*pixels, strict=True)) <= 8


def test_blur_lies_on_the_upright_picture() -> None:
    data = photo(orientation=6, size=(800, 400))  # upright 400 x 800, the red corner at the right top
    copy = opened(shown_copy(data, 800, [(0.5, 0.0, 0.5, 0.25)]))
    assert copy.size == (400, 800)
    assert len({copy.getpixel((x, 4)) for x in range(205, 395, 2)}) < 30
    whole = opened(shown_copy(data, 800, [(0, 0, 1, 1)]))
    assert near(whole.getpixel((399, 0)), whole.getpixel((320, 60)), 12)  # the corner is one block now


def test_blur_reaches_beyond_the_edge_and_of_nothing_is_nothing() -> None:
    data = photo()
    assert shown_copy(data, 120, [(2.0, 2.0, 1.0, 1.0)]) == shown_copy(data, 120)
    assert shown_copy(data, 120, [(-1.0, -1.0, 5.0, 5.0)]) == shown_copy(data, 120, [(0, 0, 1, 1)])


@pytest.mark.parametrize(
    "wrong", [(float("nan"), 0, 1, 1), (0, 0, float("inf"), 1), (0, 0, -1, 1), (0, 0, 1)]
)
def test_wrong_rectangle_is_an_error_and_never_an_unblurred_copy(wrong: Any) -> None:
    with pytest.raises(ValueError, match="not a rectangle"):
        shown_copy(photo(), 100, [wrong])


# ---- damage, crashes, hidden tricks ----


@pytest.mark.parametrize("program", ["import os; os.abort()", "import sys; sys.exit(1)", "pass"])
def test_decoder_that_crashes_takes_nothing_with_it(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "_CHILD", [sys.executable, "-c", program])
    with pytest.raises(Refusal, match="photo_damaged"):
        make_copy(photo("HEIF"), 100)


def test_decoder_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "_CHILD", [sys.executable, "-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(photos, "CHILD_SECONDS", 0.1)
    with pytest.raises(Refusal, match="busy"):  # the photo itself may be good: the phone sends it again
        make_copy(photo("HEIF"), 100)


@pytest.mark.parametrize(("program", "code"), [
    ("import os; os.abort()", "photo_damaged"), ("while True: pass", "photo_damaged"), ("bytearray(10**9)", "photo_damaged"),
    ("import time; time.sleep(600)", "busy"),
])  # fmt: skip
def test_reader_of_a_heic_that_crashes_hangs_or_swells_is_ended(program: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    limited = f"from survey.containers import limit_process\nlimit_process(1, 400_000_000)\n{program}"
    monkeypatch.setattr(containers, "_CHILD", [sys.executable, "-c", limited])
    monkeypatch.setattr(containers, "LOOK_SECONDS", 1)
    monkeypatch.setattr(containers, "PATIENCE", 6 if code != "busy" else 1)
    with pytest.raises(Refusal, match=code):
        inspect(photo("HEIF"))


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def heic_that_reads_itself(items: int, extents: int, size: int) -> bytes:
    """A HEIC with many XMP items, each of which consists of the same bytes many times."""
    good = photo("HEIF")
    coding = good[good.index(b"hvcC") - 4 :][: int.from_bytes(good[good.index(b"hvcC") - 4 :][:4], "big")]
    kinds = [b"infe\2\0\0\0\0\1\0\0hvc1\0"]
    kinds += [b"infe\2\0\0\0" + struct.pack(">HH", n + 2, 0) + b"mime\0application/rdf+xml\0\0" for n in range(items)]
    places = b"".join(
        struct.pack(">HHH", n + 2, 0, extents) + struct.pack(">II", 0, size) * extents for n in range(items)
    )
    meta = box(
        b"meta", bytes(4),
        box(b"hdlr", bytes(8), b"pict", bytes(13)),
        box(b"pitm", bytes(5), b"\1"),
        box(b"iinf", bytes(4), struct.pack(">H", len(kinds)), *(box(kind[:4], kind[4:]) for kind in kinds)),
        box(b"iref", bytes(4), *(box(b"cdsc", struct.pack(">HHH", n + 2, 1, 1)) for n in range(items))),
        box(b"iprp", box(b"ipco", coding, box(b"ispe", struct.pack(">4xII", 120, 80))), box(b"ipma", b"\0\0\0\0\0\0\0\1\0\1\2\x81\2")),
        box(b"iloc", b"\0\0\0\0\x44\0", struct.pack(">H", items + 1), struct.pack(">HHHII", 1, 0, 1, 0, 9), places),
    )  # fmt: skip
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + meta + box(b"free", bytes(size))


def test_heic_that_reads_itself_over_and_over_costs_little() -> None:
    assert inspect(heic_that_reads_itself(1, 1, 100)).width == 120
    start = processor_time()
    with pytest.raises(Refusal, match="photo_damaged"):  # without a limit 20 seconds and 4 GB
        inspect(heic_that_reads_itself(10, 32, 7_000_000))
    assert processor_time() - start < 5


def test_metadata_in_thousands_of_segments_is_joined_up_to_a_limit() -> None:
    segment = b"\xff\xe1" + struct.pack(">H", 158) + b"Exif\0\0" + bytes(150)
    start = processor_time()
    assert inspect(photo()[:2] + segment * 45_000 + photo()[2:]).width == 120
    assert processor_time() - start < 2


def test_libheif_keeps_its_own_limits() -> None:
    assert pillow_heif.options.DISABLE_SECURITY_LIMITS is False
    assert pillow_heif.options.THUMBNAILS is False


CHANGES = st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=12)  # where, to what
KEPT = st.just(1.0) | st.floats(0, 1)  # how much of the file


def check_damaged(
    kind: str, changes: list[tuple[float, int]], kept: float, decode: Callable[[bytes], Any]
) -> None:
    data = bytearray(photo(kind))
    for at, value in changes:
        data[int(at * len(data))] = value
    damaged = bytes(data[: int(len(data) * kept)])
    try:
        picture = inspect(damaged)
        assert picture.width > 0 and picture.height > 0
        if picture.decodable:
            decode(damaged)
    except Refusal as refusal:
        assert refusal.code in ("photo_empty", "photo_type", "photo_damaged")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@given(CHANGES, KEPT)
@settings(max_examples=120, deadline=None)
def test_damaged_files_raise_refusals_only(kind: str, changes: list[tuple[float, int]], kept: float) -> None:
    check_damaged(kind, changes, kept, lambda data: shown_copy(data, 60))


@given(CHANGES, KEPT)
@settings(max_examples=120, deadline=None)
def test_damaged_heic_raises_refusals_only(changes: list[tuple[float, int]], kept: float) -> None:
    # All is tried in this process: a child for each example would take minutes.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(containers, "_heic_in_child", containers._heic)
        check_damaged("HEIF", changes, kept, lambda data: photos._copy(containers.read_container(data), 60, ()))


def test_digest_is_sha256() -> None:
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


# ---- the sample files, where they are at hand ----

SAMPLES = [PROJECT.parent / "shared" / "data" / "photos"]


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda folder: folder.name)
def test_sample_photos_keep_every_promise(folder: Path) -> None:
    if not folder.is_dir():
        pytest.skip("the sample photos are not on this machine")
    command = [sys.executable, str(PROJECT / "bench" / "samples.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, "\n".join(line for line in done.stdout.splitlines() if "DEPART" in line)


def test_samples_notice_a_wrong_position_a_wrong_size_and_a_lost_photo(tmp_path: Path) -> None:
    (tmp_path / "right.jpg").write_bytes(photo())
    (tmp_path / "wrong.jpg").write_bytes(photo())
    (tmp_path / "void.jpg").write_bytes(photo())
    (tmp_path / "lost.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "expected.csv").write_text(
        "file,usable_gps,lat,lon,display_width,display_height\n"
        "right.jpg,yes,6.5416667,101.28,120,80\nwrong.jpg,yes,6.54,101.28,80,120\n"
        "void.jpg,no,,,120,80\nlost.jpg,yes,1,1,1,1\nmissing.jpg,no,,,,\n"
    )
    command = [sys.executable, str(PROJECT / "bench" / "samples.py"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    departing = {line.split()[0].strip(":") for line in done.stdout.splitlines() if "DEPARTS" in line}
    assert done.returncode == 1
    assert departing == {"wrong.jpg", "void.jpg", "lost.jpg", "missing.jpg"}
    assert "position is off" in done.stdout and "upright size is 80x120" in done.stdout
