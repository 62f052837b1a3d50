"""By which column the rows of a table are spread over shards."""

from bdc.ir import Entity, Table


def distribution(entity: Entity, table: Table) -> str | None:
    """Return the column that says on which shard a row is; None where every node has the whole table."""
    return None if entity.tenant_root or entity.tenant is None else table.tenant_column
