"""Accounts handed on: who makes whom, invitations that work once, lists that are all right or make nothing, and what ends an account."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from models import Account, Agency, Audit, Invitation, Session, utcnow
from survey import account_lists, accounts, delegation, invitations, papers, passwords, scope
from survey.delegation import Person
from survey.errors import Refusal
from tests.conftest import PASSWORD, make_site

People = Callable[..., Account]
KEY = "a key of the tests"


def refused(code: str) -> Any:
    return pytest.raises(Refusal, match=f"^{code}$")


def invited(by: Account, **given: Any) -> tuple[Account, str]:
    account = delegation.make(Person(**{"name": "ด.ต. ใหม่ มาแล้ว", "role": "surveyor", "provinces": ["96"], **given}), by)
    return account, invitations.code_of(invitations.issue(account, by, KEY), KEY)


def test_the_centre_makes_two_seats_for_each_of_77_provinces_once(person: People) -> None:
    centre = person("centre_admin")
    made = delegation.make_seats(centre, 2)
    assert len(made) == 154 and {a.role for a in made} == {"province_admin"} and len({a.province for a in made}) == 77
    assert {a.username for a in made if a.province == "96"} == {"narathiwat.1", "narathiwat.2"}
    assert next(a.name for a in made if a.province == "10").startswith("ผู้ดูแลระบบกรุงเทพมหานคร")  # never a "province"
    assert delegation.make_seats(centre, 2) == []
    assert len(delegation.make_seats(centre, 3)) == 77


@pytest.mark.parametrize(("by", "role", "provinces", "allowed"), [
    (("centre_admin",), "inspector", ["96", "95"], True), (("centre_admin",), "province_admin", ["96"], True), (("centre_admin",), "surveyor", ["96", "94"], True),
    (("centre_admin",), "surveyor", [], False),  # nowhere to work
    (("province_admin", "96"), "surveyor", ["96"], True), (("province_admin", "96"), "agency", ["96"], True),
    (("province_admin", "96"), "surveyor", ["70"], False), (("province_admin", "96"), "surveyor", ["96", "94"], False),  # army circles are the centre's
    (("province_admin", "96"), "province_admin", ["96"], False), (("province_admin", "96"), "centre_admin", [], False),
    (("surveyor", "96"), "surveyor", ["96"], False), (("inspector", "96"), "surveyor", ["96"], False),
])  # fmt: skip
def test_who_makes_whom(person: People, by: tuple[str, ...], role: str, provinces: list[str], allowed: bool) -> None:
    given = Person("ก", role, provinces, agency="ธนาคาร" if role == "agency" else "")
    if allowed:
        assert delegation.make(given, person(*by)).made_by_id == person(*by).id
    else:
        with refused("invalid"):
            delegation.make(given, person(*by))
        assert Account.select().where(Account.name == "ก").count() == 0


def test_everyone_sees_only_the_branch_below(person: People) -> None:
    centre, here, there = person("centre_admin"), person("province_admin", "96"), person("province_admin", "70")
    below, _ = invited(here)
    army = delegation.make(Person("มทบ.", "surveyor", ["96", "94"]), centre)
    assert {a.id for a in scope.visible(here, Account)} == {here.id, below.id}
    assert {a.id for a in scope.visible(there, Account)} == {there.id}
    assert {a.id for a in scope.visible(below, Account)} == {below.id}
    assert army.id in {a.id for a in scope.visible(centre, Account)}
    for who in (there, below, person("analyst"), person("inspector", "96")):
        with refused("not_found"):
            delegation.suspend(below, who)
        with refused("not_found"):
            invitations.issue(below, who, KEY)
    with refused("not_found"):
        delegation.suspend(here, here)  # nobody manages themselves


def test_an_invitation_works_once_and_the_person_chooses_the_password(person: People) -> None:
    account, code = invited(person("province_admin", "96"))
    with refused("wrong_login"):
        accounts.identify(account.username, "", "1.1.1.1")
    assert code not in repr([i.__data__ for i in Invitation.select()])
    invitations.accept(code.lower().replace("-", " "), "ม้าลายสามตัวข้ามสะพานไม้", "1.1.1.1", False)
    assert accounts.identify(account.username, "ม้าลายสามตัวข้ามสะพานไม้", "1.1.1.1").id == account.id
    with refused("invitation"):
        invitations.accept(code, "ม้าลายสี่ตัวข้ามสะพานเหล็ก", "1.1.1.1", False)


@pytest.mark.parametrize("what", ["late", "withdrawn", "replaced", "suspended", "mistyped", "nothing"])
def test_a_code_that_cannot_be_used_gives_one_sentence_whatever_the_reason(person: People, what: str) -> None:
    boss = person("province_admin", "96")
    account, code = invited(boss)
    if what == "late":
        Invitation.update(expires_at=utcnow() - dt.timedelta(seconds=1)).execute()
    elif what == "withdrawn":
        invitations.withdraw(account, boss)
    elif what == "replaced":
        invitations.issue(account, boss, KEY)
    elif what == "suspended":
        delegation.suspend(account, boss)
    given = {"mistyped": code[:-1] + ("A" if code[-1] != "A" else "B"), "nothing": ""}.get(what, code)
    with pytest.raises(Refusal) as refusal:
        invitations.accept(given, "ม้าลายสามตัวข้ามสะพานไม้", "1.1.1.1", False)
    assert refusal.value.code == "invitation" and account.username not in str(refusal.value.message)
    assert Account.get_by_id(account.id).password_hash == ""


def test_a_code_is_good_for_72_hours_and_can_be_printed_again(person: People) -> None:
    account, code = invited(person("province_admin", "96"))
    open_one = invitations.open_one(account)
    assert open_one is not None and open_one.expires_at - open_one.made_at == dt.timedelta(hours=72)
    assert invitations.code_of(open_one, KEY) == code and invitations.code_of(open_one, "another key") != code


def test_guessing_codes_is_slowed_down(person: People) -> None:
    for _ in range(invitations.FREE_TRIES):
        with refused("invitation"):
            invitations.accept("AAAA-AAAA-AAAA", "x", "6.6.6.6", False)
    with refused("login_delay"):
        invitations.accept("AAAA-AAAA-AAAA", "x", "6.6.6.6", False)
    _, code = invited(person("province_admin", "96"))
    assert invitations.accept(code, "ม้าลายสามตัวข้ามสะพานไม้", "7.7.7.7", False).password_hash  # an honest person elsewhere


@pytest.mark.parametrize(("password", "factor", "code"), [
    ("ม้าลายสามตัวข้ามสะพานไม้", False, None), ("correct horse battery staple", False, None), ("ฝนตก๙หนที่บ้านยายเมื่อเช้า", False, None),
    ("สั้นไปนิดหนึ่ง", False, "password_short"), ("zebra-42x", False, "password_short"), ("zebra-42x", True, None), ("zebra-4", True, "password_short"),
    ("กล้องวงจรปิดนราธิวาส2559", False, "password_common"), ("samruat-cctv-2569-police", False, "password_common"), ("สภ.เมืองนราธิวาส 191", False, "password_common"),
    ("passwordpassword123", False, "password_common"), ("aaaaaaaaaaaaaaaaaa", False, "password_common"), ("123456789012345678", False, "password_common"),
    ("somchai.narathiwat.2569", False, "password_common"), ("x" * 300, False, "password_long"),
])  # fmt: skip
def test_what_a_password_must_be(password: str, factor: bool, code: str | None) -> None:
    if code is None:
        passwords.check_new(password, factor, "somchai.n", "ด.ต. Somchai")
    else:
        with refused(code):
            passwords.check_new(password, factor, "somchai.n", "ด.ต. Somchai")


LIST = "ชื่อ\tโทรศัพท์\tหน่วย\tอำเภอ\nด.ต. สมชาย ใจดี\t๐๙๕-๕๘๗-๒๔๐๕\tสภ.เมืองนราธิวาส\tเมืองนราธิวาส\nส.ต.อ. สมหญิง รักงาน\t0955872406\tสภ.ตากใบ\tตากใบ\n"


def test_a_pasted_list_makes_all_of_them(person: People) -> None:
    boss = person("province_admin", "96")
    rows = account_lists.read(LIST, boss, "surveyor", ["96"])
    assert [r.errors for r in rows] == [{}, {}]
    made = account_lists.make(rows, boss)
    assert [(a.name, a.phone, a.agency.name, a.districts) for a in made] == [
        ("ด.ต. สมชาย ใจดี", "095-587-2405", "สภ.เมืองนราธิวาส", ["9601"]), ("ส.ต.อ. สมหญิง รักงาน", "095-587-2406", "สภ.ตากใบ", ["9602"])]  # fmt: skip
    assert [a.username for a in made] == ["96-0001", "96-0002"]


BAD_ROWS = [
    ("ก ข, 12345, สภ.ก", "phone"), (", 0955872405, สภ.ก", "name"), ("ก ข, 0955872405, สภ.ก\nก ข, 0955872406, สภ.ก", "name"), ("ก" * 121, "name"),
    ("ชื่อ,จังหวัด\nก ข,แอตแลนติส", "province"), ("ชื่อ,จังหวัด\nก ข,ราชบุรี", "province"), ("ชื่อ,อำเภอ\nก ข,ไม่มีอำเภอนี้", "district"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "field"), BAD_ROWS)
def test_a_list_with_a_mistake_says_where_and_makes_nothing(person: People, text: str, field: str) -> None:
    boss = person("province_admin", "96")
    rows = account_lists.read("คน ดี, 0955872499, สภ.ข\n" + text if not text.startswith("ชื่อ") else text, boss, "surveyor", ["96"])
    wrong = [row for row in rows if row.errors]
    assert wrong and all(field in row.errors for row in wrong) and str(next(iter(wrong[0].errors.values())))
    with refused("invalid"):
        account_lists.make(rows, boss)
    assert Account.select().count() == 1 and Agency.select().count() == 0


def test_who_has_an_account_already_is_noticed(person: People) -> None:
    boss = person("province_admin", "96")
    account_lists.make(account_lists.read(LIST, boss, "surveyor", ["96"]), boss)
    assert all("name" in r.errors for r in account_lists.read(LIST, boss, "surveyor", ["96"]))


def test_a_thousand_people_in_one_list(person: People) -> None:
    boss = person("province_admin", "96")
    rows = account_lists.read("\n".join(f"คนที่ {n},,สภ.{n % 7}" for n in range(1000)), boss, "surveyor", ["96"])
    assert len(account_lists.make(rows, boss)) == 1000
    with refused("list_long"):
        account_lists.read("\n".join(f"คนที่ {n}" for n in range(1001)), boss, "surveyor", ["96"])


@pytest.mark.parametrize("data", [LIST.encode("utf-8-sig"), LIST.replace("\t", ",").encode("cp874"), LIST.replace("\t", ";").encode()])
def test_lists_come_as_files_of_any_usual_kind(person: People, data: bytes) -> None:
    rows = account_lists.read(account_lists.decode(data), person("province_admin", "96"), "surveyor", ["96"])
    assert [r.person.agency for r in rows] == ["สภ.เมืองนราธิวาส", "สภ.ตากใบ"] and not any(r.errors for r in rows)


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"PK\x03\x04\x00\x00\xff"])
def test_a_file_that_is_no_list(data: bytes) -> None:
    with refused("list_file"):
        account_lists.decode(data)


def test_a_suspended_account_stops_at_its_next_request_and_goes_on_later(person: People) -> None:
    boss = person("province_admin", "96")
    user = person("surveyor", "96")
    token = accounts.start_session(user)
    delegation.suspend(user, boss)
    assert accounts.session_of(token) is None
    with refused("disabled"):
        accounts.identify(user.username, PASSWORD, "1.1.1.1")
    delegation.resume(Account.get_by_id(user.id), boss)
    assert accounts.identify(user.username, PASSWORD, "1.1.1.1").id == user.id
    assert accounts.session_of(token) is None  # the lost phone stays out
    delegation.suspend(Account.get_by_id(user.id), boss, for_good=True)
    with refused("account_off"):
        delegation.resume(Account.get_by_id(user.id), boss)


def test_moving_changes_the_area_and_keeps_what_was_recorded(person: People) -> None:
    boss, user = person("centre_admin"), person("surveyor", "96", agency="สภ.เมืองนราธิวาส")
    site = make_site(user)
    delegation.move(user, boss, ["95"], [], "สภ.เมืองยะลา")
    moved = Account.get_by_id(user.id)
    assert (moved.provinces, moved.province, moved.agency.name) == (["95"], "95", "สภ.เมืองยะลา")
    assert scope.may(moved, "see", site) and site.unit.name == "สภ.เมืองนราธิวาส"
    assert Audit.select().order_by(Audit.number.desc()).first().detail["changed"]["provinces"] == ["96", "95"]


def test_a_units_chief_sees_what_its_surveyors_recorded_elsewhere(person: People) -> None:
    chief = person("surveyor", "70", agency="กองร้อย")
    Account.update(chief=True).where(Account.id == chief.id).execute()
    chief = Account.get_by_id(chief.id)
    site = make_site(person("surveyor", "96", agency="กองร้อย"))
    other = make_site(person("surveyor", "96", agency="กองร้อยอื่น"))
    from models import Site

    assert scope.may(chief, "see", site) and not scope.may(chief, "see", other)
    assert [s.id for s in scope.visible(chief, Site)] == [site.id]


def test_slips_are_printed_with_thai_names_that_never_become_code(person: People) -> None:
    account, code = invited(person("province_admin", "96"), name='น้ำเพ็ชร์ #panic("x") *ก* $x$ \\ "q"', agency="สภ.#let x")
    pdf = papers.invitation_slips([(Account.get_by_id(account.id), code, utcnow())] * 7, "https://survey.example.go.th/join", "สำนักงาน #1", letters=True, classification="ลับ")
    assert pdf.startswith(b"%PDF") and len(PdfReader(io.BytesIO(pdf)).pages) == 3  # the letter, six slips, the seventh
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    assert all("ลับ" in page for page in pages) and sum(page.count(account.username) for page in pages) == 7
    assert '#panic("x")' in pages[1] and "สภ.#let x" in pages[1] and code[:4] in pages[1]


def test_sessions_of_a_lost_phone_are_ended_by_name(person: People) -> None:
    user = person("surveyor", "96")
    lost, kept = accounts.start_session(user, "Android"), accounts.start_session(user, "Desktop")
    handle = next(s.token_hash[: accounts.HANDLE] for s in accounts.live_sessions(user) if s.device == "Android")
    accounts.end_session_named(person("surveyor", "70"), handle, user, None)  # of another account: nothing
    assert accounts.session_of(lost)
    for wrong in ("", "%", handle[:5]):
        accounts.end_session_named(user, wrong, user, None)
    assert accounts.session_of(lost) and accounts.session_of(kept)
    accounts.end_session_named(user, handle, user, None)
    assert accounts.session_of(lost) is None and accounts.session_of(kept)


def test_a_changed_password_ends_every_other_session(person: People) -> None:
    user = person("surveyor", "96")
    here, there = accounts.start_session(user), accounts.start_session(user)
    with refused("wrong_password"):
        accounts.change_password(accounts.session_of(here), "wrong", "ม้าลายสามตัวข้ามสะพานไม้", "1.1.1.1")
    accounts.change_password(accounts.session_of(here), PASSWORD, "ม้าลายสามตัวข้ามสะพานไม้", "1.1.1.1")
    assert accounts.session_of(here) and accounts.session_of(there) is None
    assert Session.select().where(Session.account == user.id, Session.ended_at.is_null()).count() == 1
