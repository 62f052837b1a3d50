"""A database that looks as large as the declared load: tables without rows, in files as long as they would be."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bdc.ir import SystemIR
from bdc.plans.judge import Planned, columns_of, index_for, problems
from bdc.plans.requests import Request
from bdc.plans.statistics import TableStatistics, statistics
from bdc.stack.reach import StackError

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

_SEGMENT = 1 << 30  # PostgreSQL cuts the files of a table at one GiB
_PAGE = 8192
_MOST_BYTES = 1 << 44
_ENTRY_BYTES = 40  # of an index
# Reads requests from stdin, writes the statements that the service composes for them.
_DRIVER = """
import json, sys
from api.engine.statement import statements
from api.engine.http.routing import Router
from api.routes import ROUTES
from services.engine.problems import Problem
router = Router(ROUTES)
for line in sys.stdin:
    path, query = json.loads(line)
    found = router.match("GET", path).route
    try:
        told = list(statements(found, query.encode())) if found is not None else []
    except Problem as problem:
        told = []
    print(json.dumps(told), flush=True)
"""


def composed(out: Path, wanted: Sequence[Request]) -> list[list[str]]:
    """Return the statements of each request, as the service in `out` composes them. StackError when that does not run."""
    key = "00000000-0000-0000-0000-000000000001"
    lines = "".join(json.dumps([each.path.replace("{id}", key), each.query]) + "\n" for each in wanted)
    done = subprocess.run(
        [sys.executable, "-c", _DRIVER],
        cwd=out,
        env={**os.environ, "PYTHONPATH": str(out), "CURSOR_KEY": "x" * 32},
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise StackError(f"the statements could not be composed:\n{done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


@contextmanager
def sized_database(system: SystemIR, out: Path, scratch: Path) -> "Iterator[Sized]":
    """Yield a database with the schema of `out`, as large as the declared load says. StackError."""
    from bdc.stack.backend import migrate
    from bdc.stack.keys import development_keys
    from bdc.stack.shared import shared_server
    from bdc.stack.up import UpOptions, service_settings

    with shared_server() as server:
        settings = service_settings(
            system, server.superuser_url, development_keys(scratch / "keys"), UpOptions()
        )
        migrate(out, settings, seed=False)
        yield Sized(system, settings.admin_url, settings.runtime_url, server.data_dir)


class Sized:
    """`plan` plans requests; the sizes are made before the first one."""

    def __init__(self, system: SystemIR, admin: str, runtime: str, data: Path) -> None:
        self._system, self._admin, self._runtime, self._data = system, admin, runtime, data
        self._tables = statistics(system)
        self._rows = {table.table: table.rows for table in self._tables if table.declared}

    def plan(self, wanted: Sequence[Request], texts: Sequence[Sequence[str]]) -> list[Planned]:
        """Plan each request; where one scans or sorts much, plan it again with the index that would serve."""
        return asyncio.run(self._plan(wanted, texts))

    async def _plan(self, wanted: Sequence[Request], texts: Sequence[Sequence[str]]) -> list[Planned]:
        import asyncpg

        admin = await asyncpg.connect(self._admin)
        try:
            await admin.execute("alter system set autovacuum = off")
            await admin.execute("select pg_reload_conf()")
            await self._grow(admin, self._tables)
            found = [
                planned
                for request, statements in zip(wanted, texts, strict=True)
                for statement in statements
                if (planned := await self._one(admin, request, statement)) is not None
            ]
        finally:
            await admin.close()
        return found

    async def _one(self, admin: "Connection", request: Request, statement: str) -> Planned | None:
        plan = await self._explained(statement)
        found = Planned(request, plan["Total Cost"], plan, problems(plan, self._rows))
        index = index_for(self._system, request) if found.problems else ""
        return await self._tried(admin, found, statement, index) if index else found

    async def _explained(self, statement: str) -> dict[str, Any]:
        """Plan as the runtime role does, under row level security."""
        import asyncpg

        connection = await asyncpg.connect(self._runtime)
        try:
            await connection.execute(f"prepare planned as {statement}")
            count = max(map(int, re.findall(r"\$(\d+)", statement)), default=0)
            values = f"({', '.join(['null'] * count)})" if count else ""
            await connection.execute("set plan_cache_mode = force_generic_plan")
            told = await connection.fetchval(f"explain (format json) execute planned{values}")
        finally:
            await connection.close()
        plan: dict[str, Any] = json.loads(told)[0]["Plan"]
        return plan

    async def _tried(self, admin: "Connection", found: Planned, statement: str, index: str) -> Planned:
        """Make the index, plan again, and take it away; it is offered where the problem is gone and the cost is lower."""
        table = next(each for each in self._tables if each.entity == found.request.entity)
        keys = ", ".join(columns_of(self._system, found.request, index))
        await self._shrink(admin, table)
        await admin.execute(f'create index bdc_tried on "{table.schema}"."{table.table}" ({keys})')
        await self._grow(admin, [table])
        try:
            plan = await self._explained(statement)
        finally:
            await self._shrink(admin, table)
            await admin.execute(f'drop index "{table.schema}".bdc_tried')
            await self._grow(admin, [table])
        better = len(problems(plan, self._rows)) < len(found.problems) and plan["Total Cost"] < found.cost
        return replace(found, index=index, cost_with_index=plan["Total Cost"]) if better else found

    # ---- sizes ---------------------------------------------------------------------------------------------------------
    async def _grow(self, admin: "Connection", tables: Iterable[TableStatistics]) -> None:
        for table in tables:
            await _restore(admin, table)
            for path, kind in await _files(admin, table):
                entries = table.rows * _ENTRY_BYTES // _PAGE
                self._lengthen(path, table.pages if kind == "r" else max(2, entries))

    async def _shrink(self, admin: "Connection", table: TableStatistics) -> None:
        """Cut the file of a table to nothing: it holds no row."""
        for path, kind in await _files(admin, table):
            if kind == "r":
                for file in self._data.glob(f"{path}.*"):
                    file.unlink()
                os.truncate(self._data / path, 0)

    def _lengthen(self, path: str, pages: int) -> None:
        """Make a file at least as long, in segments; the new pages take no room on the disk."""
        size, number = min(pages * _PAGE, _MOST_BYTES), 0
        first = self._data / path
        owner = first.stat()
        while size > 0:
            file = first if number == 0 else first.with_name(f"{first.name}.{number}")
            if not file.exists():
                file.touch(mode=0o600)
                if os.geteuid() == 0:
                    os.chown(file, owner.st_uid, owner.st_gid)
            if file.stat().st_size < min(size, _SEGMENT):
                os.truncate(file, min(size, _SEGMENT))
            size, number = size - _SEGMENT, number + 1


async def _files(admin: "Connection", table: TableStatistics) -> list[tuple[str, str]]:
    """Return the file of a table, and those of its B-trees, with `r` or `i`."""
    rows = await admin.fetch(
        """
        select pg_relation_filepath(c.oid) as path, c.relkind::text as kind from pg_class c
        where c.relkind = 'r' and c.oid = to_regclass($1)
        union all
        select pg_relation_filepath(i.oid), 'i' from pg_index x join pg_class i on i.oid = x.indexrelid
        join pg_am m on m.oid = i.relam and m.amname = 'btree' where x.indrelid = to_regclass($1)
        """,
        f'"{table.schema}"."{table.table}"',
    )
    return [(row["path"], row["kind"]) for row in rows if row["path"]]


async def _restore(admin: "Connection", table: TableStatistics) -> None:
    await admin.execute(
        "select pg_restore_relation_stats('schemaname', $1::text, 'relname', $2::text, 'relpages', $3::integer, "
        "'reltuples', $4::real, 'relallvisible', $3::integer)",
        table.schema,
        table.table,
        min(table.pages, 2**31 - 1),
        float(table.rows),
    )
    for column in table.columns:
        await admin.execute(
            "select pg_restore_attribute_stats('schemaname', $1::text, 'relname', $2::text, 'attname', $3::text, "
            "'inherited', false, 'null_frac', $4::real, 'avg_width', $5::integer, 'n_distinct', $6::real, "
            "'correlation', $7::real)",
            table.schema,
            table.table,
            column.name,
            column.nulls,
            column.width,
            column.distinct,
            column.correlation,
        )
