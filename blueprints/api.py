"""The open interface: other systems read, with a token of an account, what an export of that account holds. Pages, cookies and writing are elsewhere."""

from __future__ import annotations

import time
import uuid
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, g, jsonify, request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from blueprints.gate import SESSION, TOKEN, TOKEN_HOLDERS, access
from survey import disclosure
from survey.api import document, figures, parameters, records
from survey.api.resources import Resource, resources
from survey.errors import Refusal

bp = Blueprint("api", __name__, url_prefix=document.BASE)


_counter = FixedWindowRateLimiter(MemoryStorage())  # each process counts its own


@bp.before_request
def count() -> None:
    """How often an account may ask in a minute. Raises Refusal("too_often")."""
    limit, whose = parse(f"{current_app.config['SETTINGS'].api_per_minute}/minute"), str(g.account.id)
    if not _counter.hit(limit, "api", whose):
        raise Refusal("too_often", seconds=max(1, round(_counter.get_window_stats(limit, "api", whose).reset_time - time.time() + 0.5)))


@access(*TOKEN_HOLDERS, by=(TOKEN,))
def index(kind: str) -> Any:
    """A page of records, in the order of their changes."""
    resource, asked = _asked(kind)
    found = records.page(g.account, resource, asked)
    disclosure.note_interface_read(g.account, _without_paging(kind), len(found.items), request.remote_addr)
    given = [(name, text) for name, text in request.args.items() if name != "after"]
    onwards = f"{request.path}?{urlencode([*given, ('after', found.cursor)])}" if found.more else None
    return jsonify(items=found.items, next=onwards, cursor=found.cursor)


def _asked(kind: str) -> tuple[Resource, dict[str, Any]]:
    resource = resources()[kind]
    return resource, parameters.read(resource.parameters, request.args.items(multi=True))


def _without_paging(kind: str) -> str:
    """What was asked, for the log: the same for all pages of a list."""
    asked = disclosure.without_words({n: t for n, t in request.args.items() if n not in ("after", "limit")})
    return "?".join(filter(None, [kind, urlencode(sorted(asked.items()))]))


@access(*TOKEN_HOLDERS, by=(TOKEN,))
def show(kind: str, record_id: uuid.UUID) -> Any:
    """One record."""
    parameters.read([], request.args.items(multi=True))
    found = records.one(g.account, resources()[kind], record_id, request.remote_addr)
    disclosure.note_interface_read(g.account, f"{kind}/id", 1, request.remote_addr)
    return jsonify(found)


for _kind in resources():
    bp.add_url_rule(f"/{_kind}", view_func=index, defaults={"kind": _kind})
    bp.add_url_rule(f"/{_kind}/<uuid:record_id>", view_func=show, defaults={"kind": _kind})


@bp.get("/totals")
@access(*TOKEN_HOLDERS, by=(TOKEN,))
def totals() -> Any:
    """The counts by province."""
    asked = parameters.read(figures.PARAMETERS, request.args.items(multi=True))
    return jsonify(items=figures.totals_of(g.account, asked["province"], asked["round"]))


@bp.get("/openapi.json")
@access(*TOKEN_HOLDERS, by=(TOKEN, SESSION))
def described() -> Any:
    """What there is, for programs: OpenAPI 3.1."""
    parameters.read([], request.args.items(multi=True))
    return jsonify(document.describe())
