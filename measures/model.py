"""The vocabulary: what a campaign is made of.

Everything here is immutable and knows nothing of storage, statistics or the screen. Periods are dates
(the first day of the period); enums are strings, so they can be stored, compared by value after a hot
reload, and written to a CSV as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar


class Direction(StrEnum):
    """Which way is better for a measure."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class Form(StrEnum):
    """What one observation of a measure is."""

    COUNT = "count"
    PROPORTION = "proportion"
    RATE = "rate"
    VALUE = "value"
    TIME_BETWEEN = "time-between"
    CASES_BETWEEN = "cases-between"
    YES_NO = "yes-no"

    @property
    def has_denominator(self) -> bool:
        """Whether an observation is a numerator over a denominator."""
        return self in (Form.PROPORTION, Form.RATE)


class Family(StrEnum):
    """What a measure is for (Provost & Murray 2011; Langley et al. 2009)."""

    OUTCOME = "outcome"
    PROCESS = "process"
    BALANCING = "balancing"
    EXPERIENCE = "experience"
    ENABLER = "enabler"
    REACH = "reach"
    MILESTONE = "milestone"
    CONTEXT = "context"


class AimKind(StrEnum):
    """How an aim counts."""

    LEVEL = "level"
    CUMULATIVE_COUNT = "cumulative-count"
    RELATIVE_REDUCTION = "relative-reduction"
    ABSOLUTE_REDUCTION = "absolute-reduction"
    SITES_REACHING = "sites-reaching"
    FUNCTIONAL_ZERO = "functional-zero"
    GAP = "gap"


class Cause(StrEnum):
    """What a point on a chart says. HIGH and LOW are for measures where neither direction is better."""

    COMMON = "common"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    HIGH = "high"
    LOW = "low"


class Variation(StrEnum):
    """The verdict on a series' latest point; the suffix is the side it lies on."""

    COMMON = "common"
    IMPROVEMENT_UP = "improvement-up"
    IMPROVEMENT_DOWN = "improvement-down"
    CONCERN_UP = "concern-up"
    CONCERN_DOWN = "concern-down"
    NEITHER_UP = "neither-up"
    NEITHER_DOWN = "neither-down"
    NOT_ENOUGH = "not-enough"


class Assurance(StrEnum):
    """Whether the process, as it is, meets its target."""

    RELIABLE = "reliable"
    HIT_AND_MISS = "hit-and-miss"
    NOT_YET = "not-yet"
    NO_TARGET = "no-target"


class ChartReason(StrEnum):
    """Why a kind of chart suits a measure."""

    FEW_POINTS = "few-points"
    RARE_EVENTS = "rare-events"
    PROPORTION = "proportion"
    PROPORTION_DISPERSED = "proportion-dispersed"
    RATE = "rate"
    RATE_DISPERSED = "rate-dispersed"
    COUNT = "count"
    COUNT_DISPERSED = "count-dispersed"
    VALUE = "value"
    SUBGROUPS = "subgroups"
    TIME_BETWEEN = "time-between"
    CASES_BETWEEN = "cases-between"
    YES_NO = "yes-no"


class Position(StrEnum):
    """Where a series stands against its path, judged with its own noise."""

    AHEAD = "ahead"
    ON_COURSE = "on-course"
    BEHIND = "behind"
    WELL_BEHIND = "well-behind"
    TOO_EARLY = "too-early"
    TOO_SMALL = "too-small"
    NO_PATH = "no-path"


ON_PATH = (Position.AHEAD.value, Position.ON_COURSE.value)
OFF_PATH = (Position.BEHIND.value, Position.WELL_BEHIND.value)
"""On their path or ahead, and behind it, as the frames hold them; the rest cannot be judged yet."""


class Reporting(StrEnum):
    """Whether the latest expected report has come in."""

    IN = "in"
    DUE = "due"
    MISSING = "missing"
    CLOSED = "closed"


class Timing(StrEnum):
    """When one number came in, beside the day on which it was due."""

    ON_TIME = "on-time"
    LATE = "late"
    EARLIER = "earlier"
    """It was due before anything of its site was kept here: it is in, and nobody can tell since when."""
    DUE = "due"
    """Not in; its day has not passed."""
    MISSING = "missing"
    """Not in, and its day has passed."""


class SiteKind(StrEnum):
    """A site takes part; a reference is a labelled comparison line and takes no part in any total."""

    SITE = "site"
    REFERENCE = "reference"


class Role(StrEnum):
    """Who is looking."""

    EXECUTIVE = "executive"
    LEAD = "lead"
    TEAM = "team"


ALL = "all"
"""The group of an observation that is not broken down by anything."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who reads or writes: a role, a name for the history, and for a team its sites."""

    role: Role
    name: str
    sites: frozenset[str] = frozenset()
    stand_in: bool = False
    """True where the demo's switch stands in for sign-in; such an actor reaches demo campaigns alone."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place that takes part; ``merged_on`` is the first period its work is counted by ``successor``."""

    id: str
    name: str
    region: str = ""
    kind: SiteKind = SiteKind.SITE
    opened: date | None = None
    """The first period it is expected to report; None means from the campaign's baseline on."""
    successor: str | None = None
    merged_on: date | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that every site counts.

    ``numerator_label`` and ``denominator_label`` are what a team is asked for; for a form without a
    denominator only ``numerator_label`` is used. ``days_to_submit`` runs from the period's end.
    ``denominator_measure`` names the count that serves as the denominator, so that a team types it once.
    ``rate_base`` is the unit of a rate's denominator: 1000 for "per 1000 bed days".
    """

    id: str
    name: str
    short: str
    definition: str
    family: Family
    form: Form
    better: Direction
    unit: str
    numerator_label: str
    denominator_label: str = ""
    denominator_measure: str = ""
    verb: str = ""
    worthwhile_change: float | None = None
    frequency: str = "month"
    days_to_submit: int = 15
    lag: int = 0
    chart: str = "xmr"
    rules: str = "nhs"
    baseline_points: int | None = 12
    rate_base: float = 1.0
    seasonal: bool = False
    """The season moves it every year."""
    order: int = 0
    season_out: bool = False
    """Its XmR chart takes the season out, where enough has been seen of it (``spc.season``)."""
    hide_below: int | None = None
    """Counts of people below this are not shown to others than the site's own team, nor exported; None shows all."""


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A dated stop on the way: ``level`` for a level aim, ``sites`` for "sites reaching a standard"."""

    on: date
    level: float | None = None
    sites: int | None = None


@dataclass(frozen=True, slots=True)
class AimVersion:
    """One agreed wording of an aim, in force from ``in_force_from`` until the next version's."""

    number: int
    agreed_on: date
    in_force_from: date
    author: str
    reason: str
    method: str
    waypoints: tuple[Waypoint, ...]
    shape: str = "linear"
    """How the way from each waypoint to the next is spread over its time (``aims.shapes.read``)."""


@dataclass(frozen=True, slots=True)
class Aim:
    """How much, of what, by when, in the versions that were agreed."""

    id: str
    measure: str
    kind: AimKind
    name: str
    owner: str
    versions: tuple[AimVersion, ...]
    standard: float | None = None
    """For "sites reaching a standard": the level that counts as reached."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one site was asked for at one waypoint of one version.

    ``numerator`` of ``denominator`` is the target in whole people; ``baseline_numerator`` of
    ``baseline_denominator`` is the level it starts from.
    """

    aim: str
    version: int
    on: date
    site: str
    numerator: int
    denominator: int
    baseline_numerator: int
    baseline_denominator: int


@dataclass(frozen=True, slots=True)
class Campaign:
    """A purpose, its dates, and the definitions that every page reads."""

    id: str
    name: str
    purpose: str
    start: date
    end: date
    baseline_start: date
    baseline_end: date
    sites: tuple[Site, ...]
    measures: tuple[Measure, ...]
    aims: tuple[Aim, ...] = ()
    shares: tuple[Share, ...] = ()
    main_measure: str = ""
    demo: bool = False
    today: date | None = None
    """A demo campaign's fixed today; None means the clock's."""
    attribution: str = ""
    notes: tuple[str, ...] = ()
    time_zone: str = "Europe/London"

    def measure(self, id: str) -> Measure:
        """The measure called ``id``; KeyError where there is none."""
        return _by_id(self.measures, id, "measure")

    def site(self, id: str) -> Site:
        """The site called ``id``; KeyError where there is none."""
        return _by_id(self.sites, id, "site")

    @property
    def outcome(self) -> Measure:
        """The measure that the main aim is about."""
        return self.measure(self.main_measure) if self.main_measure else self.measures[0]


def _by_id(items, id: str, noun: str):
    for item in items:
        if item.id == id:
            return item
    raise KeyError(f"no {noun} called {id!r}")


class RebaseStatus(StrEnum):
    """What was decided about a place where a series' limits may start anew."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """Accepted once, and taken back."""


@dataclass(frozen=True, slots=True)
class Rebase:
    """Whether a series has limits of its own from the period ``on`` (a new phase), and why.

    ``proposed`` is the sentence of the proposal it answers, "" where a person thought of it. ``id`` is the
    store's: the change that decided it, greater than that of every earlier decision; 0 until it is kept.
    """

    site: str
    measure: str
    group: str
    on: date
    status: RebaseStatus
    reason: str
    proposed: str
    author: str
    at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True)
class Redefinition:
    """From the period ``on`` a measure is counted differently at every site: how (``text``) and why.

    What was counted before and after cannot be compared, so every chart of it breaks there. ``stands`` is False
    where it was entered by mistake and taken back. ``id`` as a rebase's.
    """

    measure: str
    on: date
    text: str
    reason: str
    author: str
    at: datetime
    stands: bool = True
    id: int = 0


@dataclass(frozen=True, slots=True)
class Ghost:
    """Whether one point is ghosted: shown, and kept out of the limits; and why. ``id`` as a rebase's."""

    site: str
    measure: str
    group: str
    period: date
    ghosted: bool
    reason: str
    author: str
    at: datetime
    id: int = 0


class Scale(StrEnum):
    """How small a test of change is, smallest first."""

    PATIENT = "patient"
    SHIFT = "shift"
    DAY = "day"
    WEEK = "week"
    TEAM = "team"
    SITE = "site"


class Verdict(StrEnum):
    """What a team does with what it tested."""

    ADOPT = "adopt"
    ADAPT = "adapt"
    ABANDON = "abandon"


@dataclass(frozen=True, slots=True)
class TestOfChange:
    """A small change tried at one site: what, what was expected, and what came of it (plan, do, study, act).

    ``number`` counts a site's tests from 1. A test runs until it has a ``verdict``, and with it the day it
    ``ended`` and what was ``learned``; ``happened`` is what was seen meanwhile. ``withdrawn`` is the reason why it
    no longer counts, "" while it does. ``author`` and ``at`` are those of the latest revision, and ``id`` is the
    store's: the change that wrote it, greater than that of every earlier revision; 0 until it is kept.
    """

    __test__: ClassVar[bool] = False  # its name would make pytest collect it

    site: str
    number: int
    what: str
    prediction: str
    scale: Scale
    started: date
    author: str
    at: datetime
    ended: date | None = None
    happened: str = ""
    learned: str = ""
    verdict: Verdict | None = None
    withdrawn: str = ""
    id: int = 0

    @property
    def running(self) -> bool:
        """Whether it has begun and nobody has said yet what came of it."""
        return self.verdict is None and not self.withdrawn
