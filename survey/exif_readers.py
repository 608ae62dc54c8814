"""Three readers of a photo's metadata with one kind of answer: {EXIF name: value as written}. They never raise.

Each finds what the others miss. Their time and memory are bounded, since the bytes are whatever was sent. What
a value means, and whether it can be true, is exif.py's business.
"""

from __future__ import annotations

import html
import io
import logging
import re
import threading
import warnings
from typing import Any

import exifread
from PIL import ExifTags, Image

XMP_LIMIT = 1_000_000  # bytes

Reading = dict[str, Any]

_WANTED = {
    "Make", "Model", "Orientation", "DateTimeOriginal", "DateTimeDigitized", "OffsetTimeOriginal",
    "OffsetTimeDigitized", "OffsetTime", "GPSLatitude", "GPSLatitudeRef", "GPSLongitude", "GPSLongitudeRef",
    "GPSAltitude", "GPSAltitudeRef", "GPSImgDirection", "GPSImgDirectionRef", "GPSHPositioningError",
    "GPSTimeStamp", "GPSDateStamp", "GPSStatus",
}  # fmt: skip
_XMP_ANGLE = re.compile(r"\s*([+-]?[\d.]+)(?:,([\d.]+))?(?:,([\d.]+))?\s*([NSEW]?)\s*", re.IGNORECASE)
_XMP_NAME = r"\b\w+:(" + "|".join(sorted(_WANTED)) + ")"
# Values are bounded: without that, each of a thousand unclosed ones would be looked for to the end.
_XMP_FIELD = re.compile(_XMP_NAME + r"""(?:\s*=\s*(?:"([^"<]{0,999})"|'([^'<]{0,999})')|\s*>([^<]{0,999})<)""")

# Both readers report on damaged files in their own way: Pillow by warnings, exifread by its logger. The texts
# are the file's, so they are kept out of the log. catch_warnings is not safe between threads, hence the lock.
_quiet = threading.Lock()
logging.getLogger("exifread").setLevel(logging.CRITICAL + 1)


class _Bounded(io.BytesIO):
    """A file that ends for who reads too much: a small block can point into itself thousands of times."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.reads, self.bytes = 60_000, 4 * len(data) + 65_536

    def read(self, size: int | None = -1) -> bytes:
        self.reads -= 1
        if self.reads < 0 or self.bytes < 0:
            raise OSError("metadata is read over and over")
        got = super().read(size)
        self.bytes -= len(got)
        return got


def by_pillow(tiff: bytes) -> Reading:
    """What Pillow finds in a TIFF block, which may be empty or damaged."""
    found: Reading = {}
    if not tiff:
        return found
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exif = Image.Exif()
            exif.load_from_fp(_Bounded(tiff))
            found |= _named(exif, ExifTags.TAGS)
            for pointer, names in ((0x8769, ExifTags.TAGS), (0x8825, ExifTags.GPSTAGS)):
                found |= _named(exif.get_ifd(pointer), names)
        except Exception:  # damaged blocks raise almost anything (struct, key, type, syntax errors …)
            return found
    return found


def _named(tags: Any, names: dict[int, str]) -> Reading:
    found = {}
    for number in list(tags):
        name = names.get(number)
        if name in _WANTED:
            try:
                found[name] = tags[number]
            except Exception:  # noqa: S112  (values are decoded at this look, and one bad value must not cost the others)
                continue
    return found


def by_exifread(tiff: bytes) -> Reading:
    """What exifread finds in a TIFF block: slower than Pillow, and less easily put off by damage."""
    with _quiet:
        try:
            tags = exifread.process_file(_Bounded(tiff), details=False, extract_thumbnail=False)
        except Exception:  # eight kinds were seen, ZeroDivisionError on 0/0 among them
            return {}
    found = {}
    for key, tag in tags.items():
        group, _, name = key.partition(" ")
        name = {"GPSDate": "GPSDateStamp"}.get(name, name)
        if name in _WANTED and group in ("Image", "EXIF", "GPS"):
            found[name] = getattr(tag, "values", None)
    return found


def by_xmp(packet: bytes) -> Reading:
    """What an XMP packet says under EXIF's names: texts, and angles as lists of texts with their letter apart."""
    # No XML parser: packets are often cut or wrong, and entities can be made to explode.
    found: Reading = {}
    for match in _XMP_FIELD.finditer(packet[:XMP_LIMIT].decode("utf-8", "replace")):
        name, value = match[1], html.unescape(match[2] or match[3] or match[4] or "").strip()
        if name in found:
            continue
        if name in ("GPSLatitude", "GPSLongitude"):
            angle = _XMP_ANGLE.fullmatch(value)
            if not angle:
                continue
            found[name] = [part for part in angle.groups()[:3] if part]
            if angle[4] or value[0] in "+-":
                found[name + "Ref"] = angle[4] or {"La": "NS", "Lo": "EW"}[name[3:5]][value[0] == "-"]
                found[name][0] = found[name][0].lstrip("+-")
        else:
            found[name] = value
    return found
