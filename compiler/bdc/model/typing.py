"""From types as written to types: scalars, aliases followed, enums, structs, entities, arrays."""

from dataclasses import dataclass

from bdc import ir
from bdc.model.attributes import ALIAS, read_attributes
from bdc.model.constraints import with_arguments, with_attributes
from bdc.model.domains import as_domain
from bdc.model.errors.names import UnknownType, WrongKind
from bdc.model.errors.relations import RelationOutsideEntity
from bdc.model.errors.types import BadTypeArgument, Cycle
from bdc.model.names import BROKEN, Symbol
from bdc.model.physical import with_column_type
from bdc.model.world import World, with_article
from bdc.syntax import ast

SCALARS = {scalar.value: scalar for scalar in ir.Scalar}
_KINDS = ("type", "enum", "struct", "entity")


@dataclass(frozen=True, slots=True)
class Typed:
    type: ir.Type
    nullable: bool


def resolve_type(world: World, written: ast.TypeExpr) -> Typed | None:
    """Return the type of a field, parameter or claim; None where it could not be told (reported)."""
    if len(written.bases) != 1:
        world.report(RelationOutsideEntity(tuple(base.path.text for base in written.bases), written.span))
        return None
    base = _base(world, written.bases[0])
    if base is None:
        return None
    if written.array:
        base = ir.ArrayType(item=base)
    return Typed(base, written.optional)


def resolve_aliases(world: World) -> None:
    """Follow every alias, so that a wrong one is reported even while nothing uses it."""
    for tree in world.names.trees:
        for declared in tree.declarations:
            if isinstance(declared, ast.TypeAliasDecl):
                symbol = world.file(declared.span).declared[declared.name.text]
                if symbol.declaration is declared:
                    _alias(world, symbol)


def _base(world: World, written: ast.NamedType) -> ir.Type | None:
    name = written.path.text
    if name in SCALARS:
        return with_arguments(SCALARS[name], written, world.sink)
    symbol = _symbol(world, written)
    if symbol is None:
        return None
    if written.arguments:
        world.report(BadTypeArgument(name, "takes nothing in parentheses", name, written.span))
    match symbol.kind:
        case "enum":
            return (
                world.enums[symbol.name].type if symbol.name in world.enums else ir.EnumType(name=symbol.name)
            )
        case "struct":
            return ir.StructType(name=symbol.name)
        case "entity":
            return ir.EntityType(name=symbol.name)
        case "type":
            return _alias(world, symbol)
    world.report(WrongKind(name, written.span, "a type", with_article(symbol.kind), symbol.span))
    return None


def _symbol(world: World, written: ast.NamedType) -> Symbol | None:
    name, file = written.path.text, world.file(written.span)
    found = file.find(name)
    if found is None and name not in file.broken:
        elsewhere = world.names.module_that_declares(name, _KINDS)
        world.report(UnknownType(name, written.path.span, (*file.visible(_KINDS), *SCALARS), elsewhere))
    return None if found is None or found.kind == BROKEN else found


def _alias(world: World, symbol: Symbol) -> ir.Type | None:
    """Follow an alias once; the result is remembered, and the names on the way catch a cycle."""
    place = (symbol.module, symbol.name)
    if place in world.aliases:
        return world.aliases[place]
    if place in world.open_aliases:
        chain = [name for _, name in world.open_aliases[world.open_aliases.index(place) :]]
        world.report(Cycle("a type", (*chain, symbol.name), symbol.span))
        return None
    world.open_aliases.append(place)
    world.aliases[place] = _read_alias(world, symbol)
    world.open_aliases.pop()
    return world.aliases[place]


def _read_alias(world: World, symbol: Symbol) -> ir.Type | None:
    declared = symbol.declaration
    assert isinstance(declared, ast.TypeAliasDecl)
    typed = resolve_type(world, declared.type)
    attributes = read_attributes(declared.attributes, ALIAS, f"type `{symbol.name}`", world)
    if typed is None:
        return None
    if typed.nullable:
        world.report(
            BadTypeArgument(
                symbol.name,
                "cannot be optional: write `?` where it is used",
                f"{symbol.name}?",
                declared.type.span,
            )
        )
    type_ = with_attributes(typed.type, attributes, world.sink)
    type_ = with_column_type(type_, attributes, world)
    type_ = as_domain(world, declared, type_, attributes)
    return type_.model_copy(update={"alias": symbol.name}) if isinstance(type_, ir.ScalarType) else type_
