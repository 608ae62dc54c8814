"""The totals by province, from the kept ones: sites and proposed points by review state, cameras by condition and review state."""

from __future__ import annotations

from collections import Counter
from typing import Any

from models import Account
from survey import scope, totals
from survey.api.parameters import Parameter, choice, whole
from survey.places import provinces

PARAMETERS: tuple[Parameter, ...] = (
    choice("province", "province, DOPA code of two digits", [p.code for p in provinces()]),
    whole("round", "only what belongs to this survey round", 0, 999_999),
)
COUNTED = {"sites": ("site", "complete"), "points": ("point", "complete"), "cameras": ("camera", "status")}  # a question that each record answers once


def totals_of(user: Account, province: str | None = None, number: int | None = None) -> list[dict[str, Any]]:
    """One line for each province whose figures the user sees and that has any; records without a province stand under null."""
    area = scope.totals_area(user)
    if province is not None:
        area = [province] if area is None or province in area else []
    lines: dict[str, dict[str, Any]] = {}
    for name, (kind, question) in COUNTED.items():
        for code, counts in totals.by_area(kind, question, area, number).items():
            line = lines.setdefault(code, {"province": code or None, "sites": {}, "cameras": {}, "points": {}})
            line[name] = {c: dict(states) for c, states in counts.items()} if name == "cameras" else dict(sum(counts.values(), Counter()))
    return [lines[code] for code in sorted(lines)]
