"""Three-valued truth, as in SQL: what is compared with null is unknown (None)."""

from collections.abc import Callable

from bdc.changes.meaning.canonical import key
from bdc.changes.meaning.terms import Assignment, Value, constant
from bdc.ir import And, Compare, Expr, InList, IsNull, ListLiteral, Literal, Not, Or

Truth = Callable[[Assignment], bool | None]
Reader = Callable[[Assignment], Value]


def truth(expr: Expr) -> Truth:
    """Return what evaluates a canonical condition for given values of its terms."""
    match expr:
        case And() | Or():
            return _terms([truth(term) for term in expr.terms], ends=isinstance(expr, Or))
        case Not():
            return _negation(truth(expr.term))
        case Compare():
            return _comparison(expr.op, _reader(expr.left), _reader(expr.right))
        case InList(items=ListLiteral() as items):
            equal = [_comparison("==", _reader(expr.value), _reader(item)) for item in items.items]
            return _terms(equal, ends=True)
        case IsNull():
            return _null(_reader(expr.value), negated=expr.negated)
        case Literal(value=value):
            return lambda _: None if value is None else bool(value)
        case _:
            name = key(expr)
            return lambda values: None if values[name] is None else bool(values[name])


def _terms(terms: list[Truth], *, ends: bool) -> Truth:
    """`ends`: the value of one term that decides the whole."""

    def found(values: Assignment) -> bool | None:
        unknown = False
        for term in terms:
            value = term(values)
            if value is ends:
                return ends
            unknown = unknown or value is None
        return None if unknown else not ends

    return found


def _negation(term: Truth) -> Truth:
    def found(values: Assignment) -> bool | None:
        value = term(values)
        return None if value is None else not value

    return found


def _null(read: Reader, *, negated: bool) -> Truth:
    return lambda values: (read(values) is None) is not negated


def _comparison(op: str, left: Reader, right: Reader) -> Truth:
    decide = _OPERATORS[op]

    def found(values: Assignment) -> bool | None:
        one, other = left(values), right(values)
        return None if one is None or other is None else bool(decide(one, other))

    return found


def _reader(expr: Expr) -> Reader:
    if isinstance(expr, Literal):
        value = constant(expr)
        return lambda _: value
    name = key(expr)
    return lambda values: values[name]


_OPERATORS: dict[str, Callable[..., object]] = {
    "==": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}
