"""The walks of the province and of the centre: the pictures of their chapters and of the agencies'."""

from __future__ import annotations

from scripts.manual.walk import Walk

LIST = """ลำดับ,ชื่อจุดติดตั้ง,ละติจูด,ลองจิจูด,จำนวนกล้อง,ยี่ห้อ,ปีที่ติดตั้ง
1,แยกหน้าตลาดบางนาค,6.42310,101.82410,2,Hikvision,2562
2,หน้าโรงเรียนเทศบาล 1,6.42550,101.82910,1,Dahua,2563
3,สามแยกหอนาฬิกา,6.42690,101.82330,3,Hikvision,2564
4,ทางเข้าท่าเรือ,101.82010,6.42930,1,Axis,2565
5,สวนสาธารณะเมือง,6.43120,101.81880,2,Hikvision,ไม่ทราบ
6,หน้าสถานีรถไฟ,นอกเมือง,,1,HIP,2561
"""
PEOPLE = """ชื่อ, โทรศัพท์, หน่วย
ด.ต.ตัวอย่าง หนึ่ง, 02-000-0001, สภ.เมืองนราธิวาส
ส.ต.อ.ตัวอย่าง สอง, 02-000-0002, สภ.เมืองนราธิวาส
จ.ส.ต.ตัวอย่าง สาม, 02-000-0003, สภ.ตากใบ
"""
SAYS = {"th": "โปรดถ่ายภาพป้ายหมายเลขกล้องด้วย", "en": "Please photograph the number on the camera too."}
LINE = {"th": "สำนักงานจังหวัด (ตัวอย่าง) โทร. 0-0000-0000 ในเวลาราชการ", "en": "Provincial office (example), tel. 0-0000-0000, office hours"}


def confirm(walk: Walk) -> None:
    """Types the password once more where the app asks for it."""
    from tests.serving import PASSWORD

    if "/confirm" in walk.page.url:
        walk.page.fill("#password", PASSWORD)
        walk.press("main form button[type=submit]")


def unknown_owner(walk: Walk) -> None:
    """A surveyor types the name of an agency that nobody knows yet; for the province to confirm."""
    walk.log_in("police.narathiwat")
    walk.open("/sites/new")
    walk.page.fill("#q-position", "6.42931, 101.82201")
    walk.page.press("#q-position", "Tab")
    walk.page.fill("#q-install_point", "ตลาดนัดริมน้ำ")
    walk.page.fill("#q-owner_agency", "เทศบาลเมืองนราธิวาส กองช่าง")
    walk.press(".actions .button.main")


def people(walk: Walk) -> None:
    """Accounts, invitations, a lost phone, whom to ask."""
    page = walk.page
    walk.log_in("narathiwat")
    walk.open("/help/contact")
    page.fill("#text", LINE[walk.lang])
    walk.shot("contact")
    walk.open("/accounts")
    confirm(walk)
    walk.shot("accounts", mark="a[href='/accounts/new']")
    walk.open("/accounts/list")
    confirm(walk)
    page.fill("#people", PEOPLE)
    walk.press(".actions .button")
    walk.shot("people-list", mark="button[name=make]")
    walk.press("button[name=make]")
    walk.shot("account-made")
    walk.open("/accounts/new")
    confirm(walk)
    page.fill("#name", "ด.ต.ตัวอย่าง สี่")
    page.fill("#agency", "สภ.เมืองนราธิวาส")
    walk.shot("account-new", mark=".actions .button.main")
    walk.open("/accounts?q=police.narathiwat")
    walk.press("table a")
    walk.shot("account-lost", mark="form[action$='/sessions'] button")


def follows(walk: Walk) -> None:
    """Progress, the agencies that are silent, phones, certification."""
    walk.log_in("narathiwat")
    walk.open("/progress/96")
    walk.shot("progress-province")
    walk.shot("agencies-late", at="section.panel:has(form[action$='/declare'])")
    walk.page.click("details:has(form[action$='/step']) summary")
    walk.shot("certify", at="section.panel:has(form[action$='/step'])")
    walk.open("/phones")
    walk.shot("phones")


def reviews(walk: Walk) -> None:
    """The inbox, one record, sent back; names of agencies; exports."""
    page = walk.page
    walk.log_in("narathiwat")
    walk.open("/review")
    walk.shot("review")
    walk.press(".inbox li a >> nth=0")
    page.fill("#note", SAYS[walk.lang])
    walk.shot("review-one", at=".verdict-forms")
    walk.press("form:has(#note) .button")
    walk.open("/agencies")
    walk.shot("agencies")
    walk.open("/agencies?q=กองช่าง")
    walk.press(".rows a >> nth=0")
    page.fill("#into_name", "เทศบาลเมืองนราธิวาส")
    walk.shot("agency-merge", mark="form[action$='/merge'] .button")
    walk.open("/exports")
    confirm(walk)
    walk.shot("exports", mark="button[value=xlsx]")


def brings_in(walk: Walk) -> None:
    """A list of cameras, up to its preview."""
    page = walk.page
    file = walk.files / "cameras.csv"
    file.write_text(LIST, encoding="utf-8-sig")
    walk.log_in("narathiwat")
    walk.open("/imports")
    page.set_input_files("#file", file)
    walk.shot("import-upload", mark="[data-import-upload] .button.main")
    walk.press("[data-import-upload] .button.main")
    walk.shot("import-columns")
    page.fill("#owner", "เทศบาลเมืองนราธิวาส")
    walk.press("button[value=check]")
    page.wait_for_selector(".found li")
    walk.shot("import-checked")


def centre(walk: Walk) -> None:
    """What the centre looks at."""
    page = walk.page
    walk.log_in("centre")
    walk.open("/accounts")
    confirm(walk)
    walk.shot("seats", mark="form[action$='/seats'] .button")
    walk.open("/rounds/new")
    page.fill("#name", "รอบที่ 2/2570")
    page.fill("#starts_on", "1/2/2570")
    page.fill("#deadline", "30/4/2570")
    page.fill("#steps", "1/2/2570 ประชุมชี้แจง\n31/3/2570 หน่วยงานรายงาน\n15/4/2570 จังหวัดรับรอง")
    walk.shot("round-new", at="main")
    walk.open("/progress")
    walk.shot("progress-country")
    walk.open("/analysis")
    walk.shot("analysis")
    walk.open("/map")
    page.wait_for_selector("[data-map-list] li")
    walk.shot("map")
    walk.open("/audit")
    walk.shot("audit")
