"""Contact persons whom somebody else named: police, a list. They are to be told within 30 days (PDPA, section 25)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from models import GONE, Account, ContactNotice, Site, utcnow, write
from survey import audit, scope
from survey.disclosure import names_somebody
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


def due(user: Account) -> list[Due]:
    """The contact persons of the area who were not told yet, oldest first. An owner agency that named its own person has told them itself."""
    told = ContactNotice.select(ContactNotice.site)
    query = scope.visible(user, Site).where(names_somebody(), Site.review_state.not_in(GONE), Site.id.not_in(told))
    own = (Account.role == "agency") & (Account.agency == Site.owner_agency)
    query = query.switch(Site).join(Account, on=(Site.recorder == Account.id)).where(~own | Account.agency.is_null())
    return [Due(site, site.created_at + WITHIN) for site in query.order_by(Site.created_at).limit(SHOWN)]


def note_told(user: Account, site: Site, network: str | None) -> None:
    """Notes that the contact person of a site was told. Raises Refusal("not_found") outside the area."""
    if not scope.may(user, "decide", site):
        raise Refusal("not_found")
    with write():
        if not ContactNotice.select().where(ContactNotice.site == site.id).exists():
            ContactNotice.create(site=site.id, told_by=user.id)
            audit.record("contact.told", user, "site", site.id, network=network, province=site.province)
