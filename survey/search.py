"""Search as people do: by parts of words, without ranks, dots and spaces; สภ. is สถานีตำรวจภูธร.

The folded text of a record is kept in its `search_text`; a trigram index (FTS5 on SQLite, pg_trgm on PostgreSQL) finds parts of it.
"""

from __future__ import annotations

import re
import unicodedata

import peewee

from database import is_sqlite
from survey.answers import western

_LONG = (("สถานีตำรวจภูธร", "สภ"), ("สถานีตำรวจนครบาล", "สน"), ("องค์การบริหารส่วนตำบล", "อบต"), ("องค์การบริหารส่วนจังหวัด", "อบจ"),
         ("กองบัญชาการตำรวจ", "บช"), ("โรงเรียน", "รร"), ("โรงพยาบาล", "รพ"))  # fmt: skip
_RANKS = re.compile(
    r"(?:พล\.?\s?(?:ต|อ|ร|จ)\.?\s?(?:อ|ท|ต|จ)?\.?|พ\.?ต\.?(?:อ|ท|ต)\.|ร\.?ต\.?(?:อ|ท|ต)\.|ด\.ต\.|จ\.ส\.ต\.|ส\.ต\.(?:อ|ท|ต)\.|จ\.ส\.(?:อ|ท|ต)\."
    r"|ส\.(?:อ|ท|ต)\.|พ\.(?:อ|ท|ต)\.|ร\.(?:อ|ท|ต)\.|น\.(?:อ|ท|ต)\.|ว่าที่\s|นางสาว|น\.ส\.)(?=\s*[ก-ฮเ-ไ])"
)
_SKIPPED = re.compile(r"[\s.,\-–—_/()\[\]\"'“”‘’:;]+")


def fold(text: str) -> str:
    """The text as it is compared: lower case, 0-9, long forms shortened, no ranks, dots or spaces."""
    text = _RANKS.sub("", western(unicodedata.normalize("NFC", text)).lower())
    for long, short in _LONG:
        text = text.replace(long, short)
    return _SKIPPED.sub("", text)


def folded(*texts: object) -> str:
    """Several texts folded and kept apart, for a record's `search_text`."""
    return "|".join(f for f in (fold(str(t)) for t in texts if t) if f)[:4000]


def containing(column: peewee.Field, text: str) -> peewee.Expression | None:
    """The condition that each word of `text` stands somewhere in the folded `column`; None when nothing is asked."""
    model = column.model
    words = [w for w in (fold(word) for word in _RANKS.sub("", text).split()) if w][:8]
    if not words:
        return None
    found = None
    if is_sqlite() and model._meta.table_name in INDEXED and column.name == "search_text" and (long := [w for w in words if len(w) >= 3]):
        asked = " AND ".join('"' + word.replace('"', "") + '"' for word in long)
        matching = "(SELECT rowid FROM site_search WHERE search_text MATCH ?)"  # the one table that has an index beside it
        found = model.number.in_(peewee.SQL(matching, (asked,)))
        words = [w for w in words if len(w) < 3]
    for word in words:
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        one = peewee.Expression(column, "ILIKE", peewee.NodeList((peewee.Value(pattern), peewee.SQL("ESCAPE '\\'"))))
        found = one if found is None else found & one
    return found


INDEXED = ("site",)  # tables with a trigram index of their own on SQLite
