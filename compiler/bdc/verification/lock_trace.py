"""Which locks operations take, and which tables they read or write whole, seen from inside: each is run in its transaction, and the
server is asked before the next.

Statements that are no part of a transaction (indexes built concurrently) and backfills keep nothing to look at; they are run, unseen.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

import asyncpg

from bdc.ddl.names import Name, full, quote
from bdc.plan import Operation
from bdc.source.records import dataclass

# From the weakest to the strongest; the first three block no reader and no writer of rows.
MODES = (
    "ACCESS SHARE",
    "ROW SHARE",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
)
_HARMLESS = 3
_HOLDS_WRITERS = MODES.index("SHARE")
_HELD = """
select n.nspname as schema, c.relname as name, l.mode from pg_locks l
join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
where l.pid = pg_backend_pid() and l.granted and l.locktype = 'relation' and c.relkind in ('r', 'p', 'm')
  and l.database = (select oid from pg_database where datname = current_database()) and c.oid = any($1::oid[])
"""
_TABLES = """
select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
"""
_FILES = """
select c.oid, n.nspname as schema, c.relname as name, pg_relation_filenode(c.oid) as file,
  coalesce(s.seq_scan, 0) as scans
from pg_class c join pg_namespace n on n.oid = c.relnamespace
left join pg_stat_xact_all_tables s on s.relid = c.oid where c.oid = any($1::oid[])
"""


@dataclass(frozen=True, slots=True)
class Unforeseen:
    """A lock on a table that was there before, stronger than the plan says (None: the plan says nothing of the table)."""

    operation: str
    table: str
    observed: str
    predicted: str | None

    def __str__(self) -> str:
        said = self.predicted or "nothing"
        return f"{self.operation} locks {self.table} in {self.observed}; the plan says {said}"


@dataclass(frozen=True, slots=True)
class Whole:
    """A table that was there before is written anew, or is read from end to end under a lock that holds writers up, and the
    operation declares neither a scan nor a hazard."""

    operation: str
    table: str
    rewritten: bool

    def __str__(self) -> str:
        does = "writes all of" if self.rewritten else "reads all of"
        return f"{self.operation} {does} {self.table} while writers wait; the plan says nothing"


async def unforeseen(
    connection: "asyncpg.Connection[asyncpg.Record]", operations: Iterable[Operation]
) -> tuple[Unforeseen | Whole, ...]:
    """Run `operations` on a database at the state before them; return what was not foreseen of locks, and of tables whole."""
    before = [row["oid"] for row in await connection.fetch(_TABLES)]
    found: list[Unforeseen | Whole] = []
    for (kind, _), members in groupby(operations, key=lambda one: (one.transaction, one.group)):
        if kind == "shared":
            found.extend(await _together(connection, tuple(members), before))
        else:
            for operation in members:
                await _unseen(connection, operation)
    return tuple(found)


async def _together(
    connection: "asyncpg.Connection[asyncpg.Record]", group: tuple[Operation, ...], before: list[int]
) -> list[Unforeseen | Whole]:
    """Locks stay until the end of the transaction: what the operations before one have taken is theirs."""
    found: list[Unforeseen | Whole] = []
    predicted: dict[str, str] = {}
    async with connection.transaction():
        files = await _files(connection, before)
        for operation in group:
            predicted |= {
                name: _stronger(mode, predicted.get(name)) for name, mode in operation.locks.items()
            }
            for statement in operation.statements:
                await connection.execute(statement)
            held = [
                (full(Name(row["name"], row["schema"])), _spelled(row["mode"]))
                for row in await connection.fetch(_HELD, before)
            ]
            found.extend(_compare(operation.id, held, predicted))
            predicted |= {name: _stronger(mode, predicted.get(name)) for name, mode in held}
            earlier, files = files, await _files(connection, before)
            found.extend(_whole(operation, earlier, files, predicted))
    return found


async def _files(
    connection: "asyncpg.Connection[asyncpg.Record]", tables: list[int]
) -> dict[int, tuple[str, int | None, int]]:
    """Return name, file and scans in this transaction of each table that is there."""
    rows = await connection.fetch(_FILES, tables)
    return {row["oid"]: (full(Name(row["name"], row["schema"])), row["file"], row["scans"]) for row in rows}


def _whole(
    operation: Operation,
    earlier: Mapping[int, tuple[str, int | None, int]],
    later: Mapping[int, tuple[str, int | None, int]],
    held: Mapping[str, str],
) -> Iterator[Whole]:
    for oid, (name, file, scans) in later.items():
        called, had, before = earlier[oid]
        rewritten = file != had
        read = scans > before and _rank(held.get(name)) >= _HOLDS_WRITERS
        if (rewritten or read) and called not in operation.scans and not operation.hazards:
            yield Whole(operation.id, name, rewritten)


def _compare(operation: str, held: list[tuple[str, str]], predicted: Mapping[str, str]) -> list[Unforeseen]:
    return [
        Unforeseen(operation, name, mode, predicted.get(name))
        for name, mode in sorted(held)
        if _rank(mode) >= _HARMLESS and _rank(mode) > _rank(predicted.get(name))
    ]


def _rank(mode: str | None) -> int:
    return MODES.index(mode) if mode in MODES else -1


def _stronger(mode: str, other: str | None) -> str:
    return mode if _rank(mode) >= _rank(other) else str(other)


def _spelled(mode: str) -> str:
    """`AccessExclusiveLock` as the manual has it: `ACCESS EXCLUSIVE`."""
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in mode.removesuffix("Lock"))
    return words.strip().upper()


async def _unseen(connection: "asyncpg.Connection[asyncpg.Record]", operation: Operation) -> None:
    for statement in operation.statements:
        await connection.execute(statement)
    if operation.batch is not None:
        batch = operation.batch
        changes = ", ".join(f"{quote(column)} = {value}" for column, value in batch.set.items())
        await connection.execute(f"update {batch.table} set {changes} where {batch.where}")
