"""Suggestions while typing: what others in the same area wrote lately, most often first, after a short list that is shipped."""

from __future__ import annotations

from collections import Counter

from models import RECORDS, Account, Camera, Site
from survey import scope
from survey.questions import asked

LOOK_BACK = 200  # the newest records of the area: enough to know the local words, cheap at any size
SHOWN = 20


def shipped(kind: str) -> dict[str, list[str]]:
    """{field: texts} of the short lists that are shipped, for the page that is the same for everybody."""
    return {name: list(question.suggest) for name, question in asked(RECORDS[kind]).items() if question.suggest}


def for_form(user: Account, kind: str) -> dict[str, list[str]]:
    """{field: texts} for the questions of a kind of record that offer suggestions."""
    model = RECORDS[kind]
    wanted = {name: question.suggest for name, question in asked(model).items() if question.suggest is not None}
    if not wanted:
        return {}
    columns = [getattr(model, name) for name in wanted]
    newest = scope.visible(user, Site if model is Camera else model).order_by((Site if model is Camera else model).rev.desc()).limit(LOOK_BACK)
    if model is Camera:  # those of the newest sites: a query over all cameras and their sites would look at each
        rows = list(Camera.select(*columns).where(Camera.site.in_([s.id for s in newest.select(Site.id)])).limit(2 * LOOK_BACK).tuples())
    else:
        rows = list(newest.select(*columns).tuples())
    found = {}
    for place, (name, shipped) in enumerate(wanted.items()):
        written = Counter(row[place] for row in rows if row[place])
        found[name] = list(dict.fromkeys([text for text, _ in written.most_common(SHOWN)] + list(shipped or ())))[: SHOWN + len(shipped or ())]
    return found

