"""What a page has shown goes into the log: contact persons that stand on it, and how many records a list or a map gave."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask, Response, g, request
from flask_login import current_user

from survey import disclosure


def note_contact(site_id: uuid.UUID, place: Any) -> None:
    """Remembers that the contact person of a site stands on this page; the log is told when the page is done."""
    g.setdefault("contacts", {})[site_id] = getattr(place, "province", None)


def note_read(what: str, number: int) -> None:
    """Counts what a list or a map has shown: reading in bulk goes into the log, with what the address asked for."""
    asked = {name: value[:100] for name, value in request.args.items() if value and name not in ("near", "before", "page", "server")}
    disclosure.note_read(current_user.account, what, number, request.remote_addr, asked)


def register(app: Flask) -> None:
    """Tells the log of the contact persons once a page is done."""

    @app.after_request
    def tell_the_log(response: Response) -> Response:
        if (shown := g.pop("contacts", None)) and response.status_code < 400:
            disclosure.note_shown(current_user.account, shown, request.remote_addr)
        return response
