"""The emitted shop with its GraphQL endpoint, in this process: no HTTP server, but everything behind it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.graphql import shop_data

ROOTS = ("api", "services", "database")


def write(out: Path, files: Iterable[Any]) -> None:
    """Put generated files on disk, formatted as a build does."""
    from bdc.output.python_source import format_python

    for file in format_python(list(files)):
        path = out / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.content, encoding="utf-8")


@contextmanager
def importable(out: Path) -> Iterator[None]:
    """Make the emitted packages importable, and forget them afterwards: other rooms emit packages of the same names."""
    _forget()
    sys.path.insert(0, str(out))
    try:
        yield
    finally:
        sys.path.remove(str(out))
        _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in ROOTS]:
        del sys.modules[name]


class Graph:
    """Asks the endpoint as different callers. `compiled` False sends every document to the resolvers."""

    def __init__(self, out: Path, url: str) -> None:
        from api import graphql
        from api.graphql.engine.endpoint import Endpoint
        from api.graphql.extensions import EXTENSIONS
        from services.engine.config import load_settings
        from services.engine.container import build_services
        from services.security.engine.claims import ClaimReader
        from services.security.identity import CLAIMS, ROLES

        settings = load_settings({"DATABASE_URL": url, "DATABASE_POOL_SIZE": "4"}, out / "config")
        self.services = build_services(settings)
        self.settings = graphql.SETTINGS
        self._reader = ClaimReader(CLAIMS, ROLES)
        self._endpoints = {
            compiled: Endpoint(self.settings, EXTENSIONS, compiled=compiled) for compiled in (True, False)
        }

    @property
    def schema(self) -> Any:
        """The schema with resolvers, as graphql-core knows it."""
        from api.graphql.schema import SCHEMA

        return SCHEMA

    def actor(self, who: str) -> Any:
        """Return one of the callers of `shop_data`."""
        if who == "anonymous":
            return self._reader.anonymous
        key, org, roles = shop_data.CALLERS[who]
        return self._reader.read({"sub": key, "org": org, "roles": list(roles)})

    async def post(
        self, body: Any, who: str = "member", *, compiled: bool = True, accept: str = "", method: str = "POST"
    ) -> Any:
        """Return the endpoint's whole answer."""
        request = _Request(self.services, self.actor(who), body, accept)
        endpoint = self._endpoints[compiled]
        return await (endpoint.post(request) if method == "POST" else endpoint.get(request))

    async def ask(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        who: str = "member",
        *,
        compiled: bool = True,
    ) -> dict[str, Any]:
        """Return the decoded response to one document."""
        given = {"query": query, "variables": variables or {}}
        answer = await self.post(given, who, compiled=compiled)
        found: dict[str, Any] = json.loads(answer.body)
        return found

    async def close(self) -> None:
        await self.services.database.close(1)


class _Request:
    """A request whose caller is known already."""

    def __init__(self, services: Any, actor: Any, body: Any, accept: str) -> None:
        self.services = services
        self.request_id = "test"
        self.headers = {b"content-type": b"application/json", b"accept": accept.encode()}
        self.query = body if isinstance(body, bytes) else b""
        self._actor = actor
        self._body = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def actor(self) -> Any:
        return self._actor

    def source(self, actor: Any) -> Any:
        return self.services.database

    async def written(self, actor: Any) -> Any:
        return ()

    async def body(self, most: int = 0) -> bytes:
        return self._body

    async def count_calls(self, actor: Any, calls: int) -> None:
        await self.services.limiter.check(actor, {}, calls)
