"""SQL written by hand: its `:name` parameters, and whether it yields rows. The text is scanned, never parsed: it is an
escape, and whatever PostgreSQL accepts must pass."""

import re
from collections.abc import Mapping

_SCANNER = re.compile(
    r"""
      (?P<quoted> [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*" )
    | (?P<comment> --[^\n]* | /\*.*?\*/ )
    | (?P<dollar> \$(?P<tag>\w*)\$ .*? \$(?P=tag)\$ )
    | (?P<cast> :: | := )
    | : (?P<name> [A-Za-z_]\w* )
    | (?P<word> [A-Za-z_]\w* )
    """,
    re.VERBOSE | re.DOTALL,
)
_YIELDS = {"select", "values", "table"}
_CHANGES = {"insert", "update", "delete", "merge"}


def with_parameters(sql: str, names: Mapping[str, str]) -> str:
    """Return `sql` with `:name` replaced by `names[name]` wherever it stands in code; other colons are left alone."""

    def replaced(found: re.Match[str]) -> str:
        name = found.group("name")
        return names[name] if name in names else found.group(0)

    return _SCANNER.sub(replaced, sql.strip().rstrip(";").rstrip())


def yields_rows(sql: str) -> bool:
    """Whether a statement has a result: a query, or a change with RETURNING."""
    words = [found.group("word").lower() for found in _SCANNER.finditer(sql) if found.group("word")]
    return "returning" in words or (not _CHANGES & set(words) and bool(_YIELDS & set(words)))
