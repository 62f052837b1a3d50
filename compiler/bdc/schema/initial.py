"""The first migration: from nothing to the schema, and back."""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

from bdc.catalog import Database, assemble, dump, state_hash
from bdc.ddl.nodes import (
    AddForeignKey,
    CreateFunction,
    CreateIndex,
    CreatePolicy,
    CreateTable,
    CreateTrigger,
    CreateView,
    DropSchema,
    DropTable,
    Script,
    Section,
    Statement,
)
from bdc.ddl.printer import print_script
from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledQueries
from bdc.ir.snapshot import dump_snapshot
from bdc.output import GeneratedFile, Ownership
from bdc.output.document import to_json
from bdc.schema.linters import linter_files
from bdc.schema.names import APP, Roles, name_of, roles_of
from bdc.schema.shapes import with_shapes
from bdc.schema.statements import preamble, schema
from bdc.source.compressed import compressed

FOLDER = "database/migrations/0001_initial"
_COUNTED = {
    "tables": CreateTable,
    "foreign_keys": AddForeignKey,
    "indexes": CreateIndex,
    "policies": CreatePolicy,
    "functions": CreateFunction,
    "triggers": CreateTrigger,
}
_HEADER = """\
-- From an empty database to the whole schema of {title}. One transaction: all of it or nothing.
-- Run by `python -m database.migrate up`; by hand: psql --single-transaction -f {name}
-- Missing roles are made, which takes CREATEROLE (or a superuser); otherwise membership of {owner} is enough.

"""
_NEW = "-- What has an index here is new and has no readers.\n-- squawk-ignore-file require-concurrent-index-creation"
_PATIENCE = "set local lock_timeout = '2s';\nset local statement_timeout = '10min';"


def initial_migration(system: SystemIR, queries: CompiledQueries) -> Iterator[GeneratedFile]:
    """Yield the files of the edge from nothing to this schema. The state is what the next edge will start from, the
    snapshot the specification that made it."""
    made = list(schema(system, queries))
    state = with_shapes(assemble(made), system)
    yield from linter_files(system, queries, made)
    body = print_script(made)
    header = _HEADER.format(title=system.title, name="01_expand.sql", owner=roles_of(system).owner)
    expand = header + print_script([*_asides(made), *preamble(system, queries)]) + "\n" + body
    down = _down(system)
    yield _file("01_expand.sql", expand)
    yield _file("down.sql", down)
    yield _file("edge.json", to_json(_edge(made, state, expand, down)))
    yield _packed("snapshot.json.gz", dump_snapshot(system) + "\n")
    yield _packed("state.json.gz", dump(state) + "\n")


def _asides(made: Iterable[Statement]) -> Iterator[Script]:
    if any(isinstance(each, CreateView) and each.materialized for each in made):
        yield Script(_NEW)
    yield Script(_PATIENCE)


def _file(name: str, text: str) -> GeneratedFile:
    return GeneratedFile(f"{FOLDER}/{name}", text, Ownership.MIGRATION)


def _packed(name: str, text: str) -> GeneratedFile:
    return GeneratedFile(f"{FOLDER}/{name}", "", Ownership.MIGRATION, data=compressed(text))


def _edge(made: Iterable[Statement], state: Database, expand: str, down: str) -> dict[str, object]:
    """`from` and `to` are states of the schema; the checksums are those that the ledger keeps."""
    counts = Counter(type(statement) for statement in made)
    return {
        "from": None,
        "to": state_hash(state),
        "files": [
            {"path": "01_expand.sql", "phase": "expand", "transaction": True, "sha256": _hash(expand)},
            {"path": "down.sql", "phase": "down", "transaction": True, "sha256": _hash(down)},
        ],
        "statements": {name: counts[kind] for name, kind in _COUNTED.items()},
    }


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _down(system: SystemIR) -> str:
    roles = roles_of(system)
    return print_script(
        (
            Section("Back to an empty database. Everything in it is lost."),
            Script(
                "-- Dropping is what this file is for.\n-- squawk-ignore-file ban-drop-table, ban-drop-schema"
            ),
            Script(_PATIENCE),
            Script(_drop_releases()),
            *(DropTable(name_of(table)) for table in reversed(system.tables)),
            DropSchema(APP),
            Script(_open_again()),
            Section("Roles go unless another database of this server still uses them."),
            *(Script(_drop_role(role)) for role in _leaving(roles)),
        )
    )


def _leaving(roles: Roles) -> tuple[str, ...]:
    return (roles.readonly, roles.runtime, roles.service, roles.migrator, roles.owner)


def _drop_releases() -> str:
    return (
        "do $$\ndeclare\n  release name;\nbegin\n"
        "  for release in select nspname from pg_namespace where nspname like 'api\\_%' loop\n"
        "    execute format('drop schema %I cascade', release);\n"
        "  end loop;\nend\n$$;"
    )


def _open_again() -> str:
    """Give PUBLIC back what a new database gives it."""
    return (
        "grant usage on schema public to public;\n\n"
        "do $$\nbegin\n"
        "  execute format('grant temporary on database %I to public', current_database());\n"
        "end\n$$;"
    )


def _drop_role(role: str) -> str:
    return (
        f"drop owned by {role};\n\n"
        "do $$\nbegin\n"
        f"  drop role {role};\n"
        "exception when dependent_objects_still_exist or object_in_use or insufficient_privilege then\n"
        f"  raise notice 'role {role} is kept';\nend\n$$;"
    )
