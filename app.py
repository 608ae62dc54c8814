"""The application: configuration, database, log-in, language, same-site check, gate, errors. `app:create_app()` for gunicorn."""

from __future__ import annotations

import gzip
import io
import secrets
from typing import Any

from flask import Flask, Response, jsonify, redirect, render_template, request, url_for
from flask_babel import Babel, gettext
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

import assets
import cli
import database
from blueprints import ALL, gate, on_record, recording, shown, welcome
from config import Settings
from models import Account, Session
from survey import accounts, album, places, readiness
from survey.errors import Message, Refusal
from survey.storage import open_store

SAFE = ("GET", "HEAD", "OPTIONS")
COMPRESSED = ("text/html", "application/json", "application/manifest+json", "text/css", "text/javascript")
SWEEP_AFTER_S = 3600  # what a broken-off photo left behind is removed at the next start


class LoggedIn(UserMixin):
    """The person of this request. Its id for Flask-Login is the token of the server-side session, never an account's."""

    def __init__(self, session: Session, token: str) -> None:
        self.session = session
        self.account: Account = session.account
        self.token = token

    def get_id(self) -> str:
        return self.token


def create_app(settings: Settings | None = None) -> Flask:
    """Makes the application. Raises RuntimeError when a route does not say who may call it."""
    settings = settings or Settings()
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key, SETTINGS=settings, MAX_CONTENT_LENGTH=gate.SMALL, MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=2000, SESSION_COOKIE_NAME="samruat", SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.https, PERMANENT_SESSION_LIFETIME=7 * 24 * 3600, WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False, TRUSTED_HOSTS=settings.trusted_hosts.split() or None, BABEL_DEFAULT_LOCALE="th",
        BABEL_DEFAULT_TIMEZONE="Asia/Bangkok", SESSION_REFRESH_EACH_REQUEST=False, TEMPLATES_AUTO_RELOAD=False,
    )  # fmt: skip
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's default provider has it
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # as documented
    database.open_database(settings.database_url)
    album.use_store(open_store(settings.photo_store, settings.data / "photos"))
    album.store().sweep(SWEEP_AFTER_S)
    places.use_data_dir(settings.data)
    readiness.use_thresholds(readiness.Thresholds(settings.ready_retention_days, settings.ready_access_days, settings.ready_verified_days))
    assets.serve(app, settings)
    _connect(app)
    Babel(app, locale_selector=shown.language)
    gate.limit_size(app)
    _same_site(app)
    CSRFProtect(app)
    _log_in(app)
    for module in ALL:
        app.register_blueprint(module.bp)
    shown.register(app)
    on_record.register(app)
    cli.register(app)
    gate.guard(app)
    _answer_errors(app)
    _headers(app, settings)
    _compress(app)
    return app


def _connect(app: Flask) -> None:
    @app.before_request
    def open_connection() -> None:
        database.db.connect(reuse_if_open=True)

    @app.teardown_request
    def let_go(_error: BaseException | None) -> None:
        request.close()  # the temporary files of what was uploaded
        database.end_of_request()


def _log_in(app: Flask) -> None:
    """Flask-Login over our own sessions: the cookie holds a random token, signed; no remember cookie is ever set."""
    manager = LoginManager(app)
    manager.session_protection = None  # the server-side session is the protection

    @manager.user_loader
    def load(token: str) -> LoggedIn | None:
        session = accounts.session_of(token)
        return LoggedIn(session, token) if session else None


def _same_site(app: Flask) -> None:
    """Unsafe requests from other sites are refused; where a browser sends neither header, the CSRF token decides."""

    @app.before_request
    def check_site() -> None:
        if request.method in SAFE:
            return
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if site not in (None, "same-origin", "none"):
            raise Refusal("cross_site")
        if site is None and origin not in (None, "null") and origin.split("://")[-1] != request.host:  # type: ignore[union-attr]  # not None
            raise Refusal("cross_site")


def _answer_errors(app: Flask) -> None:
    """A refusal becomes a page, or for the app's scripts `{"ok": false, "error", "errors", "status"}`."""

    def answer(refusal: Refusal) -> Any:
        if refusal.code == "login_needed" and welcome.is_asked():
            return welcome.page()
        if refusal.code in ("login_needed", "disabled") and not wants_json():
            return _ask_to_log_in()
        if refusal.code == "confirm_password" and not wants_json():
            return _ask_to_confirm()
        if refusal.code == "second_factor_needed" and not wants_json():
            return redirect(url_for("account.set_up"))
        if wants_json():
            return jsonify(shown.error_body(refusal)), refusal.status, shown.error_headers(refusal)
        return render_template("error.html", refusal=refusal), refusal.status

    app.register_error_handler(Refusal, answer)
    app.register_error_handler(RequestEntityTooLarge, lambda _e: answer(Refusal("too_large", limit=f"{(request.max_content_length or 0) // 1024**2} MB")))
    app.register_error_handler(404, lambda _e: answer(Refusal("not_found")))
    app.register_error_handler(CSRFError, lambda _e: answer(Refusal("csrf")) if wants_json() else _ask_once_more())

    @app.errorhandler(HTTPException)
    def other(error: HTTPException) -> Any:
        if isinstance(error, SecurityError):  # a host that is not ours: no page of ours has an address there
            return Response("unknown host\n", 400, content_type="text/plain")
        if wants_json():
            said = jsonify(ok=False, error="http", errors={}, status=error.code, message=gettext("คำขอนี้ใช้ไม่ได้"))
            return said, error.code, [(name, value) for name, value in error.get_headers() if name == "Allow"]
        return render_template("error.html", refusal=None, code=error.code), error.code or 500


def wants_json() -> bool:
    """Whether the app's own script or another system asks, not a person's browser."""
    return request.path.startswith(("/sync/", "/api/")) or request.accept_mimetypes.best == "application/json"


def _here() -> str:
    """The address of this request with its query: an export's filter is in it."""
    return request.full_path.rstrip("?")


def _ask_to_log_in() -> Any:
    """The log-in page. What was typed into a form goes along, so that it can be sent after logging in."""
    if request.method == "POST" and request.endpoint != "auth.login":
        return render_template("auth/login.html", kept=recording.typed(), kept_action=_here(), next="", message=Message("login_needed")), 401
    return redirect(url_for("auth.login", next=_here() if request.path != "/" else None))


def _ask_to_confirm() -> Any:
    """The page that asks for the password once more. What was typed into a form goes along."""
    if request.method in SAFE:
        return redirect(url_for("auth.confirm", next=_here()))
    return render_template("auth/confirm.html", kept=recording.typed(), kept_action=_here(), next="", message=None), 403


def _ask_once_more() -> Any:
    """A form whose token is stale (logged in again elsewhere): what was typed waits on a page with a fresh one. Other sites were refused before."""
    if not current_user.is_authenticated:
        return _ask_to_log_in()
    return render_template("auth/resume.html", kept=recording.typed(), kept_action=_here(), stale=True), 400


def _compress(app: Flask) -> None:
    """Pages and answers go out compressed, also where no proxy does it: on one bar of signal a third of the bytes is a second less.

    Their length is blurred by a name of random length in gzip's header, which readers skip: it must not tell, of a token on the page, how
    much of it is like what somebody had the page repeat (BREACH).
    """

    @app.after_request
    def compress(response: Response) -> Response:
        if "gzip" not in request.headers.get("Accept-Encoding", "") or response.status_code != 200 or response.is_streamed or response.direct_passthrough:
            return response
        if response.mimetype in COMPRESSED and "Content-Encoding" not in response.headers and len(data := response.get_data()) > 1000:
            held = io.BytesIO()
            with gzip.GzipFile("x" * secrets.randbelow(64), "wb", 5, held, mtime=0) as packed:
                packed.write(data)
            response.set_data(held.getvalue())
            response.headers["Content-Encoding"] = "gzip"
            response.headers.add("Vary", "Accept-Encoding")
        return response


def _headers(app: Flask, settings: Settings) -> None:
    tiles = " ".join({"/".join(settings.tiles.replace("{s}", "*").split("/")[:3])} - {""})
    policy = (
        f"default-src 'self'; img-src 'self' data: blob: {tiles}; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=()"
        response.headers.setdefault("Cache-Control", "no-store")
        if settings.https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response
