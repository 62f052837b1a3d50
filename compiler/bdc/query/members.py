"""The members of a row's JSON: which there are, and the SQL of each over a row in a scope."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.ir import ComputedField, ReferenceField, Scalar, ScalarField, ScalarType, Stamp, Type
from bdc.query.embedding import own_value
from bdc.query.expressions import lower
from bdc.query.jsontext import JsonText, json_kind, json_text
from bdc.query.names import quote
from bdc.query.scope import ReadGuard, Scope
from bdc.query.sealing import place_sql
from bdc.query.trees import call, number, print_sql
from bdc.query.types import answer_type, sql_type
from bdc.source.records import dataclass
from bdc.surface.members import reference_columns


@dataclass(frozen=True, slots=True)
class MemberSource:
    """A member of the body; `sql` and `json` are over the row of the scope it was made for."""

    name: str
    field: str
    type: Type
    sql: str
    json: JsonText
    nullable: bool
    encrypted: bool = False
    computed: bool = False

    @property
    def kind(self) -> str:
        return "encrypted" if self.encrypted else json_kind(self.type)

    @property
    def sql_type(self) -> str:
        return "text" if self.encrypted else sql_type(self.type)


def member_sources(scope: Scope, sight: ReadGuard | None = None) -> Iterator[MemberSource]:
    """Yield the members of the scope's row in declared order: all that a body shows of the row alone. `sight`: what computed
    values may draw on."""
    assert scope.row is not None
    for field in scope.row.entity.fields:
        match field:
            case ScalarField(stamp=Stamp.DELETED) | ScalarField(hidden=True):
                continue
            case ReferenceField(hidden=True) | ComputedField(hidden=True):
                continue
            case ScalarField():
                yield _scalar(scope, field)
            case ReferenceField(carriers=()):
                yield from _reference(scope, field)
            case ComputedField(column=str(kept)):
                yield _member(field.name, field.name, field.type, _column(scope, kept), field.nullable)
            case ComputedField():
                yield _computed(replace(scope, sight=sight), field)


def _column(scope: Scope, name: str) -> str:
    assert scope.row is not None
    return f"{quote(scope.row.alias)}.{quote(name)}"


def _scalar(scope: Scope, field: ScalarField) -> MemberSource:
    if field.embedded and scope.row is not None:
        value = f"({print_sql(own_value(scope.row, field))})"
        return _member(field.name, field.name, field.type, value, field.nullable)
    sql = _column(scope, field.column)
    if field.encrypted:
        json = _encrypted(scope, field, sql)
        return MemberSource(field.name, field.name, field.type, sql, json, field.nullable, encrypted=True)
    return _member(field.name, field.name, field.type, sql, field.nullable)


def _member(name: str, field: str, logical: Type, sql: str, nullable: bool) -> MemberSource:
    """A column as an answer shows it."""
    shown = answer_type(logical)
    value = sql if shown is None else f"{sql}::{shown}"
    return MemberSource(name, field, logical, value, json_text(json_kind(logical), value, nullable), nullable)


def _reference(scope: Scope, field: ReferenceField) -> Iterator[MemberSource]:
    assert scope.row is not None
    system, entity = scope.system, scope.row.entity
    ours = dict(zip(field.target_columns, field.columns, strict=True))
    named = reference_columns(system, entity, field)
    for name, logical in named:
        column = field.column if len(named) == 1 else name
        if len(named) == 1 and column not in ours.values():
            column = field.columns[-1]
        yield _member(name, field.name, logical, _column(scope, column), field.nullable)


def _computed(scope: Scope, field: ComputedField) -> MemberSource:
    """A decimal is rounded to its scale, so that 0 reads 0.00. Row level security may hide what the value comes from:
    then it is null, whatever was declared."""
    logical, sql = field.type, computed_value(scope, field)
    json = json_text(json_kind(logical), sql, nullable=True)
    return MemberSource(field.name, field.name, logical, sql, json, field.nullable, computed=True)


def computed_value(scope: Scope, field: ComputedField) -> str:
    """Return the SQL of a value that is worked out when it is read, as answers show it."""
    tree, logical = lower(field.expr, scope), field.type
    if isinstance(logical, ScalarType) and logical.scalar is Scalar.DECIMAL and logical.scale is not None:
        tree = call("round", tree, number(logical.scale))
    return f"({print_sql(tree)})"


def _encrypted(scope: Scope, field: ScalarField, sql: str) -> JsonText:
    """Between chr(3) and chr(4), which no escaped text contains: where the value stands, and the stored value."""
    assert scope.row is not None
    place = place_sql(scope.system, scope.row.entity, field, scope.row.alias)
    text = f"'\"' || chr(3) || {place} || {sql} || chr(4) || '\"'"
    return JsonText("", f"coalesce({text}, 'null')" if field.nullable else f"({text})", "")
