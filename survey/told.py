"""Contact persons whom somebody else named: police, a list. They are to be told within 30 days (PDPA, section 25)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from models import GONE, Account, ContactNotice, Mutation, Site, utcnow, write
from survey import audit, scope
from survey.disclosure import names_somebody, personal
from survey.errors import Refusal

WITHIN = dt.timedelta(days=30)
SHOWN = 100


@dataclass
class Due:
    """A site whose contact person is to be told, and until when."""

    site: Site
    until: dt.datetime

    @property
    def is_late(self) -> bool:
        return self.until < utcnow()


def note_named(mutation: Mutation, account: Account) -> None:
    """Notes that a message named another contact person of its site. Who speaks for the owner has told its own people."""
    changed = [change for name, change in mutation.changes.items() if name in personal()] if mutation.kind == "site" else []
    if not changed:
        return
    ContactNotice.delete().where(ContactNotice.site == mutation.record_id).execute()
    if any(after is not None for _, after in changed) and not _speaks_for_owner(account, mutation.record_id):
        ContactNotice.create(site=mutation.record_id, named_at=mutation.received_at)


def _speaks_for_owner(account: Account, site_id: uuid.UUID) -> bool:
    return account.role == "agency" and account.agency_id is not None and account.agency_id == Site.get_by_id(site_id).owner_agency_id


def due(user: Account) -> list[Due]:
    """The contact persons of the area who were not told since they were named, oldest first."""
    query = scope.visible(user, Site).where(names_somebody(), Site.review_state.not_in(GONE))
    query = query.switch(Site).join(ContactNotice, on=(ContactNotice.site == Site.id), attr="notice").where(ContactNotice.told_at.is_null())
    return [Due(site, site.notice.named_at + WITHIN) for site in query.select_extend(ContactNotice.named_at).order_by(ContactNotice.named_at).limit(SHOWN)]


def note_told(user: Account, site: Site, network: str | None) -> None:
    """Notes that the contact person of a site was told. Raises Refusal("not_found") outside the area."""
    if not scope.may(user, "decide", site):
        raise Refusal("not_found")
    with write():
        told = ContactNotice.update(told_by=user.id, told_at=utcnow()).where(ContactNotice.site == site.id, ContactNotice.told_at.is_null())
        if told.execute():
            audit.record("contact.told", user, "site", site.id, network=network, province=site.province)
