"""The outside letter (หนังสือภายนอก) of an official report: what is filled in, what stands there at first, what is wrong with it.

Its parts and their order: ระเบียบสำนักนายกรัฐมนตรีว่าด้วยงานสารบรรณ พ.ศ. 2526 and its amendments, form 1. Number and date are the registry's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from models import Account
from survey import places, rounds, scope
from survey.answers import read_number, read_phones, read_text, western
from survey.errors import Message, Refusal
from survey.texts import N_

URGENCY = {"": N_("ปกติ"), "urgent": N_("ด่วน"), "very_urgent": N_("ด่วนมาก"), "most_urgent": N_("ด่วนที่สุด")}
SECRECY = {"": N_("ไม่กำหนด"), "secret": N_("ลับ"), "very_secret": N_("ลับมาก"), "most_secret": N_("ลับที่สุด")}
DIGITS = {"thai": N_("เลขไทย ๐๑๒๓"), "western": N_("เลขอารบิก 0123")}
MOST_BLOCKS = 6
LABELS = {
    "office": N_("ส่วนราชการเจ้าของหนังสือ"), "address": N_("ที่ตั้ง"), "subject": N_("เรื่อง"), "to": N_("เรียน"), "refers": N_("อ้างถึง"),
    "more": N_("สิ่งที่ส่งมาด้วยอื่น ๆ"), "opening": N_("ข้อความภาคเหตุ"), "closing": N_("ข้อความภาคสรุป"), "name": N_("ชื่อผู้ลงนาม"),
    "position": N_("ตำแหน่งผู้ลงนาม"), "on_behalf": N_("ปฏิบัติราชการแทน"), "unit": N_("ส่วนราชการเจ้าของเรื่อง"), "phone": N_("โทรศัพท์"),
    "email": N_("ไปรษณีย์อิเล็กทรอนิกส์"), "blocks": N_("จำนวนช่องลงนามท้ายรายงาน"),
}  # fmt: skip
LIMITS = {"office": 120, "address": 200, "subject": 200, "to": 120, "refers": 600, "more": 600, "opening": 2000, "closing": 1000, "name": 120,
          "position": 200, "on_behalf": 200, "unit": 160, "email": 120}  # fmt: skip
LONG = ("address", "refers", "more", "opening", "position", "on_behalf", "closing")  # may have several lines
REQUIRED = ("office", "subject", "to", "opening", "closing")
CHOSEN: Mapping[str, Mapping[str, str]] = {"urgency": URGENCY, "secrecy": SECRECY, "digits": DIGITS}
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


@dataclass
class Letter:
    """What is filled in. `blocks` is the number of signature blocks at the end of the report."""

    office: str = ""
    address: str = ""
    urgency: str = ""
    secrecy: str = ""
    subject: str = ""
    to: str = ""
    refers: str = ""
    more: str = ""
    opening: str = ""
    closing: str = ""
    name: str = ""
    position: str = ""
    on_behalf: str = ""
    unit: str = ""
    phone: str = ""
    email: str = ""
    blocks: int = 2
    digits: str = "thai"

    def numbered(self, text: str) -> str:
        """A text with the digits of this letter."""
        return text.translate(THAI) if self.digits == "thai" else western(text)

    @property
    def urgent(self) -> str:
        return URGENCY[self.urgency] if self.urgency else ""

    def mark(self, classification: str) -> str:
        """The classification of every page: the letter's, or the operator's when that is higher or another one."""
        order = list(SECRECY.values())
        own = SECRECY[self.secrecy] if self.secrecy else ""
        if classification not in order:
            return classification or own
        return max(own, classification, key=lambda mark: order.index(mark) if mark else 0)


def area_name(user: Account, province: str = "") -> str:
    """Whose report it is: the province of the filter, the user's own ones, or the whole country."""
    codes = [province] if province else list(user.provinces or [])
    if not codes or (user.role in scope.EVERYWHERE and not province):
        return "ทั้งประเทศ"
    return " ".join(places.full_name(code) for code in codes)


def at_first(user: Account, province: str, office: Mapping[str, str]) -> Letter:
    """What stands in the form at first. `office` has what the operator set (office, address, phone, email, name, position, on_behalf); a province's
    own agency and who certified its data come before it."""
    area, alone = area_name(user, province), province or (user.provinces[0] if len(user.provinces or []) == 1 else "")
    letter = Letter(
        subject="รายงานผลการสำรวจกล้องโทรทัศน์วงจรปิดที่มองเห็นพื้นที่สาธารณะ " + ("ทั่วประเทศ" if area == "ทั้งประเทศ" else f"ในพื้นที่{area}"),
        to="ปลัดสำนักนายกรัฐมนตรี",
        opening="ตามที่ได้กำหนดให้สำรวจและบันทึกข้อมูลกล้องโทรทัศน์วงจรปิดที่มองเห็นพื้นที่สาธารณะทุกตัว นั้น",
        closing="จึงเรียนมาเพื่อโปรดทราบ")  # fmt: skip
    for part, text in (office.items() if user.role == "centre_admin" else ()):
        setattr(letter, part, text)
    if user.agency_id and user.role != "centre_admin":
        letter.office, letter.address, letter.phone = user.agency.name, user.agency.address or "", user.agency.phones or ""
    current = rounds.current()
    certified = rounds.standing(current, alone) if current and alone and user.role == "province_admin" else None
    if certified and certified.step == "certified":
        letter.name, letter.position = certified.name, certified.position
    letter.unit = letter.unit or letter.office
    return letter


def read(typed: Mapping[str, str]) -> tuple[Letter, dict[str, Message]]:
    """The letter as it was filled in, and what is wrong with each field ({} when it is all right)."""
    letter, errors = Letter(), {}
    for field in fields(Letter):
        raw = typed.get(field.name, "")
        try:
            setattr(letter, field.name, _read(field.name, raw))
        except Refusal as refusal:
            errors[field.name] = refusal.message
            if field.name != "blocks":
                setattr(letter, field.name, raw if field.name not in CHOSEN else getattr(Letter(), field.name))
        if field.name in REQUIRED and not raw.strip():
            errors[field.name] = Message("required", label=LABELS[field.name])
    return letter, errors


def _read(name: str, raw: str) -> Any:
    if name in CHOSEN:
        if raw not in CHOSEN[name]:
            raise Refusal("unknown_choice")
        return raw
    if name == "blocks":
        return int(read_number(raw or "0", 0, MOST_BLOCKS, whole=True))
    if name == "phone":
        return (read_phones(raw) or "") if raw.strip() else ""
    text = read_text(raw, LIMITS[name], lines=name in LONG) or ""
    if name == "email":
        text = western(text)
        if text and not re.fullmatch(r"[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}", text):
            raise Refusal("email")
    return text
