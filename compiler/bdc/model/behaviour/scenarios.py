"""Scenarios: rows, callers, actions and expectations."""

from bdc import ir
from bdc.model.behaviour import steps
from bdc.model.behaviour.carried_rows import with_carried
from bdc.model.behaviour.seed_paths import seed_variables, with_seed_rows
from bdc.model.behaviour.seeds import named_row, row_variable, seed_row
from bdc.model.context import ResolveContext
from bdc.model.errors.names import DuplicateMember, UnknownDeclaration, UnknownField, UnknownOperation
from bdc.model.errors.types import MissingMember
from bdc.model.expressions import Place, Scope, condition, value
from bdc.model.expressions.scope import Variable
from bdc.model.nodes.api import VERBS, Operation
from bdc.model.nodes.behaviour import Assignment, Row, Scenario, Step
from bdc.model.policies.policies import role_words
from bdc.syntax import ast

_EXPECT = Place("an expectation", secrets=True, seeds=True)
REFUSALS = (
    "illegal_transition",
    "conflict",
    "forbidden",
    "not_found",
    "validation_failed",
)  # of the service itself
_ACTIONS = ("read", *VERBS[2:])


def resolve_scenarios(context: ResolveContext) -> None:
    first: dict[str, Scenario] = {}
    for declared in context.declarations():
        if isinstance(declared, ast.TestDecl):
            scenario = _scenario(context, declared)
            other = first.setdefault(scenario.title, scenario)
            if other is not scenario:
                context.report(
                    DuplicateMember("test", scenario.title, "the system", scenario.span, other.span)
                )
            context.scenarios.append(scenario)


def _scenario(context: ResolveContext, declared: ast.TestDecl) -> Scenario:
    variables: dict[str, Variable] = {}
    rows: dict[str, Row] = {}
    steps = [
        _step(context, each, variables, rows) for each in declared.steps if not isinstance(each, ast.Broken)
    ]
    return Scenario(
        declared.title.value, declared.title.span, tuple(step for step in steps if step is not None)
    )


def _step(
    context: ResolveContext, written: ast.TestStep, variables: dict[str, Variable], rows: dict[str, Row]
) -> Step | None:
    scope = Scope(context, _EXPECT, None, {**seed_variables(context), **variables})
    match written:
        case ast.GivenStep():
            return _given(context, written, variables, rows)
        case ast.AsStep():
            actor = seed_row(context, written.actor, scope)
            roles = tuple(word.text for word in role_words(context, written.roles))
            return (
                None
                if actor is None
                else Step(kind=ir.StepKind.AS, span=written.span, actor=actor, roles=roles)
            )
        case ast.DoStep():
            return _call(context, written.call, scope, ir.StepKind.DO, None)
        case ast.ExpectError():
            return _call(context, written.call, scope, ir.StepKind.EXPECT_ERROR, written.error)
        case ast.ExpectValue():
            expr = condition(with_seed_rows(written.condition, scope.variables), scope)
            return (
                None
                if expr is None
                else Step(kind=ir.StepKind.EXPECT_VALUE, span=written.span, condition=expr)
            )
        case ast.ExpectAccess():
            return _access(context, written, scope)
        case ast.ExpectEvent():
            return steps.expect_event(context, written, scope)
        case ast.ReceiveStep():
            return steps.receive(context, written, scope)
        case ast.ClockStep():
            return steps.clock(context, written, scope)
        case ast.LaterStep():
            return steps.later(context, written)
        case ast.RunStep():
            return steps.run(context, written)
    return None


def _given(
    context: ResolveContext, written: ast.GivenStep, variables: dict[str, Variable], rows: dict[str, Row]
) -> Step | None:
    entity = context.entity(written.entity)
    row = (
        named_row(context, written.name, written.entity, written.values, variables)
        if entity is not None
        else None
    )
    name = written.name.text
    if name in variables:
        context.report(DuplicateMember("row", name, "this test", written.name.span, written.name.span))
    variables.setdefault(name, row_variable(entity))
    if row is None:
        return None
    row = rows[name] = with_carried(context, row, rows.get)
    return Step(kind=ir.StepKind.GIVEN, span=written.span, row=row)


def _operations(context: ResolveContext, entity: str) -> dict[str, Operation]:
    """Return what can be done with a row; of operations of one name in several apis the one that tests call: that of the api with GraphQL, else
    of the first."""
    apis = (*(each for each in context.apis if each.graphql is not None), *context.apis)
    return {
        each.name: each
        for api in reversed(apis)
        for resource in api.resources
        if resource.entity == entity
        for each in resource.custom
    }


def _outside(context: ResolveContext) -> dict[str, Operation]:
    return {each.name: each for api in reversed(context.apis) for each in api.operations}


def _call(
    context: ResolveContext, written: ast.Call, scope: Scope, kind: ir.StepKind, error: ast.Path | None
) -> Step | None:
    """`o.cancel(reason: "…")`: a row, an operation of its entity, arguments by name. `deposit(into: a)`: one outside a resource."""
    names = written.function.names
    target, operations, owner = None, _outside(context), context.apis[0].name if context.apis else "api"
    if len(names) > 1:
        target = seed_row(context, ast.Path(names[:-1], span=names[0].span.to(names[-2].span)), scope)
        if target is None or not isinstance(target.type, ir.EntityType):
            return None
        operations, owner = _operations(context, target.type.name), target.type.name
    operation = operations.get(names[-1].text)
    if operation is None:
        context.report(UnknownOperation(owner, names[-1].text, names[-1].span, tuple(operations)))
        return None
    raised = _raised(context, operation, error) if error is not None else None
    if error is not None and raised is None:
        return None
    arguments = _arguments(context, operation, written, scope)
    return Step(
        kind=kind,
        span=written.span,
        target=target,
        operation=operation.name,
        arguments=arguments,
        error=raised,
    )


def _raised(context: ResolveContext, operation: Operation, error: ast.Path) -> str | None:
    """The errors of an operation need no import: it has declared them. Those of the service have words. Any write may break a constraint
    that has an error of its own."""
    declared = tuple(each.error for each in operation.errors)
    if error.text in REFUSALS:
        return error.text
    context.file(error.span).find(error.text)
    if error.text in declared or error.text in _of_constraints(context):
        return error.text
    known = (*declared, *REFUSALS)
    context.report(UnknownDeclaration(f"error of `{operation.name}`", error.text, error.span, known))
    return None


def _of_constraints(context: ResolveContext) -> set[str]:
    entities = context.entities.values()
    uniques = (each.kept.raises for entity in entities for each in entity.uniques)
    exclusions = (each.kept.raises for entity in entities for each in entity.exclusions)
    checks = (check.raises for entity in entities for check in entity.checks)
    return {raised.error for raised in (*uniques, *exclusions, *checks) if raised is not None}


def _arguments(
    context: ResolveContext, operation: Operation, written: ast.Call, scope: Scope
) -> tuple[Assignment, ...]:
    parameters = {each.row or each.name: each for each in operation.parameters}
    found: dict[str, Assignment] = {}
    for argument in written.arguments:
        parameter = parameters.get(argument.name.text) if argument.name is not None else None
        if argument.name is None or parameter is None:
            name = argument.name.text if argument.name is not None else "…"
            context.report(
                UnknownField(
                    f"operation `{operation.name}`", name, argument.span, tuple(parameters), "parameter"
                )
            )
            continue
        type_ = parameter.type if parameter.refers is None else ir.EntityType(name=parameter.refers)
        given_value = with_seed_rows(argument.value, scope.variables)
        expr = value(given_value, scope, type_, parameter.nullable, f"`{argument.name.text}`")
        if expr is not None:
            found[parameter.name] = Assignment(parameter.name, expr, argument.span)
    given = {argument.name.text for argument in written.arguments if argument.name is not None}
    missing = tuple(
        name
        for name, each in parameters.items()
        if name not in given and not each.nullable and each.default is None
    )
    if missing:
        context.report(MissingMember(f"`{operation.name}`", missing, written.span))
    return tuple(found.values())


def _access(context: ResolveContext, written: ast.ExpectAccess, scope: Scope) -> Step | None:
    target = seed_row(context, written.target, scope)
    if target is None or not isinstance(target.type, ir.EntityType):
        return None
    known = (*_ACTIONS, *_operations(context, target.type.name))
    if written.action.text not in known:
        context.report(UnknownOperation(target.type.name, written.action.text, written.action.span, known))
        return None
    kind = ir.StepKind.EXPECT_ALLOW if written.effect == "allow" else ir.StepKind.EXPECT_DENY
    return Step(kind=kind, span=written.span, target=target, action=written.action.text)
