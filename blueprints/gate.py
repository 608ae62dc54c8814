"""Who may call a route: each view declares it with `@access(...)`; an undeclared one stops the start.

Which records they then see is decided in survey/scope.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request, session
from flask_login import current_user

from survey import accounts, second_factor
from survey.errors import Refusal
from survey.scope import ADMINISTRATORS, EXPORTERS, READERS, RECORDERS, ROLES

PUBLIC = "public"
ANYONE = tuple(ROLES)
V = TypeVar("V", bound=Callable[..., Any])

__all__ = ["ADMINISTRATORS", "ANYONE", "EXPORTERS", "PUBLIC", "READERS", "RECORDERS", "access", "guard"]


def access(*roles: str, fresh: bool = False, before_second_factor: bool = False) -> Callable[[V], V]:
    """Declares the roles that may call a view, or PUBLIC for everybody. `fresh`: only when the password was typed a moment ago;
    `before_second_factor`: also for who has still to set one up."""
    unknown = set(roles) - set(ROLES) - {PUBLIC}
    if unknown or not roles:
        raise ValueError(f"no such roles: {unknown or 'none given'}")

    def declare(view: V) -> V:
        view.access, view.fresh, view.before_second_factor = roles, fresh, before_second_factor  # type: ignore[attr-defined]  # functions take attributes
        return view

    return declare


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
        if not current_user.is_authenticated:
            raise Refusal("disabled" if accounts.is_disabled(session.get("_user_id")) else "login_needed")
        account = current_user.account
        if account.role not in allowed:
            raise Refusal("not_allowed")
        if not account.totp_secret and not getattr(view, "before_second_factor", False):
            second_factor.demand(account, app.config["SETTINGS"].require_totp)
        if getattr(view, "fresh", False) and not accounts.is_fresh(current_user.session):
            raise Refusal("confirm_password")
