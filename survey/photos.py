"""Look at a received photo without decoding it, and make the copies that are shown of it.

`inspect` reads headers and metadata only and runs inside the request; `make_copy` decodes and runs after the
answer, for HEIC in a process of its own. So a file that ends early is known as "damaged" at once, pixels that
are wrong inside only when the copy is made (`Copy.damaged`). The original bytes are never changed; where they
lie is storage.py's business.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import resource
import struct
import subprocess
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pillow_heif
from PIL import Image, ImageCms
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from survey.errors import Refusal
from survey.exif import Claims, read_exif

PIXEL_LIMITS = {"image/jpeg": 50e6, "image/heic": 50e6, "image/png": 16e6, "image/webp": 16e6}
COEFFICIENT_LIMIT = 250_000_000  # bytes a progressive JPEG holds while it is decoded, whatever size is wanted
SCAN_LIMIT = 5e9  # scans × pixels of a progressive JPEG: what takes about two seconds
DEEP_LIMIT = 36e6  # pixels of a HEIC with more than 8 bits or transparency, which needs twice the memory
CHILD_SECONDS, CHILD_BYTES = 20, 1_500_000_000  # what a HEIC may take: processor time, address space
MISSING_LIMIT = 20_000_000  # bytes that a HEIC may lack at its end
SEGMENT_LIMIT = 50_000  # parts of a file that are looked at; no camera writes a hundredth of it
TEXT_LIMIT = 10  # text chunks of a PNG
QUALITY = 80
BLOCKS = 4  # a blurred rectangle is at most 4 × 4 averaged colours
METADATA_LIMIT = 1_000_000  # bytes of a compressed text once inflated, and of a colour profile

Rectangle = tuple[float, float, float, float]

# libheif's own limits (items, memory, nesting) stay on; its thumbnails and depth maps are nothing we show.
pillow_heif.options.THUMBNAILS = pillow_heif.options.DEPTH_IMAGES = pillow_heif.options.AUX_IMAGES = False
pillow_heif.options.DECODE_THREADS = 2
_HEIF_ERRORS = (OSError, ValueError, SyntaxError, RuntimeError, EOFError, IndexError, MemoryError)
_CHILD = [sys.executable, "-m", "survey.photos"]

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_PNG = b"\x89PNG\r\n\x1a\n"
_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")  # not stuffed, not a restart, not a fill byte
_NOT_HEX = bytes(set(range(256)) - set(b"0123456789abcdefABCDEF"))
_STILL_NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A photo as far as its header and metadata tell. Width and height are pixels, upright, as displayed.

    flags: too_many_pixels and too_much_work (kept as a file, never decoded), unsupported (a JPEG of a kind
    that nothing here decodes), damaged (it ends early), animated (its first picture is shown), and the doubts
    of its position (see `Claims`).
    """

    media_type: str
    width: int
    height: int
    claims: Claims
    decodable: bool
    flags: tuple[str, ...] = ()


class Copy(NamedTuple):
    """A copy for the screen, and whether part of the original could not be decoded."""

    jpeg: bytes
    damaged: bool


def digest(data: bytes) -> str:
    """The SHA-256 of a file's bytes in lower-case hexadecimal: the key of a photo."""
    return hashlib.sha256(data).hexdigest()


def inspect(data: bytes) -> Picture:
    """What a received file is; decodes no pixel.

    Raises Refusal: photo_empty, photo_type (not JPEG, HEIC, PNG or WebP by its bytes), photo_damaged (no
    picture can be found in it). Damaged metadata is never a reason.
    """
    return _picture(_outside(data))


def shown_copy(data: bytes, longest: int, blur: Sequence[Rectangle] = ()) -> bytes:
    """The JPEG of `make_copy`."""
    return make_copy(data, longest, blur).jpeg


def make_copy(data: bytes, longest: int, blur: Sequence[Rectangle] = ()) -> Copy:
    """An upright sRGB JPEG of at most `longest` pixels a side, with nothing of the original but its picture.

    `blur` holds rectangles (x, y, width, height) as fractions of the upright picture; each becomes a few
    averaged colours before the picture is scaled down. Raises Refusal("photo_damaged") where nothing can be
    decoded or `Picture.decodable` is false, the refusals of `inspect`, and ValueError for a wrong rectangle.
    """
    for rectangle in blur:
        if len(rectangle) != 4 or not all(map(math.isfinite, rectangle)) or min(rectangle[2:]) < 0:
            raise ValueError(f"not a rectangle: {rectangle!r}")
    found = _outside(data)
    if not _picture(found).decodable:
        raise Refusal("photo_damaged")
    # A HEIC is a video frame of any size inside whatever size its boxes tell, and its decoder is native code:
    # should it crash, hang or swell, it does so alone.
    if found.media_type == "image/heic":
        return _copy_in_child(data, longest, blur)
    return _copy(found, longest, blur)


def _copy(found: _Outside, longest: int, blur: Sequence[Rectangle]) -> Copy:
    try:
        decode = _decode_heic if found.media_type == "image/heic" else _decode_by_pillow
        image, profile, damaged = decode(found, longest * 3 // 2)
        damaged = damaged or not found.whole
        image = _on_white(image, profile)
        grey = image.convert("L").histogram()
        if damaged and max(grey[0], grey[127], grey[128]) > 0.99 * sum(grey):
            raise Refusal("photo_damaged")  # black or middle grey is what decoders leave of nothing
    except Refusal:
        raise
    except Exception as error:  # on damaged bytes decoders raise almost anything, and all of it means this
        raise Refusal("photo_damaged") from error
    if found.orientation in _UPRIGHT:
        image = image.transpose(_UPRIGHT[found.orientation])
    for rectangle in blur:
        _pixelate(image, *rectangle)
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    image = _in_srgb(image, profile)
    image.info.clear()  # Pillow would write a comment that it read
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return Copy(out.getvalue(), damaged)


def _copy_in_child(data: bytes, longest: int, blur: Sequence[Rectangle]) -> Copy:
    command = [*_CHILD, json.dumps([longest, list(blur)])]
    root = Path(__file__).parents[1]
    try:
        done = subprocess.run(command, input=data, capture_output=True, cwd=root, timeout=2 * CHILD_SECONDS)  # noqa: S603  (our own module)
    except subprocess.TimeoutExpired as error:
        raise Refusal("photo_damaged") from error
    if done.returncode != 0 or len(done.stdout) < 2:
        raise Refusal("photo_damaged")
    return Copy(done.stdout[1:], done.stdout[:1] == b"\x01")


def _as_child() -> None:
    """Copy the HEIC on standard input: a byte that says whether it is damaged, then the JPEG."""
    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_SECONDS, CHILD_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_BYTES, CHILD_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    longest, blur = json.loads(sys.argv[1])
    found = _outside(sys.stdin.buffer.read())
    _picture(found)
    copy = _copy(found, longest, blur)
    sys.stdout.buffer.write((b"\x01" if copy.damaged else b"\x00") + copy.jpeg)


# ---- the outside of a file: type, size, where the metadata lies ----


@dataclass
class _Outside:
    """A file as its container describes it; `data` is what a decoder is given."""

    media_type: str
    data: bytes
    width: int = 0
    height: int = 0
    exif: bytes = b""
    xmp: bytes = b""
    whole: bool = False
    orientation: int = 1
    flags: list[str] = field(default_factory=list)


def _outside(data: bytes) -> _Outside:
    if not data:
        raise Refusal("photo_empty")
    if data.startswith(b"\xff\xd8\xff"):
        found = _outside_jpeg(data)
    elif data.startswith(_PNG):
        found = _outside_png(data)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        found = _outside_webp(data)
    elif data[4:8] == b"ftyp" and _HEIC_BRANDS & _brands(data):
        found = _outside_heic(data)
    else:
        raise Refusal("photo_type")
    if found.width <= 0 or found.height <= 0:
        raise Refusal("photo_damaged")
    if found.width * found.height > PIXEL_LIMITS[found.media_type]:
        found.flags.insert(0, "too_many_pixels")
    return found


def _picture(found: _Outside) -> Picture:
    claims, orientation = read_exif(found.exif, found.xmp)
    if found.media_type != "image/heic":  # libheif turns by the container; HEIF says to ignore the EXIF value
        found.orientation = orientation
    size = (found.width, found.height)
    width, height = size[::-1] if found.orientation >= 5 else size
    flags = (*found.flags, *(() if found.whole else ("damaged",)), *claims.doubts)
    decodable = not {"too_many_pixels", "too_much_work", "unsupported"} & set(flags)
    return Picture(found.media_type, width, height, claims, decodable, flags)


def _outside_jpeg(data: bytes) -> _Outside:
    # ITU-T T.81 annex B. Only the first picture counts: an MPO has more, and anything can follow the end.
    found, at, scans, coefficients = _Outside("image/jpeg", data), 2, 0, 0
    for _ in range(SEGMENT_LIMIT):
        match = _MARKER.search(data, at)
        if not match:
            break
        marker, at = match[1][0], match.end()
        if marker == 0xD9 and scans:
            found.whole = True
            break
        length = int.from_bytes(data[at : at + 2], "big")
        if marker in (0x01, 0xD8, 0xD9) or length < 2:
            continue
        segment = data[at + 2 : at + length]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and not scans and len(segment) >= 6:
            height, width = struct.unpack(">HH", segment[1:5])
            if width * height > found.width * found.height:  # of two, the decoder may take either
                found.width, found.height = width, height
            if marker not in (0xC0, 0xC1, 0xC2, 0xC9, 0xCA) or segment[0] != 8:
                found.flags.append("unsupported")
            if marker in (0xC2, 0xCA):
                sampling = [(value >> 4) * (value & 15) for value in segment[7::3]]
                coefficients = 2 * width * height * sum(sampling) // max(sampling, default=1)
        elif marker == 0xE1 and segment.startswith(b"Exif\0"):
            found.exif += segment[6:]  # one block may need several segments
        elif marker == 0xE1 and segment.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
            found.xmp += segment[29:]
        scans += marker == 0xDA
        at += length
    if not scans:
        raise Refusal("photo_damaged")
    if coefficients > COEFFICIENT_LIMIT or (coefficients and scans * found.width * found.height > SCAN_LIMIT):
        found.flags.append("too_much_work")
    if not found.whole:
        found.data = data + b"\xff\xd9" * 8  # with an end, libjpeg fills up what is missing
    return found


def _outside_png(data: bytes) -> _Outside:
    # PNG 3rd edition, 5.3. The decoder gets the picture's chunks with fresh check sums: one wrong sum, or a
    # text chunk that inflates without end, must not cost the picture.
    found, at, body, texts, profiles = _Outside("image/png", data), 8, [_PNG], 0, 0
    while at + 8 <= len(data) and not found.whole and len(body) < 3 * SEGMENT_LIMIT:
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        chunk = data[at + 8 : at + 8 + length]
        at += 12 + length
        if kind in _STILL_NEEDED or (kind == b"iCCP" and not profiles and _inflates(chunk)):
            sum_now = zlib.crc32(chunk, zlib.crc32(kind))
            body += [struct.pack(">I4s", len(chunk), kind), chunk, struct.pack(">I", sum_now)]
        if kind == b"IHDR" and len(chunk) == 13:
            found.width, found.height = struct.unpack(">II", chunk[:8])
        elif kind == b"eXIf":
            found.exif = chunk
        elif kind in (b"tEXt", b"zTXt", b"iTXt"):
            texts += 1
            if texts <= TEXT_LIMIT:
                _png_text(found, kind, chunk)
        elif kind == b"iCCP":
            profiles += 1
        elif kind == b"acTL":
            found.flags.append("animated")
        found.whole = kind == b"IEND"
    body.append(b"\0\0\0\0IEND\xaeB`\x82")
    found.data = b"".join(body)
    return found


def _png_text(found: _Outside, kind: bytes, chunk: bytes) -> None:
    name, _, text = chunk.partition(b"\0")
    if kind == b"iTXt" and name == b"XML:com.adobe.xmp":
        text, packed = text[2:].split(b"\0", 2)[-1], text[:1] == b"\x01"
        found.xmp = _inflate(text) if packed else text
    elif kind != b"iTXt" and name in (b"Raw profile type exif", b"Raw profile type APP1"):
        # ImageMagick: a line with the name, one with the length, then hexadecimal
        lines = (_inflate(text[1:]) if kind == b"zTXt" else text).strip().split(b"\n", 2)
        digits = lines[-1].translate(None, _NOT_HEX)
        block = bytes.fromhex(digits[: len(digits) & ~1].decode())
        if block.startswith((b"Exif\0", b"II*\0", b"MM\0*")):
            found.exif = found.exif or block
        elif block.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
            found.xmp = found.xmp or block[29:]


def _inflate(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, METADATA_LIMIT)
    except zlib.error:
        return b""


def _inflates(profile: bytes) -> bool:
    return 0 < len(_inflate(profile.partition(b"\0")[2][1:])) < METADATA_LIMIT


def _outside_webp(data: bytes) -> _Outside:
    # RFC 9649
    found, at, end = _Outside("image/webp", data), 12, 8 + int.from_bytes(data[4:8], "little")
    found.whole = end <= len(data)
    complete = [b"WEBP"]
    while at + 8 <= min(end, len(data)):
        kind, length = struct.unpack("<4sI", data[at : at + 8])
        chunk = data[at + 8 : at + 8 + length]
        at += 8 + length + (length & 1)
        if kind == b"VP8X" and len(chunk) >= 10:
            found.width = 1 + int.from_bytes(chunk[4:7], "little")
            found.height = 1 + int.from_bytes(chunk[7:10], "little")
        elif kind == b"VP8L" and chunk[:1] == b"\x2f" and not found.width:
            bits = int.from_bytes(chunk[1:5], "little")
            found.width, found.height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        elif kind == b"VP8 " and chunk[3:6] == b"\x9d\x01\x2a" and len(chunk) >= 10 and not found.width:
            found.width, found.height = (side & 0x3FFF for side in struct.unpack("<HH", chunk[6:10]))
        elif kind == b"ANIM":
            found.flags.append("animated")
        elif kind == b"EXIF":
            found.exif = chunk
        elif kind == b"XMP ":
            found.xmp = chunk
        if at <= len(data) and kind not in (b"EXIF", b"XMP "):
            complete.append(data[at - 8 - length - (length & 1) : at])
    if not found.whole:  # libwebp takes no file that ends early, so the parts that are there become one
        body = b"".join(complete)
        found.data = b"RIFF" + len(body).to_bytes(4, "little") + body
    return found


def _brands(data: bytes) -> set[bytes]:
    end = min(int.from_bytes(data[:4], "big"), 256)
    return {data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))}


def _outside_heic(data: bytes) -> _Outside:
    # ISO/IEC 14496-12 and 23008-12. libheif reads the boxes within its limits and decodes nothing yet.
    found, at = _Outside("image/heic", data), 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if length == 1:
            length = int.from_bytes(data[at + 8 : at + 16], "big")
        at = len(data) if length == 0 else at + max(length, 8)
    found.whole = at == len(data)  # the last box ends where the file does
    if len(data) < at < len(data) + MISSING_LIMIT:
        found.data = data.ljust(at, b"\0")  # libheif opens no file whose list of parts points behind its end
    try:
        image = _open_heic(found.data)
        found.width, found.height = image.size
        deep = image.has_alpha or image.info["bit_depth"] > 8
        if deep and found.width * found.height > DEEP_LIMIT:
            found.flags.append("too_much_work")
        found.exif, found.xmp = image.info.get("exif") or b"", image.info.get("xmp") or b""
    except _HEIF_ERRORS as error:
        raise Refusal("photo_damaged") from error
    return found


def _open_heic(data: bytes) -> pillow_heif.HeifImage:
    heif = pillow_heif.open_heif(data, remove_stride=False)
    return heif[heif.primary_index]


# ---- pixels ----


def _decode_heic(found: _Outside, wanted: int) -> tuple[Image.Image, bytes, bool]:
    image = _open_heic(found.data)
    _check_size(found, image.size)
    pixels, stride = memoryview(image.data), image.stride
    width, height = image.size  # decoding may correct it
    step = max(1, max(width, height) // wanted)
    small = Image.new(image.mode, (math.ceil(width / step), math.ceil(height / step)))
    # In strips: Pillow's own whole picture, at four bytes a pixel, would double the memory.
    for top in range(0, height, 64 * step):
        rows = min(64 * step, height - top)
        part = pixels[top * stride : (top + rows) * stride]
        strip = Image.frombuffer(image.mode, (width, rows), part, "raw", image.mode, stride, 1)  # type: ignore[arg-type]
        small.paste(strip.reduce(step), (0, top // step))
    return small, image.info.get("icc_profile") or b"", False


def _decode_by_pillow(found: _Outside, wanted: int) -> tuple[Image.Image, bytes, bool]:
    image: Image.Image = _READERS[found.media_type](io.BytesIO(found.data))
    _check_size(found, image.size)
    profile = image.info.get("icc_profile") or b""
    scale = min(1.0, wanted / max(image.size))
    image.draft(None, (math.ceil(image.width * scale), math.ceil(image.height * scale)))
    damaged = False
    try:
        image.load()
    except (OSError, SyntaxError, ValueError, EOFError):
        # What was decoded until then is kept in the picture; without tiles Pillow takes it as loaded.
        damaged, image.tile = True, []  # type: ignore[attr-defined]
        image.load()
    if image.mode in ("1", "P"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode[0] in "IF":
        image = image.point(lambda value: value / 256).convert("L")  # 16 bits; Pillow alone would clip them
        image.info.pop("transparency", None)  # a grey of 16 bits, which no longer exists
    step = max(1, max(image.size) // wanted)
    return image.reduce(step) if step > 1 else image, profile, damaged


def _check_size(found: _Outside, size: tuple[int, int]) -> None:
    if size[0] * size[1] > PIXEL_LIMITS[found.media_type]:
        raise Refusal("photo_damaged")  # the decoder sees another size than the header said


# The classes are named, so that no other decoder, such as Ghostscript for EPS, is ever reached.
_READERS: dict[str, type[Any]] = {
    "image/jpeg": JpegImageFile,
    "image/png": PngImageFile,
    "image/webp": WebPImageFile,
}


def _on_white(image: Image.Image, profile: bytes) -> Image.Image:
    """The picture as RGB: what is transparent on white, ink colours through their profile if there is one."""
    if image.mode == "CMYK" and profile:
        image = _in_srgb(image, profile)
    if image.has_transparency_data:
        image = _as_mode(image, "RGBA")
        page = Image.new("RGB", image.size, "white")
        page.paste(image, mask=image.getchannel("A"))
        return page
    return _as_mode(image, "RGB")


def _as_mode(image: Image.Image, mode: str) -> Image.Image:
    return image if image.mode == mode else image.convert(mode)  # convert would copy even the same mode


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The picture with the colours that its ICC profile means; unchanged if the profile is no use."""
    if not 0 < len(profile) <= METADATA_LIMIT or b"sRGB" in profile:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != image.mode:
            return image
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, target, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image


def _pixelate(image: Image.Image, x: float, y: float, width: float, height: float) -> None:
    """Replace a rectangle (fractions) by at most BLOCKS × BLOCKS averaged colours.

    Two pixels more on each side, since scaled decoding smears by that much. A block is at least 1/64 of the
    picture, so that a small rectangle becomes one colour.
    """
    left, top = max(0, math.floor(x * image.width) - 2), max(0, math.floor(y * image.height) - 2)
    right = min(image.width, math.ceil((x + width) * image.width) + 2)
    bottom = min(image.height, math.ceil((y + height) * image.height) + 2)
    if right <= left or bottom <= top:
        return
    size = right - left, bottom - top
    block = max(math.ceil(max(size) / BLOCKS), math.ceil(max(image.size) / 64))
    few = tuple(max(1, side // block) for side in size)
    averaged = image.crop((left, top, right, bottom)).resize(few, Image.Resampling.BOX)
    image.paste(averaged.resize(size, Image.Resampling.NEAREST), (left, top))


if __name__ == "__main__":
    _as_child()
