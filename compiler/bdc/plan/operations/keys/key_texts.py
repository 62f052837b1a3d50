"""Keys as SQL spells them: the index under one, and the constraint with it or by itself."""

from bdc.catalog import Index, IndexKey, Key
from bdc.catalog.create import unique_def
from bdc.ddl.names import quote
from bdc.ddl.nodes import PrimaryKeyDef
from bdc.ddl.printer import constraint_text


def index_of(found: Key, name: str) -> Index:
    return Index(
        name=name,
        keys=tuple(IndexKey(column=column) for column in found.columns),
        unique=True,
        include=found.include,
        nulls_not_distinct=found.nulls_not_distinct,
    )


def whole_text(found: Key, kind: str) -> str:
    """Return the constraint as ADD spells it."""
    if kind == "unique":
        return constraint_text(unique_def(found))
    return constraint_text(
        PrimaryKeyDef(found.name, found.columns, found.include, found.deferrable, found.deferred)
    )


def using_text(found: Key, kind: str, index: str) -> str:
    deferral = " deferrable" if found.deferrable else ""
    deferral += " initially deferred" if found.deferred else ""
    return f"add constraint {quote(found.name)} {kind} using index {quote(index)}{deferral}"
