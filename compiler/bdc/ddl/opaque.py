"""A statement of hand-written SQL → the object that it makes: enough to know it again, to order it, and to take it back."""

import re

from bdc.ddl.nodes import Object
from bdc.ddl.script import first_word_on

_NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)(?:\s*\.\s*(?:"(?:[^"]|"")+"|[\w$]+))?'
_EXISTS = r"(?:if\s+not\s+exists\s+)?"
_PLAIN = (
    "extension|schema|type|domain|sequence|collation|statistics|event trigger|publication|server|foreign table"
    "|text search configuration|text search dictionary"
)
_KINDS = (
    (rf"create\s+(?P<kind>{_PLAIN.replace(' ', chr(92) + 's+')})\s+{_EXISTS}(?P<name>{_NAME})", "{kind} {name}"),
    (rf"create\s+(?:or\s+replace\s+)?(?P<kind>function|procedure|aggregate)\s+(?P<name>{_NAME})\s*(?P<arguments>\()", "{kind} {name}"),
    (rf"create\s+(?:or\s+replace\s+)?(?:recursive\s+)?(?P<kind>view)\s+(?P<name>{_NAME})", "{kind} {name}"),
    (rf"create\s+(?P<kind>materialized\s+view)\s+{_EXISTS}(?P<name>{_NAME})", "{kind} {name}"),
    (rf"create\s+(?:unlogged\s+)?(?P<kind>table)\s+{_EXISTS}(?P<name>{_NAME})", "{kind} {name}"),
    (rf"create\s+(?:unique\s+)?(?P<kind>index)\s+(?:concurrently\s+)?{_EXISTS}(?P<name>{_NAME})\s+on\s+(?:only\s+)?(?P<table>{_NAME})", "{kind} {name}"),
    (
        rf"create\s+(?:or\s+replace\s+)?(?:constraint\s+)?(?P<kind>trigger|policy|rule)\s+(?P<name>{_NAME})\b.*?\bon\s+(?P<table>{_NAME})",
        "{kind} {name} on {table}",
    ),
    (rf"alter\s+(?P<kind>table)\s+(?:only\s+)?(?P<table>{_NAME})\s+add\s+constraint\s+(?P<name>{_NAME})", None),
    (r"create\s+(?P<kind>cast)\s+\((?P<name>[^)]*)\)", "{kind} ({name})"),
    (r"create\s+(?P<kind>operator\s+class|operator\s+family|operator)\s+(?P<name>[^\s(]+)", None),
)  # fmt: skip
_PATTERNS = tuple((re.compile(pattern, re.IGNORECASE | re.DOTALL), drop) for pattern, drop in _KINDS)
_BLANKS = re.compile(r"\s+")


def object_of(statement: str) -> Object:
    """Return the statement as an object. What makes no object that can be told apart (GRANT, ALTER, DO …) is a `statement` whose key
    is its text, and nothing takes it back."""
    text = first_word_on(statement)
    for pattern, drop in _PATTERNS:
        found = pattern.match(text)
        if found is not None:
            return _made(statement, found, drop)
    return Object("statement", _BLANKS.sub(" ", text).strip(), statement)


def _made(statement: str, found: "re.Match[str]", drop: str | None) -> Object:
    parts = {key: _BLANKS.sub(" ", value) for key, value in found.groupdict().items() if value is not None}
    kind = parts["kind"].lower()
    name = parts["name"]
    if "arguments" in parts:
        name += _arguments(found.string, found.start("arguments"))
    table = f" on {parts['table']}" if "table" in parts and kind in ("trigger", "policy", "rule") else ""
    if drop is None and kind == "table":
        owner = parts["table"]
        return Object(
            "constraint", f"{owner}.{name}", statement, f"alter table {owner} drop constraint {name}"
        )
    taken_back = None if drop is None else f"drop {kind} {name}{table}"
    return Object(kind, name + table, statement, taken_back)


def _arguments(text: str, at: int) -> str:
    """The parenthesised arguments, without their defaults: PostgreSQL takes names and modes of them when it drops."""
    depth = 0
    for end in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        if depth == 0:
            break
    inside = re.sub(
        r"\s+(?:default\s+|=)\s*(?:'(?:[^']|'')*'|[^,()]|\([^()]*\))*", "", text[at + 1 : end], flags=re.I
    )
    return f"({_BLANKS.sub(' ', inside).strip()})"
