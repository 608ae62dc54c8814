"""How much a request may carry: files are for who may call the view that takes them; nobody else's are read."""

from __future__ import annotations

import gzip
import io
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from blueprints import gate
from models import Session, utcnow
from tests.conftest import SITE, Browser, hidden
from tests.test_app import routes

Make = Callable[..., Browser]
MB = 1024 * 1024
PUBLIC_POSTS = ("/login", "/login/second", "/join", "/language")


class Counted(io.BytesIO):
    """A body that knows how much of it was read."""

    taken = 0

    def readinto(self, buffer: Any) -> int:
        size = super().readinto(buffer)
        self.taken += size
        return size

    def read(self, size: int | None = -1) -> bytes:
        said = super().read(size)
        self.taken += len(said)
        return said


def post(client: FlaskClient, path: str, size: int, method: str = "POST", **fields: str) -> tuple[int, int]:
    """A form with a file of so many bytes: (status, bytes of it that were read)."""
    mark = secrets.token_hex(12)
    head = "".join(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    head += f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    body = Counted(head.encode() + b"\xff" * size + f"\r\n--{mark}--\r\n".encode())
    answer = client.open(path, method=method, input_stream=body, content_length=len(body.getvalue()), content_type=f"multipart/form-data; boundary={mark}")
    return answer.status_code, body.taken


def test_nothing_large_is_read_from_who_never_logged_in(app: Flask) -> None:
    tried = [path for method, path in routes(app) if method == "POST"] + list(PUBLIC_POSTS)
    assert len(tried) > 30
    for path in tried:
        assert post(app.test_client(), path, 2 * MB) == (413, 0), path


@pytest.mark.parametrize("path", ["/account/password", "/confirm", "/language", "/logout", "/waiting/bring-in", "/imports"])
def test_nothing_large_is_read_by_a_view_that_takes_no_files_from_this_role(path: str, browser: Make) -> None:
    surveyor = browser("surveyor", "96")
    assert post(surveyor.client, path, 2 * MB, csrf_token=surveyor.csrf()) == (413, 0)


def test_ten_photos_of_a_form_are_read(browser: Make) -> None:
    surveyor = browser("surveyor", "96")
    page = surveyor.get("/sites/new").text
    status, taken = post(surveyor.client, "/sites/new", 20 * MB, csrf_token=hidden(page, "csrf_token"))
    assert status not in (413, 403) and taken > 20 * MB  # read, and then refused for what is in it
    assert post(surveyor.client, "/sites/new", 91 * MB, csrf_token=hidden(page, "csrf_token")) == (413, 0)


def test_what_was_typed_beside_photos_survives_an_expired_session(browser: Make) -> None:
    surveyor = browser("surveyor", "96")
    page = surveyor.get("/sites/new").text
    Session.update(ended_at=utcnow()).execute()
    answer = surveyor.fill("/sites/new", {**SITE, "install_point": "เสาที่พิมพ์ไว้"}, page=page, files=[(b"\xff\xd8" + bytes(3 * MB), "a.jpg")])
    assert answer.status_code == 401 and "เสาที่พิมพ์ไว้" in answer.text


def test_a_phones_photo_meets_the_log_in_not_a_size(app: Flask) -> None:
    answer = app.test_client().put("/sync/photos/" + "0" * 64, data=bytes(3 * MB), content_type="image/jpeg")
    assert answer.status_code == 401 or answer.json["error"] == "csrf"


def test_control_a_view_that_took_files_from_everybody_would_be_seen(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "most", lambda _view: 10 * MB)
    assert post(app.test_client(), "/login", 2 * MB)[1] > MB


def test_every_view_that_takes_files_is_known_here(app: Flask) -> None:
    taking = {name: view.takes // MB for name, view in app.view_functions.items() if getattr(view, "takes", gate.SMALL) != gate.SMALL}
    forms = ("sites.new", "sites.edit", "cameras.new", "cameras.edit", "cameras.update", "points.new", "points.edit", "reports.new", "reports.edit")
    assert taking == {**dict.fromkeys(forms, 90), "accounts.many": 2, "imports.upload": 65, "sync.photo": 9, "waiting.bring_in": 1024}


def test_pages_are_compressed_and_their_length_tells_nothing(browser: Make) -> None:
    surveyor = browser("surveyor", "96")
    plain = surveyor.get("/sites/new").get_data()
    answers = [surveyor.get("/sites/new", headers={"Accept-Encoding": "gzip, br"}) for _ in range(12)]
    assert all(answer.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in answer.headers["Vary"] for answer in answers)
    assert all(abs(len(gzip.decompress(answer.get_data())) - len(plain)) < 200 and len(answer.get_data()) < len(plain) / 3 for answer in answers)
    assert len({len(answer.get_data()) for answer in answers}) > 3
    assert "Content-Encoding" not in surveyor.get("/sync/session", headers={"Accept-Encoding": "gzip"}).headers  # too short to gain anything
