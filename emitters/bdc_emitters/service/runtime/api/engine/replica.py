"""Reads on replicas, as HTTP sees them: an answer to a write says how far the database is then (`Last-Write`). A caller that sends this back
with a later read is answered by a replica that has the write, or by the primary."""

from dataclasses import replace

from api.engine.http.answer import Answer
from api.engine.http.request import Request
from api.engine.http.routing import Endpoint, Route
from api.engine.middleware import metrics
from services.data.engine.replica import COUNTED
from services.engine.problems import Problem

COUNTED.register(metrics.REGISTRY)


def following(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that writes, with the header in its answers. What was refused may have written as well."""

    async def answer(request: Request) -> Answer:
        if request.services.replica is None:
            return await endpoint(request)
        try:
            found = await endpoint(request)
        except Problem as problem:
            problem.headers = (*problem.headers, *await _written(request))
            raise
        return found._replace(headers=(*found.headers, *await _written(request)))

    return answer


def followed(routes: tuple[Route, ...]) -> tuple[Route, ...]:
    """Return routes of which those that are no GET write."""
    return tuple(
        route if route.method == "GET" else replace(route, endpoint=following(route.endpoint))
        for route in routes
    )


async def _written(request: Request) -> tuple[tuple[bytes, bytes], ...]:
    """A request whose caller is not known has written nothing that a caller would look for; sign-in is done by nobody."""
    return await request.written(request.known_actor or request.services.authenticator.anonymous)
