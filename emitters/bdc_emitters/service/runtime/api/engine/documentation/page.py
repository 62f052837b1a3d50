"""Serves the page of this folder, `/docs`, and the documents of your system: `/openapi.json`, `/schema.graphql`."""

from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

from api.engine.http.answer import Answer
from api.engine.http.request import Request
from api.engine.http.routing import Route
from api.engine.middleware.security_headers import PAGE_POLICY
from services.engine.problems import Problem

PAGE = Path(__file__).parent
DOCUMENTATION = Path(__file__).parents[2] / "documentation"
PAGE_HEADERS = ((b"content-security-policy", PAGE_POLICY), (b"cache-control", b"no-cache"))

DOCUMENTS = (
    ("/docs", PAGE / "index.html", b"text/html; charset=utf-8"),
    ("/docs/docs.js", PAGE / "docs.js", b"text/javascript; charset=utf-8"),
    ("/docs/docs.css", PAGE / "docs.css", b"text/css; charset=utf-8"),
    ("/openapi.json", DOCUMENTATION / "openapi.json", b"application/json"),
    ("/schema.graphql", DOCUMENTATION / "schema.graphql", b"text/plain; charset=utf-8"),
)


@cache
def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _serve(path: Path, content_type: bytes) -> Callable[[Request], Awaitable[Answer]]:
    async def serve(request: Request) -> Answer:
        content = _content(path)
        if content is None:
            raise Problem("not-found")
        return Answer(200, content, PAGE_HEADERS, content_type)

    return serve


ROUTES = tuple(Route("GET", path, _serve(file, kind), file.name) for path, file, kind in DOCUMENTS)
