"""Who guesses is slowed down, who is honest is not; both stand in the log. A lost second factor does not leave a short password alone."""

from __future__ import annotations

import runpy
import time
from collections.abc import Callable

import pyotp
import pytest
from flask import Flask

from models import Account, Audit, Invitation, LoginFailure, Photo, Session, utcnow
from survey import accounts, album, audit, invitations, passwords, rounds, second_factor
from tests.conftest import PASSWORD, ROOT, Browser, hidden, make_site, picture, send
from tests.test_accounts_pages import NEW, join

Make = Callable[..., Browser]
People = Callable[..., Account]


def log_in(app: Flask, username: str, password: str, network: str) -> tuple[int, str]:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = network
    token = hidden(client.get("/login").text, "csrf_token")
    answer = client.post("/login", data={"username": username, "password": password, "csrf_token": token})
    return answer.status_code, answer.text


def test_101_wrong_passwords_while_the_honest_user_logs_in_from_elsewhere(app: Flask, person: People, monkeypatch: pytest.MonkeyPatch) -> None:
    user = person("surveyor", "96")
    monkeypatch.setattr(passwords, "is_password", lambda _hash, typed: typed == PASSWORD)  # argon2 is slow on purpose
    now = utcnow()
    monkeypatch.setattr(accounts, "utcnow", lambda: now)  # all within a second, however slow this machine is
    wrong = [log_in(app, user.username, f"wrong {n}", "10.0.0.9") for n in range(101)]
    assert [status for status, _ in wrong] == [400] * accounts.FREE_TRIES + [429] * (101 - accounts.FREE_TRIES)
    assert log_in(app, user.username, PASSWORD, "10.0.0.9")[0] != 303
    assert log_in(app, user.username, PASSWORD, "10.0.0.10")[0] == 303
    failed = Audit.select().where(Audit.action == "login.failed").count()
    assert failed == accounts.FREE_TRIES and Audit.select().where(Audit.action == "login.delayed").count() == 1
    assert Audit.select().where(Audit.action == "login.delayed").get().province == "96"


def test_a_station_where_somebody_guesses_still_lets_its_own_people_in(app: Flask, person: People) -> None:
    known, stranger = person("surveyor", "96"), person("surveyor", "70")
    accounts.start_session(known, network="10.0.0.9")
    LoginFailure.create(key="|10.0.0.9", count=accounts.FREE_TRIES_OF_NETWORK + 6, last_at=utcnow())
    assert log_in(app, known.username, PASSWORD, "10.0.0.9")[0] == 303
    assert log_in(app, stranger.username, PASSWORD, "10.0.0.9")[0] != 303
    Session.update(created_at=utcnow() - accounts.KNOWN_FOR).execute()
    assert log_in(app, known.username, PASSWORD, "10.0.0.9")[0] != 303


@pytest.mark.parametrize(("one", "other", "same"), [
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True), ("2001:db8:1:2::1", "2001:db8:1:3::1", False), ("::ffff:10.0.0.9", "10.0.0.9", True),
    ("10.0.0.9", "10.0.0.8", False), ("", "", True),
])  # fmt: skip
def test_a_subscriber_of_ipv6_is_one_network(one: str, other: str, same: bool) -> None:
    assert (accounts.network_of(one) == accounts.network_of(other)) is same


def test_who_hops_through_a_subscribers_addresses_is_slowed_down(app: Flask, person: People) -> None:
    user = person("surveyor", "96")
    for n in range(accounts.FREE_TRIES):
        log_in(app, user.username, "wrong", f"2001:db8:1:2::{n + 1:x}")
    assert log_in(app, user.username, PASSWORD, "2001:db8:1:2::ffff")[0] != 303
    assert log_in(app, user.username, PASSWORD, "2001:db8:1:9::1")[0] == 303


def test_the_right_password_of_a_disabled_account_is_on_record(app: Flask, person: People) -> None:
    user = person("surveyor", "96")
    Account.update(disabled_at=utcnow()).where(Account.id == user.id).execute()
    assert log_in(app, user.username, PASSWORD, "10.0.0.9")[0] != 303
    row = Audit.select().where(Audit.action == "login.failed").get()
    assert (row.detail, row.account_id, row.network) == ({"why": "disabled"}, user.id, "10.0.0.9")


def test_a_wrong_second_factor_is_on_record_and_slowed_down(app: Flask, person: People) -> None:
    user = person("surveyor", "96")
    secret = second_factor.new_secret()
    second_factor.set_up(user, secret, pyotp.TOTP(secret).at(time.time() - 30))
    user = Account.get_by_id(user.id)
    for _ in range(accounts.FREE_TRIES):
        with pytest.raises(Exception, match="wrong_code"):
            accounts.check_second_factor(user, "000000", "10.0.0.9")
    with pytest.raises(Exception, match="login_delay"):
        accounts.check_second_factor(user, pyotp.TOTP(secret).now(), "10.0.0.9")
    rows = list(Audit.select().where(Audit.action == "login.failed"))
    assert len(rows) == accounts.FREE_TRIES and all(row.detail == {"factor": 2} for row in rows)


def test_a_lost_second_factor_takes_the_short_password_with_it(app: Flask, browser: Make, person: People) -> None:
    user = person("surveyor", "96")
    secret = second_factor.new_secret()
    second_factor.set_up(user, secret, pyotp.TOTP(secret).now())
    short = "น้ำตก12"
    Account.update(password_hash=passwords.hash_password(short)).where(Account.id == user.id).execute()
    token = accounts.start_session(user)
    boss = browser("province_admin", "96")
    page = boss.get(f"/accounts/{user.id}").text
    assert boss.client.post(f"/accounts/{user.id}/factor", data={"csrf_token": hidden(page, "csrf_token")}).status_code == 303
    assert accounts.session_of(token) is None and log_in(app, user.username, short, "10.0.0.9")[0] != 303
    code = invitations.code_of(Invitation.get(Invitation.account == user.id, Invitation.withdrawn_at.is_null()), app.config["SECRET_KEY"])
    assert "15" in join(app, code, "สั้นไป88")[1].text
    assert join(app, code, NEW)[1].status_code == 303
    assert Account.get_by_id(user.id).totp_secret is None


def test_an_invited_surveyor_chooses_a_long_password(app: Flask, browser: Make, person: People) -> None:
    user = person("surveyor", "96", name="96-new")
    Account.update(password_hash="").where(Account.id == user.id).execute()
    code = invitations.code_of(invitations.issue(user, None, app.config["SECRET_KEY"]), app.config["SECRET_KEY"])
    assert join(app, code, "แปดตัวนะ")[1].status_code == 400
    assert not Account.get_by_id(user.id).password_hash


def test_the_account_actions_of_the_page_do_what_they_say(app: Flask, browser: Make, person: People) -> None:
    boss, user = browser("province_admin", "96"), person("surveyor", "96")

    def act(action: str, **fields: object) -> None:
        page = boss.get(f"/accounts/{user.id}").text
        data = {"csrf_token": hidden(page, "csrf_token"), **fields}
        assert boss.client.post(f"/accounts/{user.id}/{action}", data=data).status_code == 303, action

    def now() -> Account:
        return Account.get_by_id(user.id)

    act("invite")
    first = Invitation.get()
    act("invite")
    assert Invitation.get_by_id(first.id).withdrawn_at and Invitation.select().where(Invitation.withdrawn_at.is_null()).count() == 1
    act("withdraw")
    assert not Invitation.select().where(Invitation.withdrawn_at.is_null()).exists()
    token = accounts.start_session(user)
    act("sessions")
    assert accounts.session_of(token) is None and not now().disabled_at
    act("move", province="96", district="9602", agency="", chief="yes")
    assert now().districts == ["9602"] and now().chief
    token = accounts.start_session(user)
    act("suspend")
    assert now().disabled_at and not now().ended and accounts.session_of(token) is None
    act("resume")
    assert not now().disabled_at
    act("end")
    assert now().ended and now().disabled_at
    page = boss.get(f"/accounts/{user.id}").text
    assert boss.client.post(f"/accounts/{user.id}/resume", data={"csrf_token": hidden(page, "csrf_token")}).status_code != 303 and now().disabled_at
    done = [row.action for row in Audit.select().where(Audit.account == boss.account.id, Audit.subject_id == str(user.id)).order_by(Audit.number)]
    assert done == ["invitation.made", "invitation.made", "invitation.withdrawn", "session.ended", "account.moved", "account.suspended", "account.resumed", "account.ended"]


def test_a_used_invitation_ends_earlier_log_ins(app: Flask, person: People) -> None:
    user = person("surveyor", "96")
    token = accounts.start_session(user)
    code = invitations.code_of(invitations.issue(user, None, app.config["SECRET_KEY"]), app.config["SECRET_KEY"])
    assert join(app, code, NEW)[1].status_code == 303
    assert accounts.session_of(token) is None


def test_an_inspector_is_moved_to_another_region(app: Flask, browser: Make, person: People) -> None:
    centre, inspector = browser("centre_admin"), person("inspector", "96")
    page = centre.get(f"/accounts/{inspector.id}").text
    assert 'name="region"' in page
    assert centre.client.post(f"/accounts/{inspector.id}/move", data={"csrf_token": hidden(page, "csrf_token"), "region": "1"}).status_code == 303
    moved = Account.get_by_id(inspector.id)
    assert len(moved.provinces) > 1 and "96" not in moved.provinces and moved.role == "inspector"
    row = Audit.select().where(Audit.action == "account.moved").get()
    assert row.detail["changed"]["provinces"][0] == "96"
    assert "<s>96</s>" in centre.get("/audit?group=accounts").text


def test_the_log_of_agencies_and_rounds_says_from_what_to_what(browser: Make) -> None:
    centre = browser("centre_admin")
    data = {"name": "รอบที่หนึ่ง", "starts_on": "2026-11-01", "deadline": "2026-12-31", "counts": "camera", "steps": ""}
    rounds.save(centre.account, data)
    rounds.save(centre.account, {**data, "deadline": "2027-01-15"}, 1)
    row = Audit.select().where(Audit.action == "round.changed").get()
    assert row.detail["changed"] == {"deadline": ["2026-12-31", "2027-01-15"]}
    text = centre.get("/audit?group=rounds").text
    assert "<s>2026-12-31</s> → 2027-01-15" in text and audit.verify()[1] == []


def test_photos_are_in_their_provinces_log(browser: Make, person: People) -> None:
    surveyor = person("surveyor", "96")
    data = picture((1, 2, 3))
    upload, _ = album.accept(data, surveyor, network="10.0.0.9")
    site = make_site(surveyor)
    send(surveyor, "site", {}, record_id=site.id, base={"rev": site.rev}, photos={"add": [{"sha256": upload.sha256, "kind": "installation"}]})
    centre = browser("centre_admin")
    assert centre.get(f"/photos/{Photo.get().id}/original").status_code == 200
    rows = {row.action: row.province for row in Audit.select().where(Audit.action.startswith("photo."))}
    assert rows == {"photo.received": "96", "photo.original": "96"}
    assert "เปิดภาพต้นฉบับ" in browser("province_admin", "96").get("/audit?group=reading").text


def test_access_logs_hold_no_query_and_no_referrer() -> None:
    said = runpy.run_path(str(ROOT / "deploy" / "gunicorn.conf.py"))["access_log_format"]
    assert "%(U)s" in said and not any(part in said for part in ("%(q)s", "%(r)s", "%(f)s", "%({"))
    nginx = (ROOT / "deploy" / "nginx.conf").read_text()
    form = nginx[nginx.index("log_format") : nginx.index(";", nginx.index("log_format"))]
    assert "$uri" in form and not any(part in form for part in ("$request ", "$request_uri", "$args", "$query_string", "$http_referer"))
    assert "without_query;" in nginx
