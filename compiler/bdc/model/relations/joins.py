"""Generated join tables: `tags: Tag[]` alone, where `Tag` refers to nothing here, is many to many.

The entity between is written into the trees before names are bound, so that it is one like any other. It is called after both sides,
`BookTag`; where that is not one relation (an entity is joined with itself, or two collections lead from here to there), or `@through`
stands alone, after the entity and the field, `PersonFriends`. What may be meant in several ways is left alone, and reported when
relations are resolved.
"""

from collections.abc import Iterator, Mapping, Sequence

from bdc.model.policies.guarded import has_policy, ruled_entities
from bdc.model.relations.join_entities import (
    Join,
    Mixins,
    Side,
    attribute,
    join_entity,
    members_of,
    path,
    through_it,
)
from bdc.naming.casing import pascal
from bdc.source.records import dataclass, replace
from bdc.syntax import ast


@dataclass(frozen=True, slots=True)
class _World:
    entities: Mapping[str, ast.EntityDecl]
    mixins: Mixins
    unguarded: frozenset[str]
    ruled: frozenset[str]


def with_joins(trees: Sequence[ast.SourceTree]) -> tuple[ast.SourceTree, ...]:
    """Return the trees with the entities that implicit join tables stand for, and `@through` where they are meant."""
    declared = [each for tree in trees for each in tree.declarations]
    context = _World(
        {each.name.text: each for each in declared if isinstance(each, ast.EntityDecl)},
        {each.name.text: each for each in declared if isinstance(each, ast.MixinDecl)},
        frozenset(_module(tree) for tree in trees if _is_unguarded(tree)),
        ruled_entities(trees),
    )
    found = tuple(_joins(trees, context))
    return tuple(_rewritten(tree, found, context.mixins) for tree in trees) if found else tuple(trees)


def _joins(trees: Sequence[ast.SourceTree], context: _World) -> Iterator[Join]:
    pairs: dict[frozenset[str], list[Side]] = {}
    for tree in trees:
        for entity in tree.declarations:
            for field in entity.members if isinstance(entity, ast.EntityDecl) else ():
                side = _side(tree, entity, field, context) if isinstance(field, ast.FieldDecl) else None
                if side is not None:
                    pairs.setdefault(frozenset((side.entity.name.text, side.target)), []).append(side)
    taken = set(context.entities)
    for sides in pairs.values():
        for join in _between(sides):
            if join.name not in taken:
                taken.add(join.name)
                yield join


def _side(
    tree: ast.SourceTree, entity: ast.Declaration, field: ast.FieldDecl, context: _World
) -> Side | None:
    """Return a collection with no word about its other side, or with `@through` alone."""
    if not isinstance(entity, ast.EntityDecl) or not field.type.array or len(field.type.bases) != 1:
        return None
    words = {attribute.name: attribute for attribute in field.attributes}
    if "inverse" in words or "computed" in words:
        return None
    through = words.get("through")
    target = context.entities.get(field.type.bases[0].path.text)
    if target is None or (through is not None and through.arguments) or _leads_to_tenants(entity, target):
        return None
    if through is None and _refers(target, entity, context.mixins):
        return None
    unguarded = _is_unguarded(entity) or (
        _module(tree) in context.unguarded and not _is_ruled(entity, context)
    )
    return Side(tree, entity, field, target, own=through is not None, unguarded=unguarded)


def _is_unguarded(declared: ast.EntityDecl | ast.SourceTree) -> bool:
    return any(each.name == "unguarded" for each in declared.attributes)


def _is_ruled(entity: ast.EntityDecl, context: _World) -> bool:
    return entity.name.text in context.ruled or has_policy(members_of(entity, context.mixins))


def _module(tree: ast.SourceTree) -> str:
    return tree.module.text if tree.module is not None else ""


def _leads_to_tenants(entity: ast.EntityDecl, target: ast.EntityDecl) -> bool:
    return any(each.name == "tenant_root" for one in (entity, target) for each in one.attributes)


def _refers(target: ast.EntityDecl, entity: ast.EntityDecl, mixins: Mixins) -> bool:
    """Whether the target refers to this entity, as far as it could be read."""
    return any(
        isinstance(member, ast.Broken)
        or (
            isinstance(member, ast.FieldDecl)
            and not member.type.array
            and any(base.path.text == entity.name.text for base in member.type.bases)
        )
        for member in members_of(target, mixins)
    )


def _between(sides: Sequence[Side]) -> Iterator[Join]:
    """Yield the relations between two entities, or of one with itself."""
    loose = [side for side in sides if not side.own]
    alone = [side for side in loose if side.entity is loose[0].entity]
    far = [side for side in loose if side not in alone]
    mirrored = len(alone) == len(far) == 1 and not _is_mirrored(alone[0])
    for side in sides:
        if side in far:
            continue
        other = far[0] if mirrored and side is alone[0] else None
        plain = alone == [side] and side.entity is not side.far
        name = side.target if plain else pascal(side.field.name.text)
        yield Join(side.entity.name.text + name, side, other, plain)


def _is_mirrored(side: Side) -> bool:
    """Whether a field on the far side says `@inverse` of this one."""
    return any(
        isinstance(member, ast.FieldDecl) and _says_inverse(member, side.field.name.text)
        for member in side.far.members
    )


def _says_inverse(field: ast.FieldDecl, name: str) -> bool:
    return field.type.array and any(
        attribute.name == "inverse"
        and attribute.arguments
        and isinstance(attribute.arguments[0].value, ast.Path)
        and attribute.arguments[0].value.text == name
        for attribute in field.attributes
    )


def _rewritten(tree: ast.SourceTree, joins: tuple[Join, ...], mixins: Mixins) -> ast.SourceTree:
    near = {id(join.side.field): join for join in joins}
    far = {id(join.other.field): join for join in joins if join.other is not None}
    declarations = tuple(_with_words(each, near, far) for each in tree.declarations)
    made = tuple(join_entity(join, mixins) for join in joins if join.side.tree is tree)
    return replace(tree, declarations=(*declarations, *made))


def _with_words(
    declared: ast.Declaration, near: Mapping[int, Join], far: Mapping[int, Join]
) -> ast.Declaration:
    if not isinstance(declared, ast.EntityDecl):
        return declared
    members = tuple(_with_word(each, near, far) for each in declared.members)
    return replace(declared, members=members)


def _with_word(member: ast.Member, near: Mapping[int, Join], far: Mapping[int, Join]) -> ast.Member:
    """Say `@through(BookTag.book, BookTag.tag)` on one side, and `@inverse(tags)` on the other."""
    if isinstance(member, ast.FieldDecl) and id(member) in near:
        return through_it(near[id(member)])
    if isinstance(member, ast.FieldDecl) and id(member) in far:
        written = attribute("inverse", (path(far[id(member)].side.field.name.text, member),), member)
        return replace(member, attributes=(*member.attributes, written))
    return member
