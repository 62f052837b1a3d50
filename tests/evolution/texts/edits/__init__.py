"""The kinds of change of a specification, by name. `BUILDING` are those that only add: a start is made of them too."""

from collections.abc import Callable

from tests.evolution.texts.edits import entities, enums, fields, parts, rules, views
from tests.evolution.texts.writing import Writing

EDITS: dict[str, Callable[[Writing], bool]] = {
    name: found
    for room in (entities, fields, enums, parts, rules, views)
    for name, found in vars(room).items()
    if name in room.__all__
}
BUILDING = tuple(sorted(name for name in EDITS if name.startswith("add_")))
