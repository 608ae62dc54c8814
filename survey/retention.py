"""What is erased by rule: contact persons of sites whose cameras are gone, old lists, log rows, sessions, tokens, failures and invitations.

Values live in the records, in the mutations (the messages as they came, what they changed, conflicts) and in the rows of lists that were
brought in: all are blanked. Receipts still hold, because a message's hash is stored beside it.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from models import GONE, Camera, Conflict, Invitation, LoginFailure, Mutation, Session, Site, Token, utcnow, write
from survey import audit, disclosure, totals
from survey.disclosure import names_somebody, personal
from survey.exchange import staging

OLD_SESSIONS, OLD_FAILURES = dt.timedelta(days=90), dt.timedelta(days=1)
ERASED = None  # what stands in the place of an erased answer


def apply(audit_days: int, contact_days: int) -> dict[str, int]:
    """Erases what is due now; returns how much of each kind."""
    now = utcnow()
    disclosure.close_readings()
    done = {
        "contacts": sum(_erase_contact(site) for site in _without_cameras(now - dt.timedelta(days=contact_days))),
        "list_rows": staging.forget(now - dt.timedelta(days=contact_days)),
        "sessions": Session.delete().where(Session.seen_at < now - OLD_SESSIONS).execute(),
        "failures": LoginFailure.delete().where(LoginFailure.last_at < now - OLD_FAILURES).execute(),
        "invitations": Invitation.delete().where(Invitation.expires_at < now - OLD_SESSIONS).execute(),
        "tokens": Token.delete().where((Token.expires_at < now - OLD_SESSIONS) | (Token.revoked_at < now - OLD_SESSIONS)).execute(),
        "log": audit.expire(now - dt.timedelta(days=max(90, audit_days))),
    }
    audit.record("retention", None, detail={name: int(number) for name, number in done.items()})
    return {name: int(number) for name, number in done.items()}


def _without_cameras(before: dt.datetime) -> list[Site]:
    """Sites that were withdrawn, or whose last camera was removed or withdrawn, before a time, and that still name a contact person."""
    left = Camera.select(Camera.site).where(
        (Camera.review_state.not_in(GONE) & (Camera.status != "removed"))
        | (Camera.review_state.not_in(GONE) & (Camera.status == "removed") & (Camera.status_at >= before))
        | (Camera.review_state.in_(GONE) & (Camera.updated_at >= before)))
    had = Camera.select(Camera.site)
    gone = (Site.review_state.in_(GONE) & (Site.updated_at < before)) | (Site.id.in_(had) & Site.id.not_in(left))
    return list(Site.select().where(gone, names_somebody()))


def _erase_contact(site: Site) -> int:
    names = personal()
    with write(), totals.watched("site", site.id):
        rest = {name: value for name, value in site.extra.items() if name not in names}  # a wrong phone number was kept there
        Site.update({**dict.fromkeys(names, ERASED), "extra": rest}).where(Site.id == site.id).execute()
        for mutation in Mutation.select().where(Mutation.record_id == site.id):
            mutation.payload = _blanked(mutation.payload, names)
            mutation.changes = {n: [ERASED, ERASED] if n in names else change for n, change in mutation.changes.items()}
            mutation.conflicts = {n: {"stands": ERASED, "offered": ERASED} if n in names else met for n, met in mutation.conflicts.items()}
            mutation.save(only=[Mutation.payload, Mutation.changes, Mutation.conflicts])
        Conflict.update(stands=ERASED, offered=ERASED).where(Conflict.record_id == site.id, Conflict.field.in_(names)).execute()
        audit.record("contact.erased", None, "site", site.id, province=site.province)
    return 1


def _blanked(payload: str, names: list[str]) -> str:
    """The message without the answers of these names; what is no message stays as it is."""
    try:
        message: Any = json.loads(payload)
    except ValueError:
        return payload
    if not isinstance(message, dict) or not isinstance(message.get("answers"), dict) or not set(names) & set(message["answers"]):
        return payload
    message["answers"] = {name: ERASED if name in names else answer for name, answer in message["answers"].items()}
    return json.dumps(message, ensure_ascii=False)
