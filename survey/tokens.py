"""Tokens with which other systems read the open interface as an account: made by its person, shown once, with an end, revoked at once.

Only a token's SHA-256 is kept. Which roles may have one is scope.TOKEN_HOLDERS; whoever manages an account sees and revokes its tokens.
Source: RFC 6750 (bearer tokens); 256 random bits, so that a hash without salt cannot be turned around.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid

from database import Prepared, Slot
from models import Account, Token, utcnow, write
from survey import accounts, audit, scope, second_factor
from survey.answers import read_text
from survey.errors import Message, Refusal

DAYS = (30, 90, 365)  # how long a token may be good for
MOST = 10  # tokens of an account at a time
PREFIX = "samruat_"  # by which people, and scanners of published code, know what it is
FREE_TRIES = 4

_by_hash = Prepared(lambda: Token.select(Token, Account).join(Account).where(Token.token_hash == Slot(0, Token.token_hash)))


def make(account: Account, name: str, days: int, network: str | None, require_totp: bool | None) -> tuple[Token, str]:
    """A new token of an account and its text, which is shown once and kept nowhere. `require_totp` is the setting.

    Raises Refusal: not_allowed, second_factor_needed, too_many_tokens, invalid with the sentences by field (name, days).
    """
    if account.role not in scope.TOKEN_HOLDERS or account.disabled_at is not None:
        raise Refusal("not_allowed")
    second_factor.demand(account, require_totp)
    text = PREFIX + secrets.token_urlsafe(32)
    with write():
        there = live(account)
        called = _checked_name(name, there)
        if days not in DAYS:
            raise Refusal("invalid", {"days": Message("unknown_choice")})
        if len(there) >= MOST:
            raise Refusal("too_many_tokens", limit=MOST)
        now = utcnow()
        token = Token.create(token_hash=_hashed(text), account=account.id, name=called, made_at=now, expires_at=now + dt.timedelta(days=days))
        audit.record("token.made", account, "account", account.id, {"token": str(token.id), "days": days}, network, account.province)
    return token, text


def _checked_name(name: str, there: list[Token]) -> str:
    try:
        called = read_text(name, 80)
    except Refusal as refusal:
        raise Refusal("invalid", {"name": refusal.message}) from None
    if not called:
        raise Refusal("invalid", {"name": Message("required", label="ชื่อระบบที่จะใช้")})
    if any(token.name == called for token in there):  # also a form that was sent twice
        raise Refusal("invalid", {"name": Message("token_name")})
    return called


def live(account: Account) -> list[Token]:
    """The tokens of an account that can be used now, newest first."""
    query = Token.select().where(Token.account == account.id, Token.revoked_at.is_null(), Token.expires_at > utcnow())
    return list(query.order_by(Token.made_at.desc()))


def opened_by(text: str, network: str) -> Token:
    """The live token of a text with its account. A wrong, late or revoked one, or one of a suspended account, gives one and the same answer;
    after some of them a network waits, as after wrong passwords (a good token never does).

    Raises Refusal: token, login_delay (with seconds to wait).
    """
    found = _by_hash(_hashed(text)) if text else []
    token: Token | None = found[0] if found else None
    now = utcnow()
    if token is not None and token.revoked_at is None and token.expires_at > now and token.account.disabled_at is None:
        if token.used_at is None or now - token.used_at > accounts.NOTE_EVERY or token.network != network:
            with write():
                Token.update(used_at=now, network=network).where(Token.id == token.id).execute()
        return token
    if text:  # without any there is nothing to guess
        _count(token, network)
    raise Refusal("token")


def _count(token: Token | None, network: str) -> None:
    key = f"token|{accounts.network_of(network)}"
    accounts.refuse_too_soon(key, FREE_TRIES)
    holder = token.account if token else None
    with write():
        accounts.count_failure(key)
        audit.record("token.refused", holder, "account", holder.id if holder else None, network=network, province=holder.province if holder else None)


def find(user: Account, ident: uuid.UUID | None) -> Token:
    """A token that `user` may revoke. Raises Refusal("not_found")."""
    found: Token | None = scope.visible(user, Token).where(Token.id == ident).first() if ident else None
    if found is None:
        raise Refusal("not_found")
    return found


def revoke(token: Token, by: Account, network: str | None) -> None:
    """Ends a token at its next request."""
    accounts.end_tokens(token.account, by, network, token.id)


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
