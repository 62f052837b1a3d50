"""Whether a type may stand where another stood."""

from collections.abc import Callable

from bdc.surface.graphql.tree import ListOf, TypeRef

Earlier = Callable[[str], str]


def misfit(old: TypeRef, new: TypeRef, earlier: Earlier, *, incoming: bool) -> str:
    """Return what is different: `type-changed`, or of the outermost null `nullable` and `not-null` (an answer), `required` and
    `optional` (something given); empty when a client sees no difference. `earlier` gives the old name of a new type."""
    if not _alike(old, new, earlier, incoming):
        return "type-changed"
    if old.nullable == new.nullable:
        return ""
    if incoming:
        return "optional" if new.nullable else "required"
    return "nullable" if new.nullable else "not-null"


def _alike(old: TypeRef, new: TypeRef, earlier: Earlier, incoming: bool) -> bool:
    """Whether the types are the same but for the outermost null; inside a list, null must not come where it was not (answers), or
    go where it was (what is given)."""
    if isinstance(old, ListOf) and isinstance(new, ListOf):
        safe = (
            new.item.nullable or not old.item.nullable
            if incoming
            else old.item.nullable or not new.item.nullable
        )
        return safe and _alike(old.item, new.item, earlier, incoming)
    if isinstance(old, ListOf) or isinstance(new, ListOf):
        return False
    return old.name == earlier(new.name)


def words(type_: TypeRef) -> str:
    """Return a type as GraphQL writes it."""
    text = f"[{words(type_.item)}]" if isinstance(type_, ListOf) else type_.name
    return text if type_.nullable else f"{text}!"
