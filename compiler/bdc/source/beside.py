"""Files that a specification names (`external Payments from "payments.openapi.yaml"`): they stand beside the `.bds` file, or below it."""

import re
from collections.abc import Callable

_NAMED = re.compile(r'\bexternal\s+\w+\s+from\s+"([^"\\\n]{1,200})"')
_MAIL = re.compile(r'\bmail\s+\w+\s*\([^{}]*\{((?://[^\n]*|"(?:\\.|[^"\\\n])*"|[^"{}])*)')
_TEMPLATE = re.compile(r'\b(?:text|html)\s*:\s*"([^"\\\n]{1,200})"')
_LONGEST = 4 * 1024 * 1024


def named_files(text: str) -> tuple[str, ...]:
    """Return the files that a text names, each once. What leads out of its folder is not among them."""
    names = dict.fromkeys(_NAMED.findall(text))
    for mail in _MAIL.findall(text):
        names |= dict.fromkeys(_TEMPLATE.findall(mail))
    return tuple(name for name in names if not name.startswith("/") and ".." not in name.split("/"))


def read_named(text: str, read: Callable[[str], bytes]) -> tuple[tuple[str, str], ...]:
    """Return name and text of each file that `text` names and `read` gives. `read` raises OSError or ValueError for one that is not there."""
    found = []
    for name in named_files(text):
        try:
            data = read(name)
        except (OSError, ValueError):
            continue
        if len(data) <= _LONGEST:
            found.append((name, data.decode("utf-8-sig", "replace")))
    return tuple(found)
