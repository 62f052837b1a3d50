"""Statements of scripts that an import does not run: rows, owners and settings of a server are no part of a schema."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from bdc.ddl.script import first_word_on, split

_ROWS = re.compile(r"(insert|copy|update|delete|merge|truncate)\b", re.IGNORECASE)
_SERVER = re.compile(r"(?:create|drop|alter)\s+(database|role|user|tablespace)\b", re.IGNORECASE)
_COPIED = re.compile(r"^\s*copy\b[^;]*\bfrom\s+stdin\b", re.IGNORECASE | re.MULTILINE)


def unrun(scripts: Iterable[str]) -> Iterator[str]:
    """Yield what is left out of the scripts, counted by kind."""
    rows: Counter[str] = Counter()
    server: Counter[str] = Counter()
    for script in scripts:
        rows["copy"] += len(_COPIED.findall(script))
        for statement in map(first_word_on, split(script)):
            row, place = _ROWS.match(statement), _SERVER.match(statement)
            if row is not None:
                rows[row[1].lower()] += 1
            elif place is not None:
                server[place[1].lower()] += 1
    for word, count in sorted(rows.items()):
        if count:
            yield f"{count} `{word}`: rows are no part of a specification (seeds are: see `seed`)"
    for word, count in sorted(server.items()):
        yield f"{count} of a {word}: the server is not the backend's"
