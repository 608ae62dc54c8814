"""The official report: a letter with its parts, the guideline's tables in order, nothing beyond one's scope, and hashes that can be checked."""

from __future__ import annotations

import hashlib
import io
import json
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import python_calamine
from pypdf import PdfReader

from models import Account
from survey import papers
from survey.errors import Refusal
from survey.exchange import exported, written
from survey.exchange.fields import KINDS
from survey.listing import Filter
from survey.reports import annexes, letter, official
from survey.reports.letter import Letter
from tests.conftest import RATCHABURI, make_camera, make_site, send

People = Callable[..., Account]
LETTER = Letter(
    office="ศาลากลางจังหวัดนราธิวาส", address="ถนนพิชิตบำรุง\nอำเภอเมืองฯ 96000", urgency="most_urgent", secrecy="", subject="รายงานผลการสำรวจ ปี 2569",
    to="ปลัดสำนักนายกรัฐมนตรี", refers="หนังสือ ที่ นร 0105/ว 1", more="แผ่นบันทึกข้อมูล 1 แผ่น", opening="ตามที่ได้กำหนดให้สำรวจ นั้น", closing="จึงเรียนมาเพื่อโปรดทราบ",
    name="นายตัวอย่าง หนึ่งสิ่ง", position="รองผู้ว่าราชการจังหวัด", on_behalf="ผู้ว่าราชการจังหวัดนราธิวาส", unit="กลุ่มงานข้อมูล", phone="02-283-4737",
    email="saraban@example.go.th", blocks=3)  # fmt: skip


def pages(pdf: bytes) -> list[str]:
    """The text of each page, without spaces and line ends."""
    return ["".join(unicodedata.normalize("NFC", page.extract_text()).split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def said(text: str) -> str:
    return "".join(text.split())


def marks(page: str) -> int:
    return page.replace("กลับ", "").count("ลับ")


@pytest.fixture
def filled(person: People) -> Account:
    """Sites, a point and a report in one province, and something in another; its administrator."""
    officer, other = person("surveyor", "96"), person("surveyor", "70")
    site = make_site(officer, install_point='ปั๊ม #panic("x") *ก* $x$ \\ สิ่งที่หนึ่ง', retention_days=30)
    make_camera(officer, site, label="C-1", camera_model="DS-2CD2T47")
    make_camera(officer, site, label="C-2", status="not_working", problems=["no_power"])
    make_site(officer, install_point="จุดไม่มีกล้อง", latitude=6.427)
    send(officer, "point", {"location": "แยกใหม่", "latitude": 6.42, "longitude": 101.82, "project_status": "initiated", "reason": "มีคดี", "camera_count": 3,
                            "budget_amount": "320000"})  # fmt: skip
    send(officer, "report", {"province": "96", "agency": "เทศบาลเมืองนราธิวาส", "linking": "ยังเชื่อมโยงไม่ได้", "linking_severity": "2"})
    make_site(other, install_point="จุดของราชบุรี", latitude=RATCHABURI[0], longitude=RATCHABURI[1])
    return person("province_admin", "96")


def test_the_letter_has_its_parts_and_the_tables_follow_in_the_guidelines_order(filled: Account) -> None:
    made = official.make(filled, "camera", Filter(), LETTER, classification="ลับ")
    text = pages(made.pdf)
    first, whole = text[0], "".join(text)
    for part in ("ด่วนที่สุด", "ที่", "ศาลากลางจังหวัดนราธิวาส", "อำเภอเมืองฯ ๙๖๐๐๐", "เรื่อง รายงานผลการสำรวจ ปี ๒๕๖๙", "เรียน ปลัดสำนักนายกรัฐมนตรี", "อ้างถึง หนังสือ ที่ นร ๐๑๐๕/ว ๑",
                 "สิ่งที่ส่งมาด้วย", "๔. แผ่นบันทึกข้อมูล ๑ แผ่น", "ตามที่ได้กำหนดให้สำรวจ นั้น", "มีจุดติดตั้ง ๒ จุด กล้อง ๒ ตัว", "จึงเรียนมาเพื่อโปรดทราบ", "ขอแสดงความนับถือ", "(นายตัวอย่าง หนึ่งสิ่ง)",
                 "รองผู้ว่าราชการจังหวัด ปฏิบัติราชการแทน ผู้ว่าราชการจังหวัดนราธิวาส", "กลุ่มงานข้อมูล", "โทร. ๐๒-๒๘๓-๔๗๓๗", "saraban@example.go.th"):  # fmt: skip
        assert said(part) in first, part
    at = [whole.index(said(f"{number} {KINDS[kind]}")) for kind, number in (("camera", "๑.๑"), ("point", "๑.๒"), ("report", "๑.๓"))]
    assert at == sorted(at)
    for kind, number in (("camera", "๑.๑"), ("point", "๑.๒"), ("report", "๑.๓")):
        page = next(p for p in text if f"สิ่งที่ส่งมาด้วย{number}·" in p)
        headings = [said(letter.Letter().numbered(c.heading)) for c in exported.columns_of(kind) if c.question and c.question.guideline]
        found = [page.index(f"({letter.Letter().numbered(str(n))})") for n in range(1, len(headings) + 1)]
        assert len(headings) > 6 and all(heading in page for heading in headings) and found == sorted(found), kind
    assert said('ปั๊ม #panic("x") *ก* $x$ \\ สิ่งที่หนึ่ง') in whole and "DS-2CD2T47" in whole and "จุดไม่มีกล้อง" in whole and "ยังเชื่อมโยงไม่ได้" in whole
    assert said("จุดติดตั้งเดียวกับลำดับที่ ๑") in whole and "จุดของราชบุรี" not in whole and "๓๒๐,๐๐๐" in whole
    for total in ("รวม จุดติดตั้ง ๒ จุด · กล้อง ๒ ตัว", "รวม จุดติดตั้งเพิ่มเติม ๑ จุด · กล้องที่ต้องการเพิ่ม ๓ ตัว · งบประมาณที่ต้องการ ๓๒๐,๐๐๐ บาท", "รวม รายงานปัญหาอุปสรรค ๑ ฉบับ"):
        assert said(total) in whole, total
    assert whole.count("ลงชื่อ") == 3 and all(marks(page) == 2 for page in text)
    assert made.rows == 5 and made.workbook is None


def test_what_the_pages_were_set_from_is_attached_and_its_hash_stated(filled: Account) -> None:
    made = official.make(filled, "camera", Filter(status="not_working"), LETTER)
    reader = PdfReader(io.BytesIO(made.pdf))
    attached = reader.attachments["data.json"][0]
    assert hashlib.sha256(attached).hexdigest() == made.hashes["data.json"] and made.hashes["data.json"] in pages(made.pdf)[-1]
    held = json.loads(attached)
    assert held["filter"][0] == "สถานะ: ใช้การไม่ได้ (ชำรุด)" and said(held["filter"][0]) in pages(made.pdf)[-1]
    assert [a["count"] for a in held["annexes"]] == ["๑", "๑", "๑"] and not any(map(marks, pages(made.pdf)))


def test_what_is_too_long_for_paper_is_the_workbook_beside_it(filled: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annexes, "MOST_PRINTED", 2)
    made = official.make(filled, "camera", Filter(), LETTER)
    whole = "".join(pages(made.pdf))
    assert made.workbook is not None and said(f"รายละเอียดทุกแถวอยู่ในแผ่นงาน “๑.๑” ของไฟล์ {made.name}.xlsx ซึ่งส่งมาคู่กับรายงานนี้") in whole
    assert "DS-2CD2T47" not in whole and "แยกใหม่" in whole and "data." not in whole.replace("data.json", "") and "CSV" not in whole and said("เกิน ๑,๐๐๐ แถว") not in whole
    held = io.BytesIO()
    official.write_archive(made, held)
    with zipfile.ZipFile(held) as archive:
        book = archive.read(f"{made.name}.xlsx")
        assert archive.read(f"{made.name}.pdf") == made.pdf
    assert hashlib.sha256(book).hexdigest() == made.hashes[f"{made.name}.xlsx"] and made.hashes[f"{made.name}.xlsx"] in whole
    assert len(python_calamine.load_workbook(io.BytesIO(book)).get_sheet_by_name("1.1").to_python()) == 1 + 3


def test_what_no_workbook_holds_is_named_as_text_files(filled: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annexes, "MOST_PRINTED", 2)
    monkeypatch.setattr(written, "MOST_ROWS", 2)
    made = official.make(filled, "camera", Filter(), LETTER, workbook=True)
    assert made.workbook is None and said("รายละเอียดทุกแถวอยู่ในไฟล์ CSV จากหน้า “ส่งออกผลการสำรวจ”") in "".join(pages(made.pdf))


def test_heads_are_repeated_on_each_page_and_digits_can_be_western(person: People) -> None:
    officer = person("surveyor", "96")
    site = make_site(officer)
    for n in range(40):
        make_camera(officer, site, label=f"CAM-{n}")
    western = Letter(**{**LETTER.__dict__, "digits": "western"})
    text = pages(official.make(person("centre_admin"), "camera", Filter(province="96"), western).pdf)
    tables = [page for page in text if "สิ่งที่ส่งมาด้วย1.1·" in page]
    assert len(tables) > 1 and all("(1)ชื่อจุดติดตั้ง" in page and "ลำดับ" in page for page in tables)
    assert "CAM-39" in "".join(tables) and "02-283-4737" in text[0] and not any(c in "๐๑๒๓๔๕๖๗๘๙" for c in "".join(text))


@pytest.mark.parametrize("wanted", [Filter(), Filter(province="96"), Filter(status="not_working"), Filter(text="ปั๊ม"), Filter(district="9601"), Filter(sector="private")])
def test_figures_count_what_the_tables_list(filled: Account, wanted: Filter) -> None:
    totals = {name: official + others for name, official, others, _ in annexes.summary(filled, "camera", wanted).totals}
    rows = list(exported.rows_of(filled, "camera", wanted, exported.plain))
    assert totals["กล้อง"] == sum(camera is not None for _, camera in rows)
    assert totals["จุดติดตั้ง"] == len({site[-1] for site, _ in rows}) == exported.number_of(filled, "camera", wanted)
    assert totals["จุดติดตั้งเพิ่มเติม"] == exported.number_of(filled, "point", exported.asked_of("point", "camera", wanted))


def test_printed_columns_follow_the_exports_and_miss_no_item() -> None:
    for kind in exported.TITLES:
        columns = exported.columns_of(kind)
        printed = [n for _, items in annexes._printed(columns) for _, item in items for n in item]
        assert printed == sorted(printed) and {c.name for c in columns if c.question and c.question.guideline} <= {columns[n].name for n in printed}
        assert [number for _, items in annexes._printed(columns) for number, _ in items] == list(range(1, len({*printed}) + 1 - sum(
            columns[n].question.kind == "longitude" for n in printed)))  # type: ignore[union-attr]


def test_the_map_shows_cells_and_no_exact_place(filled: Account, person: People) -> None:
    drawn: Any = annexes.map_of(filled, "camera", Filter())
    assert drawn["cells"] == 1 and drawn["most"] == 2 and drawn["svg"].count("<circle") == 1 and "<text" not in drawn["svg"]
    assert annexes.CELLS[True] > 0.01  # coarser than what is shown of restricted places
    assert annexes.map_of(person("centre_admin"), "camera", Filter())["cells"] == 2  # type: ignore[index]
    assert annexes.map_of(filled, "camera", Filter(text="ไม่มีจุดนี้")) is None


def test_the_emblem_is_the_operators_file(filled: Account, tmp_path: Path) -> None:
    (tmp_path / "emblem.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>')
    (tmp_path / "emblem.txt").write_text("no picture")
    with_one, without = (official.make(filled, "camera", Filter(text="-"), LETTER, emblem=path).pdf for path in (str(tmp_path / "emblem.svg"), ""))
    place = [pypdfium2.PdfDocument(pdf)[0].render(crop=(250, 690, 250, 70), grayscale=True).to_pil().tobytes() for pdf in (with_one, without)]  # left, below …
    assert min(place[0]) < 40 and min(place[1]) > 250
    for wrong in ("emblem.txt", "missing.svg"):
        with pytest.raises(Refusal, match="^emblem$"):
            official.make(filled, "camera", Filter(), LETTER, emblem=str(tmp_path / wrong))


def test_papers_wait_for_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "WAITING", 0.01)
    for _ in range(papers.AT_ONCE + 1):  # a turn that was taken is given back, also when a paper fails
        with pytest.raises(Refusal, match="^paper$"):
            papers.make("no such template", {})
    with papers._turns, papers._turns, pytest.raises(Refusal, match="^busy$"):
        papers.make("slips", {})


@pytest.mark.parametrize(("field", "value", "code"), [
    ("subject", " ", "required"), ("to", "", "required"), ("opening", "", "required"), ("urgency", "now", "unknown_choice"), ("secrecy", "x", "unknown_choice"),
    ("digits", "roman", "unknown_choice"), ("blocks", "7", "out_of_range"), ("blocks", "สอง", "not_a_number"), ("phone", "abc", "phone"),
    ("email", "saraban@", "email"), ("subject", "ก" * 201, "too_long"), ("office", "ก\x07", "control_characters")])  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(field: str, value: str, code: str) -> None:
    typed = {name: str(value) for name, value in LETTER.__dict__.items()}
    assert letter.read(typed) == (LETTER, {})
    read, errors = letter.read(typed | {field: value})
    assert {name: message.code for name, message in errors.items()} == {field: code}
    assert read.to == (value if field == "to" else LETTER.to)


@pytest.mark.parametrize(("own", "set_", "mark"), [("", "", ""), ("secret", "", "ลับ"), ("", "ลับ", "ลับ"), ("secret", "ลับมาก", "ลับมาก"), ("most_secret", "ลับ", "ลับที่สุด"),
                                                   ("secret", "ใช้ภายใน", "ใช้ภายใน")])  # fmt: skip
def test_the_higher_classification_marks_the_pages(own: str, set_: str, mark: str) -> None:
    assert Letter(secrecy=own).mark(set_) == mark
