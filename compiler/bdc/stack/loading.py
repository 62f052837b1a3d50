"""SQL scripts of others → a database that has what they define."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import Any, TypeVar

import asyncpg

from bdc.catalog import Database, create
from bdc.catalog.live.reader import read_database
from bdc.catalog.live.unread import unreadable
from bdc.ddl.names import quote
from bdc.ddl.printer import literal, print_script
from bdc.ddl.script import first_word_on, split
from bdc.ddl.spatial import encoded
from bdc.stack.cluster import SUPERUSER
from bdc.stack.missing_extensions import extension_for, schema_for
from bdc.stack.shared import shared_server
from bdc.stack.stand_ins import CONTROL_PATH

T = TypeVar("T")

# What a dump says about the server it came from, its owners and its rows: no part of a schema.
_ELSEWHERE = re.compile(
    r"""(?:create|drop|alter)\s+(?:database|role|user|tablespace)\b
      | set\s+(?:session\s+)?(?:client_encoding|role|session\s+authorization|default_tablespace|default_table_access_method)\b
      | (?:insert|copy|analyze|vacuum|reindex|refresh)\b
      | alter\s.*\sowner\s+to\s
      | create\s+(?:extension|(?:or\s+replace\s+)?(?:trusted\s+)?(?:procedural\s+)?language)\s+(?:if\s+not\s+exists\s+)?["']?plpgsql\b
      | (?:begin|commit|end|start\s+transaction|rollback)(?:\s+(?:transaction|work))?\s*\Z""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_PUBLIC = re.compile(r"create\s+schema\s+public\s*\Z", re.IGNORECASE)  # every database has it
_SETTING = re.compile(r"set\s", re.IGNORECASE)
_NUMBERS = count()
NO_ROLE = re.compile(r'role "([^"]+)" does not exist')


class LoadError(Exception):
    """A script does not run: `failures` says which statements failed and why."""

    def __init__(self, failures: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{reason}: {statement[:60]}" for statement, reason in failures))
        self.failures = failures


async def load_script(connection: "asyncpg.Connection[asyncpg.Record]", script: str) -> None:
    """Run what a dump or migration defines, in one transaction if it can be, else statement by statement; rows, owners and settings
    of its server are left out, roles that it names are made (without login), and extensions that it stands on and does not make.
    Raises LoadError when statements failed; the others have run."""
    statements = [first_word_on(statement) for statement in split(script)]
    wanted = [encoded(statement) for statement in statements if not _ELSEWHERE.match(statement)]
    await connection.execute(f"set extension_control_path = {literal(CONTROL_PATH)}")
    try:
        await connection.execute(";\n".join([*wanted, "select"]))
    except asyncpg.PostgresError:
        failures = [(statement, await _run(connection, statement)) for statement in wanted]
        failed = tuple((statement, reason) for statement, reason in failures if reason is not None)
        if failed:
            raise LoadError(failed) from None


async def _run(connection: "asyncpg.Connection[asyncpg.Record]", statement: str) -> str | None:
    """Return why the statement failed, None when it did not or need not run."""
    for _ in range(16):
        try:
            await connection.execute(statement)
        except asyncpg.PostgresError as failure:
            role = NO_ROLE.search(str(failure))
            if role is not None:
                await connection.execute(f"create role {quote(role[1])} login")
            elif _is_there(statement, failure):
                return None
            elif not await _extended(connection, statement, str(failure)):
                return str(failure)
        else:
            return None
    return "it names too many roles that do not exist"


def _is_there(statement: str, failure: asyncpg.PostgresError) -> bool:
    """Say whether a failure is about a setting that this server has not, or a schema that it has already."""
    if isinstance(failure, asyncpg.UndefinedObjectError):
        return _SETTING.match(statement) is not None
    return isinstance(failure, asyncpg.DuplicateSchemaError) and _PUBLIC.match(statement) is not None


async def _extended(connection: "asyncpg.Connection[asyncpg.Record]", statement: str, said: str) -> bool:
    """Make the extension that has what is not there, or the schema of one; False where none is known, or the server has it already, or
    not at all."""
    schema, found = schema_for(statement, said), extension_for(said)
    if schema is not None:
        await connection.execute(f"create schema {quote(schema)}")
        return True
    if found is None:
        return False
    name, place = found
    where = f" schema {quote(place)}" if place is not None else ""
    try:
        await connection.execute(f"create extension {quote(name)}{where} cascade")
    except asyncpg.PostgresError:
        return False
    return True


async def load_database(connection: "asyncpg.Connection[asyncpg.Record]", database: Database) -> None:
    """Make every object of `database` in an empty one. Raises asyncpg.PostgresError."""
    await prepare(connection, database)
    await connection.execute(
        "set check_function_bodies = off; set search_path = public; set timezone = 'UTC';"
        + encoded(print_script(create(database)))
    )


async def prepare(connection: "asyncpg.Connection[asyncpg.Record]", database: Database) -> None:
    """Make what a server needs before the objects of `database` can be: roles, stand-ins of extensions (for this session), and the
    extensions, which some owners may not make."""
    await ensure_roles(connection, roles_of(database))
    await connection.execute(f"set extension_control_path = {literal(CONTROL_PATH)}")
    for extension in database.extensions:
        if extension.schema_name is None:
            await connection.execute(f"create extension if not exists {quote(extension.name)}")


def roles_of(database: Database) -> frozenset[str]:
    """Return the roles that rights and policies name."""
    holders: list[Any] = [
        *database.schemas,
        *database.sequences,
        *database.routines,
        *database.tables,
        *database.views,
    ]
    found = {right.role for holder in holders for right in holder.rights}
    found |= {role for table in database.tables for policy in table.policies for role in policy.roles}
    return frozenset(found) - {"public", "current_user", "session_user", "current_role"}


async def ensure_roles(connection: "asyncpg.Connection[asyncpg.Record]", roles: Iterable[str]) -> None:
    """Make those of `roles` that the server does not have. They may log in: a backend that finds its roles made takes them as they are."""
    known = {row["rolname"] for row in await connection.fetch("select rolname from pg_roles")}
    for role in sorted(set(roles) - known):
        await connection.execute(f"create role {quote(role)} login")


def unreadable_at(url: str) -> tuple[str, ...]:
    """Return kind and name of each object at `url` that `read_url` leaves out. Raises OSError and asyncpg.PostgresError."""

    async def read() -> tuple[str, ...]:
        connection = await asyncpg.connect(url)
        try:
            return await unreadable(connection)
        finally:
            await connection.close()

    return run(read())


def read_url(url: str, schemas: Iterable[str] | None = None) -> Database:
    """Return the objects of the live database at `url`. Raises OSError and asyncpg.PostgresError."""

    async def read() -> Database:
        connection = await asyncpg.connect(url)
        try:
            return await read_database(connection, schemas)
        finally:
            await connection.close()

    return run(read())


@contextmanager
def scratch() -> Iterator[Callable[[], str]]:
    """Start a server for what is thrown away, or use the one that the command has; yields what makes one more empty database and
    returns its URL."""
    with shared_server() as server:

        def fresh() -> str:
            name = f"scratch_{next(_NUMBERS)}"
            run(_execute(server.superuser_url, f"create database {name} template template0"))
            return server.url(SUPERUSER, name)

        yield fresh


def normalised(database: Database, url: str | None = None) -> Database:
    """Return the database as PostgreSQL itself spells it, to be compared with a live one: made in an empty database (at `url`, else
    on a server of its own that is thrown away), and read back. Raises asyncpg.PostgresError when it cannot be made."""
    if url is not None:
        return run(_made_and_read(url, database))
    with scratch() as fresh:
        return run(_made_and_read(fresh(), database))


def made_by(script: str, before: Sequence[str] = ()) -> Database:
    """Return what `script` makes in an empty database, as one transaction of the superuser, on a server that is thrown away.
    `before`: statements that the superuser runs first, for a script that becomes somebody who may not. Raises
    asyncpg.PostgresError when one does not run."""
    with scratch() as fresh:
        return run(_run_and_read(fresh(), [*before, script]))


async def _run_and_read(url: str, scripts: Sequence[str]) -> Database:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"set extension_control_path = {literal(CONTROL_PATH)}")
        async with connection.transaction():
            for script in scripts:
                await connection.execute(encoded(script))
        return await read_database(connection)
    finally:
        await connection.close()


async def _made_and_read(url: str, database: Database) -> Database:
    connection = await asyncpg.connect(url)
    try:
        await load_database(connection, database)
        return await read_database(connection)
    finally:
        await connection.close()


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, whether or not the caller is inside an event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
