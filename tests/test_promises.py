"""Small promises of the accounts, the log and the notices that no other test keeps: each fails when its line is taken out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from flask import Flask

from config import Settings
from models import Account, Audit, Session, utcnow
from survey import audit, audit_reading, retention
from survey.audit_reading import Asked
from tests.conftest import Browser, hidden, make_site

Make = Callable[..., Browser]
People = Callable[..., Account]
ID = "00000000-0000-4000-8000-000000000000"


def test_the_log_is_kept_90_days_whatever_is_set(person: People, monkeypatch: pytest.MonkeyPatch) -> None:
    audit.record("login", person("surveyor", "96"))
    Audit.update(at=utcnow() - dt.timedelta(days=89)).execute()
    assert retention.apply(1, 365)["log"] == 0
    Audit.update(at=utcnow() - dt.timedelta(days=91)).where(Audit.number == 1).execute()
    assert retention.apply(1, 365)["log"] >= 1
    monkeypatch.setenv("AUDIT_DAYS", "10")
    assert Settings(secret_key="x").audit_days == 90


def fresh_routes(app: Flask) -> set[tuple[str, str]]:
    found = set()
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "fresh", False):
            path = re.sub(r"<any\(([a-z]+)[^)]*\):[a-z]+>", r"\1", re.sub(r"<uuid:[a-z_]+>", ID, rule.rule))
            found |= {(method, path) for method in (rule.methods or ()) if method in ("GET", "POST")}
    return found


def test_exports_and_account_changes_ask_for_the_password_again(app: Flask, browser: Make) -> None:
    asked = fresh_routes(app)
    assert {("POST", "/exports"), ("GET", "/exports"), ("POST", "/accounts/new"), ("POST", "/accounts/list"), ("POST", "/accounts/seats"), ("POST", "/accounts/slips.pdf"),
            ("POST", f"/accounts/{ID}/invite"), ("POST", "/account/second-factor/remove"), ("POST", "/account/second-factor")} <= asked  # fmt: skip
    boss = browser("centre_admin")
    token = boss.csrf()
    Session.update(fresh_at=utcnow() - dt.timedelta(minutes=11)).execute()
    for method, path in asked:
        answer = boss.client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
        assert "/confirm" in answer.headers.get("Location", "") if method == "GET" else answer.status_code == 403 and 'action="/confirm"' in answer.text, (method, path)


def test_the_notice_stands_before_a_contact_person_is_typed(browser: Make) -> None:
    page = browser("surveyor", "96").get("/sites/new").text
    assert page.index('href="/privacy"') < page.index('name="contact_name"')


def test_the_notice_is_there_in_both_languages_for_everybody(app: Flask) -> None:
    client = app.test_client()
    thai = client.get("/privacy").text
    client.post("/language", data={"csrf_token": hidden(client.get("/login").text, "csrf_token"), "language": "en"})
    english = client.get("/privacy").text
    assert "เก็บนานเท่าใด" in thai and "<html lang=\"en\"" in english and not re.search("[ก-ฮ]{4}", english[english.index("<main") : english.index("</main")].replace("ไทย", ""))


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_nothing_leads_to_another_site(target: str, app: Flask, browser: Make) -> None:
    client = app.test_client()
    token = hidden(client.get("/login").text, "csrf_token")
    assert "evil" not in client.post("/language", data={"csrf_token": token, "language": "en", "next": target}).headers["Location"]
    boss = browser("surveyor", "96")
    confirmed = boss.client.post("/confirm", data={"csrf_token": boss.csrf(), "password": "correct horse battery staple", "kept-name": "x", "kept_action": target})
    assert f'action="{target}' not in confirmed.text


def test_the_log_is_searched_by_name_number_action_and_day(person: People) -> None:
    surveyor, boss = person("surveyor", "96"), person("province_admin", "96")
    site = make_site(surveyor)
    audit.record("login", person("surveyor", "70"), province="70")

    def found(**asked: object) -> list[str]:
        return [row.action for row in audit_reading.rows(boss, Asked(**asked))]  # type: ignore[arg-type]  # a test's shorthand

    assert found(text=surveyor.username) == ["site.save"] and found(text=str(site.number)) == ["site.save"] and found(text="site.sa") == ["site.save"]
    assert found(text="nobody") == [] and found(group="logins") == [] and found(group="records") == ["site.save"]
    today = (utcnow() + dt.timedelta(hours=7)).date()
    assert found(since=today, until=today) == ["site.save"] and found(since=today + dt.timedelta(days=1)) == [] and found(until=today - dt.timedelta(days=1)) == []


def test_options_and_head_tell_nothing_to_the_wrong_role(app: Flask, browser: Make) -> None:
    viewer = browser("viewer")
    for path in ("/accounts", "/audit", "/sites", "/exports", "/imports"):
        assert viewer.client.open(path, method="OPTIONS").status_code == 403, path
        assert viewer.client.head(path).status_code == 403, path
        assert app.test_client().open(path, method="OPTIONS").status_code in (302, 401), path


def test_the_demo_says_that_it_asks_for_no_second_factor(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = "ไม่บังคับยืนยันตัวตนสองขั้น"
    assert sentence not in app.test_client().get("/login").text
    monkeypatch.setitem(app.jinja_env.globals, "is_demo", lambda: True)
    assert sentence in app.test_client().get("/login").text
