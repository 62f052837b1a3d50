"""Tools for emitters, and the only room that writes files or runs a formatter.

`emitter.py` (what an emitter is), `files.py` (what it hands out), `templates.py` (Jinja2 held to thin templates),
`document.py` (JSON and YAML), `python_source.py` (formatting), `lock.py` (`bdc.lock`), `writer.py` (decide, then write: all
or nothing). Knows no target and no language.
"""

from bdc.output.emitter import EmitContext, Emitter
from bdc.output.files import GeneratedFile, Ownership

__all__ = ["EmitContext", "Emitter", "GeneratedFile", "Ownership"]
