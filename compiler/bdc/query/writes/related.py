"""Rows that come along with the row that a write answers with, because the caller asked for them.

They look as a read with `expand` shows them: same members, same order, same bounds, and only rows that the caller may read. All is part
of the statement that reads the row back.
"""

from collections.abc import Iterable, Iterator

from sqlglot import exp

from bdc.ir import CollectionField, Entity, ExpandNode, ReferenceField
from bdc.ir.compiled import ALIAS, RELATED, FunctionParameter, ParameterRole, ReadRelation
from bdc.query.aggregates import SharedAggregates, Ties
from bdc.query.joins import THROUGH, Joins
from bdc.query.jsontext import JsonText, literal
from bdc.query.names import relation
from bdc.query.read_guard import ReadGuard
from bdc.query.relations import not_deleted
from bdc.query.rowjson import row_json
from bdc.query.scope import Row
from bdc.query.trees import conjunction, is_constant, print_sql
from bdc.query.writes.context import Context
from bdc.query.writes.names import EXPAND
from bdc.source.records import dataclass


def expand_parameter(nodes: Iterable[ExpandNode]) -> tuple[FunctionParameter, ...]:
    """Return the parameter that names what a caller asked for; nothing where there is nothing to ask for."""
    return (FunctionParameter("expand", "text[]", ParameterRole.EXPAND),) if tuple(nodes) else ()


@dataclass(frozen=True)
class Related:
    """Writes the members of one context's rows that hold other rows. `aggregates`: those of the row, where its rows are looked at anyway."""

    context: Context
    aggregates: SharedAggregates | None = None

    def asked(self, row: Row, nodes: Iterable[ExpandNode]) -> Iterator[JsonText]:
        """Yield `,"name":value` for each relation that the caller named, and nothing for the others."""
        for node in nodes:
            shown = f"concat({literal(_label(node))}, {self._value(row, node)})"
            condition = f"{literal(node.field)} = any({EXPAND})"
            yield JsonText("", f"case when {condition} then {shown} else '' end", "")

    def _included(self, row: Row, nodes: Iterable[ExpandNode]) -> Iterator[JsonText]:
        """Yield the same for relations that come along with another."""
        for node in nodes:
            yield JsonText(_label(node), self._value(row, node), "")

    def _value(self, row: Row, node: ExpandNode) -> str:
        """Return SQL of the JSON text of one relation; never null."""
        field = row.entity.field(node.field)
        assert isinstance(field, ReferenceField | CollectionField)
        found, empty = self._rows(row, field, node)
        condition = self.context.policies.read_condition(
            self.context.scope.at(row.entity.name, row.alias), row.entity.name, node.field
        )
        return (
            found if condition is None else f"case when {print_sql(condition)} then {found} else {empty} end"
        )

    def _rows(self, row: Row, field: ReferenceField | CollectionField, node: ExpandNode) -> tuple[str, str]:
        """Return the related rows, and what stands for none of them."""
        joins = Joins(self.context.system, self.context.policies, inline=self.context.inline)
        found = (
            joins.collection(row.entity, field)
            if isinstance(field, CollectionField)
            else joins.reference(row.entity, field)
        )
        empty = "'[]'" if found.many else "'null'"
        target = Row(self.context.system.entity(found.target), self.context.names.fresh())
        link = self._link(found)
        seen = self._seen(found, target, link)
        if seen is None:
            return empty, empty
        if isinstance(field, CollectionField) and not seen and not found.through:
            beside = self._beside(target.entity, found, joins.ties(field), node)
            if beside is not None:
                return beside, empty
        body = self._object(target, node)
        place = {ALIAS: row.alias, RELATED: target.alias, THROUGH: link.alias if link else ""}
        where = f"{_placed(found.join, place)}{''.join(f' and {term}' for term in seen)}"
        source = f"{relation(target.entity)} as {target.alias}"
        if not found.many:
            return f"coalesce((select {body} from {source} where {where}), 'null')", empty
        through = f"{_placed(found.through, place)}, " if found.through else ""
        limit = f" limit {found.max}" if found.max is not None else ""
        order = _placed(found.order or "", place)
        rows = f"select {body} as j from {through}{source} where {where} order by {order}{limit}"
        listed = self.context.names.fresh()
        return f"(select concat('[', string_agg({listed}.j, ','), ']') from ({rows}) as {listed})", empty

    def _beside(self, entity: Entity, found: ReadRelation, ties: Ties, node: ExpandNode) -> str | None:
        """Return the related rows, put together where sums and counts over the same rows are worked out; None where none are. Row level
        security is then set up once for all of them."""
        position = self.aggregates.over(relation(entity), ties) if self.aggregates is not None else None
        if self.aggregates is None or position is None:
            return None
        row = Row(entity, self.aggregates.inner)
        body, order = self._object(row, node), _placed(found.order or "", {RELATED: row.alias})
        value = (
            f"string_agg({body}, ',' order by {order})"
            if found.max is None
            else f"array_to_string((array_agg({body} order by {order}))[1:{found.max}], ',')"
        )
        return f"concat('[', {self.aggregates.add(position, value)}, ']')"

    def _object(self, target: Row, node: ExpandNode) -> str:
        sight = ReadGuard(self.context.policies) if self.context.inline else None
        return row_json(
            self.context.system,
            self.context.policies,
            target.entity.name,
            target.alias,
            self.context.scope,
            sight,
            self._included(target, node.children),
        )

    def _link(self, found: ReadRelation) -> Row | None:
        if found.through_entity is None:
            return None
        return Row(self.context.system.entity(found.through_entity), self.context.names.fresh())

    def _seen(self, found: ReadRelation, target: Row, link: Row | None) -> list[str] | None:
        """Return the conditions under which the caller reads the related rows; None when that can never be."""
        terms: list[exp.Expression] = [] if link is None else self.context.readable(link)
        terms += list(not_deleted(target)) if found.guarded_by_parent else self.context.readable(target)
        if is_constant(conjunction(terms), False):
            return None
        return [f"({print_sql(term)})" for term in terms if not is_constant(term, True)]


def _label(node: ExpandNode) -> str:
    return f',"{node.field}":'


def _placed(fragment: str, aliases: dict[str, str]) -> str:
    for placeholder, alias in aliases.items():
        fragment = fragment.replace(placeholder, alias)
    return fragment
