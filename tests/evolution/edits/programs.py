"""Functions, procedures, triggers."""

from bdc.catalog import Routine, Table, Trigger
from bdc.ddl.names import Name, qualified, quote
from tests.evolution.draft import Draft
from tests.evolution.edits.words import NUMBERS

__all__ = [
    "add_function",
    "add_function_default",
    "add_trigger",
    "change_function",
    "change_trigger",
    "disable_trigger",
    "drop_function",
    "drop_trigger",
]

_HEAD = "language sql\nimmutable\nset search_path = pg_catalog, pg_temp\nas $$"


def add_function(draft: Draft) -> bool:
    name, kind = Name(draft.fresh("twice")), draft.random.choice(("integer", "bigint"))
    definition = (
        f"create function {qualified(name)}(given {kind}) returns {kind}\n{_HEAD}\n  select given * 2;\n$$;"
    )
    routine = Routine(name=name, signature=f"({kind})", definition=definition)
    draft.change(routines=(*draft.database.routines, routine))
    return True


def add_function_default(draft: Draft) -> bool:
    """A default of a column that calls a function of the database."""
    routine = draft.pick(each for each in draft.database.routines if each.signature == "(integer)")
    found = draft.column(
        lambda _, column: column.type == "integer" and column.identity is None and column.generated is None
    )
    if routine is None or found is None:
        return False
    draft.put_column(*found, default=f"public.{quote(routine.name.name)}(1)")
    return True


def change_function(draft: Draft) -> bool:
    old = draft.pick(each for each in draft.database.routines if " * " in each.definition)
    if old is None:
        return False
    factor = old.definition.partition(" * ")[2].partition(";")[0]
    definition = old.definition.replace(f" * {factor};", f" * {int(factor) + 1};")
    new = old.model_copy(update={"definition": definition})
    draft.change(routines=tuple(new if each is old else each for each in draft.database.routines))
    return True


def drop_function(draft: Draft) -> bool:
    gone = draft.pick(each for each in draft.database.routines if not _called(draft, each))
    if gone is None:
        return False
    draft.change(routines=tuple(each for each in draft.database.routines if each is not gone))
    return True


def _called(draft: Draft, routine: Routine) -> bool:
    probe = Draft(draft.database, draft.random)
    probe.change(routines=tuple(each for each in draft.database.routines if each is not routine))
    return probe.mentioned(routine.name.name)


def add_trigger(draft: Draft) -> bool:
    """With its function: it notes nothing and changes nothing, or adds one to a number."""
    table = draft.table(lambda each: each.partition_by is None)
    if table is None:
        return False
    name, trigger = Name(draft.fresh("noticed")), draft.fresh("notice")
    numeric = draft.pick(
        each for each in table.columns if each.type in NUMBERS and not each.virtual and each.generated is None
    )
    act = f"  new.{quote(numeric.name)} := new.{quote(numeric.name)} + 0;\n" if numeric else ""
    definition = (
        f"create function {qualified(name)}() returns trigger\nlanguage plpgsql volatile\n"
        f"set search_path = pg_catalog, pg_temp\nas $$\nbegin\n{act}  return new;\nend;\n$$;"
    )
    routine = Routine(name=name, signature="()", definition=definition)
    draft.change(routines=(*draft.database.routines, routine))
    made = Trigger(
        name=trigger, function=name, definition=_definition(trigger, table, name, "insert or update")
    )
    draft.put(table, triggers=(*table.triggers, made))
    return True


def _definition(trigger: str, table: Table, function: Name, events: str) -> str:
    return (
        f"create trigger {quote(trigger)}\n  before {events} on {qualified(table.name)}\n"
        f"  for each row\n  execute function {qualified(function)}();"
    )


def _triggered(draft: Draft) -> tuple[Table, Trigger] | None:
    return draft.pick((table, trigger) for table in draft.database.tables for trigger in table.triggers)


def change_trigger(draft: Draft) -> bool:
    found = _triggered(draft)
    if found is None or found[1].function is None:
        return False
    table, old = found
    events = "insert" if "or update" in old.definition else "insert or update"
    new = old.model_copy(update={"definition": _definition(old.name, table, old.function, events)})
    draft.put(table, triggers=tuple(new if each is old else each for each in table.triggers))
    return True


def disable_trigger(draft: Draft) -> bool:
    found = _triggered(draft)
    if found is None:
        return False
    table, old = found
    enabled = draft.random.choice([each for each in ("origin", "disabled", "always") if each != old.enabled])
    new = old.model_copy(update={"enabled": enabled})
    draft.put(table, triggers=tuple(new if each is old else each for each in table.triggers))
    return True


def drop_trigger(draft: Draft) -> bool:
    found = _triggered(draft)
    if found is None:
        return False
    table, gone = found
    draft.put(table, triggers=tuple(each for each in table.triggers if each is not gone))
    return True
