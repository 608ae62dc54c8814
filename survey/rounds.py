"""Survey rounds: opened by the centre with dated steps and a deadline, expected numbers, declarations of agencies, and the certification of a
province from certified to received. Every step is on record; what counts as surveyed is said by survey.progress.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from typing import Any

import peewee

from models import Account, Agency, Camera, Certification, Declaration, Expectation, ProblemReport, ProposedPoint, Round, Site, utcnow, write
from survey import audit, choices, clock, recounting, scope, totals
from survey.answers import BUDDHIST_ERA, read_text, western
from survey.errors import Message, Refusal
from survey.texts import N_

STEPS = {  # step: (what it is called, what may stand before it)
    "certified": (N_("จังหวัดรับรองแล้ว"), (None, "reopened")), "endorsed": (N_("คณะกรรมการจังหวัดเห็นชอบแล้ว"), ("certified",)),
    "received": (N_("ส่วนกลางรับแล้ว"), ("endorsed",)), "reopened": (N_("เปิดให้แก้ไขใหม่"), ("certified", "endorsed", "received")),
}  # fmt: skip
NOT_CERTIFIED = N_("ยังไม่รับรอง")
COUNTED = ("camera", "site")


def read_date(text: str | None) -> dt.date | None:
    """A date as people type it: 15/12/2569, 15/12/69, with Thai digits, or as ISO 8601. Raises Refusal("date")."""
    text = western((text or "").strip())
    if not text:
        return None
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    typed = re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})", text)
    try:
        if iso:
            return dt.date(_common_era(int(iso[1])), int(iso[2]), int(iso[3]))
        if typed:
            return dt.date(_common_era(int(typed[3])), int(typed[2]), int(typed[1]))
    except ValueError:
        pass
    raise Refusal("date")


def _common_era(year: int) -> int:
    """2569 and 69 are of the Buddhist era, 2026 is not."""
    return year + 2500 - BUDDHIST_ERA if year < 100 else year - BUDDHIST_ERA if year >= 2400 else year


def ends(deadline: dt.date) -> dt.datetime:
    """The last moment of a deadline, 23:59:59 in Bangkok, as naive UTC."""
    return clock.begins(deadline) + dt.timedelta(hours=23, minutes=59, seconds=59)


def read_steps(text: str) -> list[dict[str, str]]:
    """Dated steps, one a line: a date and what is due. Raises Refusal("steps")."""
    steps = []
    for line in filter(None, (line.strip() for line in text.splitlines()[:40])):
        day, _, what = line.partition(" ")
        try:
            on = read_date(day)
        except Refusal:
            on = None
        if on is None or not what.strip():
            raise Refusal("steps")
        steps.append({"on": on.isoformat(), "text": what.strip()[:200]})
    return sorted(steps, key=lambda step: step["on"])


def save(user: Account, typed: Mapping[str, str], number: int | None = None) -> Round:
    """Opens a round, or changes one; where that moves records from one round to another, survey.recounting has work.

    Raises Refusal("invalid") with a sentence at each field, and not_allowed.
    """
    if user.role != "centre_admin":
        raise Refusal("not_allowed")
    errors: dict[str, Message] = {}
    read: dict[str, Any] = {}
    for name, reader in (("name", lambda t: read_text(t, 120)), ("starts_on", read_date), ("deadline", read_date), ("steps", read_steps)):
        try:
            read[name] = reader(typed.get(name, ""))
            if read[name] is None:
                errors[name] = Message("required" if name == "name" else "date", **({"label": N_("ชื่อรอบ")} if name == "name" else {}))
        except Refusal as refusal:
            errors[name] = refusal.message
    if not errors and read["deadline"] < read["starts_on"]:
        errors["deadline"] = Message("deadline_before_start")
    if errors:
        raise Refusal("invalid", errors)
    read["counts"] = typed.get("counts") if typed.get("counts") in COUNTED else "camera"
    with write():
        if number is None:
            number = (Round.select(peewee.fn.MAX(Round.number)).scalar() or 0) + 1
            Round.insert(number=number, opened_by=user.id, **read).execute()
            moved, action, standing = [read["starts_on"]], "round.opened", {}
        else:
            before = found(number)
            moved = sorted({before.starts_on, read["starts_on"]}) if before.starts_on != read["starts_on"] else []
            Round.update(**read).where(Round.number == number).execute()
            action, standing = "round.changed", {name: before.__data__.get(name) for name in read}
        audit.record(action, user, "round", number, {"changed": audit.changed(standing, read)})
        if moved:
            _attribute_anew(moved[0])
    return found(number)


def _attribute_anew(since: dt.date) -> None:
    """Has those provinces counted anew where records were observed since a day on which a round now begins, or no longer does."""
    moment = clock.begins(since)
    areas = {code or "" for (code,) in Site.select(Site.province).join(Camera, on=Camera.site == Site.id).where(Camera.status_at >= moment).distinct().tuples()}
    for model in (Site, ProposedPoint, ProblemReport):
        areas |= {code or "" for (code,) in model.select(model.province).where(model.captured_at >= moment).distinct().tuples()}
    recounting.ask(areas)


def found(number: int) -> Round:
    """A round by its number. Raises Refusal("not_found")."""
    one: Round | None = Round.get_or_none(Round.number == number)
    if one is None:
        raise Refusal("not_found")
    return one


def standing_steps(round: Round) -> dict[str, str]:
    """{province: the last step of its certification in a round}."""
    steps = Certification.select(Certification.province, Certification.step).where(Certification.round == round.number)
    return dict(steps.order_by(Certification.id).tuples())  # later ones replace earlier ones


def every() -> list[Round]:
    """All rounds, newest first."""
    return list(Round.select().order_by(Round.number.desc()))


def current() -> Round | None:
    """The round that runs now: the latest that has begun, or else the next one."""
    begun = Round.select().where(Round.starts_on <= clock.today()).order_by(Round.starts_on.desc(), Round.number.desc()).first()
    return begun or Round.select().order_by(Round.starts_on).first()


def expect(user: Account, round: Round, province: str, number: int, agency: uuid.UUID | None = None) -> None:
    """Sets how many are expected. Raises Refusal: not_allowed, out_of_range, expected_below_surveyed."""
    if not scope.may_set(user, province, agency) or (agency is None and user.role == "agency"):
        raise Refusal("not_allowed")
    if not 0 <= number <= 10_000_000:
        raise Refusal("out_of_range", low=0, high="10,000,000")
    question, code = ("owner_agency", str(agency)) if agency else ("complete", None)
    counted = totals.by_code(round.counts, question, [province], round.number)
    surveyed = sum(sum(states.values()) for key, states in counted.items() if code in (None, key))
    if number < surveyed:
        raise Refusal("expected_below_surveyed", expected=f"{number:,}", surveyed=f"{surveyed:,}")
    same = (Expectation.round == round.number) & (Expectation.province == province)
    same &= Expectation.agency.is_null() if agency is None else Expectation.agency == agency
    with write():
        before = Expectation.select(Expectation.number).where(same).scalar()
        Expectation.delete().where(same).execute()
        Expectation.create(round=round.number, province=province, agency=agency, number=number, set_by=user.id)
        audit.record("round.expected", user, "province", province, {"round": round.number, "agency": str(agency or ""),
                     "changed": audit.changed({"number": before}, {"number": number})}, province=province)  # fmt: skip


def declare(user: Account, round: Round, province: str, agency: uuid.UUID, state: str) -> None:
    """What an agency says of its reporting. Raises Refusal: not_allowed, unknown_choice, unknown_agency."""
    if not scope.may_set(user, province, agency):
        raise Refusal("not_allowed")
    if state not in choices.DECLARATION:
        raise Refusal("unknown_choice")
    if not Agency.select().where(Agency.id == agency).exists():
        raise Refusal("unknown_agency")
    said = {"state": state, "declared_by": user.id, "declared_at": utcnow()}
    same = (Declaration.round == round.number) & (Declaration.province == province) & (Declaration.agency == agency)
    with write():
        before = Declaration.select(Declaration.state).where(same).scalar()
        if not Declaration.update(**said).where(same).execute():
            Declaration.create(round=round.number, province=province, agency=agency, **said)
        audit.record("round.declared", user, "agency", agency, {"round": round.number, "province": province,
                     "changed": audit.changed({"state": before}, {"state": state})}, province=province)  # fmt: skip


def standing(round: Round, province: str) -> Certification | None:
    """The last step of a province's certification in a round."""
    steps = Certification.select().where(Certification.round == round.number, Certification.province == province)
    return steps.order_by(Certification.id.desc()).first()


def history(round: Round, province: str) -> list[Certification]:
    """All steps of a province's certification in a round, newest first, with who took them."""
    steps = Certification.select(Certification, Account).join(Account).where(Certification.round == round.number, Certification.province == province)
    return list(steps.order_by(Certification.id.desc()))


def take_step(user: Account, round: Round, province: str, step: str, typed: Mapping[str, str], figures: dict[str, int]) -> None:
    """Certifies, endorses, receives or reopens. Raises Refusal: not_allowed, wrong_step, reason_needed, invalid."""
    if step not in STEPS or not scope.may_take_step(user, step, province):
        raise Refusal("not_allowed")
    errors: dict[str, Message] = {}
    name, position = (read_text(typed.get(part, ""), 120) for part in ("name", "position"))
    for part, value, label in (("name", name, N_("ชื่อผู้ลงนาม")), ("position", position, N_("ตำแหน่ง"))):
        if value is None and step != "reopened":
            errors[part] = Message("required", label=label)
    try:
        letter_date = read_date(typed.get("letter_date"))
    except Refusal as refusal:
        errors["letter_date"] = refusal.message
    if errors:
        raise Refusal("invalid", errors)
    reason = read_text(typed.get("reason", ""), 500)
    if step == "reopened" and reason is None:
        raise Refusal("reason_needed")
    with write():
        last = standing(round, province)
        if (last.step if last else None) not in STEPS[step][1]:
            raise Refusal("wrong_step", standing=STEPS[last.step][0] if last else NOT_CERTIFIED)
        Certification.create(round=round.number, province=province, step=step, name=name or user.name, position=position or scope.ROLES[user.role],
                             letter_number=read_text(typed.get("letter_number", ""), 80), letter_date=letter_date, reason=reason, figures=figures,
                             account=user.id)  # fmt: skip
        audit.record(f"round.{step}", user, "province", province, {"round": round.number, **figures}, province=province)
