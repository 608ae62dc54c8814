"""Conflicts between messages, as lists show them: the record, the question, what stands, what was offered, by whom, and how it was settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models import RECORDS, Account, Conflict, Mutation, Record
from survey import scope
from survey.questions import Question, asked

MOST = 200


@dataclass
class Shown:
    """One conflict with its record and question; `settled` is the mutation that settled it, or None."""

    conflict: Conflict
    record: Record
    question: Question
    by: Account
    settled: Mutation | None


def listed(user: Account, settled: bool) -> list[Shown]:
    """The conflicts that `user` may see and whose answers they may read, newest first."""
    query = scope.visible(user, Conflict).where(Conflict.settled_by.is_null(not settled)).order_by(Conflict.created_at.desc()).limit(MOST)
    found = []
    for conflict in query:
        model = RECORDS[conflict.record_kind]
        record: Any = scope.visible(user, model).where(model.id == conflict.record_id).first()
        question = asked(RECORDS[conflict.record_kind]).get(conflict.field)
        if record is None or question is None or not scope.may_read(user, question, record):
            continue
        found.append(Shown(conflict, record, question, conflict.mutation.owner, conflict.settled_by))
    return found


def open_count(user: Account) -> int:
    """How many conflicts wait for `user`'s choice (or, for who may not choose, for somebody else's)."""
    return int(scope.visible(user, Conflict).where(Conflict.settled_by.is_null()).count())
