"""Functions and procedures as statements."""

from bdc.catalog import Routine
from bdc.ddl.names import full
from bdc.plan.operations.rights.rights import grant_texts

# Bodies are looked at when they run: they may speak of what this transaction, or a later one, makes.
UNCHECKED = "set local check_function_bodies = off;"


def statement(definition: str) -> str:
    return definition.strip().rstrip(";") + ";"


def target(routine: Routine) -> str:
    """Return the routine as GRANT spells it."""
    return f"{'procedure' if routine.kind == 'procedure' else 'function'} {full(routine.name)}{routine.signature}"


def whole_routine(routine: Routine) -> tuple[str, ...]:
    return (UNCHECKED, statement(routine.definition), *grant_texts(target(routine), routine.rights))


def drop_routine(routine: Routine) -> str:
    return f"drop {routine.kind} {full(routine.name)}{routine.signature};"
