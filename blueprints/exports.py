"""What the lists show goes out as files: chosen on one page, counted in the log, sent piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, send_file, stream_with_context
from flask_login import current_user

from blueprints.found import asked_filter, asked_list, filter_parts
from blueprints.gate import ADMINISTRATORS, access
from blueprints.shown import tr
from survey import audit, clock
from survey.errors import Refusal
from survey.exchange import exported, written
from survey.exchange.fields import KINDS

bp = Blueprint("exports", __name__, url_prefix="/exports")
FORMATS = ("xlsx", *(f"csv-{kind}" for kind in KINDS), "geojson-camera", "geojson-point")
NAMES = {"camera": "cameras", "point": "points", "report": "reports"}


@bp.get("")
@access(*ADMINISTRATORS, fresh=True)
def index() -> Any:
    """Choose a file; how much it would hold."""
    user, wanted, origin = current_user.account, asked_filter(request.args), asked_list()
    numbers = {kind: exported.number_of(user, kind, exported.asked_of(kind, origin, wanted)) for kind in KINDS}
    return render_template("exports/index.html", wanted=wanted, origin=origin, numbers=numbers, kinds=KINDS, names=NAMES, titles=exported.TITLES)


@bp.post("")
@access(*ADMINISTRATORS, fresh=True)
def download() -> Any:
    """The file. What was asked for and how much it holds is in the log before its first byte leaves."""
    user, wanted, origin = current_user.account, asked_filter(request.args), asked_list()
    form = request.form.get("format", "")
    if form not in FORMATS:
        raise Refusal("unknown_choice")
    kind = form.partition("-")[2]
    filters = {k: exported.asked_of(k, origin, wanted) for k in ([kind] if kind else KINDS)}
    rows = sum(exported.row_count(user, k, asked) for k, asked in filters.items())
    name = f"samruat-{NAMES.get(kind, 'survey')}-{clock.today():%Y%m%d}"
    book = written.write_workbook(user, origin, wanted, tr, current_app.config["SETTINGS"].classification) if form == "xlsx" else None
    audit.record("export", user, detail={"what": form, "records": rows, "filter": filter_parts(wanted)},
                 network=request.remote_addr, province=wanted.province or user.province)  # fmt: skip
    if book is not None:
        return send_file(book, mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_attachment=True, download_name=f"{name}.xlsx")
    if form.startswith("csv"):
        return _sent(written.write_csv(user, kind, filters[kind], tr), "text/csv; charset=utf-8", f"{name}.csv")
    return _sent(written.write_geojson(user, kind, filters[kind]), "application/geo+json", f"{name}.geojson")


def _sent(pieces: Iterator[bytes], mimetype: str, name: str) -> Response:
    answer = Response(stream_with_context(pieces), mimetype=mimetype)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
