"""The law for values inside values: a change is planned, runs and keeps every value, whatever the old version writes meanwhile, and goes back;
or it is refused before anything is done."""

import asyncio
import json
from random import Random
from typing import Any

import pytest

from bdc.evolution.next_migration import advance
from bdc.plan.verifier import verify
from bdc.query import compile_queries
from bdc.schema.state import physical_state
from bdc.stack import Server
from tests.evolution.laboratory import Connection, Laboratory, laboratory, make
from tests.evolution.random_values import changed, follow, random_world, row
from tests.evolution.texts.meaning import compiled
from tests.evolution.value_pairs import HEAD
from tests.support.apply_edge import apply_edge, undo_edge

FEW, MANY = range(5), range(1000, 1400)
_INSERT = "insert into t ({0}) select {0} from jsonb_populate_record(null::t, $1::text::jsonb)"


@pytest.mark.postgres
def test_values_follow_a_change(postgres_server: Server) -> None:
    _judge(asyncio.run(_survey(postgres_server, FEW)))


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.parametrize("first", range(MANY.start, MANY.stop, 50))
def test_values_follow_many_changes(postgres_server: Server, first: int) -> None:
    _judge(asyncio.run(_survey(postgres_server, range(first, first + 50))))


def _judge(ends: dict[int, str]) -> None:
    broken = {seed: end for seed, end in ends.items() if end not in ("converged", "refused")}
    assert not broken, "\n\n".join(f"seed {seed}: {end}" for seed, end in broken.items())
    assert sum(end == "converged" for end in ends.values()) >= 0.6 * len(ends)


async def _survey(server: Server, seeds: range) -> dict[int, str]:
    ends = {}
    async with laboratory(server) as place:
        for seed in seeds:
            try:
                ends[seed] = await _one(place, seed)
            except Exception as failure:
                ends[seed] = f"{type(failure).__name__}: {str(failure)[:1500]}"
    return ends


async def _one(place: Laboratory, seed: int) -> str:
    chance = Random(seed)
    world = random_world(chance)
    after = changed(world, chance)
    old, new = (_system(each.text()) for each in (world, after))
    state = physical_state(old, compile_queries(old, True))
    step = advance(state, new, compile_queries(new, True), old)
    if step.planned.refusals:
        assert after.unsaid, step.planned.refusals
        return "refused"
    assert not after.unsaid
    operations = step.planned.operations
    assert not verify(operations), verify(operations)
    rows = [row(world, chance) for _ in range(6)]
    async with place.empty() as connection:
        await make(connection, step.old)
        await connection.execute(
            "insert into a values (1); insert into b values (1); insert into c values (1)"
        )
        for each in rows[:4]:
            await _insert(connection, each)
        await apply_edge(connection, [each for each in operations if each.phase != "contract"])
        for each in rows[4:]:  # the old version goes on writing
            await _insert(connection, each)
        await apply_edge(connection, [each for each in operations if each.phase == "contract"])
        assert await _rows(connection) == [follow(after, each) for each in rows]
        assert await connection.fetchval(
            "select nextval(pg_get_serial_sequence('t', 'id')) > (select max(id) from t)"
        )
        if all(each.undo is not None for each in operations):
            await undo_edge(connection, operations)
            if not after.replaced:
                assert await _rows(connection) == rows
    return "converged"


def _system(text: str) -> Any:
    from bdc.diagnostics import DiagnosticSink
    from bdc.source import SourceFile
    from bdc.syntax import format_file

    return compiled(format_file(SourceFile("world.bds", HEAD + text), DiagnosticSink()))


async def _insert(connection: Connection, values: dict[str, Any]) -> None:
    await connection.execute(_INSERT.format(", ".join(values)), json.dumps(values))


async def _rows(connection: Connection) -> list[dict[str, Any]]:
    found = await connection.fetch("select (to_jsonb(t) - 'id')::text as value from t order by id")
    return [_plain(json.loads(each["value"])) for each in found]


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Decimals in columns of their own are numbers to PostgreSQL."""
    return {name: f"{value:.2f}" if isinstance(value, float) else value for name, value in values.items()}
