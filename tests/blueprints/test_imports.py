"""The pages of an import, as a browser without scripts sees them: upload, columns, preview, apply, undo, and who may see what."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import python_calamine

from models import Audit, Camera, Import, ImportRow, Site
from survey.exchange import runner
from tests.conftest import Browser, hidden
from tests.survey.exchange.made import HEADINGS, LIST, csv, xlsx

OWNER = "เทศบาลเมืองนราธิวาส"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a thread does behind the page is done before the page is shown."""
    monkeypatch.setattr(runner, "PAUSE_S", 0)
    monkeypatch.setattr(runner, "start", runner.run)


@pytest.fixture
def admin(browser: Callable[..., Browser]) -> Browser:
    return browser("province_admin", "96")


def post(browser: Browser, address: str, page: str, **data: Any) -> Any:
    answer = browser.client.post(address, data={"csrf_token": hidden(page, "csrf_token"), **data})
    answer.request.environ["wsgi.input"].close()
    return answer


def upload(browser: Browser, data: bytes, name: str = "รายการ.xlsx") -> str:
    """Uploads a list; the address of its pages."""
    answer = post(browser, "/imports", browser.get("/imports").text, file=(io.BytesIO(data), name))
    assert answer.status_code == 303, answer.text
    return str(answer.location.removesuffix("/columns"))


def shown(page: str) -> dict[str, str]:
    """What the page of columns would send without being touched."""
    values = {}
    for select in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', select[1])
        values[select[0]] = chosen[1] if chosen else ""
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrf_token" and ("checkbox" not in tag or "checked" in tag):
            values[name[1]] = value[1] if value else ""
    return values


def check(browser: Browser, address: str, **changes: str) -> Any:
    page = browser.get(f"{address}/columns").text
    return post(browser, f"{address}/columns", page, **{**shown(page), "then": "check", **changes})


def returned(browser: Browser, address: str) -> bytes:
    """The spreadsheet of rows that were not taken."""
    with browser.get(f"{address}/returned.xlsx") as answer:
        return bytes(answer.data)


def test_a_list_comes_in_by_plain_posts(admin: Browser) -> None:
    address = upload(admin, xlsx([["บัญชีกล้อง"], *LIST]))
    page = admin.get(f"{address}/columns").text
    assert shown(page)["s0-header"] == "2" and shown(page)["s0-c3"] == "latitude" and "แยกตลาดสด" in page and not Site.select().exists()
    assert check(admin, address).status_code == 303
    preview = admin.get(address).text
    assert "นำเข้า 3 แถว" in preview and "แยกตลาดสด" in preview and not Site.select().exists()
    assert post(admin, f"{address}/apply", preview).status_code == 303
    result = admin.get(address).text
    site = Site.get(Site.install_point == "แยกตลาดสด")
    assert f"/sites/{site.id}" in admin.get(f"{address}?show=applied").text and "เลิกการนำเข้าทั้งไฟล์" in result
    assert "รายการ.xlsx" in admin.get("/imports").text


def test_what_is_wrong_stands_in_its_cell(admin: Browser) -> None:
    address = upload(admin, csv([*LIST, ["4", "ไม่ได้วัด", OWNER, "0", "0", "1", "2599", ""]]))
    check(admin, address)
    page = admin.get(address).text
    assert re.search(r'<td class="is-error"><span class="cell">0</span><span class="why is-error">พิกัดเป็น 0, 0', page)
    assert re.search(r'<td class="is-warning"><span class="cell">2599</span><span class="why is-warning">ปี พ.ศ. 2599', page)


def test_cells_are_shown_as_text(admin: Browser) -> None:
    address = upload(admin, csv([HEADINGS, ["1", "<script>alert(1)</script>", OWNER, "0", "0", "1", "2559", ""]]), '<img src=x>.csv')
    check(admin, address)
    for page in (admin.get(address).text, admin.get(f"{address}/columns").text, admin.get("/imports").text):
        assert "<script>alert" not in page and "<img src=x" not in page


def test_rows_with_errors_come_back_as_a_spreadsheet_with_what_is_wrong(admin: Browser) -> None:
    bad = ["4", "=HYPERLINK(\"http://x.example\")", OWNER, "0", "0", "1", "", ""]
    address = upload(admin, csv([*LIST, bad]))
    check(admin, address)
    data = returned(admin, address)
    rows = python_calamine.load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["ต้องแก้ไข", "แถวในไฟล์เดิม", *HEADINGS] and rows[1][1:] == [5.0, *bad] and "0, 0" in str(rows[1][0]) and len(rows) == 2
    parts = zipfile.ZipFile(io.BytesIO(data))
    assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml") and not [n for n in parts.namelist() if "rels" in n and "sheet" in n]


def test_a_returned_spreadsheet_can_be_corrected_and_brought_in_again(admin: Browser) -> None:
    address = upload(admin, csv([*LIST, ["4", "ไม่ได้วัด", OWNER, "0", "0", "1", "2559", ""]]))
    check(admin, address)
    rows = python_calamine.load_workbook(io.BytesIO(returned(admin, address))).get_sheet_by_index(0).to_python()
    rows[1][5:7] = ["6.43333", "101.83333"]
    again = upload(admin, xlsx(rows))
    check(admin, again)
    post(admin, f"{again}/apply", admin.get(again).text)
    assert Site.get().install_point == "ไม่ได้วัด"


def test_columns_are_corrected_and_remembered(admin: Browser) -> None:
    table = csv([["x"], ["A", "B", "C"], ["ตลาด", "6.4255", "101.8253"]])
    address = upload(admin, table)
    page = admin.get(f"{address}/columns").text
    looked = post(admin, f"{address}/columns", page, **{**shown(page), "then": "look", "s0-header": "2", "s0-read": "yes"}).text
    chosen = {**shown(looked), "s0-read": "yes", "s0-c0": "install_point", "s0-c1": "latitude", "s0-c2": "longitude", "owner": OWNER, "then": "check"}
    assert post(admin, f"{address}/columns", page, **chosen).status_code == 303
    assert ImportRow.get(ImportRow.state == "good").answers["install_point"] == "ตลาด"
    known = shown(admin.get(f"{upload(admin, table)}/columns").text)
    assert (known["s0-header"], known["s0-c0"], known["s0-c1"]) == ("2", "install_point", "latitude")


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"s0-c2": "latitude", "owner": OWNER}, "ไว้สองช่อง"), ({"s0-c0": "", "s0-c1": "", "s0-c2": "", "owner": OWNER}, "อย่างน้อยหนึ่งช่อง"), ({}, "ไม่มีช่องหน่วยงานเจ้าของ"),
])  # fmt: skip
def test_a_wrong_choice_is_told_at_its_place_and_nothing_chosen_is_lost(changes: dict[str, str], sentence: str, admin: Browser) -> None:
    address = upload(admin, csv([["ชื่อจุด", "lat", "lon"], ["ตลาด", "6.4255", "101.8253"]]))
    answer = check(admin, address, **changes)
    assert answer.status_code == 400 and sentence in answer.text
    assert all(shown(answer.text)[k] == v for k, v in changes.items()) and Import.get().state == "uploaded"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PK\x03\x04x"])
def test_a_file_that_is_no_list_is_told_on_the_page(data: bytes, admin: Browser) -> None:
    answer = post(admin, "/imports", admin.get("/imports").text, file=(io.BytesIO(data), "x.xlsx"))
    assert answer.status_code == 400 and 'role="alert"' in answer.text and not Import.select().exists()


def test_a_file_that_is_too_large_is_refused_before_it_is_read(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin.client.application.view_functions["imports.upload"], "takes", 10_000)
    answer = post(admin, "/imports", admin.get("/imports").text, file=(io.BytesIO(b"a,b\n" * 50_000), "x.csv"))
    assert answer.status_code == 413 and not Import.select().exists()


def test_a_whole_import_is_undone_after_one_question(admin: Browser) -> None:
    address = upload(admin, xlsx(LIST))
    check(admin, address)
    post(admin, f"{address}/apply", admin.get(address).text)
    question = admin.get(f"{address}/undo").text
    assert "หรือไม่" in question and Site.select().where(Site.review_state == "declared").count() == 3
    assert post(admin, f"{address}/undo", question).status_code == 303
    assert {s.review_state for s in Site.select()} == {"withdrawn"} and "เลิกการนำเข้าแล้ว" in admin.get(address).text


def test_a_list_can_be_discarded_before_it_is_applied(admin: Browser) -> None:
    address = upload(admin, xlsx(LIST))
    assert post(admin, f"{address}/discard", admin.get(f"{address}/columns").text).status_code == 303
    assert not Import.select().exists() and not ImportRow.select().exists() and admin.get(address).status_code == 404


def test_the_map_and_the_progress_are_told_as_json(admin: Browser) -> None:
    address = upload(admin, xlsx(LIST))
    check(admin, address)
    told = admin.get(f"{address}/points").json
    assert told["of"] == 3 and [round(p, 4) for p in told["points"][0][:2]] == [6.4255, 101.8253] and told["points"][0][2:] == ["good", 2]
    assert admin.get(f"{address}/progress").json["state"] == "checked"


@pytest.mark.parametrize("page", ["", "/columns", "/progress", "/points", "/returned.xlsx", "/undo"])
def test_an_import_of_another_province_is_not_found(page: str, admin: Browser, browser: Callable[..., Browser]) -> None:
    address = upload(admin, xlsx(LIST))
    check(admin, address)
    assert browser("province_admin", "70").get(address + page).status_code == 404
    assert browser("agency", "96", agency="ธนาคารตัวอย่าง").get(address + page).status_code == 404


@pytest.mark.parametrize("role", ["surveyor", "inspector", "viewer", "analyst"])
def test_others_bring_in_no_lists(role: str, browser: Callable[..., Browser]) -> None:
    assert browser(role, "96").get("/imports").status_code == 403


def test_a_colleague_may_undo_but_not_apply(admin: Browser, browser: Callable[..., Browser]) -> None:
    address = upload(admin, xlsx(LIST))
    check(admin, address)
    colleague = browser("province_admin", "96", name="colleague")
    assert post(colleague, f"{address}/apply", colleague.get(f"{address}/columns").text).status_code == 403
    post(admin, f"{address}/apply", admin.get(address).text)
    assert post(colleague, f"{address}/undo", colleague.get(f"{address}/undo").text).status_code == 303
    assert Audit.get(Audit.action == "import.undo").account_id == colleague.account.id


def test_a_surveyor_confirms_a_declared_site_with_one_tap(admin: Browser, browser: Callable[..., Browser]) -> None:
    address = upload(admin, xlsx(LIST))
    check(admin, address)
    post(admin, f"{address}/apply", admin.get(address).text)
    site, surveyor = Site.get(Site.install_point == "แยกตลาดสด"), browser("surveyor", "96")
    page = surveyor.get(f"/sites/{site.id}").text
    assert "เจ้าของแจ้งไว้ ยังไม่มีผู้ไปตรวจสอบ" in page
    assert post(surveyor, f"/sites/{site.id}/confirm", page, form_id=hidden(page, "form_id")).status_code == 303
    assert Site.get_by_id(site.id).review_state == "pending" and {c.review_state for c in site.cameras} == {"pending"}
    assert "ยังไม่มีผู้ไปตรวจสอบ" not in surveyor.get(f"/sites/{site.id}").text


def test_a_camera_is_confirmed_alone_and_never_by_its_owner(admin: Browser, browser: Callable[..., Browser]) -> None:
    owner = browser("agency", "96", agency=OWNER)
    address = upload(admin, xlsx(LIST))
    check(admin, address)
    post(admin, f"{address}/apply", admin.get(address).text)
    camera, surveyor = Camera.select().first(), browser("surveyor", "96")
    page = surveyor.get(f"/cameras/{camera.id}").text
    post(surveyor, f"/cameras/{camera.id}/confirm", page, form_id=hidden(page, "form_id"))
    assert Camera.get_by_id(camera.id).review_state == "pending" and Site.get_by_id(camera.site_id).review_state == "declared"
    own = owner.get(f"/sites/{camera.site_id}").text
    assert "ยังไม่มีผู้ไปตรวจสอบ" in own and "/confirm" not in own
    assert post(owner, f"/sites/{camera.site_id}/confirm", owner.get("/more").text, form_id=str(camera.id)).status_code == 403


def test_pages_speak_english_too(admin: Browser) -> None:
    address = upload(admin, csv([*LIST, ["4", "ไม่ได้วัด", OWNER, "0", "0", "1", "2559", ""]]))
    admin.client.set_cookie("language", "en")
    check(admin, address)
    page = html.unescape(admin.get(address).text)
    assert "The position is 0, 0: not measured yet" in page and "Rows of data" in page
