"""A PostgreSQL server for tests: one per session, a fresh database per test, templates so that this is quick.

A test that wants a database takes the fixture `database` (empty) or `databases`:

    SHOP = Template("shop", build)              # `async def build(url)` runs once per session, as the superuser

    async def test_x(databases):
        database = databases.fresh(SHOP)        # a copy of what `build` made, in some ten milliseconds
        connection = await asyncpg.connect(database.url("shop_runtime"))

Roles belong to the server, so they outlive a database; scripts that create them must do so only if they are missing.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncpg
import pytest

from bdc.stack import Server, start

T = TypeVar("T")

# CREATE DATABASE copies everything but the rights on the database itself.
_SAME_RIGHTS = """
UPDATE pg_database SET datacl = (SELECT datacl FROM pg_database WHERE datname = '{source}') WHERE datname = '{name}'
"""


@dataclass(frozen=True)
class Template:
    """A database made once and copied. `build` gets a superuser URL and must close what it opens."""

    name: str
    build: Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class Database:
    server: Server
    name: str

    @property
    def superuser_url(self) -> str:
        return self.server.url("postgres", self.name)

    def url(self, user: str) -> str:
        """Return a URL for `user`, who needs no password."""
        return self.server.url(user, self.name)

    async def execute(self, sql: str, user: str = "postgres") -> None:
        """Run a script as `user` on a connection of its own."""
        connection = await asyncpg.connect(self.url(user))
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    async def fetch(self, sql: str, *args: object, user: str = "postgres") -> list[asyncpg.Record]:
        """Return the rows of one statement run as `user` on a connection of its own."""
        connection = await asyncpg.connect(self.url(user))
        try:
            return list(await connection.fetch(sql, *args))
        finally:
            await connection.close()


@dataclass
class Databases:
    """Makes databases on one server, and drops those that `fresh` made when told to."""

    server: Server
    _templates: set[str] = field(default_factory=set)
    _made: list[str] = field(default_factory=list)
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fresh(self, template: Template | None = None) -> Database:
        """Return a new database, empty or a copy of `template`."""
        with self._lock:
            source = self._template(template) if template else "template0"
            self._count += 1
            name = f"test_{self._count}"
            self._run(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
            self._made.append(name)
            self._run(_SAME_RIGHTS.format(source=source, name=name))
        return Database(self.server, name)

    def drop_all(self, but: Database | None = None) -> None:
        """Drop what `fresh` has made, whoever is still connected; `but` stays."""
        kept = [but.name] if but is not None else []
        self._made, made = kept, [name for name in self._made if name not in kept]
        while made:
            self._run(f'DROP DATABASE "{made.pop()}" WITH (FORCE)')

    def _template(self, template: Template) -> str:
        name = f"template_{template.name}"
        if name not in self._templates:
            self._run(f'CREATE DATABASE "{name}" TEMPLATE "template0"')
            try:
                run(_awaited(template.build(self.server.url("postgres", name))))
            except BaseException:
                self._run(f'DROP DATABASE "{name}" WITH (FORCE)')
                raise
            self._templates.add(name)
        return name

    def _run(self, sql: str) -> None:
        run(Database(self.server, "postgres").execute(sql))


async def _awaited(value: Awaitable[T]) -> T:
    return await value


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, whether or not the caller is inside an event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    with start() as server:
        yield server


@pytest.fixture(scope="session")
def _databases(postgres_server: Server) -> Databases:
    return Databases(postgres_server)


@pytest.fixture
def databases(_databases: Databases) -> Iterator[Databases]:
    """Make databases with `fresh(template)`; they are dropped after the test."""
    yield _databases
    _databases.drop_all()


@pytest.fixture
def database(databases: Databases) -> Database:
    """An empty database."""
    return databases.fresh()
