"""Looks at what the columns hold, because headings lie: exchanged columns, positions under no heading, numbers that are names.

Each change of the match is noted, never silent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from survey.answers import western
from survey.exchange.headings import Match

Note = tuple[str, dict[str, str]]  # a kind of survey.exchange.problems and what its sentence fills in
Sample = Sequence[Sequence[str]]
MOSTLY = 0.7

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./#:-]*")
_PHONE = re.compile(r"[+(]?\d[\d\s().,/;+-]{6,}(\s*(ต่อ|ext).*)?", re.I)
_PAIR = re.compile(r"[-+]?\d{1,3}\.\d{2,}[\s,;/]+[-+]?\d{1,3}\.\d{2,}")


def number(text: str) -> float | None:
    """The plain number in a cell, or None."""
    plain = western(text).strip().replace("−", "-")
    return float(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else None


def is_words(text: str) -> bool:
    """Whether a cell holds a name or a sentence: letters beyond a code."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 2 and (any(c > "\u02ff" for c in letters) or (" " in text.strip() and len(letters) > 5))


def is_code(text: str) -> bool:
    """Whether a cell holds an identifier such as "CC-002"."""
    return bool(_CODE.fullmatch(text)) and any(c.isdigit() for c in text)


def is_phone(text: str) -> bool:
    """Whether a cell holds a telephone number."""
    return bool(_PHONE.fullmatch(western(text))) and 8 <= sum(c.isdigit() for c in western(text)) <= 40


def _within(low: float, high: float) -> Callable[[str], bool]:
    def test(text: str) -> bool:
        value = number(text)
        return value is not None and value != 0 and low <= value <= high

    return test


KIND_OF_CONTENT: dict[str, Callable[[str], bool]] = {
    "latitude": _within(-90, 90), "longitude": _within(-180, 180), "contact_phone": is_phone,
    "stream_url": lambda text: text.lower().startswith(("http", "rtsp")),
    "install_year": lambda text: bool(re.search(r"\d{2}", western(text))) and len(text) < 25,
    "retention_days": lambda text: bool(re.fullmatch(r"\D{0,6}\d{1,4}\D{0,8}", western(text))), "camera_count": _within(0, 1000),
    "install_point": is_words, "address": is_words, "place": is_words, "owner_agency": is_words, "contact_name": is_words, "project": is_words,
}  # fmt: skip


def share(sample: Sample, column: int, test: Callable[[str], bool]) -> float:
    """The share of a column's cells (of those that hold something) that pass the test."""
    cells = [row[column].strip() for row in sample if column < len(row) and row[column].strip() not in ("", "-", "0")]
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def distinct(sample: Sample, column: int) -> float:
    """How many different values a column has, as a share of its cells."""
    cells = [row[column].strip() for row in sample if column < len(row) and row[column].strip()]
    return len(set(cells)) / len(cells) if len(cells) > 1 else 0.0


def look(found: Match, headings: Sequence[str], sample: Sample) -> tuple[Match, list[Note]]:
    """The match after looking at the contents, and what was changed."""
    columns, notes = dict(found.columns), []
    title = lambda column: headings[column].strip() or f"#{column + 1}"  # noqa: E731
    notes += _positions_exchanged(columns, sample, title)
    notes += _two_exchanged(columns, sample, title)
    _phones_under_names(columns, sample)
    notes += _numbers_that_are_names(found, columns, sample, title)
    notes += _positions_without_heading(columns, sample, title, len(headings))
    _metres_and_pairs(columns, sample)
    _ticks(columns, sample)
    return replace(found, columns=columns, unused=[c for c in found.unused if c not in columns.values()]), notes


def _positions_exchanged(columns: dict[str, int], sample: Sample, title: Callable[[int], str]) -> list[Note]:
    """Latitudes beyond 90° under one heading, and none beyond under the other."""
    if not {"latitude", "longitude"} <= set(columns):
        return []
    lat, lon = columns["latitude"], columns["longitude"]
    beyond = lambda text: not KIND_OF_CONTENT["latitude"](text) and KIND_OF_CONTENT["longitude"](text)  # noqa: E731
    if share(sample, lat, beyond) > MOSTLY and share(sample, lon, KIND_OF_CONTENT["latitude"]) > MOSTLY:
        columns["latitude"], columns["longitude"] = lon, lat
        return [("columns_exchanged", {"first": title(lat), "second": title(lon)})]
    return []


def _two_exchanged(columns: dict[str, int], sample: Sample, title: Callable[[int], str]) -> list[Note]:
    """Two columns each of which holds what the other's heading promises, and not its own (a name under "phone" …)."""
    notes: list[Note] = []
    tested = [n for n in columns if n in KIND_OF_CONTENT and n not in ("latitude", "longitude")]
    for i, a in enumerate(tested):
        for b in tested[i + 1 :]:
            test_a, test_b = KIND_OF_CONTENT[a], KIND_OF_CONTENT[b]
            if test_a is test_b or share(sample, columns[a], test_a) > 0.2 or share(sample, columns[b], test_b) > 0.2:
                continue
            if share(sample, columns[a], test_b) > MOSTLY and share(sample, columns[b], test_a) > MOSTLY:
                columns[a], columns[b] = columns[b], columns[a]
                notes.append(("columns_exchanged", {"first": title(columns[b]), "second": title(columns[a])}))
    return notes


def _phones_under_names(columns: dict[str, int], sample: Sample) -> None:
    """A heading such as "caretaker's" says whose, not what: telephone numbers under it are those of the contact."""
    if "contact_name" in columns and "contact_phone" not in columns and share(sample, columns["contact_name"], is_phone) > 0.5:
        columns["contact_phone"] = columns.pop("contact_name")


def _numbers_that_are_names(found: Match, columns: dict[str, int], sample: Sample, title: Callable[[int], str]) -> list[Note]:
    """A column called number or category whose cells are the names, or the codes: as when "number" and "category" were exchanged."""
    if "install_point" in columns or found.kind != "camera":
        return []
    named = {c for n, c in columns.items() if n in ("serial", "label")}
    spare = {c for n, c in columns.items() if n in ("purpose", "not_wanted", "serial")} | set(found.unused)
    names = [c for c in named if share(sample, c, is_words) > 0.5 and share(sample, c, is_code) < 0.5 and distinct(sample, c) > 0.3]
    codes = [c for c in spare - set(names) if share(sample, c, is_code) > 0.9 and share(sample, c, lambda t: number(t) is None) > 0.5
             and distinct(sample, c) > 0.95]  # fmt: skip
    if not names or not codes:
        return []
    for name in [n for n, c in columns.items() if c in (names[0], codes[0])]:
        del columns[name]
    columns["install_point"] = names[0]
    columns.setdefault("label", codes[0])
    return [("columns_exchanged", {"first": title(names[0]), "second": title(codes[0])})]


def _positions_without_heading(columns: dict[str, int], sample: Sample, title: Callable[[int], str], width: int) -> list[Note]:
    """Two columns side by side that hold nothing but positions in Thailand, or one that holds pairs, whatever stands above them."""
    if {"latitude", "longitude"} <= set(columns) or "easting" in columns or _holds_pairs(columns.get("position", -1), sample):
        return []
    for column in range(width):
        if column not in columns.values() and _holds_pairs(column, sample):
            columns["position"] = column
            return [("position_by_contents", {"heading": title(column)})]
    is_lat, is_lon = _within(5.5, 20.6), _within(97.2, 105.8)
    exact = lambda text: "." in text or "," in text  # noqa: E731
    for a in range(width - 1):
        for lat, lon in ((a, a + 1), (a + 1, a)):
            good = all(share(sample, c, t) > 0.8 and share(sample, c, exact) > 0.5 for c, t in ((lat, is_lat), (lon, is_lon)))
            if good and not ({lat, lon} - {columns.get(n) for n in ("latitude", "longitude", "position")}) & set(columns.values()):
                for name in [n for n, c in columns.items() if c in (lat, lon)]:
                    del columns[name]
                columns["latitude"], columns["longitude"] = lat, lon
                return [("position_by_contents", {"heading": f"{title(lat)}, {title(lon)}"})]
    return []


def _holds_pairs(column: int, sample: Sample) -> bool:
    return column >= 0 and share(sample, column, lambda text: bool(_PAIR.search(western(text)) or text.startswith("POINT"))) > MOSTLY


def _metres_and_pairs(columns: dict[str, int], sample: Sample) -> None:
    """Under X and Y may stand metres of a UTM zone; under "latitude" both numbers; under "position" no position at all."""
    if {"latitude", "longitude"} <= set(columns):
        lat, lon = columns["latitude"], columns["longitude"]
        for north, east in ((lat, lon), (lon, lat)):
            if share(sample, north, _within(500_000, 2_400_000)) > 0.6 and share(sample, east, _within(100_000, 900_000)) > 0.6:
                del columns["latitude"], columns["longitude"]
                columns["northing"], columns["easting"] = north, east
                return
    if {"position", "latitude", "longitude"} <= set(columns):
        del columns["position"]
    for name in ("latitude", "longitude"):
        if name in columns and "position" not in columns and _holds_pairs(columns[name], sample):
            columns["position"] = columns.pop(name)
            columns.pop("longitude" if name == "latitude" else "latitude", None)
            return


def _ticks(columns: dict[str, int], sample: Sample) -> None:
    """Under "works" and "does not work" stand counts, or marks that say the condition of the one camera (understood with the row)."""
    if "working_count" in columns and not {"status", "broken_count"} & set(columns) and share(sample, columns["working_count"], is_words) > MOSTLY:
        columns["status"] = columns.pop("working_count")
