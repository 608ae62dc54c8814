"""Which rows are the same site: the same name within 50 metres is one site with several cameras, in the file and against what is there."""

from __future__ import annotations

import math
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from database import Prepared, Slot
from models import GONE, RECORDS, Camera, ProblemReport, ProposedPoint, Site
from survey import agencies, scope
from survey.exchange.problems import Problem
from survey.exchange.rows import Checked, Options, RowReader
from survey.places import distance_m
from survey.questions import asked
from survey.search import fold

NEAR_M = 50
PART_OF = {"camera": "site", "point": "point", "report": "report"}
DEGREE_M = 111_195  # of latitude, on a sphere of the mean earth radius
_BOX = NEAR_M / DEGREE_M
POSITION = frozenset({"latitude", "longitude", "position_source", "position_accuracy_m", "province", "district", "subdistrict", "not_known"})


def _near(model: Any, name: Any, *others: Any) -> Prepared:
    """The records of a model in a box of degrees: slots south, north, west, east."""
    return Prepared(lambda: model.select(model.id, model.number, name, model.latitude, model.longitude, model.province, model.recorder, *others).where(
        model.latitude.between(Slot(0, model.latitude), Slot(1, model.latitude)), model.longitude.between(Slot(2, model.longitude), Slot(3, model.longitude)),
        model.review_state.not_in(GONE)).limit(200))  # fmt: skip


_sites = _near(Site, Site.install_point, Site.owner_agency, Site.district)
_points = _near(ProposedPoint, ProposedPoint.location, ProposedPoint.district)


def standing_near(kind: str, options: Options, latitude: float, longitude: float) -> list[tuple[Any, str, float]]:
    """(record, its folded name, metres) of what the person can see within 50 m of a position. Without an account: of everything."""
    aside = _BOX / max(0.05, math.cos(math.radians(latitude)))
    found: list[tuple[Any, str, float]] = []
    if options.alone:
        return found
    for record in (_sites if kind == "camera" else _points)(latitude - _BOX, latitude + _BOX, longitude - aside, longitude + aside):
        metres = distance_m(latitude, longitude, record.latitude, record.longitude)
        if metres <= NEAR_M and (options.account is None or scope.may(options.account, "see", record)):
            found.append((record, fold((record.install_point if kind == "camera" else record.location) or ""), metres))
    return found


def _said(answer: Any) -> str:
    """An answer as it is compared: a severity is a number in a record and a text in a list."""
    return "" if answer is None else str(answer)


class Grouping:
    """The sites of the file so far. `place()` gives a row its site, or says that it is there already."""

    def __init__(self, options: Options, is_repeated: Callable[[Checked, RowReader], bool]) -> None:
        self.options, self.is_repeated = options, is_repeated
        self.known: defaultdict[str, list[tuple[float, float, str, int, dict[str, Any]]]] = defaultdict(list)
        self.reports: set[tuple[str, str, int]] = set()
        self.personal = {n for n, q in asked(Site).items() if q.personal or q.sensitive}

    def place(self, row: Checked, reader: RowReader) -> None:
        """Sets the id of the row's site, point or report, and whether the row makes it; adds what is there already."""
        if row.kind == "report":
            self._report(row)
            return
        assert row.latitude is not None and row.longitude is not None
        name = fold(str(row.answers.get("install_point" if row.kind == "camera" else "location")))
        for latitude, longitude, site_id, number, answers in self.known[name]:
            if distance_m(row.latitude, row.longitude, latitude, longitude) <= NEAR_M and self._joins(row, answers):
                row.record_id = site_id
                row.problems.append(Problem("same_site", "install_point", {"row": number}))
                if (row.latitude, row.longitude) != (latitude, longitude):
                    for camera in row.cameras:
                        camera.setdefault("latitude", row.latitude)
                        camera.setdefault("longitude", row.longitude)
                return
        self._against_what_is_there(row, name)
        if row.state == "good":
            row.record_id, row.new = self._new_id(row), True
            said = {k: v for k, v in row.answers.items() if k not in POSITION} if self.is_repeated(row, reader) else {}  # 100,000 rows stay small
            self.known[name].append((row.latitude, row.longitude, row.record_id, row.number, said))

    def _new_id(self, row: Checked) -> str:
        seed = self.options.seed
        return str(uuid.uuid5(seed, f"{row.sheet}.{row.number}.record") if seed else uuid.uuid4())

    def _joins(self, row: Checked, answers: dict[str, Any]) -> bool:
        """Whether the row can be another camera of a site: what it says of the site besides goes to the camera's details."""
        if row.kind != "camera":
            return False
        other = {k: v for k, v in row.answers.items() if k not in POSITION and v != answers.get(k)}
        if set(other) & self.personal:
            return False
        questions = asked(Site)
        lines = [f"{questions[k].label}: {v}" for k, v in other.items() if k in questions and isinstance(v, (str, int, float)) and k != "details"]
        lines += [str(other["details"])] if other.get("details") else []
        for camera in row.cameras:
            camera["details"] = "\n".join(filter(None, [camera.get("details"), *lines])) or None
        return True

    def is_there(self, row: Checked) -> bool:
        """Whether the row names a record of this system by its id (an export that comes back): nothing is changed by it, whatever it says."""
        if self.options.alone:
            return False
        for name, model in (("camera_id", Camera), ("site_id", Site), ("record_id", RECORDS[PART_OF[row.kind]])):
            known = agencies.as_id(row.ids.get(name, ""))
            record = model.get_or_none(model.id == known) if known else None
            if record is not None and record.review_state not in GONE and (self.options.account is None or scope.may(self.options.account, "see", record)):
                row.problems = [Problem("already_there", params={"number": record.number})]
                return True
        return False

    def _against_what_is_there(self, row: Checked, name: str) -> None:
        assert row.latitude is not None and row.longitude is not None
        for record, other, metres in standing_near(row.kind, self.options, row.latitude, row.longitude):
            if other == name:
                row.problems.append(Problem("already_there", params={"number": record.number}))
                return
            if metres < 0.5 and not any(p.kind == "same_position" for p in row.problems):
                row.problems.append(Problem("same_position", "latitude", {"number": record.number}))

    def _report(self, row: Checked) -> None:
        """A problem report that says the same as one of the same province is there already."""
        said = {n: row.answers.get(n) for n, q in asked(ProblemReport).items() if q.kind in ("longtext", "choice")}
        same = ProblemReport.select().where(ProblemReport.province == row.answers.get("province"), ProblemReport.review_state.not_in(GONE))
        for report in () if self.options.alone else same:
            if all(_said(getattr(report, n)) == _said(v) for n, v in said.items()) and (
                    self.options.account is None or scope.may(self.options.account, "see", report)):  # fmt: skip
                row.problems.append(Problem("already_there", params={"number": report.number}))
                return
        row.record_id, row.new = self._new_id(row), True
