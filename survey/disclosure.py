"""Who was shown what: contact persons on a page, a look with a reason where they are masked, reading in bulk. All of it goes into the log.

`report()` turns that around after a leak: whose data an account saw since a day (PDPA, section 37(4): within 72 hours).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import peewee

from models import Account, Audit, Site, utcnow
from survey import audit, scope
from survey.answers import read_text
from survey.errors import Refusal
from survey.questions import asked

SHOWN, REVEALED, BULK = "contact.shown", "contact.revealed", "bulk.read"
COLUMNS = ("at", "account", "name", "action", "site", "install_point", "contact", "contact_phone", "records", "detail", "network")
MANY = 50  # records read at once that count as reading in bulk


def has_contact(site: Site) -> bool:
    """Whether a contact person is recorded at a site."""
    return any(site.__data__.get(name) for name in personal())


def personal() -> list[str]:
    """The questions of a site that are personal data: its contact person."""
    return [name for name, question in asked(Site).items() if question.personal]


def names_somebody() -> peewee.Expression:
    """The same as `has_contact`, for a query of sites."""
    return peewee.fn.COALESCE(*(getattr(Site, name) for name in personal())).is_null(False)


def note_shown(user: Account, site: Site, network: str | None) -> None:
    """Notes that a contact person stood on a page that the user opened, once a day for each site."""
    if not has_contact(site):
        return
    today = utcnow() - dt.timedelta(hours=24)
    seen = Audit.select().where(Audit.subject_id == str(site.id), Audit.account == user.id, Audit.action == SHOWN, Audit.at > today)
    if not seen.exists():
        audit.record(SHOWN, user, "site", site.id, network=network, province=site.province)


def reveal(user: Account, site: Site, reason: str, network: str | None) -> None:
    """A look at masked contact persons, with its reason. Raises Refusal: not_found, reason_short."""
    if not scope.may_reveal(user, site):
        raise Refusal("not_found")
    text = read_text(reason, 300) or ""
    if len(text) < 5:
        raise Refusal("reason_short")
    audit.record(REVEALED, user, "site", site.id, {"reason": text}, network, site.province)


def note_bulk(user: Account, what: str, number: int, network: str | None, asked: dict[str, Any] | None = None) -> None:
    """Notes that many records were read at once: a work package, the later pages of a list, an export."""
    if number >= MANY:
        detail = {"what": what, "records": number} | ({"filter": asked} if asked else {})
        audit.record(BULK, user, detail=detail, network=network, province=user.province)


def report(since: dt.datetime, username: str | None = None) -> Iterator[dict[str, Any]]:
    """Rows for a breach notice: which account saw the contact persons of which site, or read how many records at once, since a time (UTC)."""
    rows = Audit.select(Audit, Account).join(Account).where(Audit.at >= since, Audit.action.in_((SHOWN, REVEALED, BULK, "photo.original", "export")))
    if username:
        rows = rows.where(Account.username == username)
    for row in rows.order_by(Audit.number).iterator():
        site = Site.get_or_none(Site.id == row.subject_id) if row.subject_kind == "site" else None
        yield {
            "at": row.at.isoformat() + "Z", "account": row.account.username, "name": row.account.name, "action": row.action,
            "site": site.number if site else "", "install_point": site.install_point if site else "", "contact": site.contact_name or "" if site else "",
            "contact_phone": site.contact_phone or "" if site else "", "records": row.detail.get("records", 1), "detail": row.detail.get("what", ""),
            "network": row.network or "",
        }  # fmt: skip
