"""Rows that come in the input of another row: those that it owns, and those that tie it to the far side of a relation.

A new row brings them along. In an update, what is sent takes the place of what is there: rows that the caller may not remove refuse the
whole change, rows that the caller cannot read stay.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count

from sqlglot import exp

from bdc.ir import CollectionField, Entity, InputMember, InputShape, ReferenceField
from bdc.query.names import column, identifier, table_of
from bdc.query.relations import deletion_column, key_parts, not_deleted, tenant_column
from bdc.query.scope import Row
from bdc.query.trees import boolean, call, equal, negation, number, text
from bdc.query.types import sql_type
from bdc.query.writes import refusals
from bdc.query.writes.change import touched
from bdc.query.writes.context import Context
from bdc.query.writes.input import member
from bdc.query.writes.insertion import Insertion
from bdc.query.writes.links import Link
from bdc.query.writes.lookups import Known
from bdc.query.writes.names import FOUND, ROW, variable
from bdc.query.writes.plpgsql import Assign, Declared, ForEach, Native, Run, Statement, When
from bdc.query.writes.rows import POSITION, NewRows
from bdc.query.writes.signature import BOUND
from bdc.query.writes.statements import delete, nothing, query, update

COUNT = "v_count"
_ELEMENTS = "e"
_ITEM = "item"


class OwnedRows:
    """Writes the rows that come with rows of one function. `variables`: those of the function, which this adds to."""

    def __init__(self, context: Context, variables: list[Declared]) -> None:
        self._context = context
        self._variables = variables
        self._numbers = count(1)

    def with_key(self, rows: NewRows, prefix: str) -> tuple[NewRows, list[Statement]]:
        """Decide the key first and keep it in variables: owned rows and the answer need it."""
        base, _ = rows.columns(only=tuple(part.column for part in key_parts(rows.entity)))
        given, statements = dict(rows.given), list[Statement]()
        table = self._context.system.table(rows.entity.table)
        for part in key_parts(rows.entity):
            name = f"v_{prefix}_{part.member}"
            self._variables.append(Declared(name, sql_type(table.column(part.column).type)))
            statements.append(Assign(name, base[part.column]))
            given[part.column] = variable(name)
        return replace(rows, given=given), statements

    def write(self, parent: NewRows) -> list[Statement]:
        """Write the rows of every collection that the input may hold."""
        found: list[Statement] = []
        for given in parent.shape.members:
            field = parent.entity.field(given.field)
            if isinstance(field, CollectionField):
                found += self._written(parent, given, field)
        return found

    def replace(self, parent: NewRows, given: InputMember, field: CollectionField) -> list[Statement]:
        """Put the rows of one collection that the input holds in the place of those that are there."""
        if given.nested is None:
            link = Link(self._context, parent, given, field)
            return [*link.make(), *self._remove(link.entity, link.near, parent, link.unwanted()), *link.add()]
        child = self._context.system.entity(field.target)
        owner = child.field(field.inverse)
        assert isinstance(owner, ReferenceField)
        return [*self._remove(child, owner, parent, ()), *self._written(parent, given, field)]

    def _written(self, parent: NewRows, given: InputMember, field: CollectionField) -> list[Statement]:
        if given.nested is not None:
            return self._collection(parent, field, given.nested)
        link = Link(self._context, parent, given, field)
        return [*link.make(), *link.add()]

    def _collection(self, parent: NewRows, field: CollectionField, shape: InputShape) -> list[Statement]:
        rows = self._children(parent, field, shape)
        if has_collections(rows.entity, shape):
            return [self._one_by_one(parent, rows, field)]
        counted = call("jsonb_array_length", member(parent.source.copy(), field.name))
        short = exp.NullSafeNEQ(this=variable(COUNT), expression=call("coalesce", counted, number(0)))
        return [
            *Insertion(rows).write(),
            Native(f"GET DIAGNOSTICS {COUNT} = ROW_COUNT"),
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
            known=None if parent.stored else Known(parent.entity.table, keys, parent.constants()),
        )

    def _one_by_one(self, parent: NewRows, rows: NewRows, field: CollectionField) -> Statement:
        """Rows that own rows themselves are written one at a time, each before what it owns."""
        number_ = next(self._numbers)
        item, at = f"v_item_{number_}", f"v_position_{number_}"
        self._variables += [Declared(item, "jsonb"), Declared(at, "bigint")]
        offset = exp.Sub(this=variable(at), expression=number(1))
        path = call("concat", parent.path.copy(), text(f"/{field.name}/"), offset)
        single = replace(rows, source=variable(item), path=path, origin=None)
        keyed, keys = self.with_key(single, f"key_{number_}")
        body = (
            *keys,
            *Insertion(keyed).write(),
            When(negation(variable(FOUND)), Insertion(keyed).explain()),
            *self.write(keyed),
        )
        assert rows.origin is not None
        each = query([column(_ELEMENTS, _ITEM), column(_ELEMENTS, POSITION)], [rows.origin.copy()])
        return ForEach((item, at), each, body)

    def _remove(
        self, entity: Entity, owner: ReferenceField, parent: NewRows, more: Iterable[exp.Expression]
    ) -> Iterator[Statement]:
        """Yield what removes the rows of a collection under their own policy, and refuses where one that the caller reads stays."""
        row, context = Row(entity, ROW), self._context
        scope = context.scope.at(entity.name, ROW)
        found = [*belongs(context, row, owner, parent), *not_deleted(row), *more]
        allowed = [*_copies(found), *context.allowed(scope, entity.name, "delete")]
        mark = deletion_column(entity)
        removal: exp.Expression = delete(table_of(entity, ROW), allowed)
        if mark is not None:
            removal = update(table_of(entity, ROW), {mark: call("now"), **touched(entity)}, allowed)
            yield _operation(f"{entity.stored}.delete")
        yield Run(removal)
        if mark is not None:
            yield _operation(f"{parent.entity.stored}.update")
        left = query([nothing()], [table_of(entity, ROW)], [*_copies(found), *context.readable(row)])
        rules = context.rules(scope, entity.name, "delete")
        refuse = refusals.forbidden(rules, [table_of(entity, ROW)], _copies(found))
        yield When(exp.Exists(this=left), refuse)


def has_collections(entity: Entity, shape: InputShape) -> bool:
    """Whether rows of this shape bring other rows along."""
    return any(isinstance(entity.field(given.field), CollectionField) for given in shape.members)


def belongs(context: Context, row: Row, owner: ReferenceField, parent: NewRows) -> Iterator[exp.Expression]:
    """Yield the conditions that the reference `owner` of `row` leads to the row `parent`."""
    tenant = tenant_column(context.system, row.entity) if row.entity.tenant else None
    if tenant is not None:
        yield equal(row.column(tenant), context.tenant())
    for ours, theirs in zip(owner.columns, owner.target_columns, strict=True):
        if theirs in parent.given:
            yield equal(row.column(ours), parent.given[theirs].copy())


def _operation(name: str) -> Statement:
    """Say which operation is under way: a removal that keeps the row is an update to row level security."""
    return Assign(BOUND, call("set_config", text("app.operation"), text(name), boolean(True)))


def _elements(array: exp.Expression) -> exp.Expression:
    """Return the FROM item `jsonb_array_elements(array) with ordinality as e(item, "its position")`."""
    columns = [identifier(_ITEM), identifier(POSITION)]
    alias = exp.TableAlias(this=identifier(_ELEMENTS), columns=columns)
    return exp.Table(this=call("jsonb_array_elements", array), ordinality=True, alias=alias)


def _copies(trees: Iterable[exp.Expression]) -> list[exp.Expression]:
    return [tree.copy() for tree in trees]
