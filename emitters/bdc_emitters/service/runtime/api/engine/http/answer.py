"""What a controller returns: a finished response in memory."""

from typing import NamedTuple

import orjson

from services.data.engine.jsontext import as_text
from services.engine.problems import Problem

JSON = b"application/json"
PROBLEM = b"application/problem+json"

Headers = tuple[tuple[bytes, bytes], ...]


class Answer(NamedTuple):
    """A whole response. The edge adds length, request id and security headers."""

    status: int
    body: bytes = b""
    headers: Headers = ()
    content_type: bytes = JSON


def problem_answer(problem: Problem, request_id: str) -> Answer:
    """Return the problem document of a refusal."""
    document = problem.members() | {"request_id": request_id}
    return Answer(problem.status, orjson.dumps(document, default=as_text), problem.headers, PROBLEM)
