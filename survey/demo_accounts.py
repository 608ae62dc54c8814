"""The accounts of the demo: every role, in Narathiwat, Ratchaburi and an army circle. Names are plainly examples."""

from __future__ import annotations

import secrets

from models import Account, Agency, Meta, write
from survey import delegation, places

PEOPLE = (
    ("centre", "ส่วนกลาง (ตัวอย่าง)", "centre_admin", (), None),
    ("analyst", "นักวิเคราะห์ (ตัวอย่าง)", "analyst", (), None),
    ("inspector", "ผู้ตรวจราชการ (ตัวอย่าง)", "inspector", ("96", "94", "95"), None),
    ("committee", "คณะกรรมการ (ตัวอย่าง)", "viewer", (), None),
    ("narathiwat", "สำนักงานจังหวัดนราธิวาส (ตัวอย่าง)", "province_admin", ("96",), None),
    ("ratchaburi", "สำนักงานจังหวัดราชบุรี (ตัวอย่าง)", "province_admin", ("70",), None),
    ("police.narathiwat", "ชุดสำรวจ สภ.เมืองนราธิวาส (ตัวอย่าง)", "surveyor", ("96",), "สภ.เมืองนราธิวาส"),
    ("police.ratchaburi", "ชุดสำรวจ สภ.เมืองราชบุรี (ตัวอย่าง)", "surveyor", ("70",), "สภ.เมืองราชบุรี"),
    ("bank.narathiwat", "ธนาคารสาขานราธิวาส (ตัวอย่าง)", "agency", ("96",), "ธนาคารสาขานราธิวาส"),
    ("army.circle", "มณฑลทหารบกที่ 46 (ตัวอย่าง)", "surveyor", ("96", "94", "95"), "มณฑลทหารบกที่ 46"),
)  # fmt: skip
KIND_OF_UNIT = {"สภ.": "police", "ธนา": "bank", "มณฑ": "military"}


def has_accounts() -> bool:
    """Whether anybody could log in already."""
    return bool(Account.select().exists())


def account_lines() -> list[tuple[str, str, str]]:
    """(name, role, where) of the demo accounts, to print."""
    return [(name, role, ", ".join(places.full_name(c) for c in provinces) or "ทั้งประเทศ") for name, _, role, provinces, _ in PEOPLE]


def make_accounts(password: str = "") -> tuple[str, bool]:
    """The demo accounts, all with one password (random unless given); (password, whether any was made)."""
    password = password or "-".join(secrets.token_hex(3) for _ in range(3))
    made = False
    with write():
        Meta.insert(key="demo", value="1").on_conflict_ignore().execute()
    for username, name, role, provinces, unit in PEOPLE:
        if not Account.select().where(Account.username == username).exists():
            account = delegation.add(username, name, role, password, list(provinces), [], unit, short_password=True)
            made = True
            if account.agency_id:
                Agency.update(kind=KIND_OF_UNIT[unit[:3]] if unit else None, confirmed=True).where(Agency.id == account.agency_id).execute()
    return password, made
