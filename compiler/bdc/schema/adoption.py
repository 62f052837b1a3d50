"""What a database in use gets before anything else of a backend: roles, schema `app` and the ledger; and how these go again.

Nothing is taken from anybody: the rights of `public` stay as they are, for a running application may live on them. The statements run
as the role that logs in, which need not be a superuser: it makes the roles, and owns the database.
"""

from collections.abc import Iterator

from bdc.ddl.nodes import CreateSchema, Script, Statement
from bdc.ddl.printer import print_script
from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledQueries
from bdc.schema.names import APP, Roles, roles_of
from bdc.schema.roles import OWN_DEFAULTS, create_roles, of_main_identity
from bdc.schema.system_tables import MIGRATION, create_table


def bootstrap(system: SystemIR, queries: CompiledQueries) -> str:
    """Return the script that makes roles, schema `app` and the ledger; one transaction."""
    roles = roles_of(system)
    return print_script(
        [
            *create_roles(roles, of_main_identity(system, queries.identity)),
            Script(_open(roles)),
            Script(f"create schema {APP} authorization {roles.owner};"),
            Script(f"set local role {roles.owner};\nset local search_path = public, pg_temp;"),
            Script(OWN_DEFAULTS),
            *create_table(MIGRATION, roles),
            Script("set local role none;"),
        ]
    )


def ledger(system: SystemIR) -> Iterator[Statement]:
    """Yield the objects that `bootstrap` leaves behind for the plan to go on from."""
    yield CreateSchema(APP)
    yield from create_table(MIGRATION, roles_of(system))


def teardown(system: SystemIR) -> str:
    """Return the script that takes away what `bootstrap` and releases made, when everything else has been taken back; one transaction.
    What the owner still owns goes to the role that runs it: nothing of the application is dropped."""
    roles = roles_of(system)
    every = (roles.readonly, roles.runtime, roles.service, roles.migrator, roles.owner)
    return print_script(
        [
            Script("set local lock_timeout = '2s';"),
            *(Script(_join(role)) for role in every),
            Script(_DROP_RELEASES),
            Script(f"drop schema if exists {APP} cascade;"),
            Script(f"reassign owned by {roles.owner} to current_user;"),
            Script(f"drop owned by {', '.join(every)};"),
            Script(_close(roles)),
            *(Script(_drop_role(role)) for role in every),
        ]
    )


def _open(roles: Roles) -> str:
    return (
        "do $$\nbegin\n"
        f"  execute format('grant create, temporary on database %I to {roles.owner}', current_database());\n"
        "end\n$$;\n"
        f"grant usage, create on schema public to {roles.owner} with grant option;"
    )


def _close(roles: Roles) -> str:
    """PostgreSQL takes a member of the owner, which may pass these rights on, for the owner itself: it would take nothing away."""
    return (
        "do $$\nbegin\n"
        "  if not (select rolsuper from pg_roles where rolname = session_user) then\n"
        f"    execute format('revoke {roles.owner} from %I', session_user);\n"
        "  end if;\nend\n$$;\n\n"
        f"revoke usage, create on schema public from {roles.owner} cascade;\n\n"
        "do $$\nbegin\n"
        f"  execute format('revoke create, temporary on database %I from {roles.owner} cascade', current_database());\n"
        "end\n$$;"
    )


_DROP_RELEASES = """\
do $$
declare
  release name;
begin
  for release in
    select nspname from pg_namespace where nspname ~ '^api_' and obj_description(oid, 'pg_namespace') ~ '^release '
  loop
    execute format('drop schema %I cascade', release);
  end loop;
end
$$;"""


def _join(role: str) -> str:
    """Only a member may take away what a role was granted."""
    return (
        "do $$\nbegin\n"
        f"  if not pg_has_role('{role}', 'usage') then\n"
        f"    execute format('grant {role} to %I with inherit true', session_user);\n"
        "  end if;\nend\n$$;"
    )


def _drop_role(role: str) -> str:
    return (
        "do $$\nbegin\n"
        f"  drop role {role};\n"
        "exception when dependent_objects_still_exist or object_in_use or insufficient_privilege then\n"
        f"  raise notice 'role {role} is kept';\nend\n$$;"
    )
