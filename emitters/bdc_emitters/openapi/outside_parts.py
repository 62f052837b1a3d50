"""Parts of a description, rewritten: components, responses, members."""

from collections.abc import Iterator
from typing import Any

PROBLEM = "application/problem+json"
Document = dict[str, Any]


def component_name(name: str, table: str) -> str:
    """Return what a component is called: rows that show something of their own after what shows it."""
    words = table.split(".", 1)[1].split(" ")
    if len(words) < 2 or words[-1] in ("body", "struct", "can"):
        return name
    said = [word for at, word in enumerate(words) if not (at == 1 and word == "row")]
    return "".join(part[:1].upper() + part[1:] for word in said for part in word.split("_"))


def within_member(media: Document, name: str) -> Document:
    if not name:
        return media
    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": [name],
        "properties": {name: media["schema"]},
    }
    return {
        **media,
        "schema": schema,
        **({"example": {name: media["example"]}} if "example" in media else {}),
    }


def with_member(schema: Document, name: str, value: Document) -> Document:
    """Return a schema with one more member."""
    return {
        **schema,
        "properties": {**schema["properties"], name: value},
        "required": [*schema.get("required", ()), name],
    }


def with_names(schema: Document, names: dict[str, str]) -> Document:
    """Return the schema of a parameter whose values are names."""
    if "items" in schema:
        items = with_names(schema["items"], names)
        most = {"maxItems": len(items["enum"])} if "maxItems" in schema else {}
        return {**schema, **most, "items": items}
    found = []
    for value in schema.get("enum", ()):
        sign = "-" if value.startswith("-") else ""
        if value.removeprefix(sign) in names:
            found.append(sign + names[value.removeprefix(sign)])
    return {**schema, "enum": found} if found else schema


def both_responses(first: Document, second: Document) -> Document:
    """Return one response for what two statuses said."""
    texts = dict.fromkeys((first["description"], second["description"]))
    made = {**second, "description": " ".join(texts)}
    made["headers"] = {**first.get("headers", {}), **second.get("headers", {})}
    if PROBLEM in first.get("content", {}):
        schemas = [each["content"][PROBLEM]["schema"] for each in (first, second)]
        parts = [part for schema in schemas for part in schema.get("anyOf", schema.get("oneOf", [schema]))]
        made["content"] = {PROBLEM: {"schema": {"anyOf": parts}}}
    return made


def holes_of(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def references_in(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        target = found.get("$ref")
        if isinstance(target, str) and target.startswith("#/components/"):
            yield target
        for value in found.values():
            yield from references_in(value)
    elif isinstance(found, list):
        for value in found:
            yield from references_in(value)
