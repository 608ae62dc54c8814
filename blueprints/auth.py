"""Logging in and out. The session itself is survey/accounts.py's; a form that was being sent is kept across the log-in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user

from blueprints.gate import ANYONE, PUBLIC, access
from survey import accounts, audit
from survey.errors import Refusal

bp = Blueprint("auth", __name__)


def local_path(target: str | None) -> str:
    """A path on this site to go on to; anything else becomes the first page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return url_for("home.index")
    parts = urlsplit(target)
    return url_for("home.index") if parts.scheme or parts.netloc or any(ord(c) < 32 for c in target) else target


@bp.route("/login", methods=["GET", "POST"])
@access(PUBLIC)
def login() -> Any:
    """Name and password; then on to where the person wanted to go, or to the form that waited for the log-in."""
    kept = [(k.removeprefix("kept-"), v) for k, v in request.form.items(multi=True) if k.startswith("kept-")]
    kept_action = request.form.get("kept_action", "")
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(local_path(request.args.get("next")))
        return render_template("auth/login.html", kept=[], kept_action="", next=request.args.get("next", ""), message=None)
    try:
        account, token = accounts.log_in(request.form.get("username", ""), request.form.get("password", ""), request.remote_addr or "",
                                         request.headers.get("User-Agent", ""))  # fmt: skip
    except Refusal as refusal:
        page = render_template("auth/login.html", kept=kept, kept_action=kept_action, next=request.form.get("next", ""), message=refusal.message)
        return page, refusal.status, {"Retry-After": str(refusal.message.params["seconds"])} if "seconds" in refusal.message.params else {}
    session.clear()  # nothing from before the log-in survives it
    session.permanent = True
    from app import LoggedIn

    login_user(LoggedIn(accounts.session_of(token), token))  # type: ignore[arg-type]  # just made, so it is there
    if kept and kept_action:
        return render_template("auth/resume.html", kept=kept, kept_action=local_path(kept_action))
    target = local_path(request.form.get("next"))  # past the pages that the phone keeps: they may still be somebody else's
    return redirect(target if target == url_for("home.index") else f"{target}{'&' if '?' in target else '?'}server=1", 303)


@bp.post("/logout")
@access(*ANYONE)
def logout() -> Any:
    """Ends the session on the server and forgets the cookie."""
    accounts.end_session(current_user.token)
    audit.record("logout", current_user.account, "account", current_user.account.id, network=request.remote_addr)
    logout_user()
    session.clear()
    response = redirect(url_for("auth.login"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    response.delete_cookie(current_app.config["SESSION_COOKIE_NAME"])
    return response
