"""The files of this emitter, in one list."""

from collections.abc import Iterable, Iterator, Mapping

from bdc.ir import Api, SystemIR
from bdc.ir.compiled import EntityRead
from bdc.output import EmitContext, GeneratedFile, Ownership
from bdc.output.runtime import runtime_files
from bdc.output.templates import Templates
from bdc.surface.graphql.build import build_schema_tree
from bdc.surface.graphql.places import FIRST, Place, places
from bdc.surface.graphql.tree import Schema
from bdc_emitters.graphql.sdl import print_sdl
from bdc_emitters.graphql.table import Table
from bdc_emitters.graphql.view import Views, has_resolvers, mount_view, task_kinds

PACKAGE = "bdc_emitters.graphql"
ENGINE = "api/graphql/engine"
# What only systems with such tasks have.
PERSISTED = f"{ENGINE}/persisted.py"
NODES = f"{ENGINE}/nodes.py"
DECORATE = f"{ENGINE}/decorate.py"
TASKS = frozenset({"bulk", "sign_in"})
Reads = Mapping[str, EntityRead]


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    """Return all files: a schema for each api that offers GraphQL, and what answers them; nothing when none does."""
    found = places(system)
    if not found:
        return ()
    reads = {read.entity: read for read in context.queries.reads}
    schemas = [(api, place, build_schema_tree(system, api, reads)) for api, place in found]
    others = tuple(place.module for _, place in found[1:])
    files = list(_engine([schema for _, _, schema in schemas], [api for api, _ in found]))
    for api, place, schema in schemas:
        files += _files(system, schema, api, reads, place, others if place is FIRST else ())
    return files


def files_of(system: SystemIR, schema: Schema, api: Api, reads: Reads) -> tuple[GeneratedFile, ...]:
    """Return all files of one schema. Raises InvalidSchema."""
    return (*_engine([schema], [api]), *_files(system, schema, api, reads, FIRST, ()))


def _engine(schemas: Iterable[Schema], apis: Iterable[Api]) -> Iterator[GeneratedFile]:
    """Yield what answers documents: the same in every output, but for what only some systems have."""
    schemas = tuple(schemas)
    kinds = set().union(*map(task_kinds, schemas))
    absent = tuple(f"{ENGINE}/{kind}.py" for kind in TASKS - kinds)
    absent += () if any(schema.interfaces for schema in schemas) else (NODES,)
    absent += () if any(map(has_resolvers, schemas)) else (DECORATE,)
    absent += () if any(api.graphql is not None and api.graphql.persisted for api in apis) else (PERSISTED,)
    yield from (file for file in runtime_files(PACKAGE) if file.path not in absent)


def _files(
    system: SystemIR, schema: Schema, api: Api, reads: Reads, place: Place, others: tuple[str, ...]
) -> Iterator[GeneratedFile]:
    """Yield what is generated for one schema. `others`: the modules of the schemas that it brings along."""
    yield GeneratedFile(f"api/documentation/{place.text}", print_sdl(schema))
    templates, views = Templates(PACKAGE), Views(system, schema, place)

    def module(name: str, template: str, view: object) -> GeneratedFile:
        return GeneratedFile(f"{place.folder}/{name}.py", templates.render(template, view))

    yield module("__init__", "mount.py.j2", mount_view(api, schema, place, others))
    yield module("enums", "module.py.j2", views.enums())
    yield module("structs", "module.py.j2", views.structs())
    yield module("paging", "module.py.j2", views.paging())
    if schema.interfaces:
        yield module("nodes", "nodes.py.j2", views.nodes())
    for name, view in views.entities():
        yield module(f"types/{name}", "module.py.j2", view)
    yield module("table", "table.py.j2", Table(schema, reads).view())
    yield module("schema", "schema.py.j2", views.schema())
    scaffold = templates.render("extensions.py.j2", views.schema())
    yield GeneratedFile(f"{place.folder}/extensions.py", scaffold, Ownership.SCAFFOLD)
