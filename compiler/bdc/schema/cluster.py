"""What joins the servers of Citus to a cluster, as a script for psql: run by a superuser of the coordinator, as often as one likes.

Roles are made by it, since Citus makes them on every server then; and rights that no command of Citus carries over are given on each.
"""

from collections.abc import Iterable

from bdc.ddl.names import quote
from bdc.ddl.printer import literal
from bdc.schema.names import Roles


def cluster_script(
    database: str, roles: Roles, coordinator: str, workers: Iterable[str], password: str | None = None
) -> str:
    """Return the script. `password`: the variable of psql that has the migrator's; None where it has none."""
    lines = [
        "\\set ON_ERROR_STOP on",
        "create extension if not exists citus;",
        f"select citus_set_coordinator_host({literal(coordinator)}, 5432);",
        *(f"select citus_add_node({literal(worker)}, 5432);" for worker in workers),
        *_roles(roles),
        *([f"alter role {roles.migrator} password :{quote_variable(password)};"] if password else ()),
        *(_everywhere(each) for each in _rights(database, roles)),
    ]
    return "\n".join(lines) + "\n"


def quote_variable(name: str) -> str:
    """Return how psql writes the value of a variable as a literal."""
    return f"'{name}'"


def _roles(roles: Roles) -> Iterable[str]:
    others = (roles.owner, roles.service, roles.runtime, roles.readonly)
    for role in (roles.migrator, *others):
        more = "createrole" if role == roles.migrator else "nocreaterole"
        made = f"create role {role} login nosuperuser nobypassrls nocreatedb {more}"
        yield f"select {literal(made)} where not exists (select from pg_roles where rolname = {literal(role)}) \\gexec"
    for role in others:
        yield f"grant {role} to {roles.migrator} with admin option;"


def _rights(database: str, roles: Roles) -> Iterable[str]:
    yield f"alter database {quote(database)} owner to {roles.migrator}"
    yield f"grant create, temporary on database {quote(database)} to {roles.owner}"
    yield f"grant usage, create on schema public to {roles.owner} with grant option"


def _everywhere(command: str) -> str:
    return (
        "do $$ declare failed text; begin\n"
        "  select string_agg(result, '; ') into failed\n"
        f"  from run_command_on_all_nodes({literal(command)}) where not success;\n"
        "  if failed is not null then raise exception '%', failed; end if;\nend $$;"
    )
