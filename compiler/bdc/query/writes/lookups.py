"""Look-ups that a statement need not make twice, or at all.

*One look at a product* says both that the caller may refer to it and what it costs: the condition becomes a join that brings the
value along. *The order that this function has just written* need not be asked for its state: the function wrote it.
Row level security still asks for itself.
"""

from collections.abc import Iterator, Mapping
from typing import cast

from sqlglot import exp

from bdc.query.names import column, identifier
from bdc.query.trees import conjunction, print_sql
from bdc.source.records import dataclass

_ALIAS = "s"


@dataclass(frozen=True)
class Known:
    """A row that the function has written before, with what it wrote for certain.

    `keys`: its key columns, with the columns of the new row that hold the same; `values`: constants by column.
    """

    table: str
    keys: Mapping[str, str]
    values: Mapping[str, exp.Expression]


def settle(condition: exp.Expression, known: Known, alias: str) -> exp.Expression:
    """Return `condition` (of new row `alias`) with each EXISTS that asks for the known row alone replaced by what is known of it."""
    root = exp.Paren(this=condition)
    for found in list(root.find_all(exp.Exists)):
        answer = _known_answer(found, known, alias)
        if answer is not None:
            found.replace(exp.Paren(this=answer))
    settled: exp.Expression = root.this
    return settled


def _known_answer(found: exp.Exists, known: Known, alias: str) -> exp.Expression | None:
    source = _single(found.this)
    if source is None or source.name != known.table:
        return None
    left = dict(known.keys)
    rest = [term for term in _terms(found.this) if not _is_key(term, source.alias, alias, left)]
    used = {each.name for term in rest for each in _columns(term, source.alias)}
    if left or not used <= set(known.values) or any(term.find(exp.Select) for term in rest):
        return None
    # In parentheses, since a condition that is one column alone has nothing around it in which it could be replaced.
    answer = exp.Paren(this=conjunction(term.copy() for term in rest))
    for each in list(_columns(answer, source.alias)):
        each.replace(known.values[each.name].copy())
    inner: exp.Expression = answer.this
    return inner


def _is_key(term: exp.Expression, ours: str, alias: str, left: dict[str, str]) -> bool:
    """Whether a term compares a part of the key; that part is taken from `left`."""
    sides = (term.this, term.expression) if isinstance(term, exp.EQ) else ()
    for mine, other in (sides, sides[::-1]) if sides else ():
        pair = isinstance(mine, exp.Column) and isinstance(other, exp.Column) and (mine.table, other.table)
        if pair == (ours, alias) and left.get(mine.name) == other.name:
            del left[mine.name]
            return True
    return False


def join_references(rows: exp.Subquery, conditions: list[exp.Expression]) -> list[exp.Expression]:
    """Return `conditions` without those that ask again for a row which a derived value of `rows` takes something from. That row is
    joined within `rows` instead, under the condition's terms: a new row without it falls out, as it would have."""
    outer = rows.this
    base = _base(outer)
    if base is None:
        return conditions
    kept: list[exp.Expression] = []
    for condition in conditions:
        values = list(_same(outer, condition, rows.alias, base.alias))
        if values and _within(condition, rows.alias, base):
            _join(outer, condition, values, rows.alias, base.alias)
        else:
            kept.append(condition)
    return kept


def _base(outer: exp.Expression) -> exp.Subquery | None:
    origin = outer.args.get("from_")
    found = origin.this if origin is not None else None
    return found if isinstance(found, exp.Subquery) and isinstance(found.this, exp.Select) else None


def _same(outer: exp.Expression, condition: exp.Expression, alias: str, base: str) -> Iterator[exp.Subquery]:
    """Yield the values of `outer` that are looked up in the very row that `condition` asks for."""
    source = _single(condition.this) if isinstance(condition, exp.Exists) else None
    if source is None:
        return
    asked = {_spelled(term, {source.alias: "t", alias: "n"}) for term in _terms(condition.this)}
    for value in outer.expressions:
        for found in value.find_all(exp.Subquery):
            other = _single(found.this)
            if other is None or other.name != source.name or len(found.this.expressions) != 1:
                continue
            terms = {_spelled(term, {other.alias: "t", base: "n"}) for term in _terms(found.this)}
            if terms and terms <= asked:
                yield found


def _within(condition: exp.Expression, alias: str, base: exp.Subquery) -> bool:
    """Whether the condition looks only at columns that the base of the rows has."""
    has = {value.alias for value in base.this.expressions}
    return {found.name for found in _columns(condition, alias)} <= has


def _join(
    outer: exp.Expression, condition: exp.Expression, values: list[exp.Subquery], alias: str, base: str
) -> None:
    query = condition.this.copy()
    source = _single(query)
    assert source is not None
    joins = outer.args.get("joins") or []
    name = f"{_ALIAS}{len(joins) + 1}"
    query.set("expressions", [])
    for position, value in enumerate(values, 1):
        inner = value.this
        (wanted,) = _renamed(inner, {_single(inner).alias: source.alias}).expressions  # type: ignore[union-attr]
        query.append("expressions", exp.Alias(this=wanted, alias=identifier(f"v{position}")))
        value.replace(column(name, f"v{position}"))
    lateral = exp.Lateral(
        this=exp.Subquery(this=_renamed(query, {alias: base})), alias=exp.TableAlias(this=identifier(name))
    )
    outer.append("joins", exp.Join(this=lateral, kind="CROSS"))


def _single(query: exp.Expression) -> exp.Table | None:
    """Return the one table that a query reads; None for every other kind of query."""
    if not isinstance(query, exp.Select) or query.args.get("joins"):
        return None
    origin = query.args.get("from_")
    return origin.this if origin is not None and isinstance(origin.this, exp.Table) else None


def _terms(query: exp.Expression) -> list[exp.Expression]:
    where = query.args.get("where")
    if where is None:
        return []
    terms = where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
    return [cast(exp.Expression, term.unnest()) for term in terms]


def _columns(tree: exp.Expression, alias: str) -> Iterator[exp.Column]:
    return (found for found in tree.find_all(exp.Column) if found.table == alias)


def _renamed(tree: exp.Expression, names: Mapping[str, str]) -> exp.Expression:
    """Return a copy in which columns of one alias are columns of another."""
    copy = tree.copy()
    for found in list(copy.find_all(exp.Column)):
        if found.table in names:
            found.set("table", identifier(names[found.table]))
    return copy


def _spelled(term: exp.Expression, names: Mapping[str, str]) -> str:
    return print_sql(_renamed(term, names))
