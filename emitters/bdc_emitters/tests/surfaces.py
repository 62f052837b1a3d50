"""What makes the verdict on a new row another one, by the surface on which it is tried."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from bdc.ir import Entity, ReferenceField
from bdc.source.records import dataclass
from bdc_emitters.tests.fixture import Fixture
from bdc_emitters.tests.interpret import Caller, NotJudged
from bdc_emitters.tests.judge import Judge, try_judge
from bdc_emitters.tests.paths import rows_around
from bdc_emitters.tests.rows import UNKNOWN, WorldRow
from bdc_emitters.tests.unborn import NewRows


@dataclass(frozen=True)
class Surfaces:
    """Says so of the rows in `new`; `judge` reads the rules."""

    world: Fixture
    new: NewRows
    judge: Judge

    def beyond(self, entity: Entity, caller: Caller, row: WorldRow) -> dict[str, Any]:
        """What makes the verdict over HTTP another one: a row that this one stands under, and that the caller may not read."""
        for parent, above in rows_around(self.world, entity, row):
            readable, _ = try_judge(self.judge, caller, parent.entity.name, "read", above)
            if not readable:
                return {"unwritable": True if readable is False else None}
        return {}

    def over_http(self, entity: Entity, caller: Caller, row: WorldRow) -> dict[str, Any]:
        """What makes the verdict over HTTP another one: a reference to a row that the caller may not read, a field that the caller
        may not write, a constraint that PostgreSQL alone can judge."""
        if not all(self._may_name(entity, caller, field, row) for field in row.references):
            return {"unreadable": True}
        policy = self.world.system.policy(entity.name)
        for rule in policy.fields if policy else ():
            given = row.values.get(rule.field, row.references.get(rule.field))
            if rule.write is not None and given is not None and rule.field in self.new.asked(entity):
                try:
                    if not self.judge.may_write(caller, rule, row):
                        return {"unwritable": True}
                except NotJudged:
                    return {"unwritable": None}
        if not all(within := [*self._within(caller, entity, row)]):
            return {"unwritable": None if None in within else True}
        return {"undecided": True} if self.world.rules(entity).undecided(row) else {}

    def _within(self, caller: Caller, entity: Entity, row: WorldRow) -> Iterator[bool | None]:
        """Yield whether the caller may create the rows that the body has to bring inside of `row`."""
        self.world.rows[row.name] = row
        try:
            for each, inside in self.new.within(entity, row):
                yield try_judge(self.judge, caller, each.name, "create", inside)[0]
        finally:
            del self.world.rows[row.name]

    def in_sql(self, entity: Entity, caller: Caller, row: WorldRow) -> bool | None:
        """Whether the database lets a caller write the row as it is, who may create it: fields with values that only others may write
        are refused. None where that is not known beforehand."""
        policy = self.world.system.policy(entity.name)
        for rule in policy.fields if policy else ():
            given = row.values.get(rule.field, row.references.get(rule.field))
            default = getattr(getattr(entity.field(rule.field), "default", None), "value", None)
            if rule.write is None or given is None or given is UNKNOWN or _is_same(given, default):
                continue
            try:
                if not self.judge.may_write(caller, rule, row):
                    return False
            except NotJudged:
                return None
        return True

    def _may_name(self, entity: Entity, caller: Caller, field: str, row: WorldRow) -> bool:
        named = row.references[field]
        reference = entity.field(field)
        carried = reference.carriers if isinstance(reference, ReferenceField) else ()
        if named is None or field == entity.tenant or not {field, *carried} & self.new.asked(entity):
            return True
        other = self.world.rows.get(named)
        if other is None:
            return True
        verdicts = [
            try_judge(self.judge, caller, other.entity, action, other)[0] for action in ("read", "refer")
        ]
        return verdicts != [False, False]


def _is_same(given: Any, default: Any) -> bool:
    """Whether a value of a row is the default; decimals are texts in one of them: `0.00` is `0`."""
    if given == default or default is None or isinstance(given, bool | list | dict):
        return bool(given == default)
    try:
        return Decimal(str(given)) == Decimal(str(default))
    except InvalidOperation:
        return False
