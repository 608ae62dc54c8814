"""What tests of imports share: a file of some bytes, and what a dry run says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from survey.exchange import layout
from survey.exchange.examine import Summary, examine
from survey.exchange.files import Book, SheetStart, open_book
from survey.exchange.layout import Plan
from survey.exchange.rows import Checked, Options


@dataclass
class Found:
    """A list gone through: how it was read, its rows, and the summary."""

    book: Book
    plans: list[Plan]
    rows: list[Checked]
    summary: Summary

    def kinds(self, number: int) -> set[str]:
        """The kinds of problems of the row with this number."""
        return {p.kind for row in self.rows if row.number == number for p in row.problems}


@pytest.fixture
def a_file(tmp_path: Path) -> Callable[..., Path]:
    """a_file(bytes, "list.csv") is a file with these bytes."""

    def write(data: bytes, name: str = "list") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def cells_of(a_file: Callable[..., Path]) -> Callable[[bytes], list[list[str]]]:
    """The rows of a file as it is read, without sheets."""
    return lambda data: [part[1] for part in open_book(a_file(data)).rows() if not isinstance(part, SheetStart)]


@pytest.fixture
def dry_run(db: Any, a_file: Callable[..., Path]) -> Callable[..., Found]:
    """dry_run(bytes or path, anywhere=True) goes through a list."""

    def run(data: bytes | Path, **options: Any) -> Found:
        book = open_book(data if isinstance(data, Path) else a_file(data))
        plans = layout.look_at(book)
        summary = Summary()
        summary.note(plans)
        return Found(book, plans, list(examine(book.rows, plans, Options(**options), summary)), summary)

    return run
