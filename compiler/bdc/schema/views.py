"""Views: they run with the rights of their caller, so that row level security applies below them.

A materialized one holds the rows of all callers. Only user code that may do more than its caller reads it.
"""

from collections.abc import Iterator

from sqlglot import exp

from bdc.ddl.names import Name
from bdc.ddl.nodes import CommentOn, CreateIndex, CreateView, Grant, IndexPart, Privilege, Statement
from bdc.ir import Expr, Path, ReferenceField, Root, ScalarField, SystemIR, View
from bdc.query.expressions import lower
from bdc.query.names import identifier, table_of
from bdc.query.relations import not_deleted
from bdc.query.scope import Row, Scope
from bdc.query.trees import cast, conjunction, print_sql
from bdc.query.types import sql_type
from bdc.schema.names import Roles, name_of
from bdc.schema.tables import TableBuilder


def create_views(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    """Yield the views in their order, each with its comments, its indexes and its grants."""
    for view in system.views:
        name = name_of(view.table)
        options = None if view.materialized else "security_invoker = true"
        yield CreateView(name, view_query(system, view), view.materialized, options)
        if view.materialized:
            yield from _uniques(view, name)
            yield from TableBuilder(system, view.table).indexes()
        yield from _comments(view, name)
        yield from _rights(system, view, name, roles)


def _uniques(view: View, name: Name) -> Iterator[CreateIndex]:
    """A view has no constraints; a unique index also lets it be refreshed beside its readers."""
    for key in view.table.uniques:
        if key.where is None:
            yield CreateIndex(key.name, name, tuple(IndexPart(column) for column in key.columns), unique=True)


def view_query(system: SystemIR, view: View) -> str:
    """Return the query behind a view as SQL text."""
    row = Row(system.entity(view.source), view.binding)
    scope = Scope(system).bind(view.binding, row)
    columns = zip(view.table.columns, view.values, strict=True)
    shown = [
        exp.alias_(_value(system, expr, sql_type(column.type), scope), identifier(column.name))
        for column, expr in columns
    ]
    where = [*not_deleted(row), *([lower(view.where, scope)] if view.where is not None else [])]
    query = exp.Select(expressions=shown, from_=exp.From(this=table_of(row.entity, row.alias)))
    if where:
        query.set("where", exp.Where(this=conjunction(where)))
    return print_sql(query)


def _value(system: SystemIR, expr: Expr, wanted: str, scope: Scope) -> exp.Expression:
    """A column is shown as it is; anything else as the type that was declared."""
    tree = lower(expr, scope)
    return tree if _is_column(system, expr, wanted, scope) else cast(tree, wanted)


def _is_column(system: SystemIR, expr: Expr, wanted: str, scope: Scope) -> bool:
    if not isinstance(expr, Path) or expr.root is not Root.BINDING or len(expr.steps) != 1:
        return False
    entity = scope.bindings[expr.name or ""].entity
    field = entity.field(expr.steps[0].field)
    if not isinstance(field, ScalarField | ReferenceField):
        return False
    return sql_type(system.table_of(entity.name).column(field.column).type) == wanted


def _comments(view: View, name: Name) -> Iterator[Statement]:
    if view.entity.doc:
        kind = "materialized view" if view.materialized else "view"
        yield CommentOn(kind, name, view.entity.doc)
    for column in view.table.columns:
        if column.doc:
            yield CommentOn("column", name, column.doc, column.name)


def _rights(system: SystemIR, view: View, name: Name, roles: Roles) -> Iterator[Statement]:
    """A role that may read rows by some rule may query the view; the tables below decide which rows."""
    policy = system.policy(view.entity.name)
    if view.materialized:
        yield Grant((Privilege("select"),), "table", name, (roles.service,))
    elif policy is not None and any(
        rule.effect == "allow" and "read" in rule.actions for rule in policy.rules
    ):
        yield Grant((Privilege("select"),), "table", name, (roles.runtime, roles.service))
