"""Metadata in the text chunks of a PNG: XMP where Adobe puts it, EXIF and XMP where ImageMagick does."""

from __future__ import annotations

import zlib

METADATA_LIMIT = 1_000_000  # bytes of a compressed text once inflated, of a colour profile, of joined segments
XMP_MARK = b"http://ns.adobe.com/xap/1.0/\0"  # what stands before XMP in a JPEG, and in what was copied from one

_NOT_HEX = bytes(set(range(256)) - set(b"0123456789abcdefABCDEF"))


def read_text_chunk(kind: bytes, chunk: bytes) -> tuple[bytes, bytes]:
    """The EXIF block and the XMP packet, of which one or both are empty, in a tEXt, zTXt or iTXt chunk."""
    name, _, text = chunk.partition(b"\0")
    if kind == b"iTXt" and name == b"XML:com.adobe.xmp":
        text, packed = text[2:].split(b"\0", 2)[-1], text[:1] == b"\x01"
        return b"", inflate(text) if packed else text
    if kind != b"iTXt" and name in (b"Raw profile type exif", b"Raw profile type APP1"):
        # ImageMagick: a line with the name, one with the length, then hexadecimal
        lines = (inflate(text[1:]) if kind == b"zTXt" else text).strip().split(b"\n", 2)
        digits = lines[-1].translate(None, _NOT_HEX)
        block = bytes.fromhex(digits[: len(digits) & ~1].decode())
        if block.startswith((b"Exif\0", b"II*\0", b"MM\0*")):
            return block, b""
        if block.startswith(XMP_MARK):
            return b"", block[len(XMP_MARK) :]
    return b"", b""


def inflate(packed: bytes) -> bytes:
    """What a zlib stream holds, at most METADATA_LIMIT bytes of it; empty if it is none."""
    try:
        return zlib.decompressobj().decompress(packed, METADATA_LIMIT)
    except zlib.error:
        return b""
