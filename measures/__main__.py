"""``python -m measures``."""

from __future__ import annotations

import os
import sys

from measures.cli import main


def run() -> int:
    """Run the command that was asked for; its exit code."""
    try:
        main(prog_name="python -m measures")
    except SystemExit as done:
        if done.code is None or isinstance(done.code, int):
            return done.code or 0
        print(done.code, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    code = run()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        # Not sys.exit: a reader's thread that has not quite ended when the interpreter takes its libraries apart aborts
        # the process, after everything was written (seen in 2 of 80 runs on a busy machine).
        os._exit(code)
