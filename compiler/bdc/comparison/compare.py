"""Both sides at once: changes for people, operations for the database, and the order of it all."""

from bdc.catalog import Database
from bdc.changes import Bump, Change, Severity, changes
from bdc.changes.scale import largest, worst
from bdc.comparison.live import as_live, open_as, within
from bdc.comparison.rollout import rollout
from bdc.comparison.snapshots import Snapshot
from bdc.diagnostics import Diagnostic
from bdc.plan import Hints, Operation, Planned, plan
from bdc.source.records import dataclass


@dataclass(frozen=True)
class Comparison:
    """`notes`: what could not be compared, in words. `refusals`: why there is no way for the database, with places."""

    old: Snapshot
    new: Snapshot
    changes: tuple[Change, ...]
    planned: Planned
    refusals: tuple[Diagnostic, ...] = ()
    rollout: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def operations(self) -> tuple[Operation, ...]:
        return self.planned.operations

    @property
    def severity(self) -> Severity | None:
        return worst([change.severity for change in self.changes])

    @property
    def bump(self) -> Bump | None:
        """The version step that the changes ask for; operations alone ask for a patch."""
        found = [change.bump for change in self.changes]
        return largest(found) or (Bump.PATCH if self.operations else None)


def compare(old: Snapshot, new: Snapshot) -> Comparison:
    """Return all that differs. SideError when the database of a side cannot be made."""
    planned = database_changes(old, new)
    found: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    if old.system is None or new.system is None:
        notes = (
            "a live database says nothing of clients, rules or deployments: only the database is compared",
        )
    else:
        found = changes(old.system, new.system)
    return Comparison(
        old,
        new,
        found,
        planned,
        _refusals(planned, new),
        () if planned.refusals else rollout(found, planned.operations),
        notes,
    )


def database_changes(old: Snapshot, new: Snapshot) -> Planned:
    """Return the way from the database of `old` to that of `new`."""
    before, after = _states(old, new)
    if before == after:
        return Planned()
    hints = _hints(old, new, before, after)
    if old.system is None or new.system is None:
        return plan(before, after, hints)
    from bdc.evolution.places import with_places
    from bdc.schema.shapes import with_shapes

    before = with_shapes(before, old.system, free_json=True)
    planned = plan(before, with_shapes(after, new.system, free_json=True), hints)
    return with_places(new.system, planned)


def _states(old: Snapshot, new: Snapshot) -> tuple[Database, Database]:
    """Both as one source spells them: where one is live, the other is made on a server that is thrown away, and read back."""
    from bdc.stack.loading import roles_of

    if old.system is not None and new.live:
        asked = as_live(old.system, roles_of(new.state))
        return open_as(new.state, asked), within(new.state, asked)
    if new.system is not None and old.live:
        asked = as_live(new.system, roles_of(old.state))
        return within(old.state, asked), open_as(old.state, asked)
    return old.state, new.state


def _hints(old: Snapshot, new: Snapshot, before: Database, after: Database) -> Hints:
    if new.system is None:
        return Hints()
    from bdc.evolution.next_migration import hints_between

    return hints_between(before, after, old.system, new.system)


def _refusals(planned: Planned, new: Snapshot) -> tuple[Diagnostic, ...]:
    if not planned.refusals or new.system is None:
        return tuple(refusal.diagnostic() for refusal in planned.refusals)
    from bdc.evolution.locations import placed

    return tuple(placed(planned.refusals, new.system, new.files))
