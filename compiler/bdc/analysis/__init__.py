"""Rules that read the model and report: what is well-formed and still wrong.

What comes in: a model, and `RULES`. What goes out: facts in the sink (E3 policy, E4 the rest). Each rule is one file that
holds its law and its fact, and one line in `registry`; rules change nothing and do not call each other. Deliberately
absent: names and types (the model has judged them), and anything about a target.
"""

from bdc.analysis.analyse import analyse
from bdc.analysis.registry import RULES
from bdc.analysis.rule import Rule

__all__ = ["RULES", "Rule", "analyse"]
