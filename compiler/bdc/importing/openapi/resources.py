"""Resources: which operations, filters, pages and members they have; and the policies of their entities."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from bdc.importing.draft import Part, Unit
from bdc.importing.openapi.context import ImportContext, member_name
from bdc.importing.openapi.elements import elements
from bdc.importing.openapi.operations import document, refusals, result_schema
from bdc.importing.openapi.place import Place
from bdc.importing.openapi.security import Security
from bdc.importing.openapi.served import Operation, Resource, listed
from bdc.importing.openapi.shapes import Shape, shape_of
from bdc.importing.text import quoted

_ORDER = ("list", "get", "create", "update", "delete")
_ACTIONS = {"list": "read", "get": "read", "create": "create", "update": "update", "delete": "delete"}
_REFUSED = {
    "list": ("400",),
    "get": ("404",),
    "create": ("400", "409", "422"),
    "update": ("400", "404", "409", "422"),
    "delete": ("404", "409"),
}
_ALWAYS = ("401", "403", "429", "500")
_LARGEST = 1000
_EXPANDED = 100
INTERNAL = "internal"
_WORDS = ("/description", "/title", "/example", "/examples")


@dataclass(slots=True)
class Served:
    """What a resource makes: its block, its policy, and how each operation differs from the document."""

    unit: Unit
    policy: Unit
    hidden: bool = False
    differs: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def resource_unit(context: ImportContext, security: Security, resource: Resource) -> Served:
    """Return a resource and the policy of its entity."""
    said = context.said[resource.entity]
    served = Served(
        Unit(
            [Part(f"resource {said} at {quoted(resource.path or '/')}{_wrapped(context)}", needed=True)]
        ).block(),
        Unit([Part(f"policy {said}", needed=True)]).block(),
    )
    words = [word for word in _ORDER if word in resource.words]
    ops = served.unit.put(Unit([Part("ops", needed=True)]))
    roles: dict[str, list[str]] = defaultdict(list)
    for number, word in enumerate(words):
        operation = resource.words[word]
        ids = [f"{operation.place.path}/{key}" for key in ("operationId",) if operation.place.has(key)]
        for each in ids:
            context.ledger.leave(each, f"`{word}` of a resource names it in the document of a build")
        ops.add(word + ("," if number < len(words) - 1 else ""), operation.place.path)
        allowed, says = security.roles(operation.place)
        roles[_ACTIONS[word]] += [role for role in allowed if role not in roles[_ACTIONS[word]]]
        ops.parts[-1].says += says
        _describe(context, ops, operation)
        _key(context, operation, word)
        _answers(context, served, resource, word, operation)
    if "list" in resource.words:
        _list(context, served, resource.words["list"], resource)
    for word in ("create", "update"):
        if word in resource.words:
            _input(context, served, resource, word, resource.words[word])
    _expand(context, served, resource)
    _hidden(context, served, resource)
    served.unit.told = tuple(_told(context, served, resource))
    for action, allowed in roles.items():
        served.policy.put(Unit([Part(f"allow {action} to {', '.join(allowed)}", needed=True)]))
    return served


def _wrapped(context: ImportContext) -> str:
    """Return the attribute that names the member around rows."""
    name = context.outside.envelope
    return f" @envelope({quoted(name)}, {quoted(name)})" if name else ""


def _told(context: ImportContext, served: Served, resource: Resource) -> Iterator[tuple[str, str]]:
    unset = context.unset.get(context.said[resource.entity], [])
    shape = context.shapes[resource.entity]
    null = [
        wire
        for wire, place in shape.properties.items()
        if wire not in shape.required and not shape_of(place).nullable
    ]
    for word, operation in resource.words.items():
        differs = served.differs.get(operation.title, [])
        if word != "delete" and unset:
            differs = [
                *differs,
                f"{', '.join(f'`{wire}`' for wire in unset)} can be null: no caller gives it",
            ]
        related = context.related.get(resource.entity, {})
        if word != "delete" and related:
            told = ", ".join(
                f"`{wire}`" if many else f"`{wire}` (as `{wire}_id`)" for wire, many in related.items()
            )
            differs = [*differs, f"{told} come with `?expand=`"]
        if word != "delete" and null:
            differs = [*differs, "an optional member without a value is null"]
        yield operation.title, f"`{word}` of a resource; " + ("; ".join(differs) or "as the document says")


def _expand(context: ImportContext, served: Served, resource: Resource) -> None:
    """Other entities come with a row where a caller asks for them."""
    found = context.related.get(resource.entity, {})
    parts = [Part(f"{wire}(max: {_EXPANDED})" if many else wire) for wire, many in found.items()]
    if parts:
        served.unit.put(Unit([Part("expand", needed=True), *_listed(parts)]))


def _hidden(context: ImportContext, served: Served, resource: Resource) -> None:
    """What callers only write is read by a role that no token has."""
    for wire, place in context.shapes[resource.entity].properties.items():
        shape = shape_of(place)
        if shape.flag("writeOnly") and member_name(wire):
            served.policy.put(
                Unit([Part(f"field {wire} {{ read to {INTERNAL} }}", (shape.rules["writeOnly"].path,))])
            )
            served.hidden = True


def given_members(resource: Resource) -> set[str] | None:
    """Return the members that callers give of a new row; None where they make none, or the document does not say what of."""
    if "create" not in resource.words:
        return None
    schema, _, _ = resource.words["create"].body()
    properties = shape_of(schema).properties if schema is not None else {}
    return {wire for wire, place in properties.items() if not shape_of(place).flag("readOnly")} or None


def _describe(context: ImportContext, ops: Unit, operation: Operation) -> None:
    """Summaries stand as comments: a list of operations has no documentation for each."""
    made = Unit([])
    document(made, operation)
    if made.doc:
        ops.notes.append(Part(f"{operation.method.upper()}: {made.doc[0]}", made.doc_says[:1]))
        for path in made.doc_says[1:]:
            if len(made.doc) == 1:
                ops.notes[-1].says += (path,)
            else:
                context.ledger.leave(
                    path,
                    "operations of a resource have no documentation: the first line is a comment",
                )
    if operation.place.has("deprecated"):
        context.ledger.leave(
            f"{operation.place.path}/deprecated", "an operation of a resource cannot be deprecated by itself"
        )


def _key(context: ImportContext, operation: Operation, word: str) -> None:
    """The parameter that is the key is carried by the path of the resource."""
    for named, place, says in operation.parameters():
        if place.text("in") == "path":
            schema = place / "schema"
            shape = shape_of(schema)
            paths = [f"{place.path}/{key}" for key in ("name", "in", "required") if place.has(key)]
            rules = [
                found.path
                for rule, found in shape.rules.items()
                if rule in ("format", "minLength", "maxLength", "minimum", "maximum", "pattern")
            ]
            context.ledger.carry([named.path, *says, *paths, *shape.says, *rules])
        elif place.text("in") != "query" or word != "list":
            context.ledger.leave(named.path, "an operation of a resource takes no parameters of its own")
        for rule in ("description", "example", "examples", "schema", "style", "explode"):
            if place.has(rule):
                context.ledger.leave(
                    f"{place.path}/{rule}", "parameters have no documentation, examples or styles"
                )


def _answers(
    context: ImportContext, served: Served, resource: Resource, word: str, operation: Operation
) -> None:
    known = {*_REFUSED[word], *_ALWAYS}
    done = False
    for status, named, answer, says in operation.answers():
        context.ledger.leave(
            f"{answer.path}/description", "the generated document describes its responses itself"
        )
        if status.startswith("2") and not done:
            done = True
            _success(context, served, resource, word, operation, (status, named, answer, says))
        elif status in known or status in ("default", "4XX"):
            context.ledger.carry([named.path, *says])
            for _, content in (answer / "content").members():
                context.ledger.leave(content.path, "what is refused is a problem document (RFC 9457)")
            result_schema(context, answer)
        else:
            refusals(context, status, named, answer)


def _success(
    context: ImportContext,
    served: Served,
    resource: Resource,
    word: str,
    operation: Operation,
    found: tuple[str, Place, Place, tuple[str, ...]],
) -> None:
    status, named, answer, says = found
    schema = result_schema(context, answer)
    differs = served.differs[operation.title]
    expected = context.outside.statuses[word]
    if status == expected or status.upper() == "2XX":
        context.ledger.carry([named.path, *says])
    else:
        differs.append(f"answers {expected}, the document says {status}")
        context.ledger.leave(named.path, f"it answers {expected}")
    if operation.method == "put":
        differs.append("what the body leaves out stays as it was")
    if schema is None:
        if word != "delete":
            differs.append("answers with the row, the document with nothing")
        return
    content = schema.path.rpartition("/")[0]
    same = _same(resource, word, schema, context.outside.envelope)
    if same is None:
        context.ledger.carry([content, *_leaves(schema)])
    else:
        differs.append(same)
        context.ledger.leave(content, same)


def _leaves(schema: Place) -> list[str]:
    """All that a schema says in its place: a resource answers so."""
    return [path for path in elements(schema.value, schema.path) if not path.endswith(_WORDS)]


def _same(resource: Resource, word: str, schema: Place, envelope: str) -> str | None:
    """How the body of an answer differs from what a resource answers with; None when it does not."""
    shape = shape_of(schema)
    if word == "list":
        _, member = listed(schema)
        rows = envelope or "items"
        if member == rows and set(shape.properties) <= {rows, "next_cursor", "total"}:
            return None
        return f"a list is `{{{rows}, next_cursor}}`, the document says " + (
            f"`{{{', '.join(shape.properties)}}}`" if member else "an array"
        )
    if word == "delete":
        return "a deletion answers with nothing"
    if envelope:
        more = [f"`{name}`" for name in shape.properties if name != envelope]
        if more:
            return f"answers with `{envelope}` alone, the document adds {', '.join(more)}"
        shape = shape_of(shape.properties[envelope])
    if shape.name != resource.entity:
        return f"answers with `{resource.entity}` alone, the document adds to it"
    return None


def _list(context: ImportContext, served: Served, operation: Operation, resource: Resource) -> None:
    members = context.shapes[resource.entity].properties
    filters: list[Part] = []
    asked = {place.text("name") for _, place, _ in operation.parameters()}
    kind = "offset" if "offset" in asked and "cursor" not in asked else "cursor"
    for named, place, says in operation.parameters():
        name = place.text("name") or ""
        shape = shape_of(place / "schema")
        common = (
            named.path,
            *says,
            *(f"{place.path}/{key}" for key in ("name", "in", "required") if place.has(key)),
            *shape.says,
        )
        rules = tuple(found.path for rule, found in shape.rules.items() if rule in ("format", "enum"))
        if place.text("in") != "query":
            continue
        if name == "limit" and shape.kind in ("integer", "number"):
            _page(served, shape, common, kind)
        elif name == kind:
            context.ledger.carry(common)
        elif name in members and shape.kind not in ("array", "object", "any") and member_name(name):
            filters.append(Part(name, (*common, *rules)))
        else:
            served.differs[operation.title].append(f"takes no `{name}`")
            context.ledger.leave(named.path, "a list is filtered by members, paged by `limit` and `cursor`")
    line = Unit([Part("filter", needed=True), *_listed(filters)])
    if filters:
        served.unit.put(line)


def _listed(parts: list[Part]) -> list[Part]:
    for part in parts[:-1]:
        part.text += ","
    return parts


def _page(served: Served, shape: Shape, says: tuple[str, ...], kind: str) -> None:
    usual, most = shape.whole("default"), shape.whole("maximum")
    top = min(most, _LARGEST) if most else max(100, usual or 0)
    first = min(usual or 20, top)
    rules = [
        shape.rules[rule].path
        for rule, value in (("default", usual), ("maximum", most), ("minimum", 1))
        if rule in shape.rules and value
    ]
    rules += [shape.rules["format"].path] if "format" in shape.rules else []
    served.unit.put(Unit([Part(f"page {kind}(default: {first}, max: {top})", (*says, *rules), needed=True)]))


def _input(
    context: ImportContext, served: Served, resource: Resource, word: str, operation: Operation
) -> None:
    """What a caller may give: the members of the body that the entity has."""
    schema, body, says = operation.body()
    whole, _, _ = operation.whole_body()
    if schema is None or whole is None:
        return
    if whole is not schema:
        around = shape_of(whole)
        context.ledger.carry([schema.path, *around.says, *around.required.values()])
    shape, entity = shape_of(schema), context.shapes[resource.entity]
    context.ledger.carry(
        [
            *says,
            whole.path.rpartition("/")[0],
            *shape.says,
            *([f"{body.path}/required"] if body.has("required") else []),
        ]
    )
    for media, content in (body / "content").members():
        if content.path != whole.path.rpartition("/")[0]:
            context.ledger.leave(content.path, f"bodies are JSON, not {media}")
    given = []
    for wire, place in shape.properties.items():
        own = entity.properties.get(wire)
        if own is None or member_name(wire) is None:
            context.ledger.leave(place.path, f"`{resource.entity}` has no such member")
            continue
        inner = shape_of(own)
        if inner.flag("readOnly") or (wire == resource.key and word == "update"):
            context.ledger.leave(place.path, "callers read it only")
            continue
        optional = "" if wire in shape.required and wire in entity.required else "?"
        given.append(Part(f"{wire}{optional if word == 'create' else ''}", (place.path,)))
        if place.path != own.path:
            _same_rules(context, place, own)
    if given:
        line = Unit(
            [
                Part(f"input {word} {{", tuple(shape.required.values()), needed=True),
                *_listed(given),
                Part("}", needed=True),
            ]
        )
        served.unit.put(line)


def _same_rules(context: ImportContext, place: Place, own: Place) -> None:
    """Rules of a member in a request that the entity has too are carried by it."""
    theirs, ours = shape_of(place), shape_of(own)
    for rule, found in theirs.rules.items():
        if ours.value(rule) == found.value:
            context.ledger.carry([found.path])
        else:
            context.ledger.leave(found.path, "the member has the rules of the entity")
    if theirs.kind == ours.kind:
        context.ledger.carry(theirs.says)
