"""Work out anew what materialized views keep, beside their readers.

    python -m database.refresh VIEW...           each once
    python -m database.refresh VIEW=SECONDS...   each at once and again after as many seconds, until stopped

The URL (--database, or MIGRATION_DATABASE_URL, or the file that MIGRATION_DATABASE_URL_FILE names) is that of a role which is a
member of the owner: only an owner may, and a view keeps what its owner sees. A view is written as in SQL.
"""

import argparse
import asyncio
import sys
import time

import asyncpg

from database.engine.command_line import url_of_environment
from database.engine.connection import connected


async def refresh(url: str, view: str) -> None:
    """Refresh `view` (SQL text). Only rows that differ are changed, so nobody who reads waits; of two at a time, one waits."""
    async with connected(url) as connection:
        await connection.execute(f"refresh materialized view concurrently {view}")


async def keep_fresh(url: str, views: dict[str, float]) -> None:
    """Refresh each view again and again, `views[name]` seconds after it was; what fails is told and tried again then."""
    due = dict.fromkeys(views, 0.0)
    while True:
        view = min(due, key=due.__getitem__)
        await asyncio.sleep(max(0.0, due[view] - time.monotonic()))
        try:
            await refresh(url, view)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as failure:
            print(f"error: {view}: {failure}", file=sys.stderr, flush=True)
        due[view] = time.monotonic() + views[view]


async def _once(url: str, views: list[str]) -> None:
    for view in views:
        await refresh(url, view)


def main() -> None:
    """Run the command; a failure is one message on the error output and the exit code 1."""
    parser = argparse.ArgumentParser(
        prog="python -m database.refresh", description="Work out anew what materialized views keep."
    )
    parser.add_argument("views", nargs="+", metavar="VIEW[=SECONDS]")
    parser.add_argument("--database", default=url_of_environment(), metavar="URL")
    arguments = parser.parse_args()
    if not arguments.database:
        parser.error("give --database URL or set MIGRATION_DATABASE_URL")
    timed = [view.rpartition("=") for view in arguments.views]
    repeated = {view: float(every) for view, sign, every in timed if sign}
    if repeated and len(repeated) < len(timed):
        parser.error("give seconds for every view, or for none")
    url = arguments.database
    try:
        asyncio.run(keep_fresh(url, repeated) if repeated else _once(url, arguments.views))
    except KeyboardInterrupt:
        sys.exit(0)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as failure:
        print(f"error: {failure}", file=sys.stderr)
        sys.exit(1)
