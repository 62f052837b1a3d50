"""The table of routes, as a tree of path segments: finding one costs a few dictionary look-ups, however many there are."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from api.http.answer import Answer
from api.http.request import Request

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


@dataclass(frozen=True, slots=True)
class Match:
    """What was found: `route` None and `allowed` empty: no such path; `route` None with `allowed`: no such method."""

    route: Route | None
    parameters: dict[str, str]
    allowed: tuple[str, ...] = ()


NOTHING = Match(None, {})


class Router:
    """Finds the route of a method and a path. A fixed segment wins over a parameter."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        self.routes = tuple(routes)
        for route in self.routes:
            self._add(route)

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
        node: _Node | None = self._root
        values: list[str] = []
        segments = path.split("/") if b"%" not in raw else _decoded(raw)
        for segment in segments[1:]:
            assert node is not None
            found = node.fixed.get(segment)
            if found is None:
                found = node.parameter
                if found is None or not segment:
                    return NOTHING
                values.append(segment)
            node = found
        assert node is not None
        route = node.methods.get("GET" if method == "HEAD" else method)
        if route is None:
            return Match(None, {}, tuple(sorted(node.methods))) if node.methods else NOTHING
        return Match(route, _named(route.path, values) if values else {})


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
