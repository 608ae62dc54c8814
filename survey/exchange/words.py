"""Words of lists: what stands for "nothing", "not known", yes and no, and other people's words for the choices of the survey."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from survey import choices
from survey.answers import western
from survey.exchange.fields import english
from survey.exchange.headings import heading_key
from survey.exchange.other_words import OTHER
from survey.questions import Question

DESCRIBED = ("camera_type", "camera_system", "storage_method", "network_type")  # whose names stand in longer descriptions, and never denied
BLANK = frozenset({
    "", "-", "--", "---", "–", "—", "_", ".", "..", "...", "?", "*", "n/a", "na", "#n/a", "#value!", "#ref!", "#name?", "#div/0!", "null", "nil", "none", "nan",
    "(null)", "(blank)", "<na>", "ไม่ระบุ", "ไม่มีข้อมูล", "ไม่ได้ระบุ", "ยังไม่ระบุ", "ว่าง", "해당없음", "없음", "無", "无", "無資料",
})  # fmt: skip
UNKNOWN = frozenset({"ไม่ทราบ", "ไม่ทราบข้อมูล", "ไม่รู้", "ไม่แน่ใจ", "unknown", "not known", "don't know", "불명", "미상", "모름", "不明", "未知", "不詳"})
YES = ("ใช่", "ใช้", "มี", "ได้", "เป็น", "yes", "y", "true", "t", "✓", "✔", "√", "☑", "/", "1", "o", "예", "있음", "유", "是", "有", "可")
NO = ("ไม่ใช่", "ไม่", "ไม่มี", "ไม่ได้", "no", "n", "false", "f", "x", "✗", "✘", "×", "☐", "0", "아니오", "무", "否", "沒有", "没有", "不可")
TICKS = frozenset({"✓", "✔", "√", "☑", "/", "v", "x", "*", "ü", "o", "●", "yes", "y", "ใช่", "true"})  # marks in a column that is itself the answer
_SPACES = "\t\r\x0b\x0c\u2028\u2029"


def is_blank(text: str) -> bool:
    """Whether a cell says that there is no answer."""
    return text.strip().casefold() in BLANK


def is_unknown(text: str) -> bool:
    """Whether a cell says that nobody knows."""
    return text.strip().casefold() in UNKNOWN


def tidy(text: str, lines: bool = False) -> str:
    """The text without what nobody sees or means: control characters, tabs, line breaks (unless `lines`), spaces that repeat."""
    if text.isprintable() and "  " not in text and "_x000D_" not in text:  # most cells
        return text.strip()
    kept = "".join(" " if c in _SPACES or unicodedata.category(c) == "Zs" else c for c in text.replace("\r\n", "\n").replace("_x000D_", "")
                   if c == "\n" or c in _SPACES or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))  # fmt: skip
    if lines:
        return "\n".join(line for line in (re.sub(" +", " ", part).strip() for part in kept.split("\n")) if line)
    return re.sub(r"\s+", " ", kept).strip()


@lru_cache(maxsize=200)
def _codes(name: str, pairs: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, bool]]:
    """key of a word -> (code, whether it is the survey's own word) for a question's choices."""
    found: dict[str, tuple[str, bool]] = {}
    parts: dict[str, set[str]] = {}
    for code, label in pairs:
        for own in (code, label, english().gettext(label)):
            found[heading_key(own)] = (code, True)
        whole = re.sub(r"\(.*?\)", " ", label)
        for part in [whole, *re.split(r"[/,]", whole), *[p for inner in re.findall(r"\((.*?)\)", label) for p in re.split(r"[/,]", inner)]]:
            if len(heading_key(part)) >= 2 and "ระบุ" not in part:
                parts.setdefault(heading_key(part), set()).add(code)
    words = dict(OTHER.get(name, {}))
    codes = {code for code, _ in pairs}
    for code, said in (("yes", YES), ("no", NO)):
        if {"yes", "no"} <= codes:
            words[code] = ";".join((*said, words.get(code, "")))
    for code, text in words.items():
        for word in text.split(";"):
            if word.strip():
                found.setdefault(heading_key(word) or word.strip(), (code, False))
    for key, meant in parts.items():
        if len(meant) == 1:
            found.setdefault(key, (next(iter(meant)), False))
    return found


def code_of(question: Question, text: str) -> tuple[str, bool] | None:
    """(code, whether the word is the survey's own) of the choice that a cell names, or None."""
    known = _codes(question.name, tuple(question.choices.items()))
    if is_unknown(text) and "unknown" in question.choices:
        return "unknown", heading_key(text) == heading_key(choices.UNKNOWN["unknown"])
    word = western(text).strip().casefold()
    found = known.get(heading_key(word) or word)
    if found is None and question.name in DESCRIBED:
        key = heading_key(word)
        within = {code for said, (code, _) in known.items() if len(said) >= 3 and said in key and code not in ("other", "unknown", "none")}
        found = (within.pop(), False) if len(within) == 1 else None
    return found
