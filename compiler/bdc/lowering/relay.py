"""Where `id` is a global id in GraphQL, members that are called so are `rowId` there.

What comes in: a system, whose apis may have `graphql { relay: true }`. What goes out: the same with names for GraphQL of the fields of
entities and structs that would be `id`. Arguments, inputs, filters and orders follow from these names.
"""

from bdc.ir import SystemIR
from bdc.ir.row_ids import with_row_ids


def relayed(system: SystemIR) -> SystemIR:
    """Return the system with these names where all of its schemas have global ids; itself where some have none: `with_row_ids` makes the names
    of one of them."""
    offered = [api.graphql for api in system.apis if api.graphql is not None]
    return with_row_ids(system) if offered and all(each.relay for each in offered) else system
