"""Run every script of the folders named, one after the other; a folder under tests/ goes to pytest.

A file whose name starts with an underscore is a helper, not a script. The exit code is 1 where any failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path


def commands(folder: Path) -> list[list[str]]:
    """What to run for one folder, in the order of the names."""
    if folder.parts[:1] == ("tests",):
        found = sorted(folder.rglob("test_*.py"))
        options = ["-q", "-p", "no:xdist", "--hypothesis-profile=soak"]
        return [[sys.executable, "-m", "pytest", *options, str(folder)]] if found else []
    scripts = sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))
    return [[sys.executable, str(path)] for path in scripts]


def main(folders: list[str]) -> int:
    """Run them all, even after one has failed, and say which did."""
    todo = [command for folder in folders for command in commands(Path(folder))]
    if not todo:
        print(f"Nothing to run in {' or '.join(folders)}.")
        return 0
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    failed = []
    for command in todo:
        name = command[-1]
        print(f"\n== {name}", flush=True)
        start = time.perf_counter()
        code = subprocess.run(command, env=environment, check=False).returncode
        outcome = f"exit code {code}" if code else "done"
        print(f"-- {name}: {outcome}, {time.perf_counter() - start:.1f} s", flush=True)
        if code:
            failed.append(name)
    if failed:
        print(f"\n{len(failed)} of {len(todo)} did not pass: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
