"""What `api-specs.md` says: every operation with what goes in, what comes out, and who may."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bdc.ir import CollectionField, RateLimit, Resource, SystemIR
from bdc.policy.matrix import Matrix, Verdict
from bdc.source.records import dataclass
from bdc.surface import (
    Endpoint,
    Kind,
    Member,
    bound_members,
    endpoints,
    input_members,
    members_in,
    whole_body,
)
from bdc.surface.can import CAN
from bdc.surface.examples import Examples
from bdc.surface.filters import asked
from bdc.surface.requests import request_of
from bdc.surface.wire import wires_of
from bdc_emitters.documentation.outside import Outside
from bdc_emitters.documentation.wording import anchor, brief_json, cell, code, type_words

_INSIDE, _AS_IN_CREATE = "Inside the scope", "as in create"
_PLACES = {"path": "path", "query": "query", "header": "header", "whole": "body"}


@dataclass(frozen=True, slots=True)
class AskedView:
    """A parameter or a member of the body."""

    name: str
    place: str
    type: str
    doc: str


@dataclass(frozen=True, slots=True)
class RefusalView:
    status: int
    code: str
    meaning: str


@dataclass(frozen=True, slots=True)
class OperationView:
    """`request` and `answer` are examples, ready to be shown."""

    id: str
    line: str
    doc: str
    deprecated: str
    is_deprecated: bool
    asked: tuple[AskedView, ...]
    has_asked: bool
    request: str
    has_request: bool
    answer_line: str
    answer: str
    has_answer: bool
    may: tuple[str, ...]
    refusals: tuple[RefusalView, ...]
    has_refusals: bool

    @property
    def head(self) -> tuple[str, ...]:
        """The lines under the heading."""
        return tuple(line for line in (f"`{self.line}`", self.doc, *self.may, self.answer_line) if line)


@dataclass(frozen=True, slots=True)
class GroupView:
    """`row`: an example of a row, which the answers of several operations show."""

    name: str
    anchor: str
    doc: str
    row: str
    has_row: bool
    scope: str
    has_scope: bool
    operations: tuple[OperationView, ...]


@dataclass(frozen=True, slots=True)
class ApiSpecsView:
    title: str
    groups: tuple[GroupView, ...]
    auth: tuple[str, ...]
    limit: str
    has_limit: bool
    graphql: str
    has_graphql: bool


def api_specs_view(system: SystemIR, matrix: Matrix) -> ApiSpecsView:
    """Return the view of the page."""
    writer = _Writer(system, matrix)
    groups: dict[str, list[OperationView]] = {}
    calls: dict[str, list[tuple[str, str]]] = {}
    outside = Outside(wires_of(system))
    for endpoint in endpoints(system):
        view = outside.operation(writer.operation(endpoint), endpoint.method, endpoint.path)
        groups.setdefault(endpoint.tag, []).append(view)
        calls.setdefault(endpoint.tag, []).append((endpoint.method, endpoint.path))
    docs = {entity.name: entity.doc for entity in system.entities} | {
        api.name: api.doc for api in system.apis
    }
    limits = [f"{api.name} {api.version}: {_limit(api.limit)}" for api in system.apis if api.limit]
    paths = [f"`{api.graphql.path}`" for api in system.apis if api.graphql]
    return ApiSpecsView(
        system.title,
        tuple(
            _group(name, docs.get(name, ""), writer.row(name, outside, calls[name]), found)
            for name, found in groups.items()
        ),
        tuple(_auth(system)),
        "; ".join(limits),
        bool(limits),
        ", ".join(paths),
        bool(paths),
    )


def _group(name: str, doc: str, row: str, operations: list[OperationView]) -> GroupView:
    """A scope that all operations have is said once."""
    scopes = {each.may[-1] if each.may[-1].startswith(_INSIDE) else "" for each in operations}
    scope = next(iter(scopes)) if len(scopes) == 1 else ""
    if scope:
        operations = [replace(each, may=each.may[:-1]) for each in operations]
    return GroupView(name, anchor(name), doc, row, bool(row), scope, bool(scope), tuple(operations))


def _tells(request: str, asked: tuple[AskedView, ...]) -> bool:
    """Whether an example of a request tells more than its line and its members: bodies that are those of a create do not."""
    return "\n" in request.partition("\nAuthorization: Bearer <token>")[2] and not all(
        each.type == _AS_IN_CREATE or each.place != "body" for each in asked
    )


def _limit(limit: RateLimit) -> str:
    counted = f"counted by `actor.{limit.by}`" if limit.by else "counted by client address"
    return f"{limit.count} requests in {limit.seconds} seconds, {counted}"


def _auth(system: SystemIR) -> Iterator[str]:
    used = {kind for api in system.apis for kind in api.auth}
    if "bearer" in used:
        yield "A JSON Web Token: `Authorization: Bearer <token>`"
    if "api_key" in used and system.identity and system.identity.key_header:
        yield f"An API key: `{system.identity.key_header}: <key>`"


class _Writer:
    def __init__(self, system: SystemIR, matrix: Matrix) -> None:
        self._system, self._matrix = system, matrix
        self._examples = Examples(system)

    def row(self, entity: str, outside: Outside, calls: list[tuple[str, str]]) -> str:
        """Return an example of a row of `entity`; '' for a group that is not about rows."""
        found = next((each for each in self._system.entities if each.name == entity), None)
        return brief_json(outside.row(self._examples.row(found), calls)) if found else ""

    def operation(self, endpoint: Endpoint) -> OperationView:
        members = self._members(endpoint)
        asked = (*self._query(endpoint), *self._body(endpoint, members))
        custom = endpoint.operation
        status, answer = self._answer(endpoint)
        request = self._request(endpoint, members)
        refusals = self._refusals(endpoint)
        return OperationView(
            endpoint.id,
            f"{endpoint.method} {endpoint.path}",
            custom.doc if custom else _what(endpoint),
            custom.deprecated or "" if custom else "",
            bool(custom and custom.deprecated),
            asked,
            bool(asked),
            request,
            _tells(request, asked),
            status,
            answer,
            bool(answer),
            self._may(endpoint),
            refusals,
            bool(refusals),
        )

    def _members(self, endpoint: Endpoint) -> tuple[Member, ...]:
        if endpoint.operation is not None:
            return members_in(endpoint.operation, "body")
        resource, entity = endpoint.resource, endpoint.entity
        assert resource is not None and entity is not None
        shape = {Kind.CREATE: resource.create, Kind.UPDATE: resource.update}.get(endpoint.kind)
        return (
            input_members(self._system, entity, shape, partial=endpoint.kind is Kind.UPDATE) if shape else ()
        )

    def _body(self, endpoint: Endpoint, members: tuple[Member, ...]) -> Iterator[AskedView]:
        """Yield the members of the body; of an update, those that a create takes too are named together."""
        resource = endpoint.resource
        known: set[AskedView] = set()
        if endpoint.kind is Kind.UPDATE and resource and resource.create and endpoint.entity:
            created = input_members(self._system, endpoint.entity, resource.create, partial=True)
            known = {_asked(member, "body") for member in created}
        asked = [_asked(member, "body") for member in members]
        alike = [each.name for each in asked if each in known]
        if alike:
            yield AskedView("`, `".join(alike), "body", _AS_IN_CREATE, "")
        yield from (each for each in asked if each not in known)

    def _query(self, endpoint: Endpoint) -> Iterator[AskedView]:
        for bound in bound_members(endpoint.operation) if endpoint.operation else ():
            if bound.place != "body":
                yield _asked(replace(bound.member, name=bound.wire or "(the body)"), _PLACES[bound.place])
        if endpoint.kind is Kind.LIST and endpoint.resource:
            yield from self._list_query(endpoint.resource)
        asked_for = [node for node in endpoint.expand if not node.always]
        if asked_for:
            names = ", ".join(f"`{node.field}`" for node in asked_for)
            yield AskedView("expand", "query", "`list`", f"Relations to include: {names}.")
        if endpoint.selectable:
            yield AskedView("fields", "query", "`list`", "The members that are wanted; all without it.")
        if endpoint.can:
            yield AskedView(CAN, "query", "`bool`", "Whether each row says what the caller may do with it.")
        if endpoint.writes and endpoint.of_row and endpoint.entity and endpoint.entity.versioned:
            yield AskedView(
                "If-Match", "header", "`ETag`", "Refuse when the row has changed since it was read."
            )
        if endpoint.repeatable:
            text = "A request repeated under the same key is performed once."
            yield AskedView("Idempotency-Key", "header", "`string(1..255)`", text)

    def _list_query(self, resource: Resource) -> Iterator[AskedView]:
        for declared in resource.filters:
            found = asked(self._system, resource, declared)
            spelled = ", ".join(found.parameter(resource, operator) for operator in found.operators)
            if isinstance(found.field, CollectionField):
                yield AskedView(spelled, "query", "`list`", f"Rows related to any of these {found.name}.")
            else:
                yield AskedView(spelled, "query", code(type_words(found.type)), "Filter.")
        if resource.nearest is not None:
            text = f"The first rows are those whose {resource.nearest.field} is nearest to it."
            yield AskedView("nearest", "query", "`list`", text)
            yield AskedView(
                "_distance", "query", "`bool`", "Whether each row says how far it is from `nearest`."
            )
        if resource.search:
            yield AskedView("q", "query", "`string(1..200)`", f"Search in {', '.join(resource.search)}.")
        if resource.sorts:
            sorts = ", ".join(f"`{name}`" for name in resource.sorts)
            yield AskedView("sort", "query", "`name`", f"{sorts}; `-` before a name turns the order round.")
        page = resource.page
        yield AskedView(
            "limit", "query", f"`int(1..{page.max})`", f"Rows at most; {page.default} when not given."
        )
        if page.kind == "offset":
            yield AskedView("offset", "query", "`int(0..)`", "Rows to leave out before the page.")
            return
        yield AskedView("cursor", "query", "`string`", "`next_cursor` of the page before.")
        if page.total:
            yield AskedView("total", "query", "`bool`", "Whether the answer says how many rows there are.")

    def _request(self, endpoint: Endpoint, members: tuple[Member, ...]) -> str:
        path = endpoint.path
        keys: dict[str, Any] = {}
        if endpoint.entity:
            named = self._examples.key if endpoint.by_key else self._examples.around
            keys = named(endpoint.entity)
        for name, value in keys.items():
            path = path.replace(f"{{{name}}}", str(value))
        headers: list[str] = []
        body: Any = None
        if endpoint.operation:
            sent = request_of(endpoint.operation, path, self._examples.arguments(endpoint.operation))
            path, headers = sent.path, [f"{name}: {value}" for name, value in sent.headers]
            body = sent.body if whole_body(endpoint.operation) else None
        lines = [f"{endpoint.method} {path} HTTP/1.1", "Authorization: Bearer <token>", *headers]
        if body is not None:
            return "\n".join([*lines, "Content-Type: application/json", "", brief_json(body)])
        if not members:
            return "\n".join(lines)
        kind = "application/merge-patch+json" if endpoint.kind is Kind.UPDATE else "application/json"
        about = endpoint.entity if endpoint.operation is None else None
        body = brief_json(self._examples.body(about, members))
        return "\n".join([*lines, f"Content-Type: {kind}", "", body])

    def _answer(self, endpoint: Endpoint) -> tuple[str, str]:
        if endpoint.kind is Kind.DELETE:
            return "204 No Content", ""
        if endpoint.operation is not None:
            returns = endpoint.operation.returns
            if returns is None:
                return "204 No Content", ""
            return "200 OK", brief_json(self._examples.result(endpoint.operation))
        assert endpoint.entity is not None
        if endpoint.kind is Kind.LIST:
            return '200 OK: `{"items": [rows], "next_cursor": null}`', ""
        return "201 Created: the row" if endpoint.kind is Kind.CREATE else "200 OK: the row", ""

    def _may(self, endpoint: Endpoint) -> tuple[str, ...]:
        """Return a line for each verdict, and the scope that holds for all of them."""
        entity = endpoint.entity.name if endpoint.entity else None
        rows = self._matrix.of(entity, endpoint.action)
        roles: dict[str, list[str]] = {}
        for row in rows:
            if row.verdict is not Verdict.NEVER:
                rules = ", ".join(f"`{rule}`" for rule in row.rules)
                roles.setdefault(f"{_verdict(row.verdict, row.condition)} ({rules})", []).append(row.role)
        scope = next((row.scope for row in rows if row.scope), "")
        lines = [f"Allowed to {_listed(names)} {verdict}." for verdict, names in roles.items()]
        lines += [] if lines else ["Allowed to no role."]
        return (*lines, f"{_INSIDE} `{scope}`.") if scope else tuple(lines)

    def _refusals(self, endpoint: Endpoint) -> tuple[RefusalView, ...]:
        if endpoint.operation is None:
            return ()
        declared = {error.name: error for error in self._system.errors}
        return tuple(
            RefusalView(
                declared[raised.error].status, declared[raised.error].code, cell(declared[raised.error].doc)
            )
            for raised in endpoint.operation.errors
        )


def _listed(roles: list[str]) -> str:
    return ", ".join(f"`{role}`" for role in roles)


def _verdict(verdict: Verdict, condition: str) -> str:
    return "always" if verdict is Verdict.ALWAYS else f"when `{cell(condition)}`"


def _asked(member: Member, place: str) -> AskedView:
    if member.nested is not None:
        inner = ", ".join(f"`{inner.name}`" for inner in member.nested)
        return AskedView(
            member.name, place, "`rows`", f"{'Required. ' if member.required else ''}Each with {inner}."
        )
    optional = "?" if member.nullable else ""
    text = f"Required. {member.doc}" if member.required else member.doc
    return AskedView(member.name, place, code(type_words(member.type) + optional), cell(text))


def _what(endpoint: Endpoint) -> str:
    name = endpoint.tag
    return {
        Kind.LIST: f"A page of {name}, filtered before it is cut.",
        Kind.GET: f"One {name} by its key.",
        Kind.CREATE: f"Write a new {name}; the answer is the row as it was written.",
        Kind.UPDATE: f"Change a {name}: a merge patch (RFC 7396) over the members below.",
        Kind.DELETE: f"Delete a {name}.",
    }[endpoint.kind]
