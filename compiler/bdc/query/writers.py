"""Operations whose statements write to rows of other entities, by the command of SQL that they need there."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.ir import Operation, SystemIR, TransitionBody
from bdc.policy import Clauses
from bdc.surface.names import operations


@dataclass(frozen=True, slots=True)
class Writer:
    """`bound`: what the operation is called in settings; `roles`: alternatives of claim roles that may call it (None: any caller)."""

    bound: str
    roles: tuple[tuple[str, ...] | None, ...]


def writers(system: SystemIR, clauses: Clauses, entity: str, command: str) -> Iterator[Writer]:
    """Yield the operations whose statements run `command` on rows of `entity`."""
    for owner, operation in operations(system):
        if command in _commands(system, operation, entity):
            bound = f"{owner}.{operation.name}" if owner else operation.name
            yield Writer(bound, tuple(dict.fromkeys(_callers(system, clauses, owner, operation))))


def bodies(system: SystemIR, entity: str) -> tuple[str, ...]:
    """Return the operations whose statements change rows of `entity`, as settings call them."""
    return tuple(
        f"{owner}.{operation.name}" if owner else operation.name
        for owner, operation in operations(system)
        if {"update", "insert"} & set(_commands(system, operation, entity))
    )


def _commands(system: SystemIR, operation: Operation, entity: str) -> Iterator[str]:
    body = operation.body
    if not isinstance(body, TransitionBody):
        return
    if any(each.refers == entity for each in operation.parameters):
        yield "select"
    for each in body.statements:
        if each.entity != entity:
            continue
        match each.verb:
            case "update":
                yield from ("select", "update")
            case "create":
                yield "insert"
            case "put":
                yield from ("select", "insert")
            case "remove":
                kept = system.entity(entity).soft_delete is not None
                yield from ("select", "update" if kept else "delete")


def _callers(
    system: SystemIR, clauses: Clauses, owner: str | None, operation: Operation
) -> Iterator[tuple[str, ...] | None]:
    if owner is not None:
        yield from (clause.roles for clause in clauses.allow(owner, operation.name))
        return
    for grant in operation.allows:
        named = [system.role(name) for name in grant.roles]
        yield tuple(dict.fromkeys(name for role in named for name in role.granted_by or (role.name,)))
