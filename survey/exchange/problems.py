"""What can be wrong with a list, a row or a cell, and what was corrected: a kind, how grave it is, a Thai sentence.

error: the row is not taken and comes back; warning: it is taken, somebody should look; corrected: it was understood, and this says how.
Kinds that forms have too (phone, future_year …) keep their sentences in survey.errors.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from survey.errors import CATALOGUE
from survey.texts import N_

ERROR, WARNING, CORRECTED, SKIPPED = "error", "warning", "corrected", "skipped"
PROBLEMS: dict[str, tuple[str, str]] = {
    # the row is not taken
    "position_missing": (ERROR, N_("ไม่มีพิกัด")),
    "position_half": (ERROR, CATALOGUE["position_half"][1]),
    "position_unreadable": (ERROR, N_("อ่านพิกัด “%(text)s” ไม่ออก")),
    "position_zero": (ERROR, N_("พิกัดเป็น 0, 0 แสดงว่ายังไม่ได้วัด")),
    "position_placeholder": (ERROR, N_("พิกัด “%(text)s” น่าจะใส่ไว้แทนค่าที่ยังไม่มี")),
    "position_outlier": (ERROR, N_("พิกัด %(position)s อยู่ไกลจากจุดอื่นในไฟล์มาก")),
    "position_transposed": (ERROR, N_("พิกัด %(position)s อยู่ไกลจากจุดอื่นในไฟล์ น่าจะพิมพ์ตัวเลขสลับ หมายถึง %(suggestion)s ใช่หรือไม่")),
    "position_elsewhere": (ERROR, CATALOGUE["position_elsewhere"][1]),
    "position_outside": (ERROR, CATALOGUE["position_outside"][1]),
    "utm_zone": (ERROR, N_("พิกัด UTM ต้องบอกโซน (47 หรือ 48)")),
    "count": (ERROR, N_("อ่านจำนวนกล้อง “%(text)s” ไม่ออก หรือเกิน %(limit)s ตัว")),
    "outside_area": (ERROR, CATALOGUE["outside_area"][1]),
    "other_agency": (ERROR, N_("เจ้าของ “%(text)s” ไม่ใช่หน่วยงานของบัญชีท่าน")),
    "not_taken": (ERROR, N_("ระบบรับแถวนี้ไม่ได้: %(why)s")),
    # the row is passed over
    "duplicate_row": (SKIPPED, N_("เหมือนแถวที่ %(row)s ทุกช่อง จึงไม่นำเข้าซ้ำ")),
    "already_there": (SKIPPED, N_("มีจุดชื่อนี้ในระบบอยู่แล้วภายใน 50 เมตร (เลขที่ %(number)s) จึงไม่นำเข้าซ้ำ")),
    # somebody should look
    "outside_thailand": (WARNING, N_("พิกัดนี้อยู่นอกประเทศไทย")),
    "owner_missing": (WARNING, N_("ไม่มีหน่วยงานเจ้าของ")),
    "position_repeated": (WARNING, N_("พิกัดเดียวกันนี้ใช้กับ %(count)s ชื่อที่ต่างกัน อาจเป็นพิกัดของสำนักงาน")),
    "position_rough": (WARNING, N_("พิกัดมีทศนิยมน้อย อาจคลาดเคลื่อนเป็นกิโลเมตร")),
    "same_position": (WARNING, N_("มีจุดชื่ออื่นในระบบที่พิกัดเดียวกัน (เลขที่ %(number)s)")),
    "excel_year": (WARNING, N_("“%(text)s” เป็นปีที่โปรแกรมตารางแปลงเป็นวันที่ จึงรู้เพียงว่าอยู่ระหว่าง พ.ศ. %(low)s ถึง %(high)s")),
    "unknown_choice": (WARNING, N_("ไม่มีตัวเลือก “%(text)s”")),
    "unknown_place": (WARNING, N_("ไม่รู้จักพื้นที่ “%(text)s” ใช้พื้นที่ตามพิกัดแทน")),
    "broken_letters": (WARNING, N_("มีตัวอักษรที่อ่านไม่ออก (\ufffd)")),
    "column_not_used": (WARNING, N_("ไม่ได้นำเข้าช่อง “%(heading)s”")),
    "cells_dropped": (WARNING, N_("มีค่าอยู่นอกหัวตาราง จึงไม่ได้นำเข้า")),
    # understood, and how
    "columns_exchanged": (CORRECTED, N_("เนื้อหาใต้หัวตาราง “%(first)s” กับ “%(second)s” สลับกัน จึงอ่านสลับให้")),
    "position_by_contents": (CORRECTED, N_("ช่อง “%(heading)s” ไม่ได้ชื่อว่าพิกัด แต่เนื้อหาเป็นพิกัด จึงใช้เป็นพิกัด")),
    "merged_filled": (CORRECTED, N_("เซลล์ที่ผสานกันไว้ ใช้ค่าเดียวกันทุกแถว")),
    "position_swapped": (CORRECTED, N_("ละติจูดกับลองจิจูดสลับกัน จึงสลับกลับเป็น %(position)s")),
    "utm_converted": (CORRECTED, N_("แปลงพิกัด UTM โซน %(zone)s เป็น %(position)s")),
    "text_cleaned": (CORRECTED, N_("ตัดการขึ้นบรรทัดใหม่ แท็บ และอักขระที่มองไม่เห็นออก")),
    "placeholder": (CORRECTED, N_("“%(text)s” ถือว่าไม่ได้ตอบ")),
    "name_made": (CORRECTED, N_("ไม่มีชื่อจุดติดตั้ง จึงใช้ “%(text)s”")),
    "year_of_date": (CORRECTED, N_("“%(text)s” เก็บเฉพาะปี พ.ศ. %(year)s")),
    "year_two_digits": (CORRECTED, N_("“%(text)s” อ่านเป็น พ.ศ. %(year)s")),
    "excel_year_restored": (CORRECTED, N_("“%(text)s” เป็นปีที่โปรแกรมตารางแปลงเป็นวันที่ อ่านกลับเป็น พ.ศ. %(year)s")),
    "converted": (CORRECTED, N_("“%(text)s” อ่านเป็น %(value)s")),
    "leading_zero": (CORRECTED, N_("เติม 0 หน้าหมายเลข “%(text)s” ที่โปรแกรมตารางตัดทิ้ง")),
    "choice_understood": (CORRECTED, N_("“%(text)s” อ่านเป็น “%(label)s”")),
    "choice_other": (CORRECTED, N_("“%(text)s” เก็บเป็น “อื่น ๆ (ระบุ)”")),
    "same_site": (CORRECTED, N_("เป็นกล้องอีกตัวของจุดในแถวที่ %(row)s (ชื่อเดียวกัน ห่างไม่เกิน 50 เมตร)")),
}  # fmt: skip


@dataclasses.dataclass
class Problem:
    """One thing about one cell (or, without a field, about the row or the file)."""

    kind: str
    field: str = ""
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    gravity: str = ""

    def __post_init__(self) -> None:
        self.gravity = self.gravity or (PROBLEMS[self.kind][0] if self.kind in PROBLEMS else WARNING)

    @property
    def text(self) -> str:
        """The Thai source text with its placeholders unfilled."""
        return PROBLEMS[self.kind][1] if self.kind in PROBLEMS else CATALOGUE[self.kind][1]

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text

    def as_json(self) -> list[Any]:
        """What is stored of it."""
        return [self.kind, self.field, self.params, self.gravity]

    @classmethod
    def of_json(cls, stored: list[Any]) -> Problem:
        """The problem that `as_json` stored."""
        return cls(stored[0], stored[1], stored[2], stored[3])


def short(text: str) -> str:
    """A cell as a sentence may quote it."""
    return text if len(text) <= 60 else text[:57] + "…"
