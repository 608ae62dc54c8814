"""The application around the survey: the gate, log-in cookies, CSRF and same-site checks, headers, errors as pages and as JSON."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

import app as application_module
from blueprints import gate
from config import Settings
from models import Account, Site, utcnow
from tests.conftest import PASSWORD, SITE, Browser, hidden, make_site, shown_values


def test_an_undeclared_route_stops_the_start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from flask import Blueprint

    class Forgetful:
        bp = Blueprint("forgetful", __name__)

    Forgetful.bp.add_url_rule("/forgotten", view_func=lambda: "open to all")
    monkeypatch.setattr(application_module, "ALL", (*application_module.ALL, Forgetful))
    with pytest.raises(RuntimeError, match="does not declare who may call it"):
        application_module.create_app(settings)


def test_roles_are_spelled_right() -> None:
    with pytest.raises(ValueError, match="no such roles"):
        gate.access("surveyer")
    with pytest.raises(ValueError, match="none given"):
        gate.access()


def routes(app: Flask) -> list[tuple[str, str]]:
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<uuid:[a-z_]+>", "00000000-0000-4000-8000-000000000000", rule.rule)
        path = re.sub(r"<any\(([a-z]+)[^)]*\):[a-z]+>", r"\1", path)
        path = re.sub(r"<int:[a-z_]+>", "1", path)
        path = re.sub(r"<[a-z0-9_]+>", "0" * 64, path)
        found += [(method, path) for method in (rule.methods or ()) if method not in ("OPTIONS", "HEAD") and "public" not in app.view_functions[rule.endpoint].access]
    return found


def test_nobody_gets_anywhere_without_logging_in(app: Flask, client: FlaskClient) -> None:
    assert len(routes(app)) > 30
    for method, path in routes(app):
        answer = client.open(path, method=method)
        if path == "/":
            assert "data-notice" not in answer.text and 'href="/login"' in answer.text  # the home page of who is not logged in
            continue
        assert answer.status_code in (302, 400, 401), (method, path)
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/login")


FIGURES = ("/progress", "/progress/slide", f"/progress/{'0' * 64}", "/rounds", "/analysis", "/analysis/compare", f"/analysis/{'0' * 64}")  # totals of areas, without a name and without a position


def test_the_committee_opens_no_single_record(app: Flask, browser: Callable[..., Browser]) -> None:
    viewer = browser("viewer")
    assert viewer.get("/").status_code == 200
    for method, path in routes(app):
        if method == "GET" and not path.startswith("/api/v1/") and path not in ("/", "/more", "/sync/session", "/drill", "/confirm", "/account", "/account/second-factor", *FIGURES):
            assert viewer.get(path).status_code == 403, path


def test_the_cookie_is_closed_to_scripts_and_worth_nothing_after_logging_out(app: Flask, browser: Callable[..., Browser]) -> None:
    surveyor = browser("surveyor", "96")
    cookie = surveyor.client.get_cookie("samruat")
    assert cookie.http_only and cookie.same_site == "Lax" and cookie.expires
    thief = app.test_client()
    thief.set_cookie("samruat", cookie.value)
    assert thief.get("/more").status_code == 200
    surveyor.client.post("/logout", data={"csrf_token": hidden(surveyor.get("/more").text, "csrf_token")})
    assert thief.get("/more").status_code == 302
    assert not [c for c in surveyor.client._cookies.values() if "remember" in c.key]


def test_what_was_in_the_session_before_logging_in_does_not_survive(app: Flask, person: Callable[..., Account]) -> None:
    client = app.test_client()
    page = client.get("/login").text
    before = client.get_cookie("samruat").value
    data = {"username": person("surveyor", "96").username, "password": PASSWORD, "csrf_token": hidden(page, "csrf_token")}
    assert client.post("/login", data=data).status_code == 303
    fixed = app.test_client()
    fixed.set_cookie("samruat", before)
    assert fixed.get("/more").status_code == 302


def test_a_disabled_account_stops_at_the_next_request(browser: Callable[..., Browser]) -> None:
    surveyor = browser("surveyor", "96")
    Account.update(disabled_at=utcnow()).execute()
    assert surveyor.get("/sites").status_code == 302


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "\\\\evil", "/\t/evil.example", "evil"])
def test_logging_in_leads_nowhere_else(app: Flask, person: Callable[..., Account], target: str) -> None:
    client = app.test_client()
    data = {"username": person("surveyor", "96").username, "password": PASSWORD, "csrf_token": hidden(client.get("/login").text, "csrf_token"), "next": target}
    assert client.post("/login", data=data).headers["Location"] == "/"


def test_after_logging_in_one_goes_on_to_where_one_wanted(app: Flask, person: Callable[..., Account]) -> None:
    client = app.test_client()
    address = client.get("/sites?q=ตลาด").headers["Location"]
    page = client.get(address).text
    data = {"username": person("surveyor", "96").username, "password": PASSWORD, "csrf_token": hidden(page, "csrf_token"), "next": hidden(page, "next")}
    assert client.post("/login", data=data).headers["Location"].startswith("/sites?q=")


def test_wrong_passwords_are_answered_in_thai_and_then_slowed(client: FlaskClient) -> None:
    page = client.get("/login").text
    for _ in range(4):
        answer = client.post("/login", data={"username": "somebody", "password": "x", "csrf_token": hidden(page, "csrf_token")})
        assert answer.status_code == 400 and "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง" in answer.text and 'value="somebody"' in answer.text
    late = client.post("/login", data={"username": "somebody", "password": "x", "csrf_token": hidden(page, "csrf_token")})
    assert late.status_code == 429 and int(late.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}])
def test_posts_from_other_sites_are_refused_even_with_a_token(browser: Callable[..., Browser], headers: dict[str, str]) -> None:
    surveyor = browser("surveyor", "96")
    token = hidden(surveyor.get("/more").text, "csrf_token")
    assert surveyor.client.post("/logout", data={"csrf_token": token}, headers=headers).status_code == 403
    assert surveyor.client.put("/sync/photos/" + "0" * 64, data=b"x", headers={**headers, "X-CSRFToken": token}).status_code == 403
    assert surveyor.get("/").status_code == 200


def test_posts_without_a_token_are_refused(browser: Callable[..., Browser]) -> None:
    surveyor = browser("surveyor", "96")
    assert surveyor.client.post("/sites/new", data=SITE).status_code == 400
    answer = surveyor.client.put("/sync/mutations/00000000-0000-4000-8000-000000000000", json={})
    assert (answer.status_code, answer.json["error"]) == (400, "csrf")
    assert Site.select().count() == 0


def test_every_answer_has_the_headers(browser: Callable[..., Browser], client: FlaskClient) -> None:
    for answer in (client.get("/login"), browser("surveyor", "96").get("/sites"), client.get("/nowhere"), client.get("/health")):
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe-inline" not in policy and "frame-ancestors 'none'" in policy and "https://tiles.example" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Referrer-Policy"] == "same-origin"
        assert "geolocation=(self)" in answer.headers["Permissions-Policy"]


def test_errors_are_pages_for_people_and_json_for_scripts(browser: Callable[..., Browser]) -> None:
    surveyor = browser("surveyor", "96")
    page = surveyor.get("/sites/00000000-0000-4000-8000-000000000000")
    assert page.status_code == 404 and "ไม่พบหน้าหรือรายการ" in page.text and 'href="/"' in page.text
    body = surveyor.get("/places/in/99", headers={"Accept": "application/json"})
    assert body.status_code == 404 and body.json == {"ok": False, "error": "not_found", "message": body.json["message"], "status": 404, "errors": {}}
    assert surveyor.get("/sites", headers={"Accept": "text/html"}).status_code == 200
    assert surveyor.client.delete("/sites").status_code == 405


def test_what_was_typed_survives_an_expired_session(app: Flask, browser: Callable[..., Browser]) -> None:
    surveyor = browser("surveyor", "96")
    page = surveyor.get("/sites/new").text
    surveyor.client.delete_cookie("samruat")
    asked = surveyor.fill("/sites/new", {"install_point": "แยก <b>ตลาด</b>", "owner_agency": "อบต.ก", "position": "6.4255, 101.8253"}, page=page)
    assert asked.status_code == 401 and "สิ่งที่กรอกไว้ยังอยู่" in asked.text
    kept = dict(re.findall(r'name="(kept[^"]*)" value="([^"]*)"', asked.text))
    from html import unescape

    data = {k: unescape(v) for k, v in kept.items()} | {"username": surveyor.account.username, "csrf_token": hidden(asked.text, "csrf_token")}
    wrong = surveyor.client.post("/login", data={**data, "password": "wrong"})
    assert wrong.status_code == 400 and "kept-install_point" in wrong.text
    resumed = surveyor.client.post("/login", data={**data, "password": PASSWORD})
    again = {k: unescape(v) for k, v in re.findall(r'name="([^"]+)" value="([^"]*)"', resumed.text[resumed.text.index("<form") :])}
    assert surveyor.client.post("/sites/new", data=again).status_code == 303
    assert Site.get().install_point == "แยก <b>ตลาด</b>"


def test_a_stale_token_keeps_what_was_typed(browser: Callable[..., Browser]) -> None:
    surveyor = browser("surveyor", "96")
    typed = {"install_point": "แยกหมดอายุ", "owner_agency": "อบต.ก", "position": "6.4255, 101.8253"}
    page = surveyor.get("/sites/new").text
    asked = surveyor.client.post("/sites/new", data={**shown_values(page), **typed, "csrf_token": "stale"})
    assert asked.status_code == 400 and "สิ่งที่กรอกไว้ยังอยู่" in asked.text
    from html import unescape

    again = {k: unescape(v) for k, v in re.findall(r'name="([^"]+)" value="([^"]*)"', asked.text[asked.text.index("<form") :])}
    assert surveyor.client.post("/sites/new", data=again).status_code == 303
    assert Site.get().install_point == "แยกหมดอายุ"


def test_who_met_a_conflict_is_told_what_stands(browser: Callable[..., Browser]) -> None:
    first, second = browser("surveyor", "96"), browser("surveyor", "96", name="second")
    site = make_site(first.account, place="เดิม")
    page = second.get(f"/sites/{site.id}/edit").text
    first.fill(f"/sites/{site.id}/edit", {"place": "ของคนแรก"})
    answer = second.fill(f"/sites/{site.id}/edit", {"place": "ของคนที่สอง", "details": "ใหม่"}, page=page)
    shown = second.get(answer.headers["Location"]).text
    assert "มีผู้อื่นแก้" in shown and "ของคนแรก" in shown and "ของคนที่สอง" in shown
    assert "ของคนที่สอง" not in first.get(answer.headers["Location"]).text
    assert (Site.get().place, Site.get().details) == ("ของคนแรก", "ใหม่")


def test_a_restricted_position_is_not_on_the_form_of_who_may_only_see_it_roughly(browser: Callable[..., Browser], person: Callable[..., Account]) -> None:
    site = make_site(person("surveyor", "96", name="recorder"), restricted="yes", latitude=6.51234, longitude=101.71234)
    other = browser("surveyor", "96", name="other")
    page = other.get(f"/sites/{site.id}/edit").text
    assert "6.512" not in page and "101.712" not in page
    assert other.fill(f"/sites/{site.id}/edit", {"place": "แก้ได้"}, page=page).status_code == 303
    assert (Site.get().place, Site.get().latitude) == ("แก้ได้", 6.51234)


def test_somebody_else_who_logs_in_does_not_send_it(app: Flask, browser: Callable[..., Browser]) -> None:
    page = browser("surveyor", "96").get("/sites/new").text
    other = browser("surveyor", "96", name="other")
    posted = dict(re.findall(r'name="(form_id|record_id|opened_at|owner)" value="([^"]*)"', page)) | {"csrf_token": hidden(other.get("/more").text, "csrf_token")}
    refused = other.client.post("/sites/new", data=posted | {"install_point": "x"})
    assert refused.status_code == 403 and "kept-install_point" in refused.text
    assert Site.select().count() == 0


def test_english_is_one_press_away(client: FlaskClient) -> None:
    page = client.get("/login").text
    assert '<html lang="th">' in page
    client.post("/language", data={"language": "en", "next": "/login", "csrf_token": hidden(page, "csrf_token")})
    assert '<html lang="en">' in client.get("/login").text and "Log in" in client.get("/login").text
    client.post("/language", data={"language": "xx", "csrf_token": hidden(page, "csrf_token")})
    assert '<html lang="en">' in client.get("/login").text


def test_the_apps_files_are_cached_for_ever_under_their_build(client: FlaskClient) -> None:
    address = re.search(r'href="(/static/[0-9a-f]{12}/css/base.css)"', client.get("/login").text).group(1)
    with client.get(address) as answer:
        kept = (answer.status_code, answer.headers["Cache-Control"], answer.headers["Content-Type"])
    assert kept[0] == 200 and "immutable" in kept[1] and kept[2].startswith("text/css")
    assert client.get("/static/000000000000/css/base.css").status_code == 404


def test_a_site_of_another_province_is_not_found_by_any_address(browser: Callable[..., Browser], person: Callable[..., Account]) -> None:
    site = make_site(person("surveyor", "96"))
    stranger = browser("surveyor", "70")
    for path in ("", "/edit", "/withdraw", "/cameras/new"):
        assert stranger.get(f"/sites/{site.id}{path}").status_code == 404
    token = stranger.csrf()
    for path in ("/edit", "/withdraw", "/cameras/new"):
        assert stranger.client.post(f"/sites/{site.id}{path}", data={"csrf_token": token, "install_point": "x"}).status_code == 404
    assert Site.get().install_point == SITE["install_point"]


@pytest.mark.parametrize("age", [0, 3600, 7 * 24 * 3600])
def test_a_form_that_was_left_open_can_still_be_sent(browser: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch, age: int) -> None:
    me = browser("surveyor", "96")
    token = hidden(me.get("/more").text, "csrf_token")
    real = time.time
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: real() + age)
    answer = me.client.post("/language", data={"csrf_token": token, "language": "th"})
    assert answer.status_code == 303


def test_no_remember_cookie_is_ever_set(app: Flask, person: Callable[..., Account]) -> None:
    client = app.test_client()
    data = {"csrf_token": hidden(client.get("/login").text, "csrf_token"), "username": person("surveyor", "96").username, "password": PASSWORD, "remember": "1", "remember_me": "on"}
    answer = client.post("/login", data=data)
    assert [c.split("=")[0] for c in answer.headers.getlist("Set-Cookie")] == ["samruat"] and client.get_cookie("remember_token") is None


def test_only_hosts_that_are_trusted_are_answered(settings: Settings, app: Flask) -> None:
    app.config["TRUSTED_HOSTS"] = ["survey.example.go.th"]
    try:
        assert app.test_client().get("/login", headers={"Host": "evil.example"}).status_code == 400
        assert app.test_client().get("/login", headers={"Host": "survey.example.go.th"}).status_code == 200
    finally:
        app.config["TRUSTED_HOSTS"] = None


def test_forwarded_headers_are_believed_from_as_many_proxies_as_were_set(settings: Settings) -> None:
    from werkzeug.middleware.proxy_fix import ProxyFix

    from app import create_app

    assert not isinstance(create_app(settings).wsgi_app, ProxyFix)
    behind = Settings(data=settings.data, database_url=settings.database_url, secret_key="test", proxy_hops=1)
    behind.compress = False
    found = create_app(behind).wsgi_app
    while found is not None and not isinstance(found, ProxyFix):
        found = getattr(found, "application", None)
    assert found is not None and (found.x_for, found.x_proto, found.x_host) == (1, 1, 1)


def test_over_https_the_cookie_and_the_site_stay_on_https(settings: Settings, app: Flask) -> None:
    from app import create_app

    secure = Settings(data=settings.data, database_url=settings.database_url, secret_key="test", https=True)
    secure.compress = False
    answer = create_app(secure).test_client().get("/login", base_url="https://localhost")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"] and "Secure" in answer.headers["Set-Cookie"]


def test_the_policy_of_every_page_has_no_way_for_inline_code(client: FlaskClient) -> None:
    policy = client.get("/login").headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy and "script-src 'self'" in policy and "base-uri 'none'" in policy
