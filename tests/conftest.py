"""The fixtures that tests climb: settings -> app -> client -> logged-in client; and factories that go through `receive()`.

The database is SQLite in a temporary folder, or an own schema of the PostgreSQL that DATABASE_URL names. Each test starts empty.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import resource
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from playhouse.migrations import Runner

import database
import models
from config import Settings
from models import Account, Agency, Camera, Site
from survey import messages, passwords, sync

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
PASSWORD = "a-password-for-tests-only"
REQUIRED = [part for part in os.environ.get("REQUIRE", "").split(",") if part]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what touches a database is run: the rest has just been run beside SQLite."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        config.hook.pytest_deselected(items=[item for item in items if "database_url" not in item.fixturenames])  # type: ignore[attr-defined]
        items[:] = [item for item in items if "database_url" in item.fixturenames]  # type: ignore[attr-defined]  # a function's


def need(part: str, is_here: bool, what: str) -> None:
    """Skips a test whose part this machine lacks; a failure where REQUIRE names it."""
    if is_here:
        return
    if part in REQUIRED:
        pytest.fail(f"{what} is missing and REQUIRE asks for {part}")
    pytest.skip(f"{what} is not on this machine")


def processor_time() -> float:
    """Seconds of processor time of this process and its ended children: what a guard against hostile input limits, however busy the machine."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(s.ru_utime + s.ru_stime for s in spent)


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """A migrated, empty database for this worker."""
    url = os.environ.get("DATABASE_URL", "")
    if url.startswith("postgres"):
        import psycopg

        name = f"samruat_test_{worker_id}_{os.getpid()}"
        base, _, _ = url.rpartition("/")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING \'UTF8\'')
        yield f"{base}/{name}"
        if not database.db.is_closed():
            database.db.close()
        database.db.obj.close_all()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    else:
        yield f"sqlite:///{tmp_path_factory.mktemp('db') / 'test.db'}"


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = Settings(data=tmp_path_factory.mktemp("data"), database_url=database_url, secret_key="test", tile_url="https://tiles.example/{z}/{x}/{y}.png")
    made.compress, made.require_totp = False, False
    return made


@pytest.fixture(scope="session")
def application(settings: Settings) -> Flask:
    from app import create_app

    made = create_app(settings)
    made.testing = True
    database.db.connect(reuse_if_open=True)
    Runner(database.db.obj, str(ROOT / "migrations")).up()
    return made


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    """The application over an empty database."""
    database.db.connect(reuse_if_open=True)
    with models.write():
        for table in reversed(models.TABLES):
            if table is Agency:
                Agency.update(parent=None).execute()
            table.delete().execute()
    yield application


@pytest.fixture
def db(app: Flask) -> Flask:
    """The application, for tests of the domain that need only its database."""
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


_hashed = passwords.hash_password(PASSWORD)  # once: argon2 is slow on purpose


@pytest.fixture
def person(db: Flask) -> Callable[..., Account]:
    """person("surveyor", "96", agency="…") makes an account; the same call gives the same one."""

    def make(role: str, *provinces: str, agency: str | None = None, name: str | None = None, districts: tuple[str, ...] = ()) -> Account:
        username = name or "-".join([role, *provinces, *districts, agency or ""])[:80]
        found = Account.get_or_none(Account.username == username)
        if found:
            return found
        unit = register(agency) if agency else None
        return Account.create(username=username, name=f"ผู้ทดสอบ {username}", role=role, password_hash=_hashed, provinces=list(provinces),
                              province=provinces[0] if len(provinces) == 1 else None, districts=list(districts), agency=unit)  # fmt: skip

    return make


def register(name: str, kind: str | None = None, province: str | None = None) -> Agency:
    """An agency of the register."""
    from survey.search import fold

    found = Agency.get_or_none(Agency.name == name)
    return found or Agency.create(name=name, kind=kind, province=province, search_text=fold(name))


class Browser:
    """A test client that is logged in and fills in forms as a browser without scripts would."""

    def __init__(self, app: Flask, account: Account) -> None:
        self.client, self.account = app.test_client(), account
        page = self.client.get("/login").text
        data = {"username": account.username, "password": PASSWORD, "csrf_token": hidden(page, "csrf_token")}
        assert self.client.post("/login", data=data).status_code == 303

    def get(self, address: str, **kwargs: Any) -> Any:
        return self.client.get(address, **kwargs)

    def fill(self, address: str, answers: dict[str, Any], page: str | None = None, files: list[tuple[bytes, str]] | None = None) -> Any:
        """Opens the form at `address` (or takes `page`), keeps what it shows, fills in `answers` and posts it."""
        data = {**shown_values(page or self.get(address).text), **answers}
        if files:
            data["files"] = [(io.BytesIO(content), name) for content, name in files]
        answer = self.client.post(address, data=data, content_type="multipart/form-data")
        answer.request.environ["wsgi.input"].close()  # the client's own temporary file of a large body
        return answer

    def csrf(self) -> str:
        return str(self.get("/sync/session").json["csrf"])

    def put(self, address: str, data: bytes, **headers: str) -> Any:
        return self.client.put(address, data=data, headers={"X-CSRFToken": self.csrf(), **headers})


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no hidden field {name}"
    return found.group(1)


def shown_values(page: str) -> dict[str, Any]:
    """What a browser would send back of a form page without touching it."""
    from html.parser import HTMLParser

    values: dict[str, Any] = {}

    class Reader(HTMLParser):
        in_template = select = textarea = 0
        name = ""

        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            a = {k: v or "" for k, v in attributes}
            if tag == "template":
                self.in_template += 1
            if self.in_template or not (a.get("name") or tag == "option"):
                return
            if tag == "input" and a.get("type") in ("checkbox", "radio"):
                if "checked" in a:
                    values[a["name"]] = [*values.get(a["name"], []), a.get("value", "on")] if a["type"] == "checkbox" else a["value"]
            elif tag == "input" and a.get("type") != "file":
                values[a["name"]] = a.get("value", "")
            elif tag == "select":
                self.name = a["name"]
                values[self.name] = ""
            elif tag == "option" and self.name and "selected" in a:
                values[self.name] = a.get("value", "")
            elif tag == "textarea":
                self.name, self.textarea = a["name"], 1
                values[self.name] = ""

        def handle_data(self, text: str) -> None:
            if self.textarea:
                values[self.name] += text

        def handle_endtag(self, tag: str) -> None:
            if tag == "template":
                self.in_template -= 1
            if tag in ("select", "textarea"):
                self.name, self.textarea = "", 0

    Reader().feed(page[page.index("data-form=") :] if "data-form=" in page else page)
    return {k: v for k, v in values.items() if k not in ("q", "language", "next")} | {"csrf_token": hidden(page, "csrf_token")}


@pytest.fixture
def browser(app: Flask, person: Callable[..., Account]) -> Callable[..., Browser]:
    """browser("surveyor", "96") is a logged-in browser of such a person."""
    return lambda *args, **kwargs: Browser(app, person(*args, **kwargs))


NARATHIWAT = (6.4255, 101.8253)
RATCHABURI = (13.5283, 99.8134)


def send(account: Account, kind: str, answers: dict[str, Any], record_id: uuid.UUID | None = None, mutation_id: uuid.UUID | None = None,
         strict: bool = False, **parts: Any) -> dict[str, Any]:  # fmt: skip
    """Sends a message as a phone does; returns the answer."""
    message = {
        "kind": kind, "op": "save", "record_id": str(record_id or uuid.uuid4()), "answers": answers, "photos": {}, "base": None, "owner": str(account.id),
        "schema": 1, "captured_at": dt.datetime.now(dt.UTC).isoformat(),
    } | parts  # fmt: skip
    return sync.receive(mutation_id or uuid.uuid4(), messages.seal(message), account, strict=strict)[0]


SITE = {"install_point": "แยกตลาดสด", "owner_agency": "เทศบาลเมืองนราธิวาส", "latitude": NARATHIWAT[0], "longitude": NARATHIWAT[1]}


def make_site(account: Account, **answers: Any) -> Site:
    return Site.get_by_id(uuid.UUID(send(account, "site", {**SITE, **answers})["record_id"]))


def make_camera(account: Account, site: Site, **answers: Any) -> Camera:
    return Camera.get_by_id(uuid.UUID(send(account, "camera", {"site_id": str(site.id), "status": "working", **answers})["record_id"]))


def picture(colour: tuple[int, int, int] = (90, 120, 150), size: tuple[int, int] = (64, 48), exif: Any = None, form: str = "JPEG") -> bytes:
    """A small picture."""
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, form, **({"exif": exif} if exif else {}))
    return held.getvalue()
