"""Where the points of a list lie: a point far from all others is an error, with the position that was meant when two digits changed places.

Also points that many different names share (an office's position written everywhere). Degrees WGS 84.
"""

from __future__ import annotations

from collections.abc import Iterator

from survey import places
from survey.coordinates import format_position
from survey.exchange.problems import Problem
from survey.exchange.rows import Checked, RowReader

ENOUGH = 20  # points that make a cloud
MARGIN = 3.0  # degrees beyond the middle 96 % that a point may lie
SHARED_BY = 10  # names at one position that are no longer one building
_STRIDE = 7  # every so many points are kept once there are thousands


class Cloud:
    """The middle of a file's points, learnt from all rows before they are judged."""

    def __init__(self) -> None:
        self.latitudes: list[float] = []
        self.longitudes: list[float] = []
        self.names: dict[tuple[float, float], int | set[int]] = {}  # the names at a position; only a hash while there is one
        self.titles: dict[int, bool] = {}  # hash of a name -> whether it comes again
        self.seen = 0
        self._box: tuple[float, float, float, float] | None = None

    def add(self, reader: RowReader, number: int, cells: list[str]) -> None:
        """One row of the first reading; only plain numbers are looked at."""
        columns = reader.columns
        title = hash(_title(reader, cells) or str(number))
        self.titles[title] = title in self.titles
        if not {"latitude", "longitude"} <= set(columns):
            return
        try:
            latitude, longitude = (float(cells[columns[n]]) for n in ("latitude", "longitude"))
        except (ValueError, IndexError):
            return
        if abs(latitude) > 90 >= abs(longitude):
            latitude, longitude = longitude, latitude
        if (latitude == 0 and longitude == 0) or not (abs(latitude) <= 90 and abs(longitude) <= 180):
            return
        self.seen += 1
        known = self.names.setdefault((latitude, longitude), title)
        if isinstance(known, set):
            if len(known) <= SHARED_BY:
                known.add(title)
        elif known != title:
            self.names[latitude, longitude] = {known, title}
        if self.seen < 2000 or self.seen % _STRIDE == 0:
            self.latitudes.append(latitude)
            self.longitudes.append(longitude)

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """(south, north, west, east) of the middle 96 % with the margin; None for too few points."""
        if self._box is None and len(self.latitudes) >= ENOUGH:
            sides: list[float] = []
            for values in (sorted(self.latitudes), sorted(self.longitudes)):
                cut = max(2, len(values) // 50)
                sides += [values[cut] - MARGIN, values[-1 - cut] + MARGIN]
            self._box = (sides[0], sides[1], sides[2], sides[3])
            self.names = {at: n for at, n in self.names.items() if isinstance(n, set) and len(n) >= SHARED_BY}
        return self._box

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether a point lies among the others."""
        south, north, west, east = self.box or (-90, 90, -180, 180)
        return south <= latitude <= north and west <= longitude <= east

    def is_repeated(self, row: Checked, reader: RowReader) -> bool:
        """Whether another row of the file may be of the same site."""
        return self.titles.get(hash(_title(reader, row.cells) or str(row.number)), True)

    def check(self, row: Checked, anywhere: bool) -> None:
        """Adds what is wrong with a point that lies far from the others, unless it is inside Thailand."""
        if row.latitude is None or row.longitude is None or self.box is None or self.holds(row.latitude, row.longitude):
            return
        if not anywhere and places.place_of(row.latitude, row.longitude).province:
            return
        shown = {"position": format_position(row.latitude, row.longitude)}
        meant = [at for at in transposed(row.latitude, row.longitude) if self.holds(*at)]
        row.problems = [p for p in row.problems if p.kind not in ("outside_thailand", "position_outside")]
        if meant:
            row.problems.append(Problem("position_transposed", "latitude", shown | {"suggestion": format_position(*meant[0])}))
        else:
            row.problems.append(Problem("position_outlier", "latitude", shown))


def _title(reader: RowReader, cells: list[str]) -> str:
    """What a row is probably called, as it is written."""
    return next((text for n in ("install_point", "place", "address", "label") if (text := reader.cell(cells, n).strip())), "")


def check_alone(row: Checked, cloud: Cloud) -> None:
    """Adds that a position stands under many names."""
    if cloud.box and (row.latitude, row.longitude) in cloud.names:
        row.problems.append(Problem("position_repeated", "latitude", {"count": f"≥ {SHARED_BY}"}))


def transposed(latitude: float, longitude: float) -> Iterator[tuple[float, float]]:
    """The positions that become of one by exchanging two neighbouring digits before or around the decimal point."""
    for first in (True, False):
        text = repr(abs(latitude if first else longitude))
        sign = -1 if (latitude if first else longitude) < 0 else 1
        places_of = [i for i, c in enumerate(text) if c.isdigit()][:5]
        for a, b in zip(places_of, places_of[1:], strict=False):
            letters = list(text)
            letters[a], letters[b] = letters[b], letters[a]
            value = sign * float("".join(letters))
            yield (value, longitude) if first else (latitude, value)
