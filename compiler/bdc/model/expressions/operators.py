"""Comparison, membership, arithmetic, logic, choice."""

from bdc import ir
from bdc.ir.durations import whole_days
from bdc.model.errors.types import BadOperand, Incomparable, NullCompared, TypeMismatch
from bdc.model.expressions.literals import whole
from bdc.model.expressions.nullness import proved
from bdc.model.expressions.scope import Scope, Typer
from bdc.model.expressions.trees import is_walk, rows_of_walk
from bdc.model.typing.types import (
    BOOL,
    DATE,
    DECIMAL,
    DURATION,
    FLOAT,
    TIMESTAMP,
    describe,
    is_number,
    is_text,
    ordered,
    same_family,
    scalar_of,
    wider,
)
from bdc.syntax import ast

_CONSTANTS = (
    ast.IntLiteral,
    ast.DecimalLiteral,
    ast.QuantityLiteral,
    ast.StringLiteral,
    ast.BoolLiteral,
    ast.NullLiteral,
    ast.ListLiteral,
)


def compare(node: ast.Compare, scope: Scope, typed: Typer) -> ir.Expr | None:
    if isinstance(node.left, ast.NullLiteral) or isinstance(node.right, ast.NullLiteral):
        return _with_null(node, scope, typed)
    pair = _sides(node.left, node.right, scope, typed)
    if pair is None:
        return None
    left, right = (_unlimited(side) for side in pair)
    if not comparable(left.type, right.type, node.op, scope):
        places = (node.span, node.left.span, node.right.span)
        help_ = _unquoted(left, right)
        scope.context.report(Incomparable(describe(left.type), describe(right.type), node.op, *places, help_))
        return None
    return ir.Compare(op=node.op, left=left, right=right, type=BOOL, nullable=left.nullable or right.nullable)


def _unlimited(side: ir.Expr) -> ir.Expr:
    """A whole number beyond 64 bits compares as a decimal."""
    value = side.value if isinstance(side, ir.Literal) else None
    if not isinstance(side, ir.Literal) or type(value) is not int or -(2**63) <= value < 2**63:
        return side
    return ir.Literal(value=str(value), type=DECIMAL)


def _unquoted(*sides: ir.Expr) -> str:
    """Values of an enum are bare words: say so where one was written as a text."""
    text = next((each.value for each in sides if isinstance(each, ir.Literal) and is_text(each.type)), None)
    if text is None or not any(isinstance(each.type, ir.EnumType) for each in sides):
        return ""
    return f"write the value without quotes: `{text}`"


def _sides(left: ast.Expr, right: ast.Expr, scope: Scope, typed: Typer) -> tuple[ir.Expr, ir.Expr] | None:
    """Type both sides; a constant, or a bare name that may be an enum value, takes the type of the other side."""
    backwards = isinstance(left, _CONSTANTS) or _is_word(left, scope)
    first = typed(right if backwards else left, scope, None)
    if first is None:
        return None
    second = typed(left if backwards else right, scope, _key_or_self(first.type, scope))
    if second is None:
        return None
    return (second, first) if backwards else (first, second)


def _is_word(node: ast.Expr, scope: Scope) -> bool:
    """Say whether a name is no variable and no field: then it can only be an enum value."""
    if not isinstance(node, ast.Path) or len(node.names) != 1:
        return False
    name = node.names[0].text
    row = scope.context.entities.get(scope.row or "")
    return name not in scope.variables and (row is None or row.find(name) is None)


def _key_or_self(type_: ir.Type, scope: Scope) -> ir.Type:
    """What a constant next to a row is read as: the row's key."""
    return key_type(type_, scope) or type_


def key_type(type_: ir.Type, scope: Scope) -> ir.Type | None:
    """Return the type of an entity's key when it is one field; None for other types."""
    entity = scope.context.entities.get(type_.name) if isinstance(type_, ir.EntityType) else None
    if entity is None or len(entity.key) != 1:
        return None
    field = entity.find(entity.key[0])
    type_of_key = getattr(field, "type", None)
    return type_of_key if isinstance(type_of_key, ir.ScalarType | ir.EnumType) else None


def comparable(left: ir.Type, right: ir.Type, operator: str, scope: Scope) -> bool:
    """Say whether two types can stand on the two sides of an operator; a row compares with a value of its key's type."""
    if operator not in ("==", "!="):
        return ordered(left) and ordered(right) and same_family(left, right)
    if isinstance(left, ir.EntityType) is not isinstance(right, ir.EntityType):
        left, right = (key_type(each, scope) or each for each in (left, right))
    if isinstance(left, ir.ArrayType | ir.StructType) or ir.Scalar.JSON in (
        scalar_of(left),
        scalar_of(right),
    ):
        return False
    return same_family(left, right)


def _with_null(node: ast.Compare, scope: Scope, typed: Typer) -> ir.Expr | None:
    other = node.right if isinstance(node.left, ast.NullLiteral) else node.left
    if node.op not in ("==", "!=") or isinstance(other, ast.NullLiteral):
        scope.context.report(BadOperand(node.op, "null", "two values", node.span))
        return None
    found = typed(other, scope, None)
    if found is None:
        return None
    if isinstance(found, ir.Path) and not found.nullable:
        words = other.text if isinstance(other, ast.Path) else "it"
        scope.context.report(NullCompared(words, node.span))
    return ir.IsNull(value=found, negated=node.op == "!=", type=BOOL)


def membership(node: ast.In, scope: Scope, typed: Typer) -> ir.Expr | None:
    if isinstance(node.items, ast.ListLiteral):
        return _in_list(node, node.items, typed(node.value, scope, None), scope, typed)
    items = (
        rows_of_walk(node.items, scope)
        if isinstance(node.items, ast.Call) and is_walk(node.items)
        else typed(node.items, scope, None)
    )
    if items is not None and not _has_items(items.type):
        scope.context.report(BadOperand("in", describe(items.type), "a list on its right", node.items.span))
        return None
    value = typed(node.value, scope, _item_of(items) if _is_word(node.value, scope) else None)
    if value is None or items is None or not isinstance(items.type, ir.ArrayType):
        return None
    if not comparable(value.type, items.type.item, "==", scope):
        places = (node.span, node.value.span, node.items.span)
        scope.context.report(Incomparable(describe(value.type), describe(items.type), "in", *places))
        return None
    if isinstance(items, ir.Path) and isinstance(items.type.item, ir.EntityType):
        return _in_relation(value, items, items.type.item)
    return ir.InList(value=value, items=items, type=BOOL, nullable=value.nullable or items.nullable)


def _has_items(type_: ir.Type) -> bool:
    return isinstance(type_, ir.ArrayType) and ir.vector_length(type_) is None


def _item_of(items: ir.Expr | None) -> ir.Type | None:
    return items.type.item if items is not None and isinstance(items.type, ir.ArrayType) else None


def _in_relation(value: ir.Expr, items: ir.Path, item: ir.EntityType) -> ir.Expr:
    """`user in team.members` is `exists each in team.members where (each == user)`."""
    each = ir.Path(root=ir.Root.BINDING, name="_", type=item)
    same = ir.Compare(op="==", left=each, right=value, type=BOOL, nullable=value.nullable)
    unknown = items.walk is not None
    return ir.Quantifier(
        quantifier="exists", binding="_", collection=items, where=same, type=BOOL, nullable=unknown
    )


def _in_list(
    node: ast.In, written: ast.ListLiteral, value: ir.Expr | None, scope: Scope, typed: Typer
) -> ir.Expr | None:
    if value is None:
        return None
    wanted = _key_or_self(value.type, scope)
    items = typed(written, scope, ir.ArrayType(item=wanted))
    if items is None or not isinstance(items.type, ir.ArrayType):
        return None
    assert isinstance(items, ir.ListLiteral)
    items = items.model_copy(update={"items": tuple(map(_unlimited, items.items))})
    for item, place in zip(items.items, written.items, strict=True):
        if not comparable(value.type, item.type, "==", scope):
            scope.context.report(TypeMismatch(describe(wanted), describe(item.type), place.span))
            return None
    return ir.InList(value=value, items=items, type=BOOL, nullable=value.nullable)


def arithmetic(node: ast.Arithmetic, scope: Scope, expected: ir.Type | None, typed: Typer) -> ir.Expr | None:
    left, right = typed(node.left, scope, None), typed(node.right, scope, None)
    if left is None or right is None:
        return None
    type_ = _result(node, left.type, right.type) or _of_days(node, left, right)
    if type_ is None:
        wrong, place = (
            (right, node.right)
            if is_number(left.type) or _is_time(left.type) or _is_date(left.type)
            else (left, node.left)
        )
        wanted, texts = _wanted(node.op, left.type), is_text(left.type) and is_text(right.type)
        advice = "write `concat(…)`: texts are joined by it" if node.op == "+" and texts else ""
        scope.context.report(BadOperand(node.op, describe(wrong.type), wanted, place.span, advice))
        return None
    return ir.Arithmetic(
        op=node.op, left=left, right=right, type=type_, nullable=left.nullable or right.nullable
    )


def _is_date(type_: ir.Type) -> bool:
    return scalar_of(type_) is ir.Scalar.DATE


def _is_time(type_: ir.Type) -> bool:
    return scalar_of(type_) in (ir.Scalar.TIMESTAMP, ir.Scalar.DURATION)


def _wanted(operator: str, left: ir.Type) -> str:
    if operator in "+-" and scalar_of(left) is ir.Scalar.DATE:
        return "whole days as they are written (`30d`)"
    return "a duration or a time" if operator in "+-" and _is_time(left) else "a number"


def _of_days(node: ast.Arithmetic, left: ir.Expr, right: ir.Expr) -> ir.Type | None:
    """Days are added to a date as they are written: of a duration in a column PostgreSQL would make a timestamp. The difference
    of two dates is a duration."""
    if scalar_of(left.type) is not ir.Scalar.DATE or node.op not in "+-":
        return None
    if node.op == "-" and scalar_of(right.type) is ir.Scalar.DATE:
        return DURATION
    return DATE if isinstance(right, ir.Literal) and whole_days(right) is not None else None


def _result(node: ast.Arithmetic, left: ir.Type, right: ir.Type) -> ir.Type | None:
    """Return the type of the result; `/` of whole numbers is a decimal, in every place that evaluates it."""
    if is_number(left) and is_number(right):
        type_ = _unbounded(wider(left, right))
        return type_ if node.op != "/" or scalar_of(type_) is FLOAT.scalar else DECIMAL
    pair = (scalar_of(left), node.op, scalar_of(right))
    time, span = ir.Scalar.TIMESTAMP, ir.Scalar.DURATION
    if pair in ((time, "+", span), (time, "-", span), (span, "+", time)):
        return TIMESTAMP
    if node.op == "*" and {pair[0], pair[2]} in ({ir.Scalar.INT, span}, {ir.Scalar.BIGINT, span}):
        return DURATION
    return DURATION if pair in ((time, "-", time), (span, "+", span), (span, "-", span)) else None


def _unbounded(type_: ir.Type) -> ir.Type:
    return ir.ScalarType(scalar=type_.scalar) if isinstance(type_, ir.ScalarType) else type_


def negate(node: ast.Negate, scope: Scope, expected: ir.Type | None, typed: Typer) -> ir.Expr | None:
    term = typed(node.term, scope, expected)
    if term is None:
        return None
    if not is_number(term.type):
        scope.context.report(BadOperand("-", describe(term.type), "a number", node.term.span))
        return None
    return ir.Arithmetic(op="-", left=whole(0, term.type), right=term, type=term.type, nullable=term.nullable)


def conjunction(node: ast.And, scope: Scope, typed: Typer) -> ir.Expr | None:
    terms = _terms(node.terms, scope, typed, True)
    return (
        None
        if terms is None
        else ir.And(terms=terms, type=BOOL, nullable=any(term.nullable for term in terms))
    )


def disjunction(node: ast.Or, scope: Scope, typed: Typer) -> ir.Expr | None:
    terms = _terms(node.terms, scope, typed, False)
    return (
        None
        if terms is None
        else ir.Or(terms=terms, type=BOOL, nullable=any(term.nullable for term in terms))
    )


def _terms(
    nodes: tuple[ast.Expr, ...], scope: Scope, typed: Typer, truth: bool
) -> tuple[ir.Expr, ...] | None:
    """Type terms from left to right: each may rely on what those before it have proved."""
    found: list[ir.Expr] = []
    for node in nodes:
        term = _truth_value(node, scope, typed)
        if term is not None:
            found.append(term)
            scope = scope.knowing(proved(term, truth))
    return tuple(found) if len(found) == len(nodes) else None


def _truth_value(node: ast.Expr, scope: Scope, typed: Typer) -> ir.Expr | None:
    found = typed(node, scope, BOOL)
    if found is not None and scalar_of(found.type) is not ir.Scalar.BOOL:
        scope.context.report(TypeMismatch("bool", describe(found.type), node.span))
        return None
    return found


def negation(node: ast.Not, scope: Scope, typed: Typer) -> ir.Expr | None:
    term = _truth_value(node.term, scope, typed)
    return None if term is None else ir.Not(term=term, type=BOOL, nullable=term.nullable)


def choice(node: ast.If, scope: Scope, expected: ir.Type | None, typed: Typer) -> ir.Expr | None:
    condition = _truth_value(node.condition, scope, typed)
    if condition is None:
        return None
    then = typed(node.then, scope.knowing(proved(condition, True)), expected)
    wanted = expected or (then.type if then is not None else None)
    otherwise = typed(node.otherwise, scope.knowing(proved(condition, False)), wanted)
    if then is None or otherwise is None:
        return None
    type_ = _common(then, otherwise)
    if type_ is None:
        scope.context.report(TypeMismatch(describe(then.type), describe(otherwise.type), node.otherwise.span))
        return None
    nullable = then.nullable or otherwise.nullable
    return ir.If(condition=condition, then=then, otherwise=otherwise, type=type_, nullable=nullable)


def _common(left: ir.Expr, right: ir.Expr) -> ir.Type | None:
    for side, other in ((left, right), (right, left)):
        if isinstance(side, ir.Literal) and side.value is None:
            return other.type
    if is_number(left.type) and is_number(right.type):
        return wider(left.type, right.type)
    return left.type if same_family(left.type, right.type) else None
