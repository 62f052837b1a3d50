"""Values that the system works out or sets: computed fields, defaults, stamps, encryption."""

from collections.abc import Iterator
from typing import Literal

from bdc.changes.behaviour.pairs import EntityPair, entity_pairs, field_pairs, same_expr
from bdc.changes.change import Change
from bdc.changes.sides import Sides
from bdc.ir import (
    ComputedField,
    EntityField,
    Expr,
    InputMember,
    InputShape,
    ReferenceField,
    ScalarField,
    SystemIR,
)
from bdc.policy.expression_text import in_words

_ENCRYPT = (
    "Roll the new version out everywhere before the contract: only then all rows are encrypted, and "
    "the version that runs now shows the encrypted text of what the new one writes."
)


def field_changes(sides: Sides) -> Iterator[Change]:
    """Yield what fields hold otherwise, by themselves."""
    given = _given(sides.old, "create") & _given(sides.new, "create")
    changed = _given(sides.old, "update") | _given(sides.new, "update")
    for pair in entity_pairs(sides):
        for old, new in field_pairs(sides, pair):
            named = (pair.new.name, new.name)
            yield from _field(sides, pair, old, new, named in given)
            if named not in changed:
                yield from _immutable(pair, old, new)


def _immutable(pair: EntityPair, old: EntityField, new: EntityField) -> Iterator[Change]:
    """What no update of an api takes may be changed by operations, handlers and SQL."""
    if getattr(old, "immutable", False) == getattr(new, "immutable", False):
        return
    place = f"{pair.new.name}.{new.name}"
    if getattr(new, "immutable", False):
        message = f"{place} can no longer be changed once it is written: operations and SQL that change it are refused"
        yield Change("behaviour.immutable-added", place, message, origin=new.origin)
    else:
        message = f"{place} may be changed after it is written"
        yield Change("behaviour.immutable-removed", place, message, origin=new.origin)


def _given(system: SystemIR, verb: Literal["create", "update"]) -> set[tuple[str, str]]:
    """The fields that a create or an update takes: what is said about them stands there."""

    def members(entity: str, shape: InputShape | None) -> Iterator[tuple[str, str]]:
        for member in shape.members if shape else ():
            yield entity, member.field
            yield from nested(entity, member)

    def nested(entity: str, member: InputMember) -> Iterator[tuple[str, str]]:
        if member.nested is not None:
            target: str = getattr(system.entity(entity).field(member.field), "target", entity)
            yield from members(target, member.nested)

    return {
        found
        for api in system.apis
        for resource in api.resources
        for found in members(resource.entity, resource.create if verb == "create" else resource.update)
    }


def _field(
    sides: Sides, pair: EntityPair, old: EntityField, new: EntityField, given: bool
) -> Iterator[Change]:
    place = f"{pair.new.name}.{new.name}"
    if isinstance(old, ComputedField) and isinstance(new, ComputedField):
        if not same_expr(old.expr, new.expr, sides.renames):
            message = f"{place} is `{in_words(new.expr)}` instead of `{in_words(old.expr)}`"
            remedy = "Add a field of another name beside it where clients rely on the old value."
            yield Change("behaviour.computed-changed", place, message, remedy, new.origin)
        return
    if not (isinstance(old, ScalarField) and isinstance(new, ScalarField)):
        if isinstance(old, ReferenceField) and isinstance(new, ReferenceField):
            yield from _default(sides, place, old, new, given)
        if type(old) is not type(new):
            message = f"{place} is {_kind(new)} instead of {_kind(old)}"
            yield Change("behaviour.field-kind-changed", place, message, origin=new.origin)
        return
    yield from _encryption(place, old, new)
    yield from _default(sides, place, old, new, given)
    if old.stamp != new.stamp:
        message = f"the system sets {place} {_stamp(new)} instead of {_stamp(old)}"
        yield Change("behaviour.stamp-changed", place, message, origin=new.origin)
    if old.pii != new.pii:
        verb = "is treated as personal data" if new.pii else "is no longer treated as personal data"
        message = f"{place} {verb} in the audit trail, in logs and in documents"
        yield Change("behaviour.personal-data-changed", place, message, origin=new.origin)
    if old.numbered != new.numbered:
        message = f"the database {'gives' if new.numbered else 'no longer gives'} {place} its number"
        yield Change("behaviour.default-changed", f"{place} number", message, origin=new.origin)


def _default(
    sides: Sides,
    place: str,
    old: ScalarField | ReferenceField,
    new: ScalarField | ReferenceField,
    given: bool,
) -> Iterator[Change]:
    if not given and not same_expr(old.default, new.default, sides.renames):
        message = f"{place} is {_words(new.default)} in a new row, and was {_words(old.default)}"
        yield Change("behaviour.default-changed", place, message, origin=new.origin)


def _encryption(place: str, old: ScalarField, new: ScalarField) -> Iterator[Change]:
    if new.encrypted and not old.encrypted:
        message = f"{place} is encrypted: old rows are plain text until the contract, and events and SQL no longer see it"
        yield Change("behaviour.encryption-added", place, message, _ENCRYPT, new.origin)
    if old.encrypted and not new.encrypted:
        message = f"{place} is no longer encrypted: rows that are there hold encrypted text, and new ones plain text"
        remedy = "Add a field beside it, and copy the values with a handler."
        yield Change("behaviour.encryption-removed", place, message, remedy, new.origin)


def _words(expr: Expr | None) -> str:
    return f"`{in_words(expr)}`" if expr is not None else "without a default"


def _stamp(field: ScalarField) -> str:
    return f"as {field.stamp.value}" if field.stamp else "to nothing"


def _kind(field: EntityField) -> str:
    return {
        "scalar": "a value",
        "reference": "a reference",
        "collection": "a collection",
        "computed": "computed",
    }[field.kind]
