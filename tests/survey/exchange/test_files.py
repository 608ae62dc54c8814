"""Files of every format, encoding and delimiter are read alike; what is no list, too large or hostile is refused before it can harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from survey.errors import Refusal
from survey.exchange import files, sheets
from survey.exchange.files import open_book
from tests.survey.exchange.made import LIST, csv, html, lying, ods, repacked, xls, xlsx

KOREAN = [["설치장소", "위도", "경도"], ["역삼초등학교 정문 앞", "37.512973", "127.027904"], ["논현동 학동로 교차로", "37.489311", "127.041354"]]
CHINESE = [["安裝地點", "緯度", "經度"], ["市民大道承德路口", "25.04855", "121.5169"], ["環河快速道路忠孝橋", "25.04925", "121.50604"]]


@pytest.mark.parametrize("make", [csv, xlsx, ods, xls, html], ids=lambda make: make.__name__)
def test_every_format_gives_the_same_cells(make: Callable[..., bytes], cells_of: Callable[[bytes], list[list[str]]]) -> None:
    assert cells_of(make(LIST)) == LIST


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
def test_thai_text_of_every_encoding_and_delimiter(encoding: str, delimiter: str, cells_of: Callable[[bytes], list[list[str]]]) -> None:
    assert cells_of(csv(LIST, encoding, delimiter)) == LIST


@pytest.mark.parametrize(("table", "encoding"), [(KOREAN, "cp949"), (CHINESE, "big5"), (LIST, "cp874"), (KOREAN, "utf-8"), ([["name", "lat"], ["Café du Monde", "1"]], "cp1252")])
def test_encodings_are_told_apart(table: list[list[str]], encoding: str, a_file: Callable[..., Path]) -> None:
    assert open_book(a_file(csv(table, encoding))).encoding == encoding


def test_a_delimiter_inside_quotes_and_decimal_commas_mislead_nobody(cells_of: Callable[[bytes], list[list[str]]]) -> None:
    table = [["name", "lat", "lon"], ["a, b; c", "13,75", "100,50"], ['say "hi"\nthere', "13,76", "100,51"], ["c\td", "13,77", "100,52"]]
    assert cells_of(csv(table, delimiter=";")) == table


def test_excels_own_first_line_is_no_row(cells_of: Callable[[bytes], list[list[str]]]) -> None:
    assert cells_of(b"sep=;\r\n" + csv(LIST, delimiter=";")) == LIST


@pytest.mark.parametrize("area", ["A1:B2", "A1", "A1:XFD1048576"])
def test_a_sheet_that_states_a_wrong_size_is_read_whole(area: str, cells_of: Callable[[bytes], list[list[str]]]) -> None:
    assert cells_of(lying(xlsx(LIST), area)) == LIST


def test_numbers_and_dates_come_as_a_person_reads_them(cells_of: Callable[[bytes], list[list[str]]]) -> None:
    assert cells_of(xlsx([["a"], [2559], [6.4255], [True], ["0955872405"]]))[1:] == [["2559"], ["6.4255"], ["TRUE"], ["0955872405"]]


def test_cells_merged_downwards_hold_their_value_in_each_row(cells_of: Callable[[bytes], list[list[str]]]) -> None:
    table = [["จุด", "กล้อง"], ["แยกตลาด", "1"], ["", "2"], ["", "3"], ["หอนาฬิกา", "1"]]
    assert cells_of(xlsx(table, merged=["A2:A4"]))[1:] == [["แยกตลาด", "1"], ["แยกตลาด", "2"], ["แยกตลาด", "3"], ["หอนาฬิกา", "1"]]


def test_an_xml_spreadsheet_of_2003_is_read(cells_of: Callable[[bytes], list[list[str]]]) -> None:
    cell = lambda text, place="": f'<Cell{place}><Data ss:Type="String">{text}</Data></Cell>'  # noqa: E731
    book = ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
            f'<Worksheet ss:Name="ก"><Table><Row>{cell("ชื่อจุด")}{cell("ละติจูด")}{cell("หมายเหตุ")}</Row>'
            f"""<Row>{cell("ตลาด")}{cell("x", ' ss:Index="3"')}</Row></Table></Worksheet></Workbook>""")
    assert cells_of(book.encode()) == [["ชื่อจุด", "ละติจูด", "หมายเหตุ"], ["ตลาด", "", "x"]]


def test_row_numbers_are_those_of_the_spreadsheet(a_file: Callable[..., Path]) -> None:
    parts = list(open_book(a_file(xlsx([[], [], ["หัว"], [], ["ค่า"]]))).rows())
    assert [p[0] for p in parts if isinstance(p, tuple)] == [3, 5]


@pytest.mark.parametrize(("data", "code"), [
    (b"", "import_empty"),
    (b"  \r\n \n", "import_empty"),
    (b"%PDF-1.7 ...", "import_file"),
    (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "import_file"),
    (b"PK\x03\x04 but not really", "import_file"),  # damaged
    (bytes(range(256)) * 20, "import_file"),  # nothing known
    (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "import_file"),  # a damaged XLS
])  # fmt: skip
def test_what_is_no_list_is_refused_with_a_sentence(data: bytes, code: str, a_file: Callable[..., Path]) -> None:
    with pytest.raises(Refusal) as refused:
        list(open_book(a_file(data)).rows())
    assert refused.value.code == code and str(refused.value.message)


def test_a_zip_that_is_no_workbook_is_refused(a_file: Callable[..., Path]) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("photo.jpg", b"...")
    with pytest.raises(Refusal, match="import_file"):
        open_book(a_file(held.getvalue()))


def test_a_file_of_100_mb_is_refused_unread(a_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = a_file(b"")
    with path.open("r+b") as file:
        file.truncate(100 * 1024 * 1024)
    monkeypatch.setattr(Path, "open", lambda *a, **k: pytest.fail("it was opened"))
    with pytest.raises(Refusal, match="import_too_large"):
        open_book(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(a_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_UNPACKED", 3_000_000)
    bomb = repacked(xlsx(LIST), {"xl/styles.xml": lambda _xml: b" " * 4_000_000})
    assert len(bomb) < 20_000
    with pytest.raises(Refusal, match="import_bomb"):
        open_book(a_file(bomb))


def test_two_cells_at_far_corners_end_the_child_and_not_the_server(a_file: Callable[..., Path]) -> None:
    table: list[list[str]] = [["a"]]
    corner = repacked(xlsx(table), {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b"</row>", b'</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')})
    with pytest.raises(Refusal, match="import_bomb"):
        list(open_book(a_file(corner)).rows())


def test_a_file_with_too_many_rows_is_refused(a_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 2)
    with pytest.raises(Refusal, match="import_rows"):
        list(open_book(a_file(csv(LIST))).rows())


def test_a_locked_workbook_is_told(a_file: Callable[..., Path]) -> None:
    locked = bytearray(xlsx(LIST))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := locked.find(mark, start)) >= 0:
            locked[start + at] |= 1
            start += 4
    with pytest.raises(Refusal, match="import_locked"):
        open_book(a_file(bytes(locked)))
