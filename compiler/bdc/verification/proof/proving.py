"""Run a planned migration: forward, back and forward."""

import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import field, replace
from pathlib import Path

import asyncpg

from bdc.catalog import Database, Table
from bdc.catalog.differences import Difference, differences
from bdc.catalog.lifting import lifted
from bdc.ddl.names import Name, full, qualified
from bdc.ir import SystemIR
from bdc.plan import Edge
from bdc.source.records import dataclass
from bdc.stack.loading import run
from bdc.stack.reach import StackError
from bdc.stack.shared import shared_server
from bdc.verification.proof.making import LEDGER, Place, read
from bdc.verification.proof.record import Proof, Stopped
from bdc.verification.proof.runner import Answer, Runner, runner
from bdc.verification.rows import Held, Sought, fill, held, lost, sought_values
from bdc.verification.rows.rotated import make_partitions

_NAME = "migration"
_ROWS = (3, 1)
_RELEASE = (
    "-- release: api_none none\ncreate schema api_none;\ncomment on schema api_none is 'release none';\n"
)
_MOST_DIFFERENCES = 8
_LARGE = 100  # tables, from which on to make the new state from nothing takes too long


@dataclass(frozen=True)
class Trial:
    """The migration that is run. `before`: the specification of `old`; `files`: the files of the migration, by name; `edge`: what they hold."""

    before: SystemIR
    system: SystemIR
    old: Database
    new: Database
    edge: Edge
    files: Mapping[str, bytes]

    @property
    def extensions(self) -> tuple[str, ...]:
        return tuple(extension.name for extension in lifted(self.new).extensions)


def prove(step: Trial) -> Proof | Stopped:
    """Run `step` on an embedded server with rows in every table. A `Proof` that was skipped says why there is none: no server, or one
    that cannot make the database as it was. Never raises for what a migration does."""
    try:
        with (
            shared_server() as server,
            runner() as order,
            tempfile.TemporaryDirectory(prefix="bdc-proof-") as name,
        ):
            return _Run(Place(server), order, _folder(Path(name), step), step).proof()
    except (StackError, OSError) as error:
        return Proof(skipped=f"no embedded server: {_line(error)}")
    except _NotMade as error:
        return Proof(skipped=str(error))


class _NotMade(Exception):
    """The embedded server cannot make a state."""


def _folder(scratch: Path, step: Trial) -> Path:
    """Write what the runner reads: this migration alone, and a release without functions."""
    migration = scratch / "migrations" / _NAME
    migration.mkdir(parents=True)
    for name, content in step.files.items():
        (migration / name).write_bytes(content)
    (scratch / "release").mkdir()
    (scratch / "release" / "api.sql").write_text(_RELEASE, encoding="utf-8")
    return scratch


@dataclass
class _Run:
    """`empty`: tables that got no rows; `before`: the old database as PostgreSQL tells it, and `held` what it holds."""

    place: Place
    order: Runner
    folder: Path
    step: Trial
    empty: tuple[str, ...] = ()
    before: Database = field(default_factory=Database)
    held: Held = field(default_factory=Held)

    def proof(self) -> Proof | Stopped:
        """Make the new state beside it, on the server's other processors; of a large system only what changes is compared."""
        if len(self.step.new.tables) > _LARGE:
            return self._proved(None)
        with ThreadPoolExecutor(1) as pool:
            return self._proved(pool.submit(self._wanted))

    def _wanted(self) -> Database:
        return read(self._made(self.step.system, self.step.new))

    def _proved(self, wanted: "Future[Database] | None") -> Proof | Stopped:
        url, answer, rows = self._forward()
        if not answer.ok:
            return self._stopped(answer, rows)
        reached = read(url)
        found = self._unexpected(reached) if wanted is None else _differences(wanted.result(), reached)
        if found:
            return Stopped(None, "", "the database it leads to is another one: " + _listed(map(str, found)))
        if gone := lost(self.held, _held(url, reached), self.step.edge.operations):
            return Stopped(None, "", "it loses what nothing says may go: " + _listed(gone))
        back = self._irreversible()
        if not back:
            answer = self.order("down", url, self.folder, accept_loss=True)
            if not answer.ok:
                return _stop(answer, self.step.edge, forward=False)
            returned = read(url)
            left = [each for each in differences(self.before, returned) if each.path not in self._provided()]
            if gone := lost(self.held, _held(url, returned), self.step.edge.operations, back=True):
                return Stopped(None, "", "the way back loses rows: " + _listed(gone), forward=False)
            back = "the way back leaves a difference: " + _listed(map(str, left)) if left else ""
            again = self.order("migrate", url, self.folder, extent="all")
            if not again.ok and not back:
                return _stop(again, self.step.edge)
        return Proof(rows=rows, without_rows=self.empty, back=back)

    def _provided(self) -> set[str]:
        """The extensions that were made before the migration, which only a superuser may make: whether the way back drops one says nothing."""
        known = {extension.name for extension in lifted(self.step.old).extensions}
        return {f"extension {name}" for name in self.step.extensions if name not in known}

    def _unexpected(self, after: Database) -> list[Difference]:
        """Return what changed that does not change between the two states, and what did not come or go that does."""
        asked = differences(self.step.old, self.step.new)
        found = _differences(self.before, after)
        known = {each.path for each in asked}
        came = {each.path for each in found}
        odd = [each for each in found if not any(each.path.startswith(path) for path in known)]
        return [*odd, *(each for each in asked if each.attribute is None and each.path not in came)]

    def _forward(self) -> tuple[str, Answer, int]:
        """Go forward with as many rows as the migration's own questions allow; return the database, the answer and the number."""
        for rows in _ROWS:
            url, answer = self._run(rows)
            if not answer.rows:
                return url, answer, rows
        url, answer = self._run(1, self._asked())
        if not answer.rows:
            return url, answer, 1
        url, answer = self._run(0)
        return url, answer, 0

    def _run(self, rows: int, skip: frozenset[Name] = frozenset()) -> tuple[str, Answer]:
        url = self._made(self.step.before, self.step.old)
        self.before = read(url)
        sought = sought_values(self.step.edge)
        filled = (
            run(_filled(url, self.before, rows, skip, sought)) if rows else tuple(_names(self.before.tables))
        )
        self.held = _held(url, self.before)
        self.empty = tuple(sorted({*filled, *(full(name) for name in skip - LEDGER)}))
        start = self.order("baseline", url, self.folder, state=self.step.edge.source)
        if not start.ok:
            raise _NotMade(f"the embedded server is not at the state before: {_said(start.text)}")
        return url, self.order("migrate", url, self.folder, extent="all")

    def _made(self, system: SystemIR, database: Database) -> str:
        try:
            return self.place.make(system, database, self.step.extensions)
        except asyncpg.PostgresError as error:
            raise _NotMade(f"the embedded server cannot make the database: {_line(error)}") from error

    def _asked(self) -> frozenset[Name]:
        """The tables that the migration counts rows in, and what refers to them: with no rows there, nothing is in its way."""
        asked = {
            table
            for operation in self.step.edge.operations
            for check in operation.checks
            for table in check.reads
        }
        tables = self.before.tables
        found = {table.name for table in tables if asked & {full(table.name), qualified(table.name)}}
        while more := {
            table.name
            for table in tables
            if table.name not in found and any(key.target in found for key in table.foreign_keys)
        }:
            found |= more
        return frozenset(found)

    def _stopped(self, answer: Answer, rows: int) -> Stopped:
        """Ask once more without rows: what runs then is stopped by rows that the old schema allows."""
        stopped = _stop(answer, self.step.edge)
        if not rows:
            return stopped
        _, without = self._run(0)
        return replace(stopped, rows=without.ok)

    def _irreversible(self) -> str:
        lost = [each for each in self.step.edge.operations if each.undo is None]
        return "; ".join(f"{each.id}: {each.irreversible}" for each in lost)


def _differences(wanted: Database, found: Database) -> list[Difference]:
    """Default privileges give rights on what is made after them, so two ways to one state differ by these."""
    given = any(
        other.kind == "default privileges" and " grant " in other.definition for other in wanted.others
    )
    return [each for each in differences(wanted, found) if not (given and ", right " in each.path)]


def _stop(answer: Answer, edge: Edge, *, forward: bool = True) -> Stopped:
    """Find the operation that the runner speaks of, and leave what PostgreSQL said."""
    for operation in edge.operations:
        head = f"{_NAME}/{operation.id} ({operation.title}): "
        if answer.text.startswith(head):
            return Stopped(operation.id, operation.title, _said(answer.text.removeprefix(head)), forward)
    return Stopped(None, "", _said(answer.text), forward)


def _said(text: str) -> str:
    """Return the message with its detail in one line; what PostgreSQL proposes is for those who write SQL by hand."""
    message, _, rest = text.partition("\nwhat came before it is kept")[0].partition("\nDETAIL:  ")
    detail = rest.partition("\nHINT:  ")[0]
    return " ".join(f"{message.partition('HINT:  ')[0]}{f' ({detail})' if detail else ''}".split())


async def _filled(
    url: str, database: Database, rows: int, skip: frozenset[Name], sought: Mapping[str, Sought]
) -> tuple[str, ...]:
    connection = await asyncpg.connect(url)
    try:
        empty = await fill(connection, database, rows, skip | LEDGER, sought)
        await make_partitions(connection, database)
        return empty
    finally:
        await connection.close()


def _held(url: str, database: Database) -> Held:
    """Return what the database at `url` holds, which is `database`."""

    async def read_it() -> Held:
        connection = await asyncpg.connect(url)
        try:
            return await held(connection, database, LEDGER)
        finally:
            await connection.close()

    return run(read_it())


def _names(tables: Iterable[Table]) -> Iterable[str]:
    return (full(table.name) for table in tables if table.name not in LEDGER)


def _listed(lines: Iterable[str]) -> str:
    found = list(lines)
    rest = f"; and {len(found) - _MOST_DIFFERENCES} more" if len(found) > _MOST_DIFFERENCES else ""
    return "; ".join(found[:_MOST_DIFFERENCES]) + rest


def _line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
