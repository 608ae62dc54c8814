"""What goes out of the survey: the columns of an export, in the guideline's order, and its rows, one after the other.

Positions are given as `scope.shown_position` shows them, contact persons only to those who may read them; what is as sensitive as a list
of weak points (`Question.sensitive`) is in no ordinary export (R43). Whoever reads an export back finds the same words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import peewee

from models import GONE, Account, Agency, Camera, ProblemReport, ProposedPoint, Record, Site
from survey import listing, places, scope
from survey.answers import BUDDHIST_ERA
from survey.choices import UNKNOWN
from survey.exchange.fields import EXTRA_CAMERA, EXTRA_OTHER, NOT_ASKED, OF_CAMERA, PARTS
from survey.questions import Question, asked

CHUNK = 400  # records read at once
MODELS: dict[str, type[Record]] = {"camera": Site, "point": ProposedPoint, "report": ProblemReport}
TITLES = {"camera": "1.1", "point": "1.2", "report": "1.3"}  # the guideline's tables
NUMBERS = ("number", "severity", "frequency", "money", "latitude", "longitude", "year", "fiscal_year")  # written as numbers, all else as text
Value = str | int | float | None


@dataclass(frozen=True)
class Column:
    """One column: its field's name, its heading in Thai, the record that it is read from and the question (None for the ids)."""

    name: str
    heading: str
    part: str
    question: Question | None = None

    @property
    def is_number(self) -> bool:
        return self.question is not None and self.question.kind in NUMBERS


def shared(model: type[Record]) -> dict[str, Question]:
    """The questions of a model whose answers may leave the survey in bulk, for anybody: none that is as sensitive as a list of weak points."""
    return {name: q for name, q in asked(model).items() if not q.sensitive and q.kind != "url" and name not in NOT_ASKED}


def columns_of(kind: str) -> list[Column]:
    """The columns of a table, the ids last. A camera's own position and details, which a site has too, say so."""
    found = []
    for part, model in PARTS[kind]:
        for name, question in shared(model).items():
            own = f"camera_{name}" if part == "camera" and name in OF_CAMERA else name
            found.append(Column(own, question.label if own == name else OF_CAMERA[name], part, question))
    ids = ("site_id", "camera_id") if kind == "camera" else ("record_id",)
    words = EXTRA_CAMERA | EXTRA_OTHER
    return found + [Column(name, words[name], "camera" if name == "camera_id" else PARTS[kind][0][0]) for name in ids]


def asked_of(kind: str, origin: str, wanted: listing.Filter) -> listing.Filter:
    """What a list's filter asks of the other tables of the same workbook: their area, and whether they are one's own."""
    return wanted if kind == origin else listing.Filter(province=wanted.province, district=wanted.district, mine=wanted.mine)


def number_of(user: Account, kind: str, wanted: listing.Filter) -> int:
    """How many sites, points or reports an export holds."""
    return int(listing.matching(user, MODELS[kind], wanted).count())


def row_count(user: Account, kind: str, wanted: listing.Filter) -> int:
    """How many rows `rows_of` gives, for the log."""
    if kind != "camera":
        return number_of(user, kind, wanted)
    sites = listing.matching(user, Site, wanted)
    cameras = _cameras(user, wanted).where(Camera.site.in_(sites.select(Site.id)))
    bare = sites.where(Site.id.not_in(_cameras(user, wanted).select(Camera.site)))
    return int(cameras.count() + (0 if wanted.status else bare.count()))


def _cameras(user: Account, wanted: listing.Filter) -> peewee.ModelSelect:
    """The cameras that may be in an export; of a list of broken cameras only those."""
    cameras = scope.visible(user, Camera).where(Camera.review_state.not_in(GONE))
    return cameras.where(Camera.status == wanted.status) if wanted.status else cameras


def rows_of(user: Account, kind: str, wanted: listing.Filter) -> Iterator[dict[str, Record | None]]:
    """The records of each row by part: a camera with its site, a site that has no camera alone, a point, a report; oldest first."""
    for records in _chunks(user, kind, wanted):
        if kind != "camera":
            yield from ({kind: record} for record in records)
            continue
        below: dict[Any, list[Camera]] = defaultdict(list)
        cameras = _cameras(user, wanted).where(Camera.site.in_([s.id for s in records]))
        for camera in cameras.order_by(Camera.number):
            below[camera.site_id].append(camera)
        for site in records:
            if wanted.status and not below[site.id]:  # its camera is of another status since the sites were read
                continue
            of_site: list[Camera | None] = list(below[site.id]) or [None]
            for camera in of_site:
                if camera is not None:
                    camera.site = site  # which decides what is shown of it; not read again
                yield {"site": site, "camera": camera}


def _chunks(user: Account, kind: str, wanted: listing.Filter) -> Iterator[list[Any]]:
    model, last = MODELS[kind], 0
    while True:
        query = listing.matching(user, model, wanted).where(model.number > last)
        records = list(query.order_by(model.number).limit(CHUNK))
        if not records:
            return
        yield records
        last = records[-1].number


class Writer:
    """Puts answers into words; keeps the names of the agencies that it has met, and the cells of the site whose cameras follow each other."""

    def __init__(self, user: Account, kind: str) -> None:
        self.user, self.columns = user, columns_of(kind)
        self._of_part = {part: [(n, c) for n, c in enumerate(self.columns) if c.part == part] for part, _ in PARTS[kind]}
        self._last: dict[str, tuple[Record, list[tuple[int, Value]]]] = {}
        self._agencies: dict[str, str] = {}

    def values(self, row: Mapping[str, Record | None]) -> list[Value]:
        """The cells of a row, in the order of the columns; None where there is no answer."""
        cells: list[Value] = [None] * len(self.columns)
        for part, record in row.items():
            if record is None:
                continue
            if part not in self._last or self._last[part][0] is not record:
                self._last[part] = record, list(self._cells(part, record))
            for place, value in self._last[part][1]:
                cells[place] = value
        return cells

    def _cells(self, part: str, record: Record) -> Iterator[tuple[int, Value]]:
        """(place among the columns, value) of what is answered, as far as the user may read it."""
        shown = scope.shown_position(self.user, record) if part != "report" else (None, None, True)
        answers, not_known = record.__data__, record.not_known or ()
        for place, column in self._of_part[part]:
            question = column.question
            if question is None:
                yield place, str(record.id)
            elif question.kind in ("latitude", "longitude"):
                yield place, shown[question.kind == "longitude"]
            elif question.personal and not scope.may_read(self.user, question, record):
                continue
            elif (value := answers.get(question.name)) is not None:
                yield place, self._in_words(question, value)
            elif question.name in not_known:
                yield place, UNKNOWN["unknown"]

    def _in_words(self, question: Question, value: Any) -> Value:
        match question.kind:
            case "choice":
                return question.choices.get(str(value), str(value))
            case "many":
                return "; ".join(question.choices.get(c, c) for c in value)
            case "year" | "fiscal_year":
                return int(value) + BUDDHIST_ERA
            case "area":
                return place.name if (place := places.find(value)) else str(value)
            case "agency" | "agencies":
                return "; ".join(filter(None, map(self._agency, value if isinstance(value, list) else [value])))
            case "money":
                return f"{value:.2f}"
            case _:
                return value if isinstance(value, (int, float)) else str(value)

    def _agency(self, agency_id: Any) -> str:
        key = str(agency_id)
        if key not in self._agencies:
            found = Agency.select(Agency.name).where(Agency.id == key).first()
            self._agencies[key] = found.name if found else ""
        return self._agencies[key]


def values_of(user: Account, kind: str, wanted: listing.Filter) -> tuple[list[Column], Iterator[list[Value]]]:
    """The columns of a table and its rows as cells."""
    writer = Writer(user, kind)
    return writer.columns, map(writer.values, rows_of(user, kind, wanted))

