"""Footage readiness of a camera: would somebody who needs its pictures get them? Six parts, each shown; the thresholds are settings.

Five parts follow from the answers and are kept in the totals; the sixth (looked at within a year) goes with the calendar and is kept by month.
A changed threshold needs `flask recount`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from survey.texts import N_

PARTS = {
    "works": N_("ใช้การได้"), "records": N_("มีการบันทึกภาพ"), "keeps": N_("เก็บภาพนานพอ"), "obtainable": N_("ขอภาพได้ทันเวลา"),
    "contact": N_("มีผู้ติดต่อ"), "verified": N_("ตรวจสอบแล้วไม่นาน"),
}  # fmt: skip
USABLE = ("working", "degraded")  # ใช้การได้ of the official figures
UNUSABLE = ("not_working", "under_repair")  # ใช้การไม่ได้; every other condition is shown apart


@dataclass
class Thresholds:
    """From when on footage counts as ready: days that it is kept, days to obtain it, days since the camera was looked at."""

    retention_days: int = 30
    access_days: int = 3
    verified_days: int = 365


_thresholds = Thresholds()


def use_thresholds(thresholds: Thresholds) -> None:
    """Says which thresholds this installation set."""
    global _thresholds
    _thresholds = thresholds


def thresholds() -> Thresholds:
    """The thresholds of this installation."""
    return _thresholds


def marks(camera: Mapping[str, Any], site: Mapping[str, Any]) -> str:
    """The first five parts as five digits 0 or 1, and the month of the last look: "11010/2026-11"."""
    retention, access = site["retention_days"], site["access_days"]
    stored = site["storage_method"] or []
    parts = (
        camera["status"] in USABLE,
        "no_recording" not in (camera["problems"] or []) and "none" not in stored and (bool(stored) or bool(retention)) and retention != 0,
        retention is not None and retention >= _thresholds.retention_days,
        access is not None and access <= _thresholds.access_days,
        bool(site["contact_name"] or site["contact_phone"]),
    )
    return "".join("1" if part else "0" for part in parts) + f"/{camera['status_at']:%Y-%m}"


def month_of(text: str) -> dt.date:
    """The first day of a month "2026-11"."""
    return dt.date(int(text[:4]), int(text[5:7]), 1)


def parts_of(code: str, today: dt.date) -> dict[str, bool]:
    """The six parts of a kept code, the last one as of `today` (to the month)."""
    digits, _, month = code.partition("/")
    since = (today - dt.timedelta(days=_thresholds.verified_days)).strftime("%Y-%m")
    return dict(zip(PARTS, (*(d == "1" for d in digits), month >= since), strict=True))


def ready_codes(today: dt.date) -> tuple[str, str]:
    """The first and last of the kept codes whose parts are all there."""
    return f"11111/{today - dt.timedelta(days=_thresholds.verified_days):%Y-%m}", "11111/9999-12"


def is_ready(code: str, today: dt.date) -> bool:
    """Whether all six parts are there."""
    return all(parts_of(code, today).values())
