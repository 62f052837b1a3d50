"""What an entity says in expressions: defaults, computed fields, uniques, indexes, checks."""

from collections.abc import Iterator

from bdc import ir
from bdc.model.attributes import CHECK, is_field_attribute, read_attributes
from bdc.model.context import ResolveContext
from bdc.model.entities.evolution import former
from bdc.model.entities.fields import is_actor
from bdc.model.entities.indexes import raised, type_exclusion, type_index, type_unique
from bdc.model.entities.suffixes import with_suffix
from bdc.model.errors.names import DuplicateMember
from bdc.model.errors.types import AttributeArgument, DefaultNotAllowed
from bdc.model.expressions import Place, Scope, condition, value
from bdc.model.expressions.rows import mentions_caller
from bdc.model.expressions.scope import caller_scope
from bdc.model.nodes.entity import (
    Check,
    ComputedField,
    Entity,
    Field,
    ReferenceField,
    ScalarField,
    Sql,
)
from bdc.model.policies.callers import caller_with, computed_caller
from bdc.source.records import replace
from bdc.syntax import ast

_DEFAULT = Place("a default", computed=False, sql=True, actor=True)
_COMPUTED = Place("a computed field", actor=True, runs=True)
_GENERATED = Place(
    "a column that is computed", relations=False, computed=False, clock=False, sql=True, generated=True
)
_CHECK = Place("a check", relations=False, computed=False, clock=False, sql=True)
_EXAMPLE = Place("an example", relations=False, computed=False, clock=False)
_BACKFILL = Place("a backfill", relations=False, computed=False, sql=True)


def type_members(context: ResolveContext) -> None:
    """Type every expression that stands in an entity."""
    for entity in tuple(context.entities.values()):
        if entity.view is not None:
            continue
        fields = tuple(_field(context, entity, field) for field in entity.fields)
        context.entities[entity.name] = replace(
            entity,
            fields=fields,
            uniques=tuple(
                type_unique(context, entity, each)
                for each in entity.members
                if isinstance(each, ast.UniqueDecl)
            ),
            indexes=tuple(
                type_index(context, entity, each)
                for each in entity.members
                if isinstance(each, ast.IndexDecl)
            ),
            checks=_checks(context, entity),
            exclusions=tuple(
                type_exclusion(context, entity, each)
                for each in entity.members
                if isinstance(each, ast.ExcludeDecl)
            ),
        )
        _others(context, entity)


def _field(context: ResolveContext, entity: Entity, field: Field) -> Field:
    if isinstance(field, ScalarField | ReferenceField):
        backfill = _backfill(context, entity, field)
        field = field if backfill is None else replace(field, backfill=backfill)
    if isinstance(field, ScalarField):
        examples = tuple(_examples(context, entity, field))
        field = replace(field, examples=examples) if examples else field
    if isinstance(field, ReferenceField) and field.declared.default is not None:
        return replace(field, default=_caller(context, entity, field, field.declared.default))
    if isinstance(field, ScalarField) and field.declared.default is not None:
        return replace(field, default=_default(context, entity, field, field.declared.default))
    if isinstance(field, ComputedField):
        return replace(field, expr=_computed(context, entity, field))
    return field


def _default(
    context: ResolveContext, entity: Entity, field: ScalarField, written: ast.Expr
) -> ir.Expr | None:
    with context.called_by(caller_with(context, written)):
        scope = caller_scope(context, entity.name, _DEFAULT)
    found = value(written, scope, field.type, field.nullable, f"`{field.name}`")
    if found is not None and field.encrypted and mentions_caller(found):
        why = "it is encrypted before the row is written, without its caller"
        context.report(DefaultNotAllowed(field.name, why, written.span))
    return found if found is None else with_suffix(context, entity, field, found)


def _caller(
    context: ResolveContext, entity: Entity, field: ReferenceField, written: ast.Expr
) -> ir.Expr | None:
    if not is_actor(written) or field.tenant:
        return None  # reported with the field
    if field.carriers:
        context.report(DefaultNotAllowed(field.name, "other fields hold it", written.span))
        return None
    with context.called_by(caller_with(context, written, field.target)):
        scope = caller_scope(context, entity.name, _DEFAULT)
    return value(written, scope, ir.EntityType(name=field.target), field.nullable, f"`{field.name}`")


def _backfill(context: ResolveContext, entity: Entity, field: ScalarField | ReferenceField) -> ir.Expr | None:
    attribute = next(
        (each for each in field.declared.attributes if is_field_attribute(each, "backfill")), None
    )
    if attribute is None:
        return None
    if len(attribute.arguments) != 1:
        usage = "@backfill(0)"
        context.report(AttributeArgument("backfill", "expects exactly one expression", usage, attribute.span))
        return None
    type_ = ir.EntityType(name=field.target) if isinstance(field, ReferenceField) else field.type
    scope = Scope(context, _BACKFILL, entity.name)
    return value(attribute.arguments[0].value, scope, type_, field.nullable, f"`{field.name}`")


def _examples(context: ResolveContext, entity: Entity, field: ScalarField) -> Iterator[ir.Expr]:
    """Yield what `@example(…)` gives: constants that the field may hold."""
    usage = '@example("INV-0001")'
    for attribute in field.declared.attributes:
        if not is_field_attribute(attribute, "example"):
            continue
        if not attribute.arguments and not context.is_unreadable(attribute.span):
            context.report(AttributeArgument("example", "expects at least one value", usage, attribute.span))
        for argument in attribute.arguments:
            scope = Scope(context, _EXAMPLE, entity.name)
            found = value(argument.value, scope, field.type, field.nullable, f"`{field.name}`")
            if found is not None and not _is_constant(found):
                context.report(AttributeArgument("example", "expects constants", usage, argument.value.span))
            elif found is not None:
                yield found


def _is_constant(expr: ir.Expr) -> bool:
    if isinstance(expr, ir.ListLiteral):
        return all(_is_constant(item) for item in expr.items)
    return isinstance(expr, ir.Literal) and expr.value is not None


def _computed(context: ResolveContext, entity: Entity, field: ComputedField) -> ir.Expr | None:
    attribute = next(each for each in field.declared.attributes if is_field_attribute(each, "computed"))
    if len(attribute.arguments) != 1:
        if not context.is_unreadable(attribute.span) and attribute.name == "computed":
            usage = "@computed(count(items))"
            context.report(
                AttributeArgument("computed", "expects exactly one expression", usage, attribute.span)
            )
        return None
    written = attribute.arguments[0].value
    with context.called_by(computed_caller(context, entity, written)):
        scope = (
            caller_scope(context, entity.name, _COMPUTED)
            if field.kept is None
            else Scope(context, _GENERATED, entity.name)
        )
    return value(attribute.arguments[0].value, scope, field.type, field.nullable, f"`{field.name}`")


def _checks(context: ResolveContext, entity: Entity) -> tuple[Check, ...]:
    found: dict[str, Check] = {}
    for written in entity.members:
        if not isinstance(written, ast.CheckDecl):
            continue
        attributes = read_attributes(written.attributes, CHECK, "a check", context)
        expr = condition(written.condition, Scope(context, _CHECK, entity.name))
        check = Check(
            written.name.text,
            expr,
            written.name.span,
            former(attributes),
            attributes.text("name"),
            raised(context, attributes),
        )
        first = found.setdefault(check.name, check)
        if first is not check:
            context.report(
                DuplicateMember("check", check.name, f"entity `{entity.name}`", check.span, first.span)
            )
    return tuple(found.values())


def _others(context: ResolveContext, entity: Entity) -> None:
    number = 0
    for member in entity.members:
        if isinstance(member, ast.SqlBlock):
            number += 1
            context.sql.append(Sql(f"{entity.table}_{number}", member.text, member.span))
