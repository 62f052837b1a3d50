"""`api/routes.py`: every path of the service, and the controllers package."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime

from bdc.ir import Api, Entity, Operation, OwnList, Resource, SystemIR
from bdc.output import EmitContext, GeneratedFile, Ownership
from bdc.output.templates import Templates
from bdc.source.records import dataclass, replace
from bdc.surface.addresses import address_fields
from bdc.surface.endpoints import method_of
from bdc.surface.gates import gates
from bdc.surface.names import controller_of, list_key, own_key, surface_names
from bdc.surface.sign_in import mails_tokens
from bdc.surface.wire import is_wired
from bdc_emitters.service.bulk import has_bulk

TEMPLATES = Templates("bdc_emitters.service")


@dataclass(frozen=True, slots=True)
class RouteView:
    """`writes`: its answer says how far the database is then, where reads may go to a replica."""

    method: str
    path: str
    module: str
    function: str
    name: str
    writes: bool = False


@dataclass(frozen=True, slots=True)
class RoutesView:
    modules: tuple[str, ...]
    routes: tuple[RouteView, ...]
    graphql: bool
    signs_in: bool
    bulk: bool
    wired: bool
    receives: bool
    replica: bool = False
    mails: bool = False
    mails_tokens: bool = False
    gated: bool = False
    sunsets: tuple[tuple[str, str], ...] = ()


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the module."""
    routes = tuple(
        route if system.reads_replica else replace(route, writes=False)
        for api in system.apis
        for route in _api(system, api)
    )
    modules = tuple(dict.fromkeys(route.module for route in routes))
    graphql = any(api.graphql for api in system.apis)
    signs_in = system.identity is not None and system.identity.sign_in is not None
    extensions = TEMPLATES.render("api_extensions.py.j2", None)
    yield GeneratedFile("api/extensions.py", extensions, Ownership.SCAFFOLD)
    yield GeneratedFile(
        "api/routes.py",
        TEMPLATES.render(
            "routes.py.j2",
            RoutesView(
                modules,
                routes,
                graphql,
                signs_in,
                has_bulk(system),
                is_wired(system),
                bool(system.receivers),
                system.reads_replica,
                bool(system.mails),
                mails_tokens(system),
                bool(gates(system)),
                tuple(sunsets(system)),
            ),
        ),
    )


def sunsets(system: SystemIR) -> Iterator[tuple[str, str]]:
    """Yield what the paths of each api begin with, and when it goes away ('': never); nothing where none goes away."""
    for api in system.apis if any(each.sunset for each in system.apis) else ():
        day = datetime.fromisoformat(f"{api.sunset}T00:00:00+00:00") if api.sunset else None
        for path in (api.path, *((api.graphql.path,) if api.graphql is not None else ())):
            yield path, format_datetime(day, usegmt=True) if day is not None else ""


def _api(system: SystemIR, api: Api) -> Iterator[RouteView]:
    names = surface_names(system)
    for resource in api.resources:
        entity = system.entity(resource.entity)
        module = names.controllers[resource.entity]
        for name in resource.operations:
            path = (
                collection_path(api, resource)
                if name in ("list", "create")
                else row_path(system, api, resource, entity)
            )
            function = names.endpoints[entity.name, name]
            yield RouteView(
                method_of(api, name), path, module, function, f"{entity.name}.{name}", _writes(name)
            )
        for each in resource.lists:
            function = names.endpoints[list_key(resource, each.name)]
            yield RouteView("GET", own_list_path(api, each), module, function, f"{entity.name}.list")
        for own in resource.single.operations if resource.single is not None else ():
            function = names.endpoints[own_key(resource, own)]
            yield RouteView(
                method_of(api, own),
                single_path(api, resource),
                module,
                function,
                f"{entity.name}.{own}",
                _writes(own),
            )
        for operation in resource.custom:
            path = custom_path(api, operation)
            function = names.endpoints[entity.name, operation.name]
            full_name = f"{entity.name}.{operation.name}"
            yield RouteView(operation.http.method, path, module, function, full_name, operation.writes)
    for operation in api.operations:
        path = custom_path(api, operation)
        yield RouteView(
            operation.http.method,
            path,
            controller_of(names, api),
            names.endpoints[None, operation.name],
            operation.name,
            operation.writes,
        )


def _writes(name: str) -> bool:
    return name not in ("list", "get")


def collection_path(api: Api, resource: Resource) -> str:
    """Return `/v1/orders`."""
    return api.path.rstrip("/") + resource.path


def own_list_path(api: Api, own: OwnList) -> str:
    """Return `/v1/orders/open`, where some filters are given."""
    return api.path.rstrip("/") + own.path


def single_path(api: Api, resource: Resource) -> str:
    """Return `/v1/me`, where the row of the caller is served."""
    assert resource.single is not None
    return api.path.rstrip("/") + resource.single.path


def key_path(system: SystemIR, entity: Entity) -> str:
    """Return `{id}`, or one segment per part of what names a row."""
    return "/".join(f"{{{field.member}}}" for field in address_fields(system, entity))


def row_path(system: SystemIR, api: Api, resource: Resource, entity: Entity) -> str:
    """Return `/v1/orders/{id}`."""
    return f"{collection_path(api, resource)}/{key_path(system, entity)}"


def custom_path(api: Api, operation: Operation) -> str:
    """Return `/v1/orders/{id}/place`."""
    return api.path.rstrip("/") + operation.http.path
