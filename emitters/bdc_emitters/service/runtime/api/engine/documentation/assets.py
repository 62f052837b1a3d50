"""The files of a page: read when the first browser asks, sent compressed as they lie on the disk, and only where pages are served."""

import gzip
from collections.abc import Awaitable, Callable, Iterable
from functools import cache
from pathlib import Path

from api.engine.http.answer import Answer
from api.engine.http.request import Request
from api.engine.http.routing import Route
from api.engine.middleware.security_headers import PAGE_POLICY
from services.engine.problems import Problem

COMPRESSED = ".gz"
HEADERS = ((b"content-security-policy", PAGE_POLICY), (b"cache-control", b"no-cache"))
_TYPES = {
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".json": b"application/json",
}
_TEXT = b"text/plain; charset=utf-8"


def file_routes(files: Iterable[tuple[str, Path]], *, always: bool = False) -> tuple[Route, ...]:
    """Return a route for each path and its file. `always`: also where pages are not served (`[pages] serve`)."""
    return tuple(
        Route("GET", path, _endpoint(file, always=always), _plain(file).name) for path, file in files
    )


def answer_file(request: Request, file: Path) -> Answer:
    """Return the content of `file`. Raises `Problem` when it is not there."""
    content = _content(file)
    if content is None:
        raise Problem("not-found")
    content_type = _TYPES.get(_plain(file).suffix, _TEXT)
    if file.suffix != COMPRESSED:
        return Answer(200, content, HEADERS, content_type)
    vary = (b"vary", b"accept-encoding")
    if b"gzip" in request.headers.get(b"accept-encoding", b""):
        return Answer(200, content, (*HEADERS, vary, (b"content-encoding", b"gzip")), content_type)
    return Answer(200, gzip.decompress(content), (*HEADERS, vary), content_type)


def pages_are_served(request: Request) -> bool:
    """Say whether this service shows pages to browsers."""
    return request.services.settings.pages.serve


def _endpoint(file: Path, *, always: bool) -> Callable[[Request], Awaitable[Answer]]:
    async def serve(request: Request) -> Answer:
        if not always and not pages_are_served(request):
            raise Problem("not-found")
        return answer_file(request, file)

    return serve


def _plain(file: Path) -> Path:
    """Return the name of a file without the ending of its compression."""
    return file.with_suffix("") if file.suffix == COMPRESSED else file


@cache
def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
