"""The official report as PDF: letter, figures, map, the guideline's tables, signature blocks, and a page that says what it was made of.

A PDF cannot hold its own hash. It holds the data that its pages were set from (data.json, attached) and states the SHA-256 of these, and that
of the workbook which goes beside it; both stand in the log too.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from models import Account, utcnow
from survey import choices, clock, listing, papers, places
from survey.errors import Refusal
from survey.exchange import exported, written
from survey.reports import annexes
from survey.reports.annexes import Annex
from survey.reports.heads import Answer
from survey.reports.letter import Letter, area_name

EMBLEMS = (".svg", ".png", ".jpg", ".jpeg")
MOST_EMBLEM = 2 * 1024 * 1024
COLUMNS = {"usable": "ใช้การได้", "unusable": "ใช้การไม่ได้", "apart": "สภาพอื่น", "cameras": "กล้อง (ตัว)", "baht": "งบประมาณ (บาท)",
           "severity_3": "มาก", "severity_2": "ปานกลาง", "severity_1": "น้อย", "severity_0": "ไม่มีปัญหา"}  # fmt: skip


@dataclass
class Report:
    """A report: its PDF, the workbook beside it (None when it has none), how many rows its tables count, and the hashes that it states."""

    name: str
    pdf: bytes
    workbook: bytes | None
    rows: int
    hashes: dict[str, str]


def is_beside(found: list[Annex]) -> bool:
    """Whether a table is too long for paper, so that the workbook has to go beside the report; not where that could not hold it either."""
    return any(not annex.is_printed for annex in found) and not is_beyond(found)


def is_beyond(found: list[Annex]) -> bool:
    """Whether a table is too long for a workbook too: its rows go out as delimited text, from the page of exports."""
    return any(annex.count > written.MOST_ROWS for annex in found)


def make(user: Account, origin: str, wanted: listing.Filter, letter: Letter, *, workbook: bool = False, classification: str = "", emblem: str = "") -> Report:
    """Makes the report of what a list's filter asks for, within what the user may see. Raises Refusal: paper, emblem."""
    mark = letter.mark(classification)
    tables = annexes.annexes(user, origin, wanted, letter.numbered)
    now, name = utcnow(), f"samruat-report-{clock.today():%Y%m%d}"
    book: bytes | None = None
    if (workbook or is_beside(tables)) and not is_beyond(tables):
        with written.write_workbook(user, origin, wanted, str, mark) as file:
            book = file.read()
    hashes = {f"{name}.xlsx": hashlib.sha256(book).hexdigest()} if book is not None else {}
    facts = _facts(user, origin, wanted, letter, tables)
    facts |= {"made": letter.numbered(f"{papers.long_date(now)} เวลา {now + clock.BANGKOK:%H.%M} น."), "filter": described(origin, wanted, letter),
              "files": hashes}  # fmt: skip
    said = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    hashes = {"data.json": hashlib.sha256(said.encode()).hexdigest(), **hashes}
    drawn = annexes.map_of(user, origin, wanted)
    pdf = papers.make("report", {"facts": said, "hash": hashes["data.json"], "digits": letter.digits, "mark": mark, "emblem": _emblem(emblem),
                                 "map": drawn, "beside": f"{name}.xlsx" if book is not None else "", "limit": f"{annexes.MOST_PRINTED:,}",
                                 "account": user.username})  # fmt: skip
    return Report(name, pdf, book, sum(annex.count for annex in tables), hashes)


def write_archive(report: Report, file: IO[bytes]) -> None:
    """The report and the workbook beside it as one archive."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{report.name}.pdf", report.pdf)
        if report.workbook is not None:
            archive.writestr(f"{report.name}.xlsx", report.workbook)
    file.seek(0)


def _facts(user: Account, origin: str, wanted: listing.Filter, letter: Letter, tables: list[Annex]) -> dict[str, Any]:
    """Everything that the pages say, as they say it."""
    number = letter.numbered
    summary = annexes.summary(user, origin, wanted)
    totals = [{"name": name, "approved": number(f"{official:,}"), "others": number(f"{others:,}"), "all": number(f"{official + others:,}"), "unit": unit}
              for name, official, others, unit in summary.totals]  # fmt: skip
    groups = [{"title": title, "answers": [_charted(answer, letter) for answer in answers if answer.rows]} for title, answers in summary.groups]
    shown = asdict(letter) | {part: number(getattr(letter, part)) for part in ("office", "address", "subject", "to", "opening", "closing", "name", "position",
                                                                                "on_behalf", "unit", "phone")}  # fmt: skip
    for part in ("refers", "more", "address", "on_behalf", "position", "opening", "closing"):
        shown[part] = [line.strip() for line in number(getattr(letter, part)).splitlines() if line.strip()]
    listed = [{"number": number(t.number), "title": t.title, "count": number(f"{t.count:,}"), "unit": t.unit, "printed": t.is_printed,
               "heads": [head.split("\n") for head in t.heads], "rows": t.rows, "columns": len(t.heads),
               "total": _total(t.kind, totals)} for t in tables]  # fmt: skip
    return {"letter": shown | {"urgent": letter.urgent}, "area": area_name(user, wanted.province), "totals": totals,
            "groups": [group for group in groups if group["answers"]], "annexes": listed, "figures": _sentence(totals)}  # fmt: skip


def _charted(answer: Answer, letter: Letter) -> dict[str, Any]:
    """An answer as rows of words, numbers and the lengths of their bars (0 to 1)."""
    number, highest = letter.numbered, answer.highest or 1
    rows = [{"label": row.label, "approved": number(f"{row.official:,}"), "others": number(f"{row.others:,}"), "all": number(f"{row.all:,}"),
             "dark": round(row.official / highest, 4), "light": round(row.others / highest, 4),
             "extra": [number(f"{row.extra.get(column, 0):,}") for column in answer.columns]} for row in answer.rows]  # fmt: skip
    mean = number(f"{answer.mean:.2f}") if answer.mean is not None else ""
    return {"title": answer.title, "rows": rows, "columns": [COLUMNS[column] for column in answer.columns], "mean": mean}


def _sentence(totals: list[dict[str, str]]) -> str:
    """The paragraph of the letter that gives the figures."""
    by = {line["name"]: line for line in totals}
    return (f"บัดนี้ ได้ดำเนินการสำรวจแล้ว มีจุดติดตั้ง {by['จุดติดตั้ง']['all']} จุด กล้อง {by['กล้อง']['all']} ตัว ในจำนวนนี้ตรวจสอบและรับรองแล้ว "
            f"{by['กล้อง']['approved']} ตัว และเสนอจุดติดตั้งเพิ่มเติม {by['จุดติดตั้งเพิ่มเติม']['all']} จุด กล้อง {by['กล้องที่ต้องการเพิ่ม']['all']} ตัว "
            "รายละเอียดปรากฏตามสิ่งที่ส่งมาด้วย")  # fmt: skip


TOTALS = {"camera": ("จุดติดตั้ง", "กล้อง"), "point": ("จุดติดตั้งเพิ่มเติม", "กล้องที่ต้องการเพิ่ม", "งบประมาณที่ต้องการ"), "report": ("รายงานปัญหาอุปสรรค",)}


def _total(kind: str, totals: list[dict[str, str]]) -> str:
    """The last line of a table."""
    by = {line["name"]: line for line in totals}
    return "รวม " + " · ".join(f"{name} {by[name]['all']} {by[name]['unit']}" for name in TOTALS[kind])


def described(origin: str, wanted: listing.Filter, letter: Letter) -> list[str]:
    """A list's filter in words, one a line; "ทุกรายการ…" where it asks nothing."""
    statuses = choices.PROJECT_STATUS if origin == "point" else choices.STATUS
    named = [("พื้นที่", " ".join(places.full_name(code) for code in (wanted.province, wanted.district) if code)), ("คำค้น", wanted.text),
             ("สถานะ", statuses.get(wanted.status, wanted.status)), ("ประเภทหน่วยงานเจ้าของ", choices.OWNER_SECTOR.get(wanted.sector, wanted.sector)),
             ("เฉพาะที่ผู้จัดทำบันทึก", "ใช่" if wanted.mine else ""), ("ที่มาของตัวเลข", f"{wanted.by} = {wanted.code or '(ไม่ระบุ)'}" if wanted.by else "")]  # fmt: skip
    lines = [f"{name}: {value}" for name, value in named if value]
    own = f"ตัวกรองนี้เป็นของตาราง {letter.numbered(exported.TITLES[origin])} ตารางอื่นกรองเฉพาะพื้นที่"
    return [*lines, own] if lines else ["ทุกรายการในพื้นที่ของบัญชีผู้จัดทำ"]


def _emblem(path: str) -> dict[str, Any] | None:
    """The operator's emblem for the template. Raises Refusal("emblem")."""
    if not path:
        return None
    file = Path(path)
    try:
        if file.suffix.lower() not in EMBLEMS or file.stat().st_size > MOST_EMBLEM:
            raise Refusal("emblem")
        return {"bytes": list(file.read_bytes()), "format": file.suffix.lower().strip(".").replace("jpeg", "jpg")}
    except OSError as error:
        raise Refusal("emblem") from error
