"""Outside tools, run on a built backend.

What comes in: the folder of the output. What goes out: for each tool whether it ran, what it said, or that it is not installed.
Every tool is first shown something bad that it has to find: several of them are silent when they are called the wrong way.
Deliberately absent: judgement of our own; `bdc.verification` proves migrations. Read `tools` first.
"""

from bdc.inspection.run import Outcome, State, inspect
from bdc.inspection.tools import TOOLS, Tool

__all__ = ["TOOLS", "Outcome", "State", "Tool", "inspect"]
