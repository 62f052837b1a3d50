"""Roles, and what each may do with the rows of each entity."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bdc.changes.change import Access, Change
from bdc.changes.meaning import decide
from bdc.changes.meaning.canonical import TRUE
from bdc.changes.policy.denials import denial_changes
from bdc.changes.policy.earlier import earlier
from bdc.changes.policy.fields import field_changes
from bdc.changes.policy.shift import Shift, Surfaces, allowed, enum_values, shifts
from bdc.changes.policy.unchanged import same_rules
from bdc.changes.shapes import readable
from bdc.changes.sides import Sides, match
from bdc.ir import Origin, Policy, Role, SystemIR
from bdc.policy.expression_text import in_words
from bdc.policy.matrix import ROW_ACTIONS, Matrix, MatrixRow, Verdict, matrix_of
from bdc.source.records import dataclass
from bdc.surface import Kind, endpoints

_CLOSES = "Keep the rule until no caller with the role needs it."
_LATE = " The row level security of `{}` closes with the contract, when no old version runs."
_EARLY = " The row level security of `{}` opens before the new version runs."
_REVIEW = "Let the owner of the data review it."


@dataclass(frozen=True, slots=True)
class _Cell:
    """What has happened to one cell, without the role: roles to which the same happened share a line."""

    shift: Shift
    entity: str | None
    action: str
    text: str
    rules: tuple[str, ...]


def policy_changes(sides: Sides) -> Iterator[Change]:
    """Yield the roles that gain or lose access."""
    if same_rules(sides):
        return
    yield from _roles(sides)
    yield from _access(sides)


def _roles(sides: Sides) -> Iterator[Change]:
    found = match(sides.old.roles, sides.new.roles, lambda role: role.name)
    for gone in found.removed:
        message = f"the role {gone.name} is gone: its callers keep what their other roles allow"
        yield Change("policy.role-removed", gone.name, message)
    for added in found.added:
        yield Change("policy.role-added", added.name, f"the role {added.name} is new", origin=added.origin)
    for was, now in found.both:
        if not _same_holders(sides, was, now):
            message = f"the role {now.name} is held by {_holders(now)} instead of {_holders(was)}"
            yield Change("policy.role-changed", now.name, message, _REVIEW, now.origin)


def _same_holders(sides: Sides, old: Role, new: Role) -> bool:
    if set(old.granted_by) != set(new.granted_by) or old.entity != _earlier_name(sides, new.entity):
        return False
    condition = earlier(new.condition, sides.renames)
    if old.condition is None or condition is None:
        return old.condition is condition
    return decide(old.condition, condition, enum_values(sides)).same


def _earlier_name(sides: Sides, entity: str | None) -> str | None:
    return sides.renames.entity(entity) if entity else None


def _holders(role: Role) -> str:
    if role.condition is not None:
        return f"callers for which `{in_words(role.condition)}` of a {role.entity} holds"
    return ", ".join(role.granted_by)


def _access(sides: Sides) -> Iterator[Change]:
    """Compare the cells that both sides have; a new entity, operation or role has no cell before."""
    old, new = matrix_of(sides.old), matrix_of(sides.new)
    cells: dict[_Cell, list[str]] = {}
    for was, now in _paired(sides, old, new):
        for cell in _cells(sides, was, now):
            cells.setdefault(cell, []).append(now.role)
    surfaces = Surfaces(sides.new) if cells else None
    for cell, roles in cells.items():
        assert surfaces is not None
        yield _told(sides.new, cell, roles, surfaces.of(cell.entity, cell.action))
    yield from denial_changes(sides, old, new)
    yield from _unseen(sides, old, new)
    yield from _fields_and_scopes(sides, old, new)


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


def _paired(sides: Sides, old: Matrix, new: Matrix) -> Iterator[tuple[MatrixRow, MatrixRow]]:
    """Pair the cells. A role by relation has cells where rules lead to it: where they no longer do, it may do nothing; an entity, an
    action or a role that only one side has is no change of access."""
    before = {(row.entity, row.action, row.role): row for row in old.rows}
    after = {(_earlier_name(sides, row.entity), row.action, row.role): row for row in new.rows}
    actions = [{(entity, action) for entity, action, _ in cells} for cells in (before, after)]
    roles = [{role for _, _, role in cells} for cells in (before, after)]
    for at, now in after.items():
        was = before.get(at)
        if was is not None:
            yield was, now
        elif at[:2] in actions[0] and at[2] in roles[0]:
            yield _nothing(replace(now, entity=at[0])), now
    names = {_earlier_name(sides, row.entity): row.entity for row in new.rows}
    for at, was in before.items():
        if at not in after and at[:2] in actions[1] and at[2] in roles[1]:
            yield was, _nothing(replace(was, entity=names[at[0]]))


def _nothing(cell: MatrixRow) -> MatrixRow:
    return replace(cell, verdict=Verdict.NEVER, condition="", expr=None, rules=(), denied_by=())


def _cells(sides: Sides, old: MatrixRow, new: MatrixRow) -> Iterator[_Cell]:
    before, after = allowed(old), earlier(allowed(new), sides.renames)
    if before == after:
        return
    for shift in shifts(before, after, enum_values(sides)):
        yield _Cell(shift, new.entity, new.action, _how(shift.word, old, new), new.rules or old.rules)


def _how(word: str, old: MatrixRow, new: MatrixRow) -> str:
    """Return the middle of a sentence; `{}` stands for the action."""
    if word == "lost":
        return f"may no longer {{}}; before: {_when(old)}"
    if word == "gained":
        return f"may now {{}} {_when(new)}"
    return f"may {{}} {_when(new)} instead of {_when(old)}"


def _when(row: MatrixRow) -> str:
    if row.verdict is Verdict.CONDITIONALLY:
        return f"when `{row.condition}`"
    return row.verdict.value


def _told(system: SystemIR, cell: _Cell, roles: list[str], surfaces: tuple[str, ...]) -> Change:
    names = ", ".join(roles)
    what = f"{cell.action} {cell.entity}" if cell.entity else f"call {cell.action}"
    place = f"{cell.entity or 'api'}.{cell.action} {names}"
    message = f"{names} {cell.text.format(what)}{cell.shift.told}"
    opens = cell.shift.word in ("gained", "widened")
    remedy = _REVIEW if opens else _CLOSES
    if cell.entity and cell.action in ROW_ACTIONS:
        remedy += (_EARLY if opens else _LATE).format(system.entity(cell.entity).table)
    access = Access(tuple(roles), cell.action, surfaces, cell.shift.example)
    return Change(
        f"policy.access-{cell.shift.word}", place, message, remedy, _origin(system, cell), access=access
    )


def _origin(system: SystemIR, cell: _Cell) -> Origin | None:
    policy = system.policy(cell.entity) if cell.entity else None
    if policy is None:
        return None
    return next((rule.origin for rule in policy.rules if rule.id in cell.rules), policy.origin)


def _fields_and_scopes(sides: Sides, before: Matrix, after: Matrix) -> Iterator[Change]:
    old = {entity.name for entity in readable(sides.old)}
    for entity in readable(sides.new):
        was_called = sides.renames.entity(entity.name)
        policy = sides.new.policy(entity.name)
        if was_called not in old:
            if policy is not None:
                roles = ", ".join(dict.fromkeys(_named(policy))) or "no role"
                message = f"{entity.name} is new, with rules for {roles}"
                yield Change("policy.entity-opened", entity.name, message, origin=policy.origin)
            continue
        was = sides.old.policy(was_called)
        yield from _scope(sides, was, policy, entity.name)
        yield from field_changes(sides, entity.name, (before, after))


def _named(policy: Policy) -> Iterable[str]:
    return (role for rule in policy.rules if rule.effect == "allow" for role in rule.roles)


def _scope(sides: Sides, before: Policy | None, after: Policy | None, entity: str) -> Iterator[Change]:
    """A policy that is new or gone shows in the cells."""
    if before is None or after is None or before.scope == after.scope:
        return
    old, new = before.scope, earlier(after.scope, sides.renames)
    was, now = (f"`{in_words(each)}`" if each else "no scope" for each in (old, after.scope))
    for shift in shifts(old or TRUE, new or TRUE, enum_values(sides)):
        message = f"the scope of {entity} is {now} instead of {was}{shift.told}"
        word = {"lost": "narrowed", "gained": "widened"}.get(shift.word, shift.word)
        access = Access(("every role",), "every action", (), shift.example)
        yield Change(f"policy.scope-{word}", f"{entity} scope", message, _REVIEW, after.origin, access=access)
