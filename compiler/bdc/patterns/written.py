r"""Texts that an engine reads with the agreed meaning as they stand: they are passed on unchanged.

So that a CHECK that a database holds already, and a pattern that a document shows already, stay what they are.
"""

import re

POSTGRES_COUNTS_TO = 255

_ESCAPED = r"\\[\\^$.*+?()\[\]{}|]|\\[nrtfv]|\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
_MEMBER = rf"(?:[^\\\[\]\-^&~\x00-\x1f]|\\[\[\]^\\-]|{_ESCAPED})"
_CLASS = rf"\[\^?(?!\])-?(?:{_MEMBER}(?:-{_MEMBER})?)*-?\]"
_TIMES = r"(?:[*+?]|\{(?P<low>[0-9]+)(?:,(?P<high>[0-9]*))?\})\??"
_SHARED = rf"[^\\\[\](){{}}.*+?|^$\x00-\x1f]|{_ESCAPED}|\((?!\?)|\(\?:|\)|[|^$]|{_CLASS}|{_TIMES}"

_RUST = re.compile(_SHARED)
_JSON = re.compile(rf"{_SHARED}|\.|\\[dwDW]|\(\?<?[=!]")
# PostgreSQL takes any character but a letter or digit after a backslash for itself.
_POSTGRES = re.compile(rf"{_SHARED}|\\[^A-Za-z0-9]|\\[AZ]|\(\?[=!]")


def fits_json(text: str) -> bool:
    r"""Say whether ECMAScript reads the text as it is meant: it knows `.`, `\d` and `\w` in the agreed meaning."""
    return _made_of(_JSON, text)


def fits_rust(text: str) -> bool:
    """Say whether the regular expressions of Rust read the text as it is meant."""
    return _made_of(_RUST, text)


def fits_sql(text: str) -> bool:
    """Say whether PostgreSQL reads the text as it is meant."""
    return _made_of(_POSTGRES, text, POSTGRES_COUNTS_TO)


def _made_of(token: re.Pattern[str], text: str, most: int | None = None) -> bool:
    position = 0
    while position < len(text):
        found = token.match(text, position)
        if found is None:
            return False
        counts = [int(count) for count in (found["low"], found["high"]) if count]
        if most is not None and max(counts, default=0) > most:
            return False
        position = found.end()
    return True
