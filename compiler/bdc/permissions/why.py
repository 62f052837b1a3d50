"""Why a caller may or may not do something: the rules that speak of the case, with their lines."""

from collections.abc import Iterator, Sequence

from bdc.ir import Origin, Policy, PolicyRule, SystemIR
from bdc.policy.expression_text import in_words
from bdc.policy.matrix import NO_ROLE, MatrixRow, Verdict, matrix_of
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class RuleNote:
    """One rule about the action. `applies`: whether it speaks of the caller's roles; `holds`: for a row, None where that was not asked."""

    id: str
    effect: str
    words: str
    origin: Origin
    applies: bool
    because: str = ""
    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """`verdicts`: the cell of the matrix per role; `scope`: what rows exist for the caller at all."""

    entity: str | None
    action: str
    roles: tuple[str, ...]
    verdicts: tuple[MatrixRow, ...]
    rules: tuple[RuleNote, ...]
    scope: str = ""
    scope_origin: Origin | None = None

    @property
    def verdict(self) -> Verdict:
        """What the roles together may do: the most that one of them may."""
        found = {row.verdict for row in self.verdicts}
        return next((each for each in Verdict if each in found), Verdict.NEVER)


class UnknownCase(Exception):
    """No such operation or role; the message says which there are."""


def why(system: SystemIR, operation: str, roles: Sequence[str]) -> Why:
    """Explain `Order.update`, or the name of an operation outside a resource, for a caller with `roles`. UnknownCase."""
    entity, action = _case(system, operation)
    known = {row.role for row in matrix_of(system).of(entity, action)}
    for role in roles:
        if role not in known:
            raise UnknownCase(f"there is no role `{role}` for `{operation}`: {', '.join(sorted(known))}")
    asked = tuple(roles) or (NO_ROLE,)
    rows = tuple(matrix_of(system).row(entity, action, role) for role in asked)
    policy = system.policy(entity) if entity is not None else None
    notes = tuple(_notes(system, policy, action, asked)) if policy is not None else ()
    scope = in_words(policy.scope) if policy is not None and policy.scope is not None else ""
    return Why(entity, action, asked, rows, notes, scope, policy.origin if policy is not None else None)


def _case(system: SystemIR, operation: str) -> tuple[str | None, str]:
    entity, _, action = operation.rpartition(".")
    matrix = matrix_of(system)
    if not entity:
        if matrix.of(None, action):
            return None, action
        raise UnknownCase(
            f"`{operation}` is not an operation: write `Entity.action`, as in `{_example(system)}`"
        )
    names = [each.name for each in (*system.entities, *(view.entity for view in system.views))]
    if entity not in names:
        raise UnknownCase(f"there is no entity `{entity}`: {', '.join(names)}")
    if action not in matrix.actions(entity):
        raise UnknownCase(f"`{entity}` has no action `{action}`: {', '.join(matrix.actions(entity))}")
    return entity, action


def _example(system: SystemIR) -> str:
    return f"{system.entities[0].name}.update" if system.entities else "Order.update"


def _notes(system: SystemIR, policy: Policy, action: str, roles: tuple[str, ...]) -> Iterator[RuleNote]:
    for rule in policy.rules:
        if action in rule.actions:
            applies = any(_speaks(system, rule, role) for role in roles)
            yield RuleNote(rule.id, rule.effect, words(rule), rule.origin, applies, rule.because or "")


def _speaks(system: SystemIR, rule: PolicyRule, role: str) -> bool:
    if not rule.roles:
        return True
    for name in rule.roles:
        named = system.role(name)
        if name == role or role in named.granted_by or named.condition is not None:
            return True
    return False


def words(rule: PolicyRule) -> str:
    """Return a rule as it is written in the language."""
    who = f" via {rule.via}" if rule.via else f" to {', '.join(rule.roles)}"
    if rule.via and rule.via_action:
        who += f".{rule.via_action}"
    when = f" when {in_words(rule.condition)}" if rule.condition is not None else ""
    return f"{rule.effect} {', '.join(rule.actions)}{who}{when}"


def as_text(found: Why, row: str = "") -> str:
    """Return the explanation for a terminal."""
    name = f"{found.entity}.{found.action}" if found.entity else found.action
    lines = [f"{name} as {', '.join(found.roles)}{f' on {row}' if row else ''}: {found.verdict.value}"]
    if found.scope and found.scope_origin is not None:
        lines.append(f"  rows inside the scope only: {found.scope}  ({_at(found.scope_origin)})")
    for note in found.rules:
        mark = " " if not note.applies else "?" if note.holds is None else "✓" if note.holds else "✗"
        lines.append(f"  {mark} {note.words}  ({_at(note.origin)})")
        if note.because:
            lines.append(f"      because {note.because}")
    if not found.rules:
        lines.append("  no rule speaks of it: what no rule allows is refused")
    for each in found.verdicts:
        if each.condition:
            lines.append(f"  as {each.role}: if {each.condition}")
    return "\n".join(lines)


def _at(origin: Origin) -> str:
    return f"{origin.file}:{origin.line}"
