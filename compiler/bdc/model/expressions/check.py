"""The entry: one expression, its kind looked up, its handler called; and the two questions others ask of the answer."""

from bdc import ir
from bdc.model.errors.types import MayBeNull, NotAllowedHere, TypeMismatch
from bdc.model.expressions.bounds import within_bounds
from bdc.model.expressions.calls import call
from bdc.model.expressions.collections import aggregate, quantifier
from bdc.model.expressions.grouping import Ungrouped, in_group
from bdc.model.expressions.literals import LITERALS, list_literal, literal
from bdc.model.expressions.objects import is_json, json_literal, struct_literal
from bdc.model.expressions.operators import (
    arithmetic,
    choice,
    compare,
    conjunction,
    disjunction,
    membership,
    negate,
    negation,
)
from bdc.model.expressions.paths import path
from bdc.model.expressions.scope import Scope
from bdc.model.typing.types import BOOL, describe, fits, is_text
from bdc.syntax import ast


def typed(node: ast.Expr, scope: Scope, expected: ir.Type | None = None) -> ir.Expr | None:
    """Return the typed expression; None when it is wrong (reported). `expected` gives literals their type; it is not enforced."""
    if scope.grouped is not None:
        found = in_group(node, scope, scope.grouped, typed)
        if found is not None:
            return None if isinstance(found, Ungrouped) else found
    match node:
        case ast.Path():
            return path(node, scope, expected)
        case ast.ObjectLiteral() if isinstance(expected, ir.StructType):
            return struct_literal(node, scope, expected, typed)
        case ast.ObjectLiteral() | ast.ListLiteral() if expected is not None and is_json(expected):
            return json_literal(node, scope, expected)
        case ast.ListLiteral():
            return list_literal(node, scope, expected, typed)
        case ast.Call():
            return call(node, scope, expected, typed)
        case ast.Aggregate():
            return aggregate(node, scope, typed)
        case ast.Quantifier():
            return quantifier(node, scope, typed)
        case ast.Compare():
            return compare(node, scope, typed)
        case ast.In():
            return membership(node, scope, typed)
        case ast.Arithmetic():
            return arithmetic(node, scope, expected, typed)
        case ast.Negate():
            return negate(node, scope, expected, typed)
        case ast.And():
            return conjunction(node, scope, typed)
        case ast.Or():
            return disjunction(node, scope, typed)
        case ast.Not():
            return negation(node, scope, typed)
        case ast.If():
            return choice(node, scope, expected, typed)
        case _ if isinstance(node, LITERALS):
            return literal(node, scope, expected)
    braces = isinstance(node, ast.ObjectLiteral)
    help_ = "braces hold values of structs and of `json`" if braces else ""
    scope.context.report(
        NotAllowedHere("`{ … }`" if braces else "a range", scope.place.words, node.span, help_)
    )
    return None


def condition(node: ast.Expr, scope: Scope) -> ir.Expr | None:
    """Return a typed condition: it must be true or false (or unknown: policies deny then)."""
    found = typed(node, scope, BOOL)
    if found is not None and not fits(found.type, BOOL):
        scope.context.report(TypeMismatch("bool", describe(found.type), node.span))
        return None
    return found


def value(node: ast.Expr, scope: Scope, type_: ir.Type, nullable: bool, name: str) -> ir.Expr | None:
    """Return a typed value for `name`, which is of `type_`: it fits, is null only if allowed, and literals keep its bounds."""
    found = typed(node, scope, type_)
    if found is None:
        return None
    if not _accepts(type_, found, scope):
        quoted = isinstance(type_, ir.EnumType) and isinstance(found, ir.Literal) and is_text(found.type)
        advice = (
            f"write the value without quotes: `{found.value}`"
            if quoted and isinstance(found, ir.Literal)
            else ""
        )
        scope.context.report(TypeMismatch(describe(type_), describe(found.type), node.span, advice))
        return None
    if found.nullable and not nullable:
        scope.context.report(MayBeNull(describe(type_), name, node.span))
        return None
    return found if within_bounds(found, type_, node, scope.context) else None


def _accepts(wanted: ir.Type, found: ir.Expr, scope: Scope) -> bool:
    return (isinstance(found, ir.Literal) and found.value is None) or fits(found.type, wanted)
