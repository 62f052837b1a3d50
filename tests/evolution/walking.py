"""A walk along a real history: at each step a copy of the database as it was, with rows, goes where people took it, by our plan."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import islice

from bdc.catalog import Database
from bdc.plan import plan
from tests.evolution.histories import migrations, step, usable
from tests.evolution.human import told
from tests.evolution.laboratory import ROWS, Connection, Laboratory, read, run_all
from tests.evolution.laws import Broken, Outcome, bring
from tests.evolution.pairs import Evolved
from tests.evolution.rows import fill


@dataclass(frozen=True)
class Step:
    """`outcome` may be `stopped`: an operation failed on the rows, and the runner would stop there and say so; or `wrong`. `by_hand`: what PostgreSQL said to the people's own SQL on the same rows, where our plan did nothing."""

    name: str
    outcome: Outcome
    by_hand: str = ""


async def walk(
    laboratory: Laboratory, product: str, most: int | None = None, first: int = 0
) -> AsyncIterator[Step]:
    """Yield how each step ends, from number `first` on, before number `most`."""
    async with laboratory.copies() as history:
        old = Database()
        for number, script in enumerate(islice(migrations(product), most)):
            sql = usable(script.read_text(encoding="utf-8"))
            if number < first:
                await history.run(sql)
                continue
            if number == first:
                old = await history.do(read)
            async with history.copy() as connection:
                await history.run(sql)
                new = await history.do(read)
                yield await _step(connection, script.parent.name, step(old, new, told(sql)), sql)
            old = new


async def _step(connection: Connection, name: str, evolved: Evolved, sql: str) -> Step:
    planned = plan(evolved.old, evolved.new, evolved.hints)
    await run_all(connection, fill(evolved.old, ROWS))
    if planned.refusals:
        why = "; ".join(f"{found.code} {found.message}" for found in planned.refusals)
        return Step(name, Outcome("refused", why), await _by_hand(connection, sql))
    try:
        outcome = await bring(connection, evolved, planned, evolved.old, evolved.new)
    except Broken as broken:
        outcome = Outcome("stopped" if str(broken).startswith("runs: ") else "wrong", str(broken))
    return Step(name, outcome, await _by_hand(connection, sql) if outcome.what == "held" else "")


async def _by_hand(connection: Connection, sql: str) -> str:
    try:
        await connection.execute(sql)
    except Exception as failure:
        return str(failure)
    return ""
