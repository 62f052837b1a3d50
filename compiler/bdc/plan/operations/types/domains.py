"""Domains: their checks are added unproved, and proved afterwards."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.catalog import Check, Column, Database, Domain, Table
from bdc.catalog.create import domains_in_order, is_row
from bdc.ddl.names import Name, full, quote
from bdc.ddl.nodes import CheckDef, CreateDomain
from bdc.ddl.printer import constraint_text, print_statement
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import blocks, key
from bdc.plan.operation import Hazard, Phase, Refusal
from bdc.plan.operations.tables.comments import object_comment
from bdc.plan.operations.types import domain_values
from bdc.plan.refusals import cannot_plan
from bdc.plan.step import SHARE_ROW_EXCLUSIVE, Step
from bdc.plan.typing_rules import own_type


def _fresh_rows(context: Context) -> set[str]:
    names = (table.name for table in context.new.tables if context.is_fresh(table.name))
    return {spelled for name in names for spelled in (quote(name.name), full(name))}


def plan_domain(context: Context, change: Change) -> Iterator[Step | Refusal]:
    old, new = change.old, change.new
    if new is None:
        gone = _step("drop-domain", old, "contract", 73, (f"drop domain {full(old.name)};",), (_made(old),))
        yield replace(gone, needs=frozenset({f"unused {full(old.name)}"}), makes=_left_rows(context, old))
    elif old is None:
        # A row is a type once its table is there, and a check may call a routine.
        calls = new in domains_in_order(context.new)[1]
        rank = 32 if is_row(new.type, _fresh_rows(context)) else 21 if calls else 16
        made = _step("create-domain", new, "expand", rank, (_made(new),), (f"drop domain {full(new.name)};",))
        yield replace(made, makes=frozenset({f"type {full(new.name)}"}))
    else:
        if (old.type, old.collation) != (new.type, new.collation):
            yield cannot_plan(
                spelled(new.name),
                "the type under a domain changes",
                "make a new domain and give it to the columns, then remove the old one",
            )
        if _is_stricter(old, new) and any(column.type.endswith("[]") for column in _columns(context, new)):
            yield cannot_plan(
                spelled(new.name),
                "PostgreSQL cannot look into arrays of a domain that gets stricter",
                "make a new domain and give it to the columns, then remove the old one",
            )
        yield from _values(context, old, new)
        yield from _checks(context, old, new)
        yield from object_comment("domain", new.name, old.comment, new.comment)


def _left_rows(context: Context, domain: Domain) -> frozenset[str]:
    """Return what the going of a domain over a row makes: the table may go."""
    named = (table.name for table in context.old.tables if own_type(domain.type, table.name))
    return frozenset(f"unreferenced {full(name)}" for name in named)


def domains_of(state: Database, table: Table) -> Iterator[Name]:
    """Yield the domains that columns of a table have."""
    for domain in state.domains:
        if any(own_type(column.type, domain.name) for column in table.columns):
            yield domain.name


def _made(domain: Domain) -> str:
    checks = tuple(CheckDef(check.name, check.condition) for check in domain.checks)
    return print_statement(
        CreateDomain(domain.name, domain.type, domain.not_null, domain.default, checks, domain.collation)
    )


def _step(
    verb: str,
    domain: Domain,
    phase: Phase,
    rank: int,
    forth: tuple[str, ...],
    back: tuple[str, ...],
    *,
    part: str = "",
) -> Step:
    return Step(
        key=key(verb, domain.name, *([part] if part else [])),
        title=f"Domain {spelled(domain.name)}",
        phase=phase,
        rank=rank,
        statements=forth,
        undo=back,
    )


def _alter(domain: Domain, action: str) -> str:
    return f"alter domain {full(domain.name)} {action};"


def _values(context: Context, old: Domain, new: Domain) -> Iterator[Step]:
    if old.default != new.default:
        yield _step("set-default", new, "expand", 17, (_default(new),), (_default(old),))
    if old.not_null != new.not_null:
        texts = {True: _alter(new, "set not null"), False: _alter(new, "drop not null")}
        phase: Phase = "contract" if new.not_null else "expand"
        step = _step("set-not-null", new, phase, 33, (texts[new.not_null],), (texts[old.not_null],))
        required = replace(_reading(context, new, step), checks=domain_values.empty(context, new))
        yield required if new.not_null else _locking(context, new, step)


def _is_stricter(old: Domain, new: Domain) -> bool:
    return (new.not_null and not old.not_null) or bool(set(new.checks) - set(old.checks))


def _columns(context: Context, domain: Domain) -> Iterator[Column]:
    for table in context.old.tables:
        yield from (column for column in table.columns if own_type(column.type, domain.name))


def _users(context: Context, domain: Domain) -> list[Name]:
    """Return the tables that have columns of the domain, which PostgreSQL locks with it."""
    return [
        table.name
        for table in context.old.tables
        if any(own_type(column.type, domain.name) for column in table.columns)
    ]


def _locking(context: Context, domain: Domain, step: Step) -> Step:
    users = _users(context, domain)
    hazard = Hazard(code="LOCKS_TABLES", object=spelled(domain.name), message="all tables that have it wait")
    more = (hazard,) if len(users) > 1 else ()
    return replace(step, locks=context.locks(SHARE_ROW_EXCLUSIVE, *users), alone=bool(users), hazards=more)


def _reading(context: Context, domain: Domain, step: Step) -> Step:
    """No rows can be read without blocking their writers."""
    users = _users(context, domain)
    return replace(
        step,
        locks=context.locks("SHARE", *users),
        scans={full(each): "read" for table in users for each in context.leaves(table)},
        alone=True,
        statement_timeout=0,
        hazards=(blocks(spelled(domain.name), "writers wait while all its columns are looked at"),)
        if users
        else (),
    )


def _default(domain: Domain) -> str:
    return _alter(domain, f"set default {domain.default}" if domain.default is not None else "drop default")


def _checks(context: Context, old: Domain, new: Domain) -> Iterator[Step]:
    before = {check.name: check for check in old.checks}
    after = {check.name: check for check in new.checks}
    for name, check in before.items():
        if after.get(name) != check:
            back = (_added(new, check), _proved(new, check))
            step = _step("drop-check", new, "expand", 70, (_dropped(new, check),), back, part=name)
            yield _locking(context, new, step)
    for name, check in after.items():
        if before.get(name) != check:
            added = _step(
                "add-check", new, "contract", 30, (_added(new, check),), (_dropped(new, check),), part=name
            )
            yield _locking(context, new, added)
            proved = _step("validate", new, "contract", 32, (_proved(new, check),), (), part=name)
            asked = domain_values.unsatisfied(context, new, check.condition)
            yield replace(_reading(context, new, proved), checks=asked)


def _added(domain: Domain, check: Check) -> str:
    return _alter(domain, f"add {constraint_text(CheckDef(check.name, check.condition))} not valid")


def _proved(domain: Domain, check: Check) -> str:
    return _alter(domain, f"validate constraint {quote(check.name)}")


def _dropped(domain: Domain, check: Check) -> str:
    return _alter(domain, f"drop constraint {quote(check.name)}")
