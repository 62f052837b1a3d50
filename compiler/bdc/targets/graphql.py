"""GraphQL: types of the schema, fields of the roots, members of types and arguments have names of their own; there is something to query."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from bdc.diagnostics import Fact
from bdc.ir import Api, SystemIR
from bdc.source import Span
from bdc.surface.graphql.outline import outline
from bdc.surface.graphql.scalars import Types
from bdc.surface.graphql.tree import (
    Argument,
    Call,
    EnumType,
    Field,
    Get,
    InputField,
    InputType,
    ObjectType,
    Page,
    ResourceTypes,
    Schema,
)
from bdc.surface.names import surface_names
from bdc.targets.facts import GraphqlNameClash, NothingToQuery, Thing
from bdc.targets.places import Places

_HELP = 'give one of them another name: `@graphql("otherName")`'
_TYPE_HELP = 'give one of them another name: `@graphql("OtherName")` at its declaration'
Named = tuple[str, Thing]


def graphql_clashes(places: Places, system: SystemIR) -> Iterator[Fact]:
    """Yield what would be called the same in the schema of an api, and the apis whose schema would have no query."""
    seen: set[tuple[Span, Span]] = set()
    for api in (each for each in system.apis if each.graphql is not None):
        found = _Clashes(places, system, api)
        if not found.has_queries:
            yield NothingToQuery(api.name, places.api(api.name))
        for clash in found.all():
            pair = clash.first.span, clash.second.span  # fields that clash in a type clash in its inputs too
            if pair not in seen:
                seen.add(pair)
                yield clash


class _Clashes:
    """Looks through the schema of one api."""

    def __init__(self, places: Places, system: SystemIR, api: Api) -> None:
        self._places = places
        self._system = system
        self._api = api
        self._schema: Schema = outline(system, api)
        self._declared = Types(system).declared
        self._operations = {called: key for key, called in surface_names(system).operations.items()}

    @property
    def has_queries(self) -> bool:
        return bool(self._schema.declared_queries or self._schema.relay_queries)

    def all(self) -> Iterator[GraphqlNameClash]:
        schema = self._schema
        yield from _equal("type", self._types(), _TYPE_HELP)
        yield from _equal("query", [*self._relay(), *map(self._root, schema.declared_queries)], _HELP)
        yield from _equal("mutation", map(self._root, schema.declared_mutations), _HELP)
        for type_ in (*schema.structs, *schema.objects):
            yield from self._actions(type_) if type_.can else self._members(type_.name, type_.fields)
        for resource in schema.resources:
            for input_ in resource.inputs:
                yield from self._inputs(resource, input_)
            for enum in resource.enums:
                yield from self._orders(resource, enum)
        for input_ in schema.shared_inputs:
            declared = input_.name.removesuffix("Input")
            if declared in self._declared and declared != input_.name:
                yield from self._members(declared, input_.fields)
        for field in (*schema.declared_queries, *schema.declared_mutations):
            yield from _equal(f"argument of `{field.name}`", self._arguments(field), _HELP)

    def _relay(self) -> list[Named]:
        """Return the fields of the root that find rows by global ids."""
        span = self._places.api(self._api.name)
        return [(each.name, Thing("`relay: true`", span)) for each in self._schema.relay_queries]

    def _types(self) -> Iterator[Named]:
        """Yield what follows from the schema itself before what was declared: the declaration is what can be changed."""
        schema = self._schema
        for interface in schema.interfaces:
            yield interface.name, Thing("`relay: true`", self._places.api(self._api.name))
        for input_ in schema.shared_inputs:
            yield input_.name, self._shared_input(input_)
        for enum in schema.enums:
            yield enum.name, self._declaration("enum", enum.name)
        for struct in schema.structs:
            yield struct.name, self._can(struct) or self._declaration("struct", struct.name)
        for object_ in schema.objects:
            yield object_.name, self._object(object_)
        for resource in schema.resources:
            span = self._places.resource(resource.entity)
            for input_ in resource.inputs:
                yield input_.name, Thing(f"an input of resource `{resource.entity}`", span)
            for enum in resource.enums:
                yield enum.name, Thing(f"the orders of resource `{resource.entity}`", span)

    def _can(self, type_: ObjectType) -> Thing | None:
        """Return what a type of `_can` is of; None for a value object."""
        return (
            Thing(f"`_can` of resource `{type_.can}`", self._places.resource(type_.can))
            if type_.can
            else None
        )

    def _actions(self, type_: ObjectType) -> Iterator[GraphqlNameClash]:
        span = self._places.resource(type_.can)
        named = [(each.name, Thing(f"`{each.source}`", span)) for each in type_.fields]
        yield from _equal(f"field of `{type_.name}`", named, _HELP)

    def _declaration(self, kind: str, name: str) -> Thing:
        declared = self._declared[name]
        return Thing(f"{kind} `{declared}`", self._places.type(declared))

    def _object(self, type_: ObjectType) -> Thing:
        if type_.entity is not None:
            return self._declaration("entity", type_.name)
        if (entity := self._lists.get(type_.name)) is not None:
            return Thing(f"the list of resource `{entity}`", self._places.resource(entity))
        return Thing("the pages of lists", self._places.api(self._api.name))

    @cached_property
    def _lists(self) -> dict[str, str]:
        """The types of pages, and the entity whose rows they hold."""
        listed = {each.entity for each in self._schema.resources}
        rows: dict[str, str] = {}
        for each in self._schema.objects:
            if each.entity in listed:
                rows.setdefault(each.entity, each.name)
        found: dict[str, str] = {}
        for entity, row in rows.items():
            found.setdefault(f"{row}Edge", entity)
            found.setdefault(f"{row}Connection", entity)
        return found

    def _shared_input(self, input_: InputType) -> Thing:
        declared = input_.name.removesuffix("Input")
        if declared != input_.name and declared in self._declared:
            return Thing(
                f"the input of struct `{self._declared[declared]}`", self._declaration("", declared).span
            )
        return Thing("filters of a type, which resources share", self._places.api(self._api.name))

    def _root(self, field: Field) -> Named:
        match field.meaning:
            case Get(entity=entity) | Page(entity=entity):
                verb = "get" if isinstance(field.meaning, Get) else "list"
                return field.name, Thing(f"`{verb}` of resource `{entity}`", self._places.resource(entity))
            case Call(operation=called):
                entity_, name = self._operations[called]
                return field.name, self._operation(entity_, name, field.meaning.verb)
        raise TypeError(field.name)

    def _operation(self, entity: str | None, name: str, verb: str) -> Thing:
        if verb in ("create", "update", "delete"):
            assert entity is not None
            return Thing(f"`{name}` of resource `{entity}`", self._places.resource(entity))
        full = f"{entity}.{name}" if entity else name
        return Thing(f"operation `{full}`", self._places.operation(entity, name).span)

    def _members(self, type_: str, fields: Iterable[Field | InputField]) -> Iterator[GraphqlNameClash]:
        declared = self._declared.get(type_)
        if declared is None:
            return
        found = [(each.name, self._member(declared, each.source)) for each in fields]
        yield from _equal(f"field of `{declared}`", found, _HELP)

    def _member(self, type_: str, source: str) -> Thing:
        return Thing(f"`{source}`", self._places.member(type_, source))

    def _inputs(self, resource: ResourceTypes, input_: InputType) -> Iterator[GraphqlNameClash]:
        """Nested rows are of another entity: their fields were looked at with its own type where it has one."""
        found = [(each.name, self._input_member(resource.entity, each)) for each in input_.fields]
        yield from _equal(f"field of `{input_.name}`", found, _HELP)

    def _input_member(self, entity: str, field: InputField) -> Thing:
        span: Span = self._places.resource(entity)
        known = {each.name for each in self._system.entity(entity).fields}
        if {field.source, field.source.removesuffix("_id")} & known:
            span = self._places.member(entity, field.source)
        return Thing(f"`{field.source}`", span)

    def _orders(self, resource: ResourceTypes, enum: EnumType) -> Iterator[GraphqlNameClash]:
        found = [
            (each.name, self._sorted(resource.entity, each.source.removeprefix("-"))) for each in enum.values
        ]
        yield from _equal(f"order of `{resource.entity}`", found, _HELP)

    def _sorted(self, entity: str, path: str) -> Thing:
        owner, _, name = path.rpartition(".")
        span = self._places.resource(entity) if owner else self._places.member(entity, name)
        return Thing(f"`{path}`", span)

    def _arguments(self, field: Field) -> Iterator[Named]:
        entity, name = None, ""
        if isinstance(field.meaning, Call):
            entity, name = self._operations[field.meaning.operation]
        custom = isinstance(field.meaning, Call) and field.meaning.verb in ("custom", "call")
        for argument in field.arguments:
            yield argument.name, self._argument(entity, name, argument, custom=custom)

    def _argument(self, entity: str | None, name: str, argument: Argument, *, custom: bool) -> Thing:
        if custom:
            operation = self._places.operation(entity, name)
            entry = next((each for each in operation.parameters if each.name == argument.source), None)
            span = entry.span if entry is not None else operation.span
        else:
            span = self._places.resource(entity) if entity else self._places.api(self._api.name)
        return Thing(f"`{argument.source}`", span)


def _equal(kind: str, named: Iterable[Named], help_: str) -> Iterator[GraphqlNameClash]:
    """Yield each name that stands for a second thing."""
    seen: dict[str, Thing] = {}
    for name, thing in named:
        first = seen.setdefault(name, thing)
        if first is not thing:
            yield GraphqlNameClash(kind, name, first, thing, help_)
