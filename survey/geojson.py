"""Reads the polygons of GeoJSON (RFC 7946) and TopoJSON (its specification 1.0, quantised or not) files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from survey.errors import Refusal

Ring = list[tuple[float, float]]  # (longitude, latitude) in degrees, closed: the last point is the first
Polygon = list[Ring]  # the outer ring, then its holes
# What reading meets when a part of the file is missing, misplaced or of the wrong kind.
DAMAGE = (OSError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def read_features(path: Path) -> Iterator[tuple[dict[str, Any], list[Polygon]]]:
    """The features of a GeoJSON or TopoJSON file: their properties (with `id`, if any) and their polygons.

    A feature without an area (a point, a line, no geometry) has no polygons. Raises Refusal("geo_file")
    when the file cannot be read, is neither format, or is not in degrees.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        if content["type"] == "FeatureCollection":
            yield from _geojson(content)
        elif content["type"] == "Topology":
            yield from _topojson(content)
        else:
            raise ValueError(content["type"])
    except DAMAGE as error:
        raise Refusal("geo_file") from error


def _geojson(content: dict[str, Any]) -> Iterator[tuple[dict[str, Any], list[Polygon]]]:
    for feature in content["features"]:
        polygons = _polygons(feature["geometry"], "coordinates")
        yield _properties(feature), [[_checked(ring) for ring in polygon] for polygon in polygons]


def _topojson(content: dict[str, Any]) -> Iterator[tuple[dict[str, Any], list[Polygon]]]:
    arcs = list(_arcs(content))
    for top in content["objects"].values():
        for geometry in top["geometries"] if top["type"] == "GeometryCollection" else [top]:
            polygons = _polygons(geometry, "arcs")
            rings = [[_checked(_joined(ring, arcs)) for ring in polygon] for polygon in polygons]
            yield _properties(geometry), rings


def _polygons(geometry: dict[str, Any] | None, key: str) -> list[Any]:
    """The polygons of a geometry as lists of rings: of points in GeoJSON, of arc numbers in TopoJSON."""
    if geometry is None or geometry["type"] not in ("Polygon", "MultiPolygon"):
        return []
    nested: list[Any] = geometry[key]
    return [nested] if geometry["type"] == "Polygon" else nested


def _arcs(content: dict[str, Any]) -> Iterator[Ring]:
    transform = content.get("transform")
    if transform is None:
        yield from content["arcs"]
        return
    (scale_x, scale_y), (move_x, move_y) = transform["scale"], transform["translate"]
    for arc in content["arcs"]:
        x = y = 0
        points = []
        for dx, dy, *_ in arc:
            x, y = x + dx, y + dy
            points.append((x * scale_x + move_x, y * scale_y + move_y))
        yield points


def _joined(ring: list[int], arcs: list[Ring]) -> Ring:
    """The points of a ring of arc numbers; ~n is arc n backwards, and neighbours share their end points."""
    points: Ring = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points


def _properties(feature: dict[str, Any]) -> dict[str, Any]:
    named = dict(feature.get("properties") or {})
    if "id" in feature:
        named.setdefault("id", feature["id"])
    return named


def _checked(ring: Iterable[Any]) -> Ring:
    points = [(float(point[0]), float(point[1])) for point in ring]
    if not all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in points):  # also false for NaN
        raise ValueError("coordinates are not degrees")
    return points
