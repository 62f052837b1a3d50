"""Enumerations and their values."""

from bdc.catalog import Column, EnumType
from bdc.ddl.names import Name, quote
from tests.evolution.draft import Draft
from tests.evolution.edits.columns import put_new

__all__ = [
    "add_enum",
    "add_enum_value",
    "drop_enum",
    "drop_enum_value",
    "rename_enum",
    "rename_enum_value",
    "reorder_enum",
]


def add_enum(draft: Draft) -> bool:
    """With a column that is of it."""
    table = draft.table()
    if table is None:
        return False
    name = Name(draft.fresh("kind", "state"))
    labels = tuple(draft.fresh("high", "low", "open", "shut") for _ in range(draft.random.randint(2, 4)))
    draft.change(enums=(*draft.database.enums, EnumType(name=name, labels=labels)))
    column = Column(
        name=draft.fresh("state"),
        type=quote(name.name),
        not_null=True,
        default=f"'{labels[0]}'::{quote(name.name)}",
    )
    return put_new(draft, table, column)


def _put(draft: Draft, old: EnumType, labels: tuple[str, ...]) -> bool:
    new = old.model_copy(update={"labels": labels})
    draft.change(enums=tuple(new if each is old else each for each in draft.database.enums))
    return True


def add_enum_value(draft: Draft) -> bool:
    enum = draft.pick(draft.database.enums)
    if enum is None:
        return False
    place = len(enum.labels) if draft.maybe(0.6) else draft.random.randrange(len(enum.labels))
    return _put(draft, enum, (*enum.labels[:place], draft.fresh("new"), *enum.labels[place:]))


def rename_enum_value(draft: Draft) -> bool:
    found = draft.pick(label for enum in draft.database.enums for label in enum.labels)
    if found is None:
        return False
    draft.rename(found, draft.fresh("called"))
    return True


def drop_enum_value(draft: Draft) -> bool:
    """One that is nowhere the default. Rows may have it: then nothing is done, and that is said."""
    found = draft.pick(
        (enum, label)
        for enum in draft.database.enums
        for label in enum.labels
        if len(enum.labels) > 1 and _silent(draft, enum, label)
    )
    if found is None:
        return False
    enum, gone = found
    return _put(draft, enum, tuple(label for label in enum.labels if label != gone))


def _silent(draft: Draft, enum: EnumType, label: str) -> bool:
    probe = Draft(draft.database, draft.random)
    _put(probe, enum, tuple(each for each in enum.labels if each != label))
    return not probe.mentioned(label)


def reorder_enum(draft: Draft) -> bool:
    enum = draft.pick(draft.database.enums)
    return enum is not None and _put(draft, enum, (*enum.labels[1:], enum.labels[0]))


def rename_enum(draft: Draft) -> bool:
    enum = draft.pick(draft.database.enums)
    if enum is None:
        return False
    draft.rename(enum.name.name, draft.fresh("kind", "state"))
    return True


def drop_enum(draft: Draft) -> bool:
    """Its columns become text that holds the labels."""
    enum = draft.pick(draft.database.enums)
    if enum is None:
        return False
    kind = quote(enum.name.name)
    for table in [each for each in draft.database.tables if each.parent is None]:
        columns = tuple(
            each.model_copy(
                update={"type": "text", "default": (each.default or "").partition("::")[0] or None}
            )
            if each.type == kind
            else each
            for each in table.columns
        )
        if columns != table.columns:
            draft.put(table, columns=columns)
    draft.change(enums=tuple(each for each in draft.database.enums if each.name != enum.name))
    return True
