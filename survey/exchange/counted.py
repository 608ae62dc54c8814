"""What only lists say: whose all rows are, several cameras in a count, two things in one cell, notes that have no question of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from survey.exchange import positions
from survey.exchange.fields import NOTES
from survey.exchange.measures import understand_count
from survey.exchange.problems import Problem, short
from survey.exchange.words import TICKS, code_of, is_blank, tidy
from survey.search import fold

if TYPE_CHECKING:
    from survey.exchange.rows import Checked, RowReader

Answers = dict[str, Any]
MOST_CAMERAS = 200  # of one row
OF_CAMERA_NOTES = ("resolution", "direction")


def complete_site(reader: RowReader, row: Checked, camera: Answers) -> None:
    """What only lists of cameras have: a count, a name to be made, brands in one cell, notes, the owner of all rows."""
    whose(reader, row, "owner_agency")
    _brands(reader, row, camera)
    _system_under_type(reader, row, camera)
    _address(reader, row)
    notes(reader, row, row.answers, [n for n in NOTES if n not in OF_CAMERA_NOTES])
    notes(reader, row, camera, OF_CAMERA_NOTES)
    if "camera_latitude" in reader.columns and reader.cell(row.cells, "camera_latitude").strip():
        latitude, longitude, _ = positions.from_two(reader.cell(row.cells, "camera_latitude"), reader.cell(row.cells, "camera_longitude"))
        if latitude is not None:
            camera |= {"latitude": latitude, "longitude": longitude}
    if not row.answers.get("install_point"):
        name = next((tidy(str(v)) for v in (row.answers.get("place"), row.answers.get("address"), camera.get("label")) if v), "")
        name = name or f"แถวที่ {row.number}"
        row.answers["install_point"] = name[:200]
        row.problems.append(Problem("name_made", "install_point", {"text": short(name)}))
    row.cameras = _cameras(reader, row, camera)


def whose(reader: RowReader, row: Checked, name: str) -> None:
    """Whose the row is: its own cell, else what was said of the whole file; an agency brings in only its own list."""
    if not name:
        return
    account, options = reader.options.account, reader.options
    unit = account.agency if account is not None and account.role == "agency" else None
    given = row.answers.get(name) or options.owner or (unit.name if unit else "")
    if unit is not None and given and fold(str(given)) not in (fold(unit.name), fold(unit.short_name or unit.name)):
        row.problems.append(Problem("other_agency", name, {"text": short(str(given))}))
    elif unit is not None:
        given = str(unit.id)
    if given:
        row.answers[name] = given
    else:
        row.problems.append(Problem("owner_missing", name))


def _address(reader: RowReader, row: Checked) -> None:
    """An address whose parts stand in columns of their own, written as people write it."""
    parts = [tidy(str(row.answers.get("address") or ""))]
    for name, word in (("house_no", "เลขที่ "), ("moo", "หมู่ที่ "), ("soi", "ซอย"), ("road", "ถนน")):
        text = tidy(reader.cell(row.cells, name))
        if not is_blank(text):
            parts.append(f"{word}{text}" if text[:1].isdigit() or (name in ("soi", "road") and text[:1] > "ก" and not text.startswith(word)) else text)
    whole = " ".join(part for part in parts if part)
    if whole:
        row.answers["address"] = whole


def _system_under_type(reader: RowReader, row: Checked, camera: Answers) -> None:
    """Under "type of camera" many write its system (IP, analogue)."""
    text = str(camera.get("camera_type_other") or "")
    question = reader.known["camera_system"].question
    meant = code_of(question, text) if question and camera.get("camera_type") == "other" and "camera_system" not in camera else None
    if question and meant and meant[0] != "other":
        camera["camera_system"] = meant[0]
        del camera["camera_type"], camera["camera_type_other"]
        row.problems = [p for p in row.problems if (p.kind, p.field) != ("choice_other", "camera_type")]
        row.problems.append(Problem("choice_understood", "camera_type", {"text": short(text), "label": question.choices[meant[0]]}))


def _brands(reader: RowReader, row: Checked, camera: Answers) -> None:
    for name, brand, model, into in (("brand_and_model", "camera_brand", "camera_model", camera),
                                     ("recorder", "recorder_brand", "recorder_model", row.answers)):  # fmt: skip
        text = tidy(reader.cell(row.cells, name))
        if not is_blank(text):
            first, _, rest = text.partition("/") if "/" in text else text.partition(" ")
            into[brand] = first.strip()[:80]
            if rest.strip():
                into[model] = rest.strip()


def notes(reader: RowReader, row: Checked, answers: Answers, names: Sequence[str]) -> None:
    """What stands in columns without a question of their own becomes lines of the details."""
    for name in names:
        text = tidy(reader.cell(row.cells, name), lines=True)
        if name in reader.columns and not is_blank(text):
            add_line(answers, reader.plan.headings[reader.columns[name]].strip() or reader.known[name].label, text)


def _cameras(reader: RowReader, row: Checked, camera: Answers) -> list[Answers]:
    """The cameras of a row: one, or as many as its count says, with the conditions that its counts of working and broken ones say."""
    working, broken = (_count(reader, row, n) for n in ("working_count", "broken_count"))
    counted = _count(reader, row, "camera_count")
    total = counted if counted is not None else (working or 0) + (broken or 0) if (working or broken) else 1
    if max(total, (working or 0) + (broken or 0)) > MOST_CAMERAS:
        row.problems.append(Problem("count", "camera_count", {"text": str(total), "limit": MOST_CAMERAS}))
        return []
    total = max(total, (working or 0) + (broken or 0))
    statuses = ["working"] * (working or 0) + ["not_working"] * (broken or 0)
    made = []
    for n in range(total):
        one = {"status": "not_verified", **camera}
        if "status" not in camera and n < len(statuses):
            one["status"] = statuses[n]
        if total > 1 and camera.get("label"):
            one["label"] = f"{str(camera['label'])[:70]} ({n + 1}/{total})"
        made.append(one)
    return made


def _count(reader: RowReader, row: Checked, name: str) -> int | None:
    text = reader.cell(row.cells, name).strip()
    if name not in reader.columns or is_blank(text):
        return None
    if name != "camera_count" and text.casefold() in TICKS:
        return 1
    found = understand_count(text)
    if found is None or found > MOST_CAMERAS:
        row.problems.append(Problem("count", name, {"text": short(text), "limit": MOST_CAMERAS}))
        return None
    return found


def add_line(answers: Answers, heading: str, text: str) -> None:
    """A line of the details: what has no question of its own is kept there, with the heading that it stood under."""
    line = f"{tidy(heading)}: {text}"
    known = answers.get("details")
    answers["details"] = f"{known}\n{line}" if known else line
