"""Serves the files of this folder: `/docs`, `/openapi.json`, `/schema.graphql`."""

from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

from api.http.answer import Answer
from api.http.request import Request
from api.http.routing import Route
from api.middleware.security_headers import PAGE_POLICY
from services.problems import Problem

FOLDER = Path(__file__).parent
PAGE_HEADERS = ((b"content-security-policy", PAGE_POLICY), (b"cache-control", b"no-cache"))

DOCUMENTS = (
    ("/docs", "index.html", b"text/html; charset=utf-8"),
    ("/docs/docs.js", "docs.js", b"text/javascript; charset=utf-8"),
    ("/docs/docs.css", "docs.css", b"text/css; charset=utf-8"),
    ("/openapi.json", "openapi.json", b"application/json"),
    ("/schema.graphql", "schema.graphql", b"text/plain; charset=utf-8"),
)


@cache
def _content(name: str) -> bytes | None:
    path = FOLDER / name
    return path.read_bytes() if path.is_file() else None


def _serve(name: str, content_type: bytes) -> Callable[[Request], Awaitable[Answer]]:
    async def serve(request: Request) -> Answer:
        content = _content(name)
        if content is None:
            raise Problem("not-found")
        return Answer(200, content, PAGE_HEADERS, content_type)

    return serve


ROUTES = tuple(Route("GET", path, _serve(name, kind), name) for path, name, kind in DOCUMENTS)
