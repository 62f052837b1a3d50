"""Views: read models over one entity. A view is a read-only entity, and what each of its fields shows."""

from bdc import ir
from bdc.model.attributes import VIEW, VIEW_FIELD, read_attributes
from bdc.model.context import ResolveContext
from bdc.model.entities.evolution import former
from bdc.model.entities.indexes import type_index, type_unique
from bdc.model.entities.refreshing import refreshed_after, with_unique
from bdc.model.errors.names import DuplicateMember
from bdc.model.errors.relations import BadView
from bdc.model.errors.types import MissingMember, NotAllowedHere
from bdc.model.expressions import Place, Scope, condition, typed, value
from bdc.model.expressions.grouping import alike
from bdc.model.expressions.nullness import proved
from bdc.model.expressions.scope import Grouped
from bdc.model.nodes.entity import Entity, Field, ReferenceField, ScalarField, View
from bdc.model.relations.links import key_type
from bdc.model.typing.types import describe, scalar_of
from bdc.model.typing.written import resolve_type
from bdc.naming.references import key_member
from bdc.naming.relations import table_name
from bdc.naming.sql import fitted
from bdc.source.records import replace
from bdc.syntax import ast

_PLACE = Place("a view", sql=True)


def shape_views(context: ResolveContext) -> None:
    """Add every view to the entities, without the expressions of its fields."""
    for declared in context.declarations():
        if isinstance(declared, ast.ViewDecl) and declared.name.text not in context.entities:
            source = context.entity(declared.entity)
            if source is not None:
                context.entities[declared.name.text] = _shape(context, declared, source)


def _shape(context: ResolveContext, declared: ast.ViewDecl, source: Entity) -> Entity:
    name = declared.name.text
    attributes = read_attributes(declared.attributes, VIEW, f"view `{name}`", context)
    fields = _fields(context, declared)
    key = _key(declared, source, fields)
    members = tuple(each for each in declared.members if not isinstance(each, ast.FieldDecl))
    found = attributes.get("materialized")
    refresh = refreshed_after(context, attributes)
    return Entity(
        name=name,
        span=declared.name.span,
        module=context.file(declared.span).module,
        doc=declared.doc,
        table=attributes.sql_name("table") or table_name(name, qualified=attributes.has("schema")),
        fields=fields,
        key=key,
        members=members
        if found is None or refresh is None
        else with_unique(context, found, name, key, members),
        was=former(attributes),
        unread=frozenset({"*"} if any(isinstance(each, ast.Broken) for each in declared.members) else ()),
        view=View(source.name, declared, materialized=found is not None, refresh=refresh),
    )


def _fields(context: ResolveContext, declared: ast.ViewDecl) -> tuple[Field, ...]:
    found: dict[str, Field] = {}
    for member in declared.members:
        if not isinstance(member, ast.FieldDecl):
            continue
        if member.default is None:
            context.report(
                MissingMember(f"`{member.name.text}`", ("a value",), member.name.span, "write `name = …`")
            )
        field = _field(context, member)
        if field is None:
            continue
        first = found.setdefault(field.name, field)
        if first is not field:
            context.report(
                DuplicateMember("field", field.name, f"view `{declared.name.text}`", field.span, first.span)
            )
    if not declared.members:
        context.report(
            MissingMember(
                f"view `{declared.name.text}`", ("a field",), declared.name.span, "write a field: `name = …`"
            )
        )
    return tuple(found.values())


def _field(context: ResolveContext, member: ast.FieldDecl) -> Field | None:
    name = member.name.text
    attributes = read_attributes(member.attributes, VIEW_FIELD, f"`{name}`", context)
    typed = resolve_type(context, member.type)
    if typed is None:
        return None
    doc, deprecated, was = member.doc, attributes.deprecated(), former(attributes)
    graphql = attributes.graphql()
    if isinstance(typed.type, ir.EntityType):
        return ReferenceField(
            name=name,
            span=member.name.span,
            declared=member,
            doc=doc,
            deprecated=deprecated,
            graphql=graphql,
            was=was,
            target=typed.type.name,
            nullable=typed.nullable,
            column=attributes.sql_name("column") or fitted(key_member(name)),
            readonly=True,
        )
    if isinstance(typed.type, ir.ArrayType) and isinstance(typed.type.item, ir.EntityType):
        context.report(NotAllowedHere("a relation to many", "a view", member.span))
        return None
    return ScalarField(
        name=name,
        span=member.name.span,
        declared=member,
        doc=doc,
        deprecated=deprecated,
        graphql=graphql,
        was=was,
        type=typed.type,
        nullable=typed.nullable,
        column=attributes.sql_name("column") or fitted(name),
        readonly=True,
        pii=attributes.has("pii"),
    )


def _key(declared: ast.ViewDecl, source: Entity, fields: tuple[Field, ...]) -> tuple[str, ...]:
    """Return the fields marked `@id`, or those that show the key of the source as it is, or all that rows are grouped by."""
    written = {each.name: each.declared for each in fields}
    marked = tuple(
        name for name, field in written.items() if any(each.name == "id" for each in field.attributes)
    )
    shown: dict[str, str] = {}
    grouped: dict[int, str] = {}
    for name, field in written.items():
        for key in declared.group:
            if field.default is not None and alike(field.default, key):
                grouped.setdefault(id(key), name)
        match field.default:
            case ast.Path(names=(binding, part)) if binding.text == declared.binding.text:
                shown.setdefault(part.text, name)
    if declared.group:
        whole = len(grouped) == len(declared.group)
        return marked or (tuple(dict.fromkeys(grouped.values())) if whole else ())
    return marked or tuple(shown[name] for name in source.key if set(source.key) <= set(shown))


def type_views(context: ResolveContext) -> None:
    """Type what each view shows, and of which rows."""
    for entity in tuple(context.entities.values()):
        if entity.view is not None:
            context.entities[entity.name] = _typed(context, entity, entity.view)


def _typed(context: ResolveContext, entity: Entity, view: View) -> Entity:
    scope = Scope(context, _PLACE).binding(view.declared.binding.text, view.source)
    where = None if view.declared.where is None else condition(view.declared.where, scope)
    scope = scope.knowing(proved(where, True)) if where is not None else scope
    if view.declared.group or view.declared.having is not None:
        scope = _grouping(entity, view, scope)
    having = None if view.declared.having is None else condition(view.declared.having, scope)
    values = tuple(
        (field.name, value(field.declared.default, scope, _type(field), field.nullable, f"`{field.name}`"))
        for field in entity.fields
        if isinstance(field, ScalarField | ReferenceField) and field.declared.default is not None
    )
    _judge(context, entity, view)
    kept = view.materialized
    return replace(
        entity,
        view=replace(
            view,
            where=where,
            group=tuple(key for _, key in scope.grouped.keys) if scope.grouped is not None else (),
            having=having,
            values=tuple((name, expr) for name, expr in values if expr is not None),
        ),
        uniques=tuple(
            type_unique(context, entity, each)
            for each in entity.members
            if isinstance(each, ast.UniqueDecl) and kept
        ),
        indexes=tuple(
            type_index(context, entity, each)
            for each in entity.members
            if isinstance(each, ast.IndexDecl) and kept
        ),
    )


def _grouping(entity: Entity, view: View, scope: Scope) -> Scope:
    """Return the scope in which expressions are about the groups of a view."""
    declared, context = view.declared, scope.context
    if not declared.group and declared.having is not None:
        why, help_ = "`having` needs groups", "write `group (…)` before it"
        context.report(BadView(entity.name, why, declared.having.span, help_))
    typed_keys = [(each, typed(each, scope)) for each in declared.group]
    keys = tuple((written, key) for written, key in typed_keys if key is not None)
    for written, key in keys:
        if isinstance(key.type, ir.StructType | ir.ArrayType) or scalar_of(key.type) in _NO_KEYS:
            why = f"rows cannot be grouped by `{describe(key.type)}` values"
            context.report(BadView(entity.name, why, written.span, "group by a value of a plain type"))
    return replace(scope, grouped=Grouped(entity.name, view.source, declared.binding.text, keys))


_NO_KEYS = (ir.Scalar.JSON, ir.Scalar.BYTES)


def _type(field: ScalarField | ReferenceField) -> ir.Type:
    return ir.EntityType(name=field.target) if isinstance(field, ReferenceField) else field.type


def _judge(context: ResolveContext, entity: Entity, view: View) -> None:
    """Report members that a view cannot have, and references that one column does not carry."""
    for member in entity.members:
        if isinstance(member, ast.Broken) or (
            view.materialized and isinstance(member, ast.UniqueDecl | ast.IndexDecl)
        ):
            continue
        help_ = "a `@materialized` view has fields, uniques and indexes; any other has fields"
        context.report(NotAllowedHere("this", "a view", member.span, help_))
    for field in entity.fields:
        if isinstance(field, ReferenceField) and key_type(context, field) is None:
            target = context.entities.get(field.target)
            if target is not None and target.key:
                why = f"`{field.name}` has several columns: write the fields of its key"
                context.report(BadView(entity.name, why, field.span))
