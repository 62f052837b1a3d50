"""Fields that were several columns: a union, with one for each of its arms, and a struct that was embedded."""

import re

from bdc.catalog import Table
from bdc.plan.sql_identifiers import words
from bdc.schema.evolution import Removed

# How the database counts the columns of one field: at most one of a union has a value, all or none of a struct that may be missing.
_COUNTED = re.compile(r"num_nonnulls\(([^()]*)\)")


def columns_of(before: Table | None, gone: Removed) -> set[str]:
    """Return the columns that a dropped field had, where no column had its name: those that a check of the old table counts together,
    or, of one that is said to have been embedded, all that are called after it."""
    names = {column.name for column in before.columns} if before is not None else set()
    if before is None or names & set(gone.names):
        return set()
    called = {name for name in names if name.startswith(f"{gone.names[0]}_")}
    if gone.embedded:
        return called
    counts = [_COUNTED.search(check.condition) for check in before.checks]
    counted = [names & words(found[1]) for found in counts if found is not None]
    return {name for together in counted if together <= called for name in together}
