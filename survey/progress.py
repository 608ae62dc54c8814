"""Progress of a round against its deadline: expected, surveyed, approved, the rate needed and reached, who is late and who has not started.

Everything comes from the kept totals. Approved stands beside the other states and is never mixed with them. What was captured in time and
received after the deadline is counted apart (R37).
"""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import peewee

from models import GONE, Account, Agency, Camera, Declaration, Expectation, Round, Site, StatusUpdate, Total
from survey import clock, places, rounds, scope, totals
from survey.agencies import SECTOR_OF_KIND, as_id

LAST_DAYS = 7  # the rate that is reached is that of so many days


@dataclass
class Line:
    """One area, agency or person: what is expected (None: nobody said), counted by review state, and the rates a day."""

    code: str
    name: str = ""
    expected: int | None = None
    states: Counter[str] = field(default_factory=Counter)
    lately: int = 0  # received in the last LAST_DAYS days
    late_received: int = 0  # captured in time, received after the deadline
    updates: int = 0  # status updates of a person
    declaration: str | None = None
    step: str | None = None  # of a province's certification
    days_left: int = 0
    today: dt.date = dt.date.min

    @property
    def surveyed(self) -> int:
        return sum(self.states.values())

    @property
    def approved(self) -> int:
        return self.states["approved"]

    @property
    def others(self) -> int:
        return self.surveyed - self.approved

    @property
    def left(self) -> int | None:
        return None if self.expected is None else max(0, self.expected - self.surveyed)

    @property
    def percent(self) -> int | None:
        return None if not self.expected else min(100, math.floor(100 * self.surveyed / self.expected))

    @property
    def rate_reached(self) -> float:
        return self.lately / LAST_DAYS

    @property
    def rate_needed(self) -> float | None:
        return None if self.left is None else self.left / max(1, self.days_left) if self.left else 0.0

    @property
    def forecast(self) -> dt.date | None:
        """The day on which all would be surveyed at the rate of late; None when that is not known, or never."""
        if not self.left or not self.lately:
            return self.today if self.left == 0 else None
        days = math.ceil(self.left / self.rate_reached)
        return self.today + dt.timedelta(days=days) if days < 3650 else None

    @property
    def is_started(self) -> bool:
        return self.surveyed > 0 or self.declaration == "none"

    @property
    def is_silent(self) -> bool:
        """Whether an agency has not declared anything (R4): after the deadline only that is late."""
        return self.declaration in (None, "pending")


@dataclass
class Progress:
    """Of a round: the line of the whole, and the lines below it."""

    round: Round
    whole: Line
    lines: list[Line]

    @property
    def is_over(self) -> bool:
        return clock.today() > self.round.deadline

    @property
    def not_started(self) -> list[Line]:
        return [line for line in self.lines if not line.is_started]

    @property
    def behind(self) -> list[Line]:
        """Those whose forecast lies after the deadline, or who have something left after it."""
        return [line for line in self.lines if line.left and (self.is_over or line.forecast is None or line.forecast > self.round.deadline)]


def _summed(counted: dict[str, Counter[str]]) -> Counter[str]:
    return sum(counted.values(), Counter[str]())


def _line(round: Round, code: str, name: str, **known: Any) -> Line:
    today = clock.today()
    first = max(today, round.starts_on)
    return Line(code, name, days_left=max(0, (round.deadline - first).days + 1), today=today, **known)


def _by_days(round: Round, question: str, area: list[str] | None, since: dt.date | None = None, until: dt.date | None = None) -> dict[str, int]:
    """{province: number} of records whose day of a question lies between two days."""
    query = Total.select(Total.area, peewee.fn.SUM(Total.number)).where(Total.kind == round.counts, Total.question == question, Total.round == round.number)
    if since:
        query = query.where(Total.code >= since.isoformat())
    if until:
        query = query.where(Total.code <= until.isoformat())
    if area is not None:
        query = query.where(Total.area.in_(area or ["-"]))
    return {code: int(number) for code, number in query.group_by(Total.area).tuples()}


def of_provinces(user: Account, round: Round) -> Progress:
    """The provinces whose figures the user sees, and their sum."""
    area = scope.totals_area(user)
    listed = [p for p in places.provinces() if area is None or p.code in area]
    counted = totals.by_area(round.counts, "complete", area, round.number)
    week = clock.today() - dt.timedelta(days=LAST_DAYS - 1)
    lately = _by_days(round, "received", area, since=week)
    late = _late_received(round, area)
    said = (Expectation.round == round.number) & Expectation.agency.is_null()
    expected = dict(Expectation.select(Expectation.province, Expectation.number).where(said).tuples())
    steps = rounds.standing_steps(round)
    lines = [_line(round, p.code, p.name, expected=expected.get(p.code), states=_summed(counted.get(p.code, {})), lately=lately.get(p.code, 0),
                   late_received=late.get(p.code, 0), step=steps.get(p.code)) for p in listed]  # fmt: skip
    return Progress(round, whole(round, lines), lines)


def whole(round: Round, lines: list[Line]) -> Line:
    """The sum of lines; expected only as far as somebody said."""
    said = [line.expected for line in lines if line.expected is not None]
    return _line(round, "", "", expected=sum(said) if said else None, states=sum((line.states for line in lines), Counter[str]()),
                 lately=sum(line.lately for line in lines), late_received=sum(line.late_received for line in lines))  # fmt: skip


def _late_received(round: Round, area: list[str] | None) -> dict[str, int]:
    if clock.today() <= round.deadline:
        return {}
    captured, received = (_by_days(round, question, area, until=round.deadline) for question in ("captured", "received"))
    return {code: number - received.get(code, 0) for code, number in captured.items()}


def of_province(round: Round, province: str) -> Line:
    """The line of one province. Raises nothing: whether the user may see it is the caller's question to scope."""
    counted = totals.by_code(round.counts, "complete", [province], round.number)
    expected = Expectation.select(Expectation.number).where(Expectation.round == round.number, Expectation.province == province, Expectation.agency.is_null())
    week = clock.today() - dt.timedelta(days=LAST_DAYS - 1)
    last = rounds.standing(round, province)
    place = places.find(province)
    return _line(round, province, place.name if place else province, expected=expected.scalar(), states=_summed(counted),
                 lately=_by_days(round, "received", [province], since=week).get(province, 0), late_received=_late_received(round, [province]).get(province, 0),
                 step=last.step if last else None)  # fmt: skip


def districts(round: Round, province: str) -> list[Line]:
    """The districts of a province; records without a district come last."""
    counted = totals.by_code(round.counts, "district", [province], round.number)
    lines = [_line(round, d.code, d.name, states=counted.get(d.code, Counter())) for d in places.districts(province)]
    if counted.get(""):
        lines.append(_line(round, "", "", states=counted[""]))
    return lines


def agencies(round: Round, province: str) -> list[Line]:
    """The agencies that own something in a province, from which something is expected, or that declared; those that are silent first."""
    counted = totals.by_code(round.counts, "owner_agency", [province], round.number)
    expected = dict(Expectation.select(Expectation.agency, Expectation.number).where(
        Expectation.round == round.number, Expectation.province == province, Expectation.agency.is_null(False)).tuples())  # fmt: skip
    said = dict(Declaration.select(Declaration.agency, Declaration.state).where(Declaration.round == round.number, Declaration.province == province).tuples())
    ids = {i for i in map(as_id, counted) if i} | set(expected) | set(said)
    names: dict[uuid.UUID, str] = {}
    listed = (Agency.province == province) & (Agency.confirmed == True) & (Agency.kind != "police")  # noqa: E712  (a column, not a bool)
    for chunk in ([*ids][n : n + 500] for n in range(0, max(1, len(ids)), 500)):
        names |= dict(Agency.select(Agency.id, Agency.name).where(Agency.id.in_(chunk)).tuples())
    names |= dict(Agency.select(Agency.id, Agency.name).where(listed).tuples())
    lines = [_line(round, str(i), name, expected=expected.get(i), states=counted.get(str(i), Counter()), declaration=said.get(i)) for i, name in names.items()]
    return sorted(lines, key=lambda line: (not line.is_silent, line.is_started, places.thai_key(line.name)))


def silent_agencies(provinces: list[str] | None, round: Round) -> int:
    """How many agencies with records in these provinces have not declared anything."""
    owners = Total.select(Total.area, Total.code).where(
        Total.kind == round.counts, Total.question == "owner_agency", Total.code != "", Total.number > 0).distinct()  # fmt: skip
    owners = owners if provinces is None else owners.where(Total.area.in_(provinces or ["-"]))
    said = Declaration.select(Declaration.province, Declaration.agency).where(Declaration.round == round.number, Declaration.state != "pending")
    return len(set(owners.tuples()) - {(province, str(agency)) for province, agency in said.tuples()})


def surveyors(round: Round, province: str) -> list[Line]:
    """The persons who recorded in a province, or updated conditions there, most first."""
    counted = totals.by_code(round.counts, "recorder", [province], round.number)
    there = {i for (i,) in Account.select(Account.id).where(Account.province == province, Account.role.in_(scope.RECORDERS)).tuples()}
    updates = _updates(round, province, there, {i for i in map(as_id, counted) if i} - there)
    ids = [i for i in map(as_id, {**counted, **{str(i): 0 for i in updates}}) if i]
    people = {a.id: a for a in Account.select(Account, Agency).join(Agency, peewee.JOIN.LEFT_OUTER).where(Account.id.in_(ids))} if ids else {}
    lines = [_line(round, str(i), people[i].name + (f" ({people[i].agency.name})" if people[i].agency_id else ""), states=counted.get(str(i), Counter()),
                   updates=updates.get(i, 0)) for i in ids if i in people]  # fmt: skip
    return sorted(lines, key=lambda line: (-line.surveyed, -line.updates))


def _updates(round: Round, province: str, own: set[uuid.UUID], others: set[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many status updates of cameras in the province each of these persons made in the round. The province's own people (`own`) update
    nothing elsewhere (who was moved takes theirs along); only of the others is it looked at where each camera stands."""
    found: dict[uuid.UUID, int] = {}
    for people, is_own in ((own, True), (others, False)):
        query = StatusUpdate.select(StatusUpdate.recorder, peewee.fn.COUNT(StatusUpdate.id))
        query = query if is_own else query.join(Camera).join(Site).where(Site.province == province)
        query = query.where(StatusUpdate.recorder.in_(people), StatusUpdate.review_state.not_in(GONE), *totals.in_round(round.number, StatusUpdate.captured_at))
        found |= dict(query.group_by(StatusUpdate.recorder).tuples()) if people else {}
    return found


@dataclass
class Day:
    """One day of the curve: sums up to and including it."""

    on: dt.date
    surveyed: int
    approved: int


def curve(round: Round, area: list[str] | None) -> list[Day]:
    """Surveyed (by the day of receipt) and approved (by the day of approval) day by day, from the start until today or the deadline."""
    daily: dict[str, dict[str, int]] = {"received": {}, "approved": {}}
    query = Total.select(Total.question, Total.code, peewee.fn.SUM(Total.number)).where(
        Total.kind == round.counts, Total.question.in_(list(daily)), Total.round == round.number)  # fmt: skip
    query = query if area is None else query.where(Total.area.in_(area or ["-"]))
    for question, day, number in query.group_by(Total.question, Total.code).tuples():
        daily[question][day] = int(number)
    last = min(clock.today(), max(round.deadline, *map(dt.date.fromisoformat, daily["received"]), round.starts_on))
    days, sums = [], Counter[str]()
    before = round.starts_on.isoformat()
    for question, numbers in daily.items():
        sums[question] = sum(number for day, number in numbers.items() if day < before)
    for n in range((last - round.starts_on).days + 1):
        day = round.starts_on + dt.timedelta(days=n)
        for question, numbers in daily.items():
            sums[question] += numbers.get(day.isoformat(), 0)
        days.append(Day(day, sums["received"], sums["approved"]))
    return days


def private_owners(province: str) -> list[Agency]:
    """The private owners of a province's register with their state of cooperation: the list for the public-private committee (กรอ.)."""
    private = [kind for kind, sector in SECTOR_OF_KIND.items() if sector in ("private", "community")]
    found = Agency.select().where(Agency.province == province, Agency.kind.in_(private))
    return sorted(found, key=lambda agency: places.thai_key(agency.name))


def figures(line: Line) -> dict[str, int]:
    """What a certification keeps of a province's figures."""
    return {"expected": line.expected or 0, "surveyed": line.surveyed, "approved": line.approved, "others": line.others}
