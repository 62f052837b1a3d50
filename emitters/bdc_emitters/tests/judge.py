"""What a policy says about one caller, one action and one row, read straight from the rules."""

from collections.abc import Iterable
from dataclasses import replace

from bdc.ir import FieldRule, Grant, PolicyRule, ReferenceField, SystemIR
from bdc_emitters.tests.interpret import Caller, NotJudged, Reader
from bdc_emitters.tests.rows import Fixture, WorldRow

ANONYMOUS = "anonymous"


class Judge:
    """Applies the rules of a system to rows of a world. `seen`: the rows that the last verdict of `try_judge` depends on."""

    def __init__(self, world: Fixture) -> None:
        self.world = world
        self.system: SystemIR = world.system
        self.seen: set[str] = set()

    def may(self, caller: Caller, entity: str, action: str, row: WorldRow) -> bool:
        """Whether `caller` may do `action` with `row` (for `create`: bring it into being). Raises NotJudged."""
        if not self._decides(caller, entity, action, row):
            return False
        # Nobody changes a row that he may not see, nor out of his own sight; a new row need not be visible to its author.
        if action in ("read", "refer", "create"):
            return True
        after = self._after(action, row)
        seen = (row,) if after is row else (row, after)
        return all(self._decides(caller, entity, "read", each) for each in seen)

    def _after(self, action: str, row: WorldRow) -> WorldRow:
        """The row in the state that the operation leads to; where it leads nowhere from here, the row as it is."""
        machine = self.system.machine(row.entity)
        for transition in machine.transitions if machine else ():
            if transition.operation == action and row.state in transition.sources:
                assert machine is not None
                return replace(
                    row, state=transition.target, values=row.values | {machine.field: transition.target}
                )
        return row

    def _reader(self, caller: Caller, row: WorldRow) -> Reader:
        self.seen.add(row.name)
        return Reader(self.world, caller, row, trace=self.seen)

    def may_see(self, caller: Caller, rule: FieldRule, row: WorldRow) -> bool:
        return rule.read is None or self._granted(caller, rule.read, row)

    def may_write(self, caller: Caller, rule: FieldRule, row: WorldRow) -> bool:
        return rule.write is None or self._granted(caller, rule.write, row)

    def _decides(self, caller: Caller, entity: str, action: str, row: WorldRow) -> bool:
        policy = self.system.policy(entity)
        if policy is None:
            return False
        reader = self._reader(caller, row)
        if policy.scope is not None and not reader.holds(policy.scope):
            return False
        if policy.scope is None and self._is_tenanted(entity) and row.tenant != "a":
            return False  # the database holds each caller to its tenant where no scope says so
        rules = [rule for rule in policy.rules if action in rule.actions]
        # Unknown means no: it allows nothing, and it denies.
        allowed = any(self._applies(caller, rule, row) is True for rule in rules if rule.effect == "allow")
        denied = any(self._applies(caller, rule, row) is not False for rule in rules if rule.effect == "deny")
        return allowed and not denied

    def _is_tenanted(self, entity: str) -> bool:
        found = self.system.entity(entity)
        return found.tenant is not None or found.tenant_root

    def _applies(self, caller: Caller, rule: PolicyRule, row: WorldRow) -> bool | None:
        """Whether a rule speaks of this caller and row; None where a value that it asks for is not there."""
        held = _any(self._has(caller, name, row) for name in rule.roles) if rule.roles else True
        if held is False:
            return False
        condition = True if rule.condition is None else self._reader(caller, row).value(rule.condition)
        if condition is False or (rule.via is not None and not self._through(caller, rule, row)):
            return False
        return True if held is True and condition is True else None

    def _through(self, caller: Caller, rule: PolicyRule, row: WorldRow) -> bool:
        assert rule.via is not None
        reference = self.system.entity(row.entity).field(rule.via)
        assert isinstance(reference, ReferenceField)
        named = row.references[rule.via]
        if named is None:
            return False
        actions = {"read", rule.via_action or "read"}  # nobody does anything to a row that he may not see
        return all(self._decides(caller, reference.target, each, self.world.rows[named]) for each in actions)

    def _has(self, caller: Caller, name: str, row: WorldRow) -> bool | None:
        if name == ANONYMOUS:
            return caller.row is None
        role = self.system.role(name)
        if role.entity is None:
            return any(carried in (role.granted_by or (name,)) for carried in caller.roles)
        if role.entity != self.system.stored(row.entity) or role.condition is None:
            return False
        found: bool | None = self._reader(caller, row).value(role.condition)
        return found

    def _granted(self, caller: Caller, grant: Grant, row: WorldRow) -> bool:
        if _any(self._has(caller, name, row) for name in grant.roles) is not True:
            return False
        return grant.condition is None or self._reader(caller, row).holds(grant.condition)


def try_judge(
    judge: Judge, caller: Caller, entity: str, action: str, row: WorldRow
) -> tuple[bool | None, str]:
    """Return the verdict, or None and what it depends on that is not known beforehand."""
    judge.seen.clear()
    try:
        return judge.may(caller, entity, action, row), ""
    except NotJudged as reason:
        return None, str(reason)


def _any(held: Iterable[bool | None]) -> bool | None:
    """OR with three values."""
    found = set(held)
    return True if True in found else None if None in found else False
