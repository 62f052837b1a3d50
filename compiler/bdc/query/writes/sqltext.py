"""SQL written by hand as statements of a PL/pgSQL function: parameters by number, WITH that changes data at the top, rows that are
not wanted thrown away.

A text that is no SQL to the parser is PL/pgSQL (the check of the specification lets nothing else pass) and runs as it is.
"""

import re
from collections.abc import Iterator, Mapping

from bdc.sql import SqlSyntaxError, Statement, parse
from bdc.sql.parameters import replace
from bdc.sql.tokens import closed
from bdc.sql.with_clause import CHANGES, changes_in_with, part

ROWS = "q"


def with_parameters(sql: str, names: Mapping[str, str]) -> str:
    """Return `sql` with `:name` replaced by `names[name]` wherever it stands in code; other colons are left alone."""
    return replace(sql.strip().rstrip(";").rstrip(), names).text


def rows(sql: str, columns: str = "") -> tuple[str, str]:
    """Return the WITH (word included) that gives the rows of the one statement `sql`, and the name of these rows."""
    statement = _statements(sql)[0]
    own = closed(sql[: statement.end])
    if not changes_in_with(statement.node):
        return f"WITH {ROWS}{columns} AS ({own})", ROWS
    parted = part(sql, statement)
    name = _fresh(sql)
    return f"WITH {parted.bodies},\n{name}{columns} AS ({closed(parted.main)})", name


def discarded(sql: str, into: str) -> Iterator[str]:
    """Yield statements that run `sql` and keep none of its rows; `into` is a text variable that may be overwritten."""
    statements = _statements(sql)
    if not statements:
        yield sql
    for each in statements:
        yield from _discarded(sql[each.start : each.end] if len(statements) > 1 else sql[: each.end], into)


def _discarded(sql: str, into: str) -> Iterator[str]:
    (statement,) = _statements(sql)
    node = statement.node
    if node.kind == "SelectStmt" and not changes_in_with(node):
        yield f"PERFORM 1 FROM ({closed(sql)}) AS {ROWS}"
    elif node.kind == "SelectStmt" or (node.kind in CHANGES and node.node("returning_clause") is not None):
        given, name = rows(sql)
        yield f"{given} SELECT count(*)::text FROM {name} INTO {into}"
        yield f"{into} := NULL"
    else:
        yield closed(sql)


def _statements(sql: str) -> tuple[Statement, ...]:
    try:
        return parse(sql)
    except SqlSyntaxError:
        return ()


def _fresh(sql: str) -> str:
    """Return a name that the text does not use: WITH RECURSIVE would take it for the rows themselves."""
    name = ROWS
    while re.search(rf"\b{name}\b", sql, re.IGNORECASE):
        name += "_"
    return name
