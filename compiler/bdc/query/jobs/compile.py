"""The function of a job: its statements in order, each from the place where the last call stopped."""

from collections.abc import Iterator

from bdc.ir import Job, JobStatement, SystemIR
from bdc.ir.compiled import CompiledJob
from bdc.naming.sql import fitted
from bdc.query.claims import BODY_SETTING, OPERATION_SETTING, REQUEST_SETTING, identity_parameters
from bdc.query.jobs.batches import batch, is_in_batches
from bdc.query.jobs.tenants import NEXT_TENANT, tenant_root
from bdc.query.names import plain
from bdc.query.policy import Policies
from bdc.query.relations import tenant_column
from bdc.query.trees import print_sql, text
from bdc.query.writes.context import Context
from bdc.query.writes.names import RELEASE
from bdc.query.writes.signature import claim

LOOKED_AT = 200
"""Tenants without a row that one call passes at most."""


def compile_jobs(system: SystemIR, policies: Policies) -> tuple[CompiledJob, ...]:
    """Return every job of `system`. `policies`: where to collect the helpers that its conditions need."""
    context = Context(system, policies, inline=False)
    names = function_names(system)
    return tuple(_job(context.fresh(), job, names[job.name]) for job in system.jobs)


def function_names(system: SystemIR) -> dict[str, str]:
    """Return the name of the function of each job. No operation has one that begins with a line; a number tells two apart that are
    spelled alike."""
    found: dict[str, str] = {}
    for job in system.jobs:
        name = fitted(f"_job_{plain(job.name)}")
        found[job.name] = (
            name if name not in found.values() else fitted(f"_job_{len(found)}_{plain(job.name)}")
        )
    return found


def _job(context: Context, job: Job, name: str) -> CompiledJob:
    lines = [
        line for number, each in enumerate(job.statements, 1) for line in _step(context, job, number, each)
    ]
    body = "\n".join(
        [*_head(context, name), *_declared(context), "BEGIN", *_bound(context, job), *lines, "END"]
    )
    quote = "$function$"
    call = f"select statement, tenant, key, rows from {RELEASE}.{name}($1, $2, $3, $4, $5)"
    return CompiledJob(job.name, name, len(job.statements), f"{body}\n{quote};", call)


def _head(context: Context, name: str) -> list[str]:
    return [
        f"CREATE FUNCTION {RELEASE}.{name}(",
        "  p_run text,",
        "  p_most integer,",
        "  INOUT statement integer,",
        "  INOUT tenant text,",
        "  INOUT key jsonb,",
        "  OUT rows bigint",
        ")",
        "LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $function$",
        "#variable_conflict use_variable",
    ]


def _declared(context: Context) -> list[str]:
    """What statements of operations know as the caller: here it is none, of the tenant whose turn it is."""
    names = [
        f"  {_claim_variable(each.claim)} text := {print_sql(text('' if each.setting == 'app.actor_roles' else each.anonymous))};"
        for each in identity_parameters(context.system)
        if each.claim is not None
    ]
    return [
        "DECLARE",
        *names,
        "  v_bound text;",
        "  v_rows bigint;",
        "  v_key jsonb;",
        "  v_looked integer := 0;",
    ]


def _claim_variable(name: str) -> str:
    return claim(name)


def _bound(context: Context, job: Job) -> Iterator[str]:
    settings = [
        f"set_config('{each.setting}', {_claim_variable(each.claim)}, true)"
        for each in identity_parameters(context.system)
        if each.claim is not None
    ]
    bound = print_sql(text(job.bound))
    settings += [f"set_config('{name}', {bound}, true)" for name in (OPERATION_SETTING, BODY_SETTING)]
    settings.append(f"set_config('{REQUEST_SETTING}', p_run, true)")
    yield f"  v_bound := concat({', '.join(settings)});"
    yield "  rows := 0;"


def _step(context: Context, job: Job, number: int, each: JobStatement) -> Iterator[str]:
    entity = context.system.entity(each.target) if each.verb != "emit" else None
    root = tenant_root(context.system)
    tenanted = entity is not None and root is not None and tenant_column(context.system, entity) is not None
    yield f"  IF statement = {number} THEN"
    if tenanted:
        yield from _for_each_tenant(context, each)
    else:
        yield from (f"    {line}" for line in _once(context, each))
    yield "    RETURN;"
    yield "  END IF;"


def _once(context: Context, each: JobStatement) -> Iterator[str]:
    yield from batch(context, each)
    yield "rows := v_rows;"
    advance = ["statement := statement + 1;", "key := NULL;"]
    if is_in_batches(each):
        yield from (
            "IF v_key IS NULL THEN",
            *(f"  {line}" for line in advance),
            "ELSE",
            "  key := v_key;",
            "END IF;",
        )
    else:
        yield from advance


def _for_each_tenant(context: Context, each: JobStatement) -> Iterator[str]:
    """The tenant is text: its key, as the claim carries it."""
    identity = context.system.identity
    name = identity.tenant_claim if identity is not None else None
    assert name is not None
    variable = _claim_variable(name)
    yield "    IF tenant IS NULL THEN"
    yield f"      tenant := {NEXT_TENANT}(NULL);"
    yield "    END IF;"
    yield "    WHILE tenant IS NOT NULL LOOP"
    yield f"      {variable} := tenant;"
    yield f"      v_bound := set_config('app.actor_{name}', {variable}, true);"
    yield from (f"      {line}" for line in batch(context, each))
    yield "      rows := rows + v_rows;"
    inner = [f"tenant := {NEXT_TENANT}(tenant);", "key := NULL;"]
    if is_in_batches(each):
        yield "      IF v_key IS NULL THEN"
        yield from (f"        {line}" for line in inner)
        yield "      ELSE"
        yield "        key := v_key;"
        yield "      END IF;"
    else:
        yield from (f"      {line}" for line in inner)
    yield "      v_looked := v_looked + 1;"
    yield f"      EXIT WHEN rows >= p_most OR v_looked >= {LOOKED_AT};"
    yield "    END LOOP;"
    yield "    IF tenant IS NULL THEN"
    yield "      statement := statement + 1;"
    yield "      key := NULL;"
    yield "    END IF;"
