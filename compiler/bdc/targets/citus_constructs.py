"""What a specification says that Citus cannot run where the rows of a tenant are: code with the rights of the owner, tables that only the
coordinator has, and what stands on either.

A trigger of a shard, and a function that runs on a worker, see the shards of that server and reference tables. The audit trail, the
outbox and the queue of jobs are plain tables of the coordinator.
"""

import re
from collections.abc import Iterator

from bdc.ir import SqlBody, SystemIR
from bdc.ir.api import HandlerBody
from bdc.ir.compiled import PURGE, CompiledFunction, CompiledQueries
from bdc.query.writes.one_shard import looks_without, tenant_columns
from bdc.schema.extensions import extensions
from bdc.schema.shards import tables_of_app

Misfit = tuple[str | None, str, str, str]
"""An entity (None: the system, or an operation of it), what is meant in words, why it cannot be there, and what to write."""

_NO_WAY = "leave it out, or write `database postgres`"
_UNEVEN = re.compile(r"\b(uuidv7|uuidv4|gen_random_uuid|random|clock_timestamp|nextval)\(", re.IGNORECASE)
_UPDATES = re.compile(r"\bUPDATE\s[^;]*;")
_IMAGE_LACKS = ("postgis", "vector")


def constructs(system: SystemIR, queries: CompiledQueries) -> Iterator[Misfit]:
    """Yield each construct that a system on shards cannot have."""
    yield from _of_system(system)
    yield from _of_entities(system)
    yield from _of_apis(system)
    for helper in queries.helpers:
        if not (system.jobs and helper.name.endswith("next_tenant")):
            why = f"its rules or reads call `{helper.name}`, which reads rows with the rights of the owner"
            yield None, system.name, why, "compare columns of the row with claims of the caller"
    for function in queries.functions:
        yield from _of_function(system, function)
    yield from _of_reads(system, queries)


def _of_system(system: SystemIR) -> Iterator[Misfit]:
    coordinator = "it stands on tables that only the coordinator has"
    for name, there in (
        ("jobs", system.jobs),
        ("webhooks", system.webhooks or system.receivers),
        ("streams of events", system.stream or system.sources or system.consumers),
        ("the audit trail", system.audit),
    ):
        if there:
            yield None, f"{system.name}: {name}", coordinator, _NO_WAY
    if system.identity is not None and system.identity.sign_in is not None:
        yield (
            None,
            f"{system.name}: sign-in",
            "callers of all tenants are looked for by name",
            "take tokens: `bearer jwt`",
        )
    if system.externals:
        yield None, f"{system.name}: external services", "a call stands between two transactions", _NO_WAY
    if system.sql_blocks:
        yield None, f"{system.name}: `sql`", "nothing says on which server it is run", _NO_WAY
    if system.reads_replica:
        yield None, f"{system.name}: `@reads(replica)`", "a worker has no replica", "remove `@reads(replica)`"
    for deploy in system.deploys:
        if deploy.backup is not None and deploy.database.engine == "citus":
            why = "nothing here makes backups of several servers that belong together"
            yield (
                None,
                f"deploy {deploy.name}",
                why,
                "remove `backup`, and back each server up by a tool of your own",
            )
    lacking = sorted({each.name for each in extensions(system)} & set(_IMAGE_LACKS))
    if lacking:
        yield None, system.name, f"the image of Citus lacks the extension `{lacking[0]}`", _NO_WAY


def _of_entities(system: SystemIR) -> Iterator[Misfit]:
    for view in system.views:
        yield None, f"{system.name}: view {view.entity.name}", "it reads rows of all shards", _NO_WAY
    for entity in system.entities:
        table = system.table(entity.table)
        if entity.audited:
            yield (
                entity.name,
                entity.name,
                "its audit trail is written by a trigger, which cannot reach it from a shard",
                "remove `@audited`",
            )
        if table.partitioning is not None:
            yield (
                entity.name,
                entity.name,
                "it is in partitions, which are not on shards yet",
                "remove `partition`: shards divide it too",
            )
        if entity.numbered_key is not None or any(
            column.sequence or column.identity for column in table.columns
        ):
            yield (
                entity.name,
                entity.name,
                "its rows are numbered, and each server would count by itself",
                "write `uuid = uuid7()`",
            )


def _of_apis(system: SystemIR) -> Iterator[Misfit]:
    for api in system.apis:
        operations = [*api.operations, *(each for resource in api.resources for each in resource.custom)]
        for operation in operations:
            name = ".".join(part for part in (operation.entity, operation.name) if part)
            if isinstance(operation.body, HandlerBody):
                yield (
                    operation.entity,
                    name,
                    "nothing says on which server the statements of its Python run",
                    "say what it does in the operation",
                )
            if isinstance(operation.body, SqlBody):
                yield (
                    operation.entity,
                    name,
                    "nothing says on which server its SQL runs",
                    "say what it does in the operation",
                )


def _of_function(system: SystemIR, function: CompiledFunction) -> Iterator[Misfit]:
    name = ".".join(part for part in (function.entity, function.operation) if part)
    others = sorted(tables_of_app(function) - {"idempotency_key"})
    if others and function.name != PURGE:
        why = f"it uses `app.{others[0]}`, which only the coordinator has"
        yield function.entity, name, why, _NO_WAY
    uneven = next((found for each in _UPDATES.findall(function.sql) for found in _UNEVEN.findall(each)), None)
    if uneven is not None:
        why = f"an update sets what `{uneven}()` gives, anew for each row and server"
        yield function.entity, name, why, "take the value as an argument"
    for table in function.unplaced:
        why = f"it looks at `{table}` without the tenant, and so on every server"
        yield function.entity, name, why, "let its rules compare columns of the row with claims of the caller"


def _of_reads(system: SystemIR, queries: CompiledQueries) -> Iterator[Misfit]:
    """A read is composed when it runs; what looks at other rows is in its members, which have the caller's claims in place of parameters."""
    identity = system.identity
    if identity is None or identity.tenant_claim is None:
        return
    columns = tenant_columns(system)
    for read in queries.reads:
        for member in read.members:
            sql = member.sql.replace("«a»", "a").replace(f"«actor.{identity.tenant_claim}»", "tenant")
            sql = re.sub("«[^»]*»", "other", sql)
            for table in looks_without(f"select {sql}", columns, "tenant"):
                why = f"it looks at `{table}` without the tenant, and so on every server"
                help = "keep the value in a field of the row"
                yield read.entity, f"{read.entity}.{member.name}", why, help
