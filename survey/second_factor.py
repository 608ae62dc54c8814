"""The second factor: time-based one-time codes (TOTP, RFC 6238) of an authenticator app, each accepted once, and recovery codes on paper."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time

import pyotp

from models import Account, write
from survey import audit, scope
from survey.errors import Refusal
from survey.standing import is_demo

STEP_S = 30
RECOVERY_CODES = 10
ISSUER = "Samruat"


def is_required(account: Account, setting: bool | None) -> bool:
    """Whether this account must have a second factor. `setting` is REQUIRE_TOTP; None asks it everywhere but in the demo."""
    return account.role in scope.ADMINISTRATORS and (setting if setting is not None else not is_demo())


def demand(account: Account, setting: bool | None) -> None:
    """Raises Refusal("second_factor_needed") for an account that must have a second factor and has none."""
    if not account.totp_secret and is_required(account, setting):
        raise Refusal("second_factor_needed")


def new_secret() -> str:
    """A secret for an authenticator app, base32."""
    return pyotp.random_base32()


def address(account: Account, secret: str) -> str:
    """The otpauth: address that the QR code of the set-up page holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=ISSUER)


def set_up(account: Account, secret: str, code: str) -> list[str]:
    """Starts asking for the second factor once a code proves that the app has it; returns the recovery codes, shown this once.

    Raises Refusal("wrong_code").
    """
    step = _step_of(secret, code, after=None)
    if step is None:
        raise Refusal("wrong_code")
    codes = ["-".join(base64.b32encode(secrets.token_bytes(5)).decode()[at : at + 4] for at in (0, 4)) for _ in range(RECOVERY_CODES)]
    with write():
        Account.update(totp_secret=secret, totp_step=step, recovery=[_hashed(c) for c in codes]).where(Account.id == account.id).execute()
        audit.record("second_factor.set_up", account, "account", account.id, province=account.province)
    return codes


def remove(account: Account, by: Account) -> None:
    """Stops asking for the second factor: by oneself, or by who administers the account (phone lost)."""
    with write():
        Account.update(totp_secret=None, totp_step=None, recovery=None).where(Account.id == account.id).execute()
        audit.record("second_factor.removed", by, "account", account.id, province=account.province)


def use(account: Account, code: str) -> bool:
    """Whether the code is right; it is used up by that, a recovery code as well. The caller counts failures."""
    with write():
        current = Account.get_by_id(account.id)
        step = _step_of(current.totp_secret, code, current.totp_step) if current.totp_secret else None
        if step is not None:
            Account.update(totp_step=step).where(Account.id == account.id).execute()
            return True
        hashed = _hashed(code)
        if hashed in (current.recovery or []):
            Account.update(recovery=[h for h in current.recovery if h != hashed]).where(Account.id == account.id).execute()
            audit.record("second_factor.recovery", account, "account", account.id, {"left": len(current.recovery) - 1}, province=account.province)
            return True
    return False


def _step_of(secret: str, code: str, after: int | None) -> int | None:
    """The time step (of now, the one before or after) that a code belongs to, if it was not used yet."""
    digits = "".join(c for c in code if c.isdigit())
    if len(digits) != 6:
        return None
    now = int(time.time()) // STEP_S
    otp = pyotp.TOTP(secret, interval=STEP_S)
    fits = [step for step in (now - 1, now, now + 1) if secrets.compare_digest(otp.at(step * STEP_S), digits)]
    return next((step for step in fits if after is None or step > after), None)


def _hashed(code: str) -> str:
    return hashlib.sha256(code.strip().upper().replace("-", "").replace(" ", "").encode()).hexdigest()
