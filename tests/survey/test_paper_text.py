"""What is copied out of a paper is what was put in, whichever reader copies it."""

from __future__ import annotations

import io
import json
import random
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from pdfminer.high_level import extract_text
from pypdf import PdfReader

from models import Account, utcnow
from survey import papers
from survey.paper_text import put_together
from tests.conftest import need

WORDS = """ที่ นี้ หนึ่ง สิ่ง ปี่ ญี่ปุ่น น้ำ กำลัง ผู้ เพื่อ ก๊วยเตี๋ยว ฐานข้อมูล ฏิบัติ ปฏิบัติราชการแทน ปั่น ฝั่ง ฟื้น ป้ำ ค่ำ คำนำหน้า สำนักงาน ซุ่ม ญู่ ฬี้ ปิ้ง ฟ์ นท์
ศูนย์ ปุ๊ สิทธิ์ รัฐธรรมนูญ เป็น เล็ก แข็ง ฤๅษี ฎุ ฐุ ญู ดำเนินการ DS-2CD2T47 ที่ที่ สิ่งสิ่ง fifi ๒๕๖๙ 1,234.50 ๆ ฯลฯ""".split()  # noqa: SIM905
HEAD = '#let data = json(bytes(sys.inputs.data))\n#set page(margin: 1.5cm)\n#set text(font: "Sarabun", size: 14pt, lang: "th")\n'
LAYOUTS = {
    "normal": HEAD + "#data.words.join([ \\ ])",
    "bold": HEAD + "*#data.words.join([ \\ ])*",
    "table": HEAD + "#table(columns: (1fr, 1fr, 1fr), ..data.words)",
    "lines": HEAD + "#set page(width: 7cm)\n#data.words.join(\" \")",
    "words apart": HEAD + '#data.words.map(w => strong(w) + " " + text(size: 9pt, w)).join(" ")',
}


def by_pypdf(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def by_pdfminer(pdf: bytes) -> str:
    return extract_text(io.BytesIO(pdf))


def by_pdfium(pdf: bytes) -> str:
    """Chromium's reader."""
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def by_poppler(pdf: bytes) -> str:
    """The reader of Linux desktops, where it is (Debian: poppler-utils); it sorts glyphs by their places."""
    need("poppler", shutil.which("pdftotext") is not None, "pdftotext")
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


READERS = (by_pypdf, by_pdfminer, by_pdfium, by_poppler)


def squeezed(text: str) -> str:
    """Without spaces and line ends, which are the layout's; ำ and ํา alike."""
    return unicodedata.normalize("NFKC", "".join(text.split()).replace("\ufffe", "").replace("\x02", ""))


def set_in(folder: Path, source: str, words: list[str]) -> bytes:
    (folder / "words.typ").write_text(source)
    return papers.set_type(folder / "words.typ", json.dumps({"words": words}))


@pytest.mark.parametrize("read", READERS, ids=lambda r: r.__name__)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_word_comes_out_as_it_went_in(layout: str, read: Callable[[bytes], str], tmp_path: Path) -> None:
    pdf = set_in(tmp_path, LAYOUTS[layout], WORDS)
    copied = read(pdf)
    assert not any(b"ActualText" in page.get_contents().get_data() for page in PdfReader(io.BytesIO(pdf)).pages)  # no text was left as typst wrote it
    wanted = [w for word in WORDS for w in ([word, word] if layout == "words apart" else [word])]
    if layout == "table":  # which some read column by column
        assert sorted(copied.split()) == sorted(wanted)
    else:
        assert squeezed(copied) == squeezed("".join(wanted))
    assert "\u0e4d" not in copied  # ำ as it is typed


@pytest.mark.parametrize("read", READERS, ids=lambda r: r.__name__)
def test_spaces_between_words_stay(read: Callable[[bytes], str], tmp_path: Path) -> None:
    words = WORDS[:12]
    assert read(set_in(tmp_path, HEAD + "#set text(size: 9pt)\n#data.words.join(\" \")", words)).split() == words


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("read", READERS, ids=lambda r: r.__name__)
def test_every_stack_of_marks_comes_out(read: Callable[[bytes], str], bold: bool, tmp_path: Path) -> None:
    """Each consonant with each vowel above or below and each tone, in any company."""
    stacks = [c + v + t for c in "กญฎฐปฝฟฬสหอ" for v in ("", *"ิีึืุูั็ำ") for t in ("", *"่้๊๋์") if not (v == "็" and t) and not (v in "ำ" and t == "์")]
    stacks = [s[0] + s[2] + s[1] if len(s) == 3 and s[1] == "ำ" else s for s in stacks]  # as they are typed: the tone before ำ
    random.Random(3).shuffle(stacks)
    source = HEAD + ("*#data.words.join(\" \")*" if bold else "#data.words.join(\" \")")
    assert read(set_in(tmp_path, source, stacks)).split() == stacks


@pytest.mark.parametrize("read", READERS[:3], ids=lambda r: r.__name__)
def test_texts_that_nobody_expects_stop_no_paper(read: Callable[[bytes], str], tmp_path: Path) -> None:
    odd = ["é", "ก\u0301", "ำ", "่ก", "ก่่", "((((()))) \\ ( )", "กฺ", "a\u00adb", "ก\u200bข", "<b>&amp;", "ที่"]
    copied = squeezed(read(set_in(tmp_path, HEAD + "#data.words.join([ \\ ])", [*odd, "😀 हिन्दी 中文"])))
    assert copied.startswith(squeezed("".join(odd)))


def test_a_colour_does_not_run_over_into_what_follows(tmp_path: Path) -> None:
    pdf = set_in(tmp_path, HEAD + '#set page(width: 8cm, height: 2cm, margin: 5pt)\n#text(size: 30pt)[สิ่#text(fill: rgb("#ff0000"))[ง]]', [])
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil().convert("RGB")
    reddish = sum(r > 200 and g < 60 for r, g, _ in zip(*[iter(image.tobytes())] * 3, strict=True))
    assert reddish > 150


def test_what_is_seen_does_not_change(tmp_path: Path) -> None:
    import fontpkg_sarabun
    import typst

    (tmp_path / "words.typ").write_text(LAYOUTS["normal"])
    fonts = [str(Path(fontpkg_sarabun.__file__).parent / "files")]
    raw = typst.compile(str(tmp_path / "words.typ"), font_paths=fonts, ignore_system_fonts=True, sys_inputs={"data": json.dumps({"words": WORDS})})
    before, after = (pypdfium2.PdfDocument(pdf)[0].render(scale=6, grayscale=True).to_pil() for pdf in (raw, put_together(raw)))
    ink = sum(255 - value for value in before.tobytes())
    apart = sum(abs(a - b) for a, b in zip(before.tobytes(), after.tobytes(), strict=True))
    assert apart < 0.005 * ink  # positions are rounded to thousandths of the size
    assert put_together(raw) == put_together(raw)
    control = put_together(typst.compile(str(tmp_path / "words.typ"), font_paths=fonts, ignore_system_fonts=True,
                                         sys_inputs={"data": json.dumps({"words": [*reversed(WORDS)]})}))  # fmt: skip
    other = pypdfium2.PdfDocument(control)[0].render(scale=6, grayscale=True).to_pil().tobytes()
    assert sum(abs(a - b) for a, b in zip(before.tobytes(), other, strict=True)) > 0.3 * ink


@pytest.mark.parametrize("read", READERS, ids=lambda r: r.__name__)
def test_slips_say_what_they_show(person: Callable[..., Account], read: Callable[[bytes], str]) -> None:
    person("province_admin", "96", name="ผู้ดูแลหนึ่ง สิ่งที่ญี่ปุ่น")
    account = Account.get(Account.name.contains("หนึ่ง"))
    pdf = papers.invitation_slips([(account, "ABCD-EFGH", utcnow())], "https://survey.example.go.th/join", "สำนักงานจังหวัด", letters=True)
    copied = squeezed(read(pdf))
    for text in ("ผู้ดูแลหนึ่ง สิ่งที่ญี่ปุ่น", "ขอแสดงความนับถือ", "สิ่งที่ส่งมาด้วย", "รหัสเชิญ (ใช้ได้ครั้งเดียว", "ผู้ว่าราชการจังหวัดนราธิวาส"):
        assert squeezed(text) in copied, text
