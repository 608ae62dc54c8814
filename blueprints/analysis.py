"""Analysis: the committee's four heads, one page for each group of questions, comparison of provinces; filters in the address, so a link saves them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from blueprints.gate import access
from survey import choices, places, readiness, regions, rounds, scope
from survey.errors import Refusal
from survey.reports import asked as asking, heads
from survey.reports.source import Figures

bp = Blueprint("analysis", __name__, url_prefix="/analysis")
EXTRA = ("usable", "unusable", "apart", "cameras", "baht", "severity_3", "severity_2", "severity_1", "severity_0")


def shown(template: str, figures: Figures, **more: Any) -> Any:
    """A page of analysis with its filters."""
    user, asked = current_user.account, figures.asked
    area = scope.totals_area(user)
    own = [p for p in places.provinces() if area is None or p.code in area]
    lone = asked.province or (own[0].code if len(own) == 1 else "")
    return render_template(
        template, asked=asked, pages=heads.PAGES, provinces=own, districts=places.districts(lone) if lone else [], rounds=rounds.every(),
        regions=regions.KINDS, sectors=choices.OWNER_SECTOR, thresholds=readiness.thresholds(), link=url_for(request.endpoint, _external=True, **address()),
        query=asked.typed, opens_lists=scope.may_see_names(user), **more,
    )  # fmt: skip


def address() -> dict[str, Any]:
    """The address of this page without blank filters."""
    return {**(request.view_args or {}), **{name: value for name, value in request.args.items() if value and name in asking.PARTS}}


def figures() -> Figures:
    """The figures that the address asks for, of what the person may see."""
    user = current_user.account
    return Figures(user, asking.read(user, request.args))


@bp.get("")
@access(*scope.TOTALS_READERS)
def index() -> Any:
    """The committee's four heads: number, effectiveness, linkage, points needed."""
    found = figures()
    return shown("analysis/index.html", found, heads=heads.overview(found))


@bp.get("/<page>")
@access(*scope.TOTALS_READERS)
def page(page: str) -> Any:
    """One group of questions, each as numbers, a chart and the list behind it."""
    if page not in heads.PAGES:
        raise Refusal("not_found")
    title, ask = heads.PAGES[page]
    found = figures()
    reports = heads.texts(found) if page == "problems" and current_user.account.role != "viewer" else []
    return shown("analysis/page.html", found, page=page, title=title, answers=ask(found), reports=reports, troubles=heads.TROUBLES)


@bp.get("/compare")
@access(*scope.TOTALS_READERS)
def compare() -> Any:
    """Provinces side by side."""
    found = figures()
    rows = heads.compared(found)
    sort = request.args.get("sort", "")
    if sort in ("usable", "linked", "day", "night", "ready"):
        rows = sorted(rows, key=lambda row: row.extra[sort])
    return shown("analysis/compare.html", found, rows=rows, sort=sort)


@bp.get("/behind/<kind>")
@access(*scope.NAME_READERS)
def behind(kind: str) -> Any:
    """The list behind a figure."""
    keep = {name: request.args.get(name) or None for name in ("province", "district", "sector")}
    if kind == "point":
        status = request.args.get("code") if request.args.get("by") == "project_status" else None
        return redirect(url_for("points.index", status=status, province=keep["province"], district=keep["district"]))
    if kind == "report":
        return redirect(url_for("reports.index"))
    return redirect(url_for("sites.index", by=request.args.get("by"), code=request.args.get("code"), **keep))
