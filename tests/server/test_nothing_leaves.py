"""The server asks nothing of another machine: not at its start, not while it works, not when a stranger knocks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from tests.server import network, visitor
from tests.server.conftest import Copy
from tests.server.running import Running

STARTS = {"as it stands": (), "with a display": ("--server.headless", "false")}
"""With a display Streamlit may ask for an e-mail address, or look up its own on the internet."""


@pytest.mark.parametrize("options", STARTS.values(), ids=STARTS)
def test_a_server_that_is_used_and_knocked_at_reaches_nobody(demo: Copy, tmp_path: Path, options: tuple[str, ...]):
    log = tmp_path / "network.log"
    no_window = {"BROWSER": "true", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    with Running(tmp_path, *options, database=demo(tmp_path), env={**network.kept_in(log), **no_window}) as server:
        for page, role in (
            ("summary", "executive"),
            ("overview", "lead"),
            ("site", "lead"),
            ("setup", "lead"),
            ("data", "lead"),
            ("enter", "team:RJ1"),
        ):
            assert len(visitor.ask(server, page, **{"as": role}).messages) > 10
        for origin in ("http://evil.example", "null"):
            with pytest.raises(InvalidStatus):
                visitor.open_socket(server, origin=origin)
            assert server.get("/", Origin=origin).status == 403
        server.get("/_stcore/health", Host="evil.example")
        written = server.log
    assert not network.outside(log)
    assert "mail" not in written.lower()
    assert "External URL" not in written


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.getaddrinfo('evil.example', 80)",
        "import socket; socket.gethostbyname('evil.example')",
        "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('192.0.2.1', 1))",
        "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.sendto(b'', ('192.0.2.1', 1))",
    ],
)
def test_an_attempt_would_have_been_written_down(tmp_path: Path, attempt: str):
    log = tmp_path / "network.log"
    guarded = (
        "import sys; sys.addaudithook(lambda event, _: event.startswith('socket.') and 'new' not in event and 1/0)"
    )
    subprocess.run(  # the second hook stops the attempt itself, after the first has heard of it
        [sys.executable, "-c", f"{guarded}\n{attempt}"],
        env={**os.environ, **network.kept_in(log)},
        capture_output=True,
        check=False,
    )
    assert len(network.outside(log)) == 1
