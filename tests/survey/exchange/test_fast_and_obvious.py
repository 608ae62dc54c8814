"""The fast rows of exports are those that one gets by asking scope for each record and each answer, for whoever asks."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from models import Account, Agency, Camera, ProblemReport, ProposedPoint, Site
from survey import scope
from survey.exchange import exported, written
from survey.exchange.exported import values_of
from survey.listing import Filter
from survey.questions import Question, asked
from tests.conftest import NARATHIWAT, RATCHABURI, make_camera, make_site, register, send
from tests.survey.exchange import obvious

TEXTS = ("แยกตลาด", "=1+1", "\t+66", "0812345678", "'x", "a\r\nb", "ก,\"ข\"", "\u2028บรรทัด", "＝x", "123456789012345", "null", "[]")
OWNERS = ("เทศบาลหนึ่ง", "ธนาคารสอง")
FILTERS = (Filter(), Filter(status="not_working"), Filter(text="ตลาด"), Filter(province="96"), Filter(mine=True))
READERS = [("centre_admin", ()), ("analyst", ()), ("inspector", ("96",)), ("viewer", ()), ("province_admin", ("96",)), ("province_admin", ("70",)),
           ("agency", ("96",)), ("surveyor", ("96",)), ("surveyor", ("70",))]  # fmt: skip


def made_up(question: Question, dice: random.Random) -> Any:
    """A stored answer, or none."""
    if dice.random() < 0.4:
        return None
    match question.kind:
        case "choice":
            return int(dice.choice(list(question.choices))) if question.whole else dice.choice([*question.choices, "old"])[: question.limit]
        case "many":
            return dice.sample(list(question.choices), dice.randint(0, 3))
        case "agencies":
            return [str(Agency.get(Agency.name == name).id) for name in dice.sample(OWNERS, dice.randint(0, 2))]
        case "year" | "fiscal_year":
            return dice.randint(1990, 2026)
        case "number" | "frequency":
            return dice.randint(1, 300) if question.whole else dice.choice((0.1 + 0.2, 30.0, 1e-7, dice.random() * 300))
        case "money":
            return dice.choice(("0.00", "0.50", "1250000.55", "99999999.99"))
        case "latitude":
            return round(dice.uniform(6.4, 6.5), 7)
        case "longitude":
            return round(dice.uniform(101.7, 101.9), 7)
        case "text" | "longtext" | "phone":
            return dice.choice(TEXTS)[: question.limit]
    return None


def disturb(record: Any, dice: random.Random, recorders: list[Account]) -> None:
    """Stores anything that a record may hold, also what no form lets through, by whomever."""
    questions = asked(type(record))
    kept = ("install_point", "status", "owner_agency", "province", "district", "subdistrict", "agency", "police_station")
    said = {name: made_up(q, dice) for name, q in questions.items() if name not in kept}
    said["not_known"] = dice.sample(list(questions), dice.randint(0, 6))
    said["recorder"] = dice.choice(recorders).id
    said["review_state"] = dice.choice(("pending", "approved", "pending", "withdrawn"))
    if "restricted" in said:
        said["restricted"] = dice.choice(("yes", "yes", "no", None))
    type(record).update(**said).where(type(record).id == record.id).execute()


@pytest.fixture
def readers(person: Callable[..., Account]) -> list[Account]:
    for name in OWNERS:
        register(name)
    return [person(role, *areas, **({"agency": OWNERS[0]} if role == "agency" else {})) for role, areas in READERS]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), chunk=st.sampled_from((1, 2, 500)))
def test_fast_rows_are_the_obvious_rows_for_every_reader(readers: list[Account], seed: int, chunk: int) -> None:
    dice = random.Random(seed)
    for model in (Camera, Site, ProposedPoint, ProblemReport):
        model.delete().execute()
    centre = readers[0]
    for _ in range(dice.randint(1, 4)):
        position, owner = dice.choice((NARATHIWAT, RATCHABURI)), dice.choice(OWNERS)
        place = {"latitude": position[0] + dice.random() / 50, "longitude": position[1]}
        site = make_site(centre, **place, owner_agency=owner, install_point=dice.choice(TEXTS[:2]))
        made: list[Any] = [site, *(make_camera(centre, site, status=dice.choice(("working", "not_working"))) for _ in range(dice.randint(0, 3)))]
        points = [send(centre, "point", {"location": "ตลาด", **place, "project_status": "not_started", "reason": "มืด", "camera_count": n}) for n in (1, 2)]
        report = send(centre, "report", {"agency": owner, "province": site.province, "usage": "เก่า"})
        made += [*(ProposedPoint.get_by_id(p["record_id"]) for p in points), ProblemReport.get_by_id(report["record_id"])]
        for record in made:
            disturb(record, dice, readers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exported, "CHUNK", chunk)
        for reader in readers:
            for kind in exported.MODELS:
                for wanted in FILTERS:
                    slow = obvious.rows(reader, kind, wanted)
                    assert [list(row) for row in values_of(reader, kind, wanted)[1]] == slow
                    assert exported.row_count(reader, kind, wanted) == len(slow)
                assert b"".join(written.write_csv(reader, kind, Filter(), str)) == obvious.delimited(reader, kind, Filter())
                assert json.loads(b"".join(written.write_geojson(reader, kind, Filter()))) == obvious.features(reader, kind, Filter())


def test_what_all_rows_together_decide_is_what_scope_says_of_each(readers: list[Account], person: Callable[..., Account]) -> None:
    made = make_site(person("surveyor", "96"), owner_agency=OWNERS[0])
    for reader in readers:
        for site in scope.visible(reader, Site).where(Site.id == made.id):
            for question in asked(Site).values():
                assert scope.may_read_visible(reader, question) == scope.may_read(reader, question, site)


def test_a_stream_address_is_never_decided_for_all_at_once(readers: list[Account]) -> None:
    with pytest.raises(LookupError):
        scope.may_read_visible(readers[0], asked(Camera)["stream_url"])
