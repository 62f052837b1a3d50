"""From a request to arguments: the key in its path, its JSON body, its typed query parameters."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from api.http import query_string
from api.http.headers import require_json
from api.http.request import Request
from services.data.validation import Errors, Shape, decoded
from services.data.values import PARSERS
from services.problems import Problem


class Parameter(NamedTuple):
    """A query parameter of an operation; `kind` is the scalar that its text is read as; `many`: a comma-separated list."""

    name: str
    kind: str
    many: bool


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


def arguments(query: bytes, parameters: Iterable[Parameter], shape: Shape | None) -> dict[str, Any]:
    """Return the parameters of a query string as checked JSON. Raises `unknown-parameter`, `validation-failed`."""
    given = query_string.pairs(query)
    found = {p.name: _json(p, given.pop(p.name)) for p in parameters if p.name in given}
    query_string.finish(given, [])
    errors: Errors = []
    checked = shape(found, "", errors) if shape is not None else found
    query_string.finish({}, [{**error, "path": f"?{error['path'][1:]}"} for error in errors])
    return dict(checked)


def _json(parameter: Parameter, text: str) -> Any:
    """Return a text as the JSON that a body would hold: what is no number stays a text, for the check to refuse."""
    if parameter.many:
        return [_json(parameter._replace(many=False), item) for item in text.split(",")]
    if parameter.kind in ("int", "bigint", "float", "bool"):
        try:
            return PARSERS[parameter.kind](text)
        except ValueError:
            return text
    return text
