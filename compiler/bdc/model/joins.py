"""Join tables that nobody declared: `tags: Tag[]` alone, where `Tag` refers to nothing here, is many to many.

The entity between is written into the trees before names are bound, so that it is one like any other: `BookTag`, with a reference to
each side, which is its key, and the tenant that its sides have. What may be meant in several ways is left alone, and reported later.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bdc.model.words import snake
from bdc.syntax import ast


@dataclass(frozen=True, slots=True)
class _Side:
    """A collection with no word about its other side."""

    tree: ast.SourceTree
    entity: ast.EntityDecl
    field: ast.FieldDecl

    @property
    def target(self) -> str:
        return self.field.type.bases[0].path.text


@dataclass(frozen=True, slots=True)
class _Join:
    """`other`: the same relation seen from the far side, where it is written."""

    name: str
    side: _Side
    other: _Side | None


def with_joins(trees: Sequence[ast.SourceTree]) -> tuple[ast.SourceTree, ...]:
    """Return the trees with the entities that implicit join tables stand for, and `@through` where they are meant."""
    entities = {
        each.name.text: each
        for tree in trees
        for each in tree.declarations
        if isinstance(each, ast.EntityDecl)
    }
    mixins = {
        each.name.text: each
        for tree in trees
        for each in tree.declarations
        if isinstance(each, ast.MixinDecl)
    }
    found = tuple(_joins(trees, entities, mixins))
    return tuple(_rewritten(tree, found, mixins, entities) for tree in trees) if found else tuple(trees)


def _joins(
    trees: Sequence[ast.SourceTree],
    entities: Mapping[str, ast.EntityDecl],
    mixins: Mapping[str, ast.MixinDecl],
) -> Iterator[_Join]:
    sides = [
        _Side(tree, entity, field)
        for tree in trees
        for entity in tree.declarations
        if isinstance(entity, ast.EntityDecl)
        for field in entity.members
        if isinstance(field, ast.FieldDecl) and _is_alone(field) and _is_far(entity, field, entities, mixins)
    ]
    pairs: dict[frozenset[str], list[_Side]] = {}
    for side in sides:
        pairs.setdefault(frozenset((side.entity.name.text, side.target)), []).append(side)
    for first, *others in pairs.values():
        name = first.entity.name.text + first.target
        mirrored = len(others) == 1 and others[0].entity is not first.entity
        if name not in entities and (mirrored or not others):
            yield _Join(name, first, others[0] if others else None)


def _is_alone(field: ast.FieldDecl) -> bool:
    words = {attribute.name for attribute in field.attributes}
    return field.type.array and len(field.type.bases) == 1 and not words & {"inverse", "through", "computed"}


def _is_far(
    entity: ast.EntityDecl,
    field: ast.FieldDecl,
    entities: Mapping[str, ast.EntityDecl],
    mixins: Mapping[str, ast.MixinDecl],
) -> bool:
    """Whether the target is another entity that neither refers to this one nor is the tenant of it."""
    target = entities.get(field.type.bases[0].path.text)
    if target is None or target is entity:
        return False
    roots = (attribute.name for each in (entity, target) for attribute in each.attributes)
    refers = any(
        isinstance(member, ast.Broken)
        or (isinstance(member, ast.FieldDecl) and not member.type.array and _names(member, entity))
        for member in _members(target, mixins, ())
    )
    return not refers and "tenant_root" not in roots


def _names(field: ast.FieldDecl, entity: ast.EntityDecl) -> bool:
    return any(base.path.text == entity.name.text for base in field.type.bases)


def _members(
    declared: ast.EntityDecl | ast.MixinDecl, mixins: Mapping[str, ast.MixinDecl], inside: tuple[str, ...]
) -> Iterator[ast.Member]:
    yield from declared.members
    for path in declared.mixins:
        mixin = mixins.get(path.text)
        if mixin is not None and path.text not in inside:
            yield from _members(mixin, mixins, (*inside, path.text))


def _rewritten(
    tree: ast.SourceTree,
    joins: tuple[_Join, ...],
    mixins: Mapping[str, ast.MixinDecl],
    entities: Mapping[str, ast.EntityDecl],
) -> ast.SourceTree:
    through = {
        id(side.field): join.name for join in joins for side in (join.side, join.other) if side is not None
    }
    made = tuple(
        _entity(join, entities[join.side.target], mixins) for join in joins if join.side.tree is tree
    )
    uses = tuple(
        _use(join)
        for join in joins
        if join.other is not None and join.other.tree is tree and _module(tree) != _module(join.side.tree)
    )
    declarations = tuple(_with_through(each, through) for each in tree.declarations)
    return replace(tree, uses=(*tree.uses, *uses), declarations=(*declarations, *made))


def _module(tree: ast.SourceTree) -> str:
    return tree.module.text if tree.module is not None else ""


def _use(join: _Join) -> ast.Use:
    assert join.other is not None
    span = join.other.field.span
    module = join.side.tree.module or ast.Path((), span=span)
    return ast.Use(module, (ast.UseItem(ast.Name(join.name, span=span), span=span),), span=span)


def _with_through(declared: ast.Declaration, through: Mapping[int, str]) -> ast.Declaration:
    if not isinstance(declared, ast.EntityDecl):
        return declared
    members = tuple(
        _through(each, through[id(each)]) if isinstance(each, ast.FieldDecl) and id(each) in through else each
        for each in declared.members
    )
    return replace(declared, members=members)


def _through(field: ast.FieldDecl, name: str) -> ast.FieldDecl:
    argument = ast.Argument(None, _path(name, field), span=field.span)
    attribute = ast.Attribute(_path("through", field), (argument,), span=field.span)
    return replace(field, attributes=(*field.attributes, attribute))


def _entity(join: _Join, far: ast.EntityDecl, mixins: Mapping[str, ast.MixinDecl]) -> ast.EntityDecl:
    """Return `entity BookTag { book: Book  tag: Tag  id (book, tag)  policy { allow read via book } }`."""
    near, field = join.side.entity, join.side.field
    ours, theirs = snake(near.name.text), snake(far.name.text)
    columns = tuple(ast.Column(_path(name, field), span=field.span) for name in (ours, theirs))
    read = ast.AccessRule(
        "allow", (ast.Name("read", span=field.span),), via=_path(ours, field), span=field.span
    )
    members: tuple[ast.Member, ...] = (
        _reference(ours, near, field),
        _reference(theirs, far, field),
        ast.KeyDecl(columns, span=field.span),
        ast.PolicyBlock((read,), span=field.span),
    )
    tenant = _tenant(near, mixins) or _tenant(far, mixins)
    return ast.EntityDecl(
        ast.Name(join.name, span=field.name.span),
        (),
        _was(tuple(_former_names(near, far)), field),
        (tenant, *members) if tenant is not None else members,
        f"The rows of `{near.name.text}.{field.name.text}`.",
        made=True,
        span=field.span,
    )


def _former(entity: ast.EntityDecl) -> tuple[str, ...]:
    """Return what an entity was called, as far as that reads."""
    return tuple(
        each.value.text
        for attribute in entity.attributes
        if attribute.name == "was"
        for each in attribute.arguments
        if isinstance(each.value, ast.Path)
    )


def _former_names(near: ast.EntityDecl, far: ast.EntityDecl) -> Iterator[str]:
    """Yield what the join was called while one of its sides, or both, had another name."""
    for ours in (near.name.text, *_former(near)):
        for theirs in (far.name.text, *_former(far)):
            if (ours, theirs) != (near.name.text, far.name.text):
                yield ours + theirs


def _was(names: tuple[str, ...], field: ast.FieldDecl) -> tuple[ast.Attribute, ...]:
    if not names:
        return ()
    arguments = tuple(ast.Argument(None, _path(name, field), span=field.span) for name in names)
    return (ast.Attribute(_path("was", field), arguments, span=field.span),)


def _reference(name: str, target: ast.EntityDecl, field: ast.FieldDecl) -> ast.FieldDecl:
    cascade = ast.Argument(None, _path("cascade", field), span=field.span)
    attribute = ast.Attribute(_path("on_delete", field), (cascade,), span=field.span)
    type_ = ast.TypeExpr((ast.NamedType(_path(target.name.text, field), span=field.span),), span=field.span)
    attributes = (attribute, *_was(tuple(map(snake, _former(target))), field))
    return ast.FieldDecl(ast.Name(name, span=field.name.span), type_, None, attributes, span=field.span)


def _tenant(entity: ast.EntityDecl, mixins: Mapping[str, ast.MixinDecl]) -> ast.FieldDecl | None:
    """Return the tenant's field as it is written there, so that its type means what it means there."""
    for member in _members(entity, mixins, ()):
        if isinstance(member, ast.FieldDecl) and any(each.name == "tenant" for each in member.attributes):
            return replace(member, doc="")
    return None


def _path(text: str, field: ast.FieldDecl) -> ast.Path:
    return ast.Path((ast.Name(text, span=field.name.span),), span=field.name.span)
