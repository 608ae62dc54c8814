"""Look at a received photo without decoding it, and make the copies that are shown of it.

`inspect` reads headers (containers.py) and metadata (exif.py) only and runs inside the request; `make_copy`
decodes and runs after the answer, for HEIC in a process of its own. So a file that ends early is known as
"damaged" at once, pixels that are wrong inside only when the copy is made (`Copy.damaged`). The original bytes
are never changed; where they lie is storage.py's business.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from PIL import Image, ImageCms
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from survey.containers import PIXEL_LIMITS, Container, limit_process, media_type, open_heic, read_container, run_alone
from survey.errors import Refusal
from survey.exif import Claims, read_exif
from survey.exif_png import METADATA_LIMIT

CHILD_SECONDS, CHILD_BYTES = 20, 1_500_000_000  # what a HEIC may take: processor time, address space
QUALITY = 80
BLOCKS = 4  # a blurred rectangle is at most 4 × 4 averaged colours

Rectangle = tuple[float, float, float, float]

_TOO_LARGE = {"too_many_pixels", "too_much_work"}
_CHILD = [sys.executable, "-m", "survey.photos"]
_NOT_SHOWN = b"\x02"
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
    return _picture(read_container(data))


def shown_copy(data: bytes, longest: int, blur: Sequence[Rectangle] = ()) -> bytes:
    """The JPEG of `make_copy`."""
    return make_copy(data, longest, blur).jpeg


def make_copy(data: bytes, longest: int, blur: Sequence[Rectangle] = ()) -> Copy:
    """An upright sRGB JPEG of at most `longest` pixels a side, with nothing of the original but its picture.

    `blur` holds rectangles (x, y, width, height) as fractions of the upright picture; each becomes a few
    averaged colours before the picture is scaled down. Raises Refusal("photo_not_shown") where the picture has
    too many pixels or would take too much work, Refusal("photo_damaged") where nothing can be decoded, the
    refusals of `inspect`, and ValueError for a wrong rectangle.
    """
    for rectangle in blur:
        if len(rectangle) != 4 or not all(map(math.isfinite, rectangle)) or min(rectangle[2:]) < 0:
            raise ValueError(f"not a rectangle: {rectangle!r}")
    # A HEIC is a video frame of any size inside whatever size its boxes tell, and its decoder is native code.
    if media_type(data) == "image/heic":
        return _copy_in_child(data, longest, blur)
    return _copy(read_container(data), longest, blur)


def _copy(found: Container, longest: int, blur: Sequence[Rectangle]) -> Copy:
    picture = _picture(found)
    if _TOO_LARGE & set(picture.flags):
        raise Refusal("photo_not_shown")
    if not picture.decodable:
        raise Refusal("photo_damaged")
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
    answer = run_alone([*_CHILD, json.dumps([longest, list(blur)])], data, CHILD_SECONDS)
    if answer == _NOT_SHOWN:
        raise Refusal("photo_not_shown")
    if len(answer) < 2:
        raise Refusal("photo_damaged")
    return Copy(answer[1:], answer[:1] == b"\x01")


def _as_child() -> None:
    """Copy the HEIC on standard input: a byte that says whether it is damaged, then the JPEG; or _NOT_SHOWN."""
    limit_process(CHILD_SECONDS, CHILD_BYTES)
    longest, blur = json.loads(sys.argv[1])
    try:
        copy = _copy(read_container(sys.stdin.buffer.read(), alone=True), longest, blur)
    except Refusal as refusal:
        if refusal.code != "photo_not_shown":
            raise
        sys.stdout.buffer.write(_NOT_SHOWN)
    else:
        sys.stdout.buffer.write((b"\x01" if copy.damaged else b"\x00") + copy.jpeg)


def _picture(found: Container) -> Picture:
    claims, orientation = read_exif(found.exif, found.xmp)
    if found.media_type != "image/heic":  # libheif turns by the container; HEIF says to ignore the EXIF value
        found.orientation = orientation
    size = (found.width, found.height)
    width, height = size[::-1] if found.orientation >= 5 else size
    told = (*found.flags, *(() if found.whole else ("damaged",)), *claims.doubts)
    flags = tuple(dict.fromkeys(told))  # a file can say the same thousands of times
    decodable = not (_TOO_LARGE | {"unsupported"}) & set(flags)
    return Picture(found.media_type, width, height, claims, decodable, flags)


# ---- pixels ----


def _decode_heic(found: Container, wanted: int) -> tuple[Image.Image, bytes, bool]:
    image = open_heic(found.data)
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


def _decode_by_pillow(found: Container, wanted: int) -> tuple[Image.Image, bytes, bool]:
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


def _check_size(found: Container, size: tuple[int, int]) -> None:
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
