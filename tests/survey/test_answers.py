"""What people write is understood, or refused with the right sentence."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from survey import answers
from survey.errors import Refusal
from survey.questions import Question
from tests.conftest import ROOT

TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(("written", "shown"), [
    ("02-283-4737", "02-283-4737"),
    ("022834737", "02-283-4737"),
    ("0 2283 4737", "02-283-4737"),
    ("๐๙๕-๕๘๗-๒๔๐๕", "095-587-2405"),
    ("+66 95 587 2405", "095-587-2405"),
    ("+66(0)2-283-4737", "02-283-4737"),
    ("0066 2 283 4737", "02-283-4737"),
    ("073-511234", "073-511-234"),
    ("02-283-4737 ต่อ 12", "02-283-4737 ต่อ 12"),
    ("02 283 4737 ext. 12-15", "02-283-4737 ต่อ 12-15"),
    ("02-283-4737-40", "02-283-4737-40"),
    ("0-2283-4737-9", "02-283-4737-9"),
    ("0 2283 4737 ถึง 9", "02-283-4737-9"),
    ("191", "191"),
    ("1567", "1567"),
    ("1800-200-300", "1800-200-300"),
    ("02-283-4737, 095-587-2405", "02-283-4737, 095-587-2405"),
    ("02-283-4737 หรือ 191", "02-283-4737, 191"),
    ("โทร. 081 234 5678", "081-234-5678"),
    ("(02) 283-4737", "02-283-4737"),
])  # fmt: skip
def test_phone_numbers_as_people_write_them(written: str, shown: str) -> None:
    assert answers.read_phones(written) == shown


@pytest.mark.parametrize("written", ["12345", "02-283-47", "0955872405123456", "abc", "1-2", "+1 415 555 0100", "0123456789", "99", "ไม่มี", "02-283-4737 ต่อ", "-"])
def test_wrong_phone_numbers_are_refused(written: str) -> None:
    with pytest.raises(Refusal) as refused:
        answers.read_phones(written)
    assert refused.value.code == "phone"


@given(st.text(max_size=60))
def test_any_text_as_a_phone_is_shown_again_the_same_or_refused(text: str) -> None:
    try:
        shown = answers.read_phones(text)
    except Refusal:
        return
    assert shown is None or answers.read_phones(shown) == shown


@pytest.mark.parametrize(("written", "year"), [
    ("2559", 2016), ("59", 2016), ("๕๙", 2016), ("๒๕๕๙", 2016), ("2016", 2016), ("พ.ศ. 2559", 2016), ("พ.ศ.2569", 2026), ("00", 1957), (2559, 2016), ("ค.ศ. 2016", 2016),
])  # fmt: skip
def test_years_of_both_eras(written: str, year: int) -> None:
    assert answers.read_year(written, TODAY) == year


@pytest.mark.parametrize(("written", "code"), [
    ("2570", "future_year"), ("70", "future_year"), ("2027", "future_year"), ("2400", "old_year"), ("1900", "old_year"), ("259", "year"), ("ปีที่แล้ว", "year"), ("25 59", "year"),
])  # fmt: skip
def test_years_that_are_asked_again(written: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        answers.read_year(written, TODAY)
    assert refused.value.code == code


def test_a_fiscal_year_begins_in_october_and_a_planned_one_may_lie_ahead() -> None:
    assert answers.read_year("2570", TODAY, fiscal=True) == 2027  # in November 2026 fiscal year 2570 has begun
    with pytest.raises(Refusal):
        answers.read_year("2570", dt.date(2026, 9, 30), fiscal=True)
    assert answers.read_year("2575", TODAY, ahead=10, fiscal=True) == 2032


@pytest.mark.parametrize(("written", "number"), [("๓๐", 30), ("1,250", 1250), ("３０", 30), (" 7 ", 7), (7, 7), (7.0, 7)])
def test_whole_numbers(written: str, number: int) -> None:
    found = answers.read_number(written, 0, 5000, whole=True)
    assert found == number and isinstance(found, int)


@pytest.mark.parametrize(("written", "code"), [
    ("1.5", "not_whole"), ("สิบ", "not_a_number"), ("1e5", "not_a_number"), ("nan", "not_a_number"), ("inf", "not_a_number"), (True, "not_a_number"),
    (float("nan"), "not_a_number"), ("-1", "out_of_range"), ("5001", "out_of_range"), ([1], "not_a_number"), ("1,2", "not_a_number"), ("9" * 400, "not_a_number"),
])  # fmt: skip
def test_numbers_that_are_refused(written: object, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        answers.read_number(written, 0, 5000, whole=True)
    assert refused.value.code == code


@pytest.mark.parametrize(("written", "amount"), [("1,250,000", "1250000.00"), ("๑๐๐ บาท", "100.00"), ("0.5", "0.50"), (12.5, "12.50")])
def test_amounts_stay_exact(written: object, amount: str) -> None:
    assert answers.read_money(written) == amount


@pytest.mark.parametrize("written", ["-1", "NaN", "Infinity", "1e99", "สิบล้าน", ""])
def test_amounts_that_are_refused(written: str) -> None:
    with pytest.raises(Refusal):
        answers.read_money(written)


@pytest.mark.parametrize("written", ["http://cam.example/1", "https://cam.example:8443/live?x=1", "rtsp://10.0.0.1:554/ch1", "RTSPS://cam.example/x"])
def test_stream_addresses(written: str) -> None:
    assert answers.read_url(written, 300) == written


@pytest.mark.parametrize(("written", "code"), [
    ("rtsp://admin:1234@10.0.0.1/ch1", "url_password"), ("http://admin@cam.example", "url_password"), ("http://cam.example/?user=admin&password=1", "url_password"),
    ("javascript:alert(1)", "url"), ("ftp://cam.example", "url"), ("cam.example", "url"), ("http://", "url"), ("http://a b", "url"), ("http://[::1", "url"),
    ("http://cam.example:99999/", "url"), ("https://x" + "y" * 400, "too_long"),
])  # fmt: skip
def test_stream_addresses_that_are_refused(written: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        answers.read_url(written, 300)
    assert refused.value.code == code


def test_texts_are_kept_as_written_but_tidied() -> None:
    assert answers.read_text("  แยก\u200bตลาด  สด\n", 50) == "แยกตลาด สด"
    assert answers.read_text("ก\r\nข", 50, lines=True) == "ก\nข"
    assert answers.read_text("น\u0e4d\u0e32", 50) == "น\u0e4d\u0e32"  # sara am is not torn apart or joined
    assert answers.read_text("<script>alert(1)</script>", 50) == "<script>alert(1)</script>"
    assert answers.read_text(" \u200b ", 50) is None


@pytest.mark.parametrize(("written", "code"), [
    ("a\x00b", "control_characters"), ("a\x1b[31m", "control_characters"), ("\u202ealert", "control_characters"), ("ก" * 51, "too_long"), (5, "unreadable"), ({}, "unreadable"),
])  # fmt: skip
def test_texts_that_are_refused(written: object, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        answers.read_text(written, 50)
    assert refused.value.code == code


@given(st.text(max_size=300))
def test_a_text_that_was_accepted_is_accepted_again_unchanged(text: str) -> None:
    try:
        kept = answers.read_text(text, 300, lines=True)
    except Refusal:
        return
    assert kept is None or answers.read_text(kept, 300, lines=True) == kept


SHARED_CASES = json.loads((ROOT / "tests" / "answers.json").read_text())


@pytest.mark.parametrize("case", SHARED_CASES, ids=lambda c: f"{c['kind']}-{c['raw']}")
def test_the_phone_and_the_server_check_alike(case: dict[str, Any]) -> None:
    """The other half is tests/js/checks.test.js."""
    question = Question("", "", case["kind"], limit=case.get("limit", 0), range=tuple(case.get("range", (None, None))), whole=case.get("whole", False))
    _, wrong = question.check(case["raw"])
    assert (wrong.code if wrong else None) == case["error"]
