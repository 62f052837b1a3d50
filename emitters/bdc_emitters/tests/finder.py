"""The search for rows: a row that breaks something is changed, field by field, until it breaks nothing.

A constraint that is broken names its fields. Of the values that these could take, the one that leaves least broken is taken, and what
stays broken weighs more with each step, until nothing is. Deterministic: the same system gives the same rows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, islice, product
from random import Random
from typing import Any

from bdc.ir import Compare, ReferenceField, ScalarField
from bdc_emitters.tests import achieve
from bdc_emitters.tests.candidates import Candidates
from bdc_emitters.tests.constraints import Constraint, Constraints
from bdc_emitters.tests.rows import WorldRow

# How many rows are looked at before the search gives up, and how many steps it takes from each start.
PATIENCE = 6_000
STEPS = 60
STARTS = 3

Settle = Callable[[WorldRow], WorldRow]
Offer = Callable[[WorldRow, ReferenceField], Sequence[str | None]]
Broken = dict[str, Constraint]


class Finder:
    """Searches rows of one entity. `settle` brings what follows from a row's references up to date, `offer` says which rows a
    reference may lead to."""

    def __init__(self, rules: Constraints, candidates: Candidates, settle: Settle, offer: Offer) -> None:
        self._rules = rules
        self._candidates = candidates
        self._settle = settle
        self._offer = offer
        self._left = 0

    def find(
        self,
        row: WorldRow,
        placed: Sequence[WorldRow],
        fixed: frozenset[str] = frozenset(),
        *,
        alone: bool = False,
    ) -> tuple[WorldRow | None, list[Constraint]]:
        """Return a row like `row` that breaks nothing, or None and what it breaks. Fields in `fixed` stay as they are."""
        broken = self._rules.broken(row, placed, alone=alone)
        if not broken:
            return row, []
        self._left = PATIENCE
        for start in range(STARTS):
            search = _Search(self, placed, fixed, alone, Random(f"{row.name}{start}"))
            found = search.run(row, {each.name: each for each in broken})
            if found is not None:
                return found, []
        return None, broken

    def changes(
        self, row: WorldRow, broken: Constraint, fixed: frozenset[str]
    ) -> Iterator[tuple[tuple[str, ...], WorldRow]]:
        """Yield rows in which one field of a constraint has another value, then rows in which two or three have."""
        names = [name for name in broken.fields if name not in fixed]
        for expr in broken.exprs:
            for change in achieve.changes(expr, self._setting(row, broken, frozenset(names))):
                if all(self._suits(name, value) for name, value in change.items()):
                    yield tuple(change), self._changed(row, change.items())
        offered = {name: values for name in names if (values := self._values(row, name, broken))}
        for size, most in ((1, 60), (2, 7), (3, 4)):
            for chosen in combinations(offered, size):
                for values in product(*(islice(offered[name], most) for name in chosen)):
                    yield chosen, self._changed(row, tuple(zip(chosen, values, strict=True)))

    def still_broken(
        self, row: WorldRow, touched: Iterable[str], before: Broken, placed: Sequence[WorldRow], alone: bool
    ) -> Broken:
        """Return what a row breaks in which only fields in `touched` differ from one that broke `before`."""
        self._left -= 1
        about = self._rules.about(touched)
        found = {name: each for name, each in before.items() if name not in about}
        for name, each in about.items():
            if not (alone and each.of_many) and each.holds(row, placed) is False:
                found[name] = each
        return found

    @property
    def tired(self) -> bool:
        return self._left <= 0

    def _setting(self, row: WorldRow, broken: Constraint, free: frozenset[str]) -> achieve.Setting:
        def equal(node: Compare, name: str) -> Sequence[Any]:
            field = self._rules.entity.field(name)
            if isinstance(field, ScalarField):
                return self._candidates.solving(self._rules, field, row, node)
            return [each for each in self._values(row, name, broken) if each is not None]

        return achieve.Setting(
            free=free,
            evaluate=lambda expr: self._rules.value(expr, row),
            values=lambda name: [each for each in self._values(row, name, broken) if each is not None],
            equal=equal,
        )

    def _suits(self, name: str, value: Any) -> bool:
        field = self._rules.entity.field(name)
        return not isinstance(field, ScalarField) or self._candidates.fits(field, value)

    def _values(self, row: WorldRow, name: str, broken: Constraint) -> Sequence[Any]:
        field = self._rules.entity.field(name)
        if isinstance(field, ScalarField):
            carried = any(
                isinstance(each, ReferenceField) and name in each.carriers and row.references[each.name]
                for each in self._rules.entity.fields
            )
            return () if carried else self._candidates.of(self._rules, field, row, broken)
        if isinstance(field, ReferenceField):
            return [each for each in self._offer(row, field) if each != row.references[name]]
        return ()

    def _changed(self, row: WorldRow, changes: Iterable[tuple[str, Any]]) -> WorldRow:
        values, references = dict(row.values), dict(row.references)
        for name, value in changes:
            (references if name in references else values)[name] = value
        return self._settle(replace(row, values=values, references=references))


class _Search:
    """One walk from a row to one that breaks nothing."""

    def __init__(
        self, finder: Finder, placed: Sequence[WorldRow], fixed: frozenset[str], alone: bool, chance: Random
    ) -> None:
        self._finder = finder
        self._placed = placed
        self._fixed = fixed
        self._alone = alone
        self._chance = chance
        self._weights: dict[str, int] = {}
        self._visited: set[str] = set()

    def run(self, row: WorldRow, broken: Broken) -> WorldRow | None:
        for _ in range(STEPS):
            if not broken:
                return row
            if self._finder.tired:
                return None
            self._visited.add(_state(row))
            step = self._step(row, broken)
            if step is None:
                return None
            row, broken = step
        return row if not broken else None

    def _step(self, row: WorldRow, broken: Broken) -> tuple[WorldRow, Broken] | None:
        """Take the change that leaves least broken; where none is better, what is broken weighs more from now on."""
        worst = max(broken.values(), key=lambda each: self._weights.get(each.name, 1))
        if self._chance.random() < 0.25:
            worst = self._chance.choice(list(broken.values()))
        now = self._weight(broken)
        best: tuple[int, WorldRow, Broken] | None = None
        for tried, (touched, changed) in enumerate(self._finder.changes(row, worst, self._fixed)):
            if self._finder.tired or (tried > 400 and best is not None):
                break
            still = self._finder.still_broken(
                changed, self._touched(row, changed, touched), broken, self._placed, self._alone
            )
            weight = self._weight(still)
            if weight == 0:
                return changed, still
            if (best is None or weight < best[0]) and _state(changed) not in self._visited:
                best = weight, changed, still
            if best is not None and best[0] < now and len(touched) > 1:
                break
        for name in broken if best is None or best[0] >= now else ():
            self._weights[name] = self._weights.get(name, 1) + 1
        return best and (best[1], best[2])

    def _touched(self, row: WorldRow, changed: WorldRow, named: tuple[str, ...]) -> tuple[str, ...]:
        """What was changed, and what followed from it."""
        followed = [name for name, value in changed.values.items() if value != row.values[name]]
        return (*named, *followed)

    def _weight(self, broken: Broken) -> int:
        return sum(self._weights.get(name, 1) for name in broken)


def _state(row: WorldRow) -> str:
    return repr((row.values, row.references))
