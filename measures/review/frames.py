"""The review's frames: their columns, as a contract that tests read.

Long format, sorted by series and period; keys are categorical. XmR limits are never clipped in the
numbers, only in the drawing.
"""

from __future__ import annotations

POINTS = (
    "site", "measure", "group", "period", "numerator", "denominator", "value", "phase", "ghosted",
    "centre", "lower", "upper", "near_lower", "near_upper", "sigma", "rules", "cause", "target",
)  # fmt: skip
"""One row per observation. ``rules`` are the names of those that flag the point, space-separated."""

SERIES = (
    "site", "measure", "group", "n", "last_period", "last", "mean", "sigma", "lower", "upper",
    "variation", "assurance", "target", "gap", "position_z", "position", "runs_length", "runs_side",
    "runs_signal", "longest_run", "longest_run_max", "crossings", "crossings_min",
)  # fmt: skip
"""One row per site x measure x group. ``gap`` = last - target; ``runs_length`` points in a row, up to
and including the last one, lie on ``runs_side`` (+1 above, -1 below, 0 on the centre line). The last five are
Anhøj's run analysis of the latest phase, -1 where no point lies off the centre line."""

SITES = (
    "site", "name", "region", "open", "successor", "merged_on", "reporting", "due_period", "due_on",
    "reported", "expected", "streak", "share", "share_on", "required_rate", "current_rate",
)  # fmt: skip
"""One row per site. ``open`` is False once merged into a successor; ``reported`` of ``expected`` measures
are in for ``due_period``, the oldest period still to come in (or the newest one that is in); ``streak``
counts the periods running that were reported whole. The last four are of the main aim: see ``review.pace``."""

COMPLETENESS = (
    "site", "measure", "period", "timing", "due_on", "first_at", "expected", "on_time", "late", "earlier", "missing",
    "due", "since", "streak", "committed",
)  # fmt: skip
"""One row per open site and measure. ``timing`` of its newest period that had to be in (``Timing``; before any, of
the newest that is over), which is due on ``due_on`` and first came in at ``first_at`` (UTC). Of all its periods
that are over, ``due`` are not in and have time left; the other ``expected`` came in ``on_time``, ``late`` or
``earlier`` (before anything was kept here), or are ``missing``, the oldest of them since ``since``. ``streak``
periods running were neither late nor missing: ``committed`` from ``completeness.STREAK`` on."""

OUTSTANDING = ("site", "measure", "period", "due_on", "timing")
"""One row for each number that is not in and should be or soon has to be: its ``timing`` is missing or due."""

CAMPAIGN = (
    "measure", "period", "reporting", "expected", "denominator_share", "numerator", "denominator", "value",
    "target", "reference", "reference_numerator", "reference_denominator",
)  # fmt: skip
"""One row per measure and period, over the sites open at that period. ``denominator_share`` is the share
of the denominators that came in, those missing counted at their last known size."""

REGIONS = ("region", "measure", "period", "sites", "numerator", "denominator", "value", "target")
"""One row per region, measure and period, over the sites that reported."""

PATHS = ("level", "key", "measure", "aim", "version", "period", "target", "in_force")
"""Each version's path by month; ``level`` is site, region or campaign and ``key`` which one. ``in_force``
is True where a date's target is read from that version."""

STANDARDS = ("aim", "period", "standard", "reached", "reporting", "asked", "asked_on")
"""For aims of the kind "sites reaching a standard": how many did, by period, and how many were asked for
by when in the version in force."""

SIGNALS = ("site", "measure", "group", "direction", "declared", "since", "effect", "low", "high", "q", "p", "now")
"""One row per declared signal, by site, measure and group. ``direction`` is improvement or deterioration, or up or
down where neither is better; ``declared`` the period at whose look it was, ``since`` the first after the change;
``effect`` between ``low`` and ``high`` as seen then, in the unit of the values; ``q`` the share of declarations as
sure as this one that are there by luck; ``p`` how often a site where nothing changes ever shows as much, as of now;
``now`` how far the newest six reported periods lie from those before the start, without the season: what is left."""

LOOKED = (
    "site", "measure", "group", "status", "baseline", "until", "broke", "up_p", "up_q", "up_since", "down_p", "down_q",
    "down_since",
)  # fmt: skip
"""One row per series that lasting changes are looked for in. ``status`` whether they can be found (``signals.Status``),
on ``baseline`` reported periods before the start; from ``until`` on nothing is comparable, because of ``broke``
(``signals.Broke``; NaT and "" where all is). Of either direction the strongest change so far: ``p`` and ``since`` as
above, ``q`` the smallest share of luck at which it would have been declared."""

FLAGS = ("site", "measure", "group", "cause", "side", "first", "last", "points", "reported", "rules", "reason")
"""One row for each stretch of points since the start that a chart flags for one ``cause``; ``side``
+1 above, -1 below; ``points`` of them, and ``reported`` periods from the first of them to now; ``rules`` of any of
them; ``reason`` (``flags.Reason``) whether it is part of a signal, and if not, why not."""
