"""A request from the outside to the inside, and its answer back: credentials, query, body; then the operation; then the answer."""

from dataclasses import replace
from typing import Any

import orjson

from api.engine.http.answer import Answer, problem_answer
from api.engine.http.headers import require_json
from api.engine.http.request import Request
from api.engine.http.routing import Endpoint, Route
from api.engine.wire.refusals import refused
from api.engine.wire.tables import Profile, Wire, Wiring
from api.engine.wire.translate import exact, inward, outward, query
from services.data.engine.jsontext import decoded
from services.engine.problems import Problem

SIGNED_IN = frozenset({"sign_up", "sign_in"})


def wired(routes: tuple[Route, ...], wiring: Wiring) -> tuple[Route, ...]:
    """Return the routes as they look outside."""
    found = {(route.method, route.path): route for route in routes}
    return tuple(_route(route, wiring, found) for route in routes)


def _route(route: Route, wiring: Wiring, routes: dict[tuple[str, str], Route]) -> Route:
    path = wiring.moved.get(route.path, route.path)
    profile, wire = wiring.profile(path), wiring.wires.get((route.method, route.path))
    if path in wiring.apart:
        return replace(route, endpoint=_with_scheme(route.endpoint, wiring.profiles.get(wiring.apart[path])))
    if profile is None or (wire is None and profile == Profile()):
        return route
    own = routes.get(("GET", profile.own)) if profile.own and route.name in SIGNED_IN else None
    shown = wiring.wires.get(("GET", profile.own))
    endpoint = Wired(route.endpoint, wiring, profile, wire or Wire(), own.endpoint if own else None, shown)
    return replace(route, path=path, endpoint=endpoint)


def _with_scheme(endpoint: Endpoint, profile: Profile | None) -> Endpoint:
    if profile is None or not profile.scheme:
        return endpoint

    async def answer(request: Request) -> Answer:
        _take_scheme(request, profile)
        return await endpoint(request)

    return answer


def _take_scheme(request: Request, profile: Profile) -> None:
    """Read a token after the scheme of the profile as one after `Bearer`."""
    given = request.headers.get(b"authorization")
    if given is not None and profile.scheme:
        scheme, _, token = given.partition(b" ")
        if scheme.lower() == profile.scheme.lower().encode():
            request.headers = {**request.headers, b"authorization": b"Bearer " + token}


class Wired:
    """One operation from the outside. `own`: what answers with the row of the caller, after sign-up and sign-in."""

    __slots__ = ("_endpoint", "_own", "_profile", "_shown", "_wire", "_wiring")

    def __init__(
        self,
        endpoint: Endpoint,
        wiring: Wiring,
        profile: Profile,
        wire: Wire,
        own: Endpoint | None,
        shown: Wire | None,
    ) -> None:
        self._endpoint, self._wiring, self._profile, self._wire = endpoint, wiring, profile, wire
        self._own, self._shown = own, shown

    async def __call__(self, request: Request) -> Answer:
        given: list[Any] = [None]
        try:
            _take_scheme(request, self._profile)
            request.query = query(self._wire, request.query)
            if self._wire.body:
                await self._read(request, given)
            if self._wire.password and type(given[0]) is dict and self._wire.password in given[0]:
                return await self._with_password(request, given[0])
            answer = await self._endpoint(request)
            if self._own is not None and answer.status < 300:
                return await self._signed_in(request, answer)
            return self._outside(answer, self._wire, request)
        except Problem as problem:
            request.refusal = problem
            return refused(self._wiring, self._profile, self._wire, problem, request.request_id, given[0])

    async def _read(self, request: Request, given: list[Any]) -> None:
        """Put a body with the names inside in the place of the one that came."""
        raw = await request.body()
        if not raw:
            return
        require_json(request)
        decoded(raw)
        errors: list[dict[str, str]] = []
        value = self._unwrapped(exact(raw), errors)
        given[0] = inward(self._wiring, self._wire.body, value, "", errors)
        if errors:
            raise Problem("validation-failed", "The request is not valid.", errors=errors[:100])
        request._body = orjson.dumps(given[0])

    async def _with_password(self, request: Request, value: dict[str, Any]) -> Answer:
        """Change the row of the caller, and then its password; all other sessions of the caller end."""
        from api.engine.wire.password import changed, hashed  # only where callers sign in here

        password = value.pop(self._wire.password)
        request._body = orjson.dumps(value)
        session, text = await hashed(request, password, self._wire.password)
        answer = await self._endpoint(request)
        await changed(request, session, text)
        return self._outside(answer, self._wire, request)

    def _unwrapped(self, value: Any, errors: list[dict[str, str]]) -> Any:
        within = self._wire.within
        if not within or type(value) is not dict:
            return value
        errors += [
            {"path": f"/{name}", "code": "unknown", "message": "there is no such member"}
            for name in value
            if name != within
        ]
        if within not in value:
            errors.append({"path": f"/{within}/", "code": "required", "message": "this member is required"})
        return value.get(within)

    def _outside(self, answer: Answer, wire: Wire, request: Request) -> Answer:
        status = wire.statuses.get(answer.status, answer.status)
        if not answer.body:
            return answer._replace(status=status, body=b"{}" if status == 200 else b"")
        if not (wire.answer or wire.one or wire.page):
            return answer._replace(status=status)
        value = exact(answer.body)
        value = self._page(value, wire) if wire.page else self._named(value, wire)
        if wire.own and type(value) is dict:
            value[self._profile.token] = _token(request)
        if wire.one:
            value = {wire.one: value}
        return answer._replace(status=status, body=orjson.dumps(value))

    def _named(self, value: Any, wire: Wire) -> Any:
        return outward(self._wiring.tables, wire.answer, value) if wire.answer else value

    def _page(self, page: dict[str, Any], wire: Wire) -> dict[str, Any]:
        found = {wire.many or "items": self._named(page["items"], wire)}
        names = {"next_cursor": wire.cursor, "total": wire.total}
        return found | {outside: page[inside] for inside, outside in names.items() if inside in page}

    async def _signed_in(self, request: Request, answer: Answer) -> Answer:
        """Answer with the row of the caller that has just signed in, and its token."""
        assert self._own is not None and self._shown is not None  # nosec B101
        token = orjson.loads(answer.body)["access_token"].encode()
        headers = {**request.headers, b"authorization": b"Bearer " + token}
        asked = Request(request.scope, request._receive, request.services, headers, {}, request.request_id)
        asked.query = query(self._shown, b"")
        try:
            found = await self._own(asked)
        except Problem:  # a policy hides the row from its own caller, who has signed in all the same
            found = Answer(200, b"{}")
        shown = self._outside(found, replace(self._shown, own=True), asked)
        kept = tuple(pair for pair in answer.headers if pair[0] != b"etag")
        return shown._replace(status=answer.status, headers=kept)


def _token(request: Request) -> str:
    return request.headers.get(b"authorization", b"").partition(b" ")[2].strip().decode("ascii", "replace")


def refusal_at(wiring: Wiring, path: str, problem: Problem, request_id: str) -> Answer:
    """Return the answer of a refusal that no operation made: there is no such path or method, or the request took too long."""
    profile = wiring.profile(path)
    if profile is None or path in wiring.apart:
        return problem_answer(problem, request_id)
    return refused(wiring, profile, Wire(), problem, request_id)
