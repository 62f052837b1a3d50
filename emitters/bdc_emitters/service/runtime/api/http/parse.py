"""From a request to arguments: the key in its path, its JSON body, its typed query parameters."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from api.http import query_string
from api.http.headers import require_json
from api.http.request import Request
from services.data.validation import Errors, decoded
from services.data.values import PARSERS
from services.problems import Problem


class Parameter(NamedTuple):
    """A typed query parameter of an operation."""

    name: str
    read: Callable[[str], Any]
    required: bool


def parameter(name: str, read: Callable[[str], Any], *, required: bool) -> Parameter:
    """Return a query parameter."""
    return Parameter(name, read, required)


def key(request: Request, parts: Iterable[tuple[str, str]]) -> tuple[Any, ...]:
    """Return the key in the path. What is no key of any row is `not-found`."""
    try:
        return tuple([PARSERS[kind](request.parameters[member]) for member, kind in parts])
    except ValueError:
        raise Problem("not-found") from None


async def body(request: Request) -> Any:
    """Return the decoded body. Raises `unsupported-media-type`, `malformed-request`, `payload-too-large`."""
    query_string.no_query(request.query)
    given = await request.body()
    require_json(request)
    return decoded(given)


async def optional_body(request: Request) -> Any:
    """Return the decoded body of an operation that can do without: an empty one counts as `{}`."""
    query_string.no_query(request.query)
    given = await request.body()
    if not given:
        return {}
    require_json(request)
    return decoded(given)


def arguments(query: bytes, parameters: Iterable[Parameter]) -> dict[str, Any]:
    """Return the typed parameters of a query string. Raises `unknown-parameter`, `validation-failed`."""
    given = query_string.pairs(query)
    errors: Errors = []
    values: dict[str, Any] = {}
    for name, read, required in parameters:
        if name in given:
            try:
                values[name] = read(given.pop(name))
            except ValueError as error:
                errors.append({"path": f"?{name}", "code": "value", "message": str(error)})
        elif required:
            errors.append({"path": f"?{name}", "code": "required", "message": "this parameter is required"})
    query_string.finish(given, errors)
    return values
