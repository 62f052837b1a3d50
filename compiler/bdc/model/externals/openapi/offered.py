"""Operations of a document → operations of an external."""

import re
from collections.abc import Iterator
from typing import Any

from bdc.model.externals.openapi.schemas import Schemas, Unreadable, is_name
from bdc.naming.casing import snake
from bdc.source.records import dataclass

_METHODS = ("get", "post", "put", "patch", "delete")
_VERSION = re.compile(r"3\.[012](\.|\Z)")
_KEY = "idempotency-key"
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}\Z")


@dataclass(frozen=True, slots=True)
class Offered:
    """`names`: of all operations. `operations`: text of those that are called, by name; `structs`: text of what they are made of. `refused`: why
    one that is called cannot be."""

    names: tuple[str, ...]
    operations: dict[str, str]
    structs: tuple[str, ...]
    refused: dict[str, str]


def offered(text: str, external: str, wanted: set[str], taken: set[str]) -> Offered:
    """Return what a document offers of what is wanted. Raises Unreadable for what is no OpenAPI 3 document."""
    document = _document(text)
    schemas = Schemas(document, external, taken)
    found = dict(_all(document))
    operations: dict[str, str] = {}
    refused: dict[str, str] = {}
    for name in sorted(wanted & set(found)):
        try:
            operations[name] = _operation(schemas, name, *found[name])
        except Unreadable as reason:
            refused[name] = str(reason)
        except RecursionError:
            refused[name] = "what it is made of refers to itself"
    return Offered(tuple(found), operations, tuple(schemas.structs.values()), refused)


def _document(text: str) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # nosec B506
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        raise Unreadable(
            "neither JSON nor YAML" + (f": line {line + 1}" if line is not None else "")
        ) from None
    if not isinstance(found, dict) or _VERSION.match(str(found.get("openapi", ""))) is None:
        raise Unreadable("no OpenAPI 3 document: it begins with `openapi: 3.0.…` or `openapi: 3.1.…`")
    return found


Found = tuple[str, str, dict[str, Any], dict[str, Any]]


def _all(document: dict[str, Any]) -> Iterator[tuple[str, Found]]:
    """Yield each operation: by its id where that can be a name, else by its method and path."""
    paths = document.get("paths")
    for path, item in (paths if isinstance(paths, dict) else {}).items():
        for method in _METHODS:
            operation = item.get(method) if isinstance(item, dict) else None
            if isinstance(operation, dict):
                own = operation.get("operationId")
                words = snake(re.sub(r"[^A-Za-z0-9]+", "_", f"{method}_{path}").strip("_"))
                name = str(own) if is_name(own) else words
                yield name, (method.upper(), str(path), item, operation)


def _operation(
    schemas: Schemas, name: str, method: str, path: str, item: dict[str, Any], operation: dict[str, Any]
) -> str:
    holes: dict[str, str] = {}
    given: dict[str, str] = {}
    idempotent = False
    for each in _parameters(schemas, item, operation):
        wire, place = str(each.get("name")), each.get("in")
        if place == "header" and wire.lower() == _KEY:
            idempotent = True
            continue
        local = wire if is_name(wire) else snake(re.sub(r"[^A-Za-z0-9]+", "_", wire).strip("_"))
        fits = is_name(local) and local not in given
        if place == "path":
            holes[wire] = local
        if not fits or place not in ("path", "query", "header") or (place == "query" and local != wire):
            if each.get("required") is True or place == "path":
                raise Unreadable(f"its parameter `{wire}` ({place}) cannot be given")
            continue
        given[local] = _parameter(schemas, name, each, local, wire, str(place))
    _body(schemas, name, method, operation, given)
    result = _result(schemas, name, operation)
    for wire, local in holes.items():
        path = path.replace("{" + wire + "}", "{" + local + "}")
    key = " @idempotent" if idempotent else ""
    text = f'{", ".join(given.values())}){f" -> {result}" if result else ""} @http({method}, "{path}"){key}'
    return f"  op {name}({text}\n"


def _parameters(schemas: Schemas, item: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parameters of an operation: its own stand for those of its path."""
    found: dict[tuple[Any, Any], dict[str, Any]] = {}
    for each in (*(item.get("parameters") or ()), *(operation.get("parameters") or ())):
        resolved = schemas.resolved(each)
        found[resolved.get("name"), resolved.get("in")] = resolved
    return list(found.values())


def _parameter(schemas: Schemas, name: str, each: dict[str, Any], local: str, wire: str, place: str) -> str:
    type_, nullable = schemas.type_of(each.get("schema") or {"type": "string"}, f"{name}_{local}")
    if type_ == "json" or type_[0].isupper():
        type_ = "text"
    if place != "query" and type_.endswith("[]"):
        type_ = "text"
    optional = "?" if place != "path" and (nullable or each.get("required") is not True) else ""
    marks = {"query": " @query", "header": f' @header("{wire}")'}
    if place == "header" and _HEADER.match(wire) is None:
        raise Unreadable(f"its header `{wire}` cannot be sent")
    return f"{local}: {type_}{optional}{marks.get(place, '')}"


def _body(schemas: Schemas, name: str, method: str, operation: dict[str, Any], given: dict[str, str]) -> None:
    """Add what the body is made of: each member of an object, or the whole."""
    body = schemas.resolved(operation.get("requestBody") or {})
    if not body.get("content"):
        return
    schema = _json(body["content"])
    if schema is None:
        raise Unreadable(f"its body is {', '.join(map(str, body['content']))}, and JSON is sent")
    if method in ("GET", "DELETE"):
        raise Unreadable(f"it is a {method} with a body")
    resolved = schemas.resolved(schema)
    properties, required = schemas.members(resolved)
    if not properties or set(properties) & set(given):
        type_, nullable = schemas.type_of(schema, f"{name}_body")
        given["body_"] = f"body_: {type_}{'?' if nullable or body.get('required') is not True else ''} @body"
        return
    for member, written in properties.items():
        if not is_name(member):
            if member in required:
                raise Unreadable(f"its body has a member `{member}`, which cannot be a name")
            continue
        type_, nullable = schemas.type_of(written, f"{name}_{member}")
        given[member] = f"{member}: {type_}{'' if member in required and not nullable else '?'}"


def _result(schemas: Schemas, name: str, operation: dict[str, Any]) -> str:
    """Return the type of the answer, '' for none."""
    responses = operation.get("responses")
    known = responses if isinstance(responses, dict) else {}
    good = sorted(str(code) for code in known if re.fullmatch(r"2(\d\d|XX)", str(code)))
    for code in good:
        answer = schemas.resolved(known.get(code, known.get(int(code)) if code.isdigit() else None))
        content = answer.get("content")
        if not content:
            continue
        schema = _json(content)
        if schema is None:
            raise Unreadable(f"it answers with {', '.join(map(str, content))}, and JSON is read")
        type_, nullable = schemas.type_of(schema, f"{name}_answer")
        return f"{type_}?" if nullable or len(good) > 1 else type_
    return ""


def _json(content: Any) -> Any:
    """Return the schema of the JSON in a content; None where there is none."""
    for kind, media in (content if isinstance(content, dict) else {}).items():
        plain = str(kind).partition(";")[0].strip().lower()
        if isinstance(media, dict) and (
            plain == "application/json" or plain.endswith("+json") or plain == "*/*"
        ):
            return media.get("schema") or {}
    return None
