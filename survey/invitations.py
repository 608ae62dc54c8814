"""Invitations: a one-time code, valid for 72 hours, at which a person chooses a password. Printed on a slip with a QR code.

The code itself is not stored: it follows from the invitation's id and the server's secret key, so that a slip can be printed again
while it is valid; its hash finds the invitation.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac

from models import Account, Invitation, utcnow, write
from survey import accounts, audit, passwords, scope, second_factor
from survey.errors import Refusal

VALID_FOR = dt.timedelta(hours=72)
FREE_TRIES = 20  # wrong codes of one network before it has to wait


def code_of(invitation: Invitation, key: str) -> str:
    """The code on the slip: 12 base32 characters in groups of four (60 bits)."""
    digest = hmac.new(key.encode(), b"invitation:" + invitation.id.bytes, hashlib.sha256).digest()
    text = base64.b32encode(digest).decode()[:12]
    return "-".join(text[at : at + 4] for at in (0, 4, 8))


def issue(account: Account, by: Account | None, key: str) -> Invitation:
    """A new invitation; earlier ones of the same person are worth nothing from now on. Raises Refusal("not_found") outside the branch."""
    if by is not None and not scope.may(by, "manage", account):
        raise Refusal("not_found")
    if account.disabled_at:
        raise Refusal("account_off")
    now = utcnow()
    invitation = Invitation(account=account.id, made_by=by.id if by else None, made_at=now, expires_at=now + VALID_FOR)
    invitation.code_hash = _hashed(code_of(invitation, key))
    with write():
        _withdraw(account)
        invitation.save(force_insert=True)
        audit.record("invitation.made", by, "account", account.id, province=account.province)
    return invitation


def withdraw(account: Account, by: Account) -> None:
    """Takes an open invitation back. Raises Refusal("not_found") outside the branch."""
    if not scope.may(by, "manage", account):
        raise Refusal("not_found")
    with write():
        if _withdraw(account):
            audit.record("invitation.withdrawn", by, "account", account.id, province=account.province)


def _withdraw(account: Account) -> int:
    open_ones = (Invitation.account == account.id) & Invitation.used_at.is_null() & Invitation.withdrawn_at.is_null()
    return int(Invitation.update(withdrawn_at=utcnow()).where(open_ones).execute())


def open_one(account: Account) -> Invitation | None:
    """The invitation of an account that can still be used."""
    found: Invitation | None = Invitation.get_or_none(Invitation.account == account.id, Invitation.used_at.is_null(), Invitation.withdrawn_at.is_null(),
                                                      Invitation.expires_at > utcnow())  # fmt: skip
    return found


def accept(code: str, password: str, network: str, require_totp: bool | None) -> Account:
    """Sets the password that the invited person chose. A wrong, used, withdrawn, late or foreign code gives one and the same sentence.

    `require_totp` is the setting: who will have to set up a second factor may choose a shorter password.
    Raises Refusal: login_delay, invitation, password_short, password_long, password_common.
    """
    accounts.refuse_too_soon(f"invitation|{accounts.network_of(network)}", FREE_TRIES)
    invitation = Invitation.get_or_none(Invitation.code_hash == _hashed(code))
    if invitation is None or invitation.used_at or invitation.withdrawn_at or invitation.expires_at < utcnow() or invitation.account.disabled_at:
        with write():
            accounts.count_failure(f"invitation|{accounts.network_of(network)}")
            audit.record("invitation.refused", None, network=network)
        raise Refusal("invitation")
    account: Account = invitation.account
    passwords.check_new(password, bool(account.totp_secret) or second_factor.is_required(account, require_totp), account.username, account.name)
    hashed = passwords.hash_password(password)
    with write():
        used = Invitation.update(used_at=utcnow()).where(Invitation.id == invitation.id, Invitation.used_at.is_null()).execute()
        if not used:
            raise Refusal("invitation")
        Account.update(password_hash=hashed, password_at=utcnow()).where(Account.id == account.id).execute()
        accounts.end_all_sessions(account)
        audit.record("invitation.accepted", account, "account", account.id, network=network, province=account.province)
    changed: Account = Account.get_by_id(account.id)
    return changed


def _hashed(code: str) -> str:
    text = code.strip().upper().replace("-", "").replace(" ", "").replace("0", "O").replace("1", "I").replace("8", "B")
    return hashlib.sha256(text.encode()).hexdigest()
