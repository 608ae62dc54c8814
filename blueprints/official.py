"""The official report of a province or the country: an outside letter with its annexes as PDF, filled in on one page."""

from __future__ import annotations

import tempfile
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, send_file
from flask_login import current_user

from blueprints.found import asked_filter, asked_list, filter_parts
from blueprints.gate import ADMINISTRATORS, access
from survey import audit, places, scope
from survey.errors import Refusal
from survey.exchange import exported, written
from survey.exchange.fields import KINDS
from survey.reports import annexes, letter, official

bp = Blueprint("official", __name__, url_prefix="/official-report")


@bp.get("")
@access(*ADMINISTRATORS, fresh=True)
def index() -> Any:
    """What the letter needs, with what is known already."""
    settings = current_app.config["SETTINGS"]
    office = {"office": settings.office, "address": settings.office_address, "phone": settings.office_phone, "email": settings.office_email,
              "name": settings.signer_name, "position": settings.signer_position, "on_behalf": settings.signer_on_behalf}  # fmt: skip
    return _page(letter.at_first(current_user.account, asked_filter(request.args).province, office))


@bp.post("")
@access(*ADMINISTRATORS, fresh=True)
def download() -> Any:
    """The report; with the workbook beside it in one archive where a table is too long for paper, or when that is asked for."""
    user, wanted, of, settings = current_user.account, asked_filter(request.args), asked_list(), current_app.config["SETTINGS"]
    written_letter, errors = letter.read(request.form)
    if errors:
        return _page(written_letter, Refusal("invalid", errors))
    made = official.make(user, of, wanted, written_letter, workbook=request.form.get("workbook") == "yes", classification=settings.classification,
                         emblem=settings.emblem)  # fmt: skip
    audit.record("export", user, detail={"what": "report-pdf" if made.workbook is None else "report-pdf+xlsx", "records": made.rows, "sha256": made.hashes,
                                         "filter": filter_parts(wanted)},
                 network=request.remote_addr, province=wanted.province or user.province)  # fmt: skip
    if made.workbook is None:
        return Response(made.pdf, content_type="application/pdf", headers={"Content-Disposition": f"attachment; filename={made.name}.pdf"})
    archive = tempfile.TemporaryFile()  # noqa: SIM115  (closed when it has been sent)
    official.write_archive(made, archive)
    return send_file(archive, mimetype="application/zip", as_attachment=True, download_name=f"{made.name}.zip")


def _page(filled: letter.Letter, refusal: Refusal | None = None) -> Any:
    user, wanted, of = current_user.account, asked_filter(request.args), asked_list()
    counts = {kind: exported.row_count(user, kind, exported.asked_of(kind, of, wanted)) for kind in KINDS}
    page = render_template("official/index.html", letter=filled, errors=refusal.errors if refusal else {}, counts=counts, kinds=KINDS, titles=exported.TITLES,
                           wanted=wanted, origin=of, labels=letter.LABELS, chosen=letter.CHOSEN, long=letter.LONG, required=letter.REQUIRED,
                           most=annexes.MOST_PRINTED, most_rows=written.MOST_ROWS, area=letter.area_name(user, wanted.province),
                           provinces=[p for p in places.provinces() if scope.may_see_totals(user, p.code)])  # fmt: skip
    return page, refusal.status if refusal else 200
