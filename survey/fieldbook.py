"""docs/fields.md, made from the models: every question with its Thai label, kind, rule and whether the guideline asks for it."""

from __future__ import annotations

from models import RECORDS, Agency, Table
from survey.questions import Question, asked

TITLES = {
    "site": "1.1 Site (จุดติดตั้ง)", "camera": "1.1 Camera (กล้อง)", "update": "Status update (อัปเดตสถานะ)",
    "point": "1.2 Proposed point (จุดติดตั้งเพิ่มเติม)", "report": "1.3 Problem report (ปัญหาอุปสรรคและข้อเสนอแนะ)",
}  # fmt: skip


def _rule(question: Question) -> str:
    parts = []
    if question.choices:
        parts.append("choice, many" if question.kind == "many" else "choice")
    elif question.kind in ("text", "longtext", "url", "phone"):
        parts.append(f"{question.kind} ≤ {question.limit}")
    else:
        parts.append(question.kind.replace("_", " "))
    low, high = question.range
    if low is not None or high is not None:
        parts.append(f"{low} to {high}")
    if question.required:
        parts.append("**required**")
    if question.show_if:
        parts.append("asked when " + " and ".join(f"{name} is {' / '.join(codes)}" for name, codes in question.show_if.items()))
    parts += [word for word, said in (("personal data", question.personal), ("sensitive", question.sensitive)) if said]
    return ", ".join(parts)


def as_markdown() -> str:
    """The whole document."""
    lines = ["# Fields", "", "Made from models.py by `make fields`; a test compares. `G`: the guideline asks for it.", ""]
    tables: dict[str, type[Table]] = {**RECORDS, "agency": Agency}
    for kind, model in tables.items():
        lines += [f"## {TITLES.get(kind, 'Agency (หน่วยงาน)')}", "", "| name | Thai label | rule | |", "| --- | --- | --- | --- |"]
        lines += [f"| {q.name} | {q.label} | {_rule(q)} | {'G' if q.guideline else ''} |" for q in asked(model).values()]
        lines.append("")
        for q in asked(model).values():
            if q.choices:
                lines.append(f"- `{q.name}`: " + " · ".join(f"{code} = {label}" for code, label in q.choices.items()))
        lines.append("")
    return "\n".join(lines)
