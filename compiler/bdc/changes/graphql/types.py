"""Types: which there are, and what kind each is."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.graphql.earlier import EarlierNames
from bdc.changes.graphql.fields import Origins, compare_inputs, compare_objects
from bdc.changes.sides import Sides, match
from bdc.surface.graphql.tree import EnumType, InputType, ObjectType, Schema

_KEEP = "Keep it, marked `@deprecated`, until no client asks for it."
AnyType = ObjectType | InputType | EnumType


def compare_schemas(sides: Sides, old: Schema, new: Schema) -> Iterator[Change]:
    """Yield how two schemas differ."""
    before, after = _types(old), _types(new)
    names = EarlierNames(sides, new, before)
    origins = Origins(sides)
    found = match(
        before.values(), after.values(), lambda type_: type_.name, lambda type_: names.type(type_.name)
    )
    for gone in found.removed:
        yield Change("graphql.type-removed", gone.name, f"the type {gone.name} is gone", _KEEP)
    for name in old.scalars:
        if name not in new.scalars:
            yield Change("graphql.type-removed", name, f"the scalar {name} is gone")
    for added in found.added:
        message = f"the type {added.name} is new"
        yield Change("graphql.type-added", added.name, message, origin=origins.of(added.name))
    for was, now in found.both:
        if was.name != now.name:
            message = f"the type {was.name} is called {now.name}"
            cause = names.cause_of_type(now.name)
            yield Change("graphql.type-renamed", was.name, message, origin=origins.of(now.name), cause=cause)
        if was != now:
            yield from _compare(was, now, names, origins)


def _types(schema: Schema) -> dict[str, AnyType]:
    found: list[AnyType] = [*schema.objects, *schema.values, *schema.inputs, *schema.all_enums]
    found += [ObjectType("Query", schema.queries), ObjectType("Mutation", schema.mutations)]
    return {type_.name: type_ for type_ in found}


def _compare(old: AnyType, new: AnyType, names: EarlierNames, origins: Origins) -> Iterator[Change]:
    if isinstance(old, ObjectType) and isinstance(new, ObjectType):
        yield from compare_objects(old, new, names, origins)
    elif isinstance(old, InputType) and isinstance(new, InputType):
        yield from compare_inputs(old, new, names, origins)
    elif isinstance(old, EnumType) and isinstance(new, EnumType):
        yield from _values(old, new, names, origins)
    else:
        message = f"{new.name} is {_kind(new)} instead of {_kind(old)}"
        yield Change("graphql.type-kind-changed", new.name, message, origin=origins.of(new.name))


def _kind(type_: AnyType) -> str:
    return {ObjectType: "an object", InputType: "an input", EnumType: "an enum"}[type(type_)]


def _values(old: EnumType, new: EnumType, names: EarlierNames, origins: Origins) -> Iterator[Change]:
    found = match(old.values, new.values, lambda value: value.name, names.value(new.name))
    origin = origins.of(new.name)
    for gone in found.removed:
        place = f"{old.name}.{gone.name}"
        yield Change("graphql.value-removed", place, f"{place} is gone", _KEEP, origin)
    for added in found.added:
        place = f"{new.name}.{added.name}"
        yield Change("graphql.value-added", place, f"{place} is new", origin=origin)
    for was, now in found.both:
        if was.name != now.name:
            place = f"{old.name}.{was.name}"
            message = f"{place} is called {now.name}"
            cause = names.cause_of_value(new.name, now)
            yield Change("graphql.value-renamed", place, message, _KEEP, origin, cause=cause)
