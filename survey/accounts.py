"""Accounts and log-ins: argon2 passwords, server-side sessions, a delay after wrong passwords that never locks an honest user out.

Sources: OWASP's argon2id parameters (19 MiB, t=2, p=1); NIST SP 800-63B on throttling and session length.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import unicodedata

import peewee
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from database import Prepared, Slot
from models import Account, LoginFailure, Session, utcnow, write
from survey import agencies, audit, places, scope
from survey.answers import without_control_characters
from survey.errors import Refusal

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash(secrets.token_hex(16))  # an unknown name costs as much time as a known one

_session = Prepared(lambda: Session.select(Session, Account).join(Account).where(Session.token_hash == Slot(0, Session.token_hash)))

IDLE = {"surveyor": dt.timedelta(hours=12), "agency": dt.timedelta(hours=12)}
LONGEST = {"surveyor": dt.timedelta(days=7), "agency": dt.timedelta(days=7)}
ADMIN_IDLE, ADMIN_LONGEST = dt.timedelta(hours=1), dt.timedelta(hours=12)
FREE_TRIES, FREE_TRIES_OF_NETWORK = 4, 60
FORGET_AFTER = dt.timedelta(minutes=30)
NOTE_EVERY = dt.timedelta(minutes=1)  # `seen_at` is written no oftener
SHORTEST_PASSWORD = 15


def hash_password(password: str) -> str:
    """The argon2id hash of a password (NFC, so that Thai typed on any keyboard is the same)."""
    return _hasher.hash(unicodedata.normalize("NFC", password))


def log_in(username: str, password: str, network: str, device: str = "") -> tuple[Account, str]:
    """Checks name and password and starts a session: (account, token for the cookie).

    Raises Refusal: login_delay (with seconds to wait), wrong_login, disabled. The delay counts per name and network, and per network.
    """
    username = without_control_characters(username).strip().lower()[:80]
    keys = (f"{username[:60]}|{network}", f"|{network}")
    seconds = max(_seconds_to_wait(keys[0], FREE_TRIES), _seconds_to_wait(keys[1], FREE_TRIES_OF_NETWORK))
    if seconds > 0:
        raise Refusal("login_delay", seconds=seconds)
    account = Account.get_or_none(Account.username == username)
    if not _is_password(account.password_hash if account else _NOBODY, password) or account is None:
        with write():
            for key in keys:
                _count_failure(key)
            audit.record("login.failed", account, "account", account.id if account else None, network=network)
        raise Refusal("wrong_login")
    if account.disabled_at:
        raise Refusal("disabled")
    with write():
        LoginFailure.delete().where(LoginFailure.key == keys[0]).execute()
        token = start_session(account, device)
        audit.record("login", account, "account", account.id, network=network)
    return account, token


def _is_password(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, unicodedata.normalize("NFC", password))
    except (VerificationError, InvalidHashError):
        return False


def _seconds_to_wait(key: str, free: int) -> int:
    """Seconds until the next try: 0 for the first `free` failures, then 1, 2, 4 … at most 60."""
    failure = LoginFailure.get_or_none(LoginFailure.key == key)
    if failure is None or failure.count < free or failure.last_at + FORGET_AFTER < utcnow():
        return 0
    until = failure.last_at + dt.timedelta(seconds=min(60, 2 ** min(failure.count - free, 6)))
    return max(0, round((until - utcnow()).total_seconds() + 0.5))


def _count_failure(key: str) -> None:
    failure = LoginFailure.get_or_none(LoginFailure.key == key)
    if failure is None:
        LoginFailure.create(key=key, count=1, last_at=utcnow())
    else:
        old = failure.last_at + FORGET_AFTER < utcnow()
        LoginFailure.update(count=1 if old else failure.count + 1, last_at=utcnow()).where(LoginFailure.key == key).execute()


def start_session(account: Account, device: str = "") -> str:
    """A new session; returns its token, of which only the hash is stored."""
    token = secrets.token_urlsafe(32)
    with write():
        Session.create(token_hash=_hash_token(token), account=account.id, device=device[:200])
    return token


def session_of(token: str) -> Session | None:
    """The live session of a token with its account, or None (unknown, ended, idle too long, too old, account disabled)."""
    found = _session(_hash_token(token))
    session: Session | None = found[0] if found else None
    if session is None or session.ended_at or session.account.disabled_at:
        return None
    now, role = utcnow(), session.account.role
    if now - session.seen_at > IDLE.get(role, ADMIN_IDLE) or now - session.created_at > LONGEST.get(role, ADMIN_LONGEST):
        return None
    if now - session.seen_at > NOTE_EVERY:
        with write():
            Session.update(seen_at=now).where(Session.token_hash == session.token_hash).execute()
    return session


def is_disabled(token: str | None) -> bool:
    """Whether the token is of an account that has been disabled: its phone is told why, not asked to log in again and again."""
    found = _session(_hash_token(token)) if token else None
    return bool(found and found[0].account.disabled_at)


def end_session(token: str) -> None:
    """Ends a session for good; a copy of its cookie is worth nothing afterwards."""
    with write():
        Session.update(ended_at=utcnow()).where(Session.token_hash == _hash_token(token), Session.ended_at.is_null()).execute()


def end_all_sessions(account: Account) -> None:
    """Ends every session of an account (password changed, phone lost)."""
    with write():
        Session.update(ended_at=utcnow()).where(Session.account == account.id, Session.ended_at.is_null()).execute()


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def add(username: str, name: str, role: str, password: str, provinces: list[str], districts: list[str], agency: str | None = None,
        short_password: bool = False) -> Account:  # fmt: skip
    """Makes an account. Provinces by DOPA code or Thai name. Raises Refusal: password_short, username_taken, unknown_role, unknown_area."""
    username = username.strip().lower()
    if len(password) < SHORTEST_PASSWORD and not short_password:
        raise Refusal("password_short", limit=SHORTEST_PASSWORD)
    if role not in scope.ROLES:
        raise Refusal("unknown_role")
    codes = [_province_code(p) for p in provinces]
    if any(places.find(d) is None or d[:2] not in codes for d in districts):
        raise Refusal("unknown_area")
    hashed = hash_password(password)
    try:
        with write():
            unit = agencies.resolve(agency, codes[0] if codes else None) if agency else None
            account = Account.create(username=username, name=name, role=role, password_hash=hashed, provinces=codes, districts=districts, agency=unit)
            audit.record("account.added", None, "account", account.id)
    except peewee.IntegrityError:
        raise Refusal("username_taken") from None
    return account


def _province_code(text: str) -> str:
    for place in places.provinces():
        if text in (place.code, place.name, place.name_en.lower()):
            return place.code
    raise Refusal("unknown_area")
