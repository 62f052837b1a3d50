"""Fields of objects and inputs, and their arguments."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.graphql.earlier import EarlierNames
from bdc.changes.graphql.fits import misfit, words
from bdc.changes.shapes import readable
from bdc.changes.sides import Sides, match
from bdc.ir import Origin
from bdc.naming.references import key_member
from bdc.surface.graphql.tree import Argument, Field, InputType, Many, ObjectType, Page

_KEEP = "Keep it, marked `@deprecated`, until no client asks for it."


class Origins:
    """Where types and fields are written, as far as they are written: others follow from something."""

    def __init__(self, sides: Sides) -> None:
        self._places: dict[str, Origin] = {}
        for system in (sides.old, sides.new):
            self._places |= {entity.name: entity.origin for entity in readable(system)}
            self._places |= {struct.name: struct.origin for struct in system.structs}
            self._places |= {enum.name: enum.origin for enum in system.enums}
        self._fields = {entity.name: entity for entity in readable(sides.new)}

    def of(self, type_: str, source: str = "") -> Origin | None:
        entity = self._fields.get(type_)
        for field in entity.fields if entity and source else ():
            if source in (field.name, key_member(field.name)):
                return field.origin
        return self._places.get(type_)


def compare_objects(
    old: ObjectType, new: ObjectType, names: EarlierNames, origins: Origins
) -> Iterator[Change]:
    """Yield how the fields of an object type differ."""
    found = match(old.fields, new.fields, lambda field: field.name, names.field(new.name))
    for gone in found.removed:
        place = f"{old.name}.{gone.name}"
        yield Change("graphql.field-removed", place, f"{place} is gone", _KEEP, origins.of(new.name))
    for added in found.added:
        place = f"{new.name}.{added.name}"
        origin = origins.of(new.name, added.source)
        yield Change("graphql.field-added", place, f"{place} is new", origin=origin)
    for was, now in found.both:
        if was != now:
            yield from _field(new.name, was, now, names, origins.of(new.name, now.source))


def _field(
    parent: str, old: Field, new: Field, names: EarlierNames, origin: Origin | None
) -> Iterator[Change]:
    place = f"{parent}.{new.name}"
    if old.name != new.name:
        message = f"{parent}.{old.name} is called {new.name}"
        cause = names.cause_of_field(parent, new)
        yield Change("graphql.field-renamed", f"{parent}.{old.name}", message, _KEEP, origin, cause=cause)
    difference = misfit(old.type, new.type, names.type, incoming=False)
    if difference:
        message = f"{place} is {words(new.type)} instead of {words(old.type)}"
        yield Change(f"graphql.field-{difference}", place, message, origin=origin)
    if new.deprecated and not old.deprecated:
        message = f"{place} is deprecated: {new.deprecated}"
        yield Change("graphql.field-deprecated", place, message, origin=origin)
    yield from _page(place, old, new, origin)
    yield from _arguments(place, old, new, names, origin)


def _page(place: str, old: Field, new: Field, origin: Origin | None) -> Iterator[Change]:
    if not isinstance(old.meaning, Page | Many) or not isinstance(new.meaning, Page | Many):
        return
    was, now = old.meaning.max, new.meaning.max
    if was != now:
        code = "graphql.page-max-lowered" if now < was else "graphql.page-max-raised"
        message = f"{place} gives at most {now} rows at once instead of {was}"
        yield Change(code, place, message, origin=origin)


def _arguments(
    place: str, old: Field, new: Field, names: EarlierNames, origin: Origin | None
) -> Iterator[Change]:
    found = match(old.arguments, new.arguments, lambda argument: argument.name)
    for gone in found.removed:
        spot = f"{place}({gone.name})"
        yield Change("graphql.argument-removed", spot, f"{spot} is gone", _KEEP, origin)
    for added in found.added:
        needed = not added.type.nullable and added.default is None
        code = "graphql.argument-required" if needed else "graphql.argument-added"
        spot = f"{place}({added.name})"
        yield Change(code, spot, f"{spot} is new{' and must be given' if needed else ''}", origin=origin)
    for was, now in found.both:
        yield from _argument(f"{place}({now.name})", was, now, names, origin)


def _argument(
    place: str, old: Argument, new: Argument, names: EarlierNames, origin: Origin | None
) -> Iterator[Change]:
    difference = misfit(old.type, new.type, names.type, incoming=True)
    if difference:
        message = f"{place} is {words(new.type)} instead of {words(old.type)}"
        yield Change(f"graphql.argument-{difference}", place, message, origin=origin)
    if old.default != new.default:
        message = f"{place} is {new.default} when it is left out, and was {old.default}"
        yield Change("graphql.argument-default-changed", place, message, origin=origin)


def compare_inputs(old: InputType, new: InputType, names: EarlierNames, origins: Origins) -> Iterator[Change]:
    """Yield how the fields of an input differ."""
    found = match(old.fields, new.fields, lambda field: field.name, names.field(new.name))
    origin = origins.of(new.name)
    for gone in found.removed:
        place = f"{old.name}.{gone.name}"
        yield Change("graphql.input-field-removed", place, f"{place} is gone", _KEEP, origin)
    for added in found.added:
        needed = not added.type.nullable
        code = "graphql.input-field-required" if needed else "graphql.input-field-added"
        place = f"{new.name}.{added.name}"
        yield Change(code, place, f"{place} is new{' and must be given' if needed else ''}", origin=origin)
    for was, now in found.both:
        place = f"{old.name}.{was.name}"
        if was.name != now.name:
            message = f"{place} is called {now.name}"
            cause = names.cause_of_field(new.name, now)
            yield Change("graphql.input-field-renamed", place, message, _KEEP, origin, cause=cause)
        difference = misfit(was.type, now.type, names.type, incoming=True)
        if difference:
            message = f"{place} is {words(now.type)} instead of {words(was.type)}"
            yield Change(f"graphql.input-field-{difference}", place, message, origin=origin)
