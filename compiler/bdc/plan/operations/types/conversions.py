"""What a column of another type holds, over the columns of the row."""

from bdc.catalog import Column, Database
from bdc.ddl.names import Name, quote
from bdc.plan.context import Context
from bdc.plan.typing_rules import converted, is_wider, own_type, same_type
from bdc.plan.value_texts import shifted


def conversion(context: Context, table: Name, old: Column, new: Column) -> str:
    """Return the expression, over the columns of the old state, that is the new value. A value that fits is kept: what is to be
    filled in may have been said for an earlier migration, and only those get it that have nothing."""
    change = context.value_change(table, old, new)
    if change is not None and change.shift is not None and same_type(old.type, new.type):
        return shifted(quote(old.name), change.shift, "new")
    given = context.backfill(table, new.name)
    kept = quote(old.name) if same_type(old.type, new.type) else cast_of(context.old, context.new, old, new)
    if given is None:
        return kept
    fits = same_type(old.type, new.type) or is_wider(old.type, new.type)
    if not fits and context.replaces(table, new.name):
        return given
    return f"coalesce({kept}, {given})" if new.not_null and not old.not_null else kept


def cast_of(before: Database, after: Database, old: Column, new: Column) -> str:
    """Types of the database's own are reached by text, as between two of them there is no other way."""
    own = [enum.name for state in (before, after) for enum in state.enums]
    own += [domain.name for state in (before, after) for domain in state.domains]
    by_text = any(own_type(each.type, name) for name in own for each in (old, new))
    return converted(quote(old.name), old.type, new.type, by_text=by_text)
