"""From results to answers."""

from hashlib import blake2b
from typing import Any
from urllib.parse import quote

import orjson

from api.engine.http.answer import Answer, Headers
from api.engine.http.headers import if_none_match
from api.engine.http.request import Request
from services.data.engine.execute import Result
from services.engine.problems import Problem


def row(body: bytes | None, etag: str = "") -> Answer:
    """Return 200 with one row; a row that is not there (or not the caller's to see) is `not-found`."""
    if body is None:
        raise Problem("not-found")
    return Answer(200, body, _etag(etag))


def page(body: bytes) -> Answer:
    """Return 200 with a page of rows."""
    return Answer(200, body)


def unless_known(request: Request, found: Answer) -> Answer:
    """Return an answer with an ETag of what it holds, and 304 without a body for a caller that has it. The version of a row comes first in
    the tag, so that `If-Match` takes it too."""
    version = next((value.strip(b'"') + b"-" for name, value in found.headers if name == b"etag"), b"")
    tag = b'"' + version + blake2b(found.body, digest_size=8).hexdigest().encode() + b'"'
    kept = ((b"etag", tag), *(pair for pair in found.headers if pair[0] != b"etag"))
    if if_none_match(request, tag):
        return Answer(304, b"", kept)
    return found._replace(headers=kept)


def result(done: Result) -> Answer:
    """Return what a write answered."""
    return Answer(done.status, done.body, _etag(done.etag))


def created(done: Result, collection: str, key: tuple[str, ...]) -> Answer:
    """Return 201 with the place of the new row. A row that its creator may not read has no body: 204."""
    if done.status != 201 or not done.body:
        return result(done)
    members = orjson.loads(done.body)
    place = "/".join((collection, *(quote(_segment(members[name]), safe="") for name in key)))
    return Answer(201, done.body, ((b"location", place.encode()), *_etag(done.etag)))


def _segment(value: Any) -> str:
    """Return a part of a key as a path has it."""
    return value if type(value) is str else orjson.dumps(value).decode()


def _etag(etag: str) -> Headers:
    return ((b"etag", etag.encode()),) if etag else ()
