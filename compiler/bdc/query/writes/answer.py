"""The answer: the row as a read would show it, after the write."""

from collections.abc import Iterable

from sqlglot import exp

from bdc.ir import Entity, ExpandNode, ScalarField, Stamp
from bdc.query.aggregates import SharedAggregates
from bdc.query.jsontext import JsonText
from bdc.query.names import column, table_of
from bdc.query.read_guard import ReadGuard
from bdc.query.rowjson import row_json
from bdc.query.scope import Row
from bdc.query.trees import number, text, text_array
from bdc.query.writes.context import Context
from bdc.query.writes.names import EXPAND, FOUND, ROW, is_given, variable
from bdc.query.writes.plpgsql import Assign, Refuse, Run, Statement, When
from bdc.query.writes.related import Related
from bdc.query.writes.statements import query
from bdc.source.records import replace


def read_back(
    context: Context,
    entity: Entity,
    key: Iterable[exp.Expression],
    more: Iterable[JsonText] = (),
    aggregates: SharedAggregates | None = None,
) -> Statement:
    """Read etag and body of the row that `key` finds, if the caller may read it. `more`: members behind the default ones, which may put
    values into `aggregates`."""
    row = Row(entity, ROW)
    aggregates = SharedAggregates(ROW) if aggregates is None else aggregates
    values = [etag(entity), row_text(context, entity, aggregates, more)]
    sources = [table_of(entity, ROW), *aggregates.sources()]
    where = [*(term.copy() for term in key), *context.readable(row)]
    return Run(query(values, sources, where), ("etag", "body"))


def expanded(
    context: Context, entity: Entity, key: Iterable[exp.Expression], nodes: tuple[ExpandNode, ...]
) -> tuple[Statement, ...]:
    """Read the row again, with what the caller asked to be included, if that is anything."""
    if not nodes:
        return ()
    asked = Related(context).asked(Row(entity, ROW), nodes)
    return (When(_is_asked(), (read_back(context, entity, key, asked),)),)


def answer_with(
    context: Context,
    entity: Entity,
    key: Iterable[exp.Expression],
    nodes: tuple[ExpandNode, ...],
    written: frozenset[str],
) -> Statement:
    """Read the row once, alone or with what the caller asked to be included. `written`: relations whose rows were written just now.
    They are asked for most, and have a statement of their own: PostgreSQL sets up every sub-select of a statement, also those that
    it leaves out then."""
    found = list(key)
    own = tuple(node for node in nodes if node.field in written)

    def answer(included: tuple[ExpandNode, ...]) -> Statement:
        aggregates = SharedAggregates(ROW)
        surely = len(included) == 1 and included[0].field in written  # it is asked for whenever this runs
        related = Related(context, aggregates if surely else None)
        return read_back(context, entity, found, related.asked(Row(entity, ROW), included), aggregates)

    if not nodes:
        return answer(())
    asked = answer(nodes)
    if own and own != nodes:
        asked = When(_names_only(own), (answer(own),), (asked,))
    return When(_is_asked(), (asked,), (answer(()),))


def _is_asked() -> exp.Expression:
    return is_given(variable(EXPAND))


def _names_only(nodes: Iterable[ExpandNode]) -> exp.Expression:
    names = text_array(node.field for node in nodes)
    return exp.ArrayContainsAll(this=names, expression=variable(EXPAND))


def row_text(
    context: Context, entity: Entity, aggregates: SharedAggregates, more: Iterable[JsonText] = ()
) -> exp.Expression:
    """Return the body of row `a`: its default members, then `more`."""
    scope = replace(context.scope, aggregate=aggregates)
    sight = ReadGuard(context.policies) if context.inline else None
    return exp.Var(this=row_json(context.system, context.policies, entity.name, ROW, scope, sight, more))


def etag(entity: Entity) -> exp.Expression:
    """Return the ETag of row `a`, quotes included; null for an entity without versions."""
    version = version_column(entity)
    if version is None:
        return exp.Null()
    quoted = exp.DPipe(this=text('"'), expression=column(ROW, version))
    return exp.DPipe(this=quoted, expression=text('"'))


def version_column(entity: Entity) -> str | None:
    return stamped(entity, Stamp.VERSION)


def stamped(entity: Entity, stamp: Stamp) -> str | None:
    """Return the column that carries a stamp."""
    for found in entity.fields:
        if isinstance(found, ScalarField) and found.stamp is stamp:
            return found.column
    return None


def must_be_readable() -> Statement:
    """Refuse a change that takes the row out of the caller's own sight: row level security would, too."""
    return When(exp.Not(this=variable(FOUND)), (Refuse(403, "forbidden", _hidden()),))


def _hidden() -> exp.Expression:
    members = {"rule": exp.Null(), "because": text("After this change you could not see the row.")}
    return exp.Anonymous(
        this="jsonb_build_object",
        expressions=[part for name, value in members.items() for part in (text(name), value)],
    )


def status(code: int) -> Statement:
    return Assign("status", number(code))
