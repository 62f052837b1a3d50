"""PostgreSQL's own numbers of a run: its counters, and the statements that took most of its time."""

from dataclasses import dataclass, field
from typing import Any

import asyncpg

_COUNTERS = (
    "select xact_commit, xact_rollback, blks_hit, blks_read, deadlocks, temp_files"
    " from pg_stat_database where datname = current_database()"
)
_STATEMENTS = (
    "select queryid, query, calls, total_exec_time from pg_stat_statements"
    " where dbid = (select oid from pg_database where datname = current_database())"
)
_SHOWN = 5
_WIDTH = 90


@dataclass
class Counted:
    """Counters, and by statement (text, calls, milliseconds); no statements without the extension `pg_stat_statements`."""

    counters: dict[str, int] = field(default_factory=dict)
    statements: dict[int, tuple[str, int, float]] = field(default_factory=dict)

    def since(self, before: "Counted") -> list[str]:
        """Return what happened since `before`, as lines."""
        if not self.counters:
            return []
        changed = {name: value - before.counters[name] for name, value in self.counters.items()}
        read = changed["blks_hit"] + changed["blks_read"]
        lines = ["PostgreSQL: " + ", ".join(f"{name} {value}" for name, value in changed.items())]
        lines.append(
            f"PostgreSQL: {changed['blks_hit'] / max(1, read):.1%} of the blocks came from its buffers"
        )
        return lines + self._slowest(before)

    def _slowest(self, before: "Counted") -> list[str]:
        if not self.statements:
            return ["PostgreSQL: no extension pg_stat_statements, so that statements are not shown"]
        spent = []
        for key, (text, calls, total) in self.statements.items():
            _, earlier, took = before.statements.get(key, ("", 0, 0.0))
            if calls > earlier:
                spent.append((total - took, calls - earlier, text))
        return [
            f"PostgreSQL: {total:.0f} ms in {calls} calls ({total / calls:.2f} ms each): {' '.join(text.split())[:_WIDTH]}"
            for total, calls, text in sorted(spent, reverse=True)[:_SHOWN]
        ]


async def counted(url: str | None) -> Counted:
    """Return what PostgreSQL has counted for this database; nothing without an address."""
    if url is None:
        return Counted()
    connection: asyncpg.Connection[Any] = await asyncpg.connect(url)
    try:
        row = await connection.fetchrow(_COUNTERS)
        try:
            found = await connection.fetch(_STATEMENTS)
        except asyncpg.PostgresError:
            found = []
        statements = {
            each["queryid"]: (each["query"], each["calls"], each["total_exec_time"]) for each in found
        }
        return Counted(dict(row) if row is not None else {}, statements)
    finally:
        await connection.close()
