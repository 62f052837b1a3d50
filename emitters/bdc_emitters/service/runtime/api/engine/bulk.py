"""Many rows in one call: an array of JSON, or one row in each line (NDJSON), in and out."""

from collections.abc import Iterable
from typing import Any

import orjson

from api.engine.http import parse, query_string
from api.engine.http.answer import Answer
from api.engine.http.headers import require_json
from api.engine.http.request import Request
from api.engine.http.routing import Endpoint, Route
from services.data.bulk import BULK
from services.data.engine.jsontext import as_text, decoded
from services.data.engine.many import MOST_ROWS, Many, Refused, Writer
from services.engine.problems import Problem

BODY_BYTES = 33_554_432
LINES = b"application/x-ndjson"


def endpoint(many: Many) -> Endpoint:
    """Return what answers the calls of one operation."""

    async def answer(request: Request) -> Answer:
        query_string.no_query(request.query)
        actor = await request.actor()
        many.operation.permission.require(actor)
        around = parse.key(request, many.around)
        given = await _rows(request)
        await request.count_calls(actor, max(len(given) - 1, 0))
        writer = Writer(request.services, actor, request.request_id, many, around)
        return _answer(request, len(given), await writer.write(given, lenient=_lenient(request)))

    return answer


async def _rows(request: Request) -> list[Any]:
    body = await request.body(BODY_BYTES)
    if request.headers.get(b"content-type", b"").split(b";")[0].strip().lower() == LINES:
        rows: Any = [decoded(line) for line in body.split(b"\n") if line.strip()]
    else:
        require_json(request)
        rows = decoded(body)
    if type(rows) is not list:
        raise Problem("malformed-request", "The body must be an array of rows.")
    if len(rows) > MOST_ROWS:
        raise Problem("payload-too-large", f"At most {MOST_ROWS} rows are accepted.")
    return rows


def _lenient(request: Request) -> bool:
    """Say whether rows that can be written shall be, although others cannot (RFC 7240)."""
    asked = request.headers.get(b"prefer", b"").lower().replace(b" ", b"").split(b",")
    return b"handling=lenient" in asked


def _answer(request: Request, rows: int, refused: Refused) -> Answer:
    if LINES in request.headers.get(b"accept", b""):
        return Answer(200, b"".join(_lines(rows, refused)), content_type=LINES)
    body: dict[str, Any] = {"count": rows - len(refused)}
    if refused or _lenient(request):
        body["errors"] = [
            {"row": place, "problem": problem.members()} for place, problem in sorted(refused.items())
        ]
    return Answer(200, orjson.dumps(body, default=as_text))


def _lines(rows: int, refused: Refused) -> Iterable[bytes]:
    for place in range(rows):
        problem = refused.get(place)
        line: dict[str, Any] = {"row": place, "status": 200 if problem is None else problem.status}
        if problem is not None:
            line["problem"] = problem.members()
        yield orjson.dumps(line, default=as_text) + b"\n"


def routes() -> tuple[Route, ...]:
    """Return the routes of all operations on many rows."""
    return tuple(Route(many.method, many.path, endpoint(many), many.name) for many in BULK)
