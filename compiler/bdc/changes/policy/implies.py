"""Whether one condition is known to hold wherever another does. It reads the form alone: what it does not know it denies."""

from decimal import Decimal

from bdc.ir import And, Compare, Expr, InList, ListLiteral, Literal, Or


def implies(left: Expr, right: Expr) -> bool:
    """Whether every row that `left` accepts is accepted by `right`."""
    if left == right:
        return True
    if isinstance(left, Or):
        return all(implies(term, right) for term in left.terms)
    if isinstance(right, And):
        return all(implies(left, term) for term in right.terms)
    if isinstance(right, Or) and any(implies(left, term) for term in right.terms):
        return True
    if isinstance(left, And):
        return any(implies(term, right) for term in left.terms)
    return _values(left, right) or _bounds(left, right)


def _values(left: Expr, right: Expr) -> bool:
    """`status == draft` and `status in [draft]` are within `status in [draft, placed]`."""
    if not isinstance(right, InList) or not isinstance(right.items, ListLiteral):
        return False
    if isinstance(left, Compare):
        return left.op == "==" and left.left == right.value and left.right in right.items.items
    return (
        isinstance(left, InList)
        and left.value == right.value
        and isinstance(left.items, ListLiteral)
        and all(item in right.items.items for item in left.items.items)
    )


def _bounds(left: Expr, right: Expr) -> bool:
    """`total > 100` is within `total > 50`."""
    if not isinstance(left, Compare) or not isinstance(right, Compare) or left.left != right.left:
        return False
    ours, theirs = left.right, right.right
    if not isinstance(ours, Literal) or not isinstance(theirs, Literal):
        return False
    if not isinstance(ours.value, int | float) or not isinstance(theirs.value, int | float):
        return False
    mine, other = Decimal(str(ours.value)), Decimal(str(theirs.value))
    match left.op, right.op:
        case (">", ">") | (">=", ">=") | (">", ">="):
            return mine >= other
        case ("<", "<") | ("<=", "<=") | ("<", "<="):
            return mine <= other
        case _:
            return False
