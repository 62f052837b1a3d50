"""Which entities of an `@unguarded` module are guarded nonetheless: those that a rule is about.

`@unguarded` at a module is how an existing database enters. It stays there while one entity after the other gets its policy, so that a
policy changes the table that it is about, and no other.
"""

from collections.abc import Iterable, Iterator, Sequence

from bdc.syntax import ast


def ruled_entities(trees: Sequence[ast.SourceTree]) -> frozenset[str]:
    """Return the names of the entities that a `policy` outside of them is about, and of the identity's entity."""
    return frozenset(name for tree in trees for declared in tree.declarations for name in _ruled(declared))


def has_policy(members: Iterable[ast.Member]) -> bool:
    """Whether an entity with `members`, those of its mixins included, has a policy inside."""
    return any(isinstance(member, ast.PolicyBlock) for member in members)


def _ruled(declared: ast.Declaration) -> Iterator[str]:
    if isinstance(declared, ast.PolicyDecl):
        yield from (entity.text for entity in declared.entities)
    elif isinstance(declared, ast.IdentityDecl):
        yield declared.entity.text
