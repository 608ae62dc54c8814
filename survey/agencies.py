"""The register of agencies: searched while typing; a name that is not there yet waits in its province to be confirmed."""

from __future__ import annotations

import uuid

import peewee

from database import Prepared, Slot
from models import Account, Agency
from survey import choices, scope
from survey.search import containing, fold

_called = Prepared(lambda: Agency.select(Agency.id, Agency.province, Agency.confirmed, Agency.merged_into)
                   .where(Agency.search_text == Slot(0, Agency.search_text)))  # fmt: skip

SECTOR_OF_KIND = {
    "ministry": "government", "provincial": "government", "district_office": "government", "sbpac": "government",
    "police": "security", "military": "security", "isoc": "security",
    "pao": "local_government", "city_municipality": "local_government", "town_municipality": "local_government",
    "subdistrict_municipality": "local_government", "sao": "local_government", "bma": "local_government", "pattaya": "local_government",
    "state_enterprise": "state_enterprise", "university": "other_state", "public_organization": "other_state", "independent": "other_state",
    "bank": "private", "chain": "private", "shop": "private",
    "juristic": "community", "religious": "community", "person": "community",
}  # fmt: skip
assert set(SECTOR_OF_KIND) | {"other"} == set(choices.OWNER_KIND)


def suggest(user: Account, text: str, kind: str | None = None, limit: int = 12) -> list[Agency]:
    """Agencies whose name has `text` in it; those of the user's provinces first."""
    query = scope.visible(user, Agency).where(Agency.merged_into.is_null())
    if kind:
        query = query.where(Agency.kind == kind)
    found = containing(Agency.search_text, text)
    if found is not None:
        query = query.where(found)
    near = peewee.Case(None, [(Agency.province.in_(user.provinces or [""]), 0)], 1)
    return list(query.order_by(near, peewee.fn.LENGTH(Agency.name), Agency.name).limit(limit))


def as_id(text: str) -> uuid.UUID | None:
    """The text as an agency's id, when it is one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def resolve(text: str, province: str | None, kind: str | None = None) -> uuid.UUID:
    """The id of the agency meant by an id or a name; a new name is entered as unconfirmed. Inside a write only."""
    given = as_id(text)
    known = Agency.select(Agency.id, Agency.merged_into).where(Agency.id == given).first() if given else None
    if known is not None:
        return standing(known)
    folded = fold(text)
    ranked = sorted(_called(folded), key=lambda a: (a.province != province, a.province is not None, not a.confirmed))
    if ranked and (ranked[0].confirmed or ranked[0].province == province):
        return standing(ranked[0])
    made = uuid.uuid4()
    Agency.insert(id=made, name=text, kind=kind, province=province, confirmed=False, search_text=folded).execute()
    return made


def standing(agency: Agency) -> uuid.UUID:
    """The id of an agency, or of the one that it was merged into: a name that was settled once is not asked again."""
    for _ in range(10):
        if agency.merged_into_id is None:
            break
        agency = Agency.get_by_id(agency.merged_into_id)
    found: uuid.UUID = agency.id
    return found


def names(ids: list[str] | None) -> list[str]:
    """The names of agencies in the order of their ids."""
    wanted = [uuid.UUID(i) for i in ids or []]
    found = dict(Agency.select(Agency.id, Agency.name).where(Agency.id.in_(wanted)).tuples()) if wanted else {}
    return [found[i] for i in wanted if i in found]
