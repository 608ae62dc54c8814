"""Proposed points and problem reports go out and are understood when they come in: every answer, the severities too."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from models import Account, ProblemReport, ProposedPoint
from survey import choices
from survey.exchange import written
from survey.exchange.exported import columns_of
from survey.listing import Filter
from survey.questions import asked
from tests.conftest import send
from tests.survey.exchange.conftest import Found

TROUBLES = ("linking", "usage", "storage", "service", "maintenance", "other")


def without_ids(account: Account, kind: str) -> bytes:
    """An export as a list that names no record."""
    data = b"".join(written.write_csv(account, kind, Filter(), str)).decode("utf-8-sig")
    out = io.StringIO(newline="")
    csv.writer(out).writerows([row[: -1 if columns_of(kind)[-1].question is None else None] for row in csv.reader(io.StringIO(data, newline=""))])
    return out.getvalue().encode("utf-8-sig")


def understood(record: Any, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers that came in, by questions, where they are not those that are stored."""
    differs = {}
    for name, question in asked(type(record)).items():
        if question.kind in ("agency", "latitude", "longitude", "area") or name == "position_source":
            continue
        value, wrong = question.check(answers.get(name))
        stored = record.__data__.get(name)
        same = Decimal(value) == stored if question.kind == "money" and value else str(value) == str(stored)
        if wrong or not same:
            differs[name] = (stored, value, wrong)
    return differs


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize("said", ["ยังเชื่อมไม่ได้", None], ids=["with a text", "severity alone"])
def test_a_problem_report_comes_back_with_its_severities(person: Callable[..., Account], dry_run: Callable[..., Found], level: int, said: str | None) -> None:
    officer = person("surveyor", "96")
    severities = {f"{name}_severity": (level + n) % 4 for n, name in enumerate(TROUBLES)}
    answer = send(officer, "report", {"agency": "เทศบาลหนึ่ง", "province": "96", **dict.fromkeys(TROUBLES, said), **severities, "suggestions": "ขอมาตรฐานกลาง"})
    report = ProblemReport.get_by_id(answer["record_id"])
    assert {n: getattr(report, n) for n in severities} == severities
    found = dry_run(without_ids(officer, "report"), alone=True)
    assert found.summary.rows == found.summary.good == 1 and found.summary.reports == 1, found.rows[0].problems
    assert understood(report, found.rows[0].answers) == {} and found.rows[0].problems == []


@pytest.mark.parametrize("code", sorted(choices.PRIORITY))
def test_a_proposed_point_comes_back_with_its_budget_and_priority(person: Callable[..., Account], dry_run: Callable[..., Found], code: str) -> None:
    officer = person("surveyor", "96")
    answer = send(officer, "point", {"location": "ปากซอย", "latitude": 6.43, "longitude": 101.82, "project_status": "not_started", "reason": "มืด\nไม่มีไฟ",
                                     "reason_type": ["crime", "other"], "reason_type_other": "ใกล้ตลาด", "camera_count": 2, "budget_source": "งบจังหวัด",
                                     "budget_amount": "0.50", "budget_year": 2571, "priority": code})  # fmt: skip
    point = ProposedPoint.get_by_id(answer["record_id"])
    found = dry_run(without_ids(officer, "point"), alone=True)
    assert found.summary.good == 1, found.rows[0].problems
    assert understood(point, found.rows[0].answers) == {}


def test_a_report_is_read_in_equal_and_read_in_twice_changes_nothing(person: Callable[..., Account], dry_run: Callable[..., Found]) -> None:
    admin = person("province_admin", "96")
    first = send(admin, "report", {"agency": "เทศบาลหนึ่ง", "province": "96", "usage": "ภาพไม่ชัด", "usage_severity": 2, "other_severity": 0})
    went_out = without_ids(admin, "report")
    answers = dry_run(went_out, alone=True).rows[0].answers
    ProblemReport.delete().where(ProblemReport.id == first["record_id"]).execute()
    send(admin, "report", {**answers, "agency": "เทศบาลหนึ่ง"}, uuid.uuid4())
    assert without_ids(admin, "report") == went_out
    again = dry_run(went_out, account=admin)
    assert dict(again.summary.skipped) == {"already_there": 1} and again.summary.good == 0


def test_another_severity_is_another_report(person: Callable[..., Account], dry_run: Callable[..., Found]) -> None:
    admin = person("province_admin", "96")
    send(admin, "report", {"agency": "เทศบาลหนึ่ง", "province": "96", "usage": "ภาพไม่ชัด", "usage_severity": 2})
    went_out = without_ids(admin, "report").decode("utf-8-sig")
    assert dry_run(went_out.replace(choices.SEVERITY["2"], choices.SEVERITY["3"]).encode("utf-8-sig"), account=admin).summary.good == 1
