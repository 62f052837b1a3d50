"""Enums, held by a check or by PostgreSQL, and their values."""

from tests.evolution.texts.edits.fields import fresh, put
from tests.evolution.texts.model import Enum, Field, Value
from tests.evolution.texts.writing import Writing

__all__ = [
    "add_enum",
    "add_enum_field",
    "add_value",
    "drop_enum",
    "drop_value",
    "rename_enum",
    "rename_value",
]


def add_enum(draft: Writing) -> bool:
    values = [Value(draft.numbered("open", "shut", "late")) for _ in range(draft.random.randint(2, 4))]
    draft.spec.enums.append(Enum(draft.numbered("State", "Mood"), values, draft.maybe(0.4)))
    return add_enum_field(draft)


def add_enum_field(draft: Writing) -> bool:
    enum, entity = draft.pick(draft.spec.enums), draft.entity()
    if enum is None:
        return False
    default = enum.values[0].name if draft.maybe(0.5) else None
    return put(entity, Field(fresh(draft), enum.name, default is None, default))


def add_value(draft: Writing) -> bool:
    enum = draft.pick(draft.spec.enums)
    if enum is None:
        return False
    place = draft.random.randint(0, len(enum.values))
    enum.values.insert(place, Value(draft.numbered("open", "shut", "late")))
    return True


def rename_value(draft: Writing) -> bool:
    found = draft.pick(value for enum in draft.spec.enums for value in enum.values)
    return found is not None and draft.rename(found.name, draft.numbered("open", "shut", "late"))


def drop_value(draft: Writing) -> bool:
    """With what its rows get, or without, where one may still have it."""
    found = draft.pick(
        (enum, value)
        for enum in draft.spec.enums
        for value in enum.values
        if len(enum.values) > 1 and draft.spoken(value.name) == 1
    )
    if found is None:
        return False
    enum, gone = found
    enum.values.remove(gone)
    if gone.was is not None:
        said = f" @backfill({draft.random.choice(enum.values).name})" if draft.maybe(0.8) else ""
        enum.dropped.append(f"dropped {gone.was}{said}")
    return True


def rename_enum(draft: Writing) -> bool:
    enum = draft.pick(draft.spec.enums)
    return enum is not None and draft.rename(enum.name, draft.numbered("State", "Mood"))


def drop_enum(draft: Writing) -> bool:
    """With its fields, where nothing else speaks of them."""
    enum = draft.pick(draft.spec.enums)
    if enum is None:
        return False
    uses = [(entity, each) for entity, each in draft.fields() if each.type == enum.name]
    if not all(draft.alone(each) for _, each in uses):
        return False
    for entity, each in uses:
        entity.fields.remove(each)
        if each.was is not None:
            entity.dropped.append(draft.dropped("", each.was))
    draft.spec.enums.remove(enum)
    if enum.was is not None:
        draft.spec.dropped.append(f"dropped enum {enum.was}")
    return True
