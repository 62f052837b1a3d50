"""The schema from its text, for documents of generated fields: what they are checked against needs no resolvers."""

from pathlib import Path
from typing import Any

from graphql import GraphQLScalarType, GraphQLSchema, build_schema

from api.graphql.engine.scalars import READERS, json_literal

FOLDER = Path(__file__).parents[2] / "documentation"
TEXT = FOLDER / "schema.graphql"


def read_schema(path: Path = TEXT) -> GraphQLSchema:
    """Return the schema that the text in `path` describes, with the readers of the custom scalars."""
    schema = build_schema(
        path.read_text(encoding="utf-8"), assume_valid=True, assume_valid_sdl=True, no_location=True
    )
    for type_ in schema.type_map.values():
        type_.ast_node = None
        if isinstance(type_, GraphQLScalarType) and type_.name in READERS:
            _make_reading(type_)
    return schema


def _make_reading(scalar: Any) -> None:
    scalar.parse_value = scalar.coerce_input_value = READERS[scalar.name]
    if scalar.name == "JSON":
        scalar.parse_literal = json_literal
