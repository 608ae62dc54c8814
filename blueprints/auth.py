"""Logging in and out, the second step, invitations, and the password asked once more. Sessions are survey/accounts.py's."""

from __future__ import annotations

import hashlib
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user

from blueprints.gate import ANYONE, PUBLIC, access
from models import Account
from survey import accounts, audit, invitations
from survey.errors import Refusal

bp = Blueprint("auth", __name__)
SECOND_STEP_S = 300  # how long the password is good for the second step


def local_path(target: str | None) -> str:
    """A path on this site to go on to; anything else becomes the first page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return url_for("home.index")
    parts = urlsplit(target)
    return url_for("home.index") if parts.scheme or parts.netloc or any(ord(c) < 32 for c in target) else target


def kept_form() -> tuple[list[tuple[str, str]], str]:
    """A form that waited for the log-in: its fields and where it goes."""
    fields = [(k.removeprefix("kept-"), v) for k, v in request.form.items(multi=True) if k.startswith("kept-")]
    return fields, request.form.get("kept_action", "")


def _page(template: str, refusal: Refusal | None = None, **shown: Any) -> Any:
    """A page that asks once more: what waited goes along, and a delay is told to scripts as well."""
    kept, kept_action = kept_form()
    page = render_template(template, kept=kept, kept_action=kept_action, next=request.form.get("next") or request.args.get("next", ""),
                           message=refusal.message if refusal else None, **shown)  # fmt: skip
    seconds = refusal.message.params.get("seconds") if refusal else None
    return page, refusal.status if refusal else 200, {"Retry-After": str(seconds)} if seconds else {}


@bp.route("/login", methods=["GET", "POST"])
@access(PUBLIC)
def login() -> Any:
    """Name and password; then the second step, or on to where the person wanted to go."""
    if request.method == "GET":
        return redirect(local_path(request.args.get("next"))) if current_user.is_authenticated else _page("auth/login.html")
    try:
        account = accounts.identify(request.form.get("username", ""), request.form.get("password", ""), request.remote_addr or "")
    except Refusal as refusal:
        return _page("auth/login.html", refusal)
    if not account.totp_secret:
        return _begin(account)
    session.clear()
    session["second_step"] = [str(account.id), int(time.time()), _mark(account)]
    return _page("auth/second_step.html")


@bp.post("/login/second")
@access(PUBLIC)
def second_step() -> Any:
    """The code of the authenticator app, or a recovery code."""
    account = _waiting_for_second_step()
    if account is None:
        return _page("auth/login.html", Refusal("login_needed"))
    try:
        accounts.check_second_factor(account, request.form.get("code", ""), request.remote_addr or "")
    except Refusal as refusal:
        return _page("auth/second_step.html", refusal)
    return _begin(account)


def _waiting_for_second_step() -> Account | None:
    ident, began, mark = session.get("second_step") or ("", 0, "")
    if not ident or not 0 <= time.time() - began <= SECOND_STEP_S:
        return None
    account: Account | None = Account.get_or_none(Account.id == uuid.UUID(ident))
    return account if account is not None and _mark(account) == mark else None


def _mark(account: Account) -> str:
    """Changes with the password: the second step is only good for the one that was typed."""
    return hashlib.sha256(account.password_hash.encode()).hexdigest()[:16]


def _begin(account: Account) -> Any:
    """Starts the session and goes on to where the person wanted to go, or to the form that waited for the log-in."""
    from app import LoggedIn

    kept, kept_action = kept_form()
    token = accounts.begin(account, request.remote_addr or "", request.headers.get("User-Agent", ""))
    session.clear()  # nothing from before the log-in survives it
    session.permanent = True
    login_user(LoggedIn(accounts.session_of(token), token))  # type: ignore[arg-type]  # just made, so it is there
    if kept and kept_action:
        return render_template("auth/resume.html", kept=kept, kept_action=local_path(kept_action))
    target = local_path(request.form.get("next"))  # past the pages that the phone keeps: they may still be somebody else's
    return redirect(target if target == url_for("home.index") else f"{target}{'&' if '?' in target else '?'}server=1", 303)


@bp.route("/join", methods=["GET", "POST"])
@access(PUBLIC)
def join() -> Any:
    """The code of an invitation slip and a password of one's own; then one is logged in."""
    if request.method == "GET":
        return render_template("auth/join.html", refusal=None)
    setting, password = current_app.config["SETTINGS"].require_totp, request.form.get("password", "")
    try:
        if password != request.form.get("again", ""):
            raise Refusal("password_differs")
        account = invitations.accept(request.form.get("code", ""), password, request.remote_addr or "", setting)
    except Refusal as refusal:
        return render_template("auth/join.html", refusal=refusal), refusal.status
    if account.totp_secret:  # a new password does not replace the second factor
        return redirect(url_for("auth.login"), 303)
    return _begin(account)


@bp.route("/confirm", methods=["GET", "POST"])
@access(*ANYONE, before_second_factor=True)  # the set-up of the second factor asks for it
def confirm() -> Any:
    """The password once more, before something that matters; then on with it."""
    if request.method == "GET":
        return _page("auth/confirm.html")
    try:
        accounts.confirm(current_user.session, request.form.get("password", ""), request.remote_addr or "")
    except Refusal as refusal:
        return _page("auth/confirm.html", refusal)
    kept, kept_action = kept_form()
    if kept and kept_action:
        return render_template("auth/resume.html", kept=kept, kept_action=local_path(kept_action), confirmed=True)
    return redirect(local_path(request.form.get("next")), 303)


@bp.post("/logout")
@access(*ANYONE, before_second_factor=True)
def logout() -> Any:
    """Ends the session on the server and forgets the cookie."""
    account = current_user.account
    accounts.end_session(current_user.token)
    audit.record("logout", account, "account", account.id, network=request.remote_addr, province=account.province)
    logout_user()
    session.clear()
    response = redirect(url_for("auth.login"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    response.delete_cookie(current_app.config["SESSION_COOKIE_NAME"])
    return response
