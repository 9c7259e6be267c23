"""What the Makefile calls: it says what is wrong in a sentence, and never calls a failure a success."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest

from scripts import check_python, cli_reference, run_folder, run_tests, serve
from tests.architecture.source import ROOT


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13)])
def test_an_older_python_is_named_with_what_to_do(version):
    sentence = check_python.problem(version, True, True)
    assert f"this one is {version[0]}.{version[1]}" in sentence
    assert "make PYTHON=" in sentence


@pytest.mark.parametrize(
    ("debian", "advice"), [(True, "sudo apt install python3.11-venv"), (False, "venv and ensurepip")]
)
def test_a_missing_venv_is_said_with_what_to_install(debian, advice):
    sentence = check_python.problem((3, 11, 2), False, debian)
    assert "its venv module is missing" in sentence
    assert advice in sentence


@pytest.mark.parametrize("minor", [11, 12, 13, 14])
def test_the_supported_pythons_pass_without_a_word(minor):
    assert check_python.problem((3, minor, 0), True, True) == ""
    assert check_python.caution((3, minor, 0)) == ""


def test_a_newer_python_is_tried_with_a_caution():
    assert check_python.problem((3, 15, 0), True, True) == ""
    assert "tested with Python 3.11 to 3.14" in check_python.caution((3, 15, 0))


def test_the_versions_are_the_projects_own():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    oldest, newest = check_python.OLDEST[1], check_python.NEWEST[1]
    assert f'requires-python = ">=3.{oldest},<3.{newest + 1}"' in project
    assert f"Python 3.{oldest} to 3.{newest}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_requirements_are_pinned_in_full():
    for file in ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt"):
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
        wanted = [line for line in lines if line and not line.startswith(("#", "-r"))]
        assert not [
            line for line in wanted if not re.fullmatch(r"[\w.-]+==[\w.]+(; sys_platform [!=]= \"\w+\")?", line)
        ]


def report(folder: Path, name: str, tests: int, failures: int = 0, errors: int = 0, skipped: int = 0) -> Path:
    file = folder / name
    numbers = f'tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}"'
    file.write_text(f"<testsuites><testsuite {numbers}/></testsuites>")
    return file


def test_the_last_line_adds_both_halves_up(tmp_path):
    total = run_tests.counts(report(tmp_path, "a.xml", 10, failures=1, skipped=2))
    total += run_tests.counts(report(tmp_path, "b.xml", 3))
    assert "1 failed, 10 passed, 2 skipped in 12.30s" in run_tests.last_line(total, [1, 0], 12.3)


def test_a_half_that_broke_without_a_report_is_a_failure_in_the_last_line(tmp_path):
    total = run_tests.counts(report(tmp_path, "a.xml", 10)) + run_tests.counts(tmp_path / "none.xml")
    assert "10 passed, 1 failed (exit codes 0, 124)" in run_tests.last_line(total, [0, 124], 1)


@pytest.mark.parametrize(("ci", "exit_code"), [(True, 1), (False, 0)])
def test_without_a_browser_ci_fails_and_others_are_told(monkeypatch, capfd, ci, exit_code):
    def none() -> str:
        raise run_tests.chromium.NoBrowser("No Chromium was found.")

    monkeypatch.setattr(run_tests.chromium, "ensure", none)
    monkeypatch.setattr(run_tests.chromium, "on_build_machine", lambda: ci)
    ran: list[list[str]] = []
    monkeypatch.setattr(run_tests, "run", lambda options, *_: ran.append(options) or 0)
    assert run_tests.main() == exit_code
    assert [options[-1] for options in ran] == ["not browser"]
    assert "The browser journeys are left out." in capfd.readouterr().err


def journeys(monkeypatch, outcomes: list[dict[str, bool]]) -> list[list[str]]:
    """Stand in for pytest: each run of the browser half has the next outcome (journey: whether it passed)."""
    ran: list[list[str]] = []
    left = iter(outcomes)

    def run(options: list[str], report: Path, seconds: float | None) -> int:
        ran.append(options)
        if "browser" not in options:
            report.write_text('<testsuites><testsuite tests="5"/></testsuites>')
            return 0
        came = next(left)
        cases = "".join(f'<testcase name="{n}">{"" if ok else "<failure/>"}</testcase>' for n, ok in came.items())
        numbers = f'tests="{len(came)}" failures="{list(came.values()).count(False)}"'
        report.write_text(f"<testsuites><testsuite {numbers}>{cases}</testsuite></testsuites>")
        return 0 if all(came.values()) else 1

    monkeypatch.setattr(run_tests.chromium, "ensure", lambda: "here")
    monkeypatch.setattr(run_tests, "run", run)
    return ran


def test_a_journey_that_failed_is_tried_once_more_and_named(monkeypatch, capfd):
    ran = journeys(monkeypatch, [{"a": True, "b": False, "c": True}, {"b": True}])
    assert run_tests.main() == 0
    assert len(ran) == 3
    assert "--last-failed" in ran[2]
    out = capfd.readouterr().out
    assert "Failed at first, passed at the second try: b" in out
    assert " 8 passed in " in out


def test_a_journey_that_fails_twice_has_failed(monkeypatch, capfd):
    journeys(monkeypatch, [{"a": True, "b": False}, {"b": False}])
    assert run_tests.main() == 1
    assert " 1 failed, 6 passed in " in capfd.readouterr().out


def test_many_failed_journeys_are_not_tried_again(monkeypatch, capfd):
    ran = journeys(monkeypatch, [dict.fromkeys("abcd", False)])
    assert run_tests.main() == 1
    assert len(ran) == 2
    assert " 4 failed, 5 passed in " in capfd.readouterr().out


def test_a_run_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(run_tests.sys, "executable", sys.executable)
    slow = tmp_path / "test_slow.py"
    slow.write_text("import time\n\ndef test_slow():\n    time.sleep(60)\n")
    assert run_tests.run(["-q", "-p", "no:cacheprovider", str(slow)], tmp_path / "r.xml", 2) == 124


def test_every_script_of_a_folder_runs_even_after_one_failed(tmp_path, capfd):
    for name, code in (("a.py", "raise SystemExit(3)"), ("b.py", "print('second')"), ("_help.py", "print('helper')")):
        (tmp_path / name).write_text(code)
    assert run_folder.main([str(tmp_path)]) == 1
    out, err = capfd.readouterr()
    assert "second" in out
    assert "helper" not in out
    assert "1 of 2 did not pass" in err
    assert run_folder.main([str(tmp_path / "empty")]) == 0


def test_a_port_in_use_is_said(capfd):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = other.getsockname()[1]
        assert serve.main(["--port", str(port)]) == 1
    assert f"make run PORT={port + 1}" in capfd.readouterr().err


def test_the_demo_is_made_once(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("HEADWAY_DB", str(tmp_path / "new.db"))
    serve.seed()
    made = (tmp_path / "new.db").stat().st_size
    assert made > 0
    assert "making the demo" in capfd.readouterr().out
    serve.seed()
    assert capfd.readouterr().out == ""


def test_a_setting_that_cannot_be_used_is_said(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("HEADWAY_DB", str(tmp_path))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert serve.main(["--port", str(port)]) == 1
    assert "HEADWAY_DB is" in capfd.readouterr().err


def test_the_commands_page_holds_every_command_and_its_help():
    @click.group()
    def main() -> None:
        """Improve things."""

    @main.command()
    @click.option("--better", help="Which way is better.")
    def spc(better: str) -> None:
        """Limits and rules."""

    page = cli_reference.reference(main)
    assert "## python -m measures spc\n" in page
    assert "Usage: python -m measures spc [OPTIONS]" in page
    assert "Which way is better." in page


@pytest.mark.skipif(sys.platform == "win32", reason="make and a shell are what is tested")
def test_make_refuses_an_old_python_in_a_sentence(tmp_path):
    python = tmp_path / "python3"
    python.write_text(
        f'#!/bin/sh\ncase "$1" in -c) exit 1;; esac\nexec {sys.executable} -c "\nimport sys, runpy\n'
        "sys.version_info = (3, 9, 2)\nsys.argv = ['check']\n"
        "runpy.run_path('scripts/check_python.py', run_name='__main__')\"\n"
    )
    python.chmod(0o755)
    done = subprocess.run(
        ["make", "-B", ".venv/.made", f"PYTHON={python}", f"PY={tmp_path}/none"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Headway needs Python 3.11 to 3.14; this one is 3.9" in done.stderr
