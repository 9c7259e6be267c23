"""What stands before Streamlit: foreign origins refused, internals closed, uploads only where a page waits for
one, headers on every answer.

Plain ASGI, no state. Streamlit's own checks stay in force behind it.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from measures import log, settings

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' 'unsafe-inline' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""Nothing from elsewhere is loaded, nothing is sent elsewhere, nobody may frame the app. Vega compiles its
expressions, hence unsafe-eval; Streamlit writes styles inline and loads a component's script from a blob."""

HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
CLOSED = ("/_stcore/metrics", "/_stcore/agent")
"""The names in the metrics are nobody's business, and nobody drives the app from outside."""

UPLOADS = "/_stcore/upload_file"
AWAITS_FILE = "security.awaits_file"
"""Where a visit keeps which of its pages has an uploader on it. A file from anywhere else is refused before a
byte of it is read, so that nobody who may not bring one can leave files in memory."""
MOST_FILES = 4
"""Files of one visitor in memory at once: the page takes one at a time, and drops each once it is read."""


class Guard:
    """The first thing every request and websocket meets."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403 or 404 without Streamlit ever seeing it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        log.request_id.set(uuid4().hex[:12])
        if st.get_option("server.enableCORS") and not same_origin(headers.get(b"origin"), *_own_hosts(headers)):
            await _answer(scope, receive, send, 403, "This address is not Headway's own.")
        elif is_closed(scope["path"]):
            await _answer(scope, receive, send, 404, "There is nothing here.")
        elif scope["type"] == "http":
            await self.app(scope, receive, _with_headers(send))
        else:
            await self.app(scope, receive, send)


def same_origin(origin: str | None, *hosts: str) -> bool:
    """Whether a request comes from a page of this very server. Without an Origin it comes from no page.

    >>> same_origin("http://127.0.0.1:8501", "127.0.0.1:8501"), same_origin("https://evil.example", "127.0.0.1:8501")
    (True, False)
    >>> same_origin("null", "127.0.0.1:8501"), same_origin(None, "127.0.0.1:8501")
    (False, True)
    """
    if origin is None:
        return True
    return urlsplit(origin).netloc.lower() in {host.lower() for host in hosts if host}


def is_closed(path: str) -> bool:
    """Whether nobody may ask for this path.

    >>> is_closed("/_stcore/metrics"), is_closed("/_stcore/agent/run"), is_closed("/_stcore/health")
    (True, True, False)
    """
    return any(path == closed or path.startswith(closed + "/") for closed in CLOSED) or (
        path.startswith(UPLOADS) and not awaits_file(path)
    )


def await_file(open_now: bool) -> None:
    """Say, from within a page's run, whether it has an uploader on it."""
    st.session_state[AWAITS_FILE] = getattr(get_script_run_ctx(), "page_script_hash", "") if open_now else ""


def awaits_file(path: str) -> bool:
    """Whether the visitor named in an upload's address has a page open that waits for a file.

    >>> awaits_file("/_stcore/upload_file"), awaits_file("/_stcore/upload_file/nobody/1")
    (False, False)
    """
    parts = path.removeprefix(UPLOADS).split("/")
    if len(parts) != 3 or parts[0] or not all(parts[1:]) or not Runtime.exists():
        return False
    visitor = Runtime.instance().get_app_session(parts[1])
    try:
        waits = visitor is not None and visitor.session_state[AWAITS_FILE] == visitor.page_script_hash != ""
    except KeyError:
        waits = False
    held = getattr(Runtime.instance().uploaded_file_mgr, "file_storage", {}).get(parts[1], {})
    return waits and (parts[2] in held or len(held) < MOST_FILES)


def _own_hosts(headers: dict[bytes, str]) -> list[str]:
    """The names this server goes by: what was asked for, what a proxy says was asked for (no page can set that
    header on a foreign request unasked), and the origins that Streamlit's own settings allow."""
    allowed = [urlsplit(origin).netloc for origin in st.get_option("server.corsAllowedOrigins") or []]
    return [headers.get(b"host", ""), headers.get(b"x-forwarded-host", ""), *allowed]


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _ in HEADERS}
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in own]
            mark = (b"x-request-id", log.request_id.get().encode())
            message = {**message, "headers": [*kept, *HEADERS, mark]}
        await send(message)

    return sending


async def _answer(scope: Scope, receive: Receive, send: Send, status: int, words: str) -> None:
    log.event("request refused", logging.WARNING, path=scope["path"], status=status)
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": words})
        return
    body = words.encode()
    start = {
        "type": "http.response.start",
        "status": status,
        "headers": [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            *HEADERS,
        ],
    }
    await send(start)
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Say where Headway is: Streamlit's own welcome would ask the internet for this machine's address."""
    try:
        log.configure(settings.load().log)
    except settings.SettingsError as wrong:  # every page says so too
        log.configure("text")
        log.event(str(wrong), logging.ERROR)
    host = st.get_option("server.address") or "localhost"
    print(f"Headway is at http://{host}:{st.get_option('server.port')}", flush=True)
    yield


MIDDLEWARE = [Middleware(Guard)]
ROUTES: list = []
