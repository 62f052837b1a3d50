"""What operations write to rows of other entities, for `security.md`: callers, requirements, statements."""

from collections.abc import Iterator

from bdc.ir import Enqueue, Expr, Hook, JobStatement, Operation, OperationStatement, SystemIR, TransitionBody
from bdc.policy.expression_text import in_words
from bdc.source.records import dataclass
from bdc.surface.names import acting
from bdc_emitters.documentation.wording import cell


@dataclass(frozen=True, slots=True)
class WriteView:
    operation: str
    callers: str
    requires: str
    statements: str


def writes(system: SystemIR) -> Iterator[WriteView]:
    """Yield the operations with statements, in declared order."""
    for owner, operation in acting(system):
        body = operation.body
        if not isinstance(body, TransitionBody) or not (body.requires or body.statements or body.enqueues):
            continue
        name = f"{owner}.{operation.name}" if owner else operation.name
        yield WriteView(
            name,
            "; ".join(_callers(system, owner, operation)),
            _listed(f"`{cell(in_words(each.condition))}`" for each in body.requires),
            _listed(
                f"`{cell(text)}`"
                for text in (
                    *(_statement(each) for each in body.statements),
                    *(_run(each) for each in body.enqueues),
                )
            ),
        )


def job_writes(system: SystemIR) -> Iterator[WriteView]:
    """Yield the jobs, which have no callers."""
    for job in system.jobs:
        yield WriteView(
            f"job {job.name}", "–", "–", _listed(f"`{cell(_job_statement(each))}`" for each in job.statements)
        )


def _job_statement(each: JobStatement) -> str:
    given = ", ".join(f"{value.field}: {in_words(value.value)}" for value in each.values)
    if each.verb == "enqueue":
        return _queued(each, given)
    where = f" where {in_words(each.condition)}" if each.condition is not None else ""
    return f"{each.verb} {each.row or each.target}{where}" + (f" {{ {given} }}" if given else "")


def _queued(each: JobStatement, given: str) -> str:
    when = f" after {each.after} s" if each.after is not None else ""
    when += f" at {in_words(each.at)}" if each.at is not None else ""
    rows = f" for {each.each} where {in_words(each.condition)}" if each.each and each.condition else ""
    return f"enqueue {each.target}({given}){when}{rows}"


def _callers(system: SystemIR, owner: str | None, operation: Operation | Hook) -> Iterator[str]:
    if owner is None:
        assert isinstance(operation, Operation)
        yield from (_granted(grant.roles, grant.condition) for grant in operation.allows)
        return
    policy = system.policy(owner)
    for rule in policy.rules if policy else ():
        if rule.effect == "allow" and operation.name in rule.actions:
            yield f"as `{rule.via}` allows" if rule.via else _granted(rule.roles, rule.condition)


def _granted(roles: tuple[str, ...], condition: Expr | None) -> str:
    named = ", ".join(f"`{name}`" for name in roles)
    return f"{named} when `{cell(in_words(condition))}`" if condition is not None else named


def _statement(each: OperationStatement) -> str:
    given = ", ".join(f"{value.field}: {in_words(value.value)}" for value in each.values)
    return f"{each.verb} {each.row or each.entity} {{ {given} }}"


def _run(each: Enqueue) -> str:
    given = ", ".join(f"{value.field}: {in_words(value.value)}" for value in each.values)
    return f"{'cancel' if each.cancels else 'enqueue'} {each.job}({given})"


def _listed(found: Iterator[str]) -> str:
    return ", ".join(found) or "–"
