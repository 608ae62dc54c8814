"""What goes out and comes back: the same answers, nobody else's, no formula and no link, and nothing that is sensitive."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from models import Account, Camera, ProposedPoint, Site
from survey import choices
from survey.exchange import written
from survey.exchange.exported import asked_of, columns_of, row_count
from survey.exchange.guarding import cleaned, guarded, unguarded
from survey.listing import Filter
from survey.questions import asked
from tests.conftest import NARATHIWAT, make_camera, make_site, send
from tests.survey.exchange.conftest import Found

Run = Callable[..., Found]
SAME = lambda text: text  # noqa: E731  (headings stay Thai)
OPENINGS = ("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠", "\t=", "\r=", " =", "\n=", "'=", "\u200b=", "\x00=", "\x1f@")
ENDINGS = ("cmd|' /C calc'!A0", 'HYPERLINK("http://x.test","y")', "1+1", "http://x.test/a", "mailto:a@x.test", "SUM(A1:A9)", "file:///etc", "IMPORTXML(A1)")


def csv_of(user: Account, kind: str = "camera", wanted: Filter | None = None) -> list[dict[str, str]]:
    data = b"".join(written.write_csv(user, kind, wanted or Filter(), SAME))
    assert data.startswith(b"\xef\xbb\xbf")
    columns = columns_of(kind)
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0] == [c.heading for c in columns]
    return [dict(zip([c.name for c in columns], row, strict=True)) for row in rows[1:]]


def workbook_of(user: Account, origin: str = "camera", wanted: Filter | None = None) -> bytes:
    with written.write_workbook(user, origin, wanted or Filter(), SAME) as file:
        return file.read()


@pytest.fixture
def admin(person: Callable[..., Account]) -> Account:
    return person("province_admin", "96")


def test_a_row_is_a_camera_with_its_site_and_a_site_without_cameras_has_one(admin: Account, person: Callable[..., Account]) -> None:
    officer = person("surveyor", "96")
    first, second = make_site(officer, contact_phone="0812345678", install_point="แยกตลาด"), make_site(officer, install_point="ท่าเรือ")
    cameras = [make_camera(officer, first, label="1"), make_camera(officer, first, label="2")]
    rows = csv_of(admin)
    assert row_count(admin, "camera", Filter()) == len(rows)
    assert [(r["site_id"], r["camera_id"], r["install_point"], r["label"]) for r in rows] == [
        (str(first.id), str(cameras[0].id), "แยกตลาด", "1"), (str(first.id), str(cameras[1].id), "แยกตลาด", "2"), (str(second.id), "", "ท่าเรือ", "")]  # fmt: skip
    assert rows[0]["province"] == "นราธิวาส" and rows[0]["contact_phone"] == "081-234-5678" and float(rows[0]["latitude"]) == NARATHIWAT[0]


def test_nothing_sensitive_and_no_other_province_goes_out(admin: Account, person: Callable[..., Account]) -> None:
    officer, far = person("surveyor", "96"), person("province_admin", "50")
    site = make_site(officer, install_point="แยกตลาด", restricted="yes", contact_name="ผู้ติดต่อ ทดสอบ")
    make_camera(officer, site, stream_url="rtsp://stream.test/secret-1")
    for kind in ("camera", "point", "report"):
        assert all(not c.question.sensitive and c.question.kind != "url" for c in columns_of(kind) if c.question)
    everything = [b"".join(written.write_csv(admin, "camera", Filter(), SAME)), workbook_of(admin), b"".join(written.write_geojson(admin, "camera", Filter()))]
    assert all(b"secret-1" not in part for part in everything)
    assert csv_of(admin) and csv_of(far) == [] and json.loads(b"".join(written.write_geojson(far, "camera", Filter())))["features"] == []
    viewer = person("analyst")
    shown = csv_of(viewer)[0]
    assert csv_of(admin)[0]["contact_name"] == "ผู้ติดต่อ ทดสอบ" and shown["contact_name"] == ""
    assert (float(shown["latitude"]), float(shown["longitude"])) != (site.latitude, site.longitude)


def test_a_filter_asks_of_an_export_what_it_asks_of_the_list(admin: Account, person: Callable[..., Account]) -> None:
    officer = person("surveyor", "96")
    for n, status in enumerate(("working", "not_working")):
        site = make_site(officer, install_point=f"จุด {n}", latitude=6.42 + n / 100)
        make_camera(officer, site, status=status, label=f"{n}")
        make_camera(officer, site, status="working", label="และอีกตัว")
    assert [(r["install_point"], r["label"]) for r in csv_of(admin, wanted=Filter(status="not_working"))] == [("จุด 1", "1")]
    assert [r["install_point"] for r in csv_of(admin, wanted=Filter(text="จุด 0"))] == ["จุด 0", "จุด 0"]
    for wanted in (Filter(), Filter(status="not_working"), Filter(text="จุด 0"), Filter(district="9601")):
        assert row_count(admin, "camera", wanted) == len(csv_of(admin, wanted=wanted))
    assert asked_of("point", "camera", Filter(status="not_working", province="96")) == Filter(province="96")


def test_a_map_file_has_each_camera_where_it_is(admin: Account, person: Callable[..., Account]) -> None:
    officer = person("surveyor", "96")
    site = make_site(officer)
    make_camera(officer, site)
    make_camera(officer, site, latitude=site.latitude + 0.0001, longitude=site.longitude)
    found = json.loads(b"".join(written.write_geojson(admin, "camera", Filter())))
    assert [f["geometry"]["coordinates"] for f in found["features"]] == [[site.longitude, site.latitude], [site.longitude, round(site.latitude + 0.0001, 7)]]
    assert found["features"][0]["properties"]["site_id"] == str(site.id)


def test_a_workbook_has_the_three_tables_with_types(admin: Account, person: Callable[..., Account]) -> None:
    officer = person("surveyor", "96")
    make_camera(officer, make_site(officer, contact_phone="0812345678"), install_year=2561)
    send(officer, "point", {"location": "ปากซอย", "latitude": 6.43, "longitude": 101.82, "project_status": "preparing", "budget_amount": "1250000.50"})
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(admin)))
    assert book.sheetnames == ["1.1", "1.2", "1.3"] and all(s.freeze_panes == "B2" and s.auto_filter.ref for s in book)
    cell = {c.name: list(book["1.1"].rows)[1][n] for n, c in enumerate(columns_of("camera"))}
    assert (cell["install_year"].value, cell["install_year"].data_type) == (2561, "n") and cell["latitude"].data_type == "n"
    assert (cell["contact_phone"].value, cell["contact_phone"].data_type, cell["contact_phone"].number_format) == ("081-234-5678", "s", "@")
    point = {c.name: list(book["1.2"].rows)[1][n] for n, c in enumerate(columns_of("point"))}
    assert (point["budget_amount"].value, point["budget_amount"].number_format) == (1250000.5, "#,##0.00")


def test_every_printed_page_of_a_workbook_is_marked(admin: Account) -> None:
    with written.write_workbook(admin, "camera", Filter(), SAME, "ลับ") as file:
        book = openpyxl.load_workbook(file)
    assert all("ลับ" in sheet.oddHeader.center.text and "ลับ" in sheet.oddFooter.center.text for sheet in book)


def test_no_formula_and_no_link_gets_through(admin: Account, person: Callable[..., Account]) -> None:
    """1,008 payloads in stored texts, as an old record could hold them, read again with a spreadsheet's library."""
    payloads = [f"{opening}{n}{ending}" for n in range(7) for opening in OPENINGS for ending in ENDINGS]
    assert len(payloads) >= 1000
    site = make_site(person("surveyor", "96"))
    made = [make_camera(admin, site, label=str(n)) for n in range(3)]
    texts = [n for n, q in asked(Camera).items() if q.kind in ("text", "longtext") and getattr(Camera, n).null]
    seen = 0
    for start in range(0, len(payloads), 3 * len(texts)):
        some = payloads[start : start + 3 * len(texts)]
        for n, camera in enumerate(made):
            own = some[n * len(texts) : (n + 1) * len(texts)]
            if own:
                Camera.update(**{name: text.replace("\x00", "") for name, text in zip(texts, own, strict=False)}).where(Camera.id == camera.id).execute()
                seen += len(own)
        packed = workbook_of(admin)
        sheet = openpyxl.load_workbook(io.BytesIO(packed))["1.1"]
        assert not [c.coordinate for row in sheet.rows for c in row if c.data_type == "f" or c.hyperlink]
        with zipfile.ZipFile(io.BytesIO(packed)) as parts:
            assert not [n for n in parts.namelist() if "hyperlink" in n] and not re.search(rb"<f>|<hyperlink", parts.read("xl/worksheets/sheet1.xml"))
        for row in csv_of(admin):
            assert not [v for n, v in row.items() if n in texts and re.match(r"\s*[=+\-@|%＝＋－＠]", v) or re.search(r"[\x00-\x09\x0b-\x1f]", v)]
    assert seen == len(payloads)


@given(st.text(max_size=30))
def test_a_guarded_text_is_itself_again(text: str) -> None:
    assert unguarded(guarded(text)) == cleaned(text)


def test_every_control_character_is_cleaned_away_and_nothing_else() -> None:
    """Printable texts are let through at once; this goes through all of Unicode to see that none of the others slips along."""
    changed = {chr(n) for n in range(0x110000) if cleaned(f"ก{chr(n)}ข") != f"ก{chr(n)}ข"}
    assert changed == {chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) in ("Cc", "Cs")} - {"\n"} | set("\u2028\u2029\ufeff\ufffe\uffff")


@pytest.mark.parametrize("text", ["=1+1", "+66", "-", "@x", "\t=1", "＝1", "0123", "1234567890123", "'x"])
def test_what_a_spreadsheet_would_change_is_guarded(text: str) -> None:
    assert guarded(text).startswith("'")


def test_an_export_that_comes_back_changes_nothing(admin: Account, person: Callable[..., Account], dry_run: Run) -> None:
    officer = person("surveyor", "96")
    make_camera(officer, make_site(officer, install_point="แยกตลาด"))
    make_site(officer, install_point="ท่าเรือ", latitude=6.44)
    send(officer, "point", {"location": "ปากซอย", "latitude": 6.43, "longitude": 101.82, "project_status": "preparing"})
    for data, rows in ((workbook_of(admin), 3), (b"".join(written.write_csv(admin, "camera", Filter(), SAME)), 2)):
        found = dry_run(data, account=admin)
        assert found.summary.rows == rows and dict(found.summary.skipped) == {"already_there": rows} and not found.summary.good


TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S"), include_characters=" "), max_size=20).map(
    lambda t: " ".join(["ก", *t.split(), "ข"])
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_goes_out_is_understood_when_it_comes_in(db: Any, person: Callable[..., Account], dry_run: Run, data: st.DataObject) -> None:
    """Random records, exported, without their ids read as a list: the same answers, and nothing corrected or doubted."""
    Camera.delete().execute(), Site.delete().execute(), ProposedPoint.delete().execute()
    some = Account.get_or_none(Account.username == "surveyor96") or person("surveyor", "96")
    draw = lambda strategy: data.draw(strategy)  # noqa: E731
    site = make_site(some, install_point=draw(TEXT), details=draw(TEXT), place_type=draw(st.sampled_from(sorted(choices.PLACE_TYPE))),
                     network_type=draw(st.sampled_from(sorted(choices.NETWORK_TYPE))), retention_days=draw(st.integers(0, 365)), contact_phone="02-283-4737")  # fmt: skip
    camera = make_camera(some, site, label=draw(st.sampled_from(("", "=", "+", "-", "@", "'", "0"))) + draw(TEXT), install_year=draw(st.integers(2540, 2568)), status=draw(st.sampled_from(sorted(choices.STATUS))),
                         problems=draw(st.lists(st.sampled_from(sorted(choices.PROBLEMS)), unique=True, max_size=3)),
                         bearing=draw(st.integers(0, 359)), maintenance=draw(st.sampled_from(sorted(choices.MAINTENANCE))))  # fmt: skip
    names = [c.name for c in columns_of("camera")]
    table = list(csv.reader(io.StringIO(b"".join(written.write_csv(some, "camera", Filter(), SAME)).decode("utf-8-sig"), newline="")))
    out = io.StringIO(newline="")
    csv.writer(out).writerows([row[: names.index("site_id")] for row in table])
    found = dry_run(out.getvalue().encode("utf-8-sig"), alone=True)
    assert found.summary.rows == found.summary.good == 1, found.rows[0].problems
    row = found.rows[0]
    for record, answers in ((site, row.answers), (camera, row.cameras[0])):
        for name, question in asked(type(record)).items():
            if question.sensitive or question.kind in ("url", "agency", "agencies", "latitude", "longitude") or name == "position_source":
                continue
            stored, value = record.__data__.get(name), answers.get(name)
            checked, wrong = question.check(value)
            assert wrong is None and checked == (stored or None if question.kind == "many" else stored), (name, value, stored, row.problems)
