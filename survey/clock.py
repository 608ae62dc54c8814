"""Days in Thailand: UTC+7 all year (no summer time). Moments are stored as naive UTC."""

from __future__ import annotations

import datetime as dt

BANGKOK = dt.timedelta(hours=7)  # to add to a stored moment


def today() -> dt.date:
    """The date in Thailand."""
    return (dt.datetime.now(dt.UTC) + BANGKOK).date()


def begins(day: dt.date) -> dt.datetime:
    """When a day in Thailand begins (naive UTC)."""
    return dt.datetime(day.year, day.month, day.day) - BANGKOK
