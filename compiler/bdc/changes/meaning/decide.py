"""Which rows one condition accepts and another does not, found by trying all cases that they tell apart."""

from collections.abc import Iterable, Iterator
from itertools import product
from math import prod

from bdc.changes.change import Example
from bdc.changes.meaning.canonical import canonical, key
from bdc.changes.meaning.terms import Assignment, EnumValues, Term, Terms, Value
from bdc.changes.meaning.truth import Truth, truth
from bdc.ir import Expr, InList, Path, Quantifier, Root, SqlText
from bdc.policy.expression_text import in_words
from bdc.policy.rebase import paths
from bdc.source.records import dataclass

MOST_CASES = 60_000


@dataclass(frozen=True, slots=True)
class Meaning:
    """`lost`: a case that only the first condition accepts; `gained`: one that only the second does; None where there is none.
    `undecided`: why a direction could not be decided; its example is then None too."""

    lost: Example | None = None
    gained: Example | None = None
    undecided: str = ""

    @property
    def same(self) -> bool:
        return self.lost is None and self.gained is None and not self.undecided


def implies(left: Expr, right: Expr, enum_values: EnumValues = lambda name: ()) -> bool:
    """Whether every row that `left` accepts is known to be accepted by `right`."""
    found = decide(left, right, enum_values)
    return found.lost is None and not found.undecided


def decide(old: Expr, new: Expr, enum_values: EnumValues = lambda name: ()) -> Meaning:
    """Compare two conditions. `enum_values` gives the values of an enum, none where they are not known."""
    before, after = canonical(old), canonical(new)
    if key(before) == key(after):
        return Meaning()
    return _Cases((before, after), enum_values).meaning()


class _Cases:
    def __init__(self, sides: tuple[Expr, Expr], enum_values: EnumValues) -> None:
        found = Terms()
        for side, expr in enumerate(sides):
            found.enter(expr, side)
        self._terms = found.terms
        self._values = found.values(enum_values)
        self._truths = truth(sides[0]), truth(sides[1])
        self._loose: list[str] = []
        self._rules = tuple(self._known_rules(enum_values))
        self._loose += [name for name, term in self._terms.items() if self._is_entangled(name, term)]

    def meaning(self) -> Meaning:
        count = prod(len(values) for values in self._values.values())
        if count > MOST_CASES:
            return Meaning(undecided=f"there are {count:,} cases to try")
        before, after = self._truths
        lost, unsure = self._example(before, after)
        gained, unsure_too = self._example(after, before)
        loose = ", ".join(f"`{in_words(self._terms[name].expr)}`" for name in dict.fromkeys(self._loose))
        return Meaning(lost, gained, f"it depends on what {loose} gives" if unsure or unsure_too else "")

    def _example(self, one: Truth, other: Truth) -> tuple[Example | None, bool]:
        """Return a case that `one` accepts and `other` does not, and whether there is only one that nothing proves possible."""
        unsure = False
        for case in self._cases():
            if one(case) is True and other(case) is not True:
                if not self._loose or self._holds_anyway(case, one, other):
                    return self._told(case), False
                unsure = True
        return None, unsure

    def _cases(self) -> Iterator[dict[str, Value]]:
        names = tuple(self._values)
        for values in product(*self._values.values()):
            case = dict(zip(names, values, strict=True))
            if all(_follows(case, one, other) for one, other in self._rules) and self._is_possible(case):
                yield case

    def _is_possible(self, case: Assignment) -> bool:
        """Nothing lies behind a reference that is null."""
        empty = [
            term.expr
            for name, term in self._terms.items()
            if case[name] is None and isinstance(term.expr, Path)
        ]
        return not any(
            case[name] is not None and isinstance(term.expr, Path) and _lies_behind(term.expr, path)
            for path in empty
            for name, term in self._terms.items()
        )

    def _holds_anyway(self, case: dict[str, Value], one: Truth, other: Truth) -> bool:
        """Whether a case stays one whatever the terms give of which nothing is known."""
        names = tuple(dict.fromkeys(self._loose))
        for values in product(*(self._values[name] for name in names)):
            varied = {**case, **dict(zip(names, values, strict=True))}
            if one(varied) is not True or other(varied) is True:
                return False
        return True

    def _known_rules(self, enum_values: EnumValues) -> Iterator[tuple[str, str]]:
        """Yield pairs of quantifiers of which the first implies the second, and note those that cannot be told apart."""
        found = [(name, term.expr) for name, term in self._terms.items() if isinstance(term.expr, Quantifier)]
        for name, one in found:
            for other_name, other in found:
                if name == other_name or key(one.collection) != key(other.collection):
                    continue
                inner = decide(one.where, other.where, enum_values)
                if inner.undecided or one.quantifier != other.quantifier:
                    self._loose.append(name)
                elif inner.lost is None:
                    yield name, other_name

    def _is_entangled(self, name: str, term: Term) -> bool:
        """Whether something that is worked out on one side depends on what is looked at elsewhere."""
        expr = term.expr
        if isinstance(expr, Path | InList) or len(term.sides) == 2:
            return False
        own = _read(expr)
        others = (each for other, each in self._terms.items() if other != name)
        return isinstance(expr, SqlText) or any(
            own & _read(each.expr) - _collections(expr, each.expr) for each in others
        )

    def _told(self, case: Assignment) -> Example:
        return tuple((in_words(self._terms[name].expr), _shown(case[name])) for name in case)


def _follows(case: Assignment, one: str, other: str) -> bool:
    return case[other] is True or case[one] is not True


def _lies_behind(path: Path, start: Path) -> bool:
    return (
        (path.root, path.name) == (start.root, start.name)
        and len(path.steps) > len(start.steps)
        and path.steps[: len(start.steps)] == start.steps
    )


def _read(expr: Expr) -> set[str]:
    return {key(path) for path in paths(expr) if path.root is not Root.BINDING}


def _collections(*exprs: Expr) -> set[str]:
    """Quantifiers over one collection are compared by what they ask of its rows."""
    return {key(each.collection) for each in exprs if isinstance(each, Quantifier)} if _all(exprs) else set()


def _all(exprs: Iterable[Expr]) -> bool:
    return all(isinstance(each, Quantifier) for each in exprs)


def _shown(value: Value) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value).replace("\x00", "").rstrip("\x01\x02\x03\x04\x05\x06") or '""'
