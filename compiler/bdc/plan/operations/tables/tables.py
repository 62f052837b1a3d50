"""Tables that come and go. A new table is made whole in one transaction: no session ever sees it without its rules."""

from collections.abc import Iterator

from bdc.catalog import ForeignKey, Table
from bdc.catalog.create import create_table, foreign_key_def, secure, trigger_node
from bdc.catalog.own_columns import own_columns
from bdc.ddl.names import Name, full, quote
from bdc.ddl.nodes import AddForeignKey
from bdc.ddl.printer import print_statement
from bdc.plan import likeness, probes
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import key_on
from bdc.plan.operation import Hazard, Refusal
from bdc.plan.operations.columns import archive
from bdc.plan.operations.columns.values import numbering_text
from bdc.plan.operations.keys.foreign_keys import drop_foreign_key
from bdc.plan.operations.keys.tied import free
from bdc.plan.operations.tables.comments import plan_table_comments
from bdc.plan.operations.tables.partitions import beside_rest, rest_of, together
from bdc.plan.operations.types.domains import domains_of
from bdc.plan.refusals import removed_unsaid, renamed_or_removed
from bdc.plan.rotation import cannot_archive, cannot_place
from bdc.plan.step import ACCESS_EXCLUSIVE, SHARE_ROW_EXCLUSIVE, Step


def plan_table(context: Context, change: Change) -> Iterator[Step | Refusal]:
    refused = cannot_place(context, change.new) if change.old is None else None
    if refused is not None:
        yield refused
    elif change.old is None:
        yield from _add(context, change.new)
    elif change.new is None:
        yield from _drop(context, change.old)
    else:
        yield from plan_table_comments(context, change.old, change.new)


def _add(context: Context, table: Table) -> Iterator[Step]:
    parent = (table.parent,) if table.parent is not None else ()
    own = own_columns(table, context.new_tables.get(table.parent)) if table.parent is not None else ()
    made = Step(
        key=f"create-table-{spelled(table.name)}",
        title=f"Table {spelled(table.name)}",
        phase="expand",
        rank=30,
        statements=tuple(print_statement(each) for each in (*create_table(table), *own)),
        locks=context.locks(SHARE_ROW_EXCLUSIVE, *_inherited_targets(context, table))
        | context.locks_one(ACCESS_EXCLUSIVE, *parent),
        alone=any(not context.is_fresh(name) for name in parent),
        makes=frozenset({f"table {full(table.name)}"}),
        needs=frozenset(
            [
                *(f"table {full(name)}" for name in parent),
                *(f"type {full(name)}" for name in domains_of(context.new, table)),
            ]
        ),
        done=probes.table_exists(table.name),
        ready=probes.absent(table.name),
        undo=(f"drop table {full(table.name)};",),
    )
    rest = rest_of(context, table)
    yield from (made,) if rest is None else beside_rest(context, table, rest, made)
    for key in table.foreign_keys:
        if not context.touches(table.name, key):
            yield _reference(context, table.name, key)
    yield from _rules(table)


def _inherited_targets(context: Context, table: Table) -> tuple[Name, ...]:
    """Return what the references of a partition's parent lead to: each new partition is bound to them too."""
    parents = [each for each in context.new.tables if each.name == table.parent]
    return tuple(key.target for each in parents for key in each.foreign_keys)


def _reference(context: Context, table: Name, key: ForeignKey) -> Step:
    """Nothing is scanned: the table is empty."""
    return Step(
        key=f"add-foreign-key-{spelled(table)}-{key.name}",
        title=f"{spelled(table)} refers to {spelled(key.target)}",
        phase="expand",
        rank=38 if context.is_fresh(key.target) is False else 34,
        statements=(print_statement(AddForeignKey(table, foreign_key_def(key), key.valid)),),
        locks=context.locks(SHARE_ROW_EXCLUSIVE, key.target),
        needs=frozenset(
            {
                f"table {full(key.target)}",
                key_on(key.target, key.target_columns),
                free(key.target, key.target_columns),
            }
        ),
        done=probes.constraint_exists(table, key.name),
        undo=(f"alter table {full(table)} drop constraint {quote(key.name)};",),
    )


def _rules(table: Table) -> Iterator[Step]:
    statements = [print_statement(each) for each in secure(table)]
    statements += [print_statement(trigger_node(table.name, trigger)) for trigger in table.triggers]
    if statements:
        yield Step(
            key=f"secure-table-{spelled(table.name)}",
            title=f"Rules of {spelled(table.name)}",
            phase="expand",
            rank=36,
            statements=tuple(statements),
            undo=tuple(
                f"drop policy {quote(policy.name)} on {full(table.name)};" for policy in table.policies
            ),
        )


def _drop(context: Context, table: Table) -> Iterator[Step | Refusal]:
    removal = context.removal_of("table", table.name)
    if removal is None:
        yield _unsaid(context, table)
        return
    refused = cannot_archive(context, table) if removal.archive else None
    if refused is not None:
        yield refused
        return
    for key in table.foreign_keys:
        yield drop_foreign_key(context, table.name, key, "contract")
    # The rows of a partitioned table are those of its partitions, which are kept one by one.
    holds = table.partition_by is None
    if removal.archive and holds:
        yield archive.archive_table(context, table)
    rows = (*archive.restore_table(context, table), *_numbered(table)) if holds else ()
    rest = rest_of(context, table)
    beside = (rest.name,) if rest is not None else ()
    around = (table.parent, *beside) if table.parent is not None else ()
    own = own_columns(table, context.old_tables.get(table.parent)) if table.parent is not None else ()
    made = [print_statement(each) for each in (*create_table(table), *own)]
    rules = [print_statement(each) for each in secure(table)]
    triggers = [print_statement(trigger_node(table.name, trigger)) for trigger in table.triggers]
    yield Step(
        key=f"drop-table-{spelled(table.name)}",
        title=f"Table {spelled(table.name)} goes",
        phase="contract",
        rank=60,
        statements=(f"drop table {full(table.name)};",),
        locks=context.locks_one(ACCESS_EXCLUSIVE, table.name, *around),
        alone=bool(around),
        needs=frozenset({f"unreferenced {full(table.name)}"}),
        makes=frozenset(f"unused {full(name)}" for name in domains_of(context.old, table)),
        done=probes.absent(table.name),
        ready=probes.table_exists(table.name),
        undo=(*made, *rows, *rules, *triggers) if removal.archive else None,
        irreversible=None
        if removal.archive
        else f"the rows of {spelled(table.name)} were declared worthless",
        hazards=(
            Hazard(
                code="DROP_TABLE",
                object=spelled(table.name),
                message="its rows are kept in bdc_archive" if removal.archive else "its rows are gone",
            ),
            *(together(name) for name in around[1:]),
        ),
    )


def _numbered(table: Table) -> Iterator[str]:
    """Row level security is not on yet when the rows come back."""
    return (numbering_text(table.name, each.name) for each in table.columns if each.identity is not None)


def _unsaid(context: Context, table: Table) -> Refusal:
    fresh = [
        each for each in context.new.tables if context.is_fresh(each.name) and each.parent == table.parent
    ]
    alike = max(fresh, key=lambda each: likeness.of_tables(table, each), default=None)
    kind, whole = ("table", "") if table.parent is None else ("part", spelled(table.parent))
    if alike is not None and likeness.of_tables(table, alike) >= likeness.ENOUGH:
        return renamed_or_removed(kind, whole, _called(table), _called(alike))
    return removed_unsaid(kind, whole, _called(table))


def _called(table: Table) -> str:
    """Return how a specification calls it: a part without the name of the whole."""
    name = spelled(table.name)
    return name.removeprefix(f"{spelled(table.parent)}_") if table.parent is not None else name
