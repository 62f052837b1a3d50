"""Every operator beside every pair of types: refused with its place, or SQL that PostgreSQL runs.

All candidates stand in one specification, as computed fields, checks, conditions of an index, stored columns or policies. What is
reported is left out; the rest must compile without a report, be emitted by every emitter, and run on a real server. Whatever is typed
as nothing without a report would be an internal error.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import asyncpg
import pytest
from tests.support.postgres import Database, Databases, Template, run

from bdc.ir import Expr, ScalarField, SystemIR
from bdc.pipeline import compile_system, emit_all
from bdc.query.expressions import lower
from bdc.query.scope import Scope
from bdc.query.trees import print_sql
from bdc.query.types import sql_type
from bdc.source import SourceFile
from bdc_emitters.registry import emitter_names, load_emitter

pytestmark = pytest.mark.postgres

SEED = int(os.environ.get("OPERANDS_SEED", "0")) or Random().randrange(1, 2**32)
TYPES = {
    "st": "string(..40)", "tx": "text", "it": "int", "bg": "bigint", "dc": "decimal(12, 4)", "fr": "decimal", "fl": "float", "bo": "bool",
    "uu": "uuid", "da": "date", "ti": "time", "at": "timestamp", "du": "duration", "js": "json", "by": "bytes", "ki": "Kind",
    "la": "Label", "sp": "Span", "ls": "string[]", "li": "int[]", "ld": "duration[]", "lk": "Kind[]", "lp": "Span[]", "rf": "Other",
}  # fmt: skip
SQL = {
    "st": "'a'", "tx": "'b'", "it": "1", "bg": "2", "dc": "1.5", "fr": "2.5", "fl": "0.5", "bo": "true", "uu": "gen_random_uuid()",
    "da": "date '2026-01-31'", "ti": "time '08:00'", "at": "timestamptz '2026-01-31 08:00+00'", "du": "interval '1 month 2 days'",
    "js": "'{}'::jsonb", "by": "'\\x00'::bytea", "ki": "'red'", "la": "'plain'", "sp": "'{\"a\": 1}'::jsonb", "ls": "array['a']",
    "li": "array[1]", "ld": "array[interval '1h']", "lk": "array['red']", "lp": "'[{\"a\": 1}]'::jsonb", "rf_id": "gen_random_uuid()",
}  # fmt: skip
LITERALS = (
    "1", "-1", "0", "2.5", "9223372036854775808", f"1{'0' * 60}", f"1{'0' * 400}.5", f"0.{'0' * 60}1", '"text"', '""',
    r'"it\'s %s {x} :y «a» $1 \\"'.replace("\\'", "'"), "true", "30d", "5ms", "99999999999999999999999999999d", "10%", "null",
    '"2026-01-31"', '"2026-01-31T09:30:00+00:00"', '"09:30:00"', '"PT15M"', '"P1M"', '"P1Y-2M3DT-4H5M6.5S"', '"P99999999999Y"',
    '"0198c0de-0000-7000-8000-000000000001"', "red", "quoted", "nothing", "[1, 2]", '["a"]', "[1h]", "[red, blue]", "[]", "[null]",
    "now()", "today()", "uuid4()",
)  # fmt: skip
TIMES = (
    "at", "du", "30d", "-du", "da", "ti", "it", "(at - at2)", "(at - du)", "(at + 30d)", "(du + du2)", "(du - 1h)", "(du * 2)", "(du / 2)",
    'date_trunc("month", at)', 'date_trunc("day", da)', '"PT15M"', "coalesce(dun, 1h)", "coalesce(atn, at)",
    "(if bo then du else 2h)", "(if bo then at else at2)", "abs(du)", "(da + 30d)", "(da - 14d)", "(da + 12h)", "(da - da2)", "(da + du)", "now()", "today()",
)  # fmt: skip
OPERATORS = ("+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=", "in", "not in")
FUNCTIONS = (
    "lower",
    "upper",
    "trim",
    "length",
    "abs",
    "round",
    "floor",
    "ceil",
    "slugify",
    "now",
    "env",
    "sum",
    "min",
    "max",
    "avg",
    "count",
)
PLACES = ("computed", "check", "index", "stored", "policy")
HEAD = """bds 1
module m
enum Kind { red, blue }
enum Label { quoted @value("it's \\"%s\\" \\\\ {x} :y «a»")  plain }
struct Span { a: int  d: decimal(10, 2)?  l: duration? }
identity Other {
  bearer jwt { issuer: env("J")  audience: "m"  jwks: env("K") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}
role member
api A v1 { auth bearer  graphql at "/graphql"  resource X { ops list, get, create } }
policy Other { allow read, create to member }
"""


def expressions() -> Iterator[str]:
    """Yield every candidate: expressions of any type."""
    fields = list(TYPES)
    others = [*(f"{name}2" for name in fields), *LITERALS]
    for operator, left in itertools.product(OPERATORS, fields):
        yield from (f"{left} {operator} {right}" for right in others)
        yield from (f"{right} {operator} {left}" for right in LITERALS)
    for name in fields:
        yield from (f"-{name}", f"not {name}", f"{name} == null", f"{name}n == null", f"round({name}, 2)")
        yield from (f"{function}({name})" for function in FUNCTIONS)
        yield from (f"{function}(o in others, o.{name})" for function in FUNCTIONS)
        yield from (f"substring({name}, {rest})" for rest in ("1", "2, 3", "0", "it", "1, -1"))
        yield f'replace({name}, "a", tx)'
        yield from (f"{name} * 2h", f"2h * {name}")
        yield from (f'day_of({name}, "Europe/Vienna")', f"day_of(at, {name})")
        yield from (f'concat({name}, "a", {name}n)', f"concat(tx, {name})")
        yield from (f"date_trunc({unit}, {name})" for unit in ('"month"', '"hour"', "st", "1"))
        for other in others:
            yield from (
                f"if bo then {name} else {other}",
                f"coalesce({name}n, {other})",
                f"{name} in [{other}]",
                f"greatest({name}n, {other}, {name})",
                f"{('starts_with', 'ends_with', 'contains')[len(other) % 3]}({name}, {other})",
            )
    for operator, (left, right) in itertools.product(OPERATORS, itertools.product(TIMES, repeat=2)):
        yield f"{left} {operator} {right}"


def conditions(expression: str) -> tuple[str, str]:
    """Return an expression as a condition: as it is, or compared with itself."""
    return expression, f"({expression}) == ({expression})"


def specification(candidates: list[str], place: str) -> tuple[str, dict[int, int]]:
    """Return a specification with all candidates in one place, and the candidate on each line."""
    lines = HEAD.splitlines()
    members = "  ".join(f"{name}: {type_}" for name, type_ in TYPES.items() if name != "rf")
    lines.append(f"entity Other {{ id: uuid = uuid7() @id  x: X  {members} }}")
    lines.append("entity X {  id: uuid = uuid7() @id  others: Other[] @inverse(x)")
    lines += [f"  {name}: {type_}  {name}2: {type_}  {name}n: {type_}?" for name, type_ in TYPES.items()]
    held, after = _LINES[place]
    where: dict[int, int] = {}
    lines += [] if held else ["}"]
    lines += ["policy X {", "  allow create to member"] if place == "policy" else []
    for number, candidate in enumerate(candidates):
        lines.append("  " + after.format(number=number, condition=candidate))
        where[len(lines)] = number
    lines += ["}", *([] if place == "policy" else ["policy X { allow read, create to member }"])]
    return "\n".join(lines) + "\n", where


_LINES = {
    "computed": (True, "c{number}: bool? @computed({condition})"),
    "check": (True, "check c{number} ({condition})"),
    "index": (True, "index (it) where {condition}"),
    "stored": (True, "c{number}: bool? @computed({condition}) @stored"),
    "policy": (False, "allow read to member when {condition}"),
    "default": (True, "c{number}: {condition}"),
}


def accepted(candidates: list[str], place: str) -> tuple[list[str], SystemIR, SourceFile]:
    """Return the candidates that nothing is reported for, and their system. What is reported in one round may hide more."""
    for _ in range(6):
        text, where = specification(candidates, place)
        file = SourceFile("m.bds", text)
        compilation = compile_system([file])
        if compilation.system is not None:
            return candidates, compilation.system, file
        bad = {where.get(text.count("\n", 0, d.primary.span.start) + 1) for d in compilation.diagnostics}
        assert bad - {None}, [d.message for d in compilation.diagnostics][:5]
        candidates = [candidate for number, candidate in enumerate(candidates) if number not in bad]
    raise AssertionError(f"still reported: {[d.message for d in compilation.diagnostics][:5]}")


async def prepare(url: str) -> None:
    connection = await asyncpg.connect(url)
    columns = ", ".join(
        f"{column} as {column}, {column} as {name}2{suffix}, {column} as {name}n{suffix}"
        for column in SQL
        for name, suffix in ((column.removesuffix("_id"), "_id" if column.endswith("_id") else ""),)
    )
    values = ", ".join(f"{value} as {column}" for column, value in SQL.items())
    await connection.execute(
        f"create table x as select gen_random_uuid() as id, {columns} from (select {values}) v"
    )
    await connection.execute(
        "create table other as select *, id as x_id from x; insert into x default values"
    )
    await connection.close()


TEMPLATE = Template("operands", prepare)
Items = list[tuple[str, Expr]]


def placed(system: SystemIR, good: list[str], place: str) -> Items:
    """Return each accepted candidate with its expression."""
    table, entity = system.table("x"), system.entity("X")
    if place in ("computed", "stored"):
        return [(text, entity.field(f"c{number}").expr) for number, text in enumerate(good)]  # type: ignore[union-attr]
    if place == "check":
        return [(check.name, check.expr) for check in table.checks if check.expr is not None]
    if place == "index":
        return [(index.name, index.where) for index in table.indexes if index.where is not None]
    policy = system.policy("X")
    assert policy is not None
    return [(str(rule.condition), rule.condition) for rule in policy.rules if rule.condition is not None]


STATEMENTS: dict[str, Callable[[str], str]] = {
    "index": lambda sql: f"create index on x (it) where ({sql})",
    "stored": lambda sql: (
        f"alter table x add z bool generated always as ({sql}) stored; alter table x drop z"
    ),
    "check": lambda sql: (
        f"alter table x add constraint z check ({sql}) not valid; alter table x drop constraint z"
    ),
}
# The part of the expressions that a long run takes: one in so many.
ALL = 6
# What depends on the values of a row, and not on types.
_BY_VALUE = ("22012", "22008", "22003")


async def wrong(database: Database, items: Items, system: SystemIR, place: str) -> list[str]:
    """Return what PostgreSQL refuses."""
    scope = Scope(system).at("X", "x" if place in ("computed", "policy") else "")
    scope = replace(scope, immutable=place in ("index", "stored"))
    connection = await asyncpg.connect(database.superuser_url)
    await connection.execute("set timezone to 'Asia/Tokyo'")
    found = []
    for text, expr in items:
        sql = print_sql(lower(expr, scope))
        try:
            await connection.execute(STATEMENTS.get(place, "select ({}) from x".format)(sql))
        except asyncpg.PostgresError as error:
            if error.sqlstate not in _BY_VALUE and not _compares_constants(str(error)):
                found.append(f"{text}: {sql}: {error}")
    await connection.close()
    return found


def _compares_constants(message: str) -> bool:
    """Two constant texts in a generated column: PostgreSQL knows no collation for them."""
    return "could not determine which collation" in message


def check(databases: Databases, place: str, share: int) -> None:
    random = Random(f"{SEED}{place}")
    candidates = [random.choice(conditions(each)) for each in dict.fromkeys(expressions())]
    chosen = random.sample(candidates, len(candidates) // share)
    good, system, file = accepted(chosen, place)
    message = f"seed {SEED}, {place}: {len(good)} of {len(chosen)} accepted"
    print(message)
    assert len(good) > len(chosen) / 60, message
    refused = run(wrong(databases.fresh(TEMPLATE), placed(system, good, place), system, place))
    assert not refused, f"{message}: {len(refused)} refused by PostgreSQL: {refused[:5]}"
    if share == ALL:
        emit_all(system, [file], [load_emitter(name) for name in emitter_names()])


@pytest.mark.parametrize("place", PLACES)
def test_what_is_accepted_runs(databases: Databases, place: str) -> None:
    check(databases, place, 80)


@pytest.mark.long
@pytest.mark.parametrize("place", PLACES)
def test_all_that_is_accepted_runs(databases: Databases, place: str) -> None:
    check(databases, place, ALL)


def test_a_word_in_something_that_is_no_list_is_reported() -> None:
    text, _ = specification(["red in st", "red in [blue]", "nothing in [1]"], "check")
    found = [(d.code, d.message) for d in compile_system([SourceFile("m.bds", text)]).diagnostics]
    assert len(found) >= 3, found


def test_every_default_that_is_accepted_runs(databases: Databases) -> None:
    """Each literal as the default of each type, lists of everything included: refused, or a default of a column."""
    types = {*TYPES.values(), *(f"{name}[]" for name in TYPES.values() if not name.endswith("[]"))} - {
        "Other[]"
    }
    candidates = [f"{name} = {literal}" for name in sorted(types) for literal in LITERALS]
    good, system, _ = accepted(candidates, "default")
    assert {name for name in types if name.endswith("[]")} <= {text.partition(" =")[0] for text in good}
    refused = run(_refused_defaults(databases.fresh(TEMPLATE), system, good))
    assert not refused, f"{len(refused)} of {len(good)} refused by PostgreSQL: {refused[:5]}"


async def _refused_defaults(database: Database, system: SystemIR, good: list[str]) -> list[str]:
    scope, found = Scope(system).at("X", ""), []
    connection = await asyncpg.connect(database.superuser_url)
    for number, text in enumerate(good):
        field = system.entity("X").field(f"c{number}")
        assert isinstance(field, ScalarField) and field.default is not None
        column, value = sql_type(field.type), print_sql(lower(field.default, scope))
        try:
            await connection.execute(f"alter table x add z {column} default {value}; alter table x drop z")
        except asyncpg.PostgresError as error:
            found.append(f"{text}: {column} default {value}: {error}")
    await connection.close()
    return found
