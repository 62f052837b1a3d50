"""What `dropped sql "…"` lets go, in the words of a plan."""

from collections.abc import Iterator

from bdc.ddl.names import Name
from bdc.plan import Removal
from bdc.plan.hints import Kind, spelled
from bdc.schema.evolution import RemovedSql
from bdc.sql.removed import removed_sql

_HOLDING: dict[str, Kind] = {"table": "table", "view": "view", "sequence": "sequence"}
_TYPES: tuple[Kind, ...] = ("enum", "domain")


def removals_of_sql(fact: RemovedSql) -> Iterator[Removal]:
    """Yield a removal for each object that the text of `fact` can mean; a statement is told by how it begins."""
    found = removed_sql(fact.text)
    if found is None:
        return
    if found.kind == "column":
        yield Removal("column", _name(found.names[:-1]), found.names[-1], fact.archive)
    elif found.kind == "type":
        for kind in _TYPES:
            yield Removal(kind, None, spelled(_name(found.names)), fact.archive)
    elif found.kind in _HOLDING:
        yield Removal(_HOLDING[found.kind], None, spelled(_name(found.names)), fact.archive)
    else:
        yield Removal("other", None, " ".join(fact.text.split()), fact.archive)


def _name(parts: tuple[str, ...]) -> Name:
    *schema, name = parts
    return Name(name, schema[-1] if schema and schema[-1] != "public" else None)
