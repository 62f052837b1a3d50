"""Unknown names in bodies of functions: tables, and columns where only a column can stand. Bare names may be variables."""

from collections.abc import Iterator

from bdc.analysis.sqltexts import SqlText, texts_of
from bdc.model import Model
from bdc.sql import Node, SqlSyntaxError, Statement, parse
from bdc.sql.catalog import Catalog, Columns, Scope
from bdc.sql.names import Resolver, UnknownName
from bdc.sql.plpgsql import makes_tables, row_members, statements_of
from bdc.sql.routines import Body, body_of
from bdc.sql.tree import nodes_in

_QUERIES = frozenset({"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt"})
_BARE = Scope(open=True)


def body_problems(
    model: Model, catalog: Catalog, text: SqlText, statement: Statement
) -> Iterator[UnknownName]:
    """Yield the unknown names in what a statement defines, with offsets in the text."""
    node = statement.node
    for inline in nodes_in(node.get("sql_body")):
        resolver = Resolver(catalog)
        resolver.expression(inline, _BARE)
        yield from resolver.problems
    body = body_of(node, text.text[statement.start : statement.end])
    if body is None or body.at < 0:
        return
    try:
        found = list(_in_body(model, catalog, node, body))
    except SqlSyntaxError:
        return
    passed = _transition_tables(model, node) if found else frozenset()
    for each in found:
        if each.kind == "table" and (passed is None or each.name in passed):
            continue
        yield UnknownName(each.kind, each.name, statement.start + body.at + each.at, each.candidates)


def _in_body(model: Model, catalog: Catalog, node: Node, body: Body) -> Iterator[UnknownName]:
    if body.language == "sql":
        yield from _queries(catalog, ((0, each) for each in parse(body.text)))
    elif body.language == "plpgsql":
        own = makes_tables(body.text)
        found = _queries(catalog, statements_of(body.text))
        yield from (each for each in found if not (own and each.kind == "table"))
        yield from _of_rows(model, catalog, node, body)


def _queries(catalog: Catalog, found: Iterator[tuple[int, Statement]]) -> Iterator[UnknownName]:
    for offset, statement in found:
        if statement.node.kind in _QUERIES:
            resolver = Resolver(catalog)
            resolver.statement(statement.node, _BARE)
            for each in resolver.problems:
                yield UnknownName(each.kind, each.name, offset + each.at, each.candidates)


def _transition_tables(model: Model, node: Node) -> frozenset[str] | None:
    """Return what triggers of this function call the rows that a statement has changed (`referencing new table as …`); None for a
    function of triggers that has none yet."""
    function, returned = node.strings("funcname")[-1:], node.node("return_type")
    triggers = [
        statement.node
        for text in texts_of(model)
        for statement in (text.statements if text.kind == "block" else ())
        if statement.node.kind == "CreateTrigStmt" and statement.node.strings("funcname")[-1:] == function
    ]
    if not triggers and returned is not None and returned.strings("names")[-1:] == ("trigger",):
        return None
    return frozenset(each.text("name") for trigger in triggers for each in trigger.nodes("transition_rels"))


def _of_rows(model: Model, catalog: Catalog, node: Node, body: Body) -> Iterator[UnknownName]:
    """Yield members of NEW and OLD that no table with a trigger of this function has."""
    columns = _triggered(model, catalog, node.strings("funcname")[-1:])
    if columns is not None:
        for name, at in row_members(body.text):
            if name not in columns:
                yield UnknownName("column", name, at, tuple(sorted(columns)))


def _triggered(model: Model, catalog: Catalog, function: tuple[str, ...]) -> Columns:
    """Return the columns of all tables on which the function is a trigger; None where that is not known."""
    found: set[str] = set()
    for text in texts_of(model):
        for statement in text.statements if text.kind == "block" else ():
            node = statement.node
            if node.kind != "CreateTrigStmt" or node.strings("funcname")[-1:] != function:
                continue
            relation = node.node("relation")
            columns = (
                catalog.relation(relation.text("schemaname"), relation.text("relname"))[1]
                if relation
                else None
            )
            if columns is None:
                return None
            found |= columns
    return frozenset(found) if found else None
