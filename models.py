"""Every table. Each field of the survey is declared here, once, with `ask()`: column, Thai label, section of the form.

"Required" is a rule of the forms: a sealed message that lacks an answer is stored and flagged, so those columns are nullable.
From these lines come the migration, the forms and their checks, pages, export columns and docs/fields.md.
`write()` is the only way to change anything. Times are naive UTC; positions are WGS 84 degrees.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    DateField,
    DateTimeField,
    DecimalField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    Model,
    TextField,
    UUIDField,
)  # fmt: skip

from database import db, write
from survey import choices as c
from survey.questions import ask
from survey.texts import N_

__all__ = ["db", "write"]

NETWORKED = {"network_linked": ("linked", "linkable")}
NOT_WORKING = {"status": tuple(code for code in c.STATUS if code not in ("working", "not_verified"))}
BRANDS = ("Hikvision", "Dahua", "Uniview", "Hanwha", "Axis", "Bosch", "Panasonic", "Avigilon", "HIP", "Watashi", "VSTARCAM", "Fujiko")
PROVIDERS = ("NT (โทรคมนาคมแห่งชาติ)", "AIS", "True", "3BB", "หน่วยงานดำเนินการเอง")


def utcnow() -> dt.datetime:
    """The time now, naive UTC, to the millisecond."""
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


class Table(Model):
    class Meta:
        database = db
        legacy_table_names = False


class Meta(Table):
    """Single values of this database: `rev`, `epoch`."""

    key = CharField(max_length=40, primary_key=True)
    value = CharField(max_length=200)


class Agency(Table):
    """หน่วยงาน: the register of owners, users, surveying units and police stations. Unconfirmed ones were typed in the field."""

    SECTIONS = {"main": N_("หน่วยงาน")}
    id = UUIDField(primary_key=True, default=uuid.uuid4)
    name = ask(CharField(max_length=200, index=True), N_("ชื่อหน่วยงาน"), "main", required=True)
    short_name = ask(CharField(max_length=80, null=True), N_("ชื่อย่อ"), "main")
    kind = ask(CharField(max_length=30, null=True), N_("ประเภทหน่วยงาน"), "main", choices=c.OWNER_KIND)
    kind_other = ask(CharField(max_length=120, null=True), N_("ประเภทหน่วยงาน (ระบุ)"), "main", show_if={"kind": ("other",)})
    parent = ask(ForeignKeyField("self", null=True, on_delete="SET NULL"), N_("สังกัด"), "main")
    province = ask(CharField(max_length=2, null=True, index=True), N_("จังหวัด"), "main", kind="area", limit=2)
    address = ask(CharField(max_length=300, null=True), N_("ที่ตั้ง"), "main")
    phones = ask(CharField(max_length=200, null=True), N_("หมายเลขโทรศัพท์"), "main", kind="phone")
    contact_positions = ask(CharField(max_length=200, null=True), N_("ตำแหน่งผู้ประสานงาน"), "main")
    cooperation = ask(CharField(max_length=20, null=True), N_("ความร่วมมือ"), "main", choices=c.COOPERATION)
    declaration = ask(CharField(max_length=20, null=True), N_("การรายงาน"), "main", choices=c.DECLARATION)
    confirmed = BooleanField(default=True)
    merged_into = ForeignKeyField("self", null=True, on_delete="SET NULL", index=False)  # the same agency under another name
    search_text = CharField(max_length=400, default="")
    created_at = DateTimeField(default=utcnow)


class Account(Table):
    """บัญชีผู้ใช้: one role, any number of provinces, optional districts, optional agency (for surveyors: their unit).

    `province` is the one of an account that has just one: who administers a province hands accounts on below it. A password hash that
    is empty belongs to somebody who was invited and has not chosen a password yet.
    """

    id = UUIDField(primary_key=True, default=uuid.uuid4)
    username = CharField(max_length=80, unique=True)
    name = CharField(max_length=120)
    role = CharField(max_length=20)
    password_hash = CharField(max_length=200)
    provinces: list[str] = JSONField(default=list)
    province = CharField(max_length=2, null=True, index=True)
    districts: list[str] = JSONField(default=list)
    agency = ForeignKeyField(Agency, null=True, backref="accounts", on_delete="SET NULL")
    chief = BooleanField(default=False)  # of the unit: sees what its surveyors recorded, wherever that is
    phone = CharField(max_length=80, null=True)
    language = CharField(max_length=5, null=True)
    made_by = ForeignKeyField("self", null=True, on_delete="SET NULL", index=False)
    disabled_at = DateTimeField(null=True)
    ended = BooleanField(default=False)  # disabled for good
    created_at = DateTimeField(default=utcnow)
    password_at = DateTimeField(null=True)  # when the password was chosen
    totp_secret = CharField(max_length=64, null=True)  # of the second factor, base32
    totp_step = IntegerField(null=True)  # the last time step that was used: a code works once
    recovery: list[str] | None = JSONField(null=True)  # SHA-256 of the recovery codes that are left


class Invitation(Table):
    """A one-time code with which a person chooses a password. The code follows from `id` and the secret key; its hash finds it."""

    id = UUIDField(primary_key=True, default=uuid.uuid4)
    account = ForeignKeyField(Account, backref="invitations", on_delete="CASCADE")
    code_hash = CharField(max_length=64, unique=True)
    made_by = ForeignKeyField(Account, null=True, on_delete="SET NULL", index=False)
    made_at = DateTimeField(default=utcnow)
    expires_at = DateTimeField()
    used_at = DateTimeField(null=True)
    withdrawn_at = DateTimeField(null=True)


class Session(Table):
    """A log-in on one device. Only the SHA-256 of the token in the cookie is kept."""

    token_hash = CharField(max_length=64, primary_key=True)
    account = ForeignKeyField(Account, backref="sessions", on_delete="CASCADE")
    created_at = DateTimeField(default=utcnow)
    seen_at = DateTimeField(default=utcnow)
    ended_at = DateTimeField(null=True)
    fresh_at = DateTimeField(null=True)  # when the password was last typed
    device = CharField(max_length=200, default="")
    network = CharField(max_length=64, null=True)


class Token(Table):
    """A key with which another system reads the open interface as an account. Only its SHA-256 is kept."""

    id = UUIDField(primary_key=True, default=uuid.uuid4)
    token_hash = CharField(max_length=64, unique=True)
    account = ForeignKeyField(Account, backref="tokens", on_delete="CASCADE")
    name = CharField(max_length=80)  # of the system that has it
    made_at = DateTimeField(default=utcnow)
    expires_at = DateTimeField()
    used_at = DateTimeField(null=True)
    network = CharField(max_length=64, null=True)  # where it was last used from
    revoked_at = DateTimeField(null=True)


class Reading(Table):
    """What an account has read through the open interface since the last line about it in the log: {what was asked: records}."""

    account = ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
    asked: dict[str, int] = JSONField(default=dict)
    network = CharField(max_length=64, null=True)
    noted_at = DateTimeField()  # when the last line was written


class LoginFailure(Table):
    """Wrong passwords lately, by account name and by network; they only ever delay (never lock)."""

    key = CharField(max_length=120, primary_key=True)
    count = IntegerField()
    last_at = DateTimeField()


class Record(Table):
    """What every record carries beside its answers: who, when, which revision, what is not known, what was flagged."""

    id = UUIDField(primary_key=True)  # made on the phone
    number = IntegerField(unique=True)  # the revision that made it: a short number to speak of
    rev = IntegerField(index=True)
    review_state = CharField(max_length=10, default="pending", index=True)
    recorder = ForeignKeyField(Account, on_delete="RESTRICT", index=False)  # each table has (recorder, rev)
    unit = ForeignKeyField(Agency, null=True, on_delete="SET NULL", index=False)
    on_behalf = BooleanField(default=False)
    not_known: list[str] = JSONField(default=list)
    extra: dict[str, Any] = JSONField(default=dict)
    flags: list[str] = JSONField(default=list)
    merged_into = UUIDField(null=True)  # the record that took this one in, where it was the same thing recorded twice
    answered = IntegerField(default=0)  # of the guideline's items that are asked
    to_answer = IntegerField(default=0)
    captured_at = DateTimeField()  # by the phone, corrected by its clock's offset
    created_at = DateTimeField(default=utcnow)
    updated_at = DateTimeField(default=utcnow)
    reviewed_at = DateTimeField(null=True)  # when it was last approved or returned
    review_note = CharField(max_length=500, null=True)  # what the reviewer asks for, while it is returned
    matters = CharField(max_length=300, null=True)  # codes that survey.matters found, blank for none; None until it has looked


class Site(Record):
    """จุดติดตั้ง (guideline 1.1): one pole or shop whose cameras share owner, contact, position and network."""

    SECTIONS = {
        "main": N_("ข้อมูลจำเป็น"), "place": N_("สถานที่และพื้นที่รับผิดชอบ"), "people": N_("หน่วยงานและผู้ติดต่อ"),
        "network": N_("การเชื่อมต่อเครือข่าย"), "storage": N_("การจัดเก็บและให้บริการข้อมูลภาพ"),
        "project": N_("โครงการและงบประมาณ"), "judgement": N_("ความเพียงพอและรายละเอียดอื่น"),
    }  # fmt: skip
    install_point = ask(CharField(max_length=200, null=True), N_("ชื่อจุดติดตั้ง"), "main", required=True, guideline=True,
                        help=N_("เช่น แยกไฟแดงหน้าตลาดสด, ร้านทองเยาวราช สาขานราธิวาส"))  # fmt: skip
    place = ask(CharField(max_length=200, null=True), N_("สถานที่"), "place", guideline=True)
    place_type = ask(CharField(max_length=30, null=True), N_("ประเภทสถานที่"), "place", choices=c.PLACE_TYPE)
    place_type_other = ask(CharField(max_length=120, null=True), N_("ประเภทสถานที่ (ระบุ)"), "place", show_if={"place_type": ("other",)})
    owner_agency = ask(ForeignKeyField(Agency, null=True, backref="sites", on_delete="RESTRICT"), N_("หน่วยงานเจ้าของกล้อง"), "main",
                       required=True, guideline=True, help=N_("พิมพ์บางส่วนของชื่อแล้วเลือก ถ้าไม่มีในรายการให้พิมพ์ชื่อเต็ม"))  # fmt: skip
    user_agencies = ask(JSONField(null=True), N_("หน่วยงานที่ใช้ประโยชน์จากกล้อง"), "people", guideline=True,
                        help=N_("ใส่ได้หลายหน่วยงาน คั่นด้วยเครื่องหมายจุลภาค (,)"))  # fmt: skip
    owner_sector = ask(CharField(max_length=30, null=True), N_("ประเภทหน่วยงานเจ้าของกล้อง"), "people", choices=c.OWNER_SECTOR, guideline=True,
                       help=N_("ถ้าเลือกเจ้าของจากทะเบียน ระบบเติมให้"))  # fmt: skip
    contact_name = ask(CharField(max_length=120, null=True), N_("ยศ/คำนำหน้า ชื่อ–สกุลผู้ติดต่อ"), "people", personal=True, guideline=True)
    contact_position = ask(CharField(max_length=120, null=True), N_("ตำแหน่งผู้ติดต่อ"), "people", personal=True)
    contact_phone = ask(CharField(max_length=200, null=True), N_("หมายเลขโทรศัพท์"), "people", kind="phone", personal=True, guideline=True,
                        help=N_("เช่น 02-000-0000 ต่อ 12, 080-000-0000"))  # fmt: skip
    address = ask(CharField(max_length=300, null=True), N_("ที่ตั้ง"), "place", guideline=True, help=N_("หมู่ที่/ซอย/ถนน หรือ ทางหลวงหมายเลข … กม. …"))
    province = ask(CharField(max_length=2, null=True), N_("จังหวัด"), "main", kind="area", limit=2, required=True, guideline=True)
    district = ask(CharField(max_length=4, null=True), N_("อำเภอ/เขต"), "main", kind="area", limit=4, guideline=True)
    subdistrict = ask(CharField(max_length=6, null=True), N_("ตำบล/แขวง"), "main", kind="area", limit=6, guideline=True)
    police_station = ask(ForeignKeyField(Agency, null=True, backref="watched_sites", on_delete="SET NULL"), N_("สถานีตำรวจที่รับผิดชอบ"), "place",
                         guideline=True, help=N_("เช่น สภ.เมืองนราธิวาส, สน.ปทุมวัน"))  # fmt: skip
    patrol_area = ask(CharField(max_length=120, null=True), N_("พื้นที่รับผิดชอบ/เขตตรวจ"), "place", guideline=True)
    project = ask(CharField(max_length=200, null=True), N_("ชื่อโครงการที่ติดตั้ง (ระบุลำดับจุด ถ้ามี)"), "project", guideline=True,
                  headings=(N_("จุดติดตั้งของโครงการ"),))  # fmt: skip
    installed_budget = ask(CharField(max_length=200, null=True), N_("แหล่งงบประมาณ"), "project", suggest=())
    installed_budget_year = ask(IntegerField(null=True), N_("ปีงบประมาณที่ติดตั้ง"), "project", kind="fiscal_year", help=N_("พ.ศ. เช่น 2559"))
    latitude = ask(FloatField(null=True), N_("ละติจูด"), "position", kind="latitude", range=(-90, 90), required=True, guideline=True)
    longitude = ask(FloatField(null=True), N_("ลองจิจูด"), "position", kind="longitude", range=(-180, 180), required=True, guideline=True)
    position_accuracy_m = ask(FloatField(null=True), N_("ความคลาดเคลื่อน (เมตร)"), "position", range=(0, 1_000_000), unit=N_("เมตร"))
    position_source = ask(CharField(max_length=10, null=True), N_("ที่มาของพิกัด"), "position", choices=c.POSITION_SOURCE)
    area_type = ask(JSONField(null=True), N_("ลักษณะพื้นที่/บริเวณที่ติดตั้ง"), "place", choices=c.AREA_TYPE, guideline=True)
    area_type_other = ask(CharField(max_length=120, null=True), N_("ลักษณะพื้นที่ (ระบุ)"), "place", show_if={"area_type": ("other",)})
    recorder_brand = ask(CharField(max_length=80, null=True), N_("ยี่ห้อเครื่องบันทึกภาพ"), "storage", guideline=True, suggest=BRANDS)
    recorder_model = ask(CharField(max_length=80, null=True), N_("รุ่นเครื่องบันทึกภาพ"), "storage", guideline=True, suggest=())
    network_linked = ask(CharField(max_length=20, null=True), N_("การเชื่อมต่อกับระบบเครือข่าย (ได้/ไม่ได้)"), "network", choices=c.NETWORK_LINKED,
                         guideline=True)  # fmt: skip
    control_centre = ask(CharField(max_length=200, null=True), N_("ชื่อศูนย์ควบคุมหรือศูนย์ปฏิบัติการ"), "network", guideline=True, show_if=NETWORKED,
                         suggest=())  # fmt: skip
    network_type = ask(CharField(max_length=20, null=True), N_("รูปแบบของเครือข่าย"), "network", choices=c.NETWORK_TYPE, guideline=True, show_if=NETWORKED)
    network_type_other = ask(CharField(max_length=120, null=True), N_("รูปแบบของเครือข่าย (ระบุ)"), "network", show_if={"network_type": ("other",)})
    network_provider = ask(CharField(max_length=120, null=True), N_("ผู้ให้บริการ"), "network", guideline=True, show_if=NETWORKED, suggest=PROVIDERS)
    retention_days = ask(IntegerField(null=True), N_("ระยะเวลาจัดเก็บข้อมูล (วัน, 0 = ไม่บันทึก)"), "storage", range=(0, 3650), unit=N_("วัน"), guideline=True)
    storage_method = ask(JSONField(null=True), N_("วิธีจัดเก็บภาพ"), "storage", choices=c.STORAGE_METHOD, guideline=True)
    storage_process = ask(TextField(null=True), N_("กระบวนการเก็บรักษา"), "storage", guideline=True, sensitive=True)
    disclosure = ask(JSONField(null=True), N_("การเปิดเผยข้อมูล"), "storage", choices=c.DISCLOSURE, guideline=True)
    requests_per_month = ask(FloatField(null=True), N_("จำนวน/ความถี่ในการให้บริการข้อมูล"), "storage", kind="frequency", range=(0, 1_000_000),
                             unit=N_("ครั้ง/เดือน"), guideline=True)  # fmt: skip
    access_days = ask(IntegerField(null=True), N_("ระยะเวลาในการขอดูข้อมูล (วัน, 0 = ภายในวันเดียว)"), "storage", range=(0, 3650), unit=N_("วัน"), guideline=True)
    access_steps = ask(TextField(null=True), N_("ขั้นตอนในการขอดูข้อมูล"), "storage", guideline=True)
    sufficiency = ask(CharField(max_length=20, null=True), N_("ความเพียงพอของกล้อง ณ จุดนี้"), "judgement", choices=c.SUFFICIENCY, guideline=True)
    restricted = ask(CharField(max_length=3, null=True), N_("เขตหวงห้าม (เขตทหาร/เขตพระราชฐาน/สถานที่ปิดลับ)"), "place", choices=c.RESTRICTED,
                     help=N_("ถ้าใช่ ไม่ต้องถ่ายภาพ และแสดงพิกัดโดยประมาณแก่ผู้ที่อยู่นอกจังหวัดและส่วนกลาง"))  # fmt: skip
    details = ask(TextField(null=True), N_("รายละเอียดอื่น ๆ เพิ่มเติม"), "judgement", limit=2000, guideline=True)
    search_text = TextField(default="")  # what the list searches, folded by survey.search

    class Meta:
        indexes = ((("province", "rev"), False), (("latitude", "longitude"), False), (("owner_agency", "rev"), False), (("recorder", "rev"), False),
                   (("province", "review_state", "matters"), False))  # fmt: skip


class Camera(Record):
    """กล้อง (guideline 1.1), belongs to a site. Its condition is that of its latest status update."""

    SECTIONS = {"main": N_("สภาพกล้อง"), "kind": N_("ชนิดและรุ่น"), "view": N_("การเชื่อมต่อและการรับภาพ"), "other": N_("การดูแลและรายละเอียดอื่น")}
    site = ForeignKeyField(Site, backref="cameras", on_delete="CASCADE", index=False)  # the first of (site, status, review_state)
    label = ask(CharField(max_length=80, null=True), N_("ชื่อ/หมายเลขกล้อง"), "main", help=N_("ตามที่เขียนไว้บนเสาหรือตัวกล้อง"))
    asset_number = ask(CharField(max_length=60, null=True), N_("หมายเลขครุภัณฑ์"), "other")
    camera_brand = ask(CharField(max_length=80, null=True), N_("ยี่ห้อกล้อง"), "kind", guideline=True, suggest=BRANDS, carry=True)
    camera_model = ask(CharField(max_length=80, null=True), N_("รุ่นกล้อง"), "kind", guideline=True, suggest=(), carry=True)
    install_year = ask(IntegerField(null=True), N_("ปีที่ติดตั้ง"), "kind", kind="year", guideline=True, carry=True, help=N_("พ.ศ. เช่น 2559"))
    camera_system = ask(CharField(max_length=20, null=True), N_("ระบบกล้อง"), "kind", choices=c.CAMERA_SYSTEM, guideline=True, carry=True)
    camera_system_other = ask(CharField(max_length=120, null=True), N_("ระบบกล้อง (ระบุ)"), "kind", show_if={"camera_system": ("other",)}, carry=True)
    camera_type = ask(CharField(max_length=20, null=True), N_("ประเภทกล้อง"), "kind", choices=c.CAMERA_TYPE, guideline=True, carry=True, sensitive=True)
    camera_type_other = ask(CharField(max_length=120, null=True), N_("ประเภทกล้อง (ระบุ)"), "kind", show_if={"camera_type": ("other",)}, carry=True,
                            sensitive=True)  # fmt: skip
    connection = ask(CharField(max_length=20, null=True), N_("การเชื่อมต่อของกล้อง (Wireless/Line)"), "view", choices=c.CONNECTION, guideline=True, carry=True)
    mobile_view = ask(CharField(max_length=10, null=True), N_("การดูผ่านระบบโทรศัพท์เคลื่อนที่"), "view", choices=c.MOBILE_VIEW, guideline=True, carry=True)
    stream_url = ask(CharField(max_length=300, null=True), N_("ลิงก์ดูภาพ (URL link)"), "view", kind="url", guideline=True, sensitive=True,
                     help=N_("ห้ามใส่ชื่อผู้ใช้หรือรหัสผ่าน"))  # fmt: skip
    faces_public = ask(CharField(max_length=10, null=True), N_("ทิศทางการรับภาพ"), "view", choices=c.FACES_PUBLIC, guideline=True, carry=True)
    latitude = ask(FloatField(null=True), N_("ละติจูด"), "position", kind="latitude", range=(-90, 90))
    longitude = ask(FloatField(null=True), N_("ลองจิจูด"), "position", kind="longitude", range=(-180, 180))
    bearing = ask(FloatField(null=True), N_("ทิศที่กล้องหัน (องศา)"), "view", range=(0, 359), unit=N_("องศาจากทิศเหนือ"))
    view_angle = ask(FloatField(null=True), N_("มุมรับภาพ (องศา)"), "view", range=(1, 360), unit=N_("องศา"))
    view_range_m = ask(FloatField(null=True), N_("ระยะมองเห็น (เมตร)"), "view", range=(1, 20_000), unit=N_("เมตร"))
    status = ask(CharField(max_length=20, default="not_verified"), N_("สถานะการใช้งาน"), "main", choices=c.STATUS, required=True, guideline=True)
    problems = ask(JSONField(null=True), N_("สภาพปัญหา"), "main", choices=c.PROBLEMS, guideline=True, show_if=NOT_WORKING)
    problems_other = ask(CharField(max_length=120, null=True), N_("สภาพปัญหา (ระบุ)"), "main", show_if={"problems": ("other",)})
    problem_note = ask(TextField(null=True), N_("รายละเอียดปัญหา"), "main", guideline=True, show_if=NOT_WORKING)
    effectiveness_day = ask(IntegerField(null=True), N_("ประสิทธิภาพ กลางวัน"), "main", choices=c.EFFECTIVENESS, guideline=True)
    effectiveness_night = ask(IntegerField(null=True), N_("ประสิทธิภาพ กลางคืน"), "main", choices=c.EFFECTIVENESS, guideline=True)
    maintenance = ask(CharField(max_length=20, null=True), N_("การบำรุงรักษา"), "other", choices=c.MAINTENANCE, carry=True)
    details = ask(TextField(null=True), N_("รายละเอียดอื่น ๆ"), "other", limit=2000, guideline=True)
    status_at = DateTimeField()  # when the condition above was observed

    class Meta:
        indexes = ((("site", "status", "review_state"), False), (("recorder", "rev"), False))


class StatusUpdate(Record):
    """อัปเดตสถานะ of a known camera, one tap. Kept as history and never overwritten."""

    SECTIONS = {"main": N_("สภาพกล้องขณะตรวจ")}
    camera = ForeignKeyField(Camera, backref="updates", on_delete="CASCADE", index=False)  # the first of (camera, captured_at)
    status = ask(CharField(max_length=20, default="not_verified"), N_("สถานะการใช้งาน"), "main", choices=c.STATUS, required=True, guideline=True)
    problems = ask(JSONField(null=True), N_("สภาพปัญหา"), "main", choices=c.PROBLEMS, guideline=True, show_if=NOT_WORKING)
    problems_other = ask(CharField(max_length=120, null=True), N_("สภาพปัญหา (ระบุ)"), "main", show_if={"problems": ("other",)})
    note = ask(CharField(max_length=500, null=True), N_("หมายเหตุ"), "main")
    latitude = ask(FloatField(null=True), N_("ละติจูด"), "position", kind="latitude", range=(-90, 90))
    longitude = ask(FloatField(null=True), N_("ลองจิจูด"), "position", kind="longitude", range=(-180, 180))
    position_accuracy_m = ask(FloatField(null=True), N_("ความคลาดเคลื่อน (เมตร)"), "position", range=(0, 1_000_000), unit=N_("เมตร"))

    class Meta:
        indexes = ((("camera", "captured_at"), False), (("recorder", "rev"), False))


class ProposedPoint(Record):
    """จุดติดตั้งเพิ่มเติม (guideline 1.2): where cameras are needed."""

    SECTIONS = {"main": N_("ข้อมูลจำเป็น"), "place": N_("พื้นที่"), "budget": N_("งบประมาณและความเร่งด่วน")}
    location = ask(CharField(max_length=200, null=True), N_("ตำแหน่งของกล้องที่จะติดตั้ง"), "main", required=True, guideline=True)
    latitude = ask(FloatField(null=True), N_("ละติจูด"), "position", kind="latitude", range=(-90, 90), required=True, guideline=True)
    longitude = ask(FloatField(null=True), N_("ลองจิจูด"), "position", kind="longitude", range=(-180, 180), required=True, guideline=True)
    position_accuracy_m = ask(FloatField(null=True), N_("ความคลาดเคลื่อน (เมตร)"), "position", range=(0, 1_000_000), unit=N_("เมตร"))
    position_source = ask(CharField(max_length=10, null=True), N_("ที่มาของพิกัด"), "position", choices=c.POSITION_SOURCE)
    province = ask(CharField(max_length=2, null=True), N_("จังหวัด"), "place", kind="area", limit=2)
    district = ask(CharField(max_length=4, null=True), N_("อำเภอ/เขต"), "place", kind="area", limit=4)
    subdistrict = ask(CharField(max_length=6, null=True), N_("ตำบล/แขวง"), "place", kind="area", limit=6)
    police_station = ask(ForeignKeyField(Agency, null=True, backref="watched_points", on_delete="SET NULL"), N_("สถานีตำรวจที่รับผิดชอบ"), "place")
    project_status = ask(CharField(max_length=20, null=True), N_("สถานะของโครงการ"), "main", choices=c.PROJECT_STATUS, required=True, guideline=True,
                         offered=("awaiting_budget", "not_started"))  # fmt: skip
    reason = ask(TextField(null=True), N_("เหตุผลในการติดตั้ง"), "main", required=True, guideline=True)
    reason_type = ask(JSONField(null=True), N_("ประเภทเหตุผล"), "main", choices=c.REASON_TYPE)
    reason_type_other = ask(CharField(max_length=120, null=True), N_("ประเภทเหตุผล (ระบุ)"), "main", show_if={"reason_type": ("other",)})
    camera_count = ask(IntegerField(null=True), N_("จำนวนกล้อง"), "main", range=(1, 999), required=True, unit=N_("ตัว"), guideline=True)
    budget_source = ask(CharField(max_length=200, null=True), N_("แหล่งงบประมาณ"), "budget", guideline=True, suggest=())
    budget_amount = ask(DecimalField(max_digits=14, decimal_places=2, null=True), N_("จำนวนงบประมาณ (บาท)"), "budget", unit=N_("บาท"), guideline=True)
    budget_year = ask(IntegerField(null=True), N_("ปีงบประมาณ"), "budget", kind="fiscal_year", ahead=10, guideline=True, help=N_("พ.ศ. เช่น 2560"))
    priority = ask(IntegerField(null=True), N_("ความเร่งด่วน"), "budget", choices=c.PRIORITY)

    class Meta:
        indexes = ((("province", "rev"), False), (("latitude", "longitude"), False), (("recorder", "rev"), False))


def _trouble(label: str) -> TextField:
    return ask(TextField(null=True), label, "main", limit=4000, guideline=True)


def _severity(label: str) -> IntegerField:
    return ask(IntegerField(null=True), label, "main", choices=c.SEVERITY)


class ProblemReport(Record):
    """ปัญหาอุปสรรคและข้อเสนอแนะ (guideline 1.3) of an agency in a province, revised over time."""

    SECTIONS = {"whose": N_("ของหน่วยงาน"), "main": N_("ปัญหาอุปสรรคและข้อเสนอแนะ")}
    agency = ask(ForeignKeyField(Agency, null=True, backref="reports", on_delete="RESTRICT"), N_("หน่วยงาน"), "whose", required=True)
    province = ask(CharField(max_length=2, null=True), N_("จังหวัด"), "whose", kind="area", limit=2, required=True)
    linking = _trouble(N_("ปัญหาในการเชื่อมโยงข้อมูล CCTV ภายในจังหวัด"))
    linking_severity = _severity(N_("ความรุนแรง: การเชื่อมโยงข้อมูล"))
    usage = _trouble(N_("ปัญหาการใช้งานของ CCTV"))
    usage_severity = _severity(N_("ความรุนแรง: การใช้งาน"))
    storage = _trouble(N_("ปัญหาของการจัดเก็บข้อมูล"))
    storage_severity = _severity(N_("ความรุนแรง: การจัดเก็บข้อมูล"))
    service = _trouble(N_("ปัญหาของการให้บริการข้อมูล"))
    service_severity = _severity(N_("ความรุนแรง: การให้บริการข้อมูล"))
    maintenance = _trouble(N_("ปัญหาการบำรุงรักษา"))
    maintenance_severity = _severity(N_("ความรุนแรง: การบำรุงรักษา"))
    other = _trouble(N_("ปัญหาอื่น ๆ"))
    other_severity = _severity(N_("ความรุนแรง: ปัญหาอื่น ๆ"))
    suggestions = _trouble(N_("ข้อเสนอแนะ"))

    class Meta:
        indexes = ((("province", "rev"), False), (("recorder", "rev"), False))


class Upload(Table):
    """The bytes of a photo as one account sent them, and what the camera claims in its EXIF. The bytes lie in survey.storage."""

    sha256 = CharField(max_length=64)
    account = ForeignKeyField(Account, on_delete="RESTRICT")
    media_type = CharField(max_length=20)
    size = IntegerField()  # bytes
    width = IntegerField(null=True)  # pixels, upright
    height = IntegerField(null=True)
    decodable = BooleanField(default=True)
    flags: list[str] = JSONField(default=list)
    exif: dict[str, Any] = JSONField(default=dict)
    received_at = DateTimeField(default=utcnow)

    class Meta:
        indexes = ((("sha256", "account"), True),)


class Photo(Table):
    """ภาพ of a record: which bytes, kind, caption, and what the phone claimed at the shutter (kept apart from the EXIF)."""

    SECTIONS = {"main": N_("ภาพประกอบ")}
    id = UUIDField(primary_key=True, default=uuid.uuid4)
    record_kind = CharField(max_length=10)
    record_id = UUIDField()
    sha256 = CharField(max_length=64, index=True)
    owner = ForeignKeyField(Account, on_delete="RESTRICT")  # whose upload of these bytes counts
    upload = ForeignKeyField(Upload, null=True, backref="photos", on_delete="RESTRICT")  # None until the bytes are here
    kind = ask(CharField(max_length=20, null=True), N_("ชนิดของภาพ"), "main", kind="text")
    caption = ask(CharField(max_length=200, null=True), N_("คำบรรยายภาพ"), "main")
    latitude = FloatField(null=True)
    longitude = FloatField(null=True)
    accuracy_m = FloatField(null=True)
    taken_at = DateTimeField(null=True)  # UTC of the phone
    blur: list[list[float]] = JSONField(default=list)
    removed = BooleanField(default=False)
    position_no = IntegerField(default=0)  # order within the record

    class Meta:
        indexes = ((("record_kind", "record_id", "sha256"), True),)


class Mutation(Table):
    """One press of "send": the message as it came, what it changed (from, to) and the answer it got. Append-only."""

    id = UUIDField(primary_key=True)
    rev = IntegerField(unique=True)
    kind = CharField(max_length=10)
    op = CharField(max_length=10)
    record_id = UUIDField()
    province = CharField(max_length=2, null=True)  # in which the record stood afterwards
    parent_id = UUIDField(null=True, index=True)  # waits for this record while not applied
    owner = ForeignKeyField(Account, on_delete="RESTRICT", index=False)  # the first of (owner, rev)
    device_id = CharField(max_length=64, null=True)
    carried_by = ForeignKeyField(Account, null=True, on_delete="RESTRICT", index=False)  # who brought it in as a file for its author
    payload = TextField()
    payload_sha256 = CharField(max_length=64)
    applied = BooleanField(default=True)
    changes: dict[str, list[Any]] = JSONField(default=dict)
    conflicts: dict[str, dict[str, Any]] = JSONField(default=dict)
    flags: list[str] = JSONField(default=list)
    answer: dict[str, Any] = JSONField(default=dict)
    captured_at = DateTimeField()
    received_at = DateTimeField(default=utcnow)

    class Meta:
        indexes = ((("record_id", "rev"), False), (("owner", "rev"), False))


class Conflict(Table):
    """One answer of a message that met another's: what stands, what was offered, until somebody of the province chooses."""

    id = UUIDField(primary_key=True, default=uuid.uuid4)
    mutation = ForeignKeyField(Mutation, on_delete="RESTRICT")
    record_kind = CharField(max_length=10)
    record_id = UUIDField(index=True)
    province = CharField(max_length=2, null=True, index=True)
    field = CharField(max_length=40)
    stands: Any = JSONField(null=True)
    offered: Any = JSONField(null=True)
    settled_by = ForeignKeyField(Mutation, null=True, on_delete="RESTRICT", deferrable="INITIALLY DEFERRED")  # it settles before it is stored itself
    created_at = DateTimeField(default=utcnow)


class Device(Table):
    """A phone as one person uses it, at its last contact: what it still holds and whether it passed the training drill."""

    id = UUIDField(primary_key=True, default=uuid.uuid4)
    device_id = CharField(max_length=64)
    account = ForeignKeyField(Account, backref="devices", on_delete="CASCADE", index=False)  # the first of (account, device_id)
    waiting = IntegerField(default=0)  # items that were not received at the last contact
    oldest = DateTimeField(null=True)  # since when the oldest of them waits
    version = CharField(max_length=40, default="")
    browser = CharField(max_length=200, default="")
    drill: dict[str, bool] = JSONField(default=dict)
    drill_at = DateTimeField(null=True)
    seen_at = DateTimeField(default=utcnow)

    class Meta:
        indexes = ((("account", "device_id"), True),)


class Round(Table):
    """รอบการสำรวจ: the centre opens it; a record belongs to the latest round that had begun when it was last observed."""

    number = IntegerField(primary_key=True)
    name = CharField(max_length=120)
    starts_on = DateField()  # Bangkok's days
    deadline = DateField()  # until 23:59:59 in Bangkok
    counts = CharField(max_length=10, default="camera")  # what is expected and counted: camera or site
    steps: list[dict[str, str]] = JSONField(default=list)  # [{on, text}]
    opened_by = ForeignKeyField(Account, on_delete="RESTRICT", index=False)
    created_at = DateTimeField(default=utcnow)


class Expectation(Table):
    """How many cameras or sites a province expects in a round, in all or of one agency."""

    round = ForeignKeyField(Round, on_delete="CASCADE", index=False)
    province = CharField(max_length=2)
    agency = ForeignKeyField(Agency, null=True, on_delete="CASCADE")  # None: the province in all
    number = IntegerField()
    set_by = ForeignKeyField(Account, on_delete="RESTRICT", index=False)
    set_at = DateTimeField(default=utcnow)

    class Meta:
        indexes = ((("round", "province", "agency"), False),)


class Declaration(Table):
    """What an agency says of its reporting in a round and province: going on, all recorded, no cameras. Only silence is late."""

    round = ForeignKeyField(Round, on_delete="CASCADE", index=False)
    province = CharField(max_length=2)
    agency = ForeignKeyField(Agency, on_delete="CASCADE")
    state = CharField(max_length=20)
    declared_by = ForeignKeyField(Account, on_delete="RESTRICT", index=False)
    declared_at = DateTimeField(default=utcnow)

    class Meta:
        indexes = ((("round", "province", "agency"), True),)


class Certification(Table):
    """One step of a province's certification in a round, never changed: certified, endorsed, received, reopened. The last one stands."""

    round = ForeignKeyField(Round, on_delete="RESTRICT", index=False)
    province = CharField(max_length=2)
    step = CharField(max_length=10)
    name = CharField(max_length=120)
    position = CharField(max_length=120)
    letter_number = CharField(max_length=80, null=True)
    letter_date = DateField(null=True)
    reason = CharField(max_length=500, null=True)
    figures: dict[str, int] = JSONField(default=dict)  # what was certified
    account = ForeignKeyField(Account, on_delete="RESTRICT", index=False)
    at = DateTimeField(default=utcnow)

    class Meta:
        indexes = ((("round", "province"), False),)


class Total(Table):
    """A kept count: how many records of a kind, round, area and review state have this code for a question. See survey.totals."""

    kind = CharField(max_length=10)
    question = CharField(max_length=30)
    round = IntegerField()  # 0: before any round
    area = CharField(max_length=2)  # a province, or empty
    code = CharField(max_length=80)
    state = CharField(max_length=10)
    number = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("kind", "question", "round", "area", "code", "state")


class Cell(Table):
    """A kept count of the map: how many things of a layer and condition stand in a cell of 1/2^size degrees."""

    size = IntegerField()
    province = CharField(max_length=2)
    y = IntegerField()  # floor(latitude × 2^size)
    x = IntegerField()
    layer = CharField(max_length=10)  # camera or point
    code = CharField(max_length=20)
    state = CharField(max_length=10)
    number = IntegerField()

    class Meta:
        primary_key = CompositeKey("size", "layer", "y", "x", "province", "code", "state")


class Audit(Table):
    """Who did what: ids, field names and hashes only, each row chained to the one before by its hash."""

    number = IntegerField(primary_key=True)
    at = DateTimeField(default=utcnow)
    account = ForeignKeyField(Account, null=True, on_delete="RESTRICT", index=False)  # the first of (account, number)
    action = CharField(max_length=30)
    subject_kind = CharField(max_length=20, null=True)
    subject_id = CharField(max_length=80, null=True)
    detail: dict[str, Any] = JSONField(default=dict)
    province = CharField(max_length=2, null=True)  # whose business it is
    network = CharField(max_length=64, null=True)
    previous = CharField(max_length=64)
    hash = CharField(max_length=64)

    class Meta:
        indexes = ((("account", "number"), False), (("subject_id", "number"), False), (("province", "number"), False))


class ContactNotice(Table):
    """When somebody else named the contact person that a site has now, and when that person was told so (PDPA, section 25: within 30 days)."""

    site = ForeignKeyField(Site, primary_key=True, on_delete="CASCADE")
    named_at = DateTimeField()
    told_by = ForeignKeyField(Account, null=True, on_delete="RESTRICT", index=False)
    told_at = DateTimeField(null=True)


class Import(Table):
    """การนำเข้ารายการ: an owner's list that somebody brings in. Its rows are staged until they are applied, and remembered for undoing."""

    id = UUIDField(primary_key=True, default=uuid.uuid4)
    account = ForeignKeyField(Account, backref="imports", on_delete="RESTRICT")
    province = CharField(max_length=2, null=True, index=True)  # whose administrators see it; None is the centre's
    filename = CharField(max_length=200)
    sha256 = CharField(max_length=64)
    size = IntegerField()  # bytes
    format = CharField(max_length=10)
    encoding = CharField(max_length=20, default="")
    state = CharField(max_length=10, default="uploaded", index=True)  # uploaded, checking, checked, applying, done, undoing, undone
    plans: list[dict[str, Any]] = JSONField(default=list)  # how each sheet is read: survey.exchange.layout.Plan
    options: dict[str, Any] = JSONField(default=dict)
    summary: dict[str, Any] = JSONField(default=dict)
    problem = CharField(max_length=40, null=True)  # the refusal that stopped it
    total = IntegerField(default=0)  # rows of the step at hand, and how many of them are done
    progress = IntegerField(default=0)
    worker = CharField(max_length=80, null=True)  # the process that works on it, and when it last said so
    beat = DateTimeField(null=True)
    created_at = DateTimeField(default=utcnow)
    updated_at = DateTimeField(default=utcnow)


class ImportRow(Table):
    """One row of a list that is brought in: its cells until it is applied, what they mean, what is wrong, and which records it made."""

    source = ForeignKeyField(Import, backref="rows", on_delete="CASCADE", index=False)  # the first of (source, sheet, number)
    sheet = IntegerField()
    number = IntegerField()  # as the spreadsheet shows it
    cells: list[str] = JSONField(default=list)
    state = CharField(max_length=8, default="raw")  # raw, good, error, skipped, applied, kept, undone
    kind = CharField(max_length=10, default="camera")
    record_id = UUIDField(null=True)
    is_new = BooleanField(default=False)  # whether this row makes that record or adds cameras to it
    answers: dict[str, Any] = JSONField(default=dict)
    cameras: list[dict[str, Any]] = JSONField(default=list)
    camera_count = IntegerField(default=0)
    problems: list[list[Any]] = JSONField(default=list)
    latitude = FloatField(null=True)
    longitude = FloatField(null=True)

    class Meta:
        indexes = ((("source", "sheet", "number"), True), (("source", "state"), False))


class ImportLayout(Table):
    """What the columns of a layout are, as one person chose: the next list with the same headings is read so."""

    account = ForeignKeyField(Account, on_delete="CASCADE", index=False)  # the first of (account, key)
    key = CharField(max_length=40)
    kind = CharField(max_length=10)
    columns: dict[str, int] = JSONField(default=dict)

    class Meta:
        indexes = ((("account", "key"), True),)


TABLES = (Meta, Agency, Account, Invitation, Session, Token, Reading, LoginFailure, Site, Camera, StatusUpdate, ProposedPoint, ProblemReport, Upload, Photo,
          Mutation, Conflict, Device, ContactNotice, Import, ImportRow, ImportLayout, Round, Expectation, Declaration, Certification, Total, Cell,
          Audit)  # fmt: skip
RECORDS: dict[str, type[Record]] = {"site": Site, "camera": Camera, "update": StatusUpdate, "point": ProposedPoint, "report": ProblemReport}
KIND_OF: dict[type[Record], str] = {model: kind for kind, model in RECORDS.items()}
PARENT = {"camera": "site", "update": "camera"}
GONE = ("withdrawn", "merged")  # review states of records that are out of the lists and figures
