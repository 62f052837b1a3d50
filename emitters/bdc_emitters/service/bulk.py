"""`services/data/bulk.py`: the operations that take many rows, where a resource has some."""

from collections.abc import Iterator

from bdc.ir import Resource, SystemIR
from bdc.ir.bulk import many
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.source.records import dataclass
from bdc.surface.addresses import around_fields
from bdc.surface.bulk import bulk_endpoints
from bdc.surface.logical import scalar_name
from bdc.surface.names import surface_names

TEMPLATES = Templates("bdc_emitters.service")
RUNTIME = ("api/engine/bulk.py", "services/data/engine/many.py")


@dataclass(frozen=True, slots=True)
class BulkView:
    """`keys`: the members that name a row, each with how its text is read; `around`: those of its path that name the rows around."""

    method: str
    path: str
    name: str
    kind: str
    operation: str
    call: str
    keys: tuple[tuple[str, str], ...]
    around: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BulksView:
    bulks: tuple[BulkView, ...]


def has_bulk(system: SystemIR) -> bool:
    """Return whether some call may write many rows."""
    return any(resource.bulk for api in system.apis for resource in api.resources)


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the module; nothing where no call writes many rows."""
    if has_bulk(system):
        views = tuple(_bulks(system, context))
        yield GeneratedFile("services/data/bulk.py", TEMPLATES.render("bulk.py.j2", BulksView(views)))


def _bulks(system: SystemIR, context: EmitContext) -> Iterator[BulkView]:
    names = surface_names(system)
    functions = {(each.entity, each.operation): each for each in context.queries.functions}
    for each in bulk_endpoints(system):
        yield BulkView(
            each.method,
            each.path,
            f"{each.entity.name}.{each.kind}_many",
            each.kind,
            f"operations.{names.operations[each.entity.name, each.single]}",
            functions[each.entity.name, many(each.kind)].call,
            _keys(system, each.resource) if each.kind != "create" else (),
            tuple(
                (name, scalar_name(system, field) or "text")
                for name, _, field in around_fields(system, each.entity)
            ),
        )


def _keys(system: SystemIR, resource: Resource) -> tuple[tuple[str, str], ...]:
    entity = system.entity(resource.entity)
    fields = [entity.field(name) for name in ((resource.by,) if resource.by is not None else entity.key)]
    return tuple((field.member, scalar_name(system, field) or "text") for field in fields)
