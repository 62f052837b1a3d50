"""Apis that go away: each answer of theirs says on which day (RFC 8594)."""

from collections.abc import Iterable
from dataclasses import replace

from api.engine.http.answer import Answer
from api.engine.http.request import Request
from api.engine.http.routing import Endpoint, Route
from services.engine.problems import Problem


def leaving(routes: Iterable[Route], days: dict[str, bytes]) -> tuple[Route, ...]:
    """Return the routes. `days`: when an api goes away, by what its paths begin with; empty where none is known."""
    return tuple(_leaving(route, days) for route in routes)


def _leaving(route: Route, days: dict[str, bytes]) -> Route:
    begins = [each for each in days if route.path == each or route.path.startswith(f"{each.rstrip('/')}/")]
    day = days[max(begins, key=len)] if begins else b""
    return replace(route, endpoint=_saying(day, route.endpoint)) if day else route


def _saying(day: bytes, endpoint: Endpoint) -> Endpoint:
    header = ((b"sunset", day),)

    async def answer(request: Request) -> Answer:
        try:
            found = await endpoint(request)
        except Problem as problem:
            problem.headers += header
            raise
        return found._replace(headers=(*found.headers, *header))

    return answer
