"""A run that ends between two statements, whichever: the next run ends where an undisturbed one does."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.postgres.edges import write_edge
from tests.postgres.people import nick
from tests.support.postgres import Database, Databases

from bdc.catalog.differences import differences
from bdc.catalog.live.reader import read_database

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio]
EVERY = 13  # here; each statement is the last, with the whole program killed, among the long tests


class Killed(BaseException):
    """The run has ended."""


_ENDED = (Killed, asyncpg.InterfaceError)


def killed_at(moment: int, patch: pytest.MonkeyPatch) -> Callable[[], int]:
    """End the run at a moment: before its first statement, after it and before its answer, before the second, and so on. Return
    what tells how many moments there were."""
    execute, now = asyncpg.Connection.execute, 0

    async def counted(connection: Any, *arguments: Any, **options: Any) -> Any:
        nonlocal now
        now += 2
        answer = await execute(connection, *arguments, **options) if now != moment + 1 else None
        if moment in (now - 1, now):
            connection.terminate()
            raise Killed
        return answer

    patch.setattr(asyncpg.Connection, "execute", counted)
    return lambda: now


async def outcome(database: Database) -> tuple[Any, list[tuple[Any, ...]]]:
    """Return the schema and the rows."""
    connection = await asyncpg.connect(database.superuser_url)
    try:
        rows = await connection.fetch("select * from person order by id")
        return await read_database(connection), [tuple(row) for row in rows]
    finally:
        await connection.close()


@pytest.fixture
def grown(plain: Path) -> Path:
    write_edge(plain / "migrations", "0002", "state-0001", nick())
    return plain


@pytest.mark.long
async def test_each_statement_may_be_the_last(
    grown: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    from database.migrate import migrate

    whole = databases.fresh()
    with monkeypatch.context() as patch:
        counted = killed_at(0, patch)
        await migrate(whole.superuser_url, folder=grown, extent="all")
        moments = counted()
    wanted = await outcome(whole)
    for moment in range(1, moments + 1, EVERY):
        database = databases.fresh()
        with monkeypatch.context() as patch:
            killed_at(moment, patch)
            # Slow batches are smaller and so more: the last moments may not be reached.
            early = moment < moments - 40
            with pytest.raises(_ENDED) if early else suppress(*_ENDED):
                await migrate(database.superuser_url, folder=grown, extent="all")
        await migrate(database.superuser_url, folder=grown, extent="all")
        found = await outcome(database)
        assert differences(wanted[0], found[0]) == (), moment
        assert found[1] == wanted[1], moment
