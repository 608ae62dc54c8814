"""Matches the headings of a list to fields: the questions' own labels, names and `headings` first, then the headings of other lists.

The match says how sure it is (a rank: 0 best). What the columns hold is looked at in contents.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from survey.answers import western
from survey.exchange.fields import OF_CAMERA, english, fields_of
from survey.exchange.other_headings import INSTEAD, MEANS_A_POINT, MEANS_A_REPORT, listed

OWN, KNOWN, PART, INSIDE = 0, 100, 300, 500  # ranks: our own heading, a known one, a part of the heading, words within it
SHORTEST_INSIDE = 4  # letters of a known heading that is looked for within a longer one


@lru_cache(maxsize=20_000)
def heading_key(text: str) -> str:
    """A heading as it is compared: without case, spaces, signs and line breaks."""
    folded = western(unicodedata.normalize("NFKC", text) if text.isascii() or not re.search("[\u0e00-\u0e7f]", text) else unicodedata.normalize("NFC", text))
    return "".join(c for c in folded.casefold() if unicodedata.category(c)[0] not in "PSZC" or c in "#%")


@cache
def _known(kind: str) -> dict[str, list[tuple[int, str]]]:
    """(rank, field) of every heading that means a field of such a list, by key."""
    known: dict[str, list[tuple[int, str]]] = {}
    others = listed()
    for name, field in fields_of(kind).items():
        own = [field.label, english().gettext(field.label), name, *(field.question.headings if field.question else ())]
        if name != field.answer:  # a camera's own position and details are called as the site's are; a second such column is meant
            words = OF_CAMERA[field.answer]
            own = [name, words, english().gettext(words)] + ([field.label] if name == "camera_details" else [])
        for heading in own:
            known.setdefault(heading_key(heading), []).append((OWN, name))
        for place, heading in enumerate(others.get(name, ())):
            known.setdefault(heading_key(heading), []).append((KNOWN + place, name))
    for means in known.values():
        means.sort(key=lambda m: m[0] if m[0] == OWN else KNOWN)  # among other lists' headings the order of the fields counts
    return known


@lru_cache(maxsize=5000)
def _means(kind: str, text: str) -> tuple[tuple[int, str], ...]:
    """(rank, field) of what one heading may mean, the surest first."""
    known = _known(kind)
    found: dict[str, int] = {}

    def add(piece: str, more: int) -> None:
        for rank, name in known.get(heading_key(piece), ()):
            found.setdefault(name, rank + more)

    add(text, 0)
    above, group, own = text.rpartition(" / ")
    if group:  # rows of headings above each other: the lowest says most
        add(own, PART - 100)
        add(re.sub(r"[(\[（【].*?[)\]）】]", " ", own), PART - 50)
        add(above.rpartition(" / ")[2] + own, PART - 20)
    pieces = [re.sub(r"[(\[（【].*?[)\]）】]", " ", text), *re.findall(r"[(\[（【](.*?)[)\]）】]", text), *re.split(r"[/\n:|>]", text)]
    for piece in pieces:
        if len(heading_key(piece)) > (0 if piece == pieces[0] else 2):
            add(piece, PART + (100 if group else 0))
    if not found:
        key = heading_key(text)
        inside = [(len(k), k) for k in known if len(k) >= SHORTEST_INSIDE and k in key and len(k) >= 0.34 * len(key)]
        for length, k in sorted(inside, reverse=True)[:3]:
            for rank, name in known[k]:
                found.setdefault(name, INSIDE + rank + 100 - min(100, length))
    return tuple(sorted((rank, name) for name, rank in found.items()))


@dataclass
class Match:
    """What the columns of a list are: `columns` field -> index, with the rank of each; `kind` of list; `unused` indexes with a heading."""

    kind: str
    columns: dict[str, int]
    ranks: dict[str, int]
    unused: list[int]

    @property
    def score(self) -> float:
        """How much of the list is understood, to compare header rows and kinds."""
        useful = {n: r for n, r in self.ranks.items() if n not in ("serial", "not_wanted")}
        placed = 3.0 if {"latitude", "longitude"} <= set(useful) or {"easting", "northing"} <= set(useful) or "position" in useful else 0.0
        return placed + sum(3.0 if r < KNOWN else 2.5 if r < PART else 1.5 if r < INSIDE else 1.0 for r in useful.values()) + 0.5 * len(self.ranks)


def match(headings: Sequence[str], kind: str) -> Match:
    """Gives each heading the field that it means most surely, each field at most one column; a second one goes to INSTEAD."""
    offers = sorted(((rank, column, name) for column, text in enumerate(headings) if text.strip() for rank, name in _means(kind, text)),
                    key=lambda offer: (offer[0], offer[1]))  # fmt: skip
    columns: dict[str, int] = {}
    ranks: dict[str, int] = {}
    taken: set[int] = set()
    known = fields_of(kind)
    for rank, column, name in offers:
        if column not in taken and name not in columns:
            columns[name], ranks[name] = column, rank
            taken.add(column)
    for rank, column, name in offers:
        if column in taken or rank >= INSIDE:
            continue
        for other in INSTEAD.get(name, ()):
            if other in known and other not in columns:
                columns[other], ranks[other] = column, rank + 50
                taken.add(column)
                break
        else:
            if name in ("serial", "not_wanted"):
                taken.add(column)
    return Match(kind, columns, ranks, [c for c, text in enumerate(headings) if text.strip() and c not in taken])


def best_match(headings: Sequence[str]) -> Match:
    """The match of the kind of list that these headings mean: cameras, unless the words of another part of the guideline are there."""
    for kind, words, least in (("report", MEANS_A_REPORT, 2), ("point", MEANS_A_POINT, 2)):
        found = match(headings, kind)
        if sum(found.ranks.get(word, INSIDE) < PART for word in words) >= least and not {"camera_type", "status", "stream_url"} & {
                n for n, r in match(headings, "camera").ranks.items() if r < PART and n not in found.columns}:  # fmt: skip
            return found
    return match(headings, "camera")
