"""What a record adds to the kept totals and to the cells of the map: pure functions of its row, used for each change and for a recount.

A row is a mapping of column names to values as they are stored. survey.totals adds the differences up.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models import GONE
from survey import clock, readiness

Row = Mapping[str, Any]
Rounds = Sequence[tuple[int, dt.datetime]]  # (number, when it began, naive UTC), oldest first
SIZES = (0, 2, 4, 6)  # cells of 1, 1/4, 1/16 and 1/64 degree; what lies between is added up from the next finer ones
COARSE = 100  # a restricted place stands in the cell of its coarse position, of 1/100 degree

CAMERA_CHOICES = ("status", "camera_system", "mobile_view", "maintenance", "effectiveness_day", "effectiveness_night", "install_year")
OF_SITE = ("owner_sector", "place_type", "network_linked")  # asked of the site, counted in cameras as well
SITE_CHOICES = (*OF_SITE, "network_type", "control_centre", "sufficiency")
TROUBLES = ("linking", "usage", "storage", "service", "maintenance", "other")
RETENTION = ((0, "0"), (6, "1-6"), (14, "7-14"), (29, "15-29"), (89, "30-89"), (10**6, "90+"))  # days kept, upper bounds
ACCESS = ((0, "0"), (3, "1-3"), (7, "4-7"), (30, "8-30"), (10**6, "31+"))  # days to obtain footage
ACCURACY = ((10, "0-10"), (50, "11-50"), (10**7, "50+"))  # metres


@dataclass
class Tally:
    """Counts by the keys of `Total` (kind, question, round, area, code, state) and of `Cell` (size, layer, y, x, province, code, state)."""

    totals: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    cells: Counter[tuple[Any, ...]] = field(default_factory=Counter)

    def add(self, other: Tally, sign: int = 1) -> None:
        """Adds (or takes away) another tally."""
        for mine, theirs in ((self.totals, other.totals), (self.cells, other.cells)):
            for key, number in theirs.items():
                mine[key] += sign * number


def round_of(rounds: Rounds, moment: dt.datetime) -> int:
    """The number of the latest round that had begun at `moment` (naive UTC), or 0."""
    found = 0
    for number, began in rounds:
        if began <= moment:
            found = number
    return found


def band(value: float | None, bands: Sequence[tuple[float, str]]) -> str:
    """The name of the band that a number lies in; "" where there is none."""
    if value is None:
        return ""
    return next(name for upper, name in bands if value <= upper)


def _day(moment: dt.datetime) -> str:
    return f"{moment + clock.BANGKOK:%Y-%m-%d}"


def _tally(kind: str, row: Row, number: int, area: str | None, pairs: Iterable[tuple[str, Any]], weighed: Iterable[tuple[str, Any, int]] = ()) -> Tally:
    state, tally = row["review_state"], Tally()
    for question, code in pairs:
        tally.totals[kind, question, number, area or "", "" if code is None else str(code)[:80], state] += 1
    for question, code, weight in weighed:
        tally.totals[kind, question, number, area or "", "" if code is None else str(code)[:80], state] += weight
    return tally


def _common(row: Row, number: int, rounds: Rounds, seen: dt.datetime) -> list[tuple[str, Any]]:
    """Who and when: the days are those of the record, or of its last look where it was first recorded in an earlier round."""
    again = round_of(rounds, row["captured_at"]) != number
    pairs = [("recorder", row["recorder"]), ("captured", _day(seen if again else row["captured_at"])),
             ("received", _day(seen if again else row["created_at"])),
             ("complete", "yes" if row["answered"] >= row["to_answer"] else "no")]  # fmt: skip
    if row["review_state"] == "approved" and row["reviewed_at"]:
        pairs.append(("approved", _day(row["reviewed_at"])))
    return pairs


def of_site(site: Row, rounds: Rounds, photos: str | None = None) -> Tally:
    """What a site adds. `photos`: none, waiting or here; None leaves that question out."""
    if site["review_state"] in GONE:
        return Tally()
    number = round_of(rounds, site["captured_at"])
    pairs = _common(site, number, rounds, site["captured_at"])
    pairs += [(name, site[name]) for name in SITE_CHOICES]
    pairs += [("disclosure", code) for code in site["disclosure"] or [""]]
    pairs += [
        ("district", site["district"]), ("owner_agency", site["owner_agency"]),
        ("retention", band(site["retention_days"], RETENTION)), ("access", band(site["access_days"], ACCESS)),
        ("contact", "both" if site["contact_name"] and site["contact_phone"] else "part" if site["contact_name"] or site["contact_phone"] else "none"),
        ("position", "none" if site["latitude"] is None else band(site["position_accuracy_m"], ACCURACY) or "unknown"),
    ]  # fmt: skip
    if photos is not None:
        pairs.append(("photos", photos))
    return _tally("site", site, number, site["province"], pairs)


def of_camera(camera: Row, site: Row, rounds: Rounds, photos: str | None = None) -> Tally:
    """What a camera at a site adds; its round is that of its last observation. A camera of a site that is gone adds nothing of its own accord:
    withdrawing a site withdraws its cameras."""
    if camera["review_state"] in GONE:
        return Tally()
    number = round_of(rounds, camera["status_at"])
    pairs = _common(camera, number, rounds, camera["status_at"])
    pairs += [(name, camera[name]) for name in CAMERA_CHOICES]
    pairs += [(name, site[name]) for name in OF_SITE]
    pairs += [("problems", code) for code in camera["problems"] or ()]
    pairs += [("district", site["district"]), ("owner_agency", site["owner_agency"]), ("readiness", readiness.marks(camera, site))]
    if photos is not None:
        pairs.append(("photos", photos))
    tally = _tally("camera", camera, number, site["province"], pairs)
    _place(tally, "camera", site["latitude"], site["longitude"], site["restricted"] == "yes", site["province"], camera["status"], camera["review_state"])
    return tally


def of_point(point: Row, rounds: Rounds) -> Tally:
    """What a proposed point adds: points, cameras and satang by status, reason, source and urgency."""
    if point["review_state"] in GONE:
        return Tally()
    number = round_of(rounds, point["captured_at"])
    pairs = [*_common(point, number, rounds, point["captured_at"]), ("district", point["district"])]
    cameras, satang = point["camera_count"] or 0, round(float(point["budget_amount"] or 0) * 100)
    weighed = []
    for name in ("project_status", "priority", "budget_source"):
        pairs.append((name, point[name]))
        weighed += [(f"{name}#", point[name], cameras), (f"{name}$", point[name], satang)]
    pairs += [("reason_type", code) for code in point["reason_type"] or [""]]
    tally = _tally("point", point, number, point["province"], pairs, weighed)
    _place(tally, "point", point["latitude"], point["longitude"], False, point["province"], point["project_status"] or "", point["review_state"])
    return tally


def of_report(report: Row, rounds: Rounds) -> Tally:
    """What a problem report adds: one for each kind of trouble and its severity."""
    if report["review_state"] in GONE:
        return Tally()
    number = round_of(rounds, report["captured_at"])
    pairs = _common(report, number, rounds, report["captured_at"])
    pairs += [(name, report[f"{name}_severity"]) for name in TROUBLES if report[name] or report[f"{name}_severity"] is not None]
    return _tally("report", report, number, report["province"], pairs)


def _place(tally: Tally, layer: str, latitude: float | None, longitude: float | None, coarse: bool, province: str | None, code: str, state: str) -> None:
    if latitude is None or longitude is None:
        return
    if coarse:
        latitude, longitude = round(latitude * COARSE) / COARSE, round(longitude * COARSE) / COARSE
    for size in SIZES:
        tally.cells[size, layer, math.floor(latitude * 2**size), math.floor(longitude * 2**size), province or "", code, state] += 1
