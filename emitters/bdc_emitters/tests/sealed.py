"""Encrypted columns: rows hold their text, and the tests seal it as the service does."""

from typing import Any

from bdc.ir import Entity, ScalarField, SystemIR


def sealed_columns(system: SystemIR, entity: Entity, columns: dict[str, Any]) -> dict[str, str]:
    """Return column → what its text is bound to (`table.column|tenant|key`), for those that hold one."""
    tenant = system.table(entity.table).tenant_column
    owner = str(columns.get(tenant, "")) if tenant else ""
    key = ",".join(str(columns.get(getattr(entity.field(name), "column", name))) for name in entity.key)
    return {
        each.column: f"{entity.table}.{each.column}|{owner}|{key}"
        for each in entity.fields
        if isinstance(each, ScalarField) and each.encrypted and columns.get(each.column) is not None
    }
