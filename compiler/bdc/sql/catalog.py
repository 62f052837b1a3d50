"""What the names in SQL can mean: relations with their columns, functions. A name is refuted only where nothing is left open."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import lru_cache
from pathlib import Path

from bdc.source.records import dataclass

Columns = frozenset[str] | None  # None: not known

SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})
_FUNCTIONS = Path(__file__).with_name("functions.txt")


@dataclass(frozen=True, slots=True)
class Catalog:
    """`relations` without a schema are those of `public`; others are `schema.name`. `functions`: those that the SQL of the
    specification makes. `open`: something may make names that cannot be seen (an extension, a `DO` block), so that no relation and
    no function is refuted."""

    relations: Mapping[str, Columns] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    open: bool = False

    def relation(self, schema: str, name: str) -> tuple[bool, Columns]:
        """Return whether the relation may exist, and its columns."""
        key = name if schema in ("", "public") else f"{schema}.{name}"
        if key in self.relations:
            return True, self.relations[key]
        elsewhere = schema not in ("", "public") or name.startswith("pg_")
        return self.open or elsewhere, None

    def has_function(self, schema: str, name: str) -> bool:
        return self.open or schema not in ("", "public") or name in self.functions or name in builtin()

    def names(self) -> tuple[str, ...]:
        return tuple(self.relations)


@lru_cache(maxsize=1)
def builtin() -> frozenset[str]:
    """Return the names of PostgreSQL 18's functions, and of its types, which can be called as well."""
    return frozenset(_FUNCTIONS.read_text(encoding="ascii").split())


@dataclass(frozen=True, slots=True)
class Item:
    """What FROM brings in under `name`."""

    name: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that an expression can use. `bare`: names that stand for themselves (`value` of a domain, output columns of a
    query in ORDER BY). `open`: something in FROM is not understood. `variables`: names that begin so are variables around the text."""

    items: tuple[Item, ...] = ()
    outer: "Scope | None" = None
    bare: frozenset[str] = frozenset()
    open: bool = False
    variables: str = ""

    def chain(self) -> Iterable["Scope"]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def is_open(self) -> bool:
        """Whether a bare name may be the column of something whose columns are not known."""
        return any(scope.open or any(item.columns is None for item in scope.items) for scope in self.chain())

    def item(self, name: str) -> Item | None:
        return next((item for scope in self.chain() for item in scope.items if item.name == name), None)

    def has(self, name: str) -> bool:
        for scope in self.chain():
            if name in scope.bare or (scope.variables and name.startswith(scope.variables)):
                return True
            for item in scope.items:
                if name == item.name or (item.columns is not None and name in item.columns):
                    return True
                if item.columns is not None and name in SYSTEM_COLUMNS:
                    return True
        return False

    def columns(self) -> tuple[str, ...]:
        """Return every name that could have been meant, nearest first."""
        found = [
            name for scope in self.chain() for item in scope.items for name in sorted(item.columns or ())
        ]
        return tuple(dict.fromkeys(found))
