"""What there is to read: sites, cameras, proposed points, problem reports; which answers each has and what it can be filtered by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import peewee

from models import GONE, Camera, ProblemReport, ProposedPoint, Record, Site
from survey import choices, places
from survey.api.parameters import Parameter, choice, cursor, flag, ident, matching, moment, whole
from survey.exchange.exported import shared
from survey.listing import has_camera
from survey.questions import Question

MOST, USUAL = 200, 100  # records of a page
STANDING = ("declared", "pending", "approved", "returned")  # review states of records that are in lists and figures
STATES = (*STANDING, *GONE)
Condition = Callable[[Any], peewee.Expression]


@dataclass(frozen=True)
class Resource:
    """A kind of record as the interface names it. `filters` are its parameters with the condition that each value makes."""

    name: str  # in the address
    one: str  # its name in the document
    title: str
    model: type[Record]
    filters: Mapping[str, tuple[Parameter, Condition]]

    @property
    def questions(self) -> dict[str, Question]:
        """The questions whose answers it has: those of an export."""
        return shared(self.model)

    @property
    def parameters(self) -> list[Parameter]:
        """Everything that the address of its list may ask."""
        return [p for p, _ in self.filters.values()] + PAGING


PAGING = [
    flag("gone", "true: also records that were withdrawn or merged into another, without answers, so that a copy can drop them"),
    cursor("after", "the `cursor` of an earlier page: what comes, or was changed, after it"),
    whole("limit", "how many records a page has at most", 1, MOST, USUAL),
]


def _same(column: peewee.Field) -> Condition:
    return lambda value: column == value


def _after(column: peewee.Field) -> Condition:
    def later(value: dt.datetime) -> peewee.Expression:
        return column > value

    return later


def _filters(model: Any, placed: Any, own: list[tuple[Parameter, Condition]]) -> dict[str, tuple[Parameter, Condition]]:
    """The filters that every kind has around its own ones. `placed`: whose area counts (a camera's is that of its site)."""
    area = [(choice("province", "province, DOPA code of two digits", [p.code for p in places.provinces()]), _same(placed.province))]
    if hasattr(placed, "district"):
        area += [(matching("district", "district, DOPA code of four digits", "[0-9]{4}", "9601"), _same(placed.district)),
                 (matching("subdistrict", "subdistrict, DOPA code of six digits", "[0-9]{6}", "960101"), _same(placed.subdistrict))]  # fmt: skip
    state = choice("review_state", "where the record stands in its review; official figures are those of approved records", STANDING)
    times = [(moment("changed_after", "only records that were changed after this moment (RFC 3339)"), _after(model.updated_at))]
    return {p.name: (p, condition) for p, condition in [*area, *own, (state, _same(model.review_state)), *times]}


@cache
def resources() -> dict[str, Resource]:
    """The kinds of records by their name in the address."""
    owner = (ident("agency", "the owner: an agency's id"), _same(Site.owner_agency))
    sector = (choice("sector", "the owner's sector", choices.OWNER_SECTOR), _same(Site.owner_sector))
    status = choice("status", "the camera's condition", choices.STATUS)
    with_status = choice("status", "sites that have a camera in this condition", choices.STATUS)
    of_site = (ident("site", "cameras of one site: its id"), _same(Camera.site))
    project = choice("status", "where the project stands", choices.PROJECT_STATUS)
    found = (
        Resource("sites", "Site", "จุดติดตั้ง", Site, _filters(Site, Site, [owner, sector, (with_status, has_camera)])),
        Resource("cameras", "Camera", "กล้อง", Camera, _filters(Camera, Site, [owner, sector, (status, _same(Camera.status)), of_site])),
        Resource("points", "Point", "จุดติดตั้งเพิ่มเติม", ProposedPoint, _filters(ProposedPoint, ProposedPoint, [(project, _same(ProposedPoint.project_status))])),
        Resource("reports", "Report", "ปัญหาอุปสรรคและข้อเสนอแนะ", ProblemReport, _filters(ProblemReport, ProblemReport, [
            (ident("agency", "the agency that reports: its id"), _same(ProblemReport.agency))])),
    )  # fmt: skip
    return {resource.name: resource for resource in found}
