"""The migrations of a built backend, judged on an embedded PostgreSQL that is thrown away.

For an edge from A to B: its runner brings a database from A to B; that is B as an empty database gets it, object by object; the way
back returns to A; with rows in every table, no row or value is lost that nothing says may go, there or back; no operation locks a table
that was there more strongly than the plan says, or goes through all of it while writers wait and says nothing; squawk finds nothing.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg

from bdc.catalog import Database, state_hash
from bdc.catalog.differences import differences
from bdc.catalog.live.reader import read_database
from bdc.ddl.names import Name, quote
from bdc.evolution import WrittenMigration
from bdc.plan import Edge
from bdc.query.compile import compile_queries
from bdc.schema.initial import initial_migration
from bdc.schema.state import physical_state
from bdc.source.records import dataclass
from bdc.stack.loading import run
from bdc.stack.migrations import captured
from bdc.stack.reach import StackError
from bdc.stack.server import Server, start
from bdc.stack.template import prepare_temporary
from bdc.verification import squawk
from bdc.verification.lock_trace import unforeseen
from bdc.verification.proof import read_proof
from bdc.verification.proof.making import LEDGER
from bdc.verification.rows import Held, fill, held, lost

_ROWS = (3, 1)
_IN_THE_WAY = 6  # the exit code of a run that rows do not allow
_LEDGER = Name("migration_operation", "app")
_SCHEMAS = """
select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'bdc_archive')
  and coalesce(obj_description(oid, 'pg_namespace'), '') !~ '^release '
"""
# CREATE DATABASE copies everything but the rights on the database itself.
_SAME_RIGHTS = """
update pg_database set datacl = (select datacl from pg_database where datname = $1) where datname = $2
"""
_NO_FUNCTIONS = """-- release: api_none none
create schema api_none;
comment on schema api_none is 'release none';
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One question about one migration. `findings`: what speaks against it; `note`: why it was not asked."""

    migration: str
    question: str
    findings: tuple[str, ...] = ()
    note: str | None = None


def verify(out: Path, history: tuple[WrittenMigration, ...], *, everything: bool) -> Iterator[Verdict]:
    """Judge the last migration of the backend in `out`, or all. Raises StackError when there is no server to judge on."""
    first = 0 if everything else len(history) - 1
    with (
        start(made_by=prepare_temporary) as server,
        tempfile.TemporaryDirectory(prefix="bdc-verify-") as name,
    ):
        for number in range(first, len(history)):
            yield from _recorded(history[number])
            yield from _Trial(server, out, Path(name), history, number).verdicts()
    yield from _squawk(out, history[first:])


def _recorded(migration: WrittenMigration) -> Iterator[Verdict]:
    proof = read_proof(migration.folder)
    if proof is not None:
        note = None if proof.is_proven else str(proof)
        yield Verdict(migration.name, "it was run before it was written", note=note)


class _Trial:
    """One migration, number `number` of the history, on databases of its own."""

    def __init__(
        self, server: Server, out: Path, scratch: Path, history: tuple[WrittenMigration, ...], number: int
    ) -> None:
        self._server, self._out = server, out
        self._history, self._number = history, number
        self._scratch = scratch / str(number)
        self._migration = history[number]
        self._edge = self._migration.edge

    def verdicts(self) -> Iterator[Verdict]:
        name = f"verify_{self._number}"
        url = self._fresh(name)
        if self._number:
            self._runner(url, self._number, "up", "--all")
        before = _read(url)
        traced = self._fresh(f"{name}_locks", name) if self._edge else None
        failure = self._said(url, self._number + 1, "up", "--all")
        yield Verdict(self._migration.name, "it runs", failure)
        if failure:
            return
        if self._edge is not None:
            yield self._at_once_too(url, f"{name}_new")
        yield self._way_back(url, before)
        if traced is not None and self._edge is not None:
            yield self._keeps(before, self._edge, f"{name}_locks")
            found = run(_locks(traced, self._edge))
            yield Verdict(self._migration.name, "it locks what the plan says", found)

    def _at_once_too(self, url: str, name: str) -> Verdict:
        question = "old → new is nothing → new"
        system = self._migration.system
        if state_hash(physical_state(system, compile_queries(system))) != self._migration.target:
            return Verdict(self._migration.name, question, note="not asked: another release of bdc wrote it")
        return Verdict(self._migration.name, question, _different(self._at_once(name), _read(url)))

    def _way_back(self, url: str, before: Database) -> Verdict:
        question = "down returns to old"
        operations = self._edge.operations if self._edge else ()
        lost = [one for one in operations if one.undo is None]
        if lost:
            reasons = "; ".join(f"{one.id}: {one.irreversible}" for one in lost)
            return Verdict(self._migration.name, question, note=f"it cannot be rolled back: {reasons}")
        failure = self._said(url, self._number + 1, "down", "--accept-loss")
        return Verdict(self._migration.name, question, failure or _different(before, _read(url)))

    def _keeps(self, before: Database, edge: Edge, template: str) -> Verdict:
        """Go there and back with rows in every table, as many as the migration's own questions about rows allow."""
        question = "no row or value is lost"
        for rows in _ROWS:
            url = self._fresh(f"{template}_{rows}", template)
            start = run(_filled(url, before, rows))
            code, text = self._answer(url, self._number + 1, "up", "--all")
            if code == _IN_THE_WAY:
                continue
            if code:
                return Verdict(
                    self._migration.name, question, (f"with {rows} rows in each table: {text.strip()}",)
                )
            gone = lost(start, run(_held(url, _read(url))), edge.operations)
            if not gone and all(one.undo is not None for one in edge.operations):
                code, text = self._answer(url, self._number + 1, "down", "--accept-loss")
                back = run(_held(url, _read(url))) if not code else None
                gone = (text.strip(),) if back is None else lost(start, back, edge.operations, back=True)
            return Verdict(self._migration.name, question, gone)
        return Verdict(self._migration.name, question, note="not asked: the migration asks for other rows")

    def _runner(self, url: str, count: int, *arguments: str) -> None:
        failure = self._said(url, count, *arguments)
        if failure:
            raise StackError(f"the migrations before {self._migration.name} do not run: {failure[0]}")

    def _said(self, url: str, count: int, *arguments: str) -> tuple[str, ...]:
        """Run the backend's own command as if it had only `count` migrations; return what it said when it failed."""
        code, text = self._answer(url, count, *arguments)
        return (text.strip(),) if code else ()

    def _answer(self, url: str, count: int, *arguments: str) -> tuple[int, str]:
        copy = self._scratch / str(count)
        if not copy.exists():
            self._copy(copy)
            for migration in self._history[count:]:
                shutil.rmtree(copy / "database" / "migrations" / migration.name)
        return captured(copy, url, arguments)

    def _copy(self, folder: Path) -> None:
        """Copy the runner and the migrations. The functions of the release fit the last schema alone, and are no part of this."""
        shutil.copytree(self._out / "database", folder / "database", ignore=shutil.ignore_patterns("seeds"))
        (folder / "database" / "release" / "api.sql").write_text(_NO_FUNCTIONS, encoding="utf-8")

    def _at_once(self, name: str) -> Database:
        """Return the schema as an empty database gets it from the specification that the migration was made for."""
        system, folder = self._migration.system, self._scratch / "new"
        self._copy(folder)
        shutil.rmtree(folder / "database" / "migrations")
        for file in initial_migration(system, compile_queries(system)):
            (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / file.path).write_bytes(file.encoded)
        url = self._fresh(name)
        code, text = captured(folder, url, ("up", "--all"))
        if code:
            raise StackError(f"the schema of {self._migration.name} cannot be made at once: {text.strip()}")
        return _read(url)

    def _fresh(self, name: str, template: str = "template0") -> str:
        async def create() -> None:
            connection = await asyncpg.connect(self._server.superuser_url)
            try:
                await connection.execute(f"create database {quote(name)} template {quote(template)}")
                if template != "template0":
                    await connection.execute(_SAME_RIGHTS, template, name)
            finally:
                await connection.close()

        run(create())
        return self._server.url("postgres", name)


async def _filled(url: str, database: Database, rows: int) -> Held:
    """Put rows into every table, and return what is there then."""
    connection = await asyncpg.connect(url)
    try:
        await fill(connection, database, rows, LEDGER)
        return await held(connection, database, LEDGER)
    finally:
        await connection.close()


async def _held(url: str, database: Database) -> Held:
    connection = await asyncpg.connect(url)
    try:
        return await held(connection, database, LEDGER)
    finally:
        await connection.close()


async def _locks(url: str, edge: Edge) -> tuple[str, ...]:
    connection = await asyncpg.connect(url)
    try:
        if edge.role:
            await connection.execute(f"set role {quote(edge.role)}")
        if edge.search_path:
            await connection.execute("select set_config('search_path', $1, false)", edge.search_path)
        return tuple(str(found) for found in await unforeseen(connection, edge.operations))
    finally:
        await connection.close()


def _read(url: str) -> Database:
    """Return what migrations make: without the functions of releases and without the runner's own ledger."""

    async def read() -> Database:
        connection = await asyncpg.connect(url)
        try:
            schemas = [row["nspname"] for row in await connection.fetch(_SCHEMAS)]
            return await read_database(connection, schemas)
        finally:
            await connection.close()

    found = run(read())
    tables = tuple(table for table in found.tables if table.name != _LEDGER)
    return found.model_copy(update={"tables": tables})


def _different(wanted: Database, found: Database) -> tuple[str, ...]:
    return tuple(str(one) for one in differences(wanted, found))


def _squawk(out: Path, migrations: tuple[WrittenMigration, ...]) -> Iterator[Verdict]:
    """Squawk is asked where it is installed."""
    program = squawk.program()
    for migration in migrations:
        question = "squawk finds nothing undeclared"
        if program is None:
            yield Verdict(migration.name, question, note="not run: squawk is not installed")
        elif migration.edge is not None:
            yield Verdict(migration.name, question, squawk.findings(program, migration.edge.operations))
        else:
            config, files = out / "database" / ".squawk.toml", sorted(migration.folder.glob("*.sql"))
            yield Verdict(migration.name, question, squawk.findings_in_files(program, config, files))
