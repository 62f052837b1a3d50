"""The logical side: enums, structs, entities."""

from bdc import ir
from bdc.lowering.context import Context
from bdc.lowering.evolution import former_tables, lower_removal
from bdc.model.expressions.rows import mentions_row
from bdc.model.nodes.domain import Domain
from bdc.model.nodes.entity import CollectionField, ComputedField, Entity, Field, ReferenceField, ScalarField
from bdc.model.nodes.values import Entry, Enum, Struct
from bdc.naming.casing import plural


def lower_enum(context: Context, enum: Enum) -> ir.EnumDecl:
    values = tuple(
        ir.EnumValue(name=each.name, label=each.label, doc=each.doc, deprecated=each.deprecated, was=each.was)
        for each in enum.values
    )
    return ir.EnumDecl(
        name=enum.name,
        values=values,
        native=enum.native,
        native_was=former_tables(enum.was) if enum.native is not None else (),
        schema_name=enum.schema,
        was=enum.was,
        dropped=tuple(lower_removal(context, each) for each in enum.dropped),
        doc=enum.doc,
        graphql=enum.graphql,
        origin=context.origin(enum.span),
    )


def lower_domain(context: Context, domain: Domain) -> ir.DomainDecl:
    return ir.DomainDecl(
        name=domain.name,
        domain=domain.domain,
        schema_name=domain.schema,
        type=domain.type,
        not_null=domain.not_null,
        checks=domain.checks,
        doc=domain.doc,
        origin=context.origin(domain.span),
    )


def lower_struct(context: Context, struct: Struct) -> ir.StructDecl:
    fields = tuple(_struct_field(each) for each in struct.fields)
    return ir.StructDecl(
        name=struct.name,
        fields=fields,
        dropped=tuple(lower_removal(context, each) for each in struct.dropped),
        doc=struct.doc,
        graphql=struct.graphql,
        origin=context.origin(struct.span),
    )


def _struct_field(entry: Entry) -> ir.StructField:
    return ir.StructField(
        name=entry.name,
        type=entry.type,
        nullable=entry.nullable,
        default=entry.default,
        doc=entry.doc,
        pii=entry.pii,
        graphql=entry.graphql,
        was=entry.was,
        backfill=entry.backfill,
    )


def lower_entity(context: Context, entity: Entity) -> ir.Entity:
    return ir.Entity(
        name=entity.name,
        plural=plural(entity.name),
        module=entity.module,
        doc=entity.doc,
        graphql=entity.graphql,
        table=entity.table,
        schema_name=entity.schema,
        fields=tuple(lower_field(context, entity, field) for field in entity.fields),
        key=entity.key,
        tenant=entity.tenant,
        tenant_root=entity.tenant_root,
        audited=entity.audited,
        versioned=entity.versioned,
        soft_delete=entity.soft_delete,
        restore_deleted=entity.restore_deleted,
        unguarded=entity.unguarded,
        owner=entity.owner,
        was=entity.was,
        arcs=tuple(
            ir.Arc(name=each.name, fields=each.fields, optional=each.optional) for each in entity.arcs
        ),
        origin=context.origin(entity.span),
    )


def lower_field(context: Context, entity: Entity, field: Field) -> ir.EntityField:
    match field:
        case ScalarField():
            return _scalar(context, field)
        case ReferenceField():
            return _reference(context, entity, field)
        case CollectionField():
            return _collection(context, field)
        case ComputedField():
            return _computed(context, field)


def _scalar(context: Context, field: ScalarField) -> ir.ScalarField:
    """A default that looks at the row is the system's to give: no caller may."""
    return ir.ScalarField(
        name=field.name,
        doc=field.doc,
        deprecated=field.deprecated,
        graphql=field.graphql,
        was=field.was,
        hidden=field.hidden,
        since=field.since,
        removed=field.removed,
        origin=context.origin(field.span),
        type=field.type,
        nullable=field.nullable,
        column=field.column,
        embedded=tuple(
            ir.Embedded(member=each.member, column=each.column, type=each.type, nullable=each.nullable)
            for each in field.embedded
        ),
        default=field.default,
        readonly=field.readonly or mentions_row(field.default),
        immutable=field.immutable,
        encrypted=field.encrypted,
        pii=field.pii,
        searchable=field.searchable,
        unique=field.unique,
        stamp=field.stamp,
        numbered=field.numbered,
        examples=field.examples,
    )


def _reference(context: Context, entity: Entity, field: ReferenceField) -> ir.ReferenceField:
    columns, target_columns = context.link(entity, field)
    return ir.ReferenceField(
        name=field.name,
        doc=field.doc,
        deprecated=field.deprecated,
        graphql=field.graphql,
        was=field.was,
        hidden=field.hidden,
        since=field.since,
        removed=field.removed,
        origin=context.origin(field.span),
        target=field.target,
        nullable=field.nullable,
        column=field.column,
        columns=columns,
        target_columns=target_columns,
        carriers=field.carriers,
        on_delete=field.on_delete,
        tenant=field.tenant,
        immutable=field.immutable,
        readonly=field.readonly,
        default=field.default,
    )


def _collection(context: Context, field: CollectionField) -> ir.CollectionField:
    return ir.CollectionField(
        name=field.name,
        doc=field.doc,
        deprecated=field.deprecated,
        graphql=field.graphql,
        was=field.was,
        hidden=field.hidden,
        since=field.since,
        removed=field.removed,
        origin=context.origin(field.span),
        target=field.target,
        inverse=field.inverse,
        through=field.through,
        far=field.far,
        owned=field.owned,
    )


def _computed(context: Context, field: ComputedField) -> ir.ComputedField:
    assert field.expr is not None
    return ir.ComputedField(
        name=field.name,
        doc=field.doc,
        deprecated=field.deprecated,
        graphql=field.graphql,
        was=field.was,
        hidden=field.hidden,
        since=field.since,
        removed=field.removed,
        origin=context.origin(field.span),
        type=field.type,
        nullable=field.nullable,
        expr=field.expr,
        column=field.column or None,
    )
