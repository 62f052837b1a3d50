"""Statements of a function that Citus runs on the shard of its caller's tenant.

- A setting is written by SET LOCAL: Citus sends that to every server that takes part, which `set_config` does not do.
- Rows are written by `INSERT … VALUES`: Citus fills a shard from an INSERT … SELECT by COPY, which row level security refuses.
"""

from collections.abc import Iterable, Iterator

from sqlglot import exp

from bdc.query.trees import call, number, print_sql, text
from bdc.query.writes.plpgsql import Assign, Declared, ForEach, Guarded, Native, Run, Statement, When

NEW, WRITTEN = "v_new", "v_written"
VARIABLES = (Declared(NEW, "record"), Declared(WRITTEN, "integer"))
_PROPAGATE = "PERFORM set_config('citus.propagate_set_commands', 'local', true)"
_ROW_COUNT = " = ROW_COUNT"
_DIAGNOSTICS = "GET DIAGNOSTICS "


def on_shards(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return the statements of a whole function as a system on shards has them; see `VARIABLES`."""
    return (Native(_PROPAGATE), *_block(statements))


def _block(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    found: list[Statement] = []
    counts = False
    for each in statements:
        if counts and isinstance(each, Native) and each.text.endswith(_ROW_COUNT):
            counted = each.text.removeprefix(_DIAGNOSTICS).removesuffix(_ROW_COUNT)
            found.append(Assign(counted, exp.Column(this=exp.Identifier(this=WRITTEN))))
            continue
        found += _statement(each)
        counts = isinstance(found[-1], ForEach) if isinstance(each, Run) else False
    return tuple(found)


def _statement(statement: Statement) -> tuple[Statement, ...]:
    match statement:
        case Run(exp.Insert() as insert, ()):
            return tuple(_inserted(insert))
        case Assign(_, value):
            return tuple(_settings(value)) or (statement,)
        case When(condition, then, otherwise):
            return (When(condition, _block(then), _block(otherwise)),)
        case Guarded(body, refused):
            return (Guarded(_block(body), _block(refused)),)
        case ForEach(targets, query, body):
            return (ForEach(targets, query, _block(body)),)
    return (statement,)


def _settings(value: exp.Expression) -> Iterator[Statement]:
    """Yield a SET LOCAL for each setting that an expression writes."""
    for found in value.find_all(exp.Anonymous):
        if found.name.lower() == "set_config":
            name, said = found.expressions[0].name, found.expressions[1]
            known = call("coalesce", exp.cast(said.copy(), "text"), text(""))
            yield Native(f"EXECUTE format('SET LOCAL {name} TO %L', {print_sql(known)})")


def _inserted(insert: exp.Insert) -> Iterator[Statement]:
    select = insert.expression
    if not isinstance(select, exp.Select):
        yield Run(insert)
        return
    if not any(select.args.get(part) for part in ("from_", "where", "limit")):
        yield Run(_with_values(insert, select.expressions))
        return
    names = [f"n{place}" for place, _ in enumerate(select.expressions)]
    rows = select.copy()
    values = zip(rows.expressions, names, strict=True)
    rows.set("expressions", [exp.alias_(each.unalias(), name, quoted=False) for each, name in values])
    fields = [exp.Column(this=exp.Identifier(this=name), table=exp.Identifier(this=NEW)) for name in names]
    written = exp.Column(this=exp.Identifier(this=WRITTEN))
    one_more = Assign(WRITTEN, exp.Add(this=written, expression=number(1)))
    counted = (When(exp.Column(this=exp.Identifier(this="found")), (one_more,)),)
    yield Assign(WRITTEN, number(0))
    yield ForEach((NEW,), rows, (Run(_with_values(insert, fields)), *counted))


def _with_values(insert: exp.Insert, values: Iterable[exp.Expression]) -> exp.Insert:
    made = insert.copy()
    row = exp.Tuple(expressions=[each.unalias().copy() for each in values])
    made.set("expression", exp.Values(expressions=[row]))
    return made
