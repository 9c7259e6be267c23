"""Every HEADWAY_* variable: its name, default and meaning, checked once when Headway starts.

A new setting is one line in ``SETTINGS``, one field of ``Settings`` and one row of docs/operations.md;
tests fail where one of the three is missing.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PREFIX = "HEADWAY_"
PROJECT = Path(__file__).resolve().parent.parent
"""The folder that holds ``measures`` and ``data``."""

LOGS = ("text", "json")


class SettingsError(ValueError):
    """One or more settings cannot be used; the message says which, why, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable, as docs/operations.md lists it."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("HEADWAY_DB", "data/headway.db", "The file that holds the database."),
    Setting("HEADWAY_LOG", "text", "How log lines are written: text or json."),
    Setting(
        "HEADWAY_CHROMIUM", "", "The browser for tests and pictures, where the search finds none; not read by the app."
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force. ``db`` is always an absolute path."""

    db: Path
    log: str


def load(env: Mapping[str, str] = os.environ) -> Settings:
    """Read and check every setting.

    A variable that is empty counts as not set. A relative HEADWAY_DB starts at the project's folder, so
    that the same setting means the same file wherever Headway is started from.

    Raises SettingsError with one sentence for each thing that is wrong.

    >>> load({"HEADWAY_LOG": "json"}).log
    'json'
    >>> load({}).db.name
    'headway.db'
    """
    given = {name: text.strip() for name, text in env.items() if name.startswith(PREFIX) and text.strip()}
    wrong = [_unknown(name) for name in sorted(given) if name not in {s.name for s in SETTINGS}]
    values = {s.name: given.get(s.name, s.default) for s in SETTINGS}

    db = (PROJECT / Path(values["HEADWAY_DB"]).expanduser()).absolute()
    if db.is_dir():
        wrong.append(
            f"HEADWAY_DB is {str(db)!r}, which is a folder: give the path of a file, such as 'data/headway.db'."
        )
    log = values["HEADWAY_LOG"].lower()
    if log not in LOGS:
        wrong.append(f"HEADWAY_LOG is {values['HEADWAY_LOG']!r}: write {' or '.join(LOGS)}.")
    if wrong:
        raise SettingsError("\n".join(wrong))
    return Settings(db=db, log=log)


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name.removeprefix(PREFIX), [s.name.removeprefix(PREFIX) for s in SETTINGS], n=1)
    hint = f"did you mean {PREFIX}{near[0]}?" if near else f"the settings are {', '.join(s.name for s in SETTINGS)}."
    return f"{name} is not a setting of Headway: {hint}"
