"""Domains: their checks are added unproved, and proved afterwards."""

from collections.abc import Iterator

from bdc.catalog import Check, Domain
from bdc.ddl.names import full, quote
from bdc.ddl.nodes import CheckDef, CreateDomain
from bdc.ddl.printer import constraint_text, print_statement
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import blocks, key
from bdc.plan.operation import Hazard, Phase, Refusal
from bdc.plan.operations.comments import object_comment
from bdc.plan.refusals import cannot_plan
from bdc.plan.step import Step


def plan_domain(context: Context, change: Change) -> Iterator[Step | Refusal]:
    old, new = change.old, change.new
    if new is None:
        yield _step("drop-domain", old, "contract", 73, (f"drop domain {full(old.name)};",), (_made(old),))
    elif old is None:
        yield _step("create-domain", new, "expand", 16, (_made(new),), (f"drop domain {full(new.name)};",))
    else:
        if (old.type, old.collation) != (new.type, new.collation):
            yield cannot_plan(
                spelled(new.name),
                "the type under a domain changes",
                "make a new domain and give it to the columns, then remove the old one",
            )
        yield from _values(old, new)
        yield from _checks(old, new)
        yield from object_comment("domain", new.name, old.comment, new.comment)


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
    *more: Hazard,
    part: str = "",
) -> Step:
    return Step(
        key=key(verb, domain.name, *([part] if part else [])),
        title=f"Domain {spelled(domain.name)}",
        phase=phase,
        rank=rank,
        statements=forth,
        alone=bool(more),
        statement_timeout=0 if more else 10_000,
        undo=back,
        hazards=more,
    )


def _alter(domain: Domain, action: str) -> str:
    return f"alter domain {full(domain.name)} {action};"


def _values(old: Domain, new: Domain) -> Iterator[Step]:
    if old.default != new.default:
        yield _step("set-default", new, "expand", 17, (_default(new),), (_default(old),))
    if old.not_null != new.not_null:
        texts = {True: _alter(new, "set not null"), False: _alter(new, "drop not null")}
        phase: Phase = "contract" if new.not_null else "expand"
        more = (
            (blocks(spelled(new.name), "all columns of this domain are looked at"),) if new.not_null else ()
        )
        yield _step("set-not-null", new, phase, 33, (texts[new.not_null],), (texts[old.not_null],), *more)


def _default(domain: Domain) -> str:
    return _alter(domain, f"set default {domain.default}" if domain.default is not None else "drop default")


def _checks(old: Domain, new: Domain) -> Iterator[Step]:
    before = {check.name: check for check in old.checks}
    after = {check.name: check for check in new.checks}
    for name, check in before.items():
        if after.get(name) != check:
            back = (_added(new, check), _proved(new, check))
            yield _step("drop-check", new, "expand", 70, (_dropped(new, check),), back, part=name)
    for name, check in after.items():
        if before.get(name) != check:
            yield _step(
                "add-check", new, "contract", 30, (_added(new, check),), (_dropped(new, check),), part=name
            )
            yield _step("validate", new, "contract", 32, (_proved(new, check),), (), part=name)


def _added(domain: Domain, check: Check) -> str:
    return _alter(domain, f"add {constraint_text(CheckDef(check.name, check.condition))} not valid")


def _proved(domain: Domain, check: Check) -> str:
    return _alter(domain, f"validate constraint {quote(check.name)}")


def _dropped(domain: Domain, check: Check) -> str:
    return _alter(domain, f"drop constraint {quote(check.name)}")
