"""Row level security, policies, rights."""

from bdc.catalog import Policy, Right, Table
from bdc.ddl.names import quote
from tests.evolution.draft import Draft
from tests.evolution.edits.words import NUMBERS, READER, TEXTS, WRITER

__all__ = [
    "add_policy",
    "add_right",
    "change_policy",
    "drop_policy",
    "drop_right",
    "free_table",
    "guard_table",
    "rename_policy",
]

_RIGHTS = ("select", "insert", "update", "delete")


def add_policy(draft: Draft) -> bool:
    table = draft.table()
    if table is None:
        return False
    command = draft.random.choice(("all", "select", "insert", "update", "delete"))
    policy = Policy(
        name=draft.fresh("may"),
        command=command,
        roles=(draft.random.choice((READER, WRITER)),),
        restrictive=draft.maybe(0.2),
        using=None if command == "insert" else _condition(draft, table),
        check=_condition(draft, table) if command == "insert" else None,
    )
    rights = table.rights or (Right(role=READER, privilege="select"),)
    draft.put(
        table,
        policies=(*table.policies, policy),
        row_security=True,
        force_row_security=table.force_row_security or draft.maybe(0.5),
        rights=rights,
    )
    return True


def _condition(draft: Draft, table: Table) -> str:
    column = draft.pick(each for each in table.columns if each.type in (*NUMBERS, *TEXTS))
    if column is None or draft.maybe(0.2):
        return draft.random.choice(("true", "current_user = session_user"))
    name = quote(column.name)
    if column.type in TEXTS:
        return f"length({name}::text) < {draft.random.randint(2, 4)}"
    return f"{name}::numeric > {draft.random.randint(10, 100)}::numeric"


def _guarded(draft: Draft) -> tuple[Table, Policy] | None:
    return draft.pick((table, policy) for table in draft.database.tables for policy in table.policies)


def change_policy(draft: Draft) -> bool:
    found = _guarded(draft)
    if found is None:
        return False
    table, old = found
    said = {} if old.command == "insert" else {"using": _condition(draft, table)}
    if old.command == "insert":
        said = {"check": _condition(draft, table)}
    new = old.model_copy(update=said)
    draft.put(table, policies=tuple(new if each is old else each for each in table.policies))
    return True


def drop_policy(draft: Draft) -> bool:
    found = _guarded(draft)
    if found is None:
        return False
    table, gone = found
    draft.put(table, policies=tuple(each for each in table.policies if each is not gone))
    return True


def rename_policy(draft: Draft) -> bool:
    found = _guarded(draft)
    if found is None:
        return False
    table, old = found
    new = old.model_copy(update={"name": draft.fresh("may")})
    draft.put(table, policies=tuple(new if each is old else each for each in table.policies))
    return True


def guard_table(draft: Draft) -> bool:
    """Switch security on, or hold the owner to it too."""
    table = draft.table(lambda each: not each.force_row_security)
    if table is None:
        return False
    draft.put(table, row_security=True, force_row_security=table.row_security)
    return True


def free_table(draft: Draft) -> bool:
    """Switch security off; policies that say nothing any more go too."""
    table = draft.table(lambda each: each.row_security)
    if table is None:
        return False
    draft.put(table, row_security=False, force_row_security=False, policies=())
    return True


def add_right(draft: Draft) -> bool:
    table = draft.table()
    if table is None:
        return False
    role, privilege = draft.random.choice((READER, WRITER)), draft.random.choice(_RIGHTS)
    column = draft.pick(table.columns) if privilege in ("select", "update") and draft.maybe(0.3) else None
    right = Right(role=role, privilege=privilege, column=column.name if column else None)
    if right in table.rights:
        return False
    draft.put(table, rights=(*table.rights, right))
    return True


def drop_right(draft: Draft) -> bool:
    found = draft.pick((table, right) for table in draft.database.tables for right in table.rights)
    if found is None:
        return False
    table, gone = found
    draft.put(table, rights=tuple(each for each in table.rights if each is not gone))
    return True
