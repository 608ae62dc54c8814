"""Who was shown what: contact persons on a page, a look with a reason where they are masked, reading in bulk. All of it goes into the log.

`report()` turns that around after a leak: whose data an account saw since a day (PDPA, section 37(4): within 72 hours).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import uuid
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import peewee

from models import Account, Audit, Reading, Site, utcnow, write
from survey import audit, scope
from survey.answers import read_text
from survey.errors import Refusal
from survey.questions import asked

SHOWN, REVEALED, BULK = "contact.shown", "contact.revealed", "bulk.read"
COLUMNS = ("at", "account", "name", "action", "site", "install_point", "contact", "contact_phone", "records", "detail", "network")
MANY = 50  # records read at once, or within an hour, that count as reading in bulk
LINE_EVERY, LINE_AT = dt.timedelta(hours=1), 10_000  # the open interface: a line for an account is due after this time, or so many records
MOST_ASKED, OTHERS = 20, "…"  # questions that a line names one by one


def has_contact(site: Site) -> bool:
    """Whether a contact person is recorded at a site."""
    return any(site.__data__.get(name) for name in personal())


@cache
def personal() -> list[str]:
    """The questions of a site that are personal data: its contact person."""
    return [name for name, question in asked(Site).items() if question.personal]


def names_somebody() -> peewee.Expression:
    """The same as `has_contact`, for a query of sites."""
    return peewee.fn.COALESCE(*(getattr(Site, name) for name in personal())).is_null(False)


def note_shown(user: Account, sites: Mapping[uuid.UUID, str | None], network: str | None) -> None:
    """Notes that the contact persons of sites (id -> province) stood on a page that the user opened, once a day for the same sites."""
    if not sites:
        return
    ids = sorted(map(str, sites))
    kind, subject = ("site", ids[0]) if len(ids) == 1 else ("sites", hashlib.sha256(" ".join(ids).encode()).hexdigest()[:36])
    today = utcnow() - dt.timedelta(hours=24)
    seen = Audit.select().where(Audit.subject_id == subject, Audit.account == user.id, Audit.action == SHOWN, Audit.at > today)
    if seen.exists():
        return
    of = set(sites.values())
    detail = {"what": "contacts", "sites": ids, "records": len(ids)} if kind == "sites" else None
    audit.record(SHOWN, user, kind, subject, detail, network, of.pop() if len(of) == 1 else user.province)


def reveal(user: Account, site: Site, reason: str, network: str | None) -> None:
    """A look at masked contact persons, with its reason. Raises Refusal: not_found, reason_short."""
    if not scope.may_reveal(user, site):
        raise Refusal("not_found")
    text = read_text(reason, 300) or ""
    if len(text) < 5:
        raise Refusal("reason_short")
    audit.record(REVEALED, user, "site", site.id, {"reason": text}, network, site.province)


_read: dict[tuple[uuid.UUID, str], tuple[dt.datetime, int]] = {}  # what an account has read within this hour; each process counts its own
_reading = threading.Lock()


def note_read(user: Account, what: str, number: int, network: str | None, asked: Mapping[str, Any] | None = None, each: bool = False) -> None:
    """Notes reading in bulk, page after page and window after window of a map: a row when the sum of an hour passes MANY, twice that, four
    times that … with the sum so far (each look would cost a write). `each`: every reading of MANY at once has its row (a work package).
    `asked` is the filter; its free text stands there as a hash, because it may name a person."""
    hour = utcnow().replace(minute=0, second=0, microsecond=0)
    with _reading:
        since, before = _read.get((user.id, what), (hour, 0))
        before = before if since == hour else 0
        if len(_read) > 10_000:
            _read.clear()
        _read[user.id, what] = (hour, before + number)
    passed = (before + number) // MANY > 0 and ((before + number) // MANY).bit_length() > (before // MANY).bit_length()
    if passed or (each and number >= MANY):
        said = without_words(asked or {})
        detail = {"what": what, "records": number if each else before + number} | ({"filter": said} if said else {})
        audit.record(BULK, user, detail=detail, network=network, province=user.province)


def without_words(asked: Mapping[str, Any]) -> dict[str, Any]:
    """A filter as the log holds it: what is empty is left out, free text is its hash."""
    return {name: f"sha256:{hashlib.sha256(value.encode()).hexdigest()[:16]}" if name in ("q", "text") else value for name, value in asked.items() if value}


def note_interface_read(user: Account, asked: str, number: int, network: str | None) -> None:
    """Notes what an account reads through the open interface, every record: the first reading of an hour writes a line at once; what
    follows is kept and stands in the next one, by what was asked. `close_readings` writes what is left when nobody reads any more."""
    if not number:
        return
    with write():
        now, found = utcnow(), Reading.get_or_none(Reading.account == user.id)
        counts: dict[str, int] = dict(found.asked) if found else {}
        name = asked if asked in counts or len(counts) < MOST_ASKED else OTHERS
        counts[name] = counts.get(name, 0) + number
        due = found is None or now - found.noted_at >= LINE_EVERY or sum(counts.values()) >= LINE_AT
        if due:
            _note_reading(user, counts, network)
        kept = {"asked": {} if due else counts, "network": network, "noted_at": now if due else found.noted_at}
        Reading.insert(account=user.id, **kept).on_conflict(conflict_target=[Reading.account], update=kept).execute()


def close_readings() -> None:
    """Writes the lines about what was read through the open interface and stands in none yet."""
    with write():
        for reading in Reading.select(Reading, Account).join(Account):
            if reading.asked:
                _note_reading(reading.account, reading.asked, reading.network)
                Reading.update(asked={}, noted_at=utcnow()).where(Reading.account == reading.account_id).execute()


def _note_reading(user: Account, counts: dict[str, int], network: str | None) -> None:
    audit.record(BULK, user, detail={"what": "api", "records": sum(counts.values()), "filter": counts}, network=network, province=user.province)


def report(since: dt.datetime, username: str | None = None) -> Iterator[dict[str, Any]]:
    """Rows for a breach notice: which account saw the contact persons of which site, or read how many records at once, since a time (UTC)."""
    close_readings()
    rows = Audit.select(Audit, Account).join(Account).where(Audit.at >= since, Audit.action.in_((SHOWN, REVEALED, BULK, "photo.original", "export")))
    if username:
        rows = rows.where(Account.username == username)
    for row in rows.order_by(Audit.number).iterator():
        idents = row.detail.get("sites") or ([row.subject_id] if row.subject_kind == "site" else [None])
        for site in [Site.get_or_none(Site.id == ident) if ident else None for ident in idents]:
            yield {
                "at": row.at.isoformat() + "Z", "account": row.account.username, "name": row.account.name, "action": row.action,
                "site": site.number if site else "", "install_point": site.install_point if site else "", "contact": site.contact_name or "" if site else "",
                "contact_phone": site.contact_phone or "" if site else "", "records": 1 if row.detail.get("sites") else row.detail.get("records", 1),
                "detail": row.detail.get("what", ""), "network": row.network or "",
            }  # fmt: skip
