"""INSERT, UPDATE, DELETE and locking SELECT as trees."""

from collections.abc import Iterable, Mapping

from sqlglot import exp

from bdc.query.names import identifier
from bdc.query.trees import conjunction, is_constant, number, print_sql


def insert(
    target: exp.Table, columns: Iterable[str], query: exp.Expression, *, overriding: bool = False
) -> exp.Insert:
    """`INSERT INTO target (columns) query`; `overriding` what an identity column would count itself."""
    into: exp.Expression = exp.Schema(this=target, expressions=[identifier(name) for name in columns])
    if overriding:
        into = exp.Var(this=f"{print_sql(into)} OVERRIDING SYSTEM VALUE")
    return exp.Insert(this=into, expression=query)


def insert_or_skip(
    target: exp.Table, columns: Iterable[str], query: exp.Expression, *, overriding: bool = False
) -> exp.Insert:
    """`… ON CONFLICT DO NOTHING`: waits for a concurrent writer of the same key, then tells by `FOUND`."""
    found = insert(target, columns, query, overriding=overriding)
    found.set("conflict", exp.OnConflict(action=exp.Var(this="DO NOTHING")))
    return found


def update(
    target: exp.Table, sets: Mapping[str, exp.Expression], where: Iterable[exp.Expression]
) -> exp.Update:
    assigned = [
        exp.EQ(this=exp.Column(this=identifier(name)), expression=value) for name, value in sets.items()
    ]
    return exp.Update(this=target, expressions=assigned, where=exp.Where(this=conjunction(where)))


def delete(target: exp.Table, where: Iterable[exp.Expression]) -> exp.Delete:
    return exp.Delete(this=target, where=exp.Where(this=conjunction(where)))


def query(
    values: Iterable[exp.Expression],
    sources: Iterable[exp.Expression] = (),
    where: Iterable[exp.Expression] = (),
    limit: int | None = None,
) -> exp.Select:
    """`SELECT values FROM sources WHERE … LIMIT …`."""
    found = exp.Select(expressions=list(values))
    for position, source in enumerate(sources):
        if position == 0:
            found.set("from_", exp.From(this=source))
        else:
            found.append("joins", exp.Join(this=source, kind="CROSS"))
    condition = conjunction(where)
    if not is_constant(condition, True):
        found.set("where", exp.Where(this=condition))
    if limit is not None:
        found.set("limit", exp.Limit(expression=number(limit)))
    return found


def locking(select: exp.Select, alias: str) -> exp.Select:
    """`… FOR UPDATE OF alias`: the condition is checked again on the newest version of the row after waiting for it."""
    select.set("locks", [exp.Lock(update=True, expressions=[exp.Table(this=identifier(alias))])])
    return select


def one(value: exp.Expression, alias: str) -> exp.Expression:
    return exp.Alias(this=value, alias=identifier(alias))


def nothing() -> exp.Expression:
    """What EXISTS selects."""
    return number(1)
