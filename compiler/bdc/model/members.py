"""What an entity says in expressions: defaults, computed fields, uniques, indexes, checks."""

from dataclasses import replace

from bdc import ir
from bdc.model.attributes import KEY, is_field_attribute, read_attributes
from bdc.model.errors.names import DuplicateMember, UnknownField
from bdc.model.errors.relations import BadColumn
from bdc.model.errors.support import NotSupported
from bdc.model.errors.types import AttributeArgument, BadSetting, NotAllowedHere
from bdc.model.evolution import former
from bdc.model.expressions import Place, Scope, condition, value
from bdc.model.nodes.entity import (
    Check,
    CollectionField,
    ComputedField,
    Entity,
    Field,
    Index,
    Method,
    ReferenceField,
    ScalarField,
    Sql,
    Unique,
)
from bdc.model.world import World
from bdc.syntax import ast

_DEFAULT = Place("a default", computed=False, sql=True)
_COMPUTED = Place("a computed field")
_CHECK = Place("a check", relations=False, computed=False, clock=False, sql=True)
METHODS: dict[str, Method] = {"btree": "btree", "gin": "gin", "gist": "gist", "hash": "hash", "brin": "brin"}
_BACKFILL = Place("a backfill", relations=False, computed=False, sql=True)
_WHERE = Place(
    "the condition of a unique or an index", relations=False, computed=False, clock=False, sql=True
)


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
        )
        _others(world, entity)


def _field(world: World, entity: Entity, field: Field) -> Field:
    if isinstance(field, ScalarField | ReferenceField):
        field = replace(field, backfill=_backfill(world, entity, field))
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


def _computed(world: World, entity: Entity, field: ComputedField) -> ir.Expr | None:
    attribute = next(each for each in field.declared.attributes if is_field_attribute(each, "computed"))
    if len(attribute.arguments) != 1:
        if not world.is_unreadable(attribute.span) and attribute.name == "computed":
            usage = "@computed(count(items))"
            world.report(AttributeArgument("computed", "wants exactly one expression", usage, attribute.span))
        return None
    scope = Scope(world, _COMPUTED, entity.name)
    return value(attribute.arguments[0].value, scope, field.type, field.nullable, f"`{field.name}`")


def _columns(world: World, entity: Entity, columns: tuple[ast.Column, ...], place: str) -> tuple[str, ...]:
    """Return the names of fields that have a column; report the others."""
    found: dict[str, ast.Column] = {}
    for column in columns:
        name = column.path.text
        field = entity.find(name)
        if field is None:
            if not entity.is_unread(name):
                world.report(UnknownField(f"entity `{entity.name}`", name, column.span, entity.field_names))
        elif isinstance(field, CollectionField | ComputedField):
            world.report(BadColumn(place, name, "it has no column", column.span))
        elif isinstance(field, ScalarField) and field.encrypted:
            world.report(
                BadColumn(place, name, "it is encrypted, so its values cannot be compared", column.span)
            )
        elif name in found:
            world.report(DuplicateMember("field", name, place, column.span, found[name].span))
        elif isinstance(field, ReferenceField) and field.carriers:
            found.update(dict.fromkeys(field.carriers, column))
        else:
            found[name] = column
    return tuple(found)


def _where(world: World, entity: Entity, written: ast.Expr | None) -> ir.Expr | None:
    return None if written is None else condition(written, Scope(world, _WHERE, entity.name))


def type_unique(world: World, entity: Entity, written: ast.UniqueDecl) -> Unique:
    attributes = read_attributes(written.attributes, KEY, "a unique", world)
    fields = _columns(world, entity, written.columns, "a unique")
    for column in written.columns:
        if column.descending:
            world.report(NotAllowedHere("`desc`", "a unique", column.span))
    return Unique(fields, _where(world, entity, written.where), written.span, former(attributes))


def type_index(world: World, entity: Entity, written: ast.IndexDecl) -> Index:
    attributes = read_attributes(written.attributes, KEY, "an index", world)
    fields = _columns(world, entity, written.columns, "an index")
    descending = {column.path.text for column in written.columns if column.descending}
    keys = tuple((name, name in descending) for name in fields)
    where = _where(world, entity, written.where)
    return Index(keys, _method(world, written), where, written.span, former(attributes))


def _method(world: World, written: ast.IndexDecl) -> Method:
    if written.method is None:
        return "btree"
    if written.method.text in METHODS:
        return METHODS[written.method.text]
    known = ", ".join(METHODS)
    world.report(BadSetting("using", f"one of {known}", written.method.span))
    return "btree"


def _checks(world: World, entity: Entity) -> tuple[Check, ...]:
    found: dict[str, Check] = {}
    for written in entity.members:
        if not isinstance(written, ast.CheckDecl):
            continue
        attributes = read_attributes(written.attributes, KEY, "a check", world)
        expr = condition(written.condition, Scope(world, _CHECK, entity.name))
        check = Check(written.name.text, expr, written.name.span, former(attributes))
        first = found.setdefault(check.name, check)
        if first is not check:
            world.report(
                DuplicateMember("check", check.name, f"entity `{entity.name}`", check.span, first.span)
            )
    return tuple(found.values())


def _others(world: World, entity: Entity) -> None:
    number = 0
    for member in entity.members:
        if isinstance(member, ast.ExcludeDecl):
            world.report(NotSupported("`exclude`", member.span))
        elif isinstance(member, ast.SqlBlock):
            number += 1
            world.sql.append(Sql(f"{entity.table}_{number}", member.text, member.span))
