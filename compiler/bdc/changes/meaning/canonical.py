"""One spelling for conditions that differ in form alone: order of operands and of lists, double negation, names of bindings."""

from typing import Literal as Kind
from typing import cast

from bdc.ir import (
    Aggregate,
    And,
    Arithmetic,
    ArrayType,
    Call,
    Compare,
    Expr,
    If,
    InList,
    IsNull,
    ListLiteral,
    Literal,
    Not,
    Or,
    Path,
    Quantifier,
    Root,
    Scalar,
    ScalarType,
)

Op = Kind["==", "!=", "<", "<=", ">", ">="]
BOOL = ScalarType(scalar=Scalar.BOOL)
TRUE = Literal(type=BOOL, value=True)
FALSE = Literal(type=BOOL, value=False)
_MIRRORED: dict[str, Op] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPPOSITE: dict[str, Op] = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def canonical(expr: Expr) -> Expr:
    """Return `expr` in the spelling that all conditions of its form share. What is unknown in one is unknown in the other."""
    return _canonical(expr, {})


def key(expr: Expr) -> str:
    """Return a canonical expression as text. Types are left out, because both sides refer to the same fields."""
    match expr:
        case Literal(value=value):
            return f"{type(value).__name__}:{value!r}"
        case Path(root=root, name=name, steps=steps):
            return ".".join((root.value, name or "", *(step.field for step in steps)))
        case _:
            parts = (_key_of(value) for name, value in expr if name not in ("type", "nullable"))
            return f"({' '.join(parts)})"


def _key_of(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{' '.join(map(_key_of, value))}]"
    return str(value) if value is None or isinstance(value, str | bool) else key(cast(Expr, value))


def _canonical(expr: Expr, names: dict[str, str]) -> Expr:
    """`names`: what bindings are called: by their depth."""
    match expr:
        case Path(root=Root.BINDING, name=str() as name) if name in names:
            return expr.model_copy(update={"name": names[name]})
        case And() | Or():
            return _terms(expr, names)
        case Not():
            return _negated(_canonical(expr.term, names))
        case Compare():
            return _ordered(expr, _canonical(expr.left, names), _canonical(expr.right, names))
        case InList():
            return _in(expr, names)
        case IsNull():
            return expr.model_copy(update={"value": _canonical(expr.value, names)})
        case Quantifier():
            return _quantifier(expr, names)
        case _:
            return _inside(expr, names)


def _inside(expr: Expr, names: dict[str, str]) -> Expr:
    """Return a value with canonical parts."""
    match expr:
        case Arithmetic():
            sides = _canonical(expr.left, names), _canonical(expr.right, names)
            left, right = sorted(sides, key=key) if _commutes(expr) else sides
            return expr.model_copy(update={"left": left, "right": right})
        case Call():
            arguments = tuple(_canonical(each, names) for each in expr.arguments)
            return expr.model_copy(update={"arguments": arguments})
        case If():
            found = {
                name: _canonical(getattr(expr, name), names) for name in ("condition", "then", "otherwise")
            }
            return expr.model_copy(update=found)
        case Aggregate():
            inner = {**names, expr.binding: _bound(names)}
            parts: dict[str, object] = {
                "binding": _bound(names),
                "collection": _canonical(expr.collection, names),
                "value": expr.value and _canonical(expr.value, inner),
                "where": expr.where and _canonical(expr.where, inner),
            }
            return expr.model_copy(update=parts)
        case _:
            return expr


def _bound(names: dict[str, str]) -> str:
    """Return what the next binding is called, whatever the author called it."""
    return f"item{len(names) + 1 if names else ''}"


def _commutes(expr: Arithmetic) -> bool:
    """A sum of texts is their chain: its order counts."""
    return expr.op in "+*" and not (
        isinstance(expr.type, ScalarType) and expr.type.scalar in (Scalar.TEXT, Scalar.STRING)
    )


def _terms(expr: And | Or, names: dict[str, str]) -> Expr:
    kind = type(expr)
    found: dict[str, Expr] = {}
    for term in expr.terms:
        whole = _canonical(term, names)
        for each in whole.terms if isinstance(whole, kind) else (whole,):
            found[key(each)] = each
    ends, drops = (FALSE, TRUE) if kind is And else (TRUE, FALSE)
    if key(ends) in found:
        return ends
    kept = tuple(found[name] for name in sorted(found) if name != key(drops))
    if not kept:
        return drops
    return kept[0] if len(kept) == 1 else expr.model_copy(update={"terms": kept})


def _negated(term: Expr) -> Expr:
    """Return the negation of a canonical term, as far inside as it goes."""
    match term:
        case Not():
            return term.term
        case Literal(value=bool() as value):
            return FALSE if value else TRUE
        case Compare():
            return term.model_copy(update={"op": _OPPOSITE[term.op]})
        case IsNull():
            return term.model_copy(update={"negated": not term.negated})
        case And() | Or():
            kind = Or if isinstance(term, And) else And
            terms = tuple(_negated(each) for each in term.terms)
            return _terms(kind(type=term.type, nullable=term.nullable, terms=terms), {})
        case _:
            return Not(type=BOOL, nullable=term.nullable, term=term)


def _ordered(expr: Compare, left: Expr, right: Expr) -> Expr:
    """Constants stand on the right, and else what sorts first on the left."""
    swapped = (isinstance(left, Literal), key(left)) > (isinstance(right, Literal), key(right))
    if swapped:
        left, right = right, left
    op = _MIRRORED[expr.op] if swapped else expr.op
    if isinstance(right, Literal) and isinstance(right.value, bool) and op in ("==", "!="):
        return left if right.value is (op == "==") else _negated(left)
    return expr.model_copy(update={"op": op, "left": left, "right": right})


def _in(expr: InList, names: dict[str, str]) -> Expr:
    value, items = _canonical(expr.value, names), expr.items
    if not isinstance(items, ListLiteral):
        return expr.model_copy(update={"value": value, "items": _canonical(items, names)})
    listed = {key(each): each for each in (_canonical(item, names) for item in items.items)}
    if not listed:
        return FALSE
    if len(listed) == 1:
        only = next(iter(listed.values()))
        return _ordered(Compare(type=expr.type, op="==", left=value, right=only), value, only)
    kept = tuple(listed[name] for name in sorted(listed))
    kind = items.type if isinstance(items.type, ArrayType) else ArrayType(item=kept[0].type)
    return expr.model_copy(update={"value": value, "items": ListLiteral(type=kind, items=kept)})


def _quantifier(expr: Quantifier, names: dict[str, str]) -> Expr:
    """`exists … a or b` is two of them, as is `every … a and b`."""
    name = _bound(names)
    where = _canonical(expr.where, {**names, expr.binding: name})
    found = expr.model_copy(
        update={"binding": name, "collection": _canonical(expr.collection, names), "where": where}
    )
    parts = Or if expr.quantifier == "exists" else And
    if not isinstance(where, parts):
        return found
    terms = tuple(found.model_copy(update={"where": term}) for term in where.terms)
    return _terms(parts(type=BOOL, terms=terms), {})
