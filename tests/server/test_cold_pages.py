"""A page is closed to whom it is not meant for, even as the first thing a new server is asked.

Streamlit's own discovery of pages is alive until the first run of the app's script ends, so a page that is
closed at the tenth visit could be open at the first. Here each visitor is the first of a new process.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.server import visitor
from tests.server.conftest import Copy
from tests.server.running import Running
from tests.server.visitor import Sent

AT_ONCE = 2
"""Servers at a time: each takes a core for the two or three seconds of its start."""

FILES = {
    "overview": "pages/programme/overview.py",
    "site": "pages/team/site.py",
    "enter": "pages/team/enter.py",
    "summary": "pages/executive/summary.py",
    "setup": "pages/programme/setup.py",
    "data": "pages/admin/data.py",
}
SAYS = {
    "overview": ("Sites are listed A to Z", "Find a site or region", "could use a hand"),
    "site": ("What Barts Health was asked for", "Barts Health shows", "83.4% in March 2019"),
    "enter": ("March 45,030", "March 37,576"),
    "data": ("Sites and what they have reported", "Reminders to copy", "nothing is sent from here"),
    "setup": ("Same share of the shortfall", "Site by site, A to Z", "more people seen within four hours"),
}
"""What nobody else may read, of each page; of Barts Health (R1H), where the page is a site's."""

FRAME = {"alert", "bidi_component", "button", "heading", "html", "radio", "selectbox", "space", "text"}
"""What the frame around every page is made of. Charts, tables, fields and search are a page's own."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks for what, and how: by "address", or by one of the page's inner names ("app", "file")."""

    role: str
    page: str
    how: str = "address"

    def go(self, server: Running) -> Sent:
        """Ask."""
        inner = dict(zip(("app", "file"), visitor.names_of(self.page, FILES[self.page])))
        where = {} if self.page in ("overview", "setup", "data") else {"site": "R1H"}
        return visitor.ask(server, self.page, by_hash=inner.get(self.how, ""), **{"as": self.role}, **where)

    def __str__(self) -> str:
        return f"{self.role}-{self.page}-{self.how}"


REFUSED = (
    *(
        Visit("executive", page, how)
        for page in ("overview", "site", "enter", "setup", "data")
        for how in ("address", "app", "file")
    ),
    Visit("lead", "enter"),
    Visit("team:RJ1", "overview"),
)
OTHERS = tuple(Visit("team:RJ1", page) for page in ("site", "enter", "setup", "data"))
"""Asked of a server that runs: a new one draws the same refusal for each role, as those above show."""
ENTITLED = (*(Visit("lead", page) for page in ("overview", "site", "setup", "data")), Visit("team:R1H", "enter"))

DEEP = tuple(visit for visit in ENTITLED if visit.page in ("overview", "setup", "data"))
"""Opened first thing on a new server here; the others, and the funnel, in a browser."""

Cold = dict[Visit, Future[tuple[Sent, Sent]]]


@pytest.fixture(scope="module")
def cold(demo: Copy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cold]:
    """What each visitor is sent by a new server, at the first request and at the second."""

    def first_and_second(visit: Visit, folder: Path) -> tuple[Sent, Sent]:
        with Running(folder, database=demo(folder)) as server:
            return visit.go(server), visit.go(server)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            visit: pool.submit(first_and_second, visit, tmp_path_factory.mktemp("cold")) for visit in (*REFUSED, *DEEP)
        }


@pytest.fixture(scope="module")
def warm(demo: Copy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server for whatever may be asked later."""
    folder = tmp_path_factory.mktemp("warm")
    with Running(folder, database=demo(folder)) as server:
        yield server


def gets_nothing(visit: Visit, sent: Sent) -> None:
    everything = "\n".join(sent.strings)
    assert not [words for words in SAYS[visit.page] if words in everything]
    if visit.how == "file":  # a name that nobody knows leads to where the visitor is at home
        assert "This page is for somebody else" not in everything
        return
    assert "This page is for somebody else" in everything
    assert sent.kinds <= FRAME
    assert not sent.not_found


@pytest.mark.parametrize("visit", REFUSED, ids=str)
def test_the_first_visitor_of_a_new_server_gets_nothing_of_a_closed_page(cold: Cold, visit: Visit):
    for sent in cold[visit].result():
        gets_nothing(visit, sent)


@pytest.mark.parametrize("visit", ENTITLED, ids=str)
def test_those_it_is_meant_for_get_it(cold: Cold, warm: Running, visit: Visit):
    sent = cold[visit].result()[0] if visit in DEEP else visit.go(warm)
    assert not sent.not_found
    everything = "\n".join(sent.strings)
    assert not [words for words in SAYS[visit.page] if words not in everything]
    assert not sent.kinds <= FRAME


@pytest.mark.parametrize("role", ["executive", "lead", "team:RJ1"])
def test_everybody_gets_the_summary(warm: Running, role: str):
    sent = Visit(role, "summary").go(warm)
    assert "vega_lite_chart" in sent.kinds
    assert any("In March 2019 84\\.5%" in words for words in sent.strings)


@pytest.mark.parametrize("visit", OTHERS, ids=str)
def test_the_address_of_a_closed_page_opens_nothing_on_a_running_server(warm: Running, visit: Visit):
    gets_nothing(visit, visit.go(warm))


@pytest.mark.parametrize("how", ["app", "file"])
@pytest.mark.parametrize("visit", [visit for visit in (*REFUSED, *OTHERS) if visit.how == "address"], ids=str)
def test_inner_names_open_nothing_on_a_running_server_either(warm: Running, visit: Visit, how: str):
    inner = replace(visit, how=how)
    gets_nothing(inner, inner.go(warm))
