"""Log-ins: server-side sessions, and a delay after wrong passwords that never locks an honest user out. Accounts: survey/delegation.py.

Source: NIST SP 800-63B on throttling and session length.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import secrets
import uuid

from database import Prepared, Slot
from models import Account, LoginFailure, Session, Token, utcnow, write
from survey import audit, passwords, second_factor
from survey.answers import without_control_characters
from survey.errors import Refusal

_session = Prepared(lambda: Session.select(Session, Account).join(Account).where(Session.token_hash == Slot(0, Session.token_hash)))

IDLE = {"surveyor": dt.timedelta(hours=12), "agency": dt.timedelta(hours=12)}
LONGEST = {"surveyor": dt.timedelta(days=7), "agency": dt.timedelta(days=7)}
ADMIN_IDLE, ADMIN_LONGEST = dt.timedelta(hours=1), dt.timedelta(hours=12)
FREE_TRIES, FREE_TRIES_OF_NETWORK = 4, 60
FORGET_AFTER = dt.timedelta(minutes=30)
FRESH_FOR = dt.timedelta(minutes=10)  # how long a typed password opens exports and account changes
HANDLE = 16  # characters of a token's hash that name a session on a page
NOTE_EVERY = dt.timedelta(minutes=1)  # `seen_at`, and delays in the log, are written no oftener
KNOWN_FOR = dt.timedelta(days=30)  # since a log-in, during which its network is the person's own


def identify(username: str, password: str, network: str) -> Account:
    """The account that a name and a password belong to. The session is begun by `begin`, after the second factor where there is one.

    Raises Refusal: login_delay (with seconds to wait), wrong_login, disabled. The delay counts per name and network, and per network; the
    network's does not hold up who has been logged in from it lately, whoever else guesses there.
    """
    username = without_control_characters(username).strip().lower()[:80]
    keys = (f"{username[:60]}|{network_of(network)}", f"|{network_of(network)}")
    account = Account.get_or_none(Account.username == username)
    try:
        refuse_too_soon(keys[0], FREE_TRIES)
        if account is None or not _is_known_here(account, network):
            refuse_too_soon(keys[1], FREE_TRIES_OF_NETWORK)
    except Refusal:
        _note_delay(keys[0], account, network)
        raise
    if not passwords.is_password(account.password_hash if account else None, password) or account is None:
        with write():
            for key in keys:
                count_failure(key)
            audit.record("login.failed", account, "account", account.id if account else None, network=network, province=account.province if account else None)
        raise Refusal("wrong_login")
    if account.disabled_at:
        audit.record("login.failed", account, "account", account.id, {"why": "disabled"}, network, account.province)
        raise Refusal("disabled")
    return account


def network_of(address: str) -> str:
    """What counts as one network: an IPv4 address, or the /64 of an IPv6 address, of which one subscriber has 2^64."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:60]
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)


def _is_known_here(account: Account, network: str) -> bool:
    """Whether the account was logged in from this network within the last days."""
    since = utcnow() - KNOWN_FOR
    seen = Session.select(Session.network).where(Session.account == account.id, Session.created_at > since, Session.network.is_null(False)).distinct().tuples()
    return network_of(network) in {network_of(address) for (address,) in seen}


_delayed: dict[str, dt.datetime] = {}  # when the log was last told of a delay, by name and network


def _note_delay(key: str, account: Account | None, network: str) -> None:
    """Tells the log of tries that met a delay, one row a minute for each name and network."""
    if len(_delayed) > 10_000:
        _delayed.clear()
    if utcnow() - _delayed.get(key, dt.datetime.min) >= NOTE_EVERY:
        _delayed[key] = utcnow()
        audit.record("login.delayed", account, "account", account.id if account else None, network=network, province=account.province if account else None)


def check_second_factor(account: Account, code: str, network: str) -> None:
    """Checks the code of the second factor, a recovery code as well. Raises Refusal: login_delay, wrong_code, disabled."""
    key = f"{account.username[:60]}|2|{network_of(network)}"
    refuse_too_soon(key, FREE_TRIES)
    if account.disabled_at:
        raise Refusal("disabled")
    if not second_factor.use(account, code):
        with write():
            count_failure(key)
            audit.record("login.failed", account, "account", account.id, {"factor": 2}, network, account.province)
        raise Refusal("wrong_code")


def begin(account: Account, network: str, device: str = "") -> str:
    """Starts a session for somebody who has proven who they are; returns the token for the cookie."""
    with write():
        LoginFailure.delete().where(LoginFailure.key.in_([f"{account.username[:60]}|{factor}{network_of(network)}" for factor in ("", "2|")])).execute()
        token = start_session(account, device, network)
        audit.record("login", account, "account", account.id, network=network, province=account.province)
    return token


def confirm(session: Session, password: str, network: str) -> None:
    """The person of a session types the password again, before something that matters. Raises Refusal: login_delay, wrong_password."""
    key = f"{session.account.username[:60]}|{network_of(network)}"
    refuse_too_soon(key, FREE_TRIES)
    if not passwords.is_password(session.account.password_hash, password):
        with write():
            count_failure(key)
            audit.record("confirm.failed", session.account, "account", session.account_id, network=network, province=session.account.province)
        raise Refusal("wrong_password")
    with write():
        Session.update(fresh_at=utcnow()).where(Session.token_hash == session.token_hash).execute()


def is_fresh(session: Session) -> bool:
    """Whether the password was typed a moment ago."""
    return session.fresh_at is not None and utcnow() - session.fresh_at < FRESH_FOR


def change_password(session: Session, old: str, new: str, network: str) -> None:
    """A new password for the person of a session; every other session and every token of theirs ends.

    Raises Refusal: login_delay, wrong_password, password_short, password_long, password_common.
    """
    account = session.account
    confirm(session, old, network)
    passwords.check_new(new, bool(account.totp_secret), account.username, account.name)
    hashed = passwords.hash_password(new)
    with write():
        Account.update(password_hash=hashed, password_at=utcnow()).where(Account.id == account.id).execute()
        others = (Session.account == account.id) & (Session.token_hash != session.token_hash) & Session.ended_at.is_null()
        Session.update(ended_at=utcnow()).where(others).execute()
        end_tokens(account, account, network)
        audit.record("password.changed", account, "account", account.id, network=network, province=account.province)


def seconds_to_wait(key: str, free: int) -> int:
    """Seconds until the next try: 0 for the first `free` failures, then 1, 2, 4 … at most 60."""
    failure = LoginFailure.get_or_none(LoginFailure.key == key)
    if failure is None or failure.count < free or failure.last_at + FORGET_AFTER < utcnow():
        return 0
    until = failure.last_at + dt.timedelta(seconds=min(60, 2 ** min(failure.count - free, 6)))
    return max(0, round((until - utcnow()).total_seconds() + 0.5))


def refuse_too_soon(key: str, free: int) -> None:
    """Raises Refusal("login_delay") with the seconds to wait, while there are any."""
    seconds = seconds_to_wait(key, free)
    if seconds > 0:
        raise Refusal("login_delay", seconds=seconds)


def count_failure(key: str) -> None:
    """Notes one more wrong try under a key; only inside a write."""
    failure = LoginFailure.get_or_none(LoginFailure.key == key)
    if failure is None:
        LoginFailure.create(key=key, count=1, last_at=utcnow())
    else:
        old = failure.last_at + FORGET_AFTER < utcnow()
        LoginFailure.update(count=1 if old else failure.count + 1, last_at=utcnow()).where(LoginFailure.key == key).execute()


def start_session(account: Account, device: str = "", network: str | None = None) -> str:
    """A new session; returns its token, of which only the hash is stored."""
    token = secrets.token_urlsafe(32)
    with write():
        Session.create(token_hash=_hash_token(token), account=account.id, device=without_control_characters(device)[:200], network=network, fresh_at=utcnow())
    return token


def session_of(token: str) -> Session | None:
    """The live session of a token with its account, or None (unknown, ended, idle too long, too old, account disabled)."""
    found = _session(_hash_token(token))
    session: Session | None = found[0] if found else None
    if session is None or not _is_live(session):
        return None
    now = utcnow()
    if now - session.seen_at > NOTE_EVERY:
        with write():
            Session.update(seen_at=now).where(Session.token_hash == session.token_hash).execute()
    return session


def _is_live(session: Session) -> bool:
    now, role = utcnow(), session.account.role
    in_time = now - session.seen_at <= IDLE.get(role, ADMIN_IDLE) and now - session.created_at <= LONGEST.get(role, ADMIN_LONGEST)
    return not session.ended_at and not session.account.disabled_at and in_time


def live_sessions(account: Account) -> list[Session]:
    """Where an account is logged in now, newest first."""
    query = Session.select(Session, Account).join(Account).where(Session.account == account.id, Session.ended_at.is_null()).order_by(Session.seen_at.desc())
    return [session for session in query if _is_live(session)]


def is_disabled(token: str | None) -> bool:
    """Whether the token is of an account that has been disabled: its phone is told why, not asked to log in again and again."""
    found = _session(_hash_token(token)) if token else None
    return bool(found and found[0].account.disabled_at)


def end_session(token: str) -> None:
    """Ends a session for good; a copy of its cookie is worth nothing afterwards."""
    with write():
        Session.update(ended_at=utcnow()).where(Session.token_hash == _hash_token(token), Session.ended_at.is_null()).execute()


def end_all_sessions(account: Account, by: Account | None = None) -> None:
    """Ends every session and every token of an account (new password by invitation, suspended). `by`: whoever does it, if not itself."""
    with write():
        Session.update(ended_at=utcnow()).where(Session.account == account.id, Session.ended_at.is_null()).execute()
        end_tokens(account, by or account, None)


def end_tokens(account: Account, by: Account, network: str | None, only: uuid.UUID | None = None) -> None:
    """Revokes all tokens of an account, or one; they open nothing from the next request on."""
    with write():
        for token in Token.select().where(Token.account == account.id, Token.revoked_at.is_null()):
            if only in (None, token.id):
                Token.update(revoked_at=utcnow()).where(Token.id == token.id).execute()
                audit.record("token.revoked", by, "account", account.id, {"token": str(token.id)}, network, account.province)


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def end_session_named(account: Account, handle: str, by: Account, network: str | None) -> None:
    """Ends one session of an account by the beginning of its token's hash ("this phone was lost")."""
    with write():
        ended = Session.update(ended_at=utcnow()).where(Session.account == account.id, Session.token_hash.startswith(handle), Session.ended_at.is_null())
        if len(handle) == HANDLE and handle.isalnum() and ended.execute():
            audit.record("session.ended", by, "account", account.id, network=network, province=account.province)
