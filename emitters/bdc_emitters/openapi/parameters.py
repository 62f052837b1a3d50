"""Parameters: keys in the path, what a list can be asked, and the headers of conditional and repeated requests."""

from collections.abc import Iterator
from typing import Any

from bdc.ir import (
    ArrayType,
    CollectionField,
    Entity,
    ExpandNode,
    Filter,
    Nearest,
    Resource,
    ScalarField,
    SystemIR,
)
from bdc.surface import (
    Bound,
    Endpoint,
    Kind,
    Member,
    address_members,
    around_members,
    bound_members,
    is_json_text,
    read_members,
)
from bdc.surface.addresses import around_fields, is_by_key
from bdc.surface.can import CAN
from bdc.surface.examples import Examples
from bdc.surface.filters import Asked, asked
from bdc.surface.nearest import DISTANCE, NEAREST
from bdc_emitters.openapi.types import CHOICE_LIMIT, NO_NUL, Mode, Schema, schema

Parameter = dict[str, Any]

_PLACES = ("path", "query", "header")
_HEADER_TEXT = r"^(?:[!-~](?:[ -~]*[!-~])?)?$"  # what a header carries unchanged: no space at its ends
SEARCH_LIMIT = 200
CURSOR_LIMIT = 2048
# What HTTP allows; others than ours match no row. The pattern takes the empty text, which `minLength` refuses: Schemathesis
# finds no value for a header whose pattern asks for signs, and then takes a wrong one for right.
ENTITY_TAGS = r'^(?:\*|(?:W/)?"[!#-~]*"(?:, (?:W/)?"[!#-~]*")*)?$'
SHARED: dict[str, Parameter] = {
    "Cursor": {
        "name": "cursor",
        "in": "query",
        "description": "Where to go on: `next_cursor` of the page before, under the same filters and the same sort.",
        "schema": {"type": "string", "minLength": 1, "maxLength": CURSOR_LIMIT},
    },
    "Offset": {
        "name": "offset",
        "in": "query",
        "description": "How many rows to leave out before the page.",
        "schema": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 2147483647, "default": 0},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The `ETag` of the row as it was read: refused with 412 when the row has changed since.",
        "schema": {"type": "string", "pattern": ENTITY_TAGS, "minLength": 1},
        "example": '"1"',
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "`ETag`s of answers that the caller has: answered with 304 when this would be one of them.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 2048},
        "example": '"8f14e45fceea167a"',
    },
    "LastWrite": {
        "name": "Last-Write",
        "in": "header",
        "description": "The `Last-Write` of the caller's last write: the answer is not older than that.",
        "schema": {"type": "string", "pattern": "^[0-9A-F]+/[0-9A-F]+-[0-9]+$", "maxLength": 40},
        "example": "0/16B3748-1764523200",
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Chosen by the caller: a request repeated under the same key is performed once and answered alike.",
        "schema": {"type": "string", "pattern": "^[!-~]+$", "minLength": 1, "maxLength": 255},
    },
    "RequestId": {
        "name": "X-Request-Id",
        "in": "header",
        "description": "Names this request in the answer and in logs: 8 to 64 letters, digits, `.`, `_` or `-`. Another text is replaced.",
        "schema": {"type": "string"},
    },
}


_CAN: Parameter = {
    "name": CAN,
    "in": "query",
    "required": False,
    "description": "Whether each row says what the caller may do with it.",
    "schema": {"type": "boolean", "default": False},
}


class Parameters:
    """Parameters of one system; shared ones are components, entered when they are used."""

    def __init__(self, system: SystemIR, examples: Examples) -> None:
        self._system = system
        self._examples = examples
        self.components: dict[str, Parameter] = {}

    def of_path(self, endpoint: Endpoint) -> list[Parameter]:
        """Return the parameters in the path: of the rows around, and of the row itself."""
        entity = endpoint.entity
        if entity is None:
            return []
        around = self.around(entity)
        if not endpoint.by_key:
            return around
        return [*around, *(self._key(entity, member) for member in address_members(self._system, entity))]

    def around(self, entity: Entity) -> list[Parameter]:
        """Return those that name the rows which a row of `entity` stands under."""
        fields, members = around_fields(self._system, entity), around_members(self._system, entity)
        return [self._key(owner, each) for (_, owner, _), each in zip(fields, members, strict=True)]

    def of(self, endpoint: Endpoint) -> list[Parameter]:
        """Return all others, in the order a reader wants them."""
        found: list[Parameter] = []
        if endpoint.operation is not None:
            bound = bound_members(endpoint.operation)
            found += [self._argument(each) for each in bound if each.place in _PLACES]
        if endpoint.kind is Kind.LIST and endpoint.resource and endpoint.entity:
            found += self._of_list(endpoint)
        if endpoint.expand:
            about = endpoint.entity.name if endpoint.entity else endpoint.id
            found.append(self._component(f"{about}Expand", _expand(endpoint.expand)))
        if endpoint.selectable and endpoint.entity:
            names = [member.name for member in read_members(self._system, endpoint.entity)]
            found.append(self._component(f"{endpoint.entity.name}Fields", _fields(names)))
        if endpoint.can:
            found.append(self._component("Can", _CAN))
        return found + self._headers(endpoint)

    def _headers(self, endpoint: Endpoint) -> list[Parameter]:
        found = []
        if endpoint.entity and endpoint.entity.versioned and endpoint.of_row and endpoint.writes:
            found.append(self._shared("IfMatch"))
        if endpoint.conditional:
            found.append(self._shared("IfNoneMatch"))
        if endpoint.replica:
            found.append(self._shared("LastWrite"))
        if endpoint.minimal:
            found.append(self._component("Prefer", _PREFER))
        if endpoint.repeatable:
            found.append(self._shared("IdempotencyKey"))
        if endpoint.kind is Kind.UPDATE:
            # Beside a body of two media types openapi-python-client needs a parameter that is optional: without one it
            # forgets an import.
            found.append(self._shared("RequestId"))
        return found

    def _shared(self, name: str) -> Parameter:
        return self._component(name, SHARED[name])

    def _component(self, name: str, parameter: Parameter) -> Parameter:
        """Return a reference to a component; the parameter itself where another one has taken its name."""
        if self.components.setdefault(name, parameter) != parameter:
            return parameter
        return {"$ref": f"#/components/parameters/{name}"}

    def _limit(self, resource: Resource) -> Parameter:
        page = resource.page
        return self._component(f"Limit{page.default}Of{page.max}", _limit(resource))

    def _key(self, entity: Entity, member: Member) -> Parameter:
        assert member.type is not None
        return {
            "name": member.name,
            "in": "path",
            "required": True,
            "description": f"The key of the {entity.name}."
            if member.field == "id" and is_by_key(self._system, entity)
            else member.doc or f"The `{member.name}` of the {entity.name}."
            if not is_by_key(self._system, entity)
            else member.doc or f"Part of the key of the {entity.name}.",
            "schema": schema(member.type, Mode.QUERY),
            "example": self._examples.member(entity, member),
        }

    def _argument(self, bound: Bound) -> Parameter:
        member = bound.member
        made: Parameter = {"name": bound.wire, "in": bound.place}
        if member.required:
            made["required"] = True
        if member.doc:
            made["description"] = member.doc
        example = self._examples.value(bound.type, member.name)
        if is_json_text(bound.type):
            inner = schema(bound.type, Mode.WRITE)
            return made | {"content": {"application/json": {"schema": inner, "example": example}}}
        if isinstance(bound.type, ArrayType):
            made |= {"style": "form", "explode": False} if bound.place == "query" else {"style": "simple"}
        made["schema"] = _carried(schema(bound.type, Mode.QUERY), bound)
        made["example"] = example
        return made

    def _of_list(self, endpoint: Endpoint) -> list[Parameter]:
        resource = endpoint.resource
        assert resource is not None
        fixed = {each.filter for each in endpoint.own.presets} if endpoint.own is not None else set()
        found = [
            made
            for declared in resource.filters
            if asked(self._system, resource, declared).name not in fixed
            for made in self._filters(resource, declared)
        ]
        if resource.search:
            found.append(_search(resource))
        if resource.nearest is not None and endpoint.entity is not None:
            found += _nearest(endpoint.entity, resource.nearest)
        if resource.sorts:
            found.append(_sort(resource))
        if resource.page.kind == "offset":
            return [*found, self._limit(resource), self._shared("Offset")]
        total = [_total()] if resource.page.total else []
        return [*found, self._limit(resource), self._shared("Cursor"), *total]

    def _filters(self, resource: Resource, declared: Filter) -> Iterator[Parameter]:
        found = asked(self._system, resource, declared)
        for operator in found.operators:
            made = _filter(resource, found, operator)
            yield made | {"x-bdc-path": declared.path} if self._is_misleading(resource, declared) else made

    def _is_misleading(self, resource: Resource, declared: Filter) -> bool:
        """Whether a filter is called like a member of the rows, and asks for something else."""
        members = (
            {field.name for field in self._system.entity(resource.entity).fields}
            if declared.called
            else set()
        )
        return declared.called in members and declared.path != declared.called


_PREFER = {
    "name": "Prefer",
    "in": "header",
    "description": "`return=minimal`: the answer has no body. A new row is a 201 with its place, anything else is a 204.",
    "schema": {"type": "string", "maxLength": 200},
}


def _carried(made: Schema, bound: Bound) -> Schema:
    """Return the schema of a value held to what its place can carry: a segment is not empty, a header is visible ASCII."""
    if made.get("type") == "array":
        least = {"minItems": 1} if bound.place == "path" else {}
        most = {} if bound.place == "query" else {"maxItems": CHOICE_LIMIT}
        return {**made, **least, **most, "items": _carried(made["items"], bound)}
    if made.get("type") != "string" or "enum" in made or bound.place == "query":
        return made
    if bound.place == "path":
        return made if "format" in made else {**made, "minLength": max(1, made.get("minLength", 0))}
    if made.get("pattern", NO_NUL) == NO_NUL:
        return {**made, "pattern": _HEADER_TEXT}
    return {"allOf": [made, {"pattern": _HEADER_TEXT}]}


_MEANING = {
    "eq": "{name} is this",
    "ne": "{name} is not this",
    "gt": "{name} is greater",
    "gte": "{name} is this or greater",
    "lt": "{name} is less",
    "lte": "{name} is this or less",
    "contains": "{name} contains this",
    "startswith": "{name} begins with this",
}


def _filter(resource: Resource, found: Asked, operator: str) -> Parameter:
    inner, name = schema(found.type, Mode.QUERY), found.name
    spelled = found.parameter(resource, operator)
    if isinstance(found.field, CollectionField):
        return _many(spelled, inner, f"Rows related to any of these {name}.")
    if operator == "in":
        return _many(spelled, inner, f"Rows whose {name} is any of these.")
    if operator == "isnull":
        text = f"Rows without {name} (`true`), or with one (`false`)."
        return {"name": spelled, "in": "query", "description": text, "schema": {"type": "boolean"}}
    if operator == "startswith":
        inner = {"type": "string", "pattern": NO_NUL}
    text = f"Rows whose {_MEANING[operator].format(name=name)}."
    return {"name": spelled, "in": "query", "description": text, "schema": inner}


def _many(name: str, inner: Schema, text: str, most: int = CHOICE_LIMIT) -> Parameter:
    values = {"type": "array", "minItems": 1, "maxItems": most, "uniqueItems": True, "items": inner}
    return {
        "name": name,
        "in": "query",
        "description": text,
        "style": "form",
        "explode": False,
        "schema": values,
    }


def _expand(nodes: tuple[ExpandNode, ...]) -> Parameter:
    names = [node.field for node in nodes]
    text = "Relations to include, separated by commas: " + ", ".join(f"`{name}`" for name in names) + "."
    return _many("expand", {"type": "string", "enum": names}, text, len(names))


def _fields(names: list[str]) -> Parameter:
    text = "The members that are wanted, separated by commas; all of them without it."
    return _many("fields", {"type": "string", "enum": names}, text, len(names))


def _sort(resource: Resource) -> Parameter:
    values = [value for name in resource.sorts for value in (name, f"-{name}")]
    text = "The order of the list; `-` turns it round."
    return {"name": "sort", "in": "query", "description": text, "schema": {"type": "string", "enum": values}}


def _search(resource: Resource) -> Parameter:
    text = f"Words to look for in {', '.join(resource.search)}."
    text += " The last one may be the beginning of a word." if resource.search_prefix else ""
    text += " Words that are alike are found too." if resource.search_fuzzy else ""
    text += " The best matches come first, unless `sort` is given." if resource.search_rank else ""
    inner = {"type": "string", "minLength": 1, "maxLength": SEARCH_LIMIT, "pattern": NO_NUL}
    return {"name": "q", "in": "query", "description": text, "schema": inner}


def _nearest(entity: Entity, order: Nearest) -> list[Parameter]:
    field = entity.field(order.field)
    assert isinstance(field, ScalarField)
    text = f"Numbers, separated by commas: the first rows are those whose `{order.field}` is nearest to them."
    far = f"Whether each row says how far it is from `{NEAREST}`."
    shown = {"name": NEAREST, "in": "query", "description": text, "style": "form", "explode": False}
    return [
        {**shown, "schema": schema(field.type, Mode.QUERY)},
        {
            "name": DISTANCE,
            "in": "query",
            "description": far,
            "schema": {"type": "boolean", "default": False},
        },
    ]


def _total() -> Parameter:
    text = "Whether the answer says how many rows there are on all pages."
    return {
        "name": "total",
        "in": "query",
        "description": text,
        "schema": {"type": "boolean", "default": False},
    }


def _limit(resource: Resource) -> Parameter:
    page = resource.page
    inner = {"type": "integer", "format": "int32", "minimum": 1, "maximum": page.max, "default": page.default}
    return {"name": "limit", "in": "query", "description": "How many rows at most.", "schema": inner}
