"""Statistical process control: limits, rules and verdicts for many series at once.

``chart`` is the face; ``kinds`` lists the charts, ``rule_sets`` the rules, ``options`` the choices.
"""

from measures.spc.chart import Chart, chart, subgroups
from measures.spc.options import Options

__all__ = ["Chart", "Options", "chart", "subgroups"]
