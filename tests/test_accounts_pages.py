"""Handing on accounts, the second step, confirming, sessions: through the pages, as people do it."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterator

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from config import Settings
from models import Account, Agency, Audit, Invitation, Session, Site, utcnow
from survey import accounts, second_factor
from tests.conftest import PASSWORD, Browser, hidden, make_site

Make = Callable[..., Browser]
NEW = "ม้าลายสามตัวข้ามสะพานไม้"


def join(app: Flask, code: str, password: str = NEW, again: str | None = None) -> tuple[FlaskClient, object]:
    client = app.test_client()
    token = hidden(client.get("/join").text, "csrf_token")
    return client, client.post("/join", data={"csrf_token": token, "code": code, "password": password, "again": password if again is None else again})


def test_from_a_list_to_a_surveyor_who_is_logged_in(app: Flask, browser: Make) -> None:
    boss = browser("province_admin", "96")
    page = boss.get("/accounts/list").text
    token = hidden(page, "csrf_token")
    people = "ด.ต. สมชาย ใจดี, 0955872405, สภ.เมืองนราธิวาส\nส.ต.อ. สมหญิง รักงาน, 12, สภ.ตากใบ"
    answer = boss.client.post("/accounts/list", data={"csrf_token": token, "role": "surveyor", "people": people})
    assert answer.status_code == 400 and "หมายเลขโทรศัพท์ไม่ถูกต้อง" in answer.text and "สมหญิง" in answer.text and Account.select().count() == 1
    people = people.replace(", 12,", ", 0955872406,")
    assert "ออกบัญชีทั้งหมด" in boss.client.post("/accounts/list", data={"csrf_token": token, "role": "surveyor", "people": people}).text
    made = boss.client.post("/accounts/list", data={"csrf_token": token, "role": "surveyor", "people": people, "make": "yes"})
    assert made.status_code == 200 and "ออกบัญชีแล้ว 2 บัญชี" in made.text
    slips = boss.client.post("/accounts/slips.pdf", data={"csrf_token": token, "account": re.findall(r'name="account" value="([0-9a-f-]+)"', made.text)})
    assert slips.data.startswith(b"%PDF") and slips.content_type == "application/pdf"
    assert boss.client.post("/accounts/slips.pdf", data={"csrf_token": token, "account": "-" * 36}).status_code == 400
    shown = boss.get(f"/accounts/{Account.get(Account.username == '96-0001').id}").text
    code = re.search(r'class="numbers">([A-Z2-7-]{14})<', shown)
    assert code
    client, answer = join(app, code[1])
    assert answer.status_code == 303 and "สมชาย" in client.get("/").text
    client, answer = join(app, code[1])
    assert answer.status_code == 400 and "รหัสเชิญใช้ไม่ได้" in answer.text and "96-0001" not in answer.text


def test_two_different_passwords_are_asked_again(app: Flask, browser: Make) -> None:
    _, answer = join(app, "AAAA-AAAA-AAAA", NEW, "อีกอย่างหนึ่งที่ยาวพอสมควร")
    assert answer.status_code == 400 and "ไม่ตรงกัน" in answer.text and 'value="AAAA-AAAA-AAAA"' in answer.text


def test_the_seats_of_all_provinces_in_one_go(browser: Make) -> None:
    centre = browser("centre_admin")
    token = hidden(centre.get("/accounts").text, "csrf_token")
    page = centre.client.post("/accounts/seats", data={"csrf_token": token}).text
    assert "ออกบัญชีแล้ว 154 บัญชี" in page and Invitation.select().count() == 154
    pdf = centre.client.post("/accounts/slips.pdf", data={"csrf_token": token, "letters": "yes", "account": re.findall(r'name="account" value="([0-9a-f-]+)"', page)})
    assert len(PdfReader(io.BytesIO(pdf.data)).pages) == 2 * 77
    assert "ออกบัญชีแล้ว 0 บัญชี" in centre.client.post("/accounts/seats", data={"csrf_token": token}).text
    assert browser("province_admin", "96").client.post("/accounts/seats", headers={"X-CSRFToken": "x"}).status_code in (400, 403)


def test_an_inspector_gets_the_provinces_of_the_region(browser: Make) -> None:
    centre = browser("centre_admin")
    answer = centre.fill("/accounts/new", {"name": "ผู้ตรวจ ก", "role": "inspector", "region": "7", "username": "inspector.7"})
    assert answer.status_code == 303
    assert sorted(Account.get(Account.username == "inspector.7").provinces) == ["94", "95", "96"]


def test_what_is_wrong_with_a_new_account_is_said_and_kept(browser: Make) -> None:
    answer = browser("province_admin", "96").fill("/accounts/new", {"name": "ก ข", "role": "surveyor", "phone": "12", "username": "A!"})
    assert answer.status_code == 400 and "หมายเลขโทรศัพท์ไม่ถูกต้อง" in answer.text and "ชื่อผู้ใช้ใช้ได้เฉพาะ" in answer.text and 'value="ก ข"' in answer.text


def stale(account: Account) -> None:
    Session.update(fresh_at=utcnow() - accounts.FRESH_FOR).where(Session.account == account.id).execute()


def test_account_changes_ask_for_the_password_again_and_keep_what_was_typed(browser: Make) -> None:
    boss = browser("province_admin", "96")
    token = hidden(boss.get("/more").text, "csrf_token")
    stale(boss.account)
    assert boss.get("/accounts/new").headers["Location"].startswith("/confirm?next=/accounts/new")
    asked = boss.client.post("/accounts/new", data={"csrf_token": token, "name": "ด.ต. รอ", "role": "surveyor", "province": "96"})
    assert asked.status_code == 403 and 'name="kept-name" value="ด.ต. รอ"' in asked.text
    fields = dict(re.findall(r'name="((?:kept|csrf)[^"]*)" value="([^"]*)"', asked.text))
    wrong = boss.client.post("/confirm", data={**fields, "password": "wrong"})
    assert wrong.status_code == 400 and 'name="kept-name" value="ด.ต. รอ"' in wrong.text
    right = boss.client.post("/confirm", data={**fields, "password": PASSWORD})
    assert right.status_code == 200 and 'action="/accounts/new"' in right.text and 'name="name" value="ด.ต. รอ"' in right.text
    assert boss.get("/accounts/new").status_code == 200


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_confirming_leads_nowhere_else(browser: Make, target: str) -> None:
    boss = browser("province_admin", "96")
    token = hidden(boss.get("/confirm").text, "csrf_token")
    assert boss.client.post("/confirm", data={"csrf_token": token, "password": PASSWORD, "next": target}).headers["Location"] == "/"


def test_my_log_ins_are_listed_and_the_lost_phone_is_put_out(app: Flask, browser: Make) -> None:
    here = browser("surveyor", "96")
    lost = Browser(app, here.account)
    page = here.get("/account").text
    assert page.count("ออกจากเครื่องนั้น") == 1 and "เครื่องนี้" in page
    here.client.post("/account/sessions/end", data={"csrf_token": hidden(page, "csrf_token"), "session": "others"})
    assert lost.get("/sites").status_code == 302 and here.get("/sites").status_code == 200
    handle = Session.select().where(Session.account == here.account.id, Session.ended_at.is_null()).get().token_hash[:16]
    other = browser("surveyor", "70")
    other.client.post("/account/sessions/end", data={"csrf_token": hidden(other.get("/account").text, "csrf_token"), "session": handle})
    assert here.get("/sites").status_code == 200  # nobody ends another's


def test_a_changed_password_through_the_page(browser: Make) -> None:
    me = browser("surveyor", "96")
    token = hidden(me.get("/account").text, "csrf_token")
    change = {"csrf_token": token, "old": PASSWORD, "password": NEW, "again": NEW}
    assert "ไม่ตรงกัน" in me.client.post("/account/password", data={**change, "again": "x"}).text
    assert "เดาง่าย" in me.client.post("/account/password", data={**change, "password": "กล้องวงจรปิดนราธิวาส2559", "again": "กล้องวงจรปิดนราธิวาส2559"}).text
    assert me.client.post("/account/password", data=change).status_code == 303
    assert accounts.identify(me.account.username, NEW, "1.1.1.1")


@pytest.fixture
def strict(app: Flask, settings: Settings) -> Iterator[Flask]:
    """The application as it is in earnest: administrators need a second factor."""
    settings.require_totp = None
    yield app
    settings.require_totp = False


def log_in(app: Flask, account: Account, **more: str) -> tuple[FlaskClient, object]:
    client = app.test_client()
    token = hidden(client.get("/login").text, "csrf_token")
    return client, client.post("/login", data={"csrf_token": token, "username": account.username, "password": PASSWORD, **more})


def test_an_administrator_sets_up_the_second_factor_before_anything_else(strict: Flask, browser: Make, person: Callable[..., Account]) -> None:
    boss = person("province_admin", "96")
    client, _ = log_in(strict, boss)
    for path in ("/", "/sites", "/accounts", "/audit"):
        assert client.get(path).headers["Location"] == "/account/second-factor", path
    answer = client.get("/sync/session")
    assert answer.status_code == 403 and answer.json["error"] == "second_factor_needed"
    stale(boss)  # who first fetches an app for the codes is asked for the password, and comes back
    assert client.get("/account/second-factor").headers["Location"].startswith("/confirm?next=/account/second-factor")
    token = hidden(client.get("/confirm?next=/account/second-factor").text, "csrf_token")
    assert client.post("/confirm", data={"csrf_token": token, "next": "/account/second-factor", "password": PASSWORD}).headers["Location"] == "/account/second-factor"
    page = client.get("/account/second-factor").text
    assert "<svg" in page
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert secret
    data = {"csrf_token": hidden(page, "csrf_token"), "code": "000000"}
    assert "รหัสยืนยันไม่ถูกต้อง" in client.post("/account/second-factor", data=data).text
    done = client.post("/account/second-factor", data={**data, "code": pyotp.TOTP(secret[1]).now()}).text
    codes = re.findall(r"<code>([A-Z2-7]{4}-[A-Z2-7]{4})</code>", done)
    assert len(codes) == 10 and client.get("/accounts").status_code == 200
    again, answer = log_in(strict, boss)
    assert "ยืนยันขั้นที่สอง" in answer.text and again.get("/more").status_code == 302  # the password alone opens nothing
    token = hidden(answer.text, "csrf_token")
    assert again.post("/login/second", data={"csrf_token": token, "code": "111111"}).status_code == 400
    assert again.post("/login/second", data={"csrf_token": token, "code": codes[0]}).status_code == 303 and again.get("/accounts").status_code == 200
    thief = strict.test_client()
    token = hidden(thief.get("/login").text, "csrf_token")
    assert thief.post("/login/second", data={"csrf_token": token, "code": codes[1]}).status_code == 401  # without the password first


def test_a_surveyor_need_not_and_a_code_is_not_replayed(strict: Flask, person: Callable[..., Account], monkeypatch: pytest.MonkeyPatch) -> None:
    user = person("surveyor", "96")
    client, answer = log_in(strict, user)
    assert answer.status_code == 303 and client.get("/").status_code == 200
    secret = second_factor.new_secret()
    second_factor.set_up(user, secret, pyotp.TOTP(secret).at(time.time() - 30))
    code = pyotp.TOTP(secret).now()
    for status in (303, 400):
        again, answer = log_in(strict, user)
        assert again.post("/login/second", data={"csrf_token": hidden(answer.text, "csrf_token"), "code": code}).status_code == status


def test_the_second_step_waits_five_minutes_and_ends_with_a_changed_password(strict: Flask, person: Callable[..., Account], monkeypatch: pytest.MonkeyPatch) -> None:
    user = person("surveyor", "96")
    secret = second_factor.new_secret()
    second_factor.set_up(user, secret, pyotp.TOTP(secret).at(time.time() - 30))
    client, answer = log_in(strict, user)
    token, real = hidden(answer.text, "csrf_token"), time.time
    monkeypatch.setattr("blueprints.auth.time.time", lambda: real() + 301)
    assert client.post("/login/second", data={"csrf_token": token, "code": pyotp.TOTP(secret).now()}).status_code == 401
    monkeypatch.undo()
    client, answer = log_in(strict, user)
    Account.update(password_hash=Account.get_by_id(user.id).password_hash[:-1] + "x").where(Account.id == user.id).execute()
    assert client.post("/login/second", data={"csrf_token": hidden(answer.text, "csrf_token"), "code": pyotp.TOTP(secret).now()}).status_code == 401


def test_a_name_typed_in_the_field_is_merged_renamed_or_confirmed(browser: Make, person: Callable[..., Account]) -> None:
    boss = browser("province_admin", "96")
    surveyor = person("surveyor", "96")
    right = make_site(surveyor, owner_agency="เทศบาลเมืองนราธิวาส", user_agencies=["เทศบาลเมืองนราธวาส"])
    wrong = make_site(surveyor, owner_agency="เทศบาลเมืองนราธวาส")
    keeper, typo = Agency.get(Agency.name == "เทศบาลเมืองนราธิวาส"), Agency.get(Agency.name == "เทศบาลเมืองนราธวาส")
    page = boss.get(f"/agencies/{typo.id}").text
    token = hidden(page, "csrf_token")
    assert boss.client.post(f"/agencies/{keeper.id}", data={"csrf_token": token, "name": "เทศบาลเมืองนราธิวาส", "kind": "town_municipality", "province": "96"}).status_code == 303
    assert "เทศบาลเมืองนราธิวาส" in boss.get(f"/agencies/{typo.id}").text
    assert boss.client.post(f"/agencies/{typo.id}/merge", data={"csrf_token": token, "into": str(typo.id)}).status_code == 400  # into itself
    assert boss.client.post(f"/agencies/{typo.id}/merge", data={"csrf_token": token, "into": str(keeper.id)}).status_code == 303
    assert Site.get_by_id(wrong.id).owner_agency_id == keeper.id and Site.get_by_id(right.id).user_agencies == [str(keeper.id)]
    assert make_site(surveyor, owner_agency="เทศบาลเมืองนราธวาส").owner_agency_id == keeper.id  # the typo means the right one from now on
    assert "เทศบาลเมืองนราธวาส" not in boss.get("/agencies").text
    assert Audit.select().where(Audit.action == "agency.merged").count() == 1
    assert browser("province_admin", "70").get(f"/agencies/{typo.id}").status_code == 404
    assert Site.get_by_id(right.id).owner_sector == "local_government"  # the register knows the owner's kind now
    other = make_site(surveyor, owner_agency="อบต.ใหม่")
    assert boss.client.post(f"/agencies/{other.owner_agency_id}", data={"csrf_token": token, "name": "", "kind": "sao"}).status_code == 400


def test_contact_persons_are_masked_and_a_look_is_on_record(browser: Make, person: Callable[..., Account]) -> None:
    site = make_site(person("surveyor", "96"), contact_name="ร.ต.อ. ไม่เปิดเผย ตามปกติ", contact_phone="095-587-2405")
    inspector, boss = browser("inspector", "96"), browser("province_admin", "96")
    page = inspector.get(f"/sites/{site.id}").text
    assert "ไม่เปิดเผย" not in page and "095-587" not in page and "ปกปิดไว้" in page
    token = hidden(page, "csrf_token")
    refused = inspector.client.post(f"/sites/{site.id}/contact", data={"csrf_token": token, "reason": "x"})
    assert refused.status_code == 400 and "ไม่เปิดเผย" not in refused.text
    shown = inspector.client.post(f"/sites/{site.id}/contact", data={"csrf_token": token, "reason": "ตรวจคดีลักทรัพย์ 12/2569"}).text
    assert "ไม่เปิดเผย" in shown and "095-587-2405" in shown
    assert "ไม่เปิดเผย" in boss.get(f"/sites/{site.id}").text and boss.get(f"/sites/{site.id}").status_code == 200
    rows = [(r.action, r.account.role) for r in Audit.select().where(Audit.action.startswith("contact."))]
    assert rows == [("contact.revealed", "inspector"), ("contact.shown", "province_admin")]  # once a day is enough
    assert browser("inspector", "70").client.post(f"/sites/{site.id}/contact", headers={"X-CSRFToken": "x"}).status_code in (400, 404)
    log = boss.get("/audit?group=reading").text
    assert "ตรวจคดีลักทรัพย์ 12/2569" in log
    assert "ตรวจคดีลักทรัพย์" not in browser("province_admin", "70").get("/audit").text


def test_the_log_says_from_what_to_what(browser: Make, person: Callable[..., Account]) -> None:
    from tests.conftest import send

    user = person("surveyor", "96")
    site = make_site(user, place="ตลาดเก่า")
    send(user, "site", {"place": "ตลาดใหม่"}, site.id, base={"rev": site.rev})
    page = browser("province_admin", "96").get("/audit?group=records").text
    assert re.search(r"<s>ตลาดเก่า</s> → ตลาดใหม่", page)
    assert "ตลาดใหม่" not in browser("province_admin", "70").get("/audit").text
    assert "ตลาดใหม่" in browser("centre_admin").get(f"/audit?q={site.number}").text
    assert browser("surveyor", "96").get("/audit").status_code == 403


def test_contact_persons_whom_others_named_are_to_be_told(browser: Make, person: Callable[..., Account]) -> None:
    site = make_site(person("surveyor", "96"), contact_name="นาย ถูกตั้งชื่อ")
    own = make_site(person("agency", "96", agency="ธนาคาร"), owner_agency="ธนาคาร", contact_name="นาย บอกเอง")
    boss = browser("province_admin", "96")
    page = boss.get("/privacy/contacts").text
    assert "ถูกตั้งชื่อ" in page and "บอกเอง" not in page and str(own.id) not in page
    assert boss.client.post(f"/privacy/contacts/{site.id}", data={"csrf_token": hidden(page, "csrf_token")}).status_code == 303
    assert "ถูกตั้งชื่อ" not in boss.get("/privacy/contacts").text
    assert "ถูกตั้งชื่อ" not in browser("province_admin", "70").get("/privacy/contacts").text


def test_a_classification_marks_every_page_and_turns_sharing_off(app: Flask, settings: Settings, browser: Make, person: Callable[..., Account]) -> None:
    site = make_site(person("surveyor", "96"))
    boss = browser("province_admin", "96")
    assert "google.com/maps" in boss.get(f"/sites/{site.id}").text
    settings.classification = "ลับ"
    try:
        paths = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
        paths += [f"/sites/{site.id}", f"/sites/{site.id}/edit", f"/sites/{site.id}/cameras/new", f"/review/site/{site.id}", "/progress/96"]
        marked = []
        for path in paths:
            answer = (app.test_client() if path in ("/login", "/join") else boss.client).get(path)
            if answer.mimetype == "text/html" and answer.status_code == 200 and "<html" in answer.text:
                marked.append(path)
                assert answer.text.count('class="classification">ลับ<') == 2 and "/classification.css" in answer.text, path
                assert "google.com/maps" not in answer.text and "data-copy" not in answer.text and "tiles.example" not in answer.text, path
        assert {"/", "/sites", "/accounts", "/audit", "/help", "/login", "/map", f"/sites/{site.id}"} <= set(marked)
        assert 'content: "ลับ"' in boss.get("/classification.css").text
    finally:
        settings.classification = ""


def test_a_new_agency_is_entered_with_what_the_register_asks(browser: Make) -> None:
    boss = browser("province_admin", "96")
    token = hidden(boss.get("/agencies/new").text, "csrf_token")
    given = {"csrf_token": token, "name": "ธนาคารตัวอย่าง สาขานราธิวาส", "kind": "bank", "province": "96", "phones": "๐๗๓-๕๑๑-๐๐๐", "cooperation": "agreed", "parent": "ธนาคารตัวอย่าง"}
    wrong = boss.client.post("/agencies/new", data={**given, "phones": "12", "kind": "king", "province": "70"})
    assert wrong.status_code == 400 and "หมายเลขโทรศัพท์ไม่ถูกต้อง" in wrong.text and "ธนาคารตัวอย่าง สาขานราธิวาส" in wrong.text and Agency.select().count() == 0
    assert "อยู่นอกพื้นที่" in wrong.text
    assert boss.client.post("/agencies/new", data=given).status_code == 303
    made = Agency.get(Agency.name == "ธนาคารตัวอย่าง สาขานราธิวาส")
    assert (made.kind, made.phones, made.cooperation, made.parent.name, made.confirmed) == ("bank", "073-511-000", "agreed", "ธนาคารตัวอย่าง", True)
    assert "มีหน่วยงานชื่อนี้อยู่แล้ว" in boss.client.post("/agencies/new", data=given).text
