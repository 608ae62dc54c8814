"""The questions that the national committee and the centre ask, each answered as rows of official and other numbers. Pages are groups of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models import GONE, ProblemReport
from survey import choices, clock, places, readiness
from survey.facts import TROUBLES
from survey.listing import BEHIND
from survey.questions import asked as questions_of
from survey.reports.source import Counts, Figures
from survey.texts import N_

Labels = Mapping[str, str]
BANDS: dict[str, Labels] = {
    "retention": {"0": N_("ไม่บันทึก"), "1-6": N_("1–6 วัน"), "7-14": N_("7–14 วัน"), "15-29": N_("15–29 วัน"), "30-89": N_("30–89 วัน"), "90+": N_("90 วันขึ้นไป")},
    "access": {"0": N_("ภายในวันเดียว"), "1-3": N_("1–3 วัน"), "4-7": N_("4–7 วัน"), "8-30": N_("8–30 วัน"), "31+": N_("เกิน 30 วัน")},
    "contact": {"both": N_("มีชื่อและโทรศัพท์"), "part": N_("มีบางส่วน"), "none": N_("ไม่มีผู้ติดต่อ")},
    "photos": {"here": N_("มีภาพครบ"), "waiting": N_("รอภาพจากโทรศัพท์"), "none": N_("ไม่มีภาพ")},
    "position": {"0-10": N_("คลาดเคลื่อนไม่เกิน 10 เมตร"), "11-50": N_("11–50 เมตร"), "50+": N_("เกิน 50 เมตร"), "unknown": N_("ไม่ทราบความคลาดเคลื่อน"),
                 "none": N_("ไม่มีพิกัด")},
    "complete": {"yes": N_("ครบทุกข้อ"), "no": N_("ยังไม่ครบ")},
}  # fmt: skip
CHOICES: dict[str, Labels] = {
    "status": choices.STATUS, "owner_sector": choices.OWNER_SECTOR, "place_type": choices.PLACE_TYPE, "camera_system": choices.CAMERA_SYSTEM,
    "problems": choices.PROBLEMS, "effectiveness_day": choices.EFFECTIVENESS, "effectiveness_night": choices.EFFECTIVENESS, "sufficiency": choices.SUFFICIENCY,
    "network_linked": choices.NETWORK_LINKED, "network_type": choices.NETWORK_TYPE, "mobile_view": choices.MOBILE_VIEW, "disclosure": choices.DISCLOSURE,
    "project_status": choices.PROJECT_STATUS, "reason_type": choices.REASON_TYPE, "priority": choices.PRIORITY, "maintenance": choices.MAINTENANCE,
} | BANDS  # fmt: skip
USABLE = N_("ใช้การได้")
UNUSABLE = N_("ใช้การไม่ได้")
APART = N_("สภาพอื่น (แสดงแยก)")


@dataclass
class Row:
    """One line of an answer: official (approved) and other records; `extra` are further figures of the same line."""

    code: str
    label: str
    official: int = 0
    others: int = 0
    extra: dict[str, int] = field(default_factory=dict)
    area: str = ""

    @property
    def all(self) -> int:
        return self.official + self.others


@dataclass
class Answer:
    """A question's answer. `by` is what the list behind it is asked for; `years` are labels of the Buddhist era; `mean` leaves out 0."""

    key: str
    title: str
    kind: str
    rows: list[Row]
    by: str = ""
    years: bool = False
    mean: float | None = None
    columns: Sequence[str] = ()  # of `extra`

    @property
    def official(self) -> int:
        return sum(row.official for row in self.rows)

    @property
    def others(self) -> int:
        return sum(row.others for row in self.rows)

    @property
    def highest(self) -> int:
        return max([row.all for row in self.rows], default=0)


def _split(states: Counter[str]) -> tuple[int, int]:
    return states["approved"], sum(number for state, number in states.items() if state != "approved")


def _rows(counts: Counts, labels: Labels | None, most: int = 0) -> list[Row]:
    """Rows in the order of the labels (or by number where there are none); what is not stated comes last."""
    order = [*labels, *(code for code in counts if code not in labels)] if labels else sorted(counts, key=lambda code: -sum(counts[code].values()))
    rows = []
    for code in order:
        if code in counts and code != "":
            official, others = _split(counts[code])
            rows.append(Row(code, labels.get(code, code) if labels else code, official, others))
    rows = rows[:most] if most else rows
    if counts.get(""):
        official, others = _split(counts[""])
        rows.append(Row("", N_("ไม่ระบุ"), official, others))
    return [row for row in rows if row.all]


def _answer(key: str, title: str, kind: str, counts: Counts, **more: object) -> Answer:
    by = f"{kind}.{key}" if f"{kind}.{key}" in BEHIND else ""
    return Answer(key, title, kind, _rows(counts, CHOICES.get(key)), by=by, **more)  # type: ignore[arg-type]


def usability(counts: Counts) -> list[Row]:
    """The official three: usable, unusable, and every other condition apart."""
    groups = ((USABLE, readiness.USABLE, "usable"), (UNUSABLE, readiness.UNUSABLE, "unusable"),
              (APART, tuple(c for c in counts if c not in (*readiness.USABLE, *readiness.UNUSABLE)), "apart"))  # fmt: skip
    rows = []
    for label, codes, key in groups:
        official, others = _split(sum((counts.get(code, Counter()) for code in codes), Counter[str]()))
        rows.append(Row(key, label, official, others))
    return rows


def _mean(counts: Counts) -> float | None:
    """The mean of grades of all records; 0 (could not be judged) never counts."""
    grades = {int(code): sum(states.values()) for code, states in counts.items() if code.isdecimal() and code != "0"}
    number = sum(grades.values())
    return round(sum(grade * n for grade, n in grades.items()) / number, 2) if number else None


def by_province(figures: Figures, kind: str = "camera") -> Answer:
    """How many by province, with usable, unusable and apart beside for cameras."""
    rows = []
    for area, counts in figures.by_area(kind, "status" if kind == "camera" else "complete").items():
        place = places.find(area)
        official, others = _split(sum(counts.values(), Counter[str]()))
        extra = {row.code: row.all for row in usability(counts)} if kind == "camera" else {}
        rows.append(Row(area, place.name if place else N_("ไม่ระบุ"), official, others, extra, area))
    rows.sort(key=lambda row: -row.all)
    columns = ("usable", "unusable", "apart") if kind == "camera" else ()
    return Answer("province", N_("จังหวัด"), kind, [row for row in rows if row.all], by="province", columns=columns)


def overview(figures: Figures) -> dict[str, object]:
    """The committee's four heads in figures: number, effectiveness, linkage, points needed."""
    camera = figures.by_question("camera", ("status", "effectiveness_day", "effectiveness_night", "network_linked"))
    site = figures.by_question("site", ("complete", "sufficiency"))
    point = figures.by_question("point", ("project_status", "project_status#", "project_status$"))
    total = {name: Row(name, "", *_split(sum(counts.values(), Counter[str]()))) for name, counts in
             (("camera", camera["status"]), ("site", site["complete"]), ("point", point["project_status"]), ("needed", point["project_status#"]),
              ("satang", point["project_status$"]))}  # fmt: skip
    return {
        "total": total, "usability": usability(camera["status"]), "linked": _rows(camera["network_linked"], choices.NETWORK_LINKED),
        "day": _mean(camera["effectiveness_day"]), "night": _mean(camera["effectiveness_night"]),
        "sufficiency": _rows(site["sufficiency"], choices.SUFFICIENCY),
    }  # fmt: skip


def number(figures: Figures) -> list[Answer]:
    """Head 1: how many cameras, where, whose, of what kind, how old."""
    found = figures.by_question("camera", ("owner_sector", "place_type", "camera_system", "install_year"))
    years = dict(sorted(found["install_year"].items(), reverse=True))
    return [
        by_province(figures), _answer("owner_sector", N_("ประเภทหน่วยงานเจ้าของ"), "camera", found["owner_sector"]),
        _answer("place_type", N_("ประเภทสถานที่"), "camera", found["place_type"]), _answer("camera_system", N_("ระบบกล้อง"), "camera", found["camera_system"]),
        Answer("install_year", N_("ปีที่ติดตั้ง"), "camera", _rows(years, {code: code for code in years}), by="camera.install_year", years=True),
    ]  # fmt: skip


def effectiveness(figures: Figures) -> list[Answer]:
    """Head 2: working or not, by problem; effectiveness by day and night; sufficiency."""
    found = figures.by_question("camera", ("status", "problems", "effectiveness_day", "effectiveness_night", "maintenance"))
    site = figures.by_question("site", ("sufficiency",))
    return [
        Answer("usability", N_("ใช้การได้และใช้การไม่ได้"), "camera", usability(found["status"])), _answer("status", N_("สภาพกล้อง"), "camera", found["status"]),
        _answer("problems", N_("สภาพปัญหาที่พบ"), "camera", found["problems"]),
        _answer("effectiveness_day", N_("ประสิทธิภาพ กลางวัน"), "camera", found["effectiveness_day"], mean=_mean(found["effectiveness_day"])),
        _answer("effectiveness_night", N_("ประสิทธิภาพ กลางคืน"), "camera", found["effectiveness_night"], mean=_mean(found["effectiveness_night"])),
        _answer("sufficiency", N_("ความเพียงพอ (จุดติดตั้ง)"), "site", site["sufficiency"]),
        _answer("maintenance", N_("การบำรุงรักษา"), "camera", found["maintenance"]),
    ]  # fmt: skip


def linkage(figures: Figures) -> list[Answer]:
    """Head 3: linked, to which centre and by what."""
    camera = figures.by_question("camera", ("network_linked", "mobile_view"))
    site = figures.by_question("site", ("network_linked", "control_centre", "network_type"))
    return [
        _answer("network_linked", N_("การเชื่อมโยง (กล้อง)"), "camera", camera["network_linked"]),
        _answer("network_linked", N_("การเชื่อมโยง (จุดติดตั้ง)"), "site", site["network_linked"]),
        Answer("control_centre", N_("เชื่อมต่อกับศูนย์ (20 อันดับแรก)"), "site", _rows(site["control_centre"], None, 20), by="site.control_centre"),
        _answer("network_type", N_("รูปแบบของเครือข่าย"), "site", site["network_type"]),
        _answer("mobile_view", N_("การดูผ่านโทรศัพท์เคลื่อนที่"), "camera", camera["mobile_view"]),
    ]  # fmt: skip


def points(figures: Figures) -> list[Answer]:
    """Head 4: proposed points by status, reason, urgency, amount and source of budget."""
    asked = ("project_status", "priority", "budget_source")
    found = figures.by_question("point", (*asked, *(f"{q}#" for q in asked), *(f"{q}$" for q in asked), "reason_type"))
    answers = []
    for key, title in (("project_status", N_("สถานะของโครงการ")), ("priority", N_("ความเร่งด่วน")), ("budget_source", N_("แหล่งงบประมาณ (20 อันดับแรก)"))):
        rows = _rows(found[key], CHOICES.get(key), 0 if key in CHOICES else 20)
        answer = Answer(key, title, "point", rows, by=key if key == "project_status" else "", columns=("cameras", "baht"))
        for row in answer.rows:
            cameras, satang = (sum(found[f"{key}{mark}"].get(row.code, Counter()).values()) for mark in "#$")
            row.extra = {"cameras": cameras, "baht": satang // 100}
        answers.append(answer)
    return [*answers, _answer("reason_type", N_("เหตุผล"), "point", found["reason_type"]), by_province(figures, "point")]


def footage(figures: Figures) -> list[Answer]:
    """How long footage is kept, who gets it and how fast, and how ready it is: each part, and all of them."""
    site = figures.by_question("site", ("retention", "disclosure", "access"))
    marks = figures.by_question("camera", ("readiness",))["readiness"]
    today = clock.today()
    parts = {part: Row(part, label) for part, label in readiness.PARTS.items()} | {"ready": Row("ready", N_("พร้อมใช้ทุกข้อ"))}
    for code, states in marks.items():
        official, others = _split(states)
        having = readiness.parts_of(code, today)
        for part in [*(p for p, there in having.items() if there), *(["ready"] if all(having.values()) else [])]:
            parts[part].official += official
            parts[part].others += others
    ready = [parts["ready"], *(parts[part] for part in readiness.PARTS)]
    return [
        Answer("readiness", N_("ความพร้อมของภาพ (กล้อง)"), "camera", ready if marks else []),
        _answer("retention", N_("ระยะเวลาจัดเก็บ (จุดติดตั้ง)"), "site", site["retention"]),
        _answer("disclosure", N_("การเปิดเผยข้อมูล (จุดติดตั้ง)"), "site", site["disclosure"]),
        _answer("access", N_("เวลาในการขอดูภาพ (จุดติดตั้ง)"), "site", site["access"]),
    ]  # fmt: skip




def problems(figures: Figures) -> list[Answer]:
    """What the problem reports say: by kind of trouble, with severity beside."""
    found = figures.by_question("report", TROUBLES)
    labels = {name: questions_of(ProblemReport)[name].label for name in TROUBLES}
    rows = []
    for name in TROUBLES:
        official, others = _split(sum(found[name].values(), Counter[str]()))
        severity = {f"severity_{level}": sum(found[name].get(level, Counter()).values()) for level in ("3", "2", "1", "0")}
        rows.append(Row(name, labels[name], official, others, severity))
    columns = ("severity_3", "severity_2", "severity_1", "severity_0")
    return [Answer("troubles", N_("ปัญหาแต่ละด้าน (รายงาน)"), "report", [row for row in rows if row.all], columns=columns)]


def texts(figures: Figures, most: int = 50) -> list[ProblemReport]:
    """The newest problem reports behind the figures, with their texts."""
    if figures.asked.is_nothing:
        return []
    return list(figures.records("report").where(ProblemReport.review_state.not_in(GONE)).order_by(ProblemReport.rev.desc()).limit(most))


def quality(figures: Figures) -> list[Answer]:
    """How good the records are: contact, photos, position, completeness."""
    site = figures.by_question("site", ("contact", "position", "complete", "photos"))
    camera = figures.by_question("camera", ("complete", "photos"))
    return [
        _answer("contact", N_("ผู้ติดต่อ (จุดติดตั้ง)"), "site", site["contact"]), _answer("position", N_("คุณภาพพิกัด (จุดติดตั้ง)"), "site", site["position"]),
        _answer("complete", N_("ความครบถ้วน (จุดติดตั้ง)"), "site", site["complete"]), _answer("complete", N_("ความครบถ้วน (กล้อง)"), "camera", camera["complete"]),
        _answer("photos", N_("ภาพ (จุดติดตั้ง)"), "site", site["photos"]), _answer("photos", N_("ภาพ (กล้อง)"), "camera", camera["photos"]),
    ]  # fmt: skip


PAGES = {
    "number": (N_("1 จำนวน"), number), "effectiveness": (N_("2 ประสิทธิภาพ"), effectiveness), "linkage": (N_("3 การเชื่อมโยง"), linkage),
    "points": (N_("4 จุดที่ต้องการเพิ่ม"), points), "footage": (N_("ภาพย้อนหลัง"), footage), "problems": (N_("ปัญหาอุปสรรค"), problems),
    "quality": (N_("คุณภาพข้อมูล"), quality),
}  # fmt: skip


def compared(figures: Figures) -> list[Row]:
    """Provinces side by side: cameras, usable, linked, grades by day and night, footage kept long enough."""
    status, linked = figures.by_area("camera", "status"), figures.by_area("camera", "network_linked")
    day, night = figures.by_area("camera", "effectiveness_day"), figures.by_area("camera", "effectiveness_night")
    today = clock.today()
    ready = figures.by_area("camera", "readiness", between=readiness.ready_codes(today))
    rows = []
    for area, counts in status.items():
        place = places.find(area)
        official, others = _split(sum(counts.values(), Counter[str]()))
        row = Row(area, place.name if place else N_("ไม่ระบุ"), official, others, area=area)
        if not row.all:
            continue
        usable = usability(counts)[0].all
        kept = sum(sum(states.values()) for code, states in ready.get(area, {}).items() if readiness.is_ready(code, today))
        row.extra = {
            "usable": round(100 * usable / row.all), "linked": round(100 * sum(linked.get(area, {}).get("linked", Counter()).values()) / row.all),
            "day": round(100 * (_mean(day.get(area, {})) or 0)), "night": round(100 * (_mean(night.get(area, {})) or 0)), "ready": round(100 * kept / row.all),
        }  # fmt: skip
        rows.append(row)
    return sorted(rows, key=lambda row: -row.all)
