"""A campaign that is no demonstration stays shut: the demonstration's switch opens nothing of it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from measures.demo import ae
from measures.model import Campaign, Direction, Family, Form, Measure, Site
from measures.store import Entry, ensure
from measures.store.base import Store
from tests.server import visitor
from tests.server.running import Running
from tests.server.visitor import Sent

CLOSED = "harbour"
NUMERATOR, DENOMINATOR = 73519.0, 81457.0
SECRET = ("Sesame Quay", "Tamarind", "73,519", "73519", "81457", "Nobody may read", "Ask Olive", "Sealed waits")
"""Names of its sites and region, figures, its purpose, a note and its measure."""

ROLES = ("", "executive", "lead", "team:SQ1", "team:RJ1")
PAGES = ("", "summary", "overview", "site", "enter", "setup", "data")


def campaign(demo: bool = False) -> Campaign:
    measure = Measure(
        "waits", "Sealed waits", "Sealed waits", "Nobody may read this", Family.OUTCOME, Form.PROPORTION, Direction.UP,
        "%", "Sealed waits in time", "Sealed waits", verb="kept waiting",
    )  # fmt: skip
    first, last = date(2018, 4, 1), date(2019, 3, 1)
    sites = (Site("SQ1", "Sesame Quay", "Tamarind"), Site("SQ2", "Sesame Quay North", "Tamarind"))
    return Campaign(
        CLOSED, "Harbour", "Nobody may read why", first, date(2030, 3, 1), first, last, sites, (measure,),
        main_measure="waits", demo=demo, today=date(2019, 5, 10) if demo else None,
    )  # fmt: skip


def define(store: Store, demo: bool = False) -> None:
    store.define(campaign(demo))
    months = [date(2018 + (m > 12), (m - 1) % 12 + 1, 1) for m in range(4, 16)]
    entries = [
        Entry(site, "waits", month, numerator=NUMERATOR, denominator=DENOMINATOR, note="Ask Olive about this")
        for site in ("SQ1", "SQ2")
        for month in months
    ]
    store.record(CLOSED, entries, actor="Olive", source="typed", at=datetime(2019, 4, 11, tzinfo=UTC))


def secrets_in(sent: Sent) -> list[str]:
    """Which of its secrets were sent, as words or as the bytes of a number."""
    raw, everything = sent.raw, "\n".join(sent.strings)
    found = [words for words in SECRET if words in everything or words.encode() in raw]
    numbers = [
        str(x) for x in (NUMERATOR, DENOMINATOR) if struct.pack("<d", x) in raw or struct.pack("<q", int(x)) in raw
    ]
    return found + numbers


@pytest.fixture(scope="module")
def beside_the_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server whose database holds the demo and the closed campaign."""
    folder = tmp_path_factory.mktemp("beside")
    ensure(folder / "headway.db", lambda store: (ae.seed(store), define(store))).close()
    with Running(folder) as server:
        yield server


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server whose database holds the closed campaign alone."""
    folder = tmp_path_factory.mktemp("alone")
    ensure(folder / "headway.db", define).close()
    with Running(folder) as server:
        yield server


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ROLES)
def test_no_role_of_the_demonstration_opens_it(beside_the_demo: Running, role: str, page: str):
    for more in ({}, {"site": "SQ1", "measure": "waits"}, {"as_of": "2019-03"}):
        sent = visitor.ask(beside_the_demo, page, campaign=CLOSED, **{"as": role}, **more)
        assert not secrets_in(sent)
        assert any("Sign in to see this campaign" in words for words in sent.strings)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("address", [{}, {"campaign": "nonsense"}, {"as": "lead", "campaign": CLOSED}])
def test_it_is_not_opened_for_want_of_another(alone: Running, page: str, address: dict[str, str]):
    assert not secrets_in(visitor.ask(alone, page, **address))


def test_not_even_its_name_is_told(beside_the_demo: Running):
    sent = visitor.ask(beside_the_demo, "summary", campaign=CLOSED)
    assert not [words for words in sent.strings if "Harbour" in words]


def test_a_wrong_address_is_not_told_of_it(alone: Running):
    sent = visitor.ask(alone, "summary", campaign="nonsense")
    assert not [words for words in sent.strings if "Harbour" in words or CLOSED in words]


def test_a_site_of_it_is_not_found_through_the_demonstration(beside_the_demo: Running):
    for page in ("site", "enter"):
        for role in ("lead", "team:SQ1", "team:RJ1"):
            sent = visitor.ask(beside_the_demo, page, campaign="ae", site="SQ1", **{"as": role})
            assert not secrets_in(sent)


def test_these_words_would_have_been_found(tmp_path: Path):
    """The same campaign as a demonstration is open, and sends what the tests above look for."""
    ensure(tmp_path / "headway.db", lambda store: define(store, demo=True)).close()
    with Running(tmp_path) as server:
        sent = visitor.ask(server, "site", site="SQ1", **{"as": "lead"})
        assert {"Sesame Quay", "Tamarind", "Ask Olive"} <= set(secrets_in(sent))
        assert str(NUMERATOR) in secrets_in(sent) or "73,519" in secrets_in(sent)
        entering = visitor.ask(server, "enter", site="SQ1", **{"as": "team:SQ1"})
        assert {"Sesame Quay", "Sealed waits"} <= set(secrets_in(entering))


def test_only_the_switch_makes_the_difference():
    assert replace(campaign(demo=True), demo=False, today=None) == campaign()
