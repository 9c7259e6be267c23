"""Run every test: the fast ones on all cores, then the browser journeys, then one line with the total.

The browser is found or installed first. Without one the journeys are left out, and that is said plainly;
on a build machine (CI=true) it is a failure instead. The last line has pytest's own form.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from tests.browser import chromium

CI_SECONDS = 14 * 60
"""On a build machine everything ends within this (installing comes before), with a line that says so."""

SECOND_TRIES = 3
"""So many journeys that failed are tried once more; more than that is no accident."""


def run(options: list[str], report: Path, seconds: float | None) -> int:
    """One run of pytest; its exit code, or 124 where it took too long."""
    command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *options]
    with subprocess.Popen(command) as process:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            print(f"Stopped: the tests took longer than the {CI_SECONDS // 60} minutes there are.", file=sys.stderr)
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
            return 124


def counts(report: Path) -> Counter[str]:
    """How many passed, failed, were skipped or broke, from pytest's own report."""
    total: Counter[str] = Counter()
    if not report.exists():
        return total
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        number = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "skipped", "errors")}
        total["failed"] += number["failures"]
        total["skipped"] += number["skipped"]
        total["errors"] += number["errors"]
        total["passed"] += number["tests"] - number["failures"] - number["skipped"] - number["errors"]
    return total


def again(options: list[str], report: Path, first: Counter[str], start: float | None) -> tuple[int, Counter[str]]:
    """The journeys that failed, once more, and named: on a busy machine a browser now and then loses a click."""
    names = failed(report)
    print(f"Once more: {', '.join(names)}", flush=True)
    report.unlink()
    left = None if start is None else max(CI_SECONDS - (time.perf_counter() - start), 1)
    code = run([*options, "--last-failed", "--last-failed-no-failures", "none"], report, left)
    second = counts(report)
    if code == 0:
        print(f"Failed at first, passed at the second try: {', '.join(names)}", flush=True)
    return code, Counter({**first, "failed": 0, "errors": 0}) + second


def failed(report: Path) -> list[str]:
    """The tests that failed or broke, by name, from pytest's own report."""
    cases = ElementTree.parse(report).getroot().iter("testcase")
    return [
        case.get("name", "") for case in cases if case.find("failure") is not None or case.find("error") is not None
    ]


def last_line(total: Counter[str], codes: list[int], seconds: float) -> str:
    """What came of it all, in pytest's form."""
    parts = [f"{total[key]} {key}" for key in ("failed", "errors", "passed", "skipped") if total[key]]
    if any(codes) and not (total["failed"] or total["errors"]):
        parts.append(f"1 failed (exit codes {', '.join(map(str, codes))})")
    return f" {', '.join(parts) or 'no tests ran'} in {seconds:.2f}s ".center(100, "=")


def main() -> int:
    """Run both halves whatever the first one says; 0 only where both passed."""
    start = time.perf_counter()
    strict = chromium.on_build_machine()
    codes: list[int] = []
    side_by_side = ["-n", str(os.cpu_count() or 2), "--dist", "loadscope"]
    halves = [[*side_by_side, "-m", "not browser"]]
    try:
        print(f"Browser: {chromium.ensure()}", flush=True)
        halves.append([*side_by_side, "-m", "browser", "tests/browser"])
    except chromium.NoBrowser as reason:
        print(f"{reason}\nThe browser journeys are left out.", file=sys.stderr, flush=True)
        if strict:
            codes.append(1)
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for number, options in enumerate(halves):
            report = Path(folder) / f"{number}.xml"
            left = CI_SECONDS - (time.perf_counter() - start) if strict else None
            code, found = run(options, report, left), counts(report)
            if code == 1 and "browser" in options and 0 < found["failed"] + found["errors"] <= SECOND_TRIES:
                code, found = again(options, report, found, start if strict else None)
            codes.append(code)
            total += found
    print(last_line(total, codes, time.perf_counter() - start), flush=True)
    return 1 if any(codes) else 0


if __name__ == "__main__":
    sys.exit(main())
