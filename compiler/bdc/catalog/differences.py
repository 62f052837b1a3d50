"""Two databases → what is not the same, object by object and attribute by attribute.

Objects are the same when their kind and name are (tables: also each column, key, index…); the order of columns and of everything
else is no difference. Texts are compared as they stand: both databases should come from one source (`bdc.catalog`).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from bdc.catalog.base import Object
from bdc.catalog.objects import Database
from bdc.ddl.names import Name, qualified, quote
from bdc.source.records import dataclass

_WORDS = {
    "schemas": "schema",
    "extensions": "extension",
    "enums": "enum",
    "domains": "domain",
    "sequences": "sequence",
    "tables": "table",
    "routines": "routine",
    "views": "view",
    "others": "",
    "comments": "comment on",
    "columns": "column",
    "uniques": "unique",
    "checks": "check",
    "foreign_keys": "foreign key",
    "exclusions": "exclusion",
    "indexes": "index",
    "triggers": "trigger",
    "policies": "policy",
    "rights": "right",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """`path` names the object (`table order, column total`), `attribute` what of it differs; None: the object itself, which only
    one of the two has. `old` and `new` are None where there is nothing."""

    path: str
    attribute: str | None
    old: Any
    new: Any

    def __str__(self) -> str:
        if self.attribute is not None:
            return f"{self.path}: {self.attribute} {_said(self.old)} → {_said(self.new)}"
        return f"{self.path}: only in the {'new' if self.old is None else 'old'} database"


def _said(value: Any) -> str:
    return "nothing" if value is None else repr(value) if isinstance(value, str) else str(value)


def differences(old: Database, new: Database) -> tuple[Difference, ...]:
    """Return what is not the same, sorted by path."""
    return tuple(sorted(_object("", old, new), key=lambda found: (found.path, found.attribute or "")))


def _object(path: str, old: Object, new: Object) -> Iterator[Difference]:
    for attribute in type(old).model_fields:
        before, after = getattr(old, attribute), getattr(new, attribute)
        if before == after:
            continue
        if attribute in _WORDS and _is_objects(before, after):
            yield from _members(path, attribute, before, after)
        elif isinstance(before, Object) and type(before) is type(after):
            yield from _object(_below(path, attribute.replace("_", " ")), before, after)
        else:
            yield Difference(path, attribute, before, after)


def _is_objects(before: Any, after: Any) -> bool:
    return all(isinstance(each, Object) for each in (*before, *after))


def _members(
    path: str, attribute: str, before: Iterable[Object], after: Iterable[Object]
) -> Iterator[Difference]:
    old = {_key(each): each for each in before}
    new = {_key(each): each for each in after}
    for key in old.keys() | new.keys():
        own = _below(path, f"{_WORDS[attribute]} {key}".strip())
        if key not in new or key not in old:
            yield Difference(own, None, old.get(key), new.get(key))
        elif old[key] != new[key]:
            yield from _object(own, old[key], new[key])


def _below(path: str, part: str) -> str:
    return f"{path}, {part}" if path else part


def _key(found: Any) -> str:
    """What tells an object from its like."""
    if hasattr(found, "role"):
        column = f" ({quote(found.column)})" if found.column else ""
        return f"{found.privilege}{column} to {found.role}"
    if hasattr(found, "key"):
        return f"{found.kind} {found.key}"
    if hasattr(found, "target") and not hasattr(found, "name"):
        return f"{found.kind} {qualified(found.target)} {found.part or ''}".strip()
    name = qualified(found.name) if isinstance(found.name, Name) else quote(found.name)
    return name + getattr(found, "signature", "")
