"""Outlines of areas: which one holds a point, which one is nearest, and how they are stored and read.

Everything is in degrees WGS 84 outside and in whole microdegrees (1e-6 degree, at most 0.11 m) inside. An
outline file is one header line of JSON and one block of 32-bit integers that is mapped into memory, not
loaded: the 7,425 subdistricts of the country cost a few MB of index and nothing to start with. Which code
an area has is decided by places.py; here a code is only a label.
"""

from __future__ import annotations

import json
import math
import mmap
import os
import sys
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from survey.geojson import Polygon, Ring

EARTH_RADIUS_M = 6_371_008.8  # mean radius (2a + b) / 3 of the WGS 84 ellipsoid, IUGG
MAGIC = b"samruat-outlines-1 "
MICRO = 1_000_000
CELL = 100_000  # index cells of a tenth of a degree, about 11 km
LOCAL_METRES = math.radians(1 / MICRO) * EARTH_RADIUS_M  # one microdegree along a meridian


class Shape(NamedTuple):
    """One polygon of an area; an area of several islands is several shapes of the same code."""

    code: str
    polygon: Polygon


def distance_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Metres between two points in degrees, along the great circle of a sphere of the mean earth radius.

    Haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984); the sphere
    differs from the ellipsoid by less than 0.6 %.
    """
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_lat, half_lon = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    h = math.sin(half_lat) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


def pack(shapes: Iterable[Shape]) -> bytes:
    """The bytes of an outline file. Points that fall together after rounding are stored once."""
    codes: list[str] = []
    boxes: list[int] = []  # west, south, east, north of each shape
    first_ring: list[int] = [0]  # shape i has the rings first_ring[i] up to first_ring[i + 1]
    ring_start: list[int] = [0]  # ring r has the points ring_start[r] up to ring_start[r + 1]
    numbers = array("i")  # of each ring first all longitudes, then all latitudes
    for shape in shapes:
        rings = [ring for ring in map(_rounded, shape.polygon) if len(ring) >= 4]
        if not rings:
            continue
        outer_x, outer_y = zip(*rings[0], strict=True)
        codes.append(shape.code)
        boxes += (min(outer_x), min(outer_y), max(outer_x), max(outer_y))
        for ring in rings:
            xs, ys = zip(*ring, strict=True)
            numbers.extend(xs)
            numbers.extend(ys)
            ring_start.append(ring_start[-1] + len(ring))
        first_ring.append(len(ring_start) - 1)
    columns = {"codes": codes, "boxes": boxes, "first_ring": first_ring, "ring_start": ring_start}
    header = MAGIC + json.dumps({"byte_order": sys.byteorder, **columns}, separators=(",", ":")).encode()
    header += b" " * (-(len(header) + 1) % 4) + b"\n"  # the numbers begin at a multiple of four
    return header + numbers.tobytes()


def _rounded(ring: Ring) -> list[tuple[int, int]]:
    points: list[tuple[int, int]] = []
    for x, y in ring:
        point = (round(x * MICRO), round(y * MICRO))
        if not points or points[-1] != point:
            points.append(point)
    if points and points[0] != points[-1]:
        points.append(points[0])
    return points


def write(path: Path, data: bytes) -> None:
    """Puts `data` under `path` at once: a reader, or a power cut, meets the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def open_outlines(path: Path) -> Outlines:
    """Maps an outline file into memory. Raises ValueError if it is damaged, OSError if it cannot be read."""
    with path.open("rb") as file:
        return Outlines(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


class Outlines:
    """Polygons with codes that can be asked for a point. It never changes, so threads may share it."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        """Takes what `pack` made. Raises ValueError when it is something else or cut short."""
        end = data.find(b"\n")
        if data[: len(MAGIC)] != MAGIC or end < 0:
            raise ValueError("not an outline file")
        header = json.loads(data[len(MAGIC) : end])
        if header["byte_order"] != sys.byteorder:
            raise ValueError("made on a machine with another byte order: import the outlines again")
        self.codes: list[str] = header["codes"]
        self._boxes = array("i", header["boxes"])
        self._first_ring = array("i", header["first_ring"])
        self._ring_start = array("i", header["ring_start"])
        self._numbers = memoryview(data)[end + 1 :].cast("i")
        sizes = (len(self._numbers), len(self._boxes), len(self._first_ring))
        if sizes != (2 * self._ring_start[-1], 4 * len(self.codes), len(self.codes) + 1):
            raise ValueError("outline file is cut short")
        self.provinces = frozenset(code[:2] for code in self.codes)
        self._cells: dict[tuple[int, int], list[int]] = {}
        for shape in range(len(self.codes)):
            west, south, east, north = self._boxes[4 * shape : 4 * shape + 4]
            for column in range(west // CELL, east // CELL + 1):
                for row in range(south // CELL, north // CELL + 1):
                    self._cells.setdefault((column, row), []).append(shape)

    def holding(self, latitude: float, longitude: float) -> str | None:
        """The code of the area that holds the point, or None. Cost: 10 to 60 microseconds."""
        x, y = longitude * MICRO, latitude * MICRO
        for shape in self._cells.get((int(x // CELL), int(y // CELL)), ()):
            west, south, east, north = self._boxes[4 * shape : 4 * shape + 4]
            if west <= x <= east and south <= y <= north and self._holds(shape, x, y):
                return self.codes[shape]
        return None

    def box(self, code: str) -> tuple[float, float, float, float]:
        """(south, west, north, east) in degrees around all polygons of a code; LookupError if unknown."""
        shapes = (shape for shape, known in enumerate(self.codes) if known == code)
        boxes = [self._boxes[4 * shape : 4 * shape + 4] for shape in shapes]
        if not boxes:
            raise LookupError(code)
        sides = list(zip(*boxes, strict=True))
        return min(sides[1]) / MICRO, min(sides[0]) / MICRO, max(sides[3]) / MICRO, max(sides[2]) / MICRO

    def rings(self, code: str = "") -> Iterator[list[tuple[float, float]]]:
        """The rings of a code, or of all, as (longitude, latitude) in degrees."""
        for shape, known in enumerate(self.codes):
            if code in ("", known):
                for xs, ys in self._rings(shape):
                    yield [(x / MICRO, y / MICRO) for x, y in zip(xs, ys, strict=True)]

    def _rings(self, shape: int) -> Iterator[tuple[list[int], list[int]]]:
        for ring in range(self._first_ring[shape], self._first_ring[shape + 1]):
            start, end = self._ring_start[ring], self._ring_start[ring + 1]
            middle = start + end
            yield self._numbers[2 * start : middle].tolist(), self._numbers[middle : 2 * end].tolist()

    def _holds(self, shape: int, x: float, y: float) -> bool:
        """Even-odd rule over all rings, holes among them (M. Shimrat, CACM 5, 1962, algorithm 112)."""
        inside = False
        for xs, ys in self._rings(shape):
            below = ys[0] > y
            for i, value in enumerate(ys):
                if (value > y) != below:
                    below = not below
                    x1, y1 = xs[i - 1], ys[i - 1]
                    if x < x1 + (xs[i] - x1) * (y - y1) / (value - y1):
                        inside = not inside
        return inside

    def nearest(
        self, latitude: float, longitude: float, within_m: float = math.inf
    ) -> tuple[str, float] | None:
        """The code of the area with the nearest edge and the metres to it; None if that is beyond `within_m`.

        Measured on a plane that touches the earth at the point: good to 1 % within some hundred kilometres.
        """
        x, y = longitude * MICRO, latitude * MICRO
        scale_x = LOCAL_METRES * max(math.cos(math.radians(latitude)), 1e-6)
        best: tuple[str, float] | None = None
        limit = within_m
        shapes = self._about(x, y, scale_x, limit)
        for box_distance, shape in sorted((self._box_distance(i, x, y, scale_x), i) for i in shapes):
            if box_distance > limit:
                break
            for xs, ys in self._rings(shape):
                metres = _edge_distance(xs, ys, x, y, scale_x)
                if metres <= limit:
                    limit, best = metres, (self.codes[shape], metres)
        return best

    def _about(self, x: float, y: float, scale_x: float, within_m: float) -> Iterable[int]:
        """Shapes whose index cells come near the point: all of them when the distance is not limited."""
        if within_m == math.inf:
            return range(len(self.codes))
        dx, dy = within_m / scale_x, within_m / LOCAL_METRES
        columns = range(int((x - dx) // CELL), int((x + dx) // CELL) + 1)
        rows = range(int((y - dy) // CELL), int((y + dy) // CELL) + 1)
        if len(columns) * len(rows) > len(self.codes):  # near a pole a short way is many columns
            return range(len(self.codes))
        return {shape for column in columns for row in rows for shape in self._cells.get((column, row), ())}

    def _box_distance(self, shape: int, x: float, y: float, scale_x: float) -> float:
        west, south, east, north = self._boxes[4 * shape : 4 * shape + 4]
        dx, dy = max(west - x, 0, x - east), max(south - y, 0, y - north)
        return math.hypot(dx * scale_x, dy * LOCAL_METRES)


def _edge_distance(xs: list[int], ys: list[int], x: float, y: float, scale_x: float) -> float:
    """Metres from a point to the nearest edge of a ring."""
    least = math.inf
    ax, ay = (xs[0] - x) * scale_x, (ys[0] - y) * LOCAL_METRES
    for i in range(1, len(xs)):
        bx, by = (xs[i] - x) * scale_x, (ys[i] - y) * LOCAL_METRES
        dx, dy = bx - ax, by - ay
        length = dx * dx + dy * dy
        t = 0.0 if length == 0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / length))
        px, py = ax + t * dx, ay + t * dy
        square = px * px + py * py
        if square < least:
            least = square
        ax, ay = bx, by
    return math.sqrt(least)
