"""Rules of single fields: who reads and writes them, and what others see."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.policy.earlier import earlier
from bdc.changes.policy.implies import implies
from bdc.changes.sides import Renames, Sides
from bdc.ir import FieldRule, Grant, Origin, Policy
from bdc.query.words import in_words


def field_changes(sides: Sides, entity: str, old: Policy | None, new: Policy | None) -> Iterator[Change]:
    """Yield what has happened to the rules of the fields of one entity."""
    before = {rule.field: rule for rule in old.fields} if old else {}
    after = {rule.field: rule for rule in new.fields} if new else {}
    kept = {field.name for field in sides.new.entity(entity).fields}
    earlier = {field.name for field in sides.old.entity(sides.renames.entity(entity)).fields}
    for name in sorted(kept):
        was = sides.renames.field(entity, name)
        if was not in earlier:
            continue
        origin = after[name].origin if name in after else (new.origin if new else None)
        rule = _earlier(after.get(name), sides.renames)
        yield from _field(f"{entity}.{name}", before.get(was), rule, origin)


def _earlier(rule: FieldRule | None, renames: Renames) -> FieldRule | None:
    if rule is None:
        return None
    grants = (
        grant and grant.model_copy(update={"condition": earlier(grant.condition, renames)})
        for grant in (rule.read, rule.write)
    )
    return rule.model_copy(update=dict(zip(("read", "write"), grants, strict=True)))


def _field(
    place: str, old: FieldRule | None, new: FieldRule | None, origin: Origin | None
) -> Iterator[Change]:
    for verb in ("read", "write"):
        before, after = (getattr(rule, verb) if rule else None for rule in (old, new))
        if before != after:
            code = f"policy.field-{_direction(before, after)}"
            message = f"{place} may be {'read' if verb == 'read' else 'written'} by {_who(after)} instead of {_who(before)}"
            yield Change(code, f"{place} {verb}", message, origin=origin)
    masks = (old.mask if old else None), (new.mask if new else None)
    if old and new and old.read and new.read and masks[0] != masks[1]:
        was, now = (in_words(mask) if mask else "null" for mask in masks)
        message = f"who may not read {place} gets {now} instead of {was}"
        yield Change("policy.mask-changed", f"{place} mask", message, origin=origin)


def _direction(old: Grant | None, new: Grant | None) -> str:
    """No grant leaves a field to everybody who has the row."""
    if new is None or (old is not None and _within(old, new)):
        return "gained"
    return "lost" if old is None or _within(new, old) else "changed"


def _within(inner: Grant, outer: Grant) -> bool:
    if not set(inner.roles) <= set(outer.roles):
        return False
    if outer.condition is None:
        return True
    return inner.condition is not None and implies(inner.condition, outer.condition)


def _who(grant: Grant | None) -> str:
    if grant is None:
        return "all who have the row"
    when = f" when `{in_words(grant.condition)}`" if grant.condition else ""
    return ", ".join(grant.roles) + when
