"""The second factor: codes that work once, recovery codes, and who must have one."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
import pytest

from models import Account, Meta
from survey import accounts, second_factor
from survey.errors import Refusal

People = Callable[..., Account]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_800_000_000.0]
    monkeypatch.setattr(second_factor.time, "time", lambda: now[0])
    return now


def with_factor(user: Account, now: list[float]) -> tuple[Account, str, list[str]]:
    secret = second_factor.new_secret()
    codes = second_factor.set_up(user, secret, pyotp.TOTP(secret).at(now[0]))
    return Account.get_by_id(user.id), secret, codes


def test_it_starts_only_when_a_code_proves_that_the_app_has_the_secret(person: People, clock: list[float]) -> None:
    user = person("province_admin", "96")
    with pytest.raises(Refusal, match="wrong_code"):
        second_factor.set_up(user, second_factor.new_secret(), "123456")
    assert Account.get_by_id(user.id).totp_secret is None
    user, secret, codes = with_factor(user, clock)
    assert user.totp_secret == secret and len(set(codes)) == 10
    assert not any(code in repr(user.__data__) for code in codes)


def test_a_code_works_once_and_not_again(person: People, clock: list[float]) -> None:
    user, secret, _ = with_factor(person("province_admin", "96"), clock)
    assert not second_factor.use(user, pyotp.TOTP(secret).at(clock[0]))  # used up by the set-up
    clock[0] += 30
    code = pyotp.TOTP(secret).at(clock[0])
    assert second_factor.use(user, f"{code[:3]} {code[3:]}") and not second_factor.use(user, code)


@pytest.mark.parametrize(("late", "works"), [(0, True), (30, True), (60, False), (-30, True), (-60, False)])
def test_a_clock_that_is_half_a_minute_off_is_forgiven(person: People, clock: list[float], late: int, works: bool) -> None:
    user, secret, _ = with_factor(person("province_admin", "96"), clock)
    clock[0] += 300
    assert second_factor.use(user, pyotp.TOTP(secret).at(clock[0] - late)) is works


def test_recovery_codes_work_once_each(person: People, clock: list[float]) -> None:
    user, _, codes = with_factor(person("province_admin", "96"), clock)
    assert second_factor.use(user, codes[3].lower()) and not second_factor.use(user, codes[3]) and second_factor.use(user, codes[4])
    assert len(Account.get_by_id(user.id).recovery) == 8


def test_guessing_codes_is_slowed_down_for_the_guesser_alone(person: People, clock: list[float]) -> None:
    user, secret, _ = with_factor(person("province_admin", "96"), clock)
    clock[0] += 30
    for _ in range(accounts.FREE_TRIES):
        with pytest.raises(Refusal, match="wrong_code"):
            accounts.check_second_factor(user, "000000", "6.6.6.6")
    with pytest.raises(Refusal, match="login_delay"):
        accounts.check_second_factor(user, pyotp.TOTP(secret).at(clock[0]), "6.6.6.6")
    accounts.check_second_factor(user, pyotp.TOTP(secret).at(clock[0]), "7.7.7.7")


@pytest.mark.parametrize(("role", "setting", "demo", "required"), [
    ("province_admin", None, False, True), ("centre_admin", None, False, True), ("surveyor", None, False, False), ("province_admin", None, True, False),
    ("province_admin", True, True, True), ("province_admin", False, False, False), ("agency", True, False, False),
])  # fmt: skip
def test_who_must_have_one(person: People, role: str, setting: bool | None, demo: bool, required: bool) -> None:
    if demo:
        Meta.create(key="demo", value="1")
    assert second_factor.is_required(person(role, "96"), setting) is required
