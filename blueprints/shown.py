"""How things are shown: language, Thai dates in the Buddhist era, numbers, labels of choices, names of areas. Template filters only."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from flask import Flask, request, url_for
from flask_babel import get_locale, gettext, ngettext
from flask_login import current_user
from markupsafe import Markup

from blueprints import on_record
from models import RECORDS, Account, Mutation, Record
from survey import agencies, choices, clock, places, rounds, scope
from survey.answers import BUDDHIST_ERA, thai_year
from survey.coordinates import format_position, google_maps_url, to_mgrs
from survey.errors import CATALOGUE, Message, Refusal
from survey.exchange.problems import Problem
from survey.questions import Question, asked
from survey.standing import epoch, is_demo
from survey.texts import N_

MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LANGUAGES = ("th", "en")
STATUS_ICON = {
    "working": "circle-check", "degraded": "triangle-alert", "not_working": "circle-x", "under_repair": "wrench",
    "not_commissioned": "clock", "not_found": "search-x", "removed": "trash-2", "not_verified": "circle-help",
}  # fmt: skip
REVIEW = {
    "declared": N_("แจ้งไว้ ยังไม่ตรวจ"), "pending": N_("รอตรวจ"), "approved": N_("รับรองแล้ว"), "returned": N_("ส่งกลับแก้ไข"), "withdrawn": N_("ถอนแล้ว"),
    "merged": N_("รวมกับรายการอื่นแล้ว"),
}  # fmt: skip


IMPORT_STATES = {
    "uploaded": N_("รอเลือกช่อง"), "checking": N_("กำลังตรวจทุกแถว"), "checked": N_("ตรวจแล้ว รอนำเข้า"), "applying": N_("กำลังนำเข้า"), "done": N_("นำเข้าแล้ว"),
    "undoing": N_("กำลังเลิกการนำเข้า"), "undone": N_("เลิกการนำเข้าแล้ว"),
}  # fmt: skip
ROW_STATES = {
    "good": N_("นำเข้าได้"), "error": N_("ต้องแก้ไข"), "skipped": N_("ข้าม เพราะซ้ำ"), "applied": N_("นำเข้าแล้ว"), "kept": N_("คงไว้"), "undone": N_("เลิกแล้ว"),
}  # fmt: skip


def language() -> str:
    """Thai, unless the person chose English. A kept page is the same for everybody: its address says the language."""
    chosen = request.args.get("language") if is_shell() else request.cookies.get("language")
    return chosen if chosen in LANGUAGES else "th"


def is_shell() -> bool:
    """Whether the page is one that phones keep for offline: without user and token."""
    return request.blueprint == "shell"


def is_thai() -> bool:
    return str(get_locale() or "th").startswith("th")


def tr(text: str | Message | None) -> str:
    """A Thai source text (or a sentence of the catalogue) in the reader's language."""
    if text is None or text == "":
        return ""
    if isinstance(text, Message):
        params = {k: gettext(v) if k == "label" else v for k, v in text.params.items()}
        sentence = gettext(text.text)
        return sentence % params if params else sentence
    return gettext(text)


def problem_text(problem: Problem) -> str:
    """What is wrong with a cell of a list, in the reader's language."""
    params = {k: gettext(v) if k == "label" else v for k, v in problem.params.items()}
    sentence = gettext(problem.text)
    return sentence % params if params else sentence


def day(time: dt.datetime | dt.date | None) -> str:
    """"22 พ.ย. 2569", in Bangkok's time."""
    if time is None:
        return "–"
    local = time + clock.BANGKOK if isinstance(time, dt.datetime) else time
    if is_thai():
        return f"{local.day} {MONTHS[local.month - 1]} {local.year + BUDDHIST_ERA}"
    return f"{local.day} {MONTHS_EN[local.month - 1]} {local.year}"


def moment(time: dt.datetime | None) -> str:
    """"22 พ.ย. 2569 14:05 น." from naive UTC."""
    if time is None:
        return "–"
    return f"{day(time)} {time + clock.BANGKOK:%H:%M}{' น.' if is_thai() else ''}"


def ago(time: dt.datetime | None) -> str:
    """How long ago, in words, for lists."""
    if time is None:
        return "–"
    from models import utcnow

    minutes = int((utcnow() - time).total_seconds() // 60)
    if minutes < 1:
        return gettext("เมื่อสักครู่")
    if minutes < 60:
        return ngettext("%(num)s นาทีที่แล้ว", "%(num)s นาทีที่แล้ว", minutes)
    if minutes < 24 * 60:
        return ngettext("%(num)s ชั่วโมงที่แล้ว", "%(num)s ชั่วโมงที่แล้ว", minutes // 60)
    return day(time)


DEVICES = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Macintosh", "Mac"), ("Linux", "Linux"))
BROWSERS = (("Line/", "LINE"), ("FBA", "Facebook"), ("Edg", "Edge"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
            ("Safari", "Safari"))  # fmt: skip


def device_name(agent: str) -> str:
    """"Android · Chrome" of what a browser says about itself: enough for a person to know their own phone."""
    found = [next((name for mark, name in known if mark in agent), None) for known in (DEVICES, BROWSERS)]
    return " · ".join(filter(None, found)) or gettext("เครื่องที่ไม่ทราบชนิด")


def count(number: int | float | None) -> str:
    return "–" if number is None else f"{number:,}"


def format_named(text: str, **params: Any) -> str:
    """A translated sentence with its %(name)s filled in."""
    return text % params


def rate(number: float | None) -> str:
    """A rate a day: one decimal below ten."""
    return "–" if number is None else f"{number:,.1f}" if number < 10 else f"{number:,.0f}"


def short_day(on: dt.date) -> str:
    """"22 พ.ย." for scales."""
    return f"{on.day} {(MONTHS if is_thai() else MONTHS_EN)[on.month - 1]}"


def iso_day(text: str) -> str:
    """A day that is kept as ISO 8601."""
    return day(dt.date.fromisoformat(text))


def step_name(step: str | None) -> str:
    """A step of a province's certification in words."""
    return tr(rounds.STEPS[step][0] if step in rounds.STEPS else rounds.NOT_CERTIFIED)


def label(code: Any, field: str) -> str:
    """The label of a stored choice: `{{ camera.status|label("STATUS") }}`."""
    known = getattr(choices, field)
    return tr(known.get(code) or known.get(str(code)) or "–") if code is not None else "–"


def area(code: str | None) -> str:
    """An area's name with its kind: อำเภอเมืองนราธิวาส."""
    return places.full_name(code, "th" if is_thai() else "en") if code and places.find(code) else (code or "–")


def place_name(place: places.Place) -> str:
    return place.name if is_thai() else place.name_en


def answer(record: Record, question: Question) -> str:
    """The answer to a question as a person reads it; "ไม่ทราบ" where it is known that nobody knows; "–" where it is open."""
    value = record.__data__.get(question.name)
    if value is None and question.name in (record.not_known or []):
        return gettext("ไม่ทราบ")
    return as_read(question, value)


def conflicts_of(mutation_id: str | None) -> list[tuple[str, str, str]]:
    """(label, what stands, what was offered) of one's own message that met others' changes."""
    user = me()
    given = agencies.as_id(mutation_id or "")
    mutation = Mutation.get_or_none(Mutation.id == given, Mutation.owner == user.id) if user and given else None
    if mutation is None:
        return []
    questions = questions_of(mutation.kind)
    return [(tr(questions[name].label), as_read(questions[name], met["stands"]), as_read(questions[name], met["offered"]))
            for name, met in mutation.conflicts.items() if name in questions]  # fmt: skip


def as_read(question: Question, value: Any) -> str:
    """A stored value of a question in words."""
    if value is None:
        return "–"
    match question.kind:
        case "choice":
            return tr(question.choices.get(str(value), str(value)))
        case "many":
            return ", ".join(tr(question.choices.get(c, c)) for c in value)
        case "year" | "fiscal_year":
            return thai_year(value) if is_thai() else f"{value} ({thai_year(value)})"
        case "area":
            return area(value)
        case "agency":
            return ", ".join(agencies.names([str(value)])) or "–"
        case "agencies":
            return ", ".join(agencies.names(value)) or "–"
        case "money":
            return f"{Decimal(value):,.2f} {tr(question.unit)}"
        case "number" | "frequency":
            return f"{value:,.10g} {tr(question.unit)}".strip()
        case _:
            return str(value)


def may(verb: str, record: Any) -> bool:
    return scope.may(current_user.account, verb, record)


def may_read(question: Question, record: Record) -> bool:
    """Whether an answer may stand on this page; that a contact person does goes into the log."""
    allowed = scope.may_read(current_user.account, question, record)
    if allowed and question.personal and record.__data__.get(question.name) is not None:
        on_record.note_contact(record.id, scope.place_of_record(record))
    return allowed


def icon(name: str, size: int = 24) -> Markup:
    """One of the lucide icons that set-up put into static/vendor/icons.svg; decoration only."""
    from assets import asset

    return Markup('<svg class="icon" width="{0}" height="{0}" aria-hidden="true" focusable="false"><use href="{1}#{2}"></use></svg>').format(
        size, asset("vendor/icons.svg"), name
    )


def error_body(refusal: Refusal) -> dict[str, Any]:
    """The one JSON body of every refusal."""
    return {
        "ok": False, "error": refusal.code, "message": tr(refusal.message), "status": refusal.status,
        "errors": {name: {"error": message.code, "message": tr(message)} for name, message in refusal.errors.items()},
    }  # fmt: skip


def error_headers(refusal: Refusal) -> dict[str, str]:
    """What programs read of a refusal: how to show who they are, how long to wait (seconds)."""
    headers = {"WWW-Authenticate": 'Bearer realm="samruat"'} if refusal.code == "token" else {}
    seconds = refusal.message.params.get("seconds")
    return headers | ({"Retry-After": str(seconds)} if seconds else {})


def me() -> Account | None:
    """The account of this request, or None."""
    return current_user.account if not is_shell() and current_user.is_authenticated else None


def phone_user() -> dict[str, Any]:
    """What a phone remembers of the person who is logged in, to know whose drafts and waiting items are shown."""
    user = current_user.account
    return {"uid": str(user.id), "name": user.name, "username": user.username, "role": user.role}


def rule_of(question: Question) -> dict[str, Any]:
    """What the phone checks about an answer before it seals it (static/js/checks.js)."""
    low, high = question.range
    rule = {"kind": question.kind, "required": question.required, "limit": question.limit, "low": low, "high": high, "whole": question.whole,
            "ahead": question.ahead, "choose": bool(question.choices) or question.kind == "area"}  # fmt: skip
    return {name: value for name, value in rule.items() if value not in (None, False, 0, "") or (name == "low" and value == 0)}


def keeping(kind: str, record: Any = None, site: Any = None, camera: Any = None) -> Markup:
    """The attributes by which the phone's scripts know what a form is about: a new record or an edit, its parent, where to go on."""
    said = {"mode": "edit" if record else "new"}
    if not is_shell():
        said["epoch"] = epoch()
        if kind == "camera" and not record:
            said |= {"parent": site.id, "parent-key": "site_id", "site": site.id, "done": url_for("sites.show", site_id=site.id),
                     "another": url_for("cameras.new", site_id=site.id)}  # fmt: skip
        elif kind == "update":
            said |= {"parent": camera.id, "parent-key": "camera_id", "site": site.id, "done": url_for("cameras.show", camera_id=camera.id),
                     "label": camera.label or ""}  # fmt: skip
        else:
            said |= {"done": f"/{kind}s/{{record}}", "site": site.id if kind == "camera" else record.id if record else ""}
    return Markup(" ").join(Markup('data-{0}="{1}"').format(name, value) for name, value in said.items())


FLAGS = {
    "too_many_pixels": N_("ภาพใหญ่มาก เก็บต้นฉบับไว้แต่ไม่แสดง"), "damaged": N_("ไฟล์ภาพเสียหายบางส่วน"), "animated": N_("ภาพเคลื่อนไหว แสดงเฉพาะภาพแรก"),
}  # fmt: skip


def photo_flags(flags: list[str]) -> str:
    """What was noticed about a photo's file, in words."""
    return ", ".join(tr(FLAGS.get(flag, flag)) for flag in flags)


def exif_time(text: str | None) -> str:
    """The camera's own local time as it claims it, not converted."""
    return f"{day(dt.datetime.fromisoformat(text).date())} {text[11:16]}" if text else "–"


def questions_of(kind: str) -> dict[str, Question]:
    return asked(RECORDS[kind])


def home_bounds() -> list[list[float]] | None:
    """[[south, west], [north, east]] of the one province that a person works in, where a map may open."""
    user = me()
    if user is None or len(user.provinces or []) != 1:
        return None
    south, west, north, east = places.bounds(user.provinces[0])
    return [[south, west], [north, east]]


def error_text(code: str) -> str:
    """A sentence of the catalogue for scripts to show."""
    return gettext(CATALOGUE[code][1])


def register(app: Flask) -> None:
    """Makes all of this available in templates."""
    for function in (tr, day, moment, ago, count, label, area, place_name, device_name, problem_text, rate, short_day, iso_day, step_name, format_named):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals.update(
        answer=answer, may=may, may_read=may_read, icon=icon, me=me, format_position=format_position, google_maps_url=google_maps_url,
        to_mgrs=to_mgrs, choices=choices, shown_position=lambda record: scope.shown_position(current_user.account, record),
        STATUS_ICON=STATUS_ICON, REVIEW=REVIEW, IMPORT_STATES=IMPORT_STATES, ROW_STATES=ROW_STATES,
        ROLES=scope.ROLES, settings=app.config["SETTINGS"], language=language, thai_year=thai_year,
        photo_flags=photo_flags, exif_time=exif_time, questions_of=questions_of, conflicts_of=conflicts_of, home_bounds=home_bounds,
        error_text=error_text, new_id=uuid.uuid4, phone_user=phone_user, rule_of=rule_of, keeping=keeping, as_read=as_read,
        districts_of=places.districts, is_demo=is_demo, may_reveal=lambda record: scope.may_reveal(current_user.account, record),
        camera_type_question=lambda: questions_of("camera")["camera_type"],
    )  # fmt: skip
    app.jinja_env.policies["ext.i18n.trimmed"] = True
