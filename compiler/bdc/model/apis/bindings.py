"""Where a request carries the key of its row and the arguments of an operation.

What comes in: an operation with its `@http`, and the entity of its resource. What goes out: the path with every part of the key
in it, and a place per parameter. What cannot be carried is reported by the rule `bindings`; here it only gets some place.
"""

import re
from typing import Literal

from bdc.model.nodes.api import HttpMethod, Operation, Resource
from bdc.model.nodes.entity import Entity, ReferenceField
from bdc.model.nodes.policy import Word
from bdc.model.nodes.values import Entry
from bdc.naming.references import key_member

Place = Literal["path", "query", "header", "body", "whole"]
BODILESS: tuple[HttpMethod, ...] = ("GET", "DELETE")
KEY = "id"
"""`{id}` in the path of an operation of a resource: the whole key, whatever its fields are called."""
_HOLE = re.compile(r"\{([^{}]*)\}")


def holes(path: str) -> tuple[str, ...]:
    """Return the names in braces, in order."""
    return tuple(_HOLE.findall(path))


def key_names(entity: Entity | None, by: Word | None = None) -> tuple[str, ...]:
    """Return what names a row in paths, as it is called there: the field `by`, or the parts of the key; nothing for an operation outside
    a resource."""
    if entity is None:
        return ()
    return tuple(
        key_member(name) if isinstance(entity.find(name), ReferenceField) else name
        for name in ((by.text,) if by is not None else entity.key)
    )


def row_names(resource: Resource | None, entity: Entity | None) -> tuple[str, ...]:
    """Return what names a row of `resource` in paths, beside the rows around it."""
    return key_names(entity, resource.by if resource is not None else None)


def path_names(resource: Resource | None, entity: Entity | None) -> tuple[str, ...]:
    """Return all that names a row of `resource` in its path: the rows around it, then the row."""
    around = holes(resource.path) if resource is not None else ()
    return (*around, *row_names(resource, entity))


def keyed_path(path: str, keys: tuple[str, ...]) -> str:
    """Return `path` with `{id}` written out as the names in paths of a row (`keys`), where it stands for them."""
    if not keys or set(keys) <= set(holes(path)):
        return path
    before, hole, behind = path.rpartition(
        f"{{{KEY}}}"
    )  # a row around may be named by a key that is called so, too
    if not hole:
        return path
    return before + "/".join(f"{{{name}}}" for name in keys) + behind


def method(operation: Operation) -> HttpMethod:
    return operation.http.method if operation.http is not None else "POST"


def place(parameter: Entry, operation: Operation, keys: tuple[str, ...]) -> Place:
    """Return where a request carries `parameter`. A part of the key comes before a parameter of the same name."""
    if parameter.place is not None:
        return "whole" if parameter.place == "body" else parameter.place
    if parameter.name in path_parameters(operation, keys):
        return "path"
    bodiless = method(operation) in BODILESS
    taken = any(other.place == "body" for other in operation.parameters)
    return "query" if bodiless or taken else "body"


def path_parameters(operation: Operation, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names in braces that are no part of the key."""
    if operation.http is None:
        return ()
    return tuple(
        name for name in holes(operation.http.path) if name not in (*keys, *((KEY,) if keys else ()))
    )
