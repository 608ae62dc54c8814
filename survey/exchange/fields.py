"""What a column of a list can be: every question of the form, and the few things that only lists have (a count, one-cell positions …).

A list is of one kind: "camera" (sites with their cameras, one row a camera or a site with a count), "point" or "report".
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models import Camera, ProblemReport, ProposedPoint, Site
from survey.questions import Question, asked
from survey.texts import N_

KINDS = {"camera": N_("กล้องและจุดติดตั้ง"), "point": N_("จุดติดตั้งเพิ่มเติม"), "report": N_("ปัญหาอุปสรรคและข้อเสนอแนะ")}
PARTS = {"camera": (("site", Site), ("camera", Camera)), "point": (("point", ProposedPoint),), "report": (("report", ProblemReport),)}
OF_CAMERA = {  # a camera's own ones; a site has the same names
    "latitude": N_("ละติจูดของกล้อง"), "longitude": N_("ลองจิจูดของกล้อง"), "details": N_("รายละเอียดของกล้อง"),
}  # fmt: skip
NOT_ASKED = ("position_source",)  # an import says it itself
EXTRA = {
    "position": N_("พิกัดในช่องเดียว"), "easting": N_("พิกัดตะวันออก (UTM)"), "northing": N_("พิกัดเหนือ (UTM)"), "zone": N_("โซน (UTM)"),
}  # fmt: skip
EXTRA_CAMERA = {
    "camera_count": N_("จำนวนกล้อง"), "working_count": N_("จำนวนที่ใช้การได้"), "broken_count": N_("จำนวนที่ใช้การไม่ได้"),
    "brand_and_model": N_("ยี่ห้อและรุ่นกล้อง"), "recorder": N_("ยี่ห้อและรุ่นเครื่องบันทึกภาพ"),
    "house_no": N_("บ้านเลขที่"), "moo": N_("หมู่ที่/หมู่บ้าน"), "soi": N_("ซอย"), "road": N_("ถนน"),
    "purpose": N_("วัตถุประสงค์"), "resolution": N_("ความละเอียด"), "direction": N_("ทิศทางกล้อง"), "remark": N_("หมายเหตุ"),
    "site_id": N_("รหัสจุดติดตั้งในระบบ"), "camera_id": N_("รหัสกล้องในระบบ"),
}  # fmt: skip
EXTRA_OTHER = {"remark": N_("หมายเหตุ"), "record_id": N_("รหัสรายการในระบบ")}
SILENT = {"serial": N_("ลำดับที่"), "not_wanted": N_("ไม่ใช่ข้อมูลที่สำรวจ")}  # known, and nothing is taken from them
NOTES = ("purpose", "direction", "remark", "resolution")  # become lines of the details, with the heading before them


@dataclass(frozen=True)
class Field:
    """One thing that a column can be. `part` is the record that it belongs to, `question` what checks it (None for EXTRA ones)."""

    name: str
    label: str
    part: str = ""
    question: Question | None = None

    @property
    def answer(self) -> str:
        """The question's own name: "camera_details" answers "details"."""
        return self.question.name if self.question else self.name


@cache
def fields_of(kind: str) -> dict[str, Field]:
    """Every field of a list of this kind, in the order of the form."""
    found: dict[str, Field] = {}
    for part, model in PARTS[kind]:
        for name, question in asked(model).items():
            if name not in NOT_ASKED:
                own = f"camera_{name}" if part == "camera" and name in OF_CAMERA else name
                found[own] = Field(own, question.label, part, question)
    extra = (EXTRA if kind != "report" else {}) | (EXTRA_CAMERA if kind == "camera" else EXTRA_OTHER) | SILENT
    return found | {name: Field(name, label) for name, label in extra.items()}


@cache
def english() -> gettext.NullTranslations:
    """The English texts of the labels, for lists with English headings and choices."""
    return gettext.translation("messages", Path(__file__).resolve().parents[2] / "translations", ["en"], fallback=True)
