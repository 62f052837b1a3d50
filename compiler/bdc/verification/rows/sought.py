"""Values that rows have to hold for a proof to say something: those that a migration replaces by others."""

import re

from bdc.plan import Edge
from bdc.verification.rows.filling import Sought

_TEXT = r"'((?:[^']|'')*)'(?:::[\w. \"]+)?"
_IS = re.compile(rf".+? = {_TEXT}")
_HAS = re.compile(rf"{_TEXT} = any \(.+\)")


def sought_values(edge: Edge) -> dict[str, Sought]:
    """Return, by table and column, the values that the batches of a migration look for: `where status = 'placed'`."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for operation in edge.operations:
        batch = operation.batch
        match = (_IS.fullmatch(batch.where) or _HAS.fullmatch(batch.where)) if batch is not None else None
        if batch is None or match is None or len(batch.set) != 1:
            continue
        (column,) = batch.set
        known = found.setdefault(batch.table, {})
        known[column] = tuple(dict.fromkeys((*known.get(column, ()), match[1].replace("''", "'"))))
    return dict(found)
