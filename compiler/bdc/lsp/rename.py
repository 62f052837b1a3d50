"""Renaming: every place that names a target, and `@was` where the database holds it under its old name."""

import re
from collections.abc import Iterator

from bdc.diagnostics import Edit
from bdc.lsp.symbols import Member, Target
from bdc.lsp.walker import Occurrence
from bdc.lsp.workspace import Names
from bdc.source import Span
from bdc.source.records import dataclass
from bdc.syntax import ast
from bdc.syntax.lexemes import RESERVED

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
RENAMED = (
    "entity",
    "enum",
    "struct",
    "mixin",
    "type",
    "view",
    "role",
    "error",
    "event",
    "api",
    "external",
    "job",
)
RENAMED_MEMBERS = ("field", "value", "operation", "parameter", "row", "binding", "claim")


@dataclass(frozen=True, slots=True)
class CannotRename(Exception):
    """Why a name cannot be changed, as a sentence."""

    reason: str


def places(names: Names, target: Target) -> list[Occurrence]:
    """Return every occurrence of a target in every file."""
    return [each for path in names.trees for each in names.occurrences(path) if each.target == target]


def check_renamable(target: Target) -> None:
    """Raise CannotRename for what has no name of the user's."""
    if target.owner.startswith("std.") or target.kind not in (*RENAMED, *RENAMED_MEMBERS):
        raise CannotRename(f"`{target.name}` is part of the standard library or the language")


def rename(names: Names, target: Target, new: str) -> list[Edit]:
    """Return the edits that give a target the name `new`. CannotRename when that is no name, or is taken."""
    check_renamable(target)
    if not _NAME.fullmatch(new) or new.upper() in RESERVED:
        raise CannotRename(f"`{new}` is not a name")
    if _taken(names, target, new):
        raise CannotRename(f"`{new}` is declared already")
    found = places(names, target)
    edits = [_edit(names, each, target, new) for each in found]
    return [*edits, *_was(names, target, new)]


def _edit(names: Names, each: Occurrence, target: Target, new: str) -> Edit:
    """Return the edit of one place; an alias of an import stays."""
    text = names.files[each.span.file].text[each.span.start : each.span.end]
    return Edit(each.span, new if text == target.name else text)


def _taken(names: Names, target: Target, new: str) -> bool:
    if target.kind in RENAMED:
        return any(each.name == new and each.kind in RENAMED for each in names.symbols.declared)
    groups = (members for members in names.symbols.members.values() if _holds(members, target))
    return any(new in members for members in groups)


def _holds(members: dict[str, Member], target: Target) -> bool:
    found = members.get(target.name)
    return found is not None and found.target == target


def _was(names: Names, target: Target, new: str) -> Iterator[Edit]:
    """Yield the edit that says the old name, where rows are kept under it."""
    node = _declaration(names, target)
    if node is None or not _is_kept(names, target, node):
        return
    attributes: tuple[ast.Attribute, ...] = getattr(node, "attributes", ())
    earlier = next((each for each in attributes if each.name == "was"), None)
    if earlier is not None and earlier.arguments:
        if _reverts(earlier, new):
            return
        at = earlier.arguments[-1].span.end
        yield Edit(Span(earlier.span.file, at, at), f", {target.name}")
        return
    at = _after(names, node)
    yield Edit(Span(node.span.file, at, at), f" @was({target.name})")


def _reverts(was: ast.Attribute, new: str) -> bool:
    return any(isinstance(each.value, ast.Path) and each.value.text == new for each in was.arguments)


def _declaration(names: Names, target: Target) -> ast.Node | None:
    if target in names.symbols.declared:
        return names.symbols.declared[target]
    for members in names.symbols.members.values():
        found = members.get(target.name)
        if found is not None and found.target == target:
            return found.node
    return None


def _is_kept(names: Names, target: Target, node: ast.Node) -> bool:
    if target.kind in ("entity", "view", "value"):
        return True
    if target.kind != "field" or not isinstance(node, ast.FieldDecl):
        return False
    owner = next(
        (each for each, members in names.symbols.members.items() if each.path == target.owner and members),
        None,
    )
    computed = any(each.name in ("computed", "inverse", "through") for each in node.attributes)
    many = node.type.array and any(
        found.many and found.type is not None and found.type.kind == "entity"
        for members in names.symbols.members.values()
        if (found := members.get(target.name)) is not None and found.target == target
    )
    return owner is not None and owner.kind in ("entity", "mixin", "struct") and not computed and not many


def _after(names: Names, node: ast.Node) -> int:
    """Return where an attribute of a declaration can be added."""
    if isinstance(node, ast.FieldDecl | ast.EnumValue):
        written = names.files[node.span.file].text[node.span.start : node.span.end]
        return node.span.start + len(written.rstrip().removesuffix(",").rstrip())
    text = names.files[node.span.file].text
    brace = text.index("{", node.span.start, node.span.end)
    return len(text[:brace].rstrip())
