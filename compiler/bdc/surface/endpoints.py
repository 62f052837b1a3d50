"""Every operation of every api, in declared order, under the name that clients know it by."""

import re
from collections.abc import Iterator
from enum import StrEnum

from bdc.ir import (
    Api,
    CollectionField,
    Entity,
    ExpandNode,
    Hook,
    InputShape,
    Operation,
    OwnList,
    RaisedError,
    Resource,
    SystemIR,
    TransitionBody,
)
from bdc.ir.remembering import per_system
from bdc.source.records import dataclass, replace
from bdc.surface.bindings import expandable
from bdc.surface.members import address_members


class Kind(StrEnum):
    LIST = "list"
    GET = "get"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    CUSTOM = "custom"


METHODS = {
    Kind.LIST: "GET",
    Kind.GET: "GET",
    Kind.CREATE: "POST",
    Kind.UPDATE: "PATCH",
    Kind.DELETE: "DELETE",
}


def method_of(api: Api, name: str) -> str:
    """Return the method of an operation that resources offer."""
    if name == Kind.UPDATE and api.profile is not None:
        return api.profile.update
    return METHODS[Kind(name)]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path. `id` is stable (`list_orders`, `place_order`; operations of further apis end in their
    version). `action` is what the policy calls it. `entity` and `resource` are None for an operation outside a resource,
    `operation` is there for custom ones. `single`: it is about the row of the caller, which the path does not name.
    `own`: it is the list of the resource where some filters are given."""

    id: str
    kind: Kind
    method: str
    path: str
    action: str
    tag: str
    api: Api
    resource: Resource | None = None
    entity: Entity | None = None
    operation: Operation | None = None
    single: bool = False
    own: OwnList | None = None

    @property
    def writes(self) -> bool:
        return self.operation.writes if self.operation else self.kind not in (Kind.LIST, Kind.GET)

    @property
    def selectable(self) -> bool:
        """Whether a request may say which members of rows it wants."""
        reads = self.kind in (Kind.LIST, Kind.GET)
        return reads and self.resource is not None and self.resource.selectable

    @property
    def can(self) -> bool:
        """Whether a request may ask what the caller may do with the rows of the answer."""
        reads = self.kind in (Kind.LIST, Kind.GET)
        return reads and self.resource is not None and self.resource.can

    @property
    def conditional(self) -> bool:
        """Whether an answer has an ETag of what it holds, and a request may ask for a newer one."""
        reads = self.kind in (Kind.LIST, Kind.GET)
        return reads and self.resource is not None and self.resource.conditional

    @property
    def replica(self) -> bool:
        """Whether a replica of the database may answer."""
        if self.operation is not None:
            return self.operation.replica
        if self.resource is None or self.kind not in (Kind.LIST, Kind.GET):
            return False
        if self.single and self.resource.single is not None:
            return self.resource.single.replica
        return self.resource.replica

    @property
    def minimal(self) -> bool:
        """Whether a request may ask for an answer without a body."""
        shown = self.kind in (Kind.CREATE, Kind.UPDATE) or (
            self.operation is not None and self.operation.writes and self.operation.returns is not None
        )
        return shown and self.resource is not None and self.resource.minimal

    @property
    def expand(self) -> tuple[ExpandNode, ...]:
        """What a caller may ask to be included in the rows of the answer."""
        return () if self.kind is Kind.DELETE else expandable(self.resource, self.operation)

    @property
    def hook(self) -> Hook | None:
        """What a generated operation does beside its row."""
        own = self.resource if self.operation is None else None
        return own.hook(self.kind.value) if own is not None else None

    @property
    def raised(self) -> tuple[RaisedError, ...]:
        """The errors of the specification that an answer may be."""
        acting = self.operation or self.hook
        return acting.errors if acting is not None else ()

    @property
    def repeatable(self) -> bool:
        """Whether idempotency keys are kept."""
        return self.operation.idempotent if self.operation else self.kind is Kind.CREATE

    @property
    def by_key(self) -> bool:
        """Whether the path names one row: that of an operation in a resource always does."""
        return self.of_row and not self.single

    @property
    def of_row(self) -> bool:
        """Whether it is about one row that is there already."""
        return self.entity is not None and self.kind not in (Kind.LIST, Kind.CREATE)


@per_system
def endpoints(system: SystemIR) -> tuple[Endpoint, ...]:
    """Return all operations. Ids are unique: a second resource over the same entity adds its path."""
    seen: set[str] = set()
    found = []
    for position, api in enumerate(system.apis):
        suffix = f"_{snake(api.version)}" if position else ""
        for endpoint in _of_api(system, api):
            named = replace(endpoint, id=endpoint.id + suffix)
            if named.id in seen:
                named = replace(named, id=f"{named.id}_{snake(named.path.split('{')[0])}")
            seen.add(named.id)
            found.append(named)
    return tuple(found)


def _of_api(system: SystemIR, api: Api) -> Iterator[Endpoint]:
    for resource in api.resources:
        yield from _of_resource(system, api, resource)
    for operation in api.operations:
        path = api.path.rstrip("/") + operation.http.path
        yield Endpoint(
            snake(operation.called or operation.name),
            Kind.CUSTOM,
            operation.http.method,
            path,
            operation.name,
            api.name,
            api,
            operation=operation,
        )


def _of_resource(system: SystemIR, api: Api, resource: Resource) -> Iterator[Endpoint]:
    entity = system.entity(resource.entity)
    base = api.path.rstrip("/") + resource.path
    row = base + "".join(f"/{{{member.name}}}" for member in address_members(system, entity))
    for name in resource.operations:
        kind = Kind(name)
        many = kind is Kind.LIST
        path = base if kind in (Kind.LIST, Kind.CREATE) else row
        action = "read" if kind in (Kind.LIST, Kind.GET) else name
        one = entity.name if entity.again else entity.stored
        identity = f"{name}_{snake(entity.plural if many else one)}"
        yield Endpoint(identity, kind, method_of(api, kind), path, action, entity.name, api, resource, entity)
    yield from _own_lists(api, resource, entity)
    yield from _of_caller(api, resource, entity)
    for operation in resource.custom:
        identity = f"{snake(operation.name)}_{snake(entity.stored)}"
        path = api.path.rstrip("/") + operation.http.path
        yield Endpoint(
            identity,
            Kind.CUSTOM,
            operation.http.method,
            path,
            operation.name,
            entity.name,
            api,
            resource,
            entity,
            operation,
        )


def _own_lists(api: Api, resource: Resource, entity: Entity) -> Iterator[Endpoint]:
    for own in resource.lists:
        path, identity = api.path.rstrip("/") + own.path, f"{snake(own.name)}_{snake(entity.plural)}"
        made = Endpoint(identity, Kind.LIST, "GET", path, "read", entity.name, api, resource, entity)
        yield replace(made, own=own)


def _of_caller(api: Api, resource: Resource, entity: Entity) -> Iterator[Endpoint]:
    """Yield what is offered on the row of the caller, which the path does not name."""
    single = resource.single
    for name in single.operations if single is not None else ():
        assert single is not None
        kind, path = Kind(name), api.path.rstrip("/") + single.path
        action, identity = "read" if kind is Kind.GET else name, f"{name}_own_{snake(entity.name)}"
        method = method_of(api, kind)
        made = Endpoint(identity, kind, method, path, action, entity.name, api, resource, entity)
        yield replace(made, single=True)


def written_entities(endpoint: Endpoint) -> tuple[str, ...]:
    """Return the entities whose rows a request may add or change, as far as the specification says: what user code writes, it does not."""
    found = [endpoint.entity.name] if endpoint.entity is not None else []
    if endpoint.kind is Kind.CREATE and endpoint.resource is not None and endpoint.entity is not None:
        found += _nested(endpoint.entity, endpoint.resource.create)
    if endpoint.kind is Kind.UPDATE and endpoint.resource is not None and endpoint.entity is not None:
        found += _nested(endpoint.entity, endpoint.resource.update)
    acting = endpoint.operation or endpoint.hook
    body = acting.body if acting is not None else None
    if isinstance(body, TransitionBody):
        found += [each.entity for each in body.statements]
    return tuple(dict.fromkeys(found))


def _nested(entity: Entity, shape: InputShape | None) -> Iterator[str]:
    for member in shape.members if shape is not None else ():
        field = entity.field(member.field)
        if isinstance(field, CollectionField):
            yield field.through or field.target
            yield from (field.target,) if member.creates else ()


def snake(name: str) -> str:
    """Return `OrderItem` or `/order-items/` as `order_item(s)`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
