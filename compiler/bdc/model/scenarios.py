"""Seeds and scenarios: rows with names, and what is done with them and expected."""

import json

from bdc import ir
from bdc.model.errors.names import (
    DuplicateMember,
    UnknownDeclaration,
    UnknownField,
    UnknownOperation,
    UnknownValue,
)
from bdc.model.errors.types import MissingMember, NotAllowedHere, TypeMismatch
from bdc.model.expressions import Place, Scope, condition, typed, value
from bdc.model.expressions.scope import Variable
from bdc.model.nodes.api import VERBS, Operation
from bdc.model.nodes.behaviour import Assignment, Row, Scenario, Seed, Step
from bdc.model.nodes.entity import Entity, Entry, ReferenceField, ScalarField
from bdc.model.operations import assign
from bdc.model.policies import role_words
from bdc.model.types import describe
from bdc.model.world import World
from bdc.source import Span
from bdc.syntax import ast

_VALUES = Place("the values of a row", computed=False, secrets=True)
_CONSTANT = Place("a value of a struct", relations=False, computed=False, clock=False)
_EXPECT = Place("an expectation", secrets=True)
_ACTIONS = ("read", *VERBS[2:])


def resolve_seeds(world: World) -> None:
    for declared in world.declarations():
        if not isinstance(declared, ast.SeedDecl):
            continue
        name = declared.name.text
        if name in world.seeds:
            world.report(
                DuplicateMember("seed", name, "the system", declared.name.span, world.seeds[name].span)
            )
            continue
        world.seeds[name] = Seed(name, declared.name.span, _rows(world, declared))


def _rows(world: World, declared: ast.SeedDecl) -> tuple[Row, ...]:
    """Rows may refer to each other in any order, so their names are known before their values."""
    variables: dict[str, Variable] = {}
    written = [each for each in declared.rows if isinstance(each, ast.SeedRow)]
    first: dict[str, Span] = {}
    for each in written:
        name = each.name.text
        if first.setdefault(name, each.name.span) != each.name.span:
            world.report(
                DuplicateMember("row", name, f"seed `{declared.name.text}`", each.name.span, first[name])
            )
        entity = world.entity(each.entity)
        variables.setdefault(name, _row_variable(entity))
    rows = (_row(world, each.name, each.entity, each.values, variables) for each in written)
    return tuple(row for row in rows if row is not None)


def _row_variable(entity: Entity | None) -> Variable:
    if entity is None:
        return Variable(ir.Root.SCENARIO, ir.ScalarType(scalar=ir.Scalar.TEXT), unjudged=True)
    return Variable(ir.Root.SCENARIO, ir.EntityType(name=entity.name))


def _row(
    world: World, name: ast.Name, path: ast.Path, values: ast.ObjectLiteral, variables: dict[str, Variable]
) -> Row | None:
    symbol = world.file(path.span).find(path.text)
    entity = world.entities.get(symbol.name) if symbol is not None else None
    if entity is None:
        return None
    scope = Scope(world, _VALUES, None, variables)
    found: dict[str, Assignment] = {}
    for entry in values.entries:
        assigned = _assign(world, entity, entry, scope)
        if entry.name.text in found:
            place = f"row `{name.text}`"
            world.report(
                DuplicateMember("field", entry.name.text, place, entry.name.span, found[entry.name.text].span)
            )
        elif assigned is not None:
            found[assigned.field] = assigned
    _complete(world, entity, name, values)
    return Row(name.text, entity.name, tuple(found.values()), name.span)


def _assign(world: World, entity: Entity, entry: ast.Entry, scope: Scope) -> Assignment | None:
    """Like any assignment; a struct is written in braces, a row of a seed as `seed.row`."""
    field = entity.find(entry.name.text)
    if isinstance(entry.value, ast.ObjectLiteral) and isinstance(field, ScalarField):
        expr = _struct(world, entry.value, field.type)
        return None if expr is None else Assignment(field.name, expr, entry.name.span)
    if isinstance(entry.value, ast.Path) and isinstance(field, ReferenceField):
        expr = seed_row(world, entry.value, scope)
        if expr is None:
            return None
        if expr.type != ir.EntityType(name=field.target):
            world.report(TypeMismatch(field.target, describe(expr.type), entry.value.span))
            return None
        return Assignment(field.name, expr, entry.name.span)
    return assign(world, entity, entry, scope)


def _struct(world: World, written: ast.ObjectLiteral, type_: ir.Type) -> ir.Expr | None:
    """Return a struct's value as a literal: a JSON object in text, the form its column takes."""
    struct = world.structs.get(type_.name) if isinstance(type_, ir.StructType) else None
    if struct is None:
        world.report(NotAllowedHere("`{ … }`", f"a value of `{describe(type_)}`", written.span))
        return None
    members: dict[str, object] = {}
    for entry in written.entries:
        field = struct.find(entry.name.text)
        if field is None:
            world.report(
                UnknownField(f"struct `{struct.name}`", entry.name.text, entry.name.span, struct.field_names)
            )
            continue
        found = _struct_member(world, entry.value, field)
        if isinstance(found, ir.Literal):
            nested = isinstance(found.type, ir.StructType) and isinstance(found.value, str)
            members[field.name] = json.loads(str(found.value)) if nested else found.value
    given = {entry.name.text for entry in written.entries}
    missing = tuple(
        each.name
        for each in struct.fields
        if each.name not in given and not each.nullable and each.default is None
    )
    if missing:
        world.report(MissingMember(f"`{struct.name}`", missing, written.span))
    return ir.Literal(value=json.dumps(members, ensure_ascii=False), type=type_)


def _struct_member(world: World, written: ast.Expr, field: Entry) -> ir.Expr | None:
    if isinstance(written, ast.ObjectLiteral):
        return _struct(world, written, field.type)
    found = value(written, Scope(world, _CONSTANT), field.type, field.nullable, f"`{field.name}`")
    if found is not None and not isinstance(found, ir.Literal):
        world.report(NotAllowedHere("anything but a constant", "a value of a struct", written.span))
    return found


def _complete(world: World, entity: Entity, name: ast.Name, values: ast.ObjectLiteral) -> None:
    given = {entry.name.text for entry in values.entries}
    missing = tuple(
        field.name
        for field in entity.fields
        if isinstance(field, ScalarField | ReferenceField) and field.name not in given and _is_needed(field)
    )
    if missing:
        world.report(MissingMember(f"a row of `{entity.name}`", missing, name.span))


def _is_needed(field: ScalarField | ReferenceField) -> bool:
    if field.nullable:
        return False
    return isinstance(field, ReferenceField) or (field.declared.default is None and field.stamp is None)


def seed_row(world: World, path: ast.Path, scope: Scope) -> ir.Path | None:
    """Return the path to a row: `o` given here, or `acme.bob` of a seed. Its `name` is the row's whole name."""
    names = [name.text for name in path.names]
    if names[0] in scope.variables:
        found = typed(path, scope)
        return found if isinstance(found, ir.Path) else None
    seed = world.seeds.get(names[0])
    if seed is None:
        world.report(
            UnknownValue(names[0], path.names[0].span, (*sorted(scope.variables), *sorted(world.seeds)))
        )
        return None
    if len(names) != 2:
        world.report(
            UnknownValue(path.text, path.span, tuple(f"{seed.name}.{row.name}" for row in seed.rows))
        )
        return None
    rows = tuple(dict.fromkeys(each.name for each in seed.rows))
    row = next((row for row in seed.rows if row.name == names[1]), None)
    if row is None:
        world.report(UnknownField(f"seed `{seed.name}`", names[1], path.last.span, rows, "row"))
        return None
    return ir.Path(root=ir.Root.SCENARIO, name=f"{seed.name}.{row.name}", type=ir.EntityType(name=row.entity))


def resolve_scenarios(world: World) -> None:
    first: dict[str, Scenario] = {}
    for declared in world.declarations():
        if isinstance(declared, ast.TestDecl):
            scenario = _scenario(world, declared)
            other = first.setdefault(scenario.title, scenario)
            if other is not scenario:
                world.report(DuplicateMember("test", scenario.title, "the system", scenario.span, other.span))
            world.scenarios.append(scenario)


def _scenario(world: World, declared: ast.TestDecl) -> Scenario:
    variables: dict[str, Variable] = {}
    steps = [_step(world, each, variables) for each in declared.steps if not isinstance(each, ast.Broken)]
    return Scenario(
        declared.title.value, declared.title.span, tuple(step for step in steps if step is not None)
    )


def _step(world: World, written: ast.TestStep, variables: dict[str, Variable]) -> Step | None:
    scope = Scope(world, _EXPECT, None, variables)
    match written:
        case ast.GivenStep():
            return _given(world, written, variables)
        case ast.AsStep():
            actor = seed_row(world, written.actor, scope)
            roles = tuple(word.text for word in role_words(world, written.roles))
            return (
                None
                if actor is None
                else Step(kind=ir.StepKind.AS, span=written.span, actor=actor, roles=roles)
            )
        case ast.DoStep():
            return _call(world, written.call, scope, ir.StepKind.DO, None)
        case ast.ExpectError():
            return _call(world, written.call, scope, ir.StepKind.EXPECT_ERROR, written.error)
        case ast.ExpectValue():
            expr = condition(written.condition, scope)
            return (
                None
                if expr is None
                else Step(kind=ir.StepKind.EXPECT_VALUE, span=written.span, condition=expr)
            )
        case ast.ExpectAccess():
            return _access(world, written, scope)
    return None


def _given(world: World, written: ast.GivenStep, variables: dict[str, Variable]) -> Step | None:
    entity = world.entity(written.entity)
    row = _row(world, written.name, written.entity, written.values, variables) if entity is not None else None
    name = written.name.text
    if name in variables:
        world.report(DuplicateMember("row", name, "this test", written.name.span, written.name.span))
    variables.setdefault(name, _row_variable(entity))
    return None if row is None else Step(kind=ir.StepKind.GIVEN, span=written.span, row=row)


def _operations(world: World, entity: str) -> dict[str, Operation]:
    return {
        each.name: each
        for api in world.apis
        for resource in api.resources
        if resource.entity == entity
        for each in resource.custom
    }


def _call(
    world: World, written: ast.Call, scope: Scope, kind: ir.StepKind, error: ast.Path | None
) -> Step | None:
    """`o.cancel(reason: "…")`: a row, an operation of its entity, arguments by name."""
    names = written.function.names
    if len(names) < 2:
        world.report(
            NotAllowedHere(
                "this call",
                "a test",
                written.span,
                'an operation is called on a row: `o.cancel(reason: "…")`',
            )
        )
        return None
    target = seed_row(world, ast.Path(names[:-1], span=names[0].span.to(names[-2].span)), scope)
    if target is None or not isinstance(target.type, ir.EntityType):
        return None
    operations = _operations(world, target.type.name)
    operation = operations.get(names[-1].text)
    if operation is None:
        world.report(UnknownOperation(target.type.name, names[-1].text, names[-1].span, tuple(operations)))
        return None
    raised = _raised(world, operation, error) if error is not None else None
    if error is not None and raised is None:
        return None
    arguments = _arguments(world, operation, written, scope)
    return Step(
        kind=kind,
        span=written.span,
        target=target,
        operation=operation.name,
        arguments=arguments,
        error=raised,
    )


def _raised(world: World, operation: Operation, error: ast.Path) -> str | None:
    """The errors of an operation need no import: it has declared them."""
    declared = tuple(each.error for each in operation.errors)
    world.file(error.span).find(error.text)
    if error.text in declared:
        return error.text
    world.report(UnknownDeclaration(f"error of `{operation.name}`", error.text, error.span, declared))
    return None


def _arguments(world: World, operation: Operation, written: ast.Call, scope: Scope) -> tuple[Assignment, ...]:
    parameters = {each.name: each for each in operation.parameters}
    found: dict[str, Assignment] = {}
    for argument in written.arguments:
        parameter = parameters.get(argument.name.text) if argument.name is not None else None
        if argument.name is None or parameter is None:
            name = argument.name.text if argument.name is not None else "…"
            world.report(
                UnknownField(
                    f"operation `{operation.name}`", name, argument.span, tuple(parameters), "parameter"
                )
            )
            continue
        expr = value(argument.value, scope, parameter.type, parameter.nullable, f"`{parameter.name}`")
        if expr is not None:
            found[parameter.name] = Assignment(parameter.name, expr, argument.span)
    given = {argument.name.text for argument in written.arguments if argument.name is not None}
    missing = tuple(
        each.name
        for each in operation.parameters
        if each.name not in given and not each.nullable and each.default is None
    )
    if missing:
        world.report(MissingMember(f"`{operation.name}`", missing, written.span))
    return tuple(found.values())


def _access(world: World, written: ast.ExpectAccess, scope: Scope) -> Step | None:
    target = seed_row(world, written.target, scope)
    if target is None or not isinstance(target.type, ir.EntityType):
        return None
    known = (*_ACTIONS, *_operations(world, target.type.name))
    if written.action.text not in known:
        world.report(UnknownOperation(target.type.name, written.action.text, written.action.span, known))
        return None
    kind = ir.StepKind.EXPECT_ALLOW if written.effect == "allow" else ir.StepKind.EXPECT_DENY
    return Step(kind=kind, span=written.span, target=target, action=written.action.text)
