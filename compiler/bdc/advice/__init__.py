"""Advice on size: what the declared load and objectives ask of a deployment, computed, with the arithmetic.

What comes in: `SystemIR`, the name of a deploy, and the assumptions, which a caller may replace. What goes out: a `Page` of chapters, each
with a verdict, its arithmetic, and what to write in the specification. Deliberately absent: measuring. Numbers that were measured
elsewhere are in `assumptions`, with their source. Read `page` and `advise` first.
"""

from bdc.advice.advise import advise
from bdc.advice.assumptions import Assumptions, Prices
from bdc.advice.page import Chapter, Page, Verdict

__all__ = ["Assumptions", "Chapter", "Page", "Prices", "Verdict", "advise"]
