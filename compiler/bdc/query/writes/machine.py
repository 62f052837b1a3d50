"""What a state machine says of one operation: from where, to where, and how a wrong state is refused."""

from collections.abc import Iterator

from sqlglot import exp

from bdc.ir import (
    Entity,
    EntityType,
    Entry,
    ErrorDecl,
    Operation,
    ReferenceField,
    ScalarField,
    SystemIR,
    Transition,
)
from bdc.query.embedding import own_value
from bdc.query.names import column
from bdc.query.scope import Row
from bdc.query.trees import call, equal, text
from bdc.query.writes.names import ROW, json_object, variable
from bdc.query.writes.plpgsql import Refuse, Run, Statement
from bdc.query.writes.refusals import REFUSAL
from bdc.query.writes.statements import query
from bdc.query.writes.values import json_value
from bdc.source.records import dataclass


@dataclass(frozen=True)
class Step:
    """The transitions that `operation` performs on `entity`; `field` carries the state."""

    system: SystemIR
    entity: Entity
    operation: Operation
    field: ScalarField
    transitions: tuple[Transition, ...]

    def may_start(self) -> exp.Expression:
        """Return the condition that row `a` is in a state to start from."""
        sources = dict.fromkeys(source for each in self.transitions for source in each.sources)
        return _is_among(self._state(), sources)

    def values(self) -> dict[str, exp.Expression]:
        """Return what the transition sets: the state, and the time it was reached, once."""
        found = {self.field.column: self._by_source({each: text(each.target) for each in self.transitions})}
        for name in dict.fromkeys(each.stamp for each in self.transitions if each.stamp):
            stamp = self.entity.field(name)
            assert isinstance(stamp, ScalarField)
            kept = column(ROW, stamp.column)
            reached = call("coalesce", kept, call("now"))
            found[stamp.column] = self._by_source(
                {each: reached if each.stamp == name else kept for each in self.transitions}
            )
        return found

    def refuse(self, source: exp.Expression, where: list[exp.Expression]) -> tuple[Statement, ...]:
        """Refuse: the operation's own error for it if it has one, filled from the row, else `illegal-transition`."""
        named = next((each.error for each in self.operation.errors if each.on == "illegal_transition"), None)
        if named is None:
            current = exp.Null() if self.field.name in self._hidden() else self._state()
            members = json_object(current=current, operation=text(self.operation.name))
            return _refuse(409, "illegal-transition", members, source, where)
        error = next(each for each in self.system.errors if each.name == named)
        return _refuse(error.status, error.code, json_object(**dict(self._members(error))), source, where)

    def _state(self) -> exp.Expression:
        return column(ROW, self.field.column)

    def _by_source(self, values: dict[Transition, exp.Expression]) -> exp.Expression:
        """Return the value that belongs to the state before: plain when all transitions agree."""
        first, *others = values.values()
        if all(other == first for other in others):
            return first.copy()
        branches = [
            exp.If(this=_is_among(self._state(), each.sources), true=value.copy())
            for each, value in values.items()
        ]
        return exp.Case(ifs=branches)

    def _members(self, error: ErrorDecl) -> Iterator[tuple[str, exp.Expression]]:
        """Yield the error's members by name from the row; one that is hidden from some stays null."""
        for entry in error.members:
            yield entry.name, self._member(entry)

    def _hidden(self) -> set[str]:
        """The fields that not every caller may read: a refusal tells none of them."""
        policy = self.system.policy(self.entity.name)
        ruled = {rule.field for rule in policy.fields if rule.read} if policy else set()
        return ruled | {field.name for field in self.entity.fields if field.hidden}

    def _member(self, entry: Entry) -> exp.Expression:
        hidden = self._hidden()
        for field in self.entity.fields:
            if field.name != entry.name or field.name in hidden:
                continue
            if isinstance(field, ScalarField) and not field.encrypted:
                return json_value(own_value(Row(self.entity, ROW), field), field.type)
            if isinstance(field, ReferenceField) and isinstance(entry.type, EntityType):
                return call("to_jsonb", column(ROW, field.column))
        return exp.Null()


def step_of(system: SystemIR, entity: Entity, operation: Operation) -> Step | None:
    """Return what the entity's machine says of the operation; None when it says nothing."""
    machine = system.machine(entity.name)
    if machine is None:
        return None
    transitions = tuple(each for each in machine.transitions if each.operation == operation.name)
    field = entity.field(machine.field)
    assert isinstance(field, ScalarField)
    return Step(system, entity, operation, field, transitions) if transitions else None


def _is_among(value: exp.Expression, names: dict[str, None] | tuple[str, ...]) -> exp.Expression:
    first, *others = names
    return (
        exp.In(this=value, expressions=[text(name) for name in names])
        if others
        else equal(value, text(first))
    )


def _refuse(
    status: int, code: str, members: exp.Expression, source: exp.Expression, where: list[exp.Expression]
) -> tuple[Statement, ...]:
    found = Run(query([members], [source], where), (REFUSAL,))
    return (found, Refuse(status, code, call("coalesce", variable(REFUSAL), text("{}"))))
