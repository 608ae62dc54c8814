"""Reads what people write: texts, numbers with Thai digits, Buddhist years, Thai phone numbers, stream addresses.

Each `read_…` takes what was typed or sent and returns the value that is stored, or raises a Refusal with its sentence.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from survey.errors import Refusal

BUDDHIST_ERA = 543
FIRST_YEAR = 1957  # พ.ศ. 2500: no camera, no budget line of this survey is older

_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u2060\u00ad"))
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def western(text: str) -> str:
    """Thai and full-width digits as 0-9, other compatibility forms folded (NFKC would also tear apart Thai sara am)."""
    return "".join(unicodedata.normalize("NFKC", c) if "\uff00" <= c <= "\uffef" else c for c in text.translate(_DIGITS))


def read_text(raw: Any, limit: int, lines: bool = False) -> str | None:
    """A text of at most `limit` characters in NFC; blank is None. Line breaks only where `lines`."""
    if not isinstance(raw, str):
        raise Refusal("unreadable")
    text = unicodedata.normalize("NFC", raw.translate(_INVISIBLE)).replace("\r\n", "\n").replace("\r", "\n")
    if _FORBIDDEN.search(text):
        raise Refusal("control_characters")
    if not lines:
        text = re.sub(r"\s+", " ", text)
    text = text.strip()
    if len(text) > limit:
        raise Refusal("too_long", limit=limit, length=len(text))
    return text or None



def without_control_characters(text: str) -> str:
    """What a sealed message may keep of a text that a form would have refused."""
    return _FORBIDDEN.sub("", text)


def storable(value: Any) -> Any:
    """Any JSON value as both databases can store it: no NUL, no half surrogate, no NaN. The exact bytes stay in the mutation."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [storable(v) for v in value]
    return {storable(k): storable(v) for k, v in value.items()} if isinstance(value, dict) else value


def read_number(raw: Any, low: float | None = None, high: float | None = None, whole: bool = False) -> float | int:
    """A number between `low` and `high`; thousands separators and Thai digits are understood."""
    if isinstance(raw, bool):
        raise Refusal("not_a_number")
    if isinstance(raw, str):
        text = western(raw).strip().replace("−", "-").replace("–", "-")
        if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text):
            text = text.replace(",", "")
        if not re.fullmatch(r"[+-]?(\d{1,15}(\.\d*)?|\.\d+)", text):
            raise Refusal("not_a_number")
        raw = float(text)
    if not isinstance(raw, (int, float)) or not -1e15 < raw < 1e15:  # not NaN either
        raise Refusal("not_a_number")
    if whole and raw != int(raw):
        raise Refusal("not_whole")
    if (low is not None and raw < low) or (high is not None and raw > high):
        raise Refusal("out_of_range", low=plain(low), high=plain(high))
    return int(raw) if whole else float(raw)


def plain(number: float | None) -> str:
    """A limit as people read it: 1,000 or 0.5."""
    return "" if number is None else f"{number:,.10g}"


def read_money(raw: Any, high: Decimal = Decimal("999999999999.99")) -> str:
    """An amount in baht as a decimal text with two places ("1250000.00"), so that JSON keeps it exact."""
    text = western(str(raw)).strip().replace(",", "").removesuffix("บาท").strip()
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise Refusal("not_a_number") from None
    if not amount.is_finite():
        raise Refusal("not_a_number")
    if not 0 <= amount <= high:
        raise Refusal("out_of_range", low="0", high=f"{high:,}")
    return str(amount.quantize(Decimal("0.01")))


def read_year(raw: Any, today: dt.date, ahead: int = 0, fiscal: bool = False) -> int:
    """A year of the common era from พ.ศ. (2559, 59, ๒๕๕๙) or ค.ศ. (2016); up to `ahead` years after this one.

    A fiscal year runs from 1 October to 30 September and is named by its end.
    """
    text = re.sub(r"^\s*(พ\.?\s?ศ\.?|ค\.?\s?ศ\.?|ปี)\s*", "", western(str(raw))).strip()
    if not re.fullmatch(r"\d{2}|\d{4}", text):
        raise Refusal("year")
    number = int(text)
    year = number + 2500 - BUDDHIST_ERA if number < 100 else number - BUDDHIST_ERA if number >= 2400 else number
    latest = today.year + ahead + (1 if fiscal and today.month >= 10 else 0)
    if year > latest:
        raise Refusal("future_year", year=year + BUDDHIST_ERA)
    if year < FIRST_YEAR:
        raise Refusal("old_year", year=year + BUDDHIST_ERA)
    return year


def read_phones(raw: Any) -> str | None:
    """Thai phone numbers as they are shown: "02-000-0000, 080-000-0000 ต่อ 12".

    Understands what people write: +66, several numbers, a range of lines (02-000-0000-40), extensions, Thai digits, 191, 1567.
    """
    if not isinstance(raw, str):
        raise Refusal("phone")
    text = read_phone_text(raw)
    numbers = [_one_phone(part) for part in re.split(r"[,;\n/]|หรือ|และ", text) if part.strip()]
    return ", ".join(numbers) or None


def read_phone_text(raw: str) -> str:
    """The text with plain digits and hyphens, or a refusal of what no phone number holds."""
    text = re.sub(r"[‐‑‒–—−~]", "-", western(raw.translate(_INVISIBLE)))
    text = re.sub(r"(?i)โทรศัพท์|โทร\.?|มือถือ|tel\.?|phone|:", " ", text)
    if len(text) > 200:
        raise Refusal("too_long", limit=200, length=len(text))
    return text


_EXTENSION = re.compile(r"(?i)\s*(?:ต่อ|ext\.?|#|x)\s*(\d{1,6}(?:\s*-\s*\d{1,6})?)\s*$")


def _one_phone(part: str) -> str:
    """One number with its range and extension, hyphenated."""
    part = part.strip()
    extension = _EXTENSION.search(part)
    if extension:
        part = part[: extension.start()]
    part = re.sub(r"^\s*\(?(?:\+|00)\s*66\)?[\s-]*(?:\(0\)|0)?", "0", part)
    groups = [g for g in re.split(r"[\s.()-]+|ถึง", part) if g]
    if not groups or not all(g.isdigit() and g.isascii() for g in groups):
        raise Refusal("phone")
    shown = _hyphenated("".join(groups))
    if shown is None and len(groups) > 1 and len(groups[-1]) <= 4:
        first = _hyphenated("".join(groups[:-1]))
        shown = first and f"{first}-{groups[-1]}"
    if shown is None:
        raise Refusal("phone")
    return shown + (f" ต่อ {re.sub(r'[ ]', '', extension.group(1))}" if extension else "")


def _hyphenated(digits: str) -> str | None:
    """The digits grouped as the telephone company writes them, or None when this is no Thai number (NBTC numbering plan)."""
    if re.fullmatch(r"02\d{7}", digits):
        return f"{digits[:2]}-{digits[2:5]}-{digits[5:]}"
    if re.fullmatch(r"0[3-57]\d{7}", digits):
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    if re.fullmatch(r"0[689]\d{8}", digits):
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    if re.fullmatch(r"1[48]0[01]\d{6}", digits):
        return f"{digits[:4]}-{digits[4:7]}-{digits[7:]}"
    return digits if re.fullmatch(r"1\d{2,3}", digits) else None


def read_url(raw: Any, limit: int) -> str | None:
    """An http(s) or rtsp(s) address without a user name or a password in it."""
    text = read_text(raw, limit)
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise Refusal("url") from None
    if "@" in parts.netloc or re.search(r"(?i)[?&;](user(name)?|usr|login|pass(word|wd)?|pwd)=[^&]", text):
        raise Refusal("url_password")
    if parts.scheme.lower() not in ("http", "https", "rtsp", "rtsps") or not host or re.search(r"\s", text):
        raise Refusal("url")
    return text


def thai_year(year: int | None) -> str:
    """A stored year as it is shown: พ.ศ."""
    return "" if year is None else str(year + BUDDHIST_ERA)
