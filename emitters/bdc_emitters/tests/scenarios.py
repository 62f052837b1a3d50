"""The `test` blocks of the specification as a document of steps that the emitted runner performs over HTTP."""

from datetime import timedelta
from typing import Any

from bdc.ir import (
    And,
    Arithmetic,
    Assignment,
    Call,
    Compare,
    Entity,
    EntityType,
    Expr,
    InList,
    IsNull,
    ListLiteral,
    Literal,
    Not,
    Operation,
    Or,
    Path,
    ReferenceField,
    ScalarField,
    Scenario,
    ScenarioStep,
    SeedRow,
    StepKind,
    SystemIR,
)
from bdc.naming.casing import kebab
from bdc.query.names import relation
from bdc.surface import (
    Endpoint,
    Kind,
    Member,
    endpoints,
    input_members,
    parameter_members,
    read_members,
)
from bdc.surface.addresses import address, is_by_key
from bdc.surface.examples import Examples
from bdc.surface.requests import request_of
from bdc.surface.seed_keys import claim_field, made_key
from bdc_emitters.tests.exact import exact
from bdc_emitters.tests.named_rows import NamedRows, NotTried
from bdc_emitters.tests.rows import spread

Data = dict[str, Any]


# What a test of the output cannot do to a service that runs by its own clock; `bdc test` can.
_BESIDE = (
    StepKind.AT,
    StepKind.AFTER,
    StepKind.RUN,
    StepKind.EXPECT_EVENT,
    StepKind.EXPECT_NO_EVENT,
    StepKind.EXPECT_MAIL,
    StepKind.EXPECT_NO_MAIL,
    StepKind.RECEIVE,
)


def scenario_document(system: SystemIR) -> Data:
    """Return `{"scenarios": [{"name", "steps"} or {"name", "skip"}]}`."""
    return {"scenarios": [_document(system, scenario) for scenario in system.scenarios]}


def _document(system: SystemIR, scenario: Scenario) -> Data:
    if any(step.kind in _BESIDE for step in scenario.steps):
        return {"name": scenario.name, "skip": "it is about events, jobs or the clock: `bdc test` plays it"}
    return ScenarioWriter(system, scenario).document()


class ScenarioWriter:
    """Writes the steps of one scenario; remembers which rows it has named."""

    def __init__(self, system: SystemIR, scenario: Scenario) -> None:
        self.system = system
        self.scenario = scenario
        self.examples = Examples(system)
        self.rows = NamedRows(system, self._value)

    def document(self) -> Data:
        try:
            return {"name": self.scenario.name, "steps": [self._step(step) for step in self.scenario.steps]}
        except NotTried as reason:
            return {"name": self.scenario.name, "skip": str(reason)}

    def _step(self, step: ScenarioStep) -> Data:
        place = f"{step.origin.file}:{step.origin.line}"
        if step.kind in _BESIDE:
            return {"at": place, "kind": str(step.kind), **self._beside(step)}
        if step.kind is StepKind.GIVEN:
            assert step.row is not None
            return {"at": place, "kind": "given", **self._given(step.row)}
        if step.kind is StepKind.AS:
            return {"at": place, "kind": "as", "claims": self._claims(step)}
        if step.kind is StepKind.EXPECT_VALUE:
            assert step.condition is not None
            return {"at": place, "kind": "expect_value", "condition": self._condition(step.condition)}
        action = step.operation or step.action or "read"
        found: Data = {"at": place, "kind": str(step.kind), "call": self._call(step, action)}
        if step.error is not None:
            declared = (error.code for error in self.system.errors if error.name == step.error)
            found["code"] = next(declared, kebab(step.error))
        return found

    def _beside(self, step: ScenarioStep) -> Data:
        """Return what a step about events, jobs or the clock holds."""
        match step.kind:
            case StepKind.AT:
                return {"time": step.time}
            case StepKind.AFTER:
                return {"seconds": step.seconds}
            case StepKind.RUN:
                return {"job": step.operation}
        if step.kind is StepKind.RECEIVE:
            receiver = next(each for each in self.system.receivers if each.name == step.operation)
            data = {each.field: self._value(each.value) for each in step.arguments}
            return {
                "path": receiver.path,
                "scheme": receiver.scheme,
                "variable": receiver.variable,
                "event": step.event,
                "data": data,
            }
        return {"event": step.event, "members": {each.field: self._told(each) for each in step.arguments}}

    def _told(self, given: Assignment) -> Data:
        """Return the value that a member of an event is to have; of a row its key, and what an event calls it."""
        if isinstance(given.value, Path) and isinstance(given.value.type, EntityType):
            key = self.system.entity(given.value.type.name).key
            return {"key": str(self._key(given.value)), "names": [*key]}
        return {"value": self._value(given.value)}

    def _given(self, row: SeedRow) -> Data:
        entity = self.system.entity(row.entity)
        key = self.rows.add(self.scenario.name, row)
        columns: Data = {}
        field = made_key(entity)
        if field is not None:
            columns[field.column] = key
        for given in row.values:
            columns |= self._column(entity, given)
        columns |= self._missing(entity, columns)
        self.rows.hold(row.name, columns)
        return {"table": relation(entity), "columns": columns}

    def _column(self, entity: Entity, given: Assignment) -> Data:
        field = entity.field(given.field)
        if isinstance(field, ReferenceField) and field.carriers:
            return {}  # what carries it is given
        if isinstance(field, ReferenceField) and isinstance(given.value, Path):
            return {field.column: self._key(given.value)}
        if isinstance(field, ScalarField):
            return spread(field, self._value(given.value))
        raise NotTried(f"`{given.field}` is not a column")

    def _missing(self, entity: Entity, columns: Data) -> Data:
        """What the database would refuse to leave out: examples for required columns without a default."""
        table = self.system.table(entity.table)
        wanted = (
            field
            for field in entity.fields
            if isinstance(field, ScalarField)
            and field.column not in columns
            and not field.nullable
            and field.stamp is None
            and table.column(field.column).default is None
        )
        found: Data = {}
        for field in wanted:
            example = self.examples.member(entity, Member(field.name, field.type, field=field.name))
            found |= spread(field, example)
        return found

    def _claims(self, step: ScenarioStep) -> Data | None:
        identity = self.system.identity
        if identity is None or not isinstance(step.actor, Path):
            return None
        name = str(step.actor.name)
        claims: Data = {}
        entity = self.rows.entity(name)
        other, key = identity.other(entity), identity.key_of(entity)
        for claim in identity.claims:
            if claim.name == identity.roles_claim:
                claims[claim.source] = list(step.roles)
            elif claim.name == key:
                claims[claim.source] = str(self._key(step.actor))
            elif claim.name in other.claims if other is not None else claim.of is None:
                claims[claim.source] = self._claim(
                    name, self.rows.given(name).get(claim_field(self.system, identity, claim, entity))
                )
        return claims

    def _claim(self, row: str, given: Expr | None) -> Any:
        if isinstance(given, Path):
            return str(self.rows.key(self.rows.meant(row, given)))
        return None if given is None else self._value(given)

    def _call(self, step: ScenarioStep, action: str) -> Data:
        given_values = {given.field: self._value(given.value) for given in step.arguments}
        if step.target is None:
            return self._called(action, given_values)
        assert isinstance(step.target, Path)
        entity = self.rows.entity(str(step.target.name))
        for endpoint in self._of(entity):
            wanted = endpoint.kind is not Kind.LIST and endpoint.action == action
            if wanted and endpoint.entity is not None:
                body = self._examples(endpoint, step) | given_values
                if endpoint.kind is Kind.CREATE:
                    body = self._draft(endpoint, str(step.target.name))
                path = self.rows.path(endpoint.path, endpoint.entity, str(step.target.name))
                if endpoint.operation is not None:
                    self._note_renaming(endpoint, str(step.target.name))
                    return self._sent(endpoint.operation, endpoint.method, path, body)
                return {"method": endpoint.method, "path": path, "body": body if endpoint.writes else None}
        raise NotTried(f"no api offers {action} of {entity}")

    def _of(self, entity: str) -> list[Endpoint]:
        """Return what apis offer of an entity: first the one that offers it under its own name."""
        found = [
            each
            for each in endpoints(self.system)
            if each.entity is not None and each.entity.stored == entity
        ]
        return sorted(found, key=lambda each: each.entity is not None and each.entity.name != entity)

    def _called(self, action: str, values: Data) -> Data:
        """Return the call of an operation outside a resource."""
        for endpoint in endpoints(self.system):
            if endpoint.entity is None and endpoint.operation is not None and endpoint.action == action:
                return self._sent(endpoint.operation, endpoint.method, endpoint.path, values)
        raise NotTried(f"no api offers {action}")

    def _sent(self, operation: Operation, method: str, path: str, values: Data) -> Data:
        sent = request_of(operation, path, values)
        headers = {"headers": dict(sent.headers)} if sent.headers else {}
        return {"method": method, "path": sent.path, "body": sent.body, **headers}

    def _examples(self, endpoint: Endpoint, step: ScenarioStep) -> Data:
        """Arguments for a call that is only about who may make it: what it is given otherwise does not matter."""
        if endpoint.operation is None or step.kind not in (StepKind.EXPECT_ALLOW, StepKind.EXPECT_DENY):
            return {}
        return {
            member.name: self.examples.value(member.type, member.name)
            for member in parameter_members(endpoint.operation)
            if member.required and member.type is not None
        }

    def _draft(self, endpoint: Endpoint, name: str) -> Data:
        """Return the body that asks for a row as the scenario gives it; examples stand for what else is required."""
        assert endpoint.entity is not None and endpoint.resource is not None
        shape = endpoint.resource.create
        given = {} if "." in name else self.rows.given(name)
        found: Data = {}
        for member in input_members(self.system, endpoint.entity, shape) if shape else ():
            if member.field in given:
                found[member.name] = self._value(given[member.field])
            elif member.required and member.linked:
                found[member.name] = []
            elif member.required:
                found[member.name] = self.examples.member(endpoint.entity, member)
        return found

    def _note_renaming(self, endpoint: Endpoint, row: str) -> None:
        """Remember that a row may be found under another path from now on: user code may do anything."""
        operation, entity = endpoint.operation, endpoint.entity
        if operation is None or entity is None or is_by_key(self.system, entity):
            return
        sets = {each.field for each in getattr(operation.body, "sets", ())}
        if operation.body.kind != "transition" or sets & set(address(self.system, entity)):
            self.rows.rename(row)

    def _condition(self, expr: Expr) -> Data:
        if isinstance(expr, And | Or):
            return {"op": expr.kind, "terms": [self._condition(term) for term in expr.terms]}
        if isinstance(expr, Not):
            return {"op": "not", "terms": [self._condition(expr.term)]}
        if isinstance(expr, IsNull):
            return {
                "op": "!=" if expr.negated else "==",
                "left": self._operand(expr.value),
                "right": {"value": None},
            }
        if isinstance(expr, Compare):
            return {"op": expr.op, "left": self._operand(expr.left), "right": self._operand(expr.right)}
        if isinstance(expr, InList) and isinstance(expr.items, ListLiteral):
            left, items = self._operand(expr.value), map(self._operand, expr.items.items)
            return {"op": "or", "terms": [{"op": "==", "left": left, "right": each} for each in items]}
        if isinstance(expr, InList):
            return {"op": "in", "left": self._operand(expr.value), "right": self._operand(expr.items)}
        if isinstance(expr, Path):
            return {"op": "==", "left": self._operand(expr), "right": {"value": True}}
        raise NotTried(f"`{expr.kind}` in an expectation")

    def _operand(self, expr: Expr) -> Data:
        if isinstance(expr, Path) and expr.steps and all(step.entity is None for step in expr.steps[1:]):
            entity = self.rows.entity(str(expr.name))
            for endpoint in self._of(entity):
                if endpoint.kind is Kind.GET and endpoint.entity is not None:
                    path = self.rows.path(endpoint.path, endpoint.entity, str(expr.name))
                    inside = {"inside": [step.field for step in expr.steps[1:]]} if expr.steps[1:] else {}
                    member = self._shown(endpoint.entity, expr.steps[0].field)
                    return {"path": path, "member": member, **inside}
            raise NotTried(f"no api offers get of {entity}")
        if isinstance(expr, Path) and expr.steps:
            raise NotTried("a value of a related row: expect it of that row")
        return {"value": self._value(expr)}

    def _shown(self, entity: Entity, field: str) -> str:
        """Return what an answer calls a field: a reference is the key of its row."""
        members = [each.name for each in read_members(self.system, entity) if each.field == field]
        if len(members) != 1:
            raise NotTried(f"`{field}`, which no answer shows as one member")
        return members[0]

    def _key(self, path: Path) -> str | int:
        return self.rows.key(str(path.name))

    def _value(self, expr: Expr) -> Any:
        if isinstance(expr, Literal):
            return expr.plain
        if isinstance(expr, ListLiteral):
            return [self._value(item) for item in expr.items]
        if isinstance(expr, Path):
            return self._key(expr)
        called, offset = _moment(expr)
        if called:
            return {"call": called, "seconds": offset.total_seconds()} if offset else {"call": called}
        raise NotTried(f"`{expr.kind}` as a value")


def _moment(expr: Expr) -> tuple[str, timedelta]:
    """Return the function that tells the time and how far from it a value lies: `now() + 2h`; ("", 0) for anything else."""
    nothing = ("", timedelta())
    if isinstance(expr, Call):
        return (expr.function, timedelta()) if expr.function in ("now", "today") else nothing
    if not isinstance(expr, Arithmetic) or expr.op not in ("+", "-") or not isinstance(expr.right, Literal):
        return nothing
    called, offset = _moment(expr.left)
    moved = exact(expr.right.type, expr.right.plain)
    if not called or not isinstance(moved, timedelta):
        return nothing
    return called, offset + moved if expr.op == "+" else offset - moved
