"""What new and edit pages of all records share: show the form, take what was posted, send it through survey.sync.receive.

The way of browsers without scripts or without a place to keep anything; the others send through static/js/outbox.js.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from flask import make_response, redirect, render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from blueprints.shown import tr
from models import Photo, Record, Upload, utcnow
from survey import album, forms, scope, suggestions, sync
from survey.choices import PHOTO_KINDS
from survey.errors import Message, Refusal
from survey.merge import values_at
from survey.messages import PARENT_KEY, seal


def fill_in(kind: str, template: str, done: Callable[[uuid.UUID], str], record: Record | None = None, parent: Record | None = None,
            carried: Mapping[str, Any] | None = None, **shown: Any) -> Any:  # fmt: skip
    """A page that shows the form of a record (GET) or takes it (POST) and goes on to `done(record id)`."""
    def leave_out(form: forms.SurveyForm) -> None:
        if record is not None:
            form.leave_out(lambda question: not scope.may_fill_in(current_user.account, question, record), record.not_known)

    if request.method == "GET":
        form = forms.of_record(kind, record) if record else forms.empty(kind, carried)
        leave_out(form)
        return _page(template, form, kind, record, [], None, hidden_values(record), **shown)
    form = forms.form_class(kind)().take(request.form)
    leave_out(form)
    entries, errors = take_photos()
    try:
        errors = {**form.early_errors(), **errors}
        answer = send(form, kind, record, parent, entries, errors)
        address = done(uuid.UUID(answer["record_id"]))
        return redirect(_with_conflicts(address, answer), 303)
    except Refusal as refusal:
        if refusal.code == "not_yours":  # somebody else is logged in now: what was typed waits for its author
            return render_template("auth/login.html", kept=typed(), kept_action=request.path, next="", message=refusal.message), 403
        if refusal.code not in ("invalid", "same_id"):
            raise
        form.show_errors(refusal.errors)
        return _page(template, form, kind, record, entries, refusal, request.form, **shown), 400


def typed() -> list[tuple[str, str]]:
    """What was posted, to be carried through another page and posted again (files cannot be)."""
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def _with_conflicts(address: str, answer: sync.Answer) -> str:
    """The next page's address; it is told which message met conflicts, so that nobody believes to have been stored who was not."""
    if not answer.get("conflicts"):
        return address
    path, mark, place = address.partition("#")
    return f"{path}{'&' if '?' in path else '?'}conflict={answer['mutation_id']}{mark}{place}"


def hidden_values(record: Record | None) -> dict[str, str]:
    """What the form carries so that a second press of "send" is the same message: ids, base revision, time."""
    return {
        "form_id": str(uuid.uuid4()), "record_id": str(record.id if record else uuid.uuid4()),
        "base_rev": str(record.rev) if record else "", "opened_at": utcnow().isoformat(), "owner": str(current_user.account.id),
    }  # fmt: skip


def send(form: forms.SurveyForm, kind: str, record: Record | None, parent: Record | None, entries: list[dict[str, Any]],
         errors: dict[str, Message]) -> sync.Answer:  # fmt: skip
    """Composes the message that a phone would have sent and has it received. Raises Refusal("invalid") with all errors at once."""
    posted, account = request.form, current_user.account
    if posted.get("owner", str(account.id)) != str(account.id):
        raise Refusal("not_yours")
    record_id = record.id if record is not None else _uuid(posted.get("record_id"))
    again = None if record is not None else form.model.get_or_none(form.model.id == record_id)  # sent before: "back", corrected, sent once more
    before = record if record is not None else again
    if before is not None and not scope.may(account, "edit", before):
        raise Refusal("not_found")
    base_rev = before.rev if before is not None else None
    if record is not None:
        base_rev = int(posted["base_rev"]) if _is_number(posted.get("base_rev", "")) else base_rev
        answers = form.answers(record, values_at(record, base_rev))
    else:
        answers = form.answers() | ({PARENT_KEY[kind]: str(parent.id)} if parent is not None else {})
    photos = _photo_changes(entries, before)
    if again is not None:
        corrections = _corrections(answers, sync.sent_before(again.id, account))
        if not corrections and not any(photos.values()):
            return {"record_id": str(again.id)}
        if kind == "update":  # another tap is another observation
            record_id, before, base_rev = uuid.uuid5(again.id, seal(answers).decode()), None, None
        else:
            answers = corrections
    message = sync.compose(kind, record_id, answers, account, captured_at=_time(posted.get("opened_at")), base_rev=base_rev, photos=photos,
                           on_behalf=form.on_behalf)  # fmt: skip
    if errors:
        _refuse_with_the_rest(kind, answers, before is None, errors)
    payload = seal(message)
    mutation_id = uuid.uuid5(_uuid(posted.get("form_id")), hashlib.sha256(payload).hexdigest())
    return sync.receive(mutation_id, payload, account, strict=True, network=request.remote_addr)[0]


def _corrections(now: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from what this form has sent already; what the server filled in meanwhile is not touched."""
    return {name: now.get(name) for name in {**sent, **now} if now.get(name) != sent.get(name)}


def _refuse_with_the_rest(kind: str, answers: dict[str, Any], new: bool, errors: dict[str, Message]) -> None:
    """All errors at once, not one a visit: those of the answers beside those of photos and position."""
    from survey.messages import clean

    raise Refusal("invalid", {**clean(kind, answers, new).errors, **errors})


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _uuid(text: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        raise Refusal("unreadable") from None


def _time(text: str | None) -> dt.datetime:
    try:
        return min(dt.datetime.fromisoformat(text or ""), utcnow())
    except (ValueError, TypeError):
        return utcnow()


def take_photos() -> tuple[list[dict[str, Any]], dict[str, Message]]:
    """The form's photos: those already uploaded by the script (`photos-<n>-…`) and files posted with the form.

    A file that cannot be kept is named in the error; the others are kept, whatever else is wrong with the form.
    """
    entries, errors = [], {}
    for n in sorted({int(k.split("-")[1]) for k in request.form if k.startswith("photos-") and _is_number(k.split("-")[1])}):
        entry = {part: request.form.get(f"photos-{n}-{part}", "") for part in ("sha256", "kind", "caption", "latitude", "longitude", "accuracy_m", "taken_at")}
        entry["remove"] = request.form.get(f"photos-{n}-remove") == "yes"
        entry["blur"] = _json_list(request.form.get(f"photos-{n}-blur"))
        if album.is_hash(entry["sha256"]):
            entries.append(entry)
        elif not entry["remove"]:
            errors["photos"] = Message("photo_missing")
    kind = request.form.get("files_kind", "")
    for file in request.files.getlist("files"):
        if not file.filename:
            continue
        try:
            entries.append({"sha256": _keep(file).sha256, "kind": kind, "remove": False, "caption": "", "blur": []})
        except Refusal as refusal:
            errors["photos"] = refusal.message
    return entries, errors


def _keep(file: FileStorage) -> Upload:
    return album.accept(file.stream.read(album.MAX_BYTES + 1), current_user.account, network=request.remote_addr)[0]


def _json_list(text: str | None) -> list[Any]:
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def _photo_changes(entries: list[dict[str, Any]], before: Record | None) -> dict[str, Any]:
    """The photos part of the message: what is new, changed and removed beside what the record has."""
    had = {p.sha256: p for p in album.of_record(before)} if before is not None else {}
    add, change = [], []
    for entry in entries:
        if entry["remove"]:
            continue
        said = {k: v for k, v in entry.items() if k not in ("remove",) and v != ""}
        photo = had.get(entry["sha256"])
        if photo is None:
            add.append(said)
        elif (photo.kind or "", photo.caption or "", photo.blur or []) != (entry["kind"], entry["caption"], entry["blur"]):
            change.append({"sha256": entry["sha256"], "kind": entry["kind"], "caption": entry["caption"], "blur": entry["blur"]})
    return {"add": add, "change": change, "remove": [{"sha256": e["sha256"]} for e in entries if e["remove"] and e["sha256"] in had]}


def change_photo(photo: Photo, record: Record, said: dict[str, Any], form_id: str | None) -> None:
    """Changes one photo of a record, as an edit without answers."""
    change = {"change": [{"sha256": photo.sha256, **said}]}
    message = sync.compose(photo.record_kind, record.id, {}, current_user.account, captured_at=utcnow(), base_rev=record.rev, photos=change)
    sync.receive(uuid.uuid5(_uuid(form_id), seal(message).decode()), seal(message), current_user.account, strict=True, network=request.remote_addr)


def _page(template: str, form: forms.SurveyForm, kind: str, record: Record | None, entries: list[dict[str, Any]], refusal: Refusal | None,
          hidden: Mapping[str, str], **shown: Any) -> Any:  # fmt: skip
    """The form page. Photos of the record and photos of a form that came back stand together."""
    errors = [(name, tr(message)) for name, message in (refusal.errors if refusal else {}).items()]
    page = make_response(render_template(
        template, form=form, kind=kind, record=record, refusal=refusal, error_list=errors, hidden=hidden,
        photos=_photo_cards(record, entries), photo_kinds=PHOTO_KINDS[kind], areas=forms.area_options(form),
        suggestions=suggestions.for_form(current_user.account, kind), title=gettext("แก้ไข") if record else gettext("บันทึกใหม่"), **shown,
    ))  # fmt: skip
    page.headers["Cache-Control"] = "private, no-cache"  # going back to a half-filled form shows it as it was
    return page


def _photo_cards(record: Record | None, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the form shows of each photo: the stored ones, overlaid by what was just posted."""
    cards: dict[str, dict[str, Any]] = {}
    for photo in album.of_record(record) if record is not None else ():
        cards[photo.sha256] = {"sha256": photo.sha256, "kind": photo.kind or "", "caption": photo.caption or "", "blur": photo.blur, "id": photo.id,
                               "remove": False}  # fmt: skip
    for entry in entries:
        cards[entry["sha256"]] = {**cards.get(entry["sha256"], {}), **entry}
    return list(cards.values())
