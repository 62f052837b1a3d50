"""The way from a database in use to the first state of its backend: roles and schema `app`, another owner for what is there, then what a
plan asks for.

Every operation can be taken back. Each table is locked for itself, for as long as the catalog takes to name another owner; what ran
before goes on as a member of the new one.
"""

import json
from collections.abc import Iterator

from bdc.adoption.compared import without_histories
from bdc.catalog import Database, assemble
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import literal
from bdc.evolution.hints import hints_of
from bdc.evolution.next_migration import SEARCH_PATH
from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledQueries
from bdc.output import GeneratedFile, Ownership
from bdc.plan import Operation, Planned, edge_of, migration_files, plan
from bdc.plan.edge import digest, edge_json
from bdc.plan.operation import FILES
from bdc.schema.adoption import bootstrap, ledger, teardown
from bdc.schema.evolution import evolution
from bdc.schema.names import roles_of
from bdc.schema.state import physical_state
from bdc.source.records import dataclass

FOLDER = "database/adoption"
_LOGIN = "set local role none;"


@dataclass(frozen=True, slots=True)
class _Object:
    """What gets another owner. `kind` as the runner looks it up, `verb` as ALTER calls it, `name` as SQL, `schema` as a name."""

    kind: str
    verb: str
    name: str
    schema: str


def adoption_files(
    live: Database, found: Database, system: SystemIR, queries: CompiledQueries, name: str
) -> tuple[tuple[GeneratedFile, ...], Planned]:
    """Return the files of the adoption called `name`, and its plan; no files where the plan is a refusal. `live`: the database as it was
    read, all of which gets another owner; `found`: the same, as the specification spells it."""
    new, old = physical_state(system, queries), _with_ledger(found, system)
    planned = plan(old, new, hints_of(evolution(system), old, new, ()))
    if planned.refusals:
        return (), planned
    objects, owner = tuple(_objects(without_histories(live, found))), roles_of(system).owner
    moves = tuple(_move(number, each, owner) for number, each in enumerate(objects, 1))
    later = tuple(each.model_copy(update={"group": each.group + len(moves)}) for each in planned.operations)
    whole = Planned(operations=(*moves, *later))
    edge = edge_of(old, new, whole, role=owner, search_path=SEARCH_PATH)
    written = migration_files(edge, new, "")
    shown = {file: text for file, text in written.items() if isinstance(text, str) and file.endswith(".sql")}
    shown["00_bootstrap.sql"] = bootstrap(system, queries)
    shown["edge.json"] = _adopting(edge_json(edge, shown), objects, system, queries)
    made = (
        GeneratedFile(f"{FOLDER}/{name}/{file}", text, Ownership.MIGRATION)
        for file, text in sorted(shown.items())
    )
    return tuple(made), whole


def _with_ledger(found: Database, system: SystemIR) -> Database:
    made = assemble(ledger(system))
    return found.model_copy(
        update={"schemas": (*made.schemas, *found.schemas), "tables": (*made.tables, *found.tables)}
    )


def _adopting(text: str, objects: tuple[_Object, ...], system: SystemIR, queries: CompiledQueries) -> str:
    """Return `edge.json` of an adoption: it begins nowhere, for no migration leads to a database that is in use."""
    content = json.loads(text)
    roles = roles_of(system)
    content["from"] = None
    content["adoption"] = {
        "bootstrap": bootstrap(system, queries),
        "teardown": teardown(system),
        "objects": [[each.kind, each.name] for each in objects],
        "roles": [roles.owner, roles.migrator, roles.runtime, roles.service, roles.readonly],
    }
    del content["checksum"]
    content["checksum"] = digest(json.dumps(content, sort_keys=True, ensure_ascii=False))
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _objects(found: Database) -> Iterator[_Object]:
    """What PostgreSQL gives an owner: a schema before what stands in it, a table before views of it."""
    for space in found.schemas:
        if space.name != "public":
            yield _Object("schema", "schema", quote(space.name), space.name)
    for enum in found.enums:
        yield _object("type", "type", enum.name)
    for domain in found.domains:
        yield _object("type", "domain", domain.name)
    for other in found.others:
        if other.kind in ("composite type", "range type"):
            place = other.key.rpartition(".")[0].strip('"') or "public"
            yield _Object("type", "type", other.key, place)
    for sequence in found.sequences:
        if sequence.owner is None:
            yield _object("sequence", "sequence", sequence.name)
    for routine in found.routines:
        verb = "aggregate" if routine.kind == "aggregate" else "routine"
        yield _Object(
            "routine", verb, full(routine.name) + routine.signature, routine.name.schema or "public"
        )
    for table in found.tables:
        yield _object("table", "table", table.name)
    for view in found.views:
        yield _object("view", "materialized view" if view.materialized else "view", view.name)


def _object(kind: str, verb: str, name: Name) -> _Object:
    return _Object(kind, verb, full(name), name.schema or "public")


def _move(number: int, found: _Object, owner: str) -> Operation:
    """The role that logs in does it: the new owner does not own it yet. A table is waited for without standing in anybody's way first."""
    is_table = found.kind == "table"
    return Operation(
        id=f"a{number:03}-owner-{found.kind}",
        title=f"{found.verb.capitalize()} {found.name} gets the owner {owner}",
        phase="expand",
        group=number,
        statements=(
            _LOGIN,
            f"alter {found.verb} {found.name} owner to {quote(owner)};",
            f"set local role {quote(owner)};",
        ),
        file=FILES["expand"],
        locks={found.name: "ACCESS EXCLUSIVE"} if is_table else {},
        lock_timeout=200,
        statement_timeout=10_000,
        undo=tuple(_back(found, owner)),
    )


def _back(found: _Object, owner: str) -> Iterator[str]:
    """Yield the statements that give the object back. The previous owner gets the right to create there for this long, if it lacks it."""
    entry = f"edge = 'owner' and operation = {literal(f'{found.kind} {found.name}')}"
    place = "database %I" if found.kind == "schema" else f"schema {quote(found.schema)}"
    may = (
        "has_database_privilege(before, current_database(), 'create')"
        if found.kind == "schema"
        else f"has_schema_privilege(before, {literal(quote(found.schema))}, 'create')"
    )
    named = "current_database(), before" if found.kind == "schema" else "before"
    yield f"select set_config('adoption.owner', (select checksum from app.migration_operation where {entry}), true);"
    yield _LOGIN
    yield (
        "do $$\ndeclare\n  before text := current_setting('adoption.owner');\n"
        f"  may boolean := {may};\nbegin\n"
        f"  if not may then\n    execute format('grant create on {place} to %I', {named});\n  end if;\n"
        f"  execute format('alter {found.verb} {_doubled(found.name)} owner to %I', before);\n"
        f"  if not may then\n    execute format('revoke create on {place} from %I', {named});\n  end if;\n"
        "end\n$$;"
    )
    yield f"set local role {quote(owner)};"


def _doubled(name: str) -> str:
    """A name inside a format string inside a literal."""
    return name.replace("%", "%%").replace("'", "''")
