"""The kinds of change, by name. Each takes a draft, changes it where it can, and says whether it could.

`BUILDING` are those that only add: a start is made of them too.
"""

from collections.abc import Callable

from tests.evolution.draft import Draft
from tests.evolution.edits import (
    access,
    columns,
    constraints,
    enums,
    indexes,
    keys,
    programs,
    tables,
    types,
    views,
)

Edit = Callable[[Draft], bool]
_ROOMS = (tables, columns, types, keys, constraints, indexes, enums, access, programs, views)
EDITS: dict[str, Edit] = {
    name: found for room in _ROOMS for name, found in vars(room).items() if name in room.__all__
}
BUILDING = tuple(sorted(name for name in EDITS if name.startswith("add_")))
