"""Parameters and bodies of an operation → parameters of an `op`."""

import re
from collections.abc import Iterator

from bdc.importing.draft import Part
from bdc.importing.names import Unique
from bdc.importing.openapi.context import ImportContext, field_name, member_name
from bdc.importing.openapi.fields import literal
from bdc.importing.openapi.place import Place
from bdc.importing.openapi.served import Operation, is_json
from bdc.importing.openapi.shapes import Shape, shape_of
from bdc.importing.openapi.types import typed
from bdc.importing.text import quoted

_HOLE = re.compile(r"\{([^{}]*)\}")
_NO_DOCS = "parameters have no documentation, examples or styles"
_IN_PATH = (
    "int",
    "bigint",
    "float",
    "bool",
    "string",
    "text",
    "uuid",
    "date",
    "timestamp",
    "time",
    "duration",
)


def parameters(context: ImportContext, operation: Operation, name: str) -> tuple[list[Part], str]:
    """Return the parameters as parts, each with its comma, and the path with the names that they have."""
    taken, path = Unique(), operation.path
    parts: list[Part] = []
    for named, place, says in operation.parameters():
        wire, where = place.text("name") or "", place.text("in") or ""
        schema = place / "schema" if place.has("schema") else _content(place)
        shape = shape_of(schema) if schema is not None else Shape("string")
        own = member_name(wire) or (member_name(field_name(wire)) if where in ("path", "header") else None)
        if where == "cookie" or own is None or where not in ("path", "query", "header"):
            context.ledger.leave(
                named.path,
                "not a valid parameter: cookies are not read, and a name is letters, digits and `_`",
            )
            continue
        own = taken.take(own)
        if where == "path":
            path = path.replace(f"{{{wire}}}", f"{{{own}}}")
        common = (
            named.path,
            *says,
            *(f"{place.path}/{key}" for key in ("name", "in", "required") if place.has(key)),
        )
        parts.append(_part(context, place, shape, own, where, wire, common, name, operation))
    for hole in dict.fromkeys(_HOLE.findall(path)):
        if not any(part.text.startswith(f"{hole}:") for part in parts):
            own = taken.take(field_name(hole))
            path = path.replace(f"{{{hole}}}", f"{{{own}}}")
            parts.append(Part(f"{own}: string"))
    parts += _body(context, operation, taken, name)
    return _spaced(parts), path


def _content(place: Place) -> Place | None:
    for _, content in (place / "content").members():
        return content / "schema"
    return None


def _part(
    context: ImportContext,
    place: Place,
    shape: Shape,
    own: str,
    where: str,
    wire: str,
    says: tuple[str, ...],
    name: str,
    operation: Operation,
) -> Part:
    kind = typed(context, shape, (name, own))
    text = (
        kind.text
        if where != "path"
        or kind.scalar in _IN_PATH
        or context.roles.get(shape.name or "") == "enum"
        or shape.labels
        else "string"
    )
    default = (
        literal(shape.value("default"), kind, shape.labels) if shape.value("default") is not None else None
    )
    optional = where != "path" and not place.flag("required") and default is None
    for rule in (
        "description",
        "example",
        "examples",
        "deprecated",
        "style",
        "explode",
        "allowEmptyValue",
        "allowReserved",
    ):
        if place.has(rule):
            context.ledger.leave(
                f"{place.path}/{rule}",
                _NO_DOCS if rule != "explode" else "lists in a query are separated by commas",
            )
    for path, reason in kind.lost:
        context.ledger.leave(path, reason)
    marks = (
        [f'@header("{wire}")']
        if where == "header"
        else ["@query"]
        if where == "query" and operation.method in ("post", "put", "patch")
        else []
    )
    rules = [part for part in kind.attributes if not part.text.startswith("@format")]
    line = f"{own}: {text}{'?' if optional else ''}" + (f" = {default}" if default is not None else "")
    full = " ".join([line, *(part.text for part in rules), *marks])
    carried = [*says, *kind.says, *(path for part in rules for path in part.says)]
    carried += [shape.rules["default"].path] if default is not None else []
    simple = " ".join(
        [f"{own}: {kind.plain if text == kind.text else text}{'?' if optional else ''}", *marks]
    )
    return Part(full, tuple(carried), instead=Part(simple, says) if simple != full else None)


def _body(context: ImportContext, operation: Operation, taken: Unique, name: str) -> Iterator[Part]:
    if not operation.place.has("requestBody"):
        return
    schema, body, says = operation.body()
    if schema is None:
        reason = "the body is not JSON: handlers take JSON"
        context.ledger.leave(f"{operation.place.path}/requestBody", reason)
        context.ledger.leave(body.path, reason)
        return
    for media, content in (body / "content").members():
        if schema.path != f"{content.path}/schema":
            context.ledger.leave(
                content.path, "bodies are JSON" if not is_json(media) else "one kind of JSON is enough"
            )
    shape = shape_of(schema)
    common = [
        *says,
        schema.path.rpartition("/")[0],
        *([f"{body.path}/required"] if body.has("required") else []),
    ]
    if (
        shape.kind == "object"
        and shape.properties
        and shape.name is None
        and operation.method in ("post", "put", "patch")
    ):
        yield from _members(context, shape, taken, name, [*common, *shape.says, *shape.required.values()])
        return
    kind = typed(context, shape, (name, "body"))
    for path, reason in kind.lost:
        context.ledger.leave(path, reason)
    optional = "" if body.flag("required") else "?"
    own = taken.take("body")
    yield Part(
        f"{own}: {kind.text}{optional} @body",
        (*common, *kind.says),
        instead=Part(f"{own}: json{optional} @body", tuple(common)),
    )


def _members(
    context: ImportContext, shape: Shape, taken: Unique, name: str, says: list[str]
) -> Iterator[Part]:
    """The members of a body without a name, one by one."""
    for wire, place in shape.properties.items():
        own = member_name(wire)
        if own is None or taken.take(own) != own:
            context.ledger.leave(
                place.path, "its name is not a valid parameter name, or another parameter has it"
            )
            continue
        inner = shape_of(place)
        kind = typed(context, inner, (name, wire))
        for path, reason in kind.lost:
            context.ledger.leave(path, reason)
        optional = "" if wire in shape.required and not inner.nullable else "?"
        rules = " ".join(part.text for part in kind.attributes if not part.text.startswith("@format"))
        carried = [
            place.path,
            *kind.says,
            *(path for part in kind.attributes if not part.text.startswith("@format") for path in part.says),
        ]
        text = f"{own}: {kind.text}{optional} {rules}".rstrip()
        yield Part(text, (*says, *carried), instead=Part(f"{own}: json{optional}", (*says, place.path)))
        says = []


def _spaced(parts: list[Part]) -> list[Part]:
    """Put a comma behind each: the last one may have one too."""
    for part in parts:
        part.text += ","
        if part.instead is not None:
            part.instead.text += ","
    return parts


__all__ = ["parameters", "quoted"]
