"""Reads the two angles of a position that is written with numbers, marks and words, in degrees.

Numbers are grouped into angles, labels (N, ละติจูด, …) are put to them, and what then has not exactly one
meaning is refused. coordinates.py has put the text into plain characters before, and handles links and grid
references.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import takewhile

from survey.errors import Refusal

DMS = ["°", "'", '"']
LABELS = {
    "lat": "lat", "latitude": "lat", "ละติจูด": "lat",
    "lon": "lon", "lng": "lon", "long": "lon", "longitude": "lon", "ลองจิจูด": "lon",
    "n": "N", "north": "N", "น": "N", "เหนือ": "N", "s": "S", "south": "S", "ใต้": "S",
    "e": "E", "east": "E", "ตอ": "E", "ตะวันออก": "E", "w": "W", "west": "W", "ตต": "W", "ตะวันตก": "W",
}  # fmt: skip
WORDS = ("lat", "lon")  # the other labels are hemispheres
AXIS = {"lat": "lat", "N": "lat", "S": "lat", "lon": "lon", "E": "lon", "W": "lon"}
TOKEN = re.compile(
    "(?P<clock>[0-9]+:[0-9]+(?::[0-9]+)?(?:\\.[0-9]+)?)"
    "|(?P<number>[0-9]+(?:\\.[0-9]+)?)"
    "|(?P<word>[A-Za-z]+\\.?|[\u0e01-\u0e4e]+(?:\\.[\u0e01-\u0e4e]+)*\\.?)"
    "|(?P<mark>[°'\"])"
    "|(?P<sign>[-+])"
    "|(?P<separator>[,;|])"
    "|(?P<quiet>[ ()\\[\\]{}<>:=*!?])"
    "|(?P<point>\\.)"
    "|(?P<junk>.)",
    re.DOTALL,
)
BESIDE_SIGN = re.compile("[0-9A-Za-z\u0e01-\u0e4e]")


@dataclass
class Angle:
    """One latitude or longitude as it is written: up to three numbers with their marks, and the labels
    beside it."""

    numbers: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)  # of each number: ° ' " or nothing
    labels: list[str] = field(default_factory=list)
    negative: bool = False
    complete: bool = False  # another number begins another angle
    takes_labels: bool = True  # false after a comma or another word

    def agrees(self, label: str) -> bool:
        return all(AXIS[label] == AXIS[own] for own in self.labels)


def read_angles(text: str) -> tuple[float, float]:
    """Latitude and longitude. Raises Refusal: position_unreadable, position_swapped."""
    tokens, junk = _tokens(_decimal_points(text))
    order = _header(tokens)
    angles = _angles(tokens)
    if len(angles) == 1:
        angles = _halves(angles[0])
    if len(angles) != 2:
        raise Refusal("position_unreadable")
    first, second = angles
    bare = not any(first.marks + second.marks + first.labels + second.labels) and not order
    if bare and junk and not all(len(a.numbers) == 1 and "." in a.numbers[0] for a in angles):
        raise Refusal("position_unreadable")  # house numbers, telephone numbers
    if len(first.numbers) != len(second.numbers) and not (any(first.marks) and any(second.marks)):
        raise Refusal("position_unreadable")
    axes = (_axis(first), _axis(second))
    values = (_degrees(first), _degrees(second))
    axis = axes[0] or {"lat": "lon", "lon": "lat"}.get(axes[1]) or order or "lat"
    if axes[0] and axes[0] == axes[1]:
        raise Refusal("position_unreadable")
    pair = values if axis == "lat" else values[::-1]
    if in_range(*pair):
        return pair
    if axes == ("", "") and not order and in_range(*pair[::-1]):
        raise Refusal("position_swapped", position=f"{pair[1]:.5f}, {pair[0]:.5f}")
    raise Refusal("position_unreadable")


def in_range(latitude: float, longitude: float) -> bool:
    """Whether both are degrees on the earth."""
    return abs(latitude) <= 90 and abs(longitude) <= 180


def _decimal_points(text: str) -> str:
    """Turns decimal commas into points: 6,4255 101,8253. A single comma separates two numbers: 13,100."""
    runs = re.findall("[0-9]+(?:,[0-9]+)+", text)
    if re.search("[0-9]\\.[0-9]", text) or any(run.count(",") > 1 for run in runs):
        return text
    if len(runs) > 1:
        return re.sub("([0-9]),([0-9])", "\\1.\\2", text)
    return re.sub("([0-9]),([0-9]+ ?['\"])", "\\1.\\2", text)


def _tokens(text: str) -> tuple[list[tuple[str, str]], bool]:
    """Kinds and texts of what matters, and whether other words stand between."""
    tokens: list[tuple[str, str]] = []
    junk = False
    before = " "
    for match in TOKEN.finditer(text):
        kind, value = match.lastgroup or "junk", match[0]
        digit_follows = "0" <= text[match.end() : match.end() + 1] <= "9"
        if kind == "word":
            label = LABELS.get(value.replace(".", "").lower())
            kind, value = ("label", label) if label else ("junk", value)
        elif kind == "sign" and not digit_follows:
            kind = "junk"
        elif (kind == "sign" and BESIDE_SIGN.match(before)) or (kind == "point" and digit_follows):
            raise Refusal("position_unreadable")  # 6.4-101.8, 1.2.3, .5: no telling
        elif kind == "point":
            kind = "quiet"
        if kind == "junk":
            junk = True
        if kind != "quiet":
            tokens.append((kind, value))
        before = match[0][-1]
    return tokens, junk


def _header(tokens: list[tuple[str, str]]) -> str:
    """The axis named first when both are named before or after all numbers ("Long, Lat: …").

    Takes these labels out of `tokens`.
    """
    places = [i for i, (kind, _) in enumerate(tokens) if kind in ("number", "clock")]
    if not places:
        return ""
    for start, end in ((0, places[0]), (places[-1] + 1, len(tokens))):
        labels = [AXIS[value] for kind, value in tokens[start:end] if kind == "label"]
        if len(set(labels)) == 2:
            tokens[start:end] = [token for token in tokens[start:end] if token[0] != "label"]
            return labels[0]
    return ""


def _angles(tokens: list[tuple[str, str]]) -> list[Angle]:
    """Groups numbers, marks and labels into angles.

    Whether labels stand before or after their numbers is told by the first word and by the first hemisphere.
    """
    numbers = ("number", "clock")
    lead = takewhile(lambda token: token[0] not in numbers, tokens)
    before_numbers = {value in WORDS for kind, value in lead if kind == "label"}
    angles: list[Angle] = []
    waiting: list[str] = []  # labels of the angle to come
    for i, (kind, value) in enumerate(tokens):
        last_kind, last_value = tokens[i - 1] if i else ("", "")
        angle = angles[-1] if angles and angles[-1].takes_labels else None
        if kind in numbers:
            degrees_follow = tokens[i + 1 : i + 2] == [("mark", "°")]
            if angle is None or angle.complete or last_kind == "sign" or degrees_follow or kind == "clock":
                angle = Angle(labels=waiting, negative=(last_kind, last_value) == ("sign", "-"))
                angles.append(angle)
                waiting = []
            parts = value.split(":")
            angle.numbers += parts
            angle.marks += DMS[: len(parts)] if kind == "clock" else [""]
            angle.complete = kind == "clock" or "." in value
        elif kind == "mark" and angle and last_kind == "number":
            angle.marks[-1] = value
            angle.complete = angle.complete or value == '"'
        elif kind == "label" and angle and (value in WORDS) not in before_numbers and angle.agrees(value):
            angle.labels.append(value)
            angle.complete = True
        elif kind in ("label", "separator", "junk"):
            if angle:
                angle.takes_labels = False
            waiting += [value] if kind == "label" else []
    if angles:
        angles[-1].labels += waiting  # "N 6.4255, 101.8253 E"
    return angles


def _halves(angle: Angle) -> list[Angle]:
    """Two or six bare numbers without anything between them are two angles: 13 100.5, 6 25 31 101 49 31."""
    count = len(angle.numbers)
    if count not in (2, 6) or any(angle.marks + angle.labels):
        return [angle]
    first, second = angle.numbers[: count // 2], angle.numbers[count // 2 :]
    return [Angle(first, [""] * len(first), negative=angle.negative), Angle(second, [""] * len(second))]


def _axis(angle: Angle) -> str:
    """What the labels say: lat, lon or nothing. Raises Refusal if they contradict each other."""
    axes = {AXIS[label] for label in angle.labels}
    hemispheres = {label for label in angle.labels if label not in WORDS}
    if len(axes) > 1 or len(hemispheres) > 1 or (hemispheres and angle.negative):
        raise Refusal("position_unreadable")
    return axes.pop() if axes else ""


def _degrees(angle: Angle) -> float:
    numbers, marks = angle.numbers, angle.marks
    misplaced = any(mark and mark != due for mark, due in zip(marks, DMS, strict=False))
    if len(numbers) > 3 or misplaced or any("." in number for number in numbers[:-1]):
        raise Refusal("position_unreadable")
    degrees, minutes, seconds = (float(number) for number in [*numbers, "0", "0"][:3])
    if minutes >= 60 or seconds >= 60:
        raise Refusal("position_unreadable")
    value = degrees + minutes / 60 + seconds / 3600
    return -value if angle.negative or {"S", "W"} & set(angle.labels) else value
