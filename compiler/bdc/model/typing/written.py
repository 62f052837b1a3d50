"""From types as written to types: scalars, aliases followed, enums, structs, entities, arrays."""

from bdc import ir
from bdc.model.attributes import ALIAS, read_attributes
from bdc.model.context import ResolveContext, with_article
from bdc.model.errors.names import UnknownType, WrongKind
from bdc.model.errors.relations import RelationOutsideEntity
from bdc.model.errors.types import BadTypeArgument, Cycle, NotAllowedHere
from bdc.model.names import BROKEN, Symbol
from bdc.model.typing.constraints import with_arguments, with_attributes
from bdc.model.typing.domains import as_domain
from bdc.model.typing.physical import with_column_type
from bdc.model.typing.vectors import VECTOR, vector_type
from bdc.source.records import dataclass
from bdc.syntax import ast

SCALARS = {scalar.value: scalar for scalar in ir.Scalar}
_KINDS = ("type", "enum", "struct", "entity")


@dataclass(frozen=True, slots=True)
class Typed:
    type: ir.Type
    nullable: bool


def resolve_type(context: ResolveContext, written: ast.TypeExpr) -> Typed | None:
    """Return the type of a field, parameter or claim; None where it could not be told (reported)."""
    if len(written.bases) != 1:
        names = tuple(base.path.text for base in written.bases)
        context.report(RelationOutsideEntity(names, written.span, are_structs(context, written)))
        return None
    base = _base(context, written.bases[0])
    if base is None:
        return None
    if written.array:
        if ir.vector_length(base) is not None:
            help = "a row holds one vector in a field; several are rows of an entity of their own"
            context.report(NotAllowedHere("a list", "vectors", written.span, help))
            return None
        base = ir.ArrayType(item=base)
    return Typed(base, written.optional)


def resolve_answer(context: ResolveContext, written: ast.TypeExpr | None) -> Typed | None:
    """Return the type of what an operation answers with; None where it answers with nothing, or it could not be told (reported)."""
    found = resolve_type(context, written) if written is not None else None
    if found is not None and written is not None and ir.vector_length(found.type) is not None:
        help = "answer with rows, or with a struct that has a `float[]`"
        context.report(NotAllowedHere("a vector", "an answer", written.span, help))
        return None
    return found


def are_structs(context: ResolveContext, written: ast.TypeExpr) -> bool:
    """Say whether everything that a type names is a struct."""
    found = [context.file(base.span).find(base.path.text) for base in written.bases]
    return all(symbol is not None and isinstance(symbol.declaration, ast.StructDecl) for symbol in found)


def resolve_aliases(context: ResolveContext) -> None:
    """Follow every alias, so that a wrong one is reported even while nothing uses it."""
    for tree in context.names.trees:
        for declared in tree.declarations:
            if isinstance(declared, ast.TypeAliasDecl):
                symbol = context.file(declared.span).declared[declared.name.text]
                if symbol.declaration is declared:
                    _alias(context, symbol)


def _base(context: ResolveContext, written: ast.NamedType) -> ir.Type | None:
    name = written.path.text
    if name in SCALARS:
        return with_arguments(SCALARS[name], written, context.sink)
    if name == VECTOR and is_vector(context, written):
        return vector_type(written, context.sink)
    symbol = _symbol(context, written)
    if symbol is None:
        return None
    if written.arguments:
        context.report(BadTypeArgument(name, "takes no arguments", name, written.span))
    match symbol.kind:
        case "enum":
            return (
                context.enums[symbol.name].type
                if symbol.name in context.enums
                else ir.EnumType(name=symbol.name)
            )
        case "struct":
            return ir.StructType(name=symbol.name)
        case "entity":
            return ir.EntityType(name=symbol.name)
        case "type":
            return _alias(context, symbol)
    context.report(WrongKind(name, written.span, "a type", with_article(symbol.kind), symbol.span))
    return None


def is_vector(context: ResolveContext, written: ast.NamedType) -> bool:
    """Say whether `vector` is the type of pgvector, and nothing that the specification declares."""
    file = context.file(written.span)
    return file.find(VECTOR) is None and VECTOR not in file.broken


def _symbol(context: ResolveContext, written: ast.NamedType) -> Symbol | None:
    name, file = written.path.text, context.file(written.span)
    found = file.find(name)
    if found is None and name not in file.broken:
        elsewhere = context.names.module_that_declares(name, _KINDS)
        importing = context.names.importing(written.span, elsewhere, name)
        known = (*file.visible(_KINDS), *SCALARS, VECTOR)
        context.report(UnknownType(name, written.path.span, known, elsewhere, importing))
    return None if found is None or found.kind == BROKEN else found


def _alias(context: ResolveContext, symbol: Symbol) -> ir.Type | None:
    """Follow an alias once; the result is remembered, and the names on the way catch a cycle."""
    place = (symbol.module, symbol.name)
    if place in context.aliases:
        return context.aliases[place]
    if place in context.open_aliases:
        chain = [name for _, name in context.open_aliases[context.open_aliases.index(place) :]]
        context.report(Cycle("a type", (*chain, symbol.name), symbol.span))
        return None
    context.open_aliases.append(place)
    context.aliases[place] = _read_alias(context, symbol)
    context.open_aliases.pop()
    return context.aliases[place]


def _read_alias(context: ResolveContext, symbol: Symbol) -> ir.Type | None:
    declared = symbol.declaration
    assert isinstance(declared, ast.TypeAliasDecl)
    typed = resolve_type(context, declared.type)
    attributes = read_attributes(declared.attributes, ALIAS, f"type `{symbol.name}`", context)
    if typed is None:
        return None
    if typed.nullable:
        context.report(
            BadTypeArgument(
                symbol.name,
                "cannot be optional: write `?` where it is used",
                f"{symbol.name}?",
                declared.type.span,
            )
        )
    type_ = with_attributes(typed.type, attributes, context.sink)
    type_ = with_column_type(type_, attributes, context)
    type_ = as_domain(context, declared, type_, attributes)
    return type_.model_copy(update={"alias": symbol.name}) if isinstance(type_, ir.ScalarType) else type_
