"""Reading the log: rows within scope, searched and paged, each with what it changed from what to what (from the mutations)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import peewee

from models import RECORDS, Account, Audit, Mutation
from survey import clock, scope
from survey.agencies import as_id
from survey.questions import Question, asked
from survey.texts import N_

PAGE = 50
GROUPS = {  # what a person may look for: name of the group -> (label, beginnings of actions)
    "records": (N_("การบันทึกและแก้ไขรายการ"), ("site.", "camera.", "update.", "point.", "report.", "photo.received")),
    "logins": (N_("การเข้าสู่ระบบ"), ("login", "logout", "session.", "confirm.", "password.", "second_factor.")),
    "accounts": (N_("บัญชีและใบเชิญ"), ("account.", "invitation.", "token.")),
    "rounds": (N_("รอบการสำรวจ"), ("round.",)),
    "imports": (N_("การนำเข้า"), ("import",)),
    "reading": (N_("การเปิดดูและส่งออก"), ("contact.", "bulk.", "footage.", "photo.original", "export")),
}
ACTIONS = {
    "login": N_("เข้าสู่ระบบ"), "login.failed": N_("เข้าสู่ระบบไม่สำเร็จ"), "login.delayed": N_("เข้าสู่ระบบถี่เกินไป"),
    "logout": N_("ออกจากระบบ"), "confirm.failed": N_("ยืนยันรหัสผ่านไม่สำเร็จ"),
    "password.changed": N_("เปลี่ยนรหัสผ่าน"), "session.ended": N_("ให้เครื่องออกจากระบบ"), "second_factor.set_up": N_("เปิดใช้ยืนยันสองขั้น"),
    "second_factor.removed": N_("เลิกใช้ยืนยันสองขั้น"), "second_factor.recovery": N_("ใช้รหัสสำรอง"), "account.added": N_("ออกบัญชี"),
    "account.suspended": N_("ระงับบัญชี"), "account.resumed": N_("ให้บัญชีใช้ได้อีก"), "account.ended": N_("สิ้นสุดบัญชี"), "account.moved": N_("ย้ายบัญชี"),
    "invitation.made": N_("ออกใบเชิญ"), "invitation.withdrawn": N_("ยกเลิกใบเชิญ"), "invitation.accepted": N_("ตั้งรหัสผ่านจากใบเชิญ"),
    "invitation.refused": N_("รหัสเชิญใช้ไม่ได้"), "contact.shown": N_("เห็นผู้ติดต่อ"), "contact.revealed": N_("ขอดูผู้ติดต่อที่ปกปิด"), "bulk.read": N_("อ่านจำนวนมาก"),
    "photo.original": N_("เปิดภาพต้นฉบับ"), "photo.received": N_("รับภาพ"), "export": N_("ส่งออก"), "footage.asked": N_("ถามว่ากล้องใดเห็นจุดนี้"),
    "round.opened": N_("เปิดรอบการสำรวจ"), "round.changed": N_("แก้ไขรอบการสำรวจ"), "round.expected": N_("กำหนดจำนวนที่คาดไว้"),
    "round.declared": N_("หน่วยงานรายงาน"),
    "round.certified": N_("จังหวัดรับรองข้อมูล"), "round.endorsed": N_("คณะกรรมการเห็นชอบ"), "round.received": N_("ส่วนกลางรับข้อมูล"),
    "round.reopened": N_("เปิดให้แก้ไขอีกครั้ง"),
    "help.written": N_("แก้ไขช่องทางติดต่อของจังหวัด"),
    "agency.confirmed": N_("ยืนยันหน่วยงาน"), "agency.merged": N_("รวมหน่วยงาน"),
    "token.made": N_("ออกโทเคน API"), "token.revoked": N_("ยกเลิกโทเคน API"), "token.refused": N_("โทเคน API ใช้ไม่ได้"),
    "contact.told": N_("แจ้งผู้ติดต่อแล้ว"), "contact.erased": N_("ลบข้อมูลผู้ติดต่อตามกำหนด"),
    "retention": N_("ลบข้อมูลตามกำหนด"), "import": N_("นำเข้าเสร็จ"),
    "import.upload": N_("ส่งไฟล์รายการ"), "import.begin": N_("เริ่มนำเข้า"), "import.undo": N_("ยกเลิกการนำเข้าเสร็จ"), "import.undo.begin": N_("เริ่มยกเลิกการนำเข้า"),
    "import.stopped": N_("การนำเข้าหยุด"), "import.discard": N_("ทิ้งไฟล์รายการ"), "audit.expired": N_("บันทึกเก่าหมดอายุ"), "database.restored": N_("กู้คืนฐานข้อมูล"),
}  # fmt: skip
KINDS = {"site": N_("จุดติดตั้ง"), "camera": N_("กล้อง"), "update": N_("อัปเดตสถานะ"), "point": N_("จุดติดตั้งเพิ่มเติม"), "report": N_("ปัญหาและข้อเสนอแนะ")}
READ = {  # what was read in bulk or sent out, in words
    "sites": N_("รายการจุดติดตั้ง"), "cameras": N_("รายการกล้อง"), "points": N_("รายการจุดติดตั้งเพิ่มเติม"), "reports": N_("รายการปัญหาและข้อเสนอแนะ"), "map": N_("แผนที่"),
    "package": N_("ข้อมูลงานลงโทรศัพท์"), "contacts": N_("ผู้ติดต่อในรายการ"), "api": "API", "xlsx": "Excel",
    "csv-camera": "CSV 1.1", "csv-point": "CSV 1.2", "csv-report": "CSV 1.3",
    "geojson-camera": "GeoJSON 1.1", "geojson-point": "GeoJSON 1.2", "photos-camera": N_("ภาพถ่าย 1.1"), "photos-point": N_("ภาพถ่าย 1.2"),
    "report-pdf": N_("รายงานทางการ (PDF)"), "report-pdf+xlsx": N_("รายงานทางการพร้อม Excel"),
}  # fmt: skip
CHANGED = {  # what `changed` of a row may name, in words
    "name": N_("ชื่อ"), "short_name": N_("ชื่อย่อ"), "kind": N_("ประเภท"), "province": N_("จังหวัด"), "parent": N_("สังกัด"), "confirmed": N_("ยืนยันแล้ว"),
    "starts_on": N_("วันเริ่ม"), "deadline": N_("กำหนดเสร็จ"), "counts": N_("นับเป็น"), "steps": N_("ขั้นตอน"), "number": N_("จำนวน"), "state": N_("สถานะ"),
    "provinces": N_("จังหวัด"), "districts": N_("อำเภอ"), "agency": N_("หน่วย"), "chief": N_("หัวหน้าหน่วย"), "phone": N_("โทรศัพท์"), "email": N_("อีเมล"),
}  # fmt: skip
OPERATIONS = {"save": N_("บันทึก"), "withdraw": N_("ถอน"), "merge": N_("รวม"), "settle": N_("ตัดสินข้อขัดแย้ง"), "review": N_("ตรวจ")}


@dataclass
class Asked:
    """What of the log is wanted: words (a name, a number, an id), a group of actions, days in Bangkok, rows before a number."""

    text: str = ""
    group: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    before: int | None = None


def rows(user: Account, wanted: Asked) -> list[Audit]:
    """A page of the log, newest first; one row more than PAGE says that there is another page."""
    query = scope.visible(user, Audit)
    if wanted.group in GROUPS:
        starts = [Audit.action.startswith(start) for start in GROUPS[wanted.group][1]]
        found = starts[0]
        for start in starts[1:]:
            found |= start
        query = query.where(found)
    if wanted.text:
        query = query.where(_words(wanted.text))
    for day, later in ((wanted.since, False), (wanted.until, True)):
        if day is not None:
            edge = clock.begins(day) + dt.timedelta(days=int(later))
            query = query.where(Audit.at < edge if later else Audit.at >= edge)
    if wanted.before is not None:
        query = query.where(Audit.number < wanted.before)
    return list(query.order_by(Audit.number.desc()).limit(PAGE + 1))


def _words(text: str) -> peewee.Expression:
    """A person by name, a record by its number or id, or an action."""
    ids = [str(as_id(text))] if as_id(text) else []
    if text.isascii() and text.isdigit() and len(text) < 10:
        for model in RECORDS.values():
            ids += [str(i) for (i,) in model.select(model.id).where(model.number == int(text)).tuples()]  # the log itself is within scope
    people = Account.select(Account.id).where(Account.username.contains(text.lower()) | Account.name.contains(text))
    return Audit.account.in_(people) | Audit.subject_id.in_(ids or ["-"]) | Audit.action.contains(text.lower())


def people(user: Account, found: list[Audit]) -> dict[str, str]:
    """The names of the accounts that rows are about, by id, of those that the user sees."""
    ids = [i for i in (as_id(row.subject_id or "") for row in found if row.subject_kind == "account") if i]
    return {str(a.id): a.name for a in scope.visible(user, Account).where(Account.id.in_(ids))} if ids else {}


def changes(user: Account, row: Audit) -> list[tuple[Question, Any, Any]] | None:
    """(question, from, to) of the change that a row is about; None where it is about none, or about what the user may not see."""
    ident = row.detail.get("mutation")
    mutation = Mutation.get_or_none(Mutation.id == uuid.UUID(ident)) if ident else None
    if mutation is None:
        return None
    model = RECORDS[mutation.kind]
    record = scope.visible(user, model).where(model.id == mutation.record_id).first()
    if record is None:
        return None
    questions = asked(model)
    return [(questions[name], *change) for name, change in mutation.changes.items() if name in questions and scope.may_read(user, questions[name], record)]
