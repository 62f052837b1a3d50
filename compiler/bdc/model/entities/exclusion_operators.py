"""What an exclusion may compare a field with: PostgreSQL takes no other operator for a column of that type."""

from bdc import ir
from bdc.ir.physical import physical
from bdc.model.context import ResolveContext
from bdc.model.errors.types import NotAllowedHere
from bdc.model.nodes.entity import ComputedField, Entity, Method, ReferenceField, ScalarField
from bdc.model.typing.types import describe, scalar_of
from bdc.syntax import ast

_KNOWN: dict[Method, tuple[str, ...]] = {"gist": ("=", "<>"), "btree": ("=",), "hash": ("=",)}
_RANGES = 'ranges are SQL: `sql("daterange(starts, ends)") with "&&"`'


def suited(context: ResolveContext, entity: Entity, element: ast.ExcludeElement, method: Method) -> None:
    """Report an operator that no index of the exclusion has for the field. Operator classes, columns with a type of their own and SQL are
    taken as they are written."""
    column = element.column
    if not isinstance(column.key, ast.Path) or column.operator_class is not None or method not in _KNOWN:
        return
    field = entity.find(column.key.text)
    if isinstance(field, ReferenceField):
        known = _KNOWN[method] if not field.carriers else ("=",)
        shown = f"a reference to `{field.target}`"
    elif isinstance(field, ScalarField | ComputedField) and not _is_special(field.type):
        known, shown = (_KNOWN[method] if _is_plain(field.type) else ()), f"`{describe(field.type)}`"
    else:
        return
    if element.operator not in known:
        words = " or ".join(f'`"{each}"`' for each in known)
        help_ = f"{shown} is compared with {words}; {_RANGES}" if known else _RANGES
        what = f'`{field.name} with "{element.operator}"`'
        context.report(NotAllowedHere(what, f"an exclusion using `{method}`", element.span, help_))


def _is_special(type_: ir.Type) -> bool:
    """Whether operators are those of a type that is written, or of an extension (`intarray`)."""
    item = type_.item if isinstance(type_, ir.ArrayType) else type_
    whole = scalar_of(item) in (ir.Scalar.INT, ir.Scalar.BIGINT)
    return physical(type_) is not None or (isinstance(type_, ir.ArrayType) and whole)


def _is_plain(type_: ir.Type) -> bool:
    return isinstance(type_, ir.EnumType) or (
        isinstance(type_, ir.ScalarType) and scalar_of(type_) is not ir.Scalar.JSON
    )
