"""One browser and one server for all journeys; each test has visitors of its own, and none may leave the machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.people import HEIGHTS, PHONE
from tests.server import network
from tests.server.running import Running

PATIENCE = 20_000
"""Milliseconds that an assertion waits; a page takes one to three seconds on a small machine."""

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; without one the test is skipped, and on a build machine it fails."""
    path = chromium.for_tests()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The app with the demo, shared by all journeys: each enters numbers for a site of its own."""
    folder = tmp_path_factory.mktemp("headway")
    log = folder / "network.log"
    with Running(folder, env=network.kept_in(log)) as running:
        yield running
    assert not network.outside(log)


class Windows:
    """A browser profile for each kind of screen, kept for the whole run: what one page has loaded, the next has."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._kept: dict[tuple[int, bool], BrowserContext] = {}

    def __call__(self, width: int, dark: bool) -> BrowserContext:
        """The profile for this width and colour scheme; a narrow one has a finger besides the mouse."""
        if (width, dark) not in self._kept:
            context = self._browser.new_context(
                viewport={"width": width, "height": HEIGHTS.get(width, 900)},
                color_scheme="dark" if dark else "light",
                has_touch=width < 500,
                locale="en-GB",
                reduced_motion="reduce",
            )
            context.set_default_timeout(PATIENCE)
            self._kept[width, dark] = context
        return self._kept[width, dark]

    def close(self) -> None:
        """Close them all."""
        for context in self._kept.values():
            context.close()


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Iterator[Windows]:
    """The profiles that all tests share."""
    kept = Windows(browser)
    yield kept
    kept.close()


class Visitors:
    """Opens a test's pages, and remembers every address they asked for and every fault in them."""

    def __init__(self, windows: Windows) -> None:
        self.asked: list[str] = []
        self.faults: list[str] = []
        self.pages: list[Page] = []
        self._windows = windows

    def __call__(self, width: int = PHONE, *, dark: bool = False) -> Page:
        """A page of this width; two of different widths belong to two people's browsers."""
        page = self._windows(width, dark).new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.pages.append(page)
        return page

    @property
    def abroad(self) -> list[str]:
        """The addresses that are not this machine's."""
        return [url for url in self.asked if not _is_here(url)]

    def close(self) -> None:
        """Close them all."""
        for page in self.pages:
            page.close()


def _is_here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob") or parts.hostname == "127.0.0.1"


@pytest.fixture
def page_at(windows: Windows, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Visitors]:
    """``page_at(width)`` opens a page; afterwards: nothing was asked of another machine, no script broke."""
    visitors = Visitors(windows)
    yield visitors
    report = request.node.stash.get(_report, None)
    if report is not None and report.failed:
        for number, page in enumerate(visitors.pages):
            page.screenshot(path=tmp_path / f"{number}.png", full_page=True)
            print(f"At {page.url}, drawn in {tmp_path / f'{number}.png'}")
    visitors.close()
    assert visitors.asked
    assert not visitors.abroad
    assert not visitors.faults


_report = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Keep each test's outcome for ``page_at``, and show the server's log beside a failure."""
    report: pytest.TestReport = yield  # type: ignore[assignment]
    if report.when == "call":
        item.stash[_report] = report
    running = getattr(item, "funcargs", {}).get("server")
    if report.failed and running is not None:
        report.sections.append(("The server's log", running.log[-4000:]))
    return report  # type: ignore[return-value]
