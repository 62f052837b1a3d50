"""The reads that are planned: each list by its default order, each filter, each sort and the search; each row by its key."""

from collections.abc import Iterator

from bdc.ir import Api, EnumType, Filter, ReferenceField, Resource, Scalar, ScalarType, SystemIR, label_of
from bdc.source.records import dataclass

_VALUES = {
    Scalar.BOOL: "true",
    Scalar.INT: "1",
    Scalar.BIGINT: "1",
    Scalar.DECIMAL: "1",
    Scalar.FLOAT: "1",
    Scalar.UUID: "00000000-0000-0000-0000-000000000001",
    Scalar.DATE: "2026-01-01",
    Scalar.TIMESTAMP: "2026-01-01T00:00:00Z",
}
_RANGES = ("gte", "gt", "lte", "lt")


@dataclass(frozen=True, slots=True)
class Request:
    """`query` is the query string; `equal`, `ranged`, `sorted`: the fields that it asks for, in words of the entity."""

    entity: str
    operation: str
    path: str
    query: str = ""
    equal: tuple[str, ...] = ()
    ranged: tuple[str, ...] = ()
    ordered: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"GET {self.path}{f'?{self.query}' if self.query else ''}"


def requests(system: SystemIR) -> Iterator[Request]:
    """Yield what is planned of a system."""
    for api in system.apis:
        for resource in api.resources:
            yield from _of_resource(system, api, resource)


def _of_resource(system: SystemIR, api: Api, resource: Resource) -> Iterator[Request]:
    name, path = resource.entity, f"{api.path}{resource.path}"
    if "get" in resource.operations:
        yield Request(name, "get", f"{path}/{{id}}")
    if "list" not in resource.operations:
        return
    yield Request(name, "list", path, ordered=resource.order)
    for filter_ in resource.filters:
        found = _filtered(system, name, filter_)
        if found is not None:
            query, equal, ranged = found
            yield Request(name, "list", path, query, equal, ranged, resource.order)
    for field in resource.sorts:
        for sign in ("", "-"):
            yield Request(name, "list", path, f"sort={sign}{field}", ordered=(f"{sign}{field}",))
    if resource.search:
        yield Request(name, "list", path, "q=word")


def _filtered(
    system: SystemIR, entity: str, filter_: Filter
) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """Return the query string of a filter, and the fields that it compares; None for one that has no plain value."""
    if filter_.via:
        return None
    try:
        field = system.entity(entity).field(filter_.field)
    except KeyError:
        return None
    name = filter_.called or filter_.field
    if isinstance(field, ReferenceField):
        return f"{field.member}={_VALUES[Scalar.UUID]}", (filter_.field,), ()
    logical = getattr(field, "type", None)
    value = _value(system, logical)
    if value is None:
        return None
    ranged = next((operator for operator in _RANGES if operator in filter_.operators), None)
    if ranged is not None:
        return f"{name}[{ranged}]={value}", (), (filter_.field,)
    if "eq" in filter_.operators:
        return f"{name}={value}", (filter_.field,), ()
    return None


def _value(system: SystemIR, logical: object) -> str | None:
    if isinstance(logical, EnumType):
        values = system.enum(logical.name).values
        return label_of(values[0]) if values else None
    if isinstance(logical, ScalarType):
        return _VALUES.get(logical.scalar, "word")
    return None
