"""The physical side: one table per entity, every name decided."""

from collections.abc import Iterator

from bdc import ir
from bdc.ddl.names import quote
from bdc.ir.physical import base_name, physical
from bdc.lowering.context import Context
from bdc.lowering.embedding import dropped_members, embedded_columns
from bdc.lowering.evolution import former_checks, former_columns, former_tables, lower_removal
from bdc.lowering.indexes import lower_exclusions, lower_indexes, lower_uniques
from bdc.lowering.partition import lower_partitioning
from bdc.model.expressions.rows import mentions_row
from bdc.model.nodes.entity import (
    CollectionField,
    ComputedField,
    Entity,
    ReferenceField,
    ScalarField,
    has_column,
)
from bdc.naming.sql import Namer, postgres_name


def lower_table(context: Context, entity: Entity) -> ir.Table:
    namer = Namer(postgres=entity.postgres_names, relations=context.relations(entity.schema))
    primary = _primary_key(context, entity, namer)
    uniques = lower_uniques(context, entity, namer)
    foreign = _foreign_keys(context, entity, namer)
    declared = lower_indexes(context, entity, namer)
    leading = _leading(primary, uniques, declared)
    return ir.Table(
        name=entity.table,
        schema_name=entity.schema,
        entity=entity.name,
        columns=_columns(context, entity),
        primary_key=primary,
        uniques=uniques,
        indexes=(
            *declared,
            *_search(entity, namer),
            *_alike(context, entity, namer),
            *_reference_indexes(entity, foreign, leading, namer),
        ),
        foreign_keys=foreign,
        checks=_checks(context, entity, namer),
        exclusions=lower_exclusions(context, entity, namer),
        unlogged=entity.unlogged,
        storage=entity.storage,
        tenant_column=context.tenant_column(entity),
        was=former_tables(entity.was),
        partitioning=lower_partitioning(context, entity),
        dropped=(
            *(lower_removal(context, each) for each in entity.dropped),
            *dropped_members(context, entity),
        ),
        doc=entity.doc,
        origin=context.origin(entity.span),
    )


def _columns(context: Context, entity: Entity) -> tuple[ir.Column, ...]:
    found: list[ir.Column] = []
    for field in entity.fields:
        if isinstance(field, ScalarField) and field.embedded:
            found += embedded_columns(context, field)
        elif not isinstance(field, CollectionField) and has_column(field):
            found.append(_column(context, entity, field))
    return tuple(found)


def _primary_key(context: Context, entity: Entity, namer: Namer) -> ir.PrimaryKey | None:
    if entity.keyless:
        return None
    name = namer.name("pk", entity.table, given=entity.key_name)
    return ir.PrimaryKey(name=name, columns=context.key_columns(entity))


def _column(
    context: Context, entity: Entity, field: ScalarField | ReferenceField | ComputedField
) -> ir.Column:
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
    if isinstance(field, ComputedField):
        return _generated(context, field)
    return ir.Column(
        name=field.column,
        type=field.type,
        nullable=field.nullable,
        default=None if field.encrypted or mentions_row(field.default) else field.default,
        identity=field.identity,
        numbering=field.numbering,
        sequence=_sequence(entity, field),
        collation=field.collation,
        encrypted=field.encrypted,
        immutable=field.immutable,
        was=former_columns(field),
        backfill=field.backfill,
        doc=field.doc,
        origin=context.origin(field.span),
    )


def _sequence(entity: Entity, field: ScalarField) -> str | None:
    if field.sequence is None:
        return None
    return field.sequence or postgres_name(entity.table, field.column, "seq")


def _generated(context: Context, field: ComputedField) -> ir.Column:
    return ir.Column(
        name=field.column,
        type=field.type,
        nullable=field.nullable,
        generated=field.expr,
        virtual=field.kept == "virtual",
        collation=field.collation,
        was=former_columns(field),
        doc=field.doc,
        origin=context.origin(field.span),
    )


def _search(entity: Entity, namer: Namer) -> tuple[ir.Index, ...]:
    columns = tuple(
        field.column for field in entity.fields if isinstance(field, ScalarField) and field.searchable
    )
    if not columns:
        return ()
    keys = tuple(ir.IndexKey(column=column) for column in columns)
    return (ir.Index(name=namer.name("ix", entity.table, "search"), keys=keys, method="gin", search=True),)


def _alike(context: Context, entity: Entity, namer: Namer) -> Iterator[ir.Index]:
    """Yield what serves a search for texts that are alike, one for each text."""
    searched = {
        word.text
        for api in context.model.apis
        for resource in api.resources
        if resource.entity == entity.name and resource.search_fuzzy
        for word in resource.search
    }
    for field in entity.fields:
        if isinstance(field, ScalarField) and field.name in searched and _is_text(field):
            key = ir.IndexKey(column=field.column, operator_class="gin_trgm_ops")
            yield ir.Index(
                name=namer.name("ix", entity.table, field.column, "alike"), keys=(key,), method="gin"
            )


def _is_text(field: ScalarField) -> bool:
    """Say whether the operator class takes the column: types like `citext` are searched without an index."""
    db = physical(field.type)
    return db is None or base_name(db) in ("text", "varchar", "character varying")


def _foreign_keys(context: Context, entity: Entity, namer: Namer) -> tuple[ir.ForeignKey, ...]:
    found = []
    for field in entity.fields:
        if not isinstance(field, ReferenceField):
            continue
        columns, target_columns = context.link(entity, field)
        cleared = context.nullable_columns(entity, field)
        called = (field.name if field.carriers else field.column,)
        part = "fk", entity.table, *(columns if entity.postgres_names else called)
        found.append(
            ir.ForeignKey(
                name=namer.name(*part, given=field.key_name),
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
    primary: ir.PrimaryKey | None, uniques: tuple[ir.UniqueKey, ...], indexes: tuple[ir.Index, ...]
) -> tuple[tuple[str, ...], ...]:
    """Return the columns of every index that covers all rows."""
    return (
        *((primary.columns,) if primary is not None else ()),
        *(unique.columns for unique in uniques if unique.where is None and not unique.keys),
        *(
            tuple(key.column or "" for key in each.keys)
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
            name=namer.name("ck", entity.table, check.name, given=check.given),
            expr=check.condition,
            was=former_checks(entity, check.was),
            raises=check.raises.error if check.raises is not None else "",
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
        and not field.embedded
        and _is_constrained(context, field.type)
    )
    whole = (
        check
        for field in entity.fields
        if isinstance(field, ScalarField) and field.embedded
        for check in _embedded_checks(context, entity, field, namer)
    )
    return (*written, *_arcs(context, entity, namer), *derived, *whole)


def _embedded_checks(
    context: Context, entity: Entity, field: ScalarField, namer: Namer
) -> Iterator[ir.Check]:
    """What the types of members say, and where the whole may be null, that it is null in all it needs or in none."""
    origin = context.origin(field.span)
    for each in field.embedded:
        if _is_constrained(context, each.type):
            name = namer.name("ck", entity.table, each.column)
            yield ir.Check(name=name, column=each.column, origin=origin)
    struct = context.model.structs[field.type.name] if isinstance(field.type, ir.StructType) else None
    required = {entry.name for entry in struct.fields if not entry.nullable} if struct is not None else set()
    columns = [quote(each.column) for each in field.embedded if each.member in required]
    if field.nullable and columns:
        others = [quote(each.column) for each in field.embedded if each.member not in required]
        whole = f"num_nulls({', '.join(columns)}) = 0"
        nothing = f"num_nonnulls({', '.join([*columns, *others])}) = 0"
        sql = ir.SqlText(sql=f"{whole} or {nothing}", type=ir.ScalarType(scalar=ir.Scalar.BOOL))
        yield ir.Check(name=namer.name("ck", entity.table, field.name), expr=sql, origin=origin)


def _is_constrained(context: Context, type_: ir.Type) -> bool:
    if isinstance(type_, ir.ScalarType):
        domain = context.model.domains.get(type_.domain or "")
        left = ir.unenforced(type_, domain.type if domain is not None else None)
        limits = (left.min_length, left.max_length, left.minimum, left.maximum, left.pattern)
        return any(limit is not None for limit in limits)
    return isinstance(type_, ir.EnumType) and context.model.enums[type_.name].native is None
