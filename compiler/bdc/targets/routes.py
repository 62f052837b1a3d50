"""REST: every method and path leads to one operation, whatever the values in it."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from bdc.diagnostics import Fact
from bdc.ir import ReferenceField, Scalar, ScalarField, ScalarType, SystemIR
from bdc.source import Span
from bdc.surface import Endpoint, endpoints
from bdc.targets.facts import RouteClash
from bdc.targets.places import Places

_TEXTS = (Scalar.STRING, Scalar.TEXT)


def route_clashes(places: Places, system: SystemIR) -> Iterator[Fact]:
    """Yield pairs of operations that answer one request, where none of the two is the more special one."""
    for group in _comparable(endpoints(system)):
        for first, second in combinations(group, 2):
            if _ambiguous(system, first, second):
                name = f"{second.method} {second.path}"
                yield RouteClash(name, _span(places, second), _span(places, first))


def _comparable(found: Iterable[Endpoint]) -> Iterator[list[Endpoint]]:
    """Yield the endpoints that one path may fit: those of one method, with equal segments wherever none of them has a parameter."""
    by_shape: dict[tuple[str, int], list[Endpoint]] = {}
    for endpoint in found:
        by_shape.setdefault((endpoint.method, endpoint.path.count("/")), []).append(endpoint)
    for group in by_shape.values():
        paths = [endpoint.path.split("/") for endpoint in group]
        fixed = [
            place for place, column in enumerate(zip(*paths, strict=True)) if not any(map(_is_hole, column))
        ]
        alike: dict[tuple[str, ...], list[Endpoint]] = {}
        for endpoint, path in zip(group, paths, strict=True):
            alike.setdefault(tuple(path[place] for place in fixed), []).append(endpoint)
        yield from alike.values()


def _ambiguous(system: SystemIR, first: Endpoint, second: Endpoint) -> bool:
    """Whether some path fits both, and neither has fixed segments wherever the other has them."""
    ours, theirs = first.path.split("/"), second.path.split("/")
    wins = set()
    for one, other in zip(ours, theirs, strict=True):
        if _is_hole(one) and _is_hole(other):
            continue
        if _is_hole(one):
            if not _takes_text(system, first):
                return False
            wins.add("second")
        elif _is_hole(other):
            if not _takes_text(system, second):
                return False
            wins.add("first")
        elif one != other:
            return False
    return len(wins) != 1


def _is_hole(segment: str) -> bool:
    return segment.startswith("{")


def _takes_text(system: SystemIR, endpoint: Endpoint) -> bool:
    """Whether a fixed segment may be the value of a parameter: that of a uuid or a number never is."""
    entity = endpoint.entity
    if entity is None:
        return True
    for name in entity.key:
        field = entity.field(name)
        while isinstance(field, ReferenceField):
            target = system.entity(field.target)
            field = target.field(target.key[0])
        type_ = field.type if isinstance(field, ScalarField) else None
        if not isinstance(type_, ScalarType) or type_.scalar in _TEXTS:
            return True
    return False


def _span(places: Places, endpoint: Endpoint) -> Span:
    entity = endpoint.entity.name if endpoint.entity is not None else None
    if endpoint.operation is not None:
        operation = places.operation(entity, endpoint.operation.name)
        return operation.http.span if operation.http is not None else operation.span
    assert entity is not None
    return places.path(entity)
