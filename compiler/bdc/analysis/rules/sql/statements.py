"""The SQL of an operation is a statement that can answer it: one, with rows where a result is declared, changing nothing on GET."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.sqltexts import SqlText, texts_of
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.sql import UNFIT_SQL_STATEMENT
from bdc.model import Model
from bdc.model.nodes.api import Operation
from bdc.source import Span
from bdc.source.records import dataclass
from bdc.sql import Node, Statement, walk

_CHANGES = {"InsertStmt": "insert", "UpdateStmt": "update", "DeleteStmt": "delete", "MergeStmt": "merge"}


@dataclass(frozen=True, slots=True)
class UnfitStatement(Fact):
    DIAGNOSTIC = UNFIT_SQL_STATEMENT

    message: str
    label: str
    span: Span
    help: str


def sql_statements(model: Model) -> Iterator[Fact]:
    for text in texts_of(model):
        if text.operation is not None and text.error is None:
            yield from _judged(text, text.operation)


def answers_with_own_row(operation: Operation) -> bool:
    returns = operation.returns
    return isinstance(returns, ir.EntityType) and returns.name == operation.entity


def _judged(text: SqlText, operation: Operation) -> Iterator[Fact]:
    found = text.statements
    for each in found:
        if each.node.kind == "TransactionStmt":
            yield UnfitStatement(
                f"the SQL of `{operation.name}` ends or begins a transaction",
                "the service begins and ends transactions",
                text.place(each.start, each.end - each.start),
                "remove this statement: an operation is one transaction",
            )
            return
    if operation.http is not None and operation.http.method == "GET":
        yield from _writing(text, operation)
    if operation.returns is None or answers_with_own_row(operation):
        return
    if len(found) != 1:
        yield _not_one(text, operation, found)
    elif not has_rows(found[0].node):
        yield UnfitStatement(
            f"the SQL of `{operation.name}` returns no rows",
            "this statement has no result",
            text.place(found[0].start, 1),
            "add `returning …`, write a `select`, or remove the result (`-> …`)",
        )


def has_rows(node: Node) -> bool:
    """Whether a statement has a result: a query, or a change with RETURNING."""
    return node.kind == "SelectStmt" or (node.kind in _CHANGES and node.node("returning_clause") is not None)


def _not_one(text: SqlText, operation: Operation, found: tuple[Statement, ...]) -> UnfitStatement:
    second = text.place(found[1].start, 1) if found else text.place(0, 1)
    return UnfitStatement(
        f"the SQL of `{operation.name}` is {len(found) or 'no'} statements, and its result comes from one"
        if found
        else f"the SQL of `{operation.name}` has no statement",
        "this is a further statement" if found else "",
        second,
        "join them: `with changed as (update … returning …) select … from changed`"
        if found
        else "write a statement that returns the result",
    )


def _writing(text: SqlText, operation: Operation) -> Iterator[Fact]:
    for statement in text.statements:
        for node in walk(statement.node):
            word = _CHANGES.get(node.kind)
            if word is not None:
                at = node.node("relation")
                yield UnfitStatement(
                    f"`{operation.name}` is a GET, but its SQL changes data",
                    f"`{word}` changes rows",
                    text.place(at.at if at is not None and at.at >= 0 else statement.start, 1),
                    'write `@http(POST, "…")`: caches, browsers and GraphQL queries repeat a GET at any time',
                )
                return
