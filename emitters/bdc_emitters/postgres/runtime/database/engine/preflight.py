"""What a run needs beside the rows: rights of the role that logs in, and extensions. All of it is said before anything is changed."""

import asyncpg

from database.engine.adoption import adoption_of, what_moves
from database.engine.apply import is_begun
from database.engine.extensions import missing_extensions, refuse_extensions
from database.engine.history import Step
from database.engine.ledger import Ledger
from database.engine.privileges import needs, refuse_missing


async def refuse_unprepared(
    connection: "asyncpg.Connection[asyncpg.Record]", wanted: tuple[Step, ...], ledger: Ledger
) -> None:
    """MigrationError when the role that logs in may not do what is wanted, or the server lacks an extension."""
    await refuse_extensions(connection, wanted, ledger)
    first = wanted[0].migration if wanted else None
    if first is not None and adoption_of(first) is not None and not is_begun(first, ledger):
        await refuse_missing(connection, first)


async def preparations(
    connection: "asyncpg.Connection[asyncpg.Record]", wanted: tuple[Step, ...], ledger: Ledger
) -> tuple[str, ...]:
    """Return what is needed, line by line: of an adoption each right, whether or not it is there."""
    missing = await missing_extensions(connection, wanted, ledger)
    told = ("extensions are missing:", *(f"  {line}" for line in missing)) if missing else ()
    adoption = adoption_of(wanted[0].migration) if wanted else None
    if adoption is None:
        return told
    asked = (str(need) for need in await needs(connection, adoption))
    return (*told, "the role that adopts the database needs:", *asked, what_moves(adoption))
