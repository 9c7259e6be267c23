"""Say in one plain sentence whether this Python can run Headway; exit 1 where it cannot.

It is read by whatever Python is found, so it is written in words that even Python 2.7 understands, and it
uses the standard library alone.
"""

import os
import sys

OLDEST = (3, 11)
NEWEST = (3, 14)


def problem(version, can_make_venv, debian):
    """The sentence that says what is wrong and what to do, or "" where nothing is."""
    found = ".".join(str(part) for part in version[:2])
    oldest = ".".join(str(part) for part in OLDEST)
    newest = ".".join(str(part) for part in NEWEST)
    if tuple(version[:2]) < OLDEST:
        return (
            "Headway needs Python {oldest} to {newest}; this one is {found} ({where}).\n"
            "Install a newer Python, then say where it is: make PYTHON=/path/to/python3.13"
        ).format(oldest=oldest, newest=newest, found=found, where=sys.executable)
    if not can_make_venv:
        advice = (
            "On Debian and Ubuntu: sudo apt install python{found}-venv".format(found=found)
            if debian
            else "Install your system's package that holds Python's venv and ensurepip, or a complete Python."
        )
        return "Python {found} is fine, but its venv module is missing.\n{advice}".format(found=found, advice=advice)
    return ""


def caution(version):
    """A sentence for a Python newer than Headway was tested with, or ""."""
    if tuple(version[:2]) <= NEWEST:
        return ""
    return (
        "Headway is tested with Python {oldest} to {newest}; this one is {found}. "
        "If installing fails, use one of those: make PYTHON=/path/to/python{newest}"
    ).format(
        oldest=".".join(str(part) for part in OLDEST),
        newest=".".join(str(part) for part in NEWEST),
        found=".".join(str(part) for part in version[:2]),
    )


def can_make_venv():
    """Whether this Python can make a virtual environment with pip in it."""
    try:
        import ensurepip
        import venv
    except ImportError:
        return False
    return bool(ensurepip and venv)


def main():
    """Print what is wrong, if anything is."""
    sentence = problem(sys.version_info, can_make_venv(), os.path.exists("/etc/debian_version"))
    if sentence:
        sys.stderr.write(sentence + "\n")
        return 1
    if caution(sys.version_info):
        sys.stderr.write(caution(sys.version_info) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
