"""A review of a specification in five panels: architecture, security, database, performance, operations.

What comes in: `SystemIR` and the texts it was compiled from. What goes out: a `Review`: findings with places, a score per panel, the changes that
are worth most. Each rule is a function and its words in `rules_<panel>.py`; `registry.py` lists them. `allow(CODE, "reason")` in a comment on
the line or the line before accepts a finding. Deliberately absent: what is an error of the language (that is `bdc.analysis`).
"""

from bdc.review.judge import Finding, Review, review
from bdc.review.registry import RULES
from bdc.review.rule import Hit, Rule

__all__ = ["RULES", "Finding", "Hit", "Review", "Rule", "review"]
