"""Logging in: argon2, server-side sessions, a delay that never locks an honest user out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from models import Account, Agency, Audit, LoginFailure, Session, utcnow
from survey import accounts, delegation
from survey.errors import Refusal
from tests.conftest import PASSWORD

Person = Callable[..., Account]


def fails(code: str, username: str, password: str, network: str = "1.1.1.1") -> None:
    with pytest.raises(Refusal, match=f"^{code}$"):
        accounts.identify(username, password, network)


def test_a_session_begins_and_ends(person: Person) -> None:
    user = person("surveyor", "96")
    account = accounts.identify(user.username.upper() + " ", PASSWORD, "1.1.1.1")
    token = accounts.begin(account, "1.1.1.1")
    assert account.id == user.id and accounts.session_of(token).account.id == user.id
    assert token not in {s.token_hash for s in Session.select()}
    accounts.end_session(token)
    assert accounts.session_of(token) is None


def test_thai_passphrases_are_the_same_however_they_are_composed(db: object) -> None:
    delegation.add("thai", "ก", "surveyor", "น้ำตกในป่าลึกยามเช้า", ["96"], [])
    assert accounts.identify("thai", "น้ำตกในป่าลึกยามเช้า", "1.1.1.1").username == "thai"


def test_wrong_names_and_passwords_look_alike(person: Person) -> None:
    user = person("surveyor", "96")
    fails("wrong_login", user.username, "wrong")
    fails("wrong_login", "nobody", "wrong")


def test_a_delay_after_failures_for_this_network_only(person: Person) -> None:
    user = person("surveyor", "96")
    for _ in range(accounts.FREE_TRIES):
        fails("wrong_login", user.username, "wrong")
    fails("login_delay", user.username, "wrong")
    fails("login_delay", user.username, PASSWORD)
    assert accounts.identify(user.username, PASSWORD, "2.2.2.2").id == user.id


def test_101_wrong_passwords_from_many_networks_lock_nobody_out(person: Person) -> None:
    user = person("surveyor", "96")
    for n in range(101):
        LoginFailure.create(key=f"{user.username}|10.0.0.{n}", count=50, last_at=utcnow())
    assert accounts.identify(user.username, PASSWORD, "2.2.2.2").id == user.id


def test_the_delay_passes_and_success_clears_it(person: Person) -> None:
    user = person("surveyor", "96")
    for _ in range(accounts.FREE_TRIES):
        fails("wrong_login", user.username, "wrong")
    LoginFailure.update(last_at=utcnow() - dt.timedelta(seconds=61)).execute()
    accounts.begin(accounts.identify(user.username, PASSWORD, "1.1.1.1"), "1.1.1.1")
    assert not LoginFailure.select().where(LoginFailure.key == f"{user.username}|1.1.1.1").exists()


def test_a_network_that_guesses_many_names_is_slowed_down(person: Person) -> None:
    person("surveyor", "96")
    LoginFailure.create(key="|1.1.1.1", count=accounts.FREE_TRIES_OF_NETWORK + 3, last_at=utcnow())
    fails("login_delay", "anybody", "wrong")


@pytest.mark.parametrize(("role", "idle", "allowed"), [
    ("surveyor", dt.timedelta(hours=11), True), ("surveyor", dt.timedelta(hours=13), False),
    ("province_admin", dt.timedelta(minutes=50), True), ("province_admin", dt.timedelta(minutes=70), False),
])  # fmt: skip
def test_idle_sessions_end(person: Person, role: str, idle: dt.timedelta, allowed: bool) -> None:
    token = accounts.start_session(person(role, "96"))
    Session.update(seen_at=utcnow() - idle).execute()
    assert (accounts.session_of(token) is not None) is allowed


@pytest.mark.parametrize(("role", "age", "allowed"), [
    ("surveyor", dt.timedelta(days=6), True), ("surveyor", dt.timedelta(days=7, minutes=1), False), ("centre_admin", dt.timedelta(hours=13), False),
])  # fmt: skip
def test_sessions_do_not_last_for_ever(person: Person, role: str, age: dt.timedelta, allowed: bool) -> None:
    token = accounts.start_session(person(role, "96"))
    Session.update(created_at=utcnow() - age).execute()
    assert (accounts.session_of(token) is not None) is allowed


def test_a_disabled_account_stops_at_the_next_look(person: Person) -> None:
    user = person("surveyor", "96")
    token = accounts.start_session(user)
    Account.update(disabled_at=utcnow()).where(Account.id == user.id).execute()
    assert accounts.session_of(token) is None
    fails("disabled", user.username, PASSWORD)


def test_all_sessions_of_a_lost_phone(person: Person) -> None:
    user = person("surveyor", "96")
    tokens = [accounts.start_session(user) for _ in range(3)]
    accounts.end_all_sessions(user)
    assert [accounts.session_of(t) for t in tokens] == [None] * 3


def test_adding_accounts(db: object) -> None:
    made = delegation.add("new", "ใหม่", "surveyor", PASSWORD, ["นราธิวาส", "94"], ["9601"], "สภ.ทดสอบ")
    assert (made.provinces, made.districts, made.agency.name) == (["96", "94"], ["9601"], "สภ.ทดสอบ")
    assert PASSWORD not in Account.get().password_hash and Account.get().password_hash.startswith("$argon2id$")


@pytest.mark.parametrize(("change", "code"), [
    ({"password": "short"}, "password_short"), ({"role": "king"}, "unknown_role"), ({"provinces": ["99"]}, "unknown_area"),
    ({"districts": ["7001"]}, "unknown_area"), ({"username": "taken"}, "username_taken"),
])  # fmt: skip
def test_accounts_that_are_refused(db: object, change: dict[str, object], code: str) -> None:
    delegation.add("taken", "ก", "surveyor", PASSWORD, ["96"], [])
    given = {"username": "new", "name": "ข", "role": "surveyor", "password": PASSWORD, "provinces": ["96"], "districts": []} | change
    with pytest.raises(Refusal, match=f"^{code}$"):
        delegation.add(**given)
    assert Account.select().count() == 1 and Agency.select().count() == 0


def test_log_ins_and_failures_are_on_record_without_secrets(person: Person) -> None:
    user = person("surveyor", "96")
    fails("wrong_login", user.username, "my-secret-guess")
    accounts.begin(accounts.identify(user.username, PASSWORD, "1.1.1.1"), "1.1.1.1")
    rows = list(Audit.select().order_by(Audit.number))
    assert [r.action for r in rows] == ["login.failed", "login"]
    assert "my-secret-guess" not in repr([r.__data__ for r in rows]) and PASSWORD not in repr([r.__data__ for r in rows])
