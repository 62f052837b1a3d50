"""Operations of a document, and which of them read or write one entity by its key."""

import re
from collections.abc import Iterator
from dataclasses import field

from bdc.importing.openapi.context import field_name
from bdc.importing.openapi.place import Place
from bdc.importing.openapi.schemas import key_of, passes_by
from bdc.importing.openapi.shapes import Shape, shape_of
from bdc.source.records import dataclass

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
FORM = "application/x-www-form-urlencoded"
_ITEM = re.compile(r"(?P<whole>.*)/\{(?P<key>[^{}/]+)\}\Z")
_OF_WHOLE = {"get": "list", "post": "create"}
_OF_ITEM = {"get": "get", "patch": "update", "delete": "delete"}


@dataclass(frozen=True, slots=True)
class Operation:
    """`place` is of the operation, `item` of the path around it. `envelope`: the member that holds what is answered ('': none), and what is
    given where `wrapped`."""

    path: str
    method: str
    place: Place
    item: Place
    envelope: str = ""
    wrapped: bool = False

    @property
    def title(self) -> str:
        return f"{self.method.upper()} {self.path}"

    def parameters(self) -> Iterator[tuple[Place, Place, tuple[str, ...]]]:
        """Yield the parameters: where each is named, what it is, and the references between. One of the operation hides one of the path."""
        own = [self._parameter(each) for each in (self.place / "parameters").items()]
        names = {(place.text("in"), place.text("name")) for _, place, _ in own}
        for each in (self.item / "parameters").items():
            found = self._parameter(each)
            if (found[1].text("in"), found[1].text("name")) not in names:
                yield found
        yield from own

    def _parameter(self, each: Place) -> tuple[Place, Place, tuple[str, ...]]:
        target, says = each.followed()
        return each, target, says

    def answers(self) -> Iterator[tuple[str, Place, Place, tuple[str, ...]]]:
        """Yield status, where it is named, the answer, and the references between."""
        for status, each in (self.place / "responses").members():
            target, says = each.followed()
            yield status, each, target, says

    def answer(self) -> Place | None:
        """Return the schema of what the operation answers with where all is well."""
        for status, _, target, _ in self.answers():
            if status.startswith("2") or status.upper() == "2XX":
                found = json_schema(target)
                if found is not None:
                    return self.inside(found)
        return None

    def inside(self, schema: Place) -> Place:
        """Return what the envelope of an answer holds; the schema itself where there is none."""
        return shape_of(schema).properties.get(self.envelope, schema) if self.envelope else schema

    def body(self) -> tuple[Place | None, Place, tuple[str, ...]]:
        """Return the schema of what is given, the body, and the references to it."""
        schema, target, says = self.whole_body()
        return (self.inside(schema) if schema is not None and self.wrapped else schema), target, says

    def whole_body(self) -> tuple[Place | None, Place, tuple[str, ...]]:
        """Return the schema of the body as JSON or a form, the body, and the references to it."""
        target, says = (self.place / "requestBody").followed()
        return json_schema(target) or form_schema(target), target, says


def json_schema(place: Place) -> Place | None:
    """Return the schema of the content that is JSON."""
    for media, content in (place / "content").members():
        if is_json(media) and content.has("schema"):
            return content / "schema"
    return None


def form_schema(place: Place) -> Place | None:
    """Return the schema of the content that is a form; its members can be those of an object too."""
    form = place / "content" / FORM
    schema = form / "schema"
    return schema if form.has("schema") and shape_of(schema).properties else None


def is_json(media: str) -> bool:
    plain = media.partition(";")[0].strip().lower()
    return plain in ("application/json", "*/*", "text/json") or plain.endswith("+json")


@dataclass(slots=True)
class Resource:
    """`words`: the operation for each of list, get, create, update and delete; `key`: the member of the entity that the path names."""

    entity: str
    path: str
    key: str
    words: dict[str, Operation] = field(default_factory=dict)


def operations(root: Place) -> list[Operation]:
    """Return all operations of the document."""
    found = []
    for path, place in (root / "paths").members():
        item, _ = place.followed()
        found += [
            Operation(path, method, item / method, item)
            for method in METHODS
            if isinstance((item / method).value, dict)
        ]
    return found


def resources(shapes: dict[str, Shape], found: list[Operation]) -> tuple[list[Resource], list[Operation]]:
    """Return the resources, and the operations that are of none."""
    made: dict[str, Resource] = {}
    entities: set[str] = set()
    for operation in found:
        item = _ITEM.match(operation.path)
        if item is None or "{" in item["whole"] or operation.method not in ("get", "patch", "put"):
            continue
        resource = _resource(shapes, operation, item["whole"], item["key"])
        if resource is not None and resource.path not in made and resource.entity not in entities:
            made[resource.path] = resource
            entities.add(resource.entity)
    items = {**_OF_ITEM, "put": "update"} if _changes_by_put(made, found) else _OF_ITEM
    others = [operation for operation in found if not _joins(shapes, made, operation, items)]
    kept = [resource for resource in made.values() if resource.words]
    return kept, others


def _changes_by_put(made: dict[str, Resource], found: list[Operation]) -> bool:
    """Whether no row is changed by PATCH, so that PUT does."""
    matched = ((_ITEM.match(operation.path), operation.method) for operation in found)
    methods = {method for item, method in matched if item is not None and item["whole"] in made}
    return "put" in methods and "patch" not in methods


def _resource(shapes: dict[str, Shape], operation: Operation, whole: str, key: str) -> Resource | None:
    answer = operation.answer()
    name = entity_in(answer) if answer is not None else None
    if name is None or name not in shapes or shapes[name].kind != "object" or passes_by(name):
        return None
    named = [
        member
        for member, place in shapes[name].properties.items()
        if field_name(member) == field_name(key) and shape_of(place).kind in ("string", "integer")
    ]
    member = named[0] if named else key_of(name, shapes[name])
    return Resource(name, whole, member) if member is not None else None


def entity_in(schema: Place) -> str | None:
    """Return the component that a schema is, adds members to, or is one of several of which it is the first."""
    shape = shape_of(schema)
    first = shape.variants[0] if shape.variants and shape.discriminator is None else None
    return (shape.name or shape.base or first) if shape.kind == "object" else None


def listed(schema: Place) -> tuple[str | None, str | None]:
    """Return the component that an answer lists, and the member of the envelope that holds the list."""
    shape = shape_of(schema)
    if shape.kind == "array" and shape.items is not None:
        return entity_in(shape.items), None
    for wire, place in shape.properties.items():
        inner = shape_of(place)
        if inner.kind == "array" and inner.items is not None and entity_in(inner.items) is not None:
            return entity_in(inner.items), wire
    return None, None


def _joins(
    shapes: dict[str, Shape], made: dict[str, Resource], operation: Operation, items: dict[str, str]
) -> bool:
    """Whether an operation is one of a resource; it is entered there."""
    item = _ITEM.match(operation.path)
    whole = made.get(operation.path.rstrip("/") or "/")
    resource = whole or (made.get(item["whole"]) if item else None)
    if resource is None:
        return False
    word = (_OF_WHOLE if resource is whole else items).get(operation.method)
    if word is None or word in resource.words or not _is_about(resource, operation, word):
        return False
    resource.words[word] = operation
    return True


def _is_about(resource: Resource, operation: Operation, word: str) -> bool:
    answer, (body, _, _) = operation.answer(), operation.body()
    if word == "list":
        return answer is not None and listed(answer)[0] == resource.entity
    if word == "create":
        return (body is None) == (not operation.place.has("requestBody")) and (
            entity_in(answer) == resource.entity
            if answer is not None
            else body is not None and entity_in(body) == resource.entity
        )
    if word == "delete":
        return answer is None or entity_in(answer) in (resource.entity, None)
    if operation.method == "put" and body is None:
        return False
    return answer is None or entity_in(answer) == resource.entity
