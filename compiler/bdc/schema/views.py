"""Views: they run with the rights of their caller, so that row level security applies below them.

A materialized one holds the rows of all callers. Only user code that may do more than its caller reads it.
"""

from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from bdc.ddl.names import Name
from bdc.ddl.nodes import CommentOn, CreateIndex, CreateView, Grant, IndexPart, Privilege, Statement
from bdc.ir import Aggregate, Expr, Path, ReferenceField, Root, ScalarField, SystemIR, View
from bdc.policy.rebase import parts
from bdc.query.expressions import lower
from bdc.query.names import column as column_of
from bdc.query.names import identifier, table_of
from bdc.query.relations import not_deleted
from bdc.query.scope import Row, Scope
from bdc.query.trees import call, cast, conjunction, negation, number, print_sql
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


def _named(value: exp.Expression, name: str) -> exp.Expression:
    return exp.Alias(this=value, alias=identifier(name))


def view_query(system: SystemIR, view: View) -> str:
    """Return the query behind a view as SQL text."""
    row = Row(system.entity(view.source), view.binding)
    scope = Scope(system).bind(view.binding, row)
    if view.group:
        return print_sql(grouped_query(system, view, row, scope))
    columns = zip(view.table.columns, view.values, strict=True)
    shown: list[exp.Expression] = [
        _named(_value(system, expr, sql_type(column.type), scope), column.name) for column, expr in columns
    ]
    return print_sql(_rows(view, row, scope, shown))


def _rows(view: View, row: Row, scope: Scope, shown: list[exp.Expression]) -> exp.Select:
    """Return the query of the rows that a view is over, which shows `shown` of each."""
    where = [*not_deleted(row), *([lower(view.where, scope)] if view.where is not None else [])]
    query = exp.Select(expressions=shown, from_=exp.From(this=table_of(row.entity, row.alias)))
    if where:
        query.set("where", exp.Where(this=conjunction(where)))
    return query


_GROUPS = "grouped"


def grouped_query(system: SystemIR, view: View, row: Row, scope: Scope) -> exp.Select:
    """Return the query of a view that groups: what rows are grouped by and what is aggregated is worked out row by row below it."""
    leaves = list(dict.fromkeys(leaf for expr in _shown(view) for leaf in _leaves(expr, view)))
    paths = (
        leaf for leaf in leaves if isinstance(leaf, Path)
    )  # they go on from keys, and leave the groups as they are
    keys = {key: f"k{number}" for number, key in enumerate(dict.fromkeys((*view.group, *paths)), 1)}
    aggregates = [leaf for leaf in leaves if isinstance(leaf, Aggregate)]
    names = {each: f"v{number}" for number, each in enumerate(aggregates, 1)}
    inner: list[exp.Expression] = [_named(lower(key, scope), name) for key, name in keys.items()]
    inner += [
        _named(lower(each.value, scope), name) for each, name in names.items() if each.value is not None
    ]
    over: dict[Expr, exp.Expression] = {key: column_of(_GROUPS, name) for key, name in keys.items()}
    over |= {each: _aggregated(each, name) for each, name in names.items()}
    outer = replace(scope, grouped=over)
    columns = zip(view.table.columns, view.values, strict=True)
    query = exp.Select(
        expressions=[
            _named(cast(lower(expr, outer), sql_type(each.type)), each.name) for each, expr in columns
        ],
        from_=exp.From(this=_rows(view, row, scope, inner).subquery(_GROUPS)),
    )
    hidden = [column_of(_GROUPS, name) for key, name in keys.items() if _may_be_hidden(key)]
    if hidden:
        query.set(
            "where",
            exp.Where(
                this=conjunction(negation(exp.Is(this=each, expression=exp.Null())) for each in hidden)
            ),
        )
    query.set("group", exp.Group(expressions=[column_of(_GROUPS, name) for name in keys.values()]))
    if view.having is not None:
        query.set("having", exp.Having(this=lower(view.having, outer)))
    return query


def _may_be_hidden(key: Expr) -> bool:
    """Say whether a value that is never null misses where the caller may not read what it comes from: no row is shown then."""
    return not key.nullable and not (isinstance(key, Path) and len(key.steps) == 1)


def _shown(view: View) -> tuple[Expr, ...]:
    return view.values if view.having is None else (*view.values, view.having)


def _leaves(expr: Expr, view: View) -> Iterator[Expr]:
    """Yield what an expression about a group is made of: paths that go on from its keys, and aggregates over its rows."""
    if expr in view.group:
        return
    if isinstance(expr, Path) or (isinstance(expr, Aggregate) and not expr.collection.steps):
        yield expr
        return
    for part in parts(expr):
        yield from _leaves(part, view)


def _aggregated(each: Aggregate, name: str) -> exp.Expression:
    value: exp.Expression = exp.Star() if each.value is None else column_of(_GROUPS, name)
    made = call(each.function, value)
    return call("coalesce", made, number(0)) if each.function == "sum" else made


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
