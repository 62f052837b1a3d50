"""`@embed`: a struct whose members have columns of their own."""

from bdc import ir
from bdc.model.attributes import Attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.types import DefaultNotAllowed, MisplacedAttribute
from bdc.model.nodes.entity import Embedded
from bdc.naming.sql import fitted
from bdc.syntax import ast

_NEVER = ("unique", "encrypted", "searchable", "id", "stamp", "column", "backfill")


def embedded(
    context: ResolveContext, declared: ast.FieldDecl, type_: ir.Type, nullable: bool, attributes: Attributes
) -> tuple[Embedded, ...]:
    """Return the columns of an embedded struct; nothing for any other field."""
    found = attributes.get("embed")
    if found is None:
        return ()
    prefix = attributes.text("embed") if found.arguments else f"{declared.name.text}_"
    struct = context.structs.get(type_.name) if isinstance(type_, ir.StructType) else None
    why = _why_not(struct is not None, [entry.type for entry in struct.fields] if struct is not None else [])
    for name in _NEVER:
        if attributes.has(name):
            why = why or f"it has several columns, and `@{name}` is about one"
    if why:
        context.report(MisplacedAttribute("embed", why, found.span))
        return ()
    if declared.default is not None:
        context.report(DefaultNotAllowed(declared.name.text, "it has several columns", declared.default.span))
    assert struct is not None
    return tuple(
        Embedded(entry.name, fitted(f"{prefix}{entry.name}"), entry.type, nullable or entry.nullable)
        for entry in struct.fields
    )


def _why_not(known: bool, types: list[ir.Type]) -> str:
    if not known:
        return "it is for a field that is one struct"
    if any(_holds_struct(type_) for type_ in types):
        return "a struct in it would need columns of its own"
    return ""


def _holds_struct(type_: ir.Type) -> bool:
    return isinstance(type_.item if isinstance(type_, ir.ArrayType) else type_, ir.StructType)
