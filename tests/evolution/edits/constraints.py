"""Checks and exclusions."""

from bdc.catalog import Check, Exclusion, IndexKey, Table
from bdc.ddl.names import quote
from tests.evolution.draft import Draft
from tests.evolution.edits.words import NUMBERS, TEXTS

__all__ = [
    "add_check",
    "add_exclusion",
    "change_check",
    "drop_check",
    "drop_exclusion",
    "rename_check",
]


def add_check(draft: Draft) -> bool:
    found = draft.column(lambda _, column: column.type in (*NUMBERS, *TEXTS) and not column.virtual)
    if found is None:
        return False
    table, column = found
    draft.put(
        table,
        checks=(*table.checks, Check(name=f"ck_{table.name.name}_{draft.fresh('rule')}", condition=_condition(draft, quote(column.name), column.type))),
    )  # fmt: skip
    return True


def _condition(draft: Draft, name: str, kind: str) -> str:
    """Most hold in the rows of old states; one does not, so that what stands in the way is found."""
    if kind in NUMBERS:
        least = 100 if draft.origins.tables and draft.maybe(0.1) else draft.random.choice((0, -1))
        return f"{name} >= {least}::numeric"
    return draft.random.choice(
        (f"length({name}) < 40", f"{name} <> 'nobody'::text", f"{name} is distinct from ' '::text")
    )


def _checked(draft: Draft) -> tuple[Table, Check] | None:
    return draft.pick((table, check) for table in draft.database.tables for check in table.checks)


def change_check(draft: Draft) -> bool:
    found = _checked(draft)
    if found is None:
        return False
    table, old = found
    new = old.model_copy(update={"condition": f"({old.condition}) is not false"})
    draft.put(table, checks=tuple(new if each is old else each for each in table.checks))
    return True


def rename_check(draft: Draft) -> bool:
    found = _checked(draft)
    if found is None:
        return False
    table, old = found
    new = old.model_copy(update={"name": f"ck_{draft.fresh('named')}"})
    draft.put(table, checks=tuple(new if each is old else each for each in table.checks))
    return True


def drop_check(draft: Draft) -> bool:
    found = _checked(draft)
    if found is None:
        return False
    table, gone = found
    draft.put(table, checks=tuple(each for each in table.checks if each is not gone))
    return True


def add_exclusion(draft: Draft) -> bool:
    found = draft.column(lambda table, column: column.type == "int4range" and table.partition_by is None)
    if found is None:
        return False
    table, column = found
    key = Exclusion(
        name=f"ex_{table.name.name}_{draft.fresh('apart')}",
        method="gist",
        elements=((IndexKey(column=column.name), "&&"),),
        where=f"not isempty({quote(column.name)})" if draft.maybe(0.3) else None,
        deferrable=draft.maybe(0.2),
    )
    draft.put(table, exclusions=(*table.exclusions, key))
    return True


def drop_exclusion(draft: Draft) -> bool:
    found = draft.pick((table, each) for table in draft.database.tables for each in table.exclusions)
    if found is None:
        return False
    table, gone = found
    draft.put(table, exclusions=tuple(each for each in table.exclusions if each is not gone))
    return True
