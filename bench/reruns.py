"""Reruns of the summary beside reruns of an empty page: ten visitors at once, one server process each.

Four servers are started on this machine's loopback address, each with a database of its own: the app and an
empty app, each with and without Streamlit's collection of garbage after every run (runner.postScriptGC, on
by default; the app's config.toml turns it off). Visitors speak the browser's own protocol over raw websockets
and ask for the next run when the last has ended. Servers take turns; the empty page is what Streamlit itself
costs. Only a run that drew its page and raised nothing counts.

python bench/reruns.py [ROUNDS]
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parents[1]
HERE = "127.0.0.1"
CLIENTS = 10
RUNS = 6
"""Runs that each visitor asks for in one turn."""
PATIENCE = 60.0
"""Seconds that a server may take to start, and a visitor may wait for one run."""
EMPTY = """import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

app = st.App(__file__)
if get_script_run_ctx(suppress_warning=True):
    st.title("Empty")
"""


@dataclass
class Case:
    """A server, and what its visitors met: seconds of each run, and runs a second of each turn."""

    name: str
    page: str
    port: int
    process: subprocess.Popen[bytes]
    waits: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    elements: int = 0
    """Elements that a visitor's first run sent: each later one must send as many."""
    size: int = 0
    """Bytes of that run."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return probe.getsockname()[1]


@contextmanager
def serving(name: str, page: str, script: Path, folder: Path, collect: bool) -> Iterator[Case]:
    """Serve ``script`` until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.address", HERE]
    command += ["--server.port", str(port), "--server.fileWatcherType", "none"]
    database = folder / f"{port}.db"
    own = {"HEADWAY_DB": str(database), "STREAMLIT_RUNNER_POST_SCRIPT_GC": str(collect).lower()}
    log = (folder / f"{port}.log").open("wb")
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **own}, stdout=log, stderr=log)
    try:
        ready(port, process, folder / f"{port}.log")
        yield Case(name, page, port, process)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        log.close()


def ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers."""
    end = time.monotonic() + PATIENCE
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), direct.open(f"http://{HERE}:{port}/_stcore/health", timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")


@contextlib.asynccontextmanager
async def visitor(port: int):
    """A browser's websocket, without the browser."""
    address = f"ws://{HERE}:{port}/_stcore/stream"
    async with connect(address, subprotocols=["streamlit"], max_size=None, proxy=None, open_timeout=PATIENCE) as socket:
        yield socket


async def rerun(socket: ClientConnection, page: str) -> tuple[int, int]:
    """Ask for one run of ``page`` and wait for its end; return the elements and bytes it sent."""
    asked = BackMsg()
    asked.rerun_script.page_name = page
    await socket.send(asked.SerializeToString())
    elements = size = 0
    while True:
        data = await asyncio.wait_for(socket.recv(), PATIENCE)
        message = ForwardMsg()
        message.ParseFromString(data)
        kind = message.WhichOneof("type")
        size += len(data)
        # An element like one already sent comes as a reference to it.
        elements += kind in ("delta", "ref_hash")
        if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            raise SystemExit(f"the page failed: {message.delta.new_element.exception.message}")
        if kind == "page_not_found":
            raise SystemExit(f"there is no page called {page!r}")
        if kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return elements, size
            raise SystemExit("a run did not end well")


async def visit(case: Case, together: asyncio.Barrier) -> float:
    """One visitor: a first run that is not counted, then the others in a row; returns when they began."""
    async with visitor(case.port) as socket:
        case.elements, case.size = await rerun(socket, case.page)
        await together.wait()
        start = time.perf_counter()
        for _ in range(RUNS):
            began = time.perf_counter()
            elements, _ = await rerun(socket, case.page)
            case.waits.append(time.perf_counter() - began)
            if elements < case.elements:
                raise SystemExit(f"{case.name}: a run sent {elements} elements, not {case.elements}")
        return start


async def turn(case: Case) -> None:
    """Ten visitors at once; notes how many runs a second they got between them."""
    together = asyncio.Barrier(CLIENTS)
    starts = await asyncio.gather(*(visit(case, together) for _ in range(CLIENTS)))
    case.rates.append(CLIENTS * RUNS / (time.perf_counter() - min(starts)))


def report(case: Case, empty: Case) -> None:
    """One line; the ratio is the median over turns taken next to each other."""
    ratio = statistics.median(mine / other for other, mine in zip(case.rates, empty.rates))
    slowest = statistics.quantiles(case.waits, n=20)[-1]
    memory = psutil.Process(case.process.pid).memory_info().rss / 1e6
    p50 = statistics.median(case.waits)
    print(
        f"{case.name:40s} {statistics.median(case.rates):7.1f} reruns/s  p50 {p50 * 1e3:6.0f} ms"
        f"  p95 {slowest * 1e3:6.0f} ms  {ratio:5.1f} times the empty page"
        f"  {case.elements:3d} elements, {case.size / 1e3:5.0f} kB  {memory:4.0f} MB"
    )


async def main(rounds: int) -> None:
    """Print the figures."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        script = folder / "empty.py"
        script.write_text(EMPTY, encoding="utf-8")
        cases = []
        for collect, words in ((False, "without garbage collection"), (True, "with it")):
            for name, page, app in (("empty page", "", script), ("summary", "summary", ROOT / "streamlit_app.py")):
                cases.append(stack.enter_context(serving(f"{name}, {words}", page, app, folder, collect)))
        for case in cases:
            async with visitor(case.port) as socket:
                await rerun(socket, case.page)
        for _ in range(rounds):
            for case in cases:
                await turn(case)
        print(f"{CLIENTS} visitors, {RUNS} runs each, {rounds} turns; one process a server")
        for empty, summary in zip(cases[::2], cases[1::2]):
            report(empty, empty)
            report(summary, empty)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2))
