"""The generator itself: what it makes is valid, the same each time, of every kind, and smaller when edits are left out."""

import asyncio

import pytest

from bdc.catalog import state_hash
from bdc.ddl.names import full
from bdc.stack import Server
from tests.evolution.edits import EDITS
from tests.evolution.laboratory import laboratory
from tests.evolution.pairs import Pair, evolve, random_pair, smaller

SEEDS = range(9000, 9012)


@pytest.mark.postgres
def test_postgresql_takes_every_state_and_its_rows(postgres_server: Server) -> None:
    async def take() -> None:
        async with laboratory(postgres_server) as place:
            for seed in SEEDS:
                evolved = evolve(random_pair(seed))
                for state, rows in ((evolved.old, 20), (evolved.new, 0)):
                    async with place.holding(state, rows) as connection:
                        for table in (each for each in state.tables if each.parent is None):
                            assert (
                                await connection.fetchval(f"select count(*) from {full(table.name)}") == rows
                            )

    asyncio.run(take())


def test_a_seed_is_a_pair() -> None:
    for seed in SEEDS:
        first, second = evolve(random_pair(seed)), evolve(random_pair(seed))
        assert (state_hash(first.old), state_hash(first.new)) == (
            state_hash(second.old),
            state_hash(second.new),
        )
        assert first.hints == second.hints
        assert first.done and first.old != first.new


def test_every_kind_of_change_comes_up() -> None:
    done = {name for seed in range(600) for _, name in random_pair(seed).change}
    assert set(EDITS) <= done


def test_leaving_an_edit_out_leaves_the_others_as_they_are() -> None:
    pair = random_pair(9003)
    less = list(smaller(pair))
    assert len(less) == len(pair.start) + len(pair.change)
    without_last = Pair(pair.seed, pair.start[:-1], ())
    kept, whole = evolve(without_last).old, evolve(pair).old
    assert {table.name for table in kept.tables} <= {table.name for table in whole.tables}
