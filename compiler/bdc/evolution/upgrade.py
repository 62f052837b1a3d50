"""The migration that a new release of bdc asks for, where the specification has not changed.

A release may write another comment, trigger, function, policy or table of its own for the same specification. That needs no decision of
the user, so a build writes the migration itself, under a name that is the same on every machine.

What comes in: the last migration, the specification, and what the last build was made from. What goes out: the next migration, or None
where the specification itself changes the database. Deliberately absent: the disk.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from bdc.catalog import Database, Difference, Table, differences, state_hash
from bdc.evolution.fingerprint import fingerprint
from bdc.evolution.history import FOLDER, HistoryError, WrittenMigration
from bdc.evolution.next_migration import Step, advance
from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledQueries
from bdc.output import GeneratedFile
from bdc.output.lock import Basis
from bdc.schema.names import APP
from bdc.source import SourceFile

APPROVED = "bdc: the specification has not changed"
TIME = "%Y%m%dT%H%M%S"


def is_unchanged(files: Iterable[SourceFile], basis: Basis | None, last: WrittenMigration) -> bool:
    """Whether the last build was made from the same specification, and no migration was written since."""
    return basis is not None and basis == Basis(fingerprint(files), last.target)


def upgrade(
    last: WrittenMigration,
    system: SystemIR,
    queries: CompiledQueries,
    files: Sequence[SourceFile],
    basis: Basis | None,
) -> Step | None:
    """Return the migration from `last` to what this release makes of `system`; None when the specification itself asks for a change of
    the database, or there is no way. HistoryError when `last` cannot be read. `basis`: see `is_unchanged`; None: an older release wrote
    the output."""
    step = advance(last.state, system, queries, _specification(last))
    if step.planned.refusals:
        return None
    if is_of_release(last, step.new, files, basis):
        return Step(step.system, step.old, step.new, step.planned.with_approvals(lambda hazard: APPROVED))
    return None


def _specification(last: WrittenMigration) -> SystemIR | None:
    try:
        return last.system
    except HistoryError:
        return None


def is_of_release(
    last: WrittenMigration, new: Database, files: Iterable[SourceFile], basis: Basis | None
) -> bool:
    """Whether `new` differs from the state of `last` by the release of bdc alone.

    It does where the specification is the same, text by text, or where this release makes the same of the one that `last` was made from,
    comments aside. Where an older release wrote the output and said nothing of its text (`basis` is None), that is compared by what a
    user declares: how the rest of it is read may have changed too.
    """
    if is_unchanged(files, basis, last):
        return True
    from bdc.query import compile_queries
    from bdc.schema.state import physical_state

    before = _specification(last)
    if before is None:
        return False
    then = physical_state(before, compile_queries(before, True))
    known = basis is not None
    found = differences(then, new) if known else differences(_declared(then), _declared(new))
    return all(_is_comment(difference) for difference in found)


def _is_comment(difference: Difference) -> bool:
    return difference.attribute in ("comment", "column_comments") or difference.path.startswith("comment on ")


def _declared(database: Database) -> Database:
    """What a specification declares: types, tables, columns, keys, checks, indexes, views. Not bdc's own tables, nor what it derives."""
    return database.model_copy(
        update={
            "tables": tuple(_bare(table) for table in database.tables if table.name.schema != APP),
            "views": tuple(view.model_copy(update={"triggers": (), "rights": ()}) for view in database.views),
            "schemas": tuple(schema.model_copy(update={"rights": ()}) for schema in database.schemas),
            "routines": (),
        }
    )


def _bare(table: Table) -> Table:
    derived = {
        "triggers": (),
        "policies": (),
        "rights": (),
        "row_security": False,
        "force_row_security": False,
    }
    return table.model_copy(update=derived)


def upgrade_files(step: Step, last: WrittenMigration) -> tuple[GeneratedFile, ...]:
    """Return the files of the migration, in a folder that comes after `last`."""
    return step.files(f"{FOLDER}/{_next(last.name)}_bdc_{state_hash(step.new)[:8]}")


def _next(name: str) -> str:
    """The beginning of a name that is later than `name`, and the same whenever it is asked for."""
    beginning = name.partition("_")[0]
    try:
        return f"{datetime.strptime(beginning, TIME).replace(tzinfo=UTC) + timedelta(seconds=1):{TIME}}"
    except ValueError:
        number = re.match(r"\d+", beginning)
        return f"{int(number[0]) + 1:0{len(number[0])}}" if number else f"{beginning}_next"
