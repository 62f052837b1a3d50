"""Changes that would make a condition true, read off its shape: the arm of an `or` that could hold, the nulls it asks for, the value
that makes both sides of a comparison equal."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product
from typing import Any

from bdc.ir import And, Compare, Expr, InList, IsNull, ListLiteral, Literal, Not, Or, Path
from bdc.source.records import dataclass
from bdc_emitters.tests.interpret import NotJudged
from bdc_emitters.tests.walk import paths

Change = dict[str, Any]
# So many ways are tried for one term, and for a whole condition.
FEW = 4
MOST = 60


@dataclass(frozen=True)
class Setting:
    """What may be changed, and to what. `evaluate` gives the value of an expression over the row as it is, `values` what a field could
    hold (not null), `equal` the values of a field that make a comparison equal, and their neighbours."""

    free: frozenset[str]
    evaluate: Callable[[Expr], Any]
    values: Callable[[str], Sequence[Any]]
    equal: Callable[[Compare, str], Sequence[Any]]


def changes(expr: Expr, setting: Setting, wanted: bool = True) -> Iterator[Change]:
    """Yield changes after which `expr` could be `wanted`, the likely ones first."""
    return islice(_changes(expr, setting, wanted), MOST)


def _changes(expr: Expr, setting: Setting, wanted: bool) -> Iterator[Change]:
    match expr:
        case Not(term=term):
            yield from _changes(term, setting, not wanted)
        case And(terms=terms) | Or(terms=terms):
            if isinstance(expr, And) is wanted:
                yield from _together(terms, setting, wanted)
            else:
                for term in terms:
                    yield from islice(_changes(term, setting, wanted), FEW * FEW)
        case IsNull(value=value, negated=negated):
            yield from _null(value, setting, wanted is not negated)
        case Compare():
            yield from _equal(expr, setting)
        case InList(value=value, items=items):
            yield from _among(value, items, setting, wanted)
        case Path():
            name = _field(expr, setting)
            yield from ({name: wanted},) if name else ()


def _together(terms: Sequence[Expr], setting: Setting, wanted: bool) -> Iterator[Change]:
    """All terms at once: those that hold already are left alone."""
    open_terms = [term for term in terms if not _holds(term, setting, wanted)]
    ways = [list(islice(_changes(term, setting, wanted), FEW)) for term in open_terms]
    for chosen in product(*ways):
        merged: Change = {}
        if all(merged.setdefault(name, value) == value for each in chosen for name, value in each.items()):
            yield merged


def _holds(term: Expr, setting: Setting, wanted: bool) -> bool:
    try:
        return setting.evaluate(term) is wanted
    except NotJudged:
        return False


def _null(value: Expr, setting: Setting, null: bool) -> Iterator[Change]:
    name = _field(value, setting)
    if name is not None:
        yield from ({name: None},) if null else ({name: each} for each in setting.values(name)[:FEW])


def _equal(expr: Compare, setting: Setting) -> Iterator[Change]:
    for path in paths(expr):
        name = path.steps[0].field if path.steps else None
        if name in setting.free and name is not None:
            yield from ({name: each} for each in setting.equal(expr, name))


def _among(value: Expr, items: Expr, setting: Setting, wanted: bool) -> Iterator[Change]:
    name = _field(value, setting)
    if name is None or not isinstance(items, ListLiteral):
        return
    listed = [item.value for item in items.items if isinstance(item, Literal)]
    offered = listed if wanted else [each for each in setting.values(name) if each not in listed]
    yield from ({name: each} for each in offered)


def _field(expr: Expr, setting: Setting) -> str | None:
    """Return the field that an expression is, if it may be changed."""
    if isinstance(expr, Path) and len(expr.steps) == 1 and expr.steps[0].field in setting.free:
        return expr.steps[0].field
    return None
