"""Sums and counts over the same rows, worked out together.

The total of an order and the number of its lines look at the same lines under the same policy. As sub-queries in the list of
values each would be a plan of its own, with all that row level security adds to it; here they become one sub-query beside the row.
"""

from collections.abc import Iterable, Mapping

from sqlglot import exp

from bdc.query.names import column, identifier
from bdc.query.trees import print_sql, raw, scalar_query, select

_ALIAS = "s"
Ties = Iterable[tuple[str, str]]  # columns of the row, and of the rows that belong to it


class SharedAggregates:
    """A `Scope.aggregate` for a statement over row `alias`; `sources` are to be put beside that row afterwards. `inner`: how aliases
    within them begin."""

    def __init__(self, alias: str, inner: str = "t") -> None:
        self._alias = alias
        self._inner = inner
        self._asked: list[int] = []
        self._found: dict[str, exp.Select] = {}

    def __call__(
        self, value: exp.Expression, sources: Iterable[exp.Expression], where: exp.Expression | None
    ) -> exp.Expression:
        """Return the column that will hold the value, or a sub-query in place when it looks at more than row `alias`."""
        query = select(value, sources, where)
        if _outer(query) - {self._alias, ""} or query.find(exp.With) is not None:
            return scalar_query(value, sources, where)
        plain = _renamed(query, self._inner)
        (wanted,) = plain.expressions
        plain.set("expressions", [])
        key = print_sql(plain)
        shared = self._found.setdefault(key, plain)
        name = f"v{len(shared.expressions) + 1}"
        shared.append("expressions", exp.Alias(this=wanted, alias=identifier(name)))
        position = list(self._found).index(key) + 1
        self._asked.append(position)
        return column(f"{_ALIAS}{position}", name)

    def asked(self) -> frozenset[int]:
        """Return the sources that values were taken from since this was asked last, by their position from 1."""
        asked, self._asked = frozenset(self._asked), []
        return asked

    def over(self, table: str, ties: Ties) -> int | None:
        """Return the position of the source whose rows are those of `table` that `ties` alone tie to the row; None where there is none."""
        wanted = frozenset(frozenset(((self._alias, ours), (self.inner, theirs))) for ours, theirs in ties)
        for position, query in enumerate(self._found.values(), 1):
            if _single(query) == f"{table} AS {self.inner}" and _equalities(query) == wanted:
                return position
        return None

    @property
    def inner(self) -> str:
        """Return the alias of the first table in each source."""
        return f"{self._inner}1"

    def add(self, position: int, value: str) -> str:
        """Work one more value out over the rows of a source, where their alias is `inner`; return the column that will hold it."""
        shared = list(self._found.values())[position - 1]
        name = f"v{len(shared.expressions) + 1}"
        shared.append("expressions", exp.Alias(this=raw(value), alias=identifier(name)))
        return f"{_ALIAS}{position}.{name}"

    def source(self, position: int) -> str:
        """Return the FROM item at a position as text: a sub-query with its alias."""
        query = list(self._found.values())[position - 1]
        return f"({print_sql(query)}) as {_ALIAS}{position}"

    def sources(self) -> tuple[exp.Expression, ...]:
        """Return the FROM items that work the values out: one row each."""
        return tuple(
            exp.Lateral(
                this=exp.Subquery(this=query), alias=exp.TableAlias(this=identifier(f"{_ALIAS}{position}"))
            )
            for position, query in enumerate(self._found.values(), 1)
        )


def _single(query: exp.Select) -> str:
    """Return the one table that a query reads, with its alias; '' where it reads anything else."""
    source = query.find(exp.From)
    lone = source is not None and not query.args.get("joins") and isinstance(source.this, exp.Table)
    return print_sql(source.this) if source is not None and lone else ""


def _equalities(query: exp.Select) -> frozenset[frozenset[tuple[str, str]]] | None:
    """Return the pairs of columns that a condition holds equal; None where it says anything else."""
    where = query.args.get("where")
    if where is None:
        return None
    found: set[frozenset[tuple[str, str]]] = set()
    for term in where.this.flatten() if isinstance(where.this, exp.And) else (where.this,):
        bare = term.unnest()
        if not (
            isinstance(bare, exp.EQ)
            and all(isinstance(side, exp.Column) for side in (bare.this, bare.expression))
        ):
            return None
        found.add(frozenset((side.table, side.name) for side in (bare.this, bare.expression)))
    return frozenset(found)


def _aliases(query: exp.Expression) -> list[str]:
    """Return the aliases that the query gives, in order."""
    return [found.name for found in query.find_all(exp.TableAlias, bfs=False)]


def _outer(query: exp.Expression) -> set[str]:
    """Return the aliases that the query uses and does not give."""
    return {found.table for found in query.find_all(exp.Column)} - set(_aliases(query))


def _renamed(query: exp.Select, inner: str) -> exp.Select:
    """Return a copy whose aliases depend on their order alone, so that like queries read alike."""
    found = query.copy()
    names = {name: f"{inner}{position}" for position, name in enumerate(_aliases(found), 1)}
    for node in list(found.find_all(exp.Column, exp.TableAlias)):
        _rename(node, names)
    return found


def _rename(node: exp.Expression, names: Mapping[str, str]) -> None:
    part = "table" if isinstance(node, exp.Column) else "this"
    given = node.args.get(part)
    if isinstance(given, exp.Identifier) and given.name in names:
        node.set(part, identifier(names[given.name]))
