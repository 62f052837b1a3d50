"""The fields of the roots: declared by the schema's text, answered by resolvers, beside those of extensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLFieldResolver,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
    is_introspection_type,
    validate_schema,
)

from api.graphql.engine.resolve import root
from api.graphql.engine.scalars import WRITERS


def with_roots(
    own: GraphQLSchema, text: GraphQLSchema, classes: Mapping[str, type], *, queries: bool
) -> GraphQLSchema:
    """Return `own`, whose types have resolvers, with the roots and inputs that `text` declares. `classes`: type → its class. `queries`:
    whether the query type of `own` has fields to keep. A type or a field that both define is a programming error: ValueError."""
    types = _joined(own, text, classes)
    kept = own.query_type if queries else None
    made = GraphQLSchema(
        query=_root(text.query_type, kept, types, classes),
        mutation=_root(text.mutation_type, own.mutation_type, types, classes),
        types=list(types.values()),
        directives=own.directives,
        extensions=own.extensions,
    )
    made._strawberry_schema = own._strawberry_schema  # type: ignore[attr-defined]
    if errors := validate_schema(made):
        raise ValueError("\n".join(error.message for error in errors))
    return made


def _joined(
    own: GraphQLSchema, text: GraphQLSchema, classes: Mapping[str, type]
) -> dict[str, GraphQLNamedType]:
    """Return the types by name: those of `own`, and of `text` what only requests are made of."""
    roots = {
        each.name for schema in (own, text) for each in (schema.query_type, schema.mutation_type) if each
    }
    types = {
        name: type_
        for name, type_ in own.type_map.items()
        if name not in roots and not is_introspection_type(type_)
    }
    for name, type_ in text.type_map.items():
        if name in roots or is_introspection_type(type_):
            continue
        if name not in types:
            types[name] = type_
        elif name not in classes and isinstance(type_, GraphQLInputObjectType | GraphQLEnumType):
            raise ValueError(f"an extension defines {name} again")
        if isinstance(type_, GraphQLScalarType) and types[name] is type_ and name in WRITERS:
            _make_writing(type_)
    for type_ in types.values():
        if isinstance(type_, GraphQLInputObjectType) and text.type_map.get(type_.name) is type_:
            _retyped(type_.fields.values(), types)
    return types


def _make_writing(scalar: Any) -> None:
    scalar.serialize = WRITERS[scalar.name]


def _retyped(parts: Iterable[Any], types: Mapping[str, GraphQLNamedType]) -> None:
    """Let fields and arguments refer to the types that were chosen."""
    for part in parts:
        part.type = _chosen(part.type, types)


def _chosen(type_: Any, types: Mapping[str, GraphQLNamedType]) -> Any:
    if isinstance(type_, GraphQLNonNull):
        return GraphQLNonNull(_chosen(type_.of_type, types))
    if isinstance(type_, GraphQLList):
        return GraphQLList(_chosen(type_.of_type, types))
    return types[type_.name]


def _root(
    declared: GraphQLObjectType | None,
    own: GraphQLObjectType | None,
    types: Mapping[str, GraphQLNamedType],
    classes: Mapping[str, type],
) -> GraphQLObjectType | None:
    """Return a root with the fields of both; None when neither is there."""
    if declared is None:
        return own
    fields = declared.fields
    added = own.fields if own is not None else {}
    if again := sorted(fields.keys() & added.keys()):
        raise ValueError(f"an extension defines {', '.join(again)} of {declared.name} again")
    _retyped(fields.values(), types)
    for field in fields.values():
        _retyped(field.args.values(), types)
        field.resolve = _resolver(field, classes)
    return GraphQLObjectType(declared.name, {**fields, **added}, description=declared.description)


def _resolver(field: GraphQLField, classes: Mapping[str, type]) -> GraphQLFieldResolver:
    class_ = classes.get(get_named_type(field.type).name)

    async def resolve(source: Any, info: Any, **given: Any) -> Any:
        return await root(info, class_)

    return resolve
