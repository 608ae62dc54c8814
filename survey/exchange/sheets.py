"""Reads workbooks (XLSX, XLSB, XLS, ODS) row by row, in a child process with limits of processor time and memory.

A workbook of a few kilobytes can ask for hundreds of gigabytes (two cells at opposite corners of a sheet), and the reader then ends its
process. Run as a module it is that child: it writes one JSON line for each sheet and each row. Cells come as texts.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from survey.errors import Refusal

MOST_MEMBERS = 5000
MAX_UNPACKED = 512 * 1024 * 1024  # bytes of all parts of a workbook
MOST_COLUMNS = 400
SECONDS = 180
MEMORY = 1536 * 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]

Row = tuple[int, list[str]]  # the number that a spreadsheet shows beside the row, and its cells


@dataclass
class SheetStart:
    """The line that begins a sheet: its name, whether it is hidden, how many cells were filled from merged ones."""

    name: str
    hidden: bool = False
    filled: int = 0


def check_packed(path: Path) -> str:
    """What kind of workbook a ZIP is ("xlsx", "xlsb", "ods"), by its parts and before anything is unpacked.

    Raises Refusal: import_file (no workbook), import_bomb (more than MAX_UNPACKED when unpacked).
    """
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            names = {part.filename for part in parts}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Refusal("import_file") from None
    if len(parts) > MOST_MEMBERS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Refusal("import_bomb")
    if any(part.flag_bits & 1 for part in parts):
        raise Refusal("import_locked")
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "xl/workbook.xml" in names or any(name.lower().endswith("workbook.xml") for name in names):
        return "xlsx"
    if "content.xml" in names:
        return "ods"
    raise Refusal("import_file")


def read_workbook(path: Path) -> Iterator[SheetStart | Row]:
    """The sheets of a workbook with their rows, blank ones left out. Raises Refusal: import_file, import_locked, import_bomb."""
    command = [sys.executable, "-m", "survey.exchange.sheets", str(path)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True, encoding="utf-8")  # noqa: S603  (our own module)
    assert child.stdout
    try:
        for line in child.stdout:
            said = json.loads(line)
            if isinstance(said, list):
                yield said[0], said[1]
            elif "sheet" in said:
                yield SheetStart(said["sheet"], said["hidden"], said["filled"])
            elif said.get("refused"):
                raise Refusal(said["refused"])
            else:  # the last line
                return
        raise Refusal("import_bomb" if child.wait() < 0 else "import_file")  # ended by a signal: out of memory or time; else by the damage
    finally:
        child.stdout.close()
        child.kill()
        child.wait()


def as_text(cell: Any) -> str:
    """A cell as text: whole numbers without ".0", dates in ISO 8601."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ")
    return "" if cell is None else str(cell)


def _tell(out: TextIO, said: Any) -> None:
    out.write(json.dumps(said, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")


def _write_rows(workbook: Any, out: TextIO) -> None:
    hidden = {m.name: "Hidden" in str(m.visible) for m in workbook.sheets_metadata}
    work = {m.name for m in workbook.sheets_metadata if "WorkSheet" in str(m.typ)}
    for name in workbook.sheet_names:
        if name not in work:
            continue
        sheet = workbook.get_sheet_by_name(name)
        merged = {}  # cells of a merged area that are blank in the file: (row, column) -> where its value stands
        with suppress(Exception):  # formats that cannot say
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
                if bottom - top < 5000 and left == right:
                    merged.update({(row, left): (top, left) for row in range(top + 1, bottom + 1)})
        _tell(out, {"sheet": name, "hidden": hidden.get(name, False), "filled": len(merged)})
        first = sheet.start[0] if sheet.start else 0
        kept: dict[tuple[int, int], str] = {}
        sources = set(merged.values())
        rows = list(sheet.iter_rows())
        first = 0 if len(rows) != sheet.height else first
        for number, cells in enumerate(rows, first):
            texts = [as_text(cell) for cell in cells[:MOST_COLUMNS]]
            if merged:
                for column, text in enumerate(texts):
                    if (number, column) in sources:
                        kept[number, column] = text
                    elif not text and (number, column) in merged:
                        texts[column] = kept.get(merged[number, column], "")
            while texts and not texts[-1].strip():
                texts.pop()
            if texts:
                _tell(out, [number + 1, texts])


def main(path: str) -> None:
    """The child: reads the workbook under limits and writes it to standard output."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import python_calamine

    out = open(sys.stdout.fileno(), "w", encoding="utf-8", buffering=1024 * 1024, closefd=False)  # noqa: SIM115  (open until the process ends)
    try:
        with python_calamine.load_workbook(path) as workbook:
            _write_rows(workbook, out)
        _tell(out, {"done": True})
    except python_calamine.PasswordError:
        _tell(out, {"refused": "import_locked"})
    except MemoryError:
        _tell(out, {"refused": "import_bomb"})
    except Exception as error:  # noqa: BLE001  (a damaged file is the sender's, whatever the reader calls it)
        _tell(out, {"refused": "import_locked" if "password" in str(error).lower() else "import_file"})
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1])
