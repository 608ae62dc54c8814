"""What the first page shows: a person's own work of late, and the totals of what they may see."""

from __future__ import annotations

from typing import Any

import peewee

from models import GONE, Account, Camera, ProblemReport, ProposedPoint, Site, StatusUpdate
from survey import clock, scope, totals as totals_kept

RECENT = 5


def my_work(user: Account) -> dict[str, Any]:
    """Counts of today and in all, the newest sites, and what was returned to this person."""
    midnight = clock.begins(clock.today())
    mine = {name: model.select().where(model.recorder == user.id) for name, model in _COUNTED.items()}
    recent = scope.visible(user, Site).where(Site.recorder == user.id, Site.review_state.not_in(GONE)).order_by(Site.rev.desc()).limit(RECENT)
    return {
        "today": {name: query.where(_COUNTED[name].created_at >= midnight).count() for name, query in mine.items()},
        "all": {name: query.count() for name, query in mine.items()},
        "recent": list(recent), "returned": list(returned(user, Site)), "returned_cameras": list(returned(user, Camera)),
        "returned_points": list(returned(user, ProposedPoint)),
    }  # fmt: skip


def returned(user: Account, model: Any) -> peewee.ModelSelect:
    """One's own records of a model that a reviewer returned, the newest 20. Looked for by recorder: the index by state holds the whole country's."""
    state = peewee.fn.COALESCE(model.review_state, "")
    return scope.visible(user, model).where(model.recorder == user.id, state == "returned").order_by(model.rev.desc()).limit(20)


_COUNTED = {"site": Site, "camera": Camera, "update": StatusUpdate, "point": ProposedPoint, "report": ProblemReport}


def totals(user: Account) -> dict[str, int]:
    """How many sites, cameras and proposed points the user may see; the committee sees all totals but no records."""
    if user.role == "surveyor":
        return {}
    found = {}
    for name, model in (("site", Site), ("camera", Camera), ("point", ProposedPoint)):
        if user.role in scope.TOTALS_READERS:
            counted = totals_kept.by_code(name, "complete", scope.totals_area(user))
            found[name] = sum(sum(states.values()) for states in counted.values())
        else:
            query = scope.visible(user, model).where(model.review_state.not_in(GONE))
            found[name] = query.select(peewee.fn.COUNT(model.review_state)).scalar() or 0
    return found
