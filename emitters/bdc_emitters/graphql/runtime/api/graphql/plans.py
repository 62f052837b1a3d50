"""How one operation of a document is answered, decided once per shape of its variables.

A query's plan is a list of segments: neighbouring compiled fields make one statement; an operation of the service is a call.
A mutation's plan is its calls, in order, each with the selection of what it answers. No segments at all: resolvers answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from api.graphql.collect import Fragments, collect
from api.graphql.conversion import parser
from api.graphql.cost import Cost
from api.graphql.literals import Getter, Ref, Variables, read_arguments
from api.graphql.lowering import TYPENAME, Lowering, Verify, meaning_of, typename
from api.graphql.meaning import Call, Get, Page
from api.graphql.table import KEYS
from services.data import selection as tree
from services.data.compose import Composed
from services.data.statements import COMPOSER
from services.security import permissions
from services.security.actor import Actor
from services.security.permission import Permission

from graphql import FieldNode, SelectionSetNode

# Statements of one plan, by the roles they were composed for.
MAX_COMPOSED = 64
# Where the key of the row that an operation answered stands among the variables.
ANSWERED = "\0answered"


@dataclass(slots=True)
class Statement:
    """Root fields that one statement answers, as one JSON object. `permissions`: (answer name, what must be allowed)."""

    roots: tuple[tree.Root, ...]
    slots: tuple[Getter, ...]
    permissions: tuple[tuple[str, Permission], ...] = ()
    signs_cursors: bool = False
    _composed: dict[frozenset[str], Composed] = field(default_factory=dict)

    def parameters(self, actor: Actor, request_id: str, variables: Variables) -> tuple[str, list[Any]]:
        """Return SQL and parameters for one request. Raises `Refused` for a value that does not fit."""
        composed = self._composed.get(actor.roles)
        if composed is None:
            composed = self._compose(actor.roles)
        values = [get(variables) for get in self.slots]
        return composed.sql, composed.bind((*actor.identity, request_id), values)

    def _compose(self, roles: frozenset[str]) -> Composed:
        """Return the statement for a caller with `roles`: what they rule out has no part in it."""
        if len(self._composed) >= MAX_COMPOSED:
            self._composed.clear()
        composed = self._composed[roles] = COMPOSER.document(self.roots, roles)
        return composed


@dataclass(frozen=True, slots=True)
class CallStep:
    """An operation of the service under an answer name. `payload` selects the answered row by key, if there is one; `fields`
    are what was selected of a plain result."""

    key: str
    call: Call
    arguments: dict[str, Any]
    fields: tuple[FieldNode, ...]
    payload: Statement | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`segments` None: resolvers answer. `costs` are those of all compiled fields."""

    segments: tuple[Statement | CallStep, ...] | None
    costs: tuple[Cost, ...] = ()
    fixed_cost: int | None = None


class Planner:
    """Plans one operation: `plan` is called once."""

    def __init__(self, fragments: Fragments, variables: Variables, verify: Verify) -> None:
        self._fragments = fragments
        self._variables = variables
        self._verify = verify
        self._uncompiled = False
        self._segments: list[Statement | CallStep] = []
        self._costs: list[Cost] = []

    def plan(self, root: str, selections: SelectionSetNode) -> Plan:
        """Return the plan of an operation's selections; `root` is Query or Mutation."""
        pending = self._pending()
        for key, fields in collect((selections,), self._fragments, self._variables).items():
            meaning = meaning_of(root, fields[0])
            if fields[0].name.value == TYPENAME:
                pending.roots.append(typename(key, root))
            elif isinstance(meaning, Get | Page):
                self._costs.append(pending.add(key, fields, meaning))
            elif isinstance(meaning, Call):
                self._flush(pending)
                pending = self._pending()
                self._segments.append(self._call(key, fields, meaning))
            else:
                self._uncompiled = True
        self._flush(pending)
        segments = None if self._uncompiled else tuple(self._segments)
        fixed = all(cost.is_fixed for cost in self._costs)
        total = sum(cost.of({}) for cost in self._costs) if fixed else None
        return Plan(segments, tuple(self._costs), total)

    def _call(self, key: str, fields: Sequence[FieldNode], call: Call) -> CallStep:
        arguments = read_arguments(fields[0], self._variables)
        if call.entity is None:
            self._costs.append(Cost(1, 1))
            return CallStep(key, call, arguments, tuple(fields))
        lowering = Lowering(self._fragments, self._variables, self._verify)
        children, costs = lowering.rows(call.entity, fields)
        slots = tuple(
            lowering.slot(Ref(ANSWERED, (index,)), parser(kind, member))
            for index, (member, kind) in enumerate(KEYS[call.entity])
        )
        self._costs.append(Cost(1, 1, costs))
        self._uncompiled |= lowering.uncompiled
        payload = Statement((tree.Get(key, call.entity, slots, children),), tuple(lowering.slots))
        return CallStep(key, call, arguments, tuple(fields), payload)

    def _pending(self) -> _Pending:
        return _Pending(Lowering(self._fragments, self._variables, self._verify))

    def _flush(self, pending: _Pending) -> None:
        lowering = pending.lowering
        self._uncompiled |= lowering.uncompiled
        if pending.roots:
            slots, permissions_ = tuple(lowering.slots), tuple(pending.permissions)
            self._segments.append(
                Statement(tuple(pending.roots), slots, permissions_, lowering.signs_cursors)
            )


class _Pending:
    """Compiled root fields that will share a statement."""

    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.roots: list[tree.Root] = []
        self.permissions: list[tuple[str, Permission]] = []

    def add(self, key: str, fields: Sequence[FieldNode], meaning: Get | Page) -> Cost:
        root, cost = self.lowering.root(key, fields, meaning)
        self.roots.append(root)
        self.permissions.append((key, getattr(permissions, meaning.permission)))
        return cost
