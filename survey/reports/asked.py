"""Which records a report is about: round, area, regions, agency and its parent, surveying unit, fiscal year, days. Read from an address and back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from models import Account, Agency
from survey import places, regions, scope
from survey.agencies import as_id
from survey.answers import BUDDHIST_ERA
from survey.errors import Message, Refusal
from survey.rounds import read_date
from survey.search import fold

PARTS = ("round", "province", "district", "region", "agency", "parent", "unit", "sector", "year", "since", "until")


@dataclass
class Asked:
    """What is asked; blank parts ask nothing. `areas` are the provinces that remain of the user's own, None is the whole country.

    `wrong` names what could not be understood: a figure is then about nothing, and the page says why.
    """

    areas: list[str] | None = None
    round: int | None = None
    province: str = ""
    district: str = ""
    region: str = ""  # kind:number
    agency: uuid.UUID | None = None
    parent: uuid.UUID | None = None
    unit: uuid.UUID | None = None
    sector: str = ""
    year: int | None = None  # fiscal, common era
    since: dt.date | None = None
    until: dt.date | None = None
    wrong: dict[str, Message] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def is_kept(self) -> bool:
        """Whether the kept totals answer it: the whole, some provinces, a round."""
        return not (self.district or self.agency or self.parent or self.unit or self.sector or self.year or self.since or self.until)

    @property
    def is_nothing(self) -> bool:
        """Whether nothing can match."""
        return bool(self.wrong) or self.areas == []


def read(user: Account, args: Mapping[str, str]) -> Asked:
    """What an address asks, cut to what `user` may see the figures of. Raises nothing: what is wrong is said in `wrong`."""
    typed = {name: args.get(name, "").strip()[:120] for name in PARTS if args.get(name, "").strip()}
    asked = Asked(areas=scope.totals_area(user), typed=typed)
    if typed.get("round", "").isdecimal():
        asked.round = int(typed["round"][:9])
    if "region" in typed:
        kind, _, number = typed["region"].partition(":")
        asked.region = typed["region"]
        _cut(asked, regions.provinces_in(kind, number))
    if "province" in typed:
        asked.province = typed["province"]
        _cut(asked, [typed["province"]] if places.find(typed["province"]) else [])
    if "district" in typed:
        asked.district = typed["district"]
        _cut(asked, [typed["district"][:2]] if places.find(typed["district"]) else [])
    for name in ("agency", "parent", "unit"):
        if name in typed:
            found = _agency(typed[name])
            setattr(asked, name, found)
            if found is None:
                asked.wrong[name] = Message("unknown_agency")
    asked.sector = typed.get("sector", "")
    _read_times(asked, typed)
    return asked


def _cut(asked: Asked, codes: list[str]) -> None:
    asked.areas = [code for code in codes if asked.areas is None or code in asked.areas]


def _read_times(asked: Asked, typed: Mapping[str, str]) -> None:
    for name in ("since", "until"):
        try:
            setattr(asked, name, read_date(typed.get(name)))
        except Refusal as refusal:
            asked.wrong[name] = refusal.message
    if asked.since and asked.until and asked.until < asked.since:
        asked.wrong["until"] = Message("deadline_before_start")
    if "year" in typed:
        digits = typed["year"]
        if digits.isdecimal() and len(digits) == 4:
            asked.year = int(digits) - BUDDHIST_ERA if int(digits) >= 2400 else int(digits)
        else:
            asked.wrong["year"] = Message("year")


def _agency(text: str) -> uuid.UUID | None:
    given = as_id(text)
    found = Agency.select(Agency.id).where(Agency.id == given if given else Agency.search_text == fold(text)).first()
    return found.id if found else None


def with_children(parent: uuid.UUID) -> list[uuid.UUID]:
    """An organisation and all that stand below it in the register."""
    found, layer = [parent], [parent]
    for _ in range(8):
        layer = [a.id for a in Agency.select(Agency.id).where(Agency.parent.in_(layer)) if a.id not in found] if layer else []
        found += layer
    return found
