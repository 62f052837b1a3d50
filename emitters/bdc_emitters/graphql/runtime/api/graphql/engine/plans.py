"""How one operation of a document is answered, decided once per shape of its variables.

A query's plan is a list of segments: neighbouring compiled fields make one statement; an operation of the service is a call.
A mutation's plan is its calls, in order, each with the selection of what it answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from graphql import FieldNode, SelectionSetNode

from api.graphql.engine.calls import call_arguments, operation_of, rows_of, task_arguments
from api.graphql.engine.collect import Fragments, collect
from api.graphql.engine.conversion import parser
from api.graphql.engine.cost import Cost
from api.graphql.engine.literals import Getter, Ref, Variables, read_arguments, resolved
from api.graphql.engine.lowering import TYPENAME, Lowering, Verify, typename
from api.graphql.engine.meaning import Call, Get, Node, Page, Task
from api.graphql.engine.tables import Tables
from services.data.engine import selection as tree
from services.data.engine.compose import Composed
from services.data.statements import COMPOSER
from services.engine.problems import Problem
from services.security import permissions
from services.security.engine.actor import Actor
from services.security.engine.claims import challenged
from services.security.engine.permission import Permission

# Statements of one plan, by the roles they were composed for.
MAX_COMPOSED = 64
# Where the key of the row that an operation answered stands among the variables.
ANSWERED = "\0answered"


@dataclass(slots=True)
class Statement:
    """Root fields that one statement answers, as one JSON object. `replica`: a replica of the database may answer all of them."""

    roots: tuple[tree.Root, ...]
    slots: tuple[Getter, ...]
    replica: bool = False
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
class TaskStep:
    """A task of the service under an answer name. `fields` are what was selected of its result."""

    key: str
    task: Task
    arguments: dict[str, Any]
    fields: tuple[FieldNode, ...]


@dataclass(frozen=True, slots=True)
class NodeStep:
    """Rows by their global ids, under an answer name: `roots` reads those of each entity, whose keys stand among `slots`. `nodes` beside this
    module performs it."""

    key: str
    meaning: Node
    arguments: dict[str, Any]
    roots: dict[str, tree.ByKeys]
    slots: tuple[Getter, ...]
    _statements: dict[frozenset[str], Statement] = field(default_factory=dict)

    def statement(self, entities: frozenset[str]) -> Statement:
        """Return the statement that finds rows of some of the entities."""
        found = self._statements.get(entities)
        if found is None:
            roots = tuple(self.roots[entity] for entity in sorted(entities))
            found = self._statements[entities] = Statement(roots, self.slots)
        return found


class RootProblem(Exception):
    """A refusal, and the root field that it is about."""

    def __init__(self, key: str, problem: Problem) -> None:
        super().__init__(problem.code)
        self.key = key
        self.problem = problem


Segment = Statement | CallStep | TaskStep | NodeStep


@dataclass(frozen=True, slots=True)
class Plan:
    """`segments` leave out what is not `compiled`: then resolvers answer. `costs` are those of all compiled fields, `checks`
    fetch every value that the request brings, `permissions` are what each root field needs, in order; `own` are root fields about the row of
    the caller. `calls` counts root fields, and
    `rows` how many rows more than one a field writes. `private`: the answer is for the caller alone to keep."""

    segments: tuple[Segment, ...]
    compiled: bool
    costs: tuple[Cost, ...]
    fixed_cost: int | None
    checks: tuple[Getter, ...]
    permissions: tuple[tuple[str, Permission], ...]
    calls: int = 0
    own: tuple[str, ...] = ()
    rows: tuple[Getter, ...] = ()
    private: bool = False

    def counted(self, variables: Variables) -> int:
        """Return how many calls the request is."""
        return self.calls + sum(int(get(variables)) for get in self.rows)

    def check(self, variables: Variables) -> None:
        """Raise `Refused` when a value does not fit, before anything is performed."""
        for get in self.checks:
            get(variables)

    def require(self, actor: Actor) -> None:
        """Raise `RootProblem` for the first root field that the caller may not even ask for."""
        for key, permission in self.permissions:
            try:
                if key in self.own and actor.anonymous:
                    raise challenged()
                permission.require(actor)
            except Problem as problem:
                raise RootProblem(key, problem) from problem


class Planner:
    """Plans one operation: `plan` is called once."""

    def __init__(self, tables: Tables, fragments: Fragments, variables: Variables, verify: Verify) -> None:
        self._tables = tables
        self._fragments = fragments
        self._variables = variables
        self._verify = verify
        self._uncompiled = False
        self._segments: list[Segment] = []
        self._own: list[str] = []
        self._rows: list[Getter] = []
        self._private = False
        self._costs: list[Cost] = []
        self._checks: list[Getter] = []
        self._permissions: list[tuple[str, Permission]] = []

    def plan(self, root: str, selections: SelectionSetNode) -> Plan:
        """Return the plan of an operation's selections; `root` is Query or Mutation."""
        pending = self._pending()
        roots = collect((selections,), self._fragments, self._variables)
        for key, fields in roots.items():
            meaning = self._tables.meaning(root, fields[0])
            if fields[0].name.value == TYPENAME:
                pending.roots.append(typename(key, root))
            elif isinstance(meaning, Get | Page):
                root_, cost = pending.lowering.root(key, fields, meaning)
                pending.roots.append(root_)
                pending.replica &= meaning.replica
                self._costs.append(cost)
                self._permissions.append((key, getattr(permissions, meaning.permission)))
                self._own += [key] if isinstance(meaning, Get) and meaning.own is not None else []
            elif isinstance(meaning, Call):
                self._flush(pending)
                pending = self._pending()
                self._segments.append(self._call(key, fields, meaning))
            elif isinstance(meaning, Task):
                self._flush(pending)
                pending = self._pending()
                self._segments.append(self._task(key, fields, meaning))
            elif isinstance(meaning, Node):
                self._flush(pending)
                pending = self._pending()
                self._segments.append(self._node(key, fields, meaning))
            else:
                self._uncompiled = True
        self._flush(pending)
        fixed = all(cost.is_fixed for cost in self._costs)
        return Plan(
            tuple(self._segments),
            not self._uncompiled,
            tuple(self._costs),
            sum(cost.of({}) for cost in self._costs) if fixed else None,
            tuple(self._checks),
            tuple(self._permissions),
            sum(fields[0].name.value != TYPENAME for fields in roots.values()),
            tuple(self._own),
            tuple(self._rows),
            self._private,
        )

    def _node(self, key: str, fields: Sequence[FieldNode], meaning: Node) -> NodeStep:
        arguments = read_arguments(fields[0], self._variables, opened=False)
        lowering = Lowering(self._tables, self._fragments, self._variables, self._verify)
        module = import_module("api.graphql.engine.nodes")
        step: NodeStep
        step, cost, checks = module.planned(key, fields, meaning, arguments, lowering)
        self._costs.append(cost)
        self._checks += checks
        self._uncompiled |= lowering.uncompiled
        return step

    def _task(self, key: str, fields: Sequence[FieldNode], task: Task) -> TaskStep:
        arguments = read_arguments(fields[0], self._variables, opened=False)
        self._checks.append(
            lambda variables: task_arguments(self._tables, task, resolved(arguments, variables))
        )
        self._costs.append(Cost(1, 1))
        self._private |= task.kind == "sign_in"
        if task.kind == "bulk":
            self._rows.append(lambda variables: rows_of(resolved(arguments, variables)))
        return TaskStep(key, task, arguments, tuple(fields))

    def _call(self, key: str, fields: Sequence[FieldNode], call: Call) -> CallStep:
        arguments = read_arguments(fields[0], self._variables, opened=False)
        self._permissions.append((key, operation_of(call).permission))
        self._checks.append(
            lambda variables: call_arguments(self._tables, call, resolved(arguments, variables))
        )
        if call.entity is None:
            # Rows inside a plain result have relations: those are for resolvers.
            self._uncompiled |= self._holds_rows(call.result)
            self._costs.append(Cost(1, 1))
            return CallStep(key, call, arguments, tuple(fields))
        lowering = Lowering(self._tables, self._fragments, self._variables, self._verify)
        children, costs = lowering.rows(call.entity, fields)
        self._checks += lowering.slots
        slots = tuple(
            lowering.slot(Ref(ANSWERED, (index,)), parser(kind, member))
            for index, (member, kind) in enumerate(self._tables.keys[call.entity])
        )
        self._costs.append(Cost(1, 1, costs))
        self._uncompiled |= lowering.uncompiled
        payload = Statement((tree.Get(key, call.entity, slots, children),), tuple(lowering.slots))
        return CallStep(key, call, arguments, tuple(fields), payload)

    def _holds_rows(self, type_: str) -> bool:
        found = self._tables.objects.get(type_)
        return found is not None and found.entity != ""

    def _pending(self) -> _Pending:
        return _Pending(Lowering(self._tables, self._fragments, self._variables, self._verify))

    def _flush(self, pending: _Pending) -> None:
        lowering = pending.lowering
        self._uncompiled |= lowering.uncompiled
        self._checks += lowering.slots
        if pending.roots:
            replica = pending.replica
            self._segments.append(Statement(tuple(pending.roots), tuple(lowering.slots), replica))


class _Pending:
    """Compiled root fields that will share a statement."""

    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.roots: list[tree.Root] = []
        self.replica = True
