"""What lists may be filtered and sorted by."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.ir import (
    ArrayType,
    CollectionField,
    ComputedField,
    Entity,
    EnumType,
    Filter,
    ReferenceField,
    Resource,
    Scalar,
    ScalarField,
    ScalarType,
    SystemIR,
    Type,
)
from bdc.ir.compiled import PARAMETER, ReadFilter, ReadSort
from bdc.ir.physical import physical
from bdc.query.filter_paths import RelatedRows
from bdc.query.members import computed_value
from bdc.query.names import column_text, quote, relation
from bdc.query.policy import Policies
from bdc.query.read_guard import ReadGuard
from bdc.query.relations import key_columns
from bdc.query.scope import Row, Scope
from bdc.query.trees import boolean, is_constant, print_sql
from bdc.query.types import compared_type, parameter, sql_type

_COMPARISONS = {"eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_LINK = "l1"


class Filters:
    """Conditions over `«a»` and `«p»`; a field that its reader may not see is guarded by the composer, by its name."""

    def __init__(self, system: SystemIR, policies: Policies, *, inline: bool) -> None:
        self._system = system
        self._policies = policies
        self._inline = inline
        self._sight = ReadGuard(policies) if inline else None
        self._related_rows = RelatedRows(system, policies, inline=inline)

    def filters(self, scope: Scope, entity: Entity, resources: list[Resource]) -> tuple[ReadFilter, ...]:
        found: dict[tuple[str, str], ReadFilter] = {}
        for resource in resources:
            for declared in resource.filters:
                for made in self._filter(scope, entity, declared):
                    found.setdefault((made.field, made.operator), made)
        return tuple(found.values())

    def sorts(self, scope: Scope, entity: Entity, resources: list[Resource]) -> tuple[ReadSort, ...]:
        """Every field that some resource sorts by. Whether a masked value sorts is for the composer to decide."""
        names = dict.fromkeys(
            name.removeprefix("-") for resource in resources for name in (*resource.sorts, *resource.order)
        )
        return tuple(self._sort(scope, entity, name) for name in names)

    def _sort(self, scope: Scope, entity: Entity, name: str) -> ReadSort:
        """A row that a relation does not lead to, or not for this caller, sorts as one without the value."""
        *via, field = name.split(".")
        if not via:
            sql, logical, nullable = self._value(scope, entity, field)
            return ReadSort(name, sql, sql_type(logical), nullable)
        related = self._related_rows.along(scope, via, field)
        sql, logical, _ = self._value(replace(scope, row=related.row), related.row.entity, field)
        return ReadSort(name, related.value(sql, sql_type(logical)), sql_type(logical), True)

    def _filter(self, scope: Scope, entity: Entity, declared: Filter) -> Iterator[ReadFilter]:
        if not declared.via:
            yield from self._of_row(scope, entity, declared)
            return
        related = self._related_rows.along(scope, declared.via, declared.field)
        for made in self._of_row(replace(scope, row=related.row), related.row.entity, declared):
            sql = related.exists(f"({made.sql})", parameter(PARAMETER, made.sql_type))
            yield replace(made, field=declared.path, parameter=declared.path, sql=sql)

    def _of_row(self, scope: Scope, entity: Entity, declared: Filter) -> Iterator[ReadFilter]:
        field = entity.field(declared.field)
        if isinstance(field, CollectionField):
            yield from self._related(scope, field, declared)
            return
        sql, logical, _ = self._value(scope, entity, declared.field)
        name = field.member
        for operator in declared.operators:
            yield _compare(declared.field, name, operator, sql, logical)

    def _value(self, scope: Scope, entity: Entity, name: str) -> tuple[str, Type, bool]:
        assert scope.row is not None
        field = entity.field(name)
        match field:
            case ScalarField():
                return column_text(scope.row.alias, field.column), field.type, field.nullable
            case ReferenceField():
                target = self._system.entity(field.target)
                other = self._system.table(target.table).column(key_columns(target)[0])
                return column_text(scope.row.alias, field.column), other.type, field.nullable
            case ComputedField(column=str(kept)):
                return column_text(scope.row.alias, kept), field.type, field.nullable
            case ComputedField():
                seen = replace(scope, sight=self._sight)
                return computed_value(seen, field), field.type, True
        raise TypeError(f"{entity.name}.{name} has no value to compare")

    def _related(self, scope: Scope, field: CollectionField, declared: Filter) -> Iterator[ReadFilter]:
        """Rows that are related to any of the given ids, through rows that the caller may read."""
        assert scope.row is not None
        target = self._system.entity(field.target)
        link = self._system.entity(field.through) if field.through else target
        near = link.field(field.inverse)
        far = link.field(field.far or "") if field.through else None
        assert isinstance(near, ReferenceField)
        wanted = far.column if isinstance(far, ReferenceField) else key_columns(target)[0]
        logical = self._system.table(target.table).column(key_columns(target)[0]).type
        terms = [
            f"{column_text(_LINK, ours)} = {column_text(scope.row.alias, theirs)}"
            for ours, theirs in zip(near.columns, near.target_columns, strict=True)
        ]
        terms.extend(self._readable(scope, link))
        for operator in declared.operators:
            many = operator == "in"
            kind = compared_type(logical) + ("[]" if many else "")
            given = parameter(PARAMETER, kind)
            test = f"= any({given})" if many else f"= {given}"
            where = " and ".join([*terms, f"{column_text(_LINK, wanted)} {test}"])
            sql = f"exists (select 1 from {relation(link)} as {_LINK} where {where})"
            yield ReadFilter(field.name, operator, sql, kind, _type_name(logical), many, field.name)

    def _readable(self, scope: Scope, link: Entity) -> list[str]:
        row = Row(link, _LINK)
        deleted = [f"{_LINK}.{quote(link.soft_delete)} is null"] if link.soft_delete else []
        inner = scope.at(link.name, row.alias)
        allowed = self._policies.allowed(inner, link.name, "read") if self._inline else boolean(True)
        return deleted if is_constant(allowed, True) else [*deleted, f"({print_sql(allowed)})"]


def _compare(field: str, name: str, operator: str, sql: str, logical: Type) -> ReadFilter:
    kind = compared_type(logical)
    if operator == "in":
        return ReadFilter(
            field,
            operator,
            f"{sql} = any({parameter(PARAMETER, kind + '[]')})",
            f"{kind}[]",
            _type_name(logical),
            True,
            name,
        )
    if operator == "contains" and isinstance(logical, ArrayType):
        item = compared_type(logical).removesuffix("[]")
        given = parameter(PARAMETER, item)
        # An index serves `@>`, which compares arrays of one type: that of values, not of every column.
        condition = f"{sql} @> array[{given}]" if physical(logical) is None else f"{given} = any({sql})"
        return ReadFilter(field, operator, condition, item, _type_name(logical.item), False, name)
    if operator == "contains":
        condition = f"strpos(lower({sql}), lower({PARAMETER}::text)) > 0"
        return ReadFilter(field, operator, condition, "text", _type_name(logical), False, name)
    if operator == "startswith":
        condition = f"starts_with({sql}, {PARAMETER}::text)"
        return ReadFilter(field, operator, condition, "text", _type_name(logical), False, name)
    if operator == "isnull":
        condition = f"({sql} is null) = {parameter(PARAMETER, 'boolean')}"
        return ReadFilter(field, operator, condition, "boolean", Scalar.BOOL.value, False, name)
    return ReadFilter(
        field,
        operator,
        f"{sql} {_COMPARISONS[operator]} {parameter(PARAMETER, kind)}",
        kind,
        _type_name(logical),
        False,
        name,
    )


def _type_name(logical: Type) -> str:
    match logical:
        case EnumType(name=name):
            return f"enum:{name}"
        case ScalarType(scalar=scalar):
            return scalar.value
        case ArrayType(item=item):
            return _type_name(item)
    return Scalar.JSON.value
