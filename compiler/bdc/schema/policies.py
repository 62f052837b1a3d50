"""Row level security: the compiled policies as statements."""

from collections.abc import Iterable, Iterator
from typing import cast

from bdc.ddl.names import Name
from bdc.ddl.nodes import Command, CreatePolicy, EnableRowSecurity, Statement
from bdc.ir import Table
from bdc.ir.compiled import RowPolicy
from bdc.query.names import quote
from bdc.schema.names import Roles, fitted, name_of
from bdc.schema.system_tables import owner_policy


def secure(table: Table, policies: Iterable[RowPolicy], roles: Roles) -> Iterator[Statement]:
    """Yield what closes a table and then opens what its policies allow. The tenant floor holds for `readonly` too."""
    name = name_of(table)
    yield EnableRowSecurity(name)
    yield owner_policy(name, _never_null(table), roles)
    for policy in policies:
        if "owner" not in policy.roles:
            yield _policy(policy, name, f"{quote(_never_null(table))} is not null", roles)


def _never_null(table: Table) -> str:
    if table.primary_key is not None:
        return table.primary_key.columns[0]
    return next((column.name for column in table.columns if not column.nullable), "tableoid")


def _policy(policy: RowPolicy, table: Name, every_row: str, roles: Roles) -> CreatePolicy:
    full = {"runtime": roles.runtime, "service": roles.service, "readonly": roles.readonly}
    names = tuple(full[role] for role in _with_readonly(policy))
    command = cast(Command, policy.command)
    using, check = _spelled(policy.using, every_row), _spelled(policy.check, every_row)
    return CreatePolicy(fitted(policy.name), table, command, names, policy.restrictive, using, check)


def _spelled(condition: str | None, every_row: str) -> str | None:
    """A constant condition looks like an oversight to a reader: name the rows."""
    return every_row if condition is not None and condition.lower() == "true" else condition


def _with_readonly(policy: RowPolicy) -> tuple[str, ...]:
    """`readonly` reads what `service` reads. A policy for all commands is harmless there: the grants are for reading only."""
    reads = "service" in policy.roles and policy.command in ("all", "select")
    return (*policy.roles, "readonly") if reads and "readonly" not in policy.roles else policy.roles
