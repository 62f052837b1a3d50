"""Where many rows are written."""

from collections.abc import Iterator

from bdc.ir import Api, Entity, Resource, SystemIR
from bdc.ir.bulk import bulk_operations
from bdc.source.records import dataclass

_PATHS = {
    "create": ("POST", ":bulk"),
    "update": ("PATCH", ":bulk"),
    "upsert": ("PUT", ":bulk"),
    "delete": ("POST", ":bulk-delete"),
}


@dataclass(frozen=True, slots=True)
class BulkEndpoint:
    """`kind`: create, update, upsert or delete. `single`: the operation on one row that says what a row is and which callers may write it."""

    api: Api
    resource: Resource
    entity: Entity
    kind: str
    single: str
    method: str
    path: str


def bulk_endpoints(system: SystemIR) -> Iterator[BulkEndpoint]:
    """Yield all of them, in declared order."""
    for api in system.apis:
        for resource in api.resources:
            entity = system.entity(resource.entity)
            for kind in bulk_operations(resource, entity):
                method, ending = _PATHS[kind]
                single = "create" if kind == "upsert" else kind
                path = f"{api.path.rstrip('/')}{resource.path}{ending}"
                yield BulkEndpoint(api, resource, entity, kind, single, method, path)
