"""Problem reports (guideline 1.3) of an agency in a province: list, one, new and revise."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, render_template, url_for
from flask_login import current_user

from blueprints.found import found
from blueprints.gate import PHOTO_FORM, READERS, RECORDERS, access
from blueprints.on_record import note_read
from blueprints.recording import fill_in
from models import GONE, ProblemReport
from survey import scope
from survey.errors import Refusal
from survey.listing import PAGE
from survey.questions import in_sections

bp = Blueprint("reports", __name__, url_prefix="/reports")


@bp.get("")
@access(*READERS)
def index() -> Any:
    """The problem reports that I may see, newest first."""
    shown = scope.visible(current_user.account, ProblemReport).where(ProblemReport.review_state.not_in(GONE))
    reports = list(shown.order_by(ProblemReport.rev.desc()).limit(4 * PAGE))
    note_read("reports", len(reports))
    return render_template("reports/index.html", reports=reports)


@bp.route("/new", methods=["GET", "POST"])
@access(*RECORDERS, takes=PHOTO_FORM)
def new() -> Any:
    """Report problems and recommendations of an agency."""
    user = current_user.account
    carried = {"agency": str(user.agency_id) if user.agency_id else None, "province": user.provinces[0] if len(user.provinces or []) == 1 else None}
    return fill_in("report", "reports/form.html", lambda i: url_for("reports.show", report_id=i, saved=1), carried=carried)


@bp.get("/<uuid:report_id>")
@access(*READERS)
def show(report_id: uuid.UUID) -> Any:
    """One report with its history."""
    report = found(ProblemReport, report_id)
    return render_template("reports/show.html", report=report, sections=in_sections(ProblemReport, ProblemReport.SECTIONS),
                           history=list(scope.history(current_user.account, report)))  # fmt: skip


@bp.route("/<uuid:report_id>/edit", methods=["GET", "POST"])
@access(*RECORDERS, takes=PHOTO_FORM)
def edit(report_id: uuid.UUID) -> Any:
    """Revise a report."""
    report = found(ProblemReport, report_id)
    if not scope.may(current_user.account, "edit", report):
        raise Refusal("not_allowed")
    return fill_in("report", "reports/form.html", lambda i: url_for("reports.show", report_id=i, saved=1), record=report)
