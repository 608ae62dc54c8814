"""Every refusal of the survey, in one catalogue: a code, the HTTP status it deserves and a Thai sentence.

The domain raises `Refusal("code", …)` or returns a `Message`; app.py turns it into a page or into JSON.
Sentences are Thai source texts; whoever shows them translates `message.text` and fills in `message.params`.
"""

from __future__ import annotations

from typing import Any

from survey.texts import N_

CATALOGUE: dict[str, tuple[int, str]] = {
    # access
    "login_needed": (401, N_("โปรดเข้าสู่ระบบก่อน")),
    "not_yours": (403, N_("รายการนี้เป็นของบัญชีอื่น จึงส่งจากบัญชีนี้ไม่ได้")),
    "not_allowed": (403, N_("บัญชีของท่านไม่มีสิทธิ์ทำรายการนี้")),
    "disabled": (403, N_("บัญชีนี้ถูกระงับ โปรดติดต่อผู้ดูแลระบบของจังหวัด")),
    "not_found": (404, N_("ไม่พบหน้าหรือรายการที่ต้องการ")),
    "wrong_login": (400, N_("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง โปรดลองอีกครั้ง")),
    "login_delay": (429, N_("ลองเข้าสู่ระบบผิดหลายครั้ง โปรดรอ %(seconds)s วินาทีแล้วลองใหม่")),
    "password_short": (400, N_("รหัสผ่านต้องยาวอย่างน้อย %(limit)s ตัวอักษร")),
    "password_long": (400, N_("รหัสผ่านยาวเกินไป (สูงสุด %(limit)s ตัวอักษร)")),
    "password_common": (400, N_("รหัสผ่านนี้เดาง่าย มีแต่คำที่ใคร ๆ ก็นึกถึง โปรดใช้ประโยคที่ท่านจำได้คนเดียว")),
    "password_differs": (400, N_("รหัสผ่านสองช่องไม่ตรงกัน โปรดพิมพ์ใหม่")),
    "wrong_password": (400, N_("รหัสผ่านไม่ถูกต้อง โปรดลองอีกครั้ง")),
    "wrong_code": (400, N_("รหัสยืนยันไม่ถูกต้องหรือใช้ไปแล้ว โปรดรอรหัสใหม่ในแอปแล้วลองอีกครั้ง")),
    "second_factor_needed": (403, N_("บัญชีนี้ต้องตั้งค่าการยืนยันตัวตนสองขั้นก่อนใช้งาน")),
    "confirm_password": (403, N_("โปรดพิมพ์รหัสผ่านอีกครั้งเพื่อยืนยันว่าเป็นท่าน")),
    "invitation": (400, N_("รหัสเชิญใช้ไม่ได้: อาจพิมพ์ผิด ใช้ไปแล้ว หรือเกิน 72 ชั่วโมง โปรดขอใบใหม่จากผู้ออกบัญชี")),
    "no_open_invitation": (400, N_("บัญชีที่เลือกไม่มีใบเชิญที่ยังใช้ได้ โปรดกด “ออกใบเชิญใหม่” ก่อน")),
    "account_off": (400, N_("บัญชีนี้ถูกระงับหรือสิ้นสุดแล้ว")),
    "not_in_branch": (400, N_("บัญชีของท่านออกบัญชีประเภทนี้หรือพื้นที่นี้ไม่ได้")),
    "username_form": (400, N_("ชื่อผู้ใช้ใช้ได้เฉพาะ a–z 0–9 จุด ขีด ยาว 3–40 ตัว")),
    "list_file": (400, N_("อ่านไฟล์รายชื่อไม่ได้ โปรดบันทึกเป็น CSV (UTF-8) หรือคัดลอกจากตารางมาวาง")),
    "list_empty": (400, N_("ไม่พบรายชื่อ โปรดวางรายชื่อ บรรทัดละหนึ่งคน: ชื่อ, โทรศัพท์, หน่วย")),
    "list_long": (400, N_("รายชื่อยาวเกินไป (สูงสุด %(limit)s คนต่อครั้ง) โปรดแบ่งเป็นหลายครั้ง")),
    "twice_in_list": (400, N_("มีชื่อนี้ซ้ำในรายชื่อ")),
    "has_account": (400, N_("มีบัญชีของคนชื่อนี้ในหน่วยนี้อยู่แล้ว")),
    "reason_short": (400, N_("โปรดระบุเหตุผลอย่างน้อย 5 ตัวอักษร")),
    "paper": (500, N_("จัดทำเอกสารไม่สำเร็จ โปรดลองอีกครั้ง")),
    "username_taken": (400, N_("มีชื่อผู้ใช้นี้อยู่แล้ว")),
    "unknown_role": (400, N_("ไม่มีบทบาทนี้")),
    "csrf": (400, N_("แบบฟอร์มหมดอายุ ข้อมูลที่กรอกยังอยู่ โปรดกดส่งอีกครั้ง")),
    "cross_site": (403, N_("คำขอนี้มาจากเว็บไซต์อื่น ระบบจึงไม่รับ")),
    # messages
    "unreadable": (422, N_("อ่านข้อความที่ส่งมาไม่ได้")),
    "same_id": (409, N_("มีรายการหมายเลขเดียวกันแต่เนื้อหาต่างกันอยู่แล้ว")),
    "too_large": (413, N_("ข้อมูลใหญ่เกินไป (สูงสุด %(limit)s)")),
    "invalid": (400, N_("ยังบันทึกไม่ได้ โปรดแก้ไขข้อที่มีเครื่องหมาย")),
    "busy": (503, N_("ระบบมีงานมาก โปรดลองอีกครั้งในอีกสักครู่")),
    "storage_full": (507, N_("พื้นที่จัดเก็บของระบบเต็ม โปรดลองอีกครั้งภายหลัง")),
    # answers
    "required": (400, N_("โปรดกรอก “%(label)s”")),
    "choose": (400, N_("โปรดเลือก “%(label)s”")),
    "too_long": (400, N_("ยาวเกินไป (สูงสุด %(limit)s ตัวอักษร ขณะนี้ %(length)s)")),
    "not_a_number": (400, N_("โปรดกรอกเป็นตัวเลข")),
    "not_whole": (400, N_("โปรดกรอกเป็นจำนวนเต็ม")),
    "out_of_range": (400, N_("ต้องอยู่ระหว่าง %(low)s ถึง %(high)s")),
    "unknown_choice": (400, N_("ไม่มีตัวเลือกนี้ โปรดเลือกจากรายการ")),
    "year": (400, N_("โปรดกรอกปี พ.ศ. เช่น 2559")),
    "future_year": (400, N_("ปี พ.ศ. %(year)s ยังมาไม่ถึง โปรดตรวจสอบ")),
    "old_year": (400, N_("ปี พ.ศ. %(year)s เก่าเกินไป โปรดตรวจสอบ")),
    "phone": (400, N_("หมายเลขโทรศัพท์ไม่ถูกต้อง เช่น 02-283-4737 หรือ 095-587-2405")),
    "url": (400, N_("ลิงก์ไม่ถูกต้อง ต้องขึ้นต้นด้วย http:// https:// rtsp:// หรือ rtsps://")),
    "url_password": (400, N_("ลิงก์มีชื่อผู้ใช้หรือรหัสผ่านอยู่ด้วย โปรดลบออกก่อน (ส่วนที่อยู่หน้าเครื่องหมาย @)")),
    "control_characters": (400, N_("มีอักขระควบคุมที่มองไม่เห็นปนอยู่ โปรดพิมพ์ใหม่")),
    "unknown_area": (400, N_("ไม่มีรหัสพื้นที่นี้ โปรดเลือกจากรายการ")),
    "area_mismatch": (400, N_("พื้นที่นี้ไม่ได้อยู่ในจังหวัด/อำเภอที่เลือก")),
    "outside_area": (400, N_("จังหวัดนี้อยู่นอกพื้นที่ของบัญชีท่าน")),
    "agency_exists": (400, N_("มีหน่วยงานชื่อนี้อยู่แล้ว โปรดรวมกับหน่วยงานนั้นแทน")),
    "unknown_agency": (400, N_("ไม่พบหน่วยงานนี้ในทะเบียน โปรดเลือกใหม่หรือพิมพ์ชื่อ")),
    "unknown_record": (400, N_("ไม่พบรายการที่อ้างถึง")),
    # positions
    "position_unreadable": (400, N_("อ่านพิกัดไม่ออก ตัวอย่าง 6.4255, 101.8253 หรือ 6°25'31.8\"N 101°49'31.1\"E หรือ 47N RH 12532 11115")),
    "position_short_link": (400, N_("ลิงก์สั้นของ Google Maps เปิดดูพิกัดเองไม่ได้ โปรดเปิดลิงก์นั้นแล้วคัดลอกตัวเลขพิกัดหรือลิงก์ยาวมาวาง")),
    "position_outside": (400, N_("พิกัดนี้อยู่นอกประเทศไทย โปรดตรวจสอบอีกครั้ง")),
    "position_swapped": (400, N_("ละติจูดกับลองจิจูดน่าจะสลับกัน หมายถึง %(position)s ใช่หรือไม่")),
    "position_needed": (400, N_("โปรดใส่พิกัด: กด “ใช้ตำแหน่งของฉัน” ปักหมุดบนแผนที่ หรือพิมพ์พิกัด")),
    "position_elsewhere": (400, N_("พิกัดนี้อยู่ไกลจากจังหวัดที่เลือก โปรดตรวจสอบพิกัดหรือจังหวัด")),
    "position_half": (400, N_("พิกัดไม่ครบ ต้องมีทั้งละติจูดและลองจิจูด")),
    # photos
    "photo_empty": (422, N_("ไฟล์ภาพว่างเปล่า โปรดเลือกภาพใหม่")),
    "photo_type": (422, N_("ไฟล์นี้ไม่ใช่ภาพชนิดที่รับได้ (JPEG, HEIC, PNG, WebP)")),
    "photo_damaged": (422, N_("ไฟล์ภาพเสียหาย อ่านไม่ได้ โปรดถ่ายหรือเลือกภาพใหม่")),
    "photo_not_shown": (422, N_("เก็บไฟล์ภาพไว้แล้ว แต่ภาพใหญ่เกินกว่าจะแสดงได้")),
    "photo_hash": (422, N_("ไฟล์ภาพที่ได้รับไม่ตรงกับต้นฉบับ ระบบจะส่งใหม่")),
    "photo_too_large": (413, N_("ภาพใหญ่เกิน %(limit)s โปรดเลือกภาพที่เล็กลง")),
    "photo_missing": (400, N_("มีภาพที่ยังส่งไม่สำเร็จ โปรดกด “ส่งอีกครั้ง” หรือนำภาพนั้นออก")),
    "too_many_photos": (400, N_("แนบภาพได้ไม่เกิน %(limit)s ภาพ")),
    # unsent work as a file
    "handover_file": (400, N_("ไฟล์นี้ไม่ใช่ไฟล์รายการที่ยังไม่ได้ส่ง ซึ่งโทรศัพท์ส่งออกมา หรือไฟล์เสียหาย")),
    "handover_author": (403, N_("รายการในไฟล์เป็นของผู้สำรวจที่อยู่นอกพื้นที่ของท่าน")),
    # lists that are brought in
    "import_empty": (400, N_("ไฟล์นี้ว่างเปล่า โปรดเลือกไฟล์ใหม่")),
    "import_file": (400, N_("อ่านไฟล์นี้ไม่ได้ ใช้ไฟล์ Excel (.xlsx .xls) OpenDocument (.ods) หรือข้อความคั่นด้วยเครื่องหมาย (.csv .txt)")),
    "import_locked": (400, N_("ไฟล์นี้มีรหัสผ่าน โปรดบันทึกใหม่แบบไม่มีรหัสผ่านแล้วลองอีกครั้ง")),
    "import_too_large": (413, N_("ไฟล์ใหญ่เกิน %(limit)s โปรดแบ่งเป็นหลายไฟล์ หรือลบภาพในไฟล์ออก")),
    "import_bomb": (413, N_("ไฟล์นี้คลายออกแล้วใหญ่เกินกว่าที่ระบบจะอ่านได้ โปรดคัดลอกเฉพาะตารางไปไว้ในไฟล์ใหม่")),
    "import_rows": (413, N_("ไฟล์นี้มีเกิน %(limit)s แถว โปรดแบ่งเป็นหลายไฟล์")),
    "import_encoding": (400, N_("ไม่รู้จักรหัสอักขระนี้")),
    "import_no_list": (400, N_("ไม่พบตารางรายการกล้องในไฟล์นี้ ต้องมีแถวหัวตาราง เช่น ชื่อจุดติดตั้ง ละติจูด ลองจิจูด")),
    "import_no_sheet": (400, N_("ไม่มีแผ่นงานนี้ในไฟล์")),
    "import_owner": (400, N_("รายการนี้ไม่มีช่องหน่วยงานเจ้าของ โปรดระบุหน่วยงานเจ้าของของทุกแถว")),
    "import_twice": (400, N_("เลือก “%(label)s” ไว้สองช่อง โปรดเลือกช่องเดียว")),
    "import_no_column": (400, N_("โปรดเลือกว่าแต่ละช่องของแผ่นนี้คืออะไร อย่างน้อยหนึ่งช่อง")),
    "import_failed": (500, N_("ตรวจไฟล์นี้ไม่สำเร็จ โปรดตรวจหัวตารางและช่องแล้วลองอีกครั้ง หรือแจ้งผู้ดูแลระบบ")),
    "import_state": (409, N_("ขณะนี้ทำขั้นตอนนี้กับไฟล์นี้ไม่ได้ โปรดเปิดหน้านี้ใหม่")),
    # rounds
    "no_round": (404, N_("ยังไม่มีรอบการสำรวจ")),
    "date": (400, N_("โปรดกรอกวันที่เป็น วัน/เดือน/ปี พ.ศ. เช่น 15/12/2569")),
    "deadline_before_start": (400, N_("วันสิ้นสุดอยู่ก่อนวันเริ่มต้น โปรดตรวจสอบ")),
    "expected_below_surveyed": (400, N_("จำนวนที่คาดไว้ (%(expected)s) น้อยกว่าที่สำรวจแล้ว (%(surveyed)s) โปรดตรวจสอบ")),
    "steps": (400, N_("ขั้นตอนแต่ละบรรทัดต้องขึ้นต้นด้วยวันที่ เช่น 1/12/2569 ประชุมชี้แจง")),
    "wrong_step": (400, N_("ทำขั้นตอนนี้ตอนนี้ไม่ได้ สถานะปัจจุบันคือ “%(standing)s”")),
    "reason_needed": (400, N_("โปรดบอกเหตุผล")),
    # copies of the database
    "not_sqlite": (400, N_("ฐานข้อมูลนี้เป็น PostgreSQL ให้สำรองด้วย pg_dump และหลังกู้คืนให้ใช้ flask restore --new-epoch")),
    "not_a_copy": (400, N_("ไฟล์นี้ไม่ใช่สำเนาฐานข้อมูลของระบบ หรือไฟล์เสียหาย")),
    # geo import
    "geo_file": (400, N_("อ่านไฟล์แผนที่ไม่ได้ ต้องเป็น GeoJSON หรือ TopoJSON ของขอบเขตอำเภอหรือตำบล")),
}


class Message:
    """A sentence of the catalogue with what is to be filled in; `str()` gives the Thai text."""

    __slots__ = ("code", "params")

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params

    @property
    def text(self) -> str:
        """The Thai source text with its placeholders unfilled (the key of its translation)."""
        return CATALOGUE[self.code][1]

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text

    def __repr__(self) -> str:
        return f"Message({self.code!r}, **{self.params!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.code, self.params) == (other.code, other.params)

    __hash__ = None  # type: ignore[assignment]  # compared in tests, never a key


class Refusal(Exception):  # noqa: N818  (a refusal is an answer, not a fault)
    """Something that cannot be done, and why: `code` is stable, `errors` names the fields ({name: Message})."""

    def __init__(self, code: str, errors: dict[str, Message] | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status = CATALOGUE[code][0]
        self.message = Message(code, **params)
        self.errors = errors or {}
