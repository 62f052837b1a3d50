"""Extensions that a run makes: those that the server lacks, or that only a superuser may make, are found before anything is changed.

What PostgreSQL calls trusted, the owner makes. Everything else the role that logs in makes: a superuser, or one that the provider of the
server lets do it.
"""

import re
from collections.abc import Iterable, Iterator

import asyncpg

from database.engine.errors import MigrationError
from database.engine.history import Step
from database.engine.ledger import Ledger

_NAME = r'("(?:[^"]|"")+"|[\w$-]+)'
# Where a statement begins: not what a comment or a text speaks of.
_CREATE = re.compile(
    rf"(?:^|(?<=;))[ \t]*(create\s+extension\s+(?:if\s+not\s+exists\s+)?{_NAME}[^;]*)",
    re.IGNORECASE | re.MULTILINE,
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STATEMENT = re.compile(
    rf"\s*(?:create|alter|drop|comment\s+on)\s+extension\s+(?:if\s+(?:not\s+)?exists\s+)?{_NAME}",
    re.IGNORECASE,
)
_DROP = re.compile(rf"\s*drop\s+extension\s+(?:if\s+exists\s+)?{_NAME}", re.IGNORECASE)
_MAY_DROP = """
select coalesce(bool_and(pg_has_role(x.extowner, 'usage') or s.rolsuper), true)
from pg_extension x, pg_roles s where x.extname = $1 and s.rolname = session_user
"""
_OWNS = "select coalesce(bool_and(pg_has_role(extowner, 'usage')), true) from pg_extension where extname = $1"
_KNOWN = """
select w.name, a.name is not null as is_there,
  exists (select from pg_available_extension_versions v
    where v.name = w.name and v.version = a.default_version and (v.trusted or not v.superuser)) as is_free
from unnest($1::text[]) as w (name) left join pg_available_extensions a on a.name = w.name
where not exists (select from pg_extension x where x.extname = w.name) order by 1
"""
_IS_FREE = """
select coalesce(bool_or(trusted or not superuser), true) from pg_available_extension_versions where name = $1
"""


async def missing_extensions(
    connection: "asyncpg.Connection[asyncpg.Record]", steps: Iterable[Step], ledger: Ledger
) -> tuple[str, ...]:
    """Return one line for each extension that `steps` make and that cannot be made, with what to do. Nothing is changed."""
    wanted = {_bare(found[2]): found[1] for text in _texts(steps, ledger) for found in _created(text)}
    lines = []
    for row in await connection.fetch(_KNOWN, list(wanted)):
        name = row["name"]
        if not row["is_there"]:
            lines.append(f"extension {name}: this server does not have it; install its package on the server")
        elif not row["is_free"] and not await _is_allowed(connection, wanted[name]):
            lines.append(f"extension {name}: only a superuser may make it; let one run: {wanted[name]};")
    return tuple(lines)


async def refuse_extensions(
    connection: "asyncpg.Connection[asyncpg.Record]", steps: Iterable[Step], ledger: Ledger
) -> None:
    """MigrationError when an extension cannot be made; nothing has been touched then."""
    missing = await missing_extensions(connection, steps, ledger)
    if missing:
        listed = "".join(f"\n  {line}" for line in missing)
        raise MigrationError(f"extensions are missing, and nothing was changed:{listed}")


async def make_extensions(connection: "asyncpg.Connection[asyncpg.Record]", text: str) -> None:
    """Make, as the role that logs in, what `text` makes later as the owner, where the owner may not."""
    for found in _created(text):
        if await is_for_login(connection, found[1]):
            await connection.execute("set local search_path = public, pg_temp")
            await connection.execute(found[1])


async def is_for_login(connection: "asyncpg.Connection[asyncpg.Record]", statement: str) -> bool:
    """Whether a statement is about an extension that the owner may not make, or drops one that another role has made."""
    found = _STATEMENT.match(statement)
    if found is None:
        return False
    if not await connection.fetchval(_IS_FREE, _bare(found[1])):
        return True
    return _DROP.match(statement) is not None and not await connection.fetchval(_OWNS, _bare(found[1]))


async def stays(connection: "asyncpg.Connection[asyncpg.Record]", statement: str) -> bool:
    """Whether a statement drops an extension that somebody else made, who alone may drop it."""
    found = _DROP.match(statement)
    return found is not None and not await connection.fetchval(_MAY_DROP, _bare(found[1]))


async def _is_allowed(connection: "asyncpg.Connection[asyncpg.Record]", statement: str) -> bool:
    """Try it, and take it back: providers of servers let some roles make what needs a superuser elsewhere."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return False
    except asyncpg.PostgresError:
        return True  # something that an earlier operation makes is missing
    finally:
        await transaction.rollback()
    return True


def _created(text: str) -> "Iterator[re.Match[str]]":
    return _CREATE.finditer(_COMMENT.sub("", text))


def _texts(steps: Iterable[Step], ledger: Ledger) -> Iterator[str]:
    for step in steps:
        if step.file is not None:
            yield step.file.text
        for operation in step.operations:
            begun = ledger.begun(step.migration.name, operation)
            if begun is None or begun.state != "finished":
                yield from operation.statements


def _bare(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()
