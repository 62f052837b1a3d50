"""Values in braces: structs, and `json`. Both are constants, kept as JSON text, the form that their columns take."""

import json
from collections.abc import Iterable

from bdc import ir
from bdc.model.errors.names import DuplicateMember, UnknownField
from bdc.model.errors.types import MayBeNull, MissingMember, NotAllowedHere, TypeMismatch
from bdc.model.expressions.bounds import within_bounds
from bdc.model.expressions.scope import Scope, Typer
from bdc.model.nodes.values import Entry, Struct
from bdc.model.typing.types import describe, fits, scalar_of
from bdc.syntax import ast

_WRONG = object()  # no value: what was wrong is reported
_CONSTANTS = "write constants: texts, numbers, true, false, null, lists and `{ … }` of them"


def is_json(type_: ir.Type | None) -> bool:
    """Say whether values of the type are free JSON."""
    return scalar_of(type_) is ir.Scalar.JSON


def json_literal(node: ast.Expr, scope: Scope, type_: ir.Type) -> ir.Literal | None:
    """Return `{ … }` or `[ … ]` as a value of `json`; None when a part of it is no constant (reported)."""
    written = _json_text(node, scope)
    return None if written is None else ir.Literal(value=written, type=type_)


def _json_text(node: ast.Expr, scope: Scope) -> str | None:
    """Numbers keep their digits: a decimal does not become a float on its way."""
    match node:
        case ast.ObjectLiteral():
            members = {entry.name.text: _json_text(entry.value, scope) for entry in _once(node, scope)}
            return _joined("{", (_member(name, text) for name, text in members.items()), "}")
        case ast.ListLiteral(items=items):
            return _joined("[", (_json_text(item, scope) for item in items), "]")
        case ast.NullLiteral():
            return "null"
        case ast.BoolLiteral(value=bool() as value) | ast.StringLiteral(value=str() as value):
            return json.dumps(value, ensure_ascii=False)
        case ast.IntLiteral(value=number):
            return str(number)
        case ast.DecimalLiteral(value=number):
            return format(number, "f")
    scope.context.report(
        NotAllowedHere("anything but a constant", "a value of `json`", node.span, _CONSTANTS)
    )
    return None


def _member(name: str, text: str | None) -> str | None:
    return None if text is None else f"{json.dumps(name, ensure_ascii=False)}: {text}"


def _joined(opening: str, parts: Iterable[str | None], closing: str) -> str | None:
    found = list(parts)
    return None if None in found else opening + ", ".join(part for part in found if part) + closing


def _once(node: ast.ObjectLiteral, scope: Scope) -> Iterable[ast.Entry]:
    """Each member of the object; a second one of the same name is reported."""
    first: dict[str, ast.Entry] = {}
    for entry in node.entries:
        earlier = first.setdefault(entry.name.text, entry)
        if earlier is not entry:
            fact = DuplicateMember("member", entry.name.text, "`{ … }`", entry.name.span, earlier.name.span)
            scope.context.report(fact)
    return first.values()


def struct_literal(
    node: ast.ObjectLiteral, scope: Scope, type_: ir.StructType, typed: Typer
) -> ir.Literal | None:
    """Return `{ … }` as a value of a struct, members that are not given with their default; None when one is wrong or missing (reported)."""
    struct = scope.context.structs.get(type_.name)
    if struct is None:
        return None
    members = {each.name: _plain(each.default) for each in struct.fields if each.default is not None}
    for entry in _once(node, scope):
        field = struct.find(entry.name.text)
        if field is None:
            name = f"struct `{struct.name}`"
            scope.context.report(UnknownField(name, entry.name.text, entry.name.span, struct.field_names))
            continue
        found = _struct_member(entry.value, scope, field, typed)
        if found is not _WRONG:
            members[field.name] = found
    _complete(node, scope, struct)
    return ir.Literal(value=json.dumps(members, ensure_ascii=False), type=type_)


def _struct_member(node: ast.Expr, scope: Scope, field: Entry, typed: Typer) -> object:
    """Return a member's value as JSON has it; _WRONG where it is none (reported)."""
    found = typed(node, scope, field.type)
    if found is None:
        return _WRONG
    plain = _plain(found)
    if plain is _WRONG:
        scope.context.report(
            NotAllowedHere("anything but a constant", "a value of a struct", node.span, _CONSTANTS)
        )
    elif plain is None and not field.nullable:
        scope.context.report(MayBeNull(describe(field.type), f"`{field.name}`", node.span))
    elif plain is not None and not fits(found.type, field.type):
        scope.context.report(TypeMismatch(describe(field.type), describe(found.type), node.span))
    elif within_bounds(found, field.type, node, scope.context):
        return plain
    return _WRONG


def _plain(expr: ir.Expr) -> object:
    """Return the value of a constant as JSON has it; _WRONG for what is no constant."""
    if isinstance(expr, ir.ListLiteral):
        items = [_plain(item) for item in expr.items]
        return _WRONG if _WRONG in items else items
    return expr.plain if isinstance(expr, ir.Literal) else _WRONG


def _complete(node: ast.ObjectLiteral, scope: Scope, struct: Struct) -> None:
    given = {entry.name.text for entry in node.entries}
    missing = tuple(
        each.name
        for each in struct.fields
        if each.name not in given and not each.nullable and each.default is None
    )
    if missing:
        scope.context.report(MissingMember(f"`{struct.name}`", missing, node.span))
