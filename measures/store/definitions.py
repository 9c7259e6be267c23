"""A campaign's definitions as rows, and back. One generic pair of functions: a field of a dataclass is a column.

A field added to ``measures.model`` needs a migration that adds its column; a test says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_type_hints

from measures.aims import shapes
from measures.model import Aim, AimVersion, Campaign, Measure, Share, Site, Waypoint
from measures.spc import which
from measures.spc.rule_sets import RULES

Row = dict[str, Any]


def to_tables(campaign: Campaign) -> dict[str, list[Row]]:
    """The rows of each table, in an order in which they can be inserted."""
    key = {"campaign_id": campaign.id}
    versions = [(aim, version) for aim in campaign.aims for version in aim.versions]
    return {
        "campaign": [_encode(campaign)],
        "site": _rows(campaign.sites, **key),
        "measure": _rows(campaign.measures, **key),
        "aim": _rows(campaign.aims, **key),
        "aim_version": [row for aim in campaign.aims for row in _rows(aim.versions, **key, aim=aim.id)],
        "waypoint": [row for aim, v in versions for row in _rows(v.waypoints, **key, aim=aim.id, version=v.number)],
        "share": _rows(campaign.shares, **key),
    }


def unfit(campaign: Campaign) -> str:
    """Why a campaign's measures cannot be charted or its paths drawn, in a sentence; "" where they can.

    >>> from measures.model import Direction, Family, Form
    >>> of = dict(id="m", name="Falls", short="Falls", definition="", family=Family.OUTCOME, form=Form.COUNT)
    >>> falls = Measure(**of, better=Direction.DOWN, unit="", numerator_label="Falls", chart="p")
    >>> day = date(2020, 1, 1)
    >>> unfit(Campaign("a", "A", "", day, day, day, day, (), (falls,)))
    "Falls is a count, which no 'p' chart can show; it can be one of: xmr, c, run."
    """
    for measure in campaign.measures:
        kinds = which.suits(measure.form)
        if measure.chart not in kinds:
            form = str(measure.form).replace("-", " ")
            return (
                f"{measure.short} is a {form}, which no {measure.chart!r} chart can show;"
                f" it can be one of: {', '.join(kinds)}."
            )
        if measure.rules not in RULES:
            return f"{measure.short} has rules {measure.rules!r}; they can be one of: {', '.join(RULES)}."
    for aim in campaign.aims:
        for version in aim.versions:
            try:
                shapes.read(version.shape)
            except ValueError as error:
                return f"Version {version.number} of {aim.name} has a way that cannot be drawn: {error}"
    return ""


def from_tables(rows: Callable[[str], Iterable[Row]]) -> Campaign:
    """The campaign whose rows ``rows(table)`` gives, each table in the order of ``position``."""
    waypoints: dict[tuple[str, int], list[Waypoint]] = {}
    for row in rows("waypoint"):
        waypoints.setdefault((row["aim"], row["version"]), []).append(_decode(Waypoint, row))
    versions: dict[str, list[AimVersion]] = {}
    for row in rows("aim_version"):
        stops = tuple(waypoints.get((row["aim"], row["number"]), ()))
        versions.setdefault(row["aim"], []).append(_decode(AimVersion, row, waypoints=stops))
    (head,) = rows("campaign")
    return _decode(
        Campaign,
        head,
        sites=tuple(_decode(Site, row) for row in rows("site")),
        measures=tuple(_decode(Measure, row) for row in rows("measure")),
        aims=tuple(_decode(Aim, row, versions=tuple(versions.get(row["id"], ()))) for row in rows("aim")),
        shares=tuple(_decode(Share, row) for row in rows("share")),
    )


def _rows(items: Iterable[Any], **key: Any) -> list[Row]:
    return [{**key, "position": n, **_encode(item)} for n, item in enumerate(items)]


def _encode(item: Any) -> Row:
    """The item's plain fields; tuples of dataclasses have tables of their own."""
    return {name: _to_column(getattr(item, name)) for name, kind in _plain(type(item))}


def _to_column(value: Any) -> Any:
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def _decode(cls: type, row: Row, **rest: Any) -> Any:
    return cls(**{name: _from_column(kind, row[name]) for name, kind in _plain(cls)}, **rest)


def _from_column(kind: type, value: Any) -> Any:
    if value is None:
        return None
    if kind is tuple:
        return tuple(json.loads(value))
    if kind is date:
        return date.fromisoformat(value)
    return kind(value) if kind is bool or issubclass(kind, StrEnum) else value


@cache
def _plain(cls: type) -> tuple[tuple[str, type], ...]:
    """The fields of a dataclass that are columns, each with its bare type: ``date`` for ``date | None``."""
    hints = get_type_hints(cls)
    found = []
    for field in fields(cls):
        kind = hints[field.name]
        if isinstance(kind, UnionType):
            (kind,) = (part for part in get_args(kind) if part is not type(None))
        parts = get_args(kind)
        if parts:
            if is_dataclass(parts[0]):
                continue
            kind = tuple
        found.append((field.name, kind))
    return tuple(found)
