"""CREATE INDEX."""

from collections.abc import Iterator

from bdc.catalog.lifting.words import chosen, options, relation
from bdc.ddl import nodes
from bdc.sql.written import NotRead, Part

_NAME = ("name", "indexcolname", "expr", "collation", "opclass", "ordering", "nulls_ordering")


def index(part: Part) -> Iterator[nodes.Statement]:
    part.only(
        "idxname",
        "relation",
        "access_method",
        "index_params",
        "index_including_params",
        "options",
        "where_clause",
        "unique",
        "nulls_not_distinct",
        "concurrent",
        "if_not_exists",
    )
    table = relation(part.needed("relation"))
    parts = tuple(index_part(each) for each in part.nodes("index_params"))
    words = [
        each.column or _called(written)
        for each, written in zip(parts, part.nodes("index_params"), strict=True)
    ]
    yield nodes.CreateIndex(
        part.text("idxname") or chosen(table.name, *words, "idx"),
        table,
        parts,
        part.text("access_method") or "btree",
        part.flag("unique"),
        part.expression("where_clause") if part.has("where_clause") else None,
        tuple(each.text("name") for each in part.nodes("index_including_params")),
        part.flag("nulls_not_distinct"),
        options(part.nodes("options")),
    )


def _called(part: Part) -> str:
    """Return what PostgreSQL calls an expression in the name of an index."""
    found = part.needed("expr")
    return found.strings("funcname")[-1] if found.kind == "FuncCall" else "expr"


def index_part(part: Part) -> nodes.IndexPart:
    part.only(*_NAME)
    descending = part.word("ordering") == "SORTBY_DESC"
    first = part.word("nulls_ordering")
    column = part.text("name") or None
    expression = None if column is not None else part.expression("expr")
    return nodes.IndexPart(
        column,
        descending,
        expression,
        _joined(part.strings("opclass")),
        _collation(part.strings("collation")),
        None if first == "SORTBY_NULLS_DEFAULT" else _nulls(first == "SORTBY_NULLS_FIRST", descending),
    )


def _nulls(first: bool, descending: bool) -> bool | None:
    return None if first == descending else first


def _joined(names: tuple[str, ...]) -> str | None:
    return ".".join(names) or None


def _collation(names: tuple[str, ...]) -> str | None:
    """Return a collation as `regcollation` spells it."""
    if len(names) > 1 and names[0] != "pg_catalog":
        raise NotRead("a collation of a schema")
    from bdc.ddl.names import quote

    return quote(names[-1]) if names else None


def operator_name(part: Part) -> str:
    """Return an operator of PostgreSQL's own, or of no schema."""
    names = [each.text("sval") for each in part.nodes("items")]
    if len(names) != 1:
        raise NotRead("an operator of a schema")
    return names[0]
