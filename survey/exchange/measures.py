"""Understands amounts as lists write them: "30 วัน", "1 เดือน", "4 ตัว", "1.2 ล้านบาท", "5 ครั้ง/วัน", phones without their first 0."""

from __future__ import annotations

import re
from typing import Any

from survey.answers import western
from survey.exchange.problems import Problem, short

_DAYS = ((r"วัน|days?|일|天|日", 1), (r"สัปดาห์|อาทิตย์|weeks?|wks?|주|週|周", 7), (r"เดือน|months?|개월|個月|个月", 30), (r"ปี|years?|년|年", 365))
_AMOUNT = r"(\d+(?:[.,]\d+)?)"
_PER = {"day": "วัน|day|일", "month": "เดือน|month|월", "year": "ปี|year|년"}

Understood = tuple[Any, list[Problem]]


def understand_days(text: str, field: str) -> Understood:
    """Days from "30", "30 วัน", "2 สัปดาห์" (7), "3 เดือน" (30 each), "1 ปี" (365), "72 ชม."."""
    plain = western(text).strip().lower()
    if re.fullmatch(r"\d+", plain):
        return plain, []
    hours = re.fullmatch(rf"{_AMOUNT}\s*(?:ชม\.?|ชั่วโมง|hours?|hrs?|시간|小時)", plain)
    if hours:
        return _told(field, text, max(1, round(float(hours[1].replace(",", ".")) / 24)), "วัน")
    for unit, days in _DAYS:
        found = re.fullmatch(rf"(?:ประมาณ|ไม่น้อยกว่า|ย้อนหลัง|อย่างน้อย|about|~)?\s*{_AMOUNT}\s*(?:{unit})", plain)
        if found:
            value = round(float(found[1].replace(",", ".")) * days)
            return (value, []) if days == 1 and plain[0].isdigit() else _told(field, text, value, "วัน")
    return text, []


def understand_count(text: str) -> int | None:
    """How many: from "4", "4 ตัว", "จำนวน 4 กล้อง", "๔"; None when it is no single whole number."""
    found = re.findall(r"\d+(?:\.\d+)?", western(text).replace(",", ""))
    return int(float(found[0])) if len(found) == 1 and float(found[0]).is_integer() else None


def understand_money(text: str, field: str) -> Understood:
    """Baht, also "1.2 ล้านบาท", "250,000.-", "฿ 3,000"."""
    plain = re.sub(r"บาท(?:ถ้วน)?|฿|thb|\.-+$|/-$", "", western(text).strip().lower()).strip()
    for word, times in (("ล้าน", 1_000_000), ("แสน", 100_000), ("พัน", 1000)):
        found = re.fullmatch(rf"{_AMOUNT}\s*{word}", plain)
        if found:
            value = f"{float(found[1].replace(',', '')) * times:.2f}"
            return _told(field, text, value, "บาท")
    return plain, []


def understand_frequency(text: str, field: str) -> Understood:
    """Requests with their period: "5 ครั้ง/วัน" becomes what the form sends."""
    plain = western(text).strip().lower()
    found = re.fullmatch(rf"{_AMOUNT}\s*(?:ครั้ง|ราย|times?|คน)?\s*(?:/|ต่อ|per|a)\s*(\S+?)", plain)
    if found:
        for per, words in _PER.items():
            if re.fullmatch(words, found[2]):
                return {"value": found[1], "per": per}, []
    bare = re.fullmatch(rf"{_AMOUNT}\s*(?:ครั้ง|ราย|คน)?(?:\s*/\s*เดือน)?", plain)
    return (bare[1] if bare else text), []


def understand_phone(text: str, field: str) -> Understood:
    """The number as it is; a spreadsheet's number has lost its first 0, which comes back."""
    plain = western(text).strip()
    if re.fullmatch(r"[689]\d{8}|2\d{7}|[3-57]\d{7}", plain):
        return "0" + plain, [Problem("leading_zero", field, {"text": short(text)})]
    return text, []


def understand_number(text: str, field: str) -> Understood:
    """A number with a unit behind it: "45 องศา", "30 เมตร"."""
    found = re.fullmatch(rf"{_AMOUNT}\s*(?:องศา|°|เมตร|ม\.|m|deg(?:rees?)?|ระดับ|คะแนน|ตัว|จุด)?", western(text).strip().lower())
    return (found[1] if found else text), []


def _told(field: str, text: str, value: object, unit: str) -> Understood:
    return value, [Problem("converted", field, {"text": short(text), "value": f"{value} {unit}"})]
