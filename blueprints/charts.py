"""Where the strokes of a chart lie: plain numbers for the SVG of templates/_charts.html. Every chart has its table beside it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 720, 300, 84, 40, 18, 16


@dataclass
class Curve:
    """Points of lines in the drawing's own units, with its scales."""

    lines: dict[str, str]  # name: points of a polyline
    y_ticks: list[tuple[float, int]]  # (y, number)
    x_ticks: list[tuple[float, dt.date]]
    deadline_x: float | None
    today_x: float | None
    goal: str | None  # the line that leads to what is expected
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    base: int = HEIGHT - BOTTOM


def curve(start: dt.date, end: dt.date, days: Sequence[tuple[dt.date, dict[str, int]]], expected: int | None, today: dt.date) -> Curve:
    """A curve over time from `start` to the later of `end` (the deadline) and the last day."""
    last = max([end, *(day for day, _ in days[-1:])])
    span = max(1, (last - start).days)
    highest = max([expected or 0, 1, *(n for _, numbers in days for n in numbers.values())])
    step = _step(highest)
    top = math.ceil(highest / step) * step

    def x(day: dt.date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - start).days / span, 1)

    def y(number: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * number / top, 1)

    names = list(days[0][1]) if days else []
    lines = {name: " ".join(f"{x(day)},{y(numbers[name])}" for day, numbers in days) for name in names}
    ticks = sorted({start + dt.timedelta(days=round(span * n / 4)) for n in range(5)})
    goal = f"{x(start)},{y(0)} {x(end)},{y(expected)}" if expected else None
    return Curve(lines, [(y(n), n) for n in range(0, top + 1, step)], [(x(day), day) for day in ticks], x(end) if start <= end else None,
                 x(today) if start <= today <= last else None, goal)  # fmt: skip


def _step(highest: int) -> int:
    """A round step that makes three to five lines of a scale."""
    rough = highest / 4
    power = 10 ** max(0, math.floor(math.log10(max(rough, 1))))
    return int(next(power * n for n in (1, 2, 5, 10) if power * n >= rough) or 1)
