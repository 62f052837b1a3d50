"""A connection that has its prepared statements at hand: to go through the driver's own cache costs 6 µs more a statement.

A statement is run by the protocol object of the driver where that is known to have this form: the public method comes to the same call
three coroutines later, which is 5 µs. With any other version of the driver the public method is taken.
"""

from typing import Any

import asyncpg

_DIRECT = asyncpg.__version__.startswith("0.32.")
_CHANGED = (asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError)


class Session(asyncpg.Connection):
    """`keeps`: how many statements stay prepared for `row`; 0 where a pooler may lose them."""

    keeps = 0
    _protocol: Any

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._ready: dict[str, Any] = {}

    async def row(self, sql: str, arguments: tuple[Any, ...]) -> asyncpg.Record | None:
        """Return the first row of a statement, outside of any transaction. Raises what the driver raises."""
        statement = self._ready.pop(sql, None)
        if statement is None:
            if self.keeps == 0:
                return await self.fetchrow(sql, *arguments)
            statement = await self._prepared(sql)
        self._ready[sql] = statement  # the last of them: what has not been used for longest is first
        try:
            if _DIRECT:
                rows = await self._protocol.bind_execute(statement._state, arguments, "", 1, False, None)
                return rows[0] if rows else None
            row: asyncpg.Record | None = await statement.fetchrow(*arguments)
        except _CHANGED:  # of a table or a type; nothing has been done, and the driver prepares it again
            self._ready.clear()
            await self.reload_schema_state()
            return await self.fetchrow(sql, *arguments)
        return row

    async def _prepared(self, sql: str) -> Any:
        if len(self._ready) >= self.keeps:
            del self._ready[next(iter(self._ready))]
        return await self.prepare(sql)
