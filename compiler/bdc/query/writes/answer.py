"""The answer: the row as a read would show it, after the write."""

from collections.abc import Iterable
from dataclasses import replace

from sqlglot import exp

from bdc.ir import Entity, ScalarField, Stamp
from bdc.query.names import column, table_of
from bdc.query.rowjson import row_json
from bdc.query.scope import Row
from bdc.query.sight import Sight
from bdc.query.trees import number, text
from bdc.query.writes.aggregates import SharedAggregates
from bdc.query.writes.context import Context
from bdc.query.writes.names import FOUND, ROW, variable
from bdc.query.writes.plpgsql import Assign, Refuse, Run, Statement, When
from bdc.query.writes.statements import query


def read_back(context: Context, entity: Entity, key: Iterable[exp.Expression]) -> Statement:
    """Read etag and body of the row that `key` finds, if the caller may read it."""
    row = Row(entity, ROW)
    aggregates = SharedAggregates(ROW)
    values = [etag(entity), row_text(context, entity, aggregates)]
    sources = [table_of(entity, ROW), *aggregates.sources()]
    return Run(query(values, sources, [*key, *context.readable(row)]), ("etag", "body"))


def row_text(context: Context, entity: Entity, aggregates: SharedAggregates) -> exp.Expression:
    """Return the body of row `a`: its default members."""
    scope = replace(context.scope, aggregate=aggregates)
    sight = Sight(context.policies) if context.inline else None
    return exp.Var(this=row_json(context.system, context.policies, entity.name, ROW, scope, sight))


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
