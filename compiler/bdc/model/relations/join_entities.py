"""The entity that stands between the two sides of a relation of many to many, as if it had been written.

It has a reference to each side, which is its key, and the tenant that its sides have, and stands where the side stands that the relation
begins at: in its schema, guarded or not, with names of the same style. What the collection says about the table
(`@table`, `@column`, and the name it had: `@was(BookLabel)`) is said there.
"""

from collections.abc import Iterator, Mapping

from bdc.naming.casing import pascal, snake
from bdc.source.records import dataclass, replace
from bdc.syntax import ast

Mixins = Mapping[str, ast.MixinDecl]


@dataclass(frozen=True, slots=True)
class Side:
    """A collection from `entity` to `far`; `own`: it says `@through` alone, and is no other side of anything. `unguarded`: rules may not
    reach what stands here."""

    tree: ast.SourceTree
    entity: ast.EntityDecl
    field: ast.FieldDecl
    far: ast.EntityDecl
    own: bool
    unguarded: bool

    @property
    def target(self) -> str:
        return self.far.name.text


@dataclass(frozen=True, slots=True)
class Join:
    """`other`: the same relation seen from the far side, where it is written. `plain`: it is called after its two sides."""

    name: str
    side: Side
    other: Side | None
    plain: bool

    @property
    def ours(self) -> str:
        return snake(self.side.entity.name.text)

    @property
    def theirs(self) -> str:
        return self.prefix + snake(self.side.target)

    @property
    def prefix(self) -> str:
        """What tells the two references apart where both lead to the same entity."""
        return "other_" if self.side.far is self.side.entity else ""


def join_entity(join: Join, mixins: Mixins) -> ast.EntityDecl:
    """Return `entity BookTag { book: Book  tag: Tag  id (book, tag)  policy { allow read via book } }`."""
    near, far, field = join.side.entity, join.side.far, join.side.field
    ours, theirs = join.ours, join.theirs
    keys = tuple(ast.Column(path(name, field), span=field.span) for name in (ours, theirs))
    read = ast.AccessRule(
        "allow", (ast.Name("read", span=field.span),), via=path(ours, field), span=field.span
    )
    columns = _columns(field)
    members: tuple[ast.Member, ...] = (
        _reference(ours, near, field, (*columns[:1], *_was(map(snake, _former(near)), field))),
        _reference(
            theirs,
            far,
            field,
            (*columns[1:], *_was((join.prefix + snake(old) for old in _former(far)), field)),
        ),
        ast.KeyDecl(keys, span=field.span),
        *(() if join.side.unguarded else (ast.PolicyBlock((read,), span=field.span),)),
    )
    tenant = _tenant(near, mixins) or _tenant(far, mixins)
    return ast.EntityDecl(
        ast.Name(join.name, span=field.name.span),
        (),
        (*_style(near), *_written(field, "table"), *_was(_former_names(join), field)),
        (tenant, *members) if tenant is not None else members,
        f"The rows of `{near.name.text}.{field.name.text}`.",
        made=True,
        span=field.span,
    )


def through_it(join: Join) -> ast.FieldDecl:
    """Return the collection with `@through(BookTag.book, BookTag.tag)`, and without what the entity between says now."""
    field = join.side.field
    moved = {"through", "was", "table"} | ({"column"} if _columns(field) else set())
    kept = tuple(each for each in field.attributes if each.name not in moved)
    was = _was((name for name in _said(field.attributes) if not _is_entity(name)), field)
    sides = tuple(path(f"{join.name}.{name}", field) for name in (join.ours, join.theirs))
    return replace(field, attributes=(*kept, *was, attribute("through", sides, field)))


def members_of(
    declared: ast.EntityDecl | ast.MixinDecl, mixins: Mixins, inside: tuple[str, ...] = ()
) -> Iterator[ast.Member]:
    """Yield the members of an entity, and those that it has from mixins."""
    yield from declared.members
    for name in declared.mixins:
        mixin = mixins.get(name.text)
        if mixin is not None and name.text not in inside:
            yield from members_of(mixin, mixins, (*inside, name.text))


def attribute(name: str, arguments: tuple[ast.Expr, ...], field: ast.FieldDecl) -> ast.Attribute:
    """Return an attribute that stands where the field does."""
    written = tuple(ast.Argument(None, each, span=field.span) for each in arguments)
    return ast.Attribute(path(name, field), written, span=field.span)


def path(text: str, field: ast.FieldDecl) -> ast.Path:
    """Return a path that stands where the name of the field does."""
    span = field.name.span
    return ast.Path(tuple(ast.Name(name, span=span) for name in text.split(".")), span=span)


def _reference(
    name: str, target: ast.EntityDecl, field: ast.FieldDecl, more: tuple[ast.Attribute, ...]
) -> ast.FieldDecl:
    cascade = attribute("on_delete", (path("cascade", field),), field)
    type_ = ast.TypeExpr((ast.NamedType(path(target.name.text, field), span=field.span),), span=field.span)
    return ast.FieldDecl(ast.Name(name, span=field.name.span), type_, None, (cascade, *more), span=field.span)


def _style(near: ast.EntityDecl) -> tuple[ast.Attribute, ...]:
    return tuple(each for each in near.attributes if each.name in ("schema", "unguarded", "names"))


def _columns(field: ast.FieldDecl) -> tuple[ast.Attribute, ...]:
    """Return `@column("a")` and `@column("b")` for `@column("a", "b")` at the collection."""
    written = next(iter(_written(field, "column")), None)
    if written is None or len(written.arguments) != 2:
        return ()
    return tuple(replace(written, arguments=(each,)) for each in written.arguments)


def _written(field: ast.FieldDecl, name: str) -> tuple[ast.Attribute, ...]:
    return tuple(each for each in field.attributes if each.name == name)


def _former_names(join: Join) -> Iterator[str]:
    """Yield what the join was called while the collection or a side had another name, or as `@was(BookLabel)` says."""
    near, far, field = join.side.entity, join.side.far, join.side.field
    said = tuple(_said(field.attributes))
    yield from filter(_is_entity, said)
    fields = (field.name.text, *(name for name in said if not _is_entity(name)))
    last = (far.name.text, *_former(far)) if join.plain else tuple(map(pascal, fields))
    for ours in (near.name.text, *_former(near)):
        yield from (ours + theirs for theirs in last if ours + theirs != join.name)


def _is_entity(name: str) -> bool:
    return name[:1].isupper()


def _former(entity: ast.EntityDecl) -> tuple[str, ...]:
    """Return what an entity was called, as far as that reads."""
    return tuple(_said(entity.attributes))


def _said(attributes: tuple[ast.Attribute, ...]) -> Iterator[str]:
    for written in attributes:
        for each in written.arguments if written.name == "was" else ():
            if isinstance(each.value, ast.Path):
                yield each.value.text


def _was(names: Iterator[str], field: ast.FieldDecl) -> tuple[ast.Attribute, ...]:
    arguments = tuple(path(name, field) for name in names)
    return (attribute("was", arguments, field),) if arguments else ()


def _tenant(entity: ast.EntityDecl, mixins: Mixins) -> ast.FieldDecl | None:
    """Return the tenant's field as it is written there, so that its type means what it means there."""
    for member in members_of(entity, mixins):
        if isinstance(member, ast.FieldDecl) and any(each.name == "tenant" for each in member.attributes):
            return replace(member, doc="")
    return None
