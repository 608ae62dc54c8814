"""Whom to ask in a province: one line that its administrators write and everybody may read, also who is not logged in."""

from __future__ import annotations

from models import Account, Meta, write
from survey import audit, places, scope
from survey.errors import Message, Refusal

KEY = "help."
LIMIT = 200  # characters


def lines() -> dict[str, str]:
    """The line of each province that has one, by its code, in Thai order."""
    found = {row.key.removeprefix(KEY): row.value for row in Meta.select().where(Meta.key.startswith(KEY))}
    return {place.code: found[place.code] for place in places.provinces() if place.code in found}


def provinces_to_write(user: Account) -> list[str]:
    """The codes of the provinces whose line a user writes: an administrator's own, the centre's all."""
    return [place.code for place in places.provinces() if scope.may_set(user, place.code)]


def put(user: Account, province: str, text: str, network: str | None = None) -> None:
    """Writes a province's line; an empty one takes it away. Raises Refusal("not_found") outside the area, "invalid" when it is too long."""
    text = " ".join(text.split())
    if province not in provinces_to_write(user):
        raise Refusal("not_found")
    if len(text) > LIMIT:
        raise Refusal("invalid", errors={"text": Message("too_long", limit=LIMIT, length=len(text))})
    with write():
        if text:
            Meta.insert(key=KEY + province, value=text).on_conflict(conflict_target=[Meta.key], update={Meta.value: text}).execute()
        else:
            Meta.delete().where(Meta.key == KEY + province).execute()
        audit.record("help.written", user, "province", province, network=network, province=province)
