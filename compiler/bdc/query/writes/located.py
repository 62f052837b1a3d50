"""Rows that paths name by another field than their key: what every function on such a row does first."""

from collections.abc import Sequence

from bdc.ir import Entity
from bdc.ir.compiled import ParameterRole
from bdc.query.names import column, table_of
from bdc.query.relations import address_parts, key_columns, not_deleted, tenant_column
from bdc.query.scope import Row
from bdc.query.trees import equal
from bdc.query.writes.context import Context
from bdc.query.writes.names import ROW
from bdc.query.writes.plpgsql import Declared, Run, Statement
from bdc.query.writes.signature import Signature, key_condition, sql_name
from bdc.query.writes.statements import query
from bdc.surface.addresses import is_by_key


def located(
    context: Context, entity: Entity | None, signature: Signature
) -> tuple[Sequence[Declared], Sequence[Statement]]:
    """Return the variables that hold the key, named as if it were given, and the statement that looks it up: null where there is no such
    row, which nothing then finds. Nothing for a function that takes no row, or its key."""
    if entity is None or is_by_key(context.system, entity):
        return (), ()
    given = [each for each in signature.rest if each.role is ParameterRole.KEY]
    if not given:
        return (), ()
    names = {sql_name(each) for each in given}
    keys = [
        (sql_name(key), key.sql_type, name)
        for key, name in zip(context.keys(entity), key_columns(entity), strict=True)
        if sql_name(key) not in names
    ]
    if not keys:
        return (), ()
    tenant = tenant_column(context.system, entity) if entity.tenant else None
    where = [
        *([equal(column(ROW, tenant), context.tenant())] if tenant else []),
        *key_condition(given, (part.column for part in address_parts(context.system, entity)), ROW),
        *not_deleted(Row(entity, ROW)),
    ]
    found = query([column(ROW, name) for _, _, name in keys], [table_of(entity, ROW)], where)
    variables = tuple(Declared(name, sql_type) for name, sql_type, _ in keys)
    return variables, (Run(found, tuple(name for name, _, _ in keys)),)
