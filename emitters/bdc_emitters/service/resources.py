"""`services/data/resources.py`: what each resource offers to those who list it."""

from collections.abc import Iterator

from bdc.ir import (
    ArrayType,
    EnumType,
    ExpandNode,
    Filter,
    Resource,
    ScalarType,
    SystemIR,
    Type,
    label_of,
)
from bdc.ir.types import Scalar
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.source.records import dataclass
from bdc.surface.filters import asked
from bdc.surface.members import read_members
from bdc.surface.names import surface_names
from bdc.surface.nearest import numbers_of, order_name
from bdc.surface.outside import reads_shown
from bdc_emitters.service.checks import scalar_source

TEMPLATES = Templates("bdc_emitters.service")
# What the runtime's `Resource` offers when it is not told.
DEFAULTS: dict[str, object] = {
    "page_default": 20,
    "page_max": 100,
    "totals": False,
    "offsets": False,
    "sorts": (),
    "order": (),
    "fields": (),
    "can": (),
    "expand": {},
    "searchable": False,
    "prefix": False,
    "ranked": False,
    "nearest": "",
    "numbers": 0,
}
_CONSTRAINED = (Scalar.STRING, Scalar.TEXT, Scalar.DECIMAL, Scalar.INT, Scalar.BIGINT, Scalar.FLOAT)


@dataclass(frozen=True, slots=True)
class ParameterView:
    """`name` as in the query string; `parse` is the source of its reader."""

    name: str
    field: str
    operator: str
    parse: str
    many: bool


@dataclass(frozen=True, slots=True)
class ResourceView:
    """`offers`: arguments of the runtime's `Resource`; those that have its defaults are left out."""

    constant: str
    entity: str
    parameters: tuple[ParameterView, ...]
    has_parameters: bool
    offers: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class ResourcesView:
    resources: tuple[ResourceView, ...]


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the module."""
    found = tuple(_resource(system, resource) for api in system.apis for resource in api.resources)
    text = TEMPLATES.render("resources.py.j2", ResourcesView(found))
    yield GeneratedFile("services/data/resources.py", text)


def _resource(system: SystemIR, resource: Resource) -> ResourceView:
    entity = system.entity(resource.entity)
    parameters = tuple(
        parameter for offered in resource.filters for parameter in _parameters(system, resource, offered)
    )
    offers: dict[str, object] = {
        "page_default": resource.page.default,
        "page_max": resource.page.max,
        "totals": resource.page.total,
        "offsets": resource.page.kind == "offset",
        "sorts": resource.sorts,
        "order": resource.order,
        "fields": tuple(each.name for each in read_members(system, entity))
        if resource.selectable or reads_shown(resource)
        else (),
        "can": tuple(each.name for each in read_members(system, entity)) if resource.can else (),
        "expand": _tree(resource.expand),
        "searchable": bool(resource.search),
        "prefix": resource.search_prefix,
        "ranked": resource.search_rank,
        "nearest": order_name(resource.nearest) if resource.nearest is not None else "",
        "numbers": numbers_of(system, resource),
    }
    return ResourceView(
        constant=surface_names(system).entities[entity.name],
        entity=entity.name,
        parameters=parameters,
        has_parameters=bool(parameters),
        offers=tuple((name, value) for name, value in offers.items() if value != DEFAULTS[name]),
    )


def _tree(nodes: tuple[ExpandNode, ...]) -> dict[str, object]:
    return {node.field: _tree(node.children) for node in nodes}


def _parameters(system: SystemIR, resource: Resource, offered: Filter) -> Iterator[ParameterView]:
    found = asked(system, resource, offered)
    for operator in found.operators:
        parse = reader_source(system, found.type, operator)
        shown = found.parameter(resource, operator)
        yield ParameterView(shown, offered.path, operator, parse, operator == "in")


def reader_source(system: SystemIR, logical: Type, operator: str = "eq") -> str:
    """Return the source of the reader of a query parameter's text."""
    if operator == "isnull":
        return "value_of('bool')"
    match logical:
        case ArrayType(item=item):
            return reader_source(system, item, operator)
        case EnumType(name=name):
            values = ", ".join(repr(label_of(value)) for value in system.enum(name).values)
            return f"one_of({values})"
        case ScalarType() if logical.scalar in _CONSTRAINED and operator not in ("contains", "startswith"):
            return f"value_of({logical.scalar.value!r}, {scalar_source(logical)})"
        case ScalarType():
            return f"value_of({logical.scalar.value!r})"
    raise TypeError(f"{logical.kind} cannot stand in a query string")
