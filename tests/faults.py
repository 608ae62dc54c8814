"""A proxy on loopback between browser and server that breaks requests the ways real networks do, each on purpose and counted."""

from __future__ import annotations

import http.client
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FAULTS = ("cut_upload", "cut_after_commit", "error_after_commit", "bad_gateway", "unavailable", "late_timeout", "too_large", "too_many", "captive_portal",
          "login_redirect", "truncated_json", "flipped_byte")  # fmt: skip
HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-authorization", "proxy-authenticate"}
PORTAL = b"<!doctype html><html><body><h1>Welcome to Free WiFi</h1><form>accept</form></body></html>"


class FaultyProxy:
    """Passes requests on; `choose(method, path)` names the fault of each request or None. Counts requests and faults."""

    def __init__(self, target_port: int, choose: Callable[[str, str], str | None] | None = None) -> None:
        self.target_port, self.choose = target_port, choose or (lambda _m, _p: None)
        self.requests: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.is_down = False
        proxy = self

        class Handler(_Handler):
            owner = proxy

        class Listener(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A connection that was cut is what this is for."""

        self.listener = Listener(("127.0.0.1", 0), Handler)
        self.port = self.listener.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def random_faults(self, share: float, seed: int, only: tuple[str, ...] = FAULTS) -> None:
        """From now on this share of the phone's own requests is broken, in turn in every way."""
        dice, lock = random.Random(seed), threading.Lock()
        turn = iter(())

        def choose(method: str, path: str) -> str | None:
            nonlocal turn
            if not path.startswith("/sync/"):
                return None
            with lock:
                if dice.random() >= share:
                    return None
                possible = [f for f in only if not (f == "flipped_byte" and "/photos/" not in path) and not (f == "cut_upload" and method == "GET")]
                for _ in range(30):
                    fault = next(turn, None)
                    if fault is None:
                        turn = iter(dice.sample(only, len(only)))
                    elif fault in possible:
                        return fault
                return possible[0]

        self.choose = choose


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: FaultyProxy
    timeout = 60

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def _handle(self) -> None:
        owner = self.owner
        path = self.path.split("?")[0]
        if path.startswith("/sync/"):
            owner.requests[path.split("/")[2]] += 1
        fault = owner.choose(self.command, path)
        if owner.is_down:
            return self._cut()
        if fault:
            owner.faults[fault] += 1
        length = int(self.headers.get("Content-Length") or 0)
        if fault == "cut_upload":
            self.rfile.read(length // 2)
            return self._cut()
        body = self.rfile.read(length) if length else b""
        if fault == "flipped_byte" and body:
            body = body[: len(body) // 2] + bytes([body[len(body) // 2] ^ 0x01]) + body[len(body) // 2 + 1 :]
        made = {
            "bad_gateway": (502, {"Content-Type": "text/html"}, b"<h1>Bad Gateway</h1>"),
            "unavailable": (503, {"Content-Type": "text/html", "Retry-After": "1"}, b"<h1>Service Unavailable</h1>"),
            "too_large": (413, {"Content-Type": "text/html"}, b"<h1>Request Entity Too Large</h1>"),
            "too_many": (429, {"Content-Type": "text/html", "Retry-After": "1"}, b"<h1>Too Many Requests</h1>"),
            "captive_portal": (200, {"Content-Type": "text/html; charset=utf-8"}, PORTAL),
            "login_redirect": (302, {"Location": "/login"}, b""),
        }.get(fault or "")
        if made:
            return self._answer(*made)
        if fault == "late_timeout":
            time.sleep(0.5)
        status, headers, said = self._forward(body)
        if fault == "cut_after_commit":
            return self._cut()
        if fault == "error_after_commit":
            return self._answer(500, {"Content-Type": "text/html"}, b"<h1>Internal Server Error</h1>")
        if fault == "late_timeout":
            return self._answer(504, {"Content-Type": "text/html"}, b"<h1>Gateway Timeout</h1>")
        if fault == "truncated_json":
            self._answer(status, headers, said[: len(said) // 2], len(said))
            return self._cut()
        return self._answer(status, headers, said)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _handle

    def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.owner.target_port, timeout=60)
        try:
            headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            said = answer.read()
            self._cookies = answer.headers.get_all("Set-Cookie") or []
            kept = {k: v for k, v in answer.headers.items() if k.lower() not in HOP | {"content-length", "set-cookie"}}
            return answer.status, kept, said
        except OSError:
            return 502, {"Content-Type": "text/html"}, b"<h1>Bad Gateway</h1>"
        finally:
            connection.close()

    def _answer(self, status: int, headers: dict[str, str], said: bytes, length: int | None = None) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        for cookie in getattr(self, "_cookies", []):
            self.send_header("Set-Cookie", cookie)
        self._cookies = []
        self.send_header("Content-Length", str(len(said) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            try:
                self.wfile.write(said)
            except OSError:  # the browser has gone on
                self.close_connection = True

    def _cut(self) -> None:
        self.close_connection = True
        try:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # a reset, not a polite end
            self.connection.close()
        except OSError:
            pass


@contextmanager
def faulty(target_port: int, choose: Callable[[str, str], str | None] | None = None) -> Iterator[FaultyProxy]:
    """A running proxy in front of a server; ends with the block."""
    proxy = FaultyProxy(target_port, choose)
    thread = threading.Thread(target=proxy.listener.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.listener.shutdown()
        proxy.listener.server_close()
        thread.join(10)
