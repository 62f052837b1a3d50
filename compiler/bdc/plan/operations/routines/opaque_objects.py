"""Statements of the user that no model describes: run when they come, taken back when they go, where it is known how.

A statement that makes rows of its own (`create table as`) is never taken back without a word, and never exchanged for another.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bdc.catalog import Database, OtherObject
from bdc.catalog.state import state_hash
from bdc.ddl.names import Name, fitted, full, quote
from bdc.plan import probes
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.making import key
from bdc.plan.operation import Hazard, Phase, Refusal
from bdc.plan.operations.columns.archive import SCHEMA
from bdc.plan.operations.rights.default_privileges import is_said, plan_default_privileges
from bdc.plan.refusals import cannot_plan, removed_sql, sql_word
from bdc.plan.sql_identifiers import words
from bdc.plan.step import ACCESS_EXCLUSIVE, Step
from bdc.source.records import dataclass
from bdc.sql.composites import appended
from bdc.sql.inverse import Inverse, inverse

_SPOKEN = 60  # how much of a statement a message shows
_TYPES = ("type ", "collation ", "domain ")
_OPERATORS = ("operator ", "cast ", "aggregate ", "text search ")
_REVOKES = re.compile(r"\s*revoke\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opaque:
    """A statement, with what is known about it."""

    other: OtherObject
    inverse: Inverse | None

    @property
    def subject(self) -> str:
        return self.inverse.subject if self.inverse is not None else f"{self.other.kind} {self.other.key}"

    @property
    def drop(self) -> str | None:
        return self.inverse.drop if self.inverse is not None else self.other.drop

    @property
    def holds(self) -> Name | None:
        """The table whose rows go with it."""
        if self.inverse is None or not self.inverse.holds:
            return None
        *schema, name = self.inverse.holds
        return Name(name, schema[0] if schema and schema[0] != "public" else None)

    @property
    def label(self) -> str:
        return self.subject if len(self.subject) <= _SPOKEN else f"{self.subject[:_SPOKEN].rstrip()} …"

    @property
    def tables(self) -> tuple[Name, ...]:
        if self.inverse is None or not self.inverse.table:
            return (self.other.table,) if self.other.table is not None else ()
        *schema, name = self.inverse.table
        return (Name(name, schema[0] if schema and schema[0] != "public" else None),)


def plan_others(
    context: Context, changes: Iterable[Change], done: frozenset[str] = frozenset()
) -> Iterator[Step | Refusal]:
    """Plan all statements together: two about the same thing are an exchange. `done`: the subjects of those that others make."""
    yield from plan_default_privileges(context)
    listed = [each for each in changes if not is_said((each.old or each.new).definition)]
    gone = {found.subject: found for found in _opaque(change.old for change in listed)}
    come = {found.subject: found for found in _opaque(change.new for change in listed)}
    gone, come = ({name: each for name, each in side.items() if name not in done} for side in (gone, come))
    for subject, new in come.items():
        if subject in gone:
            yield from _exchange(context, gone[subject], new)
        else:
            yield from _add(context, new)
    for subject, old in gone.items():
        if subject not in come:
            yield from _remove(context, old)


def _opaque(others: Iterable[OtherObject | None]) -> Iterator[Opaque]:
    return (Opaque(each, inverse(each.definition)) for each in others if each is not None)


def _add(context: Context, new: Opaque) -> Iterator[Step | Refusal]:
    if _is_there(context.old, new):
        yield _otherwise(new)
        return
    back = (_text(new.drop),) if new.drop is not None else None
    late = _REVOKES.match(new.other.definition) is not None
    made = _step(
        context, "create-other", new, "contract" if late else "expand", (_text(new.other.definition),), back
    )
    yield replace(made, rank=6) if late else made


def _is_there(state: Database, found: Opaque) -> bool:
    """Whether a relation that is understood on one side has the name of one that is not on the other."""
    names = {table.name for table in state.tables} | {view.name for view in state.views}
    return found.holds in names


def _otherwise(found: Opaque) -> Refusal:
    return cannot_plan(
        found.label,
        "its definition was understood before, or is now, and is not on the other side",
        "write it on both sides in a way that the plan understands, or under another name",
    )


def _remove(context: Context, old: Opaque) -> Iterator[Step | Refusal]:
    if _is_there(context.new, old):
        yield _otherwise(old)
    elif old.holds is not None:
        yield from _remove_rows(context, old, old.holds)
    elif old.drop is not None:
        back = (_text(old.other.definition),)
        given = _REVOKES.match(old.other.definition) is not None
        yield _step(context, "drop-other", old, "expand" if given else "contract", (_text(old.drop),), back)
    elif not context.is_dropped_sql(old.other.key):
        yield cannot_plan(
            old.label,
            "this statement was removed, and how to undo it is unknown",
            f"write `{sql_word(' '.join(old.other.key.split())[:_SPOKEN])}` when it need not be taken back, or put it back",
        )


def _remove_rows(context: Context, old: Opaque, name: Name) -> Iterator[Step | Refusal]:
    removal = context.removal_of("table", name)
    if removal is None:
        yield removed_sql("table", old.label, old.subject)
        return
    kept = Name(fitted(f"{name.schema or 'public'}_{name.name}_{state_hash(context.old)[:8]}"), SCHEMA)
    gone = _step(context, "drop-table", old, "contract", (_text(old.drop),), None)
    hazard = Hazard(
        code="DROP_TABLE",
        object=old.label,
        message="its rows are kept in bdc_archive" if removal.archive else "its rows are gone",
    )
    gone = replace(gone, rank=60, locks={full(name): ACCESS_EXCLUSIVE}, hazards=(*gone.hazards, hazard))
    if not removal.archive:
        yield replace(gone, irreversible=f"the rows of {old.label} were declared worthless")
        return
    yield Step(
        key=f"archive-{kept.name}",
        title=f"Keep the rows of {name.name}",
        phase="contract",
        rank=40,
        statements=(
            f"create schema if not exists {SCHEMA};",
            f"create table {full(kept)} as table {full(name)};",
        ),
        scans={full(name): "read"},
        alone=True,
        reads_rows=True,
        statement_timeout=0,
        done=probes.table_exists(kept),
        ready=probes.absent(kept),
        undo=(f"drop table {full(kept)};",),
    )
    again = old.inverse.again if old.inverse is not None else None
    rows = f"insert into {full(name)} overriding system value table {full(kept)};"
    yield replace(gone, undo=(_text(again or old.other.definition), rows), irreversible=None)


def _exchange(context: Context, old: Opaque, new: Opaque) -> Iterator[Step | Refusal]:
    if old.other.definition == new.other.definition:
        return
    if new.holds is not None or old.holds is not None:
        yield cannot_plan(
            new.label,
            "its definition changes, holds rows, and says what the plan does not understand",
            "make a table under another name, move the rows, then remove this one",
        )
    elif more := appended(old.other.definition, new.other.definition):
        head = f"alter type {new.subject.removeprefix('type ')}"
        forth = tuple(f"{head} add attribute {definition};" for _, definition in more)
        yield _step(
            context,
            "extend-other",
            new,
            "expand",
            forth,
            tuple(f"{head} drop attribute {quote(name)};" for name, _ in reversed(more)),
        )
    elif new.subject.startswith(_TYPES) and _used(context, new):
        yield cannot_plan(
            new.label,
            "it changes while something uses it",
            "make it under another name, move to it, then remove the old one",
        )
    elif new.drop is None or old.drop is None or not _makes(new):
        yield _step(
            context,
            "replace-other",
            new,
            "expand",
            (_text(new.other.definition),),
            (_text(old.other.definition),),
        )
    else:
        forth = (_text(old.drop), _text(new.other.definition))
        back = (_text(new.drop), _text(old.other.definition))
        yield _step(context, "replace-other", new, "expand", forth, back)


def _makes(found: Opaque) -> bool:
    """Whether the statement makes an object; what it only sets is set again."""
    return (
        found.drop is not None
        and found.drop.startswith(("drop ", "alter table"))
        and "default" not in found.drop
    )


def _used(context: Context, found: Opaque) -> bool:
    name = found.subject.partition(" ")[2].rpartition(".")[2].strip('"')
    for state in (context.old, context.new):
        rest = state.model_copy(
            update={
                "others": tuple(each for each in state.others if each.definition != found.other.definition)
            }
        )
        spoken = rest.model_dump_json(include={"tables", "domains", "routines", "views"})
        if name in words(spoken):
            return True
    return False


def _text(statement: str | None) -> str:
    return (statement or "").strip().rstrip(";") + ";"


def _rank(found: Opaque, phase: Phase) -> int:
    if found.subject.startswith(_TYPES):
        return 15 if phase == "expand" else 68
    if found.subject.startswith(_OPERATORS):
        return 24 if phase == "expand" else 66
    if found.other.refers:
        return 67 if phase == "expand" else 11
    return 66 if phase == "expand" else 12


def _step(
    context: Context,
    verb: str,
    found: Opaque,
    phase: Phase,
    forth: tuple[str, ...],
    back: tuple[str, ...] | None,
) -> Step:
    """Its locks are unknown: the table that it belongs to is a guess, which is checked."""
    return Step(
        key=key(verb, found.other.kind, found.label if found.inverse is not None else found.other.key),
        title=found.label if found.inverse is not None else f"{found.other.kind} {found.other.key}",
        phase=phase,
        rank=_rank(found, phase),
        statements=forth,
        locks=context.locks_one(ACCESS_EXCLUSIVE, *found.tables),
        alone=True,
        undo=back,
        irreversible=None if back is not None else "nothing says how it is taken back",
        hazards=(Hazard(code="OPAQUE", object=found.label, message="SQL that is not looked into"),),
    )
