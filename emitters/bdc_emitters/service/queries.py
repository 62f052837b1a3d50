"""`database/queries/*.sql`: the statement behind each list and each read, laid out for people.

The statements are put together by the service itself, when a shape of request is first seen; what is written here is what
it puts together for the plain request. They are for reading and for plans: nothing loads them.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from types import ModuleType, SimpleNamespace
from typing import Any

from bdc.ir import SystemIR
from bdc.ir.compiled import EntityRead
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.surface.names import surface_names
from bdc_emitters.service.sql_layout import laid_out

TEMPLATES = Templates("bdc_emitters.service")
_RUNTIME = ("compose", "fragments", "selection")


@dataclass(frozen=True, slots=True)
class CallerView:
    """A statement as `who` gets it."""

    who: str
    sql: str


@dataclass(frozen=True, slots=True)
class QueryView:
    title: str
    parameters: tuple[str, ...]
    callers: tuple[CallerView, ...]


def query_files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return two files per resource: the list and the read of one row."""
    runtime = _runtime()
    composer = runtime.compose.Composer(_fragments(runtime, context))
    identity = tuple(parameter.name for parameter in context.queries.identity)
    reads = {read.entity: read for read in context.queries.reads}
    names = surface_names(system)
    for resource in (resource for api in system.apis for resource in api.resources):
        read = reads[resource.entity]
        leaves = tuple(runtime.selection.Leaf(member.name, member.name) for member in read.members)
        if "list" in resource.operations:
            root = _page(runtime, read, leaves, resource.page.default)
            title = f"The first page of {resource.entity}."
            view = QueryView(title, identity, _callers(composer, composer.value, root))
            yield _file(f"{names.modules[resource.entity]}_list", view)
        if "get" in resource.operations:
            root = _get(runtime, read, leaves)
            parameters = (*identity, *(key.member for key in read.keys))
            title = f"One row of {resource.entity}."
            view = QueryView(title, parameters, _callers(composer, composer.row, root))
            yield _file(f"{names.modules[resource.entity]}_get", view)


def _file(name: str, view: QueryView) -> GeneratedFile:
    return GeneratedFile(f"database/queries/{name}.sql", TEMPLATES.render("query.sql.j2", view))


def _callers(composer: Any, compose: Any, root: Any) -> tuple[CallerView, ...]:
    roles = composer.fragments.roles
    whole = CallerView(
        f"for a caller with the roles {', '.join(sorted(roles))}", laid_out(compose(root, roles).sql)
    )
    none = CallerView("for a caller without a role", laid_out(compose(root, frozenset()).sql))
    return (whole, none) if whole.sql != none.sql else (CallerView("for every caller", none.sql),)


def _page(runtime: Any, read: EntityRead, leaves: tuple[Any, ...], size: int) -> Any:
    parts = (runtime.selection.Nodes("items", leaves), runtime.selection.NextCursor("next_cursor"))
    return runtime.selection.Page(key="", entity=read.entity, first=size, parts=parts)


def _get(runtime: Any, read: EntityRead, leaves: tuple[Any, ...]) -> Any:
    keys = tuple(runtime.selection.Slot(index) for index in range(len(read.keys)))
    return runtime.selection.Get("", read.entity, keys, leaves)


def _fragments(runtime: Any, context: EmitContext) -> Any:
    """The compiled reads have the members of the runtime's fragments, which is all that the composer asks of them."""
    queries = context.queries
    entities = tuple(_as_fragments(runtime, read) for read in queries.reads)
    return runtime.fragments.Fragments(queries.identity, entities)


def _as_fragments(runtime: Any, read: EntityRead) -> Any:
    members = {name: getattr(read, name) for name in EntityRead.__dataclass_fields__}
    return runtime.fragments.EntityRead(**members)


@cache
def _runtime() -> SimpleNamespace:
    """Return modules of the runtime, as they will be in the output; afterwards nobody else finds them under that name."""
    with as_file(files("bdc_emitters.service").joinpath("runtime")) as folder, _borrowed(str(folder)):
        return SimpleNamespace(
            **{name: importlib.import_module(f"services.data.engine.{name}") for name in _RUNTIME}
        )


@contextmanager
def _borrowed(folder: str) -> Iterator[None]:
    kept = _take()
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)
        _take()
        sys.modules.update(kept)


def _take() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.partition(".")[0] == "services"]
    return {name: sys.modules.pop(name) for name in names}
