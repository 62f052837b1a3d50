"""Databases as a specification's owner makes them, on a server that is thrown away."""

from collections.abc import Iterable
from itertools import count
from threading import Lock
from typing import Any

import asyncpg

from bdc.catalog import Database, create
from bdc.catalog.lifting import lifted
from bdc.catalog.live.reader import read_database
from bdc.ddl.names import Name, quote
from bdc.ddl.printer import literal, print_script
from bdc.ddl.spatial import encoded
from bdc.ir import SystemIR
from bdc.schema import names
from bdc.schema.roles import close_database, create_roles
from bdc.stack.loading import ensure_roles, roles_of, run
from bdc.stack.server import Server
from bdc.stack.stand_ins import STAND_INS

# What the runner keeps for itself.
LEDGER = frozenset({Name("migration", "app"), Name("migration_operation", "app")})
_OPERATIONS = Name("migration_operation", "app")
_SCHEMAS = """
select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'bdc_archive')
  and coalesce(obj_description(oid, 'pg_namespace'), '') !~ '^release '
"""
_PATH = "set local check_function_bodies = off; set local search_path = public; set local timezone = 'UTC';\n"
_UNTRUSTED = """
select distinct name from pg_available_extension_versions v where name = any($1::text[]) and not trusted
  and not exists (select from pg_extension where extname = v.name)
"""

_NUMBERS = count()  # one server may be asked more than once


class Place:
    """One server with databases that hold a state each."""

    def __init__(self, server: Server, prefix: str = "proof") -> None:
        self._server, self._prefix = server, prefix
        self._roles = Lock()  # they belong to the server, and two databases are made at once

    def make(self, system: SystemIR, database: Database, later: Iterable[str] = ()) -> str:
        """Make a database that holds `database` and belongs to the roles of `system`; return its URL. `later`: extensions that a
        superuser has to make. Raises asyncpg.PostgresError when the server cannot make it, OSError."""
        name = f"{self._prefix}_{next(_NUMBERS)}"
        with self._roles:
            run(self._new(name, system, database))
        run(self._made(name, system, database, tuple(later)))
        return self._server.url("postgres", name)

    async def _new(self, name: str, system: SystemIR, database: Database) -> None:
        admin = await asyncpg.connect(self._server.superuser_url)
        try:
            await admin.execute(f"create database {quote(name)} template template0")
            path = literal("$system:" + str(STAND_INS))
            await admin.execute(f"alter database {quote(name)} set extension_control_path = {path}")
            await ensure_roles(admin, roles_of(database))
            await admin.execute(print_script(create_roles(names.roles_of(system), ())))
        finally:
            await admin.close()

    async def _made(self, name: str, system: SystemIR, database: Database, later: tuple[str, ...]) -> None:
        connection = await asyncpg.connect(self._server.url("postgres", name))
        try:
            await _extensions(connection, database, later)
            await _objects(connection, names.roles_of(system), database)
        finally:
            await connection.close()


async def _extensions(connection: Any, database: Database, later: tuple[str, ...]) -> None:
    wanted = [each.name for each in lifted(database).extensions if each.schema_name is None]
    untrusted = [row["name"] for row in await connection.fetch(_UNTRUSTED, list(later))]
    for name in (*wanted, *untrusted):
        await connection.execute(f"create extension if not exists {quote(name)}")


async def _objects(connection: Any, roles: names.Roles, database: Database) -> None:
    """Make the objects as their owner; as a superuser where the owner cannot, and give them to the owner then."""
    closing, script = print_script(close_database(roles)), _PATH + encoded(print_script(create(database)))
    try:
        async with connection.transaction():
            await connection.execute(closing)
            await connection.execute(script)
    except asyncpg.InsufficientPrivilegeError:
        maker = quote(f"{roles.owner}_maker")
        async with connection.transaction():
            await connection.execute(closing)
            await connection.execute(f"reset role; create role {maker} superuser; set local role {maker};")
            await connection.execute(script)
            await connection.execute(
                f"reset role; reassign owned by {maker} to {quote(roles.owner)}; drop owned by {maker};"
            )
            await connection.execute(f"drop role {maker}")


def read(url: str) -> Database:
    """Return what migrations make: without the functions of releases, what is kept of dropped things, and the runner's operations."""

    async def read_it() -> Database:
        connection = await asyncpg.connect(url)
        try:
            return await read_database(connection, [row[0] for row in await connection.fetch(_SCHEMAS)])
        finally:
            await connection.close()

    found = run(read_it())
    return found.model_copy(
        update={"tables": tuple(table for table in found.tables if table.name != _OPERATIONS)}
    )
