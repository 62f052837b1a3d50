"""A database in use: the schema and rows of an application, its role, and the application itself, which goes on all the time."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from bdc.catalog import Database, Table
from bdc.catalog.live.reader import read_database
from bdc.ddl.names import full, quote
from bdc.stack import Server
from bdc.stack.loading import load_script
from tests.evolution.rows import fill
from tests.support import corpus

APPLICATION, ADMIN, PLAIN = "found_app", "found_admin", "found_plain"
ROWS = 200
HISTORY = """
create table _prisma_migrations (id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz,
  migration_name varchar(255) not null, logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(),
  applied_steps_count integer not null default 0);
insert into _prisma_migrations values ('1', 'x', now(), '01_init', null, null, now(), 1);
"""
_ROLES = f"""
drop role if exists {APPLICATION}, {ADMIN}, {PLAIN};
create role {APPLICATION} login; create role {ADMIN} login createrole; create role {PLAIN} login;
grant {APPLICATION} to {ADMIN};
"""
_GIVE = f"""
do $$ declare statement text; begin
  for statement in
    select format('alter table %s owner to {APPLICATION}', c.oid::regclass) from pg_class c
      where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
    union all select format('alter routine %s owner to {APPLICATION}', p.oid::regprocedure) from pg_proc p
      where pronamespace = 'public'::regnamespace and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    union all select format('alter type %s owner to {APPLICATION}', t.oid::regtype) from pg_type t
      where typtype = 'e' and typnamespace = 'public'::regnamespace
  loop execute statement; end loop;
end $$;
"""
OWNERS = """
select c.relname as name, pg_get_userbyid(c.relowner) as owner from pg_class c
where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1
"""


@dataclass(frozen=True)
class InUse:
    """`found`: what the application's migrations made; `name`: the database."""

    server: Server
    name: str
    found: Database

    def url(self, role: str) -> str:
        return self.server.url(role, self.name)

    async def fetch(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            return list(await connection.fetch(sql, *arguments))
        finally:
            await connection.close()

    async def execute(self, sql: str, role: str = "postgres") -> None:
        connection = await asyncpg.connect(self.url(role))
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    async def rows(self) -> dict[str, str]:
        """Return a digest of the rows of each table that the application does not change."""
        found = {}
        for table in self.found.tables:
            name = full(table.name)
            asked = f"select md5(string_agg(t::text, ',' order by t::text)) as digest from {name} t"
            found[name] = (await self.fetch(asked))[0]["digest"]
        return found


async def in_use(server: Server, corpus_name: str, name: str) -> InUse:
    """Make the database: its owner makes roles and is no superuser; the tables belong to the role of the application."""
    root = await asyncpg.connect(server.superuser_url)
    await root.execute(_ROLES)
    await root.execute(f"create database {name} template template0 owner {ADMIN}")
    await root.close()
    connection = await asyncpg.connect(server.url("postgres", name))
    try:
        for script in corpus.scripts(corpus_name):
            await load_script(connection, script)
        found = await read_database(connection)
        for statement in fill(found, ROWS):
            await connection.execute(statement)
        await connection.execute(HISTORY + _GIVE)
        return InUse(server, name, found)
    finally:
        await connection.close()


@dataclass
class Application:
    """`failures`: what a request of it failed with; `requests`: how many there were; `longest`: seconds."""

    failures: list[str] = field(default_factory=list)
    requests: int = 0
    longest: float = 0.0


@asynccontextmanager
async def running(base: InUse) -> AsyncIterator[Application]:
    """Run the application: three connections of its role that read, write and look up, each statement prepared once."""
    application, stop = Application(), asyncio.Event()
    tasks = [asyncio.create_task(_work(base, number, application, stop)) for number in range(3)]
    try:
        yield application
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def _work(base: InUse, number: int, application: Application, stop: asyncio.Event) -> None:
    connection, chance = await asyncpg.connect(base.url(APPLICATION)), random.Random(number)
    tables = [table for table in base.found.tables if table.primary_key is not None]
    while not stop.is_set():
        begun = time.perf_counter()
        try:
            await _request(connection, chance.choice(tables), chance.randrange(4))
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as failure:
            application.failures.append(repr(failure))
        application.requests += 1
        application.longest = max(application.longest, time.perf_counter() - begun)
        await asyncio.sleep(0.01)
    await connection.close()


async def _request(connection: "asyncpg.Connection[asyncpg.Record]", table: Table, kind: int) -> None:
    """Nothing is different afterwards: what is written is what was there, or is rolled back."""
    name = full(table.name)
    plain = next(each for each in reversed(table.columns) if each.generated is None and each.identity is None)
    column = quote(plain.name)
    if kind == 0:
        await connection.fetch(f"select * from {name} limit 20")
    elif kind == 1:
        await connection.fetch(
            f"update {name} set {column} = {column} where ctid in (select ctid from {name} limit 3)"
        )
    elif kind == 2:
        await connection.fetchval("select count(*) from _prisma_migrations")
    else:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(
                f"create temporary table kept on commit drop as select * from {name} limit 5"
            )
            await connection.execute(f"delete from {name} where ctid in (select ctid from {name} limit 1)")
        finally:
            await transaction.rollback()
