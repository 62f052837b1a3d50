"""The whole query room in one call."""

from collections.abc import Iterable
from hashlib import sha256
from typing import TypeVar

from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledFunction, CompiledJob, CompiledQueries
from bdc.ir.remembering import per_system
from bdc.policy.layers import Layer, Readings
from bdc.query.caller_rules import caller_rules
from bdc.query.claims import identity_parameters
from bdc.query.folding import folded_policies
from bdc.query.jobs import compile_jobs
from bdc.query.jobs.tenants import tenant_functions
from bdc.query.numbers import number_functions
from bdc.query.policy import Policies
from bdc.query.reads import compile_reads
from bdc.query.relation_terms import RelationTerms
from bdc.query.row_security import row_policies
from bdc.query.searches import Searches
from bdc.query.suffixes import suffix_functions
from bdc.query.writes import compile_writes
from bdc.query.writes.idempotency import purges
from bdc.query.writes.names import RELEASE
from bdc.query.writes.sign_up import sign_in_functions
from bdc.source.records import replace

Made = TypeVar("Made", CompiledFunction, CompiledJob)


def compile_queries(
    system: SystemIR, inline_policies: bool = True, readings: Readings | None = None
) -> CompiledQueries:
    """Compile every operation of a system. Without `inline_policies` no statement holds a policy: row level security alone
    does, which a test uses to show that it can. `readings`: see `Layer`."""
    return (
        _whole(system) if inline_policies and not readings else _compiled(system, inline_policies, readings)
    )


@per_system
def _whole(system: SystemIR) -> CompiledQueries:
    """A command plans with what it emits: it is compiled once."""
    return _compiled(system, True, None)


def _compiled(system: SystemIR, inline_policies: bool, readings: Readings | None) -> CompiledQueries:
    terms = RelationTerms(system)
    searches = Searches(system)
    policies = {layer: Policies((readings or {}).get(layer, system), terms) for layer in Layer}

    def of(layer: Layer) -> tuple[SystemIR, Policies]:
        return policies[layer].system, policies[layer]

    reads = compile_reads(*of(Layer.READS), searches, inline=inline_policies)
    writes, rules = of(Layer.WRITES)
    functions = compile_writes(writes, inline_policies=inline_policies, policies=rules)
    functions += purges(functions, sharded=system.sharded)
    jobs = compile_jobs(writes, rules)
    functions += sign_in_functions(writes, rules)
    walls = row_policies(*of(Layer.ROWS))
    if system.sharded:
        walls = folded_policies(walls)
    callers = caller_rules(*of(Layer.TRIGGERS))
    helpers = sorted(
        (
            *terms.functions,
            *searches.functions,
            *number_functions(system),
            *suffix_functions(system),
            *tenant_functions(system),
        ),
        key=lambda helper: helper.name,
    )
    release = _release([*functions, *jobs], _placed(system))
    return CompiledQueries(
        release=release,
        identity=identity_parameters(system),
        reads=reads,
        functions=tuple(_in_release(function, release) for function in functions),
        row_policies=walls,
        helpers=tuple(helpers),
        caller_rules=callers,
        jobs=tuple(_in_release(job, release) for job in jobs),
    )


def _placed(system: SystemIR) -> str:
    """The tables of a system on shards are given their place with a release: another table is another release."""
    if not system.sharded:
        return ""
    shards = max(each.database.shards for each in system.deploys if each.database.engine == "citus")
    return f"{shards} {' '.join(f'{each.name}({each.tenant_column})' for each in system.tables)}"


def _release(functions: Iterable[CompiledFunction | CompiledJob], placed: str) -> str:
    """The schema of a release is named by what is in it."""
    digest = sha256(placed.encode())
    for function in functions:
        digest.update(function.sql.encode())
        digest.update(b"\0")
    return f"api_{digest.hexdigest()[:12]}"


def _in_release(function: Made, release: str) -> Made:
    """Return a function under its schema's name, which is known only now that the text of all is."""
    return replace(
        function, sql=function.sql.replace(RELEASE, release), call=function.call.replace(RELEASE, release)
    )
