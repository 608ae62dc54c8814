"""Exports written the slow, obvious way, a record and a cell at a time: what the fast ones of survey/exchange must be equal to."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from models import GONE, Account, Agency, Camera, Record, Site
from survey import listing, places, scope
from survey.answers import BUDDHIST_ERA
from survey.choices import UNKNOWN
from survey.exchange.exported import MODELS, Column, columns_of
from survey.exchange.guarding import cleaned, guarded
from survey.questions import Question


def rows(user: Account, kind: str, wanted: listing.Filter) -> list[list[Any]]:
    """The cells of all rows."""
    columns = columns_of(kind)
    return [[_cell(user, column, row.get(column.part)) for column in columns] for row in _records(user, kind, wanted)]


def _records(user: Account, kind: str, wanted: listing.Filter) -> Iterator[dict[str, Record | None]]:
    for record in listing.matching(user, MODELS[kind], wanted).order_by(MODELS[kind].number):
        if kind != "camera":
            yield {kind: record}
            continue
        below = scope.visible(user, Camera).where(Camera.site == record.id, Camera.review_state.not_in(GONE)).order_by(Camera.number)
        cameras = [c for c in below if not wanted.status or c.status == wanted.status]
        for camera in cameras or [None]:
            if camera is not None:
                camera.site = Site.get_by_id(record.id)
            yield {"site": record, "camera": camera}


def _cell(user: Account, column: Column, record: Record | None) -> Any:
    question = column.question
    if record is None:
        return None
    if question is None:
        return str(record.id)
    if question.kind in ("latitude", "longitude"):
        return scope.shown_position(user, record)[question.kind == "longitude"]
    if not scope.may_read(user, question, record):
        return None
    value = record.__data__.get(question.name)
    if value is None:
        return UNKNOWN["unknown"] if question.name in (record.not_known or ()) else None
    return _in_words(question, value)


def _in_words(question: Question, value: Any) -> Any:
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
            found = [Agency.get_or_none(Agency.id == i) for i in (value if isinstance(value, list) else [value])]
            return "; ".join(agency.name for agency in found if agency)
        case "money":
            return f"{value:.2f}"
        case _:
            return value if isinstance(value, (int, float)) else str(value)


def delimited(user: Account, kind: str, wanted: listing.Filter) -> bytes:
    """The rows as CSV."""
    columns, held = columns_of(kind), io.StringIO()
    writer = csv.writer(held)
    writer.writerow([guarded(c.heading) for c in columns])
    for row in rows(user, kind, wanted):
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    return ("\ufeff" + held.getvalue()).encode()


def features(user: Account, kind: str, wanted: listing.Filter) -> dict[str, Any]:
    """The rows as GeoJSON."""
    made = []
    for row in rows(user, kind, wanted):
        said = {c.name: cleaned(v) if isinstance(v, str) else v for c, v in zip(columns_of(kind), row, strict=True) if v is not None}
        at = [said.pop(name, None) for name in ("longitude", "latitude")]
        own = [said.pop(name, None) for name in ("camera_longitude", "camera_latitude")]
        at = at if None in own else own
        made.append({"type": "Feature", "geometry": None if None in at else {"type": "Point", "coordinates": at}, "properties": said})
    return {"type": "FeatureCollection", "features": json.loads(json.dumps(made))}
