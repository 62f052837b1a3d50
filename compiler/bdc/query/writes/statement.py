"""Statements of an operation beyond the change of its row: what must hold first, and writes to other rows.

They run as what the operation is, not as what the caller may do by itself: `app.body` names the operation while they run, and row level
security opens the tables that its statements name to callers that may call it, within the floor of the tenant. Rows that change are locked before anything
is asked of them, table by table and in the order of their keys, so that two calls never wait for each other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from sqlglot import exp

from bdc.ir import (
    Assignment,
    Entity,
    Hook,
    InputShape,
    Operation,
    OperationStatement,
    Parameter,
    ReferenceField,
    Requirement,
    ScalarField,
    TransitionBody,
)
from bdc.query.claims import BODY_SETTING
from bdc.query.names import column, table_of
from bdc.query.relations import deletion_column, key_columns, key_parts, not_deleted, tenant_column
from bdc.query.scope import Held, Row, Scope
from bdc.query.trees import (
    boolean,
    call,
    cast,
    conjunction,
    equal,
    is_true,
    negation,
    number,
    scalar_query,
    text,
)
from bdc.query.types import sql_type
from bdc.query.writes.change import touched
from bdc.query.writes.context import Context
from bdc.query.writes.enqueue import enqueued
from bdc.query.writes.input import pieces
from bdc.query.writes.names import FOUND, ROW, is_given, json_object, variable
from bdc.query.writes.plpgsql import Assign, Declared, ForEach, Refuse, Run, Statement, When
from bdc.query.writes.rows import NewRows
from bdc.query.writes.signature import BOUND, argument, sql_name
from bdc.query.writes.statements import delete, insert, insert_or_skip, locking, nothing, query, update
from bdc.query.writes.values import json_value
from bdc.source.records import dataclass

THIS = "this"
LOCKED_ROW = "v_locked_row"
MEMBERS = "v_members"
VARIABLES = (Declared(LOCKED_ROW, "integer"), Declared(MEMBERS, "jsonb"))


@dataclass(frozen=True)
class Statements:
    """The statements of one operation. `entity`: that of its row; None outside a resource. `changes_row`: the row changes too. `old`: the row before.
    `rows`: those that expressions name, where these are not `this` and those of parameters."""

    context: Context
    operation: Operation | Hook
    entity: Entity | None
    bound: str
    changes_row: bool = False
    old: Row | None = None
    rows: Mapping[str, Held] | None = None

    @property
    def body(self) -> TransitionBody:
        assert isinstance(self.operation.body, TransitionBody)
        return self.operation.body

    @cached_property
    def held(self) -> dict[str, Held]:
        if self.rows is not None:
            return dict(self.rows)
        assert not isinstance(self.operation, Hook)
        return held_rows(self.context, self.operation, self.entity)

    def opened(self, *inner: Statement) -> tuple[Statement, ...]:
        """Return `inner` run as the operation."""
        return (bind_body(self.bound), *inner, bind_body("")) if inner else ()

    def lock(self) -> Iterator[Statement]:
        """Lock the rows that change, in an order that all calls share. Nothing to do where only the operation's own row changes."""
        rows = {each.row: self.held[each.row] for each in self.body.statements if each.row is not None}
        if rows and self.changes_row:
            rows = {THIS: self.held[THIS], **rows}
        tables: dict[str, list[Held]] = {}
        for held in rows.values():
            tables.setdefault(held.entity.table, []).append(held)
        for name in sorted(tables):
            yield ForEach((LOCKED_ROW,), in_order(self.context, tables[name]), ())

    def checked(self) -> tuple[Statement, ...]:
        """Return what refuses when a requirement does not hold."""
        return tuple(found for each in self.body.requires for found in self._required(each))

    def _required(self, required: Requirement) -> Iterator[Statement]:
        error = next(each for each in self.context.system.errors if each.name == required.error)
        members = json_object(**dict(self.members(required)))
        source, where = self._own_row()
        holds = query(
            [nothing()], source, [*where, is_true(self.context.value(required.condition, self.scope()))]
        )
        told = (Run(query([members], source, where), (MEMBERS,)),) if error.members else ()
        refuse = Refuse(error.status, error.code, variable(MEMBERS) if error.members else None)
        yield When(negation(exp.Exists(this=holds)), (*told, refuse))

    def _own_row(self) -> tuple[list[exp.Expression], list[exp.Expression]]:
        """Return the FROM items and conditions under which a bare name means the operation's row."""
        if self.entity is None:
            return [], []
        return [table_of(self.entity, ROW)], locate(self.context, self.held[THIS], ROW)

    def members(self, required: Requirement) -> Iterator[tuple[str, exp.Expression]]:
        error = next(each for each in self.context.system.errors if each.name == required.error)
        given = {each.field: each.value for each in required.members}
        parameters = {each.name: each for each in self.operation.parameters}
        for entry in error.members:
            if entry.name in given:
                value = self.context.value(given[entry.name], self.scope())
                yield entry.name, json_value(value, entry.type)
            elif entry.name in parameters:
                yield entry.name, json_value(variable(argument(entry.name)), parameters[entry.name].type)
            else:
                yield entry.name, self._field(entry.name)

    def _field(self, name: str) -> exp.Expression:
        """Return a field of the operation's row; null for one that is hidden from some callers."""
        entity = self.entity
        policy = self.context.system.policy(entity.name) if entity else None
        hidden = {rule.field for rule in policy.fields if rule.read} if policy else set()
        field = next((each for each in entity.fields if each.name == name), None) if entity else None
        if (
            isinstance(field, ScalarField)
            and not field.hidden
            and name not in hidden
            and not field.encrypted
            and not field.embedded
        ):
            return json_value(column(self.alias, field.column), field.type)
        if isinstance(field, ReferenceField) and not field.hidden and name not in hidden:
            return call("to_jsonb", column(self.alias, field.column))
        return exp.Null()

    @property
    def alias(self) -> str:
        """What a bare name in a requirement is a column of."""
        return ROW

    def scope(self) -> Scope:
        """Return what the names of a requirement mean."""
        scope = self.context.scope if self.entity is None else self.context.scope.at(self.entity.name, ROW)
        return replace(scope, held=self.held)

    def written(self) -> tuple[Statement, ...]:
        """Return the statements, in order, then the runs of jobs that they queue."""
        scope = self._with_rows(self.context.scope)
        queued = (enqueued(self.context, each, scope) for each in self.body.enqueues)
        return (*(found for each in self.body.statements for found in self._statement(each)), *queued)

    def _with_rows(self, scope: Scope) -> Scope:
        """Return the scope with the rows that expressions name."""
        return replace(scope, held=self.held, old=self.old)

    def _statement(self, each: OperationStatement) -> tuple[Statement, ...]:
        match each.verb:
            case "update":
                return self._update(each)
            case "remove":
                return self._remove(each)
        entity = self.context.system.entity(each.entity)
        scope = self._with_rows(self.context.scope)
        given = dict(assigned_columns(self.context, entity, each.values, scope))
        rows = NewRows(self.context, entity, InputShape(members=()), exp.Null(), text(""), given=given)
        made, names = rows.candidates({}, frozenset())
        source = query([column(ROW, name) for name in names], [made])
        if each.verb == "put":
            return (Run(insert_or_skip(table_of(entity), names, source)),)
        numbered = entity.numbered_key is not None
        return (Run(insert(table_of(entity), names, source, overriding=numbered)),)

    def _update(self, each: OperationStatement) -> tuple[Statement, ...]:
        entity, held = self.context.system.entity(each.entity), self.held[each.row or ""]
        scope = self._with_rows(self.context.scope.at(entity.name, ROW))
        values = {**dict(assigned_columns(self.context, entity, each.values, scope)), **touched(entity)}
        changed = Run(update(table_of(entity, ROW), values, locate(self.context, held, ROW)))
        gone = conjunction([negation(variable(FOUND)), is_given(held.key[0].copy())])
        return (changed, When(gone, (Refuse(409, "conflict"),)))

    def _remove(self, each: OperationStatement) -> tuple[Statement, ...]:
        entity = self.context.system.entity(each.entity)
        scope = self._with_rows(self.context.scope)
        row = Row(entity, ROW)
        where = [*_tenant(self.context, entity), *not_deleted(row)]
        for given in each.values:
            where += [
                _same(column(ROW, name), value, nullable=given.value.nullable)
                for name, value in assigned_columns(self.context, entity, (given,), scope)
            ]
        deleted = deletion_column(entity)
        if deleted is None:
            return (Run(delete(table_of(entity, ROW), where)),)
        return (Run(update(table_of(entity, ROW), {deleted: call("now"), **touched(entity)}, where)),)


def assigned_columns(
    context: Context, entity: Entity, values: tuple[Assignment, ...], scope: Scope
) -> Iterator[tuple[str, exp.Expression]]:
    """Yield the columns that assignments write, with their values."""
    for each in values:
        field = entity.field(each.field)
        assert isinstance(field, ScalarField | ReferenceField)
        value = context.value(each.value, scope)
        if isinstance(field, ScalarField) and field.embedded:
            yield from pieces(field, value)
        else:
            yield field.column, value


def held_rows(context: Context, operation: Operation, entity: Entity | None) -> dict[str, Held]:
    """Return the rows that expressions of an operation name: `this`, and those of its parameters."""
    rows = held_arguments(context, operation.parameters)
    if entity is None or THIS in rows:
        return rows
    own = Held(entity, tuple(variable(sql_name(key)) for key in context.keys(entity)))
    body = operation.body
    named = [each.row for each in body.statements if each.row] if isinstance(body, TransitionBody) else []
    behind = {name: _behind(context, own, name) for name in named if name not in (THIS, *rows)}
    return {THIS: own, **rows, **behind}


def _behind(context: Context, own: Held, name: str) -> Held:
    """Return the row that a reference of the operation's row leads to."""
    return held_behind(
        context, own.entity, name, lambda column_name: stored_column(context, own, column_name)
    )


def stored_column(context: Context, own: Held, name: str) -> exp.Expression:
    """Return what reads a column of a row that is stored."""
    where = conjunction(locate(context, own, ROW))
    return scalar_query(column(ROW, name), [table_of(own.entity, ROW)], where)


def held_behind(context: Context, entity: Entity, name: str, value: Callable[[str], exp.Expression]) -> Held:
    """Return the row that a reference leads to; `value`: what reads a column of the row that has it."""
    reference = entity.field(name)
    assert isinstance(reference, ReferenceField)
    target = context.system.entity(reference.target)
    ours = dict(zip(reference.target_columns, reference.columns, strict=True))
    return Held(target, tuple(value(ours[each]) for each in key_columns(target)))


def held_arguments(context: Context, parameters: Iterable[Parameter]) -> dict[str, Held]:
    """Return the rows that arguments name by their key."""
    return {
        each.row: Held(context.system.entity(each.refers), _key(context, each, each.refers))
        for each in parameters
        if each.refers is not None
    }


def _key(context: Context, parameter: Parameter, row: str) -> tuple[exp.Expression, ...]:
    given = variable(argument(parameter.name))
    if not parameter.is_key_of_parts:
        return (given,)
    entity = context.system.entity(row)
    columns = (context.system.table(entity.table).column(each.column) for each in key_parts(entity))
    return tuple(
        cast(exp.JSONExtractScalar(this=given.copy(), expression=number(place)), sql_type(each.type))
        for place, each in enumerate(columns)
    )


def bind_body(operation: str) -> Statement:
    return Assign(BOUND, call("set_config", text(BODY_SETTING), text(operation), boolean(True)))


def _tenant(context: Context, entity: Entity) -> list[exp.Expression]:
    tenant = tenant_column(context.system, entity) if entity.tenant else None
    return [equal(column(ROW, tenant), context.tenant())] if tenant else []


def locate(context: Context, held: Held, alias: str) -> list[exp.Expression]:
    """Return what finds a row under `alias`: its tenant, its key, and that it is not deleted."""
    keys = zip(key_columns(held.entity), held.key, strict=True)
    found = [equal(column(alias, name), part.copy()) for name, part in keys]
    return [*_tenant(context, held.entity), *found, *not_deleted(Row(held.entity, alias))]


def in_order(context: Context, rows: list[Held]) -> exp.Select:
    """Return the query that locks rows of one table by key."""
    entity = rows[0].entity
    names = key_columns(entity)
    either = [
        conjunction(equal(column(ROW, name), part.copy()) for name, part in zip(names, held.key, strict=True))
        for held in rows
    ]
    where = either[0] if len(either) == 1 else exp.Paren(this=exp.or_(*either, copy=False, wrap=False))
    found = query([nothing()], [table_of(entity, ROW)], [*_tenant(context, entity), where])
    found.set("order", exp.Order(expressions=[exp.Ordered(this=column(ROW, name)) for name in names]))
    return locking(found, ROW)


def _same(mine: exp.Expression, value: exp.Expression, *, nullable: bool) -> exp.Expression:
    """Return that a column holds a value; null where the value is null, which no index finds."""
    return exp.NullSafeEQ(this=mine, expression=value) if nullable else equal(mine, value)
