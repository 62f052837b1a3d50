"""What every custom operation on a row shares: its parameters, its change, its answer."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from sqlglot import exp

from bdc.ir import (
    Assignment,
    Entity,
    EntityType,
    ExpandNode,
    HandlerBody,
    Operation,
    ReferenceField,
    Resource,
    ScalarField,
    TransitionBody,
    Type,
)
from bdc.ir.compiled import FunctionParameter, ParameterRole
from bdc.ir.restoring import restores
from bdc.query.relations import deletion_column, key_parts
from bdc.query.sealing import is_sealed, sealed_argument
from bdc.query.types import sql_type
from bdc.query.writes import idempotency
from bdc.query.writes.answer import expanded, must_be_readable, read_back, status
from bdc.query.writes.change import Change
from bdc.query.writes.context import Context
from bdc.query.writes.events import emit
from bdc.query.writes.input import pieces
from bdc.query.writes.machine import Step, step_of
from bdc.query.writes.names import ROW, variable
from bdc.query.writes.plpgsql import Assign, Statement
from bdc.query.writes.related import expand_parameter
from bdc.query.writes.signature import Signature, sql_name
from bdc.query.writes.statement import held_rows
from bdc.source.records import dataclass
from bdc.surface.bindings import expandable


@dataclass(frozen=True)
class RowOperation:
    """A custom operation of a resource. `expand`: what a caller may ask to be included in its row."""

    context: Context
    entity: Entity
    operation: Operation
    expand: tuple[ExpandNode, ...] = ()

    @staticmethod
    def of(context: Context, resource: Resource, operation: Operation) -> "RowOperation":
        """Return the operation with aliases of its own."""
        entity = context.system.entity(resource.entity)
        if restores(operation):
            context = replace(context, restores=True)
        return RowOperation(context.fresh(), entity, operation, expandable(resource, operation))

    @property
    def name(self) -> str:
        return self.function("")

    def function(self, part: str) -> str:
        """Return the name of the function; `part` is that of a half, '' where one function does it all."""
        return self.context.function_name(self.entity.name, self.operation.name, part)

    @property
    def bound(self) -> str:
        """What the operation is called in settings, keys and rules of the database: `Order.pay`."""
        return f"{self.entity.stored}.{self.operation.name}"

    @cached_property
    def step(self) -> Step | None:
        return step_of(self.context.system, self.entity, self.operation)

    def change(self) -> Change:
        """Return the change of the row: by the operation's own rules, from a state that it may start from."""
        bare = Change(self.context, self.entity, self.operation.name)
        if self.step is None:
            return bare
        reasons = self.step.refuse(bare.target(), bare.located())
        return Change(
            self.context,
            self.entity,
            self.operation.name,
            conditions=[self.step.may_start()],
            reasons=reasons,
        )

    def values(self) -> dict[str, exp.Expression]:
        """Return what the operation sets: the transition, then its assignments."""
        moved = self.step.values() if self.step else {}
        if self.context.restores:
            moved = {deletion_column(self.entity) or "": exp.Null()}
        return {**moved, **dict(self._assigned())}

    def _assigned(self) -> Iterator[tuple[str, exp.Expression]]:
        body = self.operation.body
        sets: tuple[Assignment, ...] = body.sets if isinstance(body, TransitionBody | HandlerBody) else ()
        held = held_rows(self.context, self.operation, self.entity)
        scope = replace(self.context.scope.at(self.entity.name, ROW), held=held)
        for each in sets:
            field = self.entity.field(each.field)
            if not isinstance(field, ScalarField | ReferenceField):
                raise TypeError(f"{self.entity.name}.{each.field} cannot be set")
            if isinstance(field, ScalarField) and is_sealed(field):
                yield field.column, variable(sql_name(_sealed(field)))
                continue
            value = self.context.value(each.value, scope)
            if isinstance(field, ScalarField) and field.embedded:
                yield from pieces(field, value)
            else:
                yield field.column, value

    def arguments(self) -> tuple[FunctionParameter, ...]:
        """Return one parameter per parameter of the operation, and one per field that it stores encrypted."""
        body = self.operation.body
        sets = body.sets if isinstance(body, TransitionBody | HandlerBody) else ()
        fields = (self.entity.field(each.field) for each in sets)
        sealed = (_sealed(field) for field in fields if isinstance(field, ScalarField) and is_sealed(field))
        return (*arguments(self.context, self.operation), *sealed)

    def asked(self) -> tuple[FunctionParameter, ...]:
        """Return the parameter that names the relations to include, where there are any."""
        return expand_parameter(self.expand)

    def returns_row(self) -> bool:
        returned = self.operation.returns
        return isinstance(returned, EntityType) and returned.name == self.entity.name

    def answer(self, signature: Signature, key: list[exp.Expression], function: str) -> tuple[Statement, ...]:
        """Read the row back, write the events, and leave the answer of `function`."""
        return (
            *self.told(signature, key),
            *self._result(),
            *expanded(self.context, self.entity, key, self.expand),
            *self._stored(signature, function),
        )

    def told(self, signature: Signature, key: list[exp.Expression]) -> tuple[Statement, ...]:
        """Read the row back and write the events."""
        return (
            read_back(self.context, self.entity, key),
            must_be_readable(),
            *emit(self.context, self.operation, self.entity, signature),
        )

    def done(self, signature: Signature, function: str) -> tuple[Statement, ...]:
        """Leave the answer of an operation without a result, whose row may be gone."""
        return (*self._result(), *self._stored(signature, function))

    def _stored(self, signature: Signature, function: str) -> tuple[Statement, ...]:
        return tuple(idempotency.store(signature, self.bound, function)) if self.operation.idempotent else ()

    def _result(self) -> tuple[Statement, ...]:
        if self.returns_row():
            return (status(200),)
        if self.operation.returns is None:
            return (status(204), Assign("body", exp.Null()))
        return (status(200), Assign("body", variable("p_result")))


def _sealed(field: ScalarField) -> FunctionParameter:
    """Return the parameter that brings a value as it is stored: only the service can encrypt."""
    return FunctionParameter(sealed_argument(field), "text", ParameterRole.ARGUMENT)


def arguments(context: Context, operation: Operation) -> tuple[FunctionParameter, ...]:
    """Return one parameter per parameter of the operation, as its SQL type."""
    return tuple(
        FunctionParameter(each.name, argument_type(context, each.type), ParameterRole.ARGUMENT)
        for each in operation.parameters
    )


def argument_type(context: Context, logical: Type) -> str:
    """Return the SQL type of an argument; a row is passed by its key."""
    if not isinstance(logical, EntityType):
        return sql_type(logical)
    target = context.system.entity(logical.name)
    (part,) = key_parts(target)
    return sql_type(context.system.table(target.table).column(part.column).type)


def idempotent(operation: Operation) -> tuple[FunctionParameter, ...]:
    """Return the parameters of an operation that keeps idempotency keys."""
    return idempotency.REPEATABLE if operation.idempotent else ()
