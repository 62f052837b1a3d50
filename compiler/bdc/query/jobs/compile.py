"""The function of a job: its statements in order, each from the place where the last call stopped."""

from collections.abc import Iterator

from bdc.ir import Job, JobStatement, SystemIR
from bdc.ir.compiled import CompiledJob
from bdc.naming.sql import fitted
from bdc.query.claims import BODY_SETTING, OPERATION_SETTING, REQUEST_SETTING, identity_parameters
from bdc.query.jobs.batches import batch, is_in_batches, locked
from bdc.query.jobs.requested import requested
from bdc.query.jobs.tenants import NEXT_TENANT, tenant_root
from bdc.query.names import plain
from bdc.query.policy import Policies
from bdc.query.relations import tenant_column
from bdc.query.trees import print_sql, text
from bdc.query.writes.context import Context
from bdc.query.writes.enqueue import TENANT
from bdc.query.writes.names import RELEASE
from bdc.query.writes.operation import argument_type
from bdc.query.writes.signature import argument, claim

UNDONE_FROM = "undone from"
"""The member of the arguments that tells which statement failed: those before it are undone. No parameter is called so."""
LOOKED_AT = 200
"""Tenants without a row that one call passes at most."""


def compile_jobs(system: SystemIR, policies: Policies) -> tuple[CompiledJob, ...]:
    """Return every job of `system`. `policies`: where to collect the helpers that its conditions need."""
    context = Context(system, policies, inline=False)
    names = function_names(system)
    return tuple(_job(context.fresh(), job, names[job.name]) for job in system.jobs if job.mail is None)


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
        line
        for number, each in enumerate(job.statements, 1)
        for line in (*_undoing(job, number, each), *_step(context, job, number, each))
    ]
    lines += _handled(context, job) if job.handler else []
    body = "\n".join(
        [*_head(job, name), *_declared(context, job), "BEGIN", *_bound(context, job), *lines, "END"]
    )
    quote = "$function$"
    answered = "statement, tenant, key, rows, call" if job.calls else "statement, tenant, key, rows"
    call = f"select {answered} from {RELEASE}.{name}($1, $2, $3, $4, $5, $6)"
    forward = len(job.statements) - len(job.undoing)
    return CompiledJob(job.name, name, 1 if job.handler else forward, f"{body}\n{quote};", call)


def _handled(context: Context, job: Job) -> list[str]:
    """User code runs in the transaction of the call, for one tenant after the other where the clock asked for it: `rows` says that it is to
    run."""
    root = tenant_root(context.system)
    if job.queued or root is None:
        return ["  rows := 1;", "  statement := statement + 1;"]
    identity = context.system.identity
    name = identity.tenant_claim if identity is not None else None
    assert name is not None
    variable = _claim_variable(name)
    return [
        "  IF tenant IS NULL THEN",
        f"    tenant := {NEXT_TENANT}(NULL);",
        "  END IF;",
        "  IF tenant IS NOT NULL THEN",
        f"    {variable} := tenant;",
        f"    v_bound := set_config('app.actor_{name}', {variable}, true);",
        "    rows := 1;",
        f"    tenant := {NEXT_TENANT}(tenant);",
        "  END IF;",
        "  IF tenant IS NULL THEN",
        "    statement := statement + 1;",
        "  END IF;",
    ]


def _head(job: Job, name: str) -> list[str]:
    return [
        f"CREATE FUNCTION {RELEASE}.{name}(",
        "  p_run text,",
        "  p_most integer,",
        "  p_arguments jsonb,",
        "  INOUT statement integer,",
        "  INOUT tenant text,",
        "  INOUT key jsonb,",
        "  OUT rows bigint" + ("," if job.calls else ""),
        *(["  OUT call jsonb"] if job.calls else []),
        ")",
        "LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $function$",
        "#variable_conflict use_variable",
    ]


def _declared(context: Context, job: Job) -> list[str]:
    """What statements of operations know as the caller: here it is none, of the tenant whose turn it is."""
    names = [
        f"  {_claim_variable(each.claim)} text := {print_sql(text('' if each.setting == 'app.actor_roles' else each.anonymous))};"
        for each in identity_parameters(context.system)
        if each.claim is not None
    ]
    return [
        "DECLARE",
        *names,
        *(f"  {argument(each.name)} {argument_type(context, each.type)};" for each in job.known),
        "  v_bound text;",
        *(["  v_locked_row integer;"] if any(each.row for each in job.statements) else []),
        "  v_rows bigint;",
        "  v_key jsonb;",
        "  v_looked integer := 0;",
    ]


def _claim_variable(name: str) -> str:
    return claim(name)


def _bound(context: Context, job: Job) -> Iterator[str]:
    yield from _arguments(context, job)
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


def _arguments(context: Context, job: Job) -> Iterator[str]:
    """Read the arguments of a run. It is under way for the tenant of the caller that queued it."""
    for each in job.known:
        kind = argument_type(context, each.type)
        yield f"  {argument(each.name)} := CAST(p_arguments->>{print_sql(text(each.name))} AS {kind});"
    identity = context.system.identity
    if job.queued and identity is not None and identity.tenant_claim is not None:
        variable = _claim_variable(identity.tenant_claim)
        yield f"  {variable} := coalesce(p_arguments->>'{TENANT}', {variable});"


def _undoing(job: Job, number: int, each: JobStatement) -> Iterator[str]:
    """Stop before the first statement that undoes, unless the run is undone; pass those by whose step was not done."""
    if each.undoes is None:
        return
    if number == len(job.statements) - len(job.undoing) + 1:
        yield f"  IF statement >= {number} AND p_arguments->>'{UNDONE_FROM}' IS NULL THEN"
        yield "    RETURN;"
        yield "  END IF;"
    yield f"  IF statement = {number} AND {each.undoes} >= CAST(p_arguments->>'{UNDONE_FROM}' AS integer) THEN"
    yield "    statement := statement + 1;"
    yield "  END IF;"


def _step(context: Context, job: Job, number: int, each: JobStatement) -> Iterator[str]:
    if each.verb == "call":
        # The caller makes it when this transaction has ended, and goes on at the next statement with its answer.
        yield f"  IF statement = {number} THEN"
        yield f"    {requested(context, job, each)}"
        yield "    RETURN;"
        yield "  END IF;"
        return
    entity = context.system.entity(each.entity) if each.entity is not None else None
    root = tenant_root(context.system)
    tenanted = entity is not None and root is not None and tenant_column(context.system, entity) is not None
    yield f"  IF statement = {number} THEN"
    if tenanted and not job.queued:
        yield from (f"    {line}" for line in _for_each_tenant(context, job, each))
    else:
        yield from (f"    {line}" for line in _once(context, job, each))
    # What changes a row or two is one transaction with what follows.
    if is_in_batches(each) or (tenanted and not job.queued):
        yield "    RETURN;"
    yield "  END IF;"


def _once(context: Context, job: Job, each: JobStatement) -> Iterator[str]:
    if each.row is not None:
        yield from locked(context, job)
    yield from batch(context, job, each)
    yield "rows := rows + v_rows;"
    advance = ["statement := statement + 1;", "key := NULL;"]
    yield from _moved(advance) if is_in_batches(each) else advance


def _moved(finished: list[str]) -> Iterator[str]:
    yield from (
        "IF v_key IS NULL THEN",
        *(f"  {line}" for line in finished),
        "ELSE",
        "  key := v_key;",
        "END IF;",
    )


def _for_each_tenant(context: Context, job: Job, each: JobStatement) -> Iterator[str]:
    """The tenant is text: its key, as the claim carries it."""
    identity = context.system.identity
    name = identity.tenant_claim if identity is not None else None
    assert name is not None
    variable = _claim_variable(name)
    following = [f"tenant := {NEXT_TENANT}(tenant);", "key := NULL;"]
    inner = [
        f"{variable} := tenant;",
        f"v_bound := set_config('app.actor_{name}', {variable}, true);",
        *batch(context, job, each),
        "rows := rows + v_rows;",
        *(_moved(following) if is_in_batches(each) else following),
        "v_looked := v_looked + 1;",
        f"EXIT WHEN rows >= p_most OR v_looked >= {LOOKED_AT};",
    ]
    yield from ("IF tenant IS NULL THEN", f"  tenant := {NEXT_TENANT}(NULL);", "END IF;")
    yield from ("WHILE tenant IS NOT NULL LOOP", *(f"  {line}" for line in inner), "END LOOP;")
    yield from ("IF tenant IS NULL THEN", "  statement := statement + 1;", "  key := NULL;", "END IF;")
