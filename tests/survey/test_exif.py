"""What a photo's metadata claims: every value checked, nothing damaged ever raised."""

from __future__ import annotations

import io
import struct
from datetime import datetime

import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from survey.exif import Claims, clean_text, read_exif
from tests.conftest import processor_time

GPS, EXIF = 0x8825, 0x8769
YALA = {1: "N", 2: (6.0, 32.0, 30.12), 3: "E", 4: (101.0, 16.0, 48.5)}


def block(gps: dict | None = None, exif: dict | None = None, first: dict | None = None) -> bytes:
    """An EXIF block as Pillow writes it."""
    made = Image.Exif()
    made.update(first or {})
    if gps:
        made.get_ifd(GPS).update(gps)
    if exif:
        made.get_ifd(EXIF).update(exif)
    return made.tobytes()


def claims(gps: dict | None = None, exif: dict | None = None, first: dict | None = None) -> Claims:
    return read_exif(block(gps, exif, first), b"")[0]


def test_position_accuracy_altitude_and_direction_are_read() -> None:
    read = claims(YALA | {5: b"\0", 6: 21.5, 16: "M", 17: 182.25, 31: 4.5})
    assert read.latitude == pytest.approx(6.541700, abs=1e-6)
    assert read.longitude == pytest.approx(101.280139, abs=1e-6)
    assert (read.accuracy_m, read.altitude_m, read.direction, read.direction_ref) == (4.5, 21.5, 182.25, "M")
    assert read.doubts == ()


@pytest.mark.parametrize(
    ("gps", "expected"),
    [
        ({1: "S", 2: (34.0, 30.0, 0.0), 3: "W", 4: (70.0, 15.0, 0.0)}, (-34.5, -70.25)),
        ({1: "s", 2: (34.0, 30.0, 0.0), 3: "w", 4: (70.0, 15.0, 0.0)}, (-34.5, -70.25)),  # small letters
        ({1: "N", 2: (6.0, 32.5, 0.0), 3: "E", 4: (101.0, 16.5, 0.0)}, (6.541667, 101.275)),  # minutes
        ({1: "N", 2: (6.5, 0.0, 0.0), 3: "E", 4: (101.25, 0.0, 0.0)}, (6.5, 101.25)),  # decimal degrees
        # seconds left out as 0/0, after minutes that carry a fraction
        (
            {
                1: "N", 2: (IFDRational(6), IFDRational(325, 10), IFDRational(0, 0)),
                3: "E", 4: (IFDRational(101), IFDRational(165, 10), IFDRational(0, 0)),
            },
            (6.541667, 101.275),
        ),
    ],
)  # fmt: skip
def test_position_in_the_forms_that_cameras_write(gps: dict, expected: tuple[float, float]) -> None:
    read = claims(gps)
    assert (read.latitude, read.longitude) == (pytest.approx(expected[0]), pytest.approx(expected[1]))


VOID = IFDRational(0, 0)


@pytest.mark.parametrize(
    "gps",
    [
        {},  # no position at all
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},  # a phone without a fix
        {1: "N", 2: (VOID, VOID, VOID), 3: "E", 4: (VOID, VOID, VOID)},
        {1: "N", 2: (IFDRational(6), VOID, VOID), 3: "E", 4: (IFDRational(101), VOID, VOID)},  # miles off
        {1: "N", 2: (91.0, 0.0, 0.0), 3: "E", 4: (101.0, 0.0, 0.0)},
        {1: "N", 2: (6.0, 0.0, 0.0), 3: "E", 4: (181.0, 0.0, 0.0)},
        {1: "N", 2: (6.0, 99.0, 0.0), 3: "E", 4: (101.0, 0.0, 0.0)},  # no such minute
        {1: "N", 2: (6.0, 32.0, 30.0)},  # half of it
        {1: "X", 2: (6.0, 32.0, 30.0), 3: "E", 4: (101.0, 0.0, 0.0)},  # a hemisphere that is none
        {1: "N", 2: (IFDRational(2**32 - 1, 1),), 3: "E", 4: (101.0, 0.0, 0.0)},
    ],
)  # fmt: skip
def test_unusable_numbers_are_no_position(gps: dict) -> None:
    read = claims(gps)
    assert (read.latitude, read.longitude, read.accuracy_m) == (None, None, None)


def test_void_fix_is_kept_and_doubted() -> None:
    assert claims(YALA | {9: "V"}).doubts == ("position_void",)
    assert claims(YALA | {9: "A"}).doubts == ()


def test_unsaid_hemisphere_is_north_and_east_and_doubted() -> None:
    read = claims({2: YALA[2], 4: YALA[4]})
    assert (round(read.latitude or 0), round(read.longitude or 0)) == (7, 101)
    assert read.doubts == ("position_no_hemisphere",)


@pytest.mark.parametrize(
    ("gps", "altitude", "direction"),
    [
        ({5: b"\1", 6: 12.0}, -12.0, None),
        ({5: b"\1", 6: 848.0}, None, None),  # deeper than any land
        ({5: b"\0", 6: 99_999.0}, None, None),
        ({17: 360.0}, None, 0.0),
        ({17: 361.0}, None, None),
        ({17: VOID}, None, None),
    ],
)
def test_altitude_and_direction_have_ranges(
    gps: dict, altitude: float | None, direction: float | None
) -> None:
    read = claims(YALA | gps)
    assert (read.altitude_m, read.direction, read.direction_ref) == (altitude, direction, None)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024:02:29 08:15:30", datetime(2024, 2, 29, 8, 15, 30)),
        ("2567:02:29 08:15:30", datetime(2024, 2, 29, 8, 15, 30)),  # a leap day only in the Gregorian year
        ("2443:01:01 00:00:00", datetime(1900, 1, 1)),
        ("2399:01:01 00:00:00", datetime(2399, 1, 1)),  # the last year that is taken as it is
        ("2024-02-29T08:15:30", datetime(2024, 2, 29, 8, 15, 30)),
        ("2024:02:29 08:15:30.250", datetime(2024, 2, 29, 8, 15, 30)),
        ("0000:00:00 00:00:00", None),  # a clock never set
        ("2024:13:01 00:00:00", None),
        ("<?php phpinfo(); ?>", None),
        ("", None),
    ],
)
def test_time_of_taking(written: str, expected: datetime | None) -> None:
    assert claims(exif={0x9003: written}).taken_at == expected


@pytest.mark.parametrize(
    ("offset", "minutes"), [("+07:00", 420), ("-03:30", -210), ("Z", 0), ("+99:00", None), ("later", None)]
)
def test_offset_of_the_clock(offset: str, minutes: int | None) -> None:
    assert claims(exif={0x9003: "2024:02:29 08:15:30", 0x9011: offset}).taken_offset_min == minutes


def test_gps_time_is_utc_and_its_year_may_be_buddhist() -> None:
    clock = {7: (1.0, 15.0, 30.0)}
    assert claims({29: "2024:02:29"} | clock).gps_at == datetime(2024, 2, 29, 1, 15, 30)
    assert claims({29: "2567:02:29"} | clock).gps_at == datetime(2024, 2, 29, 1, 15, 30)
    assert claims({29: "2024:02:29", 7: (VOID, VOID, VOID)}).gps_at is None


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  Samsung\0rest", "Samsung"),
        ("a\nb\tc\x1b[31m", "a b c [31m"),
        ("evil\u202egpj.exe", "evil gpj.exe"),  # a mark that turns the reading direction
        ("กล้อง".encode().decode("latin-1"), "กล้อง"),
        ("x" * 500, "x" * 80),
        ("<script>", "<script>"),  # escaping is the template's business
        ("\0\0", None),
        (7, None),
    ],
)
def test_texts_are_cleaned(raw: object, clean: str | None) -> None:
    assert clean_text(raw) == clean


@pytest.mark.parametrize(("value", "orientation"), [(1, 1), (6, 6), (8, 8), (0, 1), (9, 1)])
def test_orientation_out_of_range_is_upright(value: int, orientation: int) -> None:
    assert read_exif(block(first={0x0112: value}), b"")[1] == orientation


def test_text_where_a_number_belongs_is_no_orientation() -> None:
    text = struct.pack("<HHI4s", 0x0112, 2, 4, b"6?>\0")
    assert read_exif(b"II*\0\x08\0\0\0\x01\0" + text + bytes(4), b"")[1] == 1


ATTRIBUTES = b"""<x><rdf:Description exif:GPSLatitude="%s" exif:GPSLongitude='%s' exif:GPSAltitude="1234/10"
 exif:DateTimeOriginal="2024-02-29T08:15:30+07:00" tiff:Model="A &amp; B"/></x>"""
ELEMENTS = b"<x><exif:GPSLatitude>%s</exif:GPSLatitude><exif:GPSLongitude> %s </exif:GPSLongitude></x>"


@pytest.mark.parametrize("packet", [ATTRIBUTES, ELEMENTS])
@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        (b"6,32.502N", b"101,16.808333E", (6.5417, 101.280139)),
        (b"6,32,30.12N", b"101,16,48.5E", (6.5417, 101.280139)),
        (b"6,32.502S", b"101,16.808333W", (-6.5417, -101.280139)),
        (b"-6.5417", b"101.280139", (-6.5417, 101.280139)),
        (b"0,0N", b"0,0E", (None, None)),
        (b"96,0N", b"101,0E", (None, None)),
        (b"nan", b"inf", (None, None)),
    ],
)
def test_position_of_xmp_alone_counts(
    packet: bytes, latitude: bytes, longitude: bytes, expected: tuple[float | None, float | None]
) -> None:
    read = read_exif(b"", packet % (latitude, longitude))[0]
    assert (read.latitude, read.longitude) == pytest.approx(expected, abs=1e-6)


def test_xmp_gives_what_exif_lacks() -> None:
    read = read_exif(block(YALA), ATTRIBUTES % (b"1,0N", b"1,0E"))[0]
    assert round(read.latitude or 0, 4) == 6.5417  # EXIF comes first
    assert (read.altitude_m, read.model) == (123.4, "A & B")
    assert (read.taken_at, read.taken_offset_min) == (datetime(2024, 2, 29, 8, 15, 30), 420)


def test_exifread_finds_what_pillow_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey.exif.by_pillow", lambda tiff: {})
    read, orientation = read_exif(
        block(YALA | {29: "2024:02:29", 7: (1.0, 2.0, 3.0)}, {0x9003: "2567:02:29 08:15:30"}, {0x0112: 6}),
        b"",
    )
    assert round(read.latitude or 0, 4) == 6.5417
    assert (read.taken_at, orientation) == (datetime(2024, 2, 29, 8, 15, 30), 6)
    assert read.gps_at == datetime(2024, 2, 29, 1, 2, 3)


def test_metadata_that_points_into_itself_ends_soon() -> None:
    # Thousands of directories that lie in one another, each with thousands of entries over the same bytes.
    entry = struct.pack("<HHII", 0x0111, 4, 900, 8)
    hostile = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 5000) + entry * 5000 + b"\x0a\0\0\0"
    start = processor_time()
    assert read_exif(b"Exif\0\0" + hostile, b"")[0].latitude is None
    assert processor_time() - start < 3


def test_xmp_whose_values_never_end_is_left_soon() -> None:
    start = processor_time()
    assert read_exif(b"", b"tiff:Make>" * 100_000)[0] == Claims()
    assert processor_time() - start < 5


GOOD = block(
    YALA | {5: b"\0", 6: 21.5, 29: "2024:02:29", 7: (1.0, 15.0, 30.0)}, {0x9003: "2024:02:29 08:15:30"}
)


@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=8), st.integers(0, 400)
)
@settings(max_examples=150, deadline=None)
def test_damaged_blocks_never_raise(changes: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(GOOD)
    for at, value in changes:
        damaged[at] = value
    read, orientation = read_exif(bytes(damaged[: len(damaged) - cut]), bytes(damaged))
    assert 1 <= orientation <= 8
    assert (read.latitude is None) == (read.longitude is None)
    assert read.latitude is None or (abs(read.latitude) <= 90 and abs(read.longitude or 0) <= 180)


@given(st.binary(max_size=300), st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_never_raise(exif: bytes, xmp: bytes) -> None:
    read_exif(exif, xmp)
    read_exif(b"II*\0\x08\0\0\0" + exif, b'<a exif:GPSLatitude="' + xmp + b'" exif:GPSLongitude="1,1E"/>')


def test_reader_warnings_stay_out_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    read_exif(GOOD[: len(GOOD) // 2], b"")
    assert capsys.readouterr() == ("", "")


def test_empty_metadata_claims_nothing() -> None:
    assert read_exif(b"", b"") == (Claims(), 1)
    picture = io.BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "JPEG")
    assert read_exif(picture.getvalue(), picture.getvalue())[0] == Claims()
