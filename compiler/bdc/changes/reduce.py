"""Both sides without what no client can see a change of, so that a small change of a large system is compared quickly.

A resource stays out when it says the same on both sides and all that it shows is the same. What is left gives the same changes as
the whole: a law that tests hold.
"""

from collections import Counter
from collections.abc import Iterator

from bdc.changes.dirty import dirty_names, type_name
from bdc.changes.same import same
from bdc.changes.sides import Sides, is_split
from bdc.ir import Api, CollectionField, ExpandNode, InputShape, Operation, Resource, SystemIR, Type
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """`whole`, and `less`: the same without what is quiet. `dirty`: names that do not stand for the same on both sides."""

    whole: Sides
    less: Sides
    dirty: frozenset[str]


def scope_of(sides: Sides) -> Scope:
    """Return the sides with what there may be something to say of."""
    dirty = dirty_names(sides)
    quiet = _Quiet(sides, dirty).found()
    less = Sides(_without(sides.old, quiet), _without(sides.new, quiet), sides.renames)
    return Scope(sides, less, dirty)


Place = tuple[str, str, str, str]  # api, its version, entity (or none) and the path or the name


def _without(system: SystemIR, quiet: frozenset[Place]) -> SystemIR:
    apis = tuple(
        api.model_copy(
            update={
                "resources": tuple(each for each in api.resources if _of_resource(api, each) not in quiet),
                "operations": tuple(each for each in api.operations if _of_operation(api, each) not in quiet),
            }
        )
        for api in system.apis
    )
    return system.model_copy(update={"apis": apis})


def _of_resource(api: Api, resource: Resource) -> Place:
    return (api.name, api.version, resource.entity, resource.path)


def _of_operation(api: Api, operation: Operation) -> Place:
    return (api.name, api.version, "", operation.name)


class _Quiet:
    """Finds what may stay out."""

    def __init__(self, sides: Sides, dirty: frozenset[str]) -> None:
        self._sides = sides
        self._dirty = dirty
        self._resources = tuple(dict(_resources(system)) for system in (sides.old, sides.new))
        self._operations = tuple(dict(_operations(system)) for system in (sides.old, sides.new))
        offered = (Counter(place[2] for place in resources) for resources in self._resources)
        self._offered_once = tuple(offered)

    def found(self) -> frozenset[Place]:
        if not self._same_apis():
            return frozenset()
        resources = (place for place in self._resources[1] if self._is_same(place))
        operations = (place for place in self._operations[1] if self._is_same_operation(place))
        return frozenset((*resources, *operations))

    def _same_apis(self) -> bool:
        """Paths and ids follow from what an api says of itself, and from its place among the others. What a projection shows follows from its
        entity."""
        if is_split(self._sides.old) or is_split(self._sides.new):
            return False
        heads = (
            [(api.name, api.version, api.path) for api in each.apis]
            for each in (self._sides.old, self._sides.new)
        )
        return next(heads) == next(heads)

    def _is_same(self, place: Place) -> bool:
        old, new = (resources.get(place) for resources in self._resources)
        if old is None or new is None or any(offered[place[2]] != 1 for offered in self._offered_once):
            return False
        return same(old, new) and self._dirty.isdisjoint(_names(self._sides.new, new))

    def _is_same_operation(self, place: Place) -> bool:
        old, new = (operations.get(place) for operations in self._operations)
        if old is None or new is None or not same(old, new):
            return False
        return self._dirty.isdisjoint(_signature(new))


def _resources(system: SystemIR) -> Iterator[tuple[Place, Resource]]:
    for api in system.apis:
        for resource in api.resources:
            yield _of_resource(api, resource), resource


def _operations(system: SystemIR) -> Iterator[tuple[Place, Operation]]:
    for api in system.apis:
        for operation in api.operations:
            yield _of_operation(api, operation), operation


def _names(system: SystemIR, resource: Resource) -> set[str]:
    """The entities, and the types of operations, that a resource shows."""
    found = {resource.entity, *_included(system, resource.entity, resource.expand)}
    for shape in (resource.create, resource.update):
        found |= set(_nested(system, resource.entity, shape))
    for operation in resource.custom:
        found |= set(_signature(operation))
    for declared in resource.filters:
        found |= set(_asked(system, resource.entity, declared.path))
    for path in (*resource.sorts, *resource.order):
        found |= set(_asked(system, resource.entity, path.removeprefix("-")))
    return found


def _asked(system: SystemIR, entity: str, path: str) -> Iterator[str]:
    """The entities that the path of a filter or sort leads to."""
    for name in path.split("."):
        target: str | None = getattr(system.entity(entity).field(name), "target", None)
        if target is None:
            return
        yield target
        entity = target


def _included(system: SystemIR, entity: str, nodes: tuple[ExpandNode, ...]) -> Iterator[str]:
    for node in nodes:
        target: str = getattr(system.entity(entity).field(node.field), "target", entity)
        yield target
        yield from _included(system, target, node.children)


def _nested(system: SystemIR, entity: str, shape: InputShape | None) -> Iterator[str]:
    for member in shape.members if shape else ():
        field = system.entity(entity).field(member.field)
        if isinstance(field, CollectionField):
            yield field.target
            yield from _nested(system, field.target, member.nested)


def _signature(operation: Operation) -> Iterator[str]:
    types: list[Type | None] = [parameter.type for parameter in operation.parameters]
    yield from filter(None, map(type_name, (*types, operation.returns)))
