"""PostgreSQL: tables, indexes, sequences and types of one schema have names of their own."""

from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.ir import SystemIR, Table
from bdc.model import Model
from bdc.source import Span
from bdc.targets.facts import DatabaseNameClash, Thing

Named = tuple[str, Thing]


def database_clashes(model: Model, system: SystemIR) -> Iterator[Fact]:
    """Yield what would be called the same in one schema."""
    relations: dict[tuple[str, str], Thing] = {}
    types: dict[tuple[str, str], Thing] = {}
    tables = (*system.tables, *(view.table for view in system.views))
    for table in tables:
        span = model.entities[table.entity].span
        schema = table.schema_name or "public"
        for name, thing in _relations(table, span):
            yield from _once(relations, schema, name, thing)
        yield from _once(types, schema, table.name, Thing(f"the rows of `{table.entity}`", span))
    for enum in system.enums:
        if enum.native is not None:
            thing = Thing(f"enum `{enum.name}`", model.enums[enum.name].span)
            yield from _once(types, enum.schema_name or "public", enum.native, thing)
    for domain in system.domains:
        thing = Thing(f"domain `{domain.name}`", model.domains[domain.name].span)
        yield from _once(types, domain.schema_name or "public", domain.domain, thing)


def _relations(table: Table, span: Span) -> Iterator[Named]:
    """Yield the table, its parts, and what stands on an index."""
    yield table.name, Thing(f"the table of `{table.entity}`", span)
    for part in table.partitioning.partitions if table.partitioning is not None else ():
        yield part.name, Thing(f"a part of `{table.entity}`", span)
    keys = (table.primary_key,) if table.primary_key is not None else ()
    for each in (*keys, *table.uniques, *table.indexes, *table.exclusions):
        yield each.name, Thing(f"an index of `{table.entity}`", span)


def _once(seen: dict[tuple[str, str], Thing], schema: str, name: str, thing: Thing) -> Iterator[Fact]:
    first = seen.setdefault((schema, name), thing)
    if first is not thing:
        yield DatabaseNameClash(
            *("relation or type", name, first, thing),
            help='give one of them another name: `@table("…")`, `@name("…")` or `@native("…")`',
        )
