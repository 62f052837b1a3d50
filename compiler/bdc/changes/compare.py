"""All surfaces, in the order in which a reader cares."""

from bdc.changes.change import Change
from bdc.changes.configuration import configuration_changes
from bdc.changes.deployment import deployment_changes
from bdc.changes.events import event_changes
from bdc.changes.graphql import graphql_changes
from bdc.changes.policy import policy_changes
from bdc.changes.rest import rest_changes
from bdc.changes.scale import rank
from bdc.changes.sides import Sides, renames_of
from bdc.ir import SystemIR

_SURFACES = (
    rest_changes,
    graphql_changes,
    event_changes,
    policy_changes,
    configuration_changes,
    deployment_changes,
)


def changes(old: SystemIR, new: SystemIR) -> tuple[Change, ...]:
    """Return every change from `old` to `new`: by surface, the gravest first, then by place."""
    sides = Sides(old, new, renames_of(old, new))
    return tuple(change for surface in _SURFACES for change in sorted(set(surface(sides)), key=_order))


def _order(change: Change) -> tuple[int, str, str, str]:
    return (rank(change.severity), change.place, change.code, change.message)
