"""The survey in a real Chromium at 390x844: position, map, photos, conditions, one press of "send"; and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Phone
from tests.conftest import ROOT, SHARED, picture
from tests.survey.test_album import with_gps

pytestmark = pytest.mark.browser
MakePhone = Callable[..., Phone]


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Real photos where they are at hand (JPEG of a phone, HEIC), made ones elsewhere."""
    real = [p for name in ("p005__florida_beach.jpg", "p020__xiaomi.heic") if (p := SHARED / "photos" / name).exists()]
    if len(real) == 2:
        return real
    for n in range(2):
        (tmp_path / f"{n}.jpg").write_bytes(picture((n * 90, 90, 120), (3000, 2000)))
    return sorted(tmp_path.glob("*.jpg"))


def ready(page: Any) -> None:
    """Waits until all scripts of the page have started."""
    page.wait_for_selector("html[data-ready]")


def fill_site(page: Any, name: str) -> None:
    ready(page)
    page.click("[data-locate]")
    page.wait_for_function("() => document.querySelector('[data-part=latitude]').value")
    page.fill("#q-install_point", name)
    page.fill("#q-owner_agency", "เทศบาลเมืองนราธิวาส")
    page.keyboard.press("Escape")


def uploaded(page: Any, count: int) -> None:
    """Waits until so many photos of the form have been received."""
    page.wait_for_function(f"() => [...document.querySelectorAll('[data-card]')].filter(c => c.dataset.sha256 && !('sending' in c.dataset)).length === {count}")


def save(page: Any, button: str = ".actions .button.main") -> None:
    with page.expect_navigation():
        page.click(button)


def test_a_site_with_three_cameras_and_photos(phone: MakePhone, photos: list[Path]) -> None:
    surveyor = phone()
    page = surveyor.open("/")
    with page.expect_navigation():
        page.click(".big.main")
    fill_site(page, "แยกทดสอบเบราว์เซอร์")
    assert "12" in page.inner_text("[data-accuracy]") and "good" in page.get_attribute("[data-accuracy]", "class")
    page.wait_for_function("() => document.querySelector('[data-area=province]').value === '96'")
    page.set_input_files("[data-pick]", photos)
    uploaded(page, 2)
    page.select_option("[data-card] select >> nth=0", "surroundings")
    save(page)
    assert "ระบบรับแล้ว" in page.inner_text(".notice.good") and page.locator(".gallery img").count() == 2
    site = re.search(r"/sites/([0-9a-f-]{36})", page.url)[1]
    with page.expect_navigation():
        page.click("#cameras .button.main")
    for n in range(3):
        ready(page)
        page.fill("#q-label", f"CAM-{n + 1}")
        page.check("input[name=status][value=working]")
        page.set_input_files("[data-take]", photos[n % 2])
        uploaded(page, 1)
        save(page, ".actions .button:not(.main)" if n < 2 else ".actions .button.main")
    assert page.evaluate("document.querySelector('.notice.good').getBoundingClientRect().top >= 0")  # that it was received is seen without scrolling
    assert page.locator(".rows.cameras li").count() == 3 and page.locator(".rows.cameras img").count() == 3
    page = surveyor.open("/sites")
    assert "แยกทดสอบเบราว์เซอร์" in page.inner_text(".rows")
    assert "ใช้การได้ 3" in page.inner_text(f"a[href='/sites/{site}']")
    for who, sees in (("narathiwat", True), ("centre", True), ("ratchaburi", False)):
        other = phone(who).open("/sites?q=ทดสอบเบราว์เซอร์")
        assert ("แยกทดสอบเบราว์เซอร์" in other.inner_text("main")) is sees, who


def test_the_same_without_scripts(phone: MakePhone, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(picture((200, 30, 30)))
    page = phone(java_script_enabled=False).open("/sites/new")
    page.fill("#q-position", "6°25'31.8\"N 101°49'31.1\"E")
    page.fill("#q-install_point", "แยกไม่มีสคริปต์")
    page.fill("#q-owner_agency", "อบต.ตัวอย่าง")
    page.set_input_files("#files", tmp_path / "a.jpg")
    save(page)
    assert "แยกไม่มีสคริปต์" in page.inner_text("h1") and page.locator(".gallery img").count() == 1
    with page.expect_navigation():
        page.click("#cameras .button.main")
    page.check("input[name=status][value=degraded]")
    page.click("details:has(#q-camera_brand) summary")
    page.fill("#q-camera_brand", "Hikvision")
    save(page, ".actions .button:not(.main)")
    assert page.input_value("#q-camera_brand") == "Hikvision"
    page = phone(java_script_enabled=False).open("/status?q=ไม่มีสคริปต์")
    with page.expect_navigation():
        page.click(".rows.cameras a")
    save(page, ".verdict.not_working")
    assert "ใช้การไม่ได้" in page.inner_text(".status-now")


def test_one_tap_is_enough_for_a_status(phone: MakePhone) -> None:
    page = phone().open("/status")
    with page.expect_navigation():
        page.click(".rows.cameras a >> nth=0")
    ready(page)
    page.wait_for_function("() => document.querySelector('[data-part=latitude]').value")
    save(page, ".verdict.degraded")
    assert "ใช้การได้บางส่วน" in page.inner_text(".status-now") and "degraded" in page.inner_html(".timeline")


def test_a_pin_on_the_map_without_tiles(phone: MakePhone) -> None:
    page = phone().open("/sites/new")
    ready(page)
    page.fill("#q-position", "6.4255, 101.8253")
    page.dispatch_event("#q-position", "change")
    page.click("[data-open-map]")
    page.wait_for_selector(".leaflet-overlay-pane path", state="attached")
    page.wait_for_selector(".pin")
    box = page.locator("[data-map]").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2 + 30, box["y"] + box["height"] / 2)
    page.wait_for_function("() => document.querySelector('[data-part=position_source]').value === 'map'")
    assert page.input_value("#q-position") != "6.42550, 101.82530"
    assert float(page.input_value("[data-part=position_accuracy_m]")) > 500  # a tap on the whole province is not exact, and says so
    assert "ขยายแผนที่" in page.inner_text("[data-accuracy]")
    page.wait_for_function("() => document.querySelector('[data-area=province]').value !== ''")


@pytest.mark.parametrize(("typed", "shown", "sentence"), [
    ("47NRH 12532 11115", "6.42", ""),
    ("https://www.google.com/maps/place/x/@6.42,101.82,17z/data=!3d6.4255!4d101.8253", "6.42550, 101.82530", ""),
    ("https://maps.app.goo.gl/AbC", "", "ลิงก์สั้น"),
    ("ไม่รู้", "", "อ่านพิกัดไม่ออก"),
    ("48.85, 2.35", "48.85", "นอกประเทศไทย"),
])  # fmt: skip
def test_positions_are_read_as_they_are_typed(phone: MakePhone, typed: str, shown: str, sentence: str) -> None:
    page = phone().open("/sites/new")
    ready(page)
    page.fill("#q-position", typed)
    page.press("#q-position", "Tab")
    if sentence:
        page.wait_for_function("(s) => document.querySelector('[data-accuracy]').textContent.includes(s)", arg=sentence)
    else:
        page.wait_for_function("(s) => document.querySelector('#q-position').value.startsWith(s)", arg=shown)
        page.wait_for_function("() => document.querySelector('[data-area=province]').value === '96'")


def test_what_is_typed_is_not_overwritten_by_a_better_fix(phone: MakePhone) -> None:
    surveyor = phone()
    page = surveyor.open("/sites/new")
    ready(page)
    page.click("[data-locate]")
    page.wait_for_function("() => document.querySelector('[data-part=latitude]').value")
    page.fill("#q-position", "")
    page.type("#q-position", "6.5, 101.7")
    page.press("#q-position", "Tab")
    surveyor.context.set_geolocation({"latitude": 6.42, "longitude": 101.82, "accuracy": 3})
    page.wait_for_timeout(700)
    assert page.input_value("#q-position") == "6.50000, 101.70000"
    assert page.input_value("[data-part=position_source]") == "typed"


def test_swapped_numbers_are_offered_the_right_way_round(phone: MakePhone) -> None:
    page = phone().open("/sites/new")
    ready(page)
    page.fill("#q-position", "101.8253, 6.4255")
    page.press("#q-position", "Tab")
    page.click("[data-swap]")
    assert page.input_value("#q-position") == "6.42550, 101.82530"


def test_a_phone_that_refuses_its_position_says_what_to_do(phone: MakePhone) -> None:
    page = phone(permissions=[]).open("/sites/new")
    ready(page)
    page.click("[data-locate]")
    page.wait_for_selector(".accuracy.failed")
    assert "ปักหมุดบนแผนที่" in page.inner_text("[data-accuracy]")


@pytest.mark.parametrize("width", [390, 1440])
def test_questions_do_not_jump_when_the_scripts_come_late(phone: MakePhone, width: int) -> None:
    user = phone(service_workers="block", viewport={"width": width, "height": 844})
    user.context.route("**/js/app.js", lambda route: (user.page.wait_for_timeout(700), route.continue_()))
    page = user.open("/sites/new")
    ready(page)
    shifts = page.evaluate("""() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().map((e) => [e.value, e.sources.map((s) => s.node?.id)])))
        .observe({ type: 'layout-shift', buffered: true }) || setTimeout(done, 500, []))""")
    user.complaints.clear()  # that there is no service worker
    assert sum(value for value, _ in shifts) < 0.05, shifts


def test_questions_that_are_not_asked_are_hidden_and_not_sent(phone: MakePhone) -> None:
    page = phone().open("/sites/new")
    ready(page)
    page.click("details[data-section=network] summary")
    assert not page.is_visible("#q-control_centre")
    page.check("input[name=network_linked][value=linked]")
    page.fill("#q-control_centre", "ศูนย์ ก")
    page.check("input[name=network_linked][value=not_linkable]")
    assert not page.is_visible("#q-control_centre") and page.is_disabled("#q-control_centre")
    page.click("details[data-section=place] summary")
    page.check("input[name=restricted][value=yes]")
    assert not page.is_visible("#photos")


def test_a_photo_that_is_cut_off_stays_and_is_sent_by_itself(phone: MakePhone, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(picture((3, 200, 3), (800, 600)))
    surveyor = phone()
    page = surveyor.open("/sites/new")
    ready(page)
    fill_site(page, "แยกสัญญาณอ่อน")
    surveyor.context.route("**/sync/photos/*", lambda route: route.abort())
    page.set_input_files("[data-pick]", tmp_path / "a.jpg")
    uploaded(page, 1)
    save(page)  # the person goes on; the list says what is still to come
    page.wait_for_selector("[data-owed] li")
    page.wait_for_function("() => document.querySelector('[data-owed]').innerText.includes('ส่งภาพแล้ว 0 จาก 1 ภาพ')")
    page.wait_for_function("() => document.querySelector('[data-waiting-count]').innerText.trim() === '1'")
    surveyor.context.unroute("**/sync/photos/*")
    surveyor.complaints.clear()  # the refused requests themselves
    page.click("[data-send-now]")
    page.wait_for_selector("[data-nothing]:not([hidden])")
    page = surveyor.open("/sites?q=สัญญาณอ่อน")
    with page.expect_navigation():
        page.click(".rows.sites a")
    assert page.locator(".gallery img").count() == 1


def test_what_is_no_photo_is_refused_on_the_phone(phone: MakePhone, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"MZ this is a program")
    page = phone().open("/sites/new")
    ready(page)
    fill_site(page, "แยกไฟล์ผิด")
    page.set_input_files("[data-pick]", tmp_path / "a.jpg")
    page.wait_for_selector("[data-state].failed")
    assert "ไม่ใช่ภาพ" in page.inner_text("[data-state]")
    page.click(".actions .button.main")  # a form whose photo was not kept is not saved without a word
    page.wait_for_function("() => document.querySelector('[data-state]').textContent.includes('นำภาพออก')")
    assert page.url.endswith("/sites/new")
    page.check("[data-remove]")
    save(page)


def test_two_presses_store_one_site(phone: MakePhone) -> None:
    page = phone().open("/sites/new")
    ready(page)
    fill_site(page, "แยกกดสองครั้ง")
    with page.expect_navigation():
        page.evaluate("() => { const b = document.querySelector('.actions .button.main'); b.click(); b.click(); }")
    assert phone().open("/sites?q=กดสองครั้ง").locator(".rows.sites li").count() == 1


def test_a_photo_from_elsewhere_warns_and_offers_its_position(phone: MakePhone, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(with_gps(6.5, 101.9))
    page = phone().open("/sites/new")
    ready(page)
    fill_site(page, "แยกภาพไกล")
    page.set_input_files("[data-pick]", tmp_path / "a.jpg")
    page.wait_for_selector("[data-far]:not([hidden])")
    assert "ห่างจากพิกัดของรายการ" in page.inner_text("[data-far]")
    page.click("[data-use-exif]")
    page.wait_for_function("() => document.querySelector('[data-part=position_source]').value === 'photo'")
    assert page.input_value("#q-position") == "6.50000, 101.90000"
    page.wait_for_selector("[data-far]", state="hidden")


def test_a_large_photo_is_shrunk_and_keeps_its_exif(phone: MakePhone, tmp_path: Path) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "TestPhone"
    (tmp_path / "a.jpg").write_bytes(picture((9, 9, 200), (4000, 3000), exif=exif))
    page = phone().open("/sites/new")
    ready(page)
    fill_site(page, "แยกภาพใหญ่")
    page.set_input_files("[data-pick]", tmp_path / "a.jpg")
    uploaded(page, 1)
    with page.expect_response("**/sync/photos/*") as answer:
        page.click(".actions .button.main")
    said = answer.value.json()
    assert (said["width"], said["height"], said["exif"]["make"]) == (1536, 2048, "TestPhone")


def test_blurring_before_saving_and_after(phone: MakePhone, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(picture((90, 9, 200), (900, 600)))
    page = phone().open("/sites/new")
    ready(page)
    fill_site(page, "แยกเบลอ")
    page.set_input_files("[data-pick]", tmp_path / "a.jpg")
    uploaded(page, 1)
    page.click("[data-blur]")
    page.wait_for_function("() => document.querySelector('#blur-dialog [data-blur-image]').naturalWidth > 0")
    box = page.locator("#blur-dialog [data-blur-image]").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 90)
    page.mouse.up()
    page.click("#blur-dialog .button.main")
    assert page.input_value("[data-photo=blur]") != "[]"
    save(page)
    with page.expect_navigation():
        page.click(".gallery a")
    page.wait_for_selector(".canvas .area")
    page.click(".canvas .area")
    save(page, "[data-blur-form] .button")
    page.wait_for_function("() => document.querySelector('#blur-areas').value === '[]'")


SCRIPT = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"


def test_script_in_texts_never_runs(phone: MakePhone) -> None:
    surveyor = phone()
    page = surveyor.open("/sites/new")
    ready(page)
    fill_site(page, SCRIPT)
    page.fill("#q-owner_agency", SCRIPT)
    save(page)
    site = page.url.split("?")[0].removeprefix(surveyor.server)
    for path in (site, site + "/edit", "/sites", "/", "/agencies", site + "/cameras/new"):
        page = surveyor.open(path)
        ready(page)
        assert page.locator("main img[src=x]").count() == 0


FILL = """async ([kinds, script]) => {
  const { uid, csrf } = await (await fetch('/sync/session', { headers: { Accept: 'application/json' } })).json();
  const ids = {};
  for (const [kind, answers] of kinds) {
    ids[kind] = crypto.randomUUID();
    const given = JSON.parse(JSON.stringify(answers).replaceAll('SITE', ids.site).replaceAll('CAMERA', ids.camera));
    const message = { kind, op: 'save', record_id: ids[kind], answers: given, owner: uid, photos: {}, device_id: script, captured_at: new Date().toISOString() };
    const answer = await fetch(`/sync/mutations/${crypto.randomUUID()}`, { method: 'PUT', body: JSON.stringify(message), headers: { 'X-CSRFToken': csrf, 'Content-Type': 'application/json', Accept: 'application/json' } });
    if (answer.status !== 201) throw new Error(await answer.text());
  }
  return ids; }"""
MARKUP = "\"'><img src=x onerror=alert(1)></textarea><script>alert(2)</script>{{7*7}}"


def test_markup_in_every_text_of_every_record_runs_for_nobody(own_server: Any, chromium: Any) -> None:
    from models import RECORDS
    from survey.questions import asked

    place = {"latitude": 6.4255, "longitude": 101.8253}
    fixed = {"site": {**place, "owner_agency": MARKUP}, "camera": {"site_id": "SITE", "status": "not_working"}, "update": {"camera_id": "CAMERA", "status": "degraded"},
             "point": {**place, "camera_count": 2, "project_status": "not_started"}, "report": {"agency": MARKUP, "province": "96"}}  # fmt: skip
    kinds = [[kind, {**{n: MARKUP for n, q in asked(model).items() if q.kind in ("text", "longtext")}, **fixed[kind]}] for kind, model in RECORDS.items()]
    author = Phone(chromium, own_server.url, "police.narathiwat")
    ready(author.page)
    ids = author.page.evaluate(FILL, [kinds, MARKUP])
    paths = ["/", "/sites", "/points", "/reports", "/agencies", "/status", "/conflicts", f"/sites/{ids['site']}", f"/sites/{ids['site']}/edit", f"/cameras/{ids['camera']}",
             f"/cameras/{ids['camera']}/edit", f"/cameras/{ids['camera']}/status?server=1", f"/sites/{ids['site']}/cameras/new?server=1", f"/points/{ids['point']}",
             f"/reports/{ids['report']}", "/near", "/waiting", "/audit", "/accounts", "/privacy/contacts", "/phones"]  # fmt: skip
    for role in ("police.narathiwat", "narathiwat", "centre", "analyst", "inspector", "committee", "bank.narathiwat"):
        user = author if role == "police.narathiwat" else Phone(chromium, own_server.url, role)
        for path in paths:
            page = user.open(path)
            page.wait_for_load_state("networkidle")
            assert page.locator("img[src=x]").count() == 0, (role, path)
        assert [c for c in user.complaints if "status of 40" not in c] == [], role
        user.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_pages_are_accessible(phone: MakePhone, scheme: str, width: int) -> None:
    axe = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
    user = phone("narathiwat", color_scheme=scheme, viewport={"width": width, "height": 844}, bypass_csp=True, is_mobile=width < 1000)
    page = user.open("/sites")
    site = page.get_attribute(".rows.sites a >> nth=0", "href")
    page = user.open(site)
    camera = page.get_attribute(".rows.cameras a >> nth=0", "href") if page.locator(".rows.cameras a").count() else None
    for path in ("/", "/sites", "/sites/new", site, f"{site}/cameras/new", camera, camera and f"{camera}/status", "/points/new", "/reports/new", "/more", "/help", "/agencies", "/nowhere",
                 "/account", "/accounts", "/accounts/new", "/accounts/list", "/audit", "/privacy", "/privacy/contacts", "/confirm", "/join"):
        if path is None:
            continue
        page = user.open(path)
        ready(page)
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'best-practice']}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' ')))")
        assert not found, (path, found)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than the screen"
    user.complaints[:] = [c for c in user.complaints if "404" not in c]


def test_targets_are_large_enough_for_gloves(phone: MakePhone) -> None:
    user = phone()
    page = user.open("/sites")
    site = page.get_attribute(".rows.sites a >> nth=0", "href")
    for path in ("/", "/sites", "/sites/new", site, f"{site}/cameras/new", "/status", "/more"):
        page = user.open(path)
        ready(page)
        small = page.evaluate("""() => [...document.querySelectorAll('main button, main .button, main input:not([type=hidden], [type=checkbox], [type=radio], [type=file]), main select, main summary, .option, .not-known, .bar a')]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 47.5).map(e => e.outerHTML.slice(0, 120))""")
        assert not small, (path, small)
