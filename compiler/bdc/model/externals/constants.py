"""Constants of any type, structs and lists too, as JSON."""

from collections.abc import Iterable
from typing import Final

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.model.expressions import Place, Scope, value
from bdc.syntax import ast

NOT_CONSTANT: Final = object()
REPORTED: Final = object()
_NONE = (NOT_CONSTANT, REPORTED)
_PLACE = Place("`@fallback`", relations=False, computed=False, clock=False)


def constant(context: ResolveContext, written: ast.Expr, type_: ir.Type, nullable: bool) -> object:
    """Return the value as JSON has it; NOT_CONSTANT where it is none of `type_`, REPORTED where that was told."""
    if isinstance(written, ast.NullLiteral):
        return None if nullable else NOT_CONSTANT
    if isinstance(type_, ir.StructType):
        return _struct(context, written, type_.name)
    if isinstance(type_, ir.ArrayType):
        return _list(context, written, type_.item)
    if isinstance(written, ast.ObjectLiteral | ast.ListLiteral):
        return NOT_CONSTANT
    found = value(written, Scope(context, _PLACE), type_, nullable, "the fallback")
    if found is None:
        return REPORTED
    return found.value if isinstance(found, ir.Literal) else NOT_CONSTANT


def _struct(context: ResolveContext, written: ast.Expr, name: str) -> object:
    struct = context.structs.get(name)
    if struct is None or not isinstance(written, ast.ObjectLiteral):
        return NOT_CONSTANT
    given = {entry.name.text: entry.value for entry in written.entries}
    if set(given) - set(struct.field_names):
        return NOT_CONSTANT
    found: dict[str, object] = {}
    for field in struct.fields:
        if field.name in given:
            found[field.name] = constant(context, given[field.name], field.type, field.nullable)
        elif not field.nullable:
            return NOT_CONSTANT
    return _first_wrong(found.values()) or found


def _list(context: ResolveContext, written: ast.Expr, item: ir.Type) -> object:
    if not isinstance(written, ast.ListLiteral):
        return NOT_CONSTANT
    found = [constant(context, each, item, False) for each in written.items]
    return _first_wrong(found) or found


def _first_wrong(values: Iterable[object]) -> object:
    return next((each for each in values if each in _NONE), None)
