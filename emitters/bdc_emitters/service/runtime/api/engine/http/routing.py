"""The table of routes, as a tree of path segments: finding one costs a few dictionary look-ups, however many there are."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from api.engine.http.answer import Answer
from api.engine.http.request import Request

Endpoint = Callable[[Request], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """`path` is a template (`/v1/orders/{id}`) and the label in metrics; `name` is the operation's id."""

    method: str
    path: str
    endpoint: Endpoint
    name: str


@dataclass(slots=True)
class _Node:
    fixed: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    methods: dict[str, Route] = field(default_factory=dict)


class Match(NamedTuple):
    """What was found: `route` None and `allowed` empty: no such path; `route` None with `allowed`: no such method."""

    route: Route | None
    parameters: dict[str, str]
    allowed: tuple[str, ...] = ()


NOTHING = Match(None, {})


class _Row(NamedTuple):
    """The routes under a fixed path and one parameter: `others` are the segments that mean something else there."""

    routes: dict[str, Route]
    name: str
    others: dict[str, _Node]


class Router:
    """Finds the route of a method and a path. A fixed segment wins over a parameter."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        self.routes = tuple(routes)
        for route in self.routes:
            self._add(route)
        self._rows = dict(_rows(self._root, ""))
        self._fixed = dict(_fixed(self._root, ""))

    def _add(self, route: Route) -> None:
        node = self._root
        for segment in route.path.split("/")[1:]:
            if segment.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.fixed.setdefault(segment, _Node())
        node.methods[route.method] = route

    def match(self, method: str, path: str, raw: bytes = b"") -> Match:
        """Return the route for `method` and `path`; HEAD is answered by GET. `raw` is the path before it was decoded: a `/` that
        is part of a key is encoded in it."""
        values: list[str] = []
        if b"%" in raw:
            node = _find(self._root, _decoded(raw), 1, values)
        else:  # most paths are fixed but for the key of a row, and found without a walk
            before, _, last = path.rpartition("/")
            row = self._rows.get(before)
            if row is not None and last and method in row.routes and last not in row.others:
                return Match(row.routes[method], {row.name: last})
            node = self._fixed.get(path) or _find(self._root, path.split("/"), 1, values)
        if node is None:
            return NOTHING
        route = node.methods.get("GET" if method == "HEAD" else method)
        if route is None:
            return Match(None, {}, tuple(sorted(node.methods)))
        return Match(route, _named(route.path, values) if values else {})


def _fixed(node: _Node, path: str) -> Iterator[tuple[str, _Node]]:
    """Yield the paths without parameters, each with its node: a fixed segment wins, so no other node is meant."""
    if node.methods and path:
        yield path, node
    for segment, inner in node.fixed.items():
        yield from _fixed(inner, f"{path}/{segment}")


def _rows(node: _Node, path: str) -> Iterator[tuple[str, _Row]]:
    """Yield the fixed paths under which all routes of a row call their parameter the same."""
    if node.parameter is not None:
        routes = node.parameter.methods
        names = {route.path.rpartition("/")[2][1:-1] for route in routes.values()}
        if len(names) == 1:
            yield path, _Row(routes, names.pop(), node.fixed)
    for segment, inner in node.fixed.items():
        yield from _rows(inner, f"{path}/{segment}")


def _find(node: _Node, segments: list[str], index: int, values: list[str]) -> _Node | None:
    """Return the node of the path from `index` on, and add what its parameters are to `values`; None when there is no such path.
    Where a fixed segment leads nowhere, the parameter beside it is tried."""
    for position in range(index, len(segments)):
        segment = segments[position]
        found = node.fixed.get(segment)
        if found is not None and (node.parameter is None or not segment):
            node = found
            continue
        if found is not None:
            known = len(values)
            end = _find(found, segments, position + 1, values)
            if end is not None:
                return end
            del values[known:]
        if node.parameter is None or not segment:
            return None
        values.append(segment)
        node = node.parameter
    return node if node.methods else None


def _decoded(raw: bytes) -> list[str]:
    """Return the segments of a path, each decoded by itself; what is not UTF-8 is no path."""
    try:
        return [unquote_to_bytes(segment).decode() for segment in raw.split(b"/")]
    except UnicodeDecodeError:
        return ["", ""]


def _named(template: str, values: list[str]) -> dict[str, str]:
    names = _NAMES.get(template)
    if names is None:
        names = tuple(part[1:-1] for part in template.split("/") if part.startswith("{"))
        _NAMES[template] = names
    return dict(zip(names, values, strict=True))


_NAMES: dict[str, tuple[str, ...]] = {}
