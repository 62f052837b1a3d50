"""What an import of a document shares: names in the specification, and how a schema is said there."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from bdc.importing.draft import Ledger, Unit
from bdc.importing.names import Unique, type_name, value_name
from bdc.importing.names import field_name as _field_name
from bdc.importing.openapi.place import Place
from bdc.importing.openapi.profile import PLAIN, Outside
from bdc.importing.openapi.shapes import Shape, shape_of

field_name = lru_cache(maxsize=None)(_field_name)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_WORDS = frozenset(
    ["and", "or", "not", "in", "where", "if", "then", "else", "exists", "every", "true", "false", "null"]
)


@dataclass(slots=True)
class ImportContext:
    """`roles`: how each component is said: `entity`, `struct`, `enum`, `alias` or nothing; `said`: under which name; `keys`: the key of an
    entity; `given`: what callers give of a new row, by entity, `unset`: members that are required and that they do not give;
    `related`: members that are other entities, and whether each is a list; `added`: what the document does not say;
    `refers`: entities to which an entity has references, `owners`: entity and key by the name of a member that leads there; `made`: structs and enums of schemas without a name; `values`: structs with the members of an entity; `holds`: structs within
    structs; `outside`: how the api looks."""

    root: Place
    ledger: Ledger
    shapes: dict[str, Shape] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    made: list[Unit] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    names: Unique = field(default_factory=Unique)
    holds: dict[str, set[str]] = field(default_factory=dict)
    by_place: dict[str, str] = field(default_factory=dict)
    given: dict[str, set[str]] = field(default_factory=dict)
    unset: dict[str, list[str]] = field(default_factory=dict)
    related: dict[str, dict[str, bool]] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    refers: dict[str, dict[str, None]] = field(default_factory=dict)
    owners: dict[str, tuple[str, str]] = field(default_factory=dict)
    outside: Outside = PLAIN

    def closes_circle(self, struct: str, member: str) -> bool:
        """Enter that `struct` has a member of the type `member`, unless that would hold `struct` in turn; whether it would."""
        seen, open_ = set(), [member]
        while open_:
            name = open_.pop()
            if name == struct:
                return True
            if name not in seen:
                seen.add(name)
                open_ += self.holds.get(name, ())
        self.holds.setdefault(struct, set()).add(member)
        return False

    def new_type(self, *hints: str) -> str:
        """Return a free name for a type."""
        return self.names.take(type_name("_".join(hints)))


def member_name(wire: str) -> str | None:
    """Return the name of a member, which is the one on the wire; None where that can be no name."""
    return wire if _IDENTIFIER.match(wire) and wire not in _WORDS and not wire.startswith("__") else None


def component_shapes(root: Place) -> dict[str, Shape]:
    """Return the shapes of all components that are schemas."""
    return {name: shape_of(place) for name, place in (root / "components" / "schemas").members()}


__all__ = ["ImportContext", "component_shapes", "field_name", "member_name", "type_name", "value_name"]
