"""The app as its own process, on a free port of this machine, with a database of its own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]
HERE = "127.0.0.1"
STARTS_WITHIN = 60.0
"""Seconds: a cold start takes two to four, and several at once on a small machine take longer."""

_OURS = re.compile(r"^(HEADWAY|STREAMLIT)_")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP; the names of ``headers`` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Running:
    """``streamlit run streamlit_app.py``; started again on the same port and database with ``restart``.

    ``env`` is added to this process's own environment, from which the settings of Headway and Streamlit are
    taken out first. A context manager: it stops what it started, by its process id.
    """

    def __init__(self, folder: Path, *options: str, database: Path | None = None, env: Mapping[str, str] = {}) -> None:
        self.folder = folder
        self.database = database or folder / "headway.db"
        self.port = free_port()
        self._options = options
        kept = {name: value for name, value in os.environ.items() if not _OURS.match(name)}
        home = folder / "home"  # no configuration of whoever runs the tests
        home.mkdir(parents=True, exist_ok=True)
        self._env = {**kept, "HOME": str(home), "USERPROFILE": str(home), "HEADWAY_DB": str(self.database), **env}
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Running:
        self.launch()
        try:
            self.wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def host(self) -> str:
        """Machine and port, as an address begins."""
        return f"{HERE}:{self.port}"

    @property
    def log(self) -> str:
        """What the server has written so far, both streams."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    def url(self, path: str = "/") -> str:
        """A page's address."""
        return f"http://{self.host}{path}"

    def launch(self) -> None:
        """Start the process without waiting for it."""
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.address", HERE]
        command += ["--server.port", str(self.port), "--server.fileWatcherType", "none", *self._options]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )

    def wait(self) -> None:
        """Return once the server says that it is well; RuntimeError with its log where it ends or takes too long."""
        process, end = self._process, time.monotonic() + STARTS_WITHIN
        assert process is not None, "launch it first"
        while time.monotonic() < end:
            if process.poll() is not None:
                raise RuntimeError(f"The server ended with code {process.returncode}:\n{self.log}")
            try:
                if self.get("/_stcore/health").status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)  # nobody tells us: the port is asked
        raise RuntimeError(f"The server did not answer within {STARTS_WITHIN:.0f} seconds:\n{self.log}")

    def stop(self) -> None:
        """End the process we started, kindly and then not."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)

    def restart(self) -> None:
        """The same port and database, a new process: nothing that was only in memory survives."""
        self.stop()
        self.launch()
        self.wait()

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Ask for a path; ``foreign_header="x"`` is sent as ``Foreign-Header: x``. Never follows a redirect's error."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url(path), method=method, headers=named)
        try:
            with _opener.open(request, timeout=10) as answer:
                return Answer(answer.status, _lower(answer.headers), answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, _lower(refused.headers), refused.read())


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return probe.getsockname()[1]
