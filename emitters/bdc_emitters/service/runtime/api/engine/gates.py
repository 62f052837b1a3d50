"""What each api asks of its callers: the credentials that it takes, and how often a caller may call it. Each api counts for itself."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from api.engine.http.answer import Answer
from api.engine.http.request import Request
from api.engine.http.routing import Endpoint, Route
from services.engine.container import Services
from services.security.engine.actor import Actor
from services.security.engine.authentication import Authenticator
from services.security.engine.claims import refused
from services.security.engine.rate_limit import Allowance, RateLimiter, Window, calls_window


class Gate:
    """What holds for the paths that begin with one of `paths`. `rate` calls per `seconds` and value of the claim `by` (or address); 0: no
    limit, and None: what the configuration says. Where the configuration switches limits off, there is none."""

    def __init__(
        self,
        name: str,
        paths: tuple[str, ...],
        *,
        bearer: bool,
        api_key: bool,
        rate: int | None,
        seconds: int,
        by: str,
    ) -> None:
        self._name, self.paths = name, paths
        self._bearer, self._api_key = bearer, api_key
        self._rate, self._seconds, self._by = rate, seconds, by
        self._services: Services | None = None
        self._own: Services | None = None

    def services(self, services: Services) -> Services:
        """Return the services as this api has them."""
        if self._own is None or self._services is not services:
            self._services = services
            self._own = replace(
                services,
                authenticator=_Authenticator(services.authenticator, self._bearer, self._api_key),
                limiter=_Limiter(services.limiter, self._window(services), self._by),
            )
        return self._own

    def _window(self, services: Services) -> Window | None:
        limits = services.settings.limits
        rate = limits.rate if self._rate is None else self._rate
        if limits.rate <= 0 or rate <= 0:
            return None
        seconds = limits.rate_seconds if self._rate is None else self._seconds
        return calls_window(f"calls:{self._name}", rate, float(seconds))


class _Authenticator(Authenticator):
    """Takes the credentials of one api; those of others do not count here."""

    def __init__(self, whole: Authenticator, bearer: bool, api_key: bool) -> None:
        vars(self).update(vars(whole))
        self._bearer = bearer
        if not api_key:
            self._api_keys = None

    def known(self, headers: dict[bytes, bytes]) -> Actor | None:
        """Return the actor of a token that was verified before; None for what this API does not take."""
        return super().known(headers) if self._bearer else None

    async def authenticate(self, headers: dict[bytes, bytes]) -> Actor:
        """Return the actor. Raises `unauthenticated`."""
        if not self._bearer and headers.get(self._token_header) is not None:
            raise refused("This API takes no tokens.")
        return await super().authenticate(headers)


class _Limiter(RateLimiter):
    """Counts calls of one api; credentials that are not good are counted for all of them together."""

    def __init__(self, whole: RateLimiter, window: Window | None, by: str) -> None:
        self._whole, self._window, self._by = whole, window, by

    async def check(self, actor: Actor, scope: Any, calls: int = 1) -> Allowance | None:
        """Count the calls of one request. Raises `too-many-requests`."""
        if self._window is None:
            return None
        caller = actor.counted(self._by) if self._by else ""
        return await self._whole.counted(self._window, caller or self.address(scope), calls)

    async def refused(self, scope: Any, problem: Any) -> None:
        """Count a request whose credentials were not good."""
        await self._whole.refused(scope, problem)

    def address(self, scope: Any) -> str:
        """Return where a request comes from."""
        return self._whole.address(scope)


def gated(routes: Iterable[Route], gates: tuple[Gate, ...]) -> tuple[Route, ...]:
    """Return the routes, each behind the gate with the longest beginning of its path."""
    begins = {path: gate for gate in gates for path in gate.paths}
    return tuple(_gated(route, begins) for route in routes)


def _gated(route: Route, begins: dict[str, Gate]) -> Route:
    found = [each for each in begins if route.path == each or route.path.startswith(f"{each.rstrip('/')}/")]
    return replace(route, endpoint=_behind(begins[max(found, key=len)], route.endpoint)) if found else route


def _behind(gate: Gate, endpoint: Endpoint) -> Endpoint:
    async def answer(request: Request) -> Answer:
        request.services = gate.services(request.services)
        return await endpoint(request)

    return answer
