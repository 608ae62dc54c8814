"""Keeps texts from becoming formulas, links, or numbers without their first zeros, in the spreadsheet that opens them.

In a delimited file such a text gets an apostrophe before it, as a person would type it (OWASP, CSV injection); `unguarded` takes it away when a list comes in.
"""

from __future__ import annotations

import re

# A workbook in which nothing that is written becomes a formula, a link or a number by itself; written row by row.
PLAIN_WORKBOOK = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
MOST_CELL = 32_767  # characters that a spreadsheet's cell holds
_FORMULA = "=+\\-@|%＝＋－−＠｜％\t\r\n"
_RISKY = re.compile(rf"\s*[{_FORMULA}]|0\d+$|\d{{12,}}$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def cleaned(text: str) -> str:
    """The text without control characters; a carriage return is a line break, a tab a space."""
    if text.isprintable():  # most texts; then there is none of them
        return text
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def guarded(text: str) -> str:
    """The text as a delimited file may hold it."""
    plain = cleaned(text)
    return f"'{plain}" if _RISKY.match(plain) or plain.startswith("'") else plain


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    return text[1:] if text.startswith("'") and (_RISKY.match(text[1:]) or text[1:].startswith("'")) else text
