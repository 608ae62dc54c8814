"""My own account: where I am logged in, password, second factor, tokens with which other systems read."""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_login import current_user
from markupsafe import Markup

from blueprints.gate import ANYONE, TOKEN_HOLDERS, access
from survey import accounts, passwords, second_factor, tokens
from survey.agencies import as_id
from survey.errors import Refusal

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("")
@access(*ANYONE)
def index() -> Any:
    """Where I am logged in; my password; my second factor."""
    return _page()


def _page(refusal: Refusal | None = None) -> Any:
    user = current_user.account
    required = second_factor.is_required(user, current_app.config["SETTINGS"].require_totp)
    page = render_template("account/index.html", sessions=accounts.live_sessions(user), handle=accounts.HANDLE, refusal=refusal, required=required,
                           shortest=passwords.BESIDE_A_FACTOR if user.totp_secret else passwords.ALONE, token_days=tokens.DAYS,
                           tokens=tokens.live(user) if user.role in TOKEN_HOLDERS else None)  # fmt: skip
    return page, refusal.status if refusal else 200


@bp.post("/password")
@access(*ANYONE)
def password() -> Any:
    """Changes my password; I stay logged in here and nowhere else."""
    try:
        if request.form.get("password", "") != request.form.get("again", ""):
            raise Refusal("password_differs")
        accounts.change_password(current_user.session, request.form.get("old", ""), request.form.get("password", ""), request.remote_addr or "")
    except Refusal as refusal:
        return _page(refusal)
    return redirect(url_for("account.index", saved=1), 303)


@bp.post("/sessions/end")
@access(*ANYONE)
def end_session() -> Any:
    """Ends one of my log-ins, or all others and with them my tokens: this phone was lost."""
    handle = request.form.get("session", "")
    if handle == "others":
        accounts.end_tokens(current_user.account, current_user.account, request.remote_addr)
    for found in accounts.live_sessions(current_user.account):
        own = found.token_hash == current_user.session.token_hash
        if found.token_hash[: accounts.HANDLE] == handle or (handle == "others" and not own):
            accounts.end_session_named(current_user.account, found.token_hash[: accounts.HANDLE], current_user.account, request.remote_addr)
    return redirect(url_for("account.index", saved=1), 303)


@bp.route("/second-factor", methods=["GET", "POST"])
@access(*ANYONE, fresh=True, before_second_factor=True)
def set_up() -> Any:
    """Sets up the authenticator app: QR code, one code as a proof, recovery codes on paper."""
    user = current_user.account
    if user.totp_secret:
        return redirect(url_for("account.index"))
    secret = session.get("new_secret") or second_factor.new_secret()
    session["new_secret"] = secret
    refusal = None
    if request.method == "POST":
        try:
            codes = second_factor.set_up(user, secret, request.form.get("code", ""))
            session.pop("new_secret")
            return render_template("account/recovery.html", codes=codes)
        except Refusal as found:
            refusal = found
    picture = segno.make(second_factor.address(user, secret), error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff", omitsize=False)
    required = second_factor.is_required(user, current_app.config["SETTINGS"].require_totp)
    drawing = Markup(picture)  # noqa: S704  (segno's own drawing)  # nosec
    page = render_template("account/second_factor.html", qr=drawing, secret=secret, refusal=refusal, required=required)
    return page, refusal.status if refusal else 200


@bp.post("/second-factor/remove")
@access(*ANYONE, fresh=True)
def remove() -> Any:
    """Stops the second factor; whoever must have one sets up another at once."""
    user = current_user.account
    try:
        if not second_factor.is_required(user, current_app.config["SETTINGS"].require_totp):
            typed = request.form.get("password", "")  # without the factor the password stands alone
            accounts.confirm(current_user.session, typed, request.remote_addr or "")
            passwords.check_new(typed, False, user.username, user.name)
    except Refusal as refusal:
        return _page(refusal)
    second_factor.remove(user, user)
    return redirect(url_for("account.index", saved=1), 303)


@bp.post("/tokens")
@access(*TOKEN_HOLDERS, fresh=True)
def make_token() -> Any:
    """A token for another system; its text is on this page and never again."""
    user, settings, days = current_user.account, current_app.config["SETTINGS"], request.form.get("days", 0, int)
    if settings.classification:
        raise Refusal("sharing_off")
    try:
        token, text = tokens.make(user, request.form.get("name", ""), days, request.remote_addr, settings.require_totp)
    except Refusal as refusal:
        return _page(refusal)
    address = (settings.public_url or request.host_url.rstrip("/")) + url_for("api.index", kind="sites")
    return render_template("account/token.html", token=token, text=text, address=address)


@bp.post("/tokens/revoke")
@access(*TOKEN_HOLDERS)
def revoke_token() -> Any:
    """Ends one of my tokens."""
    user = current_user.account
    token = tokens.find(user, as_id(request.form.get("token", "")))
    if token.account_id != user.id:
        raise Refusal("not_found")
    tokens.revoke(token, user, request.remote_addr)
    return redirect(url_for("account.index", saved=1), 303)
