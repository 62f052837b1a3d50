"""From the generated roots and the user's extensions to a schema."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from api.graphql.engine.extensions import Extensions
from api.graphql.engine.scalar_types import scalar_map


def assemble(
    query: type, mutation: type | None, extensions: Extensions, scalars: Mapping[str, tuple[str, str]]
) -> strawberry.Schema:
    """Return the schema. Extension fields that have the name of a generated one are a programming error: ValueError."""
    for type_, added in extensions.fields.items():
        _extend(type_, added)
    mutations = (*((mutation,) if mutation else ()), *extensions.mutation)
    return strawberry.Schema(
        query=_merged("Query", (query, *extensions.query)),
        mutation=_merged("Mutation", mutations) if mutations else None,
        types=tuple(extensions.types),
        config=StrawberryConfig(scalar_map=scalar_map(scalars), disable_field_suggestions=True),
    )


def _merged(name: str, parts: Sequence[type]) -> type:
    if len(parts) == 1:
        return parts[0]
    seen: set[str] = set()
    for part in parts:
        names = {each.python_name for each in _definition(part).fields}
        if seen & names:
            raise ValueError(f"{part.__name__} defines {', '.join(sorted(seen & names))} of {name} again")
        seen |= names
    return merge_types(name, tuple(parts))


def _extend(type_: type, added: Sequence[Any]) -> None:
    definition = _definition(type_)
    names = {each.python_name for each in definition.fields}
    for each in added:
        if each.base_resolver is None:
            raise ValueError(f"a field added to {type_.__name__} needs a resolver")
        each.python_name = each.python_name or each.base_resolver.name
        if each.python_name in names:
            raise ValueError(f"{type_.__name__} has a field {each.python_name} already")
        each.origin = type_
        definition.fields.append(each)


def _definition(type_: type) -> Any:
    definition = getattr(type_, "__strawberry_definition__", None)
    if definition is None:
        raise ValueError(f"{type_.__name__} is not a Strawberry type")
    return definition
