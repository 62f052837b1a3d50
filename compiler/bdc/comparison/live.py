"""A database that a specification asks for, spelled as the server spells a live one."""

from bdc.catalog import Database
from bdc.comparison.errors import UnreadableDatabase
from bdc.comparison.sides import SideError


def beside(state: Database, live: Database) -> Database:
    """Return `state` as PostgreSQL would show it. SideError when the embedded server cannot make it."""
    import asyncpg

    from bdc.stack import StackError
    from bdc.stack.loading import normalised

    try:
        return normalised(state)
    except (OSError, StackError, asyncpg.PostgresError) as error:
        fact = UnreadableDatabase("the embedded server", str(error))
        raise SideError("the embedded server", [fact.diagnostic()]) from None
