"""Foreign keys to the tenant that other foreign keys prove already.

An order refers to its customer by (org_id, customer_id), the customer to its org: the order's org exists, and cannot go while the
order is there. A third key from order to org would say it again, at the price of one more check per row, and of every writer of a
tenant locking the same row of `org`.
"""

from bdc.ir import ForeignKey, SystemIR, Table

_STAYS = ("no_action", "restrict")


def implied_keys(system: SystemIR) -> frozenset[tuple[str, str]]:
    """Return (table, name) of each foreign key that need not be made."""
    tables = {table.name: table for table in system.tables}
    proven = {table.name for table in system.tables if not _carriers(table, tables)}
    found: set[str] = set()
    while more := {
        table.name
        for table in system.tables
        if table.name not in proven and proven.intersection(_carriers(table, tables))
    }:
        proven |= more
        found |= more
    return frozenset((name, key.name) for name in found if (key := _to_tenant(tables[name])) is not None)


def _to_tenant(table: Table) -> ForeignKey | None:
    """Return the key from a row to its tenant; None on the tenant root, and where a tenant that goes takes its rows along."""
    for key in table.foreign_keys:
        if key.columns == (table.tenant_column,) and key.on_delete in _STAYS:
            return key
    return None


def _carriers(table: Table, tables: dict[str, Table]) -> frozenset[str]:
    """Return the tables that hold a row of the same tenant for every row of `table`."""
    own = _to_tenant(table)
    if own is None:
        return frozenset()
    return frozenset(
        key.target_table
        for key in table.foreign_keys
        if key is not own
        and _shares_tenant(table, tables[key.target_table], key)
        and not any(table.column(name).nullable for name in key.columns)
        and _reaches(tables[key.target_table], own)
    )


def _shares_tenant(table: Table, target: Table, key: ForeignKey) -> bool:
    pairs = zip(key.columns, key.target_columns, strict=True)
    return any(pair == (table.tenant_column, target.tenant_column) for pair in pairs)


def _reaches(table: Table, own: ForeignKey) -> bool:
    """Whether `table` refers to the same tenant in the same way."""
    key = _to_tenant(table)
    return key is not None and (key.target_table, key.target_columns) == (
        own.target_table,
        own.target_columns,
    )
