"""Members of JSON as an api writes them: for each object, the name inside, the name outside, and the object that it holds.

What comes in: an api with its profile, and what its rows show. What goes out: named tables that refer to each other, as plain data.
A member that is not in the table of an answer is not answered.
"""

from collections.abc import Iterable, Iterator

from bdc.ir import (
    Api,
    ArrayType,
    CollectionField,
    Entity,
    EntityType,
    ExpandNode,
    ReferenceField,
    Show,
    ShowMember,
    StructType,
    SystemIR,
    Type,
)
from bdc.naming.casing import camel
from bdc.surface.can import CAN, can_of
from bdc.surface.members import Member, read_members
from bdc.surface.nearest import DISTANCE, tells_distance

Table = dict[str, tuple[str, str]]
"""The name inside → the name outside, and the table of what the member holds ('': it is left as it is)."""


class Shapes:
    """The tables of one api, made as they are asked for."""

    def __init__(self, system: SystemIR, api: Api) -> None:
        self._system = system
        self.api = api
        self.tables: dict[str, Table] = {}
        self.always: dict[str, tuple[str, ...]] = {}
        self._expandable = included(system, api)

    def name(self, inside: str) -> str:
        """Return how the api writes a name."""
        profile = self.api.profile
        return camel(inside) if profile is not None and profile.names == "camel" else inside

    def of_type(self, logical: Type | None) -> str:
        """Return the table of a value; '' where it has no members."""
        match logical:
            case ArrayType(item=item):
                return self.of_type(item)
            case StructType(name=name):
                return self._struct(name)
            case EntityType(name=name):
                return self.row(self._system.entity(name))
        return ""

    def row(self, entity: Entity, shown: Show | None = None) -> str:
        """Return the table of a row: all that it has, with what may be included, or what it shows."""
        if shown is not None:
            return self._shown(entity, shown.members, f"{entity.name} {shown.position}", more=entity)
        key = self._key(entity.name)
        if key not in self.tables:
            table = self.tables[key] = {}
            table.update(self._members(read_members(self._system, entity)))
            table.update(self._included(entity, ()))
        return key

    def sent(self, owner: str, members: Iterable[Member]) -> str:
        """Return the table of a body, called after `owner`."""
        key = self._key(f"{owner} body")
        if key not in self.tables:
            table = self.tables[key] = {}
            for member in members:
                inner = self.of_type(member.type)
                if member.nested is not None:
                    inner = self.sent(f"{owner} {member.name}", member.nested)
                table[member.name] = (self.name(member.name), inner)
        return key

    def _struct(self, name: str) -> str:
        key = self._key(f"{name} struct")
        if key not in self.tables:
            table = self.tables[key] = {}
            for field in self._system.struct(name).fields:
                table[field.name] = (self.name(field.name), self.of_type(field.type))
        return key

    def _shown(
        self, entity: Entity, members: tuple[ShowMember, ...], called: str, more: Entity | None = None
    ) -> str:
        key = self._key(called)
        if key in self.tables:
            return key
        table = self.tables[key] = {}
        every = read_members(self._system, entity)
        self.always[key] = tuple(each.field for each in members if each.members is not None)
        for each in members:
            field = entity.field(each.field)
            if each.members is not None and isinstance(field, ReferenceField):
                inner = self._shown(self._system.entity(field.target), each.members, f"{called} {each.field}")
                table[each.field] = (self.name(each.field), inner)
            else:
                table.update(self._members(member for member in every if member.field == each.field))
        if more is not None:
            table.update(self._included(more, tuple(table)))
        return key

    def _members(self, members: Iterable[Member]) -> Iterator[tuple[str, tuple[str, str]]]:
        for member in members:
            yield member.name, (self.name(member.name), self.of_type(member.type))

    def _included(self, entity: Entity, taken: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, str]]]:
        """What a caller may ask to be included in a row."""
        for name in self._expandable.get(entity.name, ()):
            field = entity.field(name)
            if name not in taken and isinstance(field, ReferenceField | CollectionField):
                yield name, (self.name(name), self.row(self._system.entity(field.target)))
        if tells_distance(self._system, entity.name):
            yield DISTANCE, (DISTANCE, "")
        if can_of(self._system, entity.name):
            yield CAN, (CAN, self._can(entity))

    def _can(self, entity: Entity) -> str:
        key = self._key(f"{entity.name} can")
        names = can_of(self._system, entity.name)
        self.tables.setdefault(key, {name: (self.name(name), "") for name in names})
        return key

    def _key(self, called: str) -> str:
        return f"{self.api.name}.{called}"


def included(system: SystemIR, api: Api) -> dict[str, tuple[str, ...]]:
    """Return the relations that rows of each entity may come with because a caller asks for it."""
    found: dict[str, dict[str, None]] = {}

    def enter(entity: str, nodes: Iterable[ExpandNode]) -> None:
        for node in nodes:
            if not node.always:
                found.setdefault(entity, {})[node.field] = None
                enter(getattr(system.entity(entity).field(node.field), "target", entity), node.children)

    for resource in api.resources:
        enter(resource.entity, resource.expand)
    return {entity: tuple(names) for entity, names in found.items()}
