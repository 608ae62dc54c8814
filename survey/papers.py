"""Papers in Thai as PDF, made by typst with Sarabun in a process of its own (a long table takes seconds and hundreds of megabytes).

What people wrote goes in as data (JSON) and is set as text: it never becomes typst code. Templates: templates/paper/*.typ.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from models import Account
from survey import clock, places, scope
from survey.errors import Refusal

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "paper"
SECONDS = 120  # by the clock, after which a paper is given up
AT_ONCE = 2  # papers that are set at the same time by a worker: a long one takes half a gigabyte
WAITING = 60  # seconds that others wait for their turn
_turns = threading.BoundedSemaphore(AT_ONCE)
MONTHS = ("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม")


def make(template: str, data: dict[str, Any]) -> bytes:
    """The PDF of a template of templates/paper over `data` (anything that JSON holds). Raises Refusal: paper, busy."""
    if not _turns.acquire(timeout=WAITING):
        raise Refusal("busy")
    try:
        said = json.dumps(data, ensure_ascii=False).encode()
        command = [sys.executable, "-m", "survey.papers", template]
        done = subprocess.run(command, input=said, capture_output=True,  # noqa: S603  (our own module)
                              cwd=TEMPLATES.parents[1], timeout=SECONDS, check=True)  # fmt: skip
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise Refusal("paper") from error
    finally:
        _turns.release()
    return done.stdout


def long_date(time: datetime) -> str:
    """"25 พฤศจิกายน 2569" in Bangkok, of a naive UTC time."""
    local = time + clock.BANGKOK
    return f"{local.day} {MONTHS[local.month - 1]} {local.year + 543}"


def invitation_slips(invited: Iterable[tuple[Account, str, datetime]], join: str, office: str, letters: bool = False, classification: str = "") -> bytes:
    """Slips to cut apart, one for each (account, code, valid until); with `letters` each province's slips follow a cover letter."""
    import segno

    slips = []
    for account, code, until in invited:
        drawing = segno.make(f"{join}#{code}", error="m").svg_inline(scale=4, border=1, dark="#000")
        slips.append({"name": account.name, "role": scope.ROLES[account.role], "unit": account.agency.name if account.agency_id else "",
                      "area": ", ".join(places.full_name(c) for c in account.provinces or []) or "ทั้งประเทศ", "username": account.username, "code": code,
                      "until": f"{long_date(until)} เวลา {until + clock.BANGKOK:%H:%M} น.", "qr": drawing,
                      "province": account.province or ""})  # fmt: skip
    groups = [{"head": _head(code), "slips": [s for s in slips if s["province"] == code]} for code in dict.fromkeys(s["province"] for s in slips)]
    data = {"groups": groups if letters else [{"head": "", "slips": slips}], "letters": letters, "join": join, "office": office}
    return make("slips", data | {"classification": classification})


def _head(code: str) -> str:
    """Whom a province's letter is addressed to."""
    if code == places.BANGKOK:
        return "ปลัดกรุงเทพมหานคร"
    return f"ผู้ว่าราชการ{places.full_name(code)}" if code else "ผู้เกี่ยวข้อง"


def set_type(template: Path, said: str) -> bytes:
    """Sets a template over JSON, in this process; texts can be copied (survey/paper_text.py)."""
    import fontpkg_sarabun
    import typst

    from survey.paper_text import put_together

    fonts = Path(fontpkg_sarabun.__file__).parent / "files"
    return put_together(typst.compile(str(template), root=str(template.parent), font_paths=[str(fonts)], ignore_system_fonts=True, sys_inputs={"data": said}))


if __name__ == "__main__":
    sys.stdout.buffer.write(set_type(TEMPLATES / f"{sys.argv[1]}.typ", sys.stdin.buffer.read().decode()))
