"""The rows of the emitted tests satisfy every constraint of their tables: PostgreSQL takes all of them, and every reference leads to one."""

import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bdc.ir import SystemIR
from bdc.output import EmitContext
from bdc.pipeline import compile_system
from bdc.source import SourceFile
from bdc_emitters.registry import load_emitter
from bdc_emitters.tests import summary
from bdc_emitters.tests.cells import Cells
from tests.support.postgres import Database, Databases

HERE = Path(__file__).parent
SYSTEMS = HERE.parent / "systems"
SPECS = (HERE / "rows.bds", *(SYSTEMS / name for name in ("club", "choices", "scales", "tree", "theatre")))
SCRIPTS = ("database/migrations/0001_initial/01_expand.sql", "database/release/api.sql")
TYPES = """
select string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod), ', ')
from pg_attribute where attrelid = $1::text::regclass and attname = any($2::text[])
"""
# Constraints that were put off are asked again, and rows are only compared with rows when all are there.
DANGLING = """
select conname, conrelid::regclass::text as holder, confrelid::regclass::text as target,
  (select array_agg(quote_ident(attname) order by place) from unnest(conkey) with ordinality as k(number, place)
   join pg_attribute on attrelid = conrelid and attnum = number) as mine,
  (select array_agg(quote_ident(attname) order by place) from unnest(confkey) with ordinality as k(number, place)
   join pg_attribute on attrelid = confrelid and attnum = number) as theirs
from pg_constraint where contype = 'f' and conparentid = 0
"""


def system_of(spec: Path) -> SystemIR:
    files = sorted(spec.glob("*.bds")) if spec.is_dir() else [spec]
    compilation = compile_system([SourceFile(path.name, path.read_text(encoding="utf-8")) for path in files])
    assert compilation.system is not None, compilation.diagnostics
    return compilation.system


@pytest.mark.asyncio
@pytest.mark.postgres
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
async def test_the_database_takes_every_row(spec: Path, databases: Databases) -> None:
    system = system_of(spec)
    document = Cells(system).document()
    assert not document["skipped"]
    connection = await migrated(databases.fresh(), system)
    try:
        await connection.execute("set session_replication_role = replica")
        for row in document["rows"]:
            await insert(connection, row["table"], row["columns"])
        await connection.execute("set session_replication_role = origin")
        for key in await connection.fetch(DANGLING):
            assert not await dangling(connection, key), key["conname"]
        for facts in document["entities"].values():
            for columns in facts["new"].values():
                await fits(connection, facts["table"], columns)
    finally:
        await connection.close()


async def migrated(database: Database, system: SystemIR) -> "asyncpg.Connection[Any]":
    files = {file.path: file.content for file in load_emitter("postgres").emit(system, EmitContext(system))}
    for script in SCRIPTS:
        await database.execute(f"begin;\n{files[script]}\ncommit;")
    return await asyncpg.connect(database.superuser_url)


async def insert(connection: "asyncpg.Connection[Any]", table: str, columns: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    typed = await connection.fetchval(TYPES, table, list(columns))
    await connection.execute(
        f"insert into {table} ({names}) overriding system value"
        f" select {names} from jsonb_to_record($1::jsonb) as given({typed})",
        json.dumps(columns),
    )


async def dangling(connection: "asyncpg.Connection[Any]", key: asyncpg.Record) -> int:
    """Return how many rows refer to none."""
    pairs = " and ".join(
        f"h.{mine} = t.{theirs}" for mine, theirs in zip(key["mine"], key["theirs"], strict=True)
    )
    given = " and ".join(f"h.{mine} is not null" for mine in key["mine"])
    return int(
        await connection.fetchval(
            f"select count(*) from {key['holder']} h where {given}"
            f" and not exists (select 1 from {key['target']} t where {pairs})"
        )
    )


async def fits(connection: "asyncpg.Connection[Any]", table: str, columns: dict[str, Any]) -> None:
    """The row to be is taken, unless a row stands in its way: what it breaks by itself would be refused before that."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await insert(connection, table, columns)
    except (asyncpg.UniqueViolationError, asyncpg.ExclusionViolationError):
        pass
    finally:
        await transaction.rollback()


def test_the_same_system_gives_the_same_rows() -> None:
    system = system_of(HERE / "rows.bds")
    assert Cells(system).document() == Cells(system_of(HERE / "rows.bds")).document()


def test_what_cannot_be_found_is_a_skipped_cell_with_its_constraint() -> None:
    document = Cells(system_of(HERE / "impossible.bds")).document()
    reasons = {cell["reason"] for cell in document["skipped"]}
    assert {cell["entity"] for cell in document["skipped"]} == {"Never"}
    assert all("Never: no" in reason and "ck_never_" in reason for reason in reasons)
    assert f"{len(document['skipped'])} of" in summary(document)


def test_an_example_is_used_and_shown() -> None:
    system = system_of(HERE / "rows.bds")
    rows = Cells(system).document()["rows"]
    assert 140 in {row["columns"].get("sum") for row in rows}
    files = {file.path: file.content for file in load_emitter("openapi").emit(system, EmitContext(system))}
    schemas = json.loads(files["api/documentation/openapi.json"])["components"]["schemas"]
    assert schemas["Subscription"]["properties"]["sum"]["examples"] == [140]
