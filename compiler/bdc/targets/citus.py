"""What keeps a system from being sharded by tenant with Citus: keys without the tenant, references that leave a shard, policies that read other rows.

Tables with a tenant are distributed by it; the tenant root, and tables without a tenant, are reference tables: whole on every node.
"""

import re
from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.targets import NOT_ON_CITUS
from bdc.ir import DatabaseDeploy, Deploy, Entity, ReferenceField, SystemIR
from bdc.ir.schema import ForeignKey, Table
from bdc.model import Model
from bdc.schema.distribution import distribution
from bdc.source import Span
from bdc.source.records import dataclass

# The caller's claims are read by sub-selects without rows; what is looked for reads a table.
_READS_ROWS = re.compile(r"\bfrom\b|\bapp\.\w+\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NotOnCitus(Fact):
    DIAGNOSTIC = NOT_ON_CITUS

    subject: str
    why: str
    span: Span | None
    help: str


def citus_misfits(model: Model, system: SystemIR) -> Iterator[NotOnCitus]:
    """Yield what Citus refuses, or would answer wrongly, with what to write instead."""
    from bdc.query.compile import compile_queries  # its import takes longer than a check
    from bdc.targets.citus_constructs import constructs

    if not any(entity.tenant_root for entity in system.entities):
        help = "mark the entity that every other row belongs to with `@tenant_root`, and references to it with `@tenant`"
        yield NotOnCitus(
            system.name, "it has no tenant, so that no column says on which shard a row is", None, help
        )
        return
    names = {table.name: table for table in system.tables}
    queries = compile_queries(on_shards(system))
    policies = queries.row_policies
    for table in system.tables:
        entity = system.entity(table.entity)
        span = model.entities[entity.name].span
        for why, help in (*_keys(system, entity, table), *_references(system, names, entity, table)):
            yield NotOnCitus(entity.name, why, span, help)
        reading = [
            each for each in policies if each.table == table.name and _reads_rows(each.using, each.check)
        ]
        if reading:
            commands = ", ".join(sorted({each.command for each in reading}))
            why = f"its policy for {commands} reads other rows, which a policy on a shard cannot"
            help = "compare columns of the row with claims of the caller, and keep in the row what another one decides"
            yield NotOnCitus(entity.name, why, span, help)
    for of, subject, why, help in constructs(system, queries):
        found = model.entities.get(of) if of is not None else None
        yield NotOnCitus(subject, why, found.span if found is not None else None, help)


def on_shards(system: SystemIR) -> SystemIR:
    """Return the system as it would be on shards, where it is asked about one that is not."""
    if system.sharded:
        return system
    origin = next(each.origin for each in system.entities)
    deploy = Deploy(name="shards", database=DatabaseDeploy(engine="citus"), origin=origin)
    return SystemIR.model_validate(system.model_dump() | {"deploys": (*system.deploys, deploy)})


def _reads_rows(*conditions: str | None) -> bool:
    return any(_READS_ROWS.search(each) for each in conditions if each is not None)


def _keys(system: SystemIR, entity: Entity, table: Table) -> Iterator[tuple[str, str]]:
    column = distribution(entity, table)
    if column is None:
        return
    tenant = entity.tenant
    if table.primary_key is not None and column not in table.primary_key.columns:
        columns = ", ".join(table.primary_key.columns)
        yield f"its primary key ({columns}) lacks the tenant", f"write `id ({tenant}, …)`"
    for unique in table.uniques:
        if column not in unique.columns:
            columns = ", ".join(_members(entity, unique.columns))
            yield f"the unique key ({columns}) lacks the tenant", f"write `unique ({tenant}, {columns})`"
    for exclusion in table.exclusions:
        equal = [
            key.column
            for key, operator in zip(exclusion.keys, exclusion.operators, strict=True)
            if operator == "="
        ]
        if column not in equal:
            yield f"the exclusion `{exclusion.name}` lacks the tenant", f'begin it with `{tenant} with "="`'


def _members(entity: Entity, columns: tuple[str, ...]) -> Iterator[str]:
    """Yield the fields that columns are of."""
    fields = {field.column: field.name for field in entity.fields if isinstance(field, ReferenceField)}
    return (fields.get(column, column) for column in columns)


def _references(
    system: SystemIR, tables: dict[str, Table], entity: Entity, table: Table
) -> Iterator[tuple[str, str]]:
    own = distribution(entity, table)
    for key in table.foreign_keys:
        target = tables.get(key.target_table)
        if target is None:
            continue
        other = distribution(system.entity(target.entity), target)
        if other is None:
            continue
        named = ", ".join(_members(entity, tuple(column for column in key.columns if column != own)))
        if own is None:
            why = f"`{named}` leads from a table that every node has to rows of {target.entity}, which are on shards"
            yield why, f"give {entity.name} the tenant: `{_tenant(system, target)}: … @tenant`"
        elif (own, other) not in zip(key.columns, key.target_columns, strict=True):
            why = f"the reference `{named}` to {target.entity} leaves the tenant, and so the shard"
            yield why, "let it refer to rows of its own tenant: references by key do"
        elif _sets_null(key):
            why = f"`{named}` is set to null when its {target.entity} goes, which Citus does not do with the tenant in the key"
            yield why, "write `@on_delete(restrict)` or `@on_delete(cascade)`"


def _tenant(system: SystemIR, table: Table) -> str:
    return system.entity(table.entity).tenant or "tenant"


def _sets_null(key: ForeignKey) -> bool:
    return key.on_delete in ("set_null", "set_default") or key.on_update in ("set_null", "set_default")
