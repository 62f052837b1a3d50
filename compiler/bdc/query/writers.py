"""Operations whose statements write to rows of other entities, by the command of SQL that they need there."""

from collections.abc import Iterator

from bdc.ir import (
    CollectionField,
    ComputedField,
    Expr,
    Hook,
    Job,
    JobStatement,
    Operation,
    ReferenceField,
    ScalarField,
    SystemIR,
    TransitionBody,
)
from bdc.policy import Clauses
from bdc.policy.rebase import paths
from bdc.source.records import dataclass
from bdc.surface.names import acting


@dataclass(frozen=True, slots=True)
class Writer:
    """`bound`: what the operation is called in settings; `roles`: alternatives of claim roles that may call it (None: any caller)."""

    bound: str
    roles: tuple[tuple[str, ...] | None, ...]


def writers(system: SystemIR, clauses: Clauses, entity: str, command: str) -> Iterator[Writer]:
    """Yield the operations whose statements run `command` on rows of `entity`."""
    for owner, operation in acting(system):
        if command in _commands(system, operation, entity):
            bound = f"{owner}.{operation.name}" if owner else operation.name
            yield Writer(bound, tuple(dict.fromkeys(_callers(system, clauses, owner, operation))))


def job_writers(system: SystemIR, entity: str, command: str) -> tuple[str, ...]:
    """Return the jobs whose statements run `command` on rows of `entity`, as settings call them."""
    return tuple(job.bound for job in system.jobs if command in _job_commands(system, job, entity))


def _job_commands(system: SystemIR, job: Job, entity: str) -> Iterator[str]:
    if any(each.refers == entity for each in job.parameters):
        yield "select"
    for each in job.statements:
        exprs = [
            each.condition,
            each.at,
            *(assigned.value for assigned in each.values),
            *_defaults(system, each),
        ]
        if any(entity in reached(system, expr) for expr in exprs if expr is not None):
            yield "select"
        if each.entity == entity:
            yield from _written(system, each.verb, entity)


def _defaults(system: SystemIR, each: JobStatement) -> Iterator[Expr]:
    """Yield what a new row takes from other rows."""
    given = {assigned.field for assigned in each.values}
    fields = system.entity(each.target).fields if each.verb in ("create", "put") else ()
    for field in fields:
        if isinstance(field, ScalarField) and field.default is not None and field.name not in given:
            yield field.default


def reached(system: SystemIR, expr: Expr) -> set[str]:
    """Return the entities whose rows an expression looks at beside its own row."""
    found: set[str] = set()
    for path in paths(expr):
        for step in path.steps:
            field = system.entity(step.entity).field(step.field) if step.entity is not None else None
            if isinstance(field, ReferenceField | CollectionField):
                found.add(field.target)
            if isinstance(field, CollectionField) and field.through is not None:
                found.add(field.through)
            if isinstance(field, ComputedField):
                found |= reached(system, field.expr)
    return found


def _written(system: SystemIR, verb: str, entity: str) -> Iterator[str]:
    match verb:
        case "enqueue":
            yield "select"
        case "update":
            yield from ("select", "update")
        case "create":
            yield "insert"
        case "put":
            yield from ("select", "insert")
        case "remove" | "delete":
            kept = system.entity(entity).soft_delete is not None
            yield from ("select", "update" if kept else "delete")


def bodies(system: SystemIR, entity: str) -> tuple[str, ...]:
    """Return the operations and jobs whose statements change rows of `entity`, as settings call them."""
    found = tuple(
        f"{owner}.{operation.name}" if owner else operation.name
        for owner, operation in acting(system)
        if {"update", "insert"} & set(_commands(system, operation, entity))
    )
    jobs = (*job_writers(system, entity, "update"), *job_writers(system, entity, "insert"))
    return found + tuple(dict.fromkeys(jobs))


def _commands(system: SystemIR, operation: Operation | Hook, entity: str) -> Iterator[str]:
    body = operation.body
    if not isinstance(body, TransitionBody):
        return
    if isinstance(operation, Hook) and operation.entity == entity:
        yield "select"  # statements look at the row
        yield from ("update",) if operation.action == "delete" else ()  # which is locked first
    if any(each.refers == entity for each in operation.parameters):
        yield "select"
    for each in body.statements:
        if each.entity != entity:
            continue
        yield from _written(system, each.verb, entity)


def _callers(
    system: SystemIR, clauses: Clauses, owner: str | None, operation: Operation | Hook
) -> Iterator[tuple[str, ...] | None]:
    if owner is not None:
        yield from (clause.roles for clause in clauses.allow(owner, operation.name))
        return
    for grant in operation.allows if isinstance(operation, Operation) else ():
        named = [system.role(name) for name in grant.roles]
        yield tuple(dict.fromkeys(name for role in named for name in role.granted_by or (role.name,)))
