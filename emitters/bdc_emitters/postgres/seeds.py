"""Seeds: rows with names, as inserts that leave alone what is there."""

from collections.abc import Iterator, Mapping

from sqlglot import exp

from bdc.ir import (
    Assignment,
    Entity,
    EntityType,
    Path,
    ReferenceField,
    Root,
    ScalarField,
    Seed,
    SeedRow,
    SystemIR,
    Table,
)
from bdc.output import GeneratedFile
from bdc.output.document import to_json
from bdc.policy.rebase import paths
from bdc.query.expressions import lower
from bdc.query.names import quote, relation
from bdc.query.scope import Row, Scope
from bdc.query.trees import cast, print_sql
from bdc.query.types import sql_type
from bdc.query.writes.input import pieces
from bdc.query.writes.rows import columns_of, in_levels
from bdc.schema.names import roles_of
from bdc.surface.seed_keys import made_key, named_key, row_key
from bdc_emitters.postgres.sealed_seeds import sealed_values

_HEADER = """\
-- Seed `{seed}`: loaded by `python -m database.migrate up --seed`; rows that exist are left alone.

set local role {owner};
set local search_path = public, pg_temp;
"""


def seed_files(system: SystemIR) -> Iterator[GeneratedFile]:
    """Yield one script per seed, numbered in declared order: a later seed may refer to an earlier one."""
    for number, seed in enumerate(system.seeds, 1):
        header = _HEADER.format(seed=seed.name, owner=roles_of(system).owner)
        inserts = [_inserts(system, seed, rows) for rows in _in_order(seed)]
        name = f"database/seeds/{number:02}_{seed.name}"
        yield GeneratedFile(f"{name}.sql", "\n".join([header, *inserts]) + "\n")
        sealed = [each.document() for row in seed.rows for each in sealed_values(system, seed, row)]
        if sealed:
            yield GeneratedFile(f"{name}.sealed.json", to_json(sealed))


def _in_order(seed: Seed) -> tuple[tuple[SeedRow, ...], ...]:
    """Return the rows as they are declared, but for those that an earlier one refers to: these come before it. Rows that refer to each
    other stand together, where the last of them stands."""
    rows = {row.name: row for row in seed.rows}
    named = {row.name: [name for name in _named(row) if name in rows] for row in seed.rows}
    reached = {name: _reached(named, name) for name in rows}
    order: dict[str, None] = {}

    def add(name: str, under_way: frozenset[str]) -> None:
        for other in named[name]:
            if other not in order and other not in under_way:
                add(other, under_way | {name})
        order.setdefault(name)

    for name in rows:
        if name not in order:
            add(name, frozenset())
    circles = {
        name: tuple(
            each for each in order if each == name or (each in reached[name] and name in reached[each])
        )
        for name in order
    }
    return tuple(tuple(rows[each] for each in circles[name]) for name in order if circles[name][-1] == name)


def _reached(named: Mapping[str, list[str]], name: str) -> set[str]:
    """Return the rows that a row refers to, and those that these refer to."""
    found, waiting = set[str](), [name]
    while waiting:
        fresh = [each for each in named[waiting.pop()] if each not in found]
        found.update(fresh)
        waiting += fresh
    return found


def _inserts(system: SystemIR, seed: Seed, rows: tuple[SeedRow, ...]) -> str:
    """Return the statement that inserts a row, or rows that refer to each other: PostgreSQL looks at references when a statement ends."""
    texts = [_insert(system, seed, row) for row in rows]
    if len(texts) == 1:
        return texts[0]
    parts = (
        f"{quote(row.name)} as (\n{text.rstrip().rstrip(';')}\n)"
        for row, text in zip(rows, texts, strict=True)
    )
    return f"with {', '.join(parts)}\nselect 1;\n"


def _named(row: SeedRow) -> Iterator[str]:
    """Yield the rows of the same seed that the row refers to."""
    for given in row.values:
        for path in paths(given.value):
            if path.root is Root.SCENARIO and path.name is not None:
                yield path.name


def _insert(system: SystemIR, seed: Seed, row: SeedRow) -> str:
    entity = system.entity(row.entity)
    given = dict(_values(system, seed, entity, row))
    given |= {each.column: exp.Literal.string(each.token) for each in sealed_values(system, seed, row)}
    columns, late = given, dict(_late_defaults(system, entity, given))
    names = ", ".join(quote(name) for name in (*columns, *late))
    table = relation(entity)
    arbiter = _arbiter(system.table(entity.table))
    overriding = " overriding system value" if entity.numbered_key is not None else ""
    if not late:
        values = ", ".join(print_sql(value) for value in columns.values())
        return f"insert into {table} ({names}){overriding}\nvalues ({values})\non conflict {arbiter}do nothing;\n"
    looked_at = {**columns, **dict(_left_out(system, entity, columns, late))}
    typed = ", ".join(f"{print_sql(value)} as {quote(name)}" for name, value in looked_at.items())
    source, levels = f"(select {typed}) as new", list(in_levels(late, set(looked_at), "new"))
    for ready in levels[:-1]:
        more = ", ".join(f"{print_sql(value)} as {quote(name)}" for name, value in ready.items())
        source = f"(select new.*, {more}\nfrom {source}) as new"
    carried = [*columns, *(name for ready in levels[:-1] for name in ready)]
    chosen = ", ".join(
        [*(f"new.{quote(name)}" for name in carried), *(print_sql(value) for value in levels[-1].values())]
    )
    names = ", ".join(quote(name) for name in (*carried, *levels[-1]))
    return f"insert into {table} ({names}){overriding}\nselect {chosen}\nfrom {source}\non conflict {arbiter}do nothing;\n"


def _left_out(
    system: SystemIR,
    entity: Entity,
    given: Mapping[str, exp.Expression],
    late: Mapping[str, exp.Expression],
) -> Iterator[tuple[str, exp.Expression]]:
    """Yield the columns that late defaults look at and nothing gives, with what the table has there."""
    wanted = columns_of(list(late.values()), "new") - given.keys() - late.keys()
    for field in entity.fields:
        if isinstance(field, ScalarField | ReferenceField) and field.column in wanted:
            kind = sql_type(system.table(entity.table).column(field.column).type)
            default = field.default if isinstance(field, ScalarField) else None
            yield field.column, cast(exp.Null() if default is None else lower(default, Scope(system)), kind)


def _arbiter(table: Table) -> str:
    """A unique that is only looked at in the end cannot tell whether a row is there: then the key does."""
    if table.primary_key is None or not any(key.deferrable for key in table.uniques):
        return ""
    return f"({', '.join(quote(name) for name in table.primary_key.columns)}) "


def _values(
    system: SystemIR, seed: Seed, entity: Entity, row: SeedRow
) -> Iterator[tuple[str, exp.Expression]]:
    """Yield column and value. The key of a row is derived from its name unless the seed gives it."""
    given: Mapping[str, Assignment] = {value.field: value for value in row.values}
    for field in entity.fields:
        if isinstance(field, ScalarField) and field is made_key(entity) and field.name not in given:
            yield field.column, _cast_key(field, row_key(system, seed.name, row))
        elif isinstance(field, ReferenceField) and field.carriers:
            continue  # what carries it is given
        elif isinstance(field, ScalarField) and field.embedded and field.name in given:
            yield from pieces(field, _value(system, seed, entity, given[field.name]))
        elif isinstance(field, ScalarField | ReferenceField) and field.name in given:
            yield field.column, _value(system, seed, entity, given[field.name])


def _value(system: SystemIR, seed: Seed, entity: Entity, given: Assignment) -> exp.Expression:
    """A name is the key of that row: of this seed, or (`acme.bob`) of another."""
    if isinstance(given.value, Path) and given.value.root is Root.SCENARIO and not given.value.steps:
        elsewhere, _, row = (given.value.name or "").rpartition(".")
        key = named_key(system, elsewhere or seed.name, row)
        assert isinstance(given.value.type, EntityType)
        return _cast_key(_key_field(system, system.entity(given.value.type.name)), key)
    return lower(given.value, Scope(system, row=Row(entity, "new")))


def _key_field(system: SystemIR, entity: Entity) -> ScalarField:
    """Return the field that says which type a key of the entity has; a key that is a reference has that of the other row."""
    field = made_key(entity) or entity.field(entity.key[0])
    if isinstance(field, ReferenceField):
        return _key_field(system, system.entity(field.target))
    assert isinstance(field, ScalarField)
    return field


def _cast_key(field: ScalarField, key: str | int) -> exp.Expression:
    return cast(exp.Literal.string(str(key)), sql_type(field.type))


def _late_defaults(
    system: SystemIR, entity: Entity, given: Mapping[str, exp.Expression]
) -> Iterator[tuple[str, exp.Expression]]:
    """Yield the columns whose default looks at other rows (`product.price`), which a column default cannot. A seed has no caller: what a
    default takes from it is null."""
    table = system.table(entity.table)
    scope = Scope(
        system, row=Row(entity, "new"), claim=lambda _, name: exp.Null(), own=lambda path: exp.Null()
    )
    for field in entity.fields:
        if not isinstance(field, ScalarField) or field.column in given or field.default is None:
            continue
        if table.column(field.column).default is None:
            yield field.column, lower(field.default, scope)
