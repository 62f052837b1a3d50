"""A pair of scripts and its law: the plan between them runs forward, back and forward again with rows in every table, each state is
the one that its script makes from nothing, and no row or value is lost; or the plan is refused, and nothing runs."""

from collections.abc import Iterable
from dataclasses import dataclass

import asyncpg

from bdc.catalog import Database, assemble, differences
from bdc.ddl.names import full, quote
from bdc.ddl.opaque import object_of
from bdc.ddl.script import split
from bdc.plan import Hints, Operation, plan
from bdc.plan.verifier import verify
from tests.evolution.laboratory import Connection, Laboratory, read
from tests.evolution.rows import fill
from tests.support.apply_edge import apply_edge, run_checks, undo_edge

ROWS = 5
Contents = dict[str, list[tuple[str | None, ...]]]


class Broken(AssertionError):
    """What was seen instead of what the law says."""


class Invalid(Exception):
    """A script that PostgreSQL itself does not take."""


@dataclass(frozen=True)
class Outcome:
    """`refused`: the messages of the plan, none when it ran."""

    refused: tuple[str, ...] = ()
    operations: tuple[Operation, ...] = ()


def state(script: str) -> Database:
    """Return the state that a specification with this SQL has: its statements, unread."""
    return assemble(object_of(statement) for statement in split(script))


async def hold(place: Laboratory, before: str, after: str, hints: Hints = Hints()) -> Outcome:  # noqa: B008 (frozen)
    """Return how the pair ended. Raises Broken."""
    planned = plan(state(before), state(after), hints)
    if planned.refusals:
        return Outcome(tuple(f"{each.code} {each.message}" for each in planned.refusals))
    if rules := verify(planned.operations):
        raise Broken("rules: " + "; ".join(f"{each.rule} {each.operation}: {each.message}" for each in rules))
    async with place.empty() as connection:
        await _made(connection, after)
        wanted = await read(connection)
    async with place.empty() as connection:
        await _made(connection, before)
        start = await read(connection)
        await _filled(connection, start)
        if held := await _in_the_way(connection, planned.operations):
            return Outcome(held)
        await _walked(connection, planned.operations, start, wanted)
    return Outcome((), planned.operations)


async def _made(connection: Connection, script: str) -> None:
    try:
        await connection.execute(f"set check_function_bodies = off; {script}")
    except asyncpg.PostgresError as failure:
        raise Invalid(str(failure)) from failure


async def _filled(connection: Connection, state: Database) -> None:
    for statement in fill(state, ROWS):
        await connection.execute(statement)
    for view in state.views:
        if view.materialized:
            await connection.execute(f"refresh materialized view {full(view.name)}")


async def _in_the_way(connection: Connection, operations: Iterable[Operation]) -> tuple[str, ...]:
    """Return what the runner says before it does anything."""
    try:
        await run_checks(connection, operations)
    except AssertionError as failure:
        return (str(failure),)
    return ()


async def _walked(
    connection: Connection, operations: tuple[Operation, ...], start: Database, wanted: Database
) -> None:
    held = await contents(connection, start, wanted)
    for leg in ("forward", "back", "forward again"):
        try:
            await (undo_edge if leg == "back" else apply_edge)(connection, operations)
        except AssertionError as failure:
            if leg == "back" and any(each.undo is None for each in operations):
                return
            raise Broken(f"{leg}: {failure}") from failure
        there = start if leg == "back" else wanted
        if different := differences(there, await read(connection)):
            raise Broken(f"{leg}: " + "; ".join(map(str, different))[:1500])
        now = await contents(connection, start, wanted)
        for name, rows in held.items():
            if now.get(name) != rows:
                raise Broken(f"{leg}: rows of {name}: {rows} became {now.get(name)}")


async def contents(connection: Connection, start: Database, there: Database) -> Contents:
    """Return the rows of all relations of `start` that `there` has, by name: the columns of both whose type is the same."""
    found: Contents = {}
    now = {each.name: each for each in there.tables}
    for table in start.tables:
        if table.name in now and table.partition_by is None:
            types = {each.name: each.type for each in now[table.name].columns if each.generated is None}
            shared = [
                each.name
                for each in table.columns
                if types.get(each.name) == each.type and each.generated is None
            ]
            found[full(table.name)] = await _rows(connection, shared, full(table.name))
    same = {view.name: view for view in there.views}
    for view in start.views:
        if view.materialized and view.name in same and same[view.name].query == view.query:
            found[full(view.name)] = [
                (str(await connection.fetchval(f"select count(*) from {full(view.name)}")),)
            ]
    return found


async def _rows(
    connection: Connection, columns: Iterable[str], relation: str
) -> list[tuple[str | None, ...]]:
    listed = ", ".join(f"{quote(each)}::text" for each in columns) or "1::text"
    return sorted(
        (tuple(row) for row in await connection.fetch(f"select {listed} from {relation}")), key=repr
    )
