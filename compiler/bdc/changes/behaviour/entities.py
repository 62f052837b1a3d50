"""What holds for all rows of an entity: deletion, audit, tenants, guards, keys."""

from collections.abc import Iterator

from bdc.changes.behaviour.pairs import EntityPair, entity_pairs
from bdc.changes.change import Change
from bdc.changes.sides import Sides


def entity_changes(sides: Sides) -> Iterator[Change]:
    """Yield what holds for all rows and did not, or no longer does."""
    for pair in entity_pairs(sides):
        yield from _deletion(sides, pair)
        yield from _audit(pair)
        yield from _tenant(sides, pair)
        yield from _key(sides, pair)
        yield from _choices(sides, pair)


def _deletion(sides: Sides, pair: EntityPair) -> Iterator[Change]:
    old, new, name = pair.old.soft_delete, pair.new.soft_delete, pair.new.name
    if new is not None and old is None:
        message = f"a deleted {name} stays in the database (`{new}` says so) and is invisible: rows that refer to it stay, and its unique values stay taken where the key does not leave deleted rows out"
        yield Change("behaviour.soft-delete-added", name, message, origin=pair.new.origin)
    if old is not None and new is None:
        what = "appear again" if pair.new.restore_deleted else "stay in the table"
        message = f"a deleted {name} is gone for good (`{old}` no longer says so), and its delete rules apply; rows that were deleted before {what}"
        remedy = "Keep `SoftDelete`, or remove the deleted rows before this release."
        yield Change("behaviour.soft-delete-removed", name, message, remedy, pair.new.origin)
    if old is not None and new is not None and old != sides.renames.field(name, new):
        message = f"`{new}` says that a {name} is deleted, instead of `{old}`"
        yield Change("behaviour.soft-delete-removed", name, message, origin=pair.new.origin)


def _audit(pair: EntityPair) -> Iterator[Change]:
    if pair.old.audited != pair.new.audited:
        verb = "is recorded" if pair.new.audited else "is no longer recorded"
        code = "behaviour.audit-added" if pair.new.audited else "behaviour.audit-removed"
        message = f"each change of a {pair.new.name} {verb} in the audit trail"
        yield Change(code, pair.new.name, message, origin=pair.new.origin)
    if pair.old.unguarded != pair.new.unguarded:
        code = "behaviour.guard-removed" if pair.new.unguarded else "behaviour.guard-added"
        verb = "holds no rules for" if pair.new.unguarded else "holds the rules of the policy for"
        message = f"the database {verb} the rows of {pair.new.name}"
        yield Change(code, pair.new.name, message, origin=pair.new.origin)


def _tenant(sides: Sides, pair: EntityPair) -> Iterator[Change]:
    new = pair.new.tenant and sides.renames.field(pair.new.name, pair.new.tenant)
    if pair.old.tenant != new or pair.old.tenant_root != pair.new.tenant_root:
        of = f"belong to the tenant in `{pair.new.tenant}`" if pair.new.tenant else "belong to no tenant"
        message = f"rows of {pair.new.name} {of}"
        yield Change("behaviour.tenant-changed", pair.new.name, message, origin=pair.new.origin)


def _key(sides: Sides, pair: EntityPair) -> Iterator[Change]:
    new = tuple(sides.renames.field(pair.new.name, name) for name in pair.new.key)
    if pair.old.key != new:
        message = f"a {pair.new.name} is found by ({', '.join(pair.new.key)}) instead of ({', '.join(pair.old.key)})"
        remedy = "Add a unique key beside the old one."
        yield Change("behaviour.key-changed", pair.new.name, message, remedy, pair.new.origin)
    owner = pair.new.owner and sides.renames.field(pair.new.name, pair.new.owner)
    if pair.old.owner != owner:
        how = f"written with the row that `{owner}` leads to" if owner else "written by themselves"
        message = f"rows of {pair.new.name} are {how}"
        yield Change("behaviour.owner-changed", pair.new.name, message, origin=pair.new.origin)


def _choices(sides: Sides, pair: EntityPair) -> Iterator[Change]:
    before = {arc.name: arc for arc in pair.old.arcs}
    for arc in pair.new.arcs:
        was = before.get(sides.renames.field(pair.new.name, arc.name))
        if was is None:
            continue
        place = f"{pair.new.name}.{arc.name}"
        gone = [
            name
            for name in was.fields
            if name not in {sides.renames.field(pair.new.name, f) for f in arc.fields}
        ]
        if gone or (was.optional and not arc.optional):
            need = "one must be given" if was.optional and not arc.optional else f"{', '.join(gone)} is gone"
            yield Change(
                "behaviour.choice-tightened",
                place,
                f"the choice `{arc.name}` accepts less: {need}",
                origin=pair.new.origin,
            )
        elif was.optional != arc.optional or len(was.fields) != len(arc.fields):
            message = f"the choice `{arc.name}` accepts more"
            yield Change("behaviour.choice-loosened", place, message, origin=pair.new.origin)
