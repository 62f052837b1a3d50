"""Arguments of an operation from all over a request: its path, its query string, its headers, its body.

What comes in: the request, and where each argument stands. What goes out: the arguments as checked JSON. Errors name the place: `{name}`
for a part of the path, `?name` for the query, the name of the header, a JSON pointer for the body.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from api.engine.http import query_string
from api.engine.http.headers import require_json
from api.engine.http.request import Request
from services.data.engine.jsontext import decoded
from services.data.engine.validation import Errors, Shape, fail
from services.data.engine.values import PARSERS
from services.engine.problems import Problem

MAX_ITEMS = 100  # of a list in a path or a header
_NUMBERS = ("int", "bigint", "float", "bool")


class Argument(NamedTuple):
    """`place`: path, query, header, body, or whole (the body itself); `wire`: its name there; `kind`: the scalar that its text is
    read as; `many`: a comma-separated list."""

    name: str
    place: str
    wire: str
    kind: str
    many: bool


async def arguments(
    request: Request,
    declared: Sequence[Argument],
    shape: Shape | None,
    has_body: bool,
    beside: Collection[str] = (),
) -> dict[str, Any]:
    """Return the arguments. `beside`: query parameters that are read elsewhere. Raises `unknown-parameter`, `malformed-request`, `unsupported-media-type`, `validation-failed`."""
    found: dict[str, Any] = {}
    errors: Errors = []
    query = query_string.pairs(request.query)
    for argument in declared:
        text = _text(request, argument, query, errors)
        if text is not None:
            found[argument.name] = value = _json(argument, text)
            if argument.many and argument.place != "query" and len(value) > MAX_ITEMS:
                fail(errors, f"/{argument.name}", "length", f"expected at most {MAX_ITEMS} items")
    query_string.finish({name: text for name, text in query.items() if name not in beside}, [])
    strange: Errors = []
    if has_body:
        found |= await _body(request, declared, strange)
    checked = shape(found, "", errors) if shape is not None else found
    query_string.refuse([*strange, *(_placed(error, declared) for error in errors)])
    return dict(checked)


def _text(request: Request, argument: Argument, query: dict[str, str], errors: Errors) -> str | None:
    """Return the text of an argument that does not stand in the body; None when it is not given."""
    if argument.place == "path":
        return request.parameters[argument.wire]
    if argument.place == "query":
        return query.pop(argument.wire, None)
    if argument.place != "header":
        return None
    given = request.headers.get(argument.wire.lower().encode())
    if given is not None and not (given.isascii() and given.decode("ascii").isprintable()):
        fail(errors, f"/{argument.name}", "character", "expected visible ASCII characters")
        return ""
    return None if given is None else given.decode("ascii")


def _json(argument: Argument, text: str) -> Any:
    """Return a text as the JSON that a body would hold: what cannot be read stays a text, for the check to refuse."""
    if argument.many:
        one = argument._replace(many=False)
        return [_json(one, item) for item in text.split(",")] if text else []
    if argument.kind == "json":
        try:
            return decoded(text.encode())
        except Problem:
            return text
    if argument.kind in _NUMBERS:
        try:
            return PARSERS[argument.kind](text)
        except ValueError:
            return text
    return text


async def _body(request: Request, declared: Sequence[Argument], errors: Errors) -> dict[str, Any]:
    """Return the arguments in the body; an empty body holds none."""
    given = await request.body()
    if not given:
        return {}
    require_json(request)
    value = decoded(given)
    for argument in declared:
        if argument.place == "whole":
            return {argument.name: value}
    if type(value) is not dict:
        fail(errors, "", "type", "expected an object")
        return {}
    known = {argument.name for argument in declared if argument.place == "body"}
    for name in sorted(value.keys() - known):
        fail(errors, f"/{name[:100]}", "unknown", "there is no such member")
    return {name: value[name] for name in value.keys() & known}


def _placed(error: dict[str, str], declared: Sequence[Argument]) -> dict[str, str]:
    """Return an error with the place where the caller wrote what is wrong."""
    name, slash, rest = error["path"][1:].partition("/")
    for argument in declared:
        if argument.name == name and argument.place != "body":
            spelled = {"path": f"{{{argument.wire}}}", "query": f"?{argument.wire}"}.get(
                argument.place, argument.wire
            )
            return {**error, "path": f"{spelled}{slash}{rest}"}
    return error
