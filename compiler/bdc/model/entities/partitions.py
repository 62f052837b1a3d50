"""Partitioned entities: `@partition(range, at)` and the parts, each with its bounds."""

from collections.abc import Iterator

from bdc import ir
from bdc.model.attributes import PARTITION, read_attributes
from bdc.model.context import ResolveContext
from bdc.model.entities.evolution import former
from bdc.model.entities.rotation import rotated
from bdc.model.errors.names import DuplicateMember
from bdc.model.errors.relations import BadPartition
from bdc.model.errors.types import AttributeArgument
from bdc.model.expressions import Place, Scope, value
from bdc.model.nodes.entity import Entity, ReferenceField, ScalarField
from bdc.model.nodes.partition import Method, Partition, Partitioning
from bdc.model.relations.links import key_type
from bdc.source.records import replace
from bdc.syntax import ast

_BOUND = Place("a bound", relations=False, computed=False, clock=False, sql=True)
_METHODS: dict[str, Method] = {"range": "range", "list": "list", "hash": "hash"}
_USAGE = "@partition(range, created_at)"
_OPEN = ("minvalue", "maxvalue")


def partition_entities(context: ResolveContext) -> None:
    """Resolve how entities are partitioned, and report keys that could not hold over all parts."""
    for entity in tuple(context.entities.values()):
        parts = [each for each in entity.members if isinstance(each, ast.PartitionDecl)]
        if entity.partitioned is not None:
            found = _partitioning(context, entity, entity.partitioned, parts)
            context.entities[entity.name] = replace(entity, partitioning=found)
        elif parts and not entity.unread:
            why = f"`{entity.name}` has no `@partition`"
            context.report(BadPartition(why, parts[0].name.span, f"write `{_USAGE}` after its name"))


def _partitioning(
    context: ResolveContext, entity: Entity, written: ast.Attribute, parts: list[ast.PartitionDecl]
) -> Partitioning | None:
    words = [each.value for each in written.arguments if each.name is None]
    names = [word.text for word in words if isinstance(word, ast.Path) and len(word.names) == 1]
    method = _METHODS.get(names[0]) if names else None
    if method is None or len(names) != len(words) or len(names) < 2:
        context.report(
            AttributeArgument("partition", "expects range, list or hash, and fields", _USAGE, written.span)
        )
        return None
    fields = tuple(_fields(context, entity, names[1:], written))
    if method == "list" and len(fields) > 1:
        context.report(BadPartition("a list partition has exactly one field", written.span))
    _held_by_keys(context, entity, fields, written)
    types = tuple(_type(context, entity, name) for name in fields)
    found: dict[str, Partition] = {}
    for part in parts:
        made = _partition(context, method, types, part)
        first = found.setdefault(part.name.text, made)
        if first is not made:
            owner = f"entity `{entity.name}`"
            context.report(DuplicateMember("partition", made.name, owner, made.span, first.span))
    partitioning = Partitioning(method, fields, written.span, tuple(found.values()))
    return rotated(context, entity, written, partitioning, types)


def _fields(
    context: ResolveContext, entity: Entity, names: list[str], written: ast.Attribute
) -> Iterator[str]:
    for name in names:
        field = entity.find(name)
        if isinstance(field, ReferenceField) and field.carriers:
            yield from field.carriers
        elif isinstance(field, ScalarField | ReferenceField):
            yield name
        elif not entity.is_unread(name):
            why = f"`{entity.name}` has no field `{name}` with a column"
            context.report(BadPartition(why, written.span))


def _held_by_keys(
    context: ResolveContext, entity: Entity, fields: tuple[str, ...], written: ast.Attribute
) -> None:
    """PostgreSQL keeps a key within each part: over all of them it holds only if it tells parts apart too."""
    own = {*entity.key, entity.tenant}
    uniques = [set(each.fields) for each in entity.uniques if each.where is None]
    uniques += [
        {field.name}
        for field in entity.fields
        if isinstance(field, ScalarField | ReferenceField) and field.unique
    ]
    missing = [
        name for name in fields if any(name not in keys for keys in ([own] if entity.key else []) + uniques)
    ]
    if missing:
        why = f"each key and unique of `{entity.name}` must contain `{missing[0]}`, since each partition has its own"
        context.report(
            BadPartition(why, written.span, f"add it: `id ({', '.join((*entity.key, *missing))})`")
        )


def _type(context: ResolveContext, entity: Entity, name: str) -> ir.Type | None:
    field = entity.find(name)
    if isinstance(field, ReferenceField):
        return key_type(context, field)
    return field.type if isinstance(field, ScalarField) else None


def _partition(
    context: ResolveContext, method: Method, types: tuple[ir.Type | None, ...], written: ast.PartitionDecl
) -> Partition:
    attributes = read_attributes(written.attributes, PARTITION, "a partition", context)
    if written.kind not in (method, "default"):
        said = {"range": "`from (…) to (…)`", "list": "`in (…)`", "hash": "`modulus … remainder …`"}[method]
        context.report(BadPartition(f"write partitions of a {method} as {said}", written.name.span))
    elif written.kind == "default" and method == "hash":
        context.report(BadPartition("a hash has no default partition", written.name.span))
    elif written.kind == "range" and not len(written.low) == len(written.high) == len(types):
        context.report(
            BadPartition(f"a bound needs one value for each field ({len(types)})", written.name.span)
        )
    modulus, remainder = (_whole(each) for each in (written.modulus, written.remainder))
    if written.kind == "hash" and not 0 <= remainder < modulus:
        context.report(BadPartition("the remainder is less than the modulus", written.name.span))
    return Partition(
        name=written.name.text,
        span=written.name.span,
        kind=written.kind,
        low=tuple(_bounds(context, written.low, types)),
        high=tuple(_bounds(context, written.high, types)),
        values=tuple(_values(context, written.values, types)),
        modulus=modulus,
        remainder=remainder,
        table=attributes.text("table"),
        storage=attributes.settings(),
        was=former(attributes),
        doc=written.doc,
    )


def _whole(written: ast.IntLiteral | None) -> int:
    return written.value if written is not None else 0


def _bounds(
    context: ResolveContext, written: tuple[ast.Expr, ...], types: tuple[ir.Type | None, ...]
) -> Iterator[ir.Bound]:
    for each, type_ in zip(written, types, strict=False):
        if isinstance(each, ast.Path) and each.text in _OPEN:
            yield "minvalue" if each.text == "minvalue" else "maxvalue"
        elif type_ is not None and (found := _value(context, each, type_)) is not None:
            yield found


def _values(
    context: ResolveContext, written: tuple[ast.Expr, ...], types: tuple[ir.Type | None, ...]
) -> Iterator[ir.Expr]:
    for each in written:
        if types and types[0] is not None and (found := _value(context, each, types[0])) is not None:
            yield found


def _value(context: ResolveContext, written: ast.Expr, type_: ir.Type) -> ir.Expr | None:
    return value(written, Scope(context, _BOUND), type_, isinstance(written, ast.NullLiteral), "a bound")
