"""Find a Chromium for the browser journeys, or install one.

The search: ``HEADWAY_CHROMIUM``, then the PATH, then the one Playwright keeps for itself. Where there is none,
``ensure()`` installs one: by apt on Debian and Ubuntu when it may, else by ``playwright install chromium``.

Run as ``python -m tests.browser.chromium`` it does that, prints the path, and exits 1 where nothing worked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

SETTING = "HEADWAY_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "msedge")
"""What the program is called on the PATH, in the order of search."""

APT = ("chromium", "fonts-dejavu-core")
"""The browser, and a font so that a bare machine can draw letters."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)
"""The last one makes any request to another machine fail; the others keep the browser from trying for itself."""


class NoBrowser(Exception):
    """No browser was found, and none could be installed; the message says what was tried and what to do."""


def on_build_machine(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this is CI, where a missing browser is a failure."""
    return environ.get("CI", "").lower() in ("1", "true", "yes")


def find(
    environ: Mapping[str, str] = os.environ,
    works: Callable[[str], bool] | None = None,
    playwrights_own: Callable[[], str] | None = None,
) -> str | None:
    """The path of the first browser that starts, or None. A wrong ``HEADWAY_CHROMIUM`` is said, not passed over."""
    works = works or starts
    chosen = environ.get(SETTING)
    if chosen:
        path = shutil.which(chosen, path=environ.get("PATH", ""))
        if path and works(path):
            return path
        raise NoBrowser(f"{SETTING} is {chosen}, and no browser starts there. Correct it, or unset it.")
    for name in NAMES:
        path = shutil.which(name, path=environ.get("PATH", ""))
        if path and works(path):
            return path
    own = (playwrights_own or _playwrights_own)()
    return own if own and Path(own).exists() and works(own) else None


def ensure(
    environ: Mapping[str, str] = os.environ,
    look: Callable[[], str | None] | None = None,
    run: Callable[[Sequence[str]], bool] | None = None,
) -> str:
    """The path of a browser, installing one where there is none; NoBrowser says plainly that nothing worked."""
    look = look or (lambda: find(environ))
    run = run or _run
    path = look()
    tried = []
    for name, steps in ways(environ) if not path else []:
        print(f"No Chromium found: trying {name}", file=sys.stderr, flush=True)
        tried.append(name)
        if all(run(step) for step in steps):
            path = look()
        if path:
            break
    if path:
        return path
    raise NoBrowser(
        f"No Chromium was found, and installing one did not work (tried {' and '.join(tried)}). "
        f"Install Chromium or Chrome by hand, or set {SETTING} to the path of one."
    )


def ways(environ: Mapping[str, str] = os.environ) -> list[tuple[str, list[list[str]]]]:
    """The ways to install a browser on this machine, each a name and its commands."""
    found = []
    search = environ.get("PATH", "")
    may = _leave(search)
    if shutil.which("apt-get", path=search) and may is not None:
        install = [*may, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *APT]
        found.append(("apt", [[*may, "apt-get", "update", "-qq"], install]))
    playwright = [sys.executable, "-m", "playwright", "install", "chromium"]
    if may == [] and shutil.which("apt-get", path=search):
        playwright.insert(-1, "--with-deps")
    found.append(("playwright install chromium", [playwright]))
    return found


def for_tests() -> str:
    """The browser for a test: without one the test is skipped, except in CI, where it fails."""
    import pytest

    try:
        path = find()
    except NoBrowser as reason:
        pytest.fail(str(reason))
    if path:
        return path
    sentence = "No Chromium: run `python -m tests.browser.chromium` to install one."
    pytest.fail(sentence) if on_build_machine() else pytest.skip(sentence)


def starts(path: str) -> bool:
    """Whether the program at this path is a browser that runs here (Ubuntu's stand-in for its snap does not)."""
    if sys.platform == "win32":  # Chrome's --version opens a window there
        return Path(path).exists()
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and any(word in answer.stdout for word in ("Chromium", "Chrome", "Edge"))


def _playwrights_own() -> str:
    """Where Playwright would keep its own browser; "" where Playwright is not installed."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return ""
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _leave(search: str) -> list[str] | None:
    """What to put before a command that needs an administrator; None where that is not allowed."""
    user = getattr(os, "geteuid", lambda: None)()
    if user == 0:
        return []
    sudo = shutil.which("sudo", path=search)
    if user is not None and sudo and _run([sudo, "-n", "true"]):
        return [sudo, "-n"]
    return None


def _run(command: Sequence[str]) -> bool:
    """Run a command without questions; whether it worked. Its output goes to standard error."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, stdout=sys.stderr, stdin=subprocess.DEVNULL, env=environment, timeout=420, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    try:
        print(ensure())
    except NoBrowser as reason:
        sys.exit(str(reason))
