"""Accounts below mine: the list, one at a time, by the hundred from a list, the provinces' seats; invitations on paper."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask_login import current_user

from blueprints.found import asked_text
from blueprints.gate import ADMINISTRATORS, SMALL, access
from models import Account, Invitation
from survey import account_lists, accounts, delegation, invitations, papers, places, regions, scope, tokens
from survey.agencies import as_id
from survey.delegation import Person
from survey.errors import Refusal
from survey.scope import ROLES

bp = Blueprint("accounts", __name__, url_prefix="/accounts")
SHOWN = 100


def _provinces() -> list[places.Place]:
    user = current_user.account
    return [p for p in places.provinces() if user.role == "centre_admin" or p.code in (user.provinces or [])]


@bp.get("")
@access(*ADMINISTRATORS)
def index() -> Any:
    """The accounts below mine, searched and filtered."""
    text, role, state, page = asked_text("q"), asked_text("role"), asked_text("state"), max(0, min(request.args.get("page", 0, int), 10_000))
    query = scope.visible(current_user.account, Account).where(Account.id != current_user.account.id)
    if text:
        query = query.where(Account.name.contains(text) | Account.username.contains(text.lower()))
    if role in ROLES:
        query = query.where(Account.role == role)
    query = {"off": query.where(Account.disabled_at.is_null(False)), "invited": query.where(Account.password_hash == "")}.get(state, query)  # noqa: S106
    rows = list(query.order_by(Account.role, Account.username).offset(page * SHOWN).limit(SHOWN + 1))
    return render_template("accounts/index.html", accounts=rows[:SHOWN], more=len(rows) > SHOWN, page=page, text=text, wanted_role=role, state=state,
                           roles=scope.roles_to_make(current_user.account), invited=_open_invitations(rows[:SHOWN]),
                           seats=current_app.config["SETTINGS"].seats_per_province)  # fmt: skip


def _open_invitations(rows: list[Account]) -> dict[uuid.UUID, Invitation]:
    found = [(a.id, invitations.open_one(a)) for a in rows if not a.password_hash]
    return {ident: invitation for ident, invitation in found if invitation}


def _person(role: str) -> Person:
    """What was posted about a new or moved account of a role."""
    form = request.form
    region = regions.provinces_in("inspection", form.get("region", "")) if role == "inspector" else []
    return Person(form.get("name", ""), role, region or list(dict.fromkeys(form.getlist("province"))), form.getlist("district"),
                  form.get("agency", ""), form.get("phone", ""), form.get("username", ""), form.get("chief") == "yes")  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@access(*ADMINISTRATORS, fresh=True)
def new() -> Any:
    """One new account; its invitation is ready to be printed."""
    refusal, person = None, None
    if request.method == "POST":
        person = _person(request.form.get("role", ""))
        try:
            made = delegation.make(person, current_user.account)
            invitations.issue(made, current_user.account, current_app.config["SECRET_KEY"])
            return redirect(url_for("accounts.show", account_id=made.id, saved=1), 303)
        except Refusal as found:
            refusal = found
    page = render_template("accounts/new.html", person=person, refusal=refusal, roles=scope.roles_to_make(current_user.account), provinces=_provinces(),
                           regions=regions.INSPECTION)  # fmt: skip
    return page, refusal.status if refusal else 200


@bp.route("/list", methods=["GET", "POST"])
@access(*ADMINISTRATORS, fresh=True, takes=2 * SMALL)
def many() -> Any:
    """A pasted or uploaded list: checked row by row, then all are made or none."""
    user, rows, refusal, made = current_user.account, [], None, []
    text, role = request.form.get("people", ""), request.form.get("role", "surveyor")
    codes = request.form.getlist("province") or ([user.provinces[0]] if len(user.provinces or []) == 1 else [])
    try:
        file = request.files.get("file")
        if file is not None and file.filename:
            text = account_lists.decode(file.read())
        if request.method == "POST":
            rows = account_lists.read(text, user, role, codes)
            if request.form.get("make") == "yes" and not any(row.errors for row in rows):
                made = account_lists.make(rows, user)
                for account in made:
                    invitations.issue(account, user, current_app.config["SECRET_KEY"])
                return render_template("accounts/made.html", accounts=made)
    except Refusal as found:
        refusal = found
    wrong = [row for row in rows if row.errors]
    page = render_template("accounts/many.html", rows=rows, wrong=wrong, refusal=refusal, text=text, wanted_role=role, codes=codes, provinces=_provinces(),
                           roles=[r for r in ("surveyor", "agency") if r in scope.roles_to_make(current_user.account)])  # fmt: skip
    return page, 400 if refusal or wrong else 200


@bp.post("/seats")
@access("centre_admin", fresh=True)
def seats() -> Any:
    """The administrator seats of all provinces that are not there yet, in one go."""
    made = delegation.make_seats(current_user.account, current_app.config["SETTINGS"].seats_per_province)
    for account in made:
        invitations.issue(account, current_user.account, current_app.config["SECRET_KEY"])
    return render_template("accounts/made.html", accounts=made, seats=True)


@bp.get("/<uuid:account_id>")
@access(*ADMINISTRATORS)
def show(account_id: uuid.UUID) -> Any:
    """One account: its state, invitation, log-ins, and what can be done with it."""
    account = delegation.find(current_user.account, account_id)
    return _show(account)


def _show(account: Account, refusal: Refusal | None = None) -> Any:
    manages = scope.may(current_user.account, "manage", account)
    invitation = invitations.open_one(account) if manages else None
    page = render_template("accounts/show.html", account=account, manages=manages, invitation=invitation, sessions=accounts.live_sessions(account),
                           code=invitations.code_of(invitation, current_app.config["SECRET_KEY"]) if invitation else None, provinces=_provinces(),
                           join=_join_address(), refusal=refusal, regions=regions.INSPECTION,
                           tokens=tokens.live(account) if manages else [])  # fmt: skip
    return page, refusal.status if refusal else 200


@bp.post("/<uuid:account_id>/<any(invite, withdraw, suspend, resume, end, sessions, factor, move):action>")
@access(*ADMINISTRATORS, fresh=True)
def act(account_id: uuid.UUID, action: str) -> Any:
    """Invites again, withdraws the invitation, suspends, resumes, ends, moves; ends log-ins; forgets a lost second factor."""
    user, account = current_user.account, delegation.find(current_user.account, account_id)
    if not scope.may(user, "manage", account):
        raise Refusal("not_found")
    try:
        match action:
            case "invite":
                invitations.issue(account, user, current_app.config["SECRET_KEY"])
            case "withdraw":
                invitations.withdraw(account, user)
            case "suspend" | "end":
                delegation.suspend(account, user, for_good=action == "end")
            case "resume":
                delegation.resume(account, user)
            case "sessions":
                for found in accounts.live_sessions(account):
                    accounts.end_session_named(account, found.token_hash[: accounts.HANDLE], user, request.remote_addr)
                accounts.end_tokens(account, user, request.remote_addr)
            case "factor":
                delegation.forget_factor(account, user)
                invitations.issue(account, user, current_app.config["SECRET_KEY"])
            case "move":
                person = _person(account.role)
                delegation.move(account, user, person.provinces, person.districts, person.agency, person.chief)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _show(account, refusal)
    return redirect(url_for("accounts.show", account_id=account.id, saved=1), 303)


@bp.post("/<uuid:account_id>/tokens/revoke")
@access(*ADMINISTRATORS, fresh=True)
def revoke_token(account_id: uuid.UUID) -> Any:
    """Ends a token of an account that I manage."""
    user, account = current_user.account, delegation.find(current_user.account, account_id)
    token = tokens.find(user, as_id(request.form.get("token", "")))
    if not scope.may(user, "manage", account) or token.account_id != account.id:
        raise Refusal("not_found")
    tokens.revoke(token, user, request.remote_addr)
    return redirect(url_for("accounts.show", account_id=account.id, saved=1), 303)


@bp.post("/slips.pdf")
@access(*ADMINISTRATORS, fresh=True)
def slips() -> Any:
    """The invitation slips of the chosen accounts on paper, several a page; for seats with a cover letter for each province."""
    user, key = current_user.account, current_app.config["SECRET_KEY"]
    idents = [ident for ident in map(as_id, request.form.getlist("account")[:2000]) if ident]
    chosen = scope.visible(user, Account).where(Account.id.in_(idents or [uuid.uuid4()])).order_by(Account.province, Account.username)
    pairs = [(account, invitation) for account in chosen if scope.may(user, "manage", account) and (invitation := invitations.open_one(account))]
    if not pairs:
        raise Refusal("no_open_invitation")
    settings = current_app.config["SETTINGS"]
    pdf = papers.invitation_slips([(a, invitations.code_of(i, key), i.expires_at) for a, i in pairs], _join_address(), settings.office,
                                  letters=request.form.get("letters") == "yes", classification=settings.classification)  # fmt: skip
    return Response(pdf, content_type="application/pdf", headers={"Content-Disposition": "attachment; filename=invitations.pdf"})


def _join_address() -> str:
    return (current_app.config["SETTINGS"].public_url or request.host_url.rstrip("/")) + url_for("auth.join")
