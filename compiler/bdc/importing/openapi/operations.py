"""Operations of an OpenAPI document, as the resources that would serve them."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from typing import Any

from bdc.importing.names import type_name
from bdc.importing.openapi.schemas import Schemas

_METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
_ITEM = re.compile(r"(?P<whole>.*)/\{[^{}/]+\}\Z")
_OF_WHOLE = {"get": "list", "post": "create"}
_OF_ITEM = {"get": "get", "patch": "update", "put": "update", "delete": "delete"}
_ORDER = ("list", "get", "create", "update", "delete")


def operations(document: Mapping[str, Any], schemas: Schemas, entities: Set[str]) -> Iterator[str]:
    """Yield what to write for each collection of an entity (a resource needs a policy, which no document tells), and each operation
    that is none of reading and writing one."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    others = []
    for path, method, operation in _all(document):
        item = _ITEM.match(path)
        word = (_OF_ITEM if item else _OF_WHOLE).get(method)
        entity = _entity(operation, schemas, entities) or _of_path(item["whole"] if item else path, found)
        if word is None or entity is None or "{" in (item["whole"] if item else path):
            others.append(
                f"operation {method.upper()} {path}: it is no plain reading or writing of one entity"
            )
        else:
            found[item["whole"] if item else path, entity].add(word)
    for (path, entity), words in found.items():
        ops = ", ".join(word for word in _ORDER if word in words)
        yield f'resource {type_name(entity)} at "{path}" {{ ops {ops} }}: write it when {type_name(entity)} has its policy'
    yield from others


def _all(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, members in (document.get("paths") or {}).items():
        for method in _METHODS:
            if isinstance(members, dict) and isinstance(members.get(method), dict):
                yield path, method, members[method]


def _entity(operation: Mapping[str, Any], schemas: Schemas, entities: Set[str]) -> str | None:
    """The entity that the operation answers with: one, many, or many in a page."""
    for status, answer in (operation.get("responses") or {}).items():
        if str(status).startswith("2"):
            for content in (answer.get("content") or {}).values():
                found = _within(content.get("schema") or {}, schemas, entities)
                if found is not None:
                    return found
    return None


def _within(schema: Mapping[str, Any], schemas: Schemas, entities: Set[str], depth: int = 0) -> str | None:
    name = schemas.reference(schema)
    if name in entities:
        return name
    resolved, _ = schemas.resolved(schema)
    inside = [resolved.get("items") or {}, *(resolved.get("properties") or {}).values()]
    lists = (part for part in inside if part.get("type") == "array" or part is inside[0])
    if depth > 2:
        return None
    return next(
        (found for part in lists if part and (found := _within(part, schemas, entities, depth + 1))), None
    )


def _of_path(path: str, found: Mapping[tuple[str, str], set[str]]) -> str | None:
    """An operation without an answer (DELETE) belongs to the collection that its path continues."""
    return next((entity for whole, entity in found if whole == path), None)
