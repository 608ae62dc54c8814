"""What a window of the map shows: clusters by condition from the pre-counted cells, single sites, cameras and proposed points further in.

Never more than some hundreds of things. Positions are those that the user is shown: a restricted place stands where its coarse position is.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import peewee

from models import GONE, Account, Camera, Cell, ProposedPoint, Site
from survey import facts, listing, scope
from survey.reports.asked import Asked
from survey.reports.source import Figures

SINGLE_ZOOM = 14  # from here on sites stand alone
SECTOR_ZOOM = 16  # and cameras with what they look at
MOST_SITES, MOST_POINTS = 300, 150
FINEST = max(facts.SIZES)


@dataclass
class Window:
    """A window of the map in degrees WGS 84, and the zoom level (Web Mercator, 256 pixels a tile)."""

    south: float
    west: float
    north: float
    east: float
    zoom: int

    def holds(self, latitude: float, longitude: float) -> bool:
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east

    @property
    def size(self) -> int:
        """The cells that make clusters some 64 pixels apart: of 1/2^size degrees."""
        return max(-1, min(FINEST, self.zoom - 7))


@dataclass
class Wanted:
    """What is asked of the map beside its window: a condition of cameras, a review state (approved, others), and the filters of the reports."""

    asked: Asked
    status: str = ""
    state: str = ""
    layers: tuple[str, ...] = ("camera", "point")


def read_window(args: Any) -> Window | None:
    """The window of an address; None when it is none."""
    try:
        south, west, north, east = (float(part) for part in str(args.get("box", "")).split(","))
        zoom = int(args.get("zoom", 6))
    except ValueError:
        return None
    if not all(math.isfinite(n) for n in (south, west, north, east)):
        return None
    return Window(max(-90.0, south), max(-180.0, west), min(90.0, north), min(180.0, east), max(0, min(zoom, 22)))


def shown(user: Account, window: Window, wanted: Wanted) -> dict[str, Any]:
    """{clusters, sites, points, more}: clusters are [latitude, longitude, {condition: number}, not approved]."""
    figures = Figures(user, wanted.asked)
    body: dict[str, Any] = {"clusters": [], "sites": [], "points": [], "more": False}
    if wanted.asked.is_nothing:
        return body
    if "camera" in wanted.layers:
        sites = _sites(user, figures, window, wanted) if window.zoom >= SINGLE_ZOOM else None
        if sites is None:
            body["clusters"] = _clusters(user, figures, window, wanted, "camera")
        else:
            body["sites"] = sites
    if "point" in wanted.layers and not wanted.status:
        if window.zoom >= SINGLE_ZOOM - 2:
            body["points"] = _points(figures, window, wanted)
        else:
            body["point_clusters"] = _clusters(user, figures, window, wanted, "point")
    return body


def _clusters(user: Account, figures: Figures, window: Window, wanted: Wanted, layer: str) -> list[list[Any]]:
    kept = wanted.asked.is_kept and wanted.asked.round is None and scope.may_see_names(user)
    rows = _from_cells(window, wanted, layer) if kept else _from_records(figures, window, wanted, layer)
    found: dict[tuple[int, int], tuple[Counter[str], Counter[str]]] = {}
    for y, x, code, state, number in rows:
        codes, others = found.setdefault((int(y), int(x)), (Counter(), Counter()))
        codes[code or ""] += int(number)
        others["others"] += 0 if state == "approved" else int(number)
    step = 2.0**-window.size
    clusters = []
    for (y, x), (codes, others) in found.items():
        standing = {code: number for code, number in codes.items() if number}
        if standing:
            clusters.append([round((y + 0.5) * step, 5), round((x + 0.5) * step, 5), standing, others["others"]])
    return clusters


def _from_cells(window: Window, wanted: Wanted, layer: str) -> Any:
    """From the kept cells, added up from the next finer ones where this size is not kept."""
    size = min(s for s in facts.SIZES if s >= window.size)
    factor = 2 ** (size - window.size)
    scale = 2.0**size
    low, high = ((math.floor(start * scale) // factor * factor, math.floor(end * scale)) for start, end in
                 ((window.south, window.north), (window.west, window.east)))  # fmt: skip
    columns = ((Cell.y / factor).alias("a"), (Cell.x / factor).alias("b"), Cell.code.alias("c"), Cell.state.alias("d"))
    query = Cell.select(*columns, peewee.fn.SUM(Cell.number)).where(Cell.size == size, Cell.layer == layer, Cell.y.between(*low), Cell.x.between(*high))
    if wanted.asked.areas is not None:
        query = query.where(Cell.province.in_(wanted.asked.areas or ["-"]))
    if layer == "camera" and wanted.status:
        query = query.where(Cell.code == wanted.status)
    if wanted.state:
        query = query.where((Cell.state == "approved") if wanted.state == "approved" else (Cell.state != "approved"))
    return query.group_by(*[peewee.SQL(name) for name in "abcd"]).tuples()


def _from_records(figures: Figures, window: Window, wanted: Wanted, layer: str) -> Any:
    """The same from the records themselves, for any mixture of filters and for areas that are no whole provinces."""
    model: Any = Camera if layer == "camera" else ProposedPoint
    placed: Any = Site if layer == "camera" else ProposedPoint
    scale = 2.0**window.size
    columns = []
    for column, name in ((placed.latitude, "a"), (placed.longitude, "b")):
        coarse = peewee.fn.ROUND(column * facts.COARSE) / facts.COARSE
        value = peewee.Case(None, [(Site.restricted == "yes", coarse)], column) if layer == "camera" else column
        columns.append(peewee.fn.FLOOR(value * scale).alias(name))
    code = Camera.status if layer == "camera" else ProposedPoint.project_status
    query = _in_box(figures.records(layer), placed, window, wanted, model)
    selected = query.select(*columns, code.alias("c"), model.review_state.alias("d"), peewee.fn.COUNT(model.number))
    return selected.group_by(*[peewee.SQL(name) for name in "abcd"]).tuples()


def _in_box(query: peewee.ModelSelect, placed: Any, window: Window, wanted: Wanted, model: Any, margin: float = 0.0) -> peewee.ModelSelect:
    tall, wide = (window.south - margin, window.north + margin), (window.west - margin, window.east + margin)
    query = query.where(placed.latitude.between(*tall), placed.longitude.between(*wide))
    if model is Camera and wanted.status:
        query = query.where(Camera.status == wanted.status)
    if wanted.state:
        query = query.where((model.review_state == "approved") if wanted.state == "approved" else (model.review_state != "approved"))
    return query


def _sites(user: Account, figures: Figures, window: Window, wanted: Wanted) -> list[dict[str, Any]] | None:
    """The sites in the window with their cameras; None when there are too many to stand alone."""
    query = _in_box(figures.records("site"), Site, window, wanted, Site, margin=1 / facts.COARSE)
    if wanted.status:
        having = Camera.select(peewee.SQL("1")).where(Camera.site == Site.id, Camera.status == wanted.status, Camera.review_state.not_in(GONE))
        query = query.where(peewee.fn.EXISTS(having))
    inside = _in_box(query, Site, window, wanted, Site) if window.zoom < SECTOR_ZOOM else query
    needed = (Site.id, Site.install_point, Site.latitude, Site.longitude, Site.restricted, Site.recorder, Site.review_state)
    records = list(inside.select(*needed).limit(4 * MOST_SITES))
    placed: list[tuple[Site, float, float, bool]] = []
    for site in records:
        latitude, longitude, exact = scope.shown_position(user, site)
        if latitude is not None and longitude is not None and window.holds(latitude, longitude):
            placed.append((site, latitude, longitude, exact))
    if len(placed) > MOST_SITES:
        return None
    conditions = listing.camera_conditions(user, [site for site, *_ in placed])
    sectors = _sectors(user, [site for site, _, _, exact in placed if exact]) if window.zoom >= SECTOR_ZOOM else {}
    return [{
        "id": str(site.id), "name": site.install_point or "", "at": [round(latitude, 6), round(longitude, 6)], "exact": exact,
        "approved": site.review_state == "approved", "conditions": conditions[site.id], "cameras": sectors.get(site.id, []),
    } for site, latitude, longitude, exact in placed]  # fmt: skip


def _sectors(user: Account, sites: list[Site]) -> dict[Any, list[dict[str, Any]]]:
    """The cameras of sites as the map draws them: where, facing where, how wide and how far (metres); all round where the kind turns."""
    from survey.seeing import ALL_ROUND, ANGLE, RANGE_M

    at = {site.id: (site.latitude, site.longitude) for site in sites}
    found: dict[Any, list[dict[str, Any]]] = {}
    needed = (Camera.id, Camera.site, Camera.label, Camera.status, Camera.latitude, Camera.longitude, Camera.bearing, Camera.view_angle, Camera.view_range_m,
              Camera.camera_type)  # fmt: skip
    query = scope.visible(user, Camera).select(*needed).where(Camera.site.in_(list(at)), Camera.review_state.not_in(GONE)) if at else []
    for camera in query:
        own = None not in (camera.latitude, camera.longitude)
        whole = camera.camera_type in ALL_ROUND or camera.bearing is None
        found.setdefault(camera.site_id, []).append({
            "id": str(camera.id), "label": camera.label or "", "status": camera.status,
            "at": [camera.latitude, camera.longitude] if own else at[camera.site_id],
            "bearing": None if whole else camera.bearing, "angle": camera.view_angle or ANGLE, "range": camera.view_range_m or RANGE_M,
        })  # fmt: skip
    return found


def _points(figures: Figures, window: Window, wanted: Wanted) -> list[dict[str, Any]]:
    query = _in_box(figures.records("point"), ProposedPoint, window, wanted, ProposedPoint).limit(MOST_POINTS)
    return [{"id": str(p.id), "name": p.location or "", "at": [round(p.latitude, 6), round(p.longitude, 6)], "approved": p.review_state == "approved",
             "status": p.project_status, "cameras": p.camera_count} for p in query]  # fmt: skip
