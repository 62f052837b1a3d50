"""What rows show, and the members that hold them: every name decided."""

from collections.abc import Iterable

from bdc import ir
from bdc.model.nodes.api import Api, Operation, Resource, Show, ShowMember, ShowPosition
from bdc.naming.casing import lower_first, plural, snake


def show(written: Show, position: ShowPosition) -> ir.Show:
    """Return what rows show at `position`."""
    return ir.Show(position=position, members=tuple(_member(each) for each in written.members))


def _member(written: ShowMember) -> ir.ShowMember:
    members = None if written.members is None else tuple(_member(each) for each in written.members)
    return ir.ShowMember(field=written.field, members=members)


def shown(resource: Resource) -> tuple[ir.ExpandNode, ...]:
    """Return the related rows that rows of a resource always show."""
    return tuple(node for each in resource.shows for node in _related(each.members))


def _related(members: Iterable[ShowMember]) -> tuple[ir.ExpandNode, ...]:
    return tuple(
        ir.ExpandNode(field=each.field, children=_related(each.members), always=True)
        for each in members
        if each.members is not None
    )


def merged(nodes: Iterable[ir.ExpandNode]) -> tuple[ir.ExpandNode, ...]:
    """Return the nodes, each relation once with all that comes along with it."""
    found: dict[str, ir.ExpandNode] = {}
    for node in nodes:
        known = found.get(node.field)
        if known is not None:
            node = known.model_copy(update={"children": merged((*known.children, *node.children))})
        found[node.field] = node
    return tuple(found.values())


def envelope(api: Api, resource: Resource) -> ir.Envelope | None:
    """Return the names of the members that hold rows of a resource; None where nothing does."""
    if api.profile is None or not api.profile.envelope:
        return None
    names = [word.text for word in resource.envelope] or [_written(api, resource.entity)]
    one, many = names if len(names) == 2 else (names[0], plural(names[0]))
    return ir.Envelope(one=one, many=many)


def of_one(found: ir.Envelope | None) -> ir.Envelope | None:
    """Return the envelope of a row that is in no list."""
    return found and ir.Envelope(one=found.one)


def of_operation(api: Api, operation: Operation) -> ir.Envelope | None:
    """Return the name of the member that holds what an operation answers with, and takes; None where nothing does."""
    if api.profile is None or not api.profile.envelope or not operation.envelope:
        return None
    return ir.Envelope(one=operation.envelope[0].text)


def _written(api: Api, entity: str) -> str:
    assert api.profile is not None
    return lower_first(entity) if api.profile.names == "camel" else snake(entity)
