"""Seeds: rows with names, complete, in reach of each other and of scenarios."""

import json

from bdc import ir
from bdc.model.errors.names import DuplicateMember, UnknownField, UnknownValue
from bdc.model.errors.types import MissingMember, NotAllowedHere, TypeMismatch
from bdc.model.expressions import Place, Scope, typed, value
from bdc.model.expressions.scope import Variable
from bdc.model.nodes.behaviour import Assignment, Row, Seed
from bdc.model.nodes.entity import Entity, Entry, ReferenceField, ScalarField
from bdc.model.operations import assign
from bdc.model.types import describe
from bdc.model.world import World
from bdc.source import Span
from bdc.syntax import ast

_VALUES = Place("the values of a row", computed=False, secrets=True)
_CONSTANT = Place("a value of a struct", relations=False, computed=False, clock=False)


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
        rows = _rows(world, declared)
        written = {each.name.text for each in declared.rows if isinstance(each, ast.SeedRow)}
        unread = frozenset(written - {row.name for row in rows})
        world.seeds[name] = Seed(name, declared.name.span, rows, unread)


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
        variables.setdefault(name, row_variable(entity))
    rows = (named_row(world, each.name, each.entity, each.values, variables) for each in written)
    return tuple(row for row in rows if row is not None)


def row_variable(entity: Entity | None) -> Variable:
    if entity is None:
        return Variable(ir.Root.SCENARIO, ir.ScalarType(scalar=ir.Scalar.TEXT), unjudged=True)
    return Variable(ir.Root.SCENARIO, ir.EntityType(name=entity.name))


def named_row(
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
    if isinstance(field, ReferenceField):
        return True
    return field.declared.default is None and field.stamp is None and not field.numbered


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
    if row is None and names[1] not in seed.unread:
        world.report(UnknownField(f"seed `{seed.name}`", names[1], path.last.span, rows, "row"))
    if row is None:
        return None
    return ir.Path(root=ir.Root.SCENARIO, name=f"{seed.name}.{row.name}", type=ir.EntityType(name=row.entity))
