"""Progress of a round: country, province, down to agencies and surveyors; the slide, the summary to paste, the reminder letter, private owners."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from blueprints import charts
from blueprints.gate import access
from models import Round
from survey import choices, clock, places, progress, recounting, regions, rounds, scope
from survey.agencies import as_id
from survey.answers import read_number
from survey.errors import Message, Refusal

bp = Blueprint("progress", __name__, url_prefix="/progress")
TOTALS = scope.TOTALS_READERS
ON_SLIDE = 10  # lines that fit
NAMED = scope.NAME_READERS


@bp.context_processor
def uncounted() -> dict[str, int]:
    """How many provinces are still to be counted anew."""
    return {"recounting": len(recounting.left())}


def asked_round() -> Round:
    """The round that the address names, or the one that runs now."""
    number = request.values.get("round", type=int)
    one = rounds.found(number) if number is not None else rounds.current()
    if one is None:
        raise Refusal("no_round")
    return one


def allowed(province: str) -> places.Place:
    """The province of the address, if its figures are the person's to see."""
    place = places.find(province) if len(province) == 2 else None
    if place is None or not scope.may_see_totals(current_user.account, province):
        raise Refusal("not_found")
    return place


def drawn(of: Round, area: list[str] | None, expected: int | None) -> tuple[charts.Curve | None, list[progress.Day]]:
    """The curve of a round and its days."""
    days = progress.curve(of, area)
    points = [(day.on, {"surveyed": day.surveyed, "approved": day.approved}) for day in days]
    return (charts.curve(of.starts_on, of.deadline, points, expected, clock.today()) if days else None), days


@bp.get("")
@access(*TOTALS)
def index() -> Any:
    """How far the country, or my provinces, are."""
    user = current_user.account
    if rounds.current() is None:
        return render_template("progress/none.html")
    area = scope.totals_area(user)
    if area is not None and len(area) == 1:
        return redirect(url_for("progress.province", code=area[0], round=request.args.get("round")))
    of = asked_round()
    found = progress.of_provinces(user, of)
    kind, number = request.args.get("by", ""), request.args.get("region", "")
    inside = regions.provinces_in(kind, number)
    shown = [line for line in found.lines if not inside or line.code in inside]
    chart, days = drawn(of, [line.code for line in shown] if inside else area, progress.whole(of, shown).expected)
    return render_template("progress/index.html", progress=found, whole=progress.whole(of, shown), lines=sorted_lines(shown), round=of, rounds=rounds.every(),
                           chart=chart, days=days, regions=regions.KINDS, kind=kind, region=number, bangkok=regions.BANGKOK)  # fmt: skip


def sorted_lines(lines: list[progress.Line]) -> list[progress.Line]:
    """The lines in the order that the address asks for: by name (as they come), by share, by what is left."""
    match request.args.get("sort"):
        case "percent":
            return sorted(lines, key=lambda line: (line.percent is None, line.percent or 0))
        case "left":
            return sorted(lines, key=lambda line: -(line.left or 0))
        case _:
            return lines


@bp.get("/<code>")
@access(*TOTALS)
def province(code: str) -> Any:
    """One province: districts, agencies, surveyors, certification."""
    place, of = allowed(code), asked_round()
    return render_template("progress/province.html", **province_page(place, of), error=None, typed={})


def province_page(place: places.Place, of: Round) -> dict[str, Any]:
    """What the page of a province shows."""
    user = current_user.account
    line = progress.of_province(of, place.code)
    chart, days = drawn(of, [place.code], line.expected)
    named = scope.may_see_names(user)
    return {
        "place": place, "round": of, "rounds": rounds.every(), "line": line, "chart": chart, "days": days, "districts": progress.districts(of, place.code),
        "agencies": progress.agencies(of, place.code) if named else [], "surveyors": progress.surveyors(of, place.code) if named else [],
        "history": rounds.history(of, place.code) if named else [], "steps": rounds.STEPS, "named": named, "may_set": scope.may_set(user, place.code),
        "next_steps": [step for step, (_, after) in rounds.STEPS.items() if line.step in after and scope.may_take_step(user, step, place.code)],
        "is_over": clock.today() > of.deadline, "declarations": choices.DECLARATION,
    }  # fmt: skip


@bp.post("/<code>/expected")
@access("province_admin", "centre_admin")
def expect(code: str) -> Any:
    """Sets how many a province, or one of its agencies, expects."""
    place, of = allowed(code), asked_round()
    try:
        number = int(read_number(request.form.get("number", ""), 0, 10_000_000, whole=True))
        rounds.expect(current_user.account, of, code, number, as_id(request.form.get("agency", "")))
    except Refusal as refusal:
        if refusal.status != 400:
            raise
        return render_template("progress/province.html", **province_page(place, of), error=refusal.message, typed=request.form), 400
    return redirect(url_for("progress.province", code=code, round=of.number, saved=1), 303)


@bp.post("/<code>/step")
@access("province_admin", "inspector", "centre_admin")
def step(code: str) -> Any:
    """Certifies, endorses, receives or reopens a province's round."""
    place, of, user = allowed(code), asked_round(), current_user.account
    try:
        rounds.take_step(user, of, code, request.form.get("step", ""), request.form, progress.figures(progress.of_province(of, code)))
    except Refusal as refusal:
        if refusal.status != 400:
            raise
        message: Message = next(iter(refusal.errors.values()), refusal.message)
        return render_template("progress/province.html", **province_page(place, of), error=message, typed=request.form), 400
    return redirect(url_for("progress.province", code=code, round=of.number, saved=1), 303)


@bp.post("/<code>/declare")
@access("province_admin", "centre_admin", "agency")
def declare(code: str) -> Any:
    """What an agency says of its reporting; the province may say it for its agencies."""
    of, agency = asked_round(), as_id(request.form.get("agency", ""))
    if agency is None:
        raise Refusal("unknown_agency")
    rounds.declare(current_user.account, of, code, agency, request.form.get("state", ""))
    back = url_for("progress.mine", saved=1) if current_user.account.role == "agency" else url_for("progress.province", code=code, round=of.number, saved=1)
    return redirect(back, 303)


@bp.get("/mine")
@access("agency")
def mine() -> Any:
    """An agency's own reporting: all recorded, or no cameras."""
    user, of = current_user.account, asked_round()
    lines = [(code, next((line for line in progress.agencies(of, code) if as_id(line.code) == user.agency_id), None)) for code in user.provinces or []]
    return render_template("progress/mine.html", round=of, lines=lines, agency=user.agency, declarations=choices.DECLARATION)


@bp.get("/slide")
@access(*TOTALS)
def slide() -> Any:
    """One page for a projector, or an A4 sheet."""
    user, of = current_user.account, asked_round()
    code = request.args.get("province", "")
    if code:
        allowed(code)
    if code:
        whole, behind, not_started = progress.of_province(of, code), progress.districts(of, code), []
    else:
        found = progress.of_provinces(user, of)
        whole, behind, not_started = found.whole, sorted(found.behind, key=lambda line: -(line.left or 0)), found.not_started
    chart, _ = drawn(of, [code] if code else scope.totals_area(user), whole.expected)
    return render_template("progress/slide.html", round=of, whole=whole, chart=chart, code=code, behind=behind[:ON_SLIDE], more=max(0, len(behind) - ON_SLIDE),
                           today=clock.today(), not_started=not_started)  # fmt: skip


@bp.get("/summary")
@access(*NAMED)
def summary() -> Any:
    """Totals and late units as a text for LINE: no positions, no persons."""
    user, of = current_user.account, asked_round()
    code = request.args.get("province", "")
    if code:
        place = allowed(code)
        line, late = progress.of_province(of, code), [a for a in progress.agencies(of, code) if a.is_silent]
    else:
        place, found = None, progress.of_provinces(user, of)
        line, late = found.whole, found.behind
    return render_template("progress/summary.html", round=of, place=place, line=line, late=late[:20], more=max(0, len(late) - 20), today=clock.today())


@bp.get("/<code>/letter")
@access("province_admin", "centre_admin", "analyst")
def letter(code: str) -> Any:
    """A reminder letter to an agency that has not reported, to print."""
    place, of = allowed(code), asked_round()
    late, wanted = [line for line in progress.agencies(of, code) if line.is_silent], request.args.get("agency", "")
    shown = [line for line in late if not wanted or line.code == wanted]
    return render_template("progress/letter.html", place=place, round=of, agencies=shown, today=clock.today())


@bp.get("/<code>/owners")
@access(*NAMED)
def owners(code: str) -> Any:
    """Private owners that the province asked, and who agreed: for the public-private committee."""
    place, of = allowed(code), asked_round()
    found = progress.private_owners(code)
    return render_template("progress/owners.html", place=place, round=of, owners=found, cooperation=choices.COOPERATION,
                           counts={state: sum((o.cooperation or "not_asked") == state for o in found) for state in choices.COOPERATION})  # fmt: skip
