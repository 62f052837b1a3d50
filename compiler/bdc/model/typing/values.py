"""Enums, structs, and typed lists of members (of structs, errors, events, parameters)."""

from dataclasses import replace

from bdc import ir
from bdc.model.attributes import (
    ENUM,
    ENUM_VALUE,
    PARAMETER,
    STRUCT,
    STRUCT_FIELD,
    Attributes,
    is_field_attribute,
    read_attributes,
)
from bdc.model.context import ResolveContext
from bdc.model.entities.evolution import former, removals
from bdc.model.entities.mixins import struct_members
from bdc.model.errors.names import DuplicateMember
from bdc.model.errors.relations import RelationOutsideEntity
from bdc.model.errors.support import NotSupported
from bdc.model.errors.types import AttributeArgument, Cycle, MisplacedAttribute, MissingMember, NotAllowedHere
from bdc.model.expressions import Place, Scope, value
from bdc.model.nodes.entity import ReferenceField, ScalarField
from bdc.model.nodes.values import Entry, Enum, EnumValue, ParameterPlace, Struct
from bdc.model.typing.constraints import with_attributes
from bdc.model.typing.written import resolve_type
from bdc.naming.casing import snake
from bdc.naming.references import key_member
from bdc.naming.sql import fitted
from bdc.syntax import ast

_PLACES: tuple[ParameterPlace, ...] = ("query", "header", "body")
_PARTS = ir.ScalarType(scalar=ir.Scalar.JSON)
_CONSTANT = Place("a default", relations=False, computed=False)
_BACKFILL = Place("a backfill", relations=False, computed=False)


def resolve_enums(context: ResolveContext) -> None:
    for declared in context.declarations():
        if isinstance(declared, ast.EnumDecl) and declared.name.text not in context.enums:
            attributes = read_attributes(declared.attributes, ENUM, f"enum `{declared.name.text}`", context)
            context.enums[declared.name.text] = Enum(
                declared.name.text,
                declared.name.span,
                declared.doc,
                _values(context, declared),
                former(attributes),
                removals(context, "value", declared.values),
                _native(attributes, declared.name.text),
                attributes.text("schema"),
                not declared.values or any(isinstance(value, ast.Broken) for value in declared.values),
                attributes.graphql(),
            )
            if not declared.values:
                context.report(
                    MissingMember(
                        f"enum `{declared.name.text}`",
                        ("a value",),
                        declared.name.span,
                        "write `enum Name { first, second }`",
                    )
                )


def _native(attributes: Attributes, name: str) -> str | None:
    """Return the name of the PostgreSQL enum; None for text with a CHECK."""
    if not attributes.has("native"):
        if attributes.has("schema"):
            why = "only a `@native` enum has a schema"
            attributes.context.report(MisplacedAttribute("schema", why, attributes.by_name["schema"].span))
        return None
    return attributes.optional_text("native") or fitted(snake(name))


def _values(context: ResolveContext, declared: ast.EnumDecl) -> tuple[EnumValue, ...]:
    found: dict[str, EnumValue] = {}
    for written in declared.values:
        if not isinstance(written, ast.EnumValue):
            continue
        attributes = read_attributes(written.attributes, ENUM_VALUE, "a value of an enum", context)
        name = written.name.text
        entry = EnumValue(
            name,
            written.name.span,
            written.doc,
            attributes.deprecated(),
            written.attributes,
            former(attributes),
            attributes.text("value") or "",
        )
        first = found.setdefault(name, entry)
        if first is not entry:
            context.report(
                DuplicateMember("value", name, f"enum `{declared.name.text}`", entry.span, first.span)
            )
    return tuple(found.values())


def resolve_structs(context: ResolveContext) -> None:
    """Shape every struct; defaults are read once all are known."""
    for declared in context.declarations():
        if isinstance(declared, ast.StructDecl) and declared.name.text not in context.structs:
            name = declared.name.text
            graphql = read_attributes(declared.attributes, STRUCT, f"struct `{name}`", context).graphql()
            members = struct_members(context, declared, STRUCT_FIELD)
            there = tuple(each for each in members if not isinstance(each, ast.DroppedDecl))
            fields = _without_rows(context, entries(context, there, STRUCT_FIELD, f"struct `{name}`"))
            dropped = removals(context, "member", members)
            context.structs[name] = Struct(
                name, declared.name.span, declared.doc, fields, graphql=graphql, dropped=dropped
            )
            if not members:
                context.report(
                    MissingMember(
                        f"struct `{name}`",
                        ("a field",),
                        declared.name.span,
                        "write a field: `name: string(1..80)`",
                    )
                )

    _without_circles(context)


def _without_circles(context: ResolveContext) -> None:
    """Report members by which a struct would hold itself, and remove them, so that no later phase runs in a cycle."""
    for name in _circular(context):
        kept = []
        for field in context.structs[name].fields:
            chain = _way(context, _struct_of(field), name)
            if chain:
                context.report(Cycle("a struct", (name, *chain), field.span))
            else:
                kept.append(field)
        context.structs[name] = replace(context.structs[name], fields=tuple(kept))


def _circular(context: ResolveContext) -> list[str]:
    """Return the structs that hold themselves, or hold one that does."""
    inner = {
        name: {each for each in map(_struct_of, struct.fields) if each in context.structs}
        for name, struct in context.structs.items()
    }
    while flat := [name for name, held in inner.items() if not held & inner.keys()]:
        for name in flat:
            del inner[name]
    return list(inner)


def _way(context: ResolveContext, first: str | None, goal: str) -> tuple[str, ...]:
    """Return the structs from `first` to `goal`, both included; nothing where no member leads there."""
    ways: dict[str, tuple[str, ...]] = {first: (first,)} if first in context.structs else {}
    open_ = list(ways)
    while open_ and goal not in ways:
        name = open_.pop(0)
        for held in map(_struct_of, context.structs[name].fields):
            if held in context.structs and held not in ways:
                ways[held] = (*ways[name], held)
                open_.append(held)
    return ways.get(goal, ())


def _struct_of(field: Entry) -> str | None:
    type_ = field.type.item if isinstance(field.type, ir.ArrayType) else field.type
    return type_.name if isinstance(type_, ir.StructType) else None


def _without_rows(context: ResolveContext, fields: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return the fields that are values; report those that would lead to rows."""
    kept: list[Entry] = []
    for field in fields:
        type_ = field.type.item if isinstance(field.type, ir.ArrayType) else field.type
        if isinstance(type_, ir.EntityType):
            context.report(RelationOutsideEntity((type_.name,), field.span))
        elif ir.vector_length(field.type) is not None:
            help = "write it as a field of the entity, or `float[]` here"
            context.report(NotAllowedHere("a vector", "a struct", field.span, help))
        else:
            kept.append(field)
    return tuple(kept)


def type_struct_defaults(context: ResolveContext) -> None:
    """Type the defaults and backfills, those from mixins too: a field is where its name stands."""
    written = {
        each.name.span: each
        for declared in context.declarations()
        if isinstance(declared, ast.StructDecl | ast.MixinDecl)
        for each in declared.members
        if isinstance(each, ast.FieldDecl)
    }
    for struct in tuple(context.structs.values()):
        fields = tuple(
            _with_backfill(context, _with_default(context, field, written[field.span].default))
            for field in struct.fields
        )
        context.structs[struct.name] = replace(struct, fields=fields)


def _with_default(context: ResolveContext, entry: Entry, written: ast.Expr | None) -> Entry:
    if written is None:
        return entry
    return replace(
        entry,
        default=value(written, Scope(context, _CONSTANT), entry.type, entry.nullable, f"`{entry.name}`"),
    )


def _with_backfill(context: ResolveContext, entry: Entry) -> Entry:
    """A constant or a function: the value that a member gets is one of its own, without a row around it."""
    attribute = next((each for each in entry.attributes if is_field_attribute(each, "backfill")), None)
    if attribute is None:
        return entry
    if len(attribute.arguments) != 1:
        usage = "@backfill(0)"
        context.report(AttributeArgument("backfill", "takes exactly one expression", usage, attribute.span))
        return entry
    scope = Scope(context, _BACKFILL)
    found = value(attribute.arguments[0].value, scope, entry.type, entry.nullable, f"`{entry.name}`")
    return replace(entry, backfill=found)


def entries(
    context: ResolveContext, members: tuple[ast.Member, ...], known: dict[str, str], owner: str
) -> tuple[Entry, ...]:
    """Return the fields among `members`, typed; report anything else that stands there."""
    found: dict[str, Entry] = {}
    for member in members:
        if isinstance(member, ast.Broken):
            continue
        if not isinstance(member, ast.FieldDecl):
            context.report(NotAllowedHere("this", owner, member.span, "only fields are allowed here"))
            continue
        entry = _entry(context, member, known)
        if entry is None:
            continue
        first = found.setdefault(entry.name, entry)
        if first is not entry:
            context.report(DuplicateMember("field", entry.name, owner, entry.span, first.span))
    return tuple(found.values())


def _entry(context: ResolveContext, declared: ast.FieldDecl, known: dict[str, str]) -> Entry | None:
    attributes = read_attributes(declared.attributes, known, f"`{declared.name.text}`", context)
    return _typed(context, declared, attributes)


def _typed(context: ResolveContext, declared: ast.FieldDecl, attributes: Attributes) -> Entry | None:
    typed = resolve_type(context, declared.type)
    if typed is None:
        return None
    return Entry(
        name=declared.name.text,
        span=declared.name.span,
        type=with_attributes(typed.type, attributes, context.sink),
        nullable=typed.nullable,
        doc=declared.doc,
        pii=attributes.has("pii"),
        graphql=attributes.graphql(),
        was=former(attributes),
        attributes=declared.attributes,
    )


def parameters(
    context: ResolveContext,
    written: tuple[ast.Parameter, ...],
    owner: str,
    *,
    rows: bool = False,
    several: bool = False,
) -> tuple[Entry, ...]:
    """Return the typed parameters of an operation. `rows`: one may be a row, which a caller names by its key; with `several` a key of
    several parts too."""
    found: dict[str, Entry] = {}
    for parameter in written:
        declared = ast.FieldDecl(
            parameter.name, parameter.type, None, parameter.attributes, span=parameter.span
        )
        attributes = read_attributes(declared.attributes, PARAMETER, f"`{declared.name.text}`", context)
        entry = _typed(context, declared, attributes)
        if entry is None:
            continue
        entry = by_key(context, entry, several) if rows else entry
        entry = _placed(_with_default(context, entry, parameter.default), attributes)
        first = found.setdefault(entry.name, entry)
        if first is not entry:
            context.report(DuplicateMember("parameter", entry.name, owner, entry.span, first.span))
        if isinstance(entry.type, ir.EntityType):
            what, remedy = "a row as a parameter", "take its key, and read the row"
            if rows:
                what, remedy = "a row whose key has several parts as a parameter", "take the parts of its key"
            context.report(NotSupported(what, parameter.span, remedy))
    return tuple(found.values())


def by_key(context: ResolveContext, entry: Entry, several: bool = False) -> Entry:
    """Return the parameter that carries the key of a row; one whose key has several parts carries them as JSON, or (not `several`) stays
    a row, which is reported."""
    if not isinstance(entry.type, ir.EntityType):
        return entry
    row, found = entry.type.name, _key_type(context, entry.type.name)
    if found is None:
        known = context.entities.get(row)
        if not several or known is None or not known.key:
            return entry
        return replace(entry, name=f"{entry.name}_key", type=_PARTS, refers=row, row=entry.name)
    return replace(entry, name=key_member(entry.name), type=found, refers=entry.type.name, row=entry.name)


def _key_type(context: ResolveContext, entity: str) -> ir.Type | None:
    declared = context.entities.get(entity)
    field = declared.find(declared.key[0]) if declared is not None and len(declared.key) == 1 else None
    if isinstance(field, ReferenceField) and len(field.goals) < 2:
        return _key_type(context, field.target)
    return field.type if isinstance(field, ScalarField) else None


def _placed(entry: Entry, attributes: Attributes) -> Entry:
    """Return a parameter with the place that its attributes give it; report a second place."""
    written = [name for name in _PLACES if attributes.has(name)]
    for name in written[1:]:
        why = f"`@{written[0]}` already sets where `{entry.name}` is sent"
        attributes.context.report(MisplacedAttribute(name, why, attributes.by_name[name].span))
    if not written:
        return entry
    header = attributes.text("header") or "" if written[0] == "header" else ""
    return replace(entry, place=written[0], header=header)
