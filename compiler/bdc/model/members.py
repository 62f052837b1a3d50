"""What an entity says in expressions: defaults, computed fields, uniques, indexes, checks."""

from collections.abc import Iterator
from dataclasses import replace

from bdc import ir
from bdc.model.attributes import CHECK, is_field_attribute, read_attributes
from bdc.model.errors.names import DuplicateMember
from bdc.model.errors.types import AttributeArgument
from bdc.model.evolution import former
from bdc.model.expressions import Place, Scope, condition, value
from bdc.model.indexes import type_exclusion, type_index, type_unique
from bdc.model.nodes.entity import (
    Check,
    ComputedField,
    Entity,
    Field,
    ReferenceField,
    ScalarField,
    Sql,
)
from bdc.model.world import World
from bdc.syntax import ast

_DEFAULT = Place("a default", computed=False, sql=True)
_COMPUTED = Place("a computed field")
_GENERATED = Place("a column that is computed", relations=False, computed=False, clock=False, sql=True)
_CHECK = Place("a check", relations=False, computed=False, clock=False, sql=True)
_EXAMPLE = Place("an example", relations=False, computed=False, clock=False)
_BACKFILL = Place("a backfill", relations=False, computed=False, sql=True)


def type_members(world: World) -> None:
    """Type every expression that stands in an entity."""
    for entity in tuple(world.entities.values()):
        if entity.view is not None:
            continue
        fields = tuple(_field(world, entity, field) for field in entity.fields)
        world.entities[entity.name] = replace(
            entity,
            fields=fields,
            uniques=tuple(
                type_unique(world, entity, each)
                for each in entity.members
                if isinstance(each, ast.UniqueDecl)
            ),
            indexes=tuple(
                type_index(world, entity, each) for each in entity.members if isinstance(each, ast.IndexDecl)
            ),
            checks=_checks(world, entity),
            exclusions=tuple(
                type_exclusion(world, entity, each)
                for each in entity.members
                if isinstance(each, ast.ExcludeDecl)
            ),
        )
        _others(world, entity)


def _field(world: World, entity: Entity, field: Field) -> Field:
    if isinstance(field, ScalarField | ReferenceField):
        field = replace(field, backfill=_backfill(world, entity, field))
    if isinstance(field, ScalarField):
        field = replace(field, examples=tuple(_examples(world, entity, field)))
    if isinstance(field, ScalarField) and field.declared.default is not None:
        return replace(field, default=_default(world, entity, field, field.declared.default))
    if isinstance(field, ComputedField):
        return replace(field, expr=_computed(world, entity, field))
    return field


def _default(world: World, entity: Entity, field: ScalarField, written: ast.Expr) -> ir.Expr | None:
    scope = Scope(world, _DEFAULT, entity.name)
    return value(written, scope, field.type, field.nullable, f"`{field.name}`")


def _backfill(world: World, entity: Entity, field: ScalarField | ReferenceField) -> ir.Expr | None:
    attribute = next(
        (each for each in field.declared.attributes if is_field_attribute(each, "backfill")), None
    )
    if attribute is None:
        return None
    if len(attribute.arguments) != 1:
        usage = "@backfill(0)"
        world.report(AttributeArgument("backfill", "wants exactly one expression", usage, attribute.span))
        return None
    type_ = ir.EntityType(name=field.target) if isinstance(field, ReferenceField) else field.type
    scope = Scope(world, _BACKFILL, entity.name)
    return value(attribute.arguments[0].value, scope, type_, field.nullable, f"`{field.name}`")


def _examples(world: World, entity: Entity, field: ScalarField) -> Iterator[ir.Expr]:
    """Yield what `@example(…)` gives: constants that the field may hold."""
    usage = '@example("INV-0001")'
    for attribute in field.declared.attributes:
        if not is_field_attribute(attribute, "example"):
            continue
        if not attribute.arguments and not world.is_unreadable(attribute.span):
            world.report(AttributeArgument("example", "wants at least one value", usage, attribute.span))
        for argument in attribute.arguments:
            scope = Scope(world, _EXAMPLE, entity.name)
            found = value(argument.value, scope, field.type, field.nullable, f"`{field.name}`")
            if found is not None and not _is_constant(found):
                world.report(AttributeArgument("example", "wants constants", usage, argument.value.span))
            elif found is not None:
                yield found


def _is_constant(expr: ir.Expr) -> bool:
    if isinstance(expr, ir.ListLiteral):
        return all(_is_constant(item) for item in expr.items)
    return isinstance(expr, ir.Literal) and expr.value is not None


def _computed(world: World, entity: Entity, field: ComputedField) -> ir.Expr | None:
    attribute = next(each for each in field.declared.attributes if is_field_attribute(each, "computed"))
    if len(attribute.arguments) != 1:
        if not world.is_unreadable(attribute.span) and attribute.name == "computed":
            usage = "@computed(count(items))"
            world.report(AttributeArgument("computed", "wants exactly one expression", usage, attribute.span))
        return None
    scope = Scope(world, _COMPUTED if field.kept is None else _GENERATED, entity.name)
    return value(attribute.arguments[0].value, scope, field.type, field.nullable, f"`{field.name}`")


def _checks(world: World, entity: Entity) -> tuple[Check, ...]:
    found: dict[str, Check] = {}
    for written in entity.members:
        if not isinstance(written, ast.CheckDecl):
            continue
        attributes = read_attributes(written.attributes, CHECK, "a check", world)
        expr = condition(written.condition, Scope(world, _CHECK, entity.name))
        check = Check(written.name.text, expr, written.name.span, former(attributes), attributes.text("name"))
        first = found.setdefault(check.name, check)
        if first is not check:
            world.report(
                DuplicateMember("check", check.name, f"entity `{entity.name}`", check.span, first.span)
            )
    return tuple(found.values())


def _others(world: World, entity: Entity) -> None:
    number = 0
    for member in entity.members:
        if isinstance(member, ast.SqlBlock):
            number += 1
            world.sql.append(Sql(f"{entity.table}_{number}", member.text, member.span))
