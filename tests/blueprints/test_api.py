"""The open interface over HTTP: tokens open it and nothing else, pages by key, filters, errors by name, what it holds and never holds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from models import Account, Audit, LoginFailure, Reading, Session, Site, Token, utcnow
from survey import audit, clock, delegation, disclosure, retention, tokens
from tests.conftest import PASSWORD, RATCHABURI, Browser, hidden, make_camera, make_site, register, send

LIST = "/api/v1/sites"
OWNER = "เทศบาลเมืองนราธิวาส"
Make = Callable[..., Browser]


def token_of(account: Account, name: str = "ระบบของจังหวัด") -> str:
    """A token of an account, without its page."""
    return tokens.make(account, name, 90, None, False)[1]


class Reader:
    """Another system: it has a token and no cookie."""

    def __init__(self, app: Flask, text: str) -> None:
        self.client, self.headers = app.test_client(use_cookies=False), {"Authorization": f"Bearer {text}"}

    def get(self, address: str, **kwargs: Any) -> Any:
        return self.client.get(address, headers=self.headers, **kwargs)

    def items(self, address: str) -> list[dict[str, Any]]:
        answer = self.get(address)
        assert answer.status_code == 200, answer.text
        return list(answer.json["items"])


@pytest.fixture
def reader(app: Flask, person: Callable[..., Account]) -> Callable[..., Reader]:
    """reader("province_admin", "96") is a system with a token of such a person."""
    return lambda *args, **kwargs: Reader(app, token_of(person(*args, **kwargs)))


# --- tokens ---


def test_a_token_is_made_on_the_account_page_shown_once_and_opens_the_interface(app: Flask, browser: Make) -> None:
    boss = browser("province_admin", "96")
    site = make_site(boss.account)
    made = boss.client.post("/account/tokens", data={"csrf_token": boss.csrf(), "name": "ระบบของจังหวัด", "days": "30"})
    text = re.search(r"samruat_[\w-]{43}", made.text)
    assert made.status_code == 200 and text and made.headers["Cache-Control"] == "no-store"
    assert [item["id"] for item in Reader(app, text[0]).items(LIST)] == [str(site.id)]
    page = boss.get("/account").text
    assert "ระบบของจังหวัด" in page and text[0] not in page and Token.get().token_hash not in page
    assert text[0] not in str([t.__data__ for t in Token.select()])
    logged = Audit.get(Audit.action == "token.made")
    assert logged.account_id == boss.account.id and logged.detail == {"token": str(Token.get().id), "days": 30} and audit.verify()[1] == []


def test_making_one_asks_for_the_password_again(browser: Make) -> None:
    boss = browser("province_admin", "96")
    Session.update(fresh_at=utcnow() - dt.timedelta(hours=1)).execute()
    answer = boss.client.post("/account/tokens", data={"csrf_token": boss.csrf(), "name": "ระบบ", "days": "30"})
    assert answer.status_code == 403 and 'name="kept-name"' in answer.text and not Token.select().exists()


@pytest.mark.parametrize(("given", "sentence"), [
    ({"name": "", "days": "30"}, "โปรดกรอก"), ({"name": "ก", "days": "31"}, "ไม่มีตัวเลือกนี้"), ({"name": "ก", "days": "x"}, "ไม่มีตัวเลือกนี้"),
    ({"name": "ก" * 81, "days": "30"}, "ยาวเกินไป"), ({"name": "มีแล้ว", "days": "30"}, "มีโทเคนชื่อนี้"), ({"name": "a\x00b", "days": "30"}, "อักขระควบคุม"),
])  # fmt: skip
def test_what_is_wrong_with_a_new_token_is_said(browser: Make, given: dict[str, str], sentence: str) -> None:
    boss = browser("province_admin", "96")
    token_of(boss.account, "มีแล้ว")
    answer = boss.client.post("/account/tokens", data={"csrf_token": boss.csrf(), **given})
    assert answer.status_code == 400 and sentence in answer.text and Token.select().count() == 1


def test_one_is_revoked_at_once_by_its_person_or_by_whoever_manages_the_account(browser: Make, reader: Callable[..., Reader], person: Callable[..., Account]) -> None:
    boss, centre = browser("province_admin", "96"), browser("centre_admin")
    for by, path in ((boss, "/account/tokens/revoke"), (centre, f"/accounts/{boss.account.id}/tokens/revoke")):
        one = reader("province_admin", "96")
        ident = str(tokens.live(boss.account)[0].id)
        assert one.get(LIST).status_code == 200
        stranger = browser("province_admin", "70").client
        csrf = {"csrf_token": stranger.get("/sync/session").json["csrf"], "token": ident}
        assert stranger.post("/account/tokens/revoke", data=csrf).status_code == 404 and stranger.post(f"/accounts/{boss.account.id}/tokens/revoke", data=csrf).status_code == 404
        if by is centre:  # the page of one's own tokens is for one's own
            assert centre.client.post("/account/tokens/revoke", data={"csrf_token": centre.csrf(), "token": ident}).status_code == 404
        assert "ระบบของจังหวัด" in by.get(path.removesuffix("/tokens/revoke")).text
        assert by.client.post(path, data={"csrf_token": by.csrf(), "token": ident}).status_code == 303
        assert one.get(LIST).status_code == 401
        assert Audit.select().where(Audit.action == "token.revoked").order_by(Audit.number.desc()).first().account_id == by.account.id


def test_it_ends_with_the_account_its_password_or_its_sessions(app: Flask, browser: Make, reader: Callable[..., Reader], person: Callable[..., Account]) -> None:
    centre, boss = browser("centre_admin"), browser("province_admin", "96")
    csrf = {"csrf_token": centre.csrf()}

    def change_password() -> None:
        new = "ม้าลายสามตัวข้ามสะพานไม้"
        assert boss.client.post("/account/password", data={"csrf_token": boss.csrf(), "old": PASSWORD, "password": new, "again": new}).status_code == 303

    ways: list[Callable[[], Any]] = [
        lambda: boss.client.post("/account/sessions/end", data={"csrf_token": boss.csrf(), "session": "others"}),
        change_password,
        lambda: centre.client.post(f"/accounts/{boss.account.id}/sessions", data=csrf),
        lambda: centre.client.post(f"/accounts/{boss.account.id}/suspend", data=csrf),
    ]
    for way in ways:
        one = reader("province_admin", "96")
        assert one.get(LIST).status_code == 200
        way()
        assert one.get(LIST).status_code == 401 and tokens.live(boss.account) == []
    delegation.resume(Account.get_by_id(boss.account.id), centre.account)
    LoginFailure.delete().execute()
    assert one.get(LIST).status_code == 401  # it does not come back with the account


def test_a_suspended_account_is_refused_at_the_next_request_whatever_its_token_says(reader: Callable[..., Reader]) -> None:
    one = reader("province_admin", "96")
    Account.update(disabled_at=utcnow()).execute()
    assert one.get(LIST).status_code == 401


def test_a_late_one_and_one_whose_account_lost_its_second_factor(reader: Callable[..., Reader], settings: Settings, person: Callable[..., Account]) -> None:
    one = reader("province_admin", "96")
    settings.require_totp = True
    try:
        assert (one.get(LIST).status_code, one.get(LIST).json["error"]) == (403, "second_factor_needed")
        with pytest.raises(Exception, match="second_factor_needed"):
            tokens.make(person("province_admin", "96"), "อีกระบบ", 30, None, True)
    finally:
        settings.require_totp = False
    Token.update(expires_at=utcnow()).execute()
    assert one.get(LIST).status_code == 401


def test_wrong_late_revoked_and_unknown_ones_are_told_the_same(app: Flask, reader: Callable[..., Reader]) -> None:
    late, gone = reader("province_admin", "96"), reader("province_admin", "70")
    Token.update(expires_at=utcnow()).where(Token.account == Account.get(Account.province == "96").id).execute()
    Token.update(revoked_at=utcnow()).where(Token.account == Account.get(Account.province == "70").id).execute()
    said = [(a.status_code, a.headers["WWW-Authenticate"], a.json) for a in (late.get(LIST), gone.get(LIST), Reader(app, "samruat_" + "x" * 43).get(LIST), app.test_client().get(LIST))]
    assert said == [said[0]] * 4 and said[0][0] == 401 and said[0][1].startswith("Bearer") and said[0][2]["error"] == "token"


def test_wrong_ones_make_their_network_wait_and_a_good_one_does_not(app: Flask, reader: Callable[..., Reader]) -> None:
    good, wrong = reader("province_admin", "96"), Reader(app, "samruat_wrong")
    assert [wrong.get(LIST).status_code for _ in range(tokens.FREE_TRIES)] == [401] * tokens.FREE_TRIES
    late = wrong.get(LIST)
    assert late.status_code == 429 and int(late.headers["Retry-After"]) >= 1 and late.json["error"] == "login_delay"
    assert good.get(LIST).status_code == 200 and LoginFailure.get().key == "token|127.0.0.1"
    assert app.test_client().get(LIST).status_code == 401  # without any there is nothing to guess
    assert Audit.select().where(Audit.action == "token.refused").count() == tokens.FREE_TRIES


@pytest.mark.parametrize("scheme", ["Basic", "Token", "bearer", "BEARER"])
def test_only_bearer_counts(app: Flask, person: Callable[..., Account], scheme: str) -> None:
    text = token_of(person("province_admin", "96"))
    found = app.test_client().get(LIST, headers={"Authorization": f"{scheme} {text}"})
    assert found.status_code == (200 if scheme.lower() == "bearer" else 401)
    assert app.test_client().get(f"{LIST}?access_token={text}").status_code == 401


def test_a_session_opens_nothing_of_it_but_its_description(browser: Make) -> None:
    boss = browser("province_admin", "96")
    assert boss.get(LIST).status_code == 401 and boss.get("/api/v1/totals").status_code == 401
    assert boss.get("/api/v1/openapi.json").json["openapi"] == "3.1.0" and browser("surveyor", "96").get("/api/v1/openapi.json").status_code == 403


def test_a_token_opens_nothing_else_and_changes_nothing(app: Flask, reader: Callable[..., Reader]) -> None:
    one = reader("centre_admin")
    tried = 0
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        path = re.sub(r"<any\(([a-z]+)[^)]*\):[a-z_]+>", r"\1", rule.rule)
        path = re.sub(r"<int:[a-z_]+>", "1", re.sub(r"<uuid:[a-z_]+>", "00000000-0000-4000-8000-000000000000", path))
        path = re.sub(r"<[a-z0-9_:]+>", "0" * 64, path)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            if path.startswith("/api/") and method != "GET":
                assert one.client.open(path, method=method, headers=one.headers).status_code == 405, (method, path)
            elif method in (rule.methods or ()) and "public" not in view.access and "token" not in view.by:
                answer = one.client.open(path, method=method, headers=one.headers)
                refused = answer.status_code in (401, 400) or answer.headers.get("Location", "").startswith("/login")
                assert refused or (path == "/" and "/join" in answer.text), (method, path)  # the home page of who is not logged in
                tried += 1
    assert tried > 100


# --- reading ---


@pytest.fixture
def sites(person: Callable[..., Account]) -> list[Site]:
    """Seven sites of two owners in Narathiwat, each with a camera, and one in Ratchaburi."""
    officer, far = person("surveyor", "96"), person("surveyor", "70")
    made = [make_site(officer, install_point=f"จุด {n}", owner_agency=OWNER if n % 2 else "ธนาคาร", latitude=6.42 + n / 100) for n in range(7)]
    for n, site in enumerate(made):
        make_camera(officer, site, status="not_working" if n < 3 else "working")
    make_camera(far, make_site(far, latitude=RATCHABURI[0], longitude=RATCHABURI[1], install_point="ราชบุรี"))
    return made


def test_pages_by_key_bring_everything_once(reader: Callable[..., Reader], sites: list[Site]) -> None:
    one, address, found = reader("province_admin", "96"), f"{LIST}?limit=3&province=96", []
    while address:
        page = one.get(address).json
        found += page["items"]
        address = page["next"]
        assert address is None or (address.startswith(LIST) and "province=96" in address and "limit=3" in address)
    assert [item["id"] for item in found] == [str(s.id) for s in sites]
    assert one.get(f"{LIST}?after={page['cursor']}").json == {"items": [], "next": None, "cursor": page["cursor"]}


def test_reading_on_brings_what_was_changed_and_what_is_gone(reader: Callable[..., Reader], sites: list[Site], person: Callable[..., Account]) -> None:
    one, officer = reader("province_admin", "96"), person("surveyor", "96")
    cursor = one.get(LIST).json["cursor"]
    send(officer, "site", {"place": "ย้ายแล้ว"}, sites[2].id, base={"rev": sites[2].rev})
    send(officer, "site", {}, sites[4].id, op="withdraw", base={"rev": sites[4].rev})
    assert [(i["id"], i["answers"]["place"]) for i in one.items(f"{LIST}?after={cursor}")] == [(str(sites[2].id), "ย้ายแล้ว")]
    gone = one.items(f"{LIST}?after={cursor}&gone=true")[-1]
    assert (gone["id"], gone["review_state"], gone["answers"]) == (str(sites[4].id), "withdrawn", {})
    assert str(sites[4].id) not in str(one.items(LIST)) and one.get(f"{LIST}/{sites[4].id}").json["answers"] == {}


def test_a_page_that_ends_within_a_revision_goes_on_there(reader: Callable[..., Reader], sites: list[Site], person: Callable[..., Account]) -> None:
    officer = person("surveyor", "96")
    for n in range(4):
        make_camera(officer, sites[0], label=f"กล้อง {n}")
    send(officer, "site", {}, sites[0].id, op="withdraw", base={"rev": sites[0].rev})  # its five cameras share that revision
    one, address, found = reader("province_admin", "96"), "/api/v1/cameras?gone=true&limit=2&province=96", []
    while address:
        page = one.get(address).json
        found += [item["id"] for item in page["items"]]
        address = page["next"]
    assert len(found) == len(set(found)) == 11


@pytest.mark.parametrize(("query", "number"), [
    ("sites?province=96", 7), ("sites?province=70", 1), ("sites?province=95", 0), ("sites?district=9601", 7), ("sites?subdistrict=960199", 0),
    ("sites?status=not_working", 3), ("cameras?status=not_working", 3), ("cameras?province=96&status=working", 4), ("sites?agency={agency}", 3),
    ("cameras?agency={agency}", 3), ("cameras?site={site}", 1), ("sites?sector=local_government", 3), ("sites?review_state=pending", 8), ("sites?review_state=approved", 0),
    ("sites?changed_after=2020-01-01T00:00:00Z", 8), ("sites?changed_after=2100-01-01T07:00:00%2B07:00", 0), ("points", 0), ("reports", 0),
])  # fmt: skip
def test_filters(reader: Callable[..., Reader], person: Callable[..., Account], query: str, number: int) -> None:
    agency = register(OWNER, kind="town_municipality", province="96")
    register("ธนาคาร", kind="bank", province="96")
    officer, far = person("surveyor", "96"), person("surveyor", "70")
    made = [make_site(officer, owner_agency=OWNER if n % 2 else "ธนาคาร", latitude=6.42 + n / 1000, district="9601") for n in range(7)]
    for n, site in enumerate(made):
        make_camera(officer, site, status="not_working" if n < 3 else "working")
    make_site(far, latitude=RATCHABURI[0], longitude=RATCHABURI[1], owner_agency="อบจ.ราชบุรี")
    found = reader("centre_admin").items(f"/api/v1/{query.format(agency=agency.id, site=made[0].id)}")
    assert len(found) == number


@pytest.mark.parametrize(("query", "wrong"), [
    ("q=x", "q"), ("limit=0", "limit"), ("limit=201", "limit"), ("limit=ten", "limit"), ("limit=", "limit"), ("limit=๕", "limit"), ("after=x", "after"), ("after=1", "after"), ("after=-1-1", "after"),
    ("province=Narathiwat", "province"), ("province=", "province"), ("province=96&province=96", "province"), ("district=96", "district"), ("agency=x", "agency"), ("gone=yes", "gone"),
    ("gone=", "gone"), ("status=broken", "status"), ("changed_after=2026", "changed_after"), ("changed_after=2026-02-31T00:00:00Z", "changed_after"),
    ("changed_after=2026-11-25T10:00:00", "changed_after"), ("province=%00", "province"), ("%00=1", "\x00"), ("after=9999999999999-1", "after"),
])  # fmt: skip
def test_a_parameter_that_is_unknown_or_malformed_is_named(reader: Callable[..., Reader], query: str, wrong: str) -> None:
    answer = reader("province_admin", "96").get(f"{LIST}?{query}")
    assert answer.status_code == 400 and answer.json["ok"] is False and answer.json["error"] == "parameters"
    assert list(answer.json["errors"]) == [wrong] and answer.json["errors"][wrong]["message"]


def test_the_largest_cursor_and_odd_moments_are_answered(reader: Callable[..., Reader], sites: list[Site]) -> None:
    one = reader("province_admin", "96")
    for query, number in (("after=999999999999-999999999999", 0), ("changed_after=0001-01-01T00:00:00%2B14:00", 7), ("changed_after=9999-12-31T23:59:60-12:00", 0),
                          ("changed_after=2020-01-01t00:00:00.123456789z", 7)):  # fmt: skip
        assert len(one.items(f"{LIST}?{query}")) == number, query


def test_another_province_sees_nothing_of_it(reader: Callable[..., Reader], sites: list[Site]) -> None:
    there, centre = reader("province_admin", "70"), reader("centre_admin")
    assert [i["answers"]["install_point"] for i in there.items(LIST)] == ["ราชบุรี"] and there.items(f"{LIST}?province=96") == []
    assert len(there.items("/api/v1/cameras")) == 1 and len(centre.items(LIST)) == 8 and len(centre.items("/api/v1/cameras")) == 8
    assert there.get(f"{LIST}/{sites[0].id}").status_code == 404 and centre.get(f"{LIST}/{sites[0].id}").status_code == 200
    assert [line["province"] for line in there.items("/api/v1/totals")] == ["70"] and there.items("/api/v1/totals?province=96") == []
    assert there.get("/api/v1/sites/not-an-id").status_code == 404 and there.get("/api/v1/nothing").json["error"] == "not_found"


def test_it_follows_its_account_to_another_area(reader: Callable[..., Reader], sites: list[Site]) -> None:
    one = reader("province_admin", "96")
    Account.update(provinces=["70"], province="70").where(Account.role == "province_admin").execute()
    assert [i["answers"]["install_point"] for i in one.items(LIST)] == ["ราชบุรี"]


def test_a_record_as_it_is_given(reader: Callable[..., Reader], person: Callable[..., Account]) -> None:
    officer, agency = person("surveyor", "96"), register(OWNER, kind="town_municipality")
    site = make_site(officer, contact_name="นาย ก", contact_phone="02-283-4737", installed_budget_year="2559", area_type=["junction"], retention_days=30,
                     storage_process="ในตู้หลังป้อม", user_agencies=["สภ.เมือง"], not_known=["patrol_area", "storage_process"])  # fmt: skip
    camera = make_camera(officer, site, stream_url="https://cam.example/1", camera_type="dummy", effectiveness_day=4, install_year="2560")
    one = reader("province_admin", "96")
    found = one.get(f"{LIST}/{site.id}").json
    answers = found["answers"]
    assert answers["owner_agency"] == {"id": str(agency.id), "name": OWNER} and [a["name"] for a in answers["user_agencies"]] == ["สภ.เมือง"]
    assert (answers["installed_budget_year"], answers["area_type"], answers["retention_days"], answers["province"]) == (2016, ["junction"], 30, "96")
    assert answers["contact_name"] == "นาย ก" and found["not_known"] == ["patrol_area"] and "storage_process" not in answers and "position_source" not in answers
    seen = one.get(f"/api/v1/cameras/{camera.id}").json
    assert seen["site_id"] == str(site.id) and seen["answers"]["effectiveness_day"] == 4 and seen["answers"]["install_year"] == 2017
    assert not {"stream_url", "camera_type"} & set(seen["answers"])
    assert Audit.get(Audit.action == "contact.shown").subject_id == str(site.id)


def test_totals_by_province(reader: Callable[..., Reader], sites: list[Site]) -> None:
    centre = reader("centre_admin")
    here = {"province": "96", "sites": {"pending": 7}, "cameras": {"working": {"pending": 4}, "not_working": {"pending": 3}}, "points": {}}
    assert here in centre.items("/api/v1/totals") and centre.items("/api/v1/totals?province=96&round=0") == [here] and centre.items("/api/v1/totals?round=3") == []


# --- limits and the log ---


def test_reading_is_in_the_log_once_an_hour_with_every_record(reader: Callable[..., Reader], sites: list[Site], monkeypatch: pytest.MonkeyPatch) -> None:
    one = reader("province_admin", "96")

    def lines() -> list[tuple[int, dict[str, int]]]:
        return [(r.detail["records"], r.detail["filter"]) for r in Audit.select().where(Audit.action == "bulk.read").order_by(Audit.number)]

    one.items(f"{LIST}?province=96&limit=3")
    assert lines() == [(3, {"sites?province=96": 3})]
    one.items(f"{LIST}?limit=4&province=96")
    one.items("/api/v1/cameras")
    one.get(f"{LIST}/{sites[0].id}")
    assert len(lines()) == 1 and Reading.get().asked == {"sites?province=96": 4, "cameras": 7, "sites/id": 1}
    Reading.update(noted_at=utcnow() - dt.timedelta(hours=1)).execute()
    one.items(f"{LIST}?limit=1")
    assert lines()[1] == (13, {"sites?province=96": 4, "cameras": 7, "sites/id": 1, "sites": 1})
    one.items(f"{LIST}?limit=2")
    report = list(disclosure.report(clock.begins(clock.today()) - dt.timedelta(days=1)))
    assert [(r["records"], r["detail"]) for r in report if r["action"] == "bulk.read"] == [(3, "api"), (13, "api"), (2, "api")]
    monkeypatch.setattr(disclosure, "LINE_AT", 5)
    one.items(f"{LIST}?limit=4")
    one.items(f"{LIST}?limit=4")
    assert [n for n, _ in lines()] == [3, 13, 2, 8] and audit.verify()[1] == []


def test_what_is_left_is_written_by_the_daily_rules_and_old_tokens_go(reader: Callable[..., Reader], sites: list[Site]) -> None:
    one = reader("province_admin", "96")
    one.items(LIST)
    one.items(LIST)
    Token.update(expires_at=utcnow() - dt.timedelta(days=91)).execute()
    assert retention.apply(365, 365)["tokens"] == 1 and Reading.get().asked == {}
    assert [r.detail["records"] for r in Audit.select().where(Audit.action == "bulk.read")] == [7, 7]


def test_too_many_questions_in_a_line_are_put_together(person: Callable[..., Account]) -> None:
    user = person("province_admin", "96")
    for n in range(40):
        disclosure.note_interface_read(user, f"sites?agency={n}", 1, None)
    assert len(Reading.get().asked) == disclosure.MOST_ASKED + 1 and sum(Reading.get().asked.values()) == 39


def test_too_many_requests_are_told_to_wait(reader: Callable[..., Reader], settings: Settings) -> None:
    one, other = reader("province_admin", "96"), reader("province_admin", "70")
    settings.api_per_minute = 3
    try:
        assert [one.get(address).status_code for address in (LIST, "/api/v1/cameras", "/api/v1/totals")] == [200] * 3
        late = one.get(LIST)
        assert late.status_code == 429 and late.json["error"] == "too_often" and 1 <= int(late.headers["Retry-After"]) <= 61
        assert other.get(LIST).status_code == 200
    finally:
        settings.api_per_minute = 120


def test_a_classification_turns_it_off(app: Flask, browser: Make, reader: Callable[..., Reader], settings: Settings) -> None:
    one, boss = reader("province_admin", "96"), browser("province_admin", "96")
    settings.classification = "ลับ"
    try:
        answer = one.get(LIST)
        assert answer.status_code == 403 and answer.json["error"] == "sharing_off" and "ชั้นความลับ" in answer.json["message"]
        assert boss.client.post("/account/tokens", data={"csrf_token": boss.csrf(), "name": "ใหม่", "days": "30"}).status_code == 403
        assert "ชั้นความลับ" in boss.get("/account").text
    finally:
        settings.classification = ""


def test_no_cookie_is_set_and_none_is_read(app: Flask, browser: Make, reader: Callable[..., Reader]) -> None:
    answer = reader("province_admin", "96").get(LIST)
    assert "Set-Cookie" not in answer.headers and answer.headers["Cache-Control"] == "no-store" and answer.mimetype == "application/json"
    centre = browser("centre_admin")
    Session.update(seen_at=utcnow() - dt.timedelta(minutes=5)).execute()
    seen = Session.get().seen_at
    there = centre.client.get(LIST, headers={"Authorization": f"Bearer {token_of(Account.get(Account.role == 'province_admin'), 'อีกชื่อ')}"})
    assert there.json["items"] == [] and Session.get().seen_at == seen


def test_those_without_a_right_to_it_see_no_form(browser: Make, client: FlaskClient) -> None:
    surveyor = browser("surveyor", "96")
    assert "/account/tokens" not in surveyor.get("/account").text
    assert surveyor.client.post("/account/tokens", data={"csrf_token": hidden(surveyor.get("/account").text, "csrf_token"), "name": "ก", "days": "30"}).status_code == 403
