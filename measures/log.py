"""Log lines: the standard library's, as text or JSON, with a request id; never a value, never a person's name."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

logger = logging.getLogger("headway")
request_id: ContextVar[str] = ContextVar("request_id", default="-")
"""The request in hand; "-" outside of one."""


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, event, request, and what the event carries."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        return json.dumps(_parts(record), default=str)


class TextLines(logging.Formatter):
    """The same for a person's eyes."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line; a traceback follows where there is one."""
        parts = _parts(record)
        lead = f"{parts.pop('at')} {parts.pop('level'):7} {parts.pop('event')}"
        trace = parts.pop("trace", "")
        return lead + "".join(f" {k}={v}" for k, v in parts.items()) + (f"\n{trace}" if trace else "")


def _parts(record: logging.LogRecord) -> dict[str, object]:
    parts = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "event": record.getMessage(),
        "request": request_id.get(),
        **getattr(record, "carries", {}),
    }
    if record.exc_info:
        parts["trace"] = logging.Formatter().formatException(record.exc_info)
    return parts


def configure(kind: str) -> None:
    """Send Headway's lines to standard error as "text" or "json". Calling it again changes the form alone."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if kind == "json" else TextLines())
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


def event(what: str, level: int = logging.INFO, **carries: object) -> None:
    """Write one line: what happened, and identifiers that help to find it again.

    >>> event("nothing to see", campaign="ae")
    """
    logger.log(level, what, extra={"carries": carries})
