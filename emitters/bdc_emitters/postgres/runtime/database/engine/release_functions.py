"""The functions of a release live in a schema named after their text, so that two releases can serve at the same time."""

from pathlib import Path

import asyncpg

from database.engine.errors import MigrationError


async def install_release(connection: "asyncpg.Connection[asyncpg.Record]", script: Path) -> str | None:
    """Make the schema of this release unless it is there; return its name when it was made."""
    text = script.read_text(encoding="utf-8")
    name, marker = _header(text)
    found = await connection.fetchrow(
        "select obj_description(oid, 'pg_namespace') as comment from pg_namespace where nspname = $1", name
    )
    if found is None:
        async with connection.transaction():
            await connection.execute(text)
        return name
    if found["comment"] != f"release {marker}":
        raise MigrationError(f"the schema {name} does not belong to this release: drop it and run again")
    return None


async def drop_other_releases(
    connection: "asyncpg.Connection[asyncpg.Record]", script: Path
) -> tuple[str, ...]:
    """Drop the schemas of all other releases and return their names."""
    name, _ = _header(script.read_text(encoding="utf-8"))
    others = await connection.fetch(
        "select nspname, format('drop schema %I cascade', nspname) as statement from pg_namespace"
        " where nspname ~ '^api_' and nspname <> $1 and obj_description(oid, 'pg_namespace') ~ '^release '",
        name,
    )
    for other in others:
        await connection.execute(other["statement"])
    return tuple(str(other["nspname"]) for other in others)


def _header(text: str) -> tuple[str, str]:
    """Read `-- release: <schema> <marker>` off the first line."""
    _, _, rest = text.partition("\n")[0].partition("-- release: ")
    name, _, marker = rest.partition(" ")
    return name, marker
