"""Relations: the reference and the join entity of each collection, its owner; tenants do not leak."""

from bdc.model.attributes import is_field_attribute
from bdc.model.context import ResolveContext
from bdc.model.errors.names import UnknownField
from bdc.model.errors.relations import (
    BadInverse,
    BadOwned,
    BadTenant,
    ClashingColumns,
    CrossTenant,
    NoInverse,
    SystemColumn,
)
from bdc.model.nodes.entity import (
    CollectionField,
    ComputedField,
    Entity,
    ReferenceField,
    ScalarField,
    has_column,
)
from bdc.model.relations.joined import join_through, references, unclear_join
from bdc.naming.references import key_member
from bdc.naming.sql import SYSTEM_COLUMNS
from bdc.source import Span
from bdc.source.records import replace
from bdc.syntax import ast


def relate(context: ResolveContext) -> None:
    """Resolve every collection, then judge references, tenants and columns."""
    for entity in tuple(context.entities.values()):
        fields = tuple(
            _collection(context, entity, field) if isinstance(field, CollectionField) else field
            for field in entity.fields
        )
        context.entities[entity.name] = replace(entity, fields=fields)
    _own(context)
    for entity in context.entities.values():
        _tenant(context, entity)
        _references(context, entity)
    _columns(context)


def _collection(context: ResolveContext, entity: Entity, field: CollectionField) -> CollectionField:
    if field.inverse:
        return field
    target = context.entities.get(field.target)
    if target is None:
        return field
    through = _paths(field, "through")
    if through:
        return join_through(context, entity, field, through)
    inverse = _paths(field, "inverse")
    if inverse:
        return _inverse(context, entity, field, target, inverse[0])
    candidates = tuple(each.name for each in references(target, entity.name))
    if (candidates or target.unread) and not _says_through(field):
        span = field.declared.type.span
        context.report(
            NoInverse(entity.name, field.name, target.name, candidates, field.span, span, field.owned)
        )
    elif _says_alone(field) or not _says_through(field):
        context.report(unclear_join(context, entity, field, target))
    return field


def _paths(field: CollectionField, name: str) -> tuple[ast.Path, ...]:
    """Return the paths in `@inverse(path)` or `@through(path, path)`."""
    for attribute in field.declared.attributes:
        if is_field_attribute(attribute, name):
            return tuple(each.value for each in attribute.arguments if isinstance(each.value, ast.Path))
    return ()


def _says_through(field: CollectionField) -> bool:
    return any(is_field_attribute(attribute, "through") for attribute in field.declared.attributes)


def _says_alone(field: CollectionField) -> bool:
    """Whether it says `@through`, and nothing about what is between."""
    return any(each.name == "through" and not each.arguments for each in field.declared.attributes)


def _inverse(
    context: ResolveContext, entity: Entity, field: CollectionField, target: Entity, written: ast.Path
) -> CollectionField:
    found = target.find(written.text)
    place = f"{entity.name}.{field.name}"
    if found is None:
        if not target.is_unread(written.text):
            names = tuple(each.name for each in references(target, entity.name)) or target.field_names
            context.report(UnknownField(f"entity `{target.name}`", written.text, written.span, names))
        return field
    if isinstance(found, CollectionField) and found.target == entity.name and _paths(found, "through"):
        far = found if found.inverse else join_through(context, target, found, _paths(found, "through"))
        return replace(field, inverse=far.far or "", through=far.through, far=far.inverse or None)
    if not isinstance(found, ReferenceField) or found.target != entity.name:
        why = f"it does not refer to `{entity.name}`"
        context.report(BadInverse(place, f"{target.name}.{found.name}", why, written.span, found.span))
        return field
    return replace(field, inverse=found.name)


def _own(context: ResolveContext) -> None:
    """Tell each owned entity its owner."""
    owners: dict[str, CollectionField] = {}
    for entity in tuple(context.entities.values()):
        for field in entity.fields:
            if not isinstance(field, CollectionField) or not field.owned:
                continue
            if field.through is not None:
                context.report(
                    BadOwned(field.name, "rows behind a join are not owned by one row", field.span)
                )
            elif field.target in owners:
                context.report(
                    BadOwned(
                        field.name, f"`{field.target}` is already owned by another collection", field.span
                    )
                )
            elif field.inverse:
                owners[field.target] = field
                context.entities[field.target] = replace(context.entities[field.target], owner=field.inverse)


def _tenant(context: ResolveContext, entity: Entity) -> None:
    if entity.tenant is None:
        return
    field = entity.find(entity.tenant)
    assert isinstance(field, ReferenceField)
    root = context.entities.get(field.target)
    if root is not None and not root.tenant_root:
        text = f"mark `entity {root.name} @tenant_root`"
        context.report(BadTenant(f"`{root.name}` is not the tenant root", field.span, root.span, text))
    if field.nullable:
        context.report(BadTenant("the tenant of a row is never null", field.span))


def _references(context: ResolveContext, entity: Entity) -> None:
    for field in entity.fields:
        if not isinstance(field, ReferenceField):
            continue
        target = context.entities.get(field.target)
        if target is None:
            continue
        if target.tenant is not None and not _inside_a_tenant(context, entity):
            root = target.find(target.tenant)
            name = root.target if isinstance(root, ReferenceField) else "tenant"
            context.report(CrossTenant(entity.name, field.name, target.name, name, field.span))


def _inside_a_tenant(context: ResolveContext, entity: Entity) -> bool:
    """Return whether each row belongs to one tenant; a row of a view belongs to the tenant of the row that it shows."""
    shown = context.entities.get(entity.view.source) if entity.view is not None else entity
    return shown is None or shown.tenant is not None or shown.tenant_root


def _columns(context: ResolveContext) -> None:
    tables: dict[str, Entity] = {}
    for entity in context.entities.values():
        other = tables.setdefault(entity.table, entity)
        if other is not entity:
            context.report(ClashingColumns("tables", entity.table, entity.span, other.span))
        columns: dict[str, ScalarField | ReferenceField | ComputedField] = {}
        for field in entity.fields:
            if has_column(field):
                pieces = field.embedded if isinstance(field, ScalarField) else ()
                for column in tuple(each.column for each in pieces) or (field.column,):
                    if column in SYSTEM_COLUMNS and entity.view is None:
                        context.report(SystemColumn(column, field.span))
                    first = columns.setdefault(column, field)
                    if first is not field:
                        context.report(ClashingColumns("columns", column, field.span, first.span))
        _json_names(context, entity, {field.span for field in columns.values()})


def _json_names(context: ResolveContext, entity: Entity, judged: set[Span]) -> None:
    """A relation `customer` is `customer_id` in JSON: no other field may be called that, whatever its column."""
    for field in entity.fields:
        own = isinstance(field, ReferenceField) and not field.carriers
        other = entity.find(key_member(field.name)) if own else None
        if other is None or field.span not in judged:
            continue
        if other.span in judged or not isinstance(other, ScalarField | ReferenceField):
            context.report(
                ClashingColumns(
                    "members", other.name, other.span, field.span, "in JSON", "rename one of them"
                )
            )
