"""What a document may ask of the database: rows, lists multiplied by their length.

The cost of a selection is a small tree made at lowering; it is a number unless a length is a variable.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from api.graphql.engine.errors import LIMIT, refused
from api.graphql.engine.literals import Getter, Variables


class Cost(NamedTuple):
    """`own` and the children together, as many times as `times` says: a number, or where to find it."""

    times: int | Getter
    own: int
    children: tuple[Cost, ...] = ()

    def of(self, variables: Variables) -> int:
        """Return the cost under the variables of one request."""
        inside = self.own + sum(child.of(variables) for child in self.children)
        return inside * (self.times if isinstance(self.times, int) else self.times(variables))

    @property
    def is_fixed(self) -> bool:
        """Say whether the cost is the same for every request."""
        return isinstance(self.times, int) and all(child.is_fixed for child in self.children)


def require(costs: Sequence[Cost], variables: Variables, limit: int) -> None:
    """Raise `Refused` when the costs add up to more than `limit`."""
    total = sum(cost.of(variables) for cost in costs)
    if total > limit:
        raise refused(LIMIT, f"The query may ask for {total} rows; at most {limit} are allowed.")
