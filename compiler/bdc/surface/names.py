"""What resources and operations are called in the emitted code: modules, constants and functions, each name once in its scope.

The names follow from the specification (`order_item`, `ORDER_CREATE`). Where two would be equal, or one stands for something
in the code around it already, `bdc.naming.distinct` tells them apart; everything that refers to them asks here.
"""

from collections.abc import Iterator

from bdc.ir import Api, Hook, Operation, Resource, SystemIR
from bdc.ir.remembering import per_system
from bdc.naming.casing import constant, snake
from bdc.naming.distinct import aside, distinct
from bdc.naming.python import BUSINESS_MODULES, KEYWORDS, OWN_MODULES, identifier
from bdc.source.records import dataclass

OperationKey = tuple[str | None, str]

_MODULES = KEYWORDS | OWN_MODULES | {"types"}
IN_CONTROLLERS = (
    KEYWORDS
    | OWN_MODULES
    | {
        *("bind", "headers", "minimal", "parse", "presets", "query_string", "respond"),
        *("Answer", "Request", "operations", "reads"),
        *(
            "resources",
            "perform",
            "again",
            "permissions",
            "KEY",
            "request",
            "actor",
            "query",
            "key",
            "expand",
            "body",
            "done",
            "version",
        ),
        *("arguments", "frozenset", "dict", "tuple", "int", "str"),
    }
)
_CONSTANTS = {"FRAGMENTS", "COMPOSER", "KEY"}


@dataclass(frozen=True, slots=True)
class SurfaceNames:
    """`modules`: of an entity. `operation_modules`: of an api's operations outside resources. `controllers`: by entity, or api.
    `entities` and `operations`: their constants. `endpoints`: the functions of controllers. `handlers`: modules of user code."""

    modules: dict[str, str]
    operation_modules: dict[str, str]
    controllers: dict[str, str]
    entities: dict[str, str]
    operations: dict[OperationKey, str]
    endpoints: dict[OperationKey, str]
    handlers: dict[OperationKey, str]


@per_system
def surface_names(system: SystemIR) -> SurfaceNames:
    """Return the names of one system."""
    entities = (*system.entities, *(view.entity for view in system.views), *system.projections)
    modules = distinct(((each.name, snake(each.name)) for each in entities), _MODULES)
    free = [(api.name, f"{snake(api.name)}_operations") for api in system.apis]
    controllers = distinct(_controllers(system), _MODULES)
    return SurfaceNames(
        modules=modules,
        operation_modules=distinct(free, set(modules.values()) | _MODULES),
        controllers=controllers,
        entities=distinct(((each.name, constant(each.name)) for each in entities), _CONSTANTS),
        operations=distinct((key, constant(*filter(None, key))) for key in _keys(system)),
        endpoints=_endpoints(system, controllers),
        handlers=_handlers(system),
    )


def _controllers(system: SystemIR) -> Iterator[tuple[str, str]]:
    for api in system.apis:
        for resource in api.resources:
            yield resource.entity, last_segment(resource)
        yield f"api {api.name}", f"{snake(api.name)}_operations"


def last_segment(resource: Resource) -> str:
    """Return the last segment of a resource's path as an identifier (`/order-items` → `order_items`)."""
    segment = resource.path.rstrip("/").rsplit("/", 1)[-1]
    name = "".join(each if each.isalnum() and each.isascii() else "_" for each in segment)
    return name if name.isidentifier() else f"path_{name}"


@per_system
def operations(system: SystemIR) -> tuple[tuple[str | None, Operation], ...]:
    """Return every custom operation with the entity whose resource it stands in."""
    return tuple(_operations(system))


def _operations(system: SystemIR) -> Iterator[tuple[str | None, Operation]]:
    for api in system.apis:
        for resource in api.resources:
            yield from ((resource.entity, operation) for operation in resource.custom)
        yield from ((None, operation) for operation in api.operations)


@per_system
def hooks(system: SystemIR) -> tuple[tuple[str, Hook], ...]:
    """Return the hooks of generated operations with the entity of their resource."""
    return tuple(
        (resource.entity, hook)
        for api in system.apis
        for resource in api.resources
        for hook in resource.hooks
    )


def acting(system: SystemIR) -> tuple[tuple[str | None, Operation | Hook], ...]:
    """Return the custom operations, then the hooks of generated ones."""
    return (*operations(system), *hooks(system))


def _keys(system: SystemIR) -> Iterator[OperationKey]:
    """Yield what each resource offers, then the custom operations: these step aside."""
    for api in system.apis:
        for resource in api.resources:
            yield from ((resource.entity, name) for name in resource.offered)
    yield from ((entity, operation.name) for entity, operation in operations(system))


def _endpoints(system: SystemIR, controllers: dict[str, str]) -> dict[OperationKey, str]:
    """Functions of one controller are distinct; another controller may have the same."""
    found: dict[OperationKey, str] = {}
    for api in system.apis:
        for resource in api.resources:
            found |= distinct(_of_resource(resource, controllers[resource.entity]), IN_CONTROLLERS)
        found |= distinct((((None, each.name), each.name) for each in api.operations), IN_CONTROLLERS)
    return found


def _of_resource(resource: Resource, module: str) -> Iterator[tuple[OperationKey, str]]:
    for name in resource.operations:
        yield (resource.entity, name), f"{name}_{module if name == 'list' else snake(resource.entity)}"
    for each in resource.lists:
        yield list_key(resource, each.name), f"{each.name}_{module}"
    for own in resource.single.operations if resource.single is not None else ():
        yield own_key(resource, own), f"{own}_own_{snake(resource.entity)}"
    for operation in resource.custom:
        yield (resource.entity, operation.name), f"{operation.name}_{snake(resource.entity)}"


def list_key(resource: Resource, name: str) -> OperationKey:
    """Return what the function of a list with given filters is known by; no operation has a space in its name."""
    return resource.entity, f"list {name}"


def own_key(resource: Resource, name: str) -> OperationKey:
    """Return what the function on the row of the caller is known by; no operation has a space in its name."""
    return resource.entity, f"own {name}"


def _handlers(system: SystemIR) -> dict[OperationKey, str]:
    return {
        (entity, operation.name): handler_module(entity, operation.name)
        for entity, operation in operations(system)
        if operation.body.kind == "handler"
    }


def handler_module(entity: str | None, operation: str) -> str:
    """Return the module with the code of an operation. It follows from these names alone, so that a file is never taken for
    that of another operation; two operations that want one module are an error (`bdc.targets`)."""
    return aside(f"{snake(entity)}_{operation}" if entity else identifier(operation), BUSINESS_MODULES)


def controller_of(names: SurfaceNames, api: Api) -> str:
    """Return the controller of an api's operations outside resources."""
    return names.controllers[f"api {api.name}"]
