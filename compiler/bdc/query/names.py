"""Names in statements: quoting is the definition language's, the trees are ours."""

import re

from sqlglot import exp

from bdc.ddl.names import RESERVED, Name, is_plain, qualified, quote
from bdc.ir import Entity

__all__ = [
    "RESERVED",
    "column",
    "column_text",
    "identifier",
    "is_plain",
    "plain",
    "quote",
    "relation",
    "table_of",
]


def plain(name: str) -> str:
    """Return a name made of this one that needs no quotes beside a prefix: of a function, a variable, a file."""
    return re.sub(r"[^a-z0-9_]", "_", name.lower())


def identifier(name: str) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=not is_plain(name))


def column(alias: str, name: str) -> exp.Column:
    """Return `alias.name`; the bare column when `alias` is empty."""
    return (
        exp.Column(this=identifier(name), table=identifier(alias))
        if alias
        else exp.Column(this=identifier(name))
    )


def relation(entity: Entity) -> str:
    """Return the text that names the table of an entity."""
    return qualified(Name(entity.table, entity.schema_name))


def table_of(entity: Entity, alias: str = "") -> exp.Table:
    """Return the FROM item of the table of an entity; without an alias what INSERT writes to."""
    found = exp.Table(this=identifier(entity.table))
    if entity.schema_name is not None:
        found.set("db", identifier(entity.schema_name))
    if alias:
        found.set("alias", exp.TableAlias(this=identifier(alias)))
    return found


def column_text(alias: str, name: str) -> str:
    """Return `alias.name` as text: what most fragments are, without a tree in between."""
    return f"{alias}.{quote(name)}"
