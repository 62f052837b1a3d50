"""Words last: diagnostics for people and for programs.

What comes in: diagnostics, and the files they speak of by display path. What goes out: text. A file that is not there is no
reason to fail: the place is then named without the line. Deliberately absent: the terminal (whether there are colours is
said by the caller) and the file system.
"""

from bdc.diagnostics.render.human import render_human
from bdc.diagnostics.render.json import render_json
from bdc.diagnostics.render.sarif import render_sarif

__all__ = ["render_human", "render_json", "render_sarif"]
