"""Keys of partitioned tables. Such a table cannot take an index as its constraint; but it takes the constraints of its partitions, where
all have the same, and builds nothing then."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.catalog import Key
from bdc.catalog.create import index_def
from bdc.ddl.names import Name, full, quote
from bdc.plan import probes
from bdc.plan.context import Context
from bdc.plan.making import alter, blocks, constraint, key, key_on, member, passing
from bdc.plan.operation import Phase
from bdc.plan.operations.keys.duplicates import duplicates
from bdc.plan.operations.keys.indexes import concurrent_build
from bdc.plan.operations.keys.key_texts import index_of, using_text, whole_text
from bdc.plan.step import ACCESS_EXCLUSIVE, Step


def set_key(
    context: Context, table: Name, old: Key | None, new: Key, kind: str, phase: Phase, rank: int
) -> Iterator[Step]:
    """Yield the steps to the key `new` (of `kind`: unique, primary key) in place of `old`. A primary key is built under the lock: a
    partition has one at most, and would keep its columns required when it goes."""
    whole = _whole(context, table, old, new, kind, phase, rank + 6)
    if kind == "primary key":
        yield replace(
            whole,
            scans={full(each): "read" for each in context.leaves(table)},
            statement_timeout=0,
            hazards=(
                blocks(
                    member(table, new.name), "writers wait while the index of a partitioned table is built"
                ),
            ),
        )
        return
    names = {leaf: passing(new.name, leaf.name) for leaf in context.leaves(table)}
    for leaf, name in names.items():
        yield from _of_part(context, leaf, new.model_copy(update={"name": name}), phase, rank)
    parts = frozenset(constraint(leaf, name) for leaf, name in names.items())
    yield replace(whole, needs=whole.needs | parts)


def _of_part(context: Context, leaf: Name, found: Key, phase: Phase, rank: int) -> Iterator[Step]:
    """It goes with that of the whole, once there is one."""
    node = index_def(leaf, index_of(found, found.name), concurrently=True)
    yield concurrent_build(context, node, phase, rank, ())
    yield Step(
        key=key("add-unique", leaf, found.name),
        title=f"{found.name} of {leaf.name} is a constraint",
        phase=phase,
        rank=rank + 2,
        statements=(alter(leaf, using_text(found, "unique", found.name)),),
        locks=context.locks(ACCESS_EXCLUSIVE, leaf),
        makes=frozenset({constraint(leaf, found.name)}),
        done=probes.constraint_exists(leaf, found.name),
        undo=(alter(leaf, f"drop constraint if exists {quote(found.name)}"),),
    )


def _whole(
    context: Context, table: Name, old: Key | None, new: Key, kind: str, phase: Phase, rank: int
) -> Step:
    gone = () if old is None else (alter(table, f"drop constraint {quote(old.name)}"),)
    back = () if old is None else (alter(table, f"add {whole_text(old, kind)}"),)
    return Step(
        key=key(f"set-{kind}", table, new.name),
        title=f"{new.name} of {table.name}",
        phase=phase,
        rank=rank,
        statements=(*gone, alter(table, f"add {whole_text(new, kind)}")),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        makes=frozenset({key_on(table, new.columns)}),
        alone=True,
        checks=duplicates(context, table, index_of(new, new.name)),
        undo=(alter(table, f"drop constraint {quote(new.name)}"), *back),
    )
