"""Sequences that no identity column stands on."""

import re
from collections.abc import Iterator

from bdc.catalog import Column, Sequence
from bdc.ddl.names import Name, full, quote
from bdc.ddl.nodes import CreateSequence
from bdc.ddl.printer import literal, print_statement
from bdc.plan import probes
from bdc.plan.compare import Change, rights
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import key
from bdc.plan.operation import Refusal
from bdc.plan.operations.columns.archive import SCHEMA, archive_name
from bdc.plan.operations.columns.filling import visible
from bdc.plan.operations.columns.numbering import number_again
from bdc.plan.operations.columns.values import numbering_text
from bdc.plan.operations.rights.rights import grant_texts, plan_rights
from bdc.plan.operations.tables.comments import object_comment
from bdc.plan.refusals import cannot_plan
from bdc.plan.step import ACCESS_EXCLUSIVE, Step

_USUAL = ("increment by 1", "no minvalue", "no maxvalue", "cache 1", "no cycle")


def plan_sequence(context: Context, change: Change) -> Iterator[Step | Refusal]:
    old, new = change.old, change.new
    if new is None:
        yield from _drop(context, old)
        return
    if old is None and new.owner is not None and serial_after_identity(context, *new.owner) is not None:
        return  # with the identity, in `column_changes`
    if old is None:
        yield _create(new)
    elif _counts_down(old.options) != _counts_down(new.options):
        yield cannot_plan(
            spelled(new.name),
            "it counts the other way",
            "make another sequence that does, and draw from that",
        )
    elif (old.type, old.options) != (new.type, new.options):
        yield _change(old, new)
    if (new.owner is not None and (old is None or old.owner != new.owner)) or (
        old is not None and old.owner is not None and new.owner is None
    ):
        yield _own(context, old, new)
        if old is None and new.owner is not None:
            yield from number_again(context, *new.owner)
    if old is not None:
        yield from plan_rights(_target(new), new.name, rights(old, new))
    yield from object_comment("sequence", new.name, old.comment if old else None, new.comment)


def _target(sequence: Sequence) -> str:
    return f"sequence {full(sequence.name)}"


def _made(sequence: Sequence) -> tuple[str, ...]:
    return (
        print_statement(CreateSequence(sequence.name, sequence.type, sequence.options)),
        *grant_texts(_target(sequence), sequence.rights),
    )


def serial_after_identity(context: Context, table: Name, column: Column | str) -> Sequence | None:
    """Return the new sequence of a column that has been an identity: it may have the name of that one's."""
    name = column if isinstance(column, str) else column.name
    before = context.old_column(table, name)
    if before is None or before.identity is None or name in context.retyped.get(table, ()):
        return None
    known = {each.name for each in context.old.sequences}
    owned = (each for each in context.new.sequences if each.owner == (table, name) and each.name not in known)
    return next(owned, None)


def sequence_texts(sequence: Sequence) -> tuple[str, ...]:
    """Return what makes a sequence with its rights, and gives it to its column."""
    return (*_made(sequence), _owner_text(sequence))


def _create(sequence: Sequence) -> Step:
    return Step(
        key=key("create-sequence", sequence.name),
        title=f"Sequence {spelled(sequence.name)}",
        phase="expand",
        rank=18,
        statements=_made(sequence),
        done=probes.table_exists(sequence.name),
        undo=(f"drop sequence if exists {full(sequence.name)};",),
    )


def _change(old: Sequence, new: Sequence) -> Step:
    return Step(
        key=key("change-sequence", new.name),
        title=f"Sequence {spelled(new.name)} changes",
        phase="expand",
        rank=18,
        statements=(*_within(new), _settings(new)),
        undo=(*_within(old), _settings(old)),
    )


def _within(sequence: Sequence) -> Iterator[str]:
    """Yield what lifts the place of a sequence to its least value: ALTER refuses one below it."""
    least = re.search(r"(?<!no )\bminvalue (-?\d+)", sequence.options or "", re.IGNORECASE)
    name = full(sequence.name)
    if least is not None:
        yield f"select setval({literal(name)}, {least[1]}, false) from {name} where last_value < {least[1]};"


def _settings(sequence: Sequence) -> str:
    """Every option is said: what is left out keeps its value."""
    said = f" {sequence.options}" if sequence.options else ""
    usual = (*_USUAL, f"start with {_usual_start(sequence.options)}")
    kept = " ".join(part for part in usual if not _says(sequence.options, part))
    return f"alter sequence {full(sequence.name)} as {sequence.type} {kept}{said};"


def _usual_start(options: str) -> str:
    """It begins at its least value, one that counts down at its greatest."""
    down = _counts_down(options)
    bound = "maxvalue" if down else "minvalue"
    said = re.search(rf"(?<!no )\b{bound} (-?\d+)", options, re.IGNORECASE)
    return said[1] if said is not None else "-1" if down else "1"


def _counts_down(options: str) -> bool:
    return re.search(r"\bincrement(?: by)? -", options, re.IGNORECASE) is not None


def _says(options: str, usual: str) -> bool:
    return usual.replace("no ", "").split()[0] in options.lower().replace("no ", "").split()


def _owner_text(sequence: Sequence) -> str:
    owner = f"{full(sequence.owner[0])}.{quote(sequence.owner[1])}" if sequence.owner else "none"
    return f"alter sequence {full(sequence.name)} owned by {owner};"


def _own(context: Context, old: Sequence | None, new: Sequence) -> Step:
    """`needs`: the column has to be there. A new sequence of a column that has values goes on behind them."""
    going_on = _going_on(context, new) if old is None else []
    table = full(new.owner[0]) if new.owner else ""
    return Step(
        key=key("own-sequence", new.name),
        title=f"Sequence {spelled(new.name)} belongs to its column",
        phase="expand",
        rank=45,
        statements=(_owner_text(new), *going_on),
        locks=context.locks(ACCESS_EXCLUSIVE, new.owner[0]) if new.owner and len(going_on) > 1 else {},
        alone=bool(going_on),
        needs=frozenset({f"table {table}", f"column {table} {new.owner[1]}"} if new.owner else ()),
        undo=(_owner_text(old or new.model_copy(update={"owner": None})),),
    )


def _going_on(context: Context, sequence: Sequence) -> list[str]:
    if sequence.owner is None:
        return []
    table, column = sequence.owner
    there = context.old_column(table, column)
    if there is None:
        return []
    return visible(context, table, numbering_text(table, column, literal(full(sequence.name))))


def _drop(context: Context, sequence: Sequence) -> Iterator[Step]:
    """Let go first, so that it does not vanish with the column that owned it, and comes back before that does. Its place is kept, and the
    way back goes on from there."""
    kept = archive_name(context, sequence.name)
    if sequence.owner is not None:
        free = sequence.model_copy(update={"owner": None})
        yield Step(
            key=key("free-sequence", sequence.name),
            title=f"Sequence {spelled(sequence.name)} belongs to no column",
            phase="contract",
            rank=39,
            statements=(_owner_text(free),),
            undo=(_owner_text(sequence), *_going_on(context, sequence)),
        )
    yield Step(
        key=key("drop-sequence", sequence.name),
        title=f"Sequence {spelled(sequence.name)} goes",
        phase="contract",
        rank=65,
        statements=(
            f"create schema if not exists {SCHEMA};",
            f"create table {full(kept)} as select last_value, is_called from {full(sequence.name)};",
            f"drop sequence {full(sequence.name)};",
        ),
        done=probes.absent(sequence.name),
        undo=(
            *_made(sequence),
            f"select setval({literal(full(sequence.name))}, last_value, is_called) from {full(kept)};",
            f"drop table {full(kept)};",
        ),
    )
