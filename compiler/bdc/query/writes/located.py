"""Rows that paths name otherwise than by their key alone: what every function on such a row does first.

By another field, the key is looked up. Under other rows, the row counts as absent unless it belongs to those, and unless the caller may
read them.
"""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from bdc.ir import Entity
from bdc.ir.compiled import FunctionParameter, ParameterRole
from bdc.query.names import column, table_of
from bdc.query.relations import (
    address_parts,
    deleted,
    deletion_column,
    key_columns,
    led_by,
    not_deleted,
    points_at,
    tenant_column,
)
from bdc.query.scope import Row
from bdc.query.trees import call, cast, conjunction, disjunction, equal, exists, negation, number
from bdc.query.types import sql_type
from bdc.query.writes import refusals
from bdc.query.writes.context import Context, around_parameter
from bdc.query.writes.names import FOUND, INPUT, ROW, is_null, json_object, variable
from bdc.query.writes.plpgsql import Assign, Declared, Run, Statement, When
from bdc.query.writes.signature import Signature, key_condition, sql_name
from bdc.query.writes.statements import query
from bdc.surface.addresses import Around, around, is_plain, resource_of

PARENT = "v_parent"


def located(
    context: Context, entity: Entity | None, signature: Signature
) -> tuple[Sequence[Declared], Sequence[Statement]]:
    """Return the variables that hold the key, named as if it were given, and the statements that look it up: null where there is no such
    row, which nothing then finds. Nothing for a function that takes no row, or its key alone."""
    if entity is None or is_plain(context.system, entity):
        return (), ()
    given = [each for each in signature.rest if each.role is ParameterRole.KEY]
    outer = context.around(entity)
    if not given:
        return (), ()
    if len(given) == len(outer):
        return _new_row(context, around(context.system, entity))
    return _row(context, entity, given[len(outer) :], {sql_name(each) for each in given})


def _row(
    context: Context, entity: Entity, own: Sequence[FunctionParameter], names: set[str]
) -> tuple[Sequence[Declared], Sequence[Statement]]:
    keys = [(sql_name(key), key.sql_type) for key in context.keys(entity)]
    columns = [column(ROW, name) for name in key_columns(entity)]
    tenant = tenant_column(context.system, entity) if entity.tenant else None
    named = key_condition(own, (part.column for part in address_parts(context.system, entity)), ROW)
    where = [
        *([equal(column(ROW, tenant), context.tenant())] if tenant else []),
        *_or_own(context, entity, own, named),
        *(deleted if context.restores else not_deleted)(Row(entity, ROW)),
        *within(context, around(context.system, entity), Row(entity, ROW)),
    ]
    found = query(columns, [table_of(entity, ROW)], where)
    if context.restores:  # of several with one name, the last that was deleted
        last = exp.Ordered(this=column(ROW, deletion_column(entity) or ""), desc=True)
        found.set("order", exp.Order(expressions=[last]))
        found.set("limit", exp.Limit(expression=number(1)))
    variables = tuple(Declared(name, sql_type) for name, sql_type in keys if name not in names)
    return variables, (Run(found, tuple(name for name, _ in keys)),)


def _or_own(
    context: Context, entity: Entity, own: Sequence[FunctionParameter], named: list[exp.Expression]
) -> list[exp.Expression]:
    """Return the condition that finds the row: by its name, or, where a path without one leads to the caller, by who calls."""
    resource, identity = resource_of(context.system, entity), context.system.identity
    if resource is None or resource.single is None or not resource.operations or identity is None:
        return named
    (key,), (name,) = context.keys(entity), key_columns(entity)
    caller = context.scope.claim(context.system, identity.key_of(entity.name))
    mine = conjunction(
        [is_null(variable(sql_name(own[0]))), equal(column(ROW, name), cast(caller, key.sql_type))]
    )
    return [disjunction([conjunction(named), mine])]


def within(context: Context, parents: Sequence[Around], row: Row) -> Iterator[exp.Expression]:
    """Yield the condition that `row` belongs to `parents`, the nearest first, and that the caller may read these. Their names are those
    of the whole path: another path may name the same rows otherwise."""
    if not parents:
        return
    parent = Row(parents[0].entity, context.names.fresh())
    where = [points_at(row, parents[0].reference, parent), *_found(context, parents, parent)]
    yield exists([table_of(parent.entity, parent.alias)], conjunction(where))


def _found(context: Context, parents: Sequence[Around], row: Row) -> list[exp.Expression]:
    """Return the conditions that `row` is the nearest of the rows which the path names, open to the caller."""
    parent, *beyond = parents
    parts = address_parts(context.system, parent.entity)
    named = [
        equal(row.column(part.column), variable(sql_name(around_parameter(name))))
        for name, part in zip(parent.names, parts, strict=True)
    ]
    return [*named, *context.readable(row), *within(context, beyond, row)]


def parent_variables(held: Sequence[object]) -> Iterator[str]:
    """Yield the variables that hold what leads to the row around, one for each column."""
    return (PARENT if at == 0 else f"{PARENT}_{at + 1}" for at in range(len(held)))


def _new_row(context: Context, parents: Sequence[Around]) -> tuple[Sequence[Declared], Sequence[Statement]]:
    """Refuse where the row around is not there; otherwise its key is what the input of one row gives for the reference. Many rows take it
    from the variable."""
    parent = parents[0]
    row = Row(parent.entity, "p")
    held = led_by(context.system, parent.child, parent.reference)
    table = context.system.table(parent.entity.table)
    names = tuple(parent_variables(held))
    columns = [row.column(goal) for _, goal in held]
    found = query(columns, [table_of(parent.entity, row.alias)], _found(context, parents, row))
    given = json_object(
        **{part.member: call("to_jsonb", variable(name)) for name, (part, _) in zip(names, held, strict=True)}
    )
    referring = Assign("p_input", exp.DPipe(this=variable(INPUT), expression=given))
    types = (sql_type(table.column(goal).type) for _, goal in held)
    return tuple(Declared(name, kind) for name, kind in zip(names, types, strict=True)), (
        Run(found, names),
        When(negation(variable(FOUND)), (refusals.NOT_FOUND,)),
        *(() if context.several else (referring,)),
    )
