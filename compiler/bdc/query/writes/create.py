"""Create: the row, the rows it owns, and what a read would show of it, in one function."""

from collections.abc import Iterator

from sqlglot import exp

from bdc.ir import CollectionField, Entity, ExpandNode, InputMember, InputShape, ReferenceField, Resource
from bdc.ir.compiled import CompiledFunction, FunctionParameter, ParameterRole
from bdc.query.names import column
from bdc.query.relations import key_parts, led_by
from bdc.query.trees import equal, negation, number, scalar_query, text
from bdc.query.writes import hooks, idempotency, references, refusals
from bdc.query.writes.answer import answer_with, must_be_readable, read_back
from bdc.query.writes.assemble import assemble
from bdc.query.writes.context import Context
from bdc.query.writes.idempotency import REPEATABLE
from bdc.query.writes.insertion import Insertion
from bdc.query.writes.names import FOUND, INPUT, ROW, either, is_null, variable
from bdc.query.writes.owned import COUNT, OwnedRows
from bdc.query.writes.plpgsql import Assign, Declared, Statement, When
from bdc.query.writes.related import expand_parameter
from bdc.query.writes.rows import BASE, NewRows
from bdc.query.writes.signature import Signature
from bdc.source.records import replace


def compile_create(context: Context, resource: Resource, name: str = "") -> CompiledFunction:
    """Return the function `<entity>_create(identity…, input, expand, idempotency_key, request_hash)`, or one called `name`."""
    shape = resource.create or InputShape(members=())
    entity = context.system.entity(resource.entity)
    reference = entity.field(resource.via) if resource.via is not None else None
    if isinstance(reference, ReferenceField):  # the path names the row that it refers to
        parts = led_by(context.system, entity, reference)
        around = (InputMember(field=part.field, required=True) for part, _ in parts)
        shape = InputShape(members=(*around, *shape.members))
    return _Creation(context.fresh(), entity, shape, resource).compile(name)


class _Creation:
    def __init__(self, context: Context, entity: Entity, shape: InputShape, resource: Resource) -> None:
        self._context = context
        self._entity = entity
        self._shape = shape
        self._resource = resource
        self._expand: tuple[ExpandNode, ...] = resource.expand
        self._variables: list[Declared] = [
            *references.VARIABLES,
            *refusals.VARIABLES,
            *idempotency.VARIABLES,
            *hooks.VARIABLES,
            Declared(COUNT, "integer"),
        ]

    def compile(self, name: str) -> CompiledFunction:
        given = FunctionParameter("input", "jsonb", ParameterRole.INPUT)
        around = self._context.around(self._entity)
        signature = self._context.signature(*around, given, *expand_parameter(self._expand), *REPEATABLE)
        name = name or self._context.function_name(self._entity.name, "create")
        bound = f"{self._entity.name}.create"
        draft = NewRows(self._context, self._entity, self._shape, variable(INPUT), text(""))
        owned = OwnedRows(self._context, self._variables)
        rows, keys = owned.with_key(draft, "key")
        values = [rows.given[part.column] for part in key_parts(self._entity)]
        hooked = hooks.hooked_create(self._context, self._resource, self._entity, values)
        if hooked is not None:
            rows = replace(rows, sets=hooked.sets(self._context.scope.at(self._entity.name, BASE)))
        body = [
            *idempotency.claim(signature, bound),
            *keys,
            *(_before(hooked, rows) if hooked is not None else ()),
            *Insertion(rows).write(),
            When(negation(variable(FOUND)), Insertion(rows).explain()),
            *owned.write(rows),
            *(self._after(hooked, rows, signature) if hooked is not None else ()),
            answer_with(self._context, self._entity, _key_conditions(rows), self._expand, self._written()),
            Assign("status", either(is_null(variable("body")), number(204), number(201))),
            *idempotency.store(signature, bound, name),
        ]
        return assemble(self._context, name, self._entity.name, "create", signature, body, self._variables)

    def _after(self, hooked: hooks.Hooked, rows: NewRows, signature: Signature) -> Iterator[Statement]:
        """Yield what follows the new row. An event holds the row as the caller sees it, so that the caller has to see it."""
        yield from hooked.after()
        if hooked.hook.emits:
            yield read_back(self._context, self._entity, _key_conditions(rows))
            yield must_be_readable()
            yield from hooked.told(signature)

    def _written(self) -> frozenset[str]:
        """Return the owned collections that the input may hold."""
        return frozenset(
            each.field
            for each in self._shape.members
            if isinstance(self._entity.field(each.field), CollectionField)
        )


def _before(hooked: hooks.Hooked, rows: NewRows) -> tuple[Statement, ...]:
    """Return what locks the rows that change beside the new one, and refuses where a requirement does not hold."""
    insertion = Insertion(rows)

    def value(name: str) -> exp.Expression:
        made, _ = rows.candidates({}, frozenset((name,)))
        return scalar_query(column(ROW, name), [made])

    return hooked.opened(*hooked.locks(value, own=False), *hooked.required(insertion.breaks))


def _key_conditions(rows: NewRows) -> list[exp.Expression]:
    """Return what finds the row that was just written."""
    return [
        equal(column(ROW, part.column), rows.given[part.column].copy()) for part in key_parts(rows.entity)
    ]
