"""The large numbers: many phones at once, each message now and then twice. `make test-full`; ten times as many in `make soak`."""

from __future__ import annotations

import os
import random
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

import database
from models import Account, Agency, Audit, Camera, Mutation, Site
from survey import demo, demo_accounts, messages, sync
from survey.listing import Filter, sites
from tests.conftest import SITE

pytestmark = pytest.mark.full
TIMES = 10 if os.environ.get("SOAK") else 1


def test_many_phones_at_once_lose_nothing_and_store_nothing_twice(person: Callable[..., Account]) -> None:
    account = person("surveyor", "96")
    sealed: list[tuple[uuid.UUID, bytes]] = []
    for n in range(500 * TIMES):
        site_id = uuid.uuid4()
        common = {"owner": str(account.id), "captured_at": "2026-11-22T01:00:00Z"}
        sealed.append((uuid.uuid4(), messages.seal({"kind": "site", "record_id": str(site_id), "answers": {**SITE, "install_point": f"จุด {n}", "owner_agency": f"อบต. {n % 7}"}, **common})))
        for k in range(3):
            answers = {"site_id": str(site_id), "status": "working", "label": f"C{k}"}
            sealed.append((uuid.uuid4(), messages.seal({"kind": "camera", "record_id": str(uuid.uuid4()), "answers": answers, **common})))
    rng = random.Random(1)
    work = sealed + rng.sample(sealed, len(sealed) // 5)
    rng.shuffle(work)
    failures: list[BaseException] = []

    def phone(part: list[tuple[uuid.UUID, bytes]]) -> None:
        database.db.connect(reuse_if_open=True)
        try:
            for mutation_id, payload in part:
                answer: Any = sync.receive(mutation_id, payload, account)[0]
                assert answer["mutation_id"] == str(mutation_id)
        except BaseException as failure:  # seen below
            failures.append(failure)
        finally:
            database.db.close()

    threads = [threading.Thread(target=phone, args=(work[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert (Site.select().count(), Camera.select().count(), Mutation.select().count()) == (500 * TIMES, 1500 * TIMES, 2000 * TIMES)
    assert Mutation.select().where(~Mutation.applied).count() == 0
    assert Agency.select().count() == 7
    assert Audit.select().count() == Mutation.select().count()
    assert sorted(a.number for a in Audit.select(Audit.number)) == list(range(1, 2000 * TIMES + 1))


def test_a_large_demo_is_listed(db: Flask) -> None:
    demo_accounts.make_accounts("demo-password-1")
    made = demo.make(5000 * TIMES, seed=2)
    assert Site.select().count() == made["sites"] == 5000 * TIMES
    assert Camera.select().count() == made["cameras"]
    centre = Account.get(Account.username == "centre")
    assert len(sites(centre, Filter(text="ตลาด")).records) == 25
    assert len({m.rev for m in Mutation.select(Mutation.rev)}) == Mutation.select().count()
