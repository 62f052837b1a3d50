"""How one operation looks outside."""

from collections.abc import Callable, Iterator
from itertools import chain

from bdc.ir import (
    EntityType,
    Envelope,
    ExpandNode,
    InputShape,
    Operation,
    Resource,
    Show,
    SystemIR,
)
from bdc.naming.casing import snake
from bdc.surface.bindings import bound_members, members_in, whole_body
from bdc.surface.endpoints import Endpoint, Kind
from bdc.surface.filters import asked
from bdc.surface.members import Member, address_members, around_members, input_members, read_members
from bdc.surface.outside import PLAIN, Wire, reads_shown, shown_at
from bdc.surface.shapes import Shapes


class Wiring:
    """One operation of an api whose names, envelopes, statuses or rows differ."""

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
        if (
            self.profile.bare
            or envelope is None
            or not self._body()
            or (operation is not None and operation.envelope is None)
        ):
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
        ("nearest", "_distance") if resource.nearest is not None else (),
        ("total",) if page.total and page.kind == "cursor" else (),
    )


def _outside(name: Callable[[str], str], inside: str) -> str:
    """Return the name of a parameter outside; a path keeps its dots, an operator its brackets."""
    head, bracket, operator = inside.partition("[")
    return ".".join(map(name, head.split("."))) + bracket + operator
