"""Uniques, indexes and exclusions of a table."""

from collections.abc import Iterator

from bdc import ir
from bdc.lowering.context import Context
from bdc.model.nodes.entity import Entity, Exclusion, IndexKey, Kept, ReferenceField, ScalarField
from bdc.naming.sql import Namer
from bdc.source import Span

_USUAL = Kept()


def lower_uniques(context: Context, entity: Entity, namer: Namer) -> tuple[ir.UniqueKey, ...]:
    """Fields marked `@unique`, then those declared. With soft deletion all hold among visible rows only."""
    found = [
        _unique(context, entity, namer, (IndexKey(field=field.name),), None, field.span)
        for field in entity.fields
        if isinstance(field, ScalarField | ReferenceField) and field.unique
    ]
    for each in entity.uniques:
        found.append(_unique(context, entity, namer, each.keys, each.where, each.span, each.was, each.kept))
    return tuple(found)


def _unique(
    context: Context,
    entity: Entity,
    namer: Namer,
    keys: tuple[IndexKey, ...],
    where: ir.Expr | None,
    span: Span,
    was: tuple[str, ...] = (),
    kept: Kept = _USUAL,
) -> ir.UniqueKey:
    lowered = tuple(_keys(context, entity, keys))
    columns = tuple(key.column for key in lowered if key.column is not None)
    plain = all(key == ir.IndexKey(column=key.column) for key in lowered)
    where = _among_visible(entity, where)
    is_index = kept.index or where is not None
    kind = "ux" if is_index else "uq"
    return ir.UniqueKey(
        name=namer.name(kind, entity.table, *_named_after(lowered), given=kept.name),
        columns=columns,
        where=where,
        index=kept.index,
        keys=() if plain else lowered,
        include=tuple(_included(context, entity, kept)),
        options=kept.options,
        nulls_not_distinct=kept.nulls_not_distinct,
        deferrable=kept.deferrable,
        deferred=kept.deferred,
        was=was,
        raises=kept.raises.error if kept.raises is not None else "",
        origin=context.origin(span),
    )


def lower_indexes(context: Context, entity: Entity, namer: Namer) -> tuple[ir.Index, ...]:
    found = []
    for index in entity.indexes:
        keys = tuple(_keys(context, entity, index.keys))
        name = namer.name("ix", entity.table, *_named_after(keys), given=index.kept.name)
        found.append(
            ir.Index(
                name=name,
                keys=keys,
                where=index.where,
                method=index.method,
                include=tuple(_included(context, entity, index.kept)),
                options=index.kept.options,
                was=index.was,
                origin=context.origin(index.span),
            )
        )
    return tuple(found)


def lower_exclusions(context: Context, entity: Entity, namer: Namer) -> tuple[ir.Exclusion, ...]:
    return tuple(
        ir.Exclusion(
            name=namer.name("ex", entity.table, each.name, given=each.kept.name),
            method=each.method,
            keys=tuple(_keys(context, entity, each.keys)),
            operators=tuple(_operators(context, entity, each)),
            where=each.where,
            deferrable=each.kept.deferrable,
            deferred=each.kept.deferred,
            was=each.was,
            raises=each.kept.raises.error if each.kept.raises is not None else "",
            origin=context.origin(each.span),
        )
        for each in entity.exclusions
    )


def _operators(context: Context, entity: Entity, exclusion: Exclusion) -> Iterator[str]:
    """Yield an operator for each column: a reference that several fields carry has its operator with each of them."""
    for key, operator in zip(exclusion.keys, exclusion.operators, strict=True):
        columns = context.columns(entity, key.field) if key.field is not None else (None,)
        yield from (operator for _ in columns)


def _keys(context: Context, entity: Entity, keys: tuple[IndexKey, ...]) -> Iterator[ir.IndexKey]:
    for key in keys:
        for column in context.columns(entity, key.field) if key.field is not None else (None,):
            yield ir.IndexKey(
                column=column,
                expr=key.expr,
                descending=key.descending,
                nulls_first=key.nulls_first,
                collation=key.collation,
                operator_class=key.operator_class,
            )


def _included(context: Context, entity: Entity, kept: Kept) -> Iterator[str]:
    for name in kept.include:
        yield from context.columns(entity, name)


def _named_after(keys: tuple[ir.IndexKey, ...]) -> Iterator[str]:
    """What an index of these keys is called after: columns; for an expression its function, as PostgreSQL does."""
    for key in keys:
        if key.column is not None:
            yield key.column
        else:
            yield key.expr.function if isinstance(key.expr, ir.Call) else "expr"


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
