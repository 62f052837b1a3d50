"""One row, one caller: each rule evaluated by PostgreSQL on a database that is made from the specification and its seeds."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from bdc.ir import SeedRow, SystemIR
from bdc.permissions.why import UnknownCase, Why
from bdc.query.claims import identity_parameters
from bdc.source.records import dataclass
from bdc.stack.actors import seed_actors
from bdc.surface.seed_keys import row_key


@dataclass(frozen=True, slots=True)
class Decided:
    """`allowed`: what the whole predicate says of the row; `in_scope`: whether the row exists for the caller."""

    why: Why
    allowed: bool
    in_scope: bool


def find_row(system: SystemIR, entity: str, name: str) -> tuple[str, SeedRow]:
    """Return the seed row `seed.row` (or `row`) of an entity. UnknownCase."""
    every = [(seed.name, row) for seed in system.seeds for row in seed.rows if row.entity == entity]
    found = [(seed, row) for seed, row in every if name in (row.name, f"{seed}.{row.name}")]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"{seed}.{row.name}" for seed, row in every) or "none"
    raise UnknownCase(f"no seed row `{name}` of `{entity}`: there are {known}")


def decide(system: SystemIR, found: Why, actor: str | None, row: str, out: Path) -> Decided:
    """Evaluate each rule for a row of the seeds, on the backend that was built into `out`. UnknownCase, StackError."""
    from bdc.stack.shared import shared_server

    if found.entity is None:
        raise UnknownCase(f"`{found.action}` is about no row")
    seed, wanted = find_row(system, found.entity, row)
    claims = _claims(system, actor, found.roles)
    with shared_server() as server, tempfile.TemporaryDirectory(prefix="bdc-why-") as scratch:
        url = _loaded(system, server.superuser_url, out, Path(scratch))
        return asyncio.run(_ask(system, found, url, claims, str(row_key(system, seed, wanted))))


def _claims(system: SystemIR, actor: str | None, roles: tuple[str, ...]) -> dict[str, str]:
    """Return the settings of a session for a caller, as a statement binds them."""
    actors = {each.name: each.claims for each in seed_actors(system)}
    named = [name for name in actors if actor is not None and actor in (name, name.rpartition(".")[2])]
    if actor is not None and len(named) != 1:
        raise UnknownCase(f"no seed has a caller `{actor}`: {', '.join(actors) or 'none'}")
    values: dict[str, Any] = actors[named[0]] if named else {}
    identity = system.identity
    sources = {claim.name: claim.source for claim in identity.claims} if identity is not None else {}
    settings: dict[str, str] = {}
    for parameter in identity_parameters(system):
        value = values.get(sources.get(parameter.claim or "", ""))
        if identity is not None and parameter.claim == identity.roles_claim and parameter.claim:
            value = ",".join(role for role in roles if not role.startswith("(")) or parameter.anonymous
        settings[parameter.setting] = parameter.anonymous if value is None else str(value)
    return settings


def _loaded(system: SystemIR, url: str, out: Path, scratch: Path) -> str:
    from bdc.stack.backend import migrate
    from bdc.stack.keys import development_keys
    from bdc.stack.up import UpOptions, service_settings

    settings = service_settings(system, url, development_keys(scratch / "keys"), UpOptions())
    migrate(out, settings, seed=True)
    return settings.admin_url


async def _ask(system: SystemIR, found: Why, url: str, claims: dict[str, str], key: str) -> Decided:
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        for name, value in claims.items():
            await connection.execute("select set_config($1, $2, false)", name, value)
        await connection.execute("select set_config('app.operation', $1, false)", found.action)
        answer = await connection.fetchrow(_statement(system, found), key)
    finally:
        await connection.close()
    if answer is None:
        raise UnknownCase("the seeds were loaded, and the row is not there")
    held: dict[str, bool] = {}
    for name, value in answer.items():
        rule = name.partition("#")[0]
        held[rule] = held.get(rule, False) or bool(value)
    notes = tuple(replace(note, holds=held.get(note.id, False)) for note in found.rules)
    return Decided(replace(found, rules=notes), held["allowed"], held["scope"])


def _statement(system: SystemIR, found: Why) -> str:
    """Return a query over the row with a key: the whole predicate, the scope, and each clause of each rule."""
    from bdc.query.policy import Policies
    from bdc.query.scope import Row, Scope
    from bdc.query.trees import print_sql

    assert found.entity is not None
    entity, table = system.entity(found.entity), system.table_of(found.entity)
    row = Row(entity, "r")
    scope = Scope(system, row=row, old=row, new=row)
    policies = Policies(system)
    columns = [
        f'coalesce({print_sql(policies.allowed(scope, entity.name, found.action))}, false) as "allowed"',
        f'coalesce({print_sql(policies.scope_of(scope, entity.name))}, false) as "scope"',
    ]
    for number, rule in enumerate(policies.rules(scope, entity.name, found.action)):
        columns.append(f'({print_sql(rule.tree)}) as "{rule.rule_id}#{number}"')
    place = f'"{table.schema_name or "public"}"."{table.name}"'
    key = table.primary_key.columns[-1] if table.primary_key is not None else "id"
    return f'select {", ".join(columns)} from {place} as r where r."{key}"::text = $1'
