"""What the same request does now, where its form stays the same: writes that are refused, values that are worked out otherwise.

What comes in: two systems. What goes out: changes of behaviour, whether or not an api offers what they are about: handlers, SQL and the
database itself meet them too. Deliberately absent: the form of requests and answers (`rest`, `graphql`, `events`) and access (`policy`).
"""

from collections.abc import Iterator

from bdc.changes.behaviour.audit import audit_changes
from bdc.changes.behaviour.constraints import constraint_changes
from bdc.changes.behaviour.entities import entity_changes
from bdc.changes.behaviour.externals import external_changes
from bdc.changes.behaviour.fields import field_changes
from bdc.changes.behaviour.jobs import job_changes
from bdc.changes.behaviour.lists import list_changes
from bdc.changes.behaviour.machines import machine_changes
from bdc.changes.behaviour.operations import operation_changes
from bdc.changes.behaviour.retention import retention_changes
from bdc.changes.change import Change
from bdc.changes.sides import Sides

__all__ = ["behaviour_changes"]


def behaviour_changes(sides: Sides) -> Iterator[Change]:
    """Yield what the same request does otherwise."""
    yield from machine_changes(sides)
    yield from constraint_changes(sides)
    yield from entity_changes(sides)
    yield from field_changes(sides)
    yield from operation_changes(sides)
    yield from list_changes(sides)
    yield from job_changes(sides)
    yield from audit_changes(sides)
    yield from retention_changes(sides)
    yield from external_changes(sides)
