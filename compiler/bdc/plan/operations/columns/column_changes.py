"""What a column that stays says otherwise: default, whether it is required, identity, a generated value, its type."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bdc.catalog import Column, Sequence, Table
from bdc.ddl.names import Name, full, quote
from bdc.plan.context import Context
from bdc.plan.making import alter, key, member
from bdc.plan.operation import Hazard, Phase, Refusal
from bdc.plan.operations.columns.filling import fill_missing, is_forced
from bdc.plan.operations.columns.identity_options import change_options
from bdc.plan.operations.columns.numbering import number_again
from bdc.plan.operations.columns.regenerate import regenerate
from bdc.plan.operations.columns.required import require
from bdc.plan.operations.columns.sync_triggers import fill_on_insert
from bdc.plan.operations.columns.values import default_text, identity_texts, numbering_text, unforced
from bdc.plan.operations.keys.filled_keys import asked
from bdc.plan.operations.tables.sequences import sequence_texts, serial_after_identity
from bdc.plan.operations.types.reshape import reshape
from bdc.plan.operations.types.retype import widen
from bdc.plan.step import ACCESS_EXCLUSIVE, Step
from bdc.plan.typing_rules import same_type


def change_column(context: Context, table: Name, old: Column, new: Column) -> Iterator[Step | Refusal]:
    if (old.generated, old.virtual) != (new.generated, new.virtual):
        yield regenerate(context, table, old, new)
        return
    if new.name in context.retyped.get(table, ()):
        return  # with all of the table's, in `swap`
    yield from reshape(context, table, old, new)
    if not same_type(old.type, new.type):
        yield widen(context, table, old, new)
    yield from change_options(context, table, old, new)
    if old.identity != new.identity:
        yield from _identity(context, table, old, new)
        return
    if old.default != new.default:
        yield from _default(context, table, old, new)
    if old.not_null != new.not_null:
        yield from _nullability(context, table, old, new)


def _default(context: Context, table: Name, old: Column, new: Column) -> Iterator[Step]:
    """A default that goes may be what the old code relies on: it stays until the contract."""
    yield Step(
        key=key("set-default", table, new.name),
        title=f"The default of {member(table, new.name)} changes",
        phase="contract" if new.default is None else "expand",
        rank=38 if new.default is None else 44,
        statements=(default_text(table, new), *_kept_by_parts(context, context.new_tables, table, new)),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        undo=(default_text(table, old), *_kept_by_parts(context, context.old_tables, table, old)),
    )


def _kept_by_parts(
    context: Context, tables: Mapping[Name, Table], table: Name, column: Column
) -> Iterator[str]:
    """Yield the defaults that partitions have for themselves: that of the whole reaches them too."""
    for part in context.family(table):
        for found in tables[part].columns if part != table and part in tables else ():
            if found.name == column.name and found.default != column.default:
                yield default_text(part, found)


def _identity(context: Context, table: Name, old: Column, new: Column) -> Iterator[Step]:
    serial = serial_after_identity(context, table, new) if old.identity is not None else None
    phase: Phase = "contract" if new.identity in (None, "always") and old.identity is not None else "expand"
    yield Step(
        key=key("set-identity", table, new.name),
        title=f"{member(table, new.name)} numbers rows otherwise",
        phase=phase,
        rank=44,
        statements=tuple(_identity_texts(table, old, new, is_forced(context, table), serial)),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        alone=True,
        undo=(
            *(() if serial is None else _unserial(table, new, serial)),
            *_identity_texts(table, new, old, is_forced(context, table)),
        ),
        hazards=(
            Hazard(
                code="IDENTITY_CHANGES", object=member(table, new.name), message="identity generation changes"
            ),
        ),
    )
    if old.identity is None:
        yield from number_again(context, table, new.name)


def _unserial(table: Name, column: Column, sequence: Sequence) -> tuple[str, ...]:
    gone = alter(table, f"alter column {quote(column.name)} drop default")
    return (gone, f"drop sequence {full(sequence.name)};")


def _identity_texts(
    table: Name, old: Column, new: Column, forced: bool, serial: Sequence | None = None
) -> Iterator[str]:
    """`serial`: the sequence that takes over from an identity, whose own has the name until it goes."""
    name = quote(new.name)
    if old.identity is not None and new.identity is not None:
        yield alter(table, f"alter column {name} set generated {new.identity}")
        return
    if old.identity is not None:
        yield alter(table, f"alter column {name} drop identity")
    if old.default is not None:
        yield alter(table, f"alter column {name} drop default")
    if old.not_null != new.not_null:
        yield alter(table, f"alter column {name} {'set' if new.not_null else 'drop'} not null")
    if new.identity is not None:
        yield from identity_texts(table, new, forced)
    elif new.default is not None:
        if serial is not None:
            yield from sequence_texts(serial)
            yield from unforced(table, [numbering_text(table, new.name)], forced)
        yield default_text(table, new)


def _nullability(context: Context, table: Name, old: Column, new: Column) -> Iterator[Step]:
    if new.not_null:
        yield from _require(context, table, new)
        return
    keyed = context.old_tables[table].primary_key
    late = keyed is not None and new.name in keyed.columns
    step = Step(
        key=key("release", table, new.name),
        title=f"{member(table, new.name)} may be empty",
        phase="expand",
        rank=26,
        statements=(alter(table, f"alter column {quote(new.name)} drop not null"),),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        undo=(alter(table, f"alter column {quote(new.name)} set not null"),),
    )
    yield replace(step, phase="contract", rank=52) if late else step


def _require(context: Context, table: Name, column: Column) -> Iterator[Step]:
    given = context.backfill(table, column.name)
    if given is not None:
        yield asked(context, fill_missing(context, table, column.name, given), table, column.name)
        yield from fill_on_insert(context, table, column, given)
    yield from require(context, table, column.name, "contract", asked=given is None)
