"""The roles of the database and their rights: everything else is refused."""

from collections.abc import Iterable, Iterator

from bdc.ddl.names import Name
from bdc.ddl.nodes import Grant, Privilege, Script, Statement
from bdc.ddl.printer import literal
from bdc.ir import Column, Entity, ScalarField, SystemIR
from bdc.ir.compiled import IdentityParameter, RowPolicy
from bdc.query.embedding import columns_of
from bdc.schema.audit import personal_columns
from bdc.schema.names import APP, Roles, name_of
from bdc.schema.triggers import fixed_columns

# How long the service's statements may run, wait for a lock, and leave a transaction open; how JSON shows times; and one plan
# per prepared statement: with a page size as its parameter, PostgreSQL would plan a list anew each time it runs.
_LIMITS = (
    ("statement_timeout", "5s"),
    ("lock_timeout", "2s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("timezone", "UTC"),
    ("intervalstyle", "iso_8601"),
    ("plan_cache_mode", "force_generic_plan"),
)
# Citus finds the shard while it plans with the values of a statement.
_EACH_PLAN = ("set plan_cache_mode = 'force_generic_plan'", "set plan_cache_mode = 'auto'")
# One statement after the other reaches the shards, so that a transaction may hold many; triggers of shards look at their own rows only.
_OF_CITUS = (("citus.multi_shard_modify_mode", "sequential"), ("citus.enable_unsafe_triggers", "on"))
# Set by the owner, for what it makes.
OWN_DEFAULTS = (
    "alter default privileges revoke execute on functions from public;\n"
    "alter default privileges revoke usage on types from public;"
)
_COMMANDS = ("select", "insert", "update", "delete")


def create_roles(
    roles: Roles, identity: Iterable[IdentityParameter], *, sharded: bool = False
) -> Iterator[Statement]:
    """Yield what makes the roles that are missing. Roles belong to the server: another database may have them already."""
    unbound = _unbound(identity)
    yield _role(roles.owner, "nologin")
    yield _role(roles.service, "nologin")
    yield _role(roles.migrator, "login", _of_migrator(roles) if sharded else "")
    limits = _settings(roles.runtime, unbound, limits=True)
    yield _role(roles.runtime, "login", limits.replace(*_EACH_PLAN) if sharded else limits)
    yield _role(roles.readonly, "login", _settings(roles.readonly, unbound, limits=False))
    yield Script(_memberships(roles))


def claim_settings(roles: Roles, identity: Iterable[IdentityParameter]) -> Iterator[Statement]:
    """Yield what a later release changes about the roles: sessions of a release with a new claim have to fail aloud too."""
    unbound = _unbound(identity)
    settings = "".join(
        _settings(role, unbound, limits=False) for role in (roles.runtime, roles.readonly) if unbound
    )
    if settings:
        yield Script(f"do $$\nbegin\n{settings}end\n$$;")


def _of_migrator(roles: Roles) -> str:
    return _if_allowed("".join(_set(roles.migrator, name, value) for name, value in _OF_CITUS))


def _unbound(identity: Iterable[IdentityParameter]) -> list[str]:
    return [
        parameter.setting for parameter in identity if parameter.claim is not None and parameter.anonymous
    ]


def of_main_identity(
    system: SystemIR, identity: Iterable[IdentityParameter]
) -> tuple[IdentityParameter, ...]:
    """Return the parameters without claims of a second identity. These are null where nothing binds them, which denies: a release that does
    not know them goes on while one that does is rolled out."""
    claims = system.identity.claims if system.identity is not None else ()
    others = {claim.name for claim in claims if claim.of is not None}
    return tuple(each for each in identity if each.claim not in others)


def _role(name: str, kind: str, more: str = "") -> Script:
    create = f"    create role {name} {kind} nosuperuser nobypassrls nocreatedb nocreaterole;\n"
    test = f"  if not exists (select from pg_roles where rolname = {literal(name)}) then\n"
    return Script(f"do $$\nbegin\n{test}{create}  end if;\n{more}end\n$$;")


def _settings(role: str, unbound: Iterable[str], *, limits: bool) -> str:
    """A claim that is never bound is '', which is no uuid: a session that forgets to say who calls fails aloud. Only a
    superuser may set that; without it such a session sees nothing, in silence. They are set again where the role was there
    already (by who may), since an older version may have made it."""
    known = "".join(_set(role, setting, value) for setting, value in (_LIMITS if limits else ()))
    aloud = "".join(_set(role, setting, "") for setting in unbound)
    return _if_allowed(known) + _if_allowed(aloud)


def _if_allowed(statements: str) -> str:
    otherwise = "  exception when insufficient_privilege then\n    null;\n"
    return f"  begin\n{statements}{otherwise}  end;\n" if statements else ""


def _set(role: str, setting: str, value: str) -> str:
    return f"    alter role {role} set {setting} = {literal(value)};\n"


def _memberships(roles: Roles) -> str:
    """The migrator can become the owner; the runtime can become `service`, but is not it by default."""
    return (
        "do $$\nbegin\n"
        f"  if not pg_has_role({literal(roles.owner)}, 'set') then\n"
        f"    execute format('grant {roles.owner} to %I', current_user);\n"
        "  end if;\n"
        f"  if not pg_has_role({literal(roles.migrator)}, {literal(roles.owner)}, 'set') then\n"
        f"    grant {roles.owner} to {roles.migrator};\n"
        "  end if;\n"
        f"  if not pg_has_role({literal(roles.runtime)}, {literal(roles.service)}, 'set') then\n"
        f"    grant {roles.service} to {roles.runtime} with inherit false;\n"
        "  end if;\n"
        "end\n$$;"
    )


def close_database(roles: Roles) -> Iterator[Statement]:
    """Yield what takes from PUBLIC the rights that a new database gives it, and becomes the owner for all that follows."""
    yield Script(
        "do $$\nbegin\n"
        "  execute format('revoke create, temporary on database %I from public', current_database());\n"
        f"  execute format('grant create, temporary on database %I to {roles.owner}', current_database());\n"
        "end\n$$;"
    )
    yield Script(
        f"revoke all on schema public from public;\ngrant usage, create on schema public to {roles.owner} with grant option;"
    )
    yield Script(f"set local role {roles.owner};")
    yield Script(OWN_DEFAULTS)


def schema_grants(roles: Roles, schemas: Iterable[str]) -> Iterator[Statement]:
    usage, everybody = (Privilege("usage"),), (roles.runtime, roles.service, roles.readonly)
    for name in ("public", *schemas):
        yield Grant(usage, "schema", Name(name), everybody)
    yield Grant(usage, "schema", Name(APP), (roles.runtime, roles.service))


def table_grants(
    system: SystemIR, entity: Entity, policies: Iterable[RowPolicy], roles: Roles
) -> Iterator[Statement]:
    """Yield the rights on one table: the commands that some policy lets a role use, and no more.

    What never changes is not granted for update; `readonly` sees neither personal data nor fields with a rule of their own
    about who reads them.
    """
    given = list(policies)
    table = system.table(entity.table)
    name = name_of(table)
    fixed = set(fixed_columns(system, entity))
    written = (column for column in table.columns if column.generated is None)
    changeable = tuple(column.name for column in written if column.name not in fixed)
    for role, full in (("runtime", roles.runtime), ("service", roles.service)):
        rights = tuple(_rights(commands_of(given, role), changeable))
        if rights:
            yield Grant(rights, "table", name, (full,))
    for column in table.columns:
        if column.sequence is not None:
            sequence = Name(column.sequence, name.schema)
            yield Grant((Privilege("usage"),), "sequence", sequence, (roles.runtime, roles.service))
    if "select" in commands_of(given, "service"):
        yield Grant(
            (Privilege("select", _impersonal(system, entity, table.columns)),),
            "table",
            name,
            (roles.readonly,),
        )


def commands_of(policies: Iterable[RowPolicy], role: str) -> tuple[str, ...]:
    """Return the commands that some permissive policy opens to `role`."""
    found = {policy.command for policy in policies if not policy.restrictive and role in policy.roles}
    return _COMMANDS if "all" in found else tuple(command for command in _COMMANDS if command in found)


def _rights(commands: Iterable[str], changeable: tuple[str, ...]) -> Iterator[Privilege]:
    for command in commands:
        if command != "update":
            yield Privilege(command)
        elif changeable:
            yield Privilege(command, changeable)


def _impersonal(system: SystemIR, entity: Entity, columns: Iterable[Column]) -> tuple[str, ...]:
    policy = system.policy(entity.name)
    ruled = {rule.field for rule in policy.fields if rule.read is not None} if policy else set()
    masked = {
        name
        for field in entity.fields
        if isinstance(field, ScalarField) and (field.hidden or field.name in ruled)
        for name in columns_of(field)
    }
    hidden = personal_columns(system, entity) | masked
    return tuple(column.name for column in columns if column.name not in hidden)
