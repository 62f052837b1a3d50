"""Operations that are of no resource → `op`s with handlers to be written."""

from bdc.importing.draft import Part, Unit
from bdc.importing.names import Unique
from bdc.importing.openapi.context import ImportContext, field_name
from bdc.importing.openapi.parameters import parameters
from bdc.importing.openapi.place import Place
from bdc.importing.openapi.security import Security
from bdc.importing.openapi.served import Operation, is_json
from bdc.importing.openapi.shapes import shape_of
from bdc.importing.openapi.types import typed
from bdc.importing.text import quoted

_METHODS = ("get", "post", "put", "patch", "delete")


def operation_unit(
    context: ImportContext, security: Security, operation: Operation, names: Unique
) -> Unit | None:
    """Return the `op` of an operation; None for a method that the language does not have."""
    path = operation.place.path
    if operation.method not in _METHODS:
        context.ledger.leave(path, f"the service answers {operation.method.upper()} by itself, or not at all")
        return None
    title = operation.place.text("operationId")
    name = names.take(field_name(title or f"{operation.method} {operation.path}"))
    parts, route = parameters(context, operation, name)
    unit = Unit(
        [
            Part(f"op {name}(", (path, *([f"{path}/operationId"] if title else ())), needed=True),
            *parts,
            Part(")", needed=True),
        ]
    )
    _result(context, operation, unit, name)
    unit.add("@handler", needed=True)
    unit.add(f"@http({operation.method.upper()}, {quoted(route)})", needed=True)
    if operation.place.flag("deprecated"):
        unit.add('@deprecated("the document says so")', f"{path}/deprecated")
    unit.told = ((operation.title, "an `op` that answers 501 until its handler is written"),)
    roles, says = security.roles(operation.place)
    unit.put(Unit([Part(f"allow {', '.join(roles)}", says, needed=True)]))
    document(unit, operation)
    return unit


def document(unit: Unit, operation: Operation) -> None:
    """Let summary and description be the documentation."""
    keys = [key for key in ("summary", "description") if (operation.place.text(key) or "").strip()]
    unit.doc = tuple(line for key in keys for line in (operation.place.text(key) or "").strip().split("\n"))
    unit.doc_says = tuple(f"{operation.place.path}/{key}" for key in keys)


def _result(context: ImportContext, operation: Operation, unit: Unit, name: str) -> None:
    """The first answer where all is well gives the type; what handlers raise are problems."""
    done = False
    for status, named, answer, says in operation.answers():
        context.ledger.leave(
            f"{answer.path}/description", "the generated document describes its responses itself"
        )
        if not status.startswith("2") or done:
            refusals(context, status, named, answer)
            continue
        done = True
        schema = result_schema(context, answer)
        shape = shape_of(schema) if schema is not None else None
        kept = status == "200" if shape is not None else status in ("200", "204")
        carried = (named.path, *says) if kept else ()
        if not kept:
            context.ledger.leave(named.path, f"a handler responds with {200 if shape is not None else 204}")
        if shape is None:
            unit.parts[0].says += carried
            continue
        kind = typed(context, shape, (name, "result"))
        for path, reason in kind.lost:
            context.ledger.leave(path, reason)
        mark = "?" if shape.nullable else ""
        content = schema.path.rpartition("/")[0] if schema is not None else ""
        plain = Part(f"-> json{mark}", carried, needed=True)
        unit.parts.append(
            Part(f"-> {kind.text}{mark}", (*carried, content, *kind.says), needed=True, instead=plain)
        )


def result_schema(context: ImportContext, answer: Place) -> Place | None:
    """Return the schema of an answer as JSON; other contents are left out by name."""
    found: Place | None = None
    for media, content in (answer / "content").members():
        if found is None and is_json(media) and content.has("schema"):
            found = content / "schema"
        else:
            context.ledger.leave(
                content.path, "responses are JSON" if not is_json(media) else "one kind of JSON is enough"
            )
    for header in ("headers", "links"):
        if answer.has(header):
            context.ledger.leave(
                f"{answer.path}/{header}", "a response has the headers of the service, and no links"
            )
    return found


def refusals(context: ImportContext, status: str, named: Place, answer: Place) -> None:
    """An answer that is no success is a problem document of the service."""
    reason = (
        "what is refused is a problem document (RFC 9457)"
        if not status.startswith("2")
        else "an operation has one successful response"
    )
    context.ledger.leave(named.path, reason)
    context.ledger.leave(answer.path, reason)
