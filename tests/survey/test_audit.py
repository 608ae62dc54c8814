"""The log is chained: a removed or altered row shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from models import Account, Audit, Meta, utcnow
from survey import audit


def chain_holds() -> bool:
    return not audit.verify()[1]


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


def test_a_row_removed_at_the_end_shows_and_stays_noticed(person: Callable[..., Account]) -> None:
    for n in range(5):
        audit.record("site.save", person("surveyor", "96"), "site", n)
    Audit.delete().where(Audit.number == 5).execute()
    assert not chain_holds()
    audit.record("site.save", person("surveyor", "96"), "site", 6)  # the next row does not cover it up
    assert not chain_holds()


def test_expired_rows_leave_a_chain_that_still_verifies(person: Callable[..., Account]) -> None:
    for n in range(5):
        audit.record("site.save", person("surveyor", "96"), "site", n)
    Audit.update(at=utcnow() - dt.timedelta(days=400)).where(Audit.number <= 3).execute()
    for row in Audit.select().order_by(Audit.number):  # the clock was turned back for them: make their hashes those of that time
        before = Audit.get_or_none(Audit.number == row.number - 1)
        row.previous = before.hash if before else audit.FIRST
        Audit.update(previous=row.previous, hash=audit.row_hash(audit.contents(row))).where(Audit.number == row.number).execute()
    Meta.update(value=f"5 {Audit.get_by_id(5).hash}").where(Meta.key == audit.HEAD).execute()
    assert chain_holds()
    assert audit.expire(utcnow() - dt.timedelta(days=90)) == 3
    assert [r.number for r in Audit.select().order_by(Audit.number)] == [4, 5, 6] and chain_holds()
    Audit.delete().where(Audit.number == 4).execute()
    assert not chain_holds()
