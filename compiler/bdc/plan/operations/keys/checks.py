"""CHECK constraints. A new one comes with the contract, as the old code may still write what it forbids; while one changes, either
the old or the new condition is enough."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.catalog import Check
from bdc.ddl.names import Name, full, quote
from bdc.ddl.nodes import CheckDef
from bdc.ddl.printer import constraint_text
from bdc.diagnostics.catalogue.plan import UNSATISFIED
from bdc.plan import probes
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.making import alter, key, member, passing
from bdc.plan.operation import DataCheck, Hazard, Phase, Refusal
from bdc.plan.sql_identifiers import mentions
from bdc.plan.step import ACCESS_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, Step
from bdc.plan.worded import data_check


def plan_check(context: Context, change: Change) -> Iterator[Step | Refusal]:
    table, old, new = change.table, change.old, change.new
    assert table is not None
    if new is None:
        yield _drop(context, table, old)
    elif old is None:
        yield from add_check(context, table, new)
    elif _definition(old) != _definition(new):
        yield from _replace(context, table, old, new)
    elif new.valid and not old.valid:
        unproved = (alter(table, f"drop constraint {quote(new.name)}"), alter(table, unproved_text(old)))
        proved = validate(context, table, new.name, "contract", 32)
        yield replace(proved, undo=unproved, checks=_data_checks(context, table, new))


def _definition(check: Check) -> Check:
    return check.model_copy(update={"valid": True, "comment": None})


def unproved_text(check: Check, name: str = "") -> str:
    found = CheckDef(name or check.name, check.condition, check.no_inherit)
    return f"add {constraint_text(found)} not valid"


def add_check(context: Context, table: Name, check: Check) -> Iterator[Step]:
    yield Step(
        key=key("add-check", table, check.name),
        title=f"Rows of {table.name} are held to {check.name}",
        phase="contract",
        rank=30,
        statements=(alter(table, unproved_text(check)),),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        done=probes.constraint_exists(table, check.name),
        ready=probes.constraint_exists(table, check.name, exists=False),
        undo=(alter(table, f"drop constraint {quote(check.name)}"),),
        checks=_data_checks(context, table, check),
    )
    if check.valid:
        yield validate(context, table, check.name, "contract", 32)


def _data_checks(context: Context, table: Name, check: Check) -> tuple[DataCheck, ...]:
    """Only what the columns of the old state can answer is asked."""
    before, after = context.old_tables[table], context.new_tables[table]
    known = {column.name for column in before.columns}
    fresh = {column.name for column in after.columns} - known
    filled = context.filled(table)
    if not check.valid or mentions(check.condition, fresh | filled):
        return ()
    return (
        data_check(
            UNSATISFIED,
            member(table, check.name),
            sql=f"select count(*) from {full(table)} where not ({check.condition})",
            reads=(full(table),),
            table=table.name,
            constraint=check.name,
            query=f"select * from {full(table)} where not ({check.condition})",
        ),
    )


def validate(context: Context, table: Name, name: str, phase: Phase, rank: int) -> Step:
    """Reads the table, and blocks no session."""
    return Step(
        key=key("validate", table, name),
        title=f"All rows of {table.name} satisfy {name}",
        phase=phase,
        rank=rank,
        statements=(alter(table, f"validate constraint {quote(name)}"),),
        locks=context.locks(SHARE_UPDATE_EXCLUSIVE, table),
        scans={full(each): "read" for each in context.leaves(table)},
        alone=True,
        statement_timeout=0,
        done=probes.constraint_exists(table, name, valid=True),
    )


def _drop(context: Context, table: Name, check: Check) -> Step:
    """Loosened at once: the new code may write what was forbidden."""
    return Step(
        key=key("drop-check", table, check.name),
        title=f"Rows of {table.name} are no longer held to {check.name}",
        phase="expand",
        rank=70,
        statements=(alter(table, f"drop constraint {quote(check.name)}"),),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        done=probes.constraint_exists(table, check.name, exists=False),
        undo=_again(table, check),
    )


def _again(table: Name, check: Check) -> tuple[str, ...]:
    valid = (alter(table, f"validate constraint {quote(check.name)}"),) if check.valid else ()
    return (alter(table, unproved_text(check)), *valid)


def _replace(context: Context, table: Name, old: Check, new: Check) -> Iterator[Step]:
    either = passing(new.name, "either")
    union = Check(name=either, condition=f"({old.condition}) or ({new.condition})", no_inherit=old.no_inherit)
    yield Step(
        key=key("loosen-check", table, new.name),
        title=f"{new.name} of {table.name} changes: until the contract its old or its new condition is enough",
        phase="expand",
        rank=68,
        statements=(alter(table, f"drop constraint {quote(old.name)}"), alter(table, unproved_text(union))),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        done=probes.constraint_exists(table, either),
        undo=(alter(table, f"drop constraint {quote(either)}"), *_again(table, old)),
    )
    yield Step(
        key=key("tighten-check", table, new.name),
        title=f"Rows of {table.name} are held to the new {new.name}",
        phase="contract",
        rank=30,
        statements=(alter(table, unproved_text(new)), alter(table, f"drop constraint {quote(either)}")),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        done=probes.constraint_exists(table, new.name),
        checks=_data_checks(context, table, new),
        undo=(alter(table, f"drop constraint {quote(new.name)}"), alter(table, unproved_text(union))),
        hazards=(
            Hazard(code="CHECK_CHANGES", object=member(table, new.name), message="its condition changes"),
        ),
    )
    if new.valid:
        yield validate(context, table, new.name, "contract", 32)
