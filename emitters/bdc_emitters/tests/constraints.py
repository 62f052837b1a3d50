"""What a table asks of its rows, judged in memory: checks, domains, choices, parts, uniques and exclusions.

`True` holds, `False` is broken, None cannot be told here: then PostgreSQL decides when the tests run.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, Protocol

from bdc.ir import (
    Arc,
    Column,
    ComputedField,
    Entity,
    Exclusion,
    Expr,
    IndexKey,
    Literal,
    Partition,
    ReferenceField,
    ScalarField,
    ScalarType,
    SqlText,
    Table,
    UniqueKey,
)
from bdc.source.records import dataclass
from bdc_emitters.tests.clock import Unpredictable
from bdc_emitters.tests.exact import exact
from bdc_emitters.tests.interpret import Caller, NotJudged, Reader
from bdc_emitters.tests.rows import UNKNOWN, Fixture, WorldRow
from bdc_emitters.tests.sql_text import Range, Unknown, columns_of, constants_of, value_of
from bdc_emitters.tests.walk import literals, paths, sql_texts

NOBODY = Caller(None, ())


class Stored(Fixture, Protocol):
    """A fixture that also says what stands in the columns of a row."""

    def column(self, row: WorldRow, column: str) -> Any:
        """Return the JSON value of one column; UNKNOWN where the database makes it."""


@dataclass(frozen=True)
class Constraint:
    """`fields`: what it is about. `judge` says whether it holds for a row beside others. `exprs` is what it says, where that is an
    expression over the row. `of_many`: it compares rows."""

    name: str
    fields: tuple[str, ...]
    judge: Callable[[WorldRow, Iterable[WorldRow]], bool | None]
    exprs: tuple[Expr, ...] = ()
    values: tuple[Any, ...] = ()
    of_many: bool = False

    def holds(self, row: WorldRow, placed: Iterable[WorldRow]) -> bool | None:
        """Return whether it holds; None where that cannot be told, also because it depends on when the tests run."""
        try:
            return self.judge(row, placed)
        except Unpredictable:
            return None


class Constraints:
    """The constraints of one entity."""

    def __init__(self, world: Stored, entity: Entity) -> None:
        self.world = world
        self.entity = entity
        self.table: Table = world.system.table(entity.table)

    @cached_property
    def all(self) -> tuple[Constraint, ...]:
        return tuple(self._each())

    def broken(self, row: WorldRow, placed: Iterable[WorldRow], *, alone: bool = False) -> list[Constraint]:
        """Return what `row` breaks beside the rows in `placed` (`alone`: constraints that compare rows are left out)."""
        return [
            each for each in self.all if not (alone and each.of_many) and each.holds(row, placed) is False
        ]

    def about(self, fields: Iterable[str]) -> dict[str, Constraint]:
        """Return the constraints that mention one of the fields, by name."""
        return {each.name: each for name in dict.fromkeys(fields) for each in self._by_field.get(name, ())}

    @cached_property
    def _by_field(self) -> dict[str, list[Constraint]]:
        found: dict[str, list[Constraint]] = {}
        for each in self.all:
            for name in each.fields:
                found.setdefault(name, []).append(each)
        return found

    def undecided(self, row: WorldRow) -> bool:
        """Whether some constraint of the row itself cannot be told here; what a trigger of the user does never can."""
        return self._has_own_trigger or any(each.holds(row, ()) is None for each in self.all)

    @cached_property
    def _has_own_trigger(self) -> bool:
        named = re.compile(
            rf'(?is)\bcreate\b[^;]*?\btrigger\b[^;]*?\bon\s+(?:"?\w+"?\.)?"?{re.escape(self.table.name)}"?[\s;]'
        )
        return any(named.search(block.sql) for block in self.world.system.sql_blocks)

    def _each(self) -> Iterator[Constraint]:
        for check in self.table.checks:
            if check.expr is not None:
                yield self._check(check.name, check.expr)
        yield from self._domains()
        for arc in self.entity.arcs:
            yield Constraint(arc.name, arc.fields, _chosen(arc))
        yield from self._carried()
        if self.table.partitioning is not None:
            fields = self._fields_of(self.table.partitioning.columns)
            bounds = tuple(_bounds(self.table.partitioning.partitions))
            yield Constraint(f"the parts of {self.table.name}", fields, self._in_a_part, values=bounds)
        primary = self.table.primary_key
        if primary is not None:
            # Without the tenant: a caller who asks for a row of another tenant must not get one of its own under the same key.
            told = (
                tuple(name for name in primary.columns if name != self.table.tenant_column) or primary.columns
            )
            keys = tuple(IndexKey(column=column) for column in told)
            yield self._unique(UniqueKey(name=primary.name, columns=told), keys)
        for unique in self.table.uniques:
            yield self._unique(unique, unique.keys or _plain(unique.columns))
        for exclusion in self.table.exclusions:
            yield self._exclusion(exclusion)

    def _check(self, name: str, expr: Expr) -> Constraint:
        texts = [text for each in sql_texts(expr) for text in constants_of(each.sql)]
        return Constraint(
            name,
            self._mentioned((expr,)),
            lambda row, placed: self._true(expr, row),
            (expr,),
            (*literals(expr), *texts),
        )

    def _true(self, expr: Expr, row: WorldRow) -> bool | None:
        """Whether a check holds: it does unless it is false."""
        try:
            return self.value(expr, row) is not False
        except NotJudged:
            return None

    def value(self, expr: Expr, row: WorldRow) -> Any:
        """Return the value of an expression over the row alone. Raises NotJudged."""
        return Reader(self.world, NOBODY, row, sql=self._sql).value(expr)

    def _sql(self, expr: SqlText, row: WorldRow) -> Any:
        return value_of(expr.sql, self._columns(row))

    def _columns(self, row: WorldRow) -> dict[str, Any]:
        plain = (column for column in self.table.columns if column.generated is None)
        found = {column.name: self.cell(row, column) for column in plain}
        return {name: value for name, value in found.items() if value is not UNKNOWN}

    def cell(self, row: WorldRow, column: Column) -> Any:
        """Return what a column of the row holds, as it compares."""
        if column.generated is not None:
            return self.value(column.generated, row)
        value = self.world.column(row, column.name)
        return value if value is UNKNOWN else exact(column.type, value)

    def _domains(self) -> Iterator[Constraint]:
        for field in self.entity.fields:
            name = (
                field.type.domain
                if isinstance(field, ScalarField) and isinstance(field.type, ScalarType)
                else None
            )
            for check in self.world.system.domain(name).checks if name else ():
                yield self._domain(name or "", field.name, check.sql)

    def _domain(self, name: str, field: str, sql: str) -> Constraint:
        def holds(row: WorldRow, placed: Iterable[WorldRow]) -> bool | None:
            logical = getattr(self.entity.field(field), "type", None)
            try:
                return value_of(sql, {"VALUE": exact(logical, row.values[field])}) is not False
            except (Unknown, ValueError):
                return None

        return Constraint(name, (field,), holds, values=constants_of(sql))

    def _carried(self) -> Iterator[Constraint]:
        """References that share columns lead to rows that agree in them."""
        for field in self.entity.fields:
            if isinstance(field, ReferenceField):
                yield Constraint(f"{self.entity.name}.{field.name}", (field.name,), self._agrees(field))

    def _agrees(self, field: ReferenceField) -> Callable[[WorldRow, Iterable[WorldRow]], bool | None]:
        pairs = tuple(zip(field.columns, field.target_columns, strict=True))

        def holds(row: WorldRow, placed: Iterable[WorldRow]) -> bool:
            named = row.references[field.name]
            if named is None:
                empty = any(row.values.get(name) is None for name in field.carriers) or not field.carriers
                return empty and (field.nullable or bool(self.entity.arcs))
            target = self.world.rows.get(named)
            if target is None or len(pairs) == 1:
                return True
            return all(
                self.world.column(row, mine) == self.world.column(target, theirs) for mine, theirs in pairs
            )

        return holds

    def _in_a_part(self, row: WorldRow, placed: Iterable[WorldRow]) -> bool | None:
        parts = self.table.partitioning
        assert parts is not None
        if parts.method == "hash" or any(part.kind == "default" for part in parts.partitions):
            return bool(parts.partitions)
        cells = [self.cell(row, self.table.column(column)) for column in parts.columns]
        return None if UNKNOWN in cells else any(_takes(part, cells) for part in parts.partitions)

    def _unique(self, unique: UniqueKey, keys: tuple[IndexKey, ...]) -> Constraint:
        def holds(row: WorldRow, placed: Iterable[WorldRow]) -> bool | None:
            mine = self._key(unique, keys, row)
            return (
                None
                if mine is UNKNOWN
                else mine is None or all(self._key(unique, keys, other) != mine for other in placed)
            )

        exprs = tuple(key.expr for key in keys if key.expr is not None)
        fields = dict.fromkeys((*self._fields_of(unique.columns), *self._mentioned(exprs)))
        where = self._mentioned((unique.where,) if unique.where else ())
        return Constraint(
            unique.name, (*fields, *(name for name in where if name not in fields)), holds, of_many=True
        )

    def _key(self, unique: UniqueKey, keys: tuple[IndexKey, ...], row: WorldRow) -> Any:
        """Return what must differ from row to row: None where the row is free, UNKNOWN where the database makes a part of it."""
        try:
            if unique.where is not None and self.value(unique.where, row) is not True:
                return None
            found = tuple(self.part(key, row) for key in keys)
        except NotJudged:
            return UNKNOWN
        if any(part is UNKNOWN for part in found):
            return UNKNOWN
        return None if None in found and not unique.nulls_not_distinct else found

    def part(self, key: IndexKey, row: WorldRow) -> Any:
        if key.column is not None:
            return self.cell(row, self.table.column(key.column))
        return None if key.expr is None else self.value(key.expr, row)

    def _exclusion(self, exclusion: Exclusion) -> Constraint:
        def holds(row: WorldRow, placed: Iterable[WorldRow]) -> bool | None:
            try:
                mine = self._excluded(exclusion, row)
                return mine is None or not any(
                    _collide(exclusion.operators, mine, other)
                    for other in (self._excluded(exclusion, each) for each in placed)
                    if other is not None
                )
            except NotJudged:
                return None

        exprs = tuple(key.expr for key in exclusion.keys if key.expr is not None)
        columns = tuple(key.column for key in exclusion.keys if key.column is not None)
        fields = dict.fromkeys((*self._mentioned(exprs), *self._fields_of(columns)))
        return Constraint(exclusion.name, tuple(fields), holds, exprs, of_many=True)

    def _excluded(self, exclusion: Exclusion, row: WorldRow) -> tuple[Any, ...] | None:
        if exclusion.where is not None and self.value(exclusion.where, row) is not True:
            return None
        found = tuple(self.part(key, row) for key in exclusion.keys)
        if any(part is UNKNOWN for part in found):
            raise Unknown
        return None if None in found else found

    def _mentioned(self, exprs: Iterable[Expr]) -> tuple[str, ...]:
        found: list[str] = []
        for expr in exprs:
            for path in paths(expr):
                found += [path.steps[0].field] if path.steps else []
            for text in sql_texts(expr):
                found += self._fields_of(columns_of(text.sql))
        return tuple(name for each in dict.fromkeys(found) for name in self._behind(each))

    def _behind(self, name: str) -> tuple[str, ...]:
        """A computed field stands for those that it is computed of."""
        field = self.entity.field(name)
        return self._mentioned((field.expr,)) if isinstance(field, ComputedField) else (name,)

    def _fields_of(self, columns: Iterable[str]) -> tuple[str, ...]:
        wanted = set(columns)
        found: list[str] = []
        for field in self.entity.fields:
            if isinstance(field, ScalarField):
                own = {field.column, *(each.column for each in field.embedded)}
            elif isinstance(field, ReferenceField):
                own = {field.column} if not field.carriers else set(field.columns)
            else:
                continue
            found += [field.name] if own & wanted else []
        return tuple(found)


def _plain(columns: Iterable[str]) -> tuple[IndexKey, ...]:
    return tuple(IndexKey(column=column) for column in columns)


def _chosen(arc: Arc) -> Callable[[WorldRow, Iterable[WorldRow]], bool]:
    def holds(row: WorldRow, placed: Iterable[WorldRow]) -> bool:
        count = sum(row.references[name] is not None for name in arc.fields)
        return count == 1 or (arc.optional and count == 0)

    return holds


def _collide(operators: tuple[str, ...], mine: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return all(
        _compares(operator, left, right) for operator, left, right in zip(operators, mine, other, strict=True)
    )


def _compares(operator: str, left: Any, right: Any) -> bool:
    if isinstance(left, Range) and isinstance(right, Range) and operator == "&&":
        return left.overlaps(right)
    if operator == "=":
        return bool(left == right)
    if operator == "<>":
        return bool(left != right)
    raise Unknown


def _bounds(partitions: Iterable[Partition]) -> Iterator[Any]:
    for part in partitions:
        for bound in (*part.low, *part.values):
            if isinstance(bound, Literal):
                yield bound.value
        for bound in part.high:
            if isinstance(bound, Literal) and not part.low:
                yield bound.value


def _takes(part: Partition, cells: list[Any]) -> bool:
    if part.kind == "list":
        return cells[0] in [_bound(each) for each in part.values]
    low = [(each, cell) for each, cell in zip(part.low, cells, strict=True)]
    high = [(each, cell) for each, cell in zip(part.high, cells, strict=True)]
    return not _below(low) and _below(high)


def _below(pairs: list[tuple[Any, Any]]) -> bool:
    """Whether the cells stand below the bounds, part by part."""
    for bound, cell in pairs:
        if bound == "minvalue":
            return False
        if bound == "maxvalue":
            return True
        if cell != _bound(bound):
            return bool(cell < _bound(bound))
    return False


def _bound(expr: Any) -> Any:
    return exact(expr.type, expr.plain) if isinstance(expr, Literal) else None
