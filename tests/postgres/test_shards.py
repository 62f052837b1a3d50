"""A system on shards: laws over the catalog of every test system, and its release beside a stand-in that refuses what Citus refuses."""

import asyncio
import re
from functools import lru_cache
from pathlib import Path

import asyncpg
import pytest
import sqlglot
from sqlglot import exp
from tests.support.emitted import build, compiled
from tests.support.postgres import Databases
from tests.support.sampling import sampled
from tests.support.served import SYSTEMS

from bdc.catalog.tables import Table
from bdc.diagnostics import DiagnosticSink
from bdc.evolution.next_migration import advance
from bdc.ir import DatabaseDeploy, Deploy, Origin, SystemIR
from bdc.pipeline import compile_system
from bdc.project import load_project
from bdc.query import compile_queries
from bdc.query.folding import without_selects
from bdc.schema.distribution import distribution
from bdc.schema.state import physical_state
from bdc.targets import citus_misfits

HERE = Path(__file__).parent
RENTAL = SYSTEMS / "rental"
TENANTS = sorted(
    folder.name
    for folder in SYSTEMS.iterdir()
    if any("@tenant_root" in each.read_text() for each in folder.glob("*.bds"))
)


@lru_cache(maxsize=4)
def on_shards(name: str) -> tuple[SystemIR, frozenset[str]]:
    """Return a system as it would be with `database citus`, and the names of what the check reports of it."""
    found = compile_system(load_project(SYSTEMS / name, DiagnosticSink()).files)
    assert found.system is not None, found.diagnostics
    origin = found.system.entities[0].origin
    deploy = Deploy(name="production", database=DatabaseDeploy(engine="citus"), origin=origin or Origin())
    system = SystemIR.model_validate(found.system.model_dump() | {"deploys": (deploy,)})
    return system, frozenset(each.subject for each in citus_misfits(found.model, system))


def has_select(condition: str) -> bool:
    found = sqlglot.parse_one(f"select {condition}", dialect="postgres").find_all(exp.Select)
    return len(list(found)) > 1


def entity_tables(system: SystemIR) -> list[tuple[str, str | None, Table]]:
    """Return entity, distribution column and catalog entry of each table."""
    catalog = {
        (table.name.name, table.name.schema): table
        for table in physical_state(system, compile_queries(system)).tables
    }
    return [
        (each.entity, distribution(system.entity(each.entity), each), catalog[each.name, each.schema_name])
        for each in system.tables
    ]


@pytest.mark.parametrize("name", sampled(TENANTS, 6))
def test_policies_of_shards_are_permissive_without_selects_and_hold_the_tenant(name: str) -> None:
    system, reported = on_shards(name)
    assert system.sharded
    tenant = system.identity.tenant_claim if system.identity is not None else None
    for entity, column, table in entity_tables(system):
        for policy in table.policies:
            assert not policy.restrictive, policy.name
            conditions = [text for text in (policy.using, policy.check) if text]
            if any(has_select(text) for text in conditions):
                assert entity in reported, (policy.name, conditions)
            elif column is not None and tenant and not str(policy.name).endswith("_owner"):
                floor = rf"\b{column} = [^=]*current_setting\('app\.actor_{tenant}'"
                assert all(re.search(floor, text, re.IGNORECASE) for text in conditions), (
                    policy.name,
                    conditions,
                )


@pytest.mark.parametrize("name", sampled(TENANTS, 6))
def test_what_no_shard_can_keep_is_reported(name: str) -> None:
    system, reported = on_shards(name)
    tables = entity_tables(system)
    columns = {table.name: column for _, column, table in tables}
    for entity, column, table in tables:
        if entity in reported or system.name in reported:
            continue
        for key in table.foreign_keys:
            other = columns.get(key.target)
            pairs = list(zip(key.columns, key.target_columns, strict=True))
            assert other is None or (column, other) in pairs, (entity, key)
            assert other is None or "set" not in key.on_delete, (entity, key)
        uniques = [each.columns for each in table.uniques]
        uniques += [table.primary_key.columns] if table.primary_key is not None else []
        assert column is None or all(column in each for each in uniques), (entity, uniques)
        assert not any("audit" in str(trigger.function) for trigger in table.triggers), entity


@pytest.mark.parametrize("name", sampled(TENANTS, 6))
def test_functions_take_the_tenant_and_insert_values(name: str) -> None:
    """Citus finds the server by a parameter, tells it the caller by SET LOCAL, and fills no shard under row level security from a SELECT."""
    system, _ = on_shards(name)
    identity = system.identity
    if identity is None or identity.tenant_claim is None:
        pytest.skip("it has no tenant claim")
    for function in compile_queries(system).functions:
        if f"p_actor_{identity.tenant_claim}" not in function.sql or "SECURITY DEFINER" in function.sql:
            continue
        many = function.operation.endswith(":many")  # calls the function of one row for each
        assert many or f"SET LOCAL app.actor_{identity.tenant_claim} TO" in function.sql, function.name
        assert "set_config('app." not in function.sql, function.name
        code = re.sub(r"--[^\n]*", "", function.sql)
        assert not re.search(r"INSERT INTO (?!app\.)[^;]*?\)\s*SELECT", code), function.name


def test_a_sub_select_is_written_out_and_an_unbound_setting_is_null() -> None:
    plain = without_selects(
        "a.org = CAST((SELECT current_setting('app.org', TRUE)) AS UUID) AND (SELECT x && ARRAY['b'])"
    )
    assert plain == "a.org = CAST(nullif(current_setting('app.org', TRUE), '') AS UUID) AND x && ARRAY['b']"


def test_the_release_places_tables_and_functions_once(databases: Databases, tmp_path: Path) -> None:
    out = build(RENTAL, tmp_path / "out")
    expand = (out / "database/migrations/0001_initial/01_expand.sql").read_text()
    release = (out / "database/release/api.sql").read_text()
    database = databases.fresh()

    async def run() -> tuple[dict[str, tuple[str | None, str | None]], set[str], int, int]:
        connection = await asyncpg.connect(database.superuser_url)
        try:
            async with connection.transaction():
                await connection.execute(expand)
            await connection.execute((HERE / "citus.sql").read_text())
            keys = "select count(*) from pg_constraint where contype = 'f'"
            before = await connection.fetchval(keys)
            async with connection.transaction():
                await connection.execute(release)
            again = release.split("create schema api_")[0]
            async with connection.transaction():
                await connection.execute(again)
            placed = await connection.fetch("select logicalrelid::text, key, beside from pg_dist_partition")
            functions = await connection.fetch("select name::text, argument from pg_dist_function")
            assert {each["argument"] for each in functions} == {"p_actor_company"}
            names = {each["name"].partition(".")[2].partition("(")[0] for each in functions}
            tables = {each["logicalrelid"]: (each["key"], each["beside"]) for each in placed}
            return tables, names, before, await connection.fetchval(keys)
        finally:
            await connection.close()

    tables, functions, before, after = asyncio.run(run())
    assert tables == {
        "company": (None, None),
        "country": (None, None),
        "agent": ("company_id", "none"),
        "car": ("company_id", "agent"),
        "rental": ("company_id", "agent"),
        "extra": ("company_id", "agent"),
        "app.idempotency_key": ("scope", "none"),
    }
    assert before == after > 4
    assert {"car_create", "rental_create", "rental_update", "rental_bring_back"} <= functions
    assert "_purge_idempotency_keys" not in functions


def test_a_table_that_comes_later_is_placed_before_its_references(
    databases: Databases, tmp_path: Path
) -> None:
    system = compiled(RENTAL)[1]
    queries = compile_queries(system)
    new = physical_state(system, queries)
    without = new.model_copy(
        update={"tables": tuple(each for each in new.tables if each.name.name != "extra")}
    )
    made = [
        each for each in advance(without, system, queries).planned.operations if "-create-table-" in each.id
    ]
    ((*_, place),) = [each.statements for each in made]
    out = build(RENTAL, tmp_path / "out")
    initial = (out / "database/migrations/0001_initial/01_expand.sql").read_text()
    release = (out / "database/release/api.sql").read_text()

    async def run() -> tuple[int, int, list[str]]:
        connection = await asyncpg.connect(databases.fresh().superuser_url)
        try:
            counts = []
            for script in (initial, (HERE / "citus.sql").read_text(), "drop table extra", place, release):
                async with connection.transaction():
                    await connection.execute(script)
                    if script in (place, release):
                        counts.append(await connection.fetchval("select count(*) from pg_dist_partition"))
            await connection.execute(
                "create table extra (id uuid, company_id uuid, primary key (company_id, id))"
            )
            await connection.execute(place)
            found = await connection.fetch(
                "select beside from pg_dist_partition where logicalrelid = 'extra'::regclass"
            )
            return counts[0], counts[1], [each["beside"] for each in found]
        finally:
            await connection.close()

    # A database that is no cluster yet leaves it where it is; in one, it is beside the others.
    assert asyncio.run(run()) == (0, 6, ["agent"])


def test_a_database_that_becomes_a_cluster_is_placed_after_its_contract(
    databases: Databases, tmp_path: Path
) -> None:
    """Policies of the version before hold sub-selects, or are restrictive: Citus would refuse the tables that have them."""
    text = (RENTAL / "rental.bds").read_text()
    before = tmp_path / "before"
    before.mkdir()
    (before / "rental.bds").write_text(re.sub(r"database citus \{[^}]*\}", "database postgres { }", text))
    old, new = build(before, tmp_path / "old"), build(RENTAL, tmp_path / "new")
    counts = asyncio.run(_placed_by(databases, old, new)), asyncio.run(_placed_by(databases, new, new))
    assert counts == (0, 7)


async def _placed_by(databases: Databases, schema: Path, release: Path) -> int:
    """Return how many tables are placed where `release` and then its `shards.sql` meet the database that `schema` makes."""
    connection = await asyncpg.connect(databases.fresh().superuser_url)
    try:
        scripts = [(schema / "database/migrations/0001_initial/01_expand.sql").read_text()]
        scripts.append((HERE / "citus.sql").read_text())
        scripts += [(release / f"database/release/{name}.sql").read_text() for name in ("api", "shards")]
        for script in scripts:
            async with connection.transaction():
                await connection.execute(script)
        return int(await connection.fetchval("select count(*) from pg_dist_partition"))
    finally:
        await connection.close()
