"""Read a received photo from the outside, as its container describes it: type, size, where its metadata lies.

Nothing here decodes a pixel. JPEG, PNG and WebP are read in Python; the boxes of a HEIC by libheif, which a small
file can keep busy with gigabytes, so in a process of its own (`python -m survey.containers`). What the metadata
says is left to exif.py, the pixels to photos.py.
"""

from __future__ import annotations

import json
import re
import resource
import struct
import subprocess
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pillow_heif

from survey.errors import Refusal
from survey.exif_png import METADATA_LIMIT, XMP_MARK, inflate, read_text_chunk

PIXEL_LIMITS = {"image/jpeg": 50e6, "image/heic": 50e6, "image/png": 16e6, "image/webp": 16e6}
COEFFICIENT_LIMIT = 250_000_000  # bytes a progressive JPEG holds while it is decoded, whatever size is wanted
SCAN_LIMIT = 5e9  # scans × pixels of a progressive JPEG: what takes about two seconds
DEEP_LIMIT = 36e6  # pixels of a HEIC with more than 8 bits or transparency, which needs twice the memory
PATIENCE = 6  # how many times its processor time a program may take by the clock, on a machine with other work
LOOK_SECONDS, LOOK_BYTES = 5, 400_000_000  # what the boxes of a HEIC may take: processor time, address space
MISSING_LIMIT = 20_000_000  # bytes that a HEIC may lack at its end
SEGMENT_LIMIT = 50_000  # parts of a file that are looked at; no camera writes a hundredth of it
TEXT_LIMIT = 10  # text chunks of a PNG

# libheif's own limits (items, memory, nesting) stay on; its thumbnails and depth maps are nothing we show.
pillow_heif.options.THUMBNAILS = pillow_heif.options.DEPTH_IMAGES = pillow_heif.options.AUX_IMAGES = False
pillow_heif.options.DECODE_THREADS = 2
_HEIF_ERRORS = (OSError, ValueError, SyntaxError, RuntimeError, EOFError, IndexError, MemoryError)
_CHILD = [sys.executable, "-m", "survey.containers"]

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_PNG = b"\x89PNG\r\n\x1a\n"
_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")  # not stuffed, not a restart, not a fill byte
_STILL_NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")


@dataclass
class Container:
    """A file as its container describes it; `data` is what a decoder is given.

    Width and height are pixels, of a HEIC upright, else as stored. `exif` and `xmp` are the blocks as found,
    or empty. `whole` is false where the file ends early. flags: see `photos.Picture`.
    """

    media_type: str
    data: bytes
    width: int = 0
    height: int = 0
    exif: bytes = b""
    xmp: bytes = b""
    whole: bool = False
    orientation: int = 1
    flags: list[str] = field(default_factory=list)


def media_type(data: bytes) -> str:
    """The type of a photo by its first bytes. Raises Refusal: photo_empty, photo_type."""
    if not data:
        raise Refusal("photo_empty")
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(_PNG):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and _HEIC_BRANDS & _brands(data):
        return "image/heic"
    raise Refusal("photo_type")


def read_container(data: bytes, alone: bool = False) -> Container:
    """The outside of a photo; a HEIC is read in a child process unless `alone` says that this is one already.

    Raises Refusal: photo_empty, photo_type, photo_damaged (no picture can be found in it).
    """
    kind = media_type(data)
    if kind == "image/heic":
        found = _heic(data) if alone else _heic_in_child(data)
    else:
        found = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}[kind](data)
    if found.width <= 0 or found.height <= 0:
        raise Refusal("photo_damaged")
    if found.width * found.height > PIXEL_LIMITS[kind]:
        found.flags.insert(0, "too_many_pixels")
    return found


def _jpeg(data: bytes) -> Container:
    # ITU-T T.81 annex B. Only the first picture counts: an MPO has more, and anything can follow the end.
    found, at, scans, coefficients = Container("image/jpeg", data), 2, 0, 0
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
        elif marker == 0xE1 and segment.startswith(b"Exif\0") and len(found.exif) < METADATA_LIMIT:
            found.exif += segment[6:]  # one block may need several segments
        elif marker == 0xE1 and segment.startswith(XMP_MARK) and len(found.xmp) < METADATA_LIMIT:
            found.xmp += segment[len(XMP_MARK) :]
        scans += marker == 0xDA
        at += length
    if not scans:
        raise Refusal("photo_damaged")
    if coefficients > COEFFICIENT_LIMIT or (coefficients and scans * found.width * found.height > SCAN_LIMIT):
        found.flags.append("too_much_work")
    if not found.whole:
        found.data = data + b"\xff\xd9" * 8  # with an end, libjpeg fills up what is missing
    return found


def _png(data: bytes) -> Container:
    # PNG 3rd edition, 5.3. The decoder gets the picture's chunks with fresh check sums: one wrong sum, or a
    # text chunk that inflates without end, must not cost the picture.
    found, at, body, texts, profiles = Container("image/png", data), 8, [_PNG], 0, 0
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
                exif, xmp = read_text_chunk(kind, chunk)
                found.exif = found.exif or exif
                found.xmp = xmp if xmp and kind == b"iTXt" else found.xmp or xmp
        elif kind == b"iCCP":
            profiles += 1
        elif kind == b"acTL":
            found.flags.append("animated")
        found.whole = kind == b"IEND"
    body.append(b"\0\0\0\0IEND\xaeB`\x82")
    found.data = b"".join(body)
    return found


def _inflates(profile: bytes) -> bool:
    return 0 < len(inflate(profile.partition(b"\0")[2][1:])) < METADATA_LIMIT


def _webp(data: bytes) -> Container:
    # RFC 9649
    found, at, end = Container("image/webp", data), 12, 8 + int.from_bytes(data[4:8], "little")
    found.whole = end <= len(data)
    complete = [b"WEBP"]
    while at + 8 <= min(end, len(data)) and len(complete) < SEGMENT_LIMIT:
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


def _heic(data: bytes) -> Container:
    # ISO/IEC 14496-12 and 23008-12. libheif reads the boxes, and all metadata with them, and decodes nothing yet.
    found, at = Container("image/heic", data), 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if length == 1:
            length = int.from_bytes(data[at + 8 : at + 16], "big")
        at = len(data) if length == 0 else at + max(length, 8)
    found.whole = at == len(data)  # the last box ends where the file does
    if len(data) < at < len(data) + MISSING_LIMIT:
        found.data = data.ljust(at, b"\0")  # libheif opens no file whose list of parts points behind its end
    try:
        image = open_heic(found.data)
        found.width, found.height = image.size
        deep = image.has_alpha or image.info["bit_depth"] > 8
        if deep and found.width * found.height > DEEP_LIMIT:
            found.flags.append("too_much_work")
        found.exif, found.xmp = image.info.get("exif") or b"", image.info.get("xmp") or b""
    except _HEIF_ERRORS as error:
        raise Refusal("photo_damaged") from error
    return found


def open_heic(data: bytes) -> pillow_heif.HeifImage:
    """The main picture of a HEIC, not yet decoded; for a process of its own. Raises what libheif raises."""
    heif = pillow_heif.open_heif(data, remove_stride=False)
    return heif[heif.primary_index]


# ---- a process of its own ----


def run_alone(command: Sequence[str], data: bytes, seconds: float) -> bytes:
    """What a program of ours answers to `data`; should it crash, hang or swell, it does so alone.

    Raises Refusal("photo_damaged") where it fails or needs more processor time than it may have (`limit_process`), and Refusal("busy")
    where it gets too little of it: that is the machine's fault, not the photo's, and the phone sends it again.
    """
    root = Path(__file__).parents[1]
    try:
        done = subprocess.run(command, input=data, capture_output=True, cwd=root, timeout=PATIENCE * seconds)  # noqa: S603  (our own module)
    except subprocess.TimeoutExpired as error:
        raise Refusal("busy") from error
    if done.returncode != 0:
        raise Refusal("photo_damaged")
    return done.stdout


def limit_process(seconds: int, size: int) -> None:
    """End this process after `seconds` of processor time, and give it at most `size` bytes of address space."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _heic_in_child(data: bytes) -> Container:
    told = json.loads(run_alone(_CHILD, data, LOOK_SECONDS))
    blocks = {key: told.pop(key).encode("latin-1") for key in ("exif", "xmp")}
    return Container("image/heic", data, **told, **blocks)


def _as_child() -> None:
    """Tell as JSON what the HEIC on standard input is, its metadata as Latin-1."""
    limit_process(LOOK_SECONDS, LOOK_BYTES)
    found = _heic(sys.stdin.buffer.read())
    told = {"width": found.width, "height": found.height, "whole": found.whole, "flags": found.flags}
    told |= {"exif": found.exif.decode("latin-1"), "xmp": found.xmp.decode("latin-1")}
    print(json.dumps(told))


if __name__ == "__main__":
    _as_child()
