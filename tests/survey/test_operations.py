"""Merging, settling, receipts, phones, and unsent work that comes in as a file."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from models import Account, Audit, Camera, Conflict, Device, Mutation, Photo, Site, StatusUpdate
from survey import album, conflicts, devices, handover, messages, receipts, scope
from survey.errors import Refusal
from survey.search import fold
from tests.conftest import Browser, hidden, make_camera, make_site, picture, send

People = Callable[..., Account]


def conflicting(person: People) -> tuple[Site, Account, Account, Account]:
    """A site whose name two surveyors changed without knowing of each other."""
    one, two, office = person("surveyor", "96"), person("surveyor", "96", name="two"), person("province_admin", "96")
    site = make_site(one)
    send(one, "site", {"install_point": "ชื่อของคนแรก"}, site.id, base={"rev": site.rev})
    answer = send(two, "site", {"install_point": "ชื่อของคนที่สอง", "details": "ไม่ชนกัน"}, site.id, base={"rev": site.rev})
    assert answer["conflicts"] == ["install_point"]
    return site, one, two, office


def test_different_fields_merge_and_the_same_one_is_listed(person: People) -> None:
    site, one, two, office = conflicting(person)
    now = Site.get_by_id(site.id)
    assert (now.install_point, now.details) == ("ชื่อของคนแรก", "ไม่ชนกัน")
    assert [c.question.name for c in conflicts.listed(office, settled=False)] == ["install_point"]
    assert [c.by.id for c in conflicts.listed(two, settled=False)] == [two.id]
    assert conflicts.listed(one, settled=False) == [] and conflicts.listed(person("province_admin", "70"), settled=False) == []


@pytest.mark.parametrize(("choose", "name"), [("stands", "ชื่อของคนแรก"), ("offered", "ชื่อของคนที่สอง")])
def test_one_click_settles_it_and_the_surveyor_sees_it(app: Flask, person: People, browser: Callable[..., Browser], choose: str, name: str) -> None:
    site, _, two, office = conflicting(person)
    page = browser("province_admin", "96").get("/conflicts").text
    assert "ชื่อของคนแรก" in page and "ชื่อของคนที่สอง" in page
    conflict = Conflict.get()
    clerk = browser("province_admin", "96")
    data = {"csrf_token": hidden(page := clerk.get("/conflicts").text, "csrf_token"), "choose": choose}
    for _ in range(2):  # a second press changes nothing
        assert clerk.client.post(f"/conflicts/{conflict.id}", data=data).status_code == 303
    assert Site.get_by_id(site.id).install_point == name
    assert "ไม่มีข้อที่ต้องเลือก" in clerk.get("/conflicts").text
    shown = conflicts.listed(two, settled=True)
    assert len(shown) == 1 and shown[0].settled.owner_id == office.id
    assert "เลือกแล้วโดย" in browser("surveyor", "96", name="two").get("/conflicts").text


def test_who_may_not_decide_does_not(person: People, browser: Callable[..., Browser]) -> None:
    site, _, two, _ = conflicting(person)
    conflict = Conflict.get()
    answer = send(two, "site", {}, site.id, op="settle", conflict=str(conflict.id), choose="offered")
    assert answer["ok"] and Site.get_by_id(site.id).install_point == "ชื่อของคนแรก" and Conflict.get().settled_by_id is None
    other = browser("province_admin", "70")
    data = {"csrf_token": hidden(other.get("/more").text, "csrf_token"), "choose": "offered"}
    assert other.client.post(f"/conflicts/{conflict.id}", data=data).status_code == 404


def test_a_conflict_about_a_contact_person_is_hidden_from_who_may_not_read_it(person: People) -> None:
    one, two = person("surveyor", "96"), person("surveyor", "96", name="two")
    site = make_site(one)
    send(one, "site", {"contact_name": "นาย ก"}, site.id, base={"rev": site.rev})
    send(two, "site", {"contact_name": "นาย ข"}, site.id, base={"rev": site.rev})
    assert len(conflicts.listed(two, settled=False)) == 1
    assert conflicts.listed(person("inspector", "96"), settled=False) == [] and conflicts.listed(person("analyst"), settled=False) == []


def test_merging_two_sites_moves_what_hangs_on_them(person: People) -> None:
    user, office = person("surveyor", "96"), person("province_admin", "96")
    keeper, twin = make_site(user), make_site(user, install_point="จุดเดียวกัน")
    camera = make_camera(user, twin, label="CAM-9")
    upload = album.accept(picture(), user)[0]
    send(user, "site", {}, twin.id, base={"rev": twin.rev}, photos={"add": [{"sha256": upload.sha256}]})
    answer = send(office, "site", {}, twin.id, op="merge", into=str(keeper.id))
    assert answer["ok"]
    twin, keeper = Site.get_by_id(twin.id), Site.get_by_id(keeper.id)
    assert (twin.review_state, twin.merged_into) == ("merged", keeper.id)
    assert Camera.get_by_id(camera.id).site_id == keeper.id and Photo.get().record_id == keeper.id and fold("CAM-9") in keeper.search_text
    late = send(user, "site", {"install_point": "แก้ทีหลัง"}, twin.id, base={"rev": twin.rev})
    stored = Mutation.get_by_id(uuid.UUID(late["mutation_id"]))
    assert late["ok"] and not stored.applied and "record_merged" in stored.flags and Site.get_by_id(keeper.id).install_point != "แก้ทีหลัง"


def test_a_camera_found_at_a_merged_site_belongs_to_the_one_that_stayed(person: People) -> None:
    user, office = person("surveyor", "96"), person("province_admin", "96")
    first, second, third = make_site(user), make_site(user), make_site(user)
    send(office, "site", {}, first.id, op="merge", into=str(second.id))
    send(office, "site", {}, second.id, op="merge", into=str(third.id))
    camera = make_camera(user, first)
    assert camera.site_id == third.id and camera.review_state == "pending"


def test_merging_cameras_keeps_the_latest_condition(person: People) -> None:
    user, office = person("surveyor", "96"), person("province_admin", "96")
    site = make_site(user)
    keeper, twin = make_camera(user, site), make_camera(user, site)
    send(user, "update", {"camera_id": str(twin.id), "status": "not_working"})
    send(office, "camera", {}, twin.id, op="merge", into=str(keeper.id))
    assert Camera.get_by_id(keeper.id).status == "not_working" and StatusUpdate.get().camera_id == keeper.id


@pytest.mark.parametrize("who", [("surveyor", "96"), ("province_admin", "70"), ("agency", "96")])
def test_only_the_province_and_the_centre_merge(person: People, who: tuple[str, ...]) -> None:
    user = person("surveyor", "96", name="maker")
    keeper, twin = make_site(user), make_site(user)
    answer = send(person(*who), "site", {}, twin.id, op="merge", into=str(keeper.id))
    assert answer["ok"] and Site.get_by_id(twin.id).review_state == "pending"


def test_a_merge_with_itself_or_with_nothing_is_history(person: People) -> None:
    office = person("province_admin", "96")
    site = make_site(office)
    for into in (site.id, uuid.uuid4()):
        send(office, "site", {}, site.id, op="merge", into=str(into))
    assert Site.get_by_id(site.id).review_state == "pending"
    with pytest.raises(Refusal, match="unreadable"):
        send(office, "site", {}, site.id, op="merge")


def test_receipts_name_what_is_not_here(app: Flask, person: People, browser: Callable[..., Browser]) -> None:
    user, other = person("surveyor", "96"), person("surveyor", "96", name="other")
    data = picture((5, 6, 7))
    sha256 = hashlib.sha256(data).hexdigest()
    answer = send(user, "site", {"install_point": "x"}, photos={"add": [{"sha256": sha256}]})
    good = {"mutation_id": answer["mutation_id"], "payload_sha256": answer["payload_sha256"]}
    unknown = {"mutation_id": str(uuid.uuid4()), "payload_sha256": "0" * 64}
    changed = {**good, "payload_sha256": "1" * 64}
    assert receipts.check(user, [good, unknown]) == {"missing": [unknown["mutation_id"]], "photos_missing": [sha256]}
    assert receipts.check(user, [changed])["missing"] == [good["mutation_id"]]
    assert receipts.check(other, [good]) == {"missing": [good["mutation_id"]], "photos_missing": []}
    album.accept(data, user)
    assert receipts.check(user, [good]) == {"missing": [], "photos_missing": []}
    album.store().delete(album.original_key(sha256))  # the database knows it, the disk lost it
    assert receipts.check(user, [good])["photos_missing"] == [sha256]
    album.accept(data, user)
    assert receipts.check(user, [good])["photos_missing"] == []
    client = browser("surveyor", "96")
    post = {"headers": {"X-CSRFToken": client.csrf()}}
    assert client.client.post("/sync/receipts", json=[good], **post).json == {"ok": True, "missing": [], "photos_missing": []}
    for wrong in ({}, [1], "x"):
        assert client.client.post("/sync/receipts", json=wrong, **post).status_code == 422
    assert client.client.post("/sync/receipts", json=[good] * 501, **post).status_code == 413


def test_a_message_that_waits_for_its_site_still_asks_for_its_photos(person: People) -> None:
    user = person("surveyor", "96")
    data = picture((7, 8, 9))
    sha256 = hashlib.sha256(data).hexdigest()
    site_id = uuid.uuid4()
    answer = send(user, "camera", {"site_id": str(site_id), "status": "working"}, photos={"add": [{"sha256": sha256}]})
    assert answer["photos_missing"] == [sha256]
    album.accept(data, user)
    send(user, "site", {"install_point": "มาทีหลัง", "latitude": 6.4255, "longitude": 101.8253, "owner_agency": "x"}, site_id)
    assert Photo.get().upload_id is not None and Camera.get().site_id == site_id


def test_phones_tell_what_they_hold(person: People, browser: Callable[..., Browser]) -> None:
    user = browser("surveyor", "96")
    post = lambda said: user.client.post("/sync/device", json=said, headers={"X-CSRFToken": user.csrf(), "User-Agent": "TestPhone\x00 1"})  # noqa: E731
    assert post({"device_id": "phone-1", "waiting": 3, "oldest": "2026-11-20T01:00:00Z", "version": "abc"}).json == {"ok": True}
    assert post({"device_id": "phone-1", "waiting": 2, "oldest": "2026-11-20T01:00:00Z", "drill": {"camera": True, "nonsense": True}}).json == {"ok": True}
    device = Device.get()
    assert (device.waiting, device.oldest, device.drill, device.browser) == (2, dt.datetime(2026, 11, 20, 1), {"camera": True}, "TestPhone 1")
    for wrong in ({}, {"device_id": "x"}, {"device_id": "x", "waiting": -1}, {"device_id": 5, "waiting": 1}, {"device_id": "x", "waiting": 1, "drill": []}, []):
        assert post(wrong).status_code == 422, wrong
    office, elsewhere = person("province_admin", "96"), person("province_admin", "70")
    assert [d.id for d in devices.known(office)] == [device.id] and devices.known(elsewhere) == [] and devices.counts(office) == (1, 2)
    Device.update(seen_at=dt.datetime(2026, 1, 1)).execute()
    assert devices.is_silent(Device.get()) and "เงียบไปนาน" in browser("province_admin", "96").get("/phones").text
    assert post({"device_id": "phone-1", "waiting": 0, "drill": dict.fromkeys(devices.DRILL, True)}).json == {"ok": True}
    assert devices.is_ready(Device.get()) and devices.counts(office) == (0, 0)


def unsent(author: Account, count: int = 2, owner: str | None = None, **entries: bytes) -> io.BytesIO:
    """A file as a phone exports it."""
    held = io.BytesIO()
    photo = picture((1, 2, 3))
    with zipfile.ZipFile(held, "w") as bundle:
        bundle.writestr("manifest.json", json.dumps({"format": handover.FORMAT, "owner": owner or str(author.id), "items": []}))
        for n in range(count):
            message = {"kind": "site", "op": "save", "record_id": str(uuid.uuid4()), "owner": str(author.id), "schema": 1, "captured_at": "2026-11-20T03:00:00Z",
                       "answers": {"install_point": f"ในไฟล์ {n}", "owner_agency": "เทศบาล", "latitude": 6.4255, "longitude": 101.8253},
                       "photos": {"add": [{"sha256": hashlib.sha256(photo).hexdigest()}]}}  # fmt: skip
            bundle.writestr(f"messages/{uuid.uuid5(author.id, str(n))}.json", messages.seal(message))
        bundle.writestr(f"photos/{hashlib.sha256(photo).hexdigest()}", photo)
        for name, data in entries.items():
            bundle.writestr(name.replace("__", "/"), data)
    held.seek(0)
    return held


def test_a_file_of_unsent_work_keeps_author_and_importer(person: People) -> None:
    author, office = person("surveyor", "96"), person("province_admin", "96")
    Account.update(disabled_at=dt.datetime(2026, 11, 1)).where(Account.id == author.id).execute()
    file = unsent(author)
    outcome = handover.bring_in(file, office)
    assert (outcome.received, outcome.known, outcome.photos, outcome.refused) == (2, 0, 1, [])
    file.seek(0)
    again = handover.bring_in(file, office)
    assert (again.received, again.known) == (0, 2) and Site.select().count() == 2
    mutation = Mutation.select().first()
    assert (mutation.owner_id, mutation.carried_by_id, mutation.applied) == (author.id, office.id, True)
    assert Site.select().first().recorder_id == author.id and Photo.select().where(Photo.upload.is_null()).count() == 0
    audited = Audit.select().where(Audit.action == "site.save").first()
    assert audited.account_id == office.id and audited.detail["author"] == str(author.id)
    assert Account.get_by_id(author.id).disabled_at is not None


@pytest.mark.parametrize("who", [("province_admin", "70"), ("surveyor", "96"), ("analyst",), ("agency", "96")])
def test_only_the_authors_province_or_the_centre_brings_it_in(person: People, who: tuple[str, ...]) -> None:
    author = person("surveyor", "96", name="author")
    with pytest.raises(Refusal, match="handover_author"):
        handover.bring_in(unsent(author), person(*who))
    assert Site.select().count() == 0


def test_a_province_does_not_bring_in_work_of_the_centre_or_of_a_circle(person: People) -> None:
    office = person("province_admin", "96")
    for author in (person("centre_admin"), person("surveyor", "94", "95", "96")):
        with pytest.raises(Refusal, match="handover_author"):
            handover.bring_in(unsent(author), office)
    assert handover.bring_in(unsent(person("surveyor", "94", "95", "96")), person("centre_admin")).received == 2


def test_what_is_damaged_in_a_file_does_not_hold_up_the_rest(person: People) -> None:
    author, other, office = person("surveyor", "96"), person("surveyor", "96", name="other"), person("province_admin", "96")
    foreign = messages.seal({"kind": "site", "op": "save", "record_id": str(uuid.uuid4()), "owner": str(other.id), "answers": {}})
    file = unsent(author, 1, messages__nonsense=b"{}", **{f"messages__{uuid.uuid4()}.json": b"[]", f"messages__{uuid.uuid4()}.json ": foreign, "photos__x": b"no photo"})
    outcome = handover.bring_in(file, office)
    assert outcome.received == 1 and len(outcome.refused) == 4


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04 cut off"])
def test_what_is_no_such_file_says_so(person: People, browser: Callable[..., Browser], data: bytes) -> None:
    office = browser("province_admin", "96")
    answer = office.client.post("/waiting/bring-in", data={"csrf_token": hidden(office.get("/waiting/bring-in").text, "csrf_token"), "file": (io.BytesIO(data), "x.zip")})
    assert answer.status_code == 400 and "ไม่ใช่ไฟล์รายการที่ยังไม่ได้ส่ง" in answer.text


def test_a_small_file_that_claims_to_be_huge_is_not_unpacked(person: People) -> None:
    author, office = person("surveyor", "96"), person("province_admin", "96")
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("manifest.json", json.dumps({"format": handover.FORMAT, "owner": str(author.id)}))
        bundle.writestr(f"photos/{'0' * 64}", b"\0" * 50_000_000)
    outcome = handover.bring_in(held, office)
    assert outcome.photos == 0 and outcome.refused[0][1].code == "too_large"


def test_a_disabled_account_is_told_why(app: Flask, browser: Callable[..., Browser]) -> None:
    user = browser("surveyor", "96")
    Account.update(disabled_at=dt.datetime(2026, 11, 1)).where(Account.id == user.account.id).execute()
    answer = user.get("/sync/session")
    assert answer.status_code == 403 and answer.json["error"] == "disabled"
    assert user.get("/").status_code == 302  # a page asks to log in, where the reason is given


def test_every_new_table_is_in_scope(person: People) -> None:
    for model in (Conflict, Device):
        assert scope.visible(person("viewer"), model).count() == 0


def test_a_practice_message_gets_a_receipt_and_is_not_stored(browser: Callable[..., Browser]) -> None:
    user: Any = browser("surveyor", "96")
    mutation_id, payload = uuid.uuid4(), b'{"practice": true}'
    answer = user.put(f"/sync/practice/{mutation_id}", payload)
    assert answer.status_code == 201 and answer.json["payload_sha256"] == hashlib.sha256(payload).hexdigest()
    assert answer.json["receipt_no"] == messages.receipt_number(mutation_id) and Mutation.select().count() == 0
