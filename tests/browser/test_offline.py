"""Without a network: every page opens, nothing typed is lost, what waits is sent once and received once, whatever the network does."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.browser.conftest import ARGUMENTS, CHROMIUM, Phone, until
from tests.browser.offline import DRAIN, MODULES, QUEUE, STATE, assert_all_there, assert_receipts_true, controlled, ready, send_everything
from tests.conftest import picture
from tests.faults import FAULTS, faulty
from tests.serving import Server

pytestmark = pytest.mark.browser
MakePhone = Callable[..., Phone]
NETWORK_ERRORS = ("net::ERR", "Failed to load resource", "Failed to fetch")


PHOTOS = """async () => { LOAD const { mine } = await load('store.js'); const { db } = await mine();
  return Promise.all((await db.getAll('photos')).map(async ({ sha256, bytes }) => {
    const picture = await createImageBitmap(new Blob([bytes])); return { sha256, longest: Math.max(picture.width, picture.height) }; })); }""".replace("LOAD", MODULES)


def quiet(phone: Phone) -> None:
    """Forgets what a page without a network had to complain about; anything else stays a complaint."""
    phone.complaints[:] = [c for c in phone.complaints if not any(e in c for e in NETWORK_ERRORS)]


@pytest.fixture
def offline(phone: MakePhone, server: str) -> Callable[..., Phone]:
    """A phone that was here once, kept the app's files and the work package, and now has no network."""

    def make(**options: Any) -> Phone:
        made = phone(**options)
        controlled(made.page)
        until(made.page, "async () => (await caches.keys()).length > 0")
        made.open("/near")
        ready(made.page)
        made.page.wait_for_function("() => !document.querySelector('[data-package]').textContent.includes('ยังไม่มี') && document.querySelector('[data-package]').textContent")
        made.context.set_offline(True)
        return made

    return make


def fill(page: Any, name: str) -> None:
    ready(page)
    page.fill("#q-install_point", name)
    page.fill("#q-owner_agency", "เทศบาลเมืองนราธิวาส")
    page.fill("#q-position", "6.4261, 101.8259")
    page.press("#q-position", "Tab")


def press_save(page: Any, button: str = ".actions .button.main") -> None:
    with page.expect_navigation():
        page.click(button)


def test_every_page_of_the_work_opens_without_a_network(offline: Callable[..., Phone]) -> None:
    surveyor = offline()
    site = surveyor.page.get_attribute("[data-sites] [data-link=site] >> nth=0", "href")
    camera = surveyor.page.get_attribute("[data-sites] [data-link=status] >> nth=0", "href")
    for path in ("/", "/sites/new", f"{site}/cameras/new", camera, "/points/new", "/reports/new", "/waiting", "/help", "/near", site, "/drill", "/sites", "/status",
                 f"{site}/edit"):  # fmt: skip
        page = surveyor.open(path)
        ready(page)
        assert page.locator("h1").inner_text().strip(), path
        assert page.locator("[data-unknown]:not([hidden])").count() == 0, path
        page.reload()
        ready(page)
    quiet(surveyor)


def test_a_site_and_its_camera_are_recorded_without_a_network_and_sent_later(offline: Callable[..., Phone], phone: MakePhone, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(picture((9, 120, 9), (900, 600)))
    surveyor = offline()
    page = surveyor.open("/sites/new")
    fill(page, "แยกในหุบเขา")
    page.set_input_files("[data-take]", tmp_path / "a.jpg")
    page.wait_for_selector("[data-card][data-sha256]")
    press_save(page)
    assert "/waiting?kept=" in page.url
    page.wait_for_selector("[data-kept]:not([hidden])")
    assert "แยกในหุบเขา" in page.inner_text("[data-kept]") and page.locator("[data-owed] img[src^=blob]").count() == 1
    with page.expect_navigation():
        page.click("[data-kept] [data-link=add]")
    ready(page)
    assert page.inner_text("[data-site-name]") == "แยกในหุบเขา"
    page.check("input[name=status][value=working]")
    page.click("details:has(#q-camera_brand) summary")
    page.fill("#q-camera_brand", "Dahua")
    press_save(page, ".actions .button:not(.main)")  # "save, and another one"
    ready(page)
    assert page.locator("[data-kept-before]:not([hidden])").count() == 1
    assert page.input_value("#q-camera_brand") == "Dahua"  # carried over from the camera that still waits
    page = surveyor.open("/waiting")
    ready(page)
    assert page.inner_text("[data-owed-count]") == "2" and page.inner_text("[data-waiting-count]").strip() == "2"
    quiet(surveyor)
    surveyor.context.set_offline(False)
    page.wait_for_selector("[data-nothing]:not([hidden])", timeout=20_000)
    assert page.locator("[data-received] li").count() == 2 and re.search(r"เลขที่รับ [A-Z2-7]{12}", page.inner_text("[data-received]"))
    page = phone("narathiwat").open("/sites?q=ในหุบเขา")
    assert page.locator(".rows.sites li").count() == 1 and "ใช้การได้ 1" in page.inner_text(".rows.sites")


def test_one_tap_without_a_network_and_the_known_sites_show_it(offline: Callable[..., Phone]) -> None:
    surveyor = offline()
    page = surveyor.page
    address = page.get_attribute("[data-sites] [data-link=status] >> nth=0", "href")
    page = surveyor.open(address)
    ready(page)
    press_save(page, ".verdict.not_working")
    page = surveyor.open("/near")
    ready(page)
    row = page.locator(f"[data-sites] li:has(> [data-link=status][href='{address}'])")
    assert "ใช้การไม่ได้" in row.inner_text()
    quiet(surveyor)


def test_districts_and_agencies_can_be_chosen_without_a_network(offline: Callable[..., Phone]) -> None:
    surveyor = offline()
    page = surveyor.open("/sites/new")
    ready(page)
    page.select_option("[data-area=province]", "96")
    page.wait_for_selector("[data-area=district] option[value='9602']", state="attached")
    page.select_option("[data-area=district]", "9602")
    page.wait_for_selector("[data-area=subdistrict] option[value='960201']", state="attached")
    page.fill("#q-owner_agency", "นราธิวาส")
    page.wait_for_selector("#q-owner_agency-list option", state="attached")
    assert all("นราธิวาส" in name for name in page.eval_on_selector_all("#q-owner_agency-list option", "all => all.map(o => o.value)"))
    quiet(surveyor)


def test_a_site_next_to_a_known_one_asks_whether_it_is_the_same_pole(offline: Callable[..., Phone]) -> None:
    surveyor = offline()
    page = surveyor.open("/sites/new")
    fill(page, "เสาต้นเดิม")
    press_save(page)
    page = surveyor.open("/sites/new")
    ready(page)
    page.fill("#q-position", "6.42620, 101.82600")  # some 15 m away from the one that still waits
    page.press("#q-position", "Tab")
    page.wait_for_selector("[data-same-pole]:not([hidden])")
    assert "เสาต้นเดิม" in page.inner_text("[data-same-pole]")
    with page.expect_navigation():
        page.click("[data-same-pole] li:has-text('เสาต้นเดิม') a")
    ready(page)
    assert page.inner_text("[data-site-name]") == "เสาต้นเดิม"
    quiet(surveyor)


def test_a_waiting_item_is_edited_as_a_second_message(offline: Callable[..., Phone], phone: MakePhone) -> None:
    surveyor = offline()
    page = surveyor.open("/sites/new")
    fill(page, "ชื่อผิด")
    press_save(page)
    page.wait_for_selector("[data-owed] [data-edit]")
    with page.expect_navigation():
        page.click("[data-owed] [data-edit]")
    ready(page)
    assert page.input_value("#q-install_point") == "ชื่อผิด"
    page.fill("#q-install_point", "ชื่อถูกต้องแล้ว")
    press_save(page)
    page.wait_for_function("() => document.querySelector('[data-owed-count]').textContent === '2'")
    quiet(surveyor)
    surveyor.context.set_offline(False)
    page.wait_for_selector("[data-nothing]:not([hidden])", timeout=20_000)
    assert "ขัดแย้ง" not in page.inner_text("[data-received]") and "ไม่ตรงกับผู้อื่น" not in page.inner_text("[data-received]")
    page = phone("narathiwat").open("/sites?q=ชื่อถูกต้องแล้ว")
    assert page.locator(".rows.sites li").count() == 1


def test_taking_an_item_out_asks_first(offline: Callable[..., Phone]) -> None:
    surveyor = offline()
    page = surveyor.open("/sites/new")
    fill(page, "บันทึกเล่น")
    press_save(page)
    page.wait_for_selector("[data-take-out]")
    with page.expect_event("dialog"):
        page.click("[data-take-out]")  # the question is dismissed
    assert [c for c in surveyor.complaints if "นำ “บันทึกเล่น” ออกจากเครื่องหรือไม่" in c]
    assert page.inner_text("[data-owed-count]") == "1"
    surveyor.answer_dialogs = True
    page.click("[data-take-out]")
    page.wait_for_function("() => document.querySelector('[data-owed-count]').textContent === '0'")
    surveyor.complaints.clear()


def test_a_tap_is_not_lost_when_the_list_changes_under_the_finger(offline: Callable[..., Phone]) -> None:
    surveyor = offline()
    page = surveyor.open("/waiting")
    ready(page)
    page.evaluate(QUEUE, [1, [0], "ใต้นิ้ว"])
    page.wait_for_selector("[data-owed] [data-take-out]")
    button = page.locator("[data-owed] li:has-text('ใต้นิ้ว 0') [data-take-out]")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    told = page.evaluate(DRAIN)  # every try is told to the list, which shows its items anew
    assert told["state"] == "waiting"
    page.wait_for_function("() => /ลองส่ง/.test(document.querySelector('[data-owed] [data-about]').textContent)")
    with page.expect_event("dialog"):
        page.mouse.up()
    surveyor.complaints.clear()


def test_drafts_survive_and_are_listed(offline: Callable[..., Phone], tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(picture((200, 120, 9), (900, 600)))
    surveyor = offline()
    page = surveyor.open("/sites/new")
    ready(page)
    page.set_input_files("[data-take]", tmp_path / "a.jpg")
    page.wait_for_selector("[data-card][data-sha256]")
    page.select_option("[data-card] select", "surroundings")
    page.fill("#q-install_point", "ยังไม่เสร็จ")
    page.wait_for_function("() => document.querySelector('[data-draft-state]').textContent")
    page.wait_for_timeout(600)
    page = surveyor.open("/waiting")
    page.wait_for_selector("[data-drafts] li")
    row = page.inner_text("[data-drafts]")
    assert "ยังไม่เสร็จ" in row and "1 ภาพ" in row and "หน่วยงานเจ้าของกล้อง" in row  # what is still missing
    assert page.locator("[data-drafts] img[src^=blob]").count() == 1
    page = surveyor.open("/sites/new")
    ready(page)
    assert "ยังไม่เสร็จ" in page.inner_text("[data-older-draft]")
    with page.expect_navigation():
        page.click("[data-older-draft] a")
    ready(page)
    assert page.input_value("#q-install_point") == "ยังไม่เสร็จ" and page.input_value("[data-card] select") == "surroundings"
    page.fill("#q-owner_agency", "อบต.ตัวอย่าง")
    page.fill("#q-position", "6.5, 101.7")
    page.press("#q-position", "Tab")
    press_save(page)
    page.wait_for_selector("[data-owed] li")
    assert page.locator("[data-drafts-part]:not([hidden])").count() == 0
    quiet(surveyor)


def test_a_finished_answer_is_kept_without_waiting(phone: MakePhone) -> None:
    page = phone().open("/sites/new")
    ready(page)
    page.evaluate("() => { window.setTimeout = () => 0; }")  # what is still being typed is written after a moment, which never comes here
    page.type("#q-install_point", "แยกที่พิมพ์เสร็จแล้ว")
    assert page.inner_text("[data-draft-state]") == ""
    page.press("#q-install_point", "Tab")
    page.wait_for_function("() => document.querySelector('[data-draft-state]').textContent")


def test_a_photo_is_kept_before_it_is_made_smaller(offline: Callable[..., Phone], tmp_path: Path) -> None:
    (tmp_path / "large.jpg").write_bytes(picture((30, 120, 200), (4000, 3000)))
    surveyor = offline()
    page = surveyor.open("/sites/new")
    ready(page)
    page.evaluate("() => { globalThis.createImageBitmap = () => new Promise(() => {}); }")  # the phone dies while it works on the photo
    page.set_input_files("[data-take]", tmp_path / "large.jpg")
    page.wait_for_selector("[data-card][data-sha256][data-sending]")
    assert page.inner_text("[data-state]") == "เก็บในเครื่องแล้ว"
    page.wait_for_function("() => document.querySelector('[data-draft-state]').textContent")
    page = surveyor.open("/waiting")
    with page.expect_navigation():
        page.click("[data-drafts] [data-go-on]")
    ready(page)
    page.wait_for_selector("[data-card][data-sha256]:not([data-sending])")
    until(page, f"async () => (await ({PHOTOS})()).length === 1")  # the original goes once the draft names the copy
    [kept] = page.evaluate(PHOTOS)
    assert kept["longest"] == 2048 and kept["sha256"] == page.get_attribute("[data-card]", "data-sha256")
    surveyor.page.click("[data-remove]")
    quiet(surveyor)


def test_what_is_wrong_is_said_before_it_is_sealed(offline: Callable[..., Phone]) -> None:
    surveyor = offline()
    page = surveyor.open("/sites/new")
    ready(page)
    page.click("details[data-section=people] summary")
    page.fill("#q-contact_phone", "12345")
    page.click(".actions .button.main")
    page.wait_for_selector(".error-summary")
    said = page.inner_text(".error-summary")
    assert "โปรดใส่พิกัด" in said and "โปรดกรอก “ชื่อจุดติดตั้ง”" in said and "หมายเลขโทรศัพท์ไม่ถูกต้อง" in said and "โปรดเลือก “จังหวัด”" not in said
    assert page.evaluate(STATE) == []
    assert page.get_attribute("#q-contact_phone", "aria-invalid") == "true" and page.is_visible("#q-contact_phone")
    page.fill("#q-contact_phone", "073-511-234")
    page.fill("#q-install_point", "แยกตลาดสด")  # what has been answered is not called wrong any longer
    page.locator("#q-install_point").blur()
    page.click("[data-locate]")
    page.wait_for_selector(".accuracy.good")
    said = page.inner_text(".error-summary")
    assert said.count("โปรด") == 2 and "โปรดกรอก “หน่วยงานเจ้าของกล้อง”" in said, said
    assert page.locator(".wrong").count() == 1 and page.locator("[aria-invalid]").count() == 1
    page.fill("#q-owner_agency", "เทศบาลเมืองนราธิวาส")
    page.locator("#q-owner_agency").blur()
    page.wait_for_selector(".error-summary", state="detached")
    quiet(surveyor)


def test_another_users_items_are_invisible_and_unsent(own_server: Server, chromium: Any) -> None:
    with faulty(own_server.port, lambda _m, path: "unavailable" if "/mutations/" in path else None) as proxy:
        phone = Phone(chromium, proxy.url, "police.narathiwat")
        phone.answer_dialogs = True  # "log out although something waits?"
        controlled(phone.page)
        phone.page.evaluate(QUEUE, [3, [0], "ของคนแรก"])
        log_out(phone)
        assert phone.page.locator("[data-waiting-count]:not([hidden])").count() == 0
        phone.log_in("army.circle")
        page = phone.open("/waiting")
        ready(page)
        page.wait_for_selector("[data-nothing]:not([hidden])")
        assert "ของคนแรก" not in page.inner_text("body") and page.inner_text("[data-owed-count]") == "0"
        proxy.choose = lambda _m, _p: None
        page.evaluate(DRAIN)
        assert not own_server.query("SELECT 1 FROM mutation WHERE payload LIKE '%ของคนแรก%'")
        log_out(phone)
        phone.log_in("police.narathiwat")
        page = phone.open("/waiting")
        ready(page)
        assert_all_there(own_server, send_everything([page], 30))
        phone.context.close()


def log_out(phone: Phone) -> None:
    page = phone.open("/more?server=1")
    ready(page)
    with page.expect_navigation():
        page.click('form[action$="/logout"] button')
    page.wait_for_selector("#username")


def test_an_expired_session_keeps_everything_and_goes_on_after_logging_in(own_server: Server, chromium: Any) -> None:
    phone = Phone(chromium, own_server.url, "police.narathiwat")
    controlled(phone.page)
    phone.context.set_offline(True)
    phone.page.evaluate(QUEUE, [2, [1], "แปดวันก่อน"])
    expire(own_server)
    phone.context.set_offline(False)
    page = phone.open("/waiting")
    ready(page)
    page.wait_for_selector("[data-trouble]:not([hidden])")
    assert "เข้าสู่ระบบแล้วจะส่งต่อให้เอง" in page.inner_text("[data-trouble]") and "รอเข้าสู่ระบบ" in page.inner_text("[data-owed]")
    with page.expect_navigation():
        page.click("[data-trouble] a")
    phone.fill_log_in("police.narathiwat")
    page.wait_for_url("**/waiting*")
    page.wait_for_selector("[data-nothing]:not([hidden])", timeout=20_000)
    assert_all_there(own_server, page.evaluate(STATE))
    phone.context.close()


def expire(server: Server) -> None:
    """Makes all sessions eight days old."""
    import sqlite3

    connection = sqlite3.connect(server.database, timeout=30)
    connection.execute("UPDATE session SET created_at = datetime('now', '-8 days'), seen_at = datetime('now', '-8 days')")
    connection.commit()
    connection.close()


def test_a_disabled_account_says_why_and_its_work_comes_in_as_a_file(own_server: Server, chromium: Any, tmp_path: Path) -> None:
    phone = Phone(chromium, own_server.url, "police.narathiwat", accept_downloads=True)
    controlled(phone.page)
    phone.context.set_offline(True)
    phone.page.evaluate(QUEUE, [2, [2], "งานของผู้ถูกระงับ"])
    import sqlite3

    connection = sqlite3.connect(own_server.database, timeout=30)
    connection.execute("UPDATE account SET disabled_at = datetime('now') WHERE username = 'police.narathiwat'")
    connection.commit()
    connection.close()
    phone.context.set_offline(False)
    page = phone.open("/waiting")
    ready(page)
    page.wait_for_selector("[data-trouble]:not([hidden])")
    assert "ถูกระงับ" in page.inner_text("[data-trouble]")
    with page.expect_download() as download:
        page.click("[data-export]")
    download.value.save_as(tmp_path / "unsent.zip")
    state = page.evaluate(STATE)
    assert all(i["owed"] for i in state)
    phone.context.close()
    office = Phone(chromium, own_server.url, "narathiwat")
    page = office.open("/waiting/bring-in")
    for new, known in ((2, 0), (0, 2)):  # the same file twice changes nothing
        ready(page)
        page.set_input_files("#file", tmp_path / "unsent.zip")
        with page.expect_navigation():
            page.click("main form .button.main")
        said = page.inner_text("main section.panel")
        assert f"รายการใหม่\n{new}" in said and f"รับไว้ก่อนแล้ว\n{known}" in said and "ภาพ\n4" in said
    office.context.close()
    stored = own_server.query("SELECT m.payload_sha256, a.username, b.username FROM mutation m JOIN account a ON a.id = m.owner_id JOIN account b ON b.id = m.carried_by_id")
    assert sorted(stored) == sorted((i["sha256"], "police.narathiwat", "narathiwat") for i in state)


@pytest.mark.parametrize(("records", "share", "seconds"), [
    (20, 0.5, 120),
    pytest.param(150, 0.5, 900, marks=pytest.mark.full),
    pytest.param(2000, 0.4, 6 * 3600, marks=[pytest.mark.full, pytest.mark.skipif(not os.environ.get("SOAK"), reason="make soak")]),
])  # fmt: skip
def test_every_fault_of_a_network_loses_nothing_and_doubles_nothing(own_server: Server, chromium: Any, records: int, share: float, seconds: int) -> None:
    with faulty(own_server.port) as proxy:
        phone = Phone(chromium, proxy.url, "police.narathiwat")
        controlled(phone.page)
        phone.context.set_offline(True)
        phone.page.evaluate(QUEUE, [records, [0, 1, 2], "ใต้พายุ"])
        proxy.random_faults(share, seed=records)
        phone.context.set_offline(False)
        second = phone.context.new_page()
        for page in (phone.page, second):
            page.server_url = proxy.url + "/waiting"
            page.goto(page.server_url)
            ready(page)
        state = send_everything([phone.page, second], seconds, reload_every=7)
        phone.context.close()
        assert len(state) == records
        assert_all_there(own_server, state)
        assert set(proxy.faults) == set(FAULTS), f"not every fault happened: {proxy.faults}"


def test_without_faults_an_item_costs_hardly_more_than_one_request(own_server: Server, chromium: Any) -> None:
    with faulty(own_server.port) as proxy:
        phone = Phone(chromium, proxy.url, "police.narathiwat")
        controlled(phone.page)
        page = phone.open("/waiting")
        ready(page)
        phone.context.set_offline(True)
        page.evaluate(QUEUE, [30, [0, 1, 2], "ฟ้าใส"])
        proxy.requests.clear()
        phone.context.set_offline(False)
        page.wait_for_selector("[data-nothing]:not([hidden])", timeout=60_000)
        state = page.evaluate(STATE)
        phone.context.close()
        assert_all_there(own_server, state)
        sent = 30 + sum(len(i["photos"]) for i in state)
        assert sum(proxy.requests.values()) <= 1.3 * sent, (proxy.requests, sent)


TRUSTING = [  # a client that takes any 200 for a receipt
    (b"if ((answer.status === 200 || answer.status === 201) && answer.type", b"if (answer.ok) return said ?? {};\n  if (false && answer.type"),
    (b"if (said.mutation_id !== item.id || said.payload_sha256 !== item.sha256)", b"if (false)"),
    (b"if (said.sha256 !== photo.sha256)", b"if (false)"),
]


def test_control_a_client_that_trusts_any_200_is_noticed(own_server: Server, chromium: Any) -> None:
    with faulty(own_server.port) as proxy:
        phone = Phone(chromium, proxy.url, None)

        def rewrite(route: Any) -> None:
            answer = route.fetch()
            body = answer.body()
            for honest, trusting in TRUSTING:
                assert honest in body
                body = body.replace(honest, trusting)
            route.fulfill(response=answer, body=body)

        phone.context.route("**/js/outbox.js", rewrite)
        phone.log_in("police.narathiwat")
        ready(phone.page)
        phone.page.evaluate("navigator.serviceWorker.getRegistrations().then(all => Promise.all(all.map(r => r.unregister())))")
        phone.page.evaluate(QUEUE, [6, [1], "เชื่อทุกอย่าง"])
        proxy.random_faults(0.6, seed=1, only=("captive_portal",))
        proxy.choose = lambda m, p: "captive_portal" if "/mutations/" in p else None
        for _ in range(3):
            phone.page.evaluate(DRAIN)
        state = phone.page.evaluate(STATE)
        phone.context.close()
        with pytest.raises(AssertionError):
            assert_receipts_true(own_server, state)


def test_a_server_restored_from_an_older_copy_gets_everything_back(own_server: Server, chromium: Any) -> None:
    count = 200 if os.environ.get("SOAK") or os.environ.get("FULL") else 25
    phone = Phone(chromium, own_server.url, "police.narathiwat")
    controlled(phone.page)
    phone.page.evaluate(QUEUE, [5, [1], "ก่อนสำเนา"])
    send_everything([phone.page], 60)
    copy = own_server.data / "copy.sqlite"
    own_server.flask("backup", str(copy))
    phone.page.evaluate(QUEUE, [count, [0, 0, 1], "หลังสำเนา"])
    before = send_everything([phone.page], 120)
    assert_all_there(own_server, before)
    own_server.stop()
    own_server.flask("restore", str(copy))
    assert len(own_server.query("SELECT 1 FROM mutation WHERE payload LIKE '%หลังสำเนา%'")) == 0
    own_server.start()
    page = phone.open("/waiting")
    ready(page)
    page.evaluate(QUEUE, [1, [0], "การติดต่อครั้งถัดไป"])
    after = send_everything([page], 120)
    phone.context.close()
    assert len(after) == len(before) + 1
    assert_all_there(own_server, after)


@pytest.mark.parametrize("years", [1 / 365, 543])
def test_a_wrong_clock_of_the_phone_is_corrected(own_server: Server, chromium: Any, years: float) -> None:
    phone = Phone(chromium, own_server.url, None)
    phone.page.add_init_script(f"""{{ const off = {round(years * 365.25 * 86400_000)}, Real = Date;
        globalThis.Date = class extends Real {{ constructor(...a) {{ super(...(a.length ? a : [Real.now() + off])); }} static now() {{ return Real.now() + off; }} }}; }}""")
    phone.log_in("police.narathiwat")
    ready(phone.page)
    phone.page.evaluate(DRAIN)
    phone.page.evaluate(QUEUE, [1, [0], "แรก"])
    phone.page.evaluate(DRAIN)
    phone.page.evaluate(QUEUE, [1, [0], "นาฬิกาเพี้ยน"])
    state = send_everything([phone.page], 30)
    phone.context.close()
    assert not any(i["owed"] for i in state)
    times = own_server.query("SELECT captured_at, received_at, flags FROM mutation WHERE payload LIKE '%นาฬิกาเพี้ยน%'")
    assert times[0][0][:15] == times[0][1][:15] and "clock" not in times[0][2]


def test_a_full_phone_says_so_and_loses_nothing(own_server: Server, browsers: Any, tmp_path: Path) -> None:
    context = browsers.launch_persistent_context(str(tmp_path / "profile"), executable_path=CHROMIUM, args=ARGUMENTS, viewport={"width": 390, "height": 844})
    tools = context.new_cdp_session(context.new_page())
    tools.send("Storage.overrideQuotaForOrigin", {"origin": own_server.url, "quotaSize": 4_000_000})  # room for the app and a draft, not for the photo
    phone = Phone(None, own_server.url, "police.narathiwat", context=context)
    controlled(phone.page)
    page = phone.open("/sites/new")
    fill(page, "เครื่องเต็ม")
    page.wait_for_timeout(600)
    Image.frombytes("RGB", (2000, 1500), os.urandom(2000 * 1500 * 3)).save(tmp_path / "a.jpg", quality=95, subsampling=0)
    assert 4_000_000 < (tmp_path / "a.jpg").stat().st_size < 8_000_000
    page.set_input_files("[data-take]", tmp_path / "a.jpg")
    page.wait_for_selector("[data-state].failed")
    assert "พื้นที่ในเครื่องเต็ม" in page.inner_text("[data-state]")
    page.fill("#q-install_point", "เครื่องเต็มแล้ว")
    page.wait_for_timeout(700)
    assert page.input_value("#q-install_point") == "เครื่องเต็มแล้ว"
    tools.send("Storage.overrideQuotaForOrigin", {"origin": own_server.url})
    page.click("[data-retry]")
    page.wait_for_selector("[data-card][data-sha256]")
    press_save(page)
    assert [p["sent"] for i in page.evaluate(STATE) for p in i["photos"]] in ([True], [False])
    page = phone.open("/waiting")
    page.wait_for_selector("[data-nothing]:not([hidden])")
    assert_all_there(own_server, page.evaluate(STATE))
    context.close()


def test_a_browser_without_indexeddb_still_saves(phone: MakePhone, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(picture((90, 9, 200), (900, 600)))
    surveyor = phone(None)
    surveyor.page.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('no storage here', 'UnknownError'); };")
    surveyor.log_in("police.narathiwat")
    page = surveyor.open("/sites/new")
    ready(page)
    page.fill("#q-position", "6.4255, 101.8253")
    page.fill("#q-install_point", "แยกไม่มีที่เก็บ")
    page.fill("#q-owner_agency", "เทศบาล")
    page.set_input_files("#files", tmp_path / "a.jpg")
    press_save(page)
    assert "แยกไม่มีที่เก็บ" in page.inner_text("h1") and page.locator(".gallery img").count() == 1
    assert any("kept on this phone" in c for c in surveyor.complaints)
    surveyor.complaints.clear()


def test_a_picked_file_that_can_no_longer_be_read_says_so(phone: MakePhone, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(picture((90, 9, 200), (900, 600)))
    page = phone().open("/sites/new")
    ready(page)
    page.evaluate("() => { File.prototype.arrayBuffer = () => Promise.reject(new DOMException('gone', 'NotReadableError')); }")
    page.set_input_files("[data-pick]", tmp_path / "a.jpg")
    page.wait_for_selector("[data-state].failed")
    assert "เปิดไฟล์ภาพนี้ไม่ได้แล้ว" in page.inner_text("[data-state]")


def test_the_kept_pages_hold_no_name_and_no_token(phone: MakePhone) -> None:
    surveyor = phone()
    controlled(surveyor.page)
    kept = surveyor.page.evaluate("""async () => { const found = {};
        for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) {
          const body = await (await caches.match(request)).text(); found[new URL(request.url).pathname + new URL(request.url).search] = body; } return found; }""")
    assert any(p.startswith("/shell/site") for p in kept) and all(p.startswith(("/shell/", "/static/")) for p in kept)
    for path, body in kept.items():
        assert "csrf_token" not in body or path.startswith("/static/"), path
        assert "police.narathiwat" not in body and "ชุดสำรวจ" not in body, path


def test_a_new_version_waits_for_the_person_and_old_drafts_open(own_server: Server, chromium: Any) -> None:
    phone = Phone(chromium, own_server.url, "police.narathiwat")
    page = phone.page
    controlled(page)
    assert page.is_hidden("[data-new-version]")  # none on the first install
    page = phone.open("/sites/new")
    ready(page)
    page.fill("#q-install_point", "ร่างของรุ่นก่อน")
    page.wait_for_timeout(700)
    phone.context.route("**/sync/mutations/*", lambda route: route.abort())
    page.evaluate(QUEUE, [1, [0], "รอของรุ่นก่อน"])

    before = page.evaluate("caches.keys()")
    own_server.stop()
    own_server.environment["HELP_CONTENT"] = "กองงานเลขานุการ โทร. 02-283-4737"  # a kept page has changed, so it is another version
    own_server.start()
    page.evaluate("navigator.serviceWorker.getRegistration().then(r => r.update())")
    until(page, "async () => Boolean((await navigator.serviceWorker.getRegistration()).waiting)", 30)
    assert page.locator("[data-new-version]:visible").count() == 0  # not while a form is open
    page = phone.open("/waiting")
    page.wait_for_selector("[data-new-version]:not([hidden])")
    with page.expect_navigation():
        page.click("[data-new-version] button")
    ready(page)
    assert set(page.evaluate("caches.keys()")) > set(before)  # the version before is kept for pages of it that are still open
    assert page.is_hidden("[data-new-version]")
    phone.context.unroute("**/sync/mutations/*")
    page.wait_for_selector("[data-drafts] [data-go-on]")
    with page.expect_navigation():
        page.click("[data-drafts] [data-go-on]")
    ready(page)
    assert page.input_value("#q-install_point") == "ร่างของรุ่นก่อน"
    state = send_everything([page], 30)
    assert len(state) == 1 and not state[0]["owed"]
    phone.context.close()


def test_the_worker_never_touches_a_post_or_put() -> None:
    from tests.conftest import ROOT

    source = (ROOT / "service-worker.js").read_text()
    handler = source[source.index('addEventListener("fetch"') :]
    assert re.search(r'if \(request\.method !== "GET"', handler[:400])
    assert handler.index('request.method !== "GET"') < handler.index("respondWith")


def test_the_app_can_be_installed(own_server: Server, browsers: Any, tmp_path: Path) -> None:
    context = browsers.launch_persistent_context(str(tmp_path / "profile"), executable_path=CHROMIUM, args=ARGUMENTS)
    page = context.new_page()
    page.goto(own_server.url + "/login")
    ready(page)
    page.wait_for_function("() => navigator.serviceWorker.controller")
    tools = context.new_cdp_session(page)
    errors = tools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    manifest = json.loads(tools.send("Page.getAppManifest")["data"])
    context.close()
    assert errors == []
    assert manifest["lang"] == "th" and len(manifest["shortcuts"]) == 3 and {"any", "maskable"} == {i["purpose"] for i in manifest["icons"]}


@pytest.mark.parametrize(("agent", "shown"), [
    ("Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 Line/13.20.0", "[data-in-app]"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 [FBAN/FBIOS;FBAV/440]", "[data-in-app]"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1", "[data-install-ios]"),
    ("Mozilla/5.0 (Linux; Android 13; Pixel 7) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36", "[data-install-menu]"),
])  # fmt: skip
def test_the_hint_to_install_fits_the_browser(phone: MakePhone, agent: str, shown: str) -> None:
    page = phone(user_agent=agent).open("/")
    ready(page)
    assert page.is_visible(shown)
    assert [p for p in ("[data-in-app]", "[data-install-ios]", "[data-install-menu]") if page.is_visible(p)] == [shown]
    if "Line/" in agent:
        assert "openExternalBrowser=1" in page.get_attribute("[data-in-app] a", "href")


def test_the_drill_proves_the_phone(own_server: Server, chromium: Any, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(picture((90, 9, 200), (900, 600)))
    phone = Phone(chromium, own_server.url, None)
    phone.page.add_init_script("const real = matchMedia; window.matchMedia = (q) => (q.includes('standalone') ? { matches: true } : real(q)); navigator.storage.persisted = async () => true;")
    phone.log_in("police.narathiwat")
    controlled(phone.page)
    page = phone.open("/drill")
    ready(page)
    page.set_input_files("[data-drill-photo]", tmp_path / "a.jpg")
    page.click("[data-drill-position]")
    page.wait_for_selector("[data-step=position].done")
    assert page.is_disabled("[data-drill-save]")  # with a network nothing is proven
    phone.context.set_offline(True)
    page.click("[data-drill-save]:enabled")
    page.wait_for_selector("[data-step=saved_offline].done")
    assert page.locator("[data-step=restarted].done").count() == 0
    page.reload()
    page.wait_for_selector("[data-step=restarted].done")
    assert page.is_hidden("[data-ready-phone]")
    phone.context.set_offline(False)
    page.wait_for_selector("[data-ready-phone]:not([hidden])")
    page.wait_for_timeout(500)
    phone.context.close()
    office = Phone(chromium, own_server.url, "narathiwat")
    assert "พร้อม" in office.open("/phones").inner_text("table")
    office.context.close()
    assert not own_server.query("SELECT 1 FROM mutation WHERE payload LIKE '%practice%'")


def test_the_province_sees_which_phones_still_hold_work(own_server: Server, chromium: Any) -> None:
    phone = Phone(chromium, own_server.url, "police.narathiwat")
    controlled(phone.page)
    phone.context.route("**/sync/mutations/*", lambda route: route.fulfill(status=503, body="busy"))
    phone.page.evaluate(QUEUE, [3, [0], "ค้างในเครื่อง"])
    phone.page.evaluate(DRAIN)
    office = Phone(chromium, own_server.url, "narathiwat")
    page = office.open("/phones")
    assert page.inner_text("tbody tr td:nth-child(2)") == "3" and "ชุดสำรวจ" in page.inner_text("tbody")
    assert "3 รายการ" in office.open("/").inner_text("main")
    office.context.close()
    phone.context.close()


def test_an_edit_begun_online_and_finished_offline_clears_nothing(own_server: Server, chromium: Any) -> None:
    """The kept page knows no contact person; what the server's page showed must neither be lost nor cleared."""
    phone = Phone(chromium, own_server.url, "police.narathiwat")
    controlled(phone.page)
    page = phone.open("/sites/new")
    fill(page, "จุดมีผู้ติดต่อ")
    page.click("details[data-section=people] summary")
    page.fill("#q-contact_name", "ร.ต.อ. สมชาย ใจดี")
    press_save(page)
    page.wait_for_url("**/sites/*saved=1*")
    site = page.url.split("?")[0]
    page.goto(site + "/edit")
    ready(page)
    page.fill("#q-install_point", "จุดมีผู้ติดต่อ (แก้แล้ว)")
    page.wait_for_timeout(800)
    phone.open("/near")
    page.wait_for_function("() => /[0-9]+ จุด/.test(document.querySelector('[data-package]').textContent)")
    page.click("[data-refresh]")
    page.wait_for_selector("[data-sites] li:has-text('จุดมีผู้ติดต่อ')")
    phone.context.set_offline(True)
    page = phone.open("/waiting")
    page.wait_for_selector("[data-drafts] [data-go-on]")
    with page.expect_navigation():
        page.click("[data-drafts] [data-go-on]")
    ready(page)
    assert page.evaluate("document.documentElement.dataset.shell") == "site" and page.input_value("#q-install_point") == "จุดมีผู้ติดต่อ (แก้แล้ว)"
    press_save(page)
    page.goto(site + "/edit")  # a second edit from the kept page, with nothing private on it
    ready(page)
    assert page.locator("#q-contact_name").count() == 0 and page.input_value("#q-install_point") == "จุดมีผู้ติดต่อ (แก้แล้ว)"
    page.fill("#q-install_point", "จุดมีผู้ติดต่อ (แก้อีก)")
    press_save(page)
    phone.context.set_offline(False)
    state = send_everything([phone.open("/waiting")], 30)
    assert not any(i["owed"] or i["receipt"]["conflicts"] for i in state)
    assert own_server.query("SELECT install_point, contact_name FROM site WHERE install_point LIKE 'จุดมีผู้ติดต่อ%'") == [("จุดมีผู้ติดต่อ (แก้อีก)", "ร.ต.อ. สมชาย ใจดี")]
    phone.context.close()
