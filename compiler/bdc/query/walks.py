"""Trees of unknown depth as SQL: one recursive query that follows a reference of an entity to itself.

A way meets each row once, whatever the data say: what it has met is kept, so that a cycle ends. In a cycle a row is above itself. The walk goes one step
further than the bound; a row found there tells that the tree goes on, and what is asked of it is then unknown.
"""

from collections.abc import Iterable, Iterator, Sequence

from sqlglot import exp

from bdc.ir import PathStep, ReferenceField
from bdc.query.names import column, identifier, table_of
from bdc.query.relations import Joined, key_columns, not_deleted
from bdc.query.scope import Row, Scope
from bdc.query.trees import call, cast, conjunction, equal, negation, number, select
from bdc.source.records import dataclass

_PATH = "path"
_BEYOND = "beyond"
_FAR = "far"


@dataclass(frozen=True, slots=True)
class _Tree:
    """The reference that makes rows of an entity a tree. `up`: the walk leads to the rows that are referred to. `depth`: how many
    rows one way has at most."""

    reference: ReferenceField
    up: bool
    depth: int

    @property
    def near(self) -> tuple[str, ...]:
        """The columns of a row that lead on to the next."""
        return self.reference.columns if self.up else self.reference.target_columns

    @property
    def far(self) -> tuple[str, ...]:
        """The columns of the next row that they lead to."""
        return self.reference.target_columns if self.up else self.reference.columns


def follow_walk(start: Joined, step: PathStep, scope: Scope) -> Joined:
    """Return the rows that a walk from `start` reaches, in FROM items of their own."""
    entity = start.row.entity
    tree = _tree(start, step, up=step.walk == "ancestors")
    reached, row = scope.names.fresh(), Row(entity, scope.names.fresh())
    targets = tree.reference.target_columns
    found = tuple(equal(row.column(name), column(reached, _kept(at))) for at, name in enumerate(targets))
    return Joined(
        row,
        (_lateral(_walk(start, tree, scope), reached), table_of(entity, row.alias)),
        found,
        beyond=column(reached, _BEYOND),
        present=tuple(not_deleted(row)),
    )


def keys_that_reach(goal: Joined, step: PathStep, scope: Scope, *, from_next: bool = False) -> exp.Select:
    """Return the query of the keys from which a walk reaches a row of `goal`: the same walk, the other way round. `from_next`: the
    keys of rows next to those, which may be rows of `goal` themselves. From many rows at once no way is kept: a row is met once at
    each distance, so that the bound ends a cycle."""
    (key,) = key_columns(goal.row.entity)
    tree = _tree(goal, step, up=step.walk != "ancestors")
    name, there = _unused(scope), Row(goal.row.entity, scope.names.fresh())
    far = column(name, _FAR)
    leads = [column(name, each) for each in _leads(tree) or _kept_names(tree)]
    nearer = exp.LT(this=far.copy(), expression=number(tree.depth - from_next))
    onward = _reached(
        there,
        tree,
        exp.Add(this=far.copy(), expression=number(1)),
        (exp.Table(this=identifier(name)), table_of(there.entity, there.alias)),
        [*_met(leads, there, tree, goal.row, scope), nearer],
    )
    first = _reached(goal.row, tree, number(0), goal.sources, list(goal.conditions))
    found = column(name, _kept(tree.reference.target_columns.index(key)))
    met = None if from_next else exp.GT(this=far.copy(), expression=number(0))
    query = select(found, [exp.Table(this=identifier(name))], met)
    query.set("distinct", exp.Distinct())
    steps = exp.Union(this=first, expression=onward, distinct=True)
    return _recursive(query, name, (*_kept_names(tree), *_leads(tree), _FAR), steps)


def _tree(start: Joined, step: PathStep, *, up: bool) -> _Tree:
    reference = start.row.entity.field(step.field)
    if not isinstance(reference, ReferenceField):
        raise TypeError(f"{step.entity}.{step.field} is not a reference")
    return _Tree(reference, up, step.depth)


def _kept(position: int) -> str:
    return f"k{position}"


def _kept_names(tree: _Tree) -> list[str]:
    return [_kept(at) for at in range(len(tree.reference.target_columns))]


def _walk(start: Joined, tree: _Tree, scope: Scope) -> exp.Select:
    """Return the query of all rows on the walk: the columns by which they are referred to, and whether they are beyond the bound. Down
    a circle two ways lead to what hangs on it, one of them through the start: such rows count once."""
    name, kept = _unused(scope), _kept_names(tree)
    steps = exp.Union(
        this=_first(start, tree, scope), expression=_next(name, tree, start, scope), distinct=False
    )
    query = select(column(name, kept[0]), [exp.Table(this=identifier(name))])
    far = exp.GT(this=call("cardinality", column(name, _PATH)), expression=number(tree.depth))
    beyond = exp.Alias(this=far if tree.up else call("bool_and", far), alias=identifier(_BEYOND))
    query.set("expressions", [*(column(name, each) for each in kept), beyond])
    if not tree.up:
        query.set("group", exp.Group(expressions=[column(name, each) for each in kept]))
    return _recursive(query, name, (*kept, *_leads(tree), _PATH), steps)


def _recursive(query: exp.Select, name: str, columns: Iterable[str], steps: exp.Union) -> exp.Select:
    """Return `query` with the recursive one that it reads before it."""
    table = exp.TableAlias(this=identifier(name), columns=[identifier(each) for each in columns])
    common = exp.With(recursive=True, expressions=[exp.CTE(this=steps, alias=table)])
    query.set("with_" if "with_" in exp.Select.arg_types else "with", common)
    return query


def _unused(scope: Scope) -> str:
    """Return a name for the query that no table has: inside it, the name would hide the table."""
    tables = {table.name for table in scope.system.tables}
    name = scope.names.fresh()
    while name in tables:
        name = scope.names.fresh()
    return name


def _leads(tree: _Tree) -> list[str]:
    """Return the names of the columns that lead on, where they are not those by which the row is referred to."""
    return [f"n{at}" for at in range(len(tree.near))] if tree.up else []


def _first(start: Joined, tree: _Tree, scope: Scope) -> exp.Select:
    """Return where the walk begins: at the rows next to the start."""
    here = start.row
    there = Row(here.entity, scope.names.fresh())
    leading = [here.column(name) for name in tree.near]
    conditions = [*start.conditions, *_met(leading, there, tree, here, scope)]
    sources = (*start.sources, table_of(there.entity, there.alias))
    return _reached(there, tree, exp.Array(expressions=[_key(there)]), sources, conditions)


def _next(name: str, tree: _Tree, start: Joined, scope: Scope) -> exp.Select:
    """Return each further step: to rows that the walk has not met."""
    there, path = Row(start.row.entity, scope.names.fresh()), column(name, _PATH)
    leading = [column(name, each) for each in _leads(tree) or _kept_names(tree)]
    conditions = [
        *_met(leading, there, tree, start.row, scope),
        negation(equal(_key(there), exp.Any(this=exp.Paren(this=path.copy())))),
        exp.LTE(this=call("cardinality", path.copy()), expression=number(tree.depth)),
    ]
    sources = (exp.Table(this=identifier(name)), table_of(there.entity, there.alias))
    return _reached(there, tree, call("array_append", path, _key(there)), sources, conditions)


def _met(
    leading: Sequence[exp.Expression], there: Row, tree: _Tree, source: Row, scope: Scope
) -> Iterator[exp.Expression]:
    for ours, theirs in zip(leading, tree.far, strict=True):
        yield equal(there.column(theirs), ours)
    if scope.sight is not None:
        yield from scope.sight(scope, source, tree.reference, there)


def _reached(
    row: Row,
    tree: _Tree,
    visited: exp.Expression,
    sources: tuple[exp.Expression, ...],
    conditions: list[exp.Expression],
) -> exp.Select:
    kept = [row.column(name) for name in tree.reference.target_columns]
    leads = [row.column(name) for name in tree.near] if tree.up else []
    query = select(kept[0], [source.copy() for source in sources], conjunction(conditions))
    query.set("expressions", [*kept, *leads, visited])
    return query


def _key(row: Row) -> exp.Expression:
    """Return the key as text: what is kept of the way is of one type, whatever the length or domain of the column."""
    (key,) = key_columns(row.entity)
    return cast(row.column(key), "text")


def _lateral(query: exp.Select, alias: str) -> exp.Expression:
    return exp.Lateral(this=exp.Subquery(this=query), alias=exp.TableAlias(this=identifier(alias)))
