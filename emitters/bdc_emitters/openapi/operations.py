"""One operation object per endpoint."""

from collections.abc import Iterator
from typing import Any

from bdc.ir import ArrayType, EntityType, HandlerBody, SqlBody, SystemIR, TransitionBody, Type
from bdc.surface import (
    Endpoint,
    Kind,
    address_members,
    around_members,
    bound_members,
    whole_body,
    written_entities,
)
from bdc.surface.examples import Examples
from bdc_emitters.openapi.access import Access
from bdc_emitters.openapi.answers import JSON, Answers
from bdc_emitters.openapi.models import Models
from bdc_emitters.openapi.parameters import Parameters
from bdc_emitters.openapi.types import Mode, Schema, nullable, ref, schema

MERGE_PATCH = "application/merge-patch+json"
_VERBS = {
    Kind.LIST: "List",
    Kind.GET: "Get",
    Kind.CREATE: "Create",
    Kind.UPDATE: "Change",
    Kind.DELETE: "Delete",
}


class Operations:
    """Writes operations; what they share goes into `models`, `answers` and `parameters`."""

    def __init__(self, system: SystemIR, endpoints: tuple[Endpoint, ...]) -> None:
        self.system = system
        self.endpoints = endpoints
        self.examples = Examples(system)
        self.models = Models(system, endpoints)
        self.answers = Answers(system, self.examples)
        self.parameters = Parameters(system, self.examples)
        self.access = Access(system)
        self._codes = {error.name: error.code for error in system.errors}
        self._ids = {
            (found.api.name, found.tag, found.kind): found.id
            for found in endpoints
            if not found.single and found.own is None
        }

    def operation(self, endpoint: Endpoint) -> dict[str, Any]:
        """Return the operation object of one endpoint."""
        made: dict[str, Any] = {
            "operationId": endpoint.id,
            "tags": [endpoint.tag],
            "summary": summary(endpoint),
        }
        text = _description(endpoint)
        if text:
            made["description"] = text
        if endpoint.api.deprecated or (endpoint.operation is not None and endpoint.operation.deprecated):
            made["deprecated"] = True
        made["security"] = self.access.security(endpoint)
        parameters = self.parameters.of(endpoint)
        if parameters:
            made["parameters"] = parameters
        body = self.models.body(endpoint)
        if body:
            made["requestBody"] = self._request(endpoint, body)
        made["responses"] = self._responses(endpoint, has_body=body is not None)
        made["x-bdc-policy"] = self.access.policy(endpoint)
        return made

    def _request(self, endpoint: Endpoint, name: str) -> dict[str, Any]:
        members = self.models.members(endpoint)
        whole = whole_body(endpoint.operation) if endpoint.operation else None
        if whole is not None and whole.type is not None:
            media = {"schema": ref(name), "example": self.examples.value(whole.type, whole.name)}
            return {"required": whole.required, "content": {JSON: media}}
        sent = tuple(
            member for member in members if endpoint.kind is not Kind.UPDATE or member.nested is None
        )
        about = endpoint.entity if endpoint.operation is None else None
        media = {"schema": ref(name), "example": self.examples.body(about, sent)}
        kinds = (MERGE_PATCH, JSON) if endpoint.kind is Kind.UPDATE else (JSON,)
        required = endpoint.operation is None or any(member.required for member in members)
        return {"required": required, "content": dict.fromkeys(kinds, media)}

    def _responses(self, endpoint: Endpoint, *, has_body: bool) -> dict[str, Any]:
        limited = endpoint.api.limit is not None
        codes = self._refusals(endpoint, has_body=has_body)
        found = self._success(endpoint, limited)
        if endpoint.writes and self.system.reads_replica:
            found = {status: self.answers.followed(made) for status, made in found.items()}
        return {**found, **self.answers.refusals(codes, limited=limited)}

    def _refusals(self, endpoint: Endpoint, *, has_body: bool) -> list[str]:
        codes = ["malformed-request", "unknown-parameter"]
        codes += ["invalid-cursor"] if endpoint.kind is Kind.LIST else []
        codes += ["unauthenticated", "forbidden"]
        nested = endpoint.resource is not None and endpoint.resource.parent is not None
        codes += (
            ["not-found"]
            if endpoint.of_row or nested or _in_path(endpoint) or _one_row_or_none(endpoint)
            else []
        )
        if endpoint.writes:
            codes += ["conflict", *self._transition(endpoint), *self._raised(endpoint)]
            if endpoint.entity and endpoint.entity.versioned and endpoint.of_row:
                codes.append("precondition-failed")
        codes += ["payload-too-large", "unsupported-media-type"] if has_body else []
        codes.append("validation-failed")
        codes += ["idempotency-key-reused"] if endpoint.repeatable else []
        codes += [self._codes[raised.error] for raised in endpoint.raised]
        if endpoint.operation is not None:
            codes += ["not-implemented"] if isinstance(endpoint.operation.body, HandlerBody) else []
        codes += ["too-many-requests"] if endpoint.api.limit or endpoint.api.auth else []
        return [*codes, "internal-error", "unavailable", "timeout"]

    def _raised(self, endpoint: Endpoint) -> Iterator[str]:
        """Yield the errors of the specification that constraints raise of the tables that are written to."""
        for entity in written_entities(endpoint) if endpoint.kind is not Kind.DELETE else ():
            raising = self.system.table_of(entity).raising
            yield from (self._codes[error] for error in raising.values() if error)

    def _transition(self, endpoint: Endpoint) -> list[str]:
        """`illegal-transition`, unless the operation has its own name for it or cannot meet one."""
        machine = self.system.machine(endpoint.entity.name) if endpoint.entity else None
        if machine is None:
            return []
        if endpoint.operation is not None:
            moves = any(found.operation == endpoint.operation.name for found in machine.transitions)
            renamed = any(raised.on == "illegal_transition" for raised in endpoint.operation.errors)
            moves = moves or isinstance(endpoint.operation.body, TransitionBody)
            return ["illegal-transition"] if moves and not renamed else []
        touched = any(member.field == machine.field for member in self.models.members(endpoint))
        return ["illegal-transition"] if touched else []

    def _success(self, endpoint: Endpoint, limited: bool) -> dict[str, Any]:
        if endpoint.operation is not None:
            return self._custom(endpoint, endpoint.operation.returns, limited)
        entity, resource = endpoint.entity, endpoint.resource
        assert entity is not None and resource is not None
        if endpoint.kind is Kind.DELETE:
            return {"204": self.answers.success("It is gone.", None, limited=limited)}
        if endpoint.kind is Kind.LIST:
            page = ref(self.models.page(resource, endpoint.api))
            tag = ("AnswerETag",) if endpoint.conditional else ()
            made = self.answers.success("A page of rows.", page, limited=limited, headers=tag)
            rest: dict[str, Any] = {"next_cursor": None}
            if resource.page.kind == "offset":
                rest = {"total": 1} if resource.page.total else {}
            rows = {"items": [self.examples.row(entity)], **rest}
            return {"200": _with_example(made, rows), **self._unchanged(endpoint, limited)}
        etag = ("ETag",) if entity.versioned else ()
        if endpoint.conditional:
            etag = ("AnswerETag",)
        if endpoint.kind is not Kind.CREATE:
            made = self.answers.success(
                "The row.", ref(self.models.row(endpoint)), limited=limited, headers=etag
            )
            found = {"200": _with_example(made, self.examples.row(entity))}
            return found | self._unchanged(endpoint, limited) | self._minimal(endpoint, limited)
        return self._created(endpoint, etag, limited)

    def _unchanged(self, endpoint: Endpoint, limited: bool) -> dict[str, Any]:
        if not endpoint.conditional:
            return {}
        text = "The caller has this answer."
        return {"304": self.answers.success(text, None, limited=limited, headers=("AnswerETag",))}

    def _created(self, endpoint: Endpoint, etag: tuple[str, ...], limited: bool) -> dict[str, Any]:
        entity = endpoint.entity
        assert entity is not None
        headers = ("Location", *etag)
        made = self.answers.success("The new row.", ref(entity.name), limited=limited, headers=headers)
        made = _with_example(made, self.examples.row(entity))
        links = self._links(endpoint)
        found = {"201": {**made, "links": links} if links else made}
        if self.access.may_write_unseen(endpoint):
            text = "It is written, and the caller may not read it."
            found["204"] = self.answers.success(text, None, limited=limited)
        return found

    def _links(self, endpoint: Endpoint) -> dict[str, Any]:
        """Where a new row can be reached: the operations by key."""
        assert endpoint.entity is not None
        keys = address_members(self.system, endpoint.entity)
        around = around_members(self.system, endpoint.entity)
        values = {member.name: f"$request.path.{member.name}" for member in around}
        values |= {member.name: f"$response.body#/{member.name}" for member in keys}
        found = {}
        for kind in (Kind.GET, Kind.UPDATE, Kind.DELETE):
            target = self._ids.get((endpoint.api.name, endpoint.tag, kind))
            if target:
                found[kind.value] = {"operationId": target, "parameters": values}
        return found

    def _custom(self, endpoint: Endpoint, returns: Type | None, limited: bool) -> dict[str, Any]:
        operation = endpoint.operation
        assert operation is not None
        if returns is None:
            return {"204": self.answers.success("It is done.", None, limited=limited)}
        content = _content(returns)
        content = nullable(content) if operation.returns_nullable else content
        row = isinstance(returns, EntityType) and self.system.entity(returns.name).versioned
        headers = ("ETag",) if row and endpoint.by_key else ()
        made = self.answers.success("The result.", content, limited=limited, headers=headers)
        found = {"200": _with_example(made, self.examples.result(operation))}
        return found | self._minimal(endpoint, limited)

    def _minimal(self, endpoint: Endpoint, limited: bool) -> dict[str, Any]:
        if not endpoint.minimal:
            return {}
        return {
            "204": self.answers.success("It is done; the caller asked for no body.", None, limited=limited)
        }


def _content(returns: Type) -> Schema:
    if isinstance(returns, ArrayType):
        return {"type": "array", "items": schema(returns.item, Mode.READ)}
    return schema(returns, Mode.READ)


def _in_path(endpoint: Endpoint) -> bool:
    """Whether the path carries an argument."""
    operation = endpoint.operation
    return operation is not None and any(bound.place == "path" for bound in bound_members(operation))


def _one_row_or_none(endpoint: Endpoint) -> bool:
    """Whether an operation in SQL may find nothing where it promised something."""
    operation = endpoint.operation
    if operation is None or not isinstance(operation.body, SqlBody) or operation.returns is None:
        return False
    return not operation.returns_nullable and not isinstance(operation.returns, ArrayType)


def _with_example(made: dict[str, Any], value: Any) -> dict[str, Any]:
    media = {**made["content"][JSON], "example": value}
    return {**made, "content": {JSON: media}}


def summary(endpoint: Endpoint) -> str:
    """Return a title of a few words: `List orders`, `Daily revenue`, `Place an order`."""
    if endpoint.operation is None:
        assert endpoint.entity is not None
        thing = words(endpoint.entity.plural if endpoint.kind is Kind.LIST else endpoint.entity.name)
        if endpoint.own is not None:
            return f"{_VERBS[endpoint.kind]} {thing}: {words(endpoint.own.name)}"
        if endpoint.single:
            return f"{_VERBS[endpoint.kind]} the caller's own {thing}"
        return f"{_VERBS[endpoint.kind]} {thing if endpoint.kind is Kind.LIST else _a(thing)}"
    name = words(endpoint.operation.name)
    return f"{name} {_a(words(endpoint.entity.name))}".capitalize() if endpoint.entity else name.capitalize()


def words(name: str) -> str:
    """Return `OrderItem` or `order_item` as `order item`."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return spaced.replace("_", " ").strip()


def _a(thing: str) -> str:
    return f"{'an' if thing[:1] in 'aeiou' else 'a'} {thing}"


def _description(endpoint: Endpoint) -> str:
    if endpoint.operation is None:
        return ""
    gone = f"Deprecated: {endpoint.operation.deprecated}." if endpoint.operation.deprecated else ""
    return "\n\n".join(part for part in (endpoint.operation.doc, gone) if part)
