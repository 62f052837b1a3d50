"""The laws of a plan between two states, on a real server.

A pair converges (the old state with its rows, brought along, is the new state by catalog; and back), or nothing is run and the reason is
said. Anything else is a `Broken` law.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bdc.catalog import Database, differences
from bdc.plan import Operation, Planned, plan
from bdc.plan.verifier import verify
from tests.evolution.keeping import Rows, kept, rows
from tests.evolution.laboratory import ROWS, Connection, Laboratory, read, run_all
from tests.evolution.pairs import Evolved
from tests.evolution.rows import fill
from tests.evolution.watching import run_watched
from tests.evolution.window import window
from tests.support.apply_edge import apply_edge


class Broken(AssertionError):
    """A law that a pair breaks: its name, then what was seen."""


@dataclass(frozen=True)
class Outcome:
    """`what`: converged, refused (by the plan), or held (rows stand in the way); `why`: the code. `back`: whether the way back was
    gone, or why there is none. `blocking`: what was read or written whole under a lock that holds writers up."""

    what: str
    why: str = ""
    back: str = ""
    operations: tuple[Operation, ...] = ()
    blocking: tuple[str, ...] = ()


async def hold(laboratory: Laboratory, evolved: Evolved) -> Outcome:
    """Return how the pair ended. Raises Broken."""
    for state in (evolved.old, evolved.new):
        if plan(state, state).operations:
            raise Broken(f"nothing to do, yet: {_titles(plan(state, state).operations)}")
    planned = plan(evolved.old, evolved.new, evolved.hints)
    if planned.refusals:
        return Outcome("refused", " ".join(sorted({found.code for found in planned.refusals})))
    if rules := verify(planned.operations):
        raise Broken(
            "rules: " + "; ".join(f"{found.rule} {found.operation}: {found.message}" for found in rules)
        )
    async with laboratory.holding(evolved.old, 0) as connection:
        start, wanted = await read(connection), await laboratory.read(evolved.new)
        known = replace(evolved, old=start, new=wanted) if evolved.written else evolved
        await run_all(connection, fill(known.old, ROWS))
        return await bring(connection, known, planned, start, wanted)


async def bring(
    connection: Connection, evolved: Evolved, planned: Planned, start: Database, wanted: Database
) -> Outcome:
    """Bring the database of `connection` from the old state to the new one, which is to be `wanted` by catalog, and back to `start`."""
    stopped = await _in_the_way(connection, planned.operations)
    if stopped:
        return Outcome("held", stopped)
    held, look = list(kept(evolved)), await window(connection, evolved)
    before = [await rows(connection, each.before) for each in held]
    try:
        seen = await run_watched(connection, planned.operations, look.look)
    except AssertionError as failure:
        raise Broken(f"runs: {failure}") from failure
    _same("arrives", wanted, await read(connection))
    if seen.wrong:
        raise Broken("predicted: " + "; ".join(seen.wrong))
    if look.wider():
        raise Broken("window: " + "; ".join(look.wider()))
    for each, was in zip(held, before, strict=True):
        _same_rows(f"rows of {each.table.name}", was, await rows(connection, each.after))
    back = await _back(connection, planned.operations, start)
    return Outcome("converged", "", back, planned.operations, tuple(seen.blocking))


async def _in_the_way(connection: Connection, operations: Iterable[Operation]) -> str:
    for operation in operations:
        for check in operation.checks:
            try:
                found = await connection.fetchval(check.sql)
            except Exception as failure:
                raise Broken(f"check {check.code} of {operation.id}: {failure}\n{check.sql}") from failure
            if found:
                return check.code
    return ""


async def _back(connection: Connection, operations: tuple[Operation, ...], start: Database) -> str:
    without = [operation.irreversible or "" for operation in operations if operation.undo is None]
    if without:
        return f"none: {without[0]}"
    for operation in reversed(operations):
        for statement in operation.undo or ():
            try:
                await connection.execute(statement)
            except Exception as failure:
                raise Broken(f"back: {operation.id}: {failure}\n{statement}") from failure
    _same("back", start, await read(connection))
    return "gone"


def _same(law: str, wanted: Database, found: Database) -> None:
    different = differences(wanted, found)
    if different:
        raise Broken(f"{law}: " + "; ".join(map(str, different))[:1500])


def _same_rows(law: str, wanted: Rows, found: Rows) -> None:
    if wanted != found:
        lost = [row for row in wanted if row not in found][:3]
        odd = [row for row in found if row not in wanted][:3]
        raise Broken(f"{law}: {len(wanted)} before, {len(found)} after; wanted {lost}, found {odd}")


def _titles(operations: Iterable[Operation]) -> str:
    return "; ".join(operation.title for operation in operations)


async def meets(laboratory: Laboratory, first: Evolved, second: Evolved) -> bool:
    """Walk from the start of `first` over its end to the end of `second`, and hold what is there to the state that `second` makes
    from nothing (to which a direct way is held as well). False when a way is refused or rows are in it."""
    async with laboratory.holding(first.old) as connection:
        for each in (first, second):
            planned = plan(each.old, each.new, each.hints)
            if planned.refusals or await _in_the_way(connection, planned.operations):
                return False
            try:
                await apply_edge(connection, planned.operations)
            except AssertionError as failure:
                raise Broken(f"runs: {failure}") from failure
        _same("meets", await laboratory.read(second.new), await read(connection))
    return True
