"""Handing accounts on: the centre makes the provinces' administrator seats and inspectors, a province its agencies and surveyors.

Who may make, see and manage whom is survey/scope.py's. New accounts have no password: survey/invitations.py lets the person choose one.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import peewee

from models import Account, utcnow, write
from survey import accounts, agencies, answers, audit, passwords, places, scope, second_factor
from survey.errors import Message, Refusal

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


@dataclass
class Person:
    """What is asked of a new account; `check` gives the sentences by field. Provinces are DOPA codes."""

    name: str
    role: str
    provinces: list[str] = field(default_factory=list)
    districts: list[str] = field(default_factory=list)
    agency: str = ""
    phone: str = ""
    username: str = ""
    chief: bool = False


def check(person: Person, by: Account) -> dict[str, Message]:
    """What is wrong with a new account, by field; also tidies its texts."""
    errors: dict[str, Message] = {}
    for name, limit in (("name", 120), ("agency", 200)):
        try:
            setattr(person, name, answers.read_text(getattr(person, name), limit) or "")
        except Refusal as refusal:
            errors[name] = refusal.message
    if not person.name and "name" not in errors:
        errors["name"] = Message("required", label="ชื่อ")
    if person.phone:
        try:
            person.phone = answers.read_phones(person.phone) or ""
        except Refusal as refusal:
            errors["phone"] = refusal.message
    person.username = person.username.strip().lower()
    if person.username and not _USERNAME.fullmatch(person.username):
        errors["username"] = Message("username_form")
    elif person.username and Account.select().where(Account.username == person.username).exists():
        errors["username"] = Message("username_taken")
    if any(places.find(code) is None or len(code) != 2 for code in person.provinces):
        errors["province"] = Message("unknown_area")
    elif not scope.may_make(by, person.role, person.provinces):
        errors["role" if person.role not in scope.roles_to_make(by) else "province"] = Message("not_in_branch")
    if any(places.find(code) is None or len(code) != 4 or code[:2] not in person.provinces for code in person.districts):
        errors["district"] = Message("area_mismatch")
    if person.role == "agency" and not person.agency and "agency" not in errors:
        errors["agency"] = Message("required", label="หน่วยงาน")
    return errors


def make(person: Person, by: Account) -> Account:
    """Makes an account below `by`. Raises Refusal("invalid") with the sentences by field."""
    errors = check(person, by)
    if errors:
        raise Refusal("invalid", errors)
    with write():
        return _make(person, by)


def make_many(people: Iterable[Person], by: Account) -> list[Account]:
    """Makes all of them or none. Raises Refusal("invalid") when one is wrong."""
    people = list(people)
    if any(check(person, by) for person in people):
        raise Refusal("invalid")
    with write():
        return [_make(person, by) for person in people]


def make_seats(by: Account, number: int) -> list[Account]:
    """The administrator seats of every province and of Bangkok that are not there yet."""
    made = []
    with write():
        there = {username for (username,) in Account.select(Account.username).where(Account.role == "province_admin").tuples()}
        for place in places.provinces():
            for seat in range(1, number + 1):
                username = f"{_slug(place.name_en)}.{seat}"
                if username not in there:
                    name = f"ผู้ดูแลระบบ{places.full_name(place.code)} {seat}"
                    made.append(_make(Person(name, "province_admin", [place.code], username=username), by))
    return made


def _make(person: Person, by: Account) -> Account:
    unit = agencies.resolve(person.agency, person.provinces[0] if person.provinces else None) if person.agency else None
    try:
        account: Account = Account.create(
            username=person.username or _free_username(person.provinces), name=person.name, role=person.role, password_hash="", provinces=person.provinces,
            province=person.provinces[0] if len(person.provinces) == 1 else None, districts=person.districts, agency=unit, phone=person.phone or None,
            made_by=by.id, chief=person.chief)  # fmt: skip
    except peewee.IntegrityError:
        raise Refusal("invalid", {"username": Message("username_taken")}) from None
    audit.record("account.added", by, "account", account.id, {"role": account.role, "provinces": account.provinces}, province=account.province)
    return account


def _slug(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _free_username(provinces: list[str]) -> str:
    """A short name that is easy to type on a phone: the province's code (00 for several) and the next number. Only inside a write."""
    prefix = provinces[0] if len(provinces) == 1 else "00"
    taken = [u for (u,) in Account.select(Account.username).where(Account.username.startswith(f"{prefix}-")).tuples()]
    numbers = [int(u[3:]) for u in taken if u[3:].isdigit()]
    return f"{prefix}-{max(numbers, default=0) + 1:04}"


def _managed(account: Account, by: Account) -> None:
    if not scope.may(by, "manage", account):
        raise Refusal("not_found")


def suspend(account: Account, by: Account, for_good: bool = False) -> None:
    """Stops an account at its next request; `for_good` ends it. What it recorded stays. Raises Refusal("not_found") outside the branch."""
    _managed(account, by)
    with write():
        Account.update(disabled_at=account.disabled_at or utcnow(), ended=account.ended or for_good).where(Account.id == account.id).execute()
        accounts.end_all_sessions(account, by)
        audit.record("account.ended" if for_good else "account.suspended", by, "account", account.id, province=account.province)


def resume(account: Account, by: Account) -> None:
    """Lets a suspended account work again; an ended one stays ended. Raises Refusal: not_found, account_off."""
    _managed(account, by)
    if account.ended:
        raise Refusal("account_off")
    with write():
        Account.update(disabled_at=None).where(Account.id == account.id).execute()
        audit.record("account.resumed", by, "account", account.id, province=account.province)


def move(account: Account, by: Account, provinces: list[str], districts: list[str], agency: str, chief: bool = False) -> None:
    """Another area or unit; the phone's work package starts again. What was recorded before keeps its unit.

    Raises Refusal: not_found outside the branch, invalid with the sentences by field.
    """
    _managed(account, by)
    person = Person(account.name, account.role, provinces, districts, agency, account.phone or "", chief=chief)
    errors = check(person, by)
    if errors:
        raise Refusal("invalid", errors)
    with write():
        unit = agencies.resolve(person.agency, provinces[0] if provinces else None) if person.agency else None
        before = {"provinces": account.provinces, "districts": account.districts, "agency": account.agency_id, "chief": account.chief}
        now: dict[str, Any] = {"provinces": provinces, "districts": districts, "agency": unit, "chief": chief}
        Account.update(**now, province=provinces[0] if len(provinces) == 1 else None).where(Account.id == account.id).execute()
        audit.record("account.moved", by, "account", account.id, {"changed": audit.changed(before, now)}, province=account.province)


def forget_factor(account: Account, by: Account) -> None:
    """A lost second factor: the password, which may be short beside one, goes with it, and every log-in ends; a new invitation lets the
    person choose another. Raises Refusal("not_found") outside the branch."""
    _managed(account, by)
    with write():
        second_factor.remove(account, by)
        Account.update(password_hash="").where(Account.id == account.id).execute()
        accounts.end_all_sessions(account, by)


def add(username: str, name: str, role: str, password: str, provinces: list[str], districts: list[str], agency: str | None = None,
        short_password: bool = False) -> Account:  # fmt: skip
    """Makes an account with a password, from the command line. Provinces by DOPA code or Thai name.

    Raises Refusal: password_short, password_long, password_common, username_taken, unknown_role, unknown_area.
    """
    username = username.strip().lower()
    if not short_password:
        passwords.check_new(password, False, username, name)
    if role not in scope.ROLES:
        raise Refusal("unknown_role")
    codes = [_province_code(p) for p in provinces]
    if any(places.find(d) is None or d[:2] not in codes for d in districts):
        raise Refusal("unknown_area")
    hashed = passwords.hash_password(password)
    try:
        with write():
            unit = agencies.resolve(agency, codes[0] if codes else None) if agency else None
            account = Account.create(username=username, name=name, role=role, password_hash=hashed, password_at=utcnow(), provinces=codes,
                                     province=codes[0] if len(codes) == 1 else None, districts=districts, agency=unit)  # fmt: skip
            audit.record("account.added", None, "account", account.id, province=account.province)
    except peewee.IntegrityError:
        raise Refusal("username_taken") from None
    return account


def _province_code(text: str) -> str:
    for place in places.provinces():
        if text in (place.code, place.name, place.name_en.lower()):
            return place.code
    raise Refusal("unknown_area")


def find(by: Account, account_id: uuid.UUID) -> Account:
    """An account below `by`. Raises Refusal("not_found")."""
    found: Account | None = scope.visible(by, Account).where(Account.id == account_id).first()
    if found is None:
        raise Refusal("not_found")
    return found
