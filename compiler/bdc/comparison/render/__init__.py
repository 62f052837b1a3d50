"""A comparison for people, for programs, and for a pull request.

What comes in: a `Comparison`, the `Judgement` of the approvals and the verdict of the gate. What goes out: text. Whether there are colours is said by the caller.
"""

from bdc.comparison.render.json import render_failure, render_json
from bdc.comparison.render.markdown import render_broken, render_markdown
from bdc.comparison.render.text import render_text

__all__ = ["render_broken", "render_failure", "render_json", "render_markdown", "render_text"]
