"""The names of charts and rule sets, and which chart suits a measure and why, in a sentence."""

from __future__ import annotations

from measures.model import ChartReason

KINDS = {
    "xmr": "Individuals (XmR)",
    "run": "Run chart",
    "mr": "Moving ranges",
    "p": "Proportions (p)",
    "pp": "Proportions, large numbers (p′)",
    "c": "Counts (c)",
    "u": "Rates (u)",
    "up": "Rates, large numbers (u′)",
    "g": "Cases between events (g)",
    "t": "Time between events (t)",
    "xbar": "Means of subgroups (x̄)",
    "s": "Spread of subgroups (s)",
}
"""What a person reads for each kind of chart."""

RULES = {
    "nhs": "Making Data Count",
    "ihi": "IHI run chart",
    "anhoej": "Anhøj",
    "we": "Western Electric",
    "nelson": "Nelson",
}
"""What a person reads for each rule set."""

RULES_MEAN = {
    "nhs": "A point beyond the limits, seven on one side, seven rising or falling, two of three near a limit.",
    "ihi": "Six on one side of the median, five rising or falling, too few or too many runs.",
    "anhoej": "A run longer than chance explains, or too few crossings of the centre line.",
    "we": "A point beyond the limits, two of three beyond two sigma, four of five beyond one, eight on one side.",
    "nelson": "Eight tests; the more tests, the more marks that mean nothing.",
}
"""What each rule set looks for."""

_BECAUSE = {
    ChartReason.FEW_POINTS: "there are fewer than twelve points, too few to say how much this usually varies.",
    ChartReason.RARE_EVENTS: "events are rare here, fewer than one a period. Counting the days or cases from one to"
    " the next would tell more.",
    ChartReason.PROPORTION: "each point is a share of some people, and the points vary about as much as such numbers"
    " of people explain.",
    ChartReason.PROPORTION_DISPERSED: "each point is a share of many people, and the points vary {times} times as much"
    " as such numbers of people alone explain.",
    ChartReason.RATE: "each point is events over opportunities, and the points vary about as much as such numbers"
    " explain.",
    ChartReason.RATE_DISPERSED: "each point is events over many opportunities, and the points vary {times} times as"
    " much as such numbers alone explain.",
    ChartReason.COUNT: "each point counts events with the same opportunity every period, and the points vary about as"
    " much as such counts do.",
    ChartReason.COUNT_DISPERSED: "each point is a count, and the points vary {times} times as much as counts of that"
    " size alone explain.",
    ChartReason.VALUE: "each point is one measured value.",
    ChartReason.SUBGROUPS: "each period has several measured values.",
    ChartReason.TIME_BETWEEN: "each point is the time from one event to the next.",
    ChartReason.CASES_BETWEEN: "each point is the number of cases from one event to the next.",
    ChartReason.YES_NO: "each point is a yes or a no.",
}


def suggestion(kind: str, why: ChartReason, dispersion: float) -> str:
    """Which chart suits a measure, and why.

    >>> suggestion("pp", ChartReason.PROPORTION_DISPERSED, 5.23)[:58]
    'Suits this measure: Proportions, large numbers (p′), becau'
    """
    return f"Suits this measure: {KINDS[kind]}, because {_BECAUSE[why].format(times=f'{dispersion:.1f}')}"
