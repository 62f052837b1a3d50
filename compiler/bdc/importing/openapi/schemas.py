"""Schemas of an OpenAPI document, with references and `allOf` followed."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
_PREFIX = "#/components/schemas/"
_STRINGS = {
    "uuid": "uuid",
    "date": "date",
    "date-time": "timestamp with time zone",
    "time": "time without time zone",
    "byte": "bytea",
    "binary": "bytea",
    "decimal": "numeric",
}
_DEPTH = 8  # a document may refer in circles


class Schemas:
    """`named`: the schemas of the document by their names, each with its properties in one place."""

    def __init__(self, document: Schema) -> None:
        self._raw: dict[str, Schema] = document.get("components", {}).get("schemas", {}) or {}
        self.named: dict[str, Schema] = {name: self._whole(schema) for name, schema in self._raw.items()}

    def objects(self) -> Iterator[tuple[str, Schema]]:
        """Yield the schemas that are objects with known members."""
        yield from ((name, schema) for name, schema in self.named.items() if schema.get("properties"))

    def reference(self, schema: Schema) -> str | None:
        """Return the name of the schema that `schema` stands for, itself or beside null; None when it stands for none."""
        if str(schema.get("$ref", "")).startswith(_PREFIX):
            return name_of(schema)
        alone = self._not_null(schema)
        return self.reference(alone[0]) if len(alone) == 1 else None

    def resolved(self, schema: Schema) -> tuple[Schema, bool]:
        """Return the schema itself, and whether null is allowed beside it."""
        optional = bool(schema.get("nullable")) or "null" in _types(schema)
        for _ in range(_DEPTH):
            name = self.reference(schema)
            if name is None:
                break
            optional = optional or self._has_null(schema)
            schema = self.named.get(name, {})
        alone = self._not_null(schema)
        if len(alone) == 1:
            return alone[0], True
        return schema, optional

    def _has_null(self, schema: Schema) -> bool:
        parts = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
        return any(part.get("type") == "null" for part in parts)

    def _not_null(self, schema: Schema) -> list[Schema]:
        parts = [*schema.get("anyOf", ()), *schema.get("oneOf", ())] or list(schema.get("allOf", ()))
        return [part for part in parts if part.get("type") != "null"]

    def _whole(self, schema: Schema, depth: int = 0) -> Schema:
        if depth > _DEPTH:
            return {}
        if "$ref" in schema:
            return self._whole(self._raw.get(name_of(schema), {}), depth + 1)
        parts = [self._whole(part, depth + 1) for part in schema.get("allOf", ())]
        properties: dict[str, Any] = {}
        required: list[str] = []
        for part in (*parts, schema):
            properties |= part.get("properties", {}) or {}
            required += part.get("required", ()) or ()
        return {**schema, "properties": properties, "required": required}


def name_of(schema: Schema) -> str:
    """Return the last part of a `$ref`."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _types(schema: Schema) -> list[str]:
    """`type` is one word or, since 3.1, several."""
    found = schema.get("type", "string" if "enum" in schema else ())
    return [found] if isinstance(found, str) else [str(each) for each in found]


def scalar_type(schema: Schema) -> str | None:
    """Return the type of a column for a value or a list of values; None for what has parts."""
    kinds = [kind for kind in _types(schema) if kind != "null"]
    match kinds:
        case ["string"]:
            length = schema.get("maxLength")
            plain = (
                f"character varying({length})" if isinstance(length, int) and "enum" not in schema else "text"
            )
            return _STRINGS.get(str(schema.get("format", "")), plain)
        case ["integer"]:
            return "bigint" if schema.get("format") == "int64" else "integer"
        case ["number"]:
            return "double precision" if schema.get("format") in ("float", "double") else "numeric"
        case ["boolean"]:
            return "boolean"
        case ["array"]:
            item = scalar_type(schema.get("items", {}) or {})
            return f"{item}[]" if item is not None and not item.endswith("[]") else None
    return None
