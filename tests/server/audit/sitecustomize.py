"""Writes down every attempt of a Python process to reach, or to look up, another machine.

Python imports it at start where its folder is on PYTHONPATH; it does nothing unless NETWORK_LOG names a file.
"""

from __future__ import annotations

import ipaddress
import os
import sys

STARTED = "listening"
"""The first line, so that an empty log can be told from one that nobody kept."""


def address_of(event: str, arguments: tuple[object, ...]) -> str | None:
    """The machine that an audit event is about; None where it is about none."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        place = arguments[1]
        return str(place[0]) if isinstance(place, tuple) and place else None
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        name = arguments[0]
        return name.decode() if isinstance(name, bytes) else None if name is None else str(name)
    return None


def is_here(host: str) -> bool:
    """Whether a name or an address is this machine's own loopback, or no machine's at all."""
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listen(file: str) -> None:
    """Append a line to ``file`` for every event that is about another machine."""
    log = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def heard(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith("socket."):
            host = address_of(event, arguments)
            if host is not None and not is_here(host):
                os.write(log, f"{event} {arguments!r}\n".encode())

    os.write(log, f"{STARTED}\n".encode())
    sys.addaudithook(heard)


if __name__ == "sitecustomize" and os.environ.get("NETWORK_LOG"):
    listen(os.environ["NETWORK_LOG"])
