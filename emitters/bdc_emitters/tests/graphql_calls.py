"""GraphQL documents that do one action to one row, as the emitted schema names things."""

from typing import Any

from bdc.ir import (
    ArrayType,
    CollectionField,
    Entity,
    EntityType,
    EnumType,
    Operation,
    ReferenceField,
    Scalar,
    ScalarField,
    ScalarType,
    StructType,
    SystemIR,
    Type,
)
from bdc.naming.graphql import field_name
from bdc.surface import Member, input_members, parameter_members
from bdc.surface.addresses import address, around_fields
from bdc.surface.graphql.names import (
    SCALARS,
    argument_name,
    graphql_types,
    member_name,
    operation_name,
    query_name,
    spoken,
    value_name,
)
from bdc.surface.logical import member_type

Data = dict[str, Any]

_TEXT_KEYS = (Scalar.UUID, Scalar.STRING, Scalar.TEXT)


def query_call(system: SystemIR, entity: Entity) -> Data:
    """Return document, answer member and variables' names of `order(id: …)`."""
    called = spoken(system, entity)
    name = query_name(called.name, called.graphql)
    return _document("query", name, _key_arguments(system, entity), f"{{ {_selection(system, entity)} }}")


def mutation_call(
    system: SystemIR,
    entity: Entity,
    action: str,
    body: Data | None,
    operation: Operation | None,
    around: Data,
) -> Data:
    """Return the same for a mutation; `body` is what REST sends for it, `around` names the rows that a new row is to stand under."""
    keys, type_name = _key_arguments(system, entity), graphql_types(system)[entity.name]
    selection = f"{{ {_selection(system, entity)} }}"
    if action == "create":
        given = _input(system, entity, body or {})
        return _document(
            "mutation",
            f"create{type_name}",
            {},
            selection,
            {
                **{
                    name: (type_, around.get(part)) for name, part, type_ in _around_arguments(system, entity)
                },
                "input": (f"Create{type_name}Input!", given),
            },
        )
    if action == "update":
        return _document(
            "mutation",
            f"update{type_name}",
            keys,
            selection,
            {"input": (f"Update{type_name}Input!", {})},
        )
    if action == "delete":
        return _document("mutation", f"delete{type_name}", keys, "")
    assert operation is not None
    names = _arguments(entity, operation, keys)
    arguments = {
        names[member.name]: (_type_name(system, member), _value(system, member, (body or {})[member.name]))
        for member in parameter_members(operation)
        if member.name in (body or {})
    }
    returns = "{ __typename }" if _is_object(operation.returns) else ""
    return _document("mutation", operation_name(operation, type_name), keys, returns, arguments)


def _arguments(entity: Entity, operation: Operation, keys: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Parameter → argument."""
    protocol = {"ifMatch"} if entity.versioned else set()
    protocol |= {"idempotencyKey"} if operation.idempotent else set()
    return {each.name: argument_name(each, {*keys, *protocol}) for each in operation.parameters}


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
    found = {
        name: (f"path:{part}", type_.rstrip("!")) for name, part, type_ in _around_arguments(system, entity)
    }
    names = address(system, entity)
    for name in names:
        field = entity.field(name)
        if isinstance(field, ReferenceField):
            found[value_name(field)] = (field.column, _identifier(system, system.entity(field.target)))
        elif isinstance(field, ScalarField):
            single = entity.key == names == (name,)
            found[value_name(field)] = (
                field.column,
                _identifier(system, entity) if single else _named(system, field.type),
            )
    return found


def _around_arguments(system: SystemIR, entity: Entity) -> list[tuple[str, str, str]]:
    """Return the arguments that name the rows around: with the parameter of paths and the GraphQL type."""
    return [
        (
            field_name(name, None),
            name,
            (
                _identifier(system, system.entity(field.target))
                if isinstance(field, ReferenceField)
                else _identifier(system, owner)
                if owner.key == (field.name,)
                else _named(system, member_type(system, field))
            )
            + "!",
        )
        for name, owner, field in around_fields(system, entity)
    ]


def _identifier(system: SystemIR, entity: Entity) -> str:
    """The type of what refers to a row: `ID`, or the number's type."""
    field = entity.field(entity.key[0])
    if isinstance(field, ReferenceField):
        return _identifier(system, system.entity(field.target))
    assert isinstance(field, ScalarField)
    is_text = isinstance(field.type, ScalarType) and field.type.scalar in _TEXT_KEYS
    return "ID" if is_text else _named(system, field.type)


def _is_object(type_: Type | None) -> bool:
    """Whether a value has members, of which a query must select some."""
    item = type_.item if isinstance(type_, ArrayType) else type_
    return isinstance(item, EntityType | StructType)


def _selection(system: SystemIR, entity: Entity) -> str:
    """A member that every caller who sees the row sees."""
    return list(_key_arguments(system, entity))[len(around_fields(system, entity))]


def _input(system: SystemIR, entity: Entity, body: Data) -> Data:
    shape = next(
        resource.create
        for api in system.apis
        for resource in api.resources
        if resource.entity == entity.name and resource.create
    )
    return _in_graphql(system, entity, input_members(system, entity, shape), body)


def _in_graphql(system: SystemIR, entity: Entity, members: tuple[Member, ...], body: Data) -> Data:
    known = {member.name: member for member in members}
    return {
        _name(entity, known[name]): _value(system, known[name], value, entity) for name, value in body.items()
    }


def _name(entity: Entity, member: Member) -> str:
    field = entity.field(member.field)
    return field_name(member.name) if member.linked and member.name != field.name else value_name(field)


def _value(system: SystemIR, member: Member, value: Any, entity: Entity | None = None) -> Any:
    if member.nested is not None:
        field = entity.field(member.field) if entity is not None else None
        assert isinstance(field, CollectionField)
        return [_in_graphql(system, system.entity(field.target), member.nested, row) for row in value]
    return value if member.type is None else _plain(system, member.type, value)


def _plain(system: SystemIR, type_: Type, value: Any) -> Any:
    """A value as GraphQL takes it: members of structs in camelCase."""
    if isinstance(type_, ArrayType) and isinstance(value, list):
        return [_plain(system, type_.item, each) for each in value]
    if isinstance(type_, StructType) and isinstance(value, dict):
        known = {field.name: field for field in system.struct(type_.name).fields}
        return {
            member_name(known[name]): _plain(system, known[name].type, inner) for name, inner in value.items()
        }
    return value


def _type_name(system: SystemIR, member: Member) -> str:
    assert member.type is not None
    name = _named(system, member.type)
    return name if member.nullable else f"{name}!"


def _named(system: SystemIR, type_: Type) -> str:
    if isinstance(type_, ArrayType):
        return f"[{_named(system, type_.item)}!]"
    if isinstance(type_, StructType):
        return f"{graphql_types(system)[type_.name]}Input"
    if isinstance(type_, ScalarType):
        return SCALARS[type_.scalar]
    if isinstance(type_, EnumType) and type_.labelled:
        return "String"
    return graphql_types(system)[type_.name]
