"""What goes out of the survey: the columns of an export, in the guideline's order, and its rows, one after the other.

Positions are given as `scope.shown_position` shows them, contact persons only to those who may read them; what is as sensitive as a list
of weak points (`Question.sensitive`) is in no ordinary export (R43). Whoever reads an export back finds the same words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import peewee

from database import raw_rows
from models import GONE, Account, Camera, ProblemReport, ProposedPoint, Record, Site
from survey import listing, scope
from survey.exchange.fields import EXTRA_CAMERA, EXTRA_OTHER, NOT_ASKED, OF_CAMERA, PARTS
from survey.exchange.wording import UNKNOWN_WORD, Cells, Names, Value, as_list, as_uuid, id_text
from survey.questions import Question, asked

CHUNK = 500  # sites, points or reports that are read at once
MODELS: dict[str, type[Record]] = {"camera": Site, "point": ProposedPoint, "report": ProblemReport}
TITLES = {"camera": "1.1", "point": "1.2", "report": "1.3"}  # the guideline's tables
NUMBERS = ("number", "frequency", "money", "latitude", "longitude", "year", "fiscal_year")  # written as numbers, all else as text
POSITION = ("latitude", "longitude")
NOTHING = peewee.SQL("NULL")
Say = Callable[["Column"], Callable[[Value], Any]]  # how a format writes the cells of a column
Row = tuple[tuple[Any, ...], tuple[Any, ...] | None]


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
    cameras = cameras_in(user, wanted).where(Camera.site.in_(sites.select(Site.id)))
    bare = sites.where(Site.id.not_in(cameras_in(user, wanted).select(Camera.site)))
    return int(cameras.count() + (0 if wanted.status else bare.count()))


def cameras_in(user: Account, wanted: listing.Filter) -> peewee.ModelSelect:
    """The cameras that may be in an export; of a list of broken cameras only those."""
    cameras = scope.visible(user, Camera).where(Camera.review_state.not_in(GONE))
    return cameras.where(Camera.status == wanted.status) if wanted.status else cameras


def rows_of(user: Account, kind: str, wanted: listing.Filter, say: Say) -> Iterator[Row]:
    """The cells of each row by part: (site, camera), (site, None) of a site without cameras, (point, None), (report, None); oldest first.

    The cells of a site are one and the same tuple for all of its cameras. The last of each part is its id.
    """
    main, below = _parts(user, kind, say)
    model, last = MODELS[kind], 0
    while True:
        query = listing.matching(user, model, wanted).where(model.number > last).order_by(model.number).limit(CHUNK)
        stored = main.stored(query)
        if not stored:
            return
        last = stored[-1][Part.NUMBER]
        cells = main.cells(stored)
        if below is None:
            yield from zip(cells, repeat(None))
            continue
        sites = {record[Part.ID]: place for place, record in enumerate(stored)}
        cameras = below.stored(cameras_in(user, wanted).where(Camera.site.in_(list(sites))).order_by(Camera.number), Camera.site)
        of_site: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        places = [sites[camera[-1]] for camera in cameras]
        for place, camera in zip(places, below.cells(cameras, [stored[place][Part.RESTRICTED] for place in places]), strict=True):
            of_site[place].append(camera)
        for place, site in enumerate(cells):
            if place in of_site:
                yield from zip(repeat(site), of_site[place])
            elif not wanted.status:  # with one, its camera is of another status since the sites were read
                yield site, None


def _parts(user: Account, kind: str, say: Say) -> tuple[Part, Part | None]:
    columns, names = columns_of(kind), Names()
    main, *below = [Part(user, model, [c for c in columns if c.part == part], names, say) for part, model in PARTS[kind]]
    return main, below[0] if below else None


class Part:
    """The columns of one kind of record: which of its answers the user may read is decided once for all rows, how exactly for each class of them."""

    ID, NUMBER, RECORDER, NOT_KNOWN, RESTRICTED, FIRST = range(6)  # where they stand in a stored row; the answers follow

    def __init__(self, user: Account, model: Any, columns: list[Column], names: Names, say: Say) -> None:
        self.user, self.model = user, model
        self.columns = columns[:-1]  # the last one is the id
        self._questions = [c.question for c in self.columns if c.question]
        read = [scope.may_read_visible(user, q) for q in self._questions]
        answers = [getattr(model, q.name) if may else NOTHING for q, may in zip(self._questions, read, strict=True)]
        self._fields = [model.id, model.number, model.recorder, model.not_known, getattr(model, "restricted", NOTHING), *answers]
        self._cells = [Cells(q, names, say(c)) for c, q in zip(self.columns, self._questions, strict=True)]
        self._id = say(columns[-1])
        self._position = [n for n, q in enumerate(self._questions) if q.kind in POSITION]
        self._places = {q.name: n for n, q in enumerate(self._questions) if q.kind not in POSITION and read[n]}
        self._unknown = [say(c)(UNKNOWN_WORD) for c in self.columns]
        self._coarse: dict[tuple[Any, Any], bool] = {}

    def stored(self, query: peewee.ModelSelect, *more: peewee.Field) -> list[tuple[Any, ...]]:
        """The rows of a query as they are stored: no answer that is sensitive, or that the user may not read, leaves the database."""
        return list(raw_rows(query.select(*self._fields, *more)))

    def cells(self, records: list[tuple[Any, ...]], restricted: Sequence[str | None] = ()) -> list[tuple[Any, ...]]:
        """The cells of stored rows, the id last; `restricted` says of each whether its site is (of sites it stands in their rows)."""
        if not records:
            return []
        stored = list(zip(*records, strict=True))
        answers = stored[Part.FIRST : Part.FIRST + len(self._questions)]
        cells = [of(column) for of, column in zip(self._cells, answers, strict=True)]
        if self._position:
            self._blur(cells, answers, restricted or stored[Part.RESTRICTED], stored[Part.RECORDER])
        for row, names in enumerate(stored[Part.NOT_KNOWN]):
            if names and names != "[]":
                self._say_unknown(cells, answers, row, as_list(names))
        return list(zip(*cells, map(self._id, map(id_text, stored[Part.ID])), strict=True))

    def _blur(self, cells: list[list[Any]], answers: list[tuple[Any, ...]], restricted: Sequence[str | None], recorders: tuple[Any, ...]) -> None:
        """Rounds the positions that the user sees roughly only: the same for all that one person recorded at restricted places."""
        for row, class_ in enumerate(zip(restricted, recorders, strict=True)):
            coarse = self._coarse.get(class_)
            if coarse is None:
                coarse = self._coarse[class_] = scope.is_coarse(self.user, class_[0], as_uuid(class_[1]))
            if coarse:
                rounded = scope.rounded(*(answers[place][row] for place in self._position))
                for place, value in zip(self._position, rounded, strict=True):
                    cells[place][row] = self._cells[place].say(value)

    def _say_unknown(self, cells: list[list[Any]], answers: list[tuple[Any, ...]], row: int, names: list[str]) -> None:
        for name in names:
            place = self._places.get(name)
            if place is not None and self._cells[place].is_open(answers[place][row]):
                cells[place][row] = self._unknown[place]


def plain(_column: Column) -> Callable[[Value], Value]:
    """Cells as they are."""
    return lambda value: value


def values_of(user: Account, kind: str, wanted: listing.Filter, say: Say = plain) -> tuple[list[Column], Iterator[tuple[Any, ...]]]:
    """The columns of a table and its rows, written as `say` says."""
    columns = columns_of(kind)
    nothing = tuple(say(c)(None) for c in columns if c.part == "camera")
    return columns, (joined(main, camera or nothing) if kind == "camera" else main for main, camera in rows_of(user, kind, wanted, say))


def joined(site: tuple[Any, ...], camera: tuple[Any, ...]) -> tuple[Any, ...]:
    """Both ids stand at the end."""
    return site[:-1] + camera[:-1] + site[-1:] + camera[-1:]
