"""The files at the root of the emitted project."""

from collections.abc import Iterator

from bdc.ir import SystemIR
from bdc.naming.dns import label
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.source.records import dataclass
from bdc.surface.endpoints import method_of
from bdc_emitters.service.routes import collection_path, custom_path, row_path, single_path

TEMPLATES = Templates("bdc_emitters.service")


@dataclass(frozen=True, slots=True)
class EndpointView:
    method: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class ProjectView:
    name: str
    title: str
    doc: str
    version: str
    endpoints: tuple[EndpointView, ...]
    graphql: str
    handlers: tuple[str, ...]


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return pyproject.toml, Makefile, README.md, .gitignore."""
    apis = system.apis
    view = ProjectView(
        name=label(system.name),
        title=system.title,
        doc=system.doc,
        version=apis[0].version if apis else "v1",
        endpoints=tuple(_endpoints(system)),
        graphql="`, `".join(api.graphql.path for api in apis if api.graphql),
        handlers=tuple(
            f"{resource.entity}.{op.name}"
            for api in apis
            for resource in api.resources
            for op in resource.custom
            if op.body.kind == "handler"
        ),
    )
    for path, template in (
        ("pyproject.toml", "pyproject.toml.j2"),
        ("Makefile", "Makefile.j2"),
        ("README.md", "README.md.j2"),
        (".gitignore", "gitignore.j2"),
    ):
        yield GeneratedFile(path, TEMPLATES.render(template, view))


def _endpoints(system: SystemIR) -> Iterator[EndpointView]:
    for api in system.apis:
        for resource in api.resources:
            entity = system.entity(resource.entity)
            for name in resource.operations:
                row = name not in ("list", "create")
                path = row_path(system, api, resource, entity) if row else collection_path(api, resource)
                yield EndpointView(method_of(api, name), path, f"{name} {entity.name}")
            for own in resource.single.operations if resource.single is not None else ():
                yield EndpointView(
                    method_of(api, own), single_path(api, resource), f"{own} the caller's {entity.name}"
                )
            for op in resource.custom:
                yield EndpointView(op.http.method, custom_path(api, op), op.doc or op.name)
        for op in api.operations:
            yield EndpointView(op.http.method, custom_path(api, op), op.doc or op.name)
