"""Policies of rows. At every commit, what a role may do is within what was or what will be allowed.

Permissive policies add up: while they change, the old and the new ones stand side by side. Where a restrictive one changes too,
sides by side would let through what neither state does: then all policies of the table are exchanged in one transaction.
"""

from collections.abc import Iterator
from dataclasses import replace

from bdc.catalog import Policy
from bdc.catalog.create import policy_node
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import print_statement
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import key, member, passing
from bdc.plan.operation import Hazard, Refusal
from bdc.plan.raw_access import permissive_beside
from bdc.plan.sql_identifiers import words
from bdc.plan.step import ACCESS_EXCLUSIVE, Step


def plan_policies(context: Context, table: Name, changes: list[Change]) -> Iterator[Step | Refusal]:
    """Plan all changes of policies of one table together."""
    changes = [each for each in changes if not _same(each)]
    if any(each.restrictive for change in changes for each in (change.old, change.new) if each is not None):
        yield _late(context, table, changes, _exchange(context, table, changes))
        return
    beside = tuple(permissive_beside(context, table)) if any(each.new is not None for each in changes) else ()
    for change in changes:
        if change.new is None:
            yield _drop(context, table, change.old)
        elif change.old is None and beside:
            made = create(context, table, change.new)
            yield replace(made, hazards=(*made.hazards, *beside))
            beside = ()
        elif change.old is None:
            yield create(context, table, change.new)
        else:
            yield from _replace(context, table, change.old, change.new)


def _late(context: Context, table: Name, changes: list[Change], step: Step) -> Step:
    """Where all that changes only takes rows away, it does so when no old version runs."""
    new = [change.new for change in changes if change.new is not None]
    narrows = bool(new) and all((spelled(table), each.name) in context.hints.narrowed for each in new)
    return replace(step, phase="contract", rank=10) if narrows else step


def _same(change: Change) -> bool:
    if change.old is None or change.new is None:
        return False
    return bool(_definition(change.old) == _definition(change.new))


def _definition(policy: Policy) -> Policy:
    return policy.model_copy(update={"comment": None})


def create_text(table: Name, policy: Policy, name: str = "") -> str:
    found = policy.model_copy(update={"name": name}) if name else policy
    return print_statement(policy_node(table, found))


def drop_text(table: Name, name: str) -> str:
    return f"drop policy {quote(name)} on {full(table)};"


def is_there(table: Name, name: str, *, there: bool = True) -> str:
    negation = "" if there else "not "
    return (
        f"select {negation}exists (select from pg_policy where polrelid = to_regclass('{full(table)}')"
        f" and polname = '{name}')"
    )


def create(context: Context, table: Name, policy: Policy, rank: int = 60, name: str = "") -> Step:
    said = words(policy.using) | words(policy.check)
    narrowed = bool(name) and (spelled(table), policy.name) in context.hints.narrowed
    widens = Hazard(code="POLICY_WIDENS", object=member(table, policy.name), message="more is allowed")
    named = {column.name for column in context.new_tables[table].columns} & said
    return Step(
        key=key("create-policy", table, name or policy.name),
        title=f"Policy {policy.name} of {spelled(table)}",
        phase="expand",
        rank=rank,
        statements=(create_text(table, policy, name),),
        locks=context.locks_one(ACCESS_EXCLUSIVE, table),
        needs=frozenset(f"column {full(table)} {column}" for column in named),
        done=is_there(table, name or policy.name),
        undo=(drop_text(table, name or policy.name),),
        hazards=() if narrowed else (widens,),
    )


def _drop(context: Context, table: Name, policy: Policy) -> Step:
    return Step(
        key=key("drop-policy", table, policy.name),
        title=f"Policy {policy.name} of {spelled(table)} goes",
        phase="contract",
        rank=10,
        statements=(drop_text(table, policy.name),),
        locks=context.locks_one(ACCESS_EXCLUSIVE, table),
        done=is_there(table, policy.name, there=False),
        undo=(create_text(table, policy),),
    )


def _replace(context: Context, table: Name, old: Policy, new: Policy) -> Iterator[Step]:
    name = passing(new.name)
    yield create(context, table, new, name=name)
    yield Step(
        key=key("replace-policy", table, new.name),
        title=f"The old {new.name} of {spelled(table)} goes",
        phase="contract",
        rank=10,
        statements=(
            drop_text(table, old.name),
            f"alter policy {quote(name)} on {full(table)} rename to {quote(new.name)};",
        ),
        locks=context.locks_one(ACCESS_EXCLUSIVE, table),
        done=is_there(table, name, there=False),
        undo=(
            f"alter policy {quote(new.name)} on {full(table)} rename to {quote(name)};",
            create_text(table, old),
        ),
    )


def _exchange(context: Context, table: Name, changes: list[Change]) -> Step:
    gone = [change.old for change in changes if change.old is not None]
    come = [change.new for change in changes if change.new is not None]
    return Step(
        key=key("exchange-policies", table),
        title=f"Policies of {spelled(table)} change together",
        phase="expand",
        rank=60,
        statements=(
            *(drop_text(table, each.name) for each in gone),
            *(create_text(table, each) for each in come),
        ),
        locks=context.locks_one(ACCESS_EXCLUSIVE, table),
        undo=(
            *(drop_text(table, each.name) for each in come),
            *(create_text(table, each) for each in gone),
        ),
        hazards=(
            Hazard(code="POLICY_CHANGES", object=spelled(table), message="from here on the new rules hold"),
            *(permissive_beside(context, table) if come else ()),
        ),
    )
