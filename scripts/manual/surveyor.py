"""The surveyor's walk: the pictures of docs/manual/*/surveyor.md, in the order of the chapter."""

from __future__ import annotations

from scripts.manual.walk import Walk, photo

NAMES = {"th": ("แยกไฟแดงหน้าตลาดสด", "เทศบาลเมืองนราธิวาส"), "en": ("Junction at the fresh market", "เทศบาลเมืองนราธิวาส")}


def stranger(walk: Walk) -> None:
    """Before logging in."""
    walk.open("/")
    walk.shot("home")
    walk.open("/join")
    walk.page.fill("#code", "7KQM-X2PA-94TD")
    walk.page.fill("#password", "ตัวอย่างเท่านั้น อย่าใช้จริง")
    walk.shot("join", mark="#code")
    walk.open("/login")
    walk.page.fill("#username", "police.narathiwat")
    walk.shot("log-in", mark="main form button[type=submit]")


def first_site(walk: Walk) -> None:
    """A site with a photo, then its cameras."""
    page, (name, owner) = walk.page, NAMES[walk.lang]
    walk.log_in("police.narathiwat")
    walk.shot("my-work", mark=".big.main")
    walk.shot("install", at="[data-install]")
    walk.open("/drill")
    page.click("[data-drill-position]")
    page.wait_for_selector("[data-step=position].done")
    walk.shot("drill", at="[data-drill]")
    walk.open("/sites/new")
    page.click("[data-locate]")
    page.wait_for_selector("[data-accuracy].good")
    walk.shot("site-position", mark="[data-locate]")
    page.fill("#q-install_point", name)
    page.fill("#q-owner_agency", owner)
    page.keyboard.press("Escape")
    walk.shot("site-names", at="#q-install_point-block")
    page.set_input_files("[data-take]", photo(walk.files))
    page.wait_for_selector("[data-card][data-sha256]")
    page.select_option("[data-card] select", "surroundings")
    walk.shot("site-photo", at="#photos")
    walk.press(".actions .button.main")
    page.wait_for_selector(".gallery img")
    walk.shot("site-saved", mark="#cameras .button.main")
    walk.press("#cameras .button.main")
    page.fill("#q-label", "CAM-01")
    page.check("input[name=status][value=working]")
    walk.shot("camera-status", at="#q-label-block")
    page.click("details:has(#q-camera_brand) summary")
    page.check("input[name=not_known][value=camera_brand]")
    walk.shot("not-known", mark="label.not-known:has([value=camera_brand])")
    page.set_input_files("[data-take]", photo(walk.files, 8))
    page.wait_for_selector("[data-card][data-sha256]")
    walk.press(".actions .button:not(.main)")
    page.fill("#q-label", "CAM-02")
    page.check("input[name=status][value=degraded]")
    walk.press(".actions .button.main")
    page.wait_for_selector(".rows.cameras li >> nth=1")
    walk.shot("cameras-saved", at="#cameras")


def one_tap(walk: Walk) -> None:
    """A status of a known camera."""
    walk.log_in("police.narathiwat")
    walk.have_files()
    walk.page.click("[data-find-near]")
    walk.page.wait_for_function("() => document.querySelector('[data-sites] small').textContent")
    walk.shot("near", mark="[data-find-near]")
    walk.press("[data-sites] [data-link=status] >> nth=0")
    walk.shot("status")


def no_network(walk: Walk) -> None:
    """Recorded without a network, kept, sent later; a draft beside it."""
    page, (name, owner) = walk.page, NAMES[walk.lang]
    walk.log_in("police.narathiwat")
    walk.have_files()
    walk.context.set_offline(True)
    walk.open("/sites/new")
    page.fill("#q-install_point", name + " 2")
    page.fill("#q-owner_agency", owner)
    page.fill("#q-position", "6.42721, 101.82711")
    page.press("#q-position", "Tab")
    page.set_input_files("[data-take]", photo(walk.files, 9))
    page.wait_for_selector("[data-card][data-sha256]")
    walk.press(".actions .button.main")
    page.wait_for_selector("[data-kept]:not([hidden])")
    walk.shot("kept")
    walk.open("/sites/new")
    page.fill("#q-install_point", name + " 3")
    page.wait_for_function("() => document.querySelector('[data-draft-state]').textContent")
    page.wait_for_timeout(700)  # the draft is written within half a second
    walk.open("/waiting")
    page.wait_for_selector("[data-drafts] li")
    walk.shot("waiting", mark="[data-send-now]")
    walk.shot("draft", at="[data-drafts-part]")
    walk.context.set_offline(False)
    page.click("[data-send-now]")
    page.wait_for_selector("[data-nothing]:not([hidden])", timeout=40_000)
    page.wait_for_selector("[data-received] li")
    walk.shot("sent", at="[data-received-part]")
    walk.open("/points/new")
    page.click("[data-locate]")
    page.wait_for_selector("[data-accuracy].good")
    page.fill("#q-location", name)
    walk.shot("point", at="[data-locate]")


def after_review(walk: Walk) -> None:
    """What came back, and where one is logged in. The province's walk has returned something."""
    walk.log_in("police.narathiwat")
    walk.shot("returned", at="#returned")
    walk.open("/account")
    walk.shot("my-account", mark="form:has(button[value=others]) button")


def declares(walk: Walk) -> None:
    """An agency tells the province."""
    walk.log_in("bank.narathiwat")
    walk.open("/progress/mine")
    walk.page.check("input[name=state][value=complete]")
    walk.shot("declare", at="fieldset")
