"""How a chart is computed: every choice by name, recorded with its result."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from measures.spc.kinds import CONSTANTS, KINDS, Kind
from measures.spc.rule_sets import ONLY_BEYOND, RULES, RuleSet

MISSING = ("drop", "bridge")
PEERS = (None, "ptd", "qic")


@dataclass(frozen=True, slots=True)
class Options:
    """How a chart is computed; recorded with its result by ``describe``.

    ``rules``: a rule set, None for the kind's own. ``baseline``: limits from the first so many rows of each
    phase, None for all. ``screen``: leave outlying moving ranges out, once. ``constant``: limits lie so many
    mean moving ranges from the centre, "2.66" or "3/d2"; None for the kind's own (2.66 for xmr, else 3/d2;
    3/d2 under ``peer="qic"``). ``missing``: an empty value removes both its moving ranges and breaks rules'
    windows ("drop") or is stepped over in both ("bridge"). ``peer``: "ptd" for NHSRplotthedots' own
    treatment of degenerate series, strict comparisons and all; "qic" for qicharts2's.
    Raises ValueError where a choice is not one of those.

    >>> Options(baseline=12).describe()["baseline"]
    12
    """

    kind: str = "xmr"
    rules: str | None = None
    baseline: int | None = None
    screen: bool = True
    constant: str | None = None
    missing: str = "drop"
    peer: str | None = None

    def __post_init__(self) -> None:
        for name, allowed in (
            ("kind", KINDS),
            ("rules", (None, *RULES)),
            ("constant", (None, *CONSTANTS)),
            ("missing", MISSING),
            ("peer", PEERS),
        ):
            if getattr(self, name) not in allowed:
                choices = ", ".join(str(x) for x in allowed if x is not None)
                raise ValueError(f"{name} is {getattr(self, name)!r}; it must be one of: {choices}.")
        whole = isinstance(self.baseline, int | np.integer) and not isinstance(self.baseline, bool)
        if self.baseline is not None and not (whole and self.baseline >= 1):
            raise ValueError(f"baseline is {self.baseline!r}; it must be a whole number of rows, 1 or more.")

    @property
    def chart(self) -> Kind:
        """The chart kind."""
        return KINDS[self.kind]

    @property
    def rule_set(self) -> RuleSet:
        """The rule set; where neighbouring points depend on one another, points beyond the limits alone."""
        if self.chart.only_beyond:
            return ONLY_BEYOND
        return RULES[self.rules or self.chart.rules]

    @property
    def factor(self) -> float:
        """How many mean moving ranges lie between centre and limit."""
        own = "3/d2" if self.peer == "qic" else self.chart.constant
        return CONSTANTS[self.constant or own]

    @property
    def strict(self) -> bool:
        """Whether comparisons and degenerate series are a reference program's."""
        return self.peer is not None

    def describe(self) -> dict[str, object]:
        """The options as a plain dictionary, defaults filled in."""
        constant = next(name for name, figure in CONSTANTS.items() if figure == self.factor)
        return asdict(self) | {"rules": self.rule_set.name, "constant": constant}
