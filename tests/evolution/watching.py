"""Run operations and look: what each transaction locks and rewrites, and whether operations know that they are done."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby

from bdc.plan import Operation
from tests.evolution.laboratory import Connection
from tests.support.apply_edge import run_batches

# Modes from the weakest that anybody feels; weaker ones hold nobody up.
_MODES = ("SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE")
_DECLARED = frozenset({"BLOCKS", "OPAQUE"})
_PLACES = """
select c.oid::bigint, format('%I.%I', n.nspname, c.relname), pg_relation_filenode(c.oid)::bigint, c.relpersistence::text
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
"""
_LOCKS = """
select relation::bigint, mode from pg_locks
where pid = pg_backend_pid() and locktype = 'relation' and granted and database <> 0
"""


_SCANS = "select relid::bigint, seq_scan from pg_stat_xact_all_tables where seq_scan > 0"


@dataclass
class Seen:
    """`wrong`: what was not predicted, in words. `blocking`: tables that were read or written whole under a lock that holds writers
    up, with what did it."""

    wrong: list[str] = field(default_factory=list)
    blocking: list[str] = field(default_factory=list)
    groups: int = 0
    rewrites: int = 0


async def run_watched(
    connection: Connection, operations: Iterable[Operation], between: Callable[[], Awaitable[None]]
) -> Seen:
    """Run all operations, group by group, and return what was seen; `between` is called after every commit. AssertionError when
    one fails."""
    seen = Seen()
    start = {oid: name for oid, name, _, _ in await connection.fetch(_PLACES)}
    for _, group in groupby(operations, key=lambda each: each.group):
        await _group(connection, tuple(group), start, seen)
        await between()
        seen.groups += 1
    return seen


async def _group(
    connection: Connection, group: tuple[Operation, ...], start: dict[int, str], seen: Seen
) -> None:
    await _said_done(connection, group, False, seen)
    places = await connection.fetch(_PLACES)
    before = {oid: node for oid, _, node, _ in places}
    names = {oid: {start[oid], name} for oid, name, _, _ in places if oid in start}
    if group[0].transaction == "shared":
        async with connection.transaction():
            scans = dict(await connection.fetch(_SCANS))
            for operation in group:
                await _run(connection, operation)
            scanned = {oid for oid, count in await connection.fetch(_SCANS) if count > scans.get(oid, 0)}
            held = [(oid, _spaced(mode)) for oid, mode in await connection.fetch(_LOCKS) if oid in start]
            for oid, name, _, _ in await connection.fetch(_PLACES):
                names.get(oid, set()).add(name)
        _compare(group, [(names[oid], mode) for oid, mode in held], seen)
        declared = any(hazard.code in _DECLARED for each in group for hazard in each.hazards)
        blocked = sorted({start[oid] for oid, mode in held if oid in scanned and mode in _MODES[1:]})
        seen.blocking += [f"{_names(group)}: {table}" for table in blocked]
        if blocked and not declared:
            seen.wrong.append(
                f"{_names(group)}: {blocked} are read whole under a strong lock, and nobody said so"
            )
    else:
        for operation in group:
            await _run(connection, operation)
    for oid, name, node, _ in await connection.fetch(_PLACES):
        if oid in start and node is not None and before.get(oid) not in (None, node):
            seen.rewrites += 1
            if not any(each.scans.get(one) == "rewrite" for each in group for one in names[oid]):
                seen.wrong.append(f"{_names(group)}: {name} was rewritten, and nobody said so")
    await _said_done(connection, group, True, seen)


async def _run(connection: Connection, operation: Operation) -> None:
    if operation.batch is not None:
        await run_batches(connection, operation, 7)
    for statement in operation.statements:
        try:
            await connection.execute(statement)
        except Exception as failure:
            raise AssertionError(f"{operation.id}: {failure}\n{statement}") from failure


async def _said_done(connection: Connection, group: Iterable[Operation], after: bool, seen: Seen) -> None:
    for operation in group:
        if operation.done is None:
            continue
        try:
            done = await connection.fetchval(operation.done)
        except Exception as failure:
            raise AssertionError(f"{operation.id}: done: {failure}\n{operation.done}") from failure
        if done is not after:
            seen.wrong.append(
                f"{operation.id} says {'not ' if after else ''}done {'after' if after else 'before'} it ran"
            )


def _compare(group: tuple[Operation, ...], held: list[tuple[set[str], str]], seen: Seen) -> None:
    """A table is known by the name it had at the start, has, or gets in this transaction."""
    for names, mode in held:
        if mode not in _MODES:
            continue
        said = [mode for each in group for table, mode in each.locks.items() if table in names]
        if not any(one in _MODES and _MODES.index(one) >= _MODES.index(mode) for one in said):
            seen.wrong.append(f"{_names(group)}: {sorted(names)} locked {mode}, said was {said or 'nothing'}")


def _names(group: Iterable[Operation]) -> str:
    return "+".join(operation.id for operation in group)


def _spaced(mode: str) -> str:
    """`AccessExclusiveLock` → `ACCESS EXCLUSIVE`."""
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in mode.removesuffix("Lock"))
    return words.strip().upper()
