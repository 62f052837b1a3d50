"""Tables that are made in a cluster of Citus get their place at once: only a table on shards refers to one on shards."""

from bdc.ir import SystemIR
from bdc.plan import Planned
from bdc.plan.hints import spelled
from bdc.schema.names import name_of
from bdc.schema.shards import place_table


def with_places(system: SystemIR, planned: Planned) -> Planned:
    """Return the plan with what places each table that it makes for `system`; the same plan where the system is not on shards."""
    if not system.sharded:
        return planned
    titles = {f"Table {spelled(name_of(table))}": table for table in system.tables}
    made = tuple(
        each.model_copy(update={"statements": (*each.statements, place_table(system, titles[each.title]))})
        if each.title in titles and "-create-table-" in each.id
        else each
        for each in planned.operations
    )
    return planned.model_copy(update={"operations": made})
