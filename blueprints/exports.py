"""What the lists show goes out as files: chosen on one page, counted in the log, sent piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, render_template, request, send_file, stream_with_context
from flask_login import current_user

from blueprints.found import asked_filter, asked_list, filter_parts
from blueprints.gate import EXPORTERS, access
from blueprints.shown import tr
from models import Account
from survey import audit, clock
from survey.errors import Refusal
from survey.exchange import bundle, exported, written
from survey.exchange.fields import KINDS
from survey.listing import Filter

bp = Blueprint("exports", __name__, url_prefix="/exports")
PHOTOGRAPHED = ("camera", "point")
FORMATS = ("xlsx", *(f"csv-{kind}" for kind in KINDS), "geojson-camera", "geojson-point", *(f"photos-{kind}" for kind in PHOTOGRAPHED))
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv", "geojson": "application/geo+json",
    "photos": "application/zip",
}  # fmt: skip
ENDINGS = {"photos": "zip"}
NAMES = {"": "survey", "camera": "cameras", "point": "points", "report": "reports"}


@bp.get("")
@access(*EXPORTERS, fresh=True)
def index() -> Any:
    """Choose a file; how much it would hold."""
    user, wanted, origin = current_user.account, asked_filter(request.args), asked_list()
    asked = {kind: exported.asked_of(kind, origin, wanted) for kind in KINDS}
    rows = {kind: exported.row_count(user, kind, asked[kind]) for kind in KINDS}
    photos = {kind: bundle.measure(user, kind, asked[kind]) for kind in PHOTOGRAPHED}
    return render_template("exports/index.html", wanted=wanted, origin=origin, rows=rows, photos=photos, kinds=KINDS, titles=exported.TITLES,
                           sites=exported.number_of(user, "camera", asked["camera"]), most_rows=written.MOST_ROWS, most_photos=bundle.MOST_PHOTOS)  # fmt: skip


@bp.post("")
@access(*EXPORTERS, fresh=True)
def download() -> Any:
    """The file. What was asked for and how much it holds is in the log before its first byte leaves."""
    user, wanted, origin = current_user.account, asked_filter(request.args), asked_list()
    form = request.form.get("format", "")
    if form not in FORMATS:
        raise Refusal("unknown_choice")
    what, _, kind = form.partition("-")
    filters = {k: exported.asked_of(k, origin, wanted) for k in ([kind] if kind else KINDS)}
    number = _number(user, what, filters)
    pieces = _pieces(user, what, kind, origin, wanted, filters)
    audit.record("export", user, detail={"what": form, "records": number, "filter": filter_parts(wanted)},
                 network=request.remote_addr, province=wanted.province or user.province)  # fmt: skip
    return _sent(pieces, what, kind, number)


def _number(user: Account, what: str, filters: dict[str, Filter]) -> int:
    """How many rows, or photos, a file holds. Raises Refusal("export_photos")."""
    if what != "photos":
        return sum(exported.row_count(user, kind, asked) for kind, asked in filters.items())
    (kind, asked), = filters.items()  # fmt: skip
    size = bundle.measure(user, kind, asked)
    bundle.check(size)
    return size.photos


def _pieces(user: Account, what: str, kind: str, origin: str, wanted: Filter, filters: dict[str, Filter]) -> Iterator[bytes] | IO[bytes]:
    """What is sent. A workbook is whole before the first byte, or Refusal("export_large")."""
    mark = current_app.config["SETTINGS"].classification
    match what:
        case "xlsx":
            return written.write_workbook(user, origin, wanted, tr, mark)
        case "csv":
            return written.write_csv(user, kind, filters[kind], tr, mark)
        case "geojson":
            return written.write_geojson(user, kind, filters[kind], mark)
        case _:
            return bundle.write_photos(user, kind, filters[kind], tr, mark)


def _sent(pieces: Any, what: str, kind: str, number: int) -> Response:
    """An attachment whose name carries the classification, with the number of rows (or photos) for the page that counts along."""
    mark = current_app.config["SETTINGS"].classification
    name = "-".join(filter(None, ("samruat", "photos" if what == "photos" else "", NAMES[kind], f"{clock.today():%Y%m%d}")))
    ending = ENDINGS.get(what, what)
    answer = Response(stream_with_context(pieces), mimetype=TYPES[what]) if what != "xlsx" else send_file(pieces, TYPES[what])
    marked = f"; filename*=UTF-8''{quote(f'{name}-{mark}.{ending}')}" if mark else ""
    answer.headers["Content-Disposition"] = f"attachment; filename={name}.{ending}{marked}"
    answer.headers["X-Rows"] = str(number)
    return answer
