"""Rows that tie a row to the far side of a relation: the input names those by their keys, or by the values of another field."""

from collections.abc import Iterator

from sqlglot import exp

from bdc.ir import CollectionField, Entity, InputMember, InputShape, ReferenceField, ScalarField, Type
from bdc.query.names import column, identifier, table_of
from bdc.query.relations import tenant_column
from bdc.query.scope import Row
from bdc.query.trees import call, equal, exists, negation, number, text
from bdc.query.writes.context import Context
from bdc.query.writes.input import member, member_value
from bdc.query.writes.insertion import Insertion
from bdc.query.writes.names import ROW, derived, json_object
from bdc.query.writes.plpgsql import Statement, When
from bdc.query.writes.rows import POSITION, NewRows
from bdc.query.writes.statements import nothing, one, query
from bdc.source.records import dataclass

_ELEMENTS = "e"
_GIVEN = "g"
_ITEM = "item"


@dataclass(frozen=True)
class Link:
    """The rows between `parent` and the rows that member `given` of its input names."""

    context: Context
    parent: NewRows
    given: InputMember
    field: CollectionField

    @property
    def entity(self) -> Entity:
        return self.context.system.entity(self.field.through or "")

    @property
    def near(self) -> ReferenceField:
        return _reference(self.entity, self.field.inverse)

    @property
    def far(self) -> ReferenceField:
        return _reference(self.entity, self.field.far or "")

    @property
    def target(self) -> Entity:
        return self.context.system.entity(self.field.target)

    @property
    def by(self) -> ScalarField:
        found = self.target.field(self.given.by or self.target.key[0])
        assert isinstance(found, ScalarField)
        return found

    def make(self) -> Iterator[Statement]:
        """Yield what makes the rows of the far side that are missing, each under its policy, in the order of their values."""
        if not self.given.creates:
            return
        rows = self._made()
        yield from Insertion(rows, skips=True).write()
        assert rows.origin is not None
        left = query([nothing()], [rows.origin.copy()])
        yield When(exp.Exists(this=left), Insertion(rows).explain())

    def add(self) -> Iterator[Statement]:
        """Yield what adds the rows between that are missing."""
        rows = self._rows()
        yield from Insertion(rows, skips=True).write()
        assert rows.origin is not None
        left = query([nothing()], [rows.origin.copy()])
        yield When(exp.Exists(this=left), Insertion(rows).explain())

    def unwanted(self) -> Iterator[exp.Expression]:
        """Yield the condition on a row between that the input does not name its row of the far side."""
        key = one(self._value(column(_GIVEN, _ITEM)), "key")
        named = derived(query([key], [self._values(_GIVEN)]), "k")
        same = equal(column("k", "key"), column(ROW, self.far.column))
        yield negation(exists([named], same))

    def _rows(self) -> NewRows:
        return NewRows(
            context=self.context,
            entity=self.entity,
            shape=InputShape(members=(InputMember(field=self.far.name, required=True),)),
            source=json_object(**{self.far.member: column(_ELEMENTS, _ITEM)}),
            path=self._path(),
            origin=self._missing(),
            given=self._near_columns(),
            bare=True,
        )

    def _near_columns(self) -> dict[str, exp.Expression]:
        pairs = zip(self.near.columns, self.near.target_columns, strict=True)
        return {ours: self.parent.given[theirs] for ours, theirs in pairs if theirs in self.parent.given}

    def _made(self) -> NewRows:
        return NewRows(
            context=self.context,
            entity=self.target,
            shape=InputShape(members=(InputMember(field=self.by.name, required=True),)),
            source=json_object(**{self.by.name: column(_ELEMENTS, _ITEM)}),
            path=self._path(),
            origin=self._unknown(),
            bare=True,
        )

    def _path(self) -> exp.Expression:
        position = exp.Sub(this=column(ROW, POSITION), expression=number(1))
        name = self.given.called or self.field.name
        return call("concat", self.parent.path.copy(), text(f"/{name}/"), position)

    def _values(self, alias: str) -> exp.Subquery:
        """Return the FROM item with each value of the input once, in a fixed order."""
        elements = exp.Table(
            this=call("jsonb_array_elements", member(self.parent.source.copy(), self._name())),
            ordinality=True,
            alias=exp.TableAlias(this=identifier("e"), columns=[identifier(_ITEM), identifier("at")]),
        )
        item, at = column("e", _ITEM), exp.Min(this=column("e", "at"))
        found = query([one(item, _ITEM), one(at, POSITION)], [elements])
        found.set("group", exp.Group(expressions=[item.copy()]))
        found.set("order", exp.Order(expressions=[exp.Ordered(this=item.copy())]))
        return derived(found, alias)

    def _name(self) -> str:
        return self.given.called or self.field.name

    def _unknown(self) -> exp.Subquery:
        """Return the FROM item with the values that no row of the far side has, as far as the caller may read."""
        found = query(
            [column(_GIVEN, _ITEM), column(_GIVEN, POSITION)],
            [self._values(_GIVEN)],
            [negation(exp.Exists(this=self._named(column(_GIVEN, _ITEM), nothing())))],
        )
        found.set("order", exp.Order(expressions=[exp.Ordered(this=column(_GIVEN, _ITEM))]))
        return derived(found, _ELEMENTS)

    def _missing(self) -> exp.Subquery:
        """Return the FROM item with the keys of rows that are named and not tied to the row yet; null for a value that names none."""
        key = self._value(column(_GIVEN, _ITEM))
        named = derived(query([one(key, "key"), column(_GIVEN, POSITION)], [self._values(_GIVEN)]), "k")
        row = Row(self.entity, self.context.names.fresh())
        tied = [equal(row.column(self.far.column), column("k", "key"))]
        pairs = zip(self.near.columns, self.near.target_columns, strict=True)
        tied += [
            equal(row.column(ours), self.parent.given[theirs].copy())
            for ours, theirs in pairs
            if theirs in self.parent.given
        ]
        tenant = tenant_column(self.context.system, self.entity) if self.entity.tenant else None
        tied += [equal(row.column(tenant), self.context.tenant())] if tenant is not None else []
        there = query([nothing()], [table_of(self.entity, row.alias)], tied)
        values = [one(call("to_jsonb", column("k", "key")), _ITEM), column("k", POSITION)]
        return derived(query(values, [named], [negation(exp.Exists(this=there))]), _ELEMENTS)

    def _value(self, item: exp.Expression) -> exp.Expression:
        """Return the key of the row of the far side that `item` names."""
        if self.given.by is None or self.target.key == (self.given.by,):
            return self._typed(item, self.context.reference_type(self.far))
        key = dict(zip(self.far.columns, self.far.target_columns, strict=True))[self.far.column]
        row = Row(self.target, self.context.names.fresh())
        found = self._named(item, row.column(key), row)
        return exp.Subquery(this=found)

    def _named(self, item: exp.Expression, value: exp.Expression, row: Row | None = None) -> exp.Select:
        """Return the query for `value` of the row of the far side whose field has the value `item`, if the caller may read it."""
        row = row or Row(self.target, self.context.names.fresh())
        same = equal(row.column(self.by.column), self._typed(item, self.by.type))
        return query([value], [table_of(self.target, row.alias)], [same, *self.context.readable(row)])

    def _typed(self, item: exp.Expression, logical: Type) -> exp.Expression:
        """Return an element of the input as a value of a type."""
        return member_value(json_object(item=item), _ITEM, logical)


def _reference(entity: Entity, name: str) -> ReferenceField:
    found = entity.field(name)
    assert isinstance(found, ReferenceField)
    return found
