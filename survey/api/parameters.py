"""The parameters of an address: each declares its schema once (for the OpenAPI document) and reads its text strictly.

What is unknown, given twice or malformed is refused by name: a filter that silently asks nothing would hand out too much.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from survey.errors import Message, Refusal

_DIGITS = re.compile(r"[0-9]{1,9}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}):([0-9]{2})(?:\.([0-9]+))?([Zz]|[+-][0-9]{2}:[0-9]{2})")
_CURSOR = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")
CURSOR_SCHEMA = {"type": "string", "pattern": r"^[0-9]{1,12}-[0-9]{1,12}$"}
MOMENT_EXAMPLE = "2026-11-25T03:00:00Z"


@dataclass(frozen=True)
class Parameter:
    """One parameter: what it is for (English), its JSON schema, how its text is read, an example for who got it wrong.

    `read` gives the value; a ValueError says that the text has not this form.
    """

    name: str
    about: str
    schema: Mapping[str, Any]
    read: Callable[[str], Any]
    example: str
    default: Any = None


def choice(name: str, about: str, codes: Iterable[str]) -> Parameter:
    """One of some codes."""
    known = list(codes)

    def read(text: str) -> str:
        if text not in known:
            raise ValueError(text)
        return text

    return Parameter(name, about, {"type": "string", "enum": known}, read, known[0])


def matching(name: str, about: str, pattern: str, example: str) -> Parameter:
    """A text of a form, such as an area's code."""
    form = re.compile(pattern)

    def read(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(text)
        return text

    return Parameter(name, about, {"type": "string", "pattern": f"^{pattern}$"}, read, example)


def ident(name: str, about: str) -> Parameter:
    """A UUID."""

    def read(text: str) -> uuid.UUID:
        if not _UUID.fullmatch(text):
            raise ValueError(text)
        return uuid.UUID(text)

    return Parameter(name, about, {"type": "string", "format": "uuid"}, read, "3f2b8c1e-5d4a-4b6e-9c7d-1a2b3c4d5e6f")


def moment(name: str, about: str) -> Parameter:
    """A moment of RFC 3339, read as naive UTC; one beyond the calendar is the calendar's end."""
    return Parameter(name, about, {"type": "string", "format": "date-time"}, read_moment, MOMENT_EXAMPLE)


def read_moment(text: str) -> dt.datetime:
    """RFC 3339 as naive UTC. Raises ValueError."""
    found = _MOMENT.fullmatch(text)
    if not found:
        raise ValueError(text)
    day, clock, seconds, fraction, zone = found.groups()
    second, rest = ("59", "999999") if seconds == "60" else (seconds, (fraction or "0")[:6].ljust(6, "0"))  # a leap second is the end of its minute
    time = dt.datetime.fromisoformat(f"{day}T{clock}:{second}.{rest}{'+00:00' if zone in 'Zz' else zone}")
    try:
        return time.astimezone(dt.UTC).replace(tzinfo=None)
    except OverflowError:
        return dt.datetime.min if time.year < 2000 else dt.datetime.max


def whole(name: str, about: str, low: int, high: int, default: int | None = None) -> Parameter:
    """A whole number within bounds."""

    def read(text: str) -> int:
        if not _DIGITS.fullmatch(text) or not low <= int(text) <= high:
            raise ValueError(text)
        return int(text)

    schema = {"type": "integer", "minimum": low, "maximum": high} | ({} if default is None else {"default": default})
    return Parameter(name, about, schema, read, str(high), default)


def flag(name: str, about: str) -> Parameter:
    """true or false; false when it is not given."""

    def read(text: str) -> bool:
        if text not in ("true", "false"):
            raise ValueError(text)
        return text == "true"

    return Parameter(name, about, {"type": "boolean", "default": False}, read, "true", False)


def cursor(name: str, about: str) -> Parameter:
    """Where a page ended: (revision, number) of its last record."""

    def read(text: str) -> tuple[int, int]:
        found = _CURSOR.fullmatch(text)
        if not found:
            raise ValueError(text)
        return int(found[1]), int(found[2])

    return Parameter(name, about, CURSOR_SCHEMA, read, "1842-17")


def read(parameters: Sequence[Parameter], given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The values of an address by name; what is not given has its default. Raises Refusal("parameters") with a sentence for each wrong one."""
    known = {p.name: p for p in parameters}
    values: dict[str, Any] = {name: p.default for name, p in known.items()}
    errors: dict[str, Message] = {}
    seen: set[str] = set()
    for name, text in given:
        if name not in known:
            errors[name[:80]] = Message("unknown_parameter")
        elif name in seen:
            errors[name] = Message("parameter_twice")
        else:
            try:
                values[name] = known[name].read(text)
            except ValueError:
                errors[name] = Message("parameter_form", example=known[name].example)
        seen.add(name)
    if errors:
        raise Refusal("parameters", errors)
    return values
