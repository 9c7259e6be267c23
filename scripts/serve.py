"""Seed the demo where there is no database, say where Headway is, and serve it on this machine alone."""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys

from measures.demo import ae
from measures.settings import SettingsError, load
from measures.store.base import StoreError
from measures.store.opening import ensure

HERE = "127.0.0.1"


def taken(port: int) -> bool:
    """Whether another program already answers on this port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HERE, port)) == 0


def seed() -> None:
    """Make the database with the demo in it, as the app itself would at its first visit; nothing where there is one."""
    database = load().db
    if not database.exists():
        print("No database yet: making the demo", flush=True)
        ensure(database, ae.seed).close()


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped; the exit code is Streamlit's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8501)
    port = parser.parse_args(arguments).port
    if taken(port):
        print(f"Port {port} is in use. Choose another: make run PORT={port + 1}", file=sys.stderr)
        return 1
    try:
        seed()
    except (SettingsError, StoreError) as wrong:
        print(wrong, file=sys.stderr)
        return 1
    print("Ctrl+C stops it.", flush=True)
    serve = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    serve += ["--server.address", HERE, "--server.port", str(port)]
    try:
        return subprocess.run(serve, check=False).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
