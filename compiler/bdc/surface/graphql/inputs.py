"""What comes in: filters and sort orders from the whitelists, inputs of create and update, structs as inputs."""

from collections.abc import Iterable, Iterator

from bdc.ir import (
    CollectionField,
    Entity,
    InputMember,
    InputShape,
    ReferenceField,
    Resource,
    StructDecl,
)
from bdc.naming.casing import pascal, snake
from bdc.naming.graphql import enum_value, field_name, public, reference_name
from bdc.naming.references import key_member
from bdc.surface.filters import Asked, asked, at_end
from bdc.surface.graphql.scalars import Types
from bdc.surface.graphql.tree import (
    EnumType,
    EnumValue,
    InputField,
    InputType,
    ListOf,
    Named,
    TypeRef,
    base_name,
    optional,
)
from bdc.surface.members import linked_type

_RANGE = frozenset({"gt", "gte", "lt", "lte"})
_OPERATOR_DOCS = {
    "eq": "Equal to this.",
    "ne": "Not equal to this.",
    "in": "Equal to one of these.",
    "gt": "After this.",
    "gte": "This or after.",
    "lt": "Before this.",
    "lte": "This or before.",
    "contains": "Has this inside.",
    "startswith": "Begins with this.",
    "isnull": "Whether there is no value.",
}


class FilterTypes:
    """The filter inputs that fields of all resources share: one per type and set of operators."""

    def __init__(self) -> None:
        self._operators: dict[str, tuple[str, ...]] = {}
        self._types: dict[str, InputType] = {}

    def named(self, value: TypeRef, operators: tuple[str, ...]) -> str:
        """Return the name of the input for `value` with `operators`, making it when it is new."""
        name = base_name(value) + ("RangeFilter" if _RANGE & set(operators) else "Filter")
        if self._operators.get(name, operators) != operators:
            name = name.removesuffix("Filter") + "".join(map(pascal, operators)) + "Filter"
        if name not in self._types:
            self._operators[name] = operators
            self._types[name] = InputType(name, tuple(_operator(value, operator) for operator in operators))
        return name

    def types(self) -> tuple[InputType, ...]:
        """Return all that were asked for, by name."""
        return tuple(self._types[name] for name in sorted(self._types))


def _operator(value: TypeRef, operator: str) -> InputField:
    if operator == "isnull":
        value = Named("Boolean")
    type_ = ListOf(value, nullable=True) if operator == "in" else optional(value)
    return InputField(operator, operator, type_, _OPERATOR_DOCS.get(operator, ""))


def filter_input(types: Types, resource: Resource, shared: FilterTypes) -> InputType | None:
    """Return `OrderFilter`, or None when nothing may be filtered."""
    if not resource.filters:
        return None
    fields = tuple(
        _filter_field(types, asked(types.system, resource, filter_), shared) for filter_ in resource.filters
    )
    name = f"{types.name(resource.entity)}Filter"
    taken = {field.name for field in fields}
    combined = (field for field in _combinations(name) if field.name not in taken)
    return InputType(name, (*fields, *combined), "All that is given must hold.")


def _combinations(name: str) -> Iterator[InputField]:
    """Yield what combines filters of one list. No field of the language can be called so; only `@graphql` can call one so."""
    several = ListOf(Named(name), nullable=True)
    yield InputField("and", "and", several, "All of these hold.")
    yield InputField("or", "or", several, "At least one of these holds.")
    yield InputField("not", "not", Named(name, nullable=True), "This does not hold.")


def _filter_field(types: Types, found: Asked, shared: FilterTypes) -> InputField:
    field, declared, system = found.field, found.declared, types.system
    name = field_name(field.name, field.graphql)
    source = declared.path if declared.via else field.member
    match field:
        case ReferenceField():
            name = reference_name(field.name, field.graphql)
            value = types.key(system.entity(field.target))
        case CollectionField():
            value = types.key(system.entity(field.target))
        case _:
            is_key = found.entity.key == (field.name,)
            value = types.key(found.entity) if is_key else types.of(found.type, False)
    if declared.called is not None:
        name = field_name(declared.called)
    elif declared.via:
        name = field_name("_".join((*declared.via, snake(name))))
    type_ = Named(shared.named(value, declared.operators), nullable=True)
    return InputField(name, source, type_, field.doc)


def sort_enum(types: Types, resource: Resource) -> EnumType | None:
    """Return `OrderSort`, or None when rows come in one order only."""
    if not resource.sorts:
        return None
    values = tuple(value for path in resource.sorts for value in _both_ways(types, resource, path))
    return EnumType(f"{types.name(resource.entity)}Sort", values)


def _both_ways(types: Types, resource: Resource, path: str) -> tuple[EnumValue, EnumValue]:
    *via, name = path.split(".")
    given = at_end(types.system, resource.entity, path).field(name).graphql
    called = "_".join((*via, snake(given) if given else name))
    ascending, descending = sort_values(called, given if not via else None)
    return EnumValue(ascending, path), EnumValue(descending, f"-{path}")


def sort_values(name: str, given: str | None) -> tuple[str, str]:
    """Return the values of a sort enum for a field, upwards and downwards; `given`: what `@graphql` calls it."""
    upper = enum_value((snake(given) if given else name).upper())
    return public(f"{upper}_ASC"), public(f"{upper}_DESC")


def shape_inputs(
    types: Types, entity: str, shape: InputShape, name: str, *, partial: bool
) -> tuple[InputType, ...]:
    """Return the input `<name>Input` and those nested in it, outermost last. `partial`: everything may be left out."""
    found: list[InputType] = []
    fields: list[InputField] = []
    for member in shape.members:
        fields.append(_input_field(types, types.system.entity(entity), member, name, found, partial))
    return (*found, InputType(f"{name}Input", tuple(fields)))


def _input_field(
    types: Types, entity: Entity, member: InputMember, name: str, found: list[InputType], partial: bool
) -> InputField:
    field = entity.field(member.field)
    nullable = partial or not member.required
    source, called, system = field.name, field_name(field.name, field.graphql), types.system
    if isinstance(field, ReferenceField):
        source, called = key_member(field.name), reference_name(field.name, field.graphql)
        type_ = types.key(system.entity(field.target), nullable)
    elif isinstance(field, CollectionField):
        type_ = ListOf(_linked(types, field, member), nullable)
        if member.called is not None:
            source, called = member.called, field_name(member.called)
        if member.nested is not None:
            nested = f"{name}{pascal(field.graphql or field.name)}"
            found.extend(shape_inputs(types, field.target, member.nested, nested, partial=False))
            type_ = ListOf(Named(f"{nested}Input"), nullable)
    else:
        type_ = types.of(field.type, nullable, input_=True)
    return InputField(called, source, type_, field.doc, None if not nullable else field.deprecated)


def _linked(types: Types, field: CollectionField, member: InputMember) -> TypeRef:
    """Return the type of a value that names a row of the far side."""
    target = types.system.entity(field.target)
    if member.by is None or target.key == (member.by,):
        return types.key(target)
    return types.of(linked_type(types.system, field, member), False, input_=True)


def struct_input(types: Types, struct: StructDecl) -> InputType:
    """Return `AddressInput`."""
    fields = tuple(
        InputField(
            field_name(part.name, part.graphql),
            part.name,
            types.of(part.type, part.nullable or part.default is not None, input_=True),
            part.doc,
        )
        for part in struct.fields
    )
    return InputType(f"{types.name(struct.name)}Input", fields, struct.doc)


def mentioned(inputs: Iterable[InputType]) -> Iterator[str]:
    """Yield the names of all types that `inputs` use."""
    for input_ in inputs:
        for field in input_.fields:
            yield base_name(field.type)
