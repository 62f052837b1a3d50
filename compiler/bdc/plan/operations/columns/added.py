"""A column that is added by one statement: in an instant, or, where PostgreSQL has to write every row, while other sessions wait."""

from dataclasses import replace

from bdc.catalog import Column
from bdc.catalog.create import column_def
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import column_text
from bdc.plan import probes
from bdc.plan.context import Context
from bdc.plan.making import alter, blocks, key, member
from bdc.plan.step import ACCESS_EXCLUSIVE, Step
from bdc.plan.typing_rules import own_type


def add_step(context: Context, table: Name, column: Column, *more: str, back: tuple[str, ...] = ()) -> Step:
    return Step(
        key=key("add-column", table, column.name),
        title=f"Column {member(table, column.name)}",
        phase="expand",
        rank=25,
        statements=(alter(table, f"add column {column_text(column_def(column))}"), *more),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        makes=frozenset({f"column {full(table)} {column.name}"}),
        done=probes.column_exists(table, column.name),
        ready=probes.column_exists(table, column.name, exists=False),
        undo=(*back, alter(table, f"drop column {quote(column.name)}")),
    )


def add_rewriting(context: Context, table: Name, column: Column) -> Step:
    way = "; a virtual column costs nothing" if column.generated is not None else ""
    return replace(
        add_step(context, table, column),
        scans={full(each): "rewrite" for each in context.leaves(table)},
        alone=True,
        statement_timeout=0,
        hazards=(
            blocks(member(table, column.name), f"the table is written anew while everybody waits{way}"),
        ),
    )


def is_judged(context: Context, column: Column) -> bool:
    """Whether PostgreSQL writes every row anew to ask the domain about a value that is the same in all."""
    domains = [each for each in context.new.domains if own_type(column.type, each.name)]
    return any(domain.checks or domain.not_null for domain in domains)
