"""Gives back the rows of a list that were not taken, as a spreadsheet: their own columns, and before them what is wrong.

Every cell is written as text: nothing in it becomes a formula or a link.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import IO

import xlsxwriter

from models import Import, ImportRow
from survey.exchange.guarding import MOST_CELL, PLAIN_WORKBOOK
from survey.exchange.layout import Plan
from survey.exchange.problems import ERROR, SKIPPED, WARNING, Problem
from survey.exchange.staging import plans_of, problems_of
from survey.exchange.written import mark
from survey.texts import N_

WRONG, ROW = N_("ต้องแก้ไข"), N_("แถวในไฟล์เดิม")


def write_returned(staged: Import, say: Callable[[Problem], str], translate: Callable[[str], str], classification: str = "") -> IO[bytes]:
    """A workbook with one sheet for each sheet of the list that has rows with errors or skipped ones; the file is at its beginning.

    `say` puts a problem into words, `translate` a heading; each printed page is marked with its classification.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115  (whoever sends it closes it)
    with xlsxwriter.Workbook(file, PLAIN_WORKBOOK) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrong = book.add_format({"font_color": "#9c0006", "bg_color": "#ffe5e5", "text_wrap": True, "valign": "top"})
        plain = book.add_format({"num_format": "@", "valign": "top"})
        for index, plan in enumerate(plans_of(staged, samples=False)):
            rows = ImportRow.select().where(ImportRow.source == staged.id, ImportRow.sheet == index, ImportRow.state.in_(("error", "skipped")))
            if not rows.exists() and (index or len(staged.plans) > 1):
                continue
            sheet = book.add_worksheet(f"{index + 1}")
            sheet.freeze_panes(1, 2)
            sheet.set_column(0, 0, 60)
            for column, heading in enumerate([translate(WRONG), translate(ROW), *_headings(plan)]):
                sheet.write_string(0, column, heading[:MOST_CELL], bold)
            for line, row in enumerate(rows.order_by(ImportRow.number).iterator(), 1):
                said = "\n".join(dict.fromkeys(say(p) for p in problems_of(row) if p.gravity in (ERROR, SKIPPED, WARNING)))
                sheet.write_string(line, 0, said[:MOST_CELL], wrong)
                sheet.write_number(line, 1, row.number)
                for column, cell in enumerate(row.cells, 2):
                    sheet.write_string(line, column, cell[:MOST_CELL], plain)
        if not book.worksheets():
            book.add_worksheet("1")
        for sheet in book.worksheets():
            mark(sheet, classification)
    file.seek(0)
    return file


def _headings(plan: Plan) -> list[str]:
    return [heading.rpartition(" / ")[2] if heading.count(" / ") else heading for heading in plan.headings]
