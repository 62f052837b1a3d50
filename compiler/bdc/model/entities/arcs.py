"""Exclusive arcs: `subject: Quote | Ticket` is one optional reference per target, of which exactly one leads somewhere."""

from collections.abc import Iterator

from bdc.model.context import ResolveContext
from bdc.model.errors.relations import BadArc, RelationOutsideEntity
from bdc.model.nodes.entity import Arc
from bdc.model.typing.written import are_structs
from bdc.naming.casing import snake
from bdc.source.records import replace
from bdc.syntax import ast

_COLUMN = "column"


def is_arc(field: ast.FieldDecl) -> bool:
    return len(field.type.bases) > 1


def arc_of(field: ast.FieldDecl) -> Arc:
    names = tuple(_name(field.name.text, base) for base in field.type.bases)
    return Arc(field.name.text, names, field.type.optional, field.name.span)


def arms(context: ResolveContext, field: ast.FieldDecl) -> Iterator[ast.FieldDecl]:
    """Yield the references that an arc stands for, each with its attributes; report what cannot be one."""
    bases = field.type.bases
    if field.type.array or field.default is not None:
        context.report(BadArc(field.name.text, "it refers to one row, and has no default", field.name.span))
    if are_structs(context, field.type):
        names = tuple(base.path.text for base in bases)
        context.report(RelationOutsideEntity(names, field.type.span, are_values=True))
        return
    before: dict[ast.NamedType, tuple[ast.Name, ...]] = {}
    for base in bases:
        found = context.file(base.span).find(base.path.text)
        if base.arguments or ((found is None or found.kind != "entity") and not _is_unknown(context, base)):
            context.report(BadArc(field.name.text, f"`{base.path.text}` is not an entity", base.span))
            return
        before[base] = _before(found.declaration) if found is not None else ()
    columns = _columns(context, field)
    if len({base.path.text for base in bases}) < len(bases):
        context.report(BadArc(field.name.text, "it names an entity twice", field.name.span))
        return
    for index, base in enumerate(bases):
        yield _arm(field, base, columns[index] if columns else None, before[base])


def _before(target: ast.Declaration) -> tuple[ast.Name, ...]:
    """Return what the entity that an arm leads to was called: the arm was called after it."""
    said = (
        (each for each in target.attributes if each.name == "was")
        if isinstance(target, ast.EntityDecl)
        else ()
    )
    return tuple(
        each.value.names[0]
        for attribute in said
        for each in attribute.arguments
        if isinstance(each.value, ast.Path)
    )


def _is_unknown(context: ResolveContext, base: ast.NamedType) -> bool:
    """Whether nothing is called so: the type's own message says what could be meant."""
    return context.file(base.span).find(base.path.text) is None and base.path.text.istitle()


def _columns(context: ResolveContext, field: ast.FieldDecl) -> tuple[ast.Argument, ...]:
    written = next((each for each in field.attributes if each.name == _COLUMN), None)
    if written is not None and len(written.arguments) != len(field.type.bases):
        why = f"it has {len(field.type.bases)} columns, and `@column` names {len(written.arguments)}"
        context.report(BadArc(field.name.text, why, written.span))
        return ()
    return written.arguments if written is not None else ()


def _arm(
    field: ast.FieldDecl, base: ast.NamedType, column: ast.Argument | None, before: tuple[ast.Name, ...]
) -> ast.FieldDecl:
    name = _name(field.name.text, base)
    kept = tuple(_renamed(each, base, before) for each in field.attributes if each.name != _COLUMN)
    if before and not any(each.name == "was" for each in kept):
        was = ast.Path((ast.Name("was", span=field.name.span),), span=field.name.span)
        said = tuple(_said(field.name, old) for old in before)
        kept = (*kept, ast.Attribute(was, said, span=field.name.span))
    if column is not None:
        path = ast.Path((ast.Name(_COLUMN, span=column.span),), span=column.span)
        kept = (*kept, ast.Attribute(path, (column,), span=column.span))
    type_ = ast.TypeExpr((base,), optional=True, span=field.type.span)
    return replace(
        field, name=ast.Name(name, span=field.name.span), type=type_, default=None, attributes=kept
    )


def _said(name: ast.Name, entity: ast.Name) -> ast.Argument:
    whole = ast.Name(f"{name.text}_{snake(entity.text)}", span=name.span)
    return ast.Argument(None, ast.Path((whole,), span=name.span), span=name.span)


def _renamed(attribute: ast.Attribute, base: ast.NamedType, before: tuple[ast.Name, ...]) -> ast.Attribute:
    """`@was(about)` of the whole is `@was(about_quote)` of an arm, under each name that its entity had."""
    if attribute.name != "was":
        return attribute
    arguments = tuple(
        replace(each, value=replace(each.value, names=(_suffixed(each.value.names[0], base),)))
        if isinstance(each.value, ast.Path)
        else each
        for each in attribute.arguments
    )
    older = tuple(
        _said(each.value.names[0], old)
        for each in attribute.arguments
        if isinstance(each.value, ast.Path)
        for old in before
    )
    return replace(attribute, arguments=(*arguments, *older))


def _suffixed(name: ast.Name, base: ast.NamedType) -> ast.Name:
    return ast.Name(_name(name.text, base), span=name.span)


def _name(name: str, base: ast.NamedType) -> str:
    return f"{name}_{snake(base.path.text)}"
