"""What became of a list, for people and for programs: lines of Thai, and one JSON object. Numbers and kinds only, no values of cells."""

from __future__ import annotations

from collections import Counter
from typing import Any

from survey.errors import CATALOGUE
from survey.exchange.examine import Summary
from survey.exchange.fields import KINDS
from survey.exchange.files import Book
from survey.exchange.layout import Plan
from survey.exchange.problems import PROBLEMS
from survey.texts import N_

PASSED_OVER = {
    "above_headings": N_("แถวหัวเรื่องและหัวตาราง"), "blank": N_("แถวว่าง"), "headings_again": N_("หัวตารางซ้ำ"), "total": N_("แถวรวมยอด"),
    "line_between": N_("แถวคั่นที่มีช่องเดียว"), "column_numbers": N_("แถวเลขกำกับช่อง"), "no_known_column": N_("แถวที่ไม่มีค่าในช่องที่รู้จัก"),
    "sheet_not_read": N_("แผ่นงานที่ไม่ได้อ่าน"),
}  # fmt: skip
GENERAL = {  # what a kind of problem is called where no cell is at hand
    "position_unreadable": N_("อ่านพิกัดไม่ออก"),
    "position_placeholder": N_("พิกัดที่ใส่ไว้แทนค่าที่ยังไม่มี"),
    "position_outlier": N_("พิกัดอยู่ไกลจากจุดอื่นในไฟล์มาก"),
    "position_transposed": N_("พิกัดน่าจะพิมพ์ตัวเลขสลับ"),
    "count": N_("อ่านจำนวนกล้องไม่ออก"),
    "other_agency": N_("เจ้าของไม่ใช่หน่วยงานของบัญชีท่าน"),
    "not_taken": N_("ระบบรับแถวนี้ไม่ได้"),
    "duplicate_row": N_("แถวที่เหมือนกันทุกช่อง"),
    "already_there": N_("มีอยู่ในระบบแล้ว"),
    "position_repeated": N_("พิกัดเดียวใช้กับหลายชื่อ"),
    "same_position": N_("มีจุดชื่ออื่นที่พิกัดเดียวกัน"),
    "excel_year": N_("ปีที่โปรแกรมตารางแปลงเป็นวันที่ อ่านกลับไม่ได้"),
    "unknown_choice": N_("ไม่มีตัวเลือกนี้"),
    "unknown_place": N_("ไม่รู้จักชื่อพื้นที่"),
    "column_not_used": N_("ช่องที่ไม่ได้นำเข้า"),
    "columns_exchanged": N_("เนื้อหาสองช่องสลับกัน"),
    "position_by_contents": N_("พบพิกัดจากเนื้อหา"),
    "position_swapped": N_("ละติจูดกับลองจิจูดสลับกัน"),
    "utm_converted": N_("แปลงพิกัด UTM"),
    "placeholder": N_("ค่าที่ถือว่าไม่ได้ตอบ"),
    "name_made": N_("ไม่มีชื่อจุดติดตั้ง จึงใช้ค่าจากช่องอื่น"),
    "year_of_date": N_("เก็บเฉพาะปีของวันที่"),
    "year_two_digits": N_("ปีสองหลัก"),
    "excel_year_restored": N_("ปีที่โปรแกรมตารางแปลงเป็นวันที่ อ่านกลับแล้ว"),
    "converted": N_("แปลงหน่วย"),
    "leading_zero": N_("เติม 0 หน้าหมายเลขโทรศัพท์"),
    "choice_understood": N_("คำอื่นของตัวเลือก"),
    "choice_other": N_("เก็บเป็น “อื่น ๆ (ระบุ)”"),
    "same_site": N_("กล้องอีกตัวของจุดเดียวกัน"),
    "required": N_("ยังไม่ได้กรอก"),
    "too_long": N_("ยาวเกินไป"),
    "out_of_range": N_("ตัวเลขอยู่นอกช่วง"),
    "future_year": N_("ปีที่ยังมาไม่ถึง"),
    "old_year": N_("ปีที่เก่าเกินไป"),
    "choose": N_("ยังไม่ได้เลือก"),
}


def general(kind: str) -> str:
    """The Thai name of a kind of problem without any cell's value."""
    if kind in GENERAL:
        return GENERAL[kind]
    return PROBLEMS[kind][1] if kind in PROBLEMS else CATALOGUE[kind][1]


def as_object(book: Book, summary: Summary, dry_run: bool) -> dict[str, Any]:
    """The JSON object that ends what `flask import` says."""
    return {
        "rows": summary.rows, "sites": summary.sites, "cameras": summary.cameras, "columns": summary.columns, "errors": _ordered(summary.errors),
        "warnings": _ordered(summary.warnings), "seconds": summary.seconds, "points": summary.points, "reports": summary.reports, "good": summary.good,
        "error_rows": summary.error_rows, "skipped": _ordered(summary.skipped), "passed_over": _ordered(summary.passed_over), "sheets": summary.sheets,
        "format": book.format, "encoding": book.encoding, "dry_run": dry_run,
    }  # fmt: skip


def _ordered(counted: Counter[str]) -> dict[str, int]:
    return dict(counted.most_common())


def lines(book: Book, plans: list[Plan], summary: Summary) -> list[str]:
    """What was found, in Thai, for a terminal."""
    said = [f"ชนิดไฟล์ {book.format}" + (f" รหัสอักขระ {book.encoding} คั่นด้วย {book.delimiter!r}" if book.encoding else "")]
    for plan in plans:
        name = f"แผ่น “{plan.name}”" if plan.name else "ตาราง"
        where = f"หัวตารางแถวที่ {plan.header}" if plan.header else "ไม่มีหัวตาราง"
        said.append(f"{name}: {plan.rows:,} แถว {where} {KINDS[plan.kind]}" + ("" if plan.read else " (ไม่ได้อ่าน)"))
        if plan.read:
            said += [f"    {field:20} ← {(plan.headings[column].strip() or f'#{column + 1}')!r}" for field, column in plan.columns.items()]
    said.append(f"แถวข้อมูล {summary.rows:,} · ใช้ได้ {summary.good:,} · มีข้อผิดพลาด {summary.error_rows:,} · ข้าม {sum(summary.skipped.values()):,}")
    said.append(f"จุดติดตั้ง {summary.sites:,} · กล้อง {summary.cameras:,} · จุดเพิ่มเติม {summary.points:,} · รายงานปัญหา {summary.reports:,}")
    said += _counted("ข้อผิดพลาด", {k: (general(k), n) for k, n in summary.errors.most_common()})
    said += _counted("ข้อสังเกตและการแก้ไข", {k: (general(k), n) for k, n in summary.warnings.most_common()})
    said += _counted("ไม่นับเป็นแถวข้อมูล", {k: (PASSED_OVER[k], n) for k, n in Counter(summary.passed_over).most_common()})
    return said


def _counted(title: str, kinds: dict[str, tuple[str, int]]) -> list[str]:
    return [f"{title}:", *(f"  {n:>7,}  {kind}: {text}" for kind, (text, n) in kinds.items())] if kinds else []
