"""References and the keys that they stand on. PostgreSQL ties each to one index of its target, the oldest that fits: when that key goes,
a reference that stays is made again in the same transaction, on the key that stays."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bdc.catalog import ForeignKey, Key, Table
from bdc.catalog.create import foreign_key_def
from bdc.ddl.names import Name, full, quote
from bdc.ddl.nodes import AddForeignKey
from bdc.ddl.printer import print_statement
from bdc.plan.context import Context
from bdc.plan.making import alter, blocks, constraint, key_on, member
from bdc.plan.operation import Hazard
from bdc.plan.step import ACCESS_EXCLUSIVE, Step


@dataclass(frozen=True, slots=True)
class Tied:
    """A reference of `table`, as it is and as it will be."""

    table: Name
    old: ForeignKey
    new: ForeignKey


def free(table: Name, columns: Iterable[str]) -> str:
    """Return what the going of a key makes: references that are made from then on stand on another one."""
    return f"only one {key_on(table, columns)}"


def unreferenced(table: Name, columns: Iterable[str]) -> str:
    """Return what the last reference to a key makes by going."""
    return f"unreferenced {key_on(table, columns)}"


def tied(context: Context, target: Name, columns: Iterable[str]) -> tuple[Tied, ...]:
    """Return the references to a key on `columns` that stay, when such a key of `target` goes or is replaced."""
    wanted = set(columns)
    if not _goes(context, target, wanted) or wanted & context.retyped.get(target, frozenset()):
        return ()
    return tuple(
        Tied(table.name, old, new)
        for table in context.new.tables
        if table.name in context.old_tables
        for new in table.foreign_keys
        for old in context.old_tables[table.name].foreign_keys
        if old.name == new.name
        and _leads_to(old, target, wanted)
        and _leads_to(new, target, wanted)
        and not context.touches(table.name, new)
    )


def is_tied(context: Context, table: Name, found: ForeignKey) -> bool:
    """Whether a reference is made again with the key that it stands on."""
    there = tied(context, found.target, found.target_columns)
    return any((each.table, each.new.name) == (table, found.name) for each in there)


def is_made_here(context: Context, target: Name, columns: Iterable[str]) -> bool:
    """Whether this edge makes a key on the columns."""
    wanted = set(columns)
    there = _keys_on(context.old_tables.get(target), wanted)
    return any(each not in there for each in _keys_on(context.new_tables.get(target), wanted))


def with_tied(context: Context, step: Step, target: Name, columns: Iterable[str], *, back: bool) -> Step:
    """Return the step by which a key on `columns` goes, with the references that stay. `back`: whether its way back makes them again;
    else the step does that which made the other key."""
    found = tied(context, target, columns)
    if not found:
        return step
    whole = [
        each for each in found if context.is_partitioned(each.table)
    ]  # NOT VALID of these is PostgreSQL 18's
    made = (_made(each.table, each.new, valid=each.new.valid and each in whole) for each in found)
    return replace(
        step,
        statements=(*_loose(found), *step.statements, *made),
        locks={**step.locks, **context.locks(ACCESS_EXCLUSIVE, *(each.table for each in found))},
        scans={**step.scans, **{full(leaf): "read" for each in whole for leaf in context.leaves(each.table)}},
        needs=step.needs | {key_on(target, columns)},
        makes=step.makes | {constraint(each.table, each.new.name) for each in found},
        alone=True,
        statement_timeout=0 if whole else step.statement_timeout,
        undo=(*_loose(found), *(step.undo or ()), *(_texts_back(found) if back else ())),
        hazards=(*step.hazards, *_hazards(found, whole)),
    )


def proofs(context: Context, target: Name, columns: Iterable[str]) -> Iterator[Tied]:
    """Yield the references that `with_tied` made unproved."""
    for each in tied(context, target, columns):
        if each.new.valid and not context.is_partitioned(each.table):
            yield each


def with_back(
    context: Context, target: Name, columns: Iterable[str], texts: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the way back of a step that makes another key on `columns`: the references are on the key that was there before again."""
    found = tied(context, target, columns)
    return (*_loose(found), *texts, *_texts_back(found))


def _texts_back(found: Iterable[Tied]) -> Iterator[str]:
    return (_made(each.table, each.old, valid=each.old.valid) for each in found)


def _loose(found: Iterable[Tied]) -> Iterator[str]:
    for each in found:
        yield alter(each.table, f"drop constraint if exists {quote(each.old.name)}")


def _made(table: Name, found: ForeignKey, *, valid: bool) -> str:
    return print_statement(AddForeignKey(table, foreign_key_def(found), valid))


def _hazards(found: tuple[Tied, ...], whole: list[Tied]) -> Iterator[Hazard]:
    for each in found:
        label = member(each.table, each.new.name)
        if each in whole:
            yield blocks(label, "writers wait while the rows of a partitioned table are read")
        yield Hazard(
            code="LOCKS_TABLES", object=label, message="it is made again with the key that it stands on"
        )


def _leads_to(found: ForeignKey, target: Name, columns: set[str]) -> bool:
    return found.target == target and set(found.target_columns) == columns


def _goes(context: Context, target: Name, columns: set[str]) -> bool:
    now = _keys_on(context.new_tables.get(target), columns)
    return any(each not in now for each in _keys_on(context.old_tables.get(target), columns))


def _keys_on(table: Table | None, columns: set[str]) -> list[tuple[bool, Key]]:
    """Return the keys on exactly these columns, with whether it is the primary one."""
    if table is None:
        return []
    primary = [(True, table.primary_key)] if table.primary_key is not None else []
    keys = [*primary, *((False, each) for each in table.uniques)]
    return [(first, bare(each)) for first, each in keys if set(each.columns) == columns]


def bare(found: Key) -> Key:
    return found.model_copy(update={"comment": None})
