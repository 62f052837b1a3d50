"""From the generated types and the user's extensions to a schema with resolvers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from api.graphql.engine.extensions import Extensions
from api.graphql.engine.roots import with_roots
from api.graphql.engine.scalar_types import scalar_map
from api.graphql.engine.schema_text import FOLDER, read_schema

DEFINITION = "__strawberry_definition__"


def assemble(
    package: str, text: str, extensions: Extensions, scalars: Mapping[str, tuple[str, str]]
) -> GraphQLSchema:
    """Return the schema: what the file `text` says, answered by the types of `package`, and the extensions. Extension fields that have the name of a
    generated one are a programming error: ValueError."""
    classes = {name: class_ for module in _modules(package) for name, class_ in _defined(module)}
    for type_, added in extensions.fields.items():
        _extend(type_, added)
    own = strawberry.Schema(
        query=_merged("Query", extensions.query) or _Query,
        mutation=_merged("Mutation", extensions.mutation),
        types=(*classes.values(), *extensions.types),
        config=StrawberryConfig(scalar_map=scalar_map(scalars), disable_field_suggestions=True),
    )
    return with_roots(own._schema, read_schema(FOLDER / text), classes, queries=bool(extensions.query))


@strawberry.type(name="Query")
class _Query:
    """Stands for the generated fields while there are none of the user's."""

    none: bool


def _modules(package: str) -> Iterator[ModuleType]:
    """Yield the modules that hold generated types."""
    for name in ("enums", "paging", "structs"):
        yield import_module(f"{package}.{name}")
    (folder,) = import_module(package).__path__
    for path in sorted(Path(folder).glob("types/*.py")):
        yield import_module(f"{package}.types.{path.stem}")


def _defined(module: ModuleType) -> Iterator[tuple[str, type]]:
    """Yield the types that a module defines, each with its name in the schema."""
    for class_ in vars(module).values():
        if getattr(class_, "__module__", "") == module.__name__ and hasattr(class_, DEFINITION):
            yield str(_definition(class_).name), class_


def _merged(name: str, parts: Sequence[type]) -> type | None:
    seen: set[str] = set()
    for part in parts:
        names = {each.python_name for each in _definition(part).fields}
        if seen & names:
            raise ValueError(f"{part.__name__} defines {', '.join(sorted(seen & names))} of {name} again")
        seen |= names
    return merge_types(name, tuple(parts)) if parts else None


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
    definition = getattr(type_, DEFINITION, None)
    if definition is None:
        raise ValueError(f"{type_.__name__} is not a Strawberry type")
    return definition
