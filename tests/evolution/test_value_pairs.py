"""Values inside values on a real server: what rows hold, what either version writes meanwhile, and the way back."""

import asyncio
import json

import pytest

from bdc.catalog import Database, Table
from bdc.evolution.next_migration import Step, advance
from bdc.pipeline import compile_system
from bdc.plan.verifier import verify
from bdc.query import compile_queries
from bdc.schema.state import physical_state
from bdc.source import SourceFile
from bdc.stack import Server
from tests.evolution.guarded_pairs import GUARDED_PAIRS
from tests.evolution.laboratory import Connection, Laboratory, laboratory, make, run_all
from tests.evolution.row_pairs import ROW_PAIRS, RowPair
from tests.evolution.typed_pairs import KEY_PAIRS, TYPED_PAIRS
from tests.evolution.value_pairs import HEAD, VALUE_PAIRS, ValuePair
from tests.support.apply_edge import apply_edge, undo_edge


def planned(pair: ValuePair | RowPair) -> Step:
    head = pair.head if isinstance(pair, RowPair) else HEAD
    before, after = (_compiled(head + text) for text in (pair.before, pair.after))
    old = physical_state(before, compile_queries(before, True))
    return advance(old, after, compile_queries(after, True), before)


def _compiled(text):  # type: ignore[no-untyped-def]
    found = compile_system([SourceFile("world.bds", text)])
    assert found.system is not None, [(each.code, each.message) for each in found.diagnostics]
    return found.system


@pytest.mark.postgres
def test_values_inside_values(postgres_server: Server) -> None:
    broken = asyncio.run(_all(postgres_server))
    assert not broken, "\n\n".join(broken)


async def _all(server: Server) -> list[str]:
    broken = []
    async with laboratory(server) as place:
        for pair in (*VALUE_PAIRS, *ROW_PAIRS, *TYPED_PAIRS, *KEY_PAIRS, *GUARDED_PAIRS):
            try:
                await (_one if isinstance(pair, ValuePair) else _rows)(place, pair)  # type: ignore[operator]
            except Exception as failure:
                broken.append(f"{pair.name}: {type(failure).__name__}: {str(failure)[:1500]}")
    return broken


async def _one(place: Laboratory, pair: ValuePair) -> None:
    step = planned(pair)
    codes = tuple(sorted({each.code for each in step.planned.refusals}))
    assert codes == pair.refused, step.planned.refusals
    if codes:
        return
    assert step.is_needed or pair.empty
    operations = step.planned.operations
    assert not verify(operations), verify(operations)
    async with place.empty() as connection:
        await make(connection, step.old)
        before, after = _table(step.old), _table(step.new)
        for number, row in enumerate(pair.rows, 1):
            await _insert(connection, before, number, row)
        if pair.held:
            held = [
                check.code
                for each in operations
                for check in each.checks
                if await connection.fetchval(check.sql)
            ]
            assert held == [pair.held]
            return
        start = await _values(connection, before)
        first = tuple(each for each in operations if each.phase != "contract")
        await apply_edge(connection, first)
        for number, (old, _) in enumerate(pair.old_writes, 100):
            await _insert(connection, before, number, old)
        for number, (new, _) in enumerate(pair.new_writes, 200):
            await _insert(connection, after, number, new)
        if pair.between:
            found = await _values(connection, after)
            assert [json.loads(each) for each in pair.between] == list(found.values())
        await apply_edge(connection, [each for each in operations if each.phase == "contract"])
        await _judge(connection, after, pair)
        await connection.execute(f"delete from {after.name.name} where id >= 100")
        await undo_edge(connection, operations)
        back = start if pair.back is None else dict(enumerate(map(json.loads, pair.back), 1))
        if all(each.undo is not None for each in operations):
            assert await _values(connection, before) == back


async def _judge(connection: Connection, table: Table, pair: ValuePair) -> None:
    found = await _values(connection, table)
    wanted = {number: json.loads(row) for number, row in enumerate(pair.then, 1)}
    wanted |= {number: json.loads(row) for number, (_, row) in enumerate(pair.old_writes, 100)}
    wanted |= {number: json.loads(row) for number, (_, row) in enumerate(pair.new_writes, 200)}
    if pair.then:
        assert found == wanted


def _table(state: Database) -> Table:
    return next(each for each in state.tables if each.name.name in ("t", "r"))


async def _insert(connection: Connection, table: Table, number: int, row: str) -> None:
    column = table.columns[-1]
    value = None if row == "null" else row
    await connection.execute(
        f"insert into {table.name.name} (id, {column.name}) values ({number}, $1::text::{column.type})", value
    )


async def _values(connection: Connection, table: Table) -> dict[int, object]:
    column = table.columns[-1].name
    rows = await connection.fetch(
        f"select id, to_jsonb({column})::text as value from {table.name.name} order by id"
    )
    return {row["id"]: json.loads(row["value"]) if row["value"] is not None else None for row in rows}


async def _rows(place: Laboratory, pair: RowPair) -> None:
    step = planned(pair)
    codes = tuple(sorted({each.code for each in step.planned.refusals}))
    assert codes == pair.refused, step.planned.refusals
    operations = step.planned.operations
    assert not verify(operations), verify(operations)
    async with place.empty() as connection:
        await make(connection, step.old)
        await run_all(connection, pair.rows)
        held = [
            check.code for each in operations for check in each.checks if await connection.fetchval(check.sql)
        ]
        assert (held[0] if held else "") == pair.held
        if held or codes:
            return
        first = tuple(each for each in operations if each.phase != "contract")
        await apply_edge(connection, first)
        await run_all(connection, (*pair.old_writes, *pair.new_writes))
        contract = [each for each in operations if each.phase == "contract"]
        if pair.late:
            with pytest.raises(AssertionError, match="rows are left"):
                await apply_edge(connection, contract[:1])
            await connection.execute(pair.late)
        await apply_edge(connection, contract)
        if pair.shown:
            found = await connection.fetch(f"select {pair.shown} from t order by {pair.order}")
            assert tuple(",".join(map(str, row)) for row in found) == pair.then
        if pair.numbered:
            assert await connection.fetchval(pair.numbered) > len(pair.rows) * 5
        if all(each.undo is not None for each in operations):
            gone = len(pair.then) - len(pair.new_writes)
            if pair.new_writes:
                await connection.execute(f"delete from t where id > {gone}")
            rows = await connection.fetchval("select count(*) from t")
            await undo_edge(connection, operations)
            assert await connection.fetchval("select count(*) from t") == rows
            if pair.numbered_back:
                assert await connection.fetchval(pair.numbered_back) == 6
