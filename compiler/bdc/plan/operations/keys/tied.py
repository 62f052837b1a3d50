"""References and the keys that they stand on. PostgreSQL ties each to one index of its target, the oldest that fits: when that key goes,
a reference that stays is made again in the same transaction, on the key that stays."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bdc.catalog import ForeignKey, Index, Key, Table
from bdc.catalog.create import foreign_key_def
from bdc.ddl.names import Name, full, quote
from bdc.ddl.nodes import AddForeignKey
from bdc.ddl.printer import print_statement
from bdc.plan import probes
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import alter, blocks, constraint, key, key_on, member
from bdc.plan.operation import Hazard
from bdc.plan.step import ACCESS_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, Step
from bdc.source.records import dataclass


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


def proofs(context: Context, target: Name, columns: Iterable[str]) -> Iterator[Step]:
    """Yield what proves the references that `with_tied` made unproved."""
    for each in tied(context, target, columns):
        if each.new.valid and not context.is_partitioned(each.table):
            yield validate(context, each.table, each.new, each.new.name, late=True)


def validate(context: Context, table: Name, found: ForeignKey, name: str, *, late: bool = False) -> Step:
    return Step(
        key=key("validate", table, name),
        title=f"All rows of {spelled(table)} refer to rows of {spelled(found.target)}",
        phase="contract" if late else "backfill",
        rank=56 if late else 30,
        statements=(alter(table, f"validate constraint {quote(name)}"),),
        locks={
            **context.locks("ROW SHARE", found.target),
            **context.locks(SHARE_UPDATE_EXCLUSIVE, table),
        },
        scans={full(each): "read" for each in context.leaves(table)},
        looks_up=frozenset({full(found.target)}),
        needs=frozenset({constraint(table, name)}),
        makes=frozenset({proved(table, name)}),
        alone=True,
        statement_timeout=0,
        done=probes.constraint_exists(table, name, valid=True),
    )


def proved(table: Name, name: str) -> str:
    return f"proved {constraint(table, name)}"


def with_back(
    context: Context, target: Name, columns: Iterable[str], texts: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the way back of a step that makes another key on `columns`: the references are on the key that was there before again."""
    found = tied(context, target, columns)
    return (*_loose(found), *texts, *_texts_back(found))


def with_leaving(
    context: Context, target: Name, columns: Iterable[str], texts: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the way back of a step that makes another key on `columns` beside the work of the old version: references that leave in this
    edge are back by then, and PostgreSQL tied them to that key, which is older than the one that was made again."""
    found = tuple(_leaving(context, target, set(columns)))
    return (*_loose(found), *texts, *_texts_back(found))


def _leaving(context: Context, target: Name, columns: set[str]) -> Iterator[Tied]:
    """Yield the references to a key on `columns` that the old state has, when that key goes, and the new state does not have."""
    if not _goes(context, target, columns):
        return
    stay = {(each.table, each.old.name) for each in tied(context, target, columns)}
    for table in context.old.tables:
        for old in table.foreign_keys:
            renamed = any((table.name, column) in context.renamed for column in old.columns)
            if _leads_to(old, target, columns) and (table.name, old.name) not in stay and not renamed:
                yield Tied(table.name, old, old)


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
    """An index beside a constraint that stays is taken for none that anything stands on."""
    now = _keys_on(context.new_tables.get(target), columns)
    was = _keys_on(context.old_tables.get(target), columns)
    constrained = any(each in now and each[0] != "index" for each in was)
    return any(each not in now and not (constrained and each[0] == "index") for each in was)


def _keys_on(table: Table | None, columns: set[str]) -> list[tuple[str, Key]]:
    """Return what references to exactly these columns can stand on, with its kind."""
    if table is None:
        return []
    primary = [("primary", table.primary_key)] if table.primary_key is not None else []
    indexes = [("index", key) for each in table.indexes if (key := key_of(each)) is not None]
    found = [*primary, *(("unique", each) for each in table.uniques), *indexes]
    return [
        (kind, each.model_copy(update={"comment": None}))
        for kind, each in found
        if set(each.columns) == columns
    ]


def key_of(index: Index) -> Key | None:
    """Return a unique index as the key that it is; None where references cannot stand on it."""
    columns = tuple(part.column for part in index.keys if part.column is not None)
    if not index.unique or index.where is not None or len(columns) < len(index.keys):
        return None
    return Key(
        name=index.name, columns=columns, include=index.include, nulls_not_distinct=index.nulls_not_distinct
    )
