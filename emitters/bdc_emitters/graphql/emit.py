"""The files of this emitter, in one list."""

from collections.abc import Iterable, Iterator, Mapping

from bdc.ir import Api, SystemIR
from bdc.ir.compiled import EntityRead
from bdc.output import EmitContext, GeneratedFile, Ownership
from bdc.output.runtime import runtime_files
from bdc.output.templates import Templates
from bdc.surface.graphql.build import build_schema_tree
from bdc.surface.graphql.tree import Schema
from bdc_emitters.graphql.sdl import print_sdl
from bdc_emitters.graphql.table import Table
from bdc_emitters.graphql.view import Views, mount_view, task_kinds

PACKAGE = "bdc_emitters.graphql"
FOLDER = "api/graphql"
# What only systems with such tasks have.
PERSISTED = f"{FOLDER}/engine/persisted.py"
NODES = f"{FOLDER}/engine/nodes.py"
TASKS = frozenset({"bulk", "sign_in"})


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    """Return all files; nothing when no api offers GraphQL. Of several apis the first that does is taken."""
    api = next((api for api in system.apis if api.graphql is not None), None)
    if api is None:
        return ()
    reads = {read.entity: read for read in context.queries.reads}
    schema = build_schema_tree(system, api, reads)
    return files_of(system, schema, api, reads)


def files_of(
    system: SystemIR, schema: Schema, api: Api, reads: Mapping[str, EntityRead]
) -> tuple[GeneratedFile, ...]:
    """Return all files of one schema. Raises InvalidSchema."""
    return tuple(_files(system, schema, api, reads))


def _files(
    system: SystemIR, schema: Schema, api: Api, reads: Mapping[str, EntityRead]
) -> Iterator[GeneratedFile]:
    yield GeneratedFile("api/documentation/schema.graphql", print_sdl(schema))
    absent = tuple(f"{FOLDER}/engine/{kind}.py" for kind in TASKS - task_kinds(schema))
    absent += () if schema.interfaces else (NODES,)
    absent += () if api.graphql is not None and api.graphql.persisted else (PERSISTED,)
    yield from (file for file in runtime_files(PACKAGE) if file.path not in absent)
    templates, views = Templates(PACKAGE), Views(system, schema)

    def module(name: str, template: str, view: object) -> GeneratedFile:
        return GeneratedFile(f"{FOLDER}/{name}.py", templates.render(template, view))

    yield module("__init__", "mount.py.j2", mount_view(api, schema))
    yield module("enums", "module.py.j2", views.enums())
    yield module("structs", "module.py.j2", views.structs())
    yield module("inputs", "module.py.j2", views.inputs())
    yield module("paging", "module.py.j2", views.paging())
    if schema.interfaces:
        yield module("nodes", "nodes.py.j2", views.nodes())
    yield module("operations", "module.py.j2", views.operations())
    for name, view in views.entities():
        yield module(f"types/{name}", "module.py.j2", view)
    for name, view in views.resources():
        yield module(f"resources/{name}", "module.py.j2", view)
    yield module("table", "table.py.j2", Table(schema, reads).view())
    yield module("schema", "schema.py.j2", views.schema())
    scaffold = templates.render("extensions.py.j2", views.schema())
    yield GeneratedFile(f"{FOLDER}/extensions.py", scaffold, Ownership.SCAFFOLD)
