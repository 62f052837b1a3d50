"""All surfaces, in the order in which a reader cares."""

from collections.abc import Iterator

from bdc.changes.behaviour import behaviour_changes
from bdc.changes.behaviour.untold import untold_changes
from bdc.changes.change import Change
from bdc.changes.configuration import configuration_changes
from bdc.changes.deployment import deployment_changes
from bdc.changes.events import event_changes
from bdc.changes.policy import policy_changes
from bdc.changes.reduce import Scope, scope_of
from bdc.changes.rest import rest_changes
from bdc.changes.scale import rank
from bdc.changes.sides import Sides, renames_of
from bdc.ir import SystemIR


def changes(old: SystemIR, new: SystemIR) -> tuple[Change, ...]:
    """Return every change from `old` to `new`: by surface, the gravest first, then by place."""
    scope = scope_of(Sides(old, new, renames_of(old, new)))
    found = [set(each) for each in surfaces(scope)]
    told = [change for each in found for change in each]
    for change in untold_changes(scope.whole, told):
        found[_BEHAVIOUR].add(change)
    return tuple(change for each in found for change in sorted(each, key=_order))


_BEHAVIOUR = 3


def surfaces(scope: Scope) -> tuple[Iterator[Change], ...]:
    """Return what is found on each surface."""
    return (
        rest_changes(scope.less),
        _graphql(scope),
        event_changes(scope.whole),
        behaviour_changes(scope.whole),
        policy_changes(scope.whole),
        configuration_changes(scope.whole),
        deployment_changes(scope.whole),
    )


def _graphql(scope: Scope) -> Iterator[Change]:
    """Imported on use: the schemas that are compared are the largest thing to load, and a system without an API has none."""
    if scope.whole.old.apis or scope.whole.new.apis:
        from bdc.changes.graphql import graphql_changes

        yield from graphql_changes(scope)


def _order(change: Change) -> tuple[int, str, str, str]:
    return (rank(change.severity), change.place, change.code, change.message)
