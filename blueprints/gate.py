"""Who may call a route, and how they show who they are: each view declares it with `@access(...)`; an undeclared one stops the start.

A page is opened by the session of a log-in, the open interface by a token; neither opens what the other is for. `g.account` is whose request
it is. Which records they then see is decided in survey/scope.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, g, request, session
from flask_login import current_user

from models import Account
from survey import accounts, second_factor, tokens
from survey.errors import Refusal
from survey.scope import ADMINISTRATORS, EXPORTERS, READERS, RECORDERS, ROLES, TOKEN_HOLDERS

PUBLIC = "public"
SESSION, TOKEN = "session", "token"
ANYONE = tuple(ROLES)
SMALL = 1024 * 1024  # bytes that a request may carry where its view does not say otherwise
PHOTO_FORM = 90 * 1024 * 1024  # ten photos of 8 MB posted by a browser without scripts
V = TypeVar("V", bound=Callable[..., Any])

__all__ = ["ADMINISTRATORS", "ANYONE", "EXPORTERS", "PHOTO_FORM", "PUBLIC", "READERS", "RECORDERS", "SESSION", "SMALL", "TOKEN", "TOKEN_HOLDERS", "access",
           "guard", "limit_size"]  # fmt: skip


def access(*roles: str, fresh: bool = False, before_second_factor: bool = False, takes: int = SMALL, by: tuple[str, ...] = (SESSION,)) -> Callable[[V], V]:
    """Declares the roles that may call a view, or PUBLIC for everybody. `fresh`: only when the password was typed a moment ago;
    `before_second_factor`: also for who has still to set one up; `takes`: bytes of files that it accepts (see `most`); `by`: with the
    session of a log-in, with a token, or with either."""
    unknown = set(roles) - set(ROLES) - {PUBLIC}
    if unknown or not roles:
        raise ValueError(f"no such roles: {unknown or 'none given'}")

    def declare(view: V) -> V:
        view.access, view.fresh, view.before_second_factor = roles, fresh, before_second_factor  # type: ignore[attr-defined]  # functions take attributes
        view.takes, view.by = takes, by  # type: ignore[attr-defined]
        return view

    return declare


def limit_size(app: Flask) -> None:
    """Refuses (413) what is larger than its view takes, before a byte of it is read; forms are read before anybody knows whose they are."""

    @app.before_request
    def limit() -> None:
        request.max_content_length = most(app.view_functions.get(request.endpoint or ""))


def most(view: Any) -> int:
    """Bytes that this request may carry. Files are for who may call the view, and photos of a form also for who was logged in until a moment
    ago (what was typed beside them waits for the log-in). Raw bodies are read by the view alone, after the gate."""
    takes: int = getattr(view, "takes", SMALL)
    if takes == SMALL or request.mimetype in ("application/x-www-form-urlencoded", "application/json"):
        return SMALL
    if request.mimetype != "multipart/form-data":
        return takes
    if current_user.is_authenticated:
        return takes if current_user.account.role in view.access else SMALL
    return min(takes, PHOTO_FORM) if session.get("_user_id") else SMALL


def guard(app: Flask) -> None:
    """Refuses to start with an undeclared route, and refuses calls by others than were declared."""
    for rule in app.url_map.iter_rules():
        if not getattr(app.view_functions[rule.endpoint], "access", None):
            raise RuntimeError(f"route {rule.rule} ({rule.endpoint}) does not declare who may call it: @access(...)")

    @app.before_request
    def check_access() -> None:
        if request.endpoint is None:
            return
        view = app.view_functions[request.endpoint]
        allowed = view.access  # type: ignore[attr-defined]  # checked at the start
        if PUBLIC in allowed:
            return
        by_token = TOKEN in view.by and (SESSION not in view.by or "Authorization" in request.headers)  # type: ignore[attr-defined]
        g.account = account = _by_token(app) if by_token else _by_session()
        if account.role not in allowed:
            raise Refusal("not_allowed")
        if not account.totp_secret and not getattr(view, "before_second_factor", False):
            second_factor.demand(account, app.config["SETTINGS"].require_totp)
        if getattr(view, "fresh", False) and not accounts.is_fresh(current_user.session):
            raise Refusal("confirm_password")


def _by_session() -> Account:
    """The person who is logged in. Raises Refusal: login_needed, disabled."""
    if not current_user.is_authenticated:
        raise Refusal("disabled" if accounts.is_disabled(session.get("_user_id")) else "login_needed")
    account: Account = current_user.account
    return account


def _by_token(app: Flask) -> Account:
    """The account whose token stands in `Authorization: Bearer …`. Raises Refusal: sharing_off, token, login_delay."""
    if app.config["SETTINGS"].classification:
        raise Refusal("sharing_off")
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    account: Account = tokens.opened_by(text.strip() if scheme.lower() == "bearer" else "", request.remote_addr or "").account
    return account
