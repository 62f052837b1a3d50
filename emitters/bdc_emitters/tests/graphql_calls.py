"""GraphQL documents that do one action to one row, as the emitted schema names things."""

import re
from typing import Any

from bdc.ir import Entity, Operation, ReferenceField, ScalarField, StructType, SystemIR
from bdc.query.surface import Member, input_members, parameter_members

Data = dict[str, Any]


def query_call(system: SystemIR, entity: Entity) -> Data:
    """Return document, answer member and variables' names of `order(id: …)`."""
    name = lower_first(entity.name)
    return _document("query", name, _key_arguments(entity), f"{{ {_selection(entity)} }}")


def mutation_call(
    system: SystemIR, entity: Entity, action: str, body: Data | None, operation: Operation | None
) -> Data:
    """Return the same for a mutation; `body` is what REST sends for it."""
    keys = _key_arguments(entity)
    selection = f"{{ {_selection(entity)} }}"
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
        camel(member.name): (_type_name(member), (body or {})[member.name])
        for member in (parameter_members(operation) if operation else ())
        if member.name in (body or {})
    }
    returns = selection if operation and getattr(operation.returns, "kind", "") == "entity" else ""
    return _document("mutation", f"{camel(action)}{entity.name}", keys, returns, arguments)


def _document(
    kind: str,
    field: str,
    keys: dict[str, str],
    selection: str,
    more: dict[str, tuple[str, Any]] | None = None,
) -> Data:
    extra = more or {}
    declared = [f"${name}: ID!" for name in keys] + [
        f"${name}: {type_}" for name, (type_, _) in extra.items()
    ]
    passed = [f"{name}: ${name}" for name in (*keys, *extra)]
    head = f"({', '.join(declared)})" if declared else ""
    arguments = f"({', '.join(passed)})" if passed else ""
    return {
        "field": field,
        "query": f"{kind}{head} {{ {field}{arguments} {selection} }}",
        "keys": keys,
        "variables": {name: value for name, (_, value) in extra.items()},
    }


def _key_arguments(entity: Entity) -> dict[str, str]:
    """Argument name → key column."""
    found = {}
    for name in entity.key:
        field = entity.field(name)
        if isinstance(field, ReferenceField):
            found[camel(f"{name}_id")] = field.column
        elif isinstance(field, ScalarField):
            found[camel(name)] = field.column
    return found


def _selection(entity: Entity) -> str:
    """A member that every caller who sees the row sees."""
    return next(iter(_key_arguments(entity)))


def _input(system: SystemIR, entity: Entity, body: Data) -> Data:
    shape = next(
        resource.create
        for api in system.apis
        for resource in api.resources
        if resource.entity == entity.name and resource.create
    )
    return _in_graphql(input_members(system, entity, shape), body)


def _in_graphql(members: tuple[Member, ...], body: Data) -> Data:
    known = {member.name: member for member in members}
    return {camel(name): _value(known[name], value) for name, value in body.items()}


def _value(member: Member, value: Any) -> Any:
    if member.nested is not None:
        return [_in_graphql(member.nested, row) for row in value]
    if isinstance(member.type, StructType) and isinstance(value, dict):
        return {camel(name): inner for name, inner in value.items()}
    return value


GRAPHQL = {
    "int": "Int",
    "bool": "Boolean",
    "string": "String",
    "text": "String",
    "float": "Float",
    "uuid": "UUID",
}


def _type_name(member: Member) -> str:
    scalar = getattr(member.type, "scalar", None)
    name = GRAPHQL.get(str(scalar), getattr(member.type, "name", None) or str(scalar).capitalize())
    return name if member.nullable else f"{name}!"


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def lower_first(name: str) -> str:
    head = re.match(r"[A-Z]+(?![a-z])|[A-Z]", name)
    return name if head is None else head.group().lower() + name[head.end() :]
