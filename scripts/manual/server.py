"""The app over demo data of a fixed day, so that the pictures show the same days whenever they are made.

`flask --app scripts.manual.server` and gunicorn use this factory; the clock of models.py and survey/clock.py stands still.
"""

from __future__ import annotations

import datetime as dt
import sys
import types
from pathlib import Path
from typing import Any

import models
from survey import clock

MOMENT = dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC)  # 9:30 in Bangkok


class Fixed(dt.datetime):
    """A datetime whose now is always MOMENT."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Fixed:
        return cls.fromtimestamp(MOMENT.timestamp(), tz)


def stand_still() -> None:
    """From now on this process believes that it is MOMENT."""
    held = types.ModuleType("datetime")
    held.__dict__.update(vars(dt) | {"datetime": Fixed})
    models.dt = clock.dt = held  # type: ignore[attr-defined]  # their name for the module


def create_app() -> Any:
    """The application, on that day."""
    stand_still()
    from app import create_app as real

    return real()


def start(folder: Path, sites: int) -> Any:
    """A migrated server over `sites` demo sites in `folder`, on loopback, started. The caller stops it."""
    from tests.serving import Server

    class OnThatDay(Server):
        def flask(self, *arguments: str) -> str:
            import subprocess

            command = [sys.executable, "-m", "flask", "--app", "scripts.manual.server", *arguments]
            return subprocess.run(command, cwd=Path(__file__).parents[2], env=self.environment, check=True, capture_output=True, text=True).stdout

    server = OnThatDay(folder, sites, PUBLIC_URL="https://survey.example.go.th")
    server.factory = "scripts.manual.server:create_app()"
    server.start()
    return server
