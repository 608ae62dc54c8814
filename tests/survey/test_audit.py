"""The log is chained: a removed or altered row shows."""

from __future__ import annotations

from collections.abc import Callable

from models import Account, Audit
from survey import audit


def chain_holds() -> bool:
    previous = audit.FIRST
    for row in Audit.select().order_by(Audit.number):
        kept = {name: getattr(row, name) for name in ("number", "at", "action", "subject_kind", "subject_id", "detail", "network", "previous")}
        kept["account"] = row.account_id
        if row.previous != previous or audit.row_hash({**kept}) != row.hash:
            return False
        previous = row.hash
    return True


def test_rows_are_chained_and_an_altered_one_shows(person: Callable[..., Account]) -> None:
    user = person("surveyor", "96")
    for n in range(5):
        audit.record("site.save", user, "site", n, {"fields": ["place"]}, "1.1.1.1")
    assert chain_holds()
    Audit.update(subject_id="9").where(Audit.number == 3).execute()
    assert not chain_holds()


def test_a_removed_row_shows(person: Callable[..., Account]) -> None:
    for n in range(5):
        audit.record("site.save", person("surveyor", "96"), "site", n)
    Audit.delete().where(Audit.number == 2).execute()
    assert not chain_holds()
