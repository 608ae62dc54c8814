"""`make bench-files`: rows a second and peak memory of lists of 100,000 rows, each figure in a process of its own.

Import: the same list as CSV and XLSX, checked as the forms check (`flask import --dry-run`), and brought in through `receive()`.
Export: 100,000 cameras with all columns as CSV and GeoJSON, a province's 5,000 as a workbook, and photos, beside bare readings of the cameras' table.
Peak memory is that of the process and of the child that reads workbooks, above an idle `flask` process. Seconds by the clock, and of processor time
(which a busy machine does not change much).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import xlsxwriter

ROOT = Path(__file__).resolve().parents[1]
LINE = "  {:44} {:8.0f} rows/s  {:7.1f} s, {:7.1f} s of processor time  {:6.0f} MB above idle"
HEADINGS = [
    "ลำดับ", "ชื่อจุดติดตั้ง", "หน่วยงานเจ้าของกล้อง", "ที่ตั้ง", "จังหวัด", "ละติจูด", "ลองจิจูด", "หมายเลขกล้อง", "ยี่ห้อกล้อง", "รุ่นกล้อง", "ปีที่ติดตั้ง", "ระบบกล้อง",
    "ประเภทกล้อง", "การเชื่อมต่อของกล้อง (Wireless/Line)", "สถานะการใช้งาน", "ระยะเวลาจัดเก็บข้อมูล (วัน)", "วิธีจัดเก็บภาพ", "หมายเลขโทรศัพท์", "ผู้ให้บริการ",
    "หมายเหตุ",
]  # fmt: skip
# Run around a flask command: the peak memory of it and of its children in kB, and their processor time, on standard error.
MEASURED = """
import resource, sys
from flask.cli import main
sys.argv = ["flask", "--app", "app", *sys.argv[1:]]
try:
    main()
finally:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print("PEAK", sum(u.ru_maxrss for u in used), sum(u.ru_utime + u.ru_stime for u in used), file=sys.stderr)
"""


def rows(count: int) -> list[list[str]]:
    """A believable list with the usual messes: other words, short years, a few rows without a position."""
    dice, made = random.Random(1), []
    for n in range(count):
        position = ["0", "0"] if n % 500 == 0 else [f"{6.0 + dice.random() * 0.5:.6f}", f"{101.3 + dice.random() * 0.5:.6f}"]
        made.append([
            str(n + 1), f"จุดที่ {n} ถนนพิชิตบำรุง", "เทศบาลเมืองนราธิวาส", f"หมู่ที่ {n % 12} ถนนพิชิตบำรุง", "", *position, f"NR-{n:06}",
            dice.choice(("Hikvision", "Dahua", "Axis")), "DS-2CD2T47", dice.choice(("2559", "61", "ม.ค. 60")), "IP", dice.choice(("Fixed", "PTZ", "โดม")),
            "มีสาย",
            dice.choice(("ใช้งานได้", "ชำรุด", "ใช้การได้")), dice.choice(("30", "30 วัน")), "NVR", "073-511-234", "NT", "ติดตั้งบนเสาไฟฟ้า",
        ])  # fmt: skip
    return made


def write(folder: Path, count: int) -> dict[str, Path]:
    """The list as CSV and as XLSX."""
    made = rows(count)
    with (folder / "list.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *made])
    with xlsxwriter.Workbook(folder / "list.xlsx", {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for r, row in enumerate([HEADINGS, *made]):
            sheet.write_row(r, 0, row)
    return {"csv": folder / "list.csv", "xlsx": folder / "list.xlsx"}


def flask(environment: dict[str, str], *arguments: str) -> tuple[str, float, float]:
    """Runs a flask command; (last line of what it said, seconds of processor time, peak memory in MB) of it and its children."""
    done = subprocess.run([sys.executable, "-c", MEASURED, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    peak, busy = done.stderr.rsplit("PEAK", 1)[1].split()
    return (done.stdout.strip().splitlines() or [""])[-1], float(busy), int(peak) / 1024


def around(folder: Path) -> dict[str, str]:
    """The environment of commands that keep their data in a folder."""
    return {**os.environ, "SAMRUAT_DATA": str(folder / "data"), "DATABASE_URL": "", "PYTHONPATH": str(ROOT), "DEMO_PASSWORD": "bench-password-only"}


def imports(count: int) -> None:
    """Checking and bringing in, in a database of its own."""
    print(f"Import of {count:,} rows of {len(HEADINGS)} columns")
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        environment = around(folder)
        flask(environment, "migrate")
        flask(environment, "demo", "--sites", "1")
        idle = flask(environment, "fields")[2]
        lists = write(folder, count)
        for kind, path in lists.items():
            said, busy, peak = flask(environment, "import", str(path), "--dry-run")
            told = json.loads(said)
            assert told["rows"] == count == told["good"] + told["error_rows"] + sum(told["skipped"].values()), said
            print(LINE.format(f"{kind}, checked as forms check, not stored", count / told["seconds"], told["seconds"], busy, peak - idle), flush=True)
        said, busy, peak = flask(environment, "import", str(lists["csv"]), "--as", "centre")
        told = json.loads(said)
        assert told["imported"] == told["good"], said
        print(LINE.format("csv, staged, checked and taken in", count / told["seconds"], told["seconds"], busy, peak - idle), flush=True)
        again, busy, peak = flask(environment, "import", str(lists["csv"]), "--dry-run")
        told = json.loads(again)
        assert told["good"] == 0, again
        print(LINE.format("csv again, every row there already", count / told["seconds"], told["seconds"], busy, peak - idle), flush=True)


# What is exported, in a process of its own: seconds, seconds of processor time, cameras (or photos), and the peak memory in kB.
EXPORT = """
import csv, resource, sys, time
from app import create_app
from models import Account, Camera, Photo, db
from survey.exchange import bundle, written
from survey.listing import Filter
form = sys.argv[1]
with create_app().app_context():
    user, began, busy = Account.get(Account.username == "centre"), time.perf_counter(), time.process_time()
    if form == "read":
        for row in db.execute_sql(Camera.select().sql()[0]):
            pass
    elif form == "bare":
        with open("/dev/null", "w") as out:
            csv.writer(out).writerows(Camera.select().tuples().iterator())
    elif form == "photos":
        for piece in bundle.write_photos(user, "camera", Filter(), str):
            pass
    elif form == "xlsx":
        written.write_workbook(user, "camera", Filter(), str).close()
    elif form == "report":
        from survey.reports import letter, official
        official.make(user, "camera", Filter(), letter.Letter("-", subject="-", to="-", opening="-", closing="-"))
    elif form != "idle":
        more = [str] if form == "csv" else []
        for piece in getattr(written, "write_" + form)(user, "camera", Filter(), *more):
            pass
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    number = Photo.select().count() if form == "photos" else Camera.select().count()
    print(seconds, busy, number, sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
"""


FORMS = {
    "read": "the cameras' table alone, read", "bare": "the same through peewee into a bare CSV", "csv": "csv", "geojson": "geojson",
    "xlsx": "xlsx, all three tables", "report": "official report as PDF (over 1,000 rows beside a workbook)",
    "photos": "photos as a ZIP, copies made at this first look",
}  # fmt: skip


def exported(environment: dict[str, str], form: str) -> tuple[float, float, int, float]:
    """(seconds, seconds of processor time, cameras, peak MB) of an export."""
    said = subprocess.run([sys.executable, "-c", EXPORT, form], cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout.split()
    return float(said[0]), float(said[1]), int(said[2]), int(said[3]) / 1024


def exports(count: int) -> None:
    """Writing cameras with all columns, beside bare readings of their table; workbook and report are of a province's number."""
    print(f"Export of {count:,} cameras with all columns; of {min(count, 5000):,} also workbook and report, of {min(count, 900):,} the report on paper")
    for number, forms in ((count, ("read", "bare", "csv", "geojson", "photos")), (min(count, 5000), ("xlsx", "report")), (min(count, 900), ("report",))):
        with tempfile.TemporaryDirectory() as held:
            environment = around(Path(held))
            flask(environment, "migrate")
            flask(environment, "demo", "--sites", str(round(number / 3.02)))
            idle = exported(environment, "idle")[3]
            for form in forms:
                seconds, busy, cameras, peak = exported(environment, form)
                print(LINE.format(FORMS[form], cameras / seconds, seconds, busy, peak - idle), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=int(os.environ.get("ROWS", "100000")))
    parser.add_argument("--only", choices=("in", "out"), help="lists that come in, or exports")
    asked = parser.parse_args()
    print(f"Load of the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    if asked.only != "out":
        imports(asked.rows)
    if asked.only != "in":
        exports(asked.rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
