"""Lists made for tests, in every format: XLSX by XlsxWriter, ODS and XLS by hand (nothing here writes those)."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

Table = Sequence[Sequence[Any]]
HEADINGS = ["ลำดับ", "ชื่อจุดติดตั้ง", "หน่วยงานเจ้าของกล้อง", "ละติจูด", "ลองจิจูด", "จำนวนกล้อง", "ปีที่ติดตั้ง", "สถานะการใช้งาน"]
LIST = [
    HEADINGS,
    ["1", "แยกตลาดสด", "เทศบาลเมืองนราธิวาส", "6.425512", "101.825312", "2", "2559", "ใช้การได้"],
    ["2", "หน้าโรงเรียน", "เทศบาลเมืองนราธิวาส", "6.431234", "101.822345", "1", "2561", "ใช้การได้"],
    ["3", "หอนาฬิกา", "เทศบาลเมืองนราธิวาส", "6.428765", "101.829876", "1", "2560", "ใช้การไม่ได้ (ชำรุด)"],
]


def csv(table: Table, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Delimited text; cells with the delimiter, quotes or line breaks are quoted."""
    quoted = lambda c: '"' + str(c).replace('"', '""') + '"' if re.search(f'[{delimiter}"\n\r\t]', str(c)) else str(c)  # noqa: E731
    return "".join(delimiter.join(map(quoted, row)) + "\r\n" for row in table).encode(encoding, "replace")


def xlsx(*sheets: Table, names: Sequence[str] = (), numbers: bool = False, merged: Sequence[str] = ()) -> bytes:
    """A workbook. With `numbers` what looks like a number is one."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_numbers": numbers}) as book:
        for n, table in enumerate(sheets):
            sheet = book.add_worksheet(names[n] if names else None)
            for r, row in enumerate(table):
                for c, cell in enumerate(row):
                    sheet.write(r, c, cell)
            for area in merged:
                sheet.merge_range(area, "")
                first = re.match(r"[A-Z]+(\d+)", area)
                assert first
                row_number = int(first[1]) - 1
                column = ord(area[0]) - 65
                sheet.write(row_number, column, table[row_number][column])
    return held.getvalue()


def repacked(packed: bytes, change: dict[str, Any]) -> bytes:
    """A ZIP with some parts changed: name -> function of its bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change.get(name, lambda b: b)(old.read(name)))
    return out.getvalue()


def lying(packed: bytes, area: str) -> bytes:
    """An XLSX whose first sheet states another area than it has."""
    told = f'<dimension ref="{area}"/>'.encode()
    return repacked(packed, {"xl/worksheets/sheet1.xml": lambda xml: re.sub(rb'<dimension ref="[^"]*"/>', told, xml)})


def ods(table: Table) -> bytes:
    """An OpenDocument spreadsheet of one sheet of texts."""
    cell = lambda c: f'<table:table-cell office:value-type="string"><text:p>{escape(str(c))}</text:p></table:table-cell>'  # noqa: E731
    rows = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in table)
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{space}office:1.0" xmlns:table="{space}table:1.0" '
               f'xmlns:text="{space}text:1.0" office:version="1.2"><office:body><office:spreadsheet><table:table table:name="แผ่น1">{rows}</table:table>'
               "</office:spreadsheet></office:body></office:document-content>")
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{space}manifest:1.0" manifest:version="1.2">'
                f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>')
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("mimetype", kind)
        packed.writestr("META-INF/manifest.xml", manifest)
        packed.writestr("content.xml", content)
    return held.getvalue()


def xls(table: Table) -> bytes:
    """A BIFF8 workbook of one sheet of texts ([MS-XLS]: BOF, BOUNDSHEET, LABEL, EOF) in a compound file ([MS-CFB])."""
    record = lambda number, body=b"": struct.pack("<HH", number, len(body)) + body  # noqa: E731
    begin = lambda kind: record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 6))  # noqa: E731
    text = lambda s: struct.pack("<HB", len(s), 1) + s.encode("utf-16-le")  # noqa: E731
    cells = b"".join(record(0x0204, struct.pack("<HHH", r, c, 0) + text(str(cell))) for r, row in enumerate(table) for c, cell in enumerate(row))
    sheet = begin(0x0010) + cells + record(0x000A)
    name = struct.pack("<BB", 2, 1) + "S1".encode("utf-16-le")
    front = begin(0x0005) + record(0x0042, struct.pack("<H", 1200))
    offset = len(front) + len(record(0x0085, b"\0" * 6 + name)) + len(record(0x000A))
    stream = front + record(0x0085, struct.pack("<IH", offset, 0) + name) + record(0x000A) + sheet
    stream += b"\0" * (max(4096, -(-len(stream) // 512) * 512) - len(stream))
    count = len(stream) // 512
    fats = -(-(count + 1 + 4) // 128)
    chain = [*range(1, count), 0xFFFFFFFE, 0xFFFFFFFE, *[0xFFFFFFFD] * fats]
    chain += [0xFFFFFFFF] * (128 * fats - len(chain))

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        named = (title.encode("utf-16-le") + b"\0\0").ljust(64, b"\0")
        return named + struct.pack("<HBBIII", 2 * len(title) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child) + b"\0" * 36 + struct.pack("<IQ", start, size)

    folder = (entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 0, len(stream))).ljust(512, b"\0")
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, fats, count, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", *(count + 1 + n if n < fats else 0xFFFFFFFF for n in range(109)))
    return head + stream + folder + struct.pack(f"<{128 * fats}I", *chain)


def html(table: Table) -> bytes:
    """A web page with a table, as many systems call .xls."""
    rows = "".join("<tr>" + "".join(f"<td>{escape(str(c))}</td>" for c in row) + "</tr>" for row in table)
    return f"<html><head><meta charset='utf-8'></head><body><table>{rows}</table></body></html>".encode()
