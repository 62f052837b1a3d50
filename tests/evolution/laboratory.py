"""Databases for pairs: made, filled, read and emptied again, on one server, over one administrator's connection.

To make a database takes the server a second, to empty one some milliseconds, so databases (and connections, which know the catalog
by then) are used more than once.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

import asyncpg

from bdc.catalog import Database, create
from bdc.catalog.live.reader import read_database
from bdc.ddl.printer import print_script
from bdc.stack import Server
from tests.evolution.edits.words import READER, WRITER
from tests.evolution.rows import fill

Connection = Any
T = TypeVar("T")
ROWS = 20
# The roles of the system that texts are of.
_WRITTEN = tuple(f"evolution_{each}" for each in ("owner", "migrator", "runtime", "service", "readonly"))
_USES = 60  # by then a database's own catalog has become long
_EMPTY = r"""
set client_min_messages = warning;
do $$
declare name text;
begin
  for name in select quote_ident(nspname) from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop
    execute 'drop schema ' || name || ' cascade';
  end loop;
end $$;
create schema public authorization pg_database_owner;
grant usage on schema public to public;
comment on schema public is 'standard public schema';
reset client_min_messages;
"""


class Laboratory:
    def __init__(self, server: Server, admin: Connection) -> None:
        self._server, self._admin, self._count = server, admin, 0
        self._idle: list[tuple[Connection, str, int]] = []

    @asynccontextmanager
    async def empty(self) -> AsyncIterator[Connection]:
        """Yield a connection to an empty database."""
        connection, name, uses = self._idle.pop() if self._idle else await self._new()
        try:
            yield connection
        finally:
            if uses < _USES:
                await connection.reset()
                await connection.execute(_EMPTY)
                self._idle.append((connection, name, uses + 1))
            else:
                await connection.close(timeout=5)
                await self._drop(name)

    async def _new(self) -> tuple[Connection, str, int]:
        name = await self._make("template0")
        return await asyncpg.connect(self._server.url("postgres", name)), name, 1

    @asynccontextmanager
    async def copy(self, template: str) -> AsyncIterator[Connection]:
        """Yield a connection to a copy of another database, dropped afterwards."""
        name = await self._make(template)
        connection = await asyncpg.connect(self._server.url("postgres", name))
        try:
            yield connection
        finally:
            await connection.close(timeout=5)
            await self._drop(name)

    async def _make(self, template: str) -> str:
        self._count += 1
        name = f"evolution_{self._count}"
        await self._admin.execute(f'create database "{name}" template "{template}"')
        return name

    async def _drop(self, name: str) -> None:
        await self._admin.execute(f'drop database "{name}" with (force)')

    async def close(self) -> None:
        """Drop what is kept to be used again."""
        for connection, name, _ in self._idle:
            await connection.close(timeout=5)
            await self._drop(name)

    @asynccontextmanager
    async def holding(self, database: Database, rows: int = ROWS) -> AsyncIterator[Connection]:
        """Yield a connection to a new database that holds `database`, with rows."""
        async with self.empty() as connection:
            await make(connection, database)
            for statement in fill(database, rows) if rows else ():
                await connection.execute(statement)
            yield connection

    @asynccontextmanager
    async def copies(self) -> AsyncIterator["Copies"]:
        """Yield a new database that can be copied; nobody stays connected to it."""
        name = await self._make("template0")
        try:
            yield Copies(self, self._server.url("postgres", name), name)
        finally:
            await self._drop(name)

    async def read(self, database: Database) -> Database:
        """Return the state as the server tells it."""
        async with self.holding(database, 0) as connection:
            return await read(connection)


_SCHEMAS = r"""
select nspname from pg_namespace
where nspname !~ '^pg_' and nspname not in ('information_schema', 'bdc_archive')
"""


async def read(connection: Connection) -> Database:
    """Return the state, without what is kept of things that were dropped."""
    return await read_database(connection, [row[0] for row in await connection.fetch(_SCHEMAS)])


class Copies:
    """A database that goes on, and copies of what it is now."""

    def __init__(self, laboratory: Laboratory, url: str, name: str) -> None:
        self._laboratory, self._url, self._name = laboratory, url, name

    async def do(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        connection = await asyncpg.connect(self._url)
        try:
            return await work(connection)
        finally:
            await connection.close(timeout=5)

    async def run(self, sql: str) -> None:
        await self.do(lambda connection: connection.execute(sql))

    def copy(self) -> AbstractAsyncContextManager[Connection]:
        """Return a connection to a copy, dropped afterwards."""
        return self._laboratory.copy(self._name)


@asynccontextmanager
async def laboratory(server: Server) -> AsyncIterator[Laboratory]:
    """Yield a laboratory on `server`; the roles that policies and rights name are there."""
    admin = await asyncpg.connect(server.superuser_url)
    try:
        for role in (READER, WRITER, *_WRITTEN):
            if not await admin.fetchval("select true from pg_roles where rolname = $1", role):
                await admin.execute(f'create role "{role}"')
        made = Laboratory(server, admin)
        yield made
        await made.close()
    finally:
        await admin.close(timeout=5)


async def make(connection: Connection, database: Database) -> None:
    await connection.execute("set check_function_bodies = off;\n" + print_script(create(database)))


async def run_all(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        await connection.execute(statement)
