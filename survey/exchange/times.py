"""Understands years and dates of lists: พ.ศ. and ค.ศ., "ม.ค. 61", 1/6/2561, 2018-07, "민국" years, and years that a spreadsheet made into dates.

A spreadsheet keeps dates as numbers of days: 2018 in a cell with a date's format is 10 July 1905, and 2561 is 4 January 1907.
"""

from __future__ import annotations

import datetime as dt
import re

from survey.answers import BUDDHIST_ERA, FIRST_YEAR, western
from survey.exchange.problems import Problem, short

THAI_MONTHS = ("ม.?ค|ก.?พ|มี.?ค|เม.?ย|พ.?ค|มิ.?ย|ก.?ค|ส.?ค|ก.?ย|ต.?ค|พ.?ย|ธ.?ค|"
               "มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม")
MONTHS = re.compile(rf"(?:{THAI_MONTHS})\.?|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?", re.I)
ERA = re.compile(r"พ\.?\s?ศ\.?|ค\.?\s?ศ\.?|ปี\s?งบประมาณ|ปี|เมื่อ|เดือน|year|b\.?e\.?|a\.?d\.?|c\.?e\.?", re.I)
DAYS_FROM = dt.date(1899, 12, 30)  # day 0 of spreadsheets, so that 1 March 1900 is day 61 (ECMA-376 part 1, 18.17.4.1)
LIVELY = 40  # two digits below this are no Buddhist year of a camera (พ.ศ. 2540 is 1997)
_FORMS = (
    r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})(?:[-/.](?P<d>\d{1,2}))?(?:[ t]\d{1,2}:\d\d.*)?",
    r"(?P<d>\d{1,2})[-/. ](?P<m>\d{1,2})[-/. ](?P<y>\d{4}|\d{2})(?: \d{1,2}:\d\d.*)?",
    r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})",
    r"(?:(?P<d>\d{1,2})[-/. ]*)?M[-/., ]*(?P<y>\d{4}|\d{2})",
    r"M[-/. ]*(?P<d>\d{1,2}),? (?P<y>\d{4})",
    r"(?P<y>\d{4})\s?[년年](?:\s?(?P<m>\d{1,2})\s?[월月])?(?:\s?(?P<d>\d{1,2})\s?[일日])?",
    r"(?P<y>\d{4})(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])",
)
FORMS = tuple(re.compile(form) for form in _FORMS)


def understand_year(text: str, field: str) -> tuple[object, list[Problem]]:
    """The year in a cell (a number that `read_year` takes, or the text itself when it is no year) and what was corrected."""
    plain = western(text).strip()
    roc = re.fullmatch(r"民國\s?(\d{2,3})\s?年?.*", plain)
    if roc:
        return _told("converted", field, text, int(roc[1]) + 1911)
    plain = re.sub(r"\s+", " ", ERA.sub(" ", plain)).strip(" .-")
    if re.fullmatch(r"\d{4}(?:\.0+)?", plain):
        return int(plain[:4]), []
    if re.fullmatch(r"\d{2}", plain):
        return _two_digits(int(plain), field, text)
    if re.fullmatch(r"[34]\d{4}(?:\.\d+)?", plain):  # a date whose format was lost: 1 January 1982 to 2036
        return _told("year_of_date", field, text, (DAYS_FROM + dt.timedelta(days=int(float(plain)))).year)
    plain = MONTHS.sub("M", plain.lower())
    for form in FORMS:
        found = form.fullmatch(plain)
        if found and 1 <= int(found.groupdict().get("m") or 1) <= 31:
            return _of_date(found.groupdict(), field, text)
    return text, []


def _told(kind: str, field: str, text: str, year: int) -> tuple[object, list[Problem]]:
    """A year of the common era and what is said about it."""
    value = {"value": f"พ.ศ. {year + BUDDHIST_ERA}"} if kind == "converted" else {"year": year + BUDDHIST_ERA}
    return year, [Problem(kind, field, {"text": short(text), **value})]


def _two_digits(number: int, field: str, text: str) -> tuple[object, list[Problem]]:
    year = 2000 + number if number < LIVELY else 2500 + number - BUDDHIST_ERA
    return _told("year_two_digits", field, text, year)


def _of_date(parts: dict[str, str | None], field: str, text: str) -> tuple[object, list[Problem]]:
    written = str(parts["y"])
    year = int(written)
    if len(written) == 2:
        year = int(str(_two_digits(year, field, text)[0]))
    elif year >= 2400:
        year -= BUDDHIST_ERA
    if year >= FIRST_YEAR:
        return _told("year_of_date", field, text, year)
    return _from_spreadsheet(year, parts, field, text)


def _from_spreadsheet(year: int, parts: dict[str, str | None], field: str, text: str) -> tuple[object, list[Problem]]:
    """A date before every camera: the days since 1900 are the year that was typed. Without its day only a range is known."""
    month = int(parts.get("m") or 0)
    if not 1900 <= year <= 1910 or not 1 <= month <= 12:
        return text, []
    first = (dt.date(year, month, int(parts["d"] or 1)) - DAYS_FROM).days if _is_day(parts, year, month) else 0
    low, high = (n - BUDDHIST_ERA if n >= 2400 else n for n in (first, first if parts.get("d") else first + 30))
    if not FIRST_YEAR <= low <= 2100:
        return text, []
    if parts.get("d"):
        return _told("excel_year_restored", field, text, low)
    return None, [Problem("excel_year", field, {"text": short(text), "low": low + BUDDHIST_ERA, "high": high + BUDDHIST_ERA})]


def _is_day(parts: dict[str, str | None], year: int, month: int) -> bool:
    try:
        dt.date(year, month, int(parts.get("d") or 1))
    except ValueError:
        return False
    return True
