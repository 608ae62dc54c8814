"""A real gunicorn over its own data for tests: started, killed and started again on the same port; ended by its process id."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT

PASSWORD = "browser-tests-only"


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


class Server:
    """gunicorn as shipped over a demo of its own."""

    def __init__(self, data: Path, sites: int = 60, **environment: str) -> None:
        self.data, self.port = data, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, "SAMRUAT_DATA": str(data), "DEMO_PASSWORD": PASSWORD, "PYTHONPATH": str(ROOT), "DATABASE_URL": "", **environment}
        self.factory = "app:create_app()"
        self.process: subprocess.Popen[bytes] | None = None
        data.mkdir(parents=True, exist_ok=True)
        self.flask("migrate")
        self.flask("demo", "--sites", str(sites))

    def flask(self, *arguments: str) -> str:
        """Runs a flask command over the same data; returns what it said."""
        command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True).stdout

    def start(self) -> None:
        """Starts it and waits until it answers."""
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{self.port}", self.factory]
        with (self.data / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        for _ in range(400):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("gunicorn does not answer")

    def kill(self) -> None:
        """SIGKILL for it and its workers, as a power cut would."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        self.process = None

    def stop(self) -> None:
        """Ends it as an operator would."""
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
            self.process = None

    def query(self, sql: str, *values: object) -> list[tuple]:
        """Rows of its SQLite database, read beside it."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    @property
    def database(self) -> Path:
        return next(self.data.glob("*.db"))

    def photo(self, sha256: str) -> Path:
        """Where the bytes of a photo lie."""
        return self.data / "photos" / "originals" / sha256[:2] / sha256

    def said(self) -> str:
        """What it wrote to its log."""
        return (self.data / "log").read_text()


@contextmanager
def serving(data: Path, sites: int = 60, **environment: str) -> Iterator[Server]:
    """A started server that is stopped at the end and must not have complained."""
    server = Server(data, sites, **environment)
    server.start()
    try:
        yield server
    finally:
        server.stop()
    assert "Traceback" not in server.said(), server.said()


def as_hex(sqlite_uuid: str) -> str:
    """A UUID as SQLite keeps it (without hyphens) in its usual form."""
    return str(uuid.UUID(sqlite_uuid))
