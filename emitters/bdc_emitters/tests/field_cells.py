"""The part of the permission matrix about fields with rules of their own."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bdc.ir import CollectionField, ComputedField, Entity, EntityField, ReferenceField, ScalarField, SystemIR
from bdc.surface import Member
from bdc.surface.members import reference_columns
from bdc.surface.wire import is_shown
from bdc_emitters.tests.fixture import Fixture
from bdc_emitters.tests.interpret import Caller, NotJudged
from bdc_emitters.tests.judge import Judge
from bdc_emitters.tests.paths import rows_around
from bdc_emitters.tests.rows import WorldRow


def field_cells(world: Fixture, judge: Judge, callers: Mapping[str, Caller]) -> Iterator[dict[str, Any]]:
    """Fields with rules of their own: what each caller gets to see, and whether he may write it."""
    known = {entity.name for entity in world.system.entities}
    for policy in world.system.policies:
        if policy.entity not in known:
            continue  # what a view shows follows from other rows
        entity = world.system.entity(policy.entity)
        for rule in policy.fields:
            member, column = _member(world.system, entity, rule.field)
            shown = is_shown(world.system, entity.name, "get", member)
            for name, caller in callers.items() if member else ():
                for row in world.of(entity.name):
                    try:
                        seen = judge.may_see(caller, rule, row) if rule.read else None
                        written = judge.may_write(caller, rule, row) if rule.write else None
                        readable = judge.may(caller, entity.name, "read", row) and all(
                            judge.may(caller, parent.entity.name, "read", above)
                            for parent, above in rows_around(world, entity, row)
                        )
                        changeable = judge.may(caller, entity.name, "update", row)
                    except NotJudged:
                        continue
                    if readable:
                        stored = _is_stored(entity.field(rule.field))
                        yield {
                            "entity": entity.name,
                            "field": rule.field,
                            "member": member,
                            "column": column,
                            "caller": name,
                            "row": row.name,
                            "seen": seen if shown and (stored or not seen) else None,
                            "written": written if changeable and _can_be_given(entity, rule.field) else None,
                            "mask": getattr(rule.mask, "value", None),
                            "example": _example(world, entity, rule.field, row),
                        }


def _can_be_given(entity: Entity, name: str) -> bool:
    """Whether the example of a field is a value that it takes: of a reference that is null alone."""
    field = entity.field(name)
    return not isinstance(field, ReferenceField) or field.nullable


def _member(system: SystemIR, entity: Entity, name: str) -> tuple[str, str]:
    """Return the member of a body that shows a field, and its column; empty where no one member does."""
    field = entity.field(name)
    if isinstance(field, CollectionField):
        return "", ""
    if isinstance(field, ReferenceField):
        members = reference_columns(system, entity, field)
        return (members[0][0], field.column) if len(members) == 1 and not field.carriers else ("", "")
    return name, getattr(field, "column", None) or name


def _example(world: Fixture, entity: Entity, name: str, row: WorldRow) -> Any:
    """Return what the field of a row can be set to: an example, or what it holds where a constraint refuses the example."""
    field = entity.field(name)
    if not isinstance(field, ScalarField):
        return None
    example = world.examples.member(entity, Member(name, field.type, field.nullable, field=name))
    changed = replace(row, values={**row.values, name: example})
    others = [each for each in world.of(entity.name) if each.name != row.name]
    return row.values[name] if world.rules(entity).broken(changed, others) else example


def _is_stored(field: EntityField) -> bool:
    """Whether one column of the row holds what an answer shows of the field."""
    return not isinstance(field, ComputedField) and not (isinstance(field, ScalarField) and field.embedded)
