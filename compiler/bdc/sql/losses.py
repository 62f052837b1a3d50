"""What a statement takes away that holds values."""

import re
from collections.abc import Iterator
from typing import Literal

from bdc.sql.written import NotRead, Part, statements

Loss = Literal["table", "column", "row", "dependent"]
# Most statements of a plan take nothing away; only the others are given to the parser.
_MAYBE = re.compile(r"\b(?:drop|truncate|delete)\b", re.IGNORECASE)


def losses(text: str) -> Iterator[Loss]:
    """Yield a table, a column or rows that `text` removes; `dependent` for what CASCADE takes along. Bodies of functions are text."""
    if not _MAYBE.search(text):
        return
    try:
        parts = statements(text)
    except NotRead:
        return
    for part in parts:
        yield from _of(part)


def _of(part: Part) -> Iterator[Loss]:
    match part.kind:
        case "DropStmt":
            if part.word("remove_type") == "OBJECT_TABLE":
                yield "table"
            if part.word("behavior") == "DROP_CASCADE":
                yield "dependent"
        case "TruncateStmt" | "DeleteStmt":
            yield "row"
        case "AlterTableStmt":
            for each in part.nodes("cmds"):
                if each.word("subtype") == "AT_DropColumn":
                    yield "column"
                if each.word("behavior") == "DROP_CASCADE":
                    yield "dependent"
