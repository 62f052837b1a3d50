"""Indexes: built beside the work of others, each on its own, and looked at before and after."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.catalog import Index
from bdc.catalog.create import index_def
from bdc.ddl.names import Name, full, quote
from bdc.ddl.nodes import CreateIndex
from bdc.ddl.printer import literal, print_statement
from bdc.plan import probes
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.making import blocks, key, key_on, member, passing
from bdc.plan.operation import DataCheck, Phase, Refusal
from bdc.plan.operations.keys import tied
from bdc.plan.operations.keys.duplicates import duplicates
from bdc.plan.rotation import is_rotated
from bdc.plan.step import ACCESS_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, Step


def plan_index(context: Context, change: Change) -> Iterator[Step | Refusal]:
    table, old, new = change.table, change.old, change.new
    assert table is not None
    if new is None:
        # Before the constraint that takes its name.
        taken = any(each.name == old.name for each in context.new_tables[table].uniques)
        yield from _dropped(context, table, old, 45 if taken else 48)
    elif old is None and _is_named_so(context, table, new):
        yield from build(context, table, new.model_copy(update={"name": passing(new.name)}))
        yield rename_index(context, table, passing(new.name), new.name, "contract", 49)
    elif old is None:
        yield from build(context, table, new)
    elif definition(old) != definition(new):
        yield from _replace(context, table, old, new)


def _is_named_so(context: Context, table: Name, index: Index) -> bool:
    """Whether a unique constraint has the name until the contract: its index is called like it."""
    before = context.old_tables.get(table)
    return before is not None and any(each.name == index.name for each in before.uniques)


def definition(index: Index) -> Index:
    return index.model_copy(update={"comment": None})


def build(context: Context, table: Name, index: Index) -> Iterator[Step]:
    """Yield the steps that build an index; of a partitioned table, on each partition, as the whole cannot be built so."""
    phase, rank = place(context, table, index)
    checks = duplicates(context, table, index)
    if not context.is_partitioned(table):
        made = concurrent_build(context, index_def(table, index, concurrently=True), phase, rank, checks)
        yield _as_key(context, table, index, made)
        return
    if is_rotated(context, table):
        yield _everywhere(context, table, index, phase, rank, checks)
        return
    head = replace(index_def(table, index), only=True)
    yield _head(context, table, head, phase, rank, checks)
    yield from _of_parts(context, table, index, index.name, phase, rank + 1)


def _everywhere(
    context: Context, table: Name, index: Index, phase: Phase, rank: int, checks: tuple[DataCheck, ...]
) -> Step:
    """Build it on all partitions at once: nothing but PostgreSQL knows those that a job has made."""
    name = Name(index.name, table.schema)
    return Step(
        key=key("create-index", table, index.name),
        title=f"Index {index.name} on all partitions of {table.name}",
        phase=phase,
        rank=rank,
        statements=(print_statement(index_def(table, index)),),
        locks=context.locks("SHARE", table),
        scans={full(each): "read" for each in context.leaves(table)},
        alone=True,
        statement_timeout=0,
        done=probes.table_exists(name),
        checks=checks,
        undo=(f"drop index {full(name)};",),
        hazards=(
            blocks(member(table, index.name), "writers wait while the index of a partitioned table is built"),
        ),
    )


def _of_parts(
    context: Context, table: Name, index: Index, whole: str, phase: Phase, rank: int
) -> Iterator[Step]:
    """Yield what builds an index on each partition, and makes it part of `whole`. It goes with that, so it has no way back of its own."""
    for part in context.parts(table):
        name = passing(index.name, part.name)
        if context.is_partitioned(part):
            head = replace(index_def(part, index), name=name, only=True)
            yield replace(_head(context, part, head, phase, rank, ()), undo=())
            yield from _of_parts(context, part, index, name, phase, rank)
        else:
            node = replace(index_def(part, index, concurrently=True), name=name)
            yield replace(concurrent_build(context, node, phase, rank, ()), undo=())
        yield _attach(context, table, part, whole, name, phase, rank)
    for part in context.fresh_parts(table):
        made = replace(index_def(part, index), name=passing(index.name, part.name))
        yield replace(
            _attach(context, table, part, whole, made.name, phase, rank),
            statements=(print_statement(made), _attach_text(table, part, whole, made.name)),
        )


def _as_key(context: Context, table: Name, index: Index, made: Step) -> Step:
    """References may stand on a unique index."""
    found = tied.key_of(index)
    if found is None:
        return made
    undo = made.undo or ()
    if made.phase != "contract":
        undo = tied.with_leaving(context, table, found.columns, undo)
    undo = tied.with_back(context, table, found.columns, undo)
    return replace(made, makes=made.makes | {key_on(table, found.columns)}, undo=undo)


def place(context: Context, table: Name, index: Index) -> tuple[Phase, int]:
    """Columns that are filled are filled first: an index that is there makes every batch slower. What refuses rows that the version
    before may write comes when no such version runs, unless what the new one needs refers to it."""
    if index.unique and context.is_calm(table) and not _is_referred(context, table, index):
        return ("contract", 34)
    named = {part.column for part in index.keys} | set(index.include)
    filled = any(
        context.backfill(table, column) is not None or (table, column) in context.renamed
        for column in named
        if column is not None
    )
    return ("backfill", 20) if filled else ("expand", 50)


def _is_referred(context: Context, table: Name, index: Index) -> bool:
    """Whether a reference stands on the key that an index makes."""
    columns = {part.column for part in index.keys}
    return any(
        key.target == table and set(key.target_columns) == columns
        for each in context.new.tables
        for key in each.foreign_keys
    )


def concurrent_build(
    context: Context, node: CreateIndex, phase: Phase, rank: int, checks: tuple[DataCheck, ...]
) -> Step:
    """Without IF NOT EXISTS, which would take a half built index for the one that is wanted."""
    name = Name(node.name, node.table.schema)
    return Step(
        key=key("create-index", node.table, node.name),
        title=f"Index {node.name} on {node.table.name}",
        phase=phase,
        rank=rank,
        statements=(print_statement(replace(node, table=explicit(node.table))),),
        transaction="none",
        locks=context.locks(SHARE_UPDATE_EXCLUSIVE, node.table),
        scans={full(node.table): "read"},
        statement_timeout=0,
        done=probes.index_is_valid(name),
        ready=probes.absent(name),
        cleanup=(f"drop index concurrently if exists {full(name)};",),
        checks=checks,
        undo=(f"drop index if exists {full(name)};",),
    )


def explicit(name: Name) -> Name:
    return Name(name.name, name.schema or "public")


def _head(
    context: Context, table: Name, node: CreateIndex, phase: Phase, rank: int, checks: tuple[DataCheck, ...]
) -> Step:
    name = Name(node.name, table.schema)
    return Step(
        key=key("create-index", table, node.name),
        title=f"Index {node.name} on {table.name}, to be completed by its partitions",
        phase=phase,
        rank=rank,
        statements=(print_statement(node),),
        locks={full(table): "SHARE"},
        alone=True,
        done=probes.table_exists(name),
        checks=checks,
        undo=(f"drop index {full(name)};",),
    )


def _attach(
    context: Context, table: Name, leaf: Name, whole: str, part: str, phase: Phase, rank: int
) -> Step:
    child = full(Name(part, leaf.schema))
    return Step(
        key=key("attach-index", leaf, part),
        title=f"The index of {leaf.name} is part of {whole}",
        phase=phase,
        rank=rank,
        statements=(_attach_text(table, leaf, whole, part),),
        locks={full(leaf): "ACCESS SHARE", full(table): "ACCESS SHARE"},
        alone=True,
        done=f"select exists (select from pg_inherits where inhrelid = to_regclass({literal(child)}))",
    )


def _attach_text(table: Name, leaf: Name, whole: str, part: str) -> str:
    parent, child = full(Name(whole, table.schema)), full(Name(part, leaf.schema))
    return f"alter index {parent} attach partition {child};"


def drop_index(context: Context, table: Name, index: Index, rank: int = 48) -> Step:
    name = Name(index.name, table.schema)
    back = (print_statement(index_def(table, index)),)
    if context.is_partitioned(table):
        return Step(
            key=key("drop-index", table, index.name),
            title=f"Index {index.name} of {table.name} goes",
            phase="contract",
            rank=rank,
            statements=(f"drop index {full(name)};",),
            locks=context.locks(ACCESS_EXCLUSIVE, table),
            alone=True,
            done=probes.absent(name),
            undo=back,
        )
    return Step(
        key=key("drop-index", table, index.name),
        title=f"Index {index.name} of {table.name} goes",
        phase="contract",
        rank=rank,
        statements=(f"drop index concurrently {full(name)};",),
        transaction="none",
        locks=context.locks(SHARE_UPDATE_EXCLUSIVE, table),
        statement_timeout=0,
        done=probes.absent(name),
        undo=back,
    )


def _dropped(context: Context, table: Name, index: Index, rank: int = 48) -> Iterator[Step]:
    """Yield the step, and what proves the references that stood on the index, and stand on another key from then on."""
    step, found = drop_index(context, table, index, rank), tied.key_of(index)
    if found is None:
        yield step
        return
    needs = frozenset({tied.unreferenced(table, found.columns)})
    step = replace(step, needs=needs, makes=frozenset({tied.free(table, found.columns)}))
    if tied.tied(context, table, found.columns):
        step = replace(
            step,
            statements=(f"drop index {full(Name(index.name, table.schema))};",),
            transaction="shared",
            locks=context.locks(ACCESS_EXCLUSIVE, table),
            statement_timeout=10_000,
        )
    back = not tied.is_made_here(context, table, found.columns)
    yield tied.with_tied(context, step, table, found.columns, back=back)
    yield from tied.proofs(context, table, found.columns)


def _replace(context: Context, table: Name, old: Index, new: Index) -> Iterator[Step]:
    """The new one is ready before the old one goes."""
    if context.is_partitioned(table):
        yield _rebuild(context, table, old, new)
        return
    name = passing(new.name)
    yield from build(context, table, new.model_copy(update={"name": name}))
    yield from _dropped(context, table, old)
    yield rename_index(context, table, name, new.name, "contract", 49)


def rename_index(context: Context, table: Name, old: str, new: str, phase: Phase, rank: int) -> Step:
    before, after = Name(old, table.schema), Name(new, table.schema)
    return Step(
        key=key("rename-index", table, new),
        title=f"Index {old} of {table.name} is called {new}",
        phase=phase,
        rank=rank,
        statements=(f"alter index {full(before)} rename to {quote(new)};",),
        done=probes.table_exists(after),
        undo=(f"alter index {full(after)} rename to {quote(old)};",),
    )


def _rebuild(context: Context, table: Name, old: Index, new: Index) -> Step:
    return Step(
        key=key("rebuild-index", table, new.name),
        title=f"Index {new.name} of {table.name} is built anew",
        phase="contract",
        rank=48,
        statements=(
            f"drop index {full(Name(old.name, table.schema))};",
            print_statement(index_def(table, new)),
        ),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        scans={full(each): "read" for each in context.leaves(table)},
        alone=True,
        statement_timeout=0,
        undo=(
            f"drop index {full(Name(new.name, table.schema))};",
            print_statement(index_def(table, old)),
        ),
        hazards=(
            blocks(member(table, new.name), "writers wait while the index of a partitioned table is built"),
        ),
    )
