"""The shape of values inside a column: what a jsonb column of a struct holds, and which values a list of an enum has.

PostgreSQL knows nothing of it, so a state that is read from a server has no shapes; a state that is made from a specification has them,
and its hash changes when a shape does.
"""

from typing import Literal

from bdc.catalog.base import Object


class ScalarShape(Object):
    """`json`: how JSON writes a value. `type`: the SQL type of its text; `condition`: SQL over VALUE, of that type, beyond the type."""

    json_type: Literal["string", "number", "boolean"]
    type: str
    condition: str | None = None


class EnumShape(Object):
    """`name`: in the specification; `labels`: the stored values."""

    name: str
    labels: tuple[str, ...]


class MemberShape(Object):
    name: str
    shape: "Shape"
    nullable: bool = False


class StructShape(Object):
    """An object. `name`: of the struct in the specification."""

    name: str
    members: tuple[MemberShape, ...]

    def find(self, name: str) -> MemberShape | None:
        return next((each for each in self.members if each.name == name), None)


class ListShape(Object):
    """`native`: an array of PostgreSQL and not of JSON."""

    item: "Shape"
    native: bool = False


class RecursiveShape(Object):
    """A struct inside itself: the nearest one around it that is called `name`."""

    name: str


class AnyShape(Object):
    """Any JSON value."""


class SealedShape(Object):
    """Text that only the keys of the service open. `place`: `table.column`, which it is bound to."""

    place: str


# Told from each other by what they have: members with their usual value are not written down, so no word could say it.
Shape = ScalarShape | EnumShape | StructShape | ListShape | RecursiveShape | SealedShape | AnyShape
