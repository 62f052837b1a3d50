"""What a declaration has from its mixins."""

from collections.abc import Iterator, Mapping

from bdc.model.context import ResolveContext
from bdc.model.errors.names import DuplicateMember
from bdc.model.errors.types import Cycle, NotAllowedHere
from bdc.syntax import ast


def members_of(
    context: ResolveContext, declared: ast.EntityDecl | ast.MixinDecl, inside: tuple[str, ...] = ()
) -> Iterator[ast.Member]:
    """Yield the declaration's own members, then those of its mixins, theirs included."""
    yield from declared.members
    for path in declared.mixins:
        yield from _members_at(context, path, inside)


def _members_at(context: ResolveContext, path: ast.Path, inside: tuple[str, ...]) -> Iterator[ast.Member]:
    symbol = context.symbol(path.last, "mixin")
    if symbol is None:
        return
    if symbol.name in inside:
        context.report(Cycle("a mixin", (*inside[inside.index(symbol.name) :], symbol.name), path.span))
    elif isinstance(symbol.declaration, ast.MixinDecl):
        yield from members_of(context, symbol.declaration, (*inside, symbol.name))


def struct_members(
    context: ResolveContext, declared: ast.StructDecl, known: Mapping[str, str]
) -> tuple[ast.Member, ...]:
    """Return the struct's own members, then the fields of its mixins; report what a struct cannot take from one.

    `known`: the attributes that a field of a struct may have.
    """
    owner = f"struct `{declared.name.text}`"
    fields = {each.name.text: each for each in declared.members if isinstance(each, ast.FieldDecl)}
    brought: list[ast.FieldDecl] = []
    for path in declared.mixins:
        for member in _members_at(context, path, ()):
            if isinstance(member, ast.Broken | ast.DroppedDecl):
                continue
            why = _why_not(member, known)
            if why or not isinstance(member, ast.FieldDecl):
                context.report(NotAllowedHere(f"mixin `{path.text}`", owner, path.span, why))
                break
            first = fields.setdefault(member.name.text, member)
            if first is member:
                brought.append(member)
            else:
                own = (first, member) if first in declared.members else (member, first)
                context.report(
                    DuplicateMember("field", member.name.text, owner, own[0].name.span, own[1].name.span)
                )
    return (*declared.members, *brought)


def _why_not(member: ast.Member, known: Mapping[str, str]) -> str:
    if not isinstance(member, ast.FieldDecl):
        return "it has more than fields, and a struct has no table"
    extra = next((each.name for each in member.attributes if each.name not in known), "")
    return f"its field `{member.name.text}` is `@{extra}`, which a struct cannot have" if extra else ""
