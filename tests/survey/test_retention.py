"""What is erased by rule is gone everywhere, what is not due stays, and the log says what was done; the report after a leak."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest
from flask import Flask

from models import Account, Audit, Camera, Conflict, Import, ImportRow, LoginFailure, Mutation, Session, Site, utcnow
from survey import accounts, audit, disclosure, receipts, retention
from tests.conftest import make_camera, make_site, send

People = Callable[..., Account]
CONTACT = {"contact_name": "ด.ต. ต้องลบ ออกไป", "contact_phone": "095-587-2405", "contact_position": "หัวหน้าเวรลบ"}
LONG_AGO = dt.timedelta(days=400)


def everything() -> str:
    """All that the database holds of records and messages, as text."""
    return json.dumps([row for model in (Site, Mutation, Conflict) for row in model.select().dicts()], default=str, ensure_ascii=False)


def removed_site(user: Account, when: dt.timedelta = LONG_AGO) -> Site:
    site = make_site(user, **CONTACT, place="ตลาดเก่า")
    camera = make_camera(user, site)
    send(user, "site", {"contact_phone": "ต้องลบ 12345"}, site.id, base={"rev": site.rev})
    send(user, "site", {"contact_name": "ด.ต. ต้องลบ คนที่สอง"}, site.id, base={"rev": site.rev})
    send(user, "site", {"contact_name": "ด.ต. ต้องลบ ขัดแย้ง"}, site.id, base={"rev": site.rev}, device_id="x")
    Camera.update(status="removed", status_at=utcnow() - when).where(Camera.id == camera.id).execute()
    return site


def test_contact_persons_of_removed_cameras_are_erased_everywhere(person: People) -> None:
    user = person("surveyor", "96")
    gone, kept = removed_site(user), make_site(user, **CONTACT, install_point="ยังมีกล้อง")
    make_camera(user, kept)
    Site.update(contact_name="ด.ต. ยังอยู่").where(Site.id == kept.id).execute()
    before = {m.id: m.payload_sha256 for m in Mutation.select()}
    assert retention.apply(365, 365)["contacts"] == 1
    said = json.dumps([*Site.select().where(Site.id == gone.id).dicts(), *Mutation.select().where(Mutation.record_id == gone.id).dicts(), *Conflict.select().dicts()],
                      default=str, ensure_ascii=False)  # fmt: skip
    assert "ต้องลบ" not in said and "095-587" not in said and "หัวหน้าเวรลบ" not in said
    assert "ตลาดเก่า" in said and Site.get_by_id(kept.id).contact_name == "ด.ต. ยังอยู่"
    assert {m.id: m.payload_sha256 for m in Mutation.select()} == before  # receipts still hold
    asked = [{"mutation_id": str(i), "payload_sha256": sha} for i, sha in before.items()]
    assert receipts.check(user, asked)["missing"] == []
    assert "ต้องลบ" not in json.dumps(list(Audit.select().dicts()), default=str, ensure_ascii=False)


@pytest.mark.parametrize("when", [dt.timedelta(days=1), dt.timedelta(days=364)])
def test_what_is_not_due_stays(person: People, when: dt.timedelta) -> None:
    removed_site(person("surveyor", "96"), when)
    make_site(person("surveyor", "96"), **CONTACT, install_point="ไม่มีกล้องเลย")
    assert retention.apply(365, 365)["contacts"] == 0 and "ต้องลบ" in everything()


def test_a_camera_that_was_withdrawn_counts_from_that_day(person: People) -> None:
    site = make_site(person("surveyor", "96"), **CONTACT)
    camera = make_camera(person("surveyor", "96"), site)
    send(person("province_admin", "96"), "camera", {}, camera.id, op="withdraw", base={"rev": camera.rev})
    assert Camera.get_by_id(camera.id).review_state == "withdrawn"
    assert retention.apply(365, 365)["contacts"] == 0
    Camera.update(updated_at=utcnow() - LONG_AGO).where(Camera.id == camera.id).execute()
    assert retention.apply(365, 365)["contacts"] == 1 and Site.get_by_id(site.id).contact_name is None


def test_rows_of_lists_that_were_not_taken_in_go_too(person: People) -> None:
    new, old = (Import.create(account=person("province_admin", "96"), filename="รายการ.csv", sha256="0" * 64, size=1, format="csv", state="done") for _ in range(2))
    for staged in (new, old):
        for number, state in enumerate(("error", "skipped", "good", "raw", "applied")):
            ImportRow.create(source=staged.id, sheet=0, number=number, state=state, cells=[] if state == "applied" else [CONTACT["contact_name"]],
                             problems=[{"kind": "leading_zero", "params": {"text": "ต้องลบ"}}])  # fmt: skip
    Import.update(updated_at=utcnow() - LONG_AGO).where(Import.id == old.id).execute()
    assert retention.apply(365, 365)["list_rows"] == 4
    assert "ต้องลบ" not in json.dumps(list(ImportRow.select().where(ImportRow.source == old.id).dicts()), default=str, ensure_ascii=False)
    assert [r.state for r in ImportRow.select().where(ImportRow.source == old.id)] == ["applied"]
    assert ImportRow.select().where(ImportRow.source == new.id, ImportRow.cells != []).count() == 4


def test_old_sessions_failures_and_log_rows_go_and_the_chain_holds(person: People) -> None:
    user = person("surveyor", "96")
    for _ in range(3):
        accounts.begin(user, "1.1.1.1")
    Session.update(seen_at=utcnow() - LONG_AGO).execute()
    LoginFailure.create(key="x|1.1.1.1", count=3, last_at=utcnow() - dt.timedelta(days=2))
    done = retention.apply(30, 365)  # less than 90 days is not believed
    assert (done["sessions"], done["failures"], done["log"]) == (3, 1, 0)
    assert audit.verify()[1] == [] and Audit.select().order_by(Audit.number.desc()).first().action == "retention"


def test_the_report_after_a_leak_says_whose_data_which_account_saw(app: Flask, person: People) -> None:
    user, inspector = person("surveyor", "96"), person("inspector", "96")
    site, other = make_site(user, **CONTACT), make_site(user, contact_name="คนที่สอง")
    began = utcnow() - dt.timedelta(minutes=1)
    disclosure.note_shown(user, {site.id: "96"}, "1.1.1.1")
    disclosure.note_shown(user, {site.id: "96"}, "1.1.1.1")
    disclosure.reveal(inspector, other, "ตรวจคดีลักทรัพย์", "2.2.2.2")
    disclosure.note_read(user, "package", 500, "1.1.1.1")
    disclosure.note_read(user, "package", 3, "1.1.1.1")
    rows = list(disclosure.report(began))
    assert [(r["account"], r["action"], r["contact"], r["records"]) for r in rows] == [
        (user.username, "contact.shown", CONTACT["contact_name"], 1), (inspector.username, "contact.revealed", "คนที่สอง", 1), (user.username, "bulk.read", "", 500)]  # fmt: skip
    assert list(disclosure.report(began, inspector.username)) == rows[1:2] and list(disclosure.report(utcnow() + dt.timedelta(hours=1))) == []
    said = app.test_cli_runner().invoke(args=["breach-report", "--since", "2026-01-01", "--account", user.username]).output
    assert said.splitlines()[0].startswith("at,account") and CONTACT["contact_name"] in said


def test_the_commands(app: Flask, person: People) -> None:
    removed_site(person("surveyor", "96"))
    runner = app.test_cli_runner()
    assert "contacts 1" in runner.invoke(args=["retention"]).output
    good = runner.invoke(args=["audit", "verify"])
    assert good.exit_code == 0 and "0 breaks" in good.output
    Audit.update(subject_id="other").where(Audit.number == 2).execute()
    bad = runner.invoke(args=["audit", "verify"])
    assert bad.exit_code == 1 and "row 2 was altered" in bad.output
