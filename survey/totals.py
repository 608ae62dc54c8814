"""The kept totals and cells of the map, held right in the same transaction as the record that changes them.

What a record adds is said by survey.facts; here differences are put into the tables, read back in sums, and counted anew from the records.
Official figures are those of approved records; every reading keeps the review states apart.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import peewee

from database import Prepared, db, write
from models import KIND_OF, Camera, Cell, Photo, ProblemReport, ProposedPoint, Record, Round, Site, Total
from survey import clock, facts
from survey.facts import Rounds, Row, Tally

CHUNK = 5_000  # records at a time in a recount
TOTAL_KEY = ("kind", "question", "round", "area", "code", "state")
CELL_KEY = ("size", "layer", "y", "x", "province", "code", "state")

_rounds = Prepared(lambda: Round.select(Round.number, Round.starts_on).order_by(Round.starts_on, Round.number))


def rounds() -> Rounds:
    """(number, beginning) of the rounds, oldest first."""
    return [(r.number, clock.begins(r.starts_on)) for r in _rounds()]


def in_round(number: int, moment: Any) -> list[Any]:
    """The conditions that a time lies in a round: since its beginning, before the next one's."""
    known = rounds()
    begins = next((began for n, began in known if n == number), None)
    if begins is None:
        return [peewee.SQL("1") == 0] if number else [moment < known[0][1]] if known else []
    later = [began for n, began in known if (began, n) > (begins, number)]
    return [moment >= begins, *([moment < min(later)] if later else [])]


def of_new(record: Record, has_photos: bool) -> Tally:
    """What a record adds that has just been stored; a camera has its site in hand, with the columns that survey.standing asks for."""
    row = dict.fromkeys(type(record)._meta.fields) | record.__data__
    if isinstance(record, ProposedPoint):
        return facts.of_point(row, rounds())
    if isinstance(record, ProblemReport):
        return facts.of_report(row, rounds())
    if not isinstance(record, (Site, Camera)):
        return Tally()
    kind = "site" if isinstance(record, Site) else "camera"
    photos = _photos(kind, [record.id]).get(record.id, "none") if has_photos else "none"
    return facts.of_site(row, rounds(), photos) if isinstance(record, Site) else facts.of_camera(row, record.site.__data__, rounds(), photos)


@contextmanager
def watched(kind: str, *ids: uuid.UUID, alone: bool = False) -> Iterator[None]:
    """Keeps the totals right around a change of records (and, unless `alone`, of the cameras of sites): counts them before and after."""
    before = _standing(kind, ids, alone)
    yield
    after = _standing(kind, ids, alone)
    after.add(before, -1)
    put(after)


@contextmanager
def observed(camera: Camera, site: Site, moment: dt.datetime) -> Iterator[None]:
    """The same around a status update of `moment`, from what is in hand. Its photos are looked for only when it moves to another round."""
    known = rounds()
    moves = facts.round_of(known, camera.status_at) != facts.round_of(known, moment)
    photos = _photos("camera", [camera.id]).get(camera.id, "none") if moves else None
    before = facts.of_camera(camera.__data__, site.__data__, known, photos)
    yield
    after = facts.of_camera(camera.__data__, site.__data__, known, photos)
    after.add(before, -1)
    put(after)


def put(change: Tally) -> None:
    """Adds to the kept numbers, inside the transaction that is open."""
    for model, columns, counted in ((Total, TOTAL_KEY, change.totals), (Cell, CELL_KEY, change.cells)):
        rows = [(*key, number) for key, number in counted.items() if number]
        if rows:
            db.cursor().executemany(_upsert(model, columns), rows)


def _upsert(model: type[peewee.Model], columns: Sequence[str]) -> str:
    key = (id(db.obj), model._meta.table_name)
    if key not in _upserts:
        named = ", ".join(f'"{name}"' for name in columns)
        table, marks = model._meta.table_name, ", ".join([db.param] * (len(columns) + 1))
        _upserts[key] = (f'INSERT INTO "{table}" ({named}, "number") VALUES ({marks}) ON CONFLICT ({named}) '  # noqa: S608  (names of our own columns)  # nosec
                         f'DO UPDATE SET "number" = "{table}"."number" + excluded."number"')  # fmt: skip
    return _upserts[key]


_upserts: dict[tuple[int, str], str] = {}


def _photos(kind: str, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Of records with photos: whether all their bytes are here ("here") or some are on the way ("waiting")."""
    found: dict[uuid.UUID, str] = {}
    query = Photo.select(Photo.record_id, Photo.upload).where(Photo.record_kind == kind, Photo.record_id.in_(list(ids)), ~Photo.removed)
    for record, upload in query.tuples():
        found[record] = "waiting" if upload is None or found.get(record) == "waiting" else "here"
    return found


def _standing(kind: str, ids: Sequence[uuid.UUID], alone: bool = False) -> Tally:
    """What the records add as they stand in the database."""
    tally, known = Tally(), rounds()
    if kind == "site":
        photos = _photos("site", ids)
        for site in Site.select().where(Site.id.in_(ids)):
            tally.add(facts.of_site(site.__data__, known, photos.get(site.id, "none")))
    if kind == "camera" or (kind == "site" and not alone):
        cameras = list(Camera.select(Camera, Site).join(Site).where((Camera.id if kind == "camera" else Camera.site).in_(ids)))
        photos = _photos("camera", [c.id for c in cameras]) if cameras else {}
        for camera in cameras:
            tally.add(facts.of_camera(camera.__data__, camera.site.__data__, known, photos.get(camera.id, "none")))
    if kind == "point":
        for point in ProposedPoint.select().where(ProposedPoint.id.in_(ids)):
            tally.add(facts.of_point(point.__data__, known))
    if kind == "report":
        for report in ProblemReport.select().where(ProblemReport.id.in_(ids)):
            tally.add(facts.of_report(report.__data__, known))
    return tally


def of_rows(rows: dict[type[Record], list[dict[str, Any]]]) -> Tally:
    """What rows add that are about to be inserted in bulk: {model: rows}, without photos."""
    tally, known = Tally(), rounds()
    sites = {row["id"]: row for row in rows.get(Site, ())}
    for site in sites.values():
        tally.add(facts.of_site(site, known, "none"))
    for camera in rows.get(Camera, ()):
        tally.add(facts.of_camera(camera, sites[camera["site"]], known, "none"))
    for point in rows.get(ProposedPoint, ()):
        tally.add(facts.of_point(point, known))
    for report in rows.get(ProblemReport, ()):
        tally.add(facts.of_report(report, known))
    return tally


# --- counting anew ---


def areas() -> list[str]:
    """The provinces that have records or totals; "" stands for records without one."""
    found: set[str | None] = set()
    for model, column in ((Site, Site.province), (ProposedPoint, ProposedPoint.province), (ProblemReport, ProblemReport.province), (Total, Total.area)):
        found |= {code for (code,) in model.select(column).distinct().tuples()}
    return sorted({code or "" for code in found})


def recount(area: str) -> int:
    """Counts one province anew from its records, in a transaction of its own; returns how many numbers were written."""
    with write():
        Total.delete().where(Total.area == area).execute()
        Cell.delete().where(Cell.province == area).execute()
        tally = full_count(area)
        put(tally)
    return len(tally.totals) + len(tally.cells)


def recount_all() -> int:
    """Counts everything anew, one province after the other, so that phones wait for none of them long."""
    return sum(recount(area) for area in areas())


def are_missing() -> bool:
    """Whether there are records but no totals: a database from before they were kept."""
    return not Total.select().exists() and any(model.select().exists() for model in (Site, ProposedPoint, ProblemReport))


def full_count(area: str) -> Tally:
    """What all records of a province add."""
    tally, known = Tally(), rounds()
    for row in _rows(Site, (Site,), Site, area):
        tally.add(facts.of_site(row[0], known, row[1]))
    for row in _rows(Camera, (Camera, Site), Site, area):
        tally.add(facts.of_camera(row[0], row[2], known, row[1]))
    for point in _rows(ProposedPoint, (ProposedPoint,), ProposedPoint, area):
        tally.add(facts.of_point(point[0], known))
    for report in _rows(ProblemReport, (ProblemReport,), ProblemReport, area):
        tally.add(facts.of_report(report[0], known))
    return tally


def _rows(model: type[Record], selected: Sequence[type[Record]], placed: type[Record], area: str) -> Iterator[tuple[Row, str, Row]]:
    """(row, state of its photos, row of its site) of a province's records, CHUNK at a time by number."""
    inside = placed.province == area if area else placed.province.is_null()
    kind, last = KIND_OF[model], 0
    while True:
        query = model.select(*selected)
        query = query.join(Site) if model is Camera else query
        records = list(query.where(inside, model.number > last).order_by(model.number).limit(CHUNK))
        photos = _photos(kind, [r.id for r in records]) if records and model in (Site, Camera) else {}
        for record in records:
            yield record.__data__, photos.get(record.id, "none"), record.site.__data__ if model is Camera else {}
        if len(records) < CHUNK:
            return
        last = records[-1].number


# --- reading ---


def by_code(kind: str, question: str, area: Sequence[str] | None = None, number: int | None = None) -> dict[str, Counter[str]]:
    """{code: {review state: number}} of a question; of some provinces, and of one round, where these are given."""
    found: dict[str, Counter[str]] = {}
    for code, state, count in _summed(kind, (question,), area, number, Total.code, Total.state):
        found.setdefault(code, Counter())[state] = count
    return found


def by_question(kind: str, questions: Sequence[str], area: Sequence[str] | None = None, number: int | None = None) -> dict[str, dict[str, Counter[str]]]:
    """{question: {code: {review state: number}}} of several questions in one look."""
    found: dict[str, dict[str, Counter[str]]] = {question: {} for question in questions}
    for question, code, state, count in _summed(kind, questions, area, number, Total.question, Total.code, Total.state):
        found[question].setdefault(code, Counter())[state] = count
    return found


def by_area(kind: str, question: str, area: Sequence[str] | None = None, number: int | None = None,
            between: tuple[str, str] | None = None) -> dict[str, dict[str, Counter[str]]]:  # fmt: skip
    """{province: {code: {review state: number}}} of a question, of its codes between two where these are given."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for where, code, state, count in _summed(kind, (question,), area, number, Total.area, Total.code, Total.state, between=between):
        found.setdefault(where, {}).setdefault(code, Counter())[state] = count
    return found


def _summed(kind: str, questions: Sequence[str], area: Sequence[str] | None, number: int | None, *columns: peewee.Field,
            between: tuple[str, str] | None = None) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    query = Total.select(*columns, peewee.fn.SUM(Total.number)).where(Total.kind == kind, Total.question.in_(questions))
    if number is not None:
        query = query.where(Total.round == number)
    if area is not None:
        query = query.where(Total.area.in_(area or ["-"]))
    if between is not None:
        query = query.where(Total.code.between(*between))
    for *key, count in query.group_by(*columns).tuples():
        if count:
            yield (*key, int(count))
