"""Statistical process control: limits, rules and verdicts for many series at once.

``chart`` is the face; ``kinds`` lists the charts, ``rules`` the rule sets.
"""

from measures.spc.chart import Chart, Options, chart

__all__ = ["Chart", "Options", "chart"]
