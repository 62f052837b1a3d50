"""The chapter "Bring your database" as it stands, on the databases of two applications, with rows, while they run."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner

from bdc.cli import exits
from bdc.cli.main import cli
from bdc.stack import Server
from bdc.stack.migrations import captured
from tests.adoption.in_use import ADMIN, APPLICATION, OWNERS, PLAIN, InUse, in_use, running
from tests.support.emitted import run_tests
from tests.support.postgres import run
from tests.support.specs import ROOT

pytestmark = pytest.mark.postgres
CHAPTER = (ROOT / "specs" / "bring-your-database.md").read_text(encoding="utf-8")
GUARDS = {
    "umami": re.findall(r"```bds\n(.*?)```", CHAPTER, re.DOTALL)[0],
    "hoppscotch": """
identity User {
  bearer jwt { issuer: env("JWT_ISSUER")  audience: "hoppscotch"  jwks: env("JWKS_URL") }
  claim id: text = "sub"
  claim roles: string[] = "roles"
}
role member
policy User { allow read to member when uid == actor.id }
policy UserHistory { allow read, create, update, delete to member when user_uid == actor }
api Hoppscotch v1 { auth bearer  resource UserHistory { ops list, get, create, update, delete } }
""",
}
GUARDED = {"umami": {"board", "user"}, "hoppscotch": {"UserHistory", "User"}}
SECURED = (
    "select relname as name from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace"
)
LEFT = """
select rolname as name from pg_roles where rolname ~ $1
union all select nspname from pg_namespace where nspname ~ '^(app|api_.*)$'
"""


def steps() -> Iterator[list[str]]:
    """Yield the commands of the chapter, section by section."""
    for block in re.findall(r"```console\n(.*?)```", CHAPTER, re.DOTALL):
        yield [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]


class Shell:
    """Runs commands of the chapter as they stand, in a folder, as a role of the database."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self._url = folder, url

    async def __call__(self, line: str, code: int = exits.OK) -> str:
        return await asyncio.to_thread(self._run, line, code)

    def _run(self, line: str, code: int) -> str:
        words = [str(self.folder / each) if each in ("specs", "out") else each for each in line.split()]
        assert words[0] == "bdc"
        arguments = [each.replace("$DATABASE", self._url) for each in words[1:]]
        if arguments[0] == "migrate":
            _, command, out, _, url = arguments
            failed, said = captured(Path(out), url, [command])
            assert bool(failed) == (code != exits.OK), f"{line}\n{said}"
            return said
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == code, f"{line}\n{result.output}"
        return result.output


@pytest.fixture(params=["umami", pytest.param("hoppscotch", marks=pytest.mark.long)])
def base(request: pytest.FixtureRequest, postgres_server: Server) -> Iterator[InUse]:
    name = request.param
    yield run(in_use(postgres_server, f"prisma-{name}", name))
    run(gone(postgres_server, name))


async def gone(server: Server, name: str) -> None:
    connection = await asyncpg.connect(server.superuser_url)
    await connection.execute(f"drop database {name} with (force)")
    await _without_roles(connection, f"^({name}|found)_")
    await connection.close()


async def _without_roles(connection: "asyncpg.Connection[asyncpg.Record]", pattern: str) -> None:
    for row in await connection.fetch(
        "select rolname from pg_roles where rolname ~ $1 order by rolname ~ '^found', 1", pattern
    ):
        await connection.execute(f'drop role "{row["rolname"]}"')


async def owners(base: InUse) -> dict[str, str]:
    return {row["name"]: row["owner"] for row in await base.fetch(OWNERS)}


async def named(base: InUse, sql: str, *arguments: object) -> set[str]:
    return {row["name"] for row in await base.fetch(sql, *arguments)}


def test_the_chapter_on_a_database_in_use(base: InUse, tmp_path: Path) -> None:
    before = run(base.rows())
    run(_followed(base, Shell(tmp_path, base.url(ADMIN))))
    assert run(base.rows()) == before
    if base.name == "hoppscotch":  # the embedded server lacks an extension of the other
        url = base.server.superuser_url
        assert set(run_tests(tmp_path / "out", TEST_DATABASE_URL=url).counts) == {"passed"}


async def _followed(base: InUse, shell: Shell) -> None:
    """Follow the chapter; no request of the application fails meanwhile."""
    read, adopt, forth, back, again, same, change = steps()
    said = [await shell(line) for line in (*read, *adopt)][-1]
    assert "NO " not in said and f"yes membership of {APPLICATION}" in said
    imported = (shell.folder / "specs/import.md").read_text(encoding="utf-8")
    assert "`_prisma_migrations`: the history of Prisma Migrate" in imported
    theirs = await owners(base)
    async with running(base) as application:
        await _told_what_is_missing(base, shell)
        assert "0001_adopt: applied" in [await shell(line) for line in forth][-1]
        assert await owners(base) == dict.fromkeys(theirs, f"{base.name}_owner") | {
            "_prisma_migrations": APPLICATION
        }
        assert await named(base, SECURED) == set()
        for line in back:
            await shell(line)
        assert await owners(base) == theirs
        assert await named(base, LEFT, f"^{base.name}_") == set()
        for line in again:
            await shell(line)
        await _history_goes_on(base)
    async with running(base) as later:
        said = await shell(same[0])
        assert "Database  " not in said, said
        file = shell.folder / "specs" / f"{base.name}.bds"
        file.write_text(file.read_text(encoding="utf-8") + GUARDS[base.name], encoding="utf-8")
        for line in change:
            await shell(line)
        assert await named(base, SECURED) == GUARDED[base.name]
        await _history_goes_on(base)
    assert [*application.failures, *later.failures] == []
    assert application.requests > 100 and max(application.longest, later.longest) < 2, (application, later)


async def _told_what_is_missing(base: InUse, shell: Shell) -> None:
    """A role without any of it is told what an administrator has to run, and that is enough."""
    plain = Shell(shell.folder, base.url(PLAIN))
    said = await plain("bdc migrate baseline out --db $DATABASE", exits.OUTSIDE)
    assert "may not" in said or "permission denied" in said or "no schema app and no roles" in said
    said = await plain("bdc migrate up out --db $DATABASE", exits.OUTSIDE)
    assert "cannot adopt the database, and nothing was changed" in said and said.count("NO ") == 4
    await base.execute(said.partition("let an administrator run, and try again:")[2])
    for command in ("up", "down"):
        await plain(f"bdc migrate {command} out --db $DATABASE")
    connection = await asyncpg.connect(base.url("postgres"))
    await _without_roles(connection, f"^{base.name}_")
    await connection.execute(f"drop owned by {PLAIN}")
    await connection.close()


async def _history_goes_on(base: InUse) -> None:
    """The application's own tool goes on: it writes its history, and changes a table, as its own role."""
    await base.execute("update _prisma_migrations set logs = 'seen'", APPLICATION)
    table = min(GUARDED[base.name])
    tried = f'alter table "{table}" add column tried int; alter table "{table}" drop column tried'
    await base.execute(tried, APPLICATION)
