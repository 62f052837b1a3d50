"""The physical side: one table per entity, every name decided."""

from bdc import ir
from bdc.ddl.names import quote
from bdc.lowering.context import Context
from bdc.lowering.evolution import former_checks, former_columns, former_tables, lower_removal
from bdc.lowering.names import Namer
from bdc.lowering.partition import lower_partitioning
from bdc.model.expressions.rows import mentions_row
from bdc.model.nodes.entity import Entity, ReferenceField, ScalarField
from bdc.source import Span


def lower_table(context: Context, entity: Entity) -> ir.Table:
    namer = Namer()
    primary = ir.PrimaryKey(name=namer.name("pk", entity.table), columns=context.key_columns(entity))
    uniques = _uniques(context, entity, namer)
    foreign = _foreign_keys(context, entity, namer)
    declared = _declared_indexes(context, entity, namer)
    leading = _leading(primary, uniques, declared)
    return ir.Table(
        name=entity.table,
        entity=entity.name,
        columns=_columns(context, entity),
        primary_key=primary,
        uniques=uniques,
        indexes=(*declared, *_search(entity, namer), *_reference_indexes(entity, foreign, leading, namer)),
        foreign_keys=foreign,
        checks=_checks(context, entity, namer),
        tenant_column=context.tenant_column(entity),
        was=former_tables(entity.was),
        partitioning=lower_partitioning(context, entity),
        dropped=tuple(lower_removal(context, each) for each in entity.dropped),
        doc=entity.doc,
        origin=context.origin(entity.span),
    )


def _columns(context: Context, entity: Entity) -> tuple[ir.Column, ...]:
    return tuple(
        _column(context, field)
        for field in entity.fields
        if isinstance(field, ScalarField) or (isinstance(field, ReferenceField) and not field.carriers)
    )


def _column(context: Context, field: ScalarField | ReferenceField) -> ir.Column:
    if isinstance(field, ReferenceField):
        return ir.Column(
            name=field.column,
            type=context.key_type(context.target(field)),
            nullable=field.nullable,
            immutable=field.immutable,
            was=former_columns(field),
            backfill=field.backfill,
            doc=field.doc,
            origin=context.origin(field.span),
        )
    return ir.Column(
        name=field.column,
        type=field.type,
        nullable=field.nullable,
        default=None if mentions_row(field.default) else field.default,
        encrypted=field.encrypted,
        immutable=field.immutable,
        was=former_columns(field),
        backfill=field.backfill,
        doc=field.doc,
        origin=context.origin(field.span),
    )


def _uniques(context: Context, entity: Entity, namer: Namer) -> tuple[ir.UniqueKey, ...]:
    """Fields marked `@unique`, then those declared. With soft deletion all hold among visible rows only."""
    found: list[tuple[tuple[str, ...], ir.Expr | None, Span, tuple[str, ...]]] = []
    for field in entity.fields:
        if isinstance(field, ScalarField | ReferenceField) and field.unique:
            carriers = field.carriers if isinstance(field, ReferenceField) else ()
            columns = tuple(context.column(entity, name) for name in carriers) or (field.column,)
            found.append((columns, None, field.span, ()))
    for unique in entity.uniques:
        columns = tuple(context.column(entity, name) for name in unique.fields)
        found.append((columns, unique.where, unique.span, unique.was))
    return tuple(
        ir.UniqueKey(
            name=namer.name("uq", entity.table, *columns),
            columns=columns,
            where=_among_visible(entity, where),
            was=was,
            origin=context.origin(span),
        )
        for columns, where, span, was in found
    )


def _among_visible(entity: Entity, where: ir.Expr | None) -> ir.Expr | None:
    if entity.soft_delete is None:
        return where
    field = entity.find(entity.soft_delete)
    assert isinstance(field, ScalarField)
    step = ir.PathStep(entity=entity.name, field=field.name)
    path = ir.Path(root=ir.Root.ROW, steps=(step,), type=field.type, nullable=True)
    bool_ = ir.ScalarType(scalar=ir.Scalar.BOOL)
    visible = ir.IsNull(value=path, type=bool_)
    return visible if where is None else ir.And(terms=(where, visible), type=bool_, nullable=where.nullable)


def _declared_indexes(context: Context, entity: Entity, namer: Namer) -> tuple[ir.Index, ...]:
    found = []
    for index in entity.indexes:
        keys = tuple(
            ir.IndexKey(column=context.column(entity, name), descending=desc) for name, desc in index.keys
        )
        name = namer.name("ix", entity.table, *(key.column for key in keys))
        origin = context.origin(index.span)
        found.append(
            ir.Index(
                name=name, keys=keys, where=index.where, method=index.method, was=index.was, origin=origin
            )
        )
    return tuple(found)


def _search(entity: Entity, namer: Namer) -> tuple[ir.Index, ...]:
    columns = tuple(
        field.column for field in entity.fields if isinstance(field, ScalarField) and field.searchable
    )
    if not columns:
        return ()
    keys = tuple(ir.IndexKey(column=column) for column in columns)
    return (ir.Index(name=namer.name("ix", entity.table, "search"), keys=keys, method="gin", search=True),)


def _foreign_keys(context: Context, entity: Entity, namer: Namer) -> tuple[ir.ForeignKey, ...]:
    found = []
    for field in entity.fields:
        if not isinstance(field, ReferenceField):
            continue
        columns, target_columns = context.link(entity, field)
        cleared = context.nullable_columns(entity, field)
        part = "fk", entity.table, field.name if field.carriers else field.column
        found.append(
            ir.ForeignKey(
                name=field.key_name or namer.name(*part),
                columns=columns,
                target_table=context.target(field).table,
                target_columns=target_columns,
                on_delete=field.on_delete,
                set_null_columns=cleared if field.on_delete == "set_null" and cleared != columns else (),
                on_update=field.on_update,
                deferrable=field.deferrable,
                match_full=field.match_full,
                origin=context.origin(field.span),
            )
        )
    return tuple(found)


def _leading(
    primary: ir.PrimaryKey, uniques: tuple[ir.UniqueKey, ...], indexes: tuple[ir.Index, ...]
) -> tuple[tuple[str, ...], ...]:
    """Return the columns of every index that covers all rows."""
    return (
        primary.columns,
        *(unique.columns for unique in uniques if unique.where is None),
        *(
            tuple(key.column for key in each.keys)
            for each in indexes
            if each.where is None and each.method == "btree"
        ),
    )


def _reference_indexes(
    entity: Entity, foreign: tuple[ir.ForeignKey, ...], leading: tuple[tuple[str, ...], ...], namer: Namer
) -> tuple[ir.Index, ...]:
    """An index for each foreign key that none serves yet: deleting and joining look rows up by it."""
    found = []
    references = (field for field in entity.fields if isinstance(field, ReferenceField))
    for field, key in zip(references, foreign, strict=True):
        if field.unindexed:
            continue
        if any(set(columns[: len(key.columns)]) == set(key.columns) for columns in leading):
            continue
        keys = tuple(ir.IndexKey(column=column) for column in key.columns)
        name = namer.name("ix", entity.table, *key.columns)
        found.append(ir.Index(name=name, keys=keys, origin=key.origin))
    return tuple(found)


def _arcs(context: Context, entity: Entity, namer: Namer) -> tuple[ir.Check, ...]:
    """One column of each arm: it is null where that leads nowhere."""
    bool_ = ir.ScalarType(scalar=ir.Scalar.BOOL)
    found = []
    for arc in entity.arcs:
        columns = ", ".join(quote(context.column(entity, name)) for name in arc.fields)
        sql = f"num_nonnulls({columns}) {'<=' if arc.optional else '='} 1"
        name, origin = namer.name("ck", entity.table, arc.name), context.origin(arc.span)
        found.append(ir.Check(name=name, expr=ir.SqlText(sql=sql, type=bool_), origin=origin))
    return tuple(found)


def _checks(context: Context, entity: Entity, namer: Namer) -> tuple[ir.Check, ...]:
    """Those that were written, then those that follow from types."""
    written = tuple(
        ir.Check(
            name=namer.name("ck", entity.table, check.name),
            expr=check.condition,
            was=former_checks(entity, check.was),
            origin=context.origin(check.span),
        )
        for check in entity.checks
    )
    derived = tuple(
        ir.Check(
            name=namer.name("ck", entity.table, field.column),
            column=field.column,
            origin=context.origin(field.span),
        )
        for field in entity.fields
        if isinstance(field, ScalarField)
        and not field.encrypted
        and field.carries is None
        and _is_constrained(field.type)
    )
    return (*written, *_arcs(context, entity, namer), *derived)


def _is_constrained(type_: ir.Type) -> bool:
    if isinstance(type_, ir.ScalarType):
        left = ir.unenforced(type_)
        limits = (left.min_length, left.max_length, left.minimum, left.maximum, left.pattern)
        return any(limit is not None for limit in limits)
    return isinstance(type_, ir.EnumType)
