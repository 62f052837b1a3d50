"""Flow typing: which paths cannot be null once a condition is known to be true, or false."""

from bdc import ir
from bdc.model.expressions.scope import Known

_NOTHING: Known = frozenset()


def path_key(path: ir.Path) -> tuple[str, ...]:
    """Return what identifies a path in a set of facts."""
    return (path.root.value, path.name or "", *(step.field for step in path.steps))


def proved(condition: ir.Expr, truth: bool) -> Known:
    """Return the paths that are not null when `condition` is `truth`."""
    match condition:
        case ir.IsNull(value=ir.Path() as path, negated=negated):
            return frozenset({path_key(path)}) if negated is truth else _NOTHING
        case ir.Not(term=term):
            return proved(term, not truth)
        case ir.And(terms=terms) if truth:
            return _union(terms, truth)
        case ir.Or(terms=terms) if not truth:
            return _union(terms, truth)
        case ir.Compare(left=left, right=right) if truth:
            return frozenset(path_key(side) for side in (left, right) if isinstance(side, ir.Path))
        case ir.InList(value=ir.Path() as path) if truth:
            return frozenset({path_key(path)})
    return _NOTHING


def _union(terms: tuple[ir.Expr, ...], truth: bool) -> Known:
    found: set[tuple[str, ...]] = set()
    for term in terms:
        found |= proved(term, truth)
    return frozenset(found)
