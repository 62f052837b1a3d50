"""Small builders over sqlglot: they parenthesise operands, so that a printed tree means what the tree says."""

from collections.abc import Callable, Iterable
from functools import cache, lru_cache

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.generator import Generator
from sqlglot.generators.postgres import PostgresGenerator

_KNOWN = {
    "bigint",
    "boolean",
    "bytea",
    "date",
    "double precision",
    "integer",
    "interval",
    "jsonb",
    "numeric",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "uuid",
}
_LOOSE = (exp.Binary, exp.Connector, exp.Not, exp.Is, exp.In, exp.Between, exp.Predicate, exp.Neg)


@lru_cache(maxsize=1)
def _generator() -> Generator:
    # The dialect's own generator, not a subclass: sqlglot's compiled build does not let Python classes inherit from it.
    return PostgresGenerator(dialect=Postgres(), normalize_functions=False, comments=False)


def print_sql(tree: exp.Expression) -> str:
    """Return the PostgreSQL text of a tree. The tree is read, not changed."""
    return _generator().generate(tree, copy=False)


def group(tree: exp.Expression) -> exp.Expression:
    """Wrap in parentheses whatever could bind differently beside another operator."""
    tight = isinstance(tree, exp.Exists | exp.Any) or not isinstance(tree, _LOOSE)
    return tree if tight else exp.Paren(this=tree)


def binary(
    kind: Callable[..., exp.Expression], left: exp.Expression, right: exp.Expression
) -> exp.Expression:
    return kind(this=group(left), expression=group(right))


def equal(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    return binary(exp.EQ, left, right)


def conjunction(terms: Iterable[exp.Expression]) -> exp.Expression:
    """AND of the terms; TRUE when there is none. Terms that are TRUE vanish, one that is FALSE wins."""
    return _connect(terms, exp.And, neutral=True)


def disjunction(terms: Iterable[exp.Expression]) -> exp.Expression:
    """OR of the terms; FALSE when there is none. Terms that are FALSE vanish, one that is TRUE wins."""
    return _connect(terms, exp.Or, neutral=False)


def _connect(
    terms: Iterable[exp.Expression], kind: type[exp.And] | type[exp.Or], *, neutral: bool
) -> exp.Expression:
    left: exp.Expression | None = None
    for term in terms:
        if is_constant(term, neutral):
            continue
        if is_constant(term, not neutral):
            return term
        if left is None:
            left = term
        else:
            left = kind(this=left if isinstance(left, kind) else group(left), expression=group(term))
    return boolean(neutral) if left is None else left


def negation(tree: exp.Expression) -> exp.Expression:
    return exp.Not(this=group(tree))


def boolean(value: bool) -> exp.Expression:
    return exp.Boolean(this=value)


def is_constant(tree: exp.Expression, value: bool) -> bool:
    return isinstance(tree, exp.Boolean) and tree.this is value


def is_true(tree: exp.Expression) -> exp.Expression:
    """`tree is true`: never null."""
    return (
        tree
        if isinstance(tree, exp.Boolean | exp.Exists)
        else exp.Is(this=group(tree), expression=boolean(True))
    )


def is_false(tree: exp.Expression) -> exp.Expression:
    """`tree is false`: never null."""
    if isinstance(tree, exp.Boolean):
        return boolean(not tree.this)
    return exp.Is(this=group(tree), expression=boolean(False))


def call(name: str, *arguments: exp.Expression) -> exp.Expression:
    return exp.Anonymous(this=name, expressions=list(arguments))


def text(value: str) -> exp.Expression:
    """Return a string constant. Fragments mark what is filled in later with « and »: in a constant these are escaped."""
    if "«" not in value and "»" not in value:
        return exp.Literal.string(value)
    escaped = value.replace("\\", "\\\\").replace("'", "''").replace("«", "\\u00ab").replace("»", "\\u00bb")
    return exp.Var(this=f"E'{escaped}'")


def number(value: int | float | str) -> exp.Expression:
    return exp.Literal.number(str(value))


def raw(sql: str) -> exp.Expression:
    """SQL that was written by hand, in parentheses."""
    return exp.Paren(this=exp.Var(this=sql))


def cast(tree: exp.Expression, sql_type: str) -> exp.Expression:
    return exp.Cast(this=tree, to=_data_type(sql_type).copy())


@cache
def _data_type(sql_type: str) -> exp.DataType:
    """Types that are not built in are carried as they are spelled."""
    if sql_type.removesuffix("[]").partition("(")[0] not in _KNOWN:
        return exp.DataType(this=exp.DType.USERDEFINED, kind=sql_type)
    return exp.DataType.build(sql_type, dialect="postgres")


def text_array(values: Iterable[str]) -> exp.Expression:
    """`array['a', 'b']`; cast when empty."""
    items = [text(value) for value in values]
    array = exp.Array(expressions=items)
    return array if items else cast(array, "text[]")


def scalar_query(
    value: exp.Expression, sources: Iterable[exp.Expression] = (), where: exp.Expression | None = None
) -> exp.Subquery:
    """`(select value from … where …)`."""
    return exp.Subquery(this=select(value, sources, where))


def select(
    value: exp.Expression, sources: Iterable[exp.Expression] = (), where: exp.Expression | None = None
) -> exp.Select:
    query = exp.Select(expressions=[value])
    first, *others = sources or (None,)
    if first is not None:
        query.set("from_" if "from_" in exp.Select.arg_types else "from", exp.From(this=first))
        query.set("joins", [exp.Join(this=other, kind="CROSS") for other in others])
    if where is not None and not is_constant(where, True):
        query.set("where", exp.Where(this=where))
    return query


def exists(sources: Iterable[exp.Expression], where: exp.Expression) -> exp.Expression:
    """EXISTS; FALSE where no row can be meant: who may read nothing of a table has no right to mention it either."""
    if is_constant(where, False):
        return where
    return exp.Exists(this=select(number(1), sources, where))
