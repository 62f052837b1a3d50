"""The hash of a password: `hash: password_hash` may name a declared field, and then takes it out of its entity.

Sign-in keeps hashes in a table that the service cannot read, so that no answer, view, event, log or trail can show one. What refers to
the field in the specification names an unknown field.
"""

from collections.abc import Iterator, Sequence

from bdc.source.records import replace
from bdc.syntax import ast


def without_hashes(trees: Sequence[ast.SourceTree]) -> tuple[ast.SourceTree, ...]:
    """Return the trees without the fields that identities keep password hashes in."""
    taken = set(_hashes(trees))
    return tuple(_rewritten(tree, taken) for tree in trees) if taken else tuple(trees)


def _hashes(trees: Sequence[ast.SourceTree]) -> Iterator[tuple[str, str]]:
    for tree in trees:
        for declared in tree.declarations:
            for item in declared.items if isinstance(declared, ast.IdentityDecl) else ():
                if isinstance(item, ast.PasswordItem) and isinstance(declared, ast.IdentityDecl):
                    yield from ((declared.entity.last.text, name) for name in _named(item))


def _named(item: ast.PasswordItem) -> Iterator[str]:
    for entry in item.settings.entries:
        if entry.name.text == "hash" and isinstance(entry.value, ast.Path) and len(entry.value.names) == 1:
            yield entry.value.last.text


def _rewritten(tree: ast.SourceTree, taken: set[tuple[str, str]]) -> ast.SourceTree:
    return replace(tree, declarations=tuple(_without(each, taken) for each in tree.declarations))


def _without(declared: ast.Declaration, taken: set[tuple[str, str]]) -> ast.Declaration:
    if not isinstance(declared, ast.EntityDecl):
        return declared
    kept = tuple(
        member
        for member in declared.members
        if not (isinstance(member, ast.FieldDecl) and (declared.name.text, member.name.text) in taken)
    )
    return declared if len(kept) == len(declared.members) else replace(declared, members=kept)
