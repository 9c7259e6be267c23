"""Who may import whom: design.md's picture, by import-linter, and the narrower rooms by reading the source."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.source import ROOT, imports, measures, name, pages, runtime, within

WORDS = ("measures.words", "measures.model", "measures.format", "measures.units", "measures.review")

ROOMS: dict[str, tuple[str, ...]] = {
    "model.py": (),
    "units.py": (),
    "panel.py": (),
    "access.py": ("measures.model",),
    "charts": ("measures.charts", "measures.model", "measures.format", "measures.units", "measures.review.frames"),
    "words.py": WORDS,
    "words": WORDS,
    "review": (
        "measures.review", "measures.model", "measures.panel", "measures.units", "measures.format",
        "measures.aims", "measures.spc", "measures.signals", "measures.interim", "measures.spread",
    ),
    "actions": (
        "measures.actions", "measures.access", "measures.store", "measures.intake", "measures.review", "measures.aims",
        "measures.model", "measures.panel", "measures.units", "measures.format", "measures.clock", "measures.settings",
        "measures.log", "measures.csvio",
    ),
}  # fmt: skip
"""What a room of measures/ may import of the others, where the picture alone would allow more."""

ONLY: dict[str, tuple[str, ...]] = {
    "streamlit": ("measures/web/", "pages/", "streamlit_app.py"),
    "sqlite_utils": ("measures/store/",),
    "sqlite3": ("measures/store/",),
    "psycopg": ("measures/store/",),
}
"""Where alone these may be imported."""

POSIX_ONLY = {
    "fcntl",
    "pwd",
    "grp",
    "resource",
    "termios",
    "tty",
    "pty",
    "posix",
    "syslog",
    "readline",
    "curses",
    "crypt",
}


def test_imports_go_down_the_picture():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run(['--no-cache'])"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room):
    allowed = ("measures.ENGINE_VERSION", *ROOMS[room])
    mine = f"measures/{room}" if room.endswith(".py") else f"measures/{room}/"
    others = [
        f"{name(path)}:{line} imports {module}"
        for path in measures()
        if name(path).startswith(mine)
        for module, line in imports(path)
        if within(module, ("measures",)) and not within(module, allowed)
    ]
    assert not others


@pytest.mark.parametrize("library", ONLY)
def test_a_library_is_imported_in_its_own_place_alone(library):
    others = [
        f"{name(path)}:{line}"
        for path in runtime()
        if not name(path).startswith(ONLY[library])
        for module, line in imports(path)
        if within(module, (library,))
    ]
    assert not others


def test_pages_import_only_streamlit_the_web_and_the_actions():
    allowed = ("__future__", "streamlit", "measures.web", "measures.actions")
    assert not [
        f"{name(path)}:{line} imports {module}"
        for path in pages()
        for module, line in imports(path)
        if not within(module, allowed)
    ]


def test_nothing_that_runs_needs_posix():
    assert not [
        f"{name(path)}:{line} imports {module}"
        for path in runtime()
        for module, line in imports(path)
        if module.split(".")[0] in POSIX_ONLY
    ]


def test_every_folder_of_the_package_is_a_package():
    folders = {path.parent for path in measures()}
    assert not [name(folder) for folder in folders if not (folder / "__init__.py").exists()]
