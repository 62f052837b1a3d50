"""How requests and answers of an api look outside, where that differs from how the service has them inside: one decision for the service,
its description, its tests and its documents.

What comes in: the IR. What goes out: a `Wire` for each operation of an api that has a profile, or whose rows show something of their
own; nothing for the others. What an operation does is decided inside, where names are those of the model.
"""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from bdc.ir import (
    Api,
    EntityType,
    Envelope,
    ExpandNode,
    InputShape,
    Operation,
    Profile,
    Resource,
    Show,
    SystemIR,
)
from bdc.ir.remembering import per_system
from bdc.naming.casing import snake
from bdc.source.records import dataclass
from bdc.surface.bindings import bound_members, members_in, whole_body
from bdc.surface.endpoints import Endpoint, Kind, endpoints
from bdc.surface.filters import asked
from bdc.surface.members import Member, address_members, around_members, input_members, read_members
from bdc.surface.shapes import Shapes, Table
from bdc.surface.sign_in import sign_in_path

PLAIN = Profile()


@dataclass(frozen=True, slots=True)
class Wire:
    """One operation, by its method and path. `path`: its parameters by their names outside. `statuses`: inside → outside. `body` and `answer` name tables ('': left as it is); `within`: the
    member that holds the body, `one` that of what is answered, `many` that of the rows of a page ('': none). `page`: the answer is a page.
    `total`: the member that counts all rows. `query`: parameters, and `values` what stands in them, outside → inside. `more`: parameters
    that each request gets. `about`: what errors call the row. `own`: the answer is the row of the caller. `password`: the member that sets
    another password."""

    id: str
    method: str
    path: str
    outside: str
    statuses: tuple[tuple[int, int], ...] = ()
    body: str = ""
    within: str = ""
    answer: str = ""
    one: str = ""
    many: str = ""
    page: bool = False
    total: str = "total"
    cursor: str = "next_cursor"
    query: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    more: tuple[tuple[str, str], ...] = ()
    about: str = ""
    own: bool = False
    password: str = ""


@dataclass(frozen=True, slots=True)
class Wires:
    """`wires` of a system, and the `tables` that they name; `always`: related rows that a table shows, whatever is asked for."""

    wires: tuple[Wire, ...]
    tables: dict[str, Table]
    always: dict[str, tuple[str, ...]]

    def of(self, method: str, path: str) -> Wire | None:
        """Return what is known of an operation."""
        return next((each for each in self.wires if (each.method, each.path) == (method, path)), None)


def is_wired(system: SystemIR) -> bool:
    """Return whether anything looks otherwise outside."""
    return any(_differs(api) for api in system.apis)


def _differs(api: Api) -> bool:
    return api.profile is not None or any(each.shows for each in api.resources)


@per_system
def wires_of(system: SystemIR) -> Wires:
    """Return what looks otherwise outside."""
    found: list[Wire] = []
    tables: dict[str, Table] = {}
    shapes = {api.name: Shapes(system, api) for api in system.apis if _differs(api)}
    always: dict[str, tuple[str, ...]] = {}
    for endpoint in endpoints(system):
        made = shapes.get(endpoint.api.name)
        shows = endpoint.resource is not None and endpoint.resource.shows
        if made is not None and (shows or endpoint.api.profile is not None):
            found.append(_Of(system, made, endpoint).wire())
    for made in shapes.values():
        found += _of_sign_in(system, made)
        tables |= made.tables
        always |= made.always
    return Wires(tuple(found), tables, always)


def is_shown(system: SystemIR, entity: str, kind: str, member: str) -> bool:
    """Return whether an answer of a read of rows shows a member of them: it does unless a `show` leaves it out."""
    found = (
        each
        for each in endpoints(system)
        if each.entity is not None and each.entity.name == entity and each.own is None
    )
    endpoint = next((each for each in found if each.kind == kind and not each.single), None)
    wire = wires_of(system).of(endpoint.method, endpoint.path) if endpoint is not None else None
    return wire is None or not wire.answer or member in wires_of(system).tables[wire.answer]


def outward(tables: dict[str, Table], name: str, value: Any) -> Any:
    """Return a value with its members as they are called outside; those that are not in the table are left out."""
    if isinstance(value, list):
        return [outward(tables, name, item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        outside: outward(tables, inner, value[inside]) if inner else value[inside]
        for inside, (outside, inner) in tables[name].items()
        if inside in value
    }


def _of_sign_in(system: SystemIR, shapes: Shapes) -> Iterator[Wire]:
    """Yield sign-up and sign-in, where a profile says how they look: what they take has the names outside, what they answer with is the row
    of the caller, where the profile names a member for the token."""
    identity, api = system.identity, shapes.api
    found = identity.sign_in if identity is not None else None
    if identity is None or found is None or api.profile is None or api.name != found.api:
        return
    entity, base, moved = system.entity(identity.entity), sign_in_path(system), sign_in_paths(system)
    resource = next((each for each in api.resources if each.entity == entity.name), None)
    own = resource.single.envelope if resource is not None and resource.single is not None else None
    within = own.one if own is not None and api.profile.token is not None else ""
    password = Member("password", None, required=True, field="password")
    shape = found.sign_up or InputShape(members=())
    taken = {"sign-up": input_members(system, entity, shape), "sign-in": (Member(found.login, None),)}
    for name, members in taken.items():
        path, known = f"{base}/{name}", name.replace("-", "_")
        body = shapes.sent(known, (*members, password))
        yield Wire(known, "POST", path, moved.get(path, path), body=body, within=within, about=within)


def reads_shown(resource: Resource) -> bool:
    """Return whether reads of a resource are asked for the members that rows show; a filter may have the name that this takes."""
    return bool(resource.shows) and not any("fields" in (each.called, each.path) for each in resource.filters)


def shown_at(resource: Resource | None, position: str) -> Show | None:
    """Return what rows show at a position: what is said for it, else for rows as such."""
    shows: dict[str, Show] = {each.position: each for each in resource.shows} if resource else {}
    return shows.get(position) or shows.get("row")


class _Of:
    def __init__(self, system: SystemIR, shapes: Shapes, endpoint: Endpoint) -> None:
        self.system, self.shapes, self.endpoint = system, shapes, endpoint
        self.profile = endpoint.api.profile or PLAIN

    def wire(self) -> Wire:
        endpoint, envelope, name = self.endpoint, self._envelope(), self.shapes.name
        page = endpoint.kind is Kind.LIST
        counted = name(f"{envelope.many}_count") if envelope else "total"
        return Wire(
            id=endpoint.id,
            method=endpoint.method,
            path=endpoint.path,
            outside=self._path(),
            statuses=self._statuses(),
            body=self._body(),
            within=self._within(envelope),
            answer=self._answer(),
            one=envelope.one if envelope and not page and self._answers() else "",
            many=envelope.many if envelope and page else "",
            page=page,
            total=self._total(page, counted),
            cursor=name("next_cursor") if page else "next_cursor",
            query=tuple(self._query()),
            values=tuple((name, found) for name, found in self._values() if found),
            more=self._more(),
            about=self._about(),
            own=self._is_own() and self.profile.token is not None,
            password=self._password(),
        )

    def _password(self) -> str:
        """Return the member that sets another password of the caller; '' where none does."""
        return (self.profile.password or "") if self._is_own() and self.endpoint.kind is Kind.UPDATE else ""

    def _total(self, page: bool, counted: str) -> str:
        """Return the member of a page that counts all rows; '' where none does."""
        resource = self.endpoint.resource
        return counted if page and resource is not None and resource.page.total else "" if page else "total"

    def _within(self, envelope: Envelope | None) -> str:
        """Return the member that holds the body: of an operation, where it says so itself."""
        operation = self.endpoint.operation
        if envelope is None or not self._body() or (operation is not None and operation.envelope is None):
            return ""
        return envelope.one

    def _answers(self) -> bool:
        operation = self.endpoint.operation
        return operation.returns is not None if operation else self.endpoint.kind is not Kind.DELETE

    def _path(self) -> str:
        path, entity = self.endpoint.path, self.endpoint.entity
        if entity is None:
            members = members_in(self.endpoint.operation, "path") if self.endpoint.operation else ()
        else:
            members = (*around_members(self.system, entity), *address_members(self.system, entity))
            members += members_in(self.endpoint.operation, "path") if self.endpoint.operation else ()
        for member in members:
            path = path.replace(f"{{{member.name}}}", f"{{{self.shapes.name(member.name)}}}")
        return path

    def _envelope(self) -> Envelope | None:
        """Return the envelope: of an operation its own, or that of the rows which it answers with."""
        endpoint, operation = self.endpoint, self.endpoint.operation
        if operation is not None and operation.envelope is not None:
            return operation.envelope
        resource = endpoint.resource
        if resource is None or (operation is not None and not self._rows_of(operation, resource)):
            return None
        if endpoint.single and resource.single is not None:
            return resource.single.envelope
        return resource.envelope

    def _rows_of(self, operation: Operation, resource: Resource) -> bool:
        """Whether an operation answers with one row of its resource, and takes nothing that would stand in an envelope."""
        returned = operation.returns
        return isinstance(returned, EntityType) and returned.name == resource.entity

    def _about(self) -> str:
        resource = self.endpoint.resource
        if resource is None:
            return ""
        envelope = resource.single.envelope if self.endpoint.single and resource.single else resource.envelope
        if envelope is not None:
            return envelope.one
        return self.shapes.name(snake(resource.entity))

    def _statuses(self) -> tuple[tuple[int, int], ...]:
        wanted = {Kind.CREATE: (201, self.profile.created), Kind.DELETE: (204, self.profile.deleted)}
        pair = wanted.get(self.endpoint.kind)
        return () if pair is None or pair[0] == pair[1] else (pair,)

    def _body(self) -> str:
        endpoint, resource = self.endpoint, self.endpoint.resource
        if endpoint.operation is not None:
            whole = whole_body(endpoint.operation)
            if whole is not None:
                return self.shapes.of_type(whole.type)
            return self.shapes.sent(endpoint.id, members_in(endpoint.operation, "body"))
        if resource is None or endpoint.entity is None or endpoint.kind not in (Kind.CREATE, Kind.UPDATE):
            return ""
        partial = endpoint.kind is Kind.UPDATE
        shape = (resource.update if partial else resource.create) or InputShape(members=())
        members = input_members(self.system, endpoint.entity, shape, partial=partial)
        if self._password():
            members = (*members, Member(self._password(), None))
        return self.shapes.sent(endpoint.id, members)

    def show(self) -> Show | None:
        """Return what the rows of the answer show."""
        endpoint, operation = self.endpoint, self.endpoint.operation
        if endpoint.kind is Kind.DELETE:
            return None
        if operation is not None and not (endpoint.resource and self._rows_of(operation, endpoint.resource)):
            return None
        position = "self" if endpoint.single else "list" if endpoint.kind is Kind.LIST else "row"
        return shown_at(endpoint.resource, position)

    def _answer(self) -> str:
        endpoint, operation = self.endpoint, self.endpoint.operation
        if not self._answers():
            return ""
        if endpoint.entity is not None and (operation is None or self.show() is not None):
            return self.shapes.row(endpoint.entity, self.show())
        return self.shapes.of_type(operation.returns) if operation is not None else ""

    def _more(self) -> tuple[tuple[str, str], ...]:
        """What the answer always includes."""
        show = self.show()
        names = [each.field for each in show.members if each.members is not None] if show else []
        included = (("expand", ",".join(names)),) if names else ()
        return (*included, *self._read(show))

    def _read(self, show: Show | None) -> tuple[tuple[str, str], ...]:
        """What a read is asked for, so that it works out no more than what rows show."""
        endpoint, resource = self.endpoint, self.endpoint.resource
        reads = endpoint.kind in (Kind.LIST, Kind.GET) and resource is not None and reads_shown(resource)
        if show is None or not reads or endpoint.entity is None:
            return ()
        table = self.shapes.tables[self._answer()]
        names = [each.name for each in read_members(self.system, endpoint.entity) if each.name in table]
        return (("fields", ",".join(names)),) if names else ()

    def _is_own(self) -> bool:
        endpoint, identity = self.endpoint, self.system.identity
        entity = endpoint.entity.name if endpoint.entity is not None else None
        return endpoint.single and self._answers() and identity is not None and entity == identity.entity

    def _query(self) -> Iterator[tuple[str, str]]:
        """Yield every parameter of the query string, outside → inside."""
        endpoint, resource, name = self.endpoint, self.endpoint.resource, self.shapes.name
        if endpoint.operation is not None:
            bound = (each for each in bound_members(endpoint.operation) if each.place == "query")
            yield from ((name(each.wire), each.wire) for each in bound)
        if endpoint.kind is Kind.LIST and resource is not None:
            fixed = {each.filter for each in endpoint.own.presets} if endpoint.own is not None else set()
            for declared in resource.filters:
                found = asked(self.system, resource, declared)
                if found.name in fixed:
                    continue
                for operator in found.operators:
                    inside = found.parameter(resource, operator)
                    free = found.parameter(resource, "eq") == found.name
                    alone = endpoint.api.profile and declared.called and len(found.operators) == 1 and free
                    yield _outside(name, found.name if alone else inside), inside
            yield from ((each, each) for each in _of_lists(resource))
        if any(not node.always for node in endpoint.expand):
            yield "expand", "expand"
        yield from (("fields", "fields"),) if endpoint.selectable else ()
        yield from (("_can", "_can"),) if endpoint.can else ()

    def _values(self) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
        """Yield what names something in the value of a parameter."""
        endpoint, resource, name = self.endpoint, self.endpoint.resource, self.shapes.name
        if endpoint.kind is Kind.LIST and resource is not None:
            yield "sort", tuple((_outside(name, each), each) for each in resource.sorts)
        nodes: tuple[ExpandNode, ...] = endpoint.expand
        yield "expand", tuple((name(node.field), node.field) for node in nodes if not node.always)
        if endpoint.selectable and endpoint.entity is not None:
            table = self.shapes.tables[self._answer()]
            members = read_members(self.system, endpoint.entity)
            yield "fields", tuple((name(each.name), each.name) for each in members if each.name in table)


def _of_lists(resource: Resource) -> Iterator[str]:
    page = resource.page
    yield "limit"
    yield page.kind
    yield from chain(
        ("sort",) if resource.sorts else (),
        ("q",) if resource.search else (),
        ("total",) if page.total and page.kind == "cursor" else (),
    )


def _outside(name: Callable[[str], str], inside: str) -> str:
    """Return the name of a parameter outside; a path keeps its dots, an operator its brackets."""
    head, bracket, operator = inside.partition("[")
    return ".".join(map(name, head.split("."))) + bracket + operator


def sign_in_paths(system: SystemIR) -> dict[str, str]:
    """Return where operations of sign-in are served, inside → outside, as far as a profile moves them."""
    base = sign_in_path(system)
    identity = system.identity
    if not base or identity is None or identity.sign_in is None:
        return {}
    found: dict[str, str] = {}
    for api in system.apis:
        if api.profile is not None and api.name == identity.sign_in.api:
            root = api.path.rstrip("/")
            moved = {"sign-up": api.profile.sign_up, "sign-in": api.profile.sign_in}
            found |= {f"{base}/{name}": root + path for name, path in moved.items() if path}
    return found
