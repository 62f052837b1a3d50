"""What the role that adopts a database has to be allowed, found before anything is changed: each with what an administrator runs where it
is missing."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg

from database.engine.adoption import adoption_of, owners
from database.engine.edge import Adoption
from database.engine.errors import MigrationError
from database.engine.migrations_folder import Migration

_ME = """
select current_user as name, current_database() as database, r.rolsuper, r.rolcreaterole,
  has_database_privilege(current_database(), 'create') as creates,
  has_database_privilege(current_database(), 'create with grant option')
    and has_database_privilege(current_database(), 'temporary with grant option') as passes_on,
  has_schema_privilege('public', 'create with grant option')
    and has_schema_privilege('public', 'usage with grant option') as opens_public,
  to_regnamespace('app') is not null and to_regclass('app.migration') is null as has_app
from pg_roles r where r.rolname = current_user
"""
_ROLE = """
select r.rolsuper, pg_has_role(r.oid, 'usage') and pg_has_role(r.oid, 'set') as member,
  exists (select from pg_auth_members m where m.roleid = r.oid and m.admin_option and pg_has_role(m.member, 'usage')) as admin
from pg_roles r where r.rolname = $1
"""


@dataclass(frozen=True, slots=True)
class Need:
    """`remedy`: statements that an administrator runs where it is not held."""

    what: str
    held: bool
    remedy: tuple[str, ...]

    def __str__(self) -> str:
        return f"  {'yes' if self.held else 'NO '} {self.what}"


async def needs(connection: "asyncpg.Connection[asyncpg.Record]", adoption: Adoption) -> tuple[Need, ...]:
    """Return what the adoption needs of the role that is logged in."""
    me = await connection.fetchrow(_ME)
    assert me is not None  # nosec B101
    return tuple([need async for need in _needs(connection, adoption, me)])


async def _needs(
    connection: "asyncpg.Connection[asyncpg.Record]", adoption: Adoption, me: asyncpg.Record
) -> AsyncIterator[Need]:
    login, database = _quoted(me["name"]), _quoted(me["database"])
    yield await _may_make_roles(connection, adoption, me)
    yield Need(
        f"rights on the database {me['database']}: to make schemas, and to let the owner make them (its owner has them)",
        me["rolsuper"] or (me["creates"] and me["passes_on"]),
        (f"grant create, temporary on database {database} to {login} with grant option;",),
    )
    yield Need(
        "rights on the schema public: to let the owner make tables there (the owner of the database has them)",
        me["rolsuper"] or me["opens_public"],
        (f"grant usage, create on schema public to {login} with grant option;",),
    )
    async for need in _may_move(connection, adoption, me):
        yield need
    if me["has_app"]:
        yield Need(
            "the name `app` for a schema of the backend; a schema of the application has it", False, ()
        )


async def _may_make_roles(
    connection: "asyncpg.Connection[asyncpg.Record]", adoption: Adoption, me: asyncpg.Record
) -> Need:
    """Roles that are there already have to be his to give."""
    login = _quoted(me["name"])
    remedy: list[str] = []
    for role in adoption.roles:
        found = await connection.fetchrow(_ROLE, role)
        kind = "nologin" if role == adoption.roles[0] or role.endswith("_service") else "login"
        if found is None and not me["rolcreaterole"]:
            remedy += [f"create role {_quoted(role)} {kind};"]
        if (found is None and not me["rolcreaterole"]) or (found is not None and not found["admin"]):
            remedy += [f"grant {_quoted(role)} to {login} with admin option;"]
    held = me["rolsuper"] or not remedy
    return Need(
        f"CREATEROLE, for {', '.join(adoption.roles)}; or these roles, with admin option", held, tuple(remedy)
    )


async def _may_move(
    connection: "asyncpg.Connection[asyncpg.Record]", adoption: Adoption, me: asyncpg.Record
) -> AsyncIterator[Need]:
    """What changes its owner belongs to him, or to a role that he is a member of."""
    login = _quoted(me["name"])
    by_owner: dict[str, list[tuple[str, str]]] = {}
    for each, owner in (await owners(connection, adoption)).items():
        by_owner.setdefault(owner, []).append(each)
    for owner, objects in sorted(by_owner.items()):
        found = await connection.fetchrow(_ROLE, owner)
        remedy: tuple[str, ...] = (f"grant {_quoted(owner)} to {login};",)
        if found is not None and found["rolsuper"]:
            remedy = tuple(f"alter {kind} {name} owner to {login};" for kind, name in objects)
        held = me["rolsuper"] or (found is not None and found["member"])
        yield Need(f"membership of {owner}, which owns {len(objects)} of the objects", held, remedy)


async def refuse_missing(connection: "asyncpg.Connection[asyncpg.Record]", migration: Migration) -> None:
    """MigrationError when the role that is logged in may not adopt the database; nothing has been touched then."""
    adoption = adoption_of(migration)
    missing = [need for need in await needs(connection, adoption) if not need.held] if adoption else []
    if missing:
        lacking = "".join(f"\n{need}" for need in missing)
        remedy = dict.fromkeys(statement for need in missing for statement in need.remedy)
        told = "".join(f"\n  {statement}" for statement in remedy)
        then = f"\nlet an administrator run, and try again:{told}" if told else ""
        raise MigrationError(
            f"this role cannot adopt the database, and nothing was changed; it needs:{lacking}{then}"
        )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
