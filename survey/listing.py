"""Lists as people look for things: by parts of words, by filters, newest first, or nearest first when the position is known.

Paging is by revision ("older than this one"; in a search by number), so that a page costs the same at a million cameras.
"""

from __future__ import annotations

import math
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import peewee

from models import GONE, Account, Camera, ProblemReport, ProposedPoint, Record, Site
from survey import scope
from survey.places import distance_m
from survey.search import containing

PAGE = 25
NEAR_STEPS_DEGREES = (0.005, 0.02, 0.1, 0.5)  # growing boxes around a position, about 0.5 to 55 km


@dataclass
class Filter:
    """What is asked of a list; blank parts ask nothing. `near` is (latitude, longitude), `before` a revision."""

    text: str = ""
    province: str = ""
    district: str = ""
    status: str = ""
    sector: str = ""
    mine: bool = False
    by: str = ""  # "camera.camera_system": the list behind a figure, with its code
    code: str = ""
    near: tuple[float, float] | None = None
    before: int | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.province or self.district or self.status or self.sector or self.mine or self.by)


@dataclass
class Page:
    """One page of a list: the records, metres to each when nearest first, and the revision to go on from (None at the end)."""

    records: list[Any]
    distances: dict[uuid.UUID, float]
    next_before: int | None


def sites(user: Account, asked: Filter) -> Page:
    """The sites that the user may see and the filter asks for."""
    return _page(matching(user, Site, asked), Site, asked, user)


def has_camera(status: str) -> peewee.Expression:
    """Whether a site of a query has a camera in this condition."""
    having = Camera.select(peewee.SQL("1")).where(Camera.site == Site.id, Camera.status == status, Camera.review_state.not_in(GONE))
    return peewee.fn.EXISTS(having)


def _of_sites(query: peewee.ModelSelect, asked: Filter) -> peewee.ModelSelect:
    if asked.status:
        query = query.where(has_camera(asked.status))
    if asked.sector:
        query = query.where(Site.owner_sector == asked.sector)
    return _behind(query, asked) if asked.by else query


BEHIND: dict[str, peewee.Field] = {
    **{f"site.{name}": getattr(Site, name) for name in ("owner_sector", "place_type", "network_linked", "control_centre", "network_type", "sufficiency",
                                                        "disclosure")},
    **{f"camera.{name}": getattr(Camera, name) for name in ("status", "camera_system", "install_year", "mobile_view", "maintenance", "problems",
                                                            "effectiveness_day", "effectiveness_night")},
    **{f"camera.{name}": getattr(Site, name) for name in ("owner_sector", "place_type", "network_linked")},
}  # fmt: skip


def _behind(query: peewee.ModelSelect, asked: Filter) -> peewee.ModelSelect:
    """The sites behind a figure: those that have the code, or a camera that has it; an unknown question has none."""
    column = BEHIND.get(asked.by)
    if column is None:
        return query.where(peewee.SQL("1") == 0)
    if isinstance(column, peewee.JSONField):
        holds = column.cast("TEXT").contains(f'"{asked.code}"') if asked.code else column.is_null()
    elif isinstance(column, peewee.IntegerField):
        holds = column == int(asked.code) if asked.code.isdecimal() and len(asked.code) < 6 else column.is_null()
    else:
        holds = column == asked.code if asked.code else column.is_null()
    if column.model is Site:
        return query.where(holds)
    return query.where(peewee.fn.EXISTS(Camera.select(peewee.SQL("1")).where(Camera.site == Site.id, Camera.review_state.not_in(GONE), holds)))


def points(user: Account, asked: Filter) -> Page:
    """The proposed points that the user may see and the filter asks for."""
    return _page(matching(user, ProposedPoint, asked), ProposedPoint, asked, user)


SEARCHED: dict[type[Record], peewee.Field] = {Site: Site.search_text, ProposedPoint: ProposedPoint.location, ProblemReport: ProblemReport.suggestions}


def matching(user: Account, model: type[Record], asked: Filter) -> peewee.ModelSelect:
    """Every record of a kind that the user may see and the filter asks for, in no order: what a list pages through and an export writes."""
    query = scope.visible(user, model).where(model.review_state.not_in(GONE))
    if asked.province:
        query = query.where(model.province == asked.province)
    if asked.district and model is not ProblemReport:  # which is of a whole province
        query = query.where(model.district == asked.district)
    if asked.mine:
        query = query.where(model.recorder == user.id)
    found = containing(SEARCHED[model], asked.text)
    if found is not None:
        query = query.where(found)
    if model is Site:
        query = _of_sites(query, asked)
    elif model is ProposedPoint and asked.status:
        query = query.where(ProposedPoint.project_status == asked.status)
    return query


def _page(query: peewee.ModelSelect, model: Any, asked: Filter, user: Account) -> Page:
    if asked.near:
        return _nearest(query, model, asked.near, user)
    order = model.number if asked.text else model.rev  # a search goes by the number that its index is kept by
    if asked.before is not None:
        query = query.where(order < asked.before)
    records = list(query.order_by(order.desc()).limit(PAGE + 1))
    return Page(records[:PAGE], {}, getattr(records[PAGE - 1], order.name) if len(records) > PAGE else None)


def _nearest(query: peewee.ModelSelect, model: Any, near: tuple[float, float], user: Account) -> Page:
    """The nearest PAGE records, looked for in growing boxes by the (latitude, longitude) index. A restricted place is as far as
    its coarse position, or distances from three sides would tell the exact one."""
    latitude, longitude = near
    records: list[Any] = []
    for step in NEAR_STEPS_DEGREES:
        wide = step / max(0.2, math.cos(math.radians(latitude)))
        box = model.latitude.between(latitude - step, latitude + step) & model.longitude.between(longitude - wide, longitude + wide)
        records = list(query.where(box).limit(2000))
        if len(records) >= PAGE:
            break
    shown = [(scope.shown_position(user, r)[:2], r) for r in records]
    measured = sorted(((distance_m(latitude, longitude, *at), r) for at, r in shown if None not in at), key=lambda pair: pair[0])[:PAGE]  # type: ignore[arg-type]
    return Page([r for _, r in measured], {r.id: metres for metres, r in measured}, None)


def camera_conditions(user: Account, records: Iterable[Site]) -> dict[uuid.UUID, Counter[str]]:
    """How many cameras of each condition the listed sites have."""
    ids = [r.id for r in records]
    found: dict[uuid.UUID, Counter[str]] = {i: Counter() for i in ids}
    counted = Camera.select(Camera.site, Camera.status, peewee.fn.COUNT(Camera.id)).where(Camera.site.in_(ids), Camera.review_state.not_in(GONE))
    for site, status, number in counted.group_by(Camera.site, Camera.status).tuples() if ids else ():
        found[site][status] = number
    return found


def cameras_of(user: Account, site: Site) -> list[Camera]:
    """The cameras of a site in the order in which they were recorded."""
    query = scope.visible(user, Camera).where(Camera.site == site.id, Camera.review_state.not_in(GONE))
    return list(query.order_by(Camera.number))


def cameras(user: Account, asked: Filter) -> list[Camera]:
    """Cameras to update, for a quick search by name, number or place; nearest first when the position is known."""
    found = sites(user, asked)
    ids = [s.id for s in found.records]
    query = scope.visible(user, Camera).where(Camera.site.in_(ids), Camera.review_state.not_in(GONE)) if ids else []
    order = {site_id: place for place, site_id in enumerate(ids)}
    return sorted(query, key=lambda camera: (order[camera.site_id], camera.number))


