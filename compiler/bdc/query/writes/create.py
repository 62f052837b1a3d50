"""Create: the row, the rows it owns, and what a read would show of it, in one function."""

from dataclasses import replace
from itertools import count

from sqlglot import exp

from bdc.ir import CollectionField, Entity, ExpandNode, InputMember, InputShape, ReferenceField, Resource
from bdc.ir.compiled import CompiledFunction, FunctionParameter, ParameterRole
from bdc.query.names import column, identifier
from bdc.query.relations import key_columns, key_parts
from bdc.query.trees import call, equal, negation, number, text
from bdc.query.types import sql_type
from bdc.query.writes import idempotency, references, refusals
from bdc.query.writes.answer import answer_with
from bdc.query.writes.assemble import assemble
from bdc.query.writes.context import Context
from bdc.query.writes.idempotency import REPEATABLE
from bdc.query.writes.input import member
from bdc.query.writes.insertion import Insertion
from bdc.query.writes.lookups import Known
from bdc.query.writes.names import FOUND, INPUT, ROW, either, is_null, variable
from bdc.query.writes.plpgsql import Assign, Declared, ForEach, Native, Statement, When
from bdc.query.writes.related import expand_parameter
from bdc.query.writes.rows import POSITION, NewRows
from bdc.query.writes.statements import query

_COUNT = "v_count"
_ELEMENTS = "e"
_ITEM = "item"


def compile_create(context: Context, resource: Resource, name: str = "") -> CompiledFunction:
    """Return the function `<entity>_create(identity…, input, expand, idempotency_key, request_hash)`, or one called `name`."""
    shape = resource.create or InputShape(members=())
    if resource.via is not None:  # the path names the row that it refers to
        shape = InputShape(members=(InputMember(field=resource.via, required=True), *shape.members))
    entity = context.system.entity(resource.entity)
    return _Creation(context.fresh(), entity, shape, resource.expand).compile(name)


class _Creation:
    def __init__(
        self, context: Context, entity: Entity, shape: InputShape, expand: tuple[ExpandNode, ...]
    ) -> None:
        self._context = context
        self._entity = entity
        self._shape = shape
        self._expand = expand
        self._variables: list[Declared] = [
            *references.VARIABLES,
            *refusals.VARIABLES,
            *idempotency.VARIABLES,
            Declared(_COUNT, "integer"),
        ]
        self._numbers = count(1)

    def compile(self, name: str) -> CompiledFunction:
        given = FunctionParameter("input", "jsonb", ParameterRole.INPUT)
        around = self._context.around(self._entity)
        signature = self._context.signature(*around, given, *expand_parameter(self._expand), *REPEATABLE)
        name = name or self._context.function_name(self._entity.name, "create")
        bound = f"{self._entity.name}.create"
        draft = NewRows(self._context, self._entity, self._shape, variable(INPUT), text(""))
        rows, keys = self._with_key(draft, "key")
        body = [
            *idempotency.claim(signature, bound),
            *keys,
            *Insertion(rows).write(),
            When(negation(variable(FOUND)), Insertion(rows).explain()),
            *self._owned(rows),
            answer_with(self._context, self._entity, _key_conditions(rows), self._expand, self._written()),
            Assign("status", either(is_null(variable("body")), number(204), number(201))),
            *idempotency.store(signature, bound, name),
        ]
        return assemble(self._context, name, self._entity.name, "create", signature, body, self._variables)

    def _with_key(self, rows: NewRows, prefix: str) -> tuple[NewRows, list[Statement]]:
        """Decide the key first and keep it in variables: owned rows and the answer need it."""
        base, _ = rows.columns(only=key_columns(rows.entity))
        given, statements = dict(rows.given), list[Statement]()
        table = self._context.system.table(rows.entity.table)
        for part in key_parts(rows.entity):
            name = f"v_{prefix}_{part.member}"
            self._variables.append(Declared(name, sql_type(table.column(part.column).type)))
            statements.append(Assign(name, base[part.column]))
            given[part.column] = variable(name)
        return replace(rows, given=given), statements

    def _written(self) -> frozenset[str]:
        """Return the owned collections that the input may hold."""
        return frozenset(each.field for each in self._shape.members if each.nested is not None)

    def _owned(self, parent: NewRows) -> list[Statement]:
        """Write the rows of every owned collection that the input may hold."""
        found: list[Statement] = []
        for nested in parent.shape.members:
            if nested.nested is not None:
                found += self._collection(parent, nested, nested.nested)
        return found

    def _collection(self, parent: NewRows, nested: InputMember, shape: InputShape) -> list[Statement]:
        field = parent.entity.field(nested.field)
        if not isinstance(field, CollectionField):
            raise TypeError(f"{parent.entity.name}.{nested.field} is not a collection")
        rows = self._children(parent, field, shape)
        if any(member.nested is not None for member in shape.members):
            return [self._one_by_one(parent, rows, field)]
        counted = call("jsonb_array_length", member(parent.source.copy(), field.name))
        short = exp.NullSafeNEQ(this=variable(_COUNT), expression=call("coalesce", counted, number(0)))
        return [
            *Insertion(rows).write(),
            Native(f"GET DIAGNOSTICS {_COUNT} = ROW_COUNT"),
            When(short, Insertion(rows).explain()),
        ]

    def _children(self, parent: NewRows, field: CollectionField, shape: InputShape) -> NewRows:
        child = self._context.system.entity(field.target)
        owner = child.field(field.inverse)
        assert isinstance(owner, ReferenceField)
        pairs = tuple(zip(owner.columns, owner.target_columns, strict=True))
        keys = {theirs: ours for ours, theirs in pairs}
        given = {ours: parent.given[theirs] for ours, theirs in pairs if theirs in parent.given}
        position = exp.Sub(this=column(ROW, POSITION), expression=number(1))
        path = call("concat", parent.path.copy(), text(f"/{field.name}/"), position)
        return NewRows(
            context=self._context,
            entity=child,
            shape=shape,
            source=column(_ELEMENTS, _ITEM),
            path=path,
            origin=_elements(member(parent.source.copy(), field.name)),
            given=given,
            known=Known(parent.entity.table, keys, parent.constants()),
        )

    def _one_by_one(self, parent: NewRows, rows: NewRows, field: CollectionField) -> Statement:
        """Rows that own rows themselves are written one at a time, each before what it owns."""
        number_ = next(self._numbers)
        item, at = f"v_item_{number_}", f"v_position_{number_}"
        self._variables += [Declared(item, "jsonb"), Declared(at, "bigint")]
        offset = exp.Sub(this=variable(at), expression=number(1))
        path = call("concat", parent.path.copy(), text(f"/{field.name}/"), offset)
        single = replace(rows, source=variable(item), path=path, origin=None)
        keyed, keys = self._with_key(single, f"key_{number_}")
        body = (
            *keys,
            *Insertion(keyed).write(),
            When(negation(variable(FOUND)), Insertion(keyed).explain()),
            *self._owned(keyed),
        )
        assert rows.origin is not None
        each = query([column(_ELEMENTS, _ITEM), column(_ELEMENTS, POSITION)], [rows.origin.copy()])
        return ForEach((item, at), each, body)


def _elements(array: exp.Expression) -> exp.Expression:
    """Return the FROM item `jsonb_array_elements(array) with ordinality as e(item, "its position")`."""
    columns = [identifier(_ITEM), identifier(POSITION)]
    alias = exp.TableAlias(this=identifier(_ELEMENTS), columns=columns)
    return exp.Table(this=call("jsonb_array_elements", array), ordinality=True, alias=alias)


def _key_conditions(rows: NewRows) -> list[exp.Expression]:
    """Return what finds the row that was just written."""
    return [
        equal(column(ROW, part.column), rows.given[part.column].copy()) for part in key_parts(rows.entity)
    ]
