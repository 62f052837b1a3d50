"""GraphQL documents that do one action to one row, as the emitted schema names things."""

import re
from typing import Any

from bdc.ir import (
    ArrayType,
    Entity,
    EntityType,
    Operation,
    ReferenceField,
    Scalar,
    ScalarField,
    ScalarType,
    StructType,
    SystemIR,
    Type,
)
from bdc.query.surface import Member, input_members, parameter_members

Data = dict[str, Any]


def query_call(system: SystemIR, entity: Entity) -> Data:
    """Return document, answer member and variables' names of `order(id: …)`."""
    name = lower_first(entity.name)
    return _document("query", name, _key_arguments(system, entity), f"{{ {_selection(system, entity)} }}")


def mutation_call(
    system: SystemIR, entity: Entity, action: str, body: Data | None, operation: Operation | None
) -> Data:
    """Return the same for a mutation; `body` is what REST sends for it."""
    keys = _key_arguments(system, entity)
    selection = f"{{ {_selection(system, entity)} }}"
    if action == "create":
        given = _input(system, entity, body or {})
        return _document(
            "mutation",
            f"create{entity.name}",
            {},
            selection,
            {"input": (f"Create{entity.name}Input!", given)},
        )
    if action == "update":
        return _document(
            "mutation",
            f"update{entity.name}",
            keys,
            selection,
            {"input": (f"Update{entity.name}Input!", {})},
        )
    if action == "delete":
        return _document("mutation", f"delete{entity.name}", keys, "")
    arguments = {
        camel(member.name): (_type_name(member), _value(system, member, (body or {})[member.name]))
        for member in (parameter_members(operation) if operation else ())
        if member.name in (body or {})
    }
    returns = "{ __typename }" if operation and _is_object(operation.returns) else ""
    return _document("mutation", f"{camel(action)}{entity.name}", keys, returns, arguments)


def _document(
    kind: str,
    field: str,
    keys: dict[str, tuple[str, str]],
    selection: str,
    more: dict[str, tuple[str, Any]] | None = None,
) -> Data:
    extra = more or {}
    declared = [f"${name}: {type_}!" for name, (_, type_) in keys.items()] + [
        f"${name}: {type_}" for name, (type_, _) in extra.items()
    ]
    passed = [f"{name}: ${name}" for name in (*keys, *extra)]
    head = f"({', '.join(declared)})" if declared else ""
    arguments = f"({', '.join(passed)})" if passed else ""
    return {
        "field": field,
        "query": f"{kind}{head} {{ {field}{arguments} {selection} }}",
        "keys": {name: column for name, (column, _) in keys.items()},
        "variables": {name: value for name, (_, value) in extra.items()},
    }


def _key_arguments(system: SystemIR, entity: Entity) -> dict[str, tuple[str, str]]:
    """Argument name → key column, GraphQL type."""
    found = {}
    for name in entity.key:
        field = entity.field(name)
        if isinstance(field, ReferenceField):
            found[camel(f"{name}_id")] = (field.column, _identifier(system, system.entity(field.target)))
        elif isinstance(field, ScalarField):
            single = len(entity.key) == 1
            found[camel(name)] = (
                field.column,
                _identifier(system, entity) if single else _named(field.type),
            )
    return found


def _identifier(system: SystemIR, entity: Entity) -> str:
    """The type of what refers to a row: `ID`, or the number's type."""
    field = entity.field(entity.key[0])
    if isinstance(field, ReferenceField):
        return _identifier(system, system.entity(field.target))
    assert isinstance(field, ScalarField)
    name = _named(field.type)
    return "ID" if name in ("UUID", "String") else name


def _is_object(type_: Type | None) -> bool:
    """Whether a value has members, of which a query must select some."""
    item = type_.item if isinstance(type_, ArrayType) else type_
    return isinstance(item, EntityType | StructType)


def _selection(system: SystemIR, entity: Entity) -> str:
    """A member that every caller who sees the row sees."""
    return next(iter(_key_arguments(system, entity)))


def _input(system: SystemIR, entity: Entity, body: Data) -> Data:
    shape = next(
        resource.create
        for api in system.apis
        for resource in api.resources
        if resource.entity == entity.name and resource.create
    )
    return _in_graphql(system, input_members(system, entity, shape), body)


def _in_graphql(system: SystemIR, members: tuple[Member, ...], body: Data) -> Data:
    known = {member.name: member for member in members}
    return {camel(name): _value(system, known[name], value) for name, value in body.items()}


def _value(system: SystemIR, member: Member, value: Any) -> Any:
    if member.nested is not None:
        return [_in_graphql(system, member.nested, row) for row in value]
    return value if member.type is None else _plain(system, member.type, value)


def _plain(system: SystemIR, type_: Type, value: Any) -> Any:
    """A value as GraphQL takes it: members of structs in camelCase."""
    if isinstance(type_, ArrayType) and isinstance(value, list):
        return [_plain(system, type_.item, each) for each in value]
    if isinstance(type_, StructType) and isinstance(value, dict):
        known = {field.name: field.type for field in system.struct(type_.name).fields}
        return {camel(name): _plain(system, known[name], inner) for name, inner in value.items()}
    return value


GRAPHQL = {
    Scalar.INT: "Int",
    Scalar.BIGINT: "BigInt",
    Scalar.BOOL: "Boolean",
    Scalar.STRING: "String",
    Scalar.TEXT: "String",
    Scalar.UUID: "UUID",
    Scalar.TIMESTAMP: "DateTime",
    Scalar.JSON: "JSON",
    Scalar.BYTES: "Base64",
}


def _type_name(member: Member) -> str:
    assert member.type is not None
    name = _named(member.type)
    return name if member.nullable else f"{name}!"


def _named(type_: Type) -> str:
    if isinstance(type_, ArrayType):
        return f"[{_named(type_.item)}!]"
    if isinstance(type_, StructType):
        return f"{type_.name}Input"
    if isinstance(type_, ScalarType):
        return GRAPHQL.get(type_.scalar, type_.scalar.value.capitalize())
    return type_.name


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def lower_first(name: str) -> str:
    head = re.match(r"[A-Z]+(?![a-z])|[A-Z]", name)
    return name if head is None else head.group().lower() + name[head.end() :]
