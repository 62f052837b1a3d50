"""Many rows in one call, as GraphQL asks for it."""

from __future__ import annotations

from typing import Any

from api.engine.http.request import Request
from api.graphql.engine.conversion import parser
from api.graphql.engine.errors import pointer
from services.data.bulk import BULK
from services.data.engine.many import MOST_ROWS, Writer
from services.engine.problems import Problem
from services.security.engine.actor import Actor

OPERATIONS = {many.name: many for many in BULK}


async def perform(request: Request, actor: Actor, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Write rows: all or none, or with `lenient` those that can be. Raises `Problem`."""
    many, rows = OPERATIONS[name], given["rows"]
    if len(rows) > MOST_ROWS:
        raise Problem("payload-too-large", f"At most {MOST_ROWS} rows are accepted.")
    around = tuple(parser(kind, part)(given[f"around__{part}"]) for part, kind in many.around)
    writer = Writer(request.services, actor, request.request_id, many, around)
    refused = await writer.write(rows, lenient=bool(given.get("lenient")))
    errors = [_error(place, problem) for place, problem in sorted(refused.items())]
    return {"count": len(rows) - len(refused), "errors": errors}


def _error(place: int, problem: Problem) -> dict[str, Any]:
    return {
        "row": place,
        "status": problem.status,
        "code": problem.code,
        "message": problem.detail or problem.title,
        "errors": [
            {"path": pointer(each["path"]), "code": each["code"], "message": each["message"]}
            for each in problem.errors
        ],
    }
