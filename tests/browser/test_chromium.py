"""Where the browser comes from: the order of the search, and what happens when there is none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser import chromium
from tests.browser.chromium import NoBrowser, ensure, find, ways


@pytest.fixture
def bin(tmp_path: Path):
    """Puts a program of a name on a PATH of our own; returns its path."""

    def put(name: str, folder: str = "bin") -> str:
        file = tmp_path / folder / (name + (".exe" if os.name == "nt" else ""))
        file.parent.mkdir(exist_ok=True)
        file.write_text("#!/bin/sh\necho Chromium 1\n")
        file.chmod(0o755)
        return str(file)

    return put


def path(*files: str) -> dict[str, str]:
    return {"PATH": os.pathsep.join(str(Path(file).parent) for file in files)}


def always(_: str) -> bool:
    return True


def test_the_setting_comes_first(bin):
    chosen, other = bin("mine", "elsewhere"), bin("chromium")
    assert find({**path(other), "HEADWAY_CHROMIUM": chosen}, always, lambda: other) == chosen


def test_then_the_path_in_the_order_of_names(bin):
    chrome, chromium_ = bin("google-chrome"), bin("chromium")
    assert find(path(chrome), always, lambda: "") == chromium_


def test_a_program_on_the_path_that_does_not_start_is_passed_over(bin):
    snap, chrome = bin("chromium-browser"), bin("google-chrome")
    assert find(path(snap), lambda place: place == chrome, lambda: "") == chrome


def test_then_playwrights_own(bin, tmp_path):
    own = bin("headless", "playwright")
    assert find({"PATH": str(tmp_path / "empty")}, always, lambda: own) == own


def test_nothing_is_none(tmp_path):
    assert find({"PATH": str(tmp_path)}, always, lambda: str(tmp_path / "not-downloaded")) is None


def test_a_wrong_setting_is_said_and_not_passed_over(bin):
    with pytest.raises(NoBrowser, match="HEADWAY_CHROMIUM is /no/such"):
        find({**path(bin("chromium")), "HEADWAY_CHROMIUM": "/no/such"}, always, lambda: "")


@pytest.mark.skipif(os.name == "nt", reason="shell scripts stand in for browsers here")
def test_only_a_browser_counts_as_one(bin, tmp_path):
    stand_in = tmp_path / "bin" / "chromium-browser"
    assert chromium.starts(bin("chromium"))
    stand_in.write_text("#!/bin/sh\necho 'requires the snap to be installed' >&2\nexit 1\n")
    stand_in.chmod(0o755)
    assert not chromium.starts(str(stand_in))
    assert not chromium.starts(str(tmp_path / "nothing"))


def test_nothing_is_installed_where_one_is_found():
    assert ensure({}, look=lambda: "/here", run=lambda _: pytest.fail("nothing to install")) == "/here"


def test_apt_comes_before_playwright(bin, monkeypatch):
    monkeypatch.setattr(chromium, "_leave", lambda _: [])
    apt = bin("apt-get")
    ran: list[str] = []
    answers = iter([None, "/usr/bin/chromium"])

    def run(command) -> bool:
        ran.append(" ".join(command))
        return True

    assert ensure(path(apt), look=lambda: next(answers), run=run) == "/usr/bin/chromium"
    assert ran == ["apt-get update -qq", "apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core"]


def test_playwright_where_apt_does_not_work(bin, monkeypatch):
    monkeypatch.setattr(chromium, "_leave", lambda _: ["sudo", "-n"])
    ran: list[str] = []
    answers = iter([None, "/playwright/chrome"])

    def run(command) -> bool:
        ran.append(" ".join(command))
        return "playwright" in command

    assert ensure(path(bin("apt-get")), look=lambda: next(answers), run=run) == "/playwright/chrome"
    assert ran[0] == "sudo -n apt-get update -qq"
    assert ran[-1].endswith("playwright install chromium")


def test_apt_is_left_alone_where_it_may_not(bin, monkeypatch):
    monkeypatch.setattr(chromium, "_leave", lambda _: None)
    assert [name for name, _ in ways(path(bin("apt-get")))] == ["playwright install chromium"]


def test_it_says_plainly_when_neither_worked(bin, monkeypatch):
    monkeypatch.setattr(chromium, "_leave", lambda _: [])
    with pytest.raises(NoBrowser, match=r"tried apt and playwright install chromium\).*by hand, or set"):
        ensure(path(bin("apt-get")), look=lambda: None, run=lambda _: False)


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_missing_browser_fails_in_ci_and_skips_elsewhere(monkeypatch, ci, outcome):
    monkeypatch.setattr(chromium, "find", lambda: None)
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome):
        chromium.for_tests()


@pytest.mark.browser
def test_the_browser_draws_a_page(browser):
    page = browser.new_page()
    page.set_content("<h1>Headway</h1>")
    assert page.locator("h1").inner_text() == "Headway"
    assert len(page.screenshot()) > 1000
    page.close()
