"""Roles, and what each may do with the rows of each entity."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bdc.changes.change import Change
from bdc.changes.policy.earlier import earlier
from bdc.changes.policy.fields import field_changes
from bdc.changes.policy.implies import implies
from bdc.changes.policy.unchanged import same_rules
from bdc.changes.shapes import readable
from bdc.changes.sides import Renames, Sides, match
from bdc.ir import Expr, Origin, Policy, Role, SystemIR
from bdc.query.matrix import ROW_ACTIONS, Matrix, MatrixRow, Verdict
from bdc.query.surface import Kind, endpoints
from bdc.query.words import in_words

_WALLS = "The row level security of {} changes with it: what opens does so before the new code runs, what closes after."
_REVIEW = "Let whoever answers for the data look at it."


@dataclass(frozen=True, slots=True)
class _Shift:
    """What has happened to one cell, without the role: roles to which the same happened share a line."""

    code: str
    entity: str | None
    action: str
    text: str
    rules: tuple[str, ...]


def policy_changes(sides: Sides) -> Iterator[Change]:
    """Yield who gains or loses what."""
    if same_rules(sides):
        return
    yield from _roles(sides)
    yield from _access(sides)
    yield from _policies(sides)


def _roles(sides: Sides) -> Iterator[Change]:
    found = match(sides.old.roles, sides.new.roles, lambda role: role.name)
    for gone in found.removed:
        message = f"the role {gone.name} is gone: who holds it has what is left"
        yield Change("policy.role-removed", gone.name, message)
    for added in found.added:
        yield Change("policy.role-added", added.name, f"the role {added.name} is new", origin=added.origin)
    for was, now in found.both:
        if _held_by(was) != _held_by(now):
            message = f"the role {now.name} is held by {_holders(now)} instead of {_holders(was)}"
            yield Change("policy.role-changed", now.name, message, _REVIEW, now.origin)


def _held_by(role: Role) -> tuple[object, ...]:
    return (sorted(role.granted_by), role.entity, in_words(role.condition) if role.condition else "")


def _holders(role: Role) -> str:
    if role.condition is not None:
        return f"whoever a {role.entity} has `{in_words(role.condition)}` for"
    return ", ".join(role.granted_by)


def _access(sides: Sides) -> Iterator[Change]:
    """Compare the cells that both sides have; a new entity, operation or role has no cell before."""
    old, new = Matrix(sides.old), Matrix(sides.new)
    before = {(row.entity, row.action, row.role): row for row in old.rows}
    shifts: dict[_Shift, list[str]] = {}
    for row in new.rows:
        entity = sides.renames.entity(row.entity) if row.entity else None
        was = before.get((entity, row.action, row.role))
        shift = _shift(was, row, sides.renames) if was is not None else None
        if shift is not None:
            shifts.setdefault(shift, []).append(row.role)
    for shift, roles in shifts.items():
        yield _told(sides.new, shift, roles)
    yield from _unseen(sides, old, new)


def _unseen(sides: Sides, old: Matrix, new: Matrix) -> Iterator[Change]:
    """A new row that its maker may not read is not shown to him: a status that clients did not meet."""
    known = {entity.name for entity in readable(sides.old)}
    for endpoint in endpoints(sides.new):
        entity = endpoint.entity
        if endpoint.kind is not Kind.CREATE or entity is None:
            continue
        before = sides.renames.entity(entity.name)
        if before in known and new.may_write_unseen(entity.name) and not old.may_write_unseen(before):
            place = f"{endpoint.method} {endpoint.path} answer"
            message = f"{endpoint.id} answers 204 to who may create a row and not read it"
            yield Change("rest.answer-may-be-empty", place, message, origin=entity.origin)


def _shift(old: MatrixRow, new: MatrixRow, renames: Renames) -> _Shift | None:
    if old.verdict is new.verdict and old.condition == new.condition:
        return None
    expr = earlier(new.expr, renames)
    if old.verdict is new.verdict and old.expr == expr:
        return None
    code = _code(old, replace(new, expr=expr))
    text = f"{_when(new)} instead of {_when(old)}"
    return _Shift(f"policy.access-{code}", new.entity, new.action, text, new.rules or old.rules)


def _code(old: MatrixRow, new: MatrixRow) -> str:
    if old.verdict is Verdict.NEVER:
        return "gained"
    if new.verdict is Verdict.NEVER:
        return "lost"
    return _direction(old.expr, new.expr)


def _direction(old: Expr | None, new: Expr | None) -> str:
    """None is the widest condition."""
    if new is None or (old is not None and implies(old, new)):
        return "widened"
    if old is None or implies(new, old):
        return "narrowed"
    return "changed"


def _when(row: MatrixRow) -> str:
    if row.verdict is Verdict.CONDITIONALLY:
        return f"when `{row.condition}`"
    return row.verdict.value


def _told(system: SystemIR, shift: _Shift, roles: list[str]) -> Change:
    names = ", ".join(roles)
    what = f"{shift.action} {shift.entity}" if shift.entity else f"call {shift.action}"
    place = f"{shift.entity or 'api'}.{shift.action} {names}"
    message = f"{names} may {what} {shift.text}"
    remedy = (
        _WALLS.format(system.entity(shift.entity).table)
        if shift.entity and shift.action in ROW_ACTIONS
        else ""
    )
    return Change(shift.code, place, message, remedy, _origin(system, shift))


def _origin(system: SystemIR, shift: _Shift) -> Origin | None:
    policy = system.policy(shift.entity) if shift.entity else None
    if policy is None:
        return None
    return next((rule.origin for rule in policy.rules if rule.id in shift.rules), policy.origin)


def _policies(sides: Sides) -> Iterator[Change]:
    old = {entity.name for entity in readable(sides.old)}
    for entity in readable(sides.new):
        before = sides.renames.entity(entity.name)
        policy = sides.new.policy(entity.name)
        if before not in old:
            if policy is not None:
                roles = ", ".join(dict.fromkeys(_named(policy))) or "nobody"
                message = f"{entity.name} is new, with rules for {roles}"
                yield Change("policy.entity-opened", entity.name, message, origin=policy.origin)
            continue
        was = sides.old.policy(before)
        yield from _scope(sides.renames, was, policy, entity.name)
        yield from field_changes(sides, entity.name, was, policy)


def _named(policy: Policy) -> Iterable[str]:
    return (role for rule in policy.rules if rule.effect == "allow" for role in rule.roles)


def _scope(renames: Renames, before: Policy | None, after: Policy | None, entity: str) -> Iterator[Change]:
    old = before.scope if before else None
    new = after.scope if after else None
    same = earlier(new, renames)
    if old == same:
        return
    code = f"policy.scope-{_direction(old, same)}"
    was, now = (f"`{in_words(each)}`" if each else "no scope" for each in (old, new))
    message = f"the scope of {entity} is {now} instead of {was}"
    yield Change(code, f"{entity} scope", message, _REVIEW, after.origin if after else None)
