"""The tenants, one after the other: a job is no caller and has to go through them all."""

from bdc.ir import Entity, SystemIR
from bdc.ir.compiled import HelperFunction
from bdc.query.names import quote, relation
from bdc.query.relations import tenant_column
from bdc.query.types import sql_type

NEXT_TENANT = "app.next_tenant"


def tenant_root(system: SystemIR) -> Entity | None:
    """Return the entity whose rows are the tenants; None where there are none, or callers have none."""
    if system.identity is None or system.identity.tenant_claim is None:
        return None
    return next((each for each in system.entities if each.tenant_root), None)


def tenant_functions(system: SystemIR) -> tuple[HelperFunction, ...]:
    """Return the function that tells the tenant after another one (the first after none) by key; none where no job needs it."""
    root = tenant_root(system)
    targets = (each.entity for job in system.jobs for each in job.statements if each.entity is not None)
    handled = any(job.handler and not job.queued for job in system.jobs)
    if root is None or not (handled or any(tenant_column(system, system.entity(name)) for name in targets)):
        return ()
    column = tenant_column(system, root)
    assert column is not None
    kind = sql_type(system.table(root.table).column(column).type)
    name = quote(column)
    text = (
        f"create or replace function {NEXT_TENANT}(last text) returns text\n"
        "language sql stable security definer set search_path = pg_catalog, pg_temp as $$\n"
        f"  select t.{name}::text from {_qualified(root)} as t\n"
        f"  where last is null or t.{name} > last::{kind} order by t.{name} limit 1\n"
        "$$;"
    )
    return (HelperFunction(NEXT_TENANT, text, "(text)"),)


def _qualified(root: Entity) -> str:
    found = relation(root)
    return found if "." in found else f"public.{found}"
