"""A column whose values are encrypted from now on. Only the service has the keys, and the runner is given them.

The version that runs reads plain text until the contract. So the new one, as long as the column is marked, takes what it cannot
decrypt for plain text; the contract encrypts what is still plain, and takes the mark away.
"""

from collections.abc import Iterator

from bdc.catalog import Column
from bdc.ddl.names import Name, full, quote
from bdc.plan import probes
from bdc.plan.context import Context
from bdc.plan.hints import ValueSeal
from bdc.plan.making import alter, key, member, passing
from bdc.plan.operation import Batch, Hazard, Seal
from bdc.plan.operations.columns.filling import row_key
from bdc.plan.step import ACCESS_EXCLUSIVE, ROW_EXCLUSIVE, Step


def mark_name(table: str, column: str) -> str:
    """Return the name of the constraint that marks a column with values in plain text; the service looks for it."""
    return passing(f"{table}_{column}", "plain")


def seal_values(context: Context, table: Name, column: Column, seal: ValueSeal) -> Iterator[Step]:
    """Yield the steps. There is no way back: the way back of SQL cannot decrypt."""
    whole, mark = member(table, column.name), quote(mark_name(table.name, column.name))
    made = alter(table, f"add constraint {mark} check (true) not valid")
    gone = alter(table, f"drop constraint {mark}")
    yield Step(
        key=key("mark-plain", table, column.name),
        title=f"Values of {whole} may be plain text until the contract",
        phase="expand",
        rank=27,
        statements=(made,),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        done=probes.constraint_exists(table, mark_name(table.name, column.name)),
        undo=(gone,),
        hazards=(
            Hazard(
                code="ENCRYPTS",
                object=whole,
                message="the version that runs shows the encrypted text of what the new version writes, until it is replaced",
            ),
        ),
    )
    names, types = row_key(context.new_tables[table])
    yield Step(
        key=key("encrypt", table, column.name),
        title=f"Values of {whole} are encrypted",
        phase="contract",
        rank=56,
        statements=(),
        transaction="batches",
        locks={full(each): ROW_EXCLUSIVE for each in context.family(table)},
        statement_timeout=0,
        batch=Batch(
            table=full(table),
            key=names,
            key_types=types,
            set={},
            where=f"{quote(column.name)} is not null",
            proof="select true",
            seal=Seal(column=column.name, place=seal.place, by_row=seal.by_row),
        ),
        undo=None,
        irreversible=f"the values of {whole} are encrypted",
    )
    yield Step(
        key=key("unmark-plain", table, column.name),
        title=f"All values of {whole} are encrypted by now",
        phase="contract",
        rank=58,
        statements=(gone,),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        alone=True,
        undo=(made,),
    )
